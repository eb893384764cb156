"""The page of a work, and what is known of any work beside itself."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from datasette.utils.asgi import Response

from kb.site import compat
from kb.site.links import Links
from kb.site.lists import MOST_LISTED, Rows, read_number, read_row, read_rows
from kb.site.responses import missing, render

WORK = "SELECT * FROM works WHERE work = :work"

WORK_NOW = "SELECT work FROM work_ids WHERE id = :work"

WORK_PRINTED = """
SELECT r.pmid, r.position, r.text, r.method, r.score, r.reason, p.title_html
FROM reference_list r JOIN papers p ON p.pmid = r.pmid
WHERE r.work = :work ORDER BY p.year DESC, r.pmid, r.position LIMIT 50
"""

# One notice is often stated twice, by the paper's record and by its own.
NOTICES = """
SELECT kind, notice_pmid, max(notice_doi) AS notice_doi, min(text) AS text, max(date) AS date,
    group_concat(DISTINCT source) AS source, max(checked) AS checked
FROM notices WHERE work = :work
GROUP BY kind, coalesce(notice_pmid, notice_doi, text)
ORDER BY kind = 'retraction' DESC, kind = 'contradictory' DESC,
    kind = 'expression_of_concern' DESC, date DESC, min(id)
"""

VERDICT = "SELECT * FROM verdicts WHERE work = :work"

# What says nothing of what the work is worth (a comment, a new version) is in the table alone.
ASSERTIONS = """
SELECT * FROM assertions WHERE work = :work AND nature <> 'other'
ORDER BY counts DESC, date DESC, id LIMIT 50
"""

CITED_BY = """
SELECT c.citing, group_concat(c.source, ', ') AS sources, w.text, w.is_paper, w.pmid,
    (SELECT v.verdict FROM verdicts v WHERE v.work = w.work) AS verdict
FROM cites c JOIN works w ON w.work = c.citing
WHERE c.cited = :work
GROUP BY c.citing ORDER BY w.year DESC, c.citing LIMIT :limit
"""

CITED_BY_COUNT = "SELECT count(DISTINCT citing) FROM cites WHERE cited = :work"

RETRACTED_BEHIND = """
SELECT e.kind, e.hops, e.path, w.work, w.pmid, w.text, w.is_paper,
    (SELECT v.verdict FROM verdicts v WHERE v.work = w.work) AS verdict
FROM exposure e JOIN works w ON w.work = e.retracted
WHERE e.work = :work ORDER BY e.kind DESC, e.hops, w.work LIMIT 20
"""

LINKED_WORKS = """
SELECT l.kind, w.work, w.pmid, w.text, w.is_paper,
    (SELECT v.verdict FROM verdicts v WHERE v.work = w.work) AS verdict
FROM work_links l JOIN works w ON w.work = CASE WHEN l.a = :work THEN l.b ELSE l.a END
WHERE l.a = :work OR l.b = :work ORDER BY l.kind, w.work
"""

# Works that cite what it cites, and works that are cited with it. Where thousands are, only those
# that can be among the first are looked up.
NEIGHBOURS = """
WITH counted AS MATERIALIZED (
    SELECT theirs.{side} AS work, count(DISTINCT mine.work) AS shared
    FROM (SELECT DISTINCT {other} AS work FROM cites WHERE {side} = :work) mine
    JOIN cites theirs ON theirs.{other} = mine.work AND theirs.{side} <> :work
    GROUP BY theirs.{side}
)
SELECT w.work, w.pmid, w.text, w.is_paper, n.shared,
    (SELECT v.verdict FROM verdicts v WHERE v.work = w.work) AS verdict
FROM counted n JOIN works w ON w.work = n.work
WHERE n.shared >= coalesce(
    (SELECT shared FROM counted ORDER BY shared DESC LIMIT 1 OFFSET 4), 1)
ORDER BY n.shared DESC, w.year DESC, w.work LIMIT 5
"""
COUPLED = NEIGHBOURS.format(side="citing", other="cited")
COCITED = NEIGHBOURS.format(side="cited", other="citing")


@dataclass(frozen=True)
class Around:
    """What is known of a work beside itself: who cites it (at most MOST_LISTED are listed), the
    notices about it, what each witness asserts and the verdict, the retracted and doubted works
    that it rests on, and what belongs to it."""

    cited_by: Rows
    n_cited_by: int
    notices: Rows
    verdict: sqlite3.Row | None
    assertions: Rows
    exposed: Rows
    linked: Rows
    coupled: Rows
    cocited: Rows

    @property
    def stands(self) -> str | None:
        """The verdict in a word; None where nobody states anything of a work that is only cited."""
        return self.verdict["verdict"] if self.verdict else None


def around_of(connection: sqlite3.Connection, work: str) -> Around:
    return Around(
        cited_by=read_rows(connection, CITED_BY, work=work, limit=MOST_LISTED),
        n_cited_by=read_number(connection, CITED_BY_COUNT, {"work": work}),
        notices=read_rows(connection, NOTICES, work=work),
        verdict=read_row(connection, VERDICT, work=work),
        assertions=read_rows(connection, ASSERTIONS, work=work),
        exposed=read_rows(connection, RETRACTED_BEHIND, work=work),
        linked=read_rows(connection, LINKED_WORKS, work=work),
        coupled=read_rows(connection, COUPLED, work=work),
        cocited=read_rows(connection, COCITED, work=work),
    )


@dataclass(frozen=True)
class WorkPage:
    """``moved`` where it was asked for by another identifier than the one it has now."""

    row: sqlite3.Row
    printed: Rows
    around: Around
    moved: bool


def read(connection: sqlite3.Connection, name: str) -> WorkPage | None:
    """A work by its identifier, whatever its case, or by one it was known under before."""
    row = read_row(connection, WORK, work=name) or read_row(connection, WORK, work=name.lower())
    if row is None:
        now = read_row(connection, WORK_NOW, work=name)
        row = read_row(connection, WORK, work=now["work"]) if now else None
    if row is None:
        return None
    return WorkPage(
        row=row,
        printed=read_rows(connection, WORK_PRINTED, work=row["work"]),
        around=around_of(connection, row["work"]),
        moved=row["work"] != name,
    )


async def page(datasette: Any, request: Any) -> Response:
    asked = unquote(request.url_vars["work"])
    work = await compat.read(datasette, lambda connection: read(connection, asked))
    if work is None:
        return await missing(
            datasette,
            request,
            f"No work “{asked[:200]}” is cited or harvested here. A work is named pmid:36063183, "
            "doi:10.1002/pbc.28473 or ref: and 16 digits.",
        )
    links = Links(datasette)
    if work.moved:
        return Response.redirect(links.work(work.row["work"]), status=301)
    source = links.table("citations", cited=work.row["work"])
    return await render(datasette, request, "work", page=work, source=source)
