"""The words of counts: each pattern beside its trap."""

from __future__ import annotations

import re

import pytest

from kb.appraisal import people
from kb.reading.literals import Finder


def found(pattern: re.Pattern[str] | Finder, text: str) -> bool:
    each = pattern.pattern if isinstance(pattern, Finder) else pattern
    return each.search(text) is not None


@pytest.mark.parametrize(
    ("name", "text", "trap"),
    [
        ("COUNTED", " oms patients", " patient-years"),
        ("COUNTED", " (36%) cases", " children's hospitals"),
        ("SHARE_AFTER", " (73%)", " (100%)"),
        ("NO_COUNT_AFTER", " are diagnosed each year", " are diagnosed here"),
        ("DATE_BEFORE", "since ", "these "),
        ("PLANNED", "we plan to", "the planet"),
        ("ASIDE_AFTER", " were lost", " were seen"),
        ("ASIDE_BEFORE", "excluding ", "including "),
        ("AGAINST_BEFORE", "compared with ", "together with "),
        ("WHOLE_BEFORE", "a total of ", "a few of "),
        ("WHOLE_AFTER", " were enrolled", " were not enrolled"),
        ("SCREENED_BEFORE", "we approached ", "we treated "),
        ("SETS", "trained in 150 children", "trained in the ward"),
        ("AFTER_N", "(n = 43)", "(n = 4.3)"),
        ("AFTER_N", "n=43", "in=43"),
        ("SERIES", "a cohort of 161 with", "a cohort of 161 mice"),
        ("BEARERS", "a hundred tumours of children", "a hundred tumours of mice"),
        ("NAMED", "the families", "performed information"),
        ("TITLED", "gout in a boy", "gout in the boy scouts"),
        ("ONE", "a 61-year-old woman", "a 61-year-old may"),
        ("PAIR", "both patients had", "both patients and controls"),
        ("NUMBERED", "case 3 was", "case 1 was"),
        ("PER_PATIENT", "per patient (", "per patient"),
        ("CONTROL_LAST", "controls (", "controlled ("),
    ],
)
def test_each_pattern_finds_its_words_and_not_their_trap(name: str, text: str, trap: str) -> None:
    pattern = getattr(people, name)
    assert found(pattern, text)
    assert not found(pattern, trap)


NOUNS = (
    f"{people.PEOPLE}|{people.SEXES}".replace("f(?:o)?etuses", "fetuses|foetuses")
    .replace("(?:in|out)-?patients", "inpatients|out-patients")
    .split("|")
)


@pytest.mark.parametrize("noun", NOUNS)
def test_every_noun_of_people_is_counted(noun: str) -> None:
    assert found(people.COUNTED, f" {noun}; all had scans")
    assert people.COUNTED.may_find(f"40 {noun}; all had scans")
