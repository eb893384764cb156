"""In which words a paper tells its own design, and where they are another's."""

from __future__ import annotations

import pytest

from kb.appraisal.cues import (
    CUES,
    FEW,
    NOTICE,
    RANDOMISED_TITLE,
    RETROSPECTIVE,
    SYSTEMATIC,
    Texts,
    design_in_words,
    own_words,
)
from kb.appraisal.evidence import DESIGNS
from kb.appraisal.lexicon import passage


def read(*passages: tuple[str, str]) -> Texts:
    return [(field, passage(text)) for field, text in passages]


def told(abstract: str = "", title: str = "", n: int | None = None) -> tuple[str, str] | None:
    return design_in_words(read(("title", title), ("abstract", abstract)), n)


@pytest.mark.parametrize(
    ("abstract", "design", "words"),
    [
        ("Films were read retrospectively.", "retrospective study", "retrospectively"),
        ("We did a case-control study.", "case-control study", "case-control study"),
        ("Infants were randomly assigned.", "randomised trial", "randomly assigned"),
        ("Infants were followed for years.", "cohort study", "were followed"),
        ("In this editorial we argue.", "opinion", "this editorial"),
        ("A phase II trial.", "clinical trial", "phase II trial"),
    ],
)
def test_the_design_comes_with_the_words_that_tell_it(
    abstract: str, design: str, words: str
) -> None:
    assert told(abstract) == (design, f'abstract "{words}"')


@pytest.mark.parametrize(
    "abstract",
    [
        "Infants were not randomly assigned.",  # denied
        "Prospective studies are needed.",  # wished for
        "This should be studied prospectively.",
        "A previous retrospective study found less.",  # another's
        "A randomised trial has shown less.",
        "Infants came.",
    ],
)
def test_what_is_denied_wished_for_or_cited_is_not_told(abstract: str) -> None:
    assert told(abstract) is None


def test_some_words_count_in_the_title_alone() -> None:
    assert (
        own_words(RANDOMISED_TITLE, read(("title", "A randomised trial"))) == 'title "randomised"'
    )
    assert own_words(RANDOMISED_TITLE, read(("abstract", "A randomised trial"))) is None
    assert own_words(NOTICE, read(("title", "Erratum to: Gout"))) == 'title "Erratum to"'
    assert own_words(NOTICE, read(("title", "Correction of a squint"))) is None


def test_the_first_place_where_a_paper_says_it_of_itself_counts() -> None:
    texts = [
        ("title", "No retrospective study"),
        ("abstract", "An earlier retrospective study was small; ours was done in retrospect."),
    ]
    assert own_words(RETROSPECTIVE, read(*texts)) == 'abstract "in retrospect"'
    assert own_words(SYSTEMATIC, read(*texts)) is None


def test_words_of_case_reports_and_reviews_count_only_beside_few_patients_or_none() -> None:
    case = "We report a child with gout."
    assert told(case, n=FEW) == ("case report or series", 'abstract "We report a child"')
    assert told(case, n=FEW + 1) is None
    assert told("This review covers our years.") == ("narrative review", 'abstract "This review"')
    assert told("This review covers our years.", n=1) is None


def test_every_cue_tells_a_design_that_has_a_level() -> None:
    assert {cue.design for cue in CUES} <= DESIGNS.keys()
