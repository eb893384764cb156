"""Citations pasted as named fields read as ordinary ones do."""

from __future__ import annotations

import pytest

from kb.citations.template import as_printed

PRINTED = "Quist AE, Arne L. Masses in newborns. J Rare Sounds 2011;14(3):201-9."


@pytest.mark.parametrize(
    "text",
    [
        "author=Quist AE, Arne L | title=Masses in newborns | journal=J Rare Sounds | year=2011 "
        "| volume=14 | issue=3 | pages=201-9",
        "{{cite journal |vauthors=Quist AE, Arne L |title=Masses in newborns "
        "|journal=J Rare Sounds |volume=14 |issue=3 |pages=201-9 |date=2011}}",
        "@article{q, author = {Quist AE, Arne L}, title = {Masses in newborns}, journal = {J Rare "
        'Sounds}, year = 2011, volume = "14", number = "3", pages = {201-9}}',
    ],
)
def test_a_template_or_an_entry_reads_as_it_is_printed(text: str) -> None:
    assert as_printed(text) == PRINTED


def test_the_first_of_several_authors_is_named() -> None:
    text = "last1=Quist|first1=AE|last2=Arne|first2=L|title=Masses|journal=J Rare Sounds|year=2011"
    assert as_printed(text) == "Quist AE. Masses. J Rare Sounds 2011."


def test_a_doi_stays_with_it() -> None:
    text = "title=Masses|journal=J Rare Sounds|year=2011|doi=10.1000/rare.1"
    assert as_printed(text) == "Masses. J Rare Sounds 2011. doi: 10.1000/rare.1"


@pytest.mark.parametrize(
    "text",
    [
        PRINTED,
        "",
        "Arne L. Survival with n = 12 and p = 0.03. J Rare Sounds 2011;14:3.",
        "title=Masses in newborns",
        "https://example.org/?title=masses&journal=none",
    ],
)
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert as_printed(text) == text
