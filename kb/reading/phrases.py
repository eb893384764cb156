"""The words of a rule as a person writes them, made into a pattern. Pure.

A phrase is words with one space between them, read in any case, each from its first to its last
letter. In it stand for more than themselves:

    (was|were)   one of these; "randomi(s|z)ed" within a word
    [the]        this or nothing; [yet|been]* any number of these
    word*        a word that begins so
    <people>     one of the words of that set; <number> is known: in digits or in words up to 99;
                 <count> is one that is no year
    ...3         up to three words of the same clause
    -            a hyphen, a space or nothing: "non-random" is nonrandom, non random, non-random
    \\(           a bracket, and so with any other of these signs

All else is itself ("%", "=", ","). ``pattern`` raises ValueError where a phrase is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

NUMBERS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
NUMBER = (
    rf"(?:\d+(?:[.,]\d+)*|(?:{'|'.join(TENS)})(?:[\s-](?:{'|'.join(NUMBERS[:9])}))?"
    rf"|{'|'.join(reversed(NUMBERS))})"
)
KNOWN = {"number": NUMBER, "count": rf"(?!(?:19|20)\d\d\b){NUMBER}"}
# A word of the same clause: before a verb or a conjunction another may begin.
CLAUSE_WORD = r"(?!(?:was|were|is|are|been|be|being|had|has|have|and|but|all|who|which)\b)[^\s.;:]+"
# White space is folded before a text is read; a space may be narrow.
SPACE = "[ \u00a0]"
GAP = re.compile(r"\.\.\.(\d+)")
NAME = re.compile(r"<([a-z-]+)>")
CLOSES = {"(": ")", "[": "]"}

Sets = Mapping[str, Sequence[str]]


class _Word(NamedTuple):
    """A pattern; ``may_lack``: the words around it then stand side by side."""

    pattern: str
    may_lack: bool
    many: str = "?"


def pattern(phrases: Iterable[str], sets: Sets | None = None) -> str:
    """A regular expression for text in lower case; of several phrases one, the longest first."""
    each = sorted(phrases, key=len, reverse=True)
    return (
        "(?:"
        + "|".join(_edged(phrase, _Phrase(phrase, sets or {}).read()) for phrase in each)
        + ")"
    )


def _edged(phrase: str, written: str) -> str:
    """Between edges of words, but for a sign at an end."""
    before = r"\b" if phrase[0].isalnum() or phrase[0] in "([<." else ""
    after = r"\b" if phrase[-1].isalnum() or phrase[-1] in ")]>*" else ""
    return f"{before}{written}{'' if phrase[-2:-1] == chr(92) else after}"


class _Phrase:
    """One phrase, read from left to right."""

    def __init__(self, phrase: str, sets: Sets) -> None:
        if phrase != " ".join(phrase.split()) or not phrase:
            raise ValueError(f"{phrase!r}: one space between words, and none around them")
        self.phrase, self.sets, self.at = phrase, sets, 0

    def read(self) -> str:
        written = self.sequence("")
        if self.at < len(self.phrase):
            raise ValueError(f"{self.phrase!r}: {self.phrase[self.at]} opens nowhere")
        return written

    def sequence(self, stops: str) -> str:
        """Words up to one of the stops, or to the end."""
        words: list[_Word] = []
        while self.at < len(self.phrase) and self.phrase[self.at] not in stops:
            words.append(self.word(stops))
            if self.phrase.startswith(" ", self.at):
                self.at += 1
        return _joined(words)

    def word(self, stops: str) -> _Word:
        start, pieces = self.at, []
        while self.at < len(self.phrase) and self.phrase[self.at] not in f"{stops} )]":
            pieces.append(self.piece())
        if self.at == start:
            raise ValueError(f"{self.phrase!r}: nothing before {self.phrase[self.at]}")
        if len(pieces) == 1 and pieces[0].may_lack:
            return pieces[0]
        return _Word("".join(f"(?:{p})?" if lacks else p for p, lacks, _ in pieces), False)

    def piece(self) -> _Word:
        if gap := GAP.match(self.phrase, self.at):
            self.at = gap.end()
            return _Word(CLAUSE_WORD, True, f"{{0,{gap[1]}}}?")
        if name := NAME.match(self.phrase, self.at):
            self.at = name.end()
            return _Word(self.named(name[1]), False)
        char = self.phrase[self.at]
        self.at += 1
        if char == "\\" and self.at < len(self.phrase):
            self.at += 1
            return _Word(re.escape(self.phrase[self.at - 1]), False)
        if char in CLOSES:
            return self.choice(char)
        return _Word({"*": r"\w*", "-": r"[\s-]?"}.get(char, re.escape(char)), False)

    def choice(self, opens: str) -> _Word:
        ways = [self.sequence(f"|{CLOSES[opens]}")]
        while self.phrase.startswith("|", self.at):
            self.at += 1
            ways.append(self.sequence(f"|{CLOSES[opens]}"))
        if not self.phrase.startswith(CLOSES[opens], self.at):
            raise ValueError(f"{self.phrase!r}: {opens} is not closed")
        self.at += 1
        is_many = opens == "[" and self.phrase.startswith("*", self.at)
        self.at += is_many
        return _Word(f"(?:{'|'.join(ways)})", opens == "[", "*" if is_many else "?")

    def named(self, name: str) -> str:
        if name in KNOWN:
            return KNOWN[name]
        if name not in self.sets:
            raise ValueError(f"{self.phrase!r}: <{name}> is not among the sets")
        each = sorted(self.sets[name], key=len, reverse=True)
        return "(?:" + "|".join(_Phrase(phrase, self.sets).read() for phrase in each) + ")"


def _joined(words: Sequence[_Word]) -> str:
    """The words with white space between them; what may lack takes its space with it."""
    needed = [place for place, word in enumerate(words) if not word.may_lack]
    if not needed:
        raise ValueError("words of which none is needed")
    last = needed[-1]
    parts = []
    for place, (written, may_lack, many) in enumerate(words):
        if may_lack and place > last:
            parts.append(rf"(?:{SPACE}{written}){many}")
        elif may_lack:
            parts.append(rf"(?:{written}{SPACE}){many}")
        else:
            parts.append(written + (SPACE if place != last else ""))
    return "".join(parts)
