"""Which works of a graph hang together: found by taking off those with the fewest links, again and
again. What citing and cited are does not matter here, only that two works are linked."""

from __future__ import annotations

from heapq import heapify, heappop, heappush

import numpy as np
from scipy.sparse import csr_array

from kb.graphs.graph import Positions, out_of

GONE = -1


def undirected(matrix: csr_array) -> csr_array:
    """1 where one of two different works cites the other."""
    citing = np.repeat(np.arange(matrix.shape[0], dtype=np.int32), np.diff(matrix.indptr))
    others = citing != matrix.indices
    ends = citing[others], matrix.indices[others]
    # In bytes: the links of a large graph are most of what it takes.
    links = csr_array((np.ones(len(ends[0]), dtype=np.int8), ends), shape=matrix.shape)
    return (links + links.T).tocsr()


def cores(links: csr_array) -> Positions:
    """The core of each work: the largest k such that it belongs to works each of which is linked to
    k others of them (Seidman 1983). ``links`` is symmetric and links no work to itself."""
    degree = np.diff(links.indptr).astype(np.int64)
    core = np.zeros(len(degree), dtype=np.int64)
    left = np.arange(len(degree))
    least = 0
    while left.size:
        least = max(least, int(degree[left].min()))
        front = left[degree[left] <= least]
        while front.size:
            core[front] = least
            touched = _take_off(links, front, degree)
            front = touched[(degree[touched] <= least) & (degree[touched] >= 0)]
        left = left[degree[left] >= 0]
    return core


def held_together(links: csr_array, most: int, kept: Positions) -> Positions:
    """The positions of at most ``most`` works, in order: of the rest that with the fewest links to
    what is left went first, of as many links the later one. Those ``kept`` stay, however many."""
    degree = np.diff(links.indptr).tolist()
    stays = set(kept.tolist())
    fewest_first = [(links_left, -one) for one, links_left in enumerate(degree) if one not in stays]
    heapify(fewest_first)
    left = len(degree)
    while left > most and fewest_first:
        links_left, one = heappop(fewest_first)
        one = -one
        if degree[one] != links_left:
            continue  # it has lost links, and stands further ahead with fewer
        degree[one] = GONE
        left -= 1
        for other in links.indices[links.indptr[one] : links.indptr[one + 1]].tolist():
            if degree[other] != GONE:
                degree[other] -= 1
                if other not in stays:
                    heappush(fewest_first, (degree[other], -other))
    return np.flatnonzero(np.array(degree) != GONE)


def _take_off(links: csr_array, front: Positions, degree: Positions) -> Positions:
    """Take works off: the degree of what they were linked to falls; this, each once, is the
    answer."""
    degree[front] = GONE
    _, ends = out_of(links, front)
    touched, times = np.unique(ends[degree[ends] >= 0].astype(np.int64), return_counts=True)
    degree[touched] -= times
    return touched
