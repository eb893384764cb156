"""The search fields of PubMed: their tags, and what is looked up in each."""

from __future__ import annotations

from collections import Counter

import pytest
from standin_records import CORPUS

from harvest.standin.fields import ALL, BY_TAG, FIELDS, SearchField, days, lookup, phrase, spanned


def of(tag: str) -> SearchField:
    return BY_TAG[tag]


def test_a_tag_belongs_to_one_field() -> None:
    tags = Counter(tag.casefold() for this in FIELDS for tag in {this.name, this.full, *this.tags})
    assert [tag for tag, times in tags.items() if times > 1 and BY_TAG[tag].name != tag] == []


@pytest.mark.parametrize(
    ("tag", "name"),
    [("ti", "TITL"), ("tiab", "TIAB"), ("mh:noexp", "MESH"), ("title/abstract", "TIAB")],
)
def test_short_and_long_tags_name_the_same_field(tag: str, name: str) -> None:
    assert of(tag).name == name


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Opsoclonus-Myoclonus", "opsoclonus myoclonus"),
        ("neuro*", "neuro*"),
        (" * ", ""),
        ("Müller's", "muller s"),
    ],
)
def test_a_phrase_is_its_words_and_keeps_what_ends_a_stem(text: str, words: str) -> None:
    assert phrase(text) == words


@pytest.mark.parametrize(
    ("tag", "text", "quoted", "pmids"),
    [
        ("ti", "neuroblastoma", False, {11, 12}),
        ("mh", "neuroblastoma", False, {11, 12}),
        ("mh", "neuro", False, set()),
        ("au", "doe j", False, {11, 12, 14}),
        ("au", "doe j", True, {11}),
        ("doi", "10.1234/ab(12)c", False, {12}),
        ("ti", "", False, set()),
    ],
)
def test_a_field_is_looked_up_in_its_own_way(
    tag: str, text: str, quoted: bool, pmids: set[int]
) -> None:
    assert lookup(CORPUS, of(tag), text, quoted=quoted) == pmids


def test_a_number_without_a_tag_is_a_pmid_too() -> None:
    assert lookup(CORPUS, ALL, "12", quoted=False) == {12}


@pytest.mark.parametrize(
    ("low", "high", "both"),
    [
        ("2009", "2010", ("2009/01/01", "2010/12/31")),
        ("2009/2", "2009/2", ("2009/02/01", "2009/02/31")),
        ("May", "2010", None),
    ],
)
def test_a_date_that_is_not_whole_is_its_first_and_its_last_day(
    low: str, high: str, both: tuple[str, str] | None
) -> None:
    assert days(low, high) == both


def test_only_dates_and_pmids_have_ranges() -> None:
    assert spanned(CORPUS, of("uid"), "12", "13") == (frozenset({12, 13}), "12:13[UID]")
    assert spanned(CORPUS, of("uid"), "12", "12") == (frozenset({12}), "12[UID]")
    assert spanned(CORPUS, of("ti"), "12", "13") is None
    assert spanned(CORPUS, of("dp"), "a", "b") is None
