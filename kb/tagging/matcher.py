"""A vocabulary made ready for reading: one automaton for its terms and its cues.

A passage is brought to its matching form: accents off, lower case, every run of separators one
space, two where a sentence ends. One pass of an Aho-Corasick automaton finds in it all terms and
all cues of the rules (docs/decisions/0003-pyahocorasick.md). Each stands in the automaton with a
space at either end: a match lies between word boundaries, runs over no end of a sentence and hides
no other.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

import ahocorasick

from kb.tagging.negation import Nature
from kb.tagging.vocabulary import Rule, Topic, Vocabulary, closure, exploded
from kb.tagging.wording import STOP, openings, phrasings, spaced, words

GAP = re.compile("  +")
# Characters on either side of a match in which a ``near`` cue counts: about a clause.
NEAR = 60
LONG = 12  # letters of a word that an abbreviation stands for
_last = itemgetter(2)  # where a cue of a passage ends


@dataclass(frozen=True, slots=True)
class Pattern:
    """Numbers of cues: met where all that should be there are, and none that should not."""

    present: frozenset[int]
    absent: frozenset[int]

    def met(self, cues: set[int]) -> bool:
        return self.present <= cues and self.absent.isdisjoint(cues)


@dataclass(frozen=True, slots=True)
class Sense:
    """A rule in patterns."""

    needs: tuple[Pattern, ...]
    near: tuple[Pattern, ...]
    unless: tuple[Pattern, ...]

    def accepts(self, cues: set[int]) -> bool:
        """Whether a record with these cues uses the words in this sense."""
        needed = not self.needs or any(pattern.met(cues) for pattern in self.needs)
        return needed and not any(pattern.met(cues) for pattern in self.unless)


@dataclass(frozen=True, slots=True)
class TermEntry:
    """One way to write a term. ``rule`` is empty for an exception; ``words`` are its cased words
    where case counts; ``order`` is the place of its topic in the vocabulary; ``senses`` are its
    own rule, beside that of the topic; ``nature`` as in the topic; ``capitals`` are the
    abbreviations in a synonym, in lower case."""

    topic: str
    order: int
    rule: str
    words: tuple[str, ...]
    senses: tuple[Sense, ...]
    nature: Nature
    capitals: frozenset[str] = frozenset()

    def written_so(self, surface: str) -> bool:
        """Whether the surface keeps the capitals of an abbreviation."""
        return not self.words or all(
            seen == word
            for seen, word in zip(words(surface), self.words, strict=True)
            if not word.islower()
        )


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage and what the automaton finds in it: terms and groups of cues with (start, end) in
    its matching form, by their ends."""

    field: str
    text: str
    padded: str
    entries: list[tuple[TermEntry, int, int]]
    cues: list[tuple[Sequence[int], int, int]]

    def all_cues(self) -> set[int]:
        return set().union(*(cues for cues, _, _ in self.cues))

    def has_near(self, patterns: Sequence[Pattern], start: int, end: int) -> bool:
        """Whether a pattern is met around a match, not counting the match's own words."""
        since = bisect_left(self.cues, start - NEAR, key=_last)
        until = bisect_right(self.cues, end + NEAR, key=_last)
        nearby = {
            cue
            for cues, first, last in self.cues[since:until]
            for cue in cues
            if (start - NEAR <= first and last <= start) or (end <= first and last <= end + NEAR)
        }
        return any(pattern.met(nearby) for pattern in patterns)

    def offsets(self) -> Offsets:
        return Offsets(*_gaps(self.padded))


@dataclass(frozen=True, slots=True)
class Offsets:
    """From the matching form back to the text: the places of the spaces that stand for a longer
    run, and what to add to an offset after none, one, two … of them."""

    places: Sequence[int]
    cut: Sequence[int]

    def __call__(self, place: int) -> int:
        return place + self.cut[bisect_left(self.places, place)]


