"""Signs beside numbers, and the words for them."""

from __future__ import annotations

from kb.appraisal.signs import sign


def test_signs_are_four() -> None:
    assert [sign(each) for each in ("<", "<=", ">=", "> =", "≤", "=", ":", None, "")] == [
        *("<", "≤", "≥", "≥", "≤", None, None, None, None)
    ]


def test_words_stand_for_signs_and_other_words_for_none() -> None:
    assert sign("less than") == "<"
    assert sign("equal to or greater than") == "≥"
    assert sign("or less") == "≤"
    assert sign("of about") is None
