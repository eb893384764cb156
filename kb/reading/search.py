"""One pass of an automaton that tells which of many patterns can find something, sentence by
sentence. Pure.

A pattern is tried only where letters that it needs stand (kb.reading.literals). Looked for one by
one, those of a few hundred patterns cost more than the patterns; here they are looked for together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import ahocorasick

from kb.reading.literals import EDGE, Finder

Possible = frozenset[Finder]


class _Letters(NamedTuple):
    """Finders that need the same letters, at the edge of a word before or behind them or not."""

    length: int
    at_start: bool
    at_end: bool
    finders: tuple[Finder, ...]


class PatternSearch:
    """Many finders, and an automaton of their letters."""

    def __init__(self, finders: Iterable[Finder]) -> None:
        """Finders whose letters are not known can find something in any text."""
        by_letters: dict[str, dict[tuple[bool, bool], list[Finder]]] = {}
        always = []
        for finder in dict.fromkeys(finders):
            if finder.needed is None:
                always.append(finder)
            for needed in finder.needed or ():
                letters = needed.replace(EDGE, "")
                edges = (
                    needed.startswith(EDGE) and letters[:1].isalnum(),
                    needed.endswith(EDGE) and letters[-1:].isalnum(),
                )
                by_letters.setdefault(letters.lower(), {}).setdefault(edges, []).append(finder)
        self._always = frozenset(always)
        self._automaton = ahocorasick.Automaton()
        for letters, each in by_letters.items():
            ways = [_Letters(len(letters), *edges, tuple(many)) for edges, many in each.items()]
            self._automaton.add_word(letters, ways)
        self._automaton.make_automaton()

    def possible(self, low: str, spans: Sequence[tuple[int, int]]) -> list[Possible]:
        """For each span of a text in lower case, in order, the finders that may find something in
        it; letters that run over the edge of two are in neither."""
        return [self._within(low, first, stop) for first, stop in spans]

    def _within(self, low: str, first: int, stop: int) -> Possible:
        met: set[Finder] = set()
        for last, ways in self._automaton.iter(low, first, stop) if len(self._automaton) else ():
            for length, at_start, at_end, finders in ways:
                start = last - length + 1
                if at_start and start > first and _is_letter(low[start - 1]):
                    continue
                if at_end and last + 1 < stop and _is_letter(low[last + 1]):
                    continue
                met.update(finders)
        return self._always.union(met) if met else self._always


def _is_letter(char: str) -> bool:
    return char.isalnum() or char == "_"
