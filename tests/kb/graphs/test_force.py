from __future__ import annotations

import gzip
from itertools import combinations
from pathlib import Path
from time import process_time

import numpy as np
import pytest
from graphs import grown, matrix_of
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from kb.graphs.communities import partition
from kb.graphs.force import by_force
from kb.graphs.graph import Floats


def drawn(matrix: csr_array) -> Floats:
    return by_force(matrix, partition(matrix))


def lengths(matrix: csr_array, place: Floats) -> tuple[float, float]:
    """The median way between works that are linked, and between any two."""
    citing = np.repeat(np.arange(len(place)), np.diff(matrix.indptr))
    chance = np.random.default_rng(2).integers(0, len(place), (2, 20_000))
    both = place[citing] - place[matrix.indices], place[chance[0]] - place[chance[1]]
    linked, other = (float(np.median(np.sqrt((way * way).sum(axis=1)))) for way in both)
    return linked, other


def shared_neighbours(
    place: Floats, community: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> float:
    """The share of the ten nearest of each work that are of its community."""
    around = cKDTree(place).query(place, 11)[1][:, 1:]
    return float((community[around] == community[:, None]).mean())


def nearest(place: Floats) -> float:
    return float(cKDTree(place).query(place, 2)[0][:, 1].min())


def test_works_that_cite_each_other_are_drawn_together() -> None:
    groups = ["abcdefgh", "ijklmnop", "qrstuvwx"]
    pairs = [pair for group in groups for pair in combinations(group, 2)]
    place = drawn(matrix_of("".join(groups), [*pairs, ("a", "i"), ("j", "q")]).links)
    apart = np.sqrt(((place[:, None] - place[None]) ** 2).sum(axis=2))
    group = np.arange(24) // 8
    together = group[:, None] == group[None]
    assert apart[together].max() < apart[~together].mean()


def test_a_map_fills_a_square_of_one_and_no_two_works_lie_in_one_place() -> None:
    place = drawn(matrix_of(*grown(2_000, 3)).links)
    assert (place.min(axis=0) == 0).all()
    assert place.max() == 1
    assert nearest(place) > 0.1 / np.sqrt(2_000)


def test_works_that_cite_the_same_one_work_have_places_of_their_own() -> None:
    works = [f"pmid:{number}" for number in range(500)]
    place = drawn(matrix_of(works, [(work, works[0]) for work in works[1:]]).links)
    assert nearest(place) > 0.1 / np.sqrt(500)


def test_works_without_a_link_lie_around_the_others() -> None:
    works, pairs = grown(200, 2)
    alone = [f"ref:{number}" for number in range(40)]
    place = drawn(matrix_of([*works, *alone], [*pairs, (alone[0], alone[0])]).links)
    from_middle = np.sqrt(((place - 0.5) ** 2).sum(axis=1))
    assert from_middle[200:].min() > np.quantile(from_middle[:200], 0.95)


@given(st.integers(0, 30), st.data())
def test_any_graph_has_a_place_in_the_square_for_each_work(size: int, data: st.DataObject) -> None:
    works = [f"pmid:{number}" for number in range(size)]
    pair = st.tuples(st.sampled_from(works), st.sampled_from(works))
    pairs = data.draw(st.lists(pair, max_size=60)) if works else []
    place = drawn(matrix_of(works, pairs).links)
    assert place.shape == (size, 2)
    assert np.isfinite(place).all()
    assert ((place >= 0) & (place <= 1)).all()
    assert len(np.unique(place.round(6), axis=0)) == size


def test_the_same_graph_is_drawn_alike() -> None:
    links = matrix_of(*grown(100, 2)).links
    assert (drawn(links) == drawn(links.copy())).all()


@pytest.mark.parametrize(("works", "expected"), [("", []), ("a", [[0.5, 0.5]])])
def test_no_work_and_a_single_work_can_be_drawn(works: str, expected: list[list[float]]) -> None:
    assert drawn(matrix_of(works, []).links).tolist() == expected


def test_a_dense_real_graph_is_spread_out_with_its_communities_together(shared: Path) -> None:
    with gzip.open(shared / "pubmed/graphs/pubmed_diabetes_cites.tsv.gz") as file:
        pmids = np.loadtxt(file, dtype=np.int64, skiprows=1)
    works, ends = np.unique(pmids, return_inverse=True)
    citing, cited = ends.reshape(pmids.shape).T
    matrix = csr_array((np.ones(len(citing)), (citing, cited)), shape=(len(works), len(works)))
    community = partition(matrix)
    place = by_force(matrix, community)
    linked, other = lengths(matrix, place)
    assert linked <= 0.15 * other
    assert shared_neighbours(place, community) >= 0.6
    assert nearest(place) > 0.1 / np.sqrt(len(works))


@pytest.mark.soak
def test_time_grows_about_with_the_works() -> None:
    spent = []
    for size in (5_000, 40_000):
        matrix = matrix_of(*grown(size, 5)).links
        community = partition(matrix)
        began = process_time()
        by_force(matrix, community)
        spent.append(process_time() - began)
    assert spent[1] <= 8 * 1.5 * spent[0]
