from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from graphs import Pair, grown, matrix_of
from scipy.sparse import csr_array

from kb.graphs.communities import communities, partition

Links = list[tuple[int, int]]


def planted(size: int, groups: int, inside: float, between: float, seed: int) -> tuple[Any, Links]:
    """Groups of works with the chance of a citation within a group and between two."""
    chance = np.random.default_rng(seed)
    group = chance.integers(0, groups, size)
    a, b = np.triu_indices(size, 1)
    linked = chance.random(len(a)) < np.where(group[a] == group[b], inside, between)
    return group, list(zip(a[linked].tolist(), b[linked].tolist(), strict=True))


def of_links(size: int, links: Links) -> csr_array:
    ends = np.array(links).T
    return csr_array((np.ones(len(links), dtype=np.int32), tuple(ends)), shape=(size, size))


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(
    ("size", "groups", "inside", "between"),
    [(600, 6, 0.1, 0.02), (1000, 10, 0.1, 0.01), (1000, 10, 0.1, 0.02), (1000, 20, 0.2, 0.03)],
)
def test_planted_groups_are_found_about_as_well_as_leidenalg_finds_them(
    size: int, groups: int, inside: float, between: float, seed: int
) -> None:
    igraph = pytest.importorskip("igraph")
    leidenalg = pytest.importorskip("leidenalg")
    group, links = planted(size, groups, inside, between, seed)

    def agreement(found: Sequence[int]) -> float:
        alike: float = igraph.compare_communities(list(found), group.tolist(), method="nmi")
        return alike

    peer = leidenalg.find_partition(
        igraph.Graph(size, links), leidenalg.ModularityVertexPartition, seed=seed
    )
    found = partition(of_links(size, links)).tolist()
    assert agreement(found) >= 0.95 * agreement(peer.membership)


def test_the_same_graph_gives_the_same_partition() -> None:
    links = matrix_of(*grown(1500, 4)).links
    assert (partition(links) == partition(links.copy())).all()


def clique(works: str) -> list[Pair]:
    return list(combinations(works, 2))


def test_the_largest_community_is_number_one_and_works_without_links_have_none() -> None:
    graph = matrix_of("abcdefgh", [*clique("abc"), *clique("defg"), ("h", "h")])
    assert partition(graph.links).tolist() == [2, 2, 2, 1, 1, 1, 1, 0]


def test_of_communities_of_one_size_that_of_the_first_work_comes_first() -> None:
    graph = matrix_of("abcd", [("d", "b"), ("c", "a")])
    assert partition(graph.links).tolist() == [1, 2, 1, 2]


def test_it_does_not_matter_who_cites_whom() -> None:
    pairs = [*clique("abcd"), *clique("efg"), ("g", "a")]
    back = [(b, a) for a, b in pairs]
    forth = partition(matrix_of("abcdefg", pairs).links)
    assert (partition(matrix_of("abcdefg", back).links) == forth).all()
    assert (partition(matrix_of("abcdefg", pairs + back).links) == forth).all()


@pytest.mark.parametrize(("works", "pairs"), [("", []), ("ab", []), ("a", [("a", "a")])])
def test_where_no_two_works_are_linked_there_are_no_communities(
    works: str, pairs: list[Pair]
) -> None:
    graph = matrix_of(works, pairs)
    assert partition(graph.links).tolist() == [0] * len(works)
    assert communities(graph, partition(graph.links), {}, {}, {}) == []


# What they are called


LABELS = {"mibg": "MIBG scan", "oms": "OMS", "nb": "Neuroblastoma", "mri": "MRI", "ct": "CT"}


def called(topics: Mapping[str, Sequence[str]]) -> list[str]:
    graph = matrix_of("abcdefg", [*clique("abcd"), *clique("efg")])
    texts = {work: f"Work {work}" for work in graph.works}
    found = communities(graph, partition(graph.links), topics, LABELS, texts)
    return [each.name for each in found]


def test_a_community_is_called_by_the_topics_that_set_it_apart() -> None:
    mibg, oms = ["nb", "mibg"], ["nb", "oms"]
    assert called({"a": mibg, "b": mibg, "c": ["mibg"], "e": oms, "f": oms}) == ["MIBG scan", "OMS"]


def test_topics_that_all_papers_have_are_a_name_where_there_are_no_others() -> None:
    assert called({"a": ["nb"], "e": ["nb"]}) == ["Neuroblastoma", "Neuroblastoma"]


def test_a_name_takes_three_topics_the_most_telling_first() -> None:
    all_four = ["mibg", "mri", "ct", "nb"]
    papers = {"a": all_four, "b": ["mibg", "mri", "ct"], "c": ["mibg"], "e": ["oms"], "f": ["nb"]}
    assert called(papers)[0] == "MIBG scan, CT, MRI"


def test_a_topic_that_is_rarer_than_elsewhere_still_makes_a_name() -> None:
    papers = {"a": ["nb"], "b": [], "c": [], "e": ["nb"], "f": ["nb"]}
    assert called(papers) == ["Neuroblastoma", "Neuroblastoma"]


def test_a_community_without_topics_is_called_by_its_hub() -> None:
    assert called({"a": [], "e": ["oms"]}) == ["Around Work d", "OMS"]


def test_a_long_citation_is_cut_between_words_for_a_name() -> None:
    graph = matrix_of("ab", [("a", "b")])
    texts = {"b": "Roe J. " + "On tumours and their stages. " * 9}
    (found,) = communities(graph, partition(graph.links), {}, {}, texts)
    assert found.name.startswith("Around Roe J. On tumours")
    assert found.name.endswith(" …")
    assert len(found.name) <= 90


def test_what_is_told_of_a_community_counts_its_works_and_papers() -> None:
    graph = matrix_of("abcxy", [*product("abc", "x"), ("y", "x"), ("x", "y")])
    texts = dict.fromkeys("abcxy", "text")
    (found,) = communities(graph, partition(graph.links), {"a": ["oms"]}, LABELS, texts)
    assert found == (1, "OMS", 5, 1, ("oms",), "x")
