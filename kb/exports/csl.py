"""CSL-JSON 1.0.2 of all harvested papers, for Zotero, pandoc and citeproc processors.

Styles print ``status`` and ``genre`` of every item that has them: APA the first, APA, Chicago, MLA
and NLM the second. Both are there where a paper is retracted, and say so; publication types and
status of every paper are in ``custom``, which no style prints. The notices are in ``note``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

from kb.exports.json_lines import listed
from kb.exports.languages import of_item
from kb.exports.letter_case import has_any, words
from kb.exports.papers import RETRACTED_TYPE, Name, Paper, first_and_last, notes, read

SEASONS = {"Spring": 1, "Summer": 2, "Autumn": 3, "Fall": 3, "Winter": 4}


def pieces(db: sqlite3.Connection) -> Iterator[str]:
    """The file as text, a record at a time, by PMID."""
    yield "["
    yield from listed(map(_item, read(db)))
    yield "]\n"


def _item(paper: Paper) -> dict[str, Any]:
    first, last = first_and_last(paper.pages or "")
    is_retracted = paper.status == "retracted"
    item = {
        "id": f"pmid:{paper.pmid}",
        "type": _type(paper),
        "title": _title(paper.printed_title),
        "author": [_name(name) for name in paper.authors],
        "editor": [_name(name) for name in paper.editors],
        "container-title": paper.container,
        "container-title-short": paper.journal_abbrev,
        "collection-title": paper.series,
        "edition": paper.edition,
        "publisher": paper.publisher,
        "publisher-place": paper.publisher_place,
        "issued": _issued(paper),
        "available-date": _date(paper.epub_date),
        "volume": paper.volume,
        "issue": paper.issue,
        "page": "-".join(filter(None, [first, last])) or paper.pages,
        "DOI": paper.doi,
        "PMID": str(paper.pmid),
        "PMCID": paper.pmcid,
        "ISSN": paper.issn,
        "ISBN": paper.isbn,
        "URL": paper.bookshelf_url or paper.url,
        "language": of_item(paper.language),
        "status": paper.status if is_retracted else None,
        "genre": RETRACTED_TYPE if is_retracted else None,
        "source": "PubMed",
        "keyword": "; ".join(paper.subjects),
        "note": "\n".join(notes(paper)),
        "abstract": paper.abstract,
        "custom": {"publication_types": paper.types, "retraction_status": paper.status},
    }
    return {name: value for name, value in item.items() if value}


def _type(paper: Paper) -> str:
    return "book" if paper.is_whole_book else "chapter" if paper.is_book else "article-journal"


def _title(title: str) -> str:
    """With the mark of CSL around each word that no style may set in title case: β1a, p53, mg."""
    if not has_any(title):
        return title
    return "".join(
        f'<span class="nocase">{word}</span>' if is_meant else word
        for word, is_meant in words(title)
    )


def _name(name: Name) -> dict[str, str]:
    if name.only:
        return {"literal": name.only}
    parts = {"family": name.last, "given": name.given, "suffix": name.suffix}
    return {part: text for part, text in parts.items() if text}


def _issued(paper: Paper) -> dict[str, Any] | None:
    """The date of the issue, with its season where it has no month: 1 is spring, two by name."""
    issued = _date(paper.pub_date or (f"{paper.year:04d}" if paper.year else None))
    if not issued or not paper.season:
        return issued
    return {**issued, "season": SEASONS.get(paper.season, paper.season)}


def _date(day: str | None) -> dict[str, list[list[int]]] | None:
    return {"date-parts": [[int(part) for part in day.split("-")]]} if day else None
