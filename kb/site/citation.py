"""A paper as one cites it: the form of the ICMJE's sample references. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

MOST_AUTHORS = 6  # ICMJE: list six, then et al.


def cite(paper: Mapping[str, Any], authors: Sequence[Mapping[str, Any]], *, retracted: bool) -> str:
    """One line with authors, title, journal, date, volume, pages, DOI and PMID.

    A retracted paper is cited as one, so that the warning travels with the copy. What the record
    does not say is left out, never filled in.
    """
    mark = " [retracted]" if retracted else ""
    parts = [
        _names(authors, complete=bool(paper["authors_complete"])),
        _sentence((paper["title"].rstrip(".") if mark else paper["title"]) + mark),
        _sentence(paper["journal_abbrev"] or paper["journal"] or ""),
        _place(paper),
        f"doi: {paper['doi']}." if paper["doi"] else "",
        f"PMID: {paper['pmid']}.",
    ]
    return " ".join(part for part in parts if part)


def _names(authors: Sequence[Mapping[str, Any]], *, complete: bool) -> str:
    names = [name(author) for author in authors[:MOST_AUTHORS]]
    if names and (not complete or len(authors) > MOST_AUTHORS):
        names.append("et al")
    return _sentence(", ".join(names))


def name(author: Mapping[str, Any]) -> str:
    """``Pearson ADJ`` or the name of the group."""
    if author["collective"]:
        return str(author["collective"])
    parts = (author["last_name"], author["initials"] or author["fore_name"])
    return " ".join(part for part in parts if part)


def _place(paper: Mapping[str, Any]) -> str:
    date = str(paper["year"] or "")
    volume = paper["volume"] or ""
    issue = f"({paper['issue']})" if paper["issue"] else ""
    pages = f":{paper['pages']}" if paper["pages"] else ""
    where = f"{volume}{issue}{pages}"
    return _sentence(";".join(part for part in (date, where) if part))


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "?", "!")) else f"{text}."
