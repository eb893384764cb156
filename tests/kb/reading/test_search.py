"""Which patterns can find something in which part of a text: none that does is passed over."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from kb.reading.literals import Finder
from kb.reading.search import PatternSearch

WORDS = ("no", "not", "none of", "seen", "un", r"\w+ing", "[0-9]+%", "A")
FINDERS = [
    *(Finder(rf"\b{word}\b") for word in WORDS),
    Finder("or"),
    Finder("seen|heard", re.IGNORECASE),
    Finder(r"(?<=n)o\b"),
]
SEARCH = PatternSearch(FINDERS)


def test_letters_at_the_edge_of_a_word_are_looked_for_there_alone() -> None:
    whole, part = Finder(r"\bno\b"), Finder("no")
    ((first, second),) = (PatternSearch([whole, part]).possible("no, another", [(0, 3), (3, 11)]),)
    assert first == {whole, part}
    assert second == {part}


def test_a_finder_without_known_letters_may_find_something_anywhere() -> None:
    anything = Finder(r"\d+")
    assert PatternSearch([anything]).possible("none", [(0, 2), (2, 4)]) == [{anything}, {anything}]
    assert PatternSearch([]).possible("none", [(0, 4)]) == [frozenset()]


def test_letters_over_the_edge_of_two_parts_are_in_neither() -> None:
    finder = Finder("seen")
    assert PatternSearch([finder]).possible("seen", [(0, 2), (2, 4)]) == [frozenset(), frozenset()]


@given(
    st.lists(
        st.sampled_from(
            ["no", "not", "none of", "seen", "SEEN", "un", "ing", "or", " ", "12%", "_", "é"]
        )
    )
)
def test_what_finds_something_in_a_part_is_among_those_found(pieces: list[str]) -> None:
    text = "".join(pieces).lower()
    middle = len(text) // 2
    spans = [(0, middle), (middle, len(text))]
    for (start, end), possible in zip(spans, SEARCH.possible(text, spans), strict=True):
        for finder in FINDERS:
            if finder.pattern.search(text, start, end):
                assert finder in possible
