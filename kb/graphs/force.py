"""Where to draw works by what cites what: near what they are linked to, apart from the rest.

Works push each other away by their links and citations pull, as in ForceAtlas2 (Jacomy et al.
2014). Two things make it fast on a whole base. The communities are placed first and their works
around them, so that only the neighbourhood is left to settle. And works push by way of a mesh:
each is shared out to the four points around it, the mesh is folded with the push of one point by
Fourier transforms, and each takes up the sum of its four points. A step takes time with the works
and the mesh.

The same works and citations give the same places on one machine. Places are rounded after each
step, so that processors which round the last digit of a transform differently will mostly agree
too; where they do not, single works move.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.fft import irfft2, next_fast_len, rfft2
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from kb.graphs.graph import Floats, Positions
from kb.graphs.peeling import undirected

STEPS = 80
# The longest way of the first step, where the map is 1 wide; it shrinks to nothing. Works already
# stand near their community and have less far to go.
COMMUNITY_REACH, WORK_REACH = 0.1, 0.012
# How strongly works are drawn to the middle; without it, what is not linked drifts away.
GRAVITY = 2.0
# Of the distance, with which pull grows: 1 draws a work that is linked to two communities far out
# of both, 0 leaves each community in a point.
POWER = 0.5
# Where nine of ten would go at most that far, a step is as long as it may be.
MOST = 0.9
# Works lie this share of the room apart that each would have in a full square, or nearly so.
CLEARANCE, CLEARINGS = 0.3, 20
ROUNDED = 9  # decimals of a place during the steps, where works have about 1 of room
MESH_MOST = 1024  # points of the mesh in a direction
# Each turns by the golden angle and lies one work further out: they fill a disc evenly.
GOLDEN_ANGLE = 2.399963229728653


class LinkedPairs(NamedTuple):
    """Pairs of linked works by position, each once, and how strongly the two pull."""

    first: Positions
    second: Positions
    weight: Floats


class Mesh(NamedTuple):
    """``points`` in each direction; the push of one point along both, transformed, where points
    are 1 apart."""

    points: int
    length: int
    across: np.ndarray[tuple[int, int], np.dtype[np.complex128]]
    up: np.ndarray[tuple[int, int], np.dtype[np.complex128]]


def by_force(matrix: csr_array, community: Positions) -> Floats:
    """x and y of every work, a row each, within a square from 0 to 1.

    ``community`` is its number as ``kb.graphs.communities.partition`` gives it. Works without a
    link to another, which have the number 0, lie on a ring around all others.
    """
    place = np.empty((matrix.shape[0], 2))
    linked = community > 0
    links = undirected(matrix)[linked][:, linked]
    place[linked] = _linked(links, community[linked] - 1)
    place[~linked] = _ring(place[linked], int((~linked).sum()))
    return _in_square(_cleared(_in_square(place)))


def _linked(links: csr_array, community: Positions) -> Floats:
    weight = np.diff(links.indptr) + 1.0
    if not len(weight):
        return np.empty((0, 2))
    pairs = _pairs(links)
    heavy: Floats = np.bincount(community, weight).astype(np.float64)
    between = _between(pairs, community)
    middles = _balanced(_disc(np.arange(len(heavy))), between, heavy)
    middles = _settled(middles, between, heavy, COMMUNITY_REACH)
    works = middles[community] + _around(pairs, community, weight)
    return _settled(works, pairs, weight, WORK_REACH)


def _around(pairs: LinkedPairs, community: Positions, weight: Floats) -> Floats:
    """Each work's way from the middle of its community, those with the most links nearest to it.
    The disc is as large as push and pull of its works would make it."""
    rank, size = _ranks(community, weight)
    own = community[pairs.first] == community[pairs.second]
    inside = np.bincount(community[pairs.first[own]], minlength=len(np.unique(community)))
    radius = (np.bincount(community, weight) ** 2 / (2 * np.maximum(inside, 1))) ** (
        1 / (POWER + 1)
    )
    around: Floats = _disc(rank) * (radius[community] / np.sqrt(size))[:, None]
    return around


def _balanced(place: Floats, links: LinkedPairs, weight: Floats) -> Floats:
    """The places made so much wider or narrower that push and pull are in balance as a whole: the
    sums of force times distance are equal."""
    place = place - place.mean(axis=0)
    pushed = (weight.sum() ** 2 - (weight * weight).sum()) / 2
    pulled = (links.weight * _long(place[links.first] - place[links.second]) ** (POWER + 1)).sum()
    pulled += GRAVITY * (weight * _long(place) ** (POWER + 1)).sum()
    return place * (pushed / pulled) ** (1 / (POWER + 1)) if pulled else place


def _long(way: Floats) -> Floats:
    length: Floats = np.sqrt((way * way).sum(axis=1))
    return length


def _pull(way: Floats) -> Floats:
    pull: Floats = way * np.maximum(_long(way), 1e-9)[:, None] ** (POWER - 1)
    return pull


def _pairs(links: csr_array) -> LinkedPairs:
    first = np.repeat(np.arange(links.shape[0]), np.diff(links.indptr))
    second = links.indices.astype(np.int64)
    once = first < second
    return LinkedPairs(first[once], second[once], np.ones(int(once.sum())))


def _between(pairs: LinkedPairs, community: Positions) -> LinkedPairs:
    """How many links there are between two communities."""
    ends = np.sort(np.column_stack([community[pairs.first], community[pairs.second]]), axis=1)
    ends, count = np.unique(ends[ends[:, 0] < ends[:, 1]], axis=0, return_counts=True)
    return LinkedPairs(ends[:, 0], ends[:, 1], count.astype(np.float64))


def _ranks(community: Positions, weight: Floats) -> tuple[Positions, Positions]:
    """The place of each work in its community, that with the most links first, and the size of
    that."""
    order = np.lexsort((-weight, community))
    size = np.bincount(community)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order)) - np.repeat(np.cumsum(size) - size, size)
    return rank, size[community]


def _disc(rank: Positions) -> Floats:
    """Places from the middle outwards, each with as much room as any other."""
    out, turn = np.sqrt(rank + 0.5), rank * GOLDEN_ANGLE
    return np.column_stack([out * np.cos(turn), out * np.sin(turn)])


def _ring(inner: Floats, size: int) -> Floats:
    """Places for ``size`` works around others, as if all filled one disc."""
    outside = _disc(np.arange(len(inner), len(inner) + size))
    if not len(inner):
        return outside
    middle = (inner.min(axis=0) + inner.max(axis=0)) / 2
    reach = np.sqrt(((inner - middle) ** 2).sum(axis=1).max())
    ring: Floats = middle + outside * (1.02 * reach / np.sqrt(len(inner)))
    return ring


def _settled(place: Floats, links: LinkedPairs, weight: Floats, reach: float) -> Floats:
    """The places after STEPS steps that grow shorter."""
    push = _mesh_push(weight)
    for step in range(STEPS):
        moved = push(place) - _pulled(place, links) / weight[:, None]
        moved -= GRAVITY * _pull(place - place.mean(axis=0))
        length = _long(moved)
        longest = reach * np.ptp(place, axis=0).max() * (1 - step / STEPS)
        share = np.minimum(length / max(float(np.quantile(length, MOST)), 1e-12), 1)
        way = longest * share / np.maximum(length, 1e-12)
        place = (place + moved * way[:, None]).round(ROUNDED)
    return place


def _pulled(place: Floats, links: LinkedPairs) -> Floats:
    pull = _pull(place[links.first] - place[links.second]) * links.weight[:, None]
    return _summed(links.first, links.second, pull, len(place))


def _summed(first: Positions, second: Positions, ways: Floats, size: int) -> Floats:
    """The sum of the ways of each of ``size`` works: those of pairs in which it is the first, less
    those in which it is the second."""
    return np.column_stack(
        [np.bincount(first, way, size) - np.bincount(second, way, size) for way in ways.T]
    )


def _mesh_push(weight: Floats) -> Callable[[Floats], Floats]:
    """How strongly works of these weights push each other, a direction a column, at their places:
    by the weight of the other, and the weaker the further away it is."""
    mesh = _mesh(min(MESH_MOST, next_fast_len(16 + int(2 * np.sqrt(len(weight))), real=True)))

    def push(place: Floats) -> Floats:
        low = place.min(axis=0)
        apart = max(float(np.ptp(place, axis=0).max()), 1e-9) / (mesh.points - 1)
        corners, shares = _shared((place - low) / apart, mesh.points)
        heavy = np.bincount(corners.ravel(), (shares * weight).ravel(), mesh.points**2)
        field = rfft2(heavy.reshape(mesh.points, mesh.points), (mesh.length, mesh.length))
        pushed = np.empty_like(place)
        for axis, kernel in enumerate((mesh.across, mesh.up)):
            whole = irfft2(field * kernel, (mesh.length, mesh.length))
            cut = whole[: mesh.points, : mesh.points].ravel()
            pushed[:, axis] = (cut[corners] * shares).sum(axis=0) / apart
        return pushed

    return push


def _shared(place: Floats, points: int) -> tuple[Positions, Floats]:
    """The four points of the mesh around each place, and its share of each; four rows each."""
    corner = np.minimum(place.astype(np.int64), points - 2)
    across, up = (place - corner).T
    first = corner[:, 0] * points + corner[:, 1]
    corners = np.stack([first, first + points, first + 1, first + points + 1])
    shares = np.stack([(1 - across) * (1 - up), across * (1 - up), (1 - across) * up, across * up])
    return corners, shares


def _mesh(points: int) -> Mesh:
    length = next_fast_len(2 * points, real=True)
    # Twice as wide as the mesh: what goes out on one side does not come in on the other.
    steps = np.arange(length)
    steps = np.where(steps < points, steps, steps - length).astype(np.float64)
    across, up = steps[:, None], steps[None]
    falling = 1 / (across * across + up * up + 0.5)
    return Mesh(points, length, rfft2(across * falling), rfft2(up * falling))


def _cleared(place: Floats) -> Floats:
    """What lies nearer together than CLEARANCE allows, moved apart."""
    size = len(place)
    clear = CLEARANCE / np.sqrt(max(size, 1))
    turn = np.arange(size) * GOLDEN_ANGLE  # of works in one place, each has a way of its own
    place = place + 0.01 * clear * np.column_stack([np.cos(turn), np.sin(turn)])
    for _ in range(CLEARINGS):
        first, second = cKDTree(place).query_pairs(clear, output_type="ndarray").T
        way = place[first] - place[second]
        length = np.maximum(_long(way), 1e-12)
        apart = _summed(first, second, way * ((clear - length) / length / 2)[:, None], size)
        crowd = np.bincount(np.concatenate([first, second]), minlength=size)
        place += apart / np.sqrt(np.maximum(crowd, 1))[:, None]
    return place


def _in_square(place: Floats) -> Floats:
    if not len(place):
        return place
    low = place.min(axis=0)
    width = (place - low).max()
    return (place - low) / width if width else np.full_like(place, 0.5)
