"""A passage as its rules read it: sentences with their section, in plain form and in lower case.

Read once, and asked by all: offsets in a sentence and its ``start`` lead back to the text as it is
stored, since no form changes its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kb.reading.literals import Finder
from kb.reading.search import PatternSearch, Possible
from kb.reading.sections import Kind, kind_at, sections
from kb.record.sentences import plain, sentences


class ReadSentence(NamedTuple):
    """``cased`` in the plain form of kb.record.sentences, ``text`` that in lower case; ``start`` is
    its place in the passage; ``possible`` are the patterns that may find something here."""

    text: str
    cased: str
    start: int
    section: Kind | None
    possible: Possible

    def finditer(self, finder: Finder) -> Iterator[re.Match[str]]:
        """What a pattern that was searched for finds."""
        return finder.pattern.finditer(self.text) if finder in self.possible else iter(())


class ReadPassage(NamedTuple):
    """``low`` is the whole in lower case and plain form; ``possible`` what may match in it."""

    text: str
    cased: str
    low: str
    sentences: tuple[ReadSentence, ...]
    possible: Possible


def read(text: str, search: PatternSearch) -> ReadPassage:
    """The passage, with all patterns of a search looked for in one pass."""
    cased = plain(text)
    low = cased.lower()
    places, parts = sentences(text), sections(text)
    possible = search.possible(low, places)
    each = tuple(
        ReadSentence(low[start:end], cased[start:end], start, kind_at(parts, start), here)
        for (start, end), here in zip(places, possible, strict=True)
    )
    return ReadPassage(text, cased, low, each, frozenset().union(*possible))
