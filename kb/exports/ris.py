"""RIS of all harvested papers (Research Information Systems' specification of 2001, in UTF-8).

A line is a tag, two spaces, a dash, a space and a value; lines end in CR LF, a record begins with
TY and ends with ER. Readers differ in what they take (none maps AN to the PMID), so the PMID also
stands in ID, UR and a note.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from kb.ids import page_range

PAPERS = """
SELECT pmid, is_book, title, abstract, journal, journal_abbrev, issn, year, pub_date, epub_date,
    volume, issue, pages, doi, pmcid, language, record_status, is_retracted, integrity_checked
FROM papers ORDER BY pmid
"""
AUTHORS = """
SELECT last_name, fore_name, initials, suffix, collective
FROM authors WHERE pmid = ? ORDER BY position
"""
EDITORS = """
SELECT last_name, fore_name, initials, NULL, collective
FROM contributors WHERE pmid = ? AND role = 'editor' ORDER BY position
"""
KEYWORDS = "SELECT keyword FROM keywords WHERE pmid = ? ORDER BY position"
HEADINGS = """
SELECT descriptor || ifnull('/' || qualifier, '') FROM mesh WHERE pmid = ? ORDER BY position
"""
TYPES = "SELECT name FROM publication_types WHERE pmid = ? ORDER BY position"
NOTICES = """
SELECT kind, notice_pmid, max(date), min(text) FROM notices
WHERE pmid = ? AND kind IN ('retraction', 'expression_of_concern')
GROUP BY kind, coalesce(notice_pmid, text) ORDER BY min(id)
"""

NOTICE_NAMES = {"retraction": "RETRACTED", "expression_of_concern": "EXPRESSION OF CONCERN"}

# A value is one line: whatever any reader takes for the end of a line becomes a space, other
# control characters the sign that stands for them.
BREAKS = re.compile(r"[\t-\r\x1c-\x1e\x85\u2028\u2029]+")
CONTROLS = {n: 0x2400 + n for n in range(32)} | dict.fromkeys(range(127, 160), 0xFFFD)
# The specification forbids the asterisk in names, keywords and periodicals; HLA-B*57:01 is one.
NO_ASTERISK = {"AU", "A2", "KW", "T2", "J2"}
PLAIN_PAGES = re.compile(r"[^\s;,.]*")
PREFIXED_PAGES = re.compile(r"([^\d–-]+)(\d+)[–-](\d+)")

Name = tuple[str | None, str | None, str | None, str | None, str | None]
Lines = Iterator[tuple[str, str | int | None]]


class Paper(NamedTuple):
    """A row of PAPERS."""

    pmid: int
    is_book: int
    title: str
    abstract: str | None
    journal: str | None
    journal_abbrev: str | None
    issn: str | None
    year: int | None
    pub_date: str | None
    epub_date: str | None
    volume: str | None
    issue: str | None
    pages: str | None
    doi: str | None
    pmcid: str | None
    language: str | None
    record_status: str
    is_retracted: int | None
    integrity_checked: str | None


def pieces(db: sqlite3.Connection) -> Iterator[str]:
    """The file as text, a record at a time, by PMID."""
    for row in db.execute(PAPERS):
        paper = Paper(*row)
        written = (_line(tag, value) for tag, value in _record(db, paper))
        yield "".join(written) + "ER  - \r\n\r\n"


def _record(db: sqlite3.Connection, paper: Paper) -> Lines:
    """Tags and values of a paper in order; a value that is unknown or empty gives no line."""
    yield "TY", "CHAP" if paper.is_book else "JOUR"
    yield "ID", paper.pmid
    for name in db.execute(AUTHORS, [paper.pmid]):
        yield "AU", _name(*name)
    for name in db.execute(EDITORS, [paper.pmid]):
        yield "A2", _name(*name)
    yield "TI", paper.title
    yield "T2", paper.journal
    yield "J2", paper.journal_abbrev
    yield "PY", paper.year
    yield "DA", (paper.pub_date or "").replace("-", "/")
    yield "VL", paper.volume
    yield "IS", paper.issue
    first, last = first_and_last(paper.pages or "")
    yield "SP", first
    yield "EP", last
    yield "SN", paper.issn
    yield "DO", paper.doi
    yield "AN", paper.pmid
    yield "C2", paper.pmcid
    yield "DB", "PubMed"
    yield "LA", paper.language
    yield "M3", "; ".join(_column(db, TYPES, paper))
    yield "UR", f"https://pubmed.ncbi.nlm.nih.gov/{paper.pmid}/"
    yield from (("N1", note) for note in _notes(db, paper))
    keywords = [*_column(db, KEYWORDS, paper), *_column(db, HEADINGS, paper)]
    yield from (("KW", keyword) for keyword in dict.fromkeys(keywords))
    yield "AB", paper.abstract


def _line(tag: str, value: str | int | None) -> str:
    text = BREAKS.sub(" ", str(value or "")).translate(CONTROLS).strip()
    if tag in NO_ASTERISK:
        text = text.replace("*", "∗")
    return f"{tag}  - {text}\r\n" if text else ""


def _name(
    last: str | None, fore: str | None, initials: str | None, suffix: str | None, group: str | None
) -> str:
    """``Family, Given, Suffix``. A name of one part ends with a comma: without it, readers take
    the last word of a group for its family name."""
    if not last:
        return f"{group or fore},"
    given = fore or initials or ""
    return ", ".join([last, given, suffix]) if suffix else f"{last}, {given}".rstrip()


def first_and_last(pages: str) -> tuple[str, str]:
    """First and last page, the last one spelled out: 651-9 is 651 to 659, S63-6 is S63 to S66.

    Of a list the first range counts; the last page is empty for a single page or an article number,
    and both are for what is no page, such as a count of words.
    """
    range_ = re.split(r"[;,]|\.e[0-9]", pages)[0].strip()
    if " " in range_:
        return "", ""
    if prefixed := PREFIXED_PAGES.fullmatch(range_):
        prefix, first, last = prefixed.groups()
        first, last = page_range(f"{first}-{last}")
        return prefix + first, prefix + last
    return page_range(range_)


def _notes(db: sqlite3.Connection, paper: Paper) -> Iterator[str]:
    notices = list(db.execute(NOTICES, [paper.pmid]))
    for kind, notice_pmid, date, text in notices:
        source = f"PMID {notice_pmid}" if notice_pmid else None
        named = ", ".join(filter(None, [text, source, date]))
        yield ": ".join(filter(None, [NOTICE_NAMES[kind], named]))
    if not any(kind == "retraction" for kind, *_ in notices):
        yield _retraction_status(paper)
    if paper.record_status != "active":
        yield f"PubMed record: {paper.record_status}"
    yield f"PMID: {paper.pmid}"
    if paper.epub_date:
        yield f"Epub: {paper.epub_date}"
    if not PLAIN_PAGES.fullmatch(paper.pages or ""):
        yield f"Pages: {paper.pages}"


def _retraction_status(paper: Paper) -> str:
    """What the record alone says; that it was never checked is said, for unknown is not sound."""
    if paper.is_retracted is None:
        return "Retraction status: never checked"
    if paper.is_retracted:
        return "RETRACTED: no notice is named"
    checked = f" on {paper.integrity_checked}" if paper.integrity_checked else ""
    return f"Retraction status: not retracted when last checked{checked}"


def _column(db: sqlite3.Connection, query: str, paper: Paper) -> list[str]:
    return [value for (value,) in db.execute(query, [paper.pmid])]
