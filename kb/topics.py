"""The topics of a record, with the words and the rule behind each.

A passage is brought to a plain form: accents off, lower case, every run of separators one space,
two where a sentence ends. One pass of an Aho-Corasick automaton finds in it all terms and all cues
of the rules (docs/decisions/0003-pyahocorasick.md). Each stands in the automaton with a space at
either end: a match lies between word boundaries, runs over no end of a sentence and hides no
other. Offsets lead back to the passage as it is stored.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Literal

import ahocorasick

from kb.vocabulary import Rule, Topic, Vocabulary, closure, load
from kb.wording import STOP, openings, phrasings, spaced, words

__all__ = [
    "Evidence",
    "Topic",
    "TopicSummary",
    "Vocabulary",
    "closure",
    "holds",
    "load",
    "tag",
]

Basis = Literal["mesh-major", "mesh", "keyword", "title", "abstract"]
FIELDS: tuple[Basis, ...] = ("mesh", "keyword", "title", "abstract")

GAP = re.compile("  +")
# Characters of plain text on either side of a match in which a ``near`` cue counts: about a clause.
NEAR = 60


@dataclass(frozen=True, slots=True)
class Evidence:
    """One place that says a topic.

    ``start`` and ``end`` count code points of the passage: ``text[start:end] == surface``. MeSH
    has field ``mesh``, no offsets, and the descriptor's name as surface. ``rule`` names what was
    found as the vocabulary writes it: ``synonym:…``, ``abbreviation:…`` or ``mesh:UI+UI``.
    """

    topic: str
    field: str
    start: int | None
    end: int | None
    surface: str
    rule: str
    negated: bool = False
    is_major: bool = False


@dataclass(frozen=True, slots=True)
class TopicSummary:
    """A topic that a record has: how many places by kind of field, and the strongest basis."""

    topic: str
    basis: Basis
    n_mesh: int
    n_keyword: int
    n_title: int
    n_abstract: int
    is_major: bool


def tag(
    vocabulary: Vocabulary,
    passages: Sequence[tuple[str, str]],
    mesh: Sequence[tuple[str | None, str, bool]],
) -> list[Evidence]:
    """Everything in one record that says a topic: the text in reading order, then MeSH.

    ``passages`` are (field, text) with a field that begins title, abstract or keyword. ``mesh`` is
    (UI, name, is_major) of headings, substances and supplementary concepts, each as often as it
    comes; older records print names without UI, and there the name decides.
    """
    matcher = _matcher(vocabulary)
    indexed = matcher.indexed(mesh)
    read = [matcher.read(field, text) for field, text in passages]
    names = matcher.read("mesh", "; ".join(name for name, _ in indexed.values()))
    cues = {cue for passage in [*read, names] for cue, _, _ in passage.cues}
    spans = [matcher.spans(passage, cues) for passage in read]
    return [*chain.from_iterable(spans), *matcher.headings_in(indexed, cues)]


def holds(evidence: Iterable[Evidence]) -> list[TopicSummary]:
    """A row for each topic with evidence that is not negated, in order of appearance."""
    found: dict[str, list[Evidence]] = defaultdict(list)
    for item in evidence:
        if not item.negated:
            found[item.topic].append(item)
    return [_summary(topic, items) for topic, items in found.items()]


def _summary(topic: str, items: Sequence[Evidence]) -> TopicSummary:
    n = {kind: sum(item.field.startswith(kind) for item in items) for kind in FIELDS}
    strongest = next(kind for kind in FIELDS if n[kind])
    is_major = any(item.is_major for item in items)
    basis = "mesh-major" if is_major else strongest
    return TopicSummary(topic, basis, n["mesh"], n["keyword"], n["title"], n["abstract"], is_major)


@dataclass(frozen=True, slots=True)
class _Pattern:
    """Numbers of cues: met where all that should be there are, and none that should not."""

    present: frozenset[int]
    absent: frozenset[int]

    def met(self, cues: set[int]) -> bool:
        return self.present <= cues and self.absent.isdisjoint(cues)


@dataclass(frozen=True, slots=True)
class _Sense:
    """A rule in patterns."""

    needs: tuple[_Pattern, ...]
    near: tuple[_Pattern, ...]
    unless: tuple[_Pattern, ...]

    def accepts(self, cues: set[int]) -> bool:
        """Whether a record with these cues uses the words in this sense."""
        needed = not self.needs or any(pattern.met(cues) for pattern in self.needs)
        return needed and not any(pattern.met(cues) for pattern in self.unless)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One way to write a term. ``rule`` is empty for an exception; ``words`` are its cased words
    where case counts; ``order`` is the place of its topic in the vocabulary."""

    topic: str
    order: int
    rule: str
    words: tuple[str, ...]
    senses: tuple[_Sense, ...]

    def written_so(self, surface: str) -> bool:
        """Whether the surface keeps the capitals of an abbreviation."""
        return not self.words or all(
            seen == word
            for seen, word in zip(words(surface), self.words, strict=True)
            if not word.islower()
        )


