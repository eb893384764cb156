"""The citation map as a picture: works and citations as figures of an SVG. No Datasette.

By year the works stand in the lanes that the build gave them; by what cites what they are placed
here, among themselves: the places of the whole base leave little room to a few works of it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kb.graphs.coupling import incidence
from kb.graphs.drawn import Drawn
from kb.graphs.force import by_force
from kb.graphs.labels import Label, labels
from kb.site.hues import Hue, Hues, hues
from kb.site.lists import Rows, read_rows

WIDTH, HEIGHT, MARGIN = 1000, 620, 30
SMALLEST, LARGEST = 4.0, 16.0  # radius, where there are FEW works; of more they are smaller
FEW = 60
LAYOUTS = {"year": "by year", "force": "by what cites what"}
SIZES = {"cited": "how often it is cited here", "pagerank": "PageRank"}

# A name has to lie clear of other names; its letters are some pixels wide.
LETTER_WIDTH, LABEL_HEIGHT, LABEL_AWAY = 7.2, 15, 4

# Left of the first year stands what has no year.
UNDATED = 2
Place = tuple[float, float]

WORKS = """
SELECT l.y AS lane, w.work, w.text, w.year, w.pmid, w.is_paper, m.in_degree,
    m.pagerank, m.community, m.main_path_place, v.verdict, p.design,
    EXISTS (SELECT 1 FROM provenance s WHERE s.pmid = w.pmid AND s.source = 'seed') AS is_seed
FROM json_each(:works) few JOIN layouts l ON l.work = few.value AND l.layout = 'year'
    JOIN works w ON w.work = l.work JOIN metrics m ON m.work = l.work
    LEFT JOIN papers p ON p.work = l.work LEFT JOIN verdicts v ON v.work = l.work
ORDER BY few.key
"""


@dataclass(frozen=True)
class Node:
    """A work at its place; ``label`` is empty where its name would lie on another, and
    ``is_guessed`` where it was read from a printed citation."""

    row: sqlite3.Row
    x: float
    y: float
    radius: float
    hue: int
    label: str = ""
    is_guessed: bool = False

    @property
    def label_at(self) -> tuple[float, float]:
        """The middle of the name's base line, which keeps within the frame."""
        half = len(self.label) * LETTER_WIDTH / 2
        return min(max(self.x, half), WIDTH - half), max(
            self.y - self.radius - LABEL_AWAY, LABEL_HEIGHT
        )


@dataclass(frozen=True)
class Edge:
    """From the citing to the cited work; ``main`` on the main path."""

    x1: float
    y1: float
    x2: float
    y2: float
    main: bool


@dataclass(frozen=True)
class Tick:
    label: str
    x: float


@dataclass(frozen=True)
class Picture:
    """``selected`` says how many works there were to choose from; ``legend`` has those colours that
    are in the picture."""

    layout: str
    nodes: list[Node]
    edges: list[Edge]
    ticks: list[Tick]
    legend: list[Hue]
    selected: int


def picture(
    connection: sqlite3.Connection, drawn: Drawn, layout: str, colour: str, size: str
) -> Picture:
    """``layout``, ``colour`` and ``size`` are of LAYOUTS, ``kb.site.hues.COLOURS`` and SIZES."""
    rows = read_rows(connection, WORKS, works=json.dumps(drawn.works))
    coloured = hues(connection, rows, colour)
    places = _by_year(rows) if layout == "year" else _by_force(rows, drawn)
    nodes = _named(_nodes(rows, coloured, places, size), labels(connection, drawn.works))
    at = {node.row["work"]: node for node in nodes}
    return Picture(
        layout=layout,
        nodes=nodes,
        edges=[
            Edge(
                *(at[citing].x, at[citing].y, at[cited].x, at[cited].y),
                main=_are_steps(at[citing].row, at[cited].row),
            )
            for citing, cited in drawn.citations
        ],
        ticks=_ticks(rows) if layout == "year" else [],
        legend=coloured.legend,
        selected=drawn.selected,
    )


