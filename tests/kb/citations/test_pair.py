"""What of a work stands in a citation text, as levels ask it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cited_papers import MARIS

from kb.citations.citation import Citation, citable
from kb.citations.pair import Pair
from kb.record.article import Article


def pair(paper: Article, text: str) -> Pair:
    return Pair(citable(paper), Citation(text))


@pytest.mark.parametrize(
    ("text", "half"),
    [
        ("2007;369(1)", ("369", "")),
        ("2007;369:1-9", ("369", "1")),
        ("2007;370:2106", ("370", "2106")),
        ("2008;370:2106", None),
        ("2007;369:2107", None),
        ("2007;370:2107", None),
        ("", None),
    ],
)
def test_half_a_place_is_the_volume_without_a_page_or_the_page_in_its_year(
    text: str, half: tuple[str, str] | None
) -> None:
    assert pair(MARIS, text).half_place == half


def test_a_review_is_known_by_its_number_and_its_version_by_year_and_volume() -> None:
    review = replace(MARIS, pages="CD009263")
    assert pair(review, "").is_review
    assert not pair(MARIS, "").is_review
    assert pair(review, "2007;369").version_is_printed
    assert not pair(review, "2008;369").version_is_printed
    assert not pair(replace(review, volume=None), "2007").version_is_printed


def test_the_nearest_of_several_years_counts() -> None:
    assert pair(MARIS, "Cancer 1999, 2009, 2020").nearest_year == 2009


def test_what_is_not_printed_is_said_in_words_that_fit_the_reason() -> None:
    assert pair(MARIS, "Maris").printed_places == "printed"
    assert pair(MARIS, "2007;369:2107").printed_places == "369:2107"
    assert pair(replace(MARIS, volume=None, pages=None), "").known_volume == "known"
