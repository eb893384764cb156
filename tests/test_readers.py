"""The table of readers in docs/exports.md says what the tests of the exports do: a row for each
reader that they put to a format over whole corpora, and no other."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

from kb.exports import FORMATS

TESTS = Path(__file__).resolve().parent
PAGE = TESTS.parent / "docs" / "exports.md"
HEAD = "| format | reader | over | loses |\n|---|---|---|---|\n"
# A test that reads whole corpora back names its reader first: test_networkx_reads_every_field_back.
READER = re.compile(r"test_(?:the_|a_)?(?P<reader>.+?)_(?:reads?|finds?|accepts?)_")
CORPORA = re.compile(r"(?m)^CORPORA = \((.*)\)$")

Row = tuple[str, ...]


def rows() -> list[Row]:
    table = PAGE.read_text(encoding="utf-8").partition(HEAD)[2].partition("\n\n")[0]
    return [
        tuple(cell.strip() for cell in line.strip("| ").split(" | ")) for line in table.split("\n")
    ]


def corpora() -> str:
    [listed] = CORPORA.findall((TESTS / "conftest.py").read_text(encoding="utf-8"))
    return str(listed).replace('"', "")


def put_to_corpora() -> set[tuple[str, str]]:
    """The file of tests and the reader."""
    found = set()
    for path in (TESTS / "kb" / "exports").glob("test_*.py"):
        for each in ast.parse(path.read_text(encoding="utf-8")).body:
            named = READER.match(each.name) if isinstance(each, ast.FunctionDef) else None
            if named and "any_base" in ast.unparse(each):
                found.add((format_of(path), named["reader"]))
    return found


def format_of(path: Path) -> str:
    """CSV is two modules: test_graph_csv.py and test_paper_csv.py."""
    return re.sub(r"^test_(?:graph_|paper_)?", "", path.stem)


def told(row: Row) -> tuple[str, str]:
    """The same of a row: ``csl-json`` is in the file csl, ``citation.js 0.8.2`` is citation_js."""
    name = re.sub(r" \d[\d.]*", "", row[1])
    return row[0].strip("`").split("-")[0], re.sub(r"\W+", "_", name).lower()


def test_each_reader_that_is_tested_has_its_row_and_no_other_has_one() -> None:
    assert {told(row) for row in rows()} == put_to_corpora()


def test_each_row_names_the_corpora_that_were_read_whole() -> None:
    assert {row[2] for row in rows()} == {corpora()}


def test_every_format_has_two_readers_at_least() -> None:
    readers = Counter(row[0].strip("`") for row in rows())
    formats = {format for formats in FORMATS.values() for format in formats}
    assert set(readers) == formats
    assert min(readers.values()) >= 2
