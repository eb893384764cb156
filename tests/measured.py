"""What the tests of measured quality share: the command, and the parts of the page."""

from __future__ import annotations

import re
from pathlib import Path

from click.testing import CliRunner

from kb.cli import main

PAGE = Path(__file__).resolve().parent.parent / "docs" / "evaluation.md"


def part(subject: str) -> str:
    """A part of docs/evaluation.md."""
    text = PAGE.read_text(encoding="utf-8")
    found = re.search(rf"(?s)<!-- {subject} -->\n(.*)<!-- end of {subject} -->", text)
    assert found
    return found[1]


def evaluated(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["evaluate", *words])
    return result.exit_code, result.output
