"""BibTeX of all harvested papers, in UTF-8, with the fields that JabRef, Zotero and biblatex know.

Titles are in triple braces, so that no style writes MIBG as mibg: Better BibTeX takes double ones
for a habit of other programs and passes over them. The PMID stands in ``pmid``,
where JabRef and Zotero look, and in ``eprint``, where biblatex does. What LaTeX would run is
escaped.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

from kb.exports.characters import one_line
from kb.exports.papers import Name, Paper, first_and_last, notes, read

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Braces as commands that need none around them, for readers count braces before all else.
ESCAPES = str.maketrans(
    {
        "\\": "\\textbackslash{}",
        "{": "\\textbraceleft{}",
        "}": "\\textbraceright{}",
        "~": "\\textasciitilde{}",
        "^": "\\textasciicircum{}",
        **{sign: f"\\{sign}" for sign in "&%$#_"},
    }
)
# LaTeX and pandoc make one dash of two hyphens.
DOUBLED = re.compile("-(?=-)")
# Handed on by styles to commands that take them as they are.
VERBATIM = {"doi", "url", "eprint", "pmid", "pmcid", "issn"}
# In a list of names these part names, or end the list.
NAME_WORDS = re.compile(r"\s(?:and|others)\s", re.IGNORECASE)


def pieces(db: sqlite3.Connection) -> Iterator[str]:
    """The file as text, an entry at a time, by PMID."""
    for paper in read(db):
        fields = ((name, one_line(value)) for name, value in _fields(paper) if value)
        lines = "".join(_field(name, value) for name, value in fields if value)
        yield f"@{_type(paper)}{{pmid{paper.pmid},\n{lines}{_month(paper)}}}\n\n"


def _type(paper: Paper) -> str:
    return "book" if paper.is_whole_book else "incollection" if paper.is_book else "article"


def _fields(paper: Paper) -> Iterator[tuple[str, str | None]]:
    first, last = first_and_last(paper.pages or "")
    yield "author", _names(paper.authors)
    yield "editor", _names(paper.editors)
    yield "title", paper.printed_title
    yield "booktitle" if paper.is_book else "journal", paper.container
    yield "publisher", paper.publisher
    yield "shortjournal", paper.journal_abbrev
    yield "year", str(paper.year or "")
    # The day has no place in BibTeX; biblatex takes this one and passes over year and month.
    yield "date", paper.pub_date if len(paper.pub_date or "") == len("2023-04-01") else None
    yield "volume", paper.volume
    yield "number", paper.issue
    yield "pages", "--".join(filter(None, [first, last])) or paper.pages
    yield "issn", paper.issn
    yield "doi", paper.doi
    yield "pmid", str(paper.pmid)
    yield "pmcid", paper.pmcid
    yield "eprint", str(paper.pmid)
    yield "eprinttype", "pubmed"
    yield "url", paper.url
    yield "language", paper.language
    yield "publication_types", "; ".join(paper.types)
    # Styles print note and not annote: a bibliography must say that a paper is retracted.
    yield "note" if paper.is_doubted else "annote", "; ".join(notes(paper))
    yield "keywords", "; ".join(paper.subjects)
    yield "abstract", paper.abstract


def _field(name: str, value: str) -> str:
    if name in ("author", "editor"):
        return f"  {name} = {{{value}}},\n"
    if name in VERBATIM:
        return f"  {name} = {{{_balanced(value)}}},\n"
    text = value.translate(ESCAPES)
    if name != "pages":
        text = DOUBLED.sub("-{}", text)
    text = f"{{{{{text}}}}}" if name == "title" else text
    return f"  {name} = {{{text}}},\n"


def _balanced(value: str) -> str:
    """A brace that stands alone would end the field; as in an address it is percent-encoded."""
    return value.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")


def _month(paper: Paper) -> str:
    month = (paper.pub_date or "")[5:7]
    return f"  month = {MONTHS[int(month) - 1]},\n" if month else ""


def _names(names: list[Name]) -> str:
    return " and ".join(filter(None, map(_name, names)))


def _name(name: Name) -> str:
    """``Family, Suffix, Given``; what is of one part, or would be parted, is in braces."""
    if name.only:
        return _braced(name.only)
    family, given = _family(name.last or ""), _part(name.given)
    if name.suffix:
        return f"{family}, {_part(name.suffix)}, {given or '{}'}"
    return f"{family}, {given}" if given else _braced(name.last or "")


def _family(text: str) -> str:
    """Readers take a word in small letters, and all before it, for particles: of Costa e Silva,
    "Costa e". PubMed's family name is one."""
    words = one_line(text).split()
    return _braced(text) if words[1:] and any(w[0].islower() for w in words) else _part(text)


def _part(text: str) -> str:
    text = one_line(text)
    if "," in text or NAME_WORDS.search(f" {text} "):
        return _braced(text)
    return text.translate(ESCAPES)


def _braced(text: str) -> str:
    return f"{{{one_line(text).translate(ESCAPES)}}}"
