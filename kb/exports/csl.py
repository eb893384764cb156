"""CSL-JSON 1.0.2 of all harvested papers, for Zotero, pandoc and citeproc processors.

``status`` is the field that CSL has for a retraction; the notices are in ``note``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

from kb.exports.json_lines import listed
from kb.exports.papers import Name, Paper, first_and_last, notes, read


def pieces(db: sqlite3.Connection) -> Iterator[str]:
    """The file as text, a record at a time, by PMID."""
    yield "["
    yield from listed(map(_item, read(db)))
    yield "]\n"


def _item(paper: Paper) -> dict[str, Any]:
    first, last = first_and_last(paper.pages or "")
    item = {
        "id": f"pmid:{paper.pmid}",
        "type": _type(paper),
        "title": paper.title,
        "author": [_name(name) for name in paper.authors],
        "editor": [_name(name) for name in paper.editors],
        "container-title": paper.container,
        "container-title-short": paper.journal_abbrev,
        "publisher": paper.publisher,
        "issued": _date(paper.pub_date or (f"{paper.year:04d}" if paper.year else None)),
        "available-date": _date(paper.epub_date),
        "volume": paper.volume,
        "issue": paper.issue,
        "page": "-".join(filter(None, [first, last])) or paper.pages,
        "DOI": paper.doi,
        "PMID": str(paper.pmid),
        "PMCID": paper.pmcid,
        "ISSN": paper.issn,
        "URL": paper.url,
        "language": paper.language,
        "genre": "; ".join(paper.types),
        "status": paper.status,
        "source": "PubMed",
        "keyword": "; ".join(paper.subjects),
        "note": "\n".join(notes(paper)),
        "abstract": paper.abstract,
    }
    return {name: value for name, value in item.items() if value}


def _type(paper: Paper) -> str:
    return "book" if paper.is_whole_book else "chapter" if paper.is_book else "article-journal"


def _name(name: Name) -> dict[str, str]:
    if name.only:
        return {"literal": name.only}
    parts = {"family": name.last, "given": name.given, "suffix": name.suffix}
    return {part: text for part, text in parts.items() if text}


def _date(day: str | None) -> dict[str, list[list[int]]] | None:
    return {"date-parts": [[int(part) for part in day.split("-")]]} if day else None
