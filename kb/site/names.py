"""What topics are called: which topic the words of a search name."""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property

from kb.full_text import fold
from kb.tagging.wording import phrasings

Words = tuple[str, ...]

# Letters and digits in a row, as FTS5 tells words apart.
WORD = re.compile(r"[^\W_]+")
# The name of a person or a place and what bears it: Crohn disease, Apgar score.
EPONYM = re.compile(r"([A-Z][a-z]{3,}) [a-z]+")
SHORT = 2  # letters of an abbreviation that has to be typed in capitals, as "or" and "us" are words

TOPICS = "SELECT topic, label, synonyms, abbreviations FROM topics ORDER BY papers DESC, position"
CLOSURE = "SELECT ancestor, topic FROM topic_closure WHERE ancestor <> topic"


class Kind(IntEnum):
    """How a topic is named, the surest first."""

    LABEL = 0
    SYNONYM = 1
    ABBREVIATION = 2
    EPONYM = 3


@dataclass(frozen=True)
class Names:
    """The topics of each name, those that name it as surely as any."""

    topics: Mapping[Words, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def longest(self) -> int:
        """Words of the longest name."""
        return max(map(len, self.topics), default=0)

    @cached_property
    def _having(self) -> Mapping[str, list[Words]]:
        having = defaultdict(list)
        for name in self.topics:
            for word in set(name):
                having[word].append(name)
        return having

    def named(self, text: str) -> tuple[str, ...]:
        """The topics that a text is a name of."""
        words = words_of(text)
        return self.topics.get(words) or self.topics.get(lowered(words), ())

    def partly_named(self, text: str) -> list[str]:
        """The topics whose names have the text in them, those with the shortest names first."""
        words = lowered(words_of(text))
        if not words:
            return []
        names = [name for name in self._having.get(words[0], ()) if _is_within(words, name)]
        names.sort(key=len)
        return list(dict.fromkeys(topic for name in names for topic in self.topics[name]))


def _is_within(words: Words, name: Words) -> bool:
    starts = range(len(name) - len(words) + 1)
    return any(name[start : start + len(words)] == words for start in starts)


def words_of(text: str) -> Words:
    return tuple(WORD.findall(fold(text)))


def lowered(words: Sequence[str]) -> Words:
    return tuple(word.lower() for word in words)


def names(connection: sqlite3.Connection) -> Names:
    """What the topics of a base are called."""
    meant: dict[Words, dict[str, Kind]] = defaultdict(dict)
    for topic, label, synonyms, abbreviations in connection.execute(TOPICS):
        for name, kind in _names(label, _split(synonyms), _split(abbreviations)):
            meant[name][topic] = min(kind, meant[name].get(topic, kind))
    wider: dict[str, set[str]] = defaultdict(set)
    for ancestor, topic in connection.execute(CLOSURE):
        wider[topic].add(ancestor)
    surest = {name: _surest(kinds, wider) for name, kinds in meant.items()}
    return Names({name: topics for name, topics in surest.items() if _is_clear(name, topics)})


def _split(words: str | None) -> list[str]:
    return words.split("|") if words else []


def _names(
    label: str, synonyms: Iterable[str], abbreviations: Iterable[str]
) -> Iterator[tuple[Words, Kind]]:
    for way in phrasings(fold(label)):
        yield lowered(way), Kind.LABEL
    for synonym in synonyms:
        for way in phrasings(fold(synonym)):
            yield lowered(way), Kind.SYNONYM
        if eponym := EPONYM.fullmatch(synonym):
            yield (eponym[1].lower(),), Kind.EPONYM
    for abbreviation in abbreviations:
        for way in phrasings(fold(abbreviation), cased=True):
            yield way if _is_short(way) else lowered(way), Kind.ABBREVIATION


def _is_short(words: Words) -> bool:
    return len("".join(words)) <= SHORT


def _surest(kinds: Mapping[str, Kind], wider: Mapping[str, set[str]]) -> tuple[str, ...]:
    """The topics that a name names most surely; a wider one has the papers of those below it."""
    best = min(kinds.values())
    topics = [topic for topic, kind in kinds.items() if kind == best]
    return tuple(topic for topic in topics if not wider[topic].intersection(topics))


def _is_clear(name: Words, topics: Sequence[str]) -> bool:
    """Two letters with two meanings name nothing."""
    return len(topics) == 1 or not _is_short(name)
