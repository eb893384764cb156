"""A paper as one cites it, in the styles that clinical journals ask for. Pure.

Each style is one line of plain text. What the record does not say is left out, never filled in; a
paper is cited by how it stands, so that the warning travels with the copy. A book has its imprint
and the link to NCBI's Bookshelf; its editors stand for authors where there are none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kb.exports.papers import first_and_last
from kb.notices.verdict import MARKS
from kb.record.titles import without_stop

Record = Mapping[str, Any]
Style = Callable[[Record, Sequence[Record], Sequence[Record], str], str]

MOST_AUTHORS = 6  # ICMJE: list six, then et al.
AMA_LISTED = 3  # AMA Manual of Style, 11th edition: of more than six, three
APA_MOST, APA_LISTED = (
    20,
    19,
)  # APA Publication Manual, 7th edition: of more than 20, 19 and the last


def cite(
    paper: Record,
    authors: Sequence[Record],
    editors: Sequence[Record] = (),
    *,
    verdict: str | None = None,
) -> dict[str, str]:
    """The citation of a row of ``papers`` by style; ``editors`` are those of the book, ``verdict``
    says how the paper stands."""
    mark = f" [{MARKS[verdict].cited}]" if verdict in MARKS else ""
    return {name: style(paper, authors, editors, mark) for name, style in STYLES.items()}


def vancouver(
    paper: Record, authors: Sequence[Record], editors: Sequence[Record], mark: str
) -> str:
    """The form of the ICMJE's sample references, with the PMID."""
    pages = str(paper["pages"] or "")
    place = paper.get("publisher_place")
    return _joined(
        _sentence(_people(paper, authors, editors, MOST_AUTHORS, "editor")),
        _title(paper, mark),
        _source(paper, _editors(editors, "editor"), f"{place}: " if place else ""),
        _place(paper, "" if paper["is_chapter"] else pages),
        f"p. {pages}." if paper["is_chapter"] and pages else "",
        f"({paper['series']})." if paper.get("series") else "",
        f"doi: {paper['doi']}." if paper["doi"] else "",
        f"PMID: {paper['pmid']}.",
        f"Available from: {_link(paper)}" if _link(paper) else "",
    )


def ama(paper: Record, authors: Sequence[Record], editors: Sequence[Record], mark: str) -> str:
    """The form of the AMA Manual of Style; the PMID, or the book's link, where there is no DOI."""
    return _joined(
        _sentence(_people(paper, authors, editors, AMA_LISTED, "ed")),
        _title(paper, mark),
        _source(paper, _editors(editors, "ed"), ""),
        _place(paper, _pages(paper, "-")),
        f"doi:{paper['doi']}" if paper["doi"] else f"PMID: {paper['pmid']}.",
        "" if paper["doi"] else _link(paper),
    )


def apa(paper: Record, authors: Sequence[Record], editors: Sequence[Record], mark: str) -> str:
    """The form of the APA Publication Manual; without authors the title comes first."""
    part = _apa_part(paper, "") if paper["is_book"] and not paper["is_chapter"] else ""
    title = _sentence(_joined(_bare_title(paper) + mark, part))
    year = f"({paper['year'] or 'n.d.'})."
    people = _apa_people(list(map(_apa_name, authors)), bool(paper["authors_complete"]))
    if not people and _stand_for_authors(paper, authors, editors):
        people = f"{_apa_people(list(map(_apa_name, editors)), True)} ({_role(editors)})"
    address = f"https://doi.org/{paper['doi']}" if paper["doi"] else _link(paper)
    return _joined(
        *((_sentence(people), year, title) if people else (title, year)),
        _sentence(_apa_source(paper, editors)),
        address or f"PMID {paper['pmid']}",
    )


STYLES: dict[str, Style] = {"Vancouver": vancouver, "AMA": ama, "APA": apa}


def name(person: Record) -> str:
    """``Pearson ADJ``, ``Pearson ADJ Jr`` or the name of the group."""
    if person["collective"]:
        return str(person["collective"])
    parts = (person["last_name"], person["initials"] or person["fore_name"], person.get("suffix"))
    return " ".join(part for part in parts if part)


def _up_to(authors: Sequence[Record], paper: Record, listed: int) -> list[str]:
    """All of six authors, of more so many, and et al. where any is left out."""
    shown = authors if len(authors) <= MOST_AUTHORS else authors[:listed]
    names = [name(author) for author in shown]
    if names and (len(shown) < len(authors) or not paper["authors_complete"]):
        names.append("et al")
    return names


def _people(
    paper: Record, authors: Sequence[Record], editors: Sequence[Record], listed: int, role: str
) -> str:
    if _stand_for_authors(paper, authors, editors):
        return _editors(editors, role)
    return ", ".join(_up_to(authors, paper, listed))


def _stand_for_authors(paper: Record, authors: Sequence[Record], editors: Sequence[Record]) -> bool:
    return bool(paper["is_book"] and not paper["is_chapter"] and editors and not authors)


def _bare_title(paper: Record) -> str:
    return without_stop(str(paper["title"]))


def _title(paper: Record, mark: str) -> str:
    return _sentence(_bare_title(paper) + mark)


