"""Tables and folded blocks of Markdown."""

from __future__ import annotations

import pytest

from kb.evaluate.table import folded, table


def test_numbers_stand_to_the_right_and_thousands_are_parted() -> None:
    assert table(("what", "n", "share"), [("all", 12345, "0.5"), ("some", 7, "none")]) == (
        "| what | n | share |\n|---|---:|---:|\n| all | 12,345 | 0.5 |\n| some | 7 | none |"
    )


@pytest.mark.parametrize("seed", ["imaging:query:mibg|scan", "a||b"])
def test_a_bar_in_a_cell_parts_no_cells(seed: str) -> None:
    line = table(("seed", "n"), [(seed, 1)]).splitlines()[-1]
    assert line.replace("\\|", "").count("|") == 3
    assert line.replace("\\|", "|") == f"| {seed} | 1 |"


def test_a_table_may_have_no_rows() -> None:
    assert table(("what",), []) == "| what |\n|---|"


def test_a_block_opens_at_a_click_and_has_each_line_as_it_is() -> None:
    assert folded("Every miss: 2", ["t1: *lacks*", "t2 | has"]) == (
        "<details><summary>Every miss: 2</summary>\n\n"
        "```text\nt1: *lacks*\nt2 | has\n```\n\n</details>"
    )
