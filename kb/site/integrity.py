"""The integrity page: retractions, concerns and what rests on them."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from datasette.utils.asgi import Response

from kb.site import compat
from kb.site.links import Links
from kb.site.lists import MOST_LISTED, PaperLine, Rows, paper_lines, read_number, read_rows
from kb.site.responses import render

PAPERS = "SELECT count(*) FROM papers"

INTEGRITY_COUNTS = """
SELECT
    (SELECT count(*) FROM verdicts JOIN papers USING (work) WHERE verdict = 'retracted')
        AS retracted,
    (SELECT count(*) FROM verdicts JOIN papers USING (work) WHERE verdict = 'never checked')
        AS unchecked,
    (SELECT count(*) FROM verdicts WHERE verdict = 'contradictory') AS contradictory,
    (SELECT count(*) FROM verdicts WHERE verdict = 'reinstated') AS reinstated,
    (SELECT count(*) FROM papers WHERE record_status <> 'active') AS withdrawn,
    (SELECT count(*) FROM verdicts WHERE verdict = 'expression of concern') AS concerns,
    (SELECT count(*) FROM verdicts WHERE verdict = 'corrected') AS corrected,
    (SELECT count(DISTINCT work) FROM exposure WHERE hops = 1 AND kind = 'retraction') AS exposed
"""

GONE = """
SELECT pmid FROM papers
WHERE record_status <> 'active' OR work IN (SELECT work FROM verdicts WHERE verdict = 'retracted')
ORDER BY year DESC, pmid DESC LIMIT :limit
"""

CONCERNS = """
SELECT n.work, n.pmid, n.kind, n.notice_pmid, min(n.text) AS text, max(n.date) AS date,
    group_concat(DISTINCT n.source) AS source, p.title_html, w.text AS work_text, w.is_paper,
    v.verdict
FROM notices n LEFT JOIN verdicts v ON v.work = n.work
LEFT JOIN papers p ON p.work = n.work LEFT JOIN works w ON w.work = n.work
WHERE n.kind IN ('retraction', 'contradictory', 'expression_of_concern', 'reinstatement')
GROUP BY n.work, n.kind, coalesce(n.notice_pmid, n.notice_doi, n.text)
ORDER BY max(n.date) DESC, min(n.id) LIMIT :limit
"""

# Works on which the witnesses do not agree, or did not always, the contradictory ones first.
UNSETTLED = """
SELECT v.work, v.pmid, v.verdict, v.rule, w.text AS work_text, w.is_paper, p.title_html
FROM verdicts v LEFT JOIN papers p ON p.work = v.work LEFT JOIN works w ON w.work = v.work
WHERE v.verdict IN ('contradictory', 'reinstated')
ORDER BY v.verdict, v.work LIMIT :limit
"""
THEIR_ASSERTIONS = """
SELECT * FROM assertions
WHERE nature <> 'other' AND work IN (SELECT value FROM json_each(:works))
ORDER BY work, counts DESC, date DESC, id
"""

CITING_RETRACTED = """
SELECT e.work, e.retracted, e.hops, w.text AS work_text, w.pmid AS work_pmid,
    w.is_paper AS work_is_paper, v.verdict, r.text AS retracted_text, r.pmid AS retracted_pmid,
    r.is_paper AS retracted_is_paper
FROM exposure e JOIN works w ON w.work = e.work JOIN works r ON r.work = e.retracted
LEFT JOIN verdicts v ON v.work = e.work
WHERE e.hops = 1 AND e.kind = 'retraction' ORDER BY w.year DESC, e.work LIMIT :limit
"""


@dataclass(frozen=True)
class Unsettled:
    """A contradictory or reinstated work, and what each witness asserts of it."""

    row: sqlite3.Row
    assertions: Rows


@dataclass(frozen=True)
class IntegrityPage:
    counts: sqlite3.Row
    papers: int
    retracted: list[PaperLine]
    unsettled: list[Unsettled]
    notices: Rows
    citing: Rows


def read(connection: sqlite3.Connection) -> IntegrityPage:
    return IntegrityPage(
        counts=counts(connection),
        papers=read_number(connection, PAPERS, {}),
        retracted=retracted(connection, MOST_LISTED),
        unsettled=unsettled(connection),
        notices=read_rows(connection, CONCERNS, limit=MOST_LISTED),
        citing=read_rows(connection, CITING_RETRACTED, limit=MOST_LISTED),
    )


def unsettled(connection: sqlite3.Connection) -> list[Unsettled]:
    rows = read_rows(connection, UNSETTLED, limit=MOST_LISTED)
    works = json.dumps([row["work"] for row in rows])
    every = read_rows(connection, THEIR_ASSERTIONS, works=works)
    return [Unsettled(row, [each for each in every if each["work"] == row["work"]]) for row in rows]


def counts(connection: sqlite3.Connection) -> sqlite3.Row:
    return read_rows(connection, INTEGRITY_COUNTS)[0]


def retracted(connection: sqlite3.Connection, limit: int) -> list[PaperLine]:
    return paper_lines(connection, read_rows(connection, GONE, limit=limit))


async def page(datasette: Any, request: Any) -> Response:
    integrity = await compat.read(datasette, read)
    source = Links(datasette).table("notices")
    return await render(datasette, request, "integrity", page=integrity, source=source)