_Hit = tuple[int, int, _Entry]


@dataclass(frozen=True, slots=True)
class _Passage:
    """A passage and what the automaton found: (item, start, end) in its plain form."""

    field: str
    text: str
    padded: str
    entries: list[tuple[_Entry, int, int]]
    cues: list[tuple[int, int, int]]

    def has_near(self, patterns: Sequence[_Pattern], start: int, end: int) -> bool:
        """Whether a pattern is met around a match, not counting the match's own words."""
        nearby = {
            cue
            for cue, first, last in self.cues
            if (start - NEAR <= first and last <= start) or (end <= first and last <= end + NEAR)
        }
        return any(pattern.met(nearby) for pattern in patterns)


@dataclass(frozen=True, slots=True)
class _Heading:
    """Descriptors that together say a topic; ``order`` is its place among all headings."""

    order: tuple[int, int]
    topic: str
    rule: str
    descriptors: tuple[str, ...]
    senses: tuple[_Sense, ...]


@dataclass(frozen=True)
class _Matcher:
    """A vocabulary made ready for reading: ``headings`` by their first descriptor, UIs by name."""

    automaton: ahocorasick.Automaton
    headings: Mapping[str, Sequence[_Heading]]
    uis: Mapping[str, str]

    def read(self, field: str, text: str) -> _Passage:
        padded = f" {spaced(text)} "
        plain = f" {' '.join(padded.split())} ".replace(STOP, " ")
        passage = _Passage(field, text, padded, [], [])
        for last, (length, entries, cues) in self.automaton.iter(plain):
            start, end = last - length + 2, last
            passage.entries.extend((entry, start, end) for entry in entries)
            passage.cues.extend((cue, start, end) for cue in cues)
        return passage

    def spans(self, passage: _Passage, cues: set[int]) -> Iterator[Evidence]:
        """Evidence in the passage, in reading order."""
        found: dict[str, list[_Hit]] = defaultdict(list)
        places, cut = _gaps(passage.padded) if passage.entries else ([], [])
        for entry, *place in passage.entries:
            if all(
                sense.accepts(cues) and (not sense.near or passage.has_near(sense.near, *place))
                for sense in entry.senses
            ):
                start, end = (offset + cut[bisect_left(places, offset)] for offset in place)
                if entry.written_so(passage.text[start:end]):
                    found[entry.topic].append((start, end, entry))
        longest = chain.from_iterable(map(_longest, found.values()))
        for start, end, entry in sorted(longest, key=lambda hit: (*hit[:2], hit[2].order)):
            surface = passage.text[start:end]
            yield Evidence(entry.topic, passage.field, start, end, surface, entry.rule)

    def indexed(self, mesh: Sequence[tuple[str | None, str, bool]]) -> dict[str, tuple[str, bool]]:
        """Name and whether it is a major topic by UI, each heading once."""
        found: dict[str, tuple[str, bool]] = {}
        for ui, name, is_major in mesh:
            key = ui or self.uis.get(name, name)
            found[key] = (name, is_major or found.get(key, ("", False))[1])
        return found

    def headings_in(
        self, indexed: Mapping[str, tuple[str, bool]], cues: set[int]
    ) -> Iterator[Evidence]:
        """Evidence in MeSH; a combination is a major topic where one of its descriptors is."""
        candidates = chain.from_iterable(self.headings.get(ui, ()) for ui in indexed)
        for heading in sorted(candidates, key=lambda heading: heading.order):
            here = [indexed[ui] for ui in heading.descriptors if ui in indexed]
            complete = len(here) == len(heading.descriptors)
            if complete and all(sense.accepts(cues) for sense in heading.senses):
                surface = " + ".join(name for name, _ in here)
                yield Evidence(
                    *(heading.topic, "mesh", None, None, surface, heading.rule),
                    is_major=any(major for _, major in here),
                )


