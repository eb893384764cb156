"""The controlled vocabulary of a field: its schemes, topics, MeSH descriptors and words. Pure.

``kb.tagging.topics_file`` reads it from ``data/topics.yml``, whose head explains its keys to the
person who edits it. Nothing here looks at a text; ``kb.tagging.topics`` does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from kb.tagging.negation import Nature

# What the topics of a scheme are to the engine: examinations that figures judge; stages, scores and
# markers, which have cutoffs; clinical tasks, for which papers are evidence; in whom; of what.
Role = Literal["test", "staging", "task", "population", "disease"]
# The kind of question that a clinical task asks, and OCEBM's column with it.
Question = Literal["diagnosis", "prognosis", "treatment"]


@dataclass(frozen=True)
class Scheme:
    """A family of topics; ``scheme`` is its letter. ``is_found``: its topics are found in patients,
    not done with them. ``role`` is None where the engine asks nothing of it."""

    scheme: str
    label: str
    description: str
    is_found: bool
    role: Role | None


@dataclass(frozen=True)
class Rule:
    """When words mean the topic, in cues as the file writes them.

    One of ``needs`` must occur in the record (its passages or MeSH headings), one of ``near``
    close to the match, and none of ``unless`` in the record; an empty one asks nothing. ``A + B``
    occurs where both do, ``A - B`` where A does and B does not.
    """

    needs: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


@dataclass(frozen=True)
class Term:
    """Words that say a topic. An abbreviation is held to its capitals, a synonym is not."""

    text: str
    kind: Literal["synonym", "abbreviation"]
    rule: Rule


@dataclass(frozen=True)
class MeshTerm:
    """MeSH descriptors, or supplementary records, that say a topic when all are on the record."""

    descriptors: tuple[str, ...]
    rule: Rule

    @property
    def ui(self) -> str:
        return "+".join(self.descriptors)


@dataclass(frozen=True)
class Topic:
    """One topic. ``definition`` says in a sentence what it is. ``mesh`` tags; ``mesh_broader`` are
    wider descriptors, told but never matched.

    ``question`` is that of a clinical task, None for all else and where OCEBM has no level for it.
    ``is_group``: it only holds other topics, and a reader would give it to no text. ``rule`` holds
    for every term and heading of the topic. A term that stands inside one of ``exceptions`` does
    not count. ``nature``: what is done with patients, what is found in them (a marker, a place or
    an age, a disease), or a sign that they have; each is denied in other words. ``match`` and
    ``no_match`` are titles that must and must not be tagged with it; ``note`` says what else the
    words can mean.
    """

    topic: str
    scheme: str
    label: str
    definition: str
    broader: str | None
    question: Question | None
    is_group: bool
    mesh: tuple[MeshTerm, ...]
    mesh_broader: tuple[str, ...]
    synonyms: tuple[Term, ...]
    abbreviations: tuple[Term, ...]
    exceptions: tuple[str, ...]
    rule: Rule
    nature: Nature
    note: str
    match: tuple[str, ...]
    no_match: tuple[str, ...]


@dataclass(frozen=True)
class FieldWords:
    """Words of the field that stand beside numbers, in lower case: ``scores`` whose numbers are
    cutoffs ("Curie score > 2"), ``stages`` whose numbers count nobody ("INSS 4"), ``tests`` that
    are counted themselves ("MIBG (n = 43)"). The appraisal knows those of all medicine."""

    scores: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()


NO_WORDS = FieldWords()


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """All topics in file order; the names of the MeSH descriptors by UI, those that topics use and
    narrower ones, with the tree numbers of both where one lies below another; the year of MeSH;
    words that stand beside numbers."""

    schemes: tuple[Scheme, ...]
    topics: tuple[Topic, ...]
    descriptors: Mapping[str, str]
    trees: Mapping[str, tuple[str, ...]]
    mesh_year: int | None
    words: FieldWords = NO_WORDS

    def of_role(self, role: Role) -> tuple[Topic, ...]:
        """The topics of the schemes that have this role, in file order."""
        letters = {scheme.scheme for scheme in self.schemes if scheme.role == role}
        return tuple(topic for topic in self.topics if topic.scheme in letters)

    def tasks(self) -> dict[str, Question | None]:
        """The clinical tasks, each with its question."""
        return {topic.topic: topic.question for topic in self.of_role("task")}


def closure(vocabulary: Vocabulary) -> list[tuple[str, str]]:
    """(ancestor, topic) for each topic under itself and every wider one, in file order."""
    broader = {topic.topic: topic.broader for topic in vocabulary.topics}
    return [(ancestor, topic) for topic in broader for ancestor in line_up(topic, broader)]


def exploded(vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    """For each descriptor that no topic names, those with a topic that stand next above it in the
    MeSH tree. One that a topic names stands for itself alone: olfactory neuroblastoma is filed
    below neuroblastoma, and PET/CT below CT."""
    tagging = {ui for t in vocabulary.topics for h in t.mesh for ui in h.descriptors}
    named = tagging.union(*(topic.mesh_broader for topic in vocabulary.topics))
    places = {number: ui for ui in named for number in vocabulary.trees.get(ui, ())}
    wider: dict[str, tuple[str, ...]] = {}
    for ui, numbers in vocabulary.trees.items():
        if ui not in named:
            above = dict.fromkeys(filter(None, (_above(number, places) for number in numbers)))
            wider[ui] = tuple(wide for wide in above if wide in tagging)
    return wider


def _above(number: str, places: Mapping[str, str]) -> str | None:
    """The descriptor next above a tree number."""
    while "." in number:
        number = number.rpartition(".")[0]
        if number in places:
            return places[number]
    return None


def line_up(topic: str, broader: Mapping[str, str | None]) -> Iterator[str]:
    """The topic and its ancestors; ends at a root or where a cycle closes."""
    seen = set()
    ancestor: str | None = topic
    while ancestor is not None and ancestor not in seen:
        seen.add(ancestor)
        yield ancestor
        ancestor = broader[ancestor]
