"""What a citation text prints: places, years, and words in the form in which they are compared."""

from __future__ import annotations

from dataclasses import replace

import pytest
from building import article
from cited_papers import MARIS, is_of
from hypothesis import given
from hypothesis import strategies as st

from kb.citations.citation import TAIL, TAIL_WORDS, Citation, citable, fold, printed_years

# Where the volume and the first page stand


@pytest.mark.parametrize(
    "place",
    [
        "2007;369:2106–2120",
        "2007;369:2106-20.",
        "2007; 369 (9579): 2106 — 2120",
        "2007;369(9579 Suppl 2):2106",
        "2007 Jun 23;369(9579):2106-20",
        "369 (2007) 2106–2120.",
        "369, 2106–2120 (2007).",
        "369(9579), 2106–2120.",
        "vol. 369, no. 9579, pp. 2106–2120, Jun. 2007.",
        "vol. 369, no. 9578-9579, pp. 2106–2120, 2007.",
        "369.9579 (2007): 2106-20.",
        "369:2106-20, 2007.",
        "369, p. 2106, 2007",
        "2007;369:2106-20; discussion 2121",
        "2007;369:2106–2120. doi: 10.1016/S0140-6736(07)60983-0",
        "2007;369:2106-20. Erratum in: Lancet 2007;370:1483",
        "2007;369:2106.e1-2120.e9",
        "369(2007)2106",
    ],
)
def test_volume_and_page_are_found_in_every_style(place: str) -> None:
    text = f"Maris JM. Neuroblastoma in 4 stages. Lancet {place}"
    assert ("369", "2106") in Citation(text).places


@pytest.mark.parametrize(
    ("place", "not_this"),
    [
        ("2007;369:2100–2106", "2106"),  # where one paper ends another may begin
        ("2007;369:2100 - 2106", "2106"),
        ("2007;369(2106):1", "2106"),  # issue
        ("vol. 369, no. 2106, pp. 1-9, 2007", "2106"),
        ("369.2106 (2007): 1-9", "2106"),
        ("369:2106:1-9", "2106"),
        ("369, 1-9 (2007)", "2007"),
        ("2007;369:1. Erratum in: Lancet 2008;369:2106", "2106"),
        ("2007;370:1 (comment on 2007;369:2106)", "2106"),
        ("369, 2106, 1", "2106"),  # which of the two is the page is not to be known
        ("2007;369", "2007"),
    ],
)
def test_issue_year_and_the_end_of_a_range_are_no_first_page(place: str, not_this: str) -> None:
    assert ("369", not_this) not in Citation(f"Maris JM. Neuroblastoma. Lancet {place}").places


def test_an_article_number_is_the_first_page() -> None:
    about = citable(replace(MARIS, volume="11", pages="270"))
    text = "Vogt C et al. Invent J Tracers 2021;11:270"
    assert (about.volume, about.first_page) in Citation(text).places


def test_one_number_is_not_both_the_volume_and_the_page() -> None:
    about = citable(replace(MARIS, volume="12", pages="12-20"))
    assert (about.volume, about.first_page) == ("12", "12")
    assert ("12", "12") not in Citation("Maris JM. Lancet 2007;12:34").places
    assert ("12", "12") in Citation("Maris JM. Lancet 2007;12:12-20").places


def test_a_surname_that_spells_doi_hides_nothing() -> None:
    text = "Tamura C, Doi M, Ikeda K. Title. J Anesth. 1991;5(3):233-8."
    assert ("5", "233") in Citation(text).places


@pytest.mark.parametrize(
    ("volume", "pages", "text"),
    [
        ("68 Suppl 2", "e28473", "Chung C. Pediatr Blood Cancer 2021;68(Suppl 2):e28473"),
        ("12", "CD010685", "Chung C. Pediatr Blood Cancer 2021;12:CD010685"),
        ("12", "1S-20S", "Chung C. Pediatr Blood Cancer 2021;12:1S–20S"),
        ("12", "S63-6", "Chung C. Pediatr Blood Cancer 2021;12 Suppl:S63-S66"),
        ("3", "99ra86", "Chung C. Pediatr Blood Cancer 2021, 3(99), 99ra86."),
        ("25-26", "7", "Chung C. Pediatr Blood Cancer 2021;25-26:7"),
        ("105-B", "7-9", "Chung C. Pediatr Blood Cancer 2021;105-B(2):7-9"),
        ("56 ( Pt 10)", "1-4", "Chung C. Pediatr Blood Cancer 2021;56(Pt 10):1-4"),
        ("14", "100123", "Chung C. Pediatr Blood Cancer 14 (2021) 100123."),
        ("2021", "1234567", "Chung C. Pediatr Blood Cancer 2021;2021:1234567"),
        ("41", "1787; discussion 1791", "Chung C. Pediatr Blood Cancer 2021;41(8):1787"),
    ],
)
def test_article_numbers_supplements_and_odd_volumes(volume: str, pages: str, text: str) -> None:
    journal = "Pediatr Blood Cancer"
    about = {"volume": volume, "pages": pages, "journal": journal, "year": 2021}
    assert is_of(article(1, authors=["Chung C"], **about), text)


# Years


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("Lancet 2007;369:2106-20", [2007]),
        ("Brookfield J. 2007a. Can genes be redundant? Curr. Biol. 2:553-554", [2007]),
        ("N Engl J Med 2007;357:1901-1911", [2007]),
        ("J Bone Joint Surg 2007;89:2010", [2007]),
        ("J Bone Joint Surg 2007;89: 2010", [2007]),
        ("Published 2017-04-19", [2017]),
        ("1998 Dec-1999 Jan", [1998]),
        ("PLoS One 12:e2012", []),
        ("The 1918 influenza. 2007", [1918, 2007]),
        ("", []),
    ],
)
def test_pages_and_article_numbers_are_no_years(text: str, years: list[int]) -> None:
    assert printed_years(text) == years


# Folding

LATIN = st.text("aäbcdéeñłøoßæœuıü yz0123 ", min_size=1)


@given(text=LATIN, mark=st.sampled_from([" ", ". ", ", ", " - ", "  ", "; ", "\u00a0", "\n"]))
def test_folding_is_blind_to_case_spaces_and_marks(text: str, mark: str) -> None:
    folded = fold(text)
    assert fold(mark.join(text.split())) == folded
    assert fold(text.upper()) == folded
    assert fold(f"«{text}…»") == folded
    assert fold(folded) == folded


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Pötschger  U.", "potschger u"),
        ("Neuro\u00adblastoma\u200b", "neuroblastoma"),
        ("ﬁbrosis²", "fibrosis2"),
        ("Cañestro Łoś", "canestro los"),
        ("a_b—c", "a b c"),
        ("神经母细胞瘤", "神经母细胞瘤"),
        ("…", ""),
    ],
)
def test_folding_keeps_letters_and_digits_of_every_script(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.from_regex(TAIL))
def test_no_tail_is_missed_for_the_words_that_are_looked_for_first(text: str) -> None:
    assert any(word in text for word in TAIL_WORDS)