def _source(paper: Record, editors: str, place: str) -> str:
    """The journal as abbreviated; of a chapter the book; of a book its publisher."""
    if not paper["is_book"]:
        return _sentence(str(paper["journal_abbrev"] or paper["journal"] or ""))
    publisher = _publisher(paper)
    volume = f"Vol. {paper['volume']}." if paper["volume"] else ""
    imprint = _joined(volume, _sentence(_edition(paper)), f"{place}{publisher};" * bool(publisher))
    if not paper["is_chapter"]:
        return imprint
    book = _joined(_sentence(editors), _sentence(paper["journal"] or ""))
    return _joined(f"In: {book}" if book else "", imprint)


def _publisher(paper: Record) -> str:
    named = paper.get("publisher") or ("" if paper["is_chapter"] else paper["journal"])
    return str(named or "").rstrip(".")


def _edition(paper: Record) -> str:
    """``2nd ed.`` of 2nd; what says that it is an edition stays as printed."""
    edition = str(paper.get("edition") or "")
    return edition if not edition or re.search(r"\bed", edition, re.I) else f"{edition} ed."


def _link(paper: Record) -> str:
    number = paper.get("bookshelf_id")
    return f"https://www.ncbi.nlm.nih.gov/books/{number}/" if number else ""


def _editors(editors: Sequence[Record], role: str) -> str:
    return ", ".join([*map(name, editors), f"{role}s" if editors[1:] else role]) if editors else ""


def _place(paper: Record, pages: str) -> str:
    """``2023;53(4):783-787.``, without what is not there; the volume of a book stands before."""
    issue = f"({paper['issue']})" if paper["issue"] else ""
    number = "" if paper["is_book"] else f"{paper['volume'] or ''}{issue}"
    date = ";".join(part for part in (str(paper["year"] or ""), number) if part)
    return _sentence(":".join(part for part in (date, pages) if part))


def _pages(paper: Record, dash: str) -> str:
    """783-7 with its last page spelled out; what is no range stays as printed."""
    printed = str(paper["pages"] or "")
    first, last = first_and_last(printed)
    return f"{first}{dash}{last}" if first and last else printed


def _apa_name(person: Record) -> str:
    if person["collective"]:
        return str(person["collective"])
    parts = (person["last_name"], _dotted(person), person.get("suffix"))
    return ", ".join(part for part in parts if part)


def _dotted(person: Record) -> str:
    """``A. D. J.`` of initials, ``J.-P.`` where the given names bear a hyphen there; given names
    where the record has no initials."""
    initials = str(person["initials"] or "")
    if hyphened := _hyphened(str(person["fore_name"] or ""), initials):
        return hyphened
    letters = "".join(filter(str.isalpha, initials))
    # Ch is one initial.
    return " ".join(f"{letter}." for letter in re.findall(".[^A-ZÀ-ÖØ-Þ]*", letters)) or str(
        person["fore_name"] or ""
    )


def _hyphened(given: str, initials: str) -> str:
    """``J.-P. M.`` of Jean-Pierre M, where these are the initials; empty without a hyphen."""
    names = [re.findall(r"[^\W\d_][^-]*", name) for name in re.sub("[‐‑]", "-", given).split()]
    if not any(parts[1:] for parts in names):
        return ""
    read = "".join(part[0] for parts in names for part in parts)
    if read.upper() != "".join(filter(str.isalpha, initials)).upper():
        return ""
    return " ".join("-".join(f"{part[0].upper()}." for part in parts) for parts in names if parts)


def _apa_people(names: Sequence[str], complete: bool) -> str:
    if names and not complete:
        return ", ".join([*names[:APA_LISTED], "et al."])
    if len(names) > APA_MOST:
        return f"{', '.join(names[:APA_LISTED])}, . . . {names[-1]}"
    return _listed(names, ", & ")


def _listed(names: Sequence[str], last: str = " & ") -> str:
    return last.join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def _dotted_first(editor: Record) -> str:
    parts = (_dotted(editor), editor["last_name"])
    return str(editor["collective"] or _joined(*(part for part in parts if part)))


def _apa_source(paper: Record, editors: Sequence[Record]) -> str:
    pages = _pages(paper, "–")
    if paper["is_chapter"]:
        people = _listed([_dotted_first(each) for each in editors])
        role = f" ({_role(editors)})," if people else ""
        book = _joined(people + role, paper["journal"] or "")
        chapter = _joined(f"In {book}" if book else "", _apa_part(paper, pages))
        return _joined(_sentence(chapter) if _publisher(paper) else chapter, _publisher(paper))
    if paper["is_book"]:
        return _publisher(paper)
    issue = f"({paper['issue']})" if paper["issue"] else ""
    parts = (paper["journal"] or paper["journal_abbrev"], f"{paper['volume'] or ''}{issue}", pages)
    return ", ".join(part for part in parts if part)


def _apa_part(paper: Record, pages: str) -> str:
    """``(2nd ed., Vol. 3, pp. 33–41)``."""
    volume = f"Vol. {paper['volume']}" if paper["volume"] else ""
    parts = (_edition(paper), volume, f"pp. {pages}" if pages else "")
    return f"({', '.join(part for part in parts if part)})" if any(parts) else ""


def _role(editors: Sequence[Record]) -> str:
    return "Eds." if editors[1:] else "Ed."


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "?", "!")) else f"{text}."


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)
