"""One pass of an automaton that tells which of many patterns can find something, sentence by
sentence. Pure.

A pattern is tried only where letters that it needs stand (kb.reading.literals). Looked for one by
one, those of a few hundred patterns cost more than the patterns; here they are looked for together.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence

import ahocorasick

from kb.reading.literals import Finder

Found = frozenset[Finder]


class Search:
    """Many finders, and an automaton of their letters."""

    def __init__(self, finders: Iterable[Finder]) -> None:
        """Finders whose letters are not known can find something in any text."""
        by_letters: dict[str, list[Finder]] = defaultdict(list)
        always = []
        for finder in finders:
            if finder.letters is None:
                always.append(finder)
            for letters in finder.letters or ():
                by_letters[letters.lower()].append(finder)
        self._always = frozenset(always)
        self._automaton = ahocorasick.Automaton()
        for letters, each in by_letters.items():
            self._automaton.add_word(letters, (len(letters), tuple(each)))
        self._automaton.make_automaton()

    def found(self, low: str, spans: Sequence[tuple[int, int]]) -> list[Found]:
        """For each span of a text in lower case, in order, the finders that may find something in
        it; letters that run over the edge of two are in neither."""
        if not len(self._automaton):
            return [self._always] * len(spans)
        sets: list[set[Finder]] = [set(self._always) for _ in spans]
        ends = [end for _, end in spans]
        place, stop = -1, -1
        for last, (length, finders) in self._automaton.iter(low):
            if last >= stop:
                place = bisect_left(ends, last + 1)
                stop = ends[place] if place < len(ends) else len(low) + 1
            if place < len(ends) and last - length + 1 >= spans[place][0]:
                sets[place].update(finders)
        return list(map(frozenset, sets))
