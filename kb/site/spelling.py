"""What may have been meant by a word that no paper has: the nearest of the base's own words."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from kb.full_text import fold
from kb.site.names import WORD

# Texts with words of the field, each with the papers that have it. Abstracts have every misprint.
TEXTS = """
SELECT title, 1 FROM papers
UNION ALL SELECT descriptor, count(*) FROM mesh GROUP BY 1
UNION ALL SELECT keyword, count(*) FROM keywords GROUP BY 1
UNION ALL SELECT last_name, count(*) FROM authors WHERE last_name IS NOT NULL GROUP BY 1
UNION ALL SELECT label || ' ' || coalesce(replace(synonyms, '|', ' '), ''), 1 FROM topics
"""

SHORTEST = 4  # letters; of fewer, too many words are near
LETTERS_A_FAULT = 4  # one letter wrong, left out, too many or exchanged in four
MOST_FAULTS = 2


@dataclass(frozen=True)
class KnownWords:
    """Words as they are printed, and in how many texts, by their folded form."""

    printed: Mapping[str, str]
    frequency: Mapping[str, int]

    def near(self, word: str) -> str | None:
        """The word of the fewest faults away, of several the most frequent."""
        sought = fold(word).lower()
        if len(sought) < SHORTEST:
            return None
        most = min(MOST_FAULTS, len(sought) // LETTERS_A_FAULT)
        candidates = process.extract(
            sought, self.frequency.keys(), scorer=OSA.distance, score_cutoff=most, limit=None
        )
        ranked = sorted(
            (int(faults), known[0] != sought[0], -self.frequency[known], known)
            for known, faults, _ in candidates
            if known != sought
        )
        return self.printed[ranked[0][-1]] if ranked else None


def known_words(connection: sqlite3.Connection) -> KnownWords:
    frequency: Counter[str] = Counter()
    printed: dict[str, str] = {}
    for word, papers in _words(connection):
        key = fold(word).lower()
        frequency[key] += papers
        if key not in printed or word.islower():
            printed[key] = word
    return KnownWords(printed, frequency)


def _words(connection: sqlite3.Connection) -> Iterator[tuple[str, int]]:
    for text, papers in connection.execute(TEXTS):
        for word in WORD.findall(text):
            if len(word) >= SHORTEST and not word.isdigit():
                yield word, papers
