"""Intervals of a share, by the methods with which abstracts print them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from kb.appraisal.binomial import intervals


@pytest.mark.parametrize(
    ("method", "low", "high"),
    [
        # Of 15 of 148, Newcombe's example (Stat Med 1998;17:857).
        ("Wald", 5.27, 15.00),
        ("Wald with correction", 4.94, 15.34),
        ("Wilson", 6.24, 16.05),
        ("Wilson with correction", 5.98, 16.44),
        ("exact", 5.78, 16.17),
    ],
)
def test_the_ends_are_those_of_the_literature(method: str, low: float, high: float) -> None:
    assert intervals(15, 148)[method] == pytest.approx((low, high), abs=0.006)


@given(st.integers(1, 400), st.data(), st.sampled_from([0.9, 0.95, 0.99]))
def test_wilson_and_exact_are_those_of_scipy(n: int, data: st.DataObject, level: float) -> None:
    k = data.draw(st.integers(0, n))
    ours = intervals(k, n, level)
    for name, theirs in (("exact", "exact"), ("Wilson", "wilson")):
        expected = binomtest(k, n).proportion_ci(level, theirs)
        assert ours[name] == pytest.approx((100 * expected.low, 100 * expected.high), abs=1e-6)


@given(st.integers(1, 10_000), st.data())
def test_every_interval_lies_between_0_and_100(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    for low, high in intervals(k, n).values():
        assert 0 <= low <= high <= 100
