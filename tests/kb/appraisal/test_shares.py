"""Shares of patients or lesions in whom a test was positive or right."""

from __future__ import annotations

import re

import pytest

from kb.appraisal.shares import shares


def read(text: str) -> list[tuple[str, float | None, str | None, str]]:
    """Kind, value, test and words of each share; MRI, CT and MIBG are scans, HVA is a marker."""
    low = text.lower()
    exams = [match.span() for match in re.finditer(r"\b(?:mri|ct|mibg)\b", low)]
    tests = sorted([*exams, *(match.span() for match in re.finditer(r"\bhva\b", low))])
    return [
        (
            one.kind,
            one.value,
            text[slice(*one.label)] if one.label else None,
            text[one.start : one.end],
        )
        for one in shares(low, tests, exams)
    ]


def test_a_share_stands_with_its_counts_or_with_what_is_counted() -> None:
    for share in ("34/38 patients (89%)", "89% (34 of 38)", "89% of lesions", "34 patients (89%)"):
        assert read(f"MRI detected {share}.") == [("detection-rate", 89, "MRI", share)]
    assert read("MRI detected 89% more.") == []


def test_a_sentence_goes_on_with_other_tests() -> None:
    told = read("MRI detected 45 of 52 lesions (87%), MIBG 39 of 52 (75%) and CT 30 of 52 (58%).")
    assert [one[1:3] for one in told] == [(87, "MRI"), (75, "MIBG"), (58, "CT")]
    told = read("Relapse was found by MIBG in 37/50 (74%), by chance in 18/50 (36%).")
    assert [one[1:3] for one in told] == [(74, "MIBG")]


def test_tests_of_a_list_have_a_share_each_or_none() -> None:
    told = read("MRI and CT detected 57 (95%) and 48 (80%) of 60 lesions.")
    assert [one[1:3] for one in told] == [(95, "MRI"), (80, "CT")]
    assert read("MRI and CT detected 57 of 60 lesions (95%).") == []


@pytest.mark.parametrize(
    "text",
    [
        "MIBG missed 4 of 40 lesions (10%).",
        "MRI was performed in 40 of 47 patients (85%).",
        "CT showed calcification in 34 of 40 tumours (85%).",
        "MIBG scans were negative in 5 of 47 patients (11%).",
        "False-positive MIBG uptake was seen in 3 of 40 scans (8%).",
        "Forty of 47 children (85%) had MRI.",
        "HVA was measured in 40 of 47 children (85%).",
        "MRI was positive in 189%.",
    ],
)
def test_what_is_no_share_of_positive_tests_is_not_read(text: str) -> None:
    assert read(text) == []
