"""The page of a topic: its papers with the words that gave it."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from datasette.utils.asgi import Response

from kb.site import compat
from kb.site.facets import Columns, by_year, published
from kb.site.filters import ORDERS, level, orders
from kb.site.links import Links
from kb.site.lists import (
    Pager,
    PaperLine,
    Rows,
    page_of,
    paper_lines,
    pmids_of,
    read_row,
    read_rows,
    tuples,
)
from kb.site.responses import missing, render
from kb.site.values import LAST_PAGE, BadRequest, number
from kb.site.years import Years, years

TOPIC = """
SELECT t.*, s.label AS scheme_label, s.role
FROM topics t JOIN schemes s ON s.scheme = t.scheme WHERE t.topic = :topic
"""

TOPIC_WIDER = """
SELECT t.topic, t.label FROM topic_closure c JOIN topics t ON t.topic = c.ancestor
WHERE c.topic = :topic AND c.ancestor <> :topic
ORDER BY (SELECT count(*) FROM topic_closure d WHERE d.topic = t.topic), t.position
"""

TOPIC_BELOW = """
SELECT t.topic, t.label, t.broader, t.papers FROM topic_closure c
JOIN topics t ON t.topic = c.topic
WHERE c.ancestor = :topic AND c.topic <> :topic ORDER BY t.position
"""

TOPIC_PAPERS = """
SELECT p.pmid, p.title, p.year, p.design, p.n_patients, p.is_retracted,
    {level} AS level,
    (SELECT m.in_degree FROM metrics m WHERE m.work = p.work) AS cited_by,
    (SELECT group_concat(pt.topic || ' (' || pt.basis || ')')
     FROM paper_topics pt JOIN topic_closure c ON c.topic = pt.topic
     WHERE pt.pmid = p.pmid AND c.ancestor = :topic) AS topics
FROM papers p
WHERE p.pmid IN (SELECT pt.pmid FROM topic_closure c JOIN paper_topics pt ON pt.topic = c.topic
                 WHERE c.ancestor = :topic)
ORDER BY {order}
""".strip()

TOPIC_PMIDS = """
SELECT DISTINCT pt.pmid FROM topic_closure c JOIN paper_topics pt ON pt.topic = c.topic
WHERE c.ancestor = :topic
"""

# Why each of some papers has a topic, through itself or a narrower one.
TOPIC_REASONS = """
SELECT e.pmid, e.topic, t.label, e.field, e.surface, pt.basis, count(*) AS times
FROM topic_closure c
JOIN topic_evidence e ON e.topic = c.topic
JOIN paper_topics pt ON pt.pmid = e.pmid AND pt.topic = e.topic
JOIN topics t ON t.topic = e.topic
WHERE c.ancestor = :topic AND e.negated = 0
    AND e.pmid IN (SELECT value FROM json_each(:pmids))
GROUP BY e.pmid, e.topic, e.field, e.surface
ORDER BY t.position, min(e.id)
"""
# Where a person gave it.
TOPIC_DECISIONS = """
SELECT d.pmid, d.topic, t.label, d.reason, d.who, d.date
FROM topic_closure c JOIN curation d ON d.topic = c.topic JOIN topics t ON t.topic = d.topic
WHERE c.ancestor = :topic AND d.decision = 'add-topic'
    AND d.pmid IN (SELECT value FROM json_each(:pmids))
