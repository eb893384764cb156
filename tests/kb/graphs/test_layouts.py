from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.graphs.layouts import by_year

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


@pytest.mark.parametrize("works", [0, 1])
def test_no_work_and_a_single_work_can_be_drawn(works: int) -> None:
    assert places([None] * works, [0] * works, [0] * works) == [[0, 0]][:works]
