"""Cells that no spreadsheet runs, and that give their text back."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_exports import exported
from small_base import add_paper, empty_base

from kb.exports.cells import FORMULA, Cell, harmless, lines


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "'=1",
        "＝1",
        "＋1",
        "－1",
        "＠x",
    ],
)
def test_what_a_spreadsheet_would_run_is_text(text: str) -> None:
    db = empty_base()
    add_paper(db, 1, title=text)
    [row] = csv.DictReader(io.StringIO(exported(db, "references", "csv").decode(), newline=""))
    assert row["title"].startswith("'")


@pytest.mark.parametrize("text", ["a=1", "O'Neil", "'quoted'", "[Title].", "α-fetoprotein", ""])
def test_what_it_would_not_run_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


@given(st.text())
def test_a_harmless_cell_begins_no_formula_and_gives_the_text_back(text: str) -> None:
    [line] = lines([[text, "last"]])
    [[cell, last]] = csv.reader(io.StringIO(line, newline=""))
    assert last == "last"
    assert not re.match(r"[=+\-@＝＋－＠\t\r]", cell)
    unguarded = cell[1:] if cell.startswith("'") and FORMULA.match(cell[1:]) else cell
    assert harmless(unguarded) == cell
    assert unguarded.replace("\n", "") == "".join(
        chr(0x2400 + ord(c)) if c < " " and c not in "\t\n\r" else c
        for c in text
        if c not in "\r\n"
    )


def test_a_line_has_its_cells_and_ends_as_rfc_4180_wants() -> None:
    rows: list[list[Cell]] = [["a", None, 1, 0.5, True], ['"b", c', False, "", "one\r\ntwo"]]
    assert list(lines(rows)) == ["a,,1,0.5,true\r\n", '"""b"", c",false,,"one\ntwo"\r\n']


def test_cells_can_be_parted_by_tabs() -> None:
    assert list(lines([["a,b", "c\td"]], "\t")) == ['a,b\t"c\td"\r\n']
