"""Abbreviations that a text defines itself: "long form (SF)", "SF (long form)" and "the SF was 0.6
(long form)". Pure.

After Schwartz and Hearst (2003): the letters of the short form are looked for in the words before
it, from the last to the first. In addition each word of the long form, but for those that only
join, has to give a letter: "cross-sectional imaging (CT)" explains nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from kb.record.sentences import sentences

# Within a sentence a long form lies in one of these parts.
_PART_END = re.compile(r"[;:()\[\]]\s")
_SEPARATOR = re.compile(r"[\W_]+")
_NAME = re.compile(r"[^\W\d_]{2,}(?: [^\W\d_]{2,}){2,5}")
_WORD = re.compile(r"[^\W_]+")
_JOINING = frozenset(
    (
        *("a", "an", "and", "as", "at", "by", "da", "de", "do", "et", "for", "in", "la", "of"),
        *("on", "or", "s", "the", "to", "und", "with"),
    )
)
# So many characters before a parenthesis, and within it, are looked at.
_REACH = 150


class Definition(NamedTuple):
    """A short form, its words parted by one space, and what it stands for as the text writes it."""

    short: str
    long: str


def definitions(text: str, wanted: Collection[str]) -> Iterator[Definition]:
    """What a text defines of the wanted short forms (words parted by one space), in order. Of a
    parenthesis "SF; …" or "SF, …" the first part is the short form."""
    place = text.find("(")
    while place >= 0:
        end = text.find(")", place, place + _REACH)
        if end >= 0:
            before = text[max(0, place - _REACH) : place].rstrip()
            short, long = _pair(text[place + 1 : end].strip(), before, wanted)
            if long:
                yield Definition(short, long)
        place = text.find("(", place + 1)


def _pair(inside: str, before: str, wanted: Collection[str]) -> tuple[str, str]:
    """The short form, in the parenthesis or before it, and its long form, empty for none."""
    short = _words_of(inside.partition(";")[0].partition(",")[0].partition(" =")[0])
    if short in wanted:
        return short, _long_form(short, _candidate(short, before))
    short = _words_of(before.rpartition(" ")[2])
    if short in wanted and _long_form(short, inside) == inside:
        return short, inside
    short = _initials(inside)
    is_told = short in wanted and short in _WORD.findall(before)
    return short, inside if is_told else ""


def _initials(inside: str) -> str:
    """Of words alone, three or more; empty for anything else."""
    return "".join(word[0] for word in inside.split()).upper() if _NAME.fullmatch(inside) else ""


def _words_of(short: str) -> str:
    return short if short.isalnum() else _SEPARATOR.sub(" ", short).strip()


def _candidate(short: str, before: str) -> str:
    """The words before the parenthesis in which the long form may stand."""
    start, _ = sentences(before)[-1]
    ends = [end.end() for end in _PART_END.finditer(before, start)]
    words = list(_WORD.finditer(before, ends[-1] if ends else start))
    most = min(len(short) + 5, len(short) * 2)
    return before[words[-most:][0].start() :].rstrip() if words else ""


def _long_form(short: str, text: str) -> str:
    """The end of the text that spells out the short form; empty where none does."""
    one = _singular(short)
    letters = [char.lower() for char in one if char.isalnum()]
    return _by_initials(letters, text) or _by_letters(letters, text, len(text) - (one != short))


def _by_initials(letters: Sequence[str], text: str) -> str:
    left = len(letters)
    for word in reversed(list(_WORD.finditer(text))):
        if word[0][0].lower() == letters[left - 1]:
            left -= 1
            if not left:
                return text[word.start() :]
        elif word[0].lower() not in _JOINING:
            break
    return ""


def _by_letters(letters: Sequence[str], text: str, place: int) -> str:
    """With letters from within the words, each as far behind as it can be."""
    lower, places = text.lower(), []
    for number, letter in reversed(list(enumerate(letters))):
        place = lower.rfind(letter, 0, place)
        while number == 0 and place > 0 and lower[place - 1].isalnum():
            place = lower.rfind(letter, 0, place)
        if place < 0:
            return ""
        places.append(place)
    words = [word for word in _WORD.finditer(text, place) if word[0].lower() not in _JOINING]
    given = all(any(word.start() <= at < word.end() for at in places) for word in words)
    return text[place:] if given else ""


def _singular(short: str) -> str:
    return short[:-1] if len(short) > 2 and short.endswith("s") and short[-2].isupper() else short
