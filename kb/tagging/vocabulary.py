"""The controlled vocabulary: what ``data/topics.yml`` says, read, checked and spelled out.

The head of that file explains its keys to the person who edits it. Nothing here looks at a text;
``kb.tagging.topics`` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, product
from pathlib import Path
from typing import Literal, NoReturn

from kb.errors import ConfigError
from kb.tagging.negation import Nature
from kb.yaml_lines import Lined, constructed

UI = re.compile(r"[DC][0-9]{6,9}")
SET_NAME = re.compile(r"<([a-z0-9-]+)>")
WORDS = r"[^*+<>|]*[^\W_][^*+<>|]*"
TERM = re.compile(WORDS)
CUE = re.compile(rf"{WORDS}\*?( [+-] {WORDS}\*?)*")
RULE_KEYS = {"needs", "near", "unless"}
TOPIC_KEYS = {
    *("scheme", "label", "definition", "broader", "mesh", "mesh_broader", "synonyms"),
    *("abbreviations", "except", "needs", "unless", "sign", "note", "match", "no_match"),
}
SECTIONS = {"mesh_year", "schemes", "descriptors", "trees", "sets", "topics"}
TREE_NUMBER = re.compile(r"[A-Z][0-9]{2}(\.[0-9]{3})*")


@dataclass(frozen=True)
class Scheme:
    """A family of topics; ``scheme`` is its letter. ``is_found``: its topics are found in patients,
    not done with them."""

    scheme: str
    label: str
    description: str
    is_found: bool


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
class Heading:
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

    ``rule`` holds for every term and heading of the topic. A term that stands inside one of
    ``exceptions`` does not count. ``nature``: what is done with patients, what is found in them, or
    a sign that they have; each is denied in other words. ``match`` and ``no_match`` are titles that
    must and must not be tagged with it; ``note`` says what else the words can mean.
    """

    topic: str
    scheme: str
    label: str
    definition: str
    broader: str | None
    mesh: tuple[Heading, ...]
    mesh_broader: tuple[str, ...]
    synonyms: tuple[Term, ...]
    abbreviations: tuple[Term, ...]
    exceptions: tuple[str, ...]
    rule: Rule
    nature: Nature
    note: str
    match: tuple[str, ...]
    no_match: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """All topics in file order; the names of the MeSH descriptors by UI, those that topics use and
    narrower ones, with the tree numbers of both where one lies below another; the year of MeSH."""

    schemes: tuple[Scheme, ...]
    topics: tuple[Topic, ...]
    descriptors: Mapping[str, str]
    trees: Mapping[str, tuple[str, ...]]
    mesh_year: int | None


def load(path: Path) -> Vocabulary:
    """Read a vocabulary. Raises ConfigError naming file, line and topic where it is not sound."""
    source = _Source(path, _parse(path))
    schemes = tuple(source.schemes())
    topics = tuple(source.topics(schemes))
    trees, year = source.trees(), source.mesh_year()
    return Vocabulary(schemes, topics, dict(source.section("descriptors")), trees, year)


def closure(vocabulary: Vocabulary) -> list[tuple[str, str]]:
    """(ancestor, topic) for each topic under itself and every wider one, in file order."""
    broader = {topic.topic: topic.broader for topic in vocabulary.topics}
    return [(ancestor, topic) for topic in broader for ancestor in _line_up(topic, broader)]


