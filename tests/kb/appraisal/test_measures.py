"""Names of measures in a sentence, in words and by abbreviations."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.appraisal.lexicon import passage
from kb.appraisal.measures import MEASURES, SHORT, Measure, defined, may_name, names

KEPT = [measure for measure in MEASURES if measure.form != "other"]


def named(sentence: str, *before: str) -> list[str]:
    shorts = defined(passage(" ".join(before)))
    return [name.measure.kind for one in passage(sentence).sentences for name in names(one, shorts)]


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
    text = "Heart rate (HR) and operating system (OS); hazard ratio (HR); odds ratio (OR)"
    assert named("The OS and OR", text) == ["or"]
    assert named("The HR and OS", "Heart rate (HR) and operating system (OS) were read") == []
    assert named("The AUC", "area under the concentration curve (AUC)") == []
    assert named("An aHR", "An adjusted HR [aHR] was told.") == ["hr"]
    assert named("The OR", "In the lowest quintile (OR, 0.76) it fell.") == ["or"]


def test_an_abbreviation_that_the_passage_defines_is_the_measure_it_stands_behind() -> None:
    text = "The sensitivity (Se), specificity [Sp] and positive likelihood ratio (LR+) were sought."
    assert named("Se and Sp, LR+ too", text) == ["sensitivity", "specificity", "lr+"]
    assert named("SE, SP, se") == []
    assert named("PPT was 3", "The pressure pain threshold (PPT) was read.") == []
    assert named("ROI was 3", "The sensitivity (ROI) was read.") == []


@pytest.mark.parametrize("measure", KEPT, ids=lambda measure: measure.rule)
@settings(max_examples=30, suppress_health_check=[HealthCheck.filter_too_much])
@given(data=st.data())
def test_no_sentence_that_names_a_measure_is_passed_over(
    measure: Measure, data: st.DataObject
) -> None:
    words = data.draw(st.from_regex(measure.words.pattern))
    around = data.draw(st.sampled_from((" {}", "The {} was 3", "x {}s")))
    for sentence in (around.format(words), around.format(words.upper())):
        for one in passage(sentence).sentences:
            if any(name.measure.form != "other" for name in names(one, {})):
                assert may_name(one, {})


def test_an_abbreviation_in_small_letters_is_passed_over() -> None:
    for short, measure in SHORT.items():
        if measure.form != "other":
            small, large = (passage(f"the {each}").sentences[0] for each in (short, short.upper()))
            assert not may_name(small, {})
            assert may_name(large, {})
