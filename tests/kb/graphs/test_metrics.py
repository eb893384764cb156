from __future__ import annotations

from itertools import product

import networkx
import numpy as np
import pytest
from graphs import Pair, grown, matrix_of, networkx_of
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from kb.graphs import metrics
from kb.graphs.graph import Matrix
from kb.graphs.mainpath import MainPath
from kb.tables.corpus import MetricsRow

WORKS = [f"pmid:{n}" for n in range(12)]
some_pairs = st.lists(st.sampled_from(list(product(WORKS, WORKS))), unique=True)


# PageRank


def networkx_pagerank(works: list[str], pairs: list[Pair]) -> list[float]:
    graph = networkx_of(works, pairs)
    found = networkx.pagerank(graph, alpha=0.85, tol=1e-13, max_iter=1000)
    return [found[work] for work in works]


@given(some_pairs)
def test_pagerank_is_that_of_networkx(pairs: list[Pair]) -> None:
    found = metrics.pagerank(matrix_of(WORKS, pairs).links)
    assert found == pytest.approx(networkx_pagerank(WORKS, pairs), abs=1e-9)
    assert found.sum() == pytest.approx(1, abs=1e-12)


def test_pagerank_is_that_of_networkx_on_a_larger_graph() -> None:
    works, pairs = grown(2000, 5)
    found = metrics.pagerank(matrix_of(works, pairs).links)
    assert found == pytest.approx(networkx_pagerank(works, pairs), abs=1e-9)


def edges(links: csr_array) -> list[tuple[int, int]]:
    citing, cited = links.nonzero()
    return list(zip(citing.tolist(), cited.tolist(), strict=True))


def test_pagerank_is_that_of_igraph() -> None:
    igraph = pytest.importorskip("igraph")
    works, pairs = grown(2000, 5)
    links = matrix_of(works, pairs).links
    peer = igraph.Graph(2000, edges(links), directed=True)
    assert metrics.pagerank(links) == pytest.approx(peer.pagerank(damping=0.85), abs=1e-8)


def test_pagerank_is_that_of_networkit() -> None:
    networkit = pytest.importorskip("networkit")
    works, pairs = grown(2000, 5)
    links = matrix_of(works, pairs).links
    peer = networkit.Graph(2000, directed=True)
    for citing, cited in edges(links):
        peer.addEdge(citing, cited)
    spread = networkit.centrality.SinkHandling.DistributeSinks
    measured = networkit.centrality.PageRank(peer, 0.85, 1e-12, False, spread).run()
    assert metrics.pagerank(links) == pytest.approx(measured.scores(), abs=1e-8)


def test_an_empty_graph_has_no_ranks() -> None:
    assert metrics.pagerank(matrix_of([], []).links).shape == (0,)


def test_a_single_work_has_all_the_rank_whether_or_not_it_cites_itself() -> None:
    for pairs in ([], [("a", "a")]):
        assert metrics.pagerank(matrix_of(["a"], pairs).links).tolist() == [1.0]


# Betweenness


@given(some_pairs)
def test_betweenness_is_that_of_networkx(pairs: list[Pair]) -> None:
    found = metrics.betweenness(matrix_of(WORKS, pairs).links)
    expected = networkx.betweenness_centrality(networkx_of(WORKS, pairs))
    assert found.shares == pytest.approx([expected[work] for work in WORKS], abs=1e-12)
    assert found.sources == found.citing == len({citing for citing, _ in pairs})


def test_betweenness_is_that_of_networkx_on_a_larger_graph() -> None:
    works, pairs = grown(300, 4)
    expected = networkx.betweenness_centrality(networkx_of(works, pairs))
    found = metrics.betweenness(matrix_of(works, pairs).links)
    assert found.shares == pytest.approx([expected[work] for work in works], abs=1e-12)


def test_where_all_would_take_too_long_betweenness_is_estimated_from_a_sample() -> None:
    links = matrix_of(*grown(300, 4)).links
    exact = metrics.betweenness(links)
    found = metrics.betweenness(links, most_followed=100 * links.nnz)
    assert (found.sources, found.citing) == (100, exact.citing)
    assert np.corrcoef(found.shares, exact.shares)[0, 1] > 0.9
    assert found.shares.sum() == pytest.approx(exact.shares.sum(), rel=0.1)
    again = metrics.betweenness(links, most_followed=100 * links.nnz)
    assert (found.shares == again.shares).all()


@pytest.mark.parametrize("size", [0, 1, 2])
def test_nothing_lies_between_less_than_three_works(size: int) -> None:
    works = WORKS[:size]
    pairs = list(product(works, works))
    assert metrics.betweenness(matrix_of(works, pairs).links).shares.tolist() == [0.0] * size


# Rows of the table


def rows(graph: Matrix, *papers: str, path: MainPath | None = None) -> list[MetricsRow]:
    is_paper = np.array([work in papers for work in graph.works], dtype=bool)
    size = len(graph.works)
    between, partition = np.full(size, 1 / 3), np.arange(size)
    return list(metrics.rows(graph, is_paper, between, partition, path or MainPath([], [], 0, [])))


def test_rows_count_who_cites_who_of_the_papers_cites_and_who_is_cited() -> None:
    pairs = [("a", "b"), ("c", "b"), ("c", "c"), ("b", "d")]
    degrees = {work: rest[:3] for work, _, *rest in rows(matrix_of("abcd", pairs), "a", "b")}
    assert degrees == {"a": [0, 0, 1], "b": [2, 1, 1], "c": [1, 0, 2], "d": [1, 1, 0]}


def test_rows_hold_plain_numbers_rounded_to_twelve_digits() -> None:
    [(_, rank, cited_by, local, cites, between, *_)] = rows(matrix_of("abc", [("a", "b")]))[:1]
    plain = [type(value) for value in (rank, cited_by, local, cites, between)]
    assert plain == [float, int, int, int, float]
    assert (rank, between) == (round(rank, 12), 0.333333333333)


def test_rows_tell_the_community_the_place_on_the_main_path_and_cycles() -> None:
    path = MainPath([3, 1], [1], 1, [(0, 2), (2, 0)])
    found = [row[-5:] for row in rows(matrix_of("abcd", [("d", "b")]), path=path)]
    assert found == [
        (None, 0, None, 1, 0),
        (1, 1, 2, 0, 1),
        (2, 0, None, 1, 0),
        (3, 1, 1, 0, 1),
    ]


def test_an_empty_graph_has_no_rows() -> None:
    assert rows(matrix_of([], [])) == []