@dataclass(frozen=True, slots=True)
class MeshEntry:
    """Descriptors that together say a topic; ``order`` is their place among those of all topics."""

    order: tuple[int, int]
    topic: str
    rule: str
    descriptors: tuple[str, ...]
    senses: tuple[Sense, ...]


@dataclass(frozen=True)
class Matcher:
    """``headings`` by their first descriptor, UIs by name, ``wider`` descriptors that one stands
    for. By topic: its ``terms`` in the matching form, the wider topics ``above`` and the narrower
    ones ``below`` it, itself included, the signs and diseases above that one with a rule of its
    own ``rests_on``, and the ``rules``. ``abbreviations`` are those with an entry of their own,
    their words parted by a space; ``spelled`` has by abbreviation in a synonym the synonyms beside
    it, where one may spell it out; both are ``told`` by a text that defines them."""

    automaton: ahocorasick.Automaton
    headings: Mapping[str, Sequence[MeshEntry]]
    uis: Mapping[str, str]
    wider: Mapping[str, Sequence[str]]
    terms: Mapping[str, Sequence[str]]
    above: Mapping[str, frozenset[str]]
    below: Mapping[str, frozenset[str]]
    rests_on: Mapping[str, frozenset[str]]
    rules: Mapping[str, tuple[Sense, ...]]
    abbreviations: frozenset[str]
    spelled: Mapping[str, str]
    told: frozenset[str]

    def read(self, field: str, text: str) -> Passage:
        padded = f" {spaced(text)} "
        passage = Passage(field, text, padded, [], [])
        for last, (length, entries, cues) in self.automaton.iter(single_spaced(padded)):
            start = last - length + 2
            if entries:
                passage.entries.extend([(entry, start, last) for entry in entries])
            if cues:
                passage.cues.append((cues, start, last))
        return passage


def single_spaced(padded: str) -> str:
    """Spaced text with one space for each run of them, more at the end of a sentence."""
    return f" {' '.join(padded.split())} ".replace(STOP, " ")


def _gaps(padded: str) -> tuple[list[int], list[int]]:
    """The text begins at 1 in ``padded``."""
    places: list[int] = []
    cut = [-1]
    for run in GAP.finditer(padded):
        places.append(run.start() - cut[-1] - 1)
        cut.append(cut[-1] + len(run[0]) - 1)
    return places, cut


@lru_cache(maxsize=4)
def matcher(vocabulary: Vocabulary) -> Matcher:
    cues: dict[str, int] = {}
    entries: dict[str, list[TermEntry]] = defaultdict(list)
    terms: dict[str, list[str]] = defaultdict(list)
    headings: dict[str, list[MeshEntry]] = defaultdict(list)
    for order, topic in enumerate(vocabulary.topics):
        for key, entry in _entries(topic, order, cues):
            entries[key].append(entry)
            if entry.rule:
                terms[topic.topic].append(key)
        for number, heading in enumerate(topic.mesh):
            senses, rule = _senses((topic.rule, heading.rule), cues), f"mesh:{heading.ui}"
            headings[heading.descriptors[0]].append(
                MeshEntry((order, number), topic.topic, rule, heading.descriptors, senses)
            )
    rules = {topic.topic: _senses((topic.rule,), cues) for topic in vocabulary.topics}
    pairs = closure(vocabulary)
    ruled = {topic.topic for topic in vocabulary.topics if topic.rule.needs}
    signs = {topic.topic for topic in vocabulary.topics if topic.nature == "sign"}
    spelled = _spelled(vocabulary.topics)
    abbreviations = frozenset(
        " ".join(entry.words) for many in entries.values() for entry in many if entry.words
    )
    return Matcher(
        automaton=_automaton(entries, cues),
        headings=headings,
        uis={name: ui for ui, name in vocabulary.descriptors.items()},
        wider=exploded(vocabulary),
        terms=terms,
        above=_groups((topic, ancestor) for ancestor, topic in pairs),
        below=_groups(pairs),
        rests_on=_groups(
            (topic, ancestor)
            for ancestor, topic in pairs
            if topic in ruled and ancestor in signs and ancestor != topic
        ),
        rules=rules,
        abbreviations=abbreviations,
        spelled=spelled,
        told=abbreviations.union(spelled),
    )


