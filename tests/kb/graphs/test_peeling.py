from __future__ import annotations

import networkx
import numpy as np
import pytest
from graphs import Pair, grown, matrix_of, networkx_of
from hypothesis import given
from hypothesis import strategies as st

from kb.graphs.peeling import cores, held_together, undirected

WORKS = "abcdefghijkl"
some_pairs = st.lists(st.tuples(st.sampled_from(WORKS), st.sampled_from(WORKS)), max_size=50)


def kept(works: str, pairs: list[Pair], most: int, always: str = "") -> str:
    links = undirected(matrix_of(works, pairs).links)
    positions = np.array([works.index(work) for work in always], dtype=np.int64)
    return "".join(works[number] for number in held_together(links, most, positions).tolist())


@given(some_pairs)
def test_the_core_of_each_work_is_that_of_networkx(pairs: list[Pair]) -> None:
    graph = networkx.Graph(networkx_of(WORKS, pairs))
    graph.remove_edges_from(list(networkx.selfloop_edges(graph)))
    found = cores(undirected(matrix_of(WORKS, pairs).links)).tolist()
    assert dict(zip(WORKS, found, strict=True)) == networkx.core_number(graph)


def test_cores_of_a_grown_graph_are_those_of_networkx() -> None:
    works, pairs = grown(600, 4)
    expected = networkx.core_number(networkx.Graph(networkx_of(works, pairs)))
    found = cores(undirected(matrix_of(works, pairs).links)).tolist()
    assert dict(zip(works, found, strict=True)) == expected


TRIANGLE_WITH_A_TAIL = [("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("d", "e")]


@pytest.mark.parametrize(
    ("most", "always", "expected"),
    [
        (5, "", "abcde"),
        (4, "", "abcd"),  # the end of the tail has the fewest links
        (3, "", "abc"),
        (2, "", "ab"),  # of as many links the later ones go
        (0, "", ""),
        (3, "e", "abe"),  # what has to stay does, and something with more links goes
        (1, "ade", "ade"),  # however many there are
    ],
)
def test_works_with_the_fewest_links_to_what_is_left_go_first(
    most: int, always: str, expected: str
) -> None:
    assert kept("abcde", TRIANGLE_WITH_A_TAIL, most, always) == expected


@given(some_pairs, st.integers(0, 12), st.sets(st.sampled_from(WORKS)))
def test_never_more_stay_than_are_asked_for_or_have_to(
    pairs: list[Pair], most: int, always: set[str]
) -> None:
    stay = kept(WORKS, pairs, most, "".join(sorted(always)))
    assert always <= set(stay)
    assert len(stay) == max(most, len(always))


def test_what_is_held_together_has_many_links() -> None:
    works, pairs = grown(600, 4)
    links = undirected(matrix_of(works, pairs).links)
    held = held_together(links, 100, np.zeros(0, dtype=np.int64))
    cited = np.argsort(-np.diff(links.indptr), kind="stable")[:100]
    assert links[held][:, held].nnz > links[cited][:, cited].nnz > 0


def test_a_work_that_cites_itself_is_linked_to_nothing() -> None:
    assert undirected(matrix_of("a", [("a", "a")]).links).nnz == 0
