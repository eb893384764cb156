"""Citations of known papers as journals print them, and with the faults that they print. Pure.

Every choice is made with the ``random.Random`` that is handed in: the same seed, the same text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random
from string import ascii_lowercase

from kb.citations.citation import first_number
from kb.ids import page_range
from kb.record.article import Article

KEPT_WORDS = 4


@dataclass(frozen=True)
class ReferenceEntry:
    """What a citation prints of a paper; ``authors`` are family names with initials."""

    authors: tuple[str, ...]
    title: str
    journal: str
    year: int
    volume: str
    issue: str
    pages: str


def entry(article: Article) -> ReferenceEntry | None:
    """None for what no citation of a journal names: books, records without a title or a year."""
    journal = article.journal_abbrev or article.journal
    if article.is_book or not (article.title and journal and article.year):
        return None
    return ReferenceEntry(
        authors=tuple(author.name for author in article.authors),
        title=article.title.strip("[]. "),
        journal=journal,
        year=article.year,
        volume=article.volume or "",
        issue=article.issue or "",
        pages=article.pages or "",
    )


def cite(known: ReferenceEntry, random: Random, count: int) -> tuple[str, tuple[str, ...]]:
    """A citation with so many faults, and their names."""
    faults = tuple(sorted(random.sample(sorted(FAULTS), count)))
    for fault in faults:
        known = FAULTS[fault](known, random)
    return STYLES[random.choice(sorted(STYLES))](known), faults


# Styles


def _vancouver(e: ReferenceEntry) -> str:
    authors = _listed(e.authors, 6, ", ", ", et al")
    issue = f"({e.issue})" if e.issue else ""
    return f"{authors}{e.title}. {e.journal}. {e.year}{_after(';', e.volume)}{issue}" + (
        f"{_after(':', _short(e.pages))}."
    )


def _harvard(e: ReferenceEntry) -> str:
    authors = _listed([_dotted(name) for name in e.authors], 6, ", ", ", et al.", " ")
    return f"{authors}({e.year}). {e.title}. {e.journal} {e.volume}{_after(', ', _long(e.pages))}."


def _apa(e: ReferenceEntry) -> str:
    authors = [_dotted(name, ", ") for name in e.authors]
    listed = _listed(authors, 20, ", ", ", …", " ")
    issue = f"({e.issue})" if e.issue else ""
    place = f"{_after(', ', e.volume)}{issue}{_after(', ', _long(e.pages))}"
    return f"{listed}({e.year}). {e.title}. {e.journal}{place}."


def _ieee(e: ReferenceEntry) -> str:
    authors = _listed([_turned(name) for name in e.authors], 3, ", ", " et al.", ", ")
    parts = [e.journal, _after("vol. ", e.volume), _after("no. ", e.issue)]
    parts += [_after("pp. ", _long(e.pages)), str(e.year)]
    return f"[7] {authors}“{e.title},” {', '.join(filter(None, parts))}."


def _acs(e: ReferenceEntry) -> str:
    authors = _listed([_dotted(name, ", ") for name in e.authors], 10, "; ", "; et al.", " ")
    parts = [f"{e.year}", e.volume, _long(e.pages)]
    return f"{authors}{e.title}. {e.journal} {', '.join(filter(None, parts))}."


STYLES: Mapping[str, Callable[[ReferenceEntry], str]] = {
    "ACS": _acs,
    "APA": _apa,
    "Harvard": _harvard,
    "IEEE": _ieee,
    "Vancouver": _vancouver,
}


def _listed(
    names: tuple[str, ...] | list[str], most: int, comma: str, others: str, end: str = ". "
) -> str:
    if not names:
        return ""
    return comma.join(names[:most]) + (others if len(names) > most else "") + end


def _dotted(name: str, between: str = " ") -> str:
    """Maris JM as Maris J. M.; what has no initials as it is."""
    family, initials = _parted(name)
    return f"{family}{between}{' '.join(f'{i}.' for i in initials)}" if initials else family


def _turned(name: str) -> str:
    family, initials = _parted(name)
    return " ".join((*(f"{i}." for i in initials), family))


def _parted(name: str) -> tuple[str, str]:
    family, _, initials = name.rpartition(" ")
    return (family, initials) if family and initials.isupper() else (name, "")


def _after(mark: str, text: str) -> str:
    return f"{mark}{text}" if text else ""


def _short(pages: str) -> str:
    return pages.replace("-", "–")


def _long(pages: str) -> str:
    return "–".join(filter(None, page_range(pages)))


# Faults


def _wrong_year(e: ReferenceEntry, random: Random) -> ReferenceEntry:
    return replace(e, year=e.year + random.choice((-1, 1)))


def _misprinted_journal(e: ReferenceEntry, random: Random) -> ReferenceEntry:
    """A letter lost, doubled or replaced."""
    at = random.choice([n for n, letter in enumerate(e.journal) if letter.isalpha()])
    letter = random.choice(("", e.journal[at] * 2, random.choice(ascii_lowercase)))
    return replace(e, journal=e.journal[:at] + letter + e.journal[at + 1 :])


def _missing_authors(e: ReferenceEntry, random: Random) -> ReferenceEntry:
    """All but the first, the first, or all."""
    return replace(e, authors=random.choice((e.authors[:1], e.authors[1:], ())))


def _abbreviated_title(e: ReferenceEntry, random: Random) -> ReferenceEntry:
    """Without its subtitle, or cut after a half of its words or more."""
    main, colon, _ = e.title.partition(": ")
    words = e.title.split()
    if colon and random.random() < 0.5:
        return replace(e, title=main)
    kept = random.randint(min(len(words), max(KEPT_WORDS, len(words) // 2)), len(words))
    return replace(e, title=" ".join(words[:kept]))


def _article_number(e: ReferenceEntry, random: Random) -> ReferenceEntry:
    """In place of the pages, with e or without; or neither, where the number was not known."""
    page = first_number(e.pages)
    number = page[1:] if page.startswith("e") else f"e{page}" if page else ""
    return replace(e, pages=random.choice((number, number, "")))


FAULTS: Mapping[str, Callable[[ReferenceEntry, Random], ReferenceEntry]] = {
    "abbreviated title": _abbreviated_title,
    "article number": _article_number,
    "misprinted journal": _misprinted_journal,
    "missing authors": _missing_authors,
    "wrong year": _wrong_year,
}


def hide_ids(text: str) -> str:
    """A citation without the identifiers that stand in it."""
    return re.sub(r"(?i)(?:\bdoi\b\W*)?\b10\.[0-9]{4,9}/\S+|\bpmc?(?:id)?\W*[0-9]+", "", text)