ORDER BY d.line
"""

COUNTED = """mine AS MATERIALIZED (
    SELECT DISTINCT pt.pmid FROM topic_closure c JOIN paper_topics pt ON pt.topic = c.topic
    WHERE c.ancestor = :topic
), counted AS (
    SELECT c.ancestor AS topic, count(DISTINCT pt.pmid) AS papers
    FROM topic_closure c CROSS JOIN paper_topics pt ON pt.topic = c.topic
    WHERE +pt.pmid IN mine GROUP BY c.ancestor
)"""

# Topics that are neither wider nor narrower, by the papers that have both, the most in each scheme.
# A topic that is the whole of its scheme would only say that the scheme has one.
MEETING = """
WITH {counted}, ranked AS (
    SELECT t.topic, t.label, s.label AS scheme, t.scheme AS letter, n.papers,
        row_number() OVER (PARTITION BY t.scheme ORDER BY n.papers DESC, t.position) AS place
    FROM counted n JOIN topics t ON t.topic = n.topic JOIN schemes s ON s.scheme = t.scheme
    WHERE (t.broader IS NOT NULL OR EXISTS (SELECT 1 FROM topics other
            WHERE other.scheme = t.scheme AND other.broader IS NULL AND other.topic <> t.topic))
        AND t.topic NOT IN (SELECT topic FROM topic_closure WHERE ancestor = :topic)
        AND t.topic NOT IN (SELECT ancestor FROM topic_closure WHERE topic = :topic)
)
SELECT topic, label, scheme, papers FROM ranked WHERE place <= 5 ORDER BY letter, place
""".strip()

# As the page shows it, and as it asks it: what is slow to count is counted already.
TOPIC_MEETS = MEETING.format(counted=COUNTED)
TOPIC_MEETS_COUNTED = MEETING.format(
    counted="counted AS (SELECT key AS topic, value AS papers FROM json_each(:counted))"
)


@dataclass(frozen=True)
class TopicLine:
    """A paper with the words that gave it the topic, and the people who did."""

    line: PaperLine
    reasons: Rows
    decisions: Rows


@dataclass(frozen=True)
class Branch:
    """A topic and those below it."""

    row: sqlite3.Row
    narrower: list[Branch]


@dataclass(frozen=True)
class TopicPage:
    """``meets`` are the topics that share papers with it, by scheme."""

    row: sqlite3.Row
    wider: Rows
    narrower: list[Branch]
    meets: dict[str, Rows]
    lines: list[TopicLine]
    pager: Pager
    years: Years


def papers_of(order: str) -> str:
    """The papers of a topic; the level is that for the topic itself where it is a task."""
    return TOPIC_PAPERS.format(level=level({"topic": ""}), order=ORDERS[order])


def read(
    connection: sqlite3.Connection, columns: Columns, name: str, order: str, page: int
) -> TopicPage | None:
    row = read_row(connection, TOPIC, topic=name)
    if row is None:
        return None
    params = {"topic": name}
    rows = page_of(connection, papers_of(order), params, page)
    pmids = pmids_of(rows)
    reasons = _by_pmid(read_rows(connection, TOPIC_REASONS, topic=name, pmids=pmids))
    decisions = _by_pmid(read_rows(connection, TOPIC_DECISIONS, topic=name, pmids=pmids))
    meets: dict[str, Rows] = {}
    every = [pmid for (pmid,) in tuples(connection, TOPIC_PMIDS, params)]
    counted = columns.counted(every)
    in_common = json.dumps(counted["topic"])
    for each in read_rows(connection, TOPIC_MEETS_COUNTED, topic=name, counted=in_common):
        meets.setdefault(each["scheme"], []).append(each)
    return TopicPage(
        row=row,
        wider=read_rows(connection, TOPIC_WIDER, topic=name),
        narrower=tree(read_rows(connection, TOPIC_BELOW, topic=name), name),
        meets=meets,
        lines=[
            TopicLine(line, reasons.get(line.row["pmid"], []), decisions.get(line.row["pmid"], []))
            for line in paper_lines(connection, rows, judged=order == "evidence")
        ],
        pager=Pager(page, len(every)),
        years=years(len(every), by_year(counted)),
    )


def _by_pmid(rows: Rows) -> dict[int, Rows]:
    by_pmid: dict[int, Rows] = {}
    for row in rows:
        by_pmid.setdefault(row["pmid"], []).append(row)
    return by_pmid


def tree(below: Rows, topic: str) -> list[Branch]:
    """The topics right under one, each with its own."""
    return [Branch(row, tree(below, row["topic"])) for row in below if row["broader"] == topic]


async def page(datasette: Any, request: Any) -> Response:
    asked = unquote(request.url_vars["topic"])
    page_number = number(request, "page", most=LAST_PAGE)
    order = request.args.get("sort") or "newest"
    if order not in ORDERS or order == "relevance":
        raise BadRequest(
            f"sort={order[:80]}: papers of a topic are sorted by newest, evidence, cited or icite."
        )
    columns = await published(datasette)
    topic = await compat.read(
        datasette, lambda connection: read(connection, columns, asked, order, page_number)
    )
    if topic is None:
        return await missing(datasette, request, f"There is no topic “{asked[:80]}” here.")
    links = Links(datasette)
    return await render(
        datasette,
        request,
        "topic",
        page=topic,
        order=order,
        orders=await orders(datasette, words=False),
        source=links.sql(papers_of(order), {"topic": asked}),
        meeting=links.sql(TOPIC_MEETS, {"topic": asked}),
    )
