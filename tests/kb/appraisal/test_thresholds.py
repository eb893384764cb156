"""Cutoffs of scores: those of all medicine, and those that a field names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.appraisal.figures import figures
from kb.appraisal.thresholds import cutoffs
from kb.tagging.vocabulary import FieldWords

WORDS = FieldWords(scores=("quake index", "ferritin"))


@pytest.mark.parametrize(
    ("text", "value", "sign"),
    [
        ("a risk score > 2", 2, ">"),
        ("suvmax of 3.5 or more", 3.5, "≥"),
        ("an adc below 1.1", 1.1, "<"),
        ("an uptake ratio ≤ 4", 4, "≤"),
    ],
)
def test_scores_of_all_medicine_need_no_words_of_a_field(
    text: str, value: float, sign: str
) -> None:
    for words in (FieldWords(), WORDS):
        assert [(f.value, f.sign) for f in cutoffs(text, words)] == [(value, sign)]


@pytest.mark.parametrize(
    ("text", "value", "sign"),
    [
        ("ferritin above 92 ng/ml", 92, ">"),
        ("a quake index of 3 or less", 3, "≤"),
        ("quake index levels < 5", 5, "<"),
    ],
)
def test_scores_of_the_field_are_cutoffs_where_it_names_them(
    text: str, value: float, sign: str
) -> None:
    assert [(f.value, f.sign) for f in cutoffs(text, WORDS)] == [(value, sign)]
    assert cutoffs(text) == []


def test_a_sentence_with_no_other_figure_than_a_cutoff_of_the_field_is_read() -> None:
    text = "All were scanned. Ferritin above 92 ng/ml was of bad omen."
    assert [(f.kind, f.value, f.unit) for f in figures(text, WORDS)] == [("cutoff", 92.0, "ng/ml")]
    assert figures(text) == []


@given(st.text(alphabet="abc.+*()[]\\|^$ -", min_size=1, max_size=8).filter(str.strip))
def test_a_score_is_read_as_it_is_written_and_never_as_a_pattern(name: str) -> None:
    for figure in cutoffs("ferritin above 92", FieldWords(scores=(name,))):
        assert name in "ferritin above 92"[figure.start : figure.end]
