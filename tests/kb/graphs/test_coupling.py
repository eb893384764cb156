from __future__ import annotations

from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.graphs.coupling import cocited, coupled, incidence

PAPERS = [f"paper {n}" for n in range(8)]
REFERENCES = [f"reference {n}" for n in range(10)]
Cited = list[tuple[str, str]]
some = st.lists(st.sampled_from(list(product(PAPERS, REFERENCES))))


def listed(blocks) -> list[tuple[int, int, int]]:  # type: ignore[no-untyped-def]
    return [
        pair for block in blocks for pair in zip(*(ends.tolist() for ends in block), strict=True)
    ]


@given(some, st.integers(1, 3), st.integers(1, 40))
def test_papers_are_coupled_by_the_references_in_both_their_lists(
    cited: Cited, least: int, block: int
) -> None:
    lists = [{b for a, b in cited if a == paper} for paper in PAPERS]
    shared = {(i, j): len(lists[i] & lists[j]) for i, j in combinations(range(len(PAPERS)), 2)}
    expected = [(*pair, weight) for pair, weight in shared.items() if weight >= least]
    assert listed(coupled(incidence(PAPERS, REFERENCES, cited), least, block)) == expected


@given(some, st.integers(1, 3), st.integers(1, 40))
def test_references_are_cocited_by_the_papers_that_have_both(
    cited: Cited, least: int, block: int
) -> None:
    lists = [{a for a, b in cited if b == reference} for reference in REFERENCES]
    pairs = combinations(range(len(REFERENCES)), 2)
    shared = {(i, j): len(lists[i] & lists[j]) for i, j in pairs}
    expected = [(*pair, weight) for pair, weight in shared.items() if weight >= least]
    assert listed(cocited(incidence(PAPERS, REFERENCES, cited), least, block)) == expected


@pytest.mark.parametrize(("rows", "columns"), [(0, 0), (3, 0), (0, 3), (3, 3)])
def test_where_nothing_is_cited_nothing_is_paired(rows: int, columns: int) -> None:
    matrix = incidence(PAPERS[:rows], REFERENCES[:columns], [])
    assert listed(coupled(matrix)) == listed(cocited(matrix)) == []


def test_a_pair_that_is_given_twice_counts_once() -> None:
    assert incidence("a", "x", [("a", "x"), ("a", "x")]).toarray().tolist() == [[1]]
