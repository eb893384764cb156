"""Where a sentence ends, and where a stop ends none."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.record.sentences import LONGEST, around, plain, sentences, stops


def cut(text: str) -> list[str]:
    return [text[start:end].strip() for start, end in sentences(text)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("We saw 31 boys. Nine died.", ["We saw 31 boys", "Nine died", ""]),
        ("AIM: To look.\nMETHODS: We looked.", ["AIM: To look", "", "METHODS: We looked", ""]),
        ("No stop before a line end\nNext", ["No stop before a line end", "Next"]),
        ("Was it so? It was! Indeed", ["Was it so", "It was", "Indeed"]),
        ("In 31 boys. 12 died.", ["In 31 boys", "12 died", ""]),
        ("One.\u2009Two", ["One", "Two"]),
        ("The answer was no. We saw 40 men", ["The answer was no", "We saw 40 men"]),
        ("As did Evans et al. We saw 40 men", ["As did Evans et al", "We saw 40 men"]),
    ],
)
def test_a_sentence_ends_at_its_stop_or_at_the_line_end(text: str, parts: list[str]) -> None:
    assert cut(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "MIBG vs. FDG PET",
        "better (vs. FDG)",
        "nuclides, e.g. I-123, were used",
        "a tracer (i.e. MIBG)",
        "grant No. 12 of",
        "the mean was 0.5 and",
        "an AUC of 0\u00b791",
        "given i.v. before the scan",
        "Evans et al. found less",
        "see Fig. 2 for it",
        "(see Figs. 2 and 3) was 90%",
        "Sensitivity at St. Jude was 90%",
        "read by Dr. A and Prof. B",
        "Approx. 90% was seen",
        "a sensitivity of ca. 90% was seen",
        "the accuracy of MRI (Smith et al. 2003) was 90%",
        "as Smith et al. [3] saw, cf. Evans",
        "a v.3 protocol; next",
    ],
)
def test_a_stop_within_a_sentence_ends_none(text: str) -> None:
    assert cut(text) == [text]


def test_a_text_without_stops_is_cut_at_spaces_into_what_can_be_read() -> None:
    text = "word " * 2_000
    assert all(end - start <= LONGEST for start, end in sentences(text))
    assert "".join(text[start:end] for start, end in sentences(text)) == text
    assert {end - start for start, end in sentences("x" * (LONGEST + 1))} == {LONGEST, 1}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("31", "We saw 31 boys."),
        ("0.4", "Kappa was 0.4 vs. 0.6!"),
        ("0.6", "Kappa was 0.4 vs. 0.6!"),
        ("none", "No stop, none"),
        ("End", "End"),
        ("boys. Kappa", "We saw 31 boys. Kappa was 0.4 vs. 0.6!"),
    ],
)
def test_the_sentence_of_words_has_its_stop_and_no_space_before_it(
    words: str, sentence: str
) -> None:
    text = "We saw 31 boys. Kappa was 0.4 vs. 0.6! No stop, none\nEnd"
    start, end = around(text, text.index(words), text.index(words) + len(words))
    assert text[start:end] == sentence


def test_plain_writes_one_character_for_another() -> None:
    assert plain("n\u202f=\u20093, 0\u00b75\u20131\u22120\u00bc") == "n\u00a0=\u00a03, 0.5-1-0="


TEXTS = st.text(st.sampled_from("aB 1.?!;\n\u00b7\u2009\u0130") | st.characters(), max_size=60)


@given(TEXTS)
def test_sentences_lie_in_order_and_leave_out_no_more_than_their_stops(text: str) -> None:
    places = sentences(text)
    assert len(plain(text)) == len(text)
    left_out = [text[end:start] for (_, end), (start, _) in pairwise(places)]
    assert all(between in ("", ".", "?", "!", "\n", "\u00b7", "\u2219") for between in left_out)
    assert (places[0][0], places[-1][1]) == (0, len(text))
    assert len(left_out) == len(list(stops(text)))


@given(TEXTS)
def test_the_plain_form_has_the_same_sentences(text: str) -> None:
    assert sentences(plain(text)) == sentences(text)


@given(TEXTS, st.data())
def test_words_lie_within_their_sentence(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    first, last = around(text, start, end)
    assert 0 <= first <= start <= end <= last <= len(text)
    assert first == start or not text[first].isspace()
