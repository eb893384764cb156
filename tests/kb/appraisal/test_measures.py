"""Names of measures and values in a sentence, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.appraisal.measures import (
    MEASURES,
    SHORT,
    Measure,
    may_name,
    names,
    number,
    other_senses,
    sign,
    values,
)

KEPT = [measure for measure in MEASURES if measure.form != "other"]


def named(sentence: str, others: tuple[str, ...] = ()) -> list[str]:
    return [name.measure.kind for name in names(sentence.lower(), sentence, others)]


@pytest.mark.parametrize(
    ("sentence", "kinds"),
    [
        ("Sensitivity and specificities", ["sensitivity", "specificity"]),
        ("less sensitive", ["sensitivity"]),
        ("negative and positive predictive values", ["npv", "ppv"]),
        ("areas under the ROC curves (AUCs)", ["auc"]),
        ("an aHR, the AORs", ["hr", "or"]),
        ("event-free and overall survival", ["efs", "os"]),
        ("OS and EFS", ["os", "efs"]),
        ("the cut point", ["cutoff"]),
        ("relapse-free survival", ["other"]),
        ("graft survival", ["other"]),
        ("area under the concentration-time curve", ["other"]),
        ("tests or hours of an os", []),
        ("Or this", []),
        ("non-sensitivity, insensitivity", []),
        ("an HR-scan, an OR+", ["hr"]),
    ],
)
def test_a_measure_is_named_in_words_or_by_an_abbreviation_in_capitals(
    sentence: str, kinds: list[str]
) -> None:
    assert named(sentence) == kinds


def test_an_abbreviation_that_the_passage_gives_another_sense_names_nothing() -> None:
    passage = "Heart rate (HR) and operating system (OS); hazard ratio (HR); odds ratio (OR)"
    assert other_senses(passage) == {"hr", "os"}
    assert named("The HR, OS and OR", tuple(other_senses(passage))) == ["or"]
    assert other_senses("area under the concentration curve (AUC)") == {"auc"}


@pytest.mark.parametrize("measure", KEPT, ids=lambda measure: measure.kind)
@settings(max_examples=30, suppress_health_check=[HealthCheck.filter_too_much])
@given(data=st.data())
def test_no_sentence_that_names_a_measure_is_passed_over(
    measure: Measure, data: st.DataObject
) -> None:
    words = data.draw(st.from_regex(measure.words))
    around = data.draw(st.sampled_from((" {}", "The {} was 3", "x {}s")))
    for sentence in (around.format(words), around.format(words.upper())):
        read = sentence.lower()
        if len(read) == len(sentence) and any(
            name.measure.form != "other" for name in names(read, sentence, ())
        ):
            assert may_name(read, sentence)


def test_an_abbreviation_in_small_letters_is_passed_over() -> None:
    assert all(not may_name(f"the {short}", f"the {short}") for short in SHORT)
    assert all(may_name(f"the {short}", f"the {short.upper()}") for short in SHORT)


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


def test_signs_are_four_and_numbers_may_have_commas() -> None:
    assert [sign(each) for each in ("<", "<=", ">=", ">", "=", ":", None)] == [
        *("<", "\u2264", "\u2265", ">", None, None, None)
    ]
    assert number("12,345.5") == 12345.5
