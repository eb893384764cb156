"""What is derived from a record once: names, citations, passages, headings."""

from __future__ import annotations

from dataclasses import replace

import pytest
from building import article

from kb.record.article import (
    Author,
    Chemical,
    Comment,
    Keyword,
    MeshHeading,
    SupplementaryConcept,
)

PAPER = article(1, title="A scan of children.", authors=["Maris JM"])


@pytest.mark.parametrize(
    ("author", "name"),
    [
        (Author("Maris", "John M", "JM", None, None, None, None), "Maris JM"),
        (Author("Maris", None, None, None, None, None, None), "Maris"),
        (Author(None, "Madonna", None, None, None, None, None), "Madonna"),
        (Author("Maris", None, "J", None, "The Odd Group", None, None), "The Odd Group"),
        (Author(None, None, None, None, None, None, None), ""),
    ],
)
def test_an_author_is_named_as_pubmed_prints_it(author: Author, name: str) -> None:
    assert author.name == name


def test_papers_cited_through_comments_are_those_and_no_other_comments() -> None:
    cites = Comment("Cites", "J Example. 2001", 7, None)
    commented = replace(PAPER, comments=(Comment("ErratumIn", "x", 8, None), cites))
    assert commented.cites == (cites,)


def test_passages_are_title_abstract_and_numbered_keywords_that_hold_text() -> None:
    keywords = (Keyword("MIBG", None, False), Keyword("scan", None, False))
    full = replace(PAPER, abstract="Twelve children.", keywords=keywords)
    assert full.passages == (
        ("title", "A scan of children."),
        ("abstract", "Twelve children."),
        ("keyword:1", "MIBG"),
        ("keyword:2", "scan"),
    )
    assert full.texts == full.passages[:2]
    assert replace(full, title="", abstract=None).passages == full.passages[2:]


def test_headings_are_mesh_supplementary_concepts_and_substances_of_which_mesh_alone_is_major() -> (
    None
):
    indexed = replace(
        PAPER,
        mesh=(MeshHeading("D009447", "Neuroblastoma", "Q1", "pathology", True),),
        supplementary_mesh=(SupplementaryConcept("C1", "Odd disease", "Disease"),),
        chemicals=(Chemical("D2", "Iodine", "0"),),
    )
    assert indexed.headings == (
        ("D009447", "Neuroblastoma", True),
        ("C1", "Odd disease", False),
        ("D2", "Iodine", False),
    )