def _are_steps(citing: sqlite3.Row, cited: sqlite3.Row) -> bool:
    """Whether the main path, numbered from its newest work, leads from one to the other."""
    place, next_place = citing["main_path_place"], cited["main_path_place"]
    return place is not None and next_place is not None and next_place == place + 1


def _by_year(rows: Rows) -> list[Place]:
    """What has no year stands left of the first; lanes that hold none of these works take no
    room."""
    across = fitted(_years(rows), WIDTH)
    lanes = sorted({row["lane"] for row in rows})
    rank = {lane: place for place, lane in enumerate(lanes)}
    return list(zip(across, fitted([rank[row["lane"]] for row in rows], HEIGHT), strict=True))


def _years(rows: Rows) -> list[int]:
    known = [row["year"] for row in rows if row["year"] is not None]
    undated = min(known, default=0) - UNDATED
    return [undated if row["year"] is None else row["year"] for row in rows]


def _by_force(rows: Rows, drawn: Drawn) -> list[Place]:
    matrix = incidence(drawn.works, drawn.works, drawn.citations)
    linked = {work for pair in drawn.citations for work in pair}
    numbers = [row["community"] if row["work"] in linked else 0 for row in rows]
    _, community = np.unique([0, *numbers], return_inverse=True)
    place = by_force(matrix, community[1:]).T.tolist()
    return list(zip(fitted(place[0], WIDTH), fitted(place[1], HEIGHT), strict=True))


def _nodes(rows: Rows, coloured: Hues, places: Sequence[Place], size: str) -> list[Node]:
    measure = "pagerank" if size == "pagerank" else "in_degree"
    most = max((row[measure] for row in rows), default=0) or 1
    scale = min(1.0, (FEW / max(len(rows), 1)) ** 0.5)
    nodes = []
    for row, (x, y) in zip(rows, places, strict=True):
        radius = scale * (SMALLEST + (LARGEST - SMALLEST) * (row[measure] / most) ** 0.5)
        nodes.append(Node(row, x, y, round(radius, 1), coloured.of[row["work"]]))
    return sorted(nodes, key=lambda node: -node.radius)


def _named(nodes: Sequence[Node], names: Mapping[str, Label]) -> list[Node]:
    """The nodes with their names, wherever one lies clear of those before it."""
    taken: list[tuple[float, float, float]] = []
    named = []
    for node in nodes:
        label, is_guessed = names[node.row["work"]]
        with_name = replace(node, label=label, is_guessed=is_guessed)
        x, y = with_name.label_at
        half = len(with_name.label) * LETTER_WIDTH / 2
        clear = all(
            abs(x - at_x) >= half + other or abs(y - at_y) >= LABEL_HEIGHT
            for at_x, at_y, other in taken
        )
        if clear:
            taken.append((x, y, half))
        named.append(with_name if clear else node)
    return named


def fitted(values: Sequence[float], length: int) -> list[float]:
    """Values spread over a length, with a margin on both sides; equal ones in the middle."""
    low, high = min(values, default=0), max(values, default=0)
    if low == high:
        return [length / 2 for _ in values]
    room = length - 2 * MARGIN
    return [round(MARGIN + (value - low) / (high - low) * room, 1) for value in values]


def _ticks(rows: Rows) -> list[Tick]:
    """The years that are multiples of five, and where the works without a year stand."""
    places = _years(rows)
    every = range(min(places, default=0), max(places, default=-1) + 1)
    ticks = [
        Tick(str(year), x)
        for year, x in zip(every, fitted(every, WIDTH), strict=True)
        if year % 5 == 0
    ]
    if any(row["year"] is None for row in rows):
        return [Tick("no year", MARGIN), *(tick for tick in ticks if tick.x > 2 * MARGIN)]
    return ticks
