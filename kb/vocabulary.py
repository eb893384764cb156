"""The controlled vocabulary: what ``data/topics.yml`` says, read, checked and spelled out.

The head of that file explains its keys to the person who edits it. Nothing here looks at a text;
``kb.topics`` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, product
from pathlib import Path
from typing import Any, Literal, NoReturn

import yaml

from kb.errors import ConfigError
from kb.negation import Nature

UI = re.compile(r"[DC][0-9]{6,9}")
SET_NAME = re.compile(r"<([a-z0-9-]+)>")
WORDS = r"[^*+<>|]*[^\W_][^*+<>|]*"
TERM = re.compile(WORDS)
CUE = re.compile(rf"{WORDS}\*?( [+-] {WORDS}\*?)*")
RULE_KEYS = {"needs", "near", "unless"}
TOPIC_KEYS = {
    *("scheme", "label", "broader", "mesh", "mesh_broader", "synonyms", "abbreviations"),
    *("except", "needs", "unless", "sign", "note", "match", "no_match"),
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
    """One topic. ``mesh`` tags; ``mesh_broader`` are wider descriptors, told but never matched.

    ``rule`` holds for every term and heading of the topic. A term that stands inside one of
    ``exceptions`` does not count. ``nature``: what is done with patients, what is found in them, or
    a sign that they have; each is denied in other words. ``match`` and ``no_match`` are titles that
    must and must not be tagged with it; ``note`` says what else the words can mean.
    """

    topic: str
    scheme: str
    label: str
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


class _Node(dict[str, Any]):
    """A mapping of the file that knows its line."""

    line = 0


# The C library reads the same and is several times faster, where PyYAML was built with it.
_SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SafeLoader):  # type: ignore[misc, valid-type]
    """Safe YAML in which a key written twice is an error: YAML would drop the first in silence."""


def _construct(loader: _Loader, node: yaml.MappingNode) -> _Node:
    keys = [key.value for key, _ in node.value]
    for position, (key, _) in enumerate(node.value):
        if key.value in keys[:position]:
            raise yaml.MarkedYAMLError(
                problem=f"{key.value} is there twice", problem_mark=key.start_mark
            )
    mapping = _Node({str(k): v for k, v in loader.construct_mapping(node, deep=True).items()})
    mapping.line = node.start_mark.line + 1
    return mapping


_Loader.add_constructor("tag:yaml.org,2002:map", _construct)


def _parse(path: Path) -> _Node:
    try:
        with path.open("rb") as stream:
            document = _Loader(stream).get_single_data()
    except OSError as error:
        raise ConfigError(f"{path}: the vocabulary cannot be read ({error.strerror})") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not sound YAML: {error}") from error
    if not isinstance(document, _Node):
        raise ConfigError(f"{path}: expected sections schemes, descriptors, sets and topics")
    return document


class _Source:
    """One file as read, and what its entries mean."""

    def __init__(self, path: Path, document: _Node) -> None:
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

    def enter(self, where: str, node: object) -> _Node:
        """Go on to an entry; messages name it from here on."""
        self.where = f"{where}: "
        if not isinstance(node, _Node):
            self.fail("expected keys with values below it")
        self.node = node
        return node

    def check_keys(self, allowed: set[str]) -> None:
        if unknown := [str(key) for key in self.node if key not in allowed]:
            self.fail(f"unknown key {', '.join(unknown)}; it takes {', '.join(sorted(allowed))}")

    def section(self, name: str) -> _Node:
        node = self.document.get(name)
        if not isinstance(node, _Node):
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

    def nature(self, node: _Node, found: set[str]) -> Nature:
        if self.flag(node, "sign"):
            return "sign"
        return "found" if node.get("scheme") in found else "done"

    def topic(self, slug: str, node: _Node, found: set[str]) -> Topic:
        self.check_keys(TOPIC_KEYS)
        own = _Node({key: node[key] for key in RULE_KEYS & node.keys()})
        return Topic(
            topic=slug,
            scheme=self.text(node, "scheme"),
            label=self.text(node, "label"),
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

    def text(self, node: _Node, key: str) -> str:
        value = node.get(key)
        if not isinstance(value, str) or not value:
            self.fail(f"{key} must be text")
        return value

    def flag(self, node: _Node, key: str) -> bool:
        value = node.get(key, False)
        if not isinstance(value, bool):
            self.fail(f"{key} must be true or false")
        return value

    def strings(self, node: _Node, key: str) -> list[str]:
        values = node.get(key, [])
        if not isinstance(values, list) or not all(isinstance(v, str) and v for v in values):
            self.fail(f"{key} must be a list of words; put quotes around what YAML takes otherwise")
        return values

    def ruled(self, node: _Node, key: str) -> Iterator[tuple[str, Rule]]:
        """The items of a list, each bare or with its rule; bare ones may share an inner list."""
        items = node.get(key, [])
        if not isinstance(items, list):
            self.fail(f"{key} must be a list")
        for item in chain.from_iterable(i if isinstance(i, list) else [i] for i in items):
            if isinstance(item, _Node) and len(item) == 1:
                ((text, rule),) = item.items()
                yield text, self.rule(rule)
            elif isinstance(item, str) and item:
                yield item, Rule()
            else:
                self.fail(f"{key} holds {item!r}, which is neither words nor words with a rule")

    def rule(self, node: object) -> Rule:
        if not isinstance(node, _Node) or node.keys() - RULE_KEYS:
            self.fail(f"a rule takes {', '.join(sorted(RULE_KEYS))}, not {node}")
        return Rule(**{key: tuple(self.spelled(self.strings(node, key), CUE)) for key in node})

    def terms(
        self, node: _Node, key: str, kind: Literal["synonym", "abbreviation"]
    ) -> Iterator[Term]:
        for text, rule in self.ruled(node, key):
            yield from (Term(phrase, kind, rule) for phrase in self.spelled(text.split("|"), TERM))

    def headings(self, node: _Node) -> Iterator[Heading]:
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
