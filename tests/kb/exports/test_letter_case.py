from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.exports.letter_case import words


@pytest.mark.parametrize(
    ("title", "meant"),
    [
        ("Expression of TGF-β1 and β-catenin", ["TGF-β1", "β-catenin"]),
        ("Fentanyl 3.0 μg/ml and 0.5 mg/kg of it", ["μg/ml", "mg/kg"]),
        ("A dose of 37 mg, or 5 ml", ["mg,", "ml"]),
        (
            "Loss of p53 and of p85alpha in c-Mpl-deficient mice",
            ["p53", "p85alpha", "c-Mpl-deficient"],
        ),
        ("[(eta5-C5H5)Fe(CO)2] and mRNA", ["[(eta5-C5H5)Fe(CO)2]"]),
        ("Stage 4 s disease", ["s"]),
        # What is a word, or begins with a large letter, may be set in title case.
        ("Ml and mg without a number, min and d", []),
        ("An MIBG scan of 12 children in 5 minutes", []),
        ("Real-time X-ray of 36-year-old men, type-1 error", []),
        ("", []),
    ],
)
def test_symbols_and_units_mean_something_by_their_small_letters(
    title: str, meant: list[str]
) -> None:
    assert [word for word, is_meant in words(title) if is_meant] == meant


@given(st.text(alphabet="aβ1 -\tXp"))
def test_nothing_of_a_title_is_lost(title: str) -> None:
    assert "".join(word for word, _ in words(title)) == title
