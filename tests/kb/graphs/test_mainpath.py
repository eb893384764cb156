from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from random import Random

import pytest
from graphs import grown, matrix_of

from kb.graphs.mainpath import acyclic, main_path, search_path_counts

Pair = tuple[int, int]


def dag(random: Random) -> tuple[int, list[Pair]]:
    """Up to nine works in an order that their positions do not tell."""
    size = random.randint(1, 9)
    order = random.sample(range(size), size)
    chance = random.choice([0.1, 0.3, 0.6, 0.9])
    later = ((a, b) for place, a in enumerate(order) for b in order[place + 1 :])
    return size, sorted(pair for pair in later if random.random() < chance)


def all_paths(pairs: list[Pair]) -> Iterator[list[Pair]]:
    """Every way from a work that nobody cites to one that cites nobody."""
    citing, cited = ({pair[end] for pair in pairs} for end in (0, 1))

    def onward(work: int, path: list[Pair]) -> Iterator[list[Pair]]:
        if work not in citing:
            yield path
        for pair in pairs:
            if pair[0] == work:
                yield from onward(pair[1], [*path, pair])

    for source in citing - cited:
        yield from onward(source, [])


def links(size: int, pairs: list[Pair]):  # type: ignore[no-untyped-def]
    names = [f"{number:03}" for number in range(size)]
    return matrix_of(names, [(names[a], names[b]) for a, b in pairs]).links


@pytest.mark.parametrize("hundred", range(5))
def test_counts_and_path_are_those_of_brute_force_on_random_graphs(hundred: int) -> None:
    random = Random(hundred)
    for _ in range(100):
        size, pairs = dag(random)
        paths = list(all_paths(pairs))
        counts = Counter(pair for path in paths for pair in path)
        matrix = links(size, pairs)
        assert search_path_counts(matrix) == [counts[pair] for pair in pairs]
        found = main_path(matrix)
        most = max((sum(counts[pair] for pair in path) for path in paths), default=0)
        assert (found.paths, sum(found.counts), found.dropped) == (len(paths), most, [])
        assert found.counts == [counts[pair] for pair in pairwise(found.works)]
        assert not pairs or list(pairwise(found.works)) in paths


def test_counts_are_exact_however_large_they_get() -> None:
    for depth in (70, 320):  # floating point reaches 10**308
        layers = [range(10 * level, 10 * (level + 1)) for level in range(depth)]
        pairs = [(a, b) for upper, lower in pairwise(layers) for a in upper for b in lower]
        matrix = links(10 * depth, pairs)
        assert set(search_path_counts(matrix)) == {10 ** (depth - 2)}
        found = main_path(matrix)
        assert found.paths == 10**depth
        assert found.works == [10 * level for level in range(depth)]


def test_sums_that_floating_point_cannot_tell_apart_are_told_apart() -> None:
    # Two ways down through 60 doublings each, of which the second has one path more.
    doublings = [(node, node + step) for node in range(1, 180, 3) for step in (1, 2)]
    doublings += [(node + step, node + 3) for node in range(1, 180, 3) for step in (1, 2)]
    other = [(a + 200, b + 200) for a, b in doublings]
    found = main_path(links(400, [(0, 1), (0, 201), *doublings, *other, (201, 381)]))
    assert found.paths == 2 * 2**60 + 1
    assert found.works[1] == 201


def test_of_paths_alike_the_one_through_the_most_cited_works_is_taken_then_the_lower_ones() -> None:
    pairs = [(0, 1), (0, 2), (0, 3), (4, 5), (6, 5), (7, 3), (8, 3)]
    assert main_path(links(9, [(0, 1), (0, 2)])).works == [0, 1]
    assert main_path(links(9, pairs)).works == [0, 3]


def test_citations_on_a_cycle_are_left_out_and_named() -> None:
    found = main_path(links(6, [(0, 1), (1, 2), (2, 1), (2, 3), (3, 3), (4, 0), (5, 0)]))
    assert found.dropped == [(1, 2), (2, 1), (3, 3)]
    assert found.works == [4, 0, 1]
    assert found.paths == 3


def test_a_graph_without_cycles_stays_as_it_is() -> None:
    matrix = matrix_of(*grown(200, 3)).links
    found, dropped = acyclic(matrix)
    assert (found != matrix).nnz == 0
    assert dropped == []


@pytest.mark.parametrize(
    ("size", "pairs"), [(0, []), (3, []), (1, [(0, 0)]), (2, [(0, 1), (1, 0)])]
)
def test_where_no_citation_has_a_direction_in_time_there_is_no_path(
    size: int, pairs: list[Pair]
) -> None:
    found = main_path(links(size, pairs))
    assert (found.works, found.counts, found.paths) == ([], [], 0)


def test_a_long_chain_is_followed_to_its_end() -> None:
    found = main_path(links(900, [(n, n + 1) for n in range(899)]))
    assert found.works == list(range(900))
    assert set(found.counts) == {1}
