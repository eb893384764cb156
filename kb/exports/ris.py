"""RIS of all harvested papers (Research Information Systems' specification of 2001, in UTF-8).

A line is a tag, two spaces, a dash, a space and a value; lines end in CR LF, a record begins with
TY and ends with ER. Readers differ in what they take (none maps AN to the PMID), so the PMID also
stands in ID, UR and a note.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from kb.exports.characters import one_line
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

# The specification forbids the asterisk in names, keywords and periodicals; HLA-B*57:01 is one.
NO_ASTERISK = {"AU", "A2", "KW", "T2", "J2"}

Lines = Iterator[tuple[str, str | int | None]]


def pieces(db: sqlite3.Connection) -> Iterator[str]:
    """The file as text, a record at a time, by PMID."""
    for paper in read(db):
        written = (_line(tag, value) for tag, value in _record(paper))
        yield "".join(written) + "ER  - \r\n\r\n"


def _record(paper: Paper) -> Lines:
    """Tags and values of a paper in order; a value that is unknown or empty gives no line."""
    yield "TY", "BOOK" if paper.is_whole_book else "CHAP" if paper.is_book else "JOUR"
    yield "ID", paper.pmid
    yield from (("AU", _name(name)) for name in paper.authors)
    # The second authors of a whole book are the editors of its series.
    editor = "ED" if paper.is_whole_book else "A2"
    yield from ((editor, _name(name)) for name in paper.editors)
    yield "TI", paper.printed_title
    yield "T2", paper.series if paper.is_whole_book else paper.container
    yield "T3", None if paper.is_whole_book else paper.series
    yield "ET", paper.edition
    yield "PB", paper.publisher
    yield "CY", paper.publisher_place
    yield "J2", paper.journal_abbrev
    yield "PY", paper.year
    yield "DA", _date(paper)
    yield "VL", paper.volume
    yield "IS", paper.issue
    first, last = first_and_last(paper.pages or "")
    yield "SP", first
    yield "EP", last
    yield "SN", paper.isbn or paper.issn
    yield "DO", paper.doi
    yield "AN", paper.pmid
    yield "C2", paper.pmcid
    yield "DB", "PubMed"
    yield "LA", paper.language
    # Readers make of it what styles print behind the title.
    yield "M3", RETRACTED_TYPE if paper.status == RETRACTED else None
    yield "UR", paper.bookshelf_url
    yield "UR", paper.url
    yield from (("N1", note) for note in notes(paper))
    yield "N1", f"Publication types: {'; '.join(paper.types)}" if paper.types else None
    yield from (("KW", subject) for subject in paper.subjects)
    yield "AB", paper.abstract


def _date(paper: Paper) -> str:
    """YYYY/MM/DD as far as known, and a season as what else is to be said: 2003///Fall."""
    day = (paper.pub_date or "").replace("-", "/")
    return f"{day}///{paper.season}" if day and paper.season else day


def _line(tag: str, value: str | int | None) -> str:
    if not value:
        return ""
    text = one_line(str(value))
    if "*" in text and tag in NO_ASTERISK:
        text = text.replace("*", "∗")
    return f"{tag}  - {text}\r\n" if text else ""


def _name(name: Name) -> str:
    """``Family, Given, Suffix``. A name of one part ends with a comma: without it, readers take
    the last word of a group for its family name; a comma within would part it all the same."""
    if name.only:
        return f"{name.only.replace(',', LOOKS_LIKE_COMMA)},"
    if name.suffix:
        return f"{name.last}, {name.given}, {name.suffix}"
    return f"{name.last}, {name.given}".rstrip()
