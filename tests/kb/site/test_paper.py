"""kb.site.paper: what a page makes of the rows of a paper."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.record.sentences import around
from kb.site.paper import sentences

TEXT = "We saw 31 children. Sensitivity was 91%, specificity 84%. Kappa was 0.4."
Place = tuple[int, int]


@pytest.fixture(scope="module")
def db() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def findings(
    db: sqlite3.Connection,
    *places: Place,
    text: str = TEXT,
    field: str = "abstract",
    published: bool = True,
) -> list[sqlite3.Row]:
    """Rows as of findings with their passage where it is published, in reading order."""
    sql = (
        'SELECT ? AS field, ? AS start, ? AS "end", ? AS sentence_start, ? AS sentence_end,'
        " ? AS text"
    )
    shown = text if published else None
    return [
        db.execute(sql, (field, *place, *around(text, *place), shown)).fetchone()
        for place in places
    ]


def place(words: str, text: str = TEXT) -> Place:
    return text.index(words), text.index(words) + len(words)


def test_figures_of_one_sentence_share_it(db: sqlite3.Connection) -> None:
    found = sentences(findings(db, *map(place, ("31 children", "91%", "84%", "0.4"))))
    assert [each.pieces for each in found] == [
        ["We saw ", "31 children", "."],
        ["Sensitivity was ", "91%", ", specificity ", "84%", "."],
        ["Kappa was ", "0.4", "."],
    ]
    assert [len(each.figures) for each in found] == [1, 2, 1]


def test_a_stop_that_ended_no_sentence_for_the_reader_ends_none_on_the_page(
    db: sqlite3.Connection,
) -> None:
    text = "Gout fell. Kappa was 0.4 (i.v. route) vs. 0.6 for CT.\nNext"
    (one,) = sentences(findings(db, place("0.4", text), place("0.6", text), text=text))
    assert one.pieces == ["Kappa was ", "0.4", " (i.v. route) vs. ", "0.6", " for CT."]


def test_words_of_two_figures_may_overlap(db: sqlite3.Connection) -> None:
    (one,) = sentences(findings(db, place("Sensitivity was 91%"), place("91%, specificity 84%")))
    assert one.pieces == ["", "Sensitivity was 91%", "", ", specificity 84%", "."]


def test_a_title_and_an_abstract_share_no_sentence(db: sqlite3.Connection) -> None:
    rows = findings(db, (0, 2), text="91% of 31", field="title") + findings(
        db, place("31 children")
    )
    assert [each.pieces[1] for each in sentences(rows)] == ["91", "31 children"]


def test_without_the_abstract_figures_stand_by_sentence_and_alone(db: sqlite3.Connection) -> None:
    places = map(place, ("31 children", "91%", "84%", "0.4"))
    found = sentences(findings(db, *places, published=False))
    assert [(len(each.figures), each.pieces) for each in found] == [(1, []), (2, []), (1, [])]


@given(
    st.text("ab.A \n", min_size=1, max_size=40).flatmap(
        lambda text: st.tuples(
            st.just(text),
            st.lists(
                st.tuples(st.integers(0, len(text) - 1), st.integers(1, 5)).map(
                    lambda at: (at[0], min(at[0] + at[1], len(text)))
                ),
                max_size=5,
            ).map(sorted),
        )
    )
)
def test_every_figure_is_shown_once_and_its_sentence_is_text(
    db: sqlite3.Connection, drawn: tuple[str, list[tuple[int, int]]]
) -> None:
    text, places = drawn
    found = sentences(findings(db, *places, text=text))
    assert [(row["start"], row["end"]) for each in found for row in each.figures] == places
    assert all("".join(each.pieces) in text for each in found)
    starts = [each.figures[0]["start"] for each in found]
    assert all(one <= other for one, other in pairwise(starts))
