"""Co-citation and bibliographic coupling, pair by pair: against set arithmetic, and against
metaknowledge, which counts them from the Web of Science text.

metaknowledge names a reference by its author, year and journal alone. It is right as long as no two
works share these; where two do, it takes them for one, and the last tests here say how far that
goes. References to works outside the corpus count in both.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import combinations, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_exports import opened, reader
from small_base import add, add_paper, empty_base

from kb import exports
from kb.exports import wos
from kb.graphs import maps
from kb.graphs.coupling import cocited, coupled, incidence
from kb.graphs.graph import Graph

PAPERS = [f"paper {n}" for n in range(8)]
REFERENCES = [f"reference {n}" for n in range(10)]
Cited = list[tuple[str, str]]
some = st.lists(st.sampled_from(list(product(PAPERS, REFERENCES))))
Weights = dict[frozenset[str], int]
JOURNAL = "J Test"


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


# Of bases


def of_map(found: Graph) -> Weights:
    return {frozenset((a, b)): int(values["weight"]) for a, b, values in found.edges}


def met(lists: Iterable[Iterable[str]]) -> Weights:
    """How many of the lists hold both of two names."""
    return Counter(frozenset(pair) for each in lists for pair in combinations(set(each), 2))


def lists_by(db: sqlite3.Connection, column: int) -> list[set[str]]:
    """The references of each citing work, or the citing works of each reference."""
    found = defaultdict(set)
    for pair in db.execute("SELECT citing, cited FROM cites"):
        found[pair[column]].add(pair[1 - column])
    return list(found.values())


def test_both_are_what_set_arithmetic_says(any_base: Path) -> None:
    db = opened(any_base)
    assert of_map(maps.cocitation(db)) == met(lists_by(db, 0))
    assert of_map(maps.coupling(db)) == met(lists_by(db, 1))


# By metaknowledge


def collection(base: Path, folder: Path) -> Any:
    exports.write(base, "citation", "wos", folder / "savedrecs.txt")
    return reader("metaknowledge").RecordCollection(str(folder / "savedrecs.txt"))


def of_network(found: Any) -> Weights:
    return {frozenset((a, b)): weight for a, b, weight in found.edges(data="weight")}


def cocited_by_metaknowledge(base: Path, folder: Path) -> Weights:
    """By work: each has its own text in the file."""
    found = collection(base, folder).networkCoCitation(nodeType="original", dropAnon=False)
    rows = opened(base).execute(wos.CITED.replace("WHERE citing = ?", ""))
    works = {wos.cited_reference(wos.CitedReference(*row)): row[0] for row in rows}
    return {frozenset(works[text] for text in pair): n for pair, n in of_network(found).items()}


def assert_coupled_alike(base: Path, folder: Path) -> None:
    """By the name that metaknowledge gives to a paper: its coupling knows no other."""
    records = collection(base, folder)
    names = {f"pmid:{record.UT[8:]}": record.createCitation().ID() for record in records}
    ours = of_map(maps.coupling(opened(base)))
    named = {frozenset(names[work] for work in pair): n for pair, n in ours.items()}
    assert len(named) == len(ours)
    assert of_network(records.networkBibCoupling()) == named


def test_metaknowledge_counts_the_same_cocitations(any_base: Path, tmp_path: Path) -> None:
    assert cocited_by_metaknowledge(any_base, tmp_path) == of_map(maps.cocitation(opened(any_base)))


def test_metaknowledge_counts_the_same_couplings(any_base: Path, tmp_path: Path) -> None:
    assert_coupled_alike(any_base, tmp_path)


def planted(path: Path, seed: int) -> None:
    """Forty papers, each by an author of its own, that cite each other and sixty works that were
    not harvested."""
    chance = np.random.default_rng(seed)
    db = empty_base(path)
    papers = [paper(db, pmid, f"Author{pmid}") for pmid in range(1, 41)]
    outside = [f"ref:{number:016x}" for number in range(30)]
    outside += [f"doi:10.1/{number}" for number in range(30)]
    for work in outside:
        doi = work[4:] if work.startswith("doi:") else None
        add(db, "works", work=work, doi=doi, text="The same words.", is_paper=0)
    for citing in papers:
        for cited in chance.choice([*papers, *outside], 12, replace=False).tolist():
            add(db, "cites", citing=citing, cited=cited, source="elink")
    db.commit()


def paper(db: sqlite3.Connection, pmid: int, author: str, year: int = 2012) -> str:
    add_paper(db, pmid, year=year, journal=JOURNAL, journal_abbrev=JOURNAL, volume=str(pmid))
    add(db, "authors", pmid=pmid, position=1, last_name=author, initials="W")
    about = (f"{author} W", JOURNAL, f"pmid:{pmid}")
    db.execute("UPDATE works SET first_author = ?, journal = ? WHERE work = ?", about)
    return f"pmid:{pmid}"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_both_count_the_same_where_works_of_all_kinds_are_cited(seed: int, tmp_path: Path) -> None:
    planted(tmp_path / "kb.db", seed)
    db = opened(tmp_path / "kb.db")
    cocited, coupled = of_map(maps.cocitation(db)), of_map(maps.coupling(db))
    assert cocited == met(lists_by(db, 0)) == cocited_by_metaknowledge(tmp_path / "kb.db", tmp_path)
    assert coupled == met(lists_by(db, 1))
    assert len(cocited) > 1000
    assert max(coupled.values()) > 3
    assert_coupled_alike(tmp_path / "kb.db", tmp_path)


# Where metaknowledge is wrong


def with_namesakes(path: Path) -> sqlite3.Connection:
    """Papers 1 and 2 are by one author, of one year and journal; 3 cites 1, 4 cites 2, and 5 both
    and a third."""
    db = empty_base(path)
    for pmid, author in enumerate(["Li", "Li", "Aa", "Bb", "Cc", "Dd"], start=1):
        paper(db, pmid, author)
    for citing, cited in [(3, 1), (4, 2), (5, 1), (5, 2), (5, 6)]:
        add(db, "cites", citing=f"pmid:{citing}", cited=f"pmid:{cited}", source="elink")
    db.commit()
    return db


def names(*authors: str) -> frozenset[str]:
    return frozenset(f"{author} W, 2012, J TEST" for author in authors)


def test_it_couples_two_papers_that_cite_different_works_of_one_author_year_and_journal(
    tmp_path: Path,
) -> None:
    db = with_namesakes(tmp_path / "kb.db")
    assert of_map(maps.coupling(db)) == met(lists_by(db, 1)) == {
        frozenset({"pmid:3", "pmid:5"}): 1,
        frozenset({"pmid:4", "pmid:5"}): 1,
    }  # fmt: skip
    theirs = of_network(collection(tmp_path / "kb.db", tmp_path).networkBibCoupling())
    assert theirs[names("Aa", "Bb")] == 1


def test_it_cocites_a_work_with_itself_unless_asked_to_go_by_the_whole_text(
    tmp_path: Path,
) -> None:
    db = with_namesakes(tmp_path / "kb.db")
    ours = of_map(maps.cocitation(db))
    assert ours == met(lists_by(db, 0)) == cocited_by_metaknowledge(tmp_path / "kb.db", tmp_path)
    theirs = of_network(collection(tmp_path / "kb.db", tmp_path).networkCoCitation(dropAnon=False))
    assert ours[frozenset({"pmid:1", "pmid:6"})] == 1
    assert theirs[names("Li")] == 1
    assert theirs[names("Li", "Dd")] == 2
