"""The Datasette plugin: pages for people over the tables that Datasette publishes."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from datasette.utils.asgi import Response
from jinja2 import Environment
from markupsafe import Markup
from pluggy import HookimplMarker

from kb.notices.verdict import ALARMS, MARKS
from kb.site import apart, compat, cross_origin, faults, formulas, headers, methods, routes
from kb.site.links import MENU, Links
from kb.site.text import headline

hookimpl = HookimplMarker("datasette")

# Columns whose values name a page of ours, in the rows and answers that Datasette shows.
PAGES: dict[str, Callable[[Links, Any], str]] = {
    "pmid": Links.paper,
    "ref_pmid": Links.paper,
    "work": Links.work,
    "citing": Links.work,
    "cited": Links.work,
    "topic": Links.topic,
    "ancestor": Links.topic,
}


def _publishes(datasette: Any) -> bool:
    """Whether this Datasette serves our base: the plugin is loaded into every one installed."""
    return compat.NAME in datasette.databases


@hookimpl
def register_routes(datasette: Any) -> list[tuple[str, Any]]:
    return routes.ROUTES if _publishes(datasette) else []


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[headers.App], headers.App]:
    if not _publishes(datasette):
        return lambda app: app

    def wrapped(app: headers.App) -> headers.App:
        reading = methods.only_reading(
            formulas.without_formulas(app),
            lambda path: routes.is_ours(datasette, path),
            cors=datasette.cors,
        )
        shared = cross_origin.sharing(reading, lambda path: routes.is_export(datasette, path))
        return headers.secured(shared)

    return wrapped


@hookimpl
def extra_css_urls(datasette: Any, database: str | None) -> list[str]:
    """Looks of Datasette's own pages of the base, whose tables are wide and long."""
    return [Links(datasette).page("-/kb/tables.css")] if database == compat.NAME else []


@hookimpl
def prepare_connection(conn: sqlite3.Connection, database: str) -> None:
    if database == compat.NAME:
        apart.limit_connection(conn)


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    env.filters["headline"] = headline
    env.globals |= {"marks": MARKS, "alarms": ALARMS}


@hookimpl
def menu_links(datasette: Any) -> list[dict[str, str]]:
    """Our pages, in the menu of Datasette's own."""
    if not _publishes(datasette):
        return []
    link = Links(datasette)
    return [
        {"href": link.home(), "label": "Home"},
        *({"href": link.page(name), "label": label} for name, label in MENU.items()),
    ]


@hookimpl
def render_cell(
    row: Any, value: Any, column: str, table: str | None, database: str, datasette: Any
) -> Markup | None:
    if database == compat.NAME and table == "raw_records" and column == "xml" and value:
        pmid = row["pmid"]  # with the paper's title, where Datasette looked it up
        pmid = pmid["value"] if isinstance(pmid, dict) else pmid
        address = Links(datasette).record(pmid, row["sha256"])
        return Markup('<a href="{}">XML</a>').format(address)
    if database != compat.NAME or column not in PAGES or not isinstance(value, int | str):
        return None
    address = PAGES[column](Links(datasette), value)
    return Markup('<a href="{}">{}</a>').format(address, value)


@hookimpl
def handle_exception(
    datasette: Any, request: Any, exception: Exception
) -> Callable[[], Awaitable[Response | None]] | None:
    if not _publishes(datasette):
        return None
    return lambda: faults.answer(datasette, request, exception)
