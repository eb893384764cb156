"""Where to draw works on a map. Pure; the same works and citations give the same places.

Only sums, products, quotients and square roots are taken, which every processor rounds alike: a
force-directed layout carries the smallest difference into every place.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array

from kb.graphs.graph import Floats, Positions
from kb.graphs.metrics import in_degree, out_degree

# Left of the first year stands what has no year.
UNDATED = 2
MOST_PLACED = 2_000
STEPS = 100
SEED = 1
# How strongly what is not linked is drawn to the middle; without it, it drifts away.
GRAVITY = 1.0
# The longest way of the first step, where the map is 1 wide; it shrinks to nothing.
HEAT = 0.1
ROWS = 32  # whose distances to all others are held at a time


def by_year(years: Sequence[int | None], community: Positions, cited_by: Positions) -> Positions:
    """Year and lane of every work, a row each. Within a year the communities lie one above the
    other in the order of their numbers, in each the most cited work first, and what has none is
    last; a work without a year stands two years before the first."""
    known = [year for year in years if year is not None]
    before = min(known) - UNDATED if known else 0
    column = np.array([before if year is None else year for year in years], dtype=np.int64)
    size = len(column)
    last = np.where(community > 0, community, size + 1)
    order = np.lexsort((np.arange(size), -cited_by, last, column))
    sorted_columns = column[order]
    lane = np.empty(size, dtype=np.int64)
    lane[order] = np.arange(size) - np.searchsorted(sorted_columns, sorted_columns)
    return np.column_stack([column, lane])


def most_linked(matrix: csr_array, most: int = MOST_PLACED) -> Positions:
    """The works that cite or are cited, of more than ``most`` those with the most citations either
    way; in order."""
    links = in_degree(matrix) + out_degree(matrix)
    linked = np.flatnonzero(links)
    return np.sort(linked[np.argsort(-links[linked], kind="stable")][:most])


def by_force(matrix: csr_array) -> Floats:
    """x and y of every work, a row each, within a square from 0 to 1.

    Fruchterman & Reingold (1991): works push each other away, citations pull, and the steps grow
    shorter. Takes time with the square of the works: for some thousands.
    """
    size = matrix.shape[0]
    place = np.random.default_rng(SEED).random((size, 2))
    citing = np.repeat(np.arange(size), np.diff(matrix.indptr))
    apart = 1 / np.sqrt(max(size, 1))
    for step in range(STEPS):
        moved = _push(place, apart * apart) - _pull(place, citing, matrix.indices, apart)
        moved -= GRAVITY * (place - 0.5)
        length = np.sqrt((moved * moved).sum(axis=1))
        reach = np.minimum(length, HEAT * (1 - step / STEPS))
        place = place + moved * (reach / np.maximum(length, 1e-12))[:, None]
    return _in_square(place)


def _push(place: Floats, strength: float) -> Floats:
    x, y = np.ascontiguousarray(place.T)
    pushed = np.empty_like(place)
    for start in range(0, len(place), ROWS):
        rows = slice(start, start + ROWS)
        across, up = x[rows, None] - x, y[rows, None] - y
        falling = strength / np.maximum(across * across + up * up, 1e-9)
        pushed[rows, 0] = (across * falling).sum(axis=1)
        pushed[rows, 1] = (up * falling).sum(axis=1)
    return pushed


def _pull(place: Floats, citing: Positions, cited: Positions, apart: float) -> Floats:
    way = place[citing] - place[cited]
    way *= (np.sqrt((way * way).sum(axis=1)) / apart)[:, None]
    size = len(place)
    return np.column_stack(
        [
            np.bincount(citing, way[:, axis], size) - np.bincount(cited, way[:, axis], size)
            for axis in (0, 1)
        ]
    )


def _in_square(place: Floats) -> Floats:
    if not len(place):
        return place
    low = place.min(axis=0)
    width = (place - low).max()
    return (place - low) / width if width else np.full_like(place, 0.5)
