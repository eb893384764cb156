"""Letters that a text must hold for a pattern to find anything in it. Pure.

To look for a few letters is far faster than to try an expression at every place, so a text without
them need not be tried. They are read from the pattern itself: a list that stands beside it forgets
what the pattern has learnt since. Python's parser of patterns is not public; where it is gone, or
has changed, no letters are known and every text is tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from os.path import commonprefix
from typing import Any, NamedTuple

try:
    from re import _parser  # type: ignore[attr-defined]
except ImportError:
    _parser = None

# Stands for an edge of a word, and for nothing else.
EDGE = "\x00"
MOST_STRINGS = 64  # that a piece of a pattern may match to be read as these
MOST_IN_CLASS = 8
# Words of every text, and shorter strings of letters, are looked for only where there is no choice.
COMMON = frozenset(
    (
        *("a", "an", "and", "are", "as", "at", "by", "for", "from", "had", "has", "in", "is", "of"),
        *("on", "or", "the", "to", "was", "were", "with"),
    )
)
SHORTEST = 3
RARE = frozenset("=<>≤≥±%/([")
# Cases that an expression takes for these letters and lower() does not.
OTHER_CASES = {ord("\u017f"): "s", ord("\u0131"): "i"}

Strings = frozenset[str]
NOTHING: Strings = frozenset([""])


class _Piece(NamedTuple):
    """A piece of a pattern: strings with one of which all that it matches begins; whether it is no
    more than these; and strings of which the text holds one wherever it matches, None for none."""

    begins: Strings
    is_whole: bool
    needed: Strings | None


ANYTHING = _Piece(NOTHING, is_whole=False, needed=None)
EMPTY = _Piece(NOTHING, is_whole=True, needed=None)


@dataclass(frozen=True, slots=True, init=False, eq=False)
class Finder:
    """A pattern, and the letters without which it finds nothing; None where there are none such.
    ``needed`` are the same strings, all of them, with EDGE at their ends for an edge of a word."""

    pattern: re.Pattern[str]
    letters: tuple[str, ...] | None
    needed: Strings | None
    in_any_case: bool

    def __init__(self, pattern: str, flags: int = 0) -> None:
        compiled = re.compile(pattern, flags)
        object.__setattr__(self, "pattern", compiled)
        needed = needed_strings(compiled)
        object.__setattr__(self, "needed", needed)
        object.__setattr__(self, "letters", None if needed is None else fewest(needed))
        object.__setattr__(self, "in_any_case", bool(compiled.flags & re.IGNORECASE))

    def may_find(self, text: str) -> bool:
        """Whether the text holds the letters; where the pattern finds something it always does."""
        if self.letters is None:
            return True
        read = _lower(text) if self.in_any_case else text
        for letters in self.letters:  # noqa: SIM110 (any() takes three times as long)
            if letters in read:
                return True
        return False

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """What the pattern finds in the text."""
        return self.pattern.finditer(text) if self.may_find(text) else iter(())


def letters_of(*patterns: re.Pattern[str]) -> tuple[str, ...] | None:
    """The fewest letters of which a text holds some wherever one of the patterns finds anything."""
    needed = needed_strings(*patterns)
    return None if needed is None else fewest(needed)


def fewest(strings: Iterable[str]) -> tuple[str, ...]:
    """The strings without those that hold another."""
    kept: list[str] = []
    for string in sorted((each.replace(EDGE, "") for each in strings), key=len):
        if not any(shorter in string for shorter in kept):
            kept.append(string)
    return tuple(sorted(kept))


def needed_strings(*patterns: re.Pattern[str]) -> Strings | None:
    """Strings of which a text holds one wherever one of the patterns finds anything, EDGE at their
    ends for an edge of a word; None where there are none such. Those of a pattern that takes any
    case are in lower case."""
    return _union(_parsed(pattern).needed for pattern in patterns)


def _lower(text: str) -> str:
    return text.lower() if text.isascii() else text.lower().translate(OTHER_CASES)


def _parsed(pattern: re.Pattern[str]) -> _Piece:
    if _parser is None:
        return ANYTHING
    in_any_case = bool(pattern.flags & re.IGNORECASE)
    try:
        return _sequence(_parser.parse(pattern.pattern, pattern.flags), in_any_case)
    except (AttributeError, TypeError, ValueError):
        return ANYTHING


def _sequence(parts: Iterable[tuple[Any, Any]], in_any_case: bool) -> _Piece:
    """One part after the other: the end of one part is joined to the beginning of the next."""
    run, best, begins = NOTHING, None, None
    for code, value in parts:
        piece = _piece(str(code), value, in_any_case)
        best = _rarer(best, piece.needed) if piece.needed else best
        if len(run) * len(piece.begins) <= MOST_STRINGS:
            run = frozenset(map(_joined, product(run, piece.begins)))
        else:
            best, begins, run = _rarer(best, run), begins or run, piece.begins
        if not piece.is_whole:
            best, begins, run = _rarer(best, run), begins or run, NOTHING
    return _Piece(begins or run, begins is None, _rarer(best, run))


def _joined(parts: tuple[str, str]) -> str:
    """Edges of words are kept at the ends alone."""
    before, after = parts
    if not before.strip(EDGE) or not after.strip(EDGE):
        return (before + after).replace(EDGE * 2, EDGE)
    return before.rstrip(EDGE) + after.lstrip(EDGE)


def _piece(code: str, value: Any, in_any_case: bool) -> _Piece:
    """Of a code that is not known here nothing is known."""
    match code:
        case "LITERAL":
            return _characters([chr(value)], in_any_case)
        case "IN":
            return _class(value, in_any_case)
        case "AT":
            return _strings([EDGE]) if str(value) == "AT_BOUNDARY" else EMPTY
        case "BRANCH":
            return _either([_sequence(branch, in_any_case) for branch in value[1]])
        case "SUBPATTERN":
            _, added, removed, parts = value
            changes_case = (added | removed) & re.IGNORECASE
            return ANYTHING if changes_case else _sequence(parts, in_any_case)
        case "ATOMIC_GROUP":
            return _sequence(value, in_any_case)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, most, part = value
            return _repeated(least, most, _sequence(part, in_any_case))
        case "ASSERT":
            return EMPTY._replace(needed=_sequence(value[1], in_any_case).needed)
        case "ASSERT_NOT":
            return EMPTY
    return ANYTHING


def _characters(characters: list[str], in_any_case: bool) -> _Piece:
    if not in_any_case:
        return _strings(characters)
    is_simple = all(map(str.isascii, characters))
    return _strings(map(str.lower, characters)) if is_simple else ANYTHING


def _strings(strings: Iterable[str]) -> _Piece:
    return _Piece(frozenset(strings), is_whole=True, needed=None)


def _class(members: Iterable[tuple[Any, Any]], in_any_case: bool) -> _Piece:
    characters: list[str] = []
    for code, value in members:
        if str(code) == "LITERAL":
            characters.append(chr(value))
        elif str(code) == "RANGE" and value[1] - value[0] < MOST_IN_CLASS:
            characters += map(chr, range(value[0], value[1] + 1))
        else:
            return ANYTHING
    return _characters(characters, in_any_case) if len(characters) <= MOST_IN_CLASS else ANYTHING


def _either(pieces: list[_Piece]) -> _Piece:
    begins: Strings = frozenset().union(*(piece.begins for piece in pieces))
    is_small = len(begins) <= MOST_STRINGS
    return _Piece(
        begins if is_small else NOTHING,
        is_small and all(piece.is_whole for piece in pieces),
        _union([piece.needed for piece in pieces]),
    )


def _union(sets: Iterable[Strings | None]) -> Strings | None:
    known = list(sets)
    return None if None in known else frozenset().union(*filter(None, known))


def _repeated(least: int, most: int, piece: _Piece) -> _Piece:
    needed = piece.needed if least else None
    if most == 1:
        begins = piece.begins if least else piece.begins | NOTHING
        return _Piece(begins, piece.is_whole, needed)
    return _Piece(piece.begins if least else NOTHING, is_whole=False, needed=needed)


def _rarer(one: Strings | None, other: Strings | None) -> Strings | None:
    """What of two sets is the better one to look for: the fewer strings, of which none is short."""
    sets = [strings for strings in (one, other) if strings and all(s.strip(EDGE) for s in strings)]
    return min(map(_shared, sets), key=_commonness, default=None)


def _shared(strings: Strings) -> Strings:
    """The one string that all begin or end with, where it is long enough to look for it alone."""
    if len(strings) == 1:
        return strings
    beginning = commonprefix(list(strings))  # noqa: RUF071 (of letters, not of paths)
    end = commonprefix([string[::-1] for string in strings])[::-1]  # noqa: RUF071
    longest = max(beginning, end, key=len)
    words = longest.strip(f"{EDGE} ")
    return frozenset([longest]) if len(words) > SHORTEST and words not in COMMON else strings


def _commonness(strings: Strings) -> tuple[int, int, int]:
    common = sum(string.strip(EDGE) in COMMON or _is_short(string) for string in strings)
    return common, len(strings), -min(map(len, strings))


def _is_short(string: str) -> bool:
    return len(string.strip(f"{EDGE} ")) < SHORTEST and RARE.isdisjoint(string)
