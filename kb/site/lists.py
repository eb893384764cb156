"""Lists of papers and their pages: what several pages of the site show. No Datasette."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from markupsafe import Markup

from kb.site.text import LONGEST_HEADLINE, headline, marked

Rows = list[sqlite3.Row]

PAGE_SIZE = 20
MOST_LISTED = 100  # citing works, notices and the like on one page; the rest is in the tables
MOST_IN_FEED = 200

PAPER_LINES = """
SELECT p.pmid, p.title_html, p.authors, p.authors_complete, p.journal_abbrev, p.journal, p.year,
    p.record_status,
    (SELECT v.verdict FROM verdicts v WHERE v.work = p.work) AS verdict,
    EXISTS (SELECT 1 FROM curation c WHERE c.pmid = p.pmid AND c.decision = 'exclude')
        AS is_excluded,
    p.design, p.n_patients,
    (SELECT m.in_degree FROM metrics m WHERE m.work = p.work) AS cited_by,
    (SELECT count(*) FROM cites c WHERE c.cited = p.work AND c.source = 'icite') AS cited_by_icite,
    (SELECT d.treatment FROM designs d WHERE d.design = p.design) AS design_level,
    (SELECT group_concat(name, ' · ') FROM publication_types t
     WHERE t.pmid = p.pmid AND t.name <> 'Journal Article'
        AND t.name NOT LIKE 'Research Support%') AS types
FROM json_each(:pmids) wanted JOIN papers p ON p.pmid = wanted.value
ORDER BY wanted.key
"""

LEVELS = """
SELECT e.pmid, e.level, t.label FROM evidence e JOIN topics t ON t.topic = e.task
WHERE e.level IS NOT NULL AND e.pmid IN (SELECT value FROM json_each(:pmids))
ORDER BY e.level, t.position
"""

# The marks are control characters, which no XML and so no record can hold.
MARKED = """
SELECT rowid AS pmid,
    highlight(papers_fts, 0, char(2), char(3)) AS title,
    snippet(papers_fts, 1, char(2), char(3), '…', 40) AS abstract,
    snippet(papers_fts, 2, char(2), char(3), '…', 30) AS authors,
    snippet(papers_fts, 3, char(2), char(3), '…', 20) AS keywords,
    snippet(papers_fts, 4, char(2), char(3), '…', 20) AS mesh
FROM papers_fts
WHERE papers_fts MATCH :q AND +rowid IN (SELECT value FROM json_each(:pmids))
"""


def pmids_of(rows: Rows) -> str:
    """The PMIDs of some rows as a JSON array, in which one parameter carries many."""
    return json.dumps([row["pmid"] for row in rows])


def read_rows(connection: sqlite3.Connection, sql: str, **params: object) -> Rows:
    return connection.execute(sql, params).fetchall()


def tuples(
    connection: sqlite3.Connection, sql: str, params: Mapping[str, object] | None = None
) -> sqlite3.Cursor:
    """Rows as plain tuples, for many that are small: a third of the time."""
    cursor = connection.cursor()
    cursor.row_factory = None
    return cursor.execute(sql, dict(params or {}))


def read_row(connection: sqlite3.Connection, sql: str, **params: object) -> sqlite3.Row | None:
    row: sqlite3.Row | None = connection.execute(sql, params).fetchone()
    return row


def read_number(connection: sqlite3.Connection, sql: str, params: Mapping[str, object]) -> int:
    return int(connection.execute(sql, dict(params)).fetchone()[0])


@dataclass(frozen=True)
class PaperLine:
    """A paper in a list; ``snippets`` holds the places other than the title where words were
    found, ``levels`` the tasks that it is evidence for, None where they are not shown."""

    row: sqlite3.Row
    title: Markup
    snippets: list[tuple[str, Markup]] = field(default_factory=list)
    levels: Rows | None = None


def paper_lines(
    connection: sqlite3.Connection, rows: Rows, match: str | None = None, *, judged: bool = False
) -> list[PaperLine]:
    """The papers that rows with a ``pmid`` name, in their order; ``match`` is what was searched.
    ``judged`` with their levels of evidence."""
    wanted = pmids_of(rows)
    marks = {}
    if match:
        marks = {row["pmid"]: row for row in read_rows(connection, MARKED, q=match, pmids=wanted)}
    lines = [
        _line(row, marks.get(row["pmid"]))
        for row in read_rows(connection, PAPER_LINES, pmids=wanted)
    ]
    if not judged:
        return lines
    levels: dict[int, Rows] = {}
    for each in read_rows(connection, LEVELS, pmids=wanted):
        levels.setdefault(each["pmid"], []).append(each)
    return [replace(line, levels=levels.get(line.row["pmid"], [])) for line in lines]


def _line(row: sqlite3.Row, marks: sqlite3.Row | None) -> PaperLine:
    title = headline(row["title_html"])
    if marks is None:
        return PaperLine(row, title)
    places = ("abstract", "authors", "keywords", "mesh")
    snippets = [(place, words) for place in places if (words := marked(marks[place]))]
    in_title = marked(marks["title"]) if len(marks["title"]) <= LONGEST_HEADLINE else None
    return PaperLine(row, in_title or title, snippets)


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
