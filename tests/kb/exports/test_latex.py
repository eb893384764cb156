"""Text in the LaTeX of a bibliography."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.exports.latex import braced, escaped, family, name_part, title


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("50% & more_#1 for $2", r"50\% \& more\_\#1 for \$2"),
        ("p < 0.05 and > 3", "p $<$ 0.05 and $>$ 3"),
        ("B --> K, a---b", "B -{}-$>$ K, a-{}-{}-b"),
        ("``so'' it's", "`{}`so'{}' it's"),
        ("a~b^c\\d", r"a\textasciitilde{}b\textasciicircum{}c\textbackslash{}d"),
        ("[M{CpFe}2]", r"[M\{CpFe\}2]"),
        ("a } b {", r"a \textbraceright{} b \textbraceleft{}"),
    ],
)
def test_nothing_is_left_that_latex_would_run_or_join(text: str, written: str) -> None:
    assert escaped(text) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Imaging in infants", "Imaging in infants"),
        ("MIBG imaging in Neuroblastoma", "{MIBG} imaging in {Neuroblastoma}"),
        ("p53 and mTOR: a review", "{p53} and {mTOR:} {a} review"),
        ("[Imaging of children]", "{[Imaging} of children]"),
        ("123I-mIBG of 10⁴ children", "{123I-mIBG} of 10⁴ children"),
        ("Is it? yes. No", "Is it? {yes.} {No}"),
        ("Of [M{CpFe}2] units", r"Of {[M\{CpFe\}2]} units"),
        ("Of {two words} here", r"{Of \{two words\} here}"),
        ("", ""),
    ],
)
def test_a_word_whose_letters_a_style_would_change_is_in_braces(text: str, written: str) -> None:
    assert title(text) == written


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Li", "Li"),
        ("García Márquez", "García Márquez"),
        ("Costa e Silva", "{Costa e Silva}"),
        ("Mendes de Leon", "{Mendes de Leon}"),
        ("da Costa e Silva", "{da Costa e Silva}"),
        ("de la Hoz", "{de la Hoz}"),
        ("da Costa Oliveira", "{da Costa Oliveira}"),
        ("deVere White", "{deVere White}"),
        ("de-Thé", "{de-Thé}"),
        ("Li, Wu", "{Li, Wu}"),
        ("De and Li", "{De and Li}"),
        ("", ""),
    ],
)
def test_a_family_name_of_several_words_is_one_name(name: str, written: str) -> None:
    assert family(name) == written


@given(st.text())
def test_braces_always_pair(text: str) -> None:
    for written in (escaped(text), title(text), family(text), name_part(text), braced(text)):
        depth = 0
        for sign in written:
            depth += (sign == "{") - (sign == "}")
            assert depth >= 0
        assert depth == 0
