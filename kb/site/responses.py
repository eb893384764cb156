"""Answers: a page of ours, a 404 that helps, a feed; and what each goes through."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from datasette.utils.asgi import Response

from kb.site import compat, cross_origin, headers, metadata
from kb.site.feeds import FeedEntry, atom
from kb.site.links import MENU, Links
from kb.site.lists import read_row
from kb.site.text import shortened
from kb.site.values import BadRequest, check_known

STATIC = Path(__file__).with_name("static")

STYLE = hashlib.sha256((STATIC / "site.css").read_bytes()).hexdigest()[:12]

MOST_ATTEMPTS = 3  # at an answer from one base; whoever publishes more often is not waited for

View = Callable[[Any, Any], Awaitable[Response]]

BASE_ID = "SELECT value FROM meta WHERE key = 'base_id'"


def base_id(connection: sqlite3.Connection) -> str | None:
    row = read_row(connection, BASE_ID)
    return row["value"] if row else None


async def render(
    datasette: Any, request: Any, template: str, status: int = 200, **context: Any
) -> Response:
    """A page of ours under our strict policy."""
    try:
        of_base = await compat.read(datasette, base_id)
    except (compat.Gone, sqlite3.DatabaseError):  # then this page says so
        of_base = None
    site = metadata.metadata(compat.field_of(datasette))
    body = await datasette.render_template(
        f"kb/{template}.html",
        {
            "link": Links(datasette),
            "menu": MENU,
            "site": site,
            "style": STYLE,
            "base_id": of_base,
            "outside": outside(datasette, request),
            **context,
        },
        request=request,
        view_name=f"kb-{template}",
    )
    return Response.html(body, status=status, headers={headers.CSP: headers.STRICT})


def outside(datasette: Any, request: Any) -> str:
    """What others write before a path of this site; empty where they cannot reach it."""
    if not cross_origin.is_public(request.host):
        return ""
    return str(datasette.absolute_url(request, "/")).rstrip("/")


async def failed(datasette: Any, request: Any, status: int, message: str) -> Response:
    """What was wrong with a question, or why it cannot be answered now."""
    return await render(datasette, request, "failed", status=status, message=message)


async def missing(
    datasette: Any, request: Any, message: str, pmid: int | None = None, known: Any = None
) -> Response:
    """A 404 that says what to do; ``known`` is the work where it is cited here."""
    return await render(
        datasette, request, "missing", status=404, message=message, pmid=pmid, known=known
    )


class Entered(NamedTuple):
    """An entry of a feed about a paper; ``key`` names the event where it is not the paper alone."""

    pmid: int
    title: str
    date: str
    summary: str
    key: str = ""


async def feed(
    datasette: Any, request: Any, page: str, title: str, entries: Iterable[Entered]
) -> Response:
    """Atom about what ``page`` shows."""

    def absolute(path: str) -> str:
        return str(datasette.absolute_url(request, path))

    links = Links(datasette)
    of_base = await compat.read(datasette, base_id)
    site = metadata.metadata(compat.field_of(datasette))
    body = atom(
        f"{title}: {site['title']}",
        absolute(request.full_path),
        absolute(page),
        of_base or "without an id",
        (
            FeedEntry(
                e.key or str(e.pmid),
                shortened(e.title),
                absolute(links.paper(e.pmid)),
                e.date,
                shortened(e.summary),
            )
            for e in entries
        ),
    )
    return Response(body, content_type="application/atom+xml; charset=utf-8")


def of_one_base(view: View) -> View:
    """Ask again where a new base came in between: an answer bears the id of what it was read from.

    A page is read in several goes, each from the file that is there at that moment.
    """

    async def view_of_one_base(datasette: Any, request: Any) -> Response:
        path = Path(datasette.get_database(compat.NAME).path)
        for attempt in range(1, MOST_ATTEMPTS + 1):
            before = compat.file_identity(path)
            response = await view(datasette, request)
            if compat.file_identity(path) == before or attempt == MOST_ATTEMPTS:
                break
            if hasattr(response, "close"):  # an export, which has a connection of its own
                await response.close()
        return response

    return view_of_one_base


def guarded(view: View, *known: str) -> View:
    """Ask Datasette's permissions first; refuse parameters that are not ``known``; turn what the
    reader can put right into a page."""
    view = of_one_base(view)

    async def guarded_view(datasette: Any, request: Any) -> Response:
        await compat.ensure_readable(datasette, request)
        try:
            check_known(request, known)
            return await view(datasette, request)
        except BadRequest as error:
            return await failed(datasette, request, 400, str(error))
        except compat.TooSlow as error:
            return await failed(datasette, request, 503, str(error))

    return guarded_view
