"""Whether a printed interval is one of its share, and holds its value."""

from __future__ import annotations

import pytest

from kb.appraisal.figures import figures
from kb.appraisal.interval_sums import PrintedInterval, interval_sums, judged
from kb.appraisal.lexicon import passage
from kb.appraisal.printed_sums import Sum, Verdict, printed_number
from kb.appraisal.share_sums import shares


def read(text: str) -> list[Sum]:
    found = passage(text)
    return list(interval_sums(found, figures(text), [shares(found.low)]))


@pytest.mark.parametrize(
    ("interval", "verdict"),
    [
        ("95% CI 62-97%", "agrees"),  # exact
        ("95% CI, 64.0 to 94.8%", "agrees"),  # Wilson
        ("95% CI: 69\u2013100%", "agrees"),  # Wald
        ("95% CI 69-101", "agrees"),
        ("90% CI 66-96%", "agrees"),
        ("95% CI 0.62-0.97", "agrees"),
        ("95% CI 75-97%", "differs"),
        ("95% CI 62-89%", "differs"),
        ("95% CI 26-97%", "differs"),
        ("95% CI 50-99%", None),  # a little wider
        ("range 75-97%", None),
    ],
)
def test_the_interval_of_17_of_20(interval: str, verdict: str | None) -> None:
    for text in (f"It was 85% (17/20; {interval}).", f"It was 17/20 (85%; {interval})."):
        assert [each.verdict for each in read(text)] == ([verdict] if verdict else [])


def test_the_sum_says_what_the_methods_give() -> None:
    (found,) = read("It was 85% (17/20; 95% CI 75-97%).")
    assert found.words == (
        "17 of 20 have an interval of 62 to 97 % (exact), 64 to 95 % (Wilson), 69 to 100 % (Wald),"
        " not 75 to 97 %."
    )


@pytest.mark.parametrize("words", ["by the bootstrap", "by generalized estimating equations"])
def test_an_interval_by_another_way_is_left_alone(words: str) -> None:
    assert read(f"It was 85% (17/20; 95% CI 80-90%) {words}.") == []


@pytest.mark.parametrize(
    ("text", "verdicts"),
    [
        ("The hazard ratio was 2.5 (95% CI 0.3-0.9).", ["differs"]),
        ("The odds ratio was 1.65 (95% CI, 1.84-3.25).", ["differs"]),
        ("The hazard ratio was 2.5 (95% CI 1.3-4.9).", []),
        ("The sensitivity was 85% (95% CI 86-97%).", []),  # cut off, it can be 85.9
        ("The sensitivity was 83% (95% CI 86-97%).", ["differs"]),
    ],
)
def test_an_interval_holds_its_value(text: str, verdicts: list[Verdict]) -> None:
    assert [each.verdict for each in read(text)] == verdicts


def test_nobody_of_none_has_an_interval_too() -> None:
    low, high = printed_number("0", 0, 1), printed_number("26", 0, 2)
    assert judged(0, 12, PrintedInterval(low, high, 0.95)) == "agrees"
