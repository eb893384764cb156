"""What people type into the search box, as a query of FTS5. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kb.tagging.wording import openings

TERM = re.compile(
    r'(?P<minus>-?)"(?P<phrase>[^"]*)"?(?P<tag1>\[[a-z]+\])?|(?P<word>[^\s"\[]+)(?P<tag2>\[[a-z]+\])?|\S',
    re.I,
)
# Letters and digits in a row, which FTS5 takes for a word or more.
WORDS = re.compile(r"[^\W_]+")
MOST_TERMS = 24
# What makes a search slow is what it begins: a letter begins a third of all words.
SHORTEST_BEGINNING = 2  # letters or digits
MOST_BEGINNINGS = 6
MOST_WORDS = 200  # of all terms together, since a phrase may have any number
# PubMed's field tags, as columns of papers_fts; any other tag is left out of account.
FIELDS = {
    "[ti]": "title",
    "[title]": "title",
    "[tiab]": "title abstract",
    "[ab]": "abstract",
    "[au]": "authors",
    "[author]": "authors",
    "[ot]": "keywords",
    "[mh]": "mesh",
    "[mesh]": "mesh",
    "[majr]": "mesh",
}


@dataclass(frozen=True)
class Query:
    """``match`` is for FTS5, None where the text holds no word; ``dropped`` counts what was cut.
    ``wanted`` are the terms that must occur with their alternatives, as queries of their own;
    ``beginnings`` what is written as the beginning of a word; ``words`` counts those of all terms.
    """

    match: str | None
    dropped: int
    wanted: tuple[str, ...] = ()
    beginnings: tuple[str, ...] = ()
    words: int = 0

    @property
    def too_costly(self) -> str | None:
        """Why others would wait too long for it, and what to write instead."""
        for beginning in self.beginnings:
            last = (WORDS.findall(beginning) or [""])[-1]
            if len(last) < SHORTEST_BEGINNING:
                return f"{beginning[:80]}*: write {SHORTEST_BEGINNING} letters or more before a *."
        if len(self.beginnings) > MOST_BEGINNINGS:
            return (
                f"A search takes {MOST_BEGINNINGS} words that end in *; "
                f"this one has {len(self.beginnings)}."
            )
        if self.words > MOST_WORDS:
            return f"A search takes {MOST_WORDS} words; this one has {self.words:,}."
        return None


def parse(text: str) -> Query:
    """All words must occur; "…" a phrase, ``word*`` a beginning, -word or NOT excludes, OR between
    words, AND says what is so anyway; PubMed's tags [ti], [tiab], [au] and [mh] name a field.
    British and American spellings find each other.

    Every term is quoted, so nothing that is typed can be a syntax error of FTS5 or reach its
    operators. What holds neither letter nor digit is no term, as for FTS5's own tokenizer.
    """
    wanted: list[list[str]] = []
    excluded: list[str] = []
    kept: list[_Term] = []
    dropped = 0
    joined = denied = False
    for typed in TERM.finditer(text.replace("\x00", " ")):
        if typed["word"] in OPERATORS:
            joined = (typed["word"] == "OR" and bool(wanted)) or (joined and typed["word"] != "OR")
            denied = denied or typed["word"] == "NOT"
            continue
        term = _term(typed)
        if term is None:
            continue
        if len(kept) >= MOST_TERMS:
            dropped += 1
            continue
        kept.append(term)
        if term.minus or denied:
            excluded.append(term.match)
        elif joined:
            wanted[-1].append(term.match)
        else:
            wanted.append([term.match])
        joined = denied = False
    return _query(wanted, excluded, kept, dropped)


def _query(
    wanted: list[list[str]], excluded: list[str], kept: Sequence[_Term], dropped: int
) -> Query:
    each_once = [list(dict.fromkeys(terms)) for terms in wanted]
    groups = [f"({' OR '.join(terms)})" if terms[1:] else terms[0] for terms in each_once]
    return Query(
        _match(groups, excluded),
        dropped,
        tuple(groups),
        tuple(term.words for term in kept if term.is_beginning),
        sum(len(WORDS.findall(term.words)) for term in kept),
    )


OPERATORS = ("AND", "OR", "NOT")


class _Term(NamedTuple):
    """A term as typed, and in FTS5's language; ``minus`` where one stands before it."""

    words: str
    match: str
    minus: bool
    is_beginning: bool


def _term(typed: re.Match[str]) -> _Term | None:
    """None for what FTS5 sees no word in."""
    if typed["word"] is None:
        words, minus, star = typed["phrase"] or "", bool(typed["minus"]), ""
    else:
        words = typed["word"]
        minus = words.startswith("-")
        star = "*" if words.endswith("*") else ""
        words = words.strip("-*") if minus else words.rstrip("*")
    if not any(unicodedata.category(char)[0] in "LN" for char in words):
        return None
    columns = FIELDS.get((typed["tag1"] or typed["tag2"] or "").lower())
    spelled = [f'"{way}"{star}' for way in _spellings(words)]
    term = f"({' OR '.join(spelled)})" if spelled[1:] else spelled[0]
    return _Term(words, f"{{{columns}}} : {term}" if columns else term, minus, bool(star))


def _spellings(words: str) -> list[str]:
    """The words as typed, and where they are plain ones in the other spelling too."""
    if not re.fullmatch(r"[a-z]+(?: [a-z]+){0,3}", words, re.I):
        return [words]
    ways = [" ".join(way) for way in openings(words)]
    return [words, *(way for way in ways if way != words.lower())][:MOST_SPELLINGS]


MOST_SPELLINGS = 8


def _match(groups: list[str], excluded: list[str]) -> str | None:
    # FTS5 knows NOT only between two sides: without a wanted word there is nothing to exclude from.
    if not groups:
        return None
    match = " AND ".join(groups)
    return f"({match}) NOT ({' OR '.join(excluded)})" if excluded else match
