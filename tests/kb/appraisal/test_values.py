"""Values in a sentence, their errors and intervals, and what only looks like one."""

from __future__ import annotations

import pytest

from kb.appraisal.values import interval_after, number, values


def read(text: str) -> list[tuple[float | None, float | None, float | None, bool]]:
    return [(v.value, v.low, v.high, v.percent) for v in values(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("was 83%", [(83, None, None, True)]),
        ("83% (95% ci 71-98%)", [(83, 71, 98, True)]),
        ("2.1 [1.2; 3.6]", [(2.1, 1.2, 3.6, False)]),
        (
            "83% (10, 12)",
            [(83, None, None, True), (10, None, None, False), (12, None, None, False)],
        ),
        ("between 61% and 84%", [(None, 61, 84, True)]),
        ("rose from 61% to 84%", [(61, None, None, True), (84, None, None, True)]),
        ("1,234.", [(1234, None, None, False)]),
    ],
)
def test_a_value_has_its_interval_and_a_range_its_ends(
    text: str, expected: list[tuple[float | None, float | None, float | None, bool]]
) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "text", ["n = 43", "10 of 12", "33/37", "43 patients", "1 in 7000", "5 years", "t1", "stage 4"]
)
def test_counts_fractions_times_and_codes_are_no_values(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("83% (95% confidence interval [ci] 71-98%)", 71, 98),
        ("0.87 (95% ci: 0.74-0.97), and", 0.74, 0.97),
        ("0.87 [95% ci (0.74, 0.97)]", 0.74, 0.97),
        ("83% (35/42; 95% ci 70-92)", 70, 92),
        ("83% (ci 95%: 70 to 92)", 70, 92),
        ("83% (95% confidence limits, 70%, 92%)", 70, 92),
        ("0.93 (0.90-0.95; 95% ci)", 0.90, 0.95),
    ],
)
def test_an_interval_may_be_written_in_many_ways(text: str, low: float, high: float) -> None:
    (value,) = values(text)
    assert (value.low, value.high) == (low, high)


def test_the_level_of_an_interval_is_no_value() -> None:
    assert read("sensitivity (95% ci) was 83% (70-90)") == [(83, 70, 90, True)]
    assert read("not reached [95% ci 14 months to not reached]") == []
    assert read("the 95% ci was 70-90, the value 83%") == [(83, None, None, True)]


def test_an_interval_is_read_behind_a_name_too() -> None:
    assert interval_after("96% sensitivity (95% ci 90-99%)", 15, 96) == (90, 99, 31)
    assert interval_after("96% sensitivity (90-99)", 15, 96) == (90, 99, 23)
    assert interval_after("96% sensitivity (20-30)", 15, 96) is None
    assert interval_after("96% sensitivity", 15, 96) is None


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("66 ± 5%", 5),
        ("66% (± 5%)", 5),
        ("66% (se 5%)", 5),
        ("66% [standard error, 5%]", 5),
        ("66% +/- 5%", 5),
        ("66% ± 5% (se)", 5),
        ("66% (sd 5%)", None),
        ("66% ± 5% (standard deviation)", None),
        ("(mean ± sd) 66% ± 5%", None),
    ],
)
def test_an_error_is_standard_where_it_is_not_called_a_deviation(
    text: str, error: float | None
) -> None:
    (value,) = values(text)
    assert (value.value, value.se) == (66, error)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("more than 90%", ">"),
        ("no less than 90%", "≥"),
        ("equal to or less than 90%", "≤"),
        ("<= 90%", "≤"),
        ("under 90%", "<"),
        ("= 90%", None),
        ("90%", None),
    ],
)
def test_words_for_a_sign_are_signs(text: str, sign: str | None) -> None:
    assert [(value.value, value.sign) for value in values(text)] == [(90, sign)]


def test_a_number_below_nought_has_its_sign_and_a_power_is_no_value() -> None:
    assert read("kappa was -0.12") == [(-0.12, None, None, False)]
    for power in ("3 × 10^4", "3 x 10⁴", "10⁴", "10^4"):
        assert read(f"ratio of {power} was found") == []


def test_numbers_may_have_commas() -> None:
    assert number("12,345.5") == 12345.5
