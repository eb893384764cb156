"""What people type into the search box, as a query of FTS5. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from kb.tagging.wording import openings

TERM = re.compile(
    r'(?P<minus>-?)"(?P<phrase>[^"]*)"?(?P<tag1>\[[a-z]+\])?|(?P<word>[^\s"\[]+)(?P<tag2>\[[a-z]+\])?|\S',
    re.I,
)
MOST_TERMS = 32
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
    ``wanted`` are the terms that must occur with their alternatives, as queries of their own."""

    match: str | None
    dropped: int
    wanted: tuple[str, ...] = ()


def parse(text: str) -> Query:
    """All words must occur; "…" a phrase, ``word*`` a beginning, -word or NOT excludes, OR between
    words, AND says what is so anyway; PubMed's tags [ti], [tiab], [au] and [mh] name a field.
    British and American spellings find each other.

    Every term is quoted, so nothing that is typed can be a syntax error of FTS5 or reach its
    operators. What holds neither letter nor digit is no term, as for FTS5's own tokenizer.
    """
    wanted: list[list[str]] = []
    excluded: list[str] = []
    dropped = 0
    joined = denied = False
    for typed in TERM.finditer(text.replace("\x00", " ")):
        if typed["word"] in OPERATORS:
            joined = (typed["word"] == "OR" and bool(wanted)) or (joined and typed["word"] != "OR")
            denied = denied or typed["word"] == "NOT"
            continue
        term, minus = _term(typed)
        if term is None:
            continue
        if len(wanted) + len(excluded) >= MOST_TERMS:
            dropped += 1
        elif minus or denied:
            excluded.append(term)
        elif joined:
            wanted[-1].append(term)
        else:
            wanted.append([term])
        joined = denied = False
    groups = [f"({' OR '.join(terms)})" if terms[1:] else terms[0] for terms in wanted]
    return Query(_match(groups, excluded), dropped, tuple(groups))


OPERATORS = ("AND", "OR", "NOT")


def _term(typed: re.Match[str]) -> tuple[str | None, bool]:
    """The term in FTS5's language, and whether a minus stands before it."""
    if typed["word"] is None:
        words, minus, star = typed["phrase"] or "", bool(typed["minus"]), ""
    else:
        words = typed["word"]
        minus = words.startswith("-")
        star = "*" if words.endswith("*") else ""
        words = words.strip("-*") if minus else words.rstrip("*")
    if not any(unicodedata.category(char)[0] in "LN" for char in words):
        return None, False
    columns = FIELDS.get((typed["tag1"] or typed["tag2"] or "").lower())
    spelled = [f'"{way}"{star}' for way in _spellings(words)]
    term = f"({' OR '.join(spelled)})" if spelled[1:] else spelled[0]
    return (f"{{{columns}}} : {term}" if columns else term), minus


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
