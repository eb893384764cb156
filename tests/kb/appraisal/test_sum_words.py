"""Words that forbid a sum; each row of the file is tried in tests/test_reading_rules.py."""

from __future__ import annotations

import pytest

from kb.appraisal.lexicon import passage
from kb.appraisal.sum_words import (
    APPROXIMATE,
    PARTS,
    POOLED,
    SCALE,
    either,
    holds,
    stands_before,
)


@pytest.mark.parametrize("before", ["grade ", "visual acuity was ", "hpv ", "stages ", "pt"])
def test_a_stroke_behind_a_scale_is_no_share(before: str) -> None:
    assert stands_before(SCALE, f"{before}3/4", len(before))


@pytest.mark.parametrize("before", ["about ", "< ", "~", "more than ", "± "])
def test_a_percentage_behind_such_words_is_not_exact(before: str) -> None:
    assert stands_before(APPROXIMATE, f"{before}80%", len(before))


def test_words_far_before_a_number_do_not_count() -> None:
    assert not stands_before(SCALE, "grade of the tumour, in 3/40", 24)


def test_words_of_a_passage_are_found_anywhere_in_it() -> None:
    assert holds(passage("A pooled analysis. Sensitivity was 80%."), POOLED)
    assert not holds(passage("We analysed a pool of sera."), POOLED)


def test_parts_have_both_words() -> None:
    assert PARTS
    assert all(row.other for row in PARTS)
    assert "boys" in either("parts")
