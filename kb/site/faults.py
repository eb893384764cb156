"""What a visitor sees where Datasette meets an exception on a page of the base."""

from __future__ import annotations

import sqlite3
from typing import Any

from datasette.database import QueryInterrupted
from datasette.utils.asgi import Forbidden, NotFound, Response
from datasette.views.base import DatasetteError

from kb.site import compat, responses
from kb.site.text import shortened

# What Datasette raises where it took a value as it came: for a number, a list in JSON, a column.
OF_VALUES = (ValueError, TypeError, LookupError, OverflowError, sqlite3.Error)
ADVICE = (
    "Datasette cannot read this address. It sorts and counts by columns of the table, a number has "
    "at most 18 digits, a list is JSON, and _next is what the page before gave."
)


async def answer(datasette: Any, request: Any, exception: Exception) -> Response | None:
    """None where Datasette's own answer is right."""
    if isinstance(exception, compat.Gone) or type(exception) is sqlite3.DatabaseError:
        return await _told(datasette, request, 503, compat.GONE)
    if isinstance(exception, compat.TooSlow):
        return await _told(datasette, request, 503, str(exception))
    if isinstance(exception, QueryInterrupted):
        return await _told(datasette, request, 400, "This took longer than it may. Ask for less.")
    try:  # our page bears the id of the base; Datasette's own tells nothing
        await compat.ensure_readable(datasette, request)
    except Forbidden:
        return None
    if isinstance(exception, NotFound) and not request.path.endswith(".json"):
        return await responses.missing(datasette, request, "There is no page at this address.")
    if _is_of_the_address(datasette, request, exception):
        message = getattr(exception, "message", None)  # which Datasette wrote for its readers
        return await _told(datasette, request, 400, f"{message}. {ADVICE}" if message else ADVICE)
    return None


def _is_of_the_address(datasette: Any, request: Any, exception: Exception) -> bool:
    """Whether it is the reader who can put it right, though Datasette would call it its fault."""
    its_own = isinstance(exception, OF_VALUES) or (
        isinstance(exception, DatasetteError) and exception.status == 500
    )
    tables = datasette.urls.database(compat.NAME)
    return bool(its_own and request.query_string and request.path.startswith(tables))


async def _told(datasette: Any, request: Any, status: int, message: str) -> Response:
    message = shortened(message)
    if request.path.endswith(".json"):
        told = {"ok": False, "error": message, "status": status, "title": None}
        return Response.json(told, status=status)
    return await responses.failed(datasette, request, status, message)
