"""nbib, the MEDLINE format of PubMed (NLM, "MEDLINE/PubMed Data Element (Field) Descriptions").

A line is a tag of up to four letters filled up with spaces, a dash, a space and a value. Values are
not wrapped, for readers join what was wrapped in different ways. A blank line parts the records.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from kb.exports.characters import one_line
from kb.exports.papers import ExportedHeading, Name, Notice, Paper, integrity_notes, read

NOTICE_TAGS = {"retraction": "RIN", "expression_of_concern": "ECI"}

Lines = Iterator[tuple[str, str | None]]


def pieces(db: sqlite3.Connection) -> Iterator[str]:
    """The file as text, a record at a time, by PMID."""
    for paper in read(db):
        lines = ((tag, one_line(value)) for tag, value in _record(paper) if value)
        yield "".join(f"{tag:4}- {value}\n" for tag, value in lines if value) + "\n"


def _record(paper: Paper) -> Lines:
    yield "PMID", str(paper.pmid)
    yield "STAT", paper.medline_status
    yield "LR", _digits(paper.date_revised)
    # Readers want the kind; this is NLM's word for what is not known.
    yield "IS", f"{paper.issn} (Undetermined)" if paper.issn else None
    yield "VI", paper.volume
    yield "IP", paper.issue
    yield "DP", paper.pub_date_text or str(paper.year or "")
    yield "TI", paper.title
    yield "TT", paper.vernacular_title
    yield "BTI", paper.container if paper.is_book else None
    yield "CTI", paper.series
    yield "PB", paper.publisher
    yield "EN", paper.edition
    yield "ISBN", paper.isbn
    yield "PG", paper.pages
    yield "LID", f"{paper.pages} [pii]" if paper.is_article_number else None
    yield "LID", f"{paper.doi} [doi]" if paper.doi else None
    yield "AB", paper.abstract
    for name in paper.authors:
        yield from _author(name)
    yield from (("FED", _full(name)) for name in paper.editors)
    yield from (("LA", language) for language in (paper.language or "").split("; "))
    yield from (("PT", name) for name in _types(paper))
    yield "PL", paper.publisher_place
    yield "DEP", _digits(paper.epub_date)
    yield "TA", paper.journal_abbrev
    yield "JT", None if paper.is_book else paper.container
    yield "JID", paper.nlm_unique_id
    for notice in paper.notices:
        if notice.kind in NOTICE_TAGS:
            yield NOTICE_TAGS[notice.kind], _notice(notice)
    yield from (("MH", _heading(heading)) for heading in paper.headings)
    yield from (("OT", keyword) for keyword in paper.keywords)
    yield "PMC", paper.pmcid
    yield "EDAT", (paper.entrez_date or "").replace("-", "/")
    yield "AID", f"{paper.doi} [doi]" if paper.doi else None
    yield "AID", f"{paper.bookshelf_id} [bookaccession]" if paper.bookshelf_id else None
    yield "PST", paper.publication_status
    # GN, general note, is the only field for what no other says: that a paper was never checked.
    yield from (("GN", note) for note in integrity_notes(paper))


def _types(paper: Paper) -> Iterator[str]:
    """Publication types, and PubMed's words for a book and a chapter, by which readers know one."""
    yield from paper.types
    if paper.is_book:
        kind = "Book" if paper.is_whole_book else "Book Chapter"
        yield from (name for name in [kind] if name not in paper.types)


def _author(name: Name) -> Lines:
    if name.group:
        yield "CN", name.group
    else:
        yield "FAU", _full(name)
        yield "AU", " ".join(filter(None, [name.last or name.fore, name.initials, name.suffix]))


def _full(name: Name) -> str:
    return name.only or ", ".join(filter(None, [name.last, name.given, name.suffix]))


def _heading(heading: ExportedHeading) -> str:
    star = "*" if heading.is_major else ""
    if heading.qualifier:
        return f"{heading.descriptor}/{star}{heading.qualifier}"
    return star + heading.descriptor


def _notice(notice: Notice) -> str:
    pmid = f"PMID: {notice.pmid}" if notice.pmid else None
    return " ".join(filter(None, [notice.text or notice.date, pmid])) or "no notice is named"


def _digits(day: str | None) -> str:
    return (day or "").replace("-", "")
