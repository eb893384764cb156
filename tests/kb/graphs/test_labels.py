"""What works are called on maps: shortly, each otherwise, and no guess without its mark."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from small_base import LONG_DOI, add, add_paper, empty_base, small_base

from kb.graphs.labels import LONGEST, Label, Naming, distinct, labels, shortened


def test_a_paper_is_called_by_its_first_author_and_year_and_nothing_of_it_is_guessed() -> None:
    found = labels(small_base())
    assert found["pmid:1"] == Label("Müller-Łoś 2023", False)
    assert found["pmid:2"] == Label("Sukarno 2021", False)


def test_a_paper_without_an_author_has_its_journal_and_without_both_its_title() -> None:
    db = empty_base()
    add_paper(db, 1, year=2020)
    db.execute("UPDATE works SET journal = 'Health Serv Res (Oxf)'")
    add_paper(db, 2, title="Neuroblastoma treatment of children", year=2021)
    add_paper(db, 3, title="")
    assert [label.text for label in labels(db).values()] == [
        *("Health Serv Res 2020", "Neuroblastoma treatment… 2021"),
        "PMID 3",
    ]


def test_a_group_keeps_whole_words_and_a_name_in_capitals_is_written_as_others() -> None:
    db = empty_base()
    names = [{"collective": "Children's Oncology Group"}, {"last_name": "O'NEIL"}]
    for pmid, name in enumerate([*names, {"last_name": "LI"}, {"fore_name": "Madonna"}], start=1):
        add_paper(db, pmid, year=2010)
        add(db, "authors", pmid=pmid, position=1, **name)
    assert [label.text for label in labels(db).values()] == [
        *("Children's Oncology… 2010", "O'Neil 2010"),
        *("LI 2010", "Madonna 2010"),
    ]


def test_a_work_known_by_a_citation_is_called_by_what_is_read_there_and_that_is_marked() -> None:
    db = empty_base()
    for pmid, year, text in (
        (1, 2002, "J Biol Chem. 2002 Apr 1;277(13):11"),
        (2, 2010, "van der Berg A, Roe J. Children. J Imaging. 2010;1:1"),
        (3, None, "Orwell, G. (1949/2000). Nineteen Eighty-Four."),
        (4, None, "PMID 4"),
    ):
        add(db, "works", work=f"pmid:{pmid}", pmid=pmid, year=year, text=text, is_paper=0)
    add(db, "works", work="doi:10.1/x", doi="10.1/x", text="doi: 10.1/x", is_paper=0)
    add(db, "works", work="ref:00ff00ff00ff00ff", text=" ", is_paper=0)
    assert list(labels(db).values()) == [
        Label("doi:10.1/x", False),
        Label("J Biol Chem 2002", True),
        Label("van der Berg 2010", True),
        Label("Orwell 1949", True),
        Label("PMID 4", False),
        Label("ref:00ff00ff00ff00ff", False),
    ]


def test_works_of_one_name_and_year_have_letters_in_the_order_of_their_identifiers() -> None:
    db = empty_base()
    for pmid in (1, 2, 3):
        add_paper(db, pmid, year=2010 if pmid < 3 else 2011)
        add(db, "authors", pmid=pmid, position=1, last_name="Maris")
    assert [label.text for label in labels(db).values()] == [
        *("Maris 2010a", "Maris 2010b"),
        "Maris 2011",
    ]
    # On a map of one of the two there is nothing to tell apart.
    assert labels(db, ["pmid:2"]) == {"pmid:2": Label("Maris 2010", False)}


@pytest.mark.parametrize(
    ("text", "room", "short"),
    [
        ("Proc Natl Acad Sci U S A", 29, "Proc Natl Acad Sci U S A"),
        ("Proc Natl Acad Sci U S A", 23, "Proc Natl Acad Sci USA"),
        ("Proc Natl Acad Sci U S A", 21, "Proc Natl Acad Sci…"),
        ("Society of Paediatric Oncology", 20, "Society…"),
        ("Petronytė-Kvedarauskienė", 20, "Petronytė…"),
        (LONG_DOI, 29, "doi:10.1002/(sici)1097-0142…"),
    ],
)
def test_a_text_is_cut_between_words_or_at_a_mark(text: str, room: int, short: str) -> None:
    assert shortened(text, room) == short


NAMES = st.builds(
    Naming,
    st.one_of(st.sampled_from(["Li", "LI", "Maris", "Li 2010a", "A" * 40]), st.text(min_size=1)),
    st.sampled_from([None, 2010]),
    st.booleans(),
)


@given(st.lists(NAMES))
@example([Naming("Proc Natl Acad Sci U S A", 2004, True)] * 800)
@example([Naming("Li", 2010, False)] * 2 + [Naming("Li 2010a", None, True)])
def test_no_two_labels_of_a_map_are_alike_or_too_long(names: list[Naming]) -> None:
    found = distinct(names)
    assert len({label.casefold() for label in found}) == len(names)
    assert all(len(label) <= LONGEST for label in found)


def test_all_works_of_a_base_are_called_otherwise_in_one_line(any_base: Path) -> None:
    with closing(sqlite3.connect(any_base)) as db:
        found = labels(db)
        works = [work for (work,) in db.execute("SELECT work FROM works ORDER BY work")]
        papers = {work for (work,) in db.execute("SELECT work FROM papers")}
    assert list(found) == works
    assert len({label.text.casefold() for label in found.values()}) == len(works)
    for work, label in found.items():
        assert 0 < len(label.text) <= LONGEST
        assert label.text.isprintable()
        assert not (label.is_guessed and work in papers)