def exploded(vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    """For each descriptor that no topic names, those with a topic that stand next above it in the
    MeSH tree. One that a topic names stands for itself alone: olfactory neuroblastoma is filed
    below neuroblastoma, and PET/CT below CT."""
    tagging = {ui for t in vocabulary.topics for h in t.mesh for ui in h.descriptors}
    named = tagging.union(*(topic.mesh_broader for topic in vocabulary.topics))
    places = {number: ui for ui in named for number in vocabulary.trees.get(ui, ())}
    found: dict[str, tuple[str, ...]] = {}
    for ui, numbers in vocabulary.trees.items():
        if ui not in named:
            above = dict.fromkeys(filter(None, (_above(number, places) for number in numbers)))
            found[ui] = tuple(wide for wide in above if wide in tagging)
    return found


def _above(number: str, places: Mapping[str, str]) -> str | None:
    """The descriptor next above a tree number."""
    while "." in number:
        number = number.rpartition(".")[0]
        if number in places:
            return places[number]
    return None


def _line_up(topic: str, broader: Mapping[str, str | None]) -> Iterator[str]:
    """The topic and its ancestors; ends at a root or where a cycle closes."""
    seen = set()
    ancestor: str | None = topic
    while ancestor is not None and ancestor not in seen:
        seen.add(ancestor)
        yield ancestor
        ancestor = broader[ancestor]


def _parse(path: Path) -> Lined:
    document = constructed(path, "the vocabulary")
    if not isinstance(document, Lined):
        raise ConfigError(f"{path}: expected sections schemes, descriptors, sets and topics")
    return document


class _Source:
    """One file as read, and what its entries mean."""

    def __init__(self, path: Path, document: Lined) -> None:
        self.path = path
        self.document = document
        self.where = ""
        self.node = document
        self.check_keys(SECTIONS)
        sets = self.section("sets")
        self.sets = {name: self.strings(sets, name) for name in sets}
        for ui in self.section("descriptors"):
            self.descriptor(ui)

    def fail(self, message: str) -> NoReturn:
        raise ConfigError(f"{self.path}, line {self.node.line}: {self.where}{message}")

    def enter(self, where: str, node: object) -> Lined:
        """Go on to an entry; messages name it from here on."""
        self.where = f"{where}: "
        if not isinstance(node, Lined):
            self.fail("expected keys with values below it")
        self.node = node
        return node

    def check_keys(self, allowed: set[str]) -> None:
        if unknown := [str(key) for key in self.node if key not in allowed]:
            self.fail(f"unknown key {', '.join(unknown)}; it takes {', '.join(sorted(allowed))}")

    def section(self, name: str) -> Lined:
        node = self.document.get(name)
        if not isinstance(node, Lined):
            self.fail(f"section {name} is missing or empty")
        return node

    def trees(self) -> dict[str, tuple[str, ...]]:
        """Tree numbers by UI."""
        if "trees" not in self.document:
            return {}
        node = self.enter("trees", self.section("trees"))
        found = {self.descriptor(ui): tuple(self.strings(node, ui)) for ui in node}
        for ui, numbers in found.items():
            if wrong := [number for number in numbers if not TREE_NUMBER.fullmatch(number)]:
                self.fail(f"{wrong[0]} of {ui} is no MeSH tree number")
        return found

    def mesh_year(self) -> int | None:
        year = self.document.get("mesh_year")
        if year is not None and not isinstance(year, int):
            raise ConfigError(f"{self.path}: mesh_year {year!r} is no year")
        return year

    def schemes(self) -> Iterator[Scheme]:
        for letter, entry in self.section("schemes").items():
            node = self.enter(f"scheme {letter}", entry)
            self.check_keys({"label", "description", "found"})
            label, description = self.text(node, "label"), self.text(node, "description")
            yield Scheme(letter, label, description, self.flag(node, "found"))

    def topics(self, schemes: Sequence[Scheme]) -> Iterator[Topic]:
        letters = {scheme.scheme for scheme in schemes}
        found = {scheme.scheme for scheme in schemes if scheme.is_found}
        entries = self.section("topics")
        for slug, entry in entries.items():
            topic = self.topic(slug, self.enter(f"topic {slug}", entry), found)
            if topic.scheme not in letters:
                self.fail(f"scheme {topic.scheme} is not among the schemes")
            if topic.broader is not None and topic.broader not in entries:
                self.fail(f"broader topic {topic.broader} is not among the topics")
            yield topic
        broader = {slug: entry.get("broader") for slug, entry in entries.items()}
        for slug in broader:
            *_, top = _line_up(slug, broader)
            if broader[top] is not None:
                self.enter(f"topic {slug}", entries[slug])
                self.fail(f"its broader topics run in a circle through {broader[top]}")

    def nature(self, node: Lined, found: set[str]) -> Nature:
        if self.flag(node, "sign"):
            return "sign"
        return "found" if node.get("scheme") in found else "done"

    def topic(self, slug: str, node: Lined, found: set[str]) -> Topic:
        self.check_keys(TOPIC_KEYS)
        own = Lined({key: node[key] for key in RULE_KEYS & node.keys()})
        return Topic(
            topic=slug,
            scheme=self.text(node, "scheme"),
            label=self.text(node, "label"),
            definition=self.text(node, "definition"),
            broader=self.text(node, "broader") if "broader" in node else None,
            mesh=tuple(self.headings(node)),
            mesh_broader=tuple(map(self.descriptor, self.strings(node, "mesh_broader"))),
            synonyms=tuple(self.terms(node, "synonyms", "synonym")),
            abbreviations=tuple(self.terms(node, "abbreviations", "abbreviation")),
            exceptions=tuple(self.spelled(self.strings(node, "except"), TERM)),
            rule=self.rule(own),
            nature=self.nature(node, found),
            note=self.text(node, "note") if "note" in node else "",
            match=tuple(self.strings(node, "match")),
            no_match=tuple(self.strings(node, "no_match")),
        )

    def text(self, node: Lined, key: str) -> str:
        value = node.get(key)
        if not isinstance(value, str) or not value.strip():
            self.fail(f"{key} must be text")
        return value

    def flag(self, node: Lined, key: str) -> bool:
        value = node.get(key, False)
        if not isinstance(value, bool):
            self.fail(f"{key} must be true or false")
        return value

    def strings(self, node: Lined, key: str) -> list[str]:
        values = node.get(key, [])
        if not isinstance(values, list) or not all(isinstance(v, str) and v for v in values):
            self.fail(f"{key} must be a list of words; put quotes around what YAML takes otherwise")
        return values

    def ruled(self, node: Lined, key: str) -> Iterator[tuple[str, Rule]]:
        """The items of a list, each bare or with its rule; bare ones may share an inner list."""
        items = node.get(key, [])
        if not isinstance(items, list):
            self.fail(f"{key} must be a list")
        for item in chain.from_iterable(i if isinstance(i, list) else [i] for i in items):
            if isinstance(item, Lined) and len(item) == 1:
                ((text, rule),) = item.items()
                yield text, self.rule(rule)
            elif isinstance(item, str) and item:
                yield item, Rule()
            else:
                self.fail(f"{key} holds {item!r}, which is neither words nor words with a rule")

    def rule(self, node: object) -> Rule:
        if not isinstance(node, Lined) or node.keys() - RULE_KEYS:
            self.fail(f"a rule takes {', '.join(sorted(RULE_KEYS))}, not {node}")
        return Rule(**{key: tuple(self.spelled(self.strings(node, key), CUE)) for key in node})

    def terms(
        self, node: Lined, key: str, kind: Literal["synonym", "abbreviation"]
    ) -> Iterator[Term]:
        for text, rule in self.ruled(node, key):
            yield from (Term(phrase, kind, rule) for phrase in self.spelled(text.split("|"), TERM))

    def headings(self, node: Lined) -> Iterator[Heading]:
        for text, rule in self.ruled(node, "mesh"):
            if rule.near:
                self.fail(f"MeSH {text} stands in no text: its rule cannot ask for words near it")
            for alternative in text.split("|"):
                yield Heading(tuple(map(self.descriptor, alternative.split(" + "))), rule)

    def descriptor(self, ui: str) -> str:
        names = self.section("descriptors")
        if not UI.fullmatch(ui):
            self.fail(f"{ui} is no MeSH identifier (D or C and six to nine digits)")
        if not isinstance(names.get(ui), str):
            self.fail(f"{ui} has no name in the section descriptors")
        return ui

    def spelled(self, texts: Sequence[str], form: re.Pattern[str]) -> Iterator[str]:
        """Each text once for every member of the sets it names in angle brackets."""
        for text in texts:
            pieces = SET_NAME.split(text.strip())
            for name in pieces[1::2]:
                if name not in self.sets:
                    self.fail(f"<{name}> is not among the sets")
            choices = [self.sets[p] if i % 2 else [p] for i, p in enumerate(pieces)]
            for phrase in map("".join, product(*choices)):
                if not form.fullmatch(phrase):
                    self.fail(f"{phrase!r} cannot be found: only words, and in a rule * + and -")
                yield phrase