def _longest(hits: Sequence[_Hit]) -> Iterator[_Hit]:
    """Matches of one topic without overlaps, the longest first. An exception removes whatever
    overlaps it, unless that holds all of it and more."""
    exceptions = [(start, end) for start, end, entry in hits if not entry.rule]
    kept: list[tuple[int, int]] = []
    for start, end, entry in sorted(hits, key=lambda hit: (hit[0] - hit[1], hit[0], hit[2].rule)):
        bars = [
            (first, last)
            for first, last in exceptions
            if not (start <= first and last <= end and (first, last) != (start, end))
        ]
        if entry.rule and all(end <= first or last <= start for first, last in kept + bars):
            kept.append((start, end))
            yield start, end, entry


def _gaps(padded: str) -> tuple[list[int], list[int]]:
    """Where the plain form is shorter: the places of the spaces that stand for a longer run, and
    what to add to an offset after none, one, two … of them. The text begins at 1 in ``padded``."""
    places: list[int] = []
    cut = [-1]
    for run in GAP.finditer(padded):
        places.append(run.start() - cut[-1] - 1)
        cut.append(cut[-1] + len(run[0]) - 1)
    return places, cut


@lru_cache(maxsize=4)
def _matcher(vocabulary: Vocabulary) -> _Matcher:
    cues: dict[str, int] = {}
    entries: dict[str, list[_Entry]] = defaultdict(list)
    headings: dict[str, list[_Heading]] = defaultdict(list)
    for order, topic in enumerate(vocabulary.topics):
        for key, entry in _entries(topic, order, cues):
            entries[key].append(entry)
        for number, heading in enumerate(topic.mesh):
            senses, rule = _senses((topic.rule, heading.rule), cues), f"mesh:{heading.ui}"
            headings[heading.descriptors[0]].append(
                _Heading((order, number), topic.topic, rule, heading.descriptors, senses)
            )
    uis = {name: ui for ui, name in vocabulary.descriptors.items()}
    return _Matcher(_automaton(entries, cues), headings, uis)


def _entries(topic: Topic, order: int, cues: dict[str, int]) -> Iterator[tuple[str, _Entry]]:
    """The exceptions and terms of a topic by the way they stand in plain text."""
    for text in topic.exceptions:
        for way in phrasings(text):
            yield _key(way), _Entry(topic.topic, order, "", (), ())
    for term in topic.synonyms + topic.abbreviations:
        cased = term.kind == "abbreviation"
        rule, senses = f"{term.kind}:{term.text}", _senses((topic.rule, term.rule), cues)
        for way in phrasings(term.text, cased):
            yield _key(way), _Entry(topic.topic, order, rule, way if cased else (), senses)


def _senses(rules: Iterable[Rule], cues: dict[str, int]) -> tuple[_Sense, ...]:
    """The rules that ask something, in patterns; a cue not met before gets the next number."""

    def numbers(text: str) -> frozenset[int]:
        return frozenset(cues.setdefault(cue, len(cues)) for cue in text.split(" + ") if cue)

    def patterns(texts: Iterable[str]) -> tuple[_Pattern, ...]:
        parts = (text.partition(" - ") for text in texts)
        return tuple(_Pattern(numbers(present), numbers(absent)) for present, _, absent in parts)

    return tuple(
        _Sense(patterns(rule.needs), patterns(rule.near), patterns(rule.unless))
        for rule in rules
        if rule != Rule()
    )


def _automaton(
    entries: Mapping[str, Sequence[_Entry]], cues: Mapping[str, int]
) -> ahocorasick.Automaton:
    """Finds the keys in plain text; the value of each is (length, terms, cues)."""
    numbers: dict[str, set[int]] = defaultdict(set)
    for cue, number in cues.items():
        is_open = cue.endswith("*")
        for way in openings(cue) if is_open else phrasings(cue):
            numbers[_key(way)[:-1] if is_open else _key(way)].add(number)
    automaton = ahocorasick.Automaton()
    for key in dict.fromkeys([*entries, *numbers]):
        automaton.add_word(key, (len(key), entries.get(key, ()), sorted(numbers[key])))
    automaton.make_automaton()
    return automaton


def _key(way: Iterable[str]) -> str:
    return f" {' '.join(way).lower()} "
