"""Tests of a list and the values of another."""

from __future__ import annotations

import pytest

from kb.appraisal.figures import figures
from kb.appraisal.index_tests import diagnostic_questions
from kb.appraisal.passage_topics import passage_topics
from kb.data import data_dir
from kb.tagging.topics import load, tag

VOCABULARY = load(data_dir() / "topics.yml")


def judged(text: str) -> list[str | None]:
    tags = passage_topics(VOCABULARY, tag(VOCABULARY, [("abstract", text)], []), "abstract", text)
    return [of.index_test for of in diagnostic_questions(figures(text), tags)]


@pytest.mark.parametrize(
    "text",
    [
        "Sensitivity of MRI and CT was 90% and 80%.",
        "For MRI and CT, sensitivity was 90% and 80%.",
        "For MRI vs CT, sensitivity was 90% vs 80%.",
        "Sensitivity was 90% and 80% for MRI and CT.",
        "MRI and CT had sensitivities of 90% and 80%.",
    ],
)
def test_as_many_tests_as_values_go_together_in_order(text: str) -> None:
    assert judged(text) == ["mri", "ct"]


def test_the_list_before_holds_for_the_next_measure() -> None:
    text = "Sensitivity was 96% (88/92) for CT, 90% for MRI; specificity was 87% and 92%."
    assert judged(text) == ["ct", "mri"] * 2
    text = "Sensitivity of MRI and CT was 90% and 80%. By lesion specificity was 70% and 60%."
    assert judged(text) == ["mri", "ct"] * 2


def test_values_of_one_test_are_all_its_own_and_of_an_unknown_one_nobodys() -> None:
    assert judged("Sensitivity of MRI rose from 70% to 88%.") == ["mri", "mri"]
    assert judged("Sensitivity of PHOX2B and MRI was 90% and 80%.") == [None, None]
    assert judged("On CT, MRI reached a sensitivity of 94% and bone scintigraphy 71%.") == [
        "mri",
        "bone-scan",
    ]
