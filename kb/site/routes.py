"""Our addresses, each with the page that answers."""

from __future__ import annotations

import re
from typing import Any

from datasette.utils.asgi import Response, asgi_static

from kb.site import (
    changes,
    compat,
    gaps,
    home,
    integrity,
    metadata,
    paper,
    picture,
    record,
    results,
    runs,
    streams,
    topic,
    work,
)
from kb.site.filters import SINGLE
from kb.site.queries import NamedQuery
from kb.site.responses import STATIC, guarded, render


async def named_queries(datasette: Any, request: Any) -> Response:
    groups: dict[str, list[NamedQuery]] = {}
    for query in metadata.queries(compat.field_of(datasette)):
        groups.setdefault(query.group, []).append(query)
    return await render(datasette, request, "queries", groups=groups)


SEARCH = ("q", "topic", "pmid", *SINGLE)
EXPORT = (
    *("from", "to", "as_of", "without_retracted", "papers_only"),
    *("around", "hops", "direction", "core", "component"),
)

EXPORTS = r"/export/(?P<kind>[a-z-]+)\.(?P<format>[a-z-]+)$"

# Each with the parameters that it knows.
ROUTES: list[tuple[str, Any]] = [
    (r"/$", guarded(home.page)),
    (r"/search$", guarded(results.page, *SEARCH, "sort", "page")),
    (r"/search\.atom$", guarded(results.page_feed, *SEARCH)),
    (r"/paper/(?P<pmid>[^/]+)\.xml$", guarded(record.page, "sha256")),
    (r"/paper/(?P<pmid>[^/]+)$", guarded(paper.page)),
    (r"/work/(?P<work>.+)$", guarded(work.page)),
    (r"/topic/(?P<topic>[^/]+)$", guarded(topic.page, "sort", "page")),
    (EXPORTS, guarded(streams.export, *SEARCH, *EXPORT)),
    (r"/map$", guarded(picture.page, "layout")),
    (r"/gaps$", guarded(gaps.page, "scheme")),
    (r"/integrity$", guarded(integrity.page)),
    (r"/integrity\.atom$", guarded(changes.alerts_feed)),
    (r"/changes$", guarded(changes.page, "page")),
    (r"/changes\.atom$", guarded(changes.page_feed)),
    (r"/runs$", guarded(runs.page)),
    (r"/queries$", guarded(named_queries)),
    (r"/-/kb/(?P<path>[a-z]+\.css)$", asgi_static(STATIC)),
]
TABLES = rf"/{compat.NAME}(?:[/.].*)?$"


def is_ours(datasette: Any, path: str) -> bool:
    """Whether a page of ours or of the base's tables is at a path of a request."""
    path = _below(datasette, path)
    return any(re.match(pattern, path) for pattern in (TABLES, *(each for each, _ in ROUTES)))


def is_export(datasette: Any, path: str) -> bool:
    return bool(re.match(EXPORTS, _below(datasette, path)))


def _below(datasette: Any, path: str) -> str:
    return "/" + path.removeprefix(datasette.setting("base_url")).removeprefix("/")
