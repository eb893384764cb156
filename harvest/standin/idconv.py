"""NCBI's ID converter: PMID, PMCID and DOI of articles in PMC (PMC ID Converter API).

Of an article that is not in PMC it tells nothing, whatever PubMed knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from xml.sax.saxutils import quoteattr

from harvest.standin.corpus import Corpus, CorpusEntry
from harvest.standin.wire import Answer, Request, element, plain_json
from kb.ids import clean_doi, clean_pmcid, clean_pmid

MOST = 200
NOT_IN_PMC = "Identifier not found in PMC"
# How each type of identifier is read; a bare number is a PMID unless idtype says otherwise.
READ: dict[str, Callable[[str], object]] = {
    "pmid": clean_pmid,
    "pmcid": clean_pmcid,
    "doi": clean_doi,
}


def idconv(corpus: Corpus, request: Request) -> Answer:
    given = list(dict.fromkeys(request.listed("ids")))
    kind = request.value("idtype") or (_kind(given[0]) if given else "")
    if not given or len(given) > MOST:
        return _refused(f"Between 1 and {MOST} identifiers in ids, not {len(given)}")
    if kind not in READ:
        return _refused(f"idtype is {kind!r}, which is none of {', '.join(READ)}")
    for item in given:
        if not READ[kind](item) or (_kind(item) != kind and not request.value("idtype")):
            return _refused(f"ID type '{kind}' mismatch for '{item}'")
    records = [_record(corpus, kind, item) for item in given]
    if request.value("format") != "json":
        return _as_xml(records)
    asked = {"ids": given, "idtype": kind, "format": "json"}
    return plain_json({"status": "ok", "request": asked, "records": records})


def _kind(item: str) -> str:
    if clean_doi(item):
        return "doi"
    return "pmcid" if item[:3].casefold() == "pmc" else "pmid"


def _record(corpus: Corpus, kind: str, item: str) -> dict[str, Any]:
    entry = _entry_of(corpus, kind, item)
    pmcid = entry and next(filter(None, map(_own_pmcid, entry.numbers)), None)
    if not entry or not pmcid:
        return {kind: item, "requested-id": item, "status": "error", "errmsg": NOT_IN_PMC}
    ids: dict[str, Any] = {"pmcid": pmcid, "pmid": entry.pmid}
    if entry.doi:
        ids["doi"] = entry.doi
    return {**ids, "requested-id": item}


def _entry_of(corpus: Corpus, kind: str, item: str) -> CorpusEntry | None:
    pmids = [int(item)] if kind == "pmid" else corpus.numbered(str(READ[kind](item)))
    return next((corpus.entries[pmid] for pmid in pmids if pmid in corpus.entries), None)


def _own_pmcid(number: str) -> str | None:
    return clean_pmcid(number) if number.startswith("pmc") else None


def _refused(message: str) -> Answer:
    return plain_json({"status": "error", "message": message}, 400)


def _as_xml(records: Iterable[dict[str, Any]]) -> Answer:
    lines = []
    for record in records:
        attributes = (f"{name}={quoteattr(str(value))}" for name, value in record.items())
        lines.append(element(" ".join(["record", *attributes])))
    return Answer(element('pmcids status="ok"', *lines).encode())
