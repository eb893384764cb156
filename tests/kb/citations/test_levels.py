"""Each level of each comparison: a citation that reaches it, and one that just misses it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import pytest
from building import article

from kb.citations import levels
from kb.citations.citation import Citation, citable
from kb.citations.levels import (
    AuthorLevel,
    HalfPlaceLevel,
    JournalLevel,
    Level,
    PlaceLevel,
    TitleLevel,
    YearLevel,
    reached,
)
from kb.citations.pair import Pair
from kb.record.article import Article

COMPARISONS: Sequence[Sequence[Level]] = (
    *(levels.AUTHOR, levels.PLACE, levels.HALF_PLACE),
    *(levels.TITLE, levels.JOURNAL, levels.YEAR),
)
PAPER = article(
    1,
    title="Imaging of rare tumours of small children.",
    authors=["Maris JM", "Park JR"],
    journal="Pediatr Blood Cancer",
    year=2010,
    volume="24",
    pages="65-86",
    epub="2008-11-01",
)
TITLE = "Imaging of rare tumours of small children"
FULL = replace(PAPER, title="Imaging of rare tumours.")
BRIEF = replace(PAPER, title="Imaging rare tumours.")
SHORT = replace(PAPER, title="Neuroblastoma.")
ARTICLE = replace(PAPER, pages="e65")
REVIEW = replace(PAPER, pages="CD009263")
UNPLACED = replace(PAPER, volume=None, pages=None)
SERIES = replace(PAPER, title="Imaging of very rare tumours. Part II. Of small children.")
NO_SERIES = replace(PAPER, title="Imaging of very rare tumours and parts of small children.")


class Example(NamedTuple):
    """The text that reaches the level, and the one that misses it, of a paper each."""

    reaches: str
    misses: str
    paper: Article = PAPER
    other: Article | None = None


EXAMPLES: dict[Level, Example] = {
    AuthorLevel.FIRST: Example(f"Maris J. {TITLE}", f"Maris K. {TITLE}"),
    AuthorLevel.OTHER: Example(f"Park JR. {TITLE}. 2010;24:65", f"Park JR. {TITLE}. 2012;24:65"),
    AuthorLevel.NOBODY: Example(f"[7] {TITLE}. 2010;24:65", f"Smith A. {TITLE}. 2010;24:65"),
    AuthorLevel.FAMILY: Example(
        f"Maris, Park, {TITLE}. 2010;24:65", f"Maris, Smith, {TITLE}. 2010;24:65"
    ),
    AuthorLevel.MISPRINT: Example(
        f"Marsi JM. {TITLE}. 2010;24:65", f"Marsi JK. {TITLE}. 2010;24:65"
    ),
    AuthorLevel.STRANGER: Example("Maric JM. 2010;24:65", "Maris JM. 2010;24:65"),
    PlaceLevel.SAME: Example("2010;24:65-86", "2010;24:66-86"),
    PlaceLevel.E_ASIDE: Example("2010;24:65", "2010;24:e65", ARTICLE),
    HalfPlaceLevel.VERSION: Example("2010;24:CD009263", "2010;24:CD009263", REVIEW, PAPER),
    HalfPlaceLevel.VOLUME: Example("2010;24(1)", "2010;24(1):66"),
    HalfPlaceLevel.PAGE: Example("2010;25:65-86", "2011;25:65-86"),
    HalfPlaceLevel.UNPLACED: Example("Cancer 2010", "Cancer 2010;24:65", UNPLACED),
    HalfPlaceLevel.UNPRINTED: Example(
        f"Maris JM, Park JR. {TITLE}. Cancer 2010.", f"Maris JM. {TITLE}. Cancer 2010."
    ),
    HalfPlaceLevel.ELSEWHERE: Example("2010;25:66-86", "2010;25:65-86"),
    TitleLevel.LONG: Example(f"Maris. {TITLE}. Cancer", "Maris. Imaging of rare tumours. Cancer"),
    TitleLevel.FULL: Example(
        "Maris. Imaging of rare tumours. Cancer",
        "Maris. Erratum: Imaging of rare tumours. Cancer",
        FULL,
    ),
    TitleLevel.BRIEF: Example(
        "Maris. Imaging rare tumours. Cancer", "Maris. Reply: imaging rare tumours. Cancer", BRIEF
    ),
    TitleLevel.WITHIN: Example(
        f"Maris. Erratum: {TITLE}. Cancer", f"Maris. Erratum: {TITLE[:-9]}. Cancer"
    ),
    TitleLevel.PART: Example(
        "Maris. Imaging of very rare tumours. Pediatr Blood Cancer 2010",
        "Maris. Imaging of very rare tumours. Pediatr Blood Cancer 2010",
        SERIES,
        NO_SERIES,
    ),
    TitleLevel.CUT: Example(
        "Maris. Imaging of rare tumours of. Pediatr Blood Cancer 2010",
        "Maris. Imaging of rare tumours of. Blood 2010",
    ),
    TitleLevel.LACKING: Example(
        "Maris. Staging of rare tumours of small children. Cancer",
        "Maris. Imagings of rare tumour of small children. Cancer",
    ),
    TitleLevel.BARE: Example("Maris. Neuroblastoma. Cancer", "Maris. Neuroblastoma", SHORT),
    TitleLevel.SHORT: Example("Maris. Cancer", "Maris. Neuroblastoma. Cancer", SHORT),
    TitleLevel.OTHERWISE: Example("Maris. Staging by surgeons. Cancer", f"Maris. {TITLE}. Cancer"),
    JournalLevel.NAMED: Example(
        "Maris. Pediatr Blood Cancer 2010", "Maris. Eur Pediatr Blood Cancer 2010"
    ),
    JournalLevel.FOLLOWS: Example(
        f"Maris. {TITLE} Pediatr Blood Cancer 2010", f"Maris. {TITLE} Blood Cancer 2010"
    ),
    JournalLevel.ABBREVIATED: Example(
        f"Maris. {TITLE}. Ped Bld Canc 2010", f"Maris. {TITLE}. Ped Cld Canc 2010"
    ),
    JournalLevel.MISPRINTED: Example(
        f"Maris. {TITLE}. Pediatr Blood Canker 2010", f"Maris. {TITLE}. Pediatr Bone Center 2010"
    ),
    JournalLevel.OTHER: Example(
        f"Maris. {TITLE}. Cancer 2010", f"Maris. {TITLE}. Pediatr Blood Cancer 2010"
    ),
    YearLevel.SAME: Example("2010;24:65", "2011;24:65"),
    YearLevel.UNPRINTED: Example("24:65", "2010;24:65"),
    YearLevel.UNKNOWN: Example("2010;24:65", "2010;24:65", replace(PAPER, year=None), PAPER),
    YearLevel.ELECTRONIC: Example("2008;24:65", "2009;24:65"),
    YearLevel.BESIDE: Example("2011;24:65", "2012;24:65"),
    YearLevel.OTHER: Example("2012;24:65", "2011;24:65"),
}


ALL = [level for comparison in COMPARISONS for level in comparison]


def level_of(level: Level, paper: Article, text: str) -> Level:
    (comparison,) = (each for each in COMPARISONS if level in each)
    return reached(comparison, Pair(citable(paper), Citation(text)))


@pytest.mark.parametrize("level", ALL, ids=str)
def test_a_level_has_an_example_that_reaches_it_and_one_that_just_misses_it(level: Level) -> None:
    example = EXAMPLES[level]
    assert level_of(level, example.paper, example.reaches) is level
    assert level_of(level, example.other or example.paper, example.misses) is not level


@pytest.mark.parametrize("level", ALL, ids=str)
def test_a_level_says_itself_with_nothing_left_to_fill_in(level: Level) -> None:
    example = EXAMPLES[level]
    said = level.say(Pair(citable(example.paper), Citation(example.reaches)))
    assert said
    assert "{" not in said


@pytest.mark.parametrize("comparison", COMPARISONS, ids=lambda each: type(each[0]).__name__)
def test_the_last_level_of_a_comparison_holds_for_whatever_is_left(
    comparison: Sequence[Level],
) -> None:
    nothing = Pair(citable(article(2, title="")), Citation(""))
    assert comparison[-1].holds(nothing)
    assert reached(comparison, nothing) in comparison


@pytest.mark.parametrize("comparison", COMPARISONS, ids=lambda each: type(each[0]).__name__)
def test_the_docstring_of_a_comparison_is_its_rows(comparison: Sequence[Level]) -> None:
    doc = type(comparison[0]).__doc__ or ""
    for level in comparison:
        assert f"{level.label}: {level.means}" in doc
