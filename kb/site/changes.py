"""What runs changed: the page, its feed, and the feed of what is wrong."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from datasette.utils.asgi import Response

from kb.site import compat
from kb.site.links import Links
from kb.site.lists import MOST_IN_FEED, Pager, Rows, page_of, read_number, read_rows
from kb.site.responses import Entered, feed, render
from kb.site.values import LAST_PAGE, number

NEWEST_CHANGES = """
SELECT c.run, c.pmid, c.kind, c.date, c.detail, p.title, p.title_html, v.verdict
FROM changes c LEFT JOIN papers p ON p.pmid = c.pmid LEFT JOIN verdicts v ON v.work = p.work
ORDER BY c.run DESC, c.date DESC, c.pmid DESC
"""

ALERTS = """
SELECT c.run, c.pmid, c.kind, c.date, c.detail, p.title, p.title_html, v.verdict
FROM changes c LEFT JOIN papers p ON p.pmid = c.pmid LEFT JOIN verdicts v ON v.work = p.work
WHERE c.kind NOT IN ('new', 'revised')"""

NEWEST_ALERTS = f"{ALERTS}\nORDER BY c.run DESC, c.date DESC, c.pmid DESC"

CHANGES_COUNT = "SELECT count(*) FROM changes"


@dataclass(frozen=True)
class ChangesPage:
    rows: Rows
    pager: Pager


def read(connection: sqlite3.Connection, page: int) -> ChangesPage:
    rows = page_of(connection, NEWEST_CHANGES, {}, page)
    return ChangesPage(rows, Pager(page, read_number(connection, CHANGES_COUNT, {})))


def newest(connection: sqlite3.Connection, query: str) -> Rows:
    return read_rows(connection, f"{query} LIMIT :limit", limit=MOST_IN_FEED)


async def page(datasette: Any, request: Any) -> Response:
    page_number = number(request, "page", most=LAST_PAGE)
    changes = await compat.read(datasette, lambda connection: read(connection, page_number))
    source = Links(datasette).table("changes")
    return await render(datasette, request, "changes", page=changes, source=source)


async def page_feed(datasette: Any, request: Any) -> Response:
    return await _feed_of(datasette, request, "changes", "Changes", NEWEST_CHANGES)


async def alerts_feed(datasette: Any, request: Any) -> Response:
    title = "Retractions, concerns, corrections, withdrawals"
    return await _feed_of(datasette, request, "integrity", title, NEWEST_ALERTS)


async def _feed_of(datasette: Any, request: Any, page: str, title: str, query: str) -> Response:
    rows = await compat.read(datasette, lambda connection: newest(connection, query))
    entries = [
        Entered(
            row["pmid"],
            f"{row['kind'].capitalize()}: {row['title'] or row['pmid']}",
            row["date"],
            _told(row),
            f"{row['run']}-{row['pmid']}-{row['kind']}",
        )
        for row in rows
    ]
    return await feed(datasette, request, Links(datasette).page(page), title, entries)


def _told(row: Any) -> str:
    detail = f": {row['detail']}" if row["detail"] else ""
    return f"{row['kind']} in run {row['run']}{detail}"
