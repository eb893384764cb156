"""Short labels of works, as one speaks of them: *Maris 2010*, *van der Berg 2010a*.

Maps of every format and the picture of the site have theirs from here. A harvested paper is called
by its first author, or the group, and its year, where it has no author by its journal. A work that
is known from a printed citation alone is called by what ``kb.citations.short_form`` reads there,
and then ``is_guessed``. No label is longer than LONGEST characters or cut within a word.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import count
from typing import Any, NamedTuple

from kb.citations.short_form import PLACE, clear_year, short_form

LONGEST = 29
CUT = "…"
# Proc Natl Acad Sci U S A, where there is no room for it.
SINGLE_LETTERS = re.compile(r"\b([A-Z]) (?=[A-Z]\b)")
# Words that no name ends with where it is cut: "Society of…" says no more than "Society…".
UNSPOKEN = frozenset(
    ("a", "an", "and", "for", "in", "of", "on", "the", "to", "with", "&", "-", "–")
)
# Where a single word, such as a DOI or a double name, may be cut.
MARKS = re.compile(r"[^\W_]+(?=[\W_])")
# A citation that names its work to a program alone.
IDENTIFIER = re.compile(r"(?:doi|pmid|pmcid|https?)\b[\s:]*\S+\s*|10\.\d+/\S+", re.IGNORECASE)
NAMED = """
SELECT w.work, w.year, w.is_paper, a.collective, ifnull(a.last_name, a.fore_name),
    w.journal, w.title, w.text
FROM works AS w LEFT JOIN authors AS a ON w.is_paper AND a.pmid = w.pmid AND a.position = 1
{} ORDER BY w.work
"""
SOME = "WHERE w.work IN (SELECT value FROM json_each(:works))"


class Label(NamedTuple):
    text: str
    is_guessed: bool


class Naming(NamedTuple):
    """What a label is made of; ``is_guessed`` where it was read from a printed citation."""

    name: str
    year: int | None
    is_guessed: bool

    def label(self, letter: str = "") -> str:
        when = f"{self.year or ''}{letter}"
        behind = f" {when}" if when else ""
        return shortened(self.name, LONGEST - len(behind)) + behind


def labels(db: sqlite3.Connection, works: Collection[str] | None = None) -> dict[str, Label]:
    """The labels of these works (None: of all), in the order of their identifiers. No two are
    alike, save for capitals: of one name and year each has a letter, in the same order."""
    if works is None:
        rows = db.execute(NAMED.format(""))
    else:
        rows = db.execute(NAMED.format(SOME), {"works": json.dumps(sorted(works))})
    names = {row[0]: _named(*row) for row in rows}
    texts = distinct(list(names.values()))
    return {
        work: Label(text, name.is_guessed)
        for (work, name), text in zip(names.items(), texts, strict=True)
    }


def distinct(names: Sequence[Naming]) -> list[str]:
    """A label for each, with a letter where several would be the same: Maris 2010a, Maris 2010b."""
    plain = [name.label() for name in names]
    times = Counter(map(str.casefold, plain))
    taken = {text for text, number in times.items() if number == 1}
    letters: dict[str, Iterator[int]] = {}
    told = []
    for name, text in zip(names, plain, strict=True):
        key = text.casefold()
        if times[key] > 1:
            lettered = (name.label(_letter(n)) for n in letters.setdefault(key, count()))
            text = next(label for label in lettered if label.casefold() not in taken)
            taken.add(text.casefold())
        told.append(text)
    return told


def shortened(text: str, room: int) -> str:
    """As many whole words as there is room for, and what shows that more follow."""
    if len(text) > room:
        text = SINGLE_LETTERS.sub(r"\1", text)
    if len(text) <= room:
        return text
    words = text[:room].rsplit(" ", 1)[0].split() if " " in text[:room] else []
    while words and (words[-1] in UNSPOKEN or len(" ".join(words)) >= room):
        words.pop()
    head = " ".join(words).rstrip(" ,.;:-–/(") or _whole_parts(text[: room - 1])
    return head + CUT


def _whole_parts(word: str) -> str:
    """Of a single long word what stands before its last mark, else as much as there is."""
    parts = list(MARKS.finditer(word))
    return word[: parts[-1].end()] if parts else word


def _letter(number: int) -> str:
    """a to z, then aa, ab and on."""
    before, last = divmod(number, 26)
    return (_letter(before - 1) if before else "") + chr(ord("a") + last)


def _named(
    work: str,
    year: int | None,
    is_paper: int,
    group: str | None,
    person: str | None,
    journal: str | None,
    title: str | None,
    text: str,
) -> Naming:
    if is_paper:
        name = _line(group) or _person(_line(person)) or _line(PLACE.sub("", journal or ""))
        return Naming(name or _line(title) or _line(text), year, False)
    line = _line(text)
    if name := "" if IDENTIFIER.fullmatch(line) else short_form(line):
        return Naming(name, year or clear_year(line), True)
    return Naming(work.replace("pmid:", "PMID "), year, False)


def _person(name: str) -> str:
    """Old records have all names in capitals; LI and Li look alike to a reader."""
    return name.title() if len(name) > 2 and name.isupper() else name


def _line(text: Any) -> str:
    """Printable characters, with single spaces between words."""
    text = text or ""
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(text.split())
