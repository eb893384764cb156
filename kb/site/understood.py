"""How the words of a search were read: what was looked for, the topics they name, what no paper has
and what may have been meant instead."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kb.full_text import fold
from kb.site.lists import Rows, read_number, read_rows
from kb.site.names import WORD, Names
from kb.site.search import Query, SearchTerm, any_of, parse
from kb.site.spelling import KnownWords

ANY_HIT = "SELECT 1 FROM papers_fts WHERE papers_fts MATCH :q LIMIT 1"

# Topics by their names, in the order of these.
TOPICS = """
SELECT t.topic, t.label, t.papers, s.label AS scheme
FROM json_each(:topics) wanted JOIN topics t ON t.topic = wanted.value
JOIN schemes s ON s.scheme = t.scheme ORDER BY wanted.key
"""
ON_BOTH = """
SELECT count(*) FROM (
    SELECT t.pmid FROM topic_closure c JOIN paper_topics t USING (topic) WHERE c.ancestor = :one
    INTERSECT
    SELECT t.pmid FROM topic_closure c JOIN paper_topics t USING (topic) WHERE c.ancestor = :other
)
"""
MOST_PARTLY_NAMED = 4


@dataclass(frozen=True)
class Sought:
    """A term as it was looked for: ``also`` are other ways to write it that are in some paper,
    ``topics`` the names of those whose papers it finds."""

    words: str
    tag: str
    is_beginning: bool
    also: tuple[str, ...]
    topics: tuple[str, ...]


@dataclass(frozen=True)
class Understood:
    """``wanted`` has the alternatives of all that must occur, ``excluded`` what must not.

    ``topics`` are those that the words name, ``partly`` those whose names have the whole text in
    them; ``on_both`` counts the papers of the two that are compared, None where none are."""

    wanted: list[list[Sought]] = field(default_factory=list)
    excluded: list[Sought] = field(default_factory=list)
    topics: Rows = field(default_factory=list)
    partly: Rows = field(default_factory=list)
    on_both: int | None = None


def understood(connection: sqlite3.Connection, text: str, query: Query, names: Names) -> Understood:
    labels = dict(connection.execute("SELECT topic, label FROM topics").fetchall())
    named = query.topics
    compared = _compared(query)
    if compared:
        named = compared
    partly = [topic for topic in names.partly_named(text) if topic not in named]
    return Understood(
        wanted=[[_said(connection, term, labels) for term in terms] for terms in query.wanted],
        excluded=[_said(connection, term, labels) for term in query.excluded],
        topics=_topics(connection, named),
        partly=_topics(connection, partly[:MOST_PARTLY_NAMED]),
        on_both=_on_both(connection, compared) if compared else None,
    )


def _compared(query: Query) -> tuple[str, ...]:
    """The topics on the two sides of a "vs", where both name one."""
    sides = [[topic for term in terms for topic in term.topics] for terms in query.wanted]
    if not query.compares or len(sides) != 2 or not all(sides):
        return ()
    return sides[0][0], sides[1][0]


def _on_both(connection: sqlite3.Connection, topics: Sequence[str]) -> int:
    return read_number(connection, ON_BOTH, {"one": topics[0], "other": topics[1]})


def _topics(connection: sqlite3.Connection, topics: Iterable[str]) -> Rows:
    return read_rows(connection, TOPICS, topics=json.dumps(list(topics)))


def _said(connection: sqlite3.Connection, term: SearchTerm, labels: dict[str, str]) -> Sought:
    others = (way for way in term.ways if way.lower() != term.words.lower())
    also = tuple(way for way in others if occurs(connection, f'"{way}"'))
    topics = tuple(labels[topic] for topic in term.topics)
    return Sought(term.words, term.tag, term.is_beginning, also, topics)


def occurs(connection: sqlite3.Connection, match: str) -> bool:
    return connection.execute(ANY_HIT, {"q": match}).fetchone() is not None


def unfound(connection: sqlite3.Connection, query: Query) -> list[str]:
    """The words of a search of which none is in any paper."""
    lacking = (terms for terms in query.wanted if not occurs(connection, any_of(terms)))
    return [" OR ".join(term.words for term in terms) for terms in lacking]


def meant(
    connection: sqlite3.Connection, text: str, query: Query, names: Names, known: KnownWords
) -> str | None:
    """The text with each word that is in no paper replaced by the nearest of the base's own; None
    where that finds nothing either."""
    words = {word for terms in query.wanted for term in terms for word in WORD.findall(term.words)}
    lacking = (word for word in words if not occurs(connection, f'"{fold(word)}"'))
    near = {word: other for word in lacking if (other := known.near(word))}
    better = WORD.sub(lambda word: near.get(word[0], word[0]), text)
    match = parse(better, names).match if near else None
    return better if match and occurs(connection, match) else None
