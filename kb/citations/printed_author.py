"""Whether a citation begins with an author: names as lists of authors print them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from rapidfuzz.distance import OSA

from kb.citations.citation import (
    PARTICLES,
    AuthorName,
    author_keys,
    one_spelling,
    printed_name,
)
from kb.record.article import Author

SUFFIXES = frozenset(("jr", "sr", "ii", "iii"))
OTHERS = frozenset(("et", "and"))
# A name begins within so many words.
NAME_WITHIN = 6
# From so many letters on a family name may be misprinted by one letter.
MISPRINT_LETTERS = 5


def begins_with(author: AuthorName, words: Sequence[str]) -> bool:
    """Whether the first author printed is this one: the family name with, where initials stand
    beside it, the first of them. Only a number or initials may stand before the name."""
    for start in range(min(len(words), NAME_WITHIN)):
        before = [w for w in words[:start] if not w.isdigit() and w not in PARTICLES]
        if before and not _are_given(before, author.given):
            break
        for key in author.keys:
            if not key.startswith(words[start]):
                continue
            length = _words_of(key, words[start:])
            after = words[start + length :]
            if length and (before or _may_follow(after, author.given)):
                return True
    return False


def is_misprinted(author: AuthorName, words: Sequence[str]) -> bool:
    """Whether the first word printed is the family name but for one letter that is lacking, too
    many, another or in its neighbour's place, and the initials behind it are all the author's."""
    letters = "".join(takewhile(lambda word: len(word) == 1, words[1:])) or "".join(words[1:2])
    return letters in map(one_spelling, author.given) and any(
        min(len(key), len(words[0])) >= MISPRINT_LETTERS
        and OSA.distance(key, words[0], score_cutoff=1) == 1
        for key in author.keys
    )


def are_families(words: Sequence[str], first: AuthorName, others: Sequence[AuthorName]) -> bool:
    """Whether these words are family names alone: that of the first author, then some others'."""
    length = next((n for key in first.keys if (n := _words_of(key, words))), 0)
    rest, keys = words[length:], {key for other in others for key in other.keys}
    while rest:
        known = next((n for key in keys if (n := _words_of(key, rest))), 0)
        if not known and rest[0] not in ("and", "et", "al"):
            return False
        rest = rest[known or 1 :]
    return length > 0


def may_begin(author: Author, words: Sequence[str]) -> bool:
    """Whether the author's family name stands near the beginning: to read given names too takes
    longer, and a work may have a hundred authors."""
    keys = author_keys(printed_name(author))
    return any(name_within(key, words[:NAME_WITHIN]) for key in keys)


def name_within(key: str, words: Sequence[str]) -> bool:
    """Whether the words of a name stand together somewhere."""
    return any(_words_of(key, words[start:]) for start in range(len(words)))


def _words_of(key: str, words: Sequence[str]) -> int:
    """How many words from the first on are together the key, or 0."""
    joined = ""
    for count, word in enumerate(words, start=1):
        joined += word
        if joined == key:
            return count
        if not key.startswith(joined):
            break
    return 0


def _are_given(words: Sequence[str], given: Sequence[str]) -> bool:
    """Whether words before a family name are the author's own: J M, JM, John M."""
    return (
        bool(given)
        and words[0][0] == given[0][0]
        and all(word in given or word in given[0] for word in words)
    )


def _may_follow(words: Sequence[str], given: Sequence[str]) -> bool:
    """Whether what stands behind a family name does not make it another person's."""
    if not words or not given:
        return True
    if words[0][0] == given[0][0] or words[0] in OTHERS or words[0].isdigit():
        return True
    return words[0] in SUFFIXES and _may_follow(words[1:], given)
