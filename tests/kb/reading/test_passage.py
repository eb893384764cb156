"""A passage as its rules read it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kb.reading.literals import Finder
from kb.reading.passage import read
from kb.reading.search import PatternSearch

BOYS = Finder(r"\bboys\b")
SEARCH = PatternSearch([BOYS])


def test_a_sentence_knows_its_section_and_what_may_be_found_in_it() -> None:
    text = "Aim: To see 9 Boys. Results: Girls were seen."
    passage = read(text, SEARCH)
    assert [sentence.section for sentence in passage.sentences] == ["aims", "results", "results"]
    first, second, _ = passage.sentences
    assert [text[first.start + match.start() :][:4] for match in first.finditer(BOYS)] == ["Boys"]
    assert list(second.finditer(BOYS)) == []
    assert passage.possible == {BOYS}


def test_a_pattern_that_was_not_looked_for_is_not_tried() -> None:
    girls = Finder(r"\bgirls\b")
    assert list(read("girls", SEARCH).sentences[0].finditer(girls)) == []


@given(st.text(max_size=60))
def test_no_form_changes_the_length(text: str) -> None:
    passage = read(text, SEARCH)
    assert len(passage.cased) == len(passage.low) == len(text)
    assert "".join(
        text[sentence.start : sentence.start + len(sentence.text)] for sentence in passage.sentences
    ) == "".join(
        text[start : start + size]
        for start, size in ((each.start, len(each.cased)) for each in passage.sentences)
    )
