from __future__ import annotations

from itertools import product
from random import Random

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import metrics
from kb.graph import links

Pairs = list[tuple[str, str]]
WORKS = [f"pmid:{n}" for n in range(12)]
some_pairs = st.lists(st.sampled_from(list(product(WORKS, WORKS))), unique=True)


def networkx_pagerank(works: list[str], pairs: Pairs) -> dict[str, float]:
    graph: networkx.DiGraph[str] = networkx.DiGraph()
    graph.add_nodes_from(works)
    graph.add_edges_from(pairs)
    return networkx.pagerank(graph, alpha=0.85, tol=1e-13, max_iter=1000)


@given(some_pairs)
def test_pagerank_is_that_of_networkx(pairs: Pairs) -> None:
    found = metrics.pagerank(links(WORKS, pairs))
    expected = networkx_pagerank(WORKS, pairs)
    assert found == pytest.approx([expected[work] for work in WORKS], abs=1e-9)
    assert found.sum() == pytest.approx(1, abs=1e-12)


def test_pagerank_is_that_of_networkx_on_a_larger_graph_with_dangling_works() -> None:
    works = [f"pmid:{n}" for n in range(500)]
    drawn = np.random.default_rng(1).integers(0, 500, size=(1500, 2)).tolist()
    pairs = sorted({(works[citing], works[cited]) for citing, cited in drawn if citing > 100})
    expected = networkx_pagerank(works, pairs)
    found = metrics.pagerank(links(works, pairs))
    assert found == pytest.approx([expected[work] for work in works], abs=1e-9)


def test_an_empty_graph_has_no_ranks() -> None:
    assert metrics.pagerank(links([], [])).shape == (0,)
    assert metrics.rows([], []) == []


def test_a_single_work_has_all_the_rank_whether_or_not_it_cites_itself() -> None:
    assert metrics.rows(["pmid:1"], []) == [("pmid:1", 1.0, 0, 0, None, None, None)]
    assert metrics.rows(["pmid:1"], [("pmid:1", "pmid:1")]) == [
        ("pmid:1", 1.0, 1, 1, None, None, None)
    ]


def test_rows_count_who_cites_and_who_is_cited() -> None:
    pairs = [("a", "b"), ("c", "b"), ("c", "c"), ("b", "d")]
    degrees = {work: rest[:2] for work, _, *rest in metrics.rows(["a", "b", "c", "d"], pairs)}
    assert degrees == {"a": [0, 1], "b": [2, 1], "c": [1, 2], "d": [1, 0]}


@given(some_pairs, st.randoms(use_true_random=False))
def test_rows_come_by_work_and_do_not_depend_on_the_order_of_the_input(
    pairs: Pairs, random: Random
) -> None:
    works, others = list(WORKS), list(pairs)
    random.shuffle(works)
    random.shuffle(others)
    found = metrics.rows(works, others)
    assert found == metrics.rows(WORKS, pairs)
    assert [row[0] for row in found] == sorted(WORKS)


def test_rows_hold_plain_numbers_rounded_to_twelve_digits() -> None:
    [(_, rank, cited_by, cites, *_)] = metrics.rows(["a", "b", "c"], [("a", "b")])[:1]
    assert [type(value) for value in (rank, cited_by, cites)] == [float, int, int]
    assert rank == round(rank, 12)
