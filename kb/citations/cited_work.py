"""A work of which only a citation is known, read from it so that other citations may be compared.

A citation with a PMID names its work for the citations that have none. Styles differ too much to be
read with certainty: what does not show its author, title, journal, volume and first page in one of
the common orders is not read, and then no other citation is taken for its work.
"""

from __future__ import annotations

import re

from kb.answers import Described
from kb.citations.citation import (
    SERIES,
    AuthorName,
    Citable,
    Citation,
    author_keys,
    first_number,
    fold,
    spelled,
)
from kb.citations.template import as_printed

# Where a part of a citation may end: after a sentence, around a year in brackets, after et al.
PARTS = re.compile(
    r"(?<=[.?!])\s+|\s*\(?\b(?:1[89]|20)[0-9]{2}[a-z]?\)[.,:]?\s*|\bet al\b[.,:;]*\s*",
    re.IGNORECASE,
)
INITIALS = re.compile(r"(?:[^\W\d_]\.?-?){1,4}[.,;:]*")
# Of the words of a list of authors, so many are initials.
INITIALS_SHARE = 0.25
LABEL = re.compile(r"^\W*(?:[0-9]{1,3}[.)\]]\s*)?")
FIRST_AUTHOR = re.compile(r"[^.,;:()]+")
TITLE_WORDS = 3


def cited_work(
    pmid: int,
    text: str,
    *,
    doi: str | None,
    pmcid: str | None,
    citation: Citation | None = None,
) -> Citable | None:
    """The work that a citation with a PMID is of; None where the citation cannot be read.
    ``citation`` is the text where it was read already."""
    body = LABEL.sub("", as_printed(text))
    name, given = _first_author(body)
    title, journal = _title_and_journal(body)
    citation = citation or Citation(text)
    places = [(volume, page) for volume, page in citation.places if page]
    if not (name and title and journal and places):
        return None
    volume, page = places[-1]
    # Of the years outside the title the last: "Spine (Phila Pa 1976)" has an older one in its name.
    years = Citation(body.replace(title, " ")).years
    return Citable(
        pmid=pmid,
        doi=doi,
        pmcid=pmcid,
        title=fold(title),
        in_series=bool(SERIES.search(title)),
        first_author=name,
        author=AuthorName(author_keys(name), given),
        others=(),
        journal=journal,
        journals=(fold(journal),),
        year=max(years, default=None),
        epub_year=None,
        volume=first_number(volume),
        first_page=page,
        known_as="others cite it",
    )


def described_work(described: Described, known_as: str) -> Citable | None:
    """The work that a service describes; None where it tells too little to compare it."""
    name, given = _first_author(described.author)
    page = first_number(described.page)
    if not (name and described.title and described.journal and page):
        return None
    return Citable(
        pmid=described.pmid,
        doi=described.doi,
        pmcid=None,
        title=fold(described.title),
        in_series=bool(SERIES.search(described.title)),
        first_author=name,
        author=AuthorName(author_keys(name), given),
        others=(),
        journal=described.journal,
        journals=(fold(described.journal),),
        year=described.year,
        epub_year=None,
        volume=first_number(described.volume),
        first_page=page,
        known_as=known_as,
    )


def _first_author(body: str) -> tuple[str, tuple[str, ...]]:
    """Family name and given names of the first author; empty where initials stand before it."""
    author = FIRST_AUTHOR.match(body)
    words = author[0].split() if author else []
    behind = body[author.end() :].lstrip(" ,").split(" ", 1)[0] if author else ""
    initials = [word for word in words if _is_initials(word)]
    family = words[: words.index(initials[0])] if initials else words
    if not family or len(family) >= TITLE_WORDS + 1:
        return "", ()
    if not initials and _is_initials(behind):
        initials = [behind]
    given = "".join(spelled(word).replace(" ", "") for word in initials)
    return " ".join(family), (given,) if given else ()


def _title_and_journal(body: str) -> tuple[str, str]:
    parts = [part.strip() for part in PARTS.split(body) if part and part.strip()]
    for number, part in enumerate(parts):
        if len(part.split()) >= TITLE_WORDS and not _are_authors(part):
            journal = re.match(r"[^0-9]*", " ".join(parts[number + 1 :]))
            return part, journal[0].strip(" .,;:(") if journal else ""
    return "", ""


def _are_authors(part: str) -> bool:
    words = part.split()
    return sum(map(_is_initials, words)) >= INITIALS_SHARE * len(words)


def _is_initials(word: str) -> bool:
    return bool(INITIALS.fullmatch(word)) and word == word.upper() and word[0].isalpha()
