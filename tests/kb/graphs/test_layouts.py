from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from graphs import grown, matrix_of
from hypothesis import given
from hypothesis import strategies as st

from kb.graphs.layouts import by_force, by_year, most_linked

some_years = st.lists(st.one_of(st.none(), st.integers(1950, 1956)))


def places(years: list[int | None], community: list[int], cited_by: list[int]) -> list[list[int]]:
    found = by_year(years, np.array(community, dtype=int), np.array(cited_by, dtype=int))
    return [list(place) for place in found.tolist()]


@given(some_years)
def test_every_work_has_its_year_and_a_lane_of_its_own_without_gaps(
    years: list[int | None],
) -> None:
    found = places(years, [0] * len(years), [0] * len(years))
    known = [year for year in years if year is not None]
    undated = min(known) - 2 if known else 0
    assert [x for x, _ in found] == [undated if year is None else year for year in years]
    for year in {x for x, _ in found}:
        lanes = sorted(y for x, y in found if x == year)
        assert lanes == list(range(len(lanes)))


def test_communities_lie_one_above_the_other_the_most_cited_work_first_what_has_none_last() -> None:
    assert places([2000] * 5, [0, 2, 1, 1, 1], [9, 1, 1, 5, 1]) == [
        [2000, lane] for lane in (4, 3, 1, 0, 2)
    ]


def test_of_many_works_those_with_the_most_citations_are_drawn() -> None:
    links = matrix_of("abcdef", [("a", "b"), ("c", "b"), ("d", "e"), ("b", "e")]).links
    assert most_linked(links).tolist() == [0, 1, 2, 3, 4]
    assert most_linked(links, 2).tolist() == [1, 4]
    assert most_linked(links, 3).tolist() == [0, 1, 4]


def test_works_that_cite_each_other_are_drawn_together() -> None:
    groups = ["abcdefgh", "ijklmnop", "qrstuvwx"]
    pairs = [pair for group in groups for pair in combinations(group, 2)]
    place = by_force(matrix_of("".join(groups), [*pairs, ("a", "i"), ("j", "q")]).links)
    apart = np.sqrt(((place[:, None] - place[None]) ** 2).sum(axis=2))
    group = np.arange(24) // 8
    together = group[:, None] == group[None]
    assert apart[together].max() < apart[~together].mean()


def test_a_map_fills_a_square_of_one() -> None:
    place = by_force(matrix_of(*grown(200, 2)).links)
    assert (place.min(axis=0) == 0).all()
    assert place.max() == 1
    assert len(np.unique(place, axis=0)) == 200


def test_the_same_graph_is_drawn_alike() -> None:
    links = matrix_of(*grown(100, 2)).links
    assert (by_force(links) == by_force(links.copy())).all()


@pytest.mark.parametrize(("works", "expected"), [("", []), ("a", [[0.5, 0.5]])])
def test_no_work_and_a_single_work_can_be_drawn(works: str, expected: list[list[float]]) -> None:
    assert by_force(matrix_of(works, []).links).tolist() == expected
    assert len(places([None] * len(works), [0] * len(works), [0] * len(works))) == len(works)
