"""The automaton: its matches, their places, and the cues around them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_vocabulary import HEAD

from kb.tagging.matcher import NEAR, Pattern, Sense, matcher, single_spaced
from kb.tagging.topics import tag
from kb.tagging.topics_file import load
from kb.tagging.vocabulary import Vocabulary
from kb.tagging.wording import STOP, spaced


def form(text: str) -> str:
    return single_spaced(f" {spaced(text)} ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "  "),
        ("MIBG\u2013scan", " mibg scan "),
        ("  (Métastases) ", " metastases "),
        ("One. Two; three? Four", " one  two  three  four "),
        ("e.g. p<0.05", " e g  p 0 05 "),
        ("One:.\nTwo", " one   two "),
    ],
)
def test_the_matching_form_has_one_space_between_words_and_more_between_sentences(
    text: str, expected: str
) -> None:
    assert form(text) == expected


@given(st.text(max_size=200))
def test_the_matching_form_begins_and_ends_at_a_word_boundary(text: str) -> None:
    assert form(text)[0] == form(text)[-1] == " "
    more_than_one = "  " in form(text).strip()
    assert not more_than_one or STOP in spaced(text)


@given(st.text(max_size=200))
def test_every_place_of_the_matching_form_leads_back_to_its_character(
    vocabulary: Vocabulary, text: str
) -> None:
    passage = matcher(vocabulary).read("title", text)
    offsets, folded = passage.offsets(), spaced(text)
    for place, char in enumerate(form(text)):
        if char != " ":
            assert folded[offsets(place)] == char


def test_a_pattern_is_met_where_all_that_it_wants_is_there_and_nothing_else_that_it_names() -> None:
    pattern = Pattern(frozenset({1, 2}), frozenset({3}))
    assert pattern.met({1, 2, 4})
    assert not pattern.met({1})
    assert not pattern.met({1, 2, 3})


def test_a_sense_needs_one_of_several_and_none_that_it_bars() -> None:
    one, two, three = (Pattern(frozenset({n}), frozenset()) for n in (1, 2, 3))
    sense = Sense(needs=(one, two), near=(), unless=(three,))
    assert [sense.accepts(cues) for cues in ({1}, {2}, {1, 3}, set())] == [True, True, False, False]
    assert Sense((), (), ()).accepts(set())


@pytest.mark.parametrize(
    ("text", "is_near"),
    [
        ("An abdominal US", True),
        (f"Abdominal {'x' * (NEAR - len(' abdominal '))} US", True),
        (f"Abdominal {'x' * (NEAR - len(' abdominal ') + 1)} US", False),
        ("US of the abdomen, and then a scan", True),
        ("A US army", False),
    ],
)
def test_a_cue_counts_as_near_within_about_a_clause_on_either_side(
    vocabulary: Vocabulary, text: str, is_near: bool
) -> None:
    passage = matcher(vocabulary).read("title", text)
    ((entry, start, end),) = [found for found in passage.entries if found[0].topic == "us"]
    ((near),) = [sense.near for sense in entry.senses]
    assert passage.has_near(near, start, end) is is_near


# Terms that begin, end and lie inside each other, each a topic of its own: every one that a search
# at each word finds has to be found, whatever longer one lies over it.
NESTED = ["bone", "marrow", "bone marrow", "marrow biopsy", "bone marrow biopsy site", "biopsy"]
WORDS = ["bone", "marrow", "biopsy", "site", "bones", "marrowed", "sites", "xbone", "é"]
SEPARATORS = [" ", "-", "  ", " (", ". ", "; ", "/", "\u2009", ", "]


@pytest.fixture(scope="module")
def nested(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    topics = "".join(
        f"  t{i}: {{scheme: A, label: x, definition: y, synonyms: [{term}]}}\n"
        for i, term in enumerate(NESTED)
    )
    path = tmp_path_factory.mktemp("nested") / "topics.yml"
    path.write_text(HEAD + topics, encoding="utf-8")
    return load(path)


def searched_word_by_word(pieces: list[tuple[str, str]]) -> set[tuple[str, int, int]]:
    """What a plain search finds: (topic, start, end)."""
    found = set()
    for number, term in enumerate(NESTED):
        wanted = term.split()
        plural = [*wanted[:-1], wanted[-1] + "s"]
        for first in range(len(pieces) - len(wanted) + 1):
            run = pieces[first : first + len(wanted)]
            unbroken = all(sep not in (". ", "; ") for _, sep in run[:-1])
            if unbroken and [word for word, _ in run] in (wanted, plural):
                start = sum(len(w) + len(s) for w, s in pieces[:first])
                length = sum(len(w) + len(s) for w, s in run) - len(run[-1][1])
                found.add((f"t{number}", start, start + length))
    return found


@given(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(SEPARATORS))))
def test_the_automaton_finds_what_a_search_at_every_word_finds(
    nested: Vocabulary, pieces: list[tuple[str, str]]
) -> None:
    text = "".join(word + separator for word, separator in pieces)
    found = [(e.topic, e.start, e.end) for e in tag(nested, [("title", text)], [])]
    assert len(found) == len(set(found))
    assert set(found) == searched_word_by_word(pieces)
