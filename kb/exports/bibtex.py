"""BibTeX of all harvested papers, in UTF-8, with the fields that JabRef, Zotero and biblatex know.

Words of a title that a style would write otherwise are in braces (kb.exports.latex), so that MIBG
does not become mibg. The PMID stands in ``pmid``, where JabRef and Zotero look, and in ``eprint``,
where biblatex does. Keywords are parted by commas, as biblatex wants them; a comma within one is
the sign ‚ that looks like it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from kb.exports.characters import one_line
from kb.exports.latex import braced, escaped, family, name_part, title
from kb.exports.papers import (
    LOOKS_LIKE_COMMA,
    RETRACTED_TYPE,
    Name,
    Paper,
    first_and_last,
    notes,
    read,
)
from kb.notices.verdict import RETRACTED

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Handed on by styles to commands that take them as they are.
VERBATIM = {"doi", "url", "eprint", "pmid", "pmcid", "issn", "isbn"}
PEOPLE = {"author", "editor"}
TITLES = {"title", "booktitle", "series"}


def pieces(db: sqlite3.Connection) -> Iterator[str]:
    """The file as text, an entry at a time, by PMID."""
    for paper in read(db):
        lines = "".join(_field(name, value) for name, value in _fields(paper) if value)
        yield f"@{_type(paper)}{{pmid{paper.pmid},\n{lines}{_month(paper)}}}\n\n"


def _type(paper: Paper) -> str:
    """The type, whose fields are there: an article without journal stops some styles."""
    if paper.is_book:
        return "book" if paper.is_whole_book else "incollection"
    return "article" if paper.container else "misc"


def _fields(paper: Paper) -> Iterator[tuple[str, str | None]]:
    first, last = first_and_last(paper.pages or "")
    yield "author", _names(paper.authors)
    yield "editor", _names(paper.editors)
    yield "title", paper.printed_title
    yield "booktitle" if paper.is_book else "journal", paper.container
    yield "series", paper.series
    yield "edition", paper.edition
    yield "publisher", paper.publisher
    yield "address", paper.publisher_place
    yield "shortjournal", paper.journal_abbrev
    yield "year", str(paper.year or "")
    # The day has no place in BibTeX; biblatex takes this one and passes over year and month.
    yield "date", paper.pub_date if len(paper.pub_date or "") == len("2023-04-01") else None
    yield "volume", paper.volume
    yield "number", paper.issue
    yield "pages", "--".join(filter(None, [first, last])) or paper.pages
    yield "issn", paper.issn
    yield "isbn", paper.isbn
    yield "doi", paper.doi
    yield "pmid", str(paper.pmid)
    yield "pmcid", paper.pmcid
    yield "eprint", str(paper.pmid)
    yield "eprinttype", "pubmed"
    yield "url", paper.bookshelf_url or paper.url
    yield "language", paper.language
    yield "publication_types", "; ".join(paper.types)
    # A bibliography must say that a paper is retracted. BibTeX's styles print note and not annote,
    # biblatex's pubstate too, citation processors what they make of type and pubstate.
    yield "type", RETRACTED_TYPE if paper.status == RETRACTED else None
    yield "pubstate", RETRACTED if paper.status == RETRACTED else None
    yield "note" if paper.is_doubted else "annote", "; ".join(notes(paper))
    yield "keywords", _keywords(paper.subjects)
    yield "abstract", paper.abstract


def _keywords(subjects: list[str]) -> str:
    """A comma at the end of a keyword is none of its own."""
    kept = (one_line(subject).strip(" ,") for subject in subjects)
    return ", ".join(subject.replace(",", LOOKS_LIKE_COMMA) for subject in kept if subject)


def _field(name: str, value: str) -> str:
    value = one_line(value)
    if not value:
        return ""
    if name in PEOPLE:
        return f"  {name} = {{{value}}},\n"
    if name == "pages":
        return f"  {name} = {{{'--'.join(map(escaped, value.split('--')))}}},\n"
    if name in VERBATIM:
        return f"  {name} = {{{_balanced(value)}}},\n"
    return f"  {name} = {{{title(value) if name in TITLES else escaped(value)}}},\n"


def _balanced(value: str) -> str:
    """A brace that stands alone would end the field; as in an address it is percent-encoded."""
    return value.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")


def _month(paper: Paper) -> str:
    """The month by its macro, of what has none the season in words."""
    if paper.season:
        return f"  month = {{{paper.season}}},\n"
    month = (paper.pub_date or "")[5:7]
    return f"  month = {MONTHS[int(month) - 1]},\n" if month else ""


def _names(names: list[Name]) -> str:
    return " and ".join(filter(None, map(_name, names)))


def _name(name: Name) -> str:
    """``Family, Suffix, Given``; what is of one part, or would be parted, is in braces."""
    if name.only:
        return braced(name.only)
    last, given = family(name.last or ""), name_part(name.given)
    if name.suffix:
        return f"{last}, {name_part(name.suffix)}, {given or '{}'}"
    return f"{last}, {given}" if given else braced(name.last or "")
