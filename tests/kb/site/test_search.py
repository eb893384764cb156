"""Whatever is typed into the search box is a query that FTS5 accepts."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kb.site.names import Names
from kb.site.search import MOST_BEGINNINGS, MOST_TERMS, MOST_WORDS, parse

TITLES = {
    1: "Whole-body MRI in neuroblastoma",
    2: "MRI of the body",
    3: "Scintigraphic imaging of neuroblastoma",
    4: "Müller on 123I-MIBG",
}


def found(text: str) -> list[int]:
    match = parse(text).match
    if match is None:
        return []
    db = sqlite3.connect(":memory:")
    try:
        db.execute("CREATE VIRTUAL TABLE t USING fts5 (title, tokenize = 'porter unicode61')")
        db.executemany("INSERT INTO t (rowid, title) VALUES (?, ?)", TITLES.items())
        rows = db.execute("SELECT rowid FROM t WHERE t MATCH ? ORDER BY rowid", [match])
        return [rowid for (rowid,) in rows]
    finally:
        db.close()


@pytest.mark.parametrize(
    ("text", "papers"),
    [
        ("mri", [1, 2]),
        ("MRI neuroblastoma", [1]),
        ('"body mri"', [1]),
        ("whole-body", [1]),
        ("scintigraph*", [3]),
        ("scintigraphic OR mibg", [3, 4]),
        ("neuroblastoma mri OR imaging", [1, 3]),
        ("neuroblastoma -mri", [3]),
        ('neuroblastoma -"whole body"', [3]),
        ("muller", [4]),
        ("123I-MIBG", [4]),
        ("OR mri OR", [1, 2]),
    ],
)
def test_words_phrases_beginnings_alternatives_and_exclusions(text: str, papers: list[int]) -> None:
    assert found(text) == papers


@pytest.mark.parametrize(
    "text",
    ['"', '"mri', 'mri"', "AND", "NOT", "NEAR(mri, 2)", "title:mri", "mri)", "(", "^mri", "mri\x00",
     "mri' OR 1=1 --", "{title}: mri", "*", "mri * 2", "🧠 mri", "mri + scan", "-", "- mri"],
)  # fmt: skip
def test_operators_and_unbalanced_quotes_are_only_words(text: str) -> None:
    found(text)


@pytest.mark.parametrize("text", ["", "  ", "🧠", '""', "*", "-mri", "!!! ???", "\x00", "OR"])
def test_a_text_without_a_wanted_word_is_no_query(text: str) -> None:
    assert parse(text).match is None


def test_terms_beyond_the_most_are_counted_and_not_asked() -> None:
    query = parse(" ".join(f"word{n}" for n in range(MOST_TERMS + 5)))
    assert query.dropped == 5
    assert query.match is not None
    assert query.match.count('"word') == MOST_TERMS


@pytest.mark.parametrize("text", ["a*", "mri -b*", "whole-b*", "NOT c*", "1*", "e\u0301*"])
def test_the_beginning_of_a_word_has_two_letters(text: str) -> None:
    assert "write 2 letters or more before a *" in str(parse(text).too_costly)


def test_a_search_that_others_would_wait_for_is_named() -> None:
    beginnings = " OR ".join(f"x{n}*" for n in range(MOST_BEGINNINGS))
    assert parse(beginnings).too_costly is None
    assert f"this one has {MOST_BEGINNINGS + 1}" in str(parse(f"{beginnings} OR more*").too_costly)
    phrase = " ".join(["mri"] * MOST_WORDS)
    assert parse(f'"{phrase}"').too_costly is None
    assert f"this one has {MOST_WORDS + 1}" in str(parse(f'"{phrase} mri"').too_costly)


NAMES = Names({("fdg", "pet"): ("fdg-pet",), ("pet",): ("pet",), ("mri",): ("mri",)})


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("FDG PET", [["fdg-pet"]]),  # the longest name
        ("FDG-PET MRI", [["fdg-pet"], ["mri"]]),
        ("PET FDG", [["pet"], []]),
        ("children OR fdg pet", [["fdg-pet"]]),
        ('"FDG PET"', [[]]),
        ("FDG PET[ti]", [[], []]),
        ("pet*", [[]]),
        ("pet vs mri", [["pet"], ["mri"]]),
    ],
)
def test_plain_words_in_a_row_name_a_topic(text: str, topics: list[list[str]]) -> None:
    wanted = parse(text, NAMES).wanted
    assert [[t for term in terms for t in term.topics] for terms in wanted] == topics


def test_what_is_left_out_is_left_out_with_its_topic() -> None:
    (left_out,) = parse("children NOT FDG PET", NAMES).excluded
    assert left_out.topics == ("fdg-pet",)
    assert parse("children -mri", NAMES).excluded[0].topics == ()


def test_versus_joins_what_is_compared_and_is_a_word_elsewhere() -> None:
    for text in ("mri vs pet", "mri VS. pet", "mri versus pet"):
        assert parse(text).compares
        assert parse(text).match == parse("mri pet").match
    assert parse("vs").match == '"vs"'
    assert not parse("vs").compares


def test_a_word_that_is_given_twice_is_asked_once() -> None:
    assert parse("mri OR mri").match == parse("mri").match


@given(st.text(max_size=60))
@example("*")
def test_of_any_text_the_cost_is_known(text: str) -> None:
    assert parse(text).too_costly is None or "*" in text


@given(st.text(max_size=60))
@example("\ud7ff\u202e\"'; DROP TABLE papers; --")
def test_no_text_is_a_syntax_error(text: str) -> None:
    found(text)


@given(st.lists(st.sampled_from(['"', "-", "*", "OR", "AND", "(", ")", "mri", " ", "^", ":"])))
def test_no_arrangement_of_operators_is_a_syntax_error(parts: list[str]) -> None:
    found("".join(parts))
