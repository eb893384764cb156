"""Wilson's interval, against statistics by another way and printed examples."""

from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.evaluate.intervals import Proportion, Z


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [
        # Newcombe, Stat Med 1998;17:857, table I, method 3: Wilson's without correction.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_intervals_are_those_that_newcombe_printed(
    right: int, total: int, low: float, high: float
) -> None:
    assert Proportion(right, total).interval == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_ends_are_the_rates_at_which_what_was_seen_is_just_unlikely(
    counts: tuple[int, int],
) -> None:
    """Wilson's own definition: at either end p, the rate seen is Z standard errors from p."""
    rate = Proportion(*counts)
    low, high = rate.interval
    assert 0 <= low <= rate.value + 1e-12
    assert rate.value - 1e-12 <= high <= 1
    for end in (low, high):
        if 0 < end < 1:
            error = sqrt(end * (1 - end) / rate.total)
            assert abs(rate.value - end) == pytest.approx(Z * error, abs=1e-6)


def test_where_nothing_was_tried_nothing_is_known() -> None:
    assert Proportion(0, 0).interval == (0, 1)
    assert Proportion(0, 0).value == 0


def test_a_rate_is_shown_with_its_interval() -> None:
    assert str(Proportion(1, 2)) == "0.500 (0.095 to 0.905)"
