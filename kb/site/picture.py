"""The citation map as a picture: places of works out of kb.db, as figures of an SVG.

The layouts were computed by the build; here they are only fitted to a frame of WIDTH by HEIGHT.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from datasette.utils.asgi import Response

from kb.graphs.labels import Label, labels
from kb.site import compat
from kb.site.links import Links
from kb.site.lists import Rows, read_number, read_rows
from kb.site.responses import render
from kb.site.values import BadRequest

WIDTH, HEIGHT, MARGIN = 1000, 620, 30
MOST_WORKS = 150  # the most cited; more would hide each other
MOST_COLOURS = 8  # of communities, the largest first; the others share one
LABELLED = 12  # works that are named in the picture
LABEL_WIDTH, LABEL_HEIGHT = 190, 16  # of the longest
SMALLEST, LARGEST = 4.0, 16.0  # radius
LAYOUTS = {"year": "By year", "force": "By what cites what"}

MAP_WORKS = """
SELECT l.x, l.y, w.work, w.text, w.year, w.pmid, w.is_paper, m.in_degree,
    m.community,
    v.verdict
FROM layouts l JOIN metrics m ON m.work = l.work JOIN works w ON w.work = l.work
    LEFT JOIN verdicts v ON v.work = w.work
WHERE l.layout = :layout ORDER BY m.in_degree DESC, l.work LIMIT :limit
"""

MAP_COUNT = "SELECT count(*) FROM layouts WHERE layout = :layout"

MAP_CITATIONS = """
SELECT DISTINCT citing, cited FROM cites
WHERE citing IN (SELECT value FROM json_each(:works))
    AND cited IN (SELECT value FROM json_each(:works))
ORDER BY citing, cited LIMIT 4000
"""

MAP_COMMUNITIES = """
SELECT c.community, c.name, c.size, count(*) AS shown
FROM metrics m JOIN communities c ON c.community = m.community
WHERE m.work IN (SELECT value FROM json_each(:works))
GROUP BY c.community ORDER BY shown DESC, c.community LIMIT :limit
"""


@dataclass(frozen=True)
class Node:
    """A work at its place; ``label`` is empty for all but the most cited, and ``is_guessed`` where
    it was read from a printed citation."""

    row: sqlite3.Row
    x: float
    y: float
    radius: float
    colour: int
    label: str
    is_guessed: bool


@dataclass(frozen=True)
class Edge:
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True)
class Tick:
    label: str
    x: float


@dataclass(frozen=True)
class Picture:
    """``works`` are all that the layout places, ``communities`` those with a colour."""

    layout: str
    nodes: list[Node]
    edges: list[Edge]
    ticks: list[Tick]
    communities: Rows
    works: int


def picture(connection: sqlite3.Connection, layout: str) -> Picture | None:
    """None where there is no such layout."""
    if layout not in LAYOUTS:
        return None
    rows = read_rows(connection, MAP_WORKS, layout=layout, limit=MOST_WORKS)
    works = json.dumps([row["work"] for row in rows])
    communities = read_rows(connection, MAP_COMMUNITIES, works=works, limit=MOST_COLOURS)
    colours = {row["community"]: n for n, row in enumerate(communities, 1)}
    named = labels(connection, [row["work"] for row in rows])
    nodes = _nodes(rows, named, colours, layout)
    at = {node.row["work"]: node for node in nodes}
    return Picture(
        layout=layout,
        # The largest first, so that the small ones lie on top and can be reached.
        nodes=nodes,
        edges=[
            Edge(at[citing].x, at[citing].y, at[cited].x, at[cited].y)
            for citing, cited in connection.execute(MAP_CITATIONS, {"works": works})
        ],
        ticks=_ticks(rows) if layout == "year" else [],
        communities=communities,
        works=read_number(connection, MAP_COUNT, {"layout": layout}),
    )


def _nodes(
    rows: Rows, labels: Mapping[str, Label], colours: dict[int, int], layout: str
) -> list[Node]:
    # Lanes that hold none of these works take no room.
    lanes = sorted({row["y"] for row in rows})
    rank = {lane: place for place, lane in enumerate(lanes)}
    across = fitted([row["x"] for row in rows], WIDTH)
    down = fitted([rank[row["y"]] if layout == "year" else row["y"] for row in rows], HEIGHT)
    most = max((row["in_degree"] for row in rows), default=0) or 1
    nodes: list[Node] = []
    named: list[Node] = []
    for row, x, y in zip(rows, across, down, strict=True):
        radius = SMALLEST + (LARGEST - SMALLEST) * (row["in_degree"] / most) ** 0.5
        colour = colours.get(row["community"], 0)
        node = Node(row, x, y, round(radius, 1), colour, *labels[row["work"]])
        if len(named) < LABELLED and not any(_cover(node, other) for other in named):
            named.append(node)
        else:
            node = replace(node, label="")
        nodes.append(node)
    return nodes


def _cover(one: Node, other: Node) -> bool:
    """Whether the names of two works would lie on each other."""
    return abs(one.x - other.x) < LABEL_WIDTH and abs(one.y - other.y) < LABEL_HEIGHT


def fitted(values: Sequence[float], length: int) -> list[float]:
    """Values spread over a length, with a margin on both sides; equal ones in the middle."""
    low, high = min(values, default=0), max(values, default=0)
    if low == high:
        return [length / 2 for _ in values]
    room = length - 2 * MARGIN
    return [round(MARGIN + (value - low) / (high - low) * room, 1) for value in values]


def _ticks(rows: Rows) -> list[Tick]:
    """The years that are multiples of five, and where the works without a year stand."""
    places = [int(row["x"]) for row in rows]
    every = range(min(places, default=0), max(places, default=-1) + 1)
    ticks = [
        Tick(str(year), x)
        for year, x in zip(every, fitted(every, WIDTH), strict=True)
        if year % 5 == 0
    ]
    if any(row["year"] is None for row in rows):
        return [Tick("no year", MARGIN), *(tick for tick in ticks if tick.x > 2 * MARGIN)]
    return ticks


async def page(datasette: Any, request: Any) -> Response:
    layout = request.args.get("layout") or "year"
    drawn = await compat.read(datasette, lambda connection: picture(connection, layout))
    if drawn is None:
        raise BadRequest(f"layout={layout[:20]}: the layouts are {' and '.join(LAYOUTS)}.")
    source = Links(datasette).table("layouts", layout=layout)
    size = {"width": WIDTH, "height": HEIGHT}
    return await render(
        datasette, request, "map", page=drawn, layouts=LAYOUTS, size=size, source=source
    )