def _capitals(text: str) -> list[str]:
    return [word for word in words(text) if len(word) > 2 and word.isupper() and word.isalpha()]


def _spelled(topics: Iterable[Topic]) -> dict[str, str]:
    """By abbreviation in a synonym, all synonyms of its topics, where a long word among them begins
    as it does: MIBG beside metaiodobenzylguanidine."""
    beside: dict[str, str] = defaultdict(str)
    for topic in topics:
        texts = [term.text for term in topic.synonyms]
        for short in {short for text in texts for short in _capitals(text)}:
            beside[short] += " ".join(texts).lower() + " "
    return {
        short: text
        for short, text in beside.items()
        if any(_may_spell(short.lower(), word) for word in text.replace("-", "").split())
    }


def _may_spell(short: str, word: str) -> bool:
    """Whether a long word begins with the first letter and has the others in their order."""
    letters = iter(word)
    in_order = all(letter in letters for letter in short)
    return in_order and len(word) >= LONG and word[0] == short[0] and short not in word


def _groups(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    groups: dict[str, set[str]] = defaultdict(set)
    for key, member in pairs:
        groups[key].add(member)
    return {key: frozenset(members) for key, members in groups.items()}


def _entries(topic: Topic, order: int, cues: dict[str, int]) -> Iterator[tuple[str, TermEntry]]:
    """The exceptions and terms of a topic by the way they stand in the matching form."""
    for text in topic.exceptions:
        for way in phrasings(text):
            yield _key(way), TermEntry(topic.topic, order, "", (), (), topic.nature)
    for term in topic.synonyms + topic.abbreviations:
        cased = term.kind == "abbreviation"
        capitals = frozenset() if cased else frozenset(map(str.lower, _capitals(term.text)))
        rule, senses = f"{term.kind}:{term.text}", _senses((term.rule,), cues)
        for way in phrasings(term.text, cased):
            written = way if cased else ()
            yield (
                _key(way),
                TermEntry(topic.topic, order, rule, written, senses, topic.nature, capitals),
            )


def _senses(rules: Iterable[Rule], cues: dict[str, int]) -> tuple[Sense, ...]:
    """The rules that ask something, in patterns; a cue not met before gets the next number."""

    def numbers(text: str) -> frozenset[int]:
        return frozenset(cues.setdefault(cue, len(cues)) for cue in text.split(" + ") if cue)

    def patterns(texts: Iterable[str]) -> tuple[Pattern, ...]:
        parts = (text.partition(" - ") for text in texts)
        return tuple(Pattern(numbers(present), numbers(absent)) for present, _, absent in parts)

    return tuple(
        Sense(patterns(rule.needs), patterns(rule.near), patterns(rule.unless))
        for rule in rules
        if rule != Rule()
    )


def _automaton(
    entries: Mapping[str, Sequence[TermEntry]], cues: Mapping[str, int]
) -> ahocorasick.Automaton:
    """Finds the keys in the matching form; the value of each is (length, terms, cues)."""
    numbers: dict[str, set[int]] = defaultdict(set)
    for cue, number in cues.items():
        is_open = cue.endswith("*")
        for way in openings(cue) if is_open else phrasings(cue):
            numbers[_key(way)[:-1] if is_open else _key(way)].add(number)
    automaton = ahocorasick.Automaton()
    for key in dict.fromkeys([*entries, *numbers]):
        value = (len(key), entries.get(key, ()), sorted(numbers.get(key, ())))
        automaton.add_word(key, value)
    automaton.make_automaton()
    return automaton


def _key(way: Iterable[str]) -> str:
    return f" {' '.join(way).lower()} "
