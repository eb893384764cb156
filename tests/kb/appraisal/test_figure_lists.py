"""Lists of measures and of values, and which belong together."""

from __future__ import annotations

import pytest

from kb.appraisal.figure_lists import fits, grouped
from kb.appraisal.figures import figures
from kb.appraisal.measures import SHORT, MeasureName
from kb.appraisal.values import values


def read(text: str) -> list[tuple[str, float | None]]:
    return [(figure.kind, figure.value) for figure in figures(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("OS and DFS at 3 years were 71% and 48%, respectively.", [("os", 71)]),
        ("Disease-free survival (DFS) and overall survival (OS) were 41% and 66%.", [("os", 66)]),
        (
            "DFS, EFS and OS were 60%, 70% ± 3%, and 80%.",
            [("efs", 70), ("os", 80)],
        ),
        (
            "The 4-year OS, locoregional relapse-free survival, and PFS were 91%, 95% and 79%.",
            [("os", 91), ("pfs", 79)],
        ),
        (
            "Sensitivity and specificity were alike (82% vs 77% and 91% vs 100%).",
            [("sensitivity", 82), ("sensitivity", 77), ("specificity", 91), ("specificity", 100)],
        ),
        (
            "The sensitivity and accuracy of A were 93% and 91%, respectively, versus 80% and 78%"
            " for B.",
            [("sensitivity", 93), ("accuracy", 91), ("sensitivity", 80), ("accuracy", 78)],
        ),
        (
            "EFS was better in those who were treated late (75% ± 10% vs 46% ± 10%, p = .031).",
            [("efs", 75), ("efs", 46), ("p", 0.031)],
        ),
        (
            "5-y EFS, 41.0% ± 4.4% [CS ≤ 2] vs. 18.5% ± 3.9% [CS > 2].",
            [("efs", 41), ("efs", 18.5)],
        ),
        (
            "EFS probabilities are first CR (CR1) 30% (SE 9%), and first PR (PR1) 41% (SE 8%).",
            [("efs", 30), ("efs", 41)],
        ),
        ("Survival in boys who relapsed was 21%.", [("os", 21)]),
        ("We saw 88% pooled sensitivity.", [("sensitivity", 88)]),
        (
            "The sensitivity was 69% vs 88% of the other.",
            [("sensitivity", 69), ("sensitivity", 88)],
        ),
    ],
)
def test_each_value_goes_to_its_own_measure(
    text: str, expected: list[tuple[str, float | None]]
) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "The sensitivity and specificity of A and B were 90%, 80%, 70% and 60%.",
        "Local control and survival were 82.5%, 68.7% and 72.7%.",
    ],
)
def test_where_the_numbers_of_a_list_do_not_match_nothing_is_taken(text: str) -> None:
    assert read(text) == []


def test_names_with_only_joining_words_between_them_are_one_list() -> None:
    text = "os (all) and the 5-year efs but pfs"
    names = [MeasureName(SHORT[each], text.index(each), text.index(each) + len(each))
             for each in ("os", "efs", "pfs")]  # fmt: skip
    assert [[name.measure.kind for name in group] for group in grouped(text, names)] == [
        ["os", "efs"],
        ["pfs"],
    ]


def test_a_value_fits_a_measure_whose_values_look_like_it() -> None:
    (share,) = values("is 90%")
    (ratio,) = values("is 3.2")
    assert fits(SHORT["ppv"], share, listed_percent=False)
    assert not fits(SHORT["ppv"], ratio, listed_percent=False)
    assert fits(SHORT["hr"], ratio, listed_percent=False)
    assert not fits(SHORT["hr"], share, listed_percent=False)
