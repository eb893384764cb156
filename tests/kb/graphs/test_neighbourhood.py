"""Neighbourhoods, cores and components are what definitions and scipy say, on any small graph and
on real citations."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import combinations, product
from pathlib import Path

import networkx
import numpy as np
import pytest
from graphs import Pair, matrix_of, networkx_of
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components, shortest_path
from small_base import small_base

from kb.graphs.graph import Matrix, citation_matrix
from kb.graphs.neighbourhood import around, components, core, links

WORKS = [f"pmid:{n}" for n in range(1, 8)]
pairs_of_works = st.lists(st.sampled_from(list(product(WORKS, WORKS))), max_size=20)


def distances(matrix: Matrix, direction: str, start: str) -> dict[str, float]:
    """By scipy: how many citations each work is from one of them."""
    ways = matrix.links.T if direction == "citing" else matrix.links
    found = shortest_path(
        ways.astype(float),
        directed=direction != "both",
        unweighted=True,
        indices=matrix.works.index(start),
    )
    return dict(zip(matrix.works, found.tolist(), strict=True))


def parts(matrix: Matrix, kind: str) -> set[frozenset[str]]:
    """By scipy: the works that hang together."""
    number, labels = connected_components(matrix.links, directed=True, connection=kind)
    works = np.array(matrix.works, dtype=object)
    return {frozenset(works[labels == label].tolist()) for label in range(number)}


def linked(pairs: list[Pair]) -> dict[str, set[str]]:
    """The works that each work cites or is cited by, itself left out."""
    others: dict[str, set[str]] = {}
    for citing, cited in pairs:
        if citing != cited:
            others.setdefault(citing, set()).add(cited)
            others.setdefault(cited, set()).add(citing)
    return others


def peeled(pairs: list[Pair], least: int) -> set[str]:
    """A core of a large graph: what has too few links is taken away until nothing has."""
    others = linked(pairs)
    while few := {work for work, near in others.items() if len(near) < least}:
        others = {work: near - few for work, near in others.items() if work not in few}
    return set(others)


@given(pairs_of_works, st.integers(0, 4), st.sampled_from(["both", "cited", "citing"]))
def test_around_a_work_is_what_is_so_many_citations_from_it(
    pairs: list[Pair], hops: int, direction: str
) -> None:
    far = distances(matrix_of(WORKS, pairs), direction, "pmid:1")
    near = {work for work, citations in far.items() if citations <= hops}
    assert around(networkx_of(WORKS, pairs), "pmid:1", hops, direction) == near


def test_direction_is_that_of_the_citations() -> None:
    graph = networkx_of([], [("pmid:3", "pmid:2"), ("pmid:2", "pmid:1"), ("pmid:4", "pmid:1")])
    assert around(graph, "pmid:2", 1, "cited") == {"pmid:2", "pmid:1"}
    assert around(graph, "pmid:2", 1, "citing") == {"pmid:2", "pmid:3"}
    assert around(graph, "pmid:2", 1) == {"pmid:1", "pmid:2", "pmid:3"}
    assert around(graph, "pmid:2", 2) == {"pmid:1", "pmid:2", "pmid:3", "pmid:4"}
    assert around(graph, "pmid:2", 0) == {"pmid:2"}


@given(pairs_of_works, st.integers(1, 4))
def test_a_core_is_the_largest_set_in_which_each_is_linked_to_so_many(
    pairs: list[Pair], least: int
) -> None:
    others = linked(pairs)
    sets = (set(some) for size in range(8) for some in combinations(WORKS, size))
    held = [
        some for some in sets if all(len(others.get(work, set()) & some) >= least for work in some)
    ]
    assert core(networkx_of(WORKS, pairs), least) == max(held, key=len)


def test_works_that_cite_each_other_or_themselves_are_no_more_linked() -> None:
    graph = networkx_of([], [("pmid:1", "pmid:2"), ("pmid:2", "pmid:1"), ("pmid:1", "pmid:1")])
    assert core(graph, 1) == {"pmid:1", "pmid:2"}
    assert core(graph, 2) == frozenset()


@pytest.mark.parametrize("kind", ["weak", "strong"])
@given(pairs=pairs_of_works)
def test_components_are_those_of_scipy_the_largest_first(pairs: list[Pair], kind: str) -> None:
    apart = components(networkx_of(WORKS, pairs), kind)
    assert set(apart) == parts(matrix_of(WORKS, pairs), kind)
    assert [len(part) for part in apart] == sorted(map(len, apart), reverse=True)
    equal = [min(part) for part in apart if len(part) == len(apart[0])]
    assert equal == sorted(equal)


def test_an_empty_graph_has_no_core_and_no_component() -> None:
    empty = networkx_of([], [])
    assert core(empty, 1) == frozenset()
    assert components(empty) == []


# Of bases


@pytest.fixture(params=["specimen", "bundled_base", "real_base"])
def db(request: pytest.FixtureRequest) -> Iterator[sqlite3.Connection]:
    path: Path = request.getfixturevalue(request.param)
    with closing(sqlite3.connect(path)) as connection:
        yield connection


def test_every_work_is_there_and_each_citation_once(db: sqlite3.Connection) -> None:
    graph = links(db)
    assert list(graph) == [work for (work,) in db.execute("SELECT work FROM works ORDER BY work")]
    citations = db.execute("SELECT citing, cited FROM citations").fetchall()
    assert sorted(graph.edges) == sorted(citations)


def test_a_work_that_cites_itself_is_no_neighbour_of_its_own() -> None:
    graph = links(small_base())
    assert around(graph, "pmid:5", 1) == {"pmid:5", "doi:10.1/x"}
    assert around(graph, "pmid:3", 5) == {"pmid:3"}


def test_parts_of_real_citations_are_those_of_scipy(db: sqlite3.Connection) -> None:
    graph, matrix = links(db), citation_matrix(db)
    for kind in ("weak", "strong"):
        assert set(components(graph, kind)) == parts(matrix, kind)
    pairs: list[Pair] = list(graph.edges)
    for least in range(1, 6):
        assert core(graph, least) == peeled(pairs, least)
    assert len(core(graph, 1)) > len(core(graph, 3))
    most = sorted(graph, key=lambda work: (-networkx.degree(graph, work), work))[:3]
    for work, direction in product(most, ("both", "cited", "citing")):
        far = distances(matrix, direction, work)
        for hops in (1, 2, 3):
            near = {other for other, citations in far.items() if citations <= hops}
            assert around(graph, work, hops, direction) == near
