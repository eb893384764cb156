"""The topics of a record, with the words and the rule behind each.

``kb.tagging.matcher`` finds the terms; here is decided which of them are meant (by the rules of the
vocabulary, or by what the record itself says an abbreviation stands for), which of several stands,
and which are denied. Offsets lead back to the passage as it is stored.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from operator import itemgetter
from typing import Literal, NamedTuple

from kb.tagging.abbreviations import Definition, definitions
from kb.tagging.matcher import Matcher, Passage, TermEntry, matcher, single_spaced
from kb.tagging.negation import Denial, Nature, denying, is_denied
from kb.tagging.topics_file import load
from kb.tagging.vocabulary import Topic, Vocabulary, closure

__all__ = [
    "Topic",
    "TopicEvidence",
    "TopicSummary",
    "Vocabulary",
    "closure",
    "holds",
    "load",
    "tag",
]

Basis = Literal["mesh-major", "mesh", "keyword", "title", "abstract"]
_start = itemgetter(0)
SIX = 6  # letters that two names of one thing have in common
FIELDS: tuple[Basis, ...] = ("mesh", "keyword", "title", "abstract")


@dataclass(frozen=True, slots=True)
class TopicEvidence:
    """One place that says a topic.

    ``start`` and ``end`` count code points of the passage: ``text[start:end] == surface``. MeSH
    has field ``mesh``, no offsets, and the descriptor's name as surface. ``rule`` names the term as
    the vocabulary writes it: ``synonym:…``, ``abbreviation:…`` or ``mesh:UI+UI``.
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
) -> list[TopicEvidence]:
    """Everything in one record that says a topic: the text in reading order, then MeSH.

    ``passages`` are (field, text) with a field that begins title, abstract or keyword. ``mesh`` is
    (UI, name, is_major) of headings, substances and supplementary concepts, each as often as it
    comes; older records print names without UI, and there the name decides.
    """
    ready = matcher(vocabulary)
    indexed = _indexed(ready, mesh)
    read = [ready.read(field, text) for field, text in passages]
    names = [ready.read("mesh", "; ".join(name for name, _ in indexed.values()))] if mesh else []
    cues = set().union(*(passage.all_cues() for passage in read + names))
    told = [one for _, text in passages for one in definitions(text, ready.told)]
    defined = _defined(ready, told)
    foreign = frozenset(one.short.lower() for one in told if _is_foreign(ready, one))

    def evidence_by(cues: set[int]) -> list[TopicEvidence]:
        spans = map(_Record(ready, cues, defined, foreign).spans, read)
        return [*chain.from_iterable(spans), *_headings(ready, indexed, cues)]

    evidence = evidence_by(cues)
    if not any(item.negated for item in evidence):
        return evidence
    said = _said(read, evidence).union(*(passage.all_cues() for passage in names))
    return _denied_with(ready, evidence if said == cues else evidence_by(said))


def holds(evidence: Iterable[TopicEvidence]) -> list[TopicSummary]:
    """A row for each topic with evidence that is not negated, in order of appearance."""
    by_topic: dict[str, list[TopicEvidence]] = defaultdict(list)
    for item in evidence:
        if not item.negated:
            by_topic[item.topic].append(item)
    return [_summary(topic, items) for topic, items in by_topic.items()]


def _summary(topic: str, items: Sequence[TopicEvidence]) -> TopicSummary:
    n = {kind: sum(item.field.startswith(kind) for item in items) for kind in FIELDS}
    strongest = next(kind for kind in FIELDS if n[kind])
    is_major = any(item.is_major for item in items)
    basis = "mesh-major" if is_major else strongest
    return TopicSummary(topic, basis, n["mesh"], n["keyword"], n["title"], n["abstract"], is_major)


_Hit = tuple[int, int, TermEntry]


class _Meaning(NamedTuple):
    """What a record defines an abbreviation to stand for: its long forms, in the matching form, the
    topics that they name with those above, those below, and the cues in them."""

    forms: set[str]
    topics: set[str]
    narrower: set[str]
    cues: set[int]

    def allows(self, entry: TermEntry, terms: Sequence[str]) -> bool:
        """Whether the abbreviation may still say this topic by its own rule: a long form names a
        wider topic, is part of a term of this one, or holds what the rule asks for."""
        return (
            entry.topic in self.narrower
            or any(form in term for form in self.forms for term in terms)
            or any(pattern.met(self.cues) for sense in entry.senses for pattern in sense.needs)
        )


