"""Harvested papers as the formats of references need them: all is read here, nothing written."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from kb.ids import page_range
from kb.notices.verdict import (
    ALARMS,
    CONTRADICTORY,
    DOUBTED,
    MARKS,
    NEVER_CHECKED,
    NONE_KNOWN,
    REINSTATED,
    RETRACTED,
)
from kb.record.titles import without_stop

PAPERS = """
SELECT pmid, is_book, is_chapter, title, vernacular_title, abstract, journal, journal_abbrev,
    nlm_unique_id, issn, publisher, publisher_place, edition, series, isbn, bookshelf_id, year,
    pub_date, pub_date_text, epub_date, volume, issue, pages, doi, pmcid,
    EXISTS (SELECT 1 FROM identifiers AS i
        WHERE i.pmid = papers.pmid AND i.type = 'pii' AND i.value = papers.pages),
    language, medline_status, publication_status, record_status, is_retracted, integrity_checked,
    date_revised, entrez_date,
    ifnull((SELECT verdict FROM verdicts v WHERE v.work = papers.work), 'never checked')
FROM papers LEFT JOIN imprints USING (pmid) ORDER BY pmid
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
SELECT descriptor, qualifier, is_major FROM mesh WHERE pmid = ? ORDER BY position
"""
TYPES = "SELECT name FROM publication_types WHERE pmid = ? ORDER BY position"
NOTICES = """
SELECT kind, notice_pmid, max(notice_doi), max(date), min(text) FROM notices
WHERE work = 'pmid:' || ?
    AND kind IN ('retraction', 'contradictory', 'expression_of_concern', 'reinstatement')
