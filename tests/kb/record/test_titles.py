"""kb.record.titles: titles as one cites them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.record.titles import is_placeholder, without_stop


@pytest.mark.parametrize(
    ("title", "cited"),
    [
        ("Imaging in infants.", "Imaging in infants"),
        ("[Vaccines are drugs].", "[Vaccines are drugs]"),
        ("Deficiency of vitamin D.", "Deficiency of vitamin D"),
        ("Poisoning by CO.", "Poisoning by CO"),
        ("Is it safe?", "Is it safe?"),
        ("At last!", "At last!"),
        ("As found by Maris et al.", "As found by Maris et al."),
        ("Screening in the U.S.A.", "Screening in the U.S.A."),
        (
            "Description of Nothochrysa ehrenbergi sp. nov.",
            "Description of Nothochrysa ehrenbergi sp. nov.",
        ),
        ("A tribute to A. Clifford, Jr.", "A tribute to A. Clifford, Jr."),
        ("And then...", "And then..."),
        ("", ""),
    ],
)
def test_the_full_stop_of_the_sentence_goes_and_that_of_a_word_stays(
    title: str, cited: str
) -> None:
    assert without_stop(title) == cited


@given(st.text())
def test_nothing_but_a_stop_and_the_space_before_it_is_ever_taken(title: str) -> None:
    cited = without_stop(title)
    assert title.startswith(cited)
    assert title[len(cited) :].strip() in ("", ".")


@pytest.mark.parametrize(
    ("title", "says_nothing"),
    [
        ("[Not Available].", True),
        ("[Not available]", True),
        ("[In Process Citation]", True),
        ("[No title available].", True),
        ("Drugs that are not available.", False),
        ("[Neuroblastoma].", False),
        ("", False),
    ],
)
def test_a_placeholder_is_no_title(title: str, says_nothing: bool) -> None:
    assert is_placeholder(title) is says_nothing
