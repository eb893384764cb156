"""CSV of papers, read back field by field."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from reading_exports import as_cell, exported, opened, papers, reader
from small_base import empty_base, small_base

from kb.exports.cells import harmless
from kb.exports.papers import Paper


def row_of(paper: Paper) -> dict[str, str]:
    """Columns that hold a field as it is."""
    names = (
        "pmid",
        "doi",
        "pmcid",
        "status",
        "is_retracted",
        "integrity_checked",
        "title",
        "journal",
        "issn",
        "year",
        "pub_date",
        "volume",
        "issue",
        "pages",
        "language",
        "is_book",
        "is_chapter",
        "abstract",
    )
    lists = {"types": paper.types, "keywords": paper.keywords}
    joined = {name: harmless("; ".join(values)) for name, values in lists.items()}
    return {name: as_cell(getattr(paper, name)) for name in names} | joined


def test_csv_and_pandas_read_every_field_of_the_papers_back(any_base: Path) -> None:
    text = exported(opened(any_base), "references", "csv").decode()
    expected = list(map(row_of, papers(any_base)))
    names = list(expected[0])
    rows = csv.DictReader(io.StringIO(text, newline=""))
    assert [{name: row[name] for name in names} for row in rows] == expected
    table = reader("pandas").read_csv(
        io.StringIO(text, newline=""), dtype=str, keep_default_na=False
    )
    assert table[names].to_dict("records") == expected


def test_names_headings_and_notices_are_lists_in_one_cell() -> None:
    row = next(csv.DictReader(io.StringIO(exported(small_base(), "references", "csv").decode())))
    assert row["authors"] == "Müller-Łoś, Zoë A, Jr; SIOPEN Radiology Group; Li, W"
    assert row["mesh"] == "Humans; Neuroblastoma/diagnosis; Humans"
    assert row["notes"] == "RETRACTED: Pediatr Radiol. 2023 Dec;53(12):1, PMID 99, 2023-12-01"


def test_that_a_paper_was_never_checked_is_told_from_that_it_is_sound() -> None:
    rows = list(csv.DictReader(io.StringIO(exported(small_base(), "references", "csv").decode())))
    status = {row["pmid"]: (row["status"], row["is_retracted"]) for row in rows}
    assert status["1"] == ("retracted", "1")
    assert status["2"] == ("expression of concern", "0")
    assert status["3"] == ("never checked", "")
    assert status["4"] == ("not retracted", "0")


def test_a_base_without_papers_gives_the_header_alone() -> None:
    text = exported(empty_base(), "references", "csv").decode()
    assert text.startswith("pmid,doi,")
    assert text.count("\r\n") == 1
