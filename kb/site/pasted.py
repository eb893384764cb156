"""The entries of a list that a reader pastes, with the identifiers that each has. Pure.

PMIDs, DOIs and PMCIDs in any mixture, citations a line, RIS, nbib or BibTeX. What has no identifier
stays, as itself; nothing is guessed from a title.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kb.ids import clean_doi, clean_pmcid, clean_pmid, find_doi
from kb.site.text import shortened

RIS = re.compile(r"^TY  ?- ", re.M)
RIS_END = re.compile(r"^ER  ?-.*$", re.M)
RIS_FIELD = re.compile(r"^(?P<tag>[A-Z][A-Z0-9])  ?- ?(?P<value>.*)$", re.M)
NBIB = re.compile(r"^PMID- ", re.M)
NBIB_FIELD = re.compile(r"^(?P<tag>[A-Z]{2,4}) *- (?P<value>.*)$", re.M)
BIBTEX = re.compile(r"^\s*@(?!comment|string|preamble)\w+\s*[{(]", re.M | re.I)
BIBTEX_FIELD = re.compile(
    r"^\s*(?P<tag>pmid|pmcid|doi|title|eprint|eprinttype)\s*=\s*[{\"]*(?P<value>.*?)[}\"\s,]*$",
    re.M | re.I,
)
# Fields may share a line.
BIBTEX_NEXT = re.compile(r",[ \t]*(?=\w+[ \t]*=[ \t]*[{\"\d])")
# Who numbers records by PMID.
OF_PUBMED = re.compile(r"pubmed|medline|\bnlm\b", re.I)

SEPARATED = re.compile(r"[\s,;|]+")
LABEL = re.compile(r"\b(?:pmid|pmcid|doi)\s*:?\s+(?=\S)", re.I)
PMID_LABEL = re.compile(r"^pmid:?", re.I)
PMID_IN_TEXT = re.compile(
    r"(?:\bpmid[:\s]*|pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/pubmed/)(\d{1,10})\b", re.I
)
# The first cell of a table; of fewer digits it may be a year.
PMID_IN_FRONT = re.compile(r'^\s*"?(\d{6,10})"?\s*[,;\t]')
PMCID_IN_TEXT = re.compile(r"\bPMC\d{1,10}\b", re.I)


class Entry(NamedTuple):
    """An entry as pasted, shortened, and its identifiers, of which it may have none."""

    text: str
    pmid: int | None = None
    doi: str | None = None
    pmcid: str | None = None

    @property
    def is_named(self) -> bool:
        return bool(self.pmid or self.doi or self.pmcid)


def entries(text: str) -> list[Entry]:
    """The entries in the order of the list."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    if RIS.search(text):
        return [_ris(record) for record in RIS_END.split(text) if RIS_FIELD.search(record)]
    if NBIB.search(text):
        return [_nbib(record) for record in _from(NBIB, text)]
    if BIBTEX.search(text):
        return [_bibtex(record) for record in _from(BIBTEX, text)]
    return [entry for line in text.split("\n") if line.strip() for entry in _line(line)]


def _from(start: re.Pattern[str], text: str) -> Iterator[str]:
    """The text cut before each match."""
    places = [match.start() for match in start.finditer(text)]
    for place, end in zip(places, [*places[1:], len(text)], strict=True):
        yield text[place:end]


def _fields(pattern: re.Pattern[str], record: str) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for match in pattern.finditer(record):
        fields.setdefault(match["tag"].upper(), []).append(match["value"].strip())
    return fields


def _ris(record: str) -> Entry:
    fields = _fields(RIS_FIELD, record)
    addresses = " ".join(fields.get("UR", []) + fields.get("L2", []) + fields.get("ID", []))
    number = (
        " ".join(fields.get("AN", [])) if OF_PUBMED.search(" ".join(fields.get("DB", []))) else ""
    )
    return _entry(
        " ".join((fields.get("TI") or fields.get("T1") or [record.strip()])[:1]),
        pmid=clean_pmid(number) or _pmid(addresses),
        doi=_first_doi(fields.get("DO", [])) or find_doi(addresses),
        pmcid=_pmcid(" ".join(fields.get("C2", []))),
    )


def _nbib(record: str) -> Entry:
    fields = _fields(NBIB_FIELD, record)
    dois = [
        value.removesuffix("[doi]").strip()
        for value in fields.get("LID", []) + fields.get("AID", [])
        if value.endswith("[doi]")
    ]
    return _entry(
        " ".join(fields.get("TI", [])) or record.strip(),
        pmid=clean_pmid(fields["PMID"][0]),
        doi=_first_doi(dois),
        pmcid=_pmcid(" ".join(fields.get("PMC", []))),
    )


def _bibtex(record: str) -> Entry:
    fields = _fields(BIBTEX_FIELD, BIBTEX_NEXT.sub(",\n", record))
    of_pubmed = OF_PUBMED.search(" ".join(fields.get("EPRINTTYPE", [])))
    numbers = fields.get("PMID", []) + (fields.get("EPRINT", []) if of_pubmed else [])
    return _entry(
        " ".join(fields.get("TITLE", [])) or record.strip(),
        pmid=next(filter(None, map(clean_pmid, numbers)), None),
        doi=_first_doi([value.replace("\\", "") for value in fields.get("DOI", [])]),
        pmcid=_pmcid(" ".join(fields.get("PMCID", []))),
    )


def _line(line: str) -> Iterator[Entry]:
    """An entry for each identifier where there is nothing else; else the one of the line."""
    words = [word for word in SEPARATED.split(LABEL.sub("", line)) if word]
    alone = [_alone(word) for word in words]
    if all(alone):
        yield from filter(None, alone)
        return
    in_front = PMID_IN_FRONT.match(line)
    yield _entry(
        line,
        pmid=_pmid(line) or (clean_pmid(in_front[1]) if in_front else None),
        doi=find_doi(line),
        pmcid=_pmcid(line),
    )


def _alone(word: str) -> Entry | None:
    """A word that is an identifier and nothing else."""
    if pmid := clean_pmid(PMID_LABEL.sub("", word)) or _pmid(word):
        return Entry(word, pmid=pmid)
    if pmcid := clean_pmcid(word):
        return Entry(word, pmcid=pmcid)
    doi = clean_doi(word)
    return Entry(word, doi=doi) if doi else None


def _entry(text: str, *, pmid: int | None, doi: str | None, pmcid: str | None) -> Entry:
    return Entry(shortened(" ".join(text.split())), pmid, doi, pmcid)


def _first_doi(values: list[str]) -> str | None:
    return next(filter(None, map(clean_doi, values)), None)


def _pmid(text: str) -> int | None:
    match = PMID_IN_TEXT.search(text)
    return clean_pmid(match[1]) if match else None


def _pmcid(text: str) -> str | None:
    match = PMCID_IN_TEXT.search(text)
    return clean_pmcid(match[0]) if match else None
