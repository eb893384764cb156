"""Whether the figures of an abstract add up."""

from __future__ import annotations

from random import Random

import pytest
from made_sums import consistent, planted

from kb.appraisal.arithmetic import of_count, of_figure, sums
from kb.appraisal.figures import figures
from kb.appraisal.findings import find
from kb.appraisal.printed_sums import Sum


def read(text: str) -> list[Sum]:
    return sums("abstract", text, figures(text))


def verdicts(text: str) -> list[tuple[str, str]]:
    return [(each.kind, each.verdict) for each in read(text)]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("MIBG found 17/20 lesions (80%).", "share", "17 of 20 are 85 %, not 80 %."),
        ("Sensitivity was 0.80 (17/20).", "share", "17 of 20 are 85 %, not 80 %."),
        ("We saw 52 children (27 boys and 26 girls).", "parts", "27 and 26 make 53, not 52."),
        (
            "Sensitivity, specificity and accuracy were 80%, 90% and 95%.",
            "table",
            "No 2 × 2 table has sensitivity 80 %, specificity 90 % and accuracy 95 %.",
        ),
        (
            "Sensitivity was 90% (18/20), specificity 80% (16/20) and accuracy 88%.",
            "table",
            "With 18 of 20 and 16 of 20, accuracy is 85 %, not 88 %.",
        ),
        (
            "We saw 40 patients (20 with neuroblastoma and 20 without). Sensitivity, specificity"
            " and accuracy were 90%, 80% and 88%.",
            "table",
            "With 18 of 20 and 16 of 20, accuracy is 85 %, not 88 %.",
        ),
    ],
)
def test_what_does_not_come_out_is_said_in_a_sentence(text: str, kind: str, words: str) -> None:
    (found,) = [each for each in read(text) if each.verdict == "differs"]
    assert (found.kind, found.words) == (kind, words)


def test_both_places_are_those_of_the_text() -> None:
    text = "Background. \u0130n all, 85\u00a0% (17/20) were seen, and 4 of 5 (80%)."
    first, _ = read(text)
    assert text[first.start : first.end] == "85\u00a0%"
    assert text[first.from_start : first.from_end] == "17/20"


@pytest.mark.parametrize(
    "text",
    [
        "Sensitivity was 80%.",
        "In 17 of 20 boys (34%) of all 50 children it was seen; 17 of 20 boys (34%).",
        "The pooled sensitivity, specificity and accuracy were 80%, 90% and 95%.",
        "Sensitivity, specificity and accuracy averaged 80%, 90% and 95% in a meta-analysis.",
        "Sensitivity, specificity and accuracy were 80%, 90% and more than 95%.",
        "The accuracy was 23% for CT. mIBG had a sensitivity of 81% and a specificity of 68%.",
        "Accuracy was 23% for CT, but sensitivity 81% and specificity 68% for MRI.",
    ],
)
def test_what_cannot_be_told_is_not(text: str) -> None:
    assert read(text) == []


def test_a_figure_has_the_verdict_of_its_sums() -> None:
    text = "Sensitivity was 85% (17/20), specificity 80% (9/20), and NPV 70%."
    read_figures = figures(text)
    each = sums("abstract", text, read_figures)
    told = {one.kind: of_figure(each, "abstract", one.start, one.end) for one in read_figures}
    assert told == {"sensitivity": "agrees", "specificity": "differs", "npv": None}
    assert of_figure(each, "title", 0, len(text)) is None


def test_a_count_has_the_verdict_of_its_parts_or_its_percentage() -> None:
    text = "We studied 52 children (27 boys and 26 girls). Of these, 12 of 20 infants (60%) died."
    each = read(text)
    told = {
        (count.kind, count.n): of_count(each, count.kind, count.field, count.start, count.end)
        for count in find([("abstract", text)])
    }
    assert told["sample_size", 52] == "differs"
    assert set(told.values()) <= {"differs", "agrees", None}
    share = next(one for one in each if one.kind == "share")
    assert of_count(each, "subgroup_size", "abstract", share.from_start, share.from_end) == "agrees"


def alarms(count: int, seed: int) -> list[str]:
    random = Random(seed)
    texts = [consistent(random) for _ in range(count)]
    return [each.words for text in texts for each in read(text) if each.verdict == "differs"]


def found(count: int, seed: int) -> int:
    """How many of so many planted errors are told in their own sentence."""
    random = Random(seed)
    right = 0
    for _ in range(count):
        text, wrong, _ = planted(random)
        at = text.index(wrong)
        right += any(
            each.verdict == "differs" and each.start < at + len(wrong) and at < each.end
            for each in read(text)
        )
    return right


def test_consistent_abstracts_raise_no_alarm() -> None:
    assert alarms(150, seed=3) == []


def test_planted_errors_are_found() -> None:
    assert found(100, seed=6) >= 90


@pytest.mark.soak
def test_two_thousand_consistent_abstracts_raise_no_alarm() -> None:
    assert alarms(2000, seed=1) == []


@pytest.mark.soak
def test_of_five_hundred_planted_errors_nine_in_ten_are_found() -> None:
    assert found(500, seed=2) >= 450
