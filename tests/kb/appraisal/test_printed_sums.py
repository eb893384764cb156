"""Numbers as printed: what rounding can have made them of."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.appraisal.printed_sums import counted_numbers, in_steps, printed_number, printed_numbers

ROUNDINGS = st.sampled_from([ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_DOWN])


@given(st.integers(0, 900), st.integers(1, 900), st.integers(0, 3), ROUNDINGS)
def test_a_rounded_share_comes_from_its_counts(k: int, n: int, decimals: int, way: str) -> None:
    exact = Decimal(100 * k) / Decimal(n)
    text = str(exact.quantize(Decimal(1).scaleb(-decimals), way))
    assert printed_number(text, 0, len(text)).comes_from(100 * k / n)


def test_a_nought_may_have_been_put_behind() -> None:
    assert printed_number("88.90", 0, 5).comes_from(800 / 9)
    assert not printed_number("88.80", 0, 5).comes_from(800 / 9 + 0.1)


@pytest.mark.parametrize("text", ["83", "87", "83.9", "85.2"])
def test_a_number_that_no_rounding_makes_does_not(text: str) -> None:
    assert not printed_number(text, 0, len(text)).comes_from(85.04)


def test_a_number_is_shown_with_the_decimals_that_count() -> None:
    assert printed_number("of 85.30 %", 3, 8).shown == "85.3"
    assert in_steps(84.96, 0.1) == "85.0"
    assert [number.value for number in printed_numbers("a 0.85 (.62-0.97)", 0, 17)] == [
        *(0.85, 0.62, 0.97)
    ]


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("of 1,102 patients twenty-two had 4\u00a0832 cells", {1102, 22, 4832}),
        ("one thousand one hundred and two patients", {1102}),
        ("85%, 3.5 years, 10/20, 12-14, mp1, 2^3", set()),
    ],
)
def test_whole_numbers_count_and_parts_of_others_do_not(text: str, counted: set[int]) -> None:
    assert counted_numbers(text) == counted
