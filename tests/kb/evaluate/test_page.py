"""A page of measurements, each command its own part."""

from __future__ import annotations

import re
from pathlib import Path

from kb.evaluate.page import write_part


def test_it_rewrites_its_own_part_of_the_page_and_no_other(tmp_path: Path) -> None:
    page = tmp_path / "evaluation.md"
    write_part(page, "topics", "Topics", "Of topics.")
    write_part(page, "references", "References", "Old.")
    write_part(page, "recall", "Recall", "Of recall.")
    write_part(page, "references", "References", "New \\1 text.")
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"(?m)^## (.*)$", text) == ["Topics", "References", "Recall"]
    assert "Old." not in text
    assert "New \\1 text." in text
    assert text.startswith("# Measured quality\n")


def test_a_part_that_is_written_again_changes_nothing(tmp_path: Path) -> None:
    page = tmp_path / "evaluation.md"
    for _ in range(2):
        write_part(page, "topics", "Topics", "\n\nOf topics.\n\n")
        write_part(page, "recall", "Recall", "Of recall.")
    text = page.read_text(encoding="utf-8")
    assert text.endswith(
        "<!-- topics -->\n\n## Topics\n\nOf topics.\n\n<!-- end of topics -->\n\n"
        "<!-- recall -->\n\n## Recall\n\nOf recall.\n\n<!-- end of recall -->\n"
    )


def test_what_stands_between_the_parts_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "evaluation.md"
    page.write_text("# Ours\n\n<!-- a -->\nold\n<!-- end of a -->\n\nA note.\n", encoding="utf-8")
    write_part(page, "a", "A", "new")
    text = page.read_text(encoding="utf-8")
    assert text == "# Ours\n\n<!-- a -->\n\n## A\n\nnew\n\n<!-- end of a -->\n\nA note.\n"
