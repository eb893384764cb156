"""What papers say themselves of the level and the certainty of evidence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.appraisal.certainty import statements


def said(text: str) -> list[tuple[str | None, str, str]]:
    """(scheme, level, words) of what a text states."""
    return [(s.scheme, s.level, text[s.start : s.end]) for s in statements([("abstract", text)])]


@pytest.mark.parametrize(
    ("text", "scheme", "level", "words"),
    [
        ("Low-certainty evidence favours MRI.", None, "Low", "Low-certainty evidence"),
        (
            "By GRADE the certainty of the evidence was rated as very low.",
            "GRADE",
            "very low",
            "certainty of the evidence was rated as very low",
        ),
        ("GRADE: low. Evidence is old.", "GRADE", "low", "GRADE: low"),
        ("Evidence was of low quality.", None, "low", "Evidence was of low quality"),
        ("LEVEL OF EVIDENCE: Level III.", None, "III", "LEVEL OF EVIDENCE: Level III"),
        (
            "LEVELS OF EVIDENCE: Treatment study \u2013 level IV.",
            None,
            "IV",
            "LEVELS OF EVIDENCE: Treatment study \u2013 level IV",
        ),
        ("Level 2b evidence (Oxford).", "OCEBM", "2b", "Level 2b evidence"),
        ("[Level of evidence C1]", "PDQ", "C1", "Level of evidence C1"),
    ],
)
def test_a_statement_is_kept_in_the_words_of_the_paper(
    text: str, scheme: str | None, level: str, words: str
) -> None:
    assert said(text) == [(scheme, level, words)]


@pytest.mark.parametrize(
    "text",
    [
        "There is no high-quality evidence.",
        "High-quality evidence is lacking.",
        "They gave us high-quality evidence-based films.",
        "We need more high-quality evidence.",
        "Grade 3 toxicity; no evidence of disease at level 2.",
        "The level of evidence of 12 studies was read.",
        "Level of evidence 3.5 and 4% of evidence level 2-3",
        "High-grade evidence of a low level",
    ],
)
def test_what_is_missed_or_only_sounds_like_it_is_no_statement(text: str) -> None:
    assert said(text) == []


PIECES = st.sampled_from(
    ["Evidence level ", "GRADE ", "low", " certainty ", "evidence", "III", "was ", "\u2013", " of "]
)


@given(st.lists(PIECES | st.text(max_size=3), max_size=20).map("".join))
def test_offsets_are_exact_in_any_text(text: str) -> None:
    for each in statements([("abstract", text)]):
        assert each.level in text[each.start : each.end]
