"""Citations written as named fields, as ordinary ones print them. Pure.

Wikipedia's templates (``author=… | title=… | journal=…``) and BibTeX's entries
(``author = {…}, title = {…}``) are pasted into lists of references as they are.
"""

from __future__ import annotations

import re

# Before a name stand the opening of the template, a bar or, in an entry, a comma.
FIELD = re.compile(r"(?:^|[|{,])\s*([a-z]+)([0-9]*)\s*=\s*", re.IGNORECASE)
# The names of what a citation prints, in the order in which it is printed.
NAMES = {
    "author": ("author", "authors", "vauthors"),
    "last": ("last", "surname"),
    "first": ("first", "given"),
    "title": ("title",),
    "journal": ("journal", "work", "periodical"),
    "year": ("year", "date"),
    "volume": ("volume",),
    "issue": ("issue", "number"),
    "pages": ("pages", "page", "at"),
    "doi": ("doi",),
}
NAMED_AS = {name: part for part, names in NAMES.items() for name in names}
AROUND = " \t\n|,;{}\"'[]"


def as_printed(text: str) -> str:
    """The text of an ordinary citation; any text without a named title and journal as it is."""
    if "=" not in text:
        return text
    parts = _parts(text)
    if not (parts.get("title") and parts.get("journal")):
        return text
    author = parts.get("author") or f"{parts.get('last', '')} {parts.get('first', '')}".strip()
    issue = f"({parts['issue']})" if parts.get("issue") else ""
    pages = f":{parts['pages']}" if parts.get("pages") else ""
    place = f"{parts.get('year', '')};{parts.get('volume', '')}{issue}{pages}".strip(";")
    doi = f" doi: {parts['doi']}" if parts.get("doi") else ""
    return f"{author}. {parts['title']}. {parts['journal']} {place}.{doi}".removeprefix(". ")


def _parts(text: str) -> dict[str, str]:
    """What is named, by its part; of several (``author1``, ``author2``) the first."""
    fields = list(FIELD.finditer(text))
    ends = [*(field.start() for field in fields[1:]), len(text)]
    parts: dict[str, str] = {}
    for field, end in zip(fields, ends, strict=False):
        if part := NAMED_AS.get(field[1].lower()):
            parts.setdefault(part, text[field.end() : end].strip(AROUND))
    return parts
