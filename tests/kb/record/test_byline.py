"""Who a record names: authors and groups, investigators, people that it is about."""

from __future__ import annotations

import pytest
from oddities import (
    OLD,
    PEOPLE,
    article,
    parsed,
)

from kb.record.article import (
    Author,
    Contributor,
)


def test_authors_are_people_and_groups_in_their_order_without_misspelled_doubles() -> None:
    found = article(PEOPLE).authors

    assert [author.last_name or author.collective for author in found] == [
        *("Quince", "Bramble", "Clover", "Damson", "Elder", "Hedge Study Group")
    ]
    assert found[0] == Author(
        *("Quince", "Tree A", "TA", "Jr", None, "0000-0002-1825-0097"),
        "Orchard One.; Orchard Two.",
    )
    assert not article(PEOPLE).authors_complete


def test_an_orcid_comes_in_three_forms_and_a_wrong_check_digit_makes_none() -> None:
    assert [author.orcid for author in article(PEOPLE).authors[:5]] == [
        "0000-0002-1825-0097",
        "0000-0002-1694-233X",
        "0000-0001-5109-3700",
        None,  # a wrong check digit
        None,  # an ISNI
    ]


def test_in_old_records_the_affiliation_beside_the_list_is_the_first_authors() -> None:
    first, second = article(OLD).authors

    assert (first.fore_name, first.affiliation) == ("Purple", "Old Ward, Nowhere.")
    assert (second.fore_name, second.affiliation) == ("Green", "New Ward.")
    assert parsed("<Article><Affiliation>Nobody's.</Affiliation></Article>").authors == ()


def test_investigators_and_subjects_are_no_authors() -> None:
    assert article(PEOPLE).contributors == (
        Contributor("investigator", "Gorse", "Yellow", "Y", None),
        Contributor("subject", "Fern", "Old", "O", None),
    )


@pytest.mark.parametrize("authors", ["", "<AuthorList/>", "<AuthorList><Author/></AuthorList>"])
def test_a_record_without_authors_is_not_said_to_lack_some(authors: str) -> None:
    found = parsed(f"<Article>{authors}</Article>")

    assert found.authors == ()
    assert found.authors_complete
