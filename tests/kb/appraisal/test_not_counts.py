"""What stands before a number that counts no people, in the words of all medicine and the field."""

from __future__ import annotations

import pytest

from kb.appraisal.findings import find
from kb.appraisal.not_counts import not_counts
from kb.tagging.vocabulary import NO_WORDS, FieldWords

WORDS = FieldWords(stages=("quake rank", "inss"), tests=("mibg", "c-11 x"))


@pytest.mark.parametrize(
    ("before", "is_none", "of_the_field"),
    [
        ("in 2 of stage ", True, True),
        ("of grades 2, 3 and ", True, True),
        ("inss ", False, True),
        ("inss 3, ", False, True),
        ("a quake rank ", False, True),
        ("the insso ", False, False),
        ("fewer than ", True, True),
        ("between 10 and ", True, True),
        ("more than ", True, True),
        ("more of the ", False, False),
        ("aged 2-", True, True),
        ("we saw ", False, False),
    ],
)
def test_a_number_behind_a_stage_counts_nobody(
    before: str, is_none: bool, of_the_field: bool
) -> None:
    assert bool(not_counts(NO_WORDS).before.search(before)) is is_none
    assert bool(not_counts(WORDS).before.search(before)) is of_the_field


@pytest.mark.parametrize(
    ("before", "is_none", "of_the_field"),
    [
        ("whole-body mri (", True, True),
        ("scintigraphy: ", True, True),
        ("mibg (", False, True),
        ("c-11 x (", False, True),
        ("c-11y (", False, False),
        ("by ct (", True, True),
        ("the act (", False, False),
        ("patients (", False, False),
    ],
)
def test_an_n_right_behind_a_test_counts_examinations(
    before: str, is_none: bool, of_the_field: bool
) -> None:
    assert bool(not_counts(NO_WORDS).examined.search(before)) is is_none
    assert bool(not_counts(WORDS).examined.search(before)) is of_the_field


def test_without_its_word_a_stage_is_taken_for_a_count() -> None:
    text = "The scans were read twice. INSS 12 patients relapsed."
    assert [f.n for f in find([("abstract", text)])] == [12]
    assert find([("abstract", text)], WORDS) == []
