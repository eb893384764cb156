"""``data/topics.yml``, read, checked and spelled out into a vocabulary.

The head of that file explains its keys to the person who edits it; a mistake is refused with its
line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import chain, product
from pathlib import Path
from typing import Any, Literal, NoReturn, get_args

from kb.errors import ConfigError
from kb.tagging.negation import Nature
from kb.tagging.vocabulary import (
    NO_WORDS,
    FieldWords,
    MeshTerm,
    Question,
    Role,
    Rule,
    Scheme,
    Term,
    Topic,
    Vocabulary,
    line_up,
)
from kb.yaml_lines import Lined, constructed

UI = re.compile(r"[DC][0-9]{6,9}")
SET_NAME = re.compile(r"<([a-z0-9-]+)>")
WORDS = r"[^*+<>|]*[^\W_][^*+<>|]*"
TERM = re.compile(WORDS)
CUE = re.compile(rf"{WORDS}\*?( [+-] {WORDS}\*?)*")
RULE_KEYS = {"needs", "near", "unless"}
SCHEME_KEYS = {"label", "description", "found", "role"}
TOPIC_KEYS = {
    *("scheme", "label", "definition", "broader", "question", "group", "mesh", "mesh_broader"),
    *("synonyms", "abbreviations", "except", "needs", "unless", "sign", "note", "match"),
    "no_match",
}
# Of a scheme whose topics are found in patients, what they are; else a marker, a stage.
FOUND: dict[Role | None, Nature] = {"population": "place", "disease": "disease"}
SECTIONS = {"mesh_year", "schemes", "descriptors", "trees", "sets", "words", "topics"}
NO_QUESTION = "none"
# Lists of slugs are separated by spaces in kb.db, and a slug is part of addresses.
SLUG = re.compile(r"[a-z0-9][a-z0-9+-]*")
TREE_NUMBER = re.compile(r"[A-Z][0-9]{2}(\.[0-9]{3})*")


def load(path: Path) -> Vocabulary:
    """Read a vocabulary. Raises ConfigError naming file, line and topic where it is not sound."""
    source = _Source(path, _parse(path))
    schemes = tuple(source.schemes())
    topics = tuple(source.topics(schemes))
    trees, year, words = source.trees(), source.mesh_year(), source.words()
    return Vocabulary(schemes, topics, dict(source.section("descriptors")), trees, year, words)


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
        trees = {self.descriptor(ui): tuple(self.strings(node, ui)) for ui in node}
        for ui, numbers in trees.items():
            if wrong := [number for number in numbers if not TREE_NUMBER.fullmatch(number)]:
                self.fail(f"{wrong[0]} of {ui} is no MeSH tree number")
        return trees

    def words(self) -> FieldWords:
        if "words" not in self.document:
            return NO_WORDS
        node = self.enter("words", self.section("words"))
        self.check_keys({field.name for field in fields(FieldWords)})
        return FieldWords(
            **{
                key: tuple(w.lower() for w in self.spelled(self.strings(node, key), TERM))
                for key in node
            }
        )

    def mesh_year(self) -> int | None:
        year = self.document.get("mesh_year")
        if year is not None and (type(year) is not int or not 1960 <= year <= 2100):
            raise ConfigError(f"{self.path}: mesh_year {year!r} is no year")
        return year

    def schemes(self) -> Iterator[Scheme]:
        for letter, entry in self.section("schemes").items():
            node = self.enter(f"scheme {letter}", entry)
            self.check_keys(SCHEME_KEYS)
            label, description = self.text(node, "label"), self.text(node, "description")
            role = self.choice(node, "role", get_args(Role))
            yield Scheme(letter, label, description, self.flag(node, "found"), role)

    def topics(self, schemes: Sequence[Scheme]) -> Iterator[Topic]:
        by_letter = {scheme.scheme: scheme for scheme in schemes}
        entries = self.section("topics")
        for slug, entry in entries.items():
            node = self.enter(f"topic {slug}", entry)
            if not isinstance(slug, str) or not SLUG.fullmatch(slug):
                self.fail("is no name of a topic: write small letters, digits, and - or + within")
            letter = self.text(node, "scheme")
            if letter not in by_letter:
                self.fail(f"scheme {letter} is not among the schemes")
            topic = self.topic(slug, node, by_letter[letter])
            if topic.broader is not None and topic.broader not in entries:
                self.fail(f"broader topic {topic.broader} is not among the topics")
            yield topic
        self.check_circles(entries)

    def check_circles(self, entries: Lined) -> None:
        broader = {slug: entry.get("broader") for slug, entry in entries.items()}
        for slug in broader:
            *_, top = line_up(slug, broader)
            if broader[top] is not None:
                self.enter(f"topic {slug}", entries[slug])
                self.fail(f"its broader topics run in a circle through {broader[top]}")

    def question(self, node: Lined, scheme: Scheme) -> Question | None:
        """Every clinical task names its own, or it would have no level of evidence unnoticed."""
        if scheme.role != "task":
            if "question" in node:
                self.fail(f"question is for clinical tasks, and scheme {scheme.scheme} is none")
            return None
        asked = self.choice(node, "question", (*get_args(Question), NO_QUESTION))
        if asked is None and not self.flag(node, "group"):
            self.fail(
                f"a clinical task needs a question: {', '.join(get_args(Question))}, or "
                f"{NO_QUESTION} where levels of evidence do not apply"
            )
        return None if asked == NO_QUESTION else asked

    def nature(self, node: Lined, scheme: Scheme) -> Nature:
        if self.flag(node, "sign"):
            return "sign"
        if not scheme.is_found:
            return "done"
        return FOUND.get(scheme.role, "found")

    def topic(self, slug: str, node: Lined, scheme: Scheme) -> Topic:
        self.check_keys(TOPIC_KEYS)
        own = Lined({key: node[key] for key in RULE_KEYS & node.keys()})
        return Topic(
            topic=slug,
            scheme=scheme.scheme,
            label=self.text(node, "label"),
            definition=self.text(node, "definition"),
            broader=self.text(node, "broader") if "broader" in node else None,
            question=self.question(node, scheme),
            is_group=self.flag(node, "group"),
            mesh=tuple(self.headings(node)),
            mesh_broader=tuple(map(self.descriptor, self.strings(node, "mesh_broader"))),
            synonyms=tuple(self.terms(node, "synonyms", "synonym")),
            abbreviations=tuple(self.terms(node, "abbreviations", "abbreviation")),
            exceptions=tuple(self.spelled(self.strings(node, "except"), TERM)),
            rule=self.rule(own),
            nature=self.nature(node, scheme),
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

    def choice(self, node: Lined, key: str, choices: Sequence[Any]) -> Any:
        """One of the choices, None where the key is not there."""
        value = node.get(key)
        if key in node and value not in choices:
            self.fail(f"{key} {value!r} is none of {', '.join(choices)}")
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

    def headings(self, node: Lined) -> Iterator[MeshTerm]:
        for text, rule in self.ruled(node, "mesh"):
            if rule.near:
                self.fail(f"MeSH {text} stands in no text: its rule cannot ask for words near it")
            for alternative in text.split("|"):
                yield MeshTerm(tuple(map(self.descriptor, alternative.split(" + "))), rule)

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