GROUP BY kind, coalesce(notice_pmid, notice_doi, text) ORDER BY min(id)
"""
NOTICE_NAMES = {
    "retraction": MARKS[RETRACTED].told,
    "contradictory": MARKS[CONTRADICTORY].told,
    "expression_of_concern": MARKS[DOUBTED].told,
    "reinstatement": MARKS[REINSTATED].told,
}
RETRACTED_TYPE = "Retracted Publication"
# Where a format parts at every comma, one within a name or a keyword becomes this sign (U+201A).
LOOKS_LIKE_COMMA = "‚"
# A letter with what belongs to it: Ch, J-P, Á.
INITIALS = re.compile(r"[^\W\d_][^\s.‐A-ZÀ-ÖØ-Þ-]*(?:[-‐][^\W\d_][^\s.‐A-ZÀ-ÖØ-Þ-]*)*")
SEASONS = re.compile(
    r"\b(spring|summer|autumn|fall|winter)\b(?:\s?[-–/]\s?(spring|summer|autumn|fall|winter)\b)?",
    re.IGNORECASE,
)
PLAIN_PAGES = re.compile(r"[^\s;,.]*")
# e01408-19 and ENEURO.0089-19.2019 are one number, where e247-346 are pages.
ARTICLE_NUMBER = re.compile(r"[A-Za-z]+(?:0[0-9]{4}-[0-9]{2}|\.[0-9]+-[0-9]{2}\.[0-9]{4})")
# What both ends of a range begin with, and what is each one's own.
ELECTRONIC = re.compile(r"([0-9]+\.)(e[0-9]+)(?:[–-](?:\1)?(e[0-9]+))?")
SECTION = re.compile(r"([A-Za-z]+[0-9]+-)([0-9]+)[–-](?:\1)?([0-9]+)")
PLAIN_RANGE = re.compile(r"([0-9]+)(?:-([0-9]+))?")
PREFIXED_PAGES = re.compile(r"([^\d–-]+)(\d+)[–-](\d+)")


class Name(NamedTuple):
    """An author or editor: a group, or a person of whom any part may be missing."""

    last: str | None
    fore: str | None
    initials: str | None
    suffix: str | None
    group: str | None

    @property
    def only(self) -> str | None:
        """The name where it is of one part: a group's, or a person's who has no family name."""
        return None if self.last else self.group or self.fore

    @property
    def given(self) -> str:
        """The given names; initials alone stand apart (J P), for readers shorten JP to J."""
        return self.fore or " ".join(INITIALS.findall(self.initials or "")) or ""


class ExportedHeading(NamedTuple):
    descriptor: str
    qualifier: str | None
    is_major: int


class Notice(NamedTuple):
    """A retraction, also one that witnesses contradict each other about, an expression of concern
    or the reinstatement of a retracted paper."""

    kind: str
    pmid: int | None
    doi: str | None
    date: str | None
    text: str | None


@dataclass(frozen=True)
class Paper:
    """A row of ``papers`` as in schema.sql, the verdict on it, and its lists in printed order."""

    pmid: int
    is_book: int
    is_chapter: int | None
    title: str
    vernacular_title: str | None
    abstract: str | None
    journal: str | None
    journal_abbrev: str | None
    nlm_unique_id: str | None
    issn: str | None
    book_publisher: str | None
    publisher_place: str | None
    edition: str | None
    series: str | None
    isbn: str | None
    bookshelf_id: str | None
    year: int | None
    pub_date: str | None
    pub_date_text: str | None
    epub_date: str | None
    volume: str | None
    issue: str | None
    pages: str | None
    doi: str | None
    pmcid: str | None
    is_article_number: int
    language: str | None
    medline_status: str | None
    publication_status: str | None
    record_status: str
    is_retracted: int | None
    integrity_checked: str | None
    date_revised: str | None
    entrez_date: str | None
    verdict: str
    authors: list[Name]
    editors: list[Name]
    keywords: list[str]
    headings: list[ExportedHeading]
    publication_types: list[str]
    notices: list[Notice]

    @property
    def is_whole_book(self) -> bool:
        return bool(self.is_book) and not self.is_chapter

    @property
    def printed_title(self) -> str:
        """The title without the full stop that PubMed ends it with; styles set their own."""
        return without_stop(self.title)

    @property
    def container(self) -> str | None:
        """The journal, as abbreviated where that alone is known, or the book of a chapter."""
        return None if self.is_whole_book else self.journal or self.journal_abbrev

    @property
    def publisher(self) -> str | None:
        return self.book_publisher or (self.journal if self.is_whole_book else None)

    @property
    def season(self) -> str | None:
        """``Fall``, ``Spring-Summer``: of an issue that has no month."""
        named = None if len(self.pub_date or "") > 4 else SEASONS.search(self.pub_date_text or "")
        return "-".join(part.title() for part in named.groups() if part) if named else None

    @property
    def subjects(self) -> list[str]:
        """Keywords, then MeSH headings, each once."""
        headings = ["/".join(filter(None, heading[:2])) for heading in self.headings]
        return list(dict.fromkeys([*self.keywords, *headings]))

    @property
    def types(self) -> list[str]:
        """Publication types; where only a notice says it, that the paper is retracted is added."""
        types = self.publication_types
        if self.verdict != RETRACTED or RETRACTED_TYPE.lower() in map(str.lower, types):
            return types
        return [*types, RETRACTED_TYPE]

    @property
    def status(self) -> str:
        """The verdict, and ``not retracted`` where nothing is known of a paper that PubMed was
        asked about, as ``kb.graphs.works`` has it."""
        is_sound = self.verdict == NONE_KNOWN and self.is_retracted == 0
        return "not retracted" if is_sound else self.verdict

    @property
    def is_doubted(self) -> bool:
        return self.verdict in ALARMS

    @property
    def url(self) -> str:
        return f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/"

    @property
    def bookshelf_url(self) -> str | None:
        """Where a book or a chapter can be read."""
        number = self.bookshelf_id
        return f"https://www.ncbi.nlm.nih.gov/books/{number}/" if number else None


def read(db: sqlite3.Connection) -> Iterator[Paper]:
    """All harvested papers, by PMID, one at a time."""
    for row in db.execute(PAPERS):
        pmid = row[:1]
        lists: tuple[Any, ...] = (
            [Name(*values) for values in db.execute(AUTHORS, pmid)],
            [Name(*values) for values in db.execute(EDITORS, pmid)],
            [keyword for (keyword,) in db.execute(KEYWORDS, pmid)],
            [ExportedHeading(*values) for values in db.execute(HEADINGS, pmid)],
            [name for (name,) in db.execute(TYPES, pmid)],
            [Notice(*values) for values in db.execute(NOTICES, pmid)],
        )
        yield Paper(*row, *lists)


def notes(paper: Paper) -> Iterator[str]:
    """What no field of most formats holds: integrity first, then the PMID."""
    yield from integrity_notes(paper)
    yield f"PMID: {paper.pmid}"
    if paper.epub_date:
        yield f"Epub: {paper.epub_date}"
    if not PLAIN_PAGES.fullmatch(paper.pages or ""):
        yield f"Pages: {paper.pages}"
    if paper.bookshelf_id:
        yield f"Bookshelf ID: {paper.bookshelf_id}"


def integrity_notes(paper: Paper) -> Iterator[str]:
    """Every notice, else whether the paper was checked, and whether PubMed still has it."""
    for notice in paper.notices:
        source = f"PMID {notice.pmid}" if notice.pmid else notice.doi and f"doi:{notice.doi}"
        named = ", ".join(filter(None, [notice.text, source, notice.date]))
        yield ": ".join(filter(None, [NOTICE_NAMES[notice.kind], named]))
    if not any(notice.kind == "retraction" for notice in paper.notices):
        yield _retraction_status(paper)
    if paper.record_status != "active":
        yield f"PubMed record: {paper.record_status}"


def _retraction_status(paper: Paper) -> str:
    """What no notice says; that it was never checked is said, for unknown is not sound."""
    if paper.verdict in (CONTRADICTORY, NEVER_CHECKED):
        return f"Retraction status: {paper.verdict}"
    if paper.verdict == RETRACTED:
        return f"{MARKS[RETRACTED].told}: no notice is named"
    if paper.is_retracted is None:
        return f"Retraction status: {paper.verdict}, never checked with PubMed"
    checked = f" on {paper.integrity_checked}" if paper.integrity_checked else ""
    return f"Retraction status: not retracted when last checked{checked}"


def first_and_last(pages: str) -> tuple[str, str]:
    """First and last page, the last one spelled out: 651-9 is 651 to 659, S63-6 is S63 to S66.

    Of a list the first range counts; the last page is empty for a single page or an article number,
    and both are for what is no page, such as a count of words. 1077.e1-1077.e12 and S1-34-S1-40 are
    whole; of 998-1002.e3 the printed pages count.
    """
    if plain := PLAIN_RANGE.fullmatch(pages):  # as nearly all are
        first, last = plain.groups(default="")
        return first, first[: max(0, len(first) - len(last))] + last if last else ""
    listed = re.split("[;,]", pages)[0].strip()
    if ARTICLE_NUMBER.fullmatch(listed):
        return listed, ""
    if lettered := ELECTRONIC.fullmatch(listed) or SECTION.fullmatch(listed):
        before, first, last = lettered.groups(default="")
        return before + first, before + last if last else ""
    range_ = re.split(r"\.e[0-9]", listed)[0]
    if " " in range_:
        return "", ""
    if prefixed := PREFIXED_PAGES.fullmatch(range_):
        prefix, first, last = prefixed.groups()
        first, last = page_range(f"{first}-{last}")
        return prefix + first, prefix + last
    return page_range(range_)
