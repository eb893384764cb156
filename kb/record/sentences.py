"""Where the sentences of a text begin and end, and the plain form in which they are read. Pure.

The only place that cuts a text into sentences: what is denied, counted, measured and shown has the
same ones.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import lru_cache
from operator import itemgetter

# A narrow space may stand within a number ("4 832"), a wide one may not.
NARROW = "\u00a0"
# One character for another, so that offsets hold. Middle dots are The Lancet's decimal points, the
# fraction stands for "=" in text copied from PDF files; without the dotted capital I, lower case is
# as long as the text.
PLAIN = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
    **dict.fromkeys("\u2007\u2009\u202f", NARROW),
    "\u00b7": ".",
    "\u2219": ".",
    "\u00bc": "=",
    "\u2019": "'",
    "\u2a7d": "≤",
    "\u2a7e": "≥",
    "\u0130": "I",
}
ODD = re.compile(f"[{''.join(PLAIN)}]")
# A stop before a small letter ends none, nor one after an abbreviation; "no", "et al", "v" and
# "S.E." are one where a number or a bracket follows.
END = re.compile(r"\.(?=\s+[^\sa-z]|\s*$)|[?!](?=\s)|\n")
LONGEST = 3_000
ABBREVIATED = re.compile(
    r"(?:^|[\s(\[])(?:vs|e\.g|i\.e|ca|cf|approx|figs?|dr|st|prof|(?P<numbered>nos?|al|(?-i:v)|s\.[ed]))$",
    re.IGNORECASE,
)
LONGEST_ABBREVIATION = 8  # characters, with what stands before it
NUMBER_NEXT = re.compile(r"\.\s+[(\[0-9]")


@lru_cache(maxsize=8)
def plain(text: str) -> str:
    """The text with one way to write dashes, narrow spaces and decimal points; its length stays."""
    return text if text.isascii() else ODD.sub(lambda odd: PLAIN[odd[0]], text)


def stops(text: str) -> Iterator[int]:
    """Where each sentence of a text ends: the place of its stop, or of the line end."""
    read = plain(text)
    for end in END.finditer(read):
        if not _is_abbreviation(read, end.start()):
            yield end.start()


def _is_abbreviation(text: str, stop: int) -> bool:
    """Whether the word before a stop is written with one."""
    word = ABBREVIATED.search(text[max(0, stop - LONGEST_ABBREVIATION) : stop])
    if word is None:
        return False
    return not word["numbered"] or NUMBER_NEXT.match(text, stop) is not None


# Topics, counts and figures are read from the same passages, one after the other, and what stands
# before a bracket in between.
@lru_cache(maxsize=64)
def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Start and end of each sentence of a text, its stop left out."""
    return tuple(_sentences(text))


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for stop in stops(text):
        yield from _cut(text, start, stop)
        start = stop + 1
    yield from _cut(text, start, len(text))


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence, in pieces where it is longer than any that a person would read."""
    while end - start > LONGEST:
        space = text.rfind(" ", start, start + LONGEST)
        stop = start + LONGEST if space <= start else space
        yield start, stop
        start = stop
    yield start, end


def around(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence of the words from start to end, without the space before it and with its stop;
    from the first to the last where the words lie in several."""
    places = sentences(text)
    first, _ = places[bisect_right(places, start, key=itemgetter(0)) - 1]
    _, last = places[bisect_left(places, end, key=itemgetter(1))]
    while first < start and text[first].isspace():
        first += 1
    return first, last + (text[last : last + 1].strip() != "")
