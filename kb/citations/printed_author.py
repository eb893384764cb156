"""Whether a citation begins with an author: names as lists of authors print them. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from kb.citations.citation import PARTICLES, AuthorName, author_keys, printed_name
from kb.record.article import Author

SUFFIXES = frozenset(("jr", "sr", "ii", "iii"))
OTHERS = frozenset(("et", "and"))
# A name begins within so many words.
NAME_WITHIN = 6


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


def may_begin(author: Author, words: Sequence[str]) -> bool:
    """Whether the author's family name stands near the beginning: to read given names too takes
    longer, and a work may have a hundred authors."""
    keys = author_keys(printed_name(author))
    return any(
        key.startswith(word) and _words_of(key, words[start:]) > 0
        for key in keys
        for start, word in enumerate(words[:NAME_WITHIN])
    )


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
