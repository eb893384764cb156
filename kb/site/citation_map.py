"""The page of the citation map, the picture alone, and the same works as a table."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from datasette.utils.asgi import Response

from kb.errors import ConfigError
from kb.exports.characters import NOT_IN_XML
from kb.graphs.drawn import drawn
from kb.site import compat, headers, metadata
from kb.site.answer import to_cite
from kb.site.filters import Asked, asked_for
from kb.site.hues import COLOURS
from kb.site.links import Links
from kb.site.lists import read_rows
from kb.site.picture import HEIGHT, LAYOUTS, SIZES, WIDTH, Picture, picture
from kb.site.responses import STATIC, about, render
from kb.site.results import all_found
from kb.site.streams import selection_of
from kb.site.values import BadRequest, number

WORKS_SHOWN, MOST_WORKS = 150, 500
SIZE = {"width": WIDTH, "height": HEIGHT}
# What a map is told beside what works it is of; the first of each is meant where nothing is said.
LOOKS = {"layout": LAYOUTS, "colour": COLOURS, "size": SIZES}
OF_MAP = (*LOOKS, "works")
# Topics to choose from, by scheme.
TOPICS = """
SELECT t.topic, t.label, s.label AS scheme FROM topics t JOIN schemes s USING (scheme)
WHERE t.papers > 0 ORDER BY t.scheme, t.position
"""


class View(NamedTuple):
    """What a map is asked to be: how it looks, how many works, and which."""

    asked: Asked
    layout: str
    colour: str
    size: str
    works: int


async def page(datasette: Any, request: Any) -> Response:
    return await _answer(datasette, request, "map")


async def table(datasette: Any, request: Any) -> Response:
    return await _answer(datasette, request, "map_table")


async def svg(datasette: Any, request: Any) -> Response:
    """The picture as a file of its own, which says what base and address it is of."""
    drawing = (await _read(datasette, request))[1]
    links = Links(datasette)
    query = f"?{request.query_string}" if request.query_string else ""
    address = datasette.absolute_url(request, links.page("map") + query)
    site = metadata.metadata(compat.field_of(datasette))
    what = f"Citation map: {len(drawing.nodes)} of {drawing.selected:,} works"
    body = await datasette.render_template(
        "kb/map.svg",
        {
            "page": drawing,
            "size": SIZE,
            "link": links,
            "style": (STATIC / "map.css").read_text(encoding="utf-8"),
            "site": site,
            "address": address,
            "told": to_cite(site["title"], await compat.read(datasette, about), what, address),
        },
        request=request,
    )
    return Response(
        # A reader of XML refuses the whole picture for one control character in a title.
        body.translate(NOT_IN_XML),
        headers={headers.CSP: headers.DRAWN},
        content_type="image/svg+xml; charset=utf-8",
    )


async def _answer(datasette: Any, request: Any, template: str) -> Response:
    view, drawing = await _read(datasette, request)
    given = [(name, value) for name in request.args for value in request.args.getlist(name)]
    return await render(
        datasette,
        request,
        template,
        page=drawing,
        view=view,
        looks=LOOKS,
        most_works=MOST_WORKS,
        given=given,
        chosen=_chosen(given),
        first=lambda name: request.args.get(name) or "",
        query=urlencode(given),
        topics=await compat.read(datasette, lambda connection: read_rows(connection, TOPICS)),
        size=SIZE,
        source=Links(datasette).table("layouts", layout=view.layout),
    )


def _chosen(given: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """What says which works are meant, as parameters of an export."""
    chosen: dict[str, list[str]] = {}
    for name, value in given:
        if name not in OF_MAP and value:
            chosen.setdefault(name, []).append(value)
    return chosen


async def _read(datasette: Any, request: Any) -> tuple[View, Picture]:
    view = await _view(datasette, request)

    def draw(connection: sqlite3.Connection) -> Picture:
        selection = selection_of(request, all_found(connection, view.asked))
        works = drawn(connection, selection, view.works)
        return picture(connection, works, view.layout, view.colour, view.size)

    # The map of everything is a page as others are, which no search keeps waiting.
    ask = compat.search if view.asked.text or view.asked.filters else compat.read
    try:
        return view, await ask(datasette, draw)
    except ConfigError as error:
        raise BadRequest(str(error)) from error


async def _view(datasette: Any, request: Any) -> View:
    asked = await asked_for(datasette, request)
    looks = {name: _look(request, name) for name in LOOKS}
    works = number(request, "works", most=MOST_WORKS) if request.args.get("works") else WORKS_SHOWN
    return View(asked, works=works, **looks)


def _look(request: Any, name: str) -> str:
    known = LOOKS[name]
    value = request.args.get(name) or next(iter(known))
    if value not in known:
        raise BadRequest(f"{name}={value[:20]}: there are {', '.join(known)}.")
    return value
