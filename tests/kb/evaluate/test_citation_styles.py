"""Citations as journals print them, and the faults that they print."""

from __future__ import annotations

from random import Random

import pytest
from building import article

from kb.evaluate.citation_styles import FAULTS, STYLES, cite, entry, hide_ids

MARIS = article(
    17586306,
    title="Recent advances in neuroblastoma: a review.",
    authors=["Maris JM", "Hogarty MD"],
    journal="Lancet",
    year=2007,
    volume="369",
    issue="9579",
    pages="2106-20",
)


@pytest.mark.parametrize(
    ("style", "printed"),
    [
        ("ACS", "Maris, J. M.; Hogarty, M. D. {}. Lancet 2007, 369, 2106–2120."),
        ("APA", "Maris, J. M., Hogarty, M. D. (2007). {}. Lancet, 369(9579), 2106–2120."),
        ("Harvard", "Maris J. M., Hogarty M. D. (2007). {}. Lancet 369, 2106–2120."),
        (
            "IEEE",
            "[7] J. M. Maris, M. D. Hogarty, “{},” "
            "Lancet, vol. 369, no. 9579, pp. 2106–2120, 2007.",
        ),
        ("Vancouver", "Maris JM, Hogarty MD. {}. Lancet. 2007;369(9579):2106–20."),
    ],
)
def test_a_paper_is_printed_in_five_styles(style: str, printed: str) -> None:
    about = entry(MARIS)
    assert about is not None
    assert STYLES[style](about) == printed.format("Recent advances in neuroblastoma: a review")
    assert len(STYLES) == 5


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_changes_what_it_is_called_after_and_nothing_else(fault: str) -> None:
    about = entry(MARIS)
    assert about is not None
    changes = {
        name
        for seed in range(30)
        for name, value in vars(FAULTS[fault](about, Random(seed))).items()
        if value != getattr(about, name)
    }
    assert changes == {
        {
            "abbreviated title": "title",
            "article number": "pages",
            "misprinted journal": "journal",
            "missing authors": "authors",
            "wrong year": "year",
        }[fault]
    }


def test_a_citation_is_the_same_for_the_same_seed() -> None:
    about = entry(MARIS)
    assert about is not None
    assert cite(about, Random(3), 2) == cite(about, Random(3), 2)
    assert len({cite(about, Random(seed), 1)[0] for seed in range(40)}) > 20


def test_what_no_citation_names_is_not_printed() -> None:
    assert entry(article(1, year=None)) is None
    assert entry(article(1, title="")) is None


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Lancet 2007. doi: 10.1016/S0140-6736(07)60983-0.", "Lancet 2007. "),
        ("Lancet 2007 https://doi.org/10.1016/x PMID: 17586306", "Lancet 2007 https://doi.org/ "),
        ("Lancet 2007 PMC123", "Lancet 2007 "),
        ("Lancet 2007;10.", "Lancet 2007;10."),
    ],
)
def test_identifiers_are_hidden(text: str, hidden: str) -> None:
    assert hide_ids(text) == hidden
