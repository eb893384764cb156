"""How a record is indexed: MeSH, substances, publication types, keywords."""

from __future__ import annotations

from oddities import (
    INDEXED,
    article,
)


def test_mesh_has_a_row_for_each_qualifier_major_where_either_is_starred() -> None:
    assert [(h.descriptor_ui, h.qualifier, h.is_major) for h in article(INDEXED).mesh] == [
        ("D990001", "diagnostic imaging", True),  # the qualifier
        ("D990001", "pathology", False),  # neither
        ("D990002", "therapy", True),  # the descriptor
        ("D990003", None, False),
        ("D990004", None, True),
    ]
    assert article(INDEXED).mesh[0][:4] == (
        *("D990001", "Imaginary Organ", "Q990001", "diagnostic imaging"),
    )


def test_supplementary_concepts_substances_and_publication_types() -> None:
    found = article(INDEXED)

    assert found.supplementary_mesh == (
        ("C990001", "Odd Syndrome, Type 1", "Disease"),
        ("C990002", "ODD protocol", "Protocol"),
    )
    assert found.chemicals == (("D000001", "Oddium", "0"),)
    assert found.publication_types == (
        ("D016428", "Journal Article"),
        ("D016430", "Clinical Trial"),
        (None, "JOURNAL ARTICLE"),
    )


def test_keywords_know_whose_they_are() -> None:
    assert article(INDEXED).keywords == (
        ("first word", "NOTNLM", False),
        ("second word", "NOTNLM", True),
        ("Ethics of Nothing", "KIE", True),
    )
