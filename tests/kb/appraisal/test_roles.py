"""What rows say of the numbers of a sentence."""

from __future__ import annotations

import pytest

from kb.appraisal.lexicon import passage
from kb.appraisal.roles import NumberRole, told


def numbers(text: str) -> list[NumberRole]:
    return [each for s in passage(text).sentences for each in told(s).values() if each]


def roles(text: str) -> list[str]:
    return [each.role for each in numbers(text)]


@pytest.mark.parametrize(
    "text",
    [
        "leaving 122",
        "the remaining 84 form the study",
        "the other 84 children form this series",
        "so 84 were studied",
        "nine were excluded, 84 were analysed",
        "the final sample was 84",
        "we report on these 84",
        "the analysis rests on 84",
        "84 remained for analysis",
        "we analysed the other 84",
        "we analysed the remaining 84",
        "of these, 54 were analysed",
        "of those 54 children were enrolled",
        "of them, 54 entered the study",
        "the study was restricted to 84 children",
    ],
)
def test_each_way_to_say_who_is_left_is_read(text: str) -> None:
    assert "final" in roles(text)


@pytest.mark.parametrize("text", ["leaving 12% behind", "of these, 54 relapsed", "remaining 84"])
def test_a_group_is_not_those_who_are_left(text: str) -> None:
    assert "final" not in roles(text)


def test_the_pool_of_those_who_are_left_is_no_sample() -> None:
    assert [(one.n, one.role) for one in numbers("Of 203 infants, 188 were included.")] == [
        (203, "faint"),
        (188, "final"),
    ]


def test_a_sum_takes_all_its_numbers() -> None:
    (sexes,) = numbers("Ten boys and seven girls were scanned.")
    assert (sexes.n, sexes.start, sexes.end) == (17, 0, len("Ten boys and seven"))


@pytest.mark.parametrize(
    "text",
    [
        "The remaining 84% form the study.",
        "Films were lost, leaving 12 months of follow-up.",
        "A series ended, leaving 2010 as the last year.",
        "At 64±19 years patients were included in this study.",
        "They (aged 19 years; 73 girls, 77 boys) were included in this study.",
    ],
)
def test_shares_measures_years_and_numbers_in_closed_brackets_are_not_who_is_left(
    text: str,
) -> None:
    assert "final" not in roles(text)


def test_a_sentence_without_a_number_has_none() -> None:
    assert numbers("Some were excluded, leaving few.") == []
