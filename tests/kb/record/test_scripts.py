"""kb.record.scripts: what is raised or lowered never changes a number."""

from __future__ import annotations

import re
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.record.markup import text_of
from kb.record.scripts import RAISED, marked, plain_scripts


def plain(xml: str) -> str:
    return text_of(fromstring(f"<t>{xml}</t>"))


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        # powers of ten, as published with and without a space before
        ("Study of 10<sup>4</sup> children", "Study of 10⁴ children"),
        ("1.5 × 10<sup>9</sup>/L", "1.5 × 10⁹/L"),
        ("2.4×10 <sup>28</sup> cells", "2.4×10²⁸ cells"),
        ("5.92 × 10<sup>-7</sup>-1.75 × 10<sup>−6</sup>", "5.92 × 10⁻⁷-1.75 × 10⁻⁶"),
        ("10<sup>2-3</sup> and 10<sup>0.5</sup>", "10^2-3 and 10^0.5"),
        ("10<sup>6</sup> CD34+ cells", "10⁶ CD34+ cells"),
        # units and symbols
        ("80 mg/m<sup>2</sup>", "80 mg/m²"),
        ("mm<sup>3</sup> /year", "mm³ /year"),
        ("65 mg m<sup>-3</sup>, 50 mmol·L<sup>-1</sup>", "65 mg m⁻³, 50 mmol·L⁻¹"),
        ("500 g·(100 g)<sup>-1</sup>", "500 g·(100 g)⁻¹"),
        ("R<sup>2</sup>, I<sup>2</sup> and χ<sup>2</sup>", "R², I² and χ²"),
        ("Ca<sup>2+</sup> and SO<sub>4</sub><sup>2-</sup>", "Ca²⁺ and SO4²⁻"),
        ("37<sup>o</sup>C, 37 <sup>0</sup>C", "37°C, 37 °C"),
        # notes
        ("45<sup>1</sup> patients", "45 ^1 patients"),
        ("2.1<sup>3</sup> (95% CI 1.2-3.4)", "2.1 ^3 (95% CI 1.2-3.4)"),
        ("complications<sup>1,2</sup>. Next", "complications ^1,2. Next"),
        ("metastasis <sup>1</sup> . However", "metastasis ^1 . However"),
        ("et al.<sup>12</sup> found", "et al. ^12 found"),
        ("neuroblastoma<sup>a</sup> and", "neuroblastoma ^a and"),
        ("MRI<sup>2</sup>, CD8<sup>3</sup>", "MRI^2, CD8 ^3"),
        ("at Ser<sup>435</sup> by", "at Ser^435 by"),
        # isotopes
        ("<sup>123</sup>I-MIBG, <sup>99m</sup>Tc-MDP", "123I-MIBG, 99mTc-MDP"),
        ("[<sup>18</sup>F]FDG and (<sup>177</sup>Lu)", "[18F]FDG and (177Lu)"),
        ("I<sup>131</sup>, Tc<sup>99m</sup>, P<sup>32</sup>", "I131, Tc99m, P32"),
        ("10 <sup>18</sup>F scans", "10 18F scans"),
        ("<sup>13</sup> C-labelled, <sup>13</sup>C<sub>6</sub>", "13 C-labelled, 13C6"),
        # letters, signs and indices
        ("the 3<sup>rd</sup> of CD4<sup>+</sup>Foxp3<sup>-</sup>", "the 3rd of CD4+Foxp3-"),
        ("H<sub>2</sub>O, SUV<sub>max</sub>, C<sub>5,6</sub>", "H2O, SUVmax, C5,6"),
        ("log<sub>10</sub>2.5 of pilY<sub>1</sub>1", "log₁₀2.5 of pilY₁1"),
        ("CyberKnife<sup>TM</sup>", "CyberKnife™"),
        ("Lmna<sup>-/-</sup>, S6K1<sup>+/-</sup>", "Lmna-/-, S6K1+/-"),
        ("75 cm<sup>[2]</sup>", "75 cm[2]"),
    ],
)
def test_a_mark_is_written_so_that_every_number_stays_what_it_was(xml: str, text: str) -> None:
    assert plain(xml) == text


@given(
    st.from_regex(r"[0-9]{1,4}(\.[0-9]{1,2})?", fullmatch=True),
    st.from_regex(r"[+-]?[0-9]{1,3}(,[0-9]){0,2}", fullmatch=True),
    st.sampled_from(["", " patients", ", and", "%", "/L"]),
)
def test_no_number_grows_by_what_is_raised_behind_it(number: str, mark: str, after: str) -> None:
    text = plain(f"in {number}<sup>{mark}</sup>{after}")

    assert re.findall(r"[0-9.]*[0-9]", text)[0] == number


@given(st.text(st.sampled_from("ab 1.\x01\x02\x03\x04")))
def test_marks_without_their_other_half_leave_nothing_behind(text: str) -> None:
    assert not re.search("[\x01-\x04]", plain_scripts(text))
    assert plain_scripts(marked("2", RAISED)) == "2"
