"""The home page: what this base is, how fresh, what is wrong, its topics."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from datasette.utils.asgi import Response

from kb.site import changes, compat, integrity, runs
from kb.site.links import Links
from kb.site.lists import PaperLine, Rows, page_of, read_row, read_rows
from kb.site.responses import render

COUNTS = """
SELECT
    (SELECT count(*) FROM papers) AS papers,
    (SELECT count(*) FROM works) AS works,
    (SELECT count(*) FROM reference_list) AS listed,
    (SELECT count(*) FROM reference_list WHERE method = 'none') AS unresolved,
    (SELECT min(year) FROM papers) AS first_year,
    (SELECT max(year) FROM papers) AS last_year
"""

SCHEMES = "SELECT scheme, label, description FROM schemes ORDER BY scheme"

SCHEME_COUNTS = """
SELECT scheme, topic, label, broader, papers FROM topics ORDER BY position
""".strip()

# Those of the last run, the gravest first.
LAST_ALERTS = (
    f"{changes.ALERTS} AND c.run = (SELECT max(run) FROM runs)"  # noqa: S608
    " ORDER BY c.kind <> 'retracted', c.kind, c.pmid DESC"
)


@dataclass(frozen=True)
class SchemeTopics:
    row: sqlite3.Row
    topics: Rows


@dataclass(frozen=True)
class HomePage:
    counts: sqlite3.Row
    schemes: list[SchemeTopics]
    last_run: sqlite3.Row | None
    alerts: Rows
    more_alerts: int
    changes: Rows
    integrity: sqlite3.Row
    retracted: list[PaperLine]


MOST_ALERTS = 6
MOST_CHANGES = 6
MOST_RETRACTED = 3


def read(connection: sqlite3.Connection) -> HomePage:
    """A paper that is among the alerts stands nowhere else."""
    alerts = read_rows(connection, LAST_ALERTS)
    named = {alert["pmid"] for alert in alerts[:MOST_ALERTS]}
    changed = page_of(connection, changes.NEWEST_CHANGES, {}, 1)
    retracted = integrity.retracted(connection, MOST_RETRACTED + MOST_ALERTS)
    topics = read_rows(connection, SCHEME_COUNTS)
    return HomePage(
        counts=read_rows(connection, COUNTS)[0],
        schemes=[
            SchemeTopics(scheme, [topic for topic in topics if topic["scheme"] == scheme["scheme"]])
            for scheme in read_rows(connection, SCHEMES)
        ],
        last_run=read_row(connection, runs.LAST_RUNS, limit=1),
        alerts=alerts[:MOST_ALERTS],
        more_alerts=len(alerts[MOST_ALERTS:]),
        changes=[row for row in changed if row["pmid"] not in named][:MOST_CHANGES],
        integrity=integrity.counts(connection),
        retracted=[line for line in retracted if line.row["pmid"] not in named][:MOST_RETRACTED],
    )


async def page(datasette: Any, request: Any) -> Response:
    home = await compat.read(datasette, read)
    source = Links(datasette).sql(SCHEME_COUNTS, {})
    return await render(datasette, request, "home", page=home, source=source)
