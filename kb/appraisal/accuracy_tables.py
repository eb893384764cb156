"""Sensitivity, specificity, predictive values and accuracy of one 2 × 2 table. Pure.

Three of them fix the others, whatever the share of the diseased: accuracy lies between sensitivity
and specificity, and both predictive values follow from that share. Where the counts behind
sensitivity and specificity are known, the others are recomputed from them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from kb.appraisal.printed_sums import ROUNDING, PrintedNumber, in_steps

Kind = str
NAMES = {
    "sensitivity": "sensitivity",
    "specificity": "specificity",
    "ppv": "positive predictive value",
    "npv": "negative predictive value",
    "accuracy": "accuracy",
}
FROM_GROUPS = ("ppv", "npv", "accuracy")
STEPS = 500  # into which the share of the diseased is parted


class Counts(NamedTuple):
    """The four cells of a table."""

    true_positive: int
    false_negative: int
    true_negative: int
    false_positive: int

    def measures(self) -> dict[Kind, float]:
        """Each in per cent; a predictive value of nobody is left out."""
        tp, fn, tn, fp = self
        pairs = {
            "sensitivity": (tp, tp + fn),
            "specificity": (tn, tn + fp),
            "ppv": (tp, tp + fp),
            "npv": (tn, tn + fn),
            "accuracy": (tp + tn, sum(self)),
        }
        return {kind: 100 * part / whole for kind, (part, whole) in pairs.items() if whole}


Printed = Mapping[Kind, PrintedNumber]


def is_checked(printed: Printed) -> bool:
    """Whether there may be more than what fixes a table: then the rest can be recomputed."""
    return len(printed) >= 4 or {"sensitivity", "specificity"} < printed.keys()


def is_possible(printed: Printed) -> bool:
    """Whether there is a share of the diseased with which all the figures can be, as rounded."""
    spans = {kind: _span(number) for kind, number in printed.items()}
    se, sp = spans.get("sensitivity", (0.0, 1.0)), spans.get("specificity", (0.0, 1.0))
    given = [(kind, spans[kind]) for kind in FROM_GROUPS if kind in spans]
    return any(
        all(_meet(_reach(kind, se, sp, step), span) for kind, span in given)
        for step in range(STEPS)
    )


Ends = tuple[float, float]


def _span(number: PrintedNumber) -> Ends:
    """What rounding can have made the number of, as a share of 1."""
    low, high = number.value - number.step, number.value + number.step
    return max(0.0, low / 100), min(1.0, high / 100)


def _reach(kind: Kind, se: Ends, sp: Ends, step: int) -> Ends:
    """The least and the most that a measure can be within one part: all rise with sensitivity and
    specificity, and rise or fall with the share of the diseased."""
    ends = (step / STEPS, (step + 1) / STEPS)
    return (
        min(_measure(kind, se[0], sp[0], diseased, empty=0.0) for diseased in ends),
        max(_measure(kind, se[1], sp[1], diseased, empty=1.0) for diseased in ends),
    )


def _measure(kind: Kind, se: float, sp: float, diseased: float, empty: float) -> float:
    healthy = 1 - diseased
    if kind == "accuracy":
        return se * diseased + sp * healthy
    if kind == "ppv":
        right, wrong = se * diseased, (1 - sp) * healthy
    else:
        right, wrong = sp * healthy, (1 - se) * diseased
    return right / (right + wrong) if right + wrong > 0 else empty


def _meet(reach: Ends, span: Ends) -> bool:
    return reach[0] <= span[1] + ROUNDING and span[0] <= reach[1] + ROUNDING


def of_groups(printed: Printed, diseased: int, healthy: int) -> Iterator[Counts]:
    """The tables of two groups of known size with the printed sensitivity and specificity."""
    for tp in _numbers(printed["sensitivity"], diseased):
        for tn in _numbers(printed["specificity"], healthy):
            yield Counts(tp, diseased - tp, tn, healthy - tn)


def _numbers(number: PrintedNumber, n: int) -> list[int]:
    return [k for k in range(n + 1) if number.comes_from(100 * k / n)] if n else []


def wrong(printed: Printed, counts: Counts) -> dict[Kind, float]:
    """What the counts give where it is not what is printed."""
    exact = counts.measures()
    return {
        kind: exact[kind]
        for kind in FROM_GROUPS
        if kind in printed and kind in exact and not printed[kind].comes_from(exact[kind])
    }


def told(printed: Printed) -> str:
    """Sensitivity 90 %, specificity 80 % and accuracy 85 %."""
    each = [f"{NAMES[kind]} {printed[kind].shown} %" for kind in NAMES if kind in printed]
    return f"{', '.join(each[:-1])} and {each[-1]}"


def recomputed(printed: Printed, exact: Mapping[Kind, float]) -> str:
    return ", ".join(
        f"{NAMES[kind]} is {in_steps(number, printed[kind].step)} %, not {printed[kind].shown} %"
        for kind, number in exact.items()
    )
