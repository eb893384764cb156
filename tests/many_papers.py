"""A kb.db of many papers, whose words are as unevenly frequent as those of a language."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import accumulate, product
from pathlib import Path

from kb import full_text

FIRST = 2_000_000_000  # PMID; no record has one like it
SYLLABLES = [f"{c}{v}" for c, v in product("bcdfglmnprst", "aeiou")] + list("aeiou")
WORDS = 20_000
TEXTS = 3_000  # abstracts, each of several papers
LENGTH = 180  # words of an abstract
TOPICS = 4  # of a paper


def vocabulary(chance: random.Random) -> list[str]:
    """The most frequent first; those are short, as in any language."""
    words: dict[str, None] = {}
    while len(words) < WORDS:
        syllables = 1 + min(len(words) // 40, chance.randint(1, 4))
        words["".join(chance.choices(SYLLABLES, k=syllables))] = None
    return list(words)


def many_papers(source: Path, path: Path, count: int) -> list[str]:
    """Fill ``path`` with the base ``source`` and ``count`` papers more; gives their words."""
    chance = random.Random(16)
    words = vocabulary(chance)
    weights = list(accumulate(1 / place for place in range(1, WORDS + 1)))
    texts = [" ".join(chance.choices(words, cum_weights=weights, k=LENGTH)) for _ in range(TEXTS)]
    shutil.copy(source, path)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("PRAGMA synchronous = OFF")
        _like_the_first(db, "works", "text", _papers(chance, texts, count))
        _like_the_first(db, "papers", "abstract", _papers(chance, texts, count))
        topics = [topic for (topic,) in db.execute("SELECT topic FROM topics")]
        db.executemany(
            "INSERT INTO paper_topics VALUES (?, ?, 'abstract', 0, 0, 0, 1)",
            (
                (FIRST + place, topic)
                for place in range(count)
                for topic in chance.sample(topics, TOPICS)
            ),
        )
        full_text.fill(db)
    return words


def _papers(
    chance: random.Random, texts: list[str], count: int
) -> Iterator[tuple[int, str, str, str, int]]:
    """PMID, work, title, text and year."""
    for place in range(count):
        text = texts[place % len(texts)]
        yield FIRST + place, f"pmid:{FIRST + place}", text[:80], text, chance.randint(1980, 2025)


def _like_the_first(
    db: sqlite3.Connection, table: str, text: str, rows: Iterator[tuple[object, ...]]
) -> None:
    """Rows that differ from the first paper's in what is given, and in identifiers."""
    given = {"pmid": "?1", "work": "?2", "title": "?3", text: "?4", "year": "?5"}
    given |= {"doi": "NULL", "pmcid": "NULL"}
    names = [name for (name,) in db.execute(f"SELECT name FROM pragma_table_info('{table}')")]
    columns = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(given.get(name, f't."{name}"') for name in names)
    db.executemany(
        f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} t"
        " WHERE t.work = (SELECT min(work) FROM papers)",
        rows,
    )
