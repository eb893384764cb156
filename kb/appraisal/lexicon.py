"""All patterns of the appraisal in one search: a passage is read once, and asked by all."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from types import ModuleType

from kb.appraisal import cues, measures, own, people, roles, sum_words, thresholds
from kb.reading.literals import Finder
from kb.reading.passage import ReadPassage, read
from kb.reading.search import PatternSearch

# Whatever finders stand in these, alone or in tuples, is looked for.
MODULES = (cues, measures, own, people, roles, sum_words, thresholds)
# Tried beside a count, and looked for there.
APART = {people.KIND_BEFORE, people.PAIR_BEFORE}


# Counts, figures and designs are read from the same passages, one after the other.
@lru_cache(maxsize=8)
def passage(text: str) -> ReadPassage:
    """A passage, with the patterns that may find something in it."""
    return read(text, _search())


@cache
def _search() -> PatternSearch:
    return PatternSearch(finder for module in MODULES for finder in _finders(module))


def _finders(module: ModuleType) -> Iterator[Finder]:
    for value in vars(module).values():
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, Finder) and each not in APART:
                yield each
