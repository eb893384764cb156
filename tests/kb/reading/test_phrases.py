"""Phrases as a person writes them, and what they find."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.reading.phrases import pattern

SETS = {"be": ["was", "were"], "people": ["child*", "<be> boy[s]"]}


def found(phrase: str, text: str) -> list[str]:
    return [match[0] for match in re.finditer(pattern([phrase], SETS), text)]


@pytest.mark.parametrize(
    ("phrase", "text", "words"),
    [
        ("gold standard", "the gold\u00a0standard, goldstandard", ["gold\u00a0standard"]),
        ("gold standard", "gold standards", []),
        ("(was|were) seen", "was seen, were seen, are seen", ["was seen", "were seen"]),
        ("randomi(s|z)ed", "randomised or randomized", ["randomised", "randomized"]),
        ("[the] aim[s]", "the aims, aim", ["the aims", "aim"]),
        ("seen [in two]", "seen in two, seen", ["seen in two", "seen"]),
        ("not [yet|been]* seen", "not yet been seen, not seen", ["not yet been seen", "not seen"]),
        ("scan*", "scan scanner rescan", ["scan", "scanner"]),
        ("<be> seen", "was seen", ["was seen"]),
        ("<people>", "children; were boys", ["children", "were boys"]),
        ("<number> boys", "12 boys, twenty-one boys", ["12 boys", "twenty-one boys"]),
        ("<number> boys", "1,204 boys", ["1,204 boys"]),
        ("in <count>", "in 12, in four, in 1985 and in 2004", ["in 12", "in four"]),
        ("no ...2 seen", "no big grey cat seen; no cat seen, no one was seen", ["no cat seen"]),
        ("non-random", "nonrandom non-random", ["nonrandom", "non-random"]),
        ("non-random", "non random", ["non random"]),
        (r"\(roc\)", "(roc)", ["(roc)"]),
        ("n =", "n =", ["n ="]),
        ("κ", "κ", ["κ"]),
    ],
)  # fmt: skip
def test_a_phrase_finds_what_it_says(phrase: str, text: str, words: list[str]) -> None:
    assert found(phrase, text) == words


@pytest.mark.parametrize(
    "phrase",
    ["", " a", "a  b", "a ", "(a|b", "[a", "a)", "a]", "<nobody> is", "[a]", "[a] ...3", "(|"],
)
def test_what_is_no_phrase_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match=r"space|opens|closed|among|needed|nothing"):
        pattern([phrase], SETS)


def test_of_several_phrases_the_longest_is_tried_first() -> None:
    assert re.findall(pattern(["at least", "at least as many as"]), "at least as many as") == [
        "at least as many as"
    ]


@given(st.text(alphabet="ab([|])<>* .1-\\", max_size=12))
def test_any_text_is_a_phrase_or_refused(phrase: str) -> None:
    try:
        written = pattern([phrase])
    except ValueError:
        return
    re.compile(written)
