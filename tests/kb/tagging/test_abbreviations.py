"""Abbreviations that a text defines, on invented words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.tagging.abbreviations import Definition, definitions

WANTED = {"GS", "PQ", "WB XQI", "NB", "OMS", "OMSs", "CT", "4S", "US"}


def defined(text: str) -> list[tuple[str, str]]:
    return list(definitions(text, WANTED))


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("We used green signals (GS) twice", "GS", "green signals"),
        ("Oral and maxillofacial surgery (OMS)", "OMS", "Oral and maxillofacial surgery"),
        ("A society of opto-mechanical syndromes (OMSs)", "OMSs", "opto-mechanical syndromes"),
        ("The neuroblasts (NB) of flies", "NB", "neuroblasts"),
        ("whole-body xylo-quartz imaging (WB-XQI)", "WB XQI", "whole-body xylo-quartz imaging"),
        ("Pale quince (PQ; a fruit)", "PQ", "Pale quince"),
        ("Pale quince (PQ, a fruit)", "PQ", "Pale quince"),
        ("Pale quince (PQ = fruit)", "PQ", "Pale quince"),
        ("PQ (pale quince) was sweet", "PQ", "pale quince"),
        ("The OMS was 0.6 (outer mean side) here", "OMS", "outer mean side"),
        ("pale quince\n(PQ)", "PQ", "pale quince"),
        ("The cat test (CT)", "CT", "cat test"),
        ("Fourth stop (4S) of the pale quince (PQ)", "PQ", "pale quince"),
    ],
)
def test_a_definition_is_read_in_both_orders(text: str, short: str, long: str) -> None:
    assert Definition(short, long) in defined(text)


@pytest.mark.parametrize(
    "text",
    [
        "cross-sectional imaging (CT)",  # imaging gives no letter
        "Pale things. Quinces (PQ)",  # begins in another sentence
        "Pale\nQuinces (PQ)",  # in another section
        "pale quince (XY)",  # a form that nobody asked for
        "pale quince (n = 12)",
        "pale quince ()",
        "(PQ)",
        "PQ (a fruit)",
        "PQ (pale quince and more of it)",
        "unquiet pale (PQ)",
        "pale quince (PQ",
    ],
)
def test_what_does_not_spell_out_the_letters_is_none(text: str) -> None:
    assert defined(text) == []


@given(st.text(alphabet="PQpq (),;=.-é4S"))
def test_a_definition_is_made_of_words_of_the_text(text: str) -> None:
    for short, long in defined(text):
        assert short in WANTED
        assert long
        assert long in text
