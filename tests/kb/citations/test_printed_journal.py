"""By which names, abbreviations and misprints a citation prints a journal."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cited_papers import BHATIA, MARIS, compared, is_of

from kb.citations.printed_journal import (
    before_number,
    is_abbreviated,
    is_journal,
    is_misprinted,
)


@pytest.mark.parametrize(
    "printed",
    [
        "J Neurol. 2022",
        "J. Neurol. 2022",
        "J.Neurol.2022",
        "J Neurol (2022)",
        "Journal of Neurology 2022",
        "The Journal of Neurology, 2022",
        "J Neurol, vol. 2022",
    ],
)
def test_a_journal_agrees_by_abbreviation_or_title(printed: str) -> None:
    found = compared(BHATIA, f"Bhatia P. Opsoclonus. {printed};269:750")
    assert found is not None
    assert "the journal agrees" in found.reason


@pytest.mark.parametrize(
    "printed",
    [
        "J Neurog. 2022",
        "J Neurol Sci 2022",
        "Eur J Neurol 2022",
        "J Neurology 2022",
        "Neurol 2022",
        "J Neurol (Berlin) 2022",
    ],
)
def test_a_journal_with_another_name_does_not_agree(printed: str) -> None:
    found = compared(BHATIA, f"Bhatia P. Opsoclonus. {printed};269:750")
    assert found is not None
    assert "the journal is not printed as J Neurol" in found.reason
    assert not found.agrees


@pytest.mark.parametrize("title", ["Lancet : a journal", "Lancet = Lanzette"])
def test_the_subtitle_of_a_journal_is_left_out_in_citations(title: str) -> None:
    paper = replace(MARIS, journal=title, journal_abbrev="Lanc")
    assert is_of(paper, "Maris JM. The Lancet, 2007;369:2106")


@pytest.mark.parametrize(
    ("behind", "words"),
    [
        ("j neurol 2022 269 750", "j neurol"),
        ("2022 j neurol 269", "j neurol"),
        ("in the j neurol vol 269", "the j neurol"),
        ("the lancet 369", "lancet"),
        ("369 2106", ""),
        ("", ""),
    ],
)
def test_the_words_between_title_and_number(behind: str, words: str) -> None:
    assert before_number(behind.split()) == words


NAMES = ("j neurol", "journal of neurology", "cancer")


@pytest.mark.parametrize(
    ("printed", "abbreviated", "misprinted"),
    [
        ("jrn neurol", True, True),
        ("jour of neur", True, False),
        ("j of neurol", True, True),
        ("j neurog", False, True),
        ("canc", False, False),
        ("cancel", False, True),
        ("neurol j", False, False),
        ("", False, False),
    ],
)
def test_abbreviations_go_word_by_word_and_misprints_letter_by_letter(
    printed: str, abbreviated: bool, misprinted: bool
) -> None:
    assert is_abbreviated(printed, NAMES) == abbreviated
    assert is_misprinted(printed, NAMES) == misprinted
    assert is_journal(printed, NAMES) == (abbreviated or misprinted)