@dataclass(frozen=True, slots=True)
class _Record:
    """What holds for all passages of a record: its cues, and the abbreviations it defines."""

    matcher: Matcher
    cues: set[int]
    defined: Mapping[tuple[str, ...], _Meaning]
    foreign: frozenset[str]  # abbreviations of synonyms that it defines as something else
    # As asked before: topics by their own rule, entries by their id.
    held: dict[str, bool] = field(default_factory=dict)
    allowed: dict[int, bool] = field(default_factory=dict)

    def holds(self, topic: str) -> bool:
        """Whether the record is on the ground on which the topic means anything."""
        if topic not in self.held:
            senses = self.matcher.rules[topic]
            self.held[topic] = all(sense.accepts(self.cues) for sense in senses)
        return self.held[topic]

    def accepts(self, entry: TermEntry, start: int, end: int, passage: Passage) -> bool:
        """Whether a match is meant. What the record says of an abbreviation overrides the rule of
        the term, not that of the topic."""
        if not self.holds(entry.topic) or not self.foreign.isdisjoint(entry.capitals):
            return False
        if meaning := self.defined.get(entry.words):
            if entry.topic in meaning.topics:
                return True
            if id(entry) not in self.allowed:
                terms = self.matcher.terms[entry.topic]
                self.allowed[id(entry)] = meaning.allows(entry, terms)
            if not self.allowed[id(entry)]:
                return False
        return all(
            sense.accepts(self.cues)
            and (not sense.near or passage.has_near(sense.near, start, end))
            for sense in entry.senses
        )

    def spans(self, passage: Passage) -> Iterator[TopicEvidence]:
        """Evidence in the passage, in reading order."""
        meant = [match for match in passage.entries if self.accepts(*match, passage)]
        if not meant:
            return
        by_topic: dict[str, list[_Hit]] = defaultdict(list)
        offsets = passage.offsets()
        for entry, *place in meant:
            start, end = map(offsets, place)
            if entry.written_so(passage.text[start:end]):
                by_topic[entry.topic].append((start, end, entry))
        longest = chain.from_iterable(map(_longest, by_topic.values()))
        hits = sorted(longest, key=lambda hit: (*hit[:2], hit[2].order))
        denied = _denied(passage.text, [start for start, _, _ in hits])
        for start, end, entry in hits:
            yield TopicEvidence(
                *(entry.topic, passage.field, start, end, passage.text[start:end], entry.rule),
                negated=_is_denied(denied, start, entry.nature),
            )


def _said(passages: Iterable[Passage], evidence: Iterable[TopicEvidence]) -> set[int]:
    """The cues of passages but for those that stand in denied words alone: "children with
    neuroblastoma were excluded" makes no text one on neuroblastoma."""
    denied = {
        (item.field, place)
        for item in evidence
        if item.negated and item.start is not None and item.end is not None
        for place in range(item.start, item.end)
    }
    return {
        cue
        for passage in passages
        for offsets in [passage.offsets()]
        for cues, start, _ in passage.cues
        if (passage.field, offsets(start)) not in denied
        for cue in cues
    }


def _indexed(
    matcher: Matcher, mesh: Sequence[tuple[str | None, str, bool]]
) -> dict[str, tuple[str, bool]]:
    """Name and whether it is a major topic by UI, each heading once, and under the descriptors
    that it stands below where those are not on the record themselves."""
    own: dict[str, tuple[str, bool]] = {}
    for ui, name, is_major in mesh:
        key = ui or matcher.uis.get(name, name)
        own[key] = (name, is_major or own.get(key, ("", False))[1])
    wide: dict[str, tuple[str, bool]] = {}
    for ui, (name, is_major) in own.items():
        for wider in matcher.wider.get(ui, ()):
            first, was_major = wide.get(wider, (name, False))
            wide[wider] = (first, is_major or was_major)
    return wide | own


def _headings(
    matcher: Matcher, indexed: Mapping[str, tuple[str, bool]], cues: set[int]
) -> Iterator[TopicEvidence]:
    """Evidence in MeSH; a combination is a major topic where one of its descriptors is."""
    candidates = chain.from_iterable(matcher.headings.get(ui, ()) for ui in indexed)
    for heading in sorted(candidates, key=lambda heading: heading.order):
        here = [indexed[ui] for ui in heading.descriptors if ui in indexed]
        complete = len(here) == len(heading.descriptors)
        if complete and all(sense.accepts(cues) for sense in heading.senses):
            surface = " + ".join(name for name, _ in here)
            yield TopicEvidence(
                *(heading.topic, "mesh", None, None, surface, heading.rule),
                is_major=any(major for _, major in here),
            )


