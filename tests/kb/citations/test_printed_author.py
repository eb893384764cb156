"""Whether a citation begins with an author, however names are spelled."""

from __future__ import annotations

from dataclasses import replace

import pytest
from building import article
from cited_papers import MARIS, PARK, is_of
from hypothesis import given
from hypothesis import strategies as st

from kb.citations.citation import author_name
from kb.citations.printed_author import begins_with, may_begin
from kb.record.article import Author


@pytest.mark.parametrize(
    ("author", "printed"),
    [
        ("Pötschger U", "Pötschger U"),
        ("Pötschger U", "Potschger U"),
        ("Pötschger U", "Poetschger U"),
        ("Poetschger U", "Pötschger U"),
        ("Łoś-Ærø Ø", "Los-Aeroe O"),
        ("O'Brien JA", "O’Brien JA"),
        ("O'Brien JA", "OBrien JA"),
        ("OBrien JA", "O'Brien JA"),
        ("de Kraker J", "De Kraker J"),
        ("de Kraker J", "Kraker J de"),
        ("de Kraker J", "J. de Kraker"),
        ("Kraker J", "de Kraker J"),
        ("van der Berg AB", "van der Berg, A.B."),
        ("Smith-Jones AB", "Smith–Jones AB"),
        ("Smith-Jones AB", "Smith Jones AB"),
        ("Maris, John M", "John M. Maris"),
        ("Maris, John M", "J. M. Maris"),
        ("Maris, John M", "J.-M. Maris"),
        ("Maris, John M", "Maris, John M."),
        ("Maris, John M", "12. Maris J"),
        ("Maris, John M", "[12] Maris JM"),
        ("Maris, John M", "Maris et al."),
        ("Dolan JR", "Dolan JR"),
        ("Dolan J", "Dolan Jr J"),
        ("Pearson ADJ", "Pearson AD"),
        ("Mudry, Peter", "Múdry P"),
        ("Li W", "Li W"),
        ("group: Children's Oncology Group", "Children’s Oncology Group."),
        ("王 W", "王 W"),
    ],
)
def test_a_name_is_the_same_however_it_is_spelled(author: str, printed: str) -> None:
    paper = replace(MARIS, authors=article(1, authors=[author]).authors)
    assert is_of(paper, f"{printed}. Lancet 2007;369:2106")


@pytest.mark.parametrize(
    "printed",
    [
        "Maric JM",
        "Maris A",
        "Hogarty MD, Maris JM",
        "J A, Maris JM",
        "Li J, Maris JM",
        "Jones M, Maris JM",
        "St Maris, Anna",
        "Anonymous",
        "Neuroblastoma by Maris JM",
        "A title. Maris JM",
    ],
)
def test_another_first_author_is_another_paper(printed: str) -> None:
    assert not is_of(MARIS, f"{printed}. Lancet 2007;369:2106")


def test_a_paper_whose_record_names_no_author_is_not_known_by_its_text() -> None:
    assert not is_of(replace(MARIS, authors=()), "Maris JM. Lancet 2007;369:2106")


@given(
    st.sampled_from(MARIS.authors + PARK.authors),
    st.lists(
        st.sampled_from(["maris", "jm", "park", "et", "al", "7", "de", "ma", "ris", "caron"]),
        max_size=8,
    ),
)
def test_a_name_that_may_not_begin_does_not(author: Author, words: list[str]) -> None:
    assert may_begin(author, words) or not begins_with(author_name(author), words)
