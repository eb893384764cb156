"""Paths are the shortest there are, all are counted, and each citation on them has its reason."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise, permutations, product
from pathlib import Path

import networkx
import numpy as np
import pytest
from graphs import Pair, networkx_of
from hypothesis import given
from hypothesis import strategies as st
from small_base import add, add_paper, empty_base, small_base

from kb.errors import ConfigError, InputError
from kb.graphs.graph import Matrix, citation_matrix
from kb.graphs.neighbourhood import links
from kb.graphs.paths import Paths, PrintedReference, between, read, shortest

WORKS = [f"pmid:{n}" for n in range(1, 7)]
START, END = "pmid:1", "pmid:6"
pairs_of_works = st.lists(st.sampled_from(list(product(WORKS, WORKS))), max_size=18)


def tried(pairs: list[Pair]) -> list[tuple[str, ...]]:
    """Every order of works of which each cites the next, the shortest of them alone."""
    cites = set(pairs)
    for inside in range(len(WORKS) - 1):
        ways = [(START, *inner, END) for inner in permutations(WORKS[1:-1], inside)]
        if paths := [way for way in ways if all(step in cites for step in pairwise(way))]:
            return sorted(paths)
    return []


@given(pairs_of_works)
def test_paths_are_all_the_shortest_that_can_be_tried(pairs: list[Pair]) -> None:
    expected = tried(pairs)
    paths = shortest(networkx_of(WORKS, pairs), START, END, most=1000)
    assert paths == (Paths(START, END, len(expected), tuple(expected)) if expected else None)


@given(pairs_of_works)
def test_where_direction_is_left_out_a_citation_leads_either_way(pairs: list[Pair]) -> None:
    expected = tried([*pairs, *((cited, citing) for citing, cited in pairs)])
    graph = networkx_of(WORKS, pairs).to_undirected(as_view=True)
    paths = shortest(graph, START, END, most=1000)
    assert (paths.first if paths else ()) == tuple(expected)


def test_of_more_paths_than_are_wanted_the_first_are_shown_and_all_are_counted() -> None:
    """Through 40 layers of two works each, a million million ways: none is walked in vain."""
    layers = [["pmid:0"], *([f"a:{n:02}", f"b:{n:02}"] for n in range(40)), ["pmid:9"]]
    pairs = [step for ends in pairwise(layers) for step in product(*ends)]
    paths = shortest(networkx_of([], pairs), "pmid:0", "pmid:9", most=2)
    assert paths
    assert (paths.number, paths.length, len(paths.first)) == (2**40, 41, 2)
    assert paths.first[0] == ("pmid:0", *(f"a:{n:02}" for n in range(40)), "pmid:9")
    assert paths.first[1] == (*paths.first[0][:40], "b:39", "pmid:9")


def test_the_order_of_the_citations_does_not_matter() -> None:
    pairs = [("pmid:1", "pmid:3"), ("pmid:1", "pmid:2"), ("pmid:2", "pmid:6"), ("pmid:3", "pmid:6")]
    found = [shortest(networkx_of([], some), START, END, 1) for some in (pairs, pairs[::-1])]
    assert found == [Paths(START, END, 2, (("pmid:1", "pmid:2", "pmid:6"),))] * 2


# What is told of two works


@pytest.fixture
def db() -> sqlite3.Connection:
    """Papers 1 → 2 → 3 and 1 → 4 → 3, 5 → 3; 2 is retracted, 1 lists 2 twice; 6 stands alone."""
    db = empty_base()
    for pmid in range(1, 7):
        add_paper(db, pmid, doi=f"10.1000/{pmid}", is_retracted=int(pmid == 2))
    for citing, cited in [(1, 2), (2, 3), (1, 4), (4, 3), (5, 3)]:
        work = {"citing": f"pmid:{citing}", "cited": f"pmid:{cited}"}
        for source in ("icite", "crossref"):
            add(db, "cites", source=source, **work)
    about = {"pmid": 1, "work": "pmid:2", "reason": "PMID 2, printed with it"}
    add(db, "reference_list", position=9, text="Li. X.", method="pmid", score=1.0, **about)
    add(db, "reference_list", position=2, text=None, method="doi", score=1.0, **about)
    return db


def test_paths_are_found_by_any_identifier_and_told_each_way(db: sqlite3.Connection) -> None:
    told = between(db, "10.1000/1", "PMID:3", most=1)
    assert (told.start, told.end) == ("pmid:1", "pmid:3")
    assert told.forth == Paths("pmid:1", "pmid:3", 2, (("pmid:1", "pmid:2", "pmid:3"),))
    assert told.back is None
    assert told.either is None
    assert between(db, "3", "1", most=1).back == told.forth


def test_each_citation_says_who_states_it_and_how_its_reference_was_resolved(
    db: sqlite3.Connection,
) -> None:
    told = between(db, "1", "3", most=1)
    assert list(told.citations) == [("pmid:1", "pmid:2"), ("pmid:2", "pmid:3")]
    first, second = told.citations.values()
    assert first.sources == second.sources == ("crossref", "icite")
    assert first.references == (
        PrintedReference(2, None, "doi", 1.0, "PMID 2, printed with it"),
        PrintedReference(9, "Li. X.", "pmid", 1.0, "PMID 2, printed with it"),
    )
    assert second.references == ()


def test_works_on_the_paths_say_whether_they_are_retracted(db: sqlite3.Connection) -> None:
    works = between(db, "1", "3", most=2).works
    assert {name: work.status for name, work in works.items()} == {
        "pmid:1": "not retracted",
        "pmid:2": "retracted",
        "pmid:3": "not retracted",
        "pmid:4": "not retracted",
    }


def test_where_neither_leads_to_the_other_direction_is_left_out(db: sqlite3.Connection) -> None:
    told = between(db, "5", "4", most=3)
    assert told.forth is told.back is None
    assert told.either == Paths("pmid:5", "pmid:4", 1, (("pmid:5", "pmid:3", "pmid:4"),))
    assert list(told.citations) == [("pmid:4", "pmid:3"), ("pmid:5", "pmid:3")]


def test_where_nothing_links_them_the_two_works_are_told_alone(db: sqlite3.Connection) -> None:
    told = between(db, "1", "6", most=3)
    assert told.forth is told.back is told.either is None
    assert list(told.works) == ["pmid:1", "pmid:6"]
    assert told.citations == {}


def test_works_that_cite_each_other_have_a_path_each_way(db: sqlite3.Connection) -> None:
    add(db, "cites", citing="pmid:2", cited="pmid:1", source="icite")
    told = between(db, "1", "2", most=3)
    assert told.forth == Paths("pmid:1", "pmid:2", 1, (("pmid:1", "pmid:2"),))
    assert told.back == Paths("pmid:2", "pmid:1", 1, (("pmid:2", "pmid:1"),))


def test_the_base_is_named_where_it_has_a_name(db: sqlite3.Connection) -> None:
    assert between(small_base(), "4", "2", most=1).base_id == "0123456789abcdef"
    assert between(db, "1", "2", most=1).base_id is None


@pytest.mark.parametrize(
    ("start", "end", "says"),
    [
        ("1", "77", "77: the base has no such work"),
        ("x", "1", "'x' is no identifier"),
        ("1", "10.1000/1", "1 and 10.1000/1 are one work, pmid:1. Name two"),
    ],
)
def test_two_works_of_the_base_have_to_be_named(
    db: sqlite3.Connection, start: str, end: str, says: str
) -> None:
    with pytest.raises(ConfigError, match=says):
        between(db, start, end, most=1)


def test_a_file_that_is_no_base_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("These are my notes. " * 100)
    with pytest.raises(InputError, match=r"notes\.db: is no SQLite database"):
        read(tmp_path / "notes.db", "1", "2", 1)


# Of bases


@pytest.fixture(params=["specimen", "bundled_base", "real_base"])
def base(request: pytest.FixtureRequest) -> Iterator[sqlite3.Connection]:
    path: Path = request.getfixturevalue(request.param)
    with closing(sqlite3.connect(path)) as connection:
        yield connection


def walks(matrix: Matrix, start: str) -> dict[str, tuple[int, int]]:
    """How far each work is from one of them, and how many ways lead there in so many steps, by
    powers of the matrix."""
    ways = np.zeros(len(matrix.works), dtype=np.int64)
    ways[matrix.works.index(start)] = 1
    far: dict[str, tuple[int, int]] = {}
    for length in range(len(matrix.works)):
        new = {
            matrix.works[place]: (length, int(ways[place]))
            for place in np.flatnonzero(ways).tolist()
            if matrix.works[place] not in far
        }
        if not new:
            break
        far |= new
        ways = np.where([work in new for work in matrix.works], ways, 0) @ matrix.links
    return far


@pytest.mark.parametrize("directed", [True, False])
def test_paths_of_real_citations_are_as_many_as_powers_of_the_matrix_say(
    base: sqlite3.Connection, directed: bool
) -> None:
    whole, (works, cited) = links(base), citation_matrix(base)
    graph = whole if directed else whole.to_undirected()
    matrix = Matrix(works, cited if directed else (cited + cited.T).sign())
    reached = {work: len(networkx.descendants(whole, work)) for work, _ in whole.edges}
    numbers = set()
    for start in sorted(reached, key=lambda work: (-reached[work], work))[:5]:
        far = walks(matrix, start)
        for end in [*far][1 :: 1 + len(far) // 40]:
            paths = shortest(graph, start, end, most=3)
            assert paths
            assert (paths.length, paths.number) == far[end]
            assert all(graph.has_edge(*step) for path in paths.first for step in pairwise(path))
            assert list(paths.first) == sorted(set(paths.first))
            numbers.add(paths.number)
        unreached = next(work for work in works if work not in far)
        assert shortest(graph, start, unreached, most=3) is None
    few = whole.number_of_edges() < 20  # the bundled papers have few references
    assert directed or few or len(numbers) > 3
