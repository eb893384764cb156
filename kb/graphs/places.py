"""Where the works of a map stand: what of the layouts of kb.db goes into files.

A file has one place for each node, so all its works are placed by one layout, the first that has
them all, or none is. The layouts are of citations; maps of anything else have no places.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kb.graphs.graph import Attributes, Graph, Types

PLACE: Types = {"x": float, "y": float}
# The square that a map fills: programs that draw count in pixels.
SIDE = 1000
DIGITS = 6
PLACES = "SELECT work, x, y FROM layouts WHERE layout = ? ORDER BY work"
WORKS = "SELECT count(*) FROM works"


class Frame(NamedTuple):
    """What part of a layout fills the square."""

    left: float
    low: float
    width: float
    height: float

    def place(self, x: float, y: float) -> Attributes:
        across, up = (x - self.left) / self.width, (y - self.low) / self.height
        return {"x": round(SIDE * across, DIGITS), "y": round(SIDE * up, DIGITS)}


def placed(
    db: sqlite3.Connection, drawn: Graph, works: frozenset[str] | None, *layouts: str
) -> Graph:
    """The graph with ``x`` and ``y`` from 0 to SIDE for its works (None: all), by the first of the
    layouts that has them all; as it is where none has. ``about["layout"]`` says which."""
    size = db.execute(WORKS).fetchone()[0] if works is None else len(works)
    for layout in layouts:
        rows = db.execute(PLACES, [layout])
        inside = (place for work, *place in rows if works is None or work in works)
        spots = np.fromiter(chain.from_iterable(inside), np.float64).reshape(-1, 2)
        if 0 < len(spots) == size:
            return replace(
                drawn,
                about={**drawn.about, "layout": layout},
                node_types={**drawn.node_types, **PLACE},
                nodes=_with_places(db, drawn.nodes, layout, _frame(layout, spots)),
            )
    return drawn


def _frame(layout: str, spots: NDArray[np.float64]) -> Frame:
    low, spread = spots.min(axis=0), np.ptp(spots, axis=0)
    if layout == "force":  # its two directions have one measure, year and lane have not
        spread[:] = spread.max()
    spread[spread == 0] = 1
    return Frame(*low.tolist(), *spread.tolist())


def _with_places(
    db: sqlite3.Connection, nodes: Iterator[tuple[str, Attributes]], layout: str, frame: Frame
) -> Iterator[tuple[str, Attributes]]:
    """Nodes and places both come in the order of the works."""
    places = db.execute(PLACES, [layout])
    for node, attributes in nodes:
        x, y = next((x, y) for work, x, y in places if work == node)
        yield node, {**attributes, **frame.place(x, y)}
