"""Our addresses, each with the page that answers."""

from __future__ import annotations

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
from kb.site.queries import NamedQuery
from kb.site.responses import STATIC, guarded, render


async def named_queries(datasette: Any, request: Any) -> Response:
    groups: dict[str, list[NamedQuery]] = {}
    for query in metadata.queries(compat.field_of(datasette)):
        groups.setdefault(query.group, []).append(query)
    return await render(datasette, request, "queries", groups=groups)


ROUTES: list[tuple[str, Any]] = [
    (r"/$", guarded(home.page)),
    (r"/search$", guarded(results.page)),
    (r"/search\.atom$", guarded(results.page_feed)),
    (r"/paper/(?P<pmid>[^/]+)\.xml$", guarded(record.page)),
    (r"/paper/(?P<pmid>[^/]+)$", guarded(paper.page)),
    (r"/work/(?P<work>.+)$", guarded(work.page)),
    (r"/topic/(?P<topic>[^/]+)$", guarded(topic.page)),
    (r"/export/(?P<kind>[a-z-]+)\.(?P<format>[a-z-]+)$", guarded(streams.export)),
    (r"/map$", guarded(picture.page)),
    (r"/gaps$", guarded(gaps.page)),
    (r"/integrity$", guarded(integrity.page)),
    (r"/integrity\.atom$", guarded(changes.alerts_feed)),
    (r"/changes$", guarded(changes.page)),
    (r"/changes\.atom$", guarded(changes.page_feed)),
    (r"/runs$", guarded(runs.page)),
    (r"/queries$", guarded(named_queries)),
    (r"/-/kb/(?P<path>[a-z]+\.css)$", asgi_static(STATIC)),
]
