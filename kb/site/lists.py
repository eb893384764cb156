"""Lists of papers and their pages: what several pages of the site show. No Datasette."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from kb.site import queries
from kb.site.text import LONGEST_HEADLINE, headline, marked

Rows = list[sqlite3.Row]

PAGE_SIZE = 20


def pmids_of(found: Rows) -> str:
    """The PMIDs of some rows as a JSON array, in which one parameter carries many."""
    return json.dumps([row["pmid"] for row in found])


def read_rows(connection: sqlite3.Connection, sql: str, **params: object) -> Rows:
    return connection.execute(sql, params).fetchall()


def read_row(connection: sqlite3.Connection, sql: str, **params: object) -> sqlite3.Row | None:
    row: sqlite3.Row | None = connection.execute(sql, params).fetchone()
    return row


def read_number(connection: sqlite3.Connection, sql: str, params: Mapping[str, object]) -> int:
    return int(connection.execute(sql, dict(params)).fetchone()[0])


@dataclass(frozen=True)
class PaperLine:
    """A paper in a list; ``found`` holds the places other than the title where words were found."""

    row: sqlite3.Row
    title: Markup
    found: list[tuple[str, Markup]] = field(default_factory=list)


def paper_lines(
    connection: sqlite3.Connection, found: Rows, match: str | None = None
) -> list[PaperLine]:
    """The papers that rows with a ``pmid`` name, in their order; ``match`` is what was searched."""
    wanted = pmids_of(found)
    marks = {}
    if match:
        marks = {
            row["pmid"]: row for row in read_rows(connection, queries.MARKED, q=match, pmids=wanted)
        }
    return [
        _line(row, marks.get(row["pmid"]))
        for row in read_rows(connection, queries.PAPER_LINES, pmids=wanted)
    ]


def _line(row: sqlite3.Row, marks: sqlite3.Row | None) -> PaperLine:
    title = headline(row["title_html"])
    if marks is None:
        return PaperLine(row, title)
    places = ("abstract", "authors", "keywords", "mesh")
    found = [(place, words) for place in places if (words := marked(marks[place]))]
    in_title = marked(marks["title"]) if len(marks["title"]) <= LONGEST_HEADLINE else None
    return PaperLine(row, in_title or title, found)


@dataclass(frozen=True)
class Pager:
    """Where a page stands in a list of ``total``; pages count from 1."""

    page: int
    total: int

    @property
    def first(self) -> int:
        return (self.page - 1) * PAGE_SIZE + 1

    @property
    def last(self) -> int:
        return min(self.page * PAGE_SIZE, self.total)

    @property
    def pages(self) -> int:
        return -(-self.total // PAGE_SIZE)


def page_of(
    connection: sqlite3.Connection, sql: str, params: Mapping[str, object], page: int
) -> Rows:
    """The rows of one page of a list whose statement has no limit of its own."""
    limited = {**params, "limit": PAGE_SIZE, "offset": (page - 1) * PAGE_SIZE}
    return connection.execute(f"{sql}\nLIMIT :limit OFFSET :offset", limited).fetchall()
