"""What people type into the search box, as a query of FTS5. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

TERM = re.compile(r'(?P<minus>-?)"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+)')
MOST_TERMS = 32


@dataclass(frozen=True)
class Query:
    """``match`` is for FTS5, None where the text holds no word; ``dropped`` counts what was cut."""

    match: str | None
    dropped: int


def parse(text: str) -> Query:
    """All words must occur; "…" a phrase, ``word*`` a beginning, -word excludes, OR between words.

    Every term is quoted, so nothing that is typed can be a syntax error of FTS5 or reach its
    operators. What holds neither letter nor digit is no term, as for FTS5's own tokenizer.
    """
    wanted: list[list[str]] = []
    excluded: list[str] = []
    dropped = 0
    joined = False
    for found in TERM.finditer(text.replace("\x00", " ")):
        if found["word"] == "OR":
            joined = bool(wanted)
            continue
        term, minus = _term(found)
        if term is None:
            continue
        if len(wanted) + len(excluded) >= MOST_TERMS:
            dropped += 1
        elif minus:
            excluded.append(term)
        elif joined:
            wanted[-1].append(term)
        else:
            wanted.append([term])
        joined = False
    return Query(_match(wanted, excluded), dropped)


def _term(found: re.Match[str]) -> tuple[str | None, bool]:
    if found["word"] is None:
        words, minus, star = found["phrase"], bool(found["minus"]), ""
    else:
        words = found["word"]
        minus = words.startswith("-")
        star = "*" if words.endswith("*") else ""
        words = words.strip("-*") if minus else words.rstrip("*")
    if not any(unicodedata.category(char)[0] in "LN" for char in words):
        return None, False
    return f'"{words}"{star}', minus


def _match(wanted: list[list[str]], excluded: list[str]) -> str | None:
    # FTS5 knows NOT only between two sides: without a wanted word there is nothing to exclude from.
    if not wanted:
        return None
    match = " AND ".join(f"({' OR '.join(terms)})" if terms[1:] else terms[0] for terms in wanted)
    return f"({match}) NOT ({' OR '.join(excluded)})" if excluded else match
