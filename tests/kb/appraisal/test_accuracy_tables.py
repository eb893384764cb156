"""Figures of one 2 × 2 table."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from kb.appraisal.accuracy_tables import (
    Counts,
    is_checked,
    is_possible,
    of_groups,
    recomputed,
    told,
    wrong,
)
from kb.appraisal.printed_sums import PrintedNumber, printed_number

cells = st.integers(0, 200)


def printed(decimals: int = 0, **values: float) -> dict[str, PrintedNumber]:
    texts = {kind: f"{value:.{decimals}f}" for kind, value in values.items()}
    return {kind: printed_number(text, 0, len(text)) for kind, text in texts.items()}


@given(cells, cells, cells, cells, st.integers(0, 2))
def test_the_figures_of_a_table_are_possible_and_right(
    tp: int, fn: int, tn: int, fp: int, decimals: int
) -> None:
    assume(tp + fn and tn + fp)
    counts = Counts(tp, fn, tn, fp)
    figures = printed(decimals, **counts.measures())
    assert is_possible(figures)
    assert wrong(figures, counts) == {}
    assert counts in list(of_groups(figures, tp + fn, tn + fp))


def test_accuracy_lies_between_sensitivity_and_specificity() -> None:
    assert not is_possible(printed(sensitivity=80, specificity=90, accuracy=95))
    assert is_possible(printed(sensitivity=80, specificity=90, accuracy=85))


def test_predictive_values_follow_from_one_share_of_the_diseased() -> None:
    assert not is_possible(printed(1, sensitivity=86.8, specificity=92.9, ppv=95.2, npv=79.6))
    assert is_possible(printed(1, sensitivity=85.7, specificity=92.9, ppv=95.2, npv=79.6))


def test_two_figures_fix_nothing() -> None:
    assert not is_checked(printed(sensitivity=80, specificity=90))
    assert not is_checked(printed(sensitivity=80, ppv=90, npv=70))
    assert is_checked(printed(sensitivity=80, specificity=90, ppv=70))


def test_what_is_wrong_is_told_with_what_it_should_be() -> None:
    figures = printed(sensitivity=90, specificity=80, accuracy=88)
    exact = wrong(figures, Counts(18, 2, 16, 4))
    assert recomputed(figures, exact) == "accuracy is 85 %, not 88 %"
    assert told(figures) == "sensitivity 90 %, specificity 80 % and accuracy 88 %"
