"""CSV of all harvested papers, a row a paper; lists are joined by a semicolon and a space."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from kb.exports.cells import Cell, lines
from kb.exports.papers import Name, Paper, integrity_notes, read

COPIED = (
    *("pmid", "doi", "pmcid", "status", "is_retracted", "integrity_checked", "record_status"),
    *("title", "journal", "journal_abbrev", "issn", "year", "pub_date", "epub_date", "volume"),
    *("issue", "pages", "language", "is_book", "is_chapter", "publisher", "publisher_place"),
    *("edition", "series", "isbn", "bookshelf_id", "url"),
)
COLUMNS = (*COPIED, "authors", "editors", "types", "keywords", "mesh", "notes", "abstract")


def pieces(db: sqlite3.Connection) -> Iterator[str]:
    """The file as text, a row at a time, by PMID."""
    yield from lines([COLUMNS])
    yield from lines(map(_row, read(db)))


def _row(paper: Paper) -> list[Cell]:
    headings = ["/".join(filter(None, heading[:2])) for heading in paper.headings]
    return [
        *(getattr(paper, column) for column in COPIED),
        "; ".join(map(_name, paper.authors)),
        "; ".join(map(_name, paper.editors)),
        "; ".join(paper.types),
        "; ".join(paper.keywords),
        "; ".join(headings),
        "; ".join(integrity_notes(paper)),
        paper.abstract,
    ]


def _name(name: Name) -> str:
    return name.only or ", ".join(filter(None, [name.last, name.given, name.suffix]))