def _defined(matcher: Matcher, told: Iterable[Definition]) -> dict[tuple[str, ...], _Meaning]:
    """What the abbreviations of the vocabulary mean that a record defines."""
    meanings: dict[tuple[str, ...], _Meaning] = {}
    for short, long in told:
        if short in matcher.abbreviations:
            meaning = _meaning(matcher, long)
            for way in _numbers(short):
                before = meanings.setdefault(way, _Meaning(set(), set(), set(), set()))
                before.forms.update(meaning.forms)
                before.topics.update(meaning.topics)
                before.narrower.update(meaning.narrower)
                before.cues.update(meaning.cues)
    return meanings


def _is_foreign(matcher: Matcher, told: Definition) -> bool:
    """Whether no six letters of a long form stand in the terms that spell the abbreviation out."""
    if not (spelled := matcher.spelled.get(told.short)):
        return False
    pieces = [
        word[place : place + SIX]
        for word in single_spaced(told.long.lower()).split()
        for place in range(len(word) - SIX + 1)
    ]
    return bool(pieces) and not any(piece in spelled for piece in pieces)


def _numbers(short: str) -> set[tuple[str, ...]]:
    """The words of a short form, in singular and plural."""
    return {tuple(way.split()) for way in (short, f"{short}s", short.removesuffix("s"))}


def _meaning(matcher: Matcher, long: str) -> _Meaning:
    read = matcher.read("", long)
    by_topic: dict[str, list[_Hit]] = defaultdict(list)
    for entry, start, end in read.entries:
        # Not what is itself an abbreviation of several meanings, or means it in some company alone.
        if not entry.senses or not (entry.words or all(sense.near for sense in entry.senses)):
            by_topic[entry.topic].append((start, end, entry))
    named = [topic for topic, hits in by_topic.items() if any(_longest(hits))]
    above = set().union(*(matcher.above[topic] for topic in named))
    below = set().union(*(matcher.below[topic] for topic in named))
    return _Meaning({single_spaced(read.padded)}, above, below, read.all_cues())


def _denied_with(matcher: Matcher, evidence: Sequence[TopicEvidence]) -> list[TopicEvidence]:
    """What rests on a sign or a disease is denied where all that says this one is: no treatment of
    a syndrome in patients without it."""
    said = {item.topic for item in evidence if not item.negated}
    denied = {item.topic for item in evidence} - said
    return [
        item
        if denied.isdisjoint(matcher.rests_on.get(item.topic, ()))
        else replace(item, negated=True)
        for item in evidence
    ]


class _Sentence(NamedTuple):
    """A sentence that denies something: its place in the passage, its text, and what it denies."""

    start: int
    text: str
    denials: list[Denial]


def _is_denied(sentences: Sequence[_Sentence], place: int, nature: Nature) -> bool:
    """Whether the words at a place of the passage are denied by the sentence around them."""
    before = bisect_right(sentences, place, key=_start)
    if not before:
        return False
    start, text, denials = sentences[before - 1]
    return is_denied(text, denials, place - start, nature)


def _denied(text: str, hits: Sequence[int]) -> list[_Sentence]:
    """What is denied, in order, where there is evidence."""
    return [
        _Sentence(start, text[start:stop], denials)
        for start, stop, denials in (denying(text, hits) if hits else ())
    ]


def _longest(hits: Sequence[_Hit]) -> Iterator[_Hit]:
    """Matches of one topic without overlaps, the longest first. An exception removes whatever
    overlaps it, unless that holds all of it and more."""
    exceptions = sorted((start, end) for start, end, entry in hits if not entry.rule)
    widest = max((end - start for start, end in exceptions), default=0)
    kept: list[tuple[int, int]] = []
    for start, end, entry in sorted(hits, key=lambda hit: (hit[0] - hit[1], hit[0], hit[2].rule)):
        near = exceptions[
            bisect_left(exceptions, (start - widest,)) : bisect_left(exceptions, (end,))
        ]
        bars = [
            (first, last)
            for first, last in near
            if not (start <= first and last <= end and (first, last) != (start, end))
        ]
        place = bisect_left(kept, (start,))
        bars += kept[max(place - 1, 0) : place + 1]
        if entry.rule and all(end <= first or last <= start for first, last in bars):
            kept.insert(place, (start, end))
            yield start, end, entry
