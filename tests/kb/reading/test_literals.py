"""The letters that a pattern needs: whatever it finds holds some of them."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kb.appraisal
import kb.reading
import kb.tagging
from kb.appraisal.thresholds import score
from kb.data import data_dir
from kb.reading import literals
from kb.reading.literals import EDGE, Finder, letters_of, needed_strings
from kb.tagging.topics_file import load
from kb.tagging.vocabulary import NO_WORDS


@pytest.mark.parametrize(
    ("pattern", "letters"),
    [
        (r"(?<!\w)cut[\s-]?(?:off|point)", ("cut",)),
        (r"\bn\.?\s?=\s?\d+", ("=",)),
        (r"analy[sz]ed|studied", ("analy", "studied")),
        (r"tumou?rs?\s\w+", ("tumo",)),
        (r"(?:more|less) sensitive", (" sensitive",)),
        (r"(?:boys|girls) and (?:[a-z]+ )*men", ("s and ",)),
        (r"\d+ (?=children|infants)", ("children", "infants")),
        (r"(?<=no )\w+ scan\w*", (" scan",)),
        (r"positive(?= value)|ppvs?", ("positive", "ppv")),
        (r"[a-z]+ed\b", ("ed",)),
        (r"(\w)\1 twice", (" twice",)),
        (r"(?>seen|read)++", ("read", "seen")),
        (r"(?:ab){2,}", ("ab",)),
    ],
)
def test_the_rarest_letters_of_a_pattern_are_looked_for(
    pattern: str, letters: tuple[str, ...]
) -> None:
    assert letters_of(re.compile(pattern)) == letters


@pytest.mark.parametrize(
    "pattern", [r"\d+", r"(?:seen)?", r"seen|\w+", r"", r"(?!seen)", r"[^a]", r"(a)?(?(1)b|c)"]
)
def test_a_pattern_that_needs_no_letters_is_tried_on_every_text(pattern: str) -> None:
    assert letters_of(re.compile(pattern)) is None
    assert Finder(pattern).may_find("")


def test_edges_of_words_are_told() -> None:
    assert needed_strings(re.compile(r"\bnot\b|\bnever")) == frozenset(
        (f"{EDGE}not{EDGE}", f"{EDGE}never")
    )


def test_of_several_patterns_one_must_find_something() -> None:
    assert letters_of(re.compile("boys"), re.compile("men|women")) == ("boys", "men")
    assert letters_of(re.compile("boys"), re.compile(r"\w")) is None


def test_a_pattern_for_any_case_is_looked_for_in_any_case() -> None:
    finder = Finder("Kissing|caf\u00e9s", re.IGNORECASE)
    assert [m[0] for m in finder.finditer("kIssing, \u212a\u0131\u017f\u017fING")] == [
        "kIssing",
        "\u212a\u0131\u017f\u017fING",
    ]
    assert not finder.may_find("kiss")


def test_a_finder_finds_what_its_pattern_finds() -> None:
    finder = Finder(r"\bcut (off|point)\b")
    assert [match[1] for match in finder.finditer("cut off, cut point, cut offs")] == [
        "off",
        "point",
    ]
    assert list(finder.finditer("a cat point")) == []


def test_where_python_has_another_parser_every_text_is_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Other:
        @staticmethod
        def parse(pattern: str, flags: int) -> list[tuple[str, int]]:
            del pattern, flags
            return [("SOMETHING_NEW", 1)]

    for parser in (None, Other, object()):
        monkeypatch.setattr(literals, "_parser", parser)
        finder = Finder("men")
        assert finder.letters is None
        assert [match[0] for match in finder.finditer("40 men")] == ["men"]


def finders() -> Iterator[tuple[str, Finder]]:
    """Every finder of the stages that read texts, alone or in a tuple."""
    for package in (kb.reading, kb.tagging, kb.appraisal):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            for name, value in vars(import_module(module.name)).items():
                for each in value if isinstance(value, tuple) else (value,):
                    if isinstance(each, Finder):
                        yield f"{module.name}.{name}", each
    # With the words of a field, and without any.
    for words in (load(data_dir() / "topics.yml").words, NO_WORDS):
        yield f"kb.appraisal.thresholds.SCORE of {len(words.scores)}", score(words.scores)


FINDERS = list(finders())
any_text = settings(
    max_examples=max(5, settings().max_examples // 20),
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)


def test_the_finders_of_counts_and_figures_are_among_them() -> None:
    named = {name.rpartition(".")[2] for name, _ in FINDERS}
    assert {
        "COUNTED",
        "FINDERS",
        "SCORE of 10",
        "AS_CUTOFF",
        "LEVEL",
        "AFTER_N",
        "OWN_STANDARD",
    } <= named


@pytest.mark.parametrize("finder", [pytest.param(each, id=name) for name, each in FINDERS])
@any_text
@given(data=st.data())
def test_nothing_that_a_pattern_finds_is_passed_over(finder: Finder, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(finder.pattern))
    assert finder.may_find(text), (text, finder.letters)


PIECES = st.recursive(
    st.sampled_from(
        [r"\b", r"\d", r"\s", "[ab]", "[^a]", "ab", "a", "B", "c ", ".", r"\w", "\u00e9"]
    ),
    lambda piece: st.one_of(
        st.tuples(piece, piece).map("".join),
        st.tuples(piece, piece).map(lambda two: f"(?:{two[0]}|{two[1]})"),
        st.tuples(piece, st.sampled_from("?*+")).map(lambda two: f"(?:{two[0]}){two[1]}"),
        piece.map(lambda one: f"({one}){{1,2}}"),
        piece.map(lambda one: f"(?={one})"),
    ),
    max_leaves=8,
)


@any_text
@given(PIECES, st.sampled_from([0, re.IGNORECASE]), st.data())
def test_whatever_the_pattern_its_letters_are_in_what_it_finds(
    pattern: str, flags: int, data: st.DataObject
) -> None:
    finder = Finder(pattern, flags)
    text = data.draw(st.text("aAbBcC \u00e9\u00c91\u017f", max_size=12))
    if finder.pattern.search(text):
        assert finder.may_find(text)
    assert len(list(finder.finditer(text))) == len(finder.pattern.findall(text))
