"""Web of Science plain text ("full record and cited references") of all harvested papers.

It leads to the programs that read it: CitNetExplorer, CRExplorer, bibliometrix, metaknowledge. They
link papers by the text of the cited references (CR), so the line of a harvested paper is made of
the same author, year, journal, volume and page as its own record, with the DOI. Of any other work
its identifier and the printed citation stand in the journal's place, so that no two become one.

The document type (DT) says that a paper is retracted, as in Web of Science, subject to an
expression of concern, contradictory or reinstated. The format has no place for more: not whether
the others were checked.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from kb.exports.characters import one_line
from kb.exports.papers import Name, Paper, first_and_last, read

HEAD = "FN Clarivate Analytics Web of Science\nVR 1.0\n"
TAIL = "EF\n"
CITED = """
SELECT w.work, w.doi, w.year, w.first_author, w.journal, w.text, w.is_paper, p.volume, p.pages
FROM (SELECT DISTINCT cited FROM cites WHERE citing = ?) AS c
    JOIN works AS w ON w.work = c.cited LEFT JOIN papers AS p ON p.work = w.work
ORDER BY w.work
"""
CONCERN = "Subject of an Expression of Concern"
STANDS = {"contradictory": "Contradictory as to Retraction", "reinstated": "Reinstated"}
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")

Lines = Iterator[tuple[str, list[str | None]]]


class CitedReference(NamedTuple):
    """A row of CITED."""

    work: str
    doi: str | None
    year: int | None
    first_author: str | None
    journal: str | None
    text: str
    is_paper: int
    volume: str | None
    pages: str | None


def pieces(db: sqlite3.Connection) -> Iterator[str]:
    """The file as text, a record at a time, by PMID."""
    yield HEAD
    for paper in read(db):
        references = [
            cited_reference(CitedReference(*row)) for row in db.execute(CITED, _work(paper))
        ]
        yield "".join(_field(tag, values) for tag, values in _record(paper, references)) + "ER\n\n"
    yield TAIL


def _work(paper: Paper) -> list[str]:
    return [f"pmid:{paper.pmid}"]


def _doubts(paper: Paper) -> Iterator[str]:
    if any(notice.kind == "expression_of_concern" for notice in paper.notices):
        yield CONCERN
    if paper.verdict in STANDS:
        yield STANDS[paper.verdict]


def _record(paper: Paper, references: list[str]) -> Lines:
    """Tags with their values, a line each; what is unknown or empty gives no line."""
    first, last = first_and_last(paper.pages or "")
    people = [name for name in paper.authors if not name.group]
    yield "PT", ["B" if paper.is_book else "J"]
    yield "AU", [_short(name) for name in people]
    yield "AF", [_full(name) for name in people]
    yield "CA", [name.group for name in paper.authors if name.group]
    yield "BE", [_full(name) for name in paper.editors]
    yield "TI", [paper.printed_title]
    yield "SO", [paper.container]
    yield "SE", [paper.series]
    yield "LA", [paper.language]
    yield "DT", ["; ".join([*paper.types, *_doubts(paper)])]
    yield "DE", ["; ".join(paper.keywords)]
    yield "ID", ["; ".join(dict.fromkeys(heading.descriptor for heading in paper.headings))]
    yield "AB", [paper.abstract]
    yield "CR", [*references]
    yield "NR", [str(len(references))]
    yield "PU", [paper.publisher]
    yield "PI", [paper.publisher_place]
    yield "SN", [paper.issn]
    yield "BN", [paper.isbn]
    yield "J9", [_source(paper.journal_abbrev or paper.container)]
    yield "JI", [paper.journal_abbrev]
    yield "PD", [_season(paper.season) or _month_and_day(paper.pub_date or "")]
    yield "PY", [str(paper.year or "")]
    yield "VL", [paper.volume]
    yield "IS", [paper.issue]
    yield "BP", [first]
    yield "EP", [last]
    yield "AR", [paper.pages if paper.is_article_number else None]
    yield "DI", [paper.doi]
    yield "PM", [str(paper.pmid)]
    yield "UT", [f"MEDLINE:{paper.pmid}"]


def _field(tag: str, values: list[str | None]) -> str:
    lines = [line for value in values if value and (line := one_line(value))]
    return f"{tag} " + "\n   ".join(lines) + "\n" if lines else ""


def cited_reference(cited: CitedReference) -> str:
    """``Author, year, journal, volume, page, DOI``: the commas part them and stand nowhere else."""
    source = cited.journal if cited.is_paper else f"{cited.work} {cited.text}"
    page, _ = first_and_last(cited.pages or "")
    parts = [
        cited.first_author or "[Anonymous]",
        str(cited.year or ""),
        _source(source) or cited.work,
        f"V{cited.volume}" if cited.volume else "",
        f"P{page}" if page else "",
    ]
    cleaned = [one_line(part.replace(",", " ")) for part in parts if part]
    return ", ".join([*filter(None, cleaned), *([f"DOI {cited.doi}"] if cited.doi else [])])


def _source(journal: str | None) -> str | None:
    return journal.replace(",", " ").replace(".", "").upper() if journal else None


def _short(name: Name) -> str:
    return ", ".join(filter(None, [name.last or name.fore, name.initials]))


def _full(name: Name) -> str:
    return name.only or ", ".join(filter(None, [name.last, name.given, name.suffix]))


def _season(season: str | None) -> str:
    """SPR, SPR-SUM."""
    return "-".join(name[:3].upper() for name in (season or "").split("-"))


def _month_and_day(day: str) -> str:
    _, month, number = [*day.split("-"), "", ""][:3]
    return f"{MONTHS[int(month) - 1]} {number.lstrip('0')}".strip() if month else ""
