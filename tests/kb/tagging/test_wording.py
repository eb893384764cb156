"""The ways to write the same words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.tagging.wording import STOP, openings, phrasings, spaced, words


def ways(text: str, cased: bool = False) -> set[str]:
    return {" ".join(way) for way in phrasings(text, cased)}


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Métastases", "metastases"),
        ("PET–CT", "pet ct"),
        ("¹²³I\u2009MIBG", "123i mibg"),
        ("One. Two", f"one{STOP} two"),
        ("p < 0.05", "p   0 05"),
        ("left…right", "left right"),  # three dots for one character: none of them
        (f"a{STOP}b", "a b"),  # of the text itself it ends no sentence
    ],
)
def test_a_text_is_folded_to_lower_case_letters_digits_and_spaces(text: str, folded: str) -> None:
    assert spaced(text) == folded


@given(st.text())
def test_folding_keeps_the_length_so_that_offsets_hold(text: str) -> None:
    assert len(spaced(text)) == len(text)


@given(st.text())
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    once = spaced(text).replace(STOP, " ")
    assert spaced(once) == once


def test_words_keep_their_case_and_nothing_between_them() -> None:
    assert words("(IDRF), métastases–free") == ["IDRF", "metastases", "free"]


@pytest.mark.parametrize(
    ("term", "written"),
    [
        ("adrenal haemorrhage", {"adrenal haemorrhage", "adrenal hemorrhages"}),
        ("paediatric tumour", {"pediatric tumor", "paediatric tumours"}),
        ("metastasis", {"metastasis", "metastases"}),
        ("biopsy", {"biopsy", "biopsies"}),
        ("neuroblastoma", {"neuroblastomas", "neuroblastomata"}),
        ("lesions", {"lesion", "lesions"}),
        ("4S", {"4s"}),
    ],
)
def test_a_term_stands_in_both_spellings_and_both_numbers_of_its_last_word(
    term: str, written: set[str]
) -> None:
    assert written <= ways(term)


def test_only_the_last_word_changes_its_number() -> None:
    assert ways("bone scan") == {"bone scan", "bone scans"}


def test_an_abbreviation_keeps_its_capitals_and_takes_an_s() -> None:
    assert ways("IDRF", cased=True) == {"IDRF", "IDRFs"}
    assert ways("PET/CT", cased=True) == {"PET CT", "PET CTs"}
    assert ways("T1", cased=True) == {"T1"}


def test_a_nuclide_is_written_before_and_after_its_number_joined_and_parted() -> None:
    assert {"123I MIBG", "I123 MIBG", "123 I MIBG", "iodine 123 MIBG", "I 123 MIBG"} <= {
        way.replace("mibg", "MIBG").removesuffix("s") for way in ways("123I-MIBG")
    }
    assert {"Tc 99m", "99 mTc", "technetium 99m"} <= ways("99mTc")
    assert ways("1I") == {"1i"}


def test_an_open_word_is_spelled_in_both_ways_and_not_ended() -> None:
    assert set(openings("haemorrhag")) == {("haemorrhag",), ("hemorrhag",)}
