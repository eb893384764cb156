"""Read the answers of services that raw.db keeps. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote
from xml.etree.ElementTree import Element, ParseError, fromstring

from kb.errors import InputError
from kb.ids import LARGEST_PMID, clean_doi, clean_pmid, compared_doi

# Retraction Watch answers with a file that an operator reads in.
RETRACTION_WATCH = "retraction-watch"
# What people know the services by, in print; raw.db has their short names.
SERVICE_NAMES = {
    "elink": "NCBI ELink",
    "icite": "NIH iCite",
    "crossref": "Crossref",
    RETRACTION_WATCH: "Retraction Watch",
}
# A work as Crossref's REST API describes it.
Work = dict[str, Any]
# How Python says that something has not the shape in which it was read, or is nested too deep.
MISSHAPEN = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
HALF_A_PAIR = re.compile(rb"\\u[dD][89a-fA-F]")


def elink_links(body: bytes, linkname: str) -> dict[int, list[int]]:
    """Linked PMIDs by source, from an eLinkResult.

    The source itself is left out, and so are sets that merge several sources (E-utilities Help,
    chapter 4: repeated ``id`` parameters keep them apart, a list of ids does not). Raises
    InputError where it is no eLinkResult, or an id in it is no PMID.
    """
    linked: dict[int, list[int]] = {}
    with read_as("ELink", body):
        for linkset in _root(body, "eLinkResult").iterfind("LinkSet"):
            sources = linkset.findall("IdList/Id")
            if len(sources) == 1:
                source = stated_pmid(sources[0].text)
                targets = linked.setdefault(source, [])
                for group in linkset.iterfind("LinkSetDb"):
                    if group.findtext("LinkName") == linkname:
                        ids = (stated_pmid(element.text) for element in group.iterfind("Link/Id"))
                        targets += (pmid for pmid in ids if pmid != source)
    return linked


def elink_citations(body: bytes) -> Iterator[tuple[int, int]]:
    """(citing PMID, cited PMID) that an eLinkResult states, whichever way it was asked."""
    for cited, citing in elink_links(body, "pubmed_pubmed_citedin").items():
        yield from ((pmid, cited) for pmid in citing)
    for citing_pmid, references in elink_links(body, "pubmed_pubmed_refs").items():
        yield from ((citing_pmid, pmid) for pmid in references)


class Linked(NamedTuple):
    """What iCite knows of a paper's citations, as PMIDs."""

    references: Sequence[int]
    cited_by: Sequence[int]


def icite_links(body: bytes) -> dict[int, Linked]:
    """Citations by PMID, from an answer of iCite's ``pubs``; papers it does not know are absent.

    Raises InputError where it is none.
    """
    with read_as("iCite", body):
        return {stated_pmid(pub["pmid"]): _linked(pub) for pub in _json(body, "iCite")["data"]}


def _linked(pub: dict[str, Any]) -> Linked:
    own = stated_pmid(pub["pmid"])
    # Lists today; words parted by spaces in the older form of the API.
    ways = [pub.get("references") or (), pub.get("cited_by") or ()]
    lists = [way.split() if isinstance(way, str) else way for way in ways]
    return Linked(*([pmid for pmid in map(stated_pmid, way) if pmid != own] for way in lists))


def icite_citations(body: bytes) -> Iterator[tuple[int, int]]:
    """(citing PMID, cited PMID) that an answer of iCite states."""
    for pmid, linked in icite_links(body).items():
        yield from ((pmid, cited) for cited in linked.references)
        yield from ((citing, pmid) for citing in linked.cited_by)


def crossref_asked(question: str) -> list[str]:
    """The DOIs that a question names, each once and as DOIs are compared (DOI Handbook 2.4: without
    case): one of ``works/DOI``, several of a list, which is ``works?filter=doi:…,doi:…``, none of a
    search."""
    path, _, query = question.partition("?")
    if "/" in path:
        return [compared_doi(unquote(path.partition("/")[2]))]
    filters = dict(parse_qsl(query)).get("filter", "").split(",")
    named = (each.removeprefix("doi:") for each in filters if each.startswith("doi:"))
    return list(dict.fromkeys(map(compared_doi, named)))


def crossref_works(question: str, body: bytes) -> dict[str, Work]:
    """Works by the DOI that was asked for, as ``crossref_asked`` has it, from Crossref's answer to
    one DOI or to a list.

    What a list lacks is absent, of a work that it has twice the first counts, and one that the
    question does not name is left out. A search has none. Raises InputError where it is no such
    answer.
    """
    asked = crossref_asked(question)
    if "/" in question.partition("?")[0]:
        return dict.fromkeys(asked, crossref_message(body))
    listed: dict[str, Work] = {}
    for item in _items(body):
        listed.setdefault(str(item.get("DOI") or "").lower(), item)
    return {doi: listed[doi] for doi in asked if doi in listed}


def crossref_message(body: bytes) -> Work:
    """The work in an answer of Crossref's ``works/DOI``. Raises InputError where it is none."""
    message = _json(body, "Crossref").get("message")
    if not isinstance(message, dict):
        raise InputError(f"no answer of Crossref: {body[:200]!r}")
    return message


def crossref_references(work: Work) -> list[str]:
    """DOIs that a work cites, each once. A publisher may keep the list to itself, or leave DOIs
    out."""
    given = [str(reference.get("DOI") or "") for reference in objects(work.get("reference"))]
    return list(dict.fromkeys(doi for doi in map(clean_doi, given) if doi))


def crossref_preprints(doi: str, work: Work) -> Iterator[tuple[str, str]]:
    """(article, preprint) as DOIs, from what Crossref says of one of the two."""
    relations = work.get("relation")
    for field, is_article in (("has-preprint", True), ("is-preprint-of", False)):
        for related in objects(relations.get(field) if isinstance(relations, dict) else None):
            other = clean_doi(str(related.get("id") or ""))
            if other:
                yield (doi, other) if is_article else (other, doi)


def idconv_pmids(body: bytes) -> dict[str, int]:
    """PMIDs by the identifier that was asked for, from an answer of the PMC ID converter.

    What is not in PMC is absent. Raises InputError where it is no such answer.
    """
    answer = _json(body, "the ID converter")
    with read_as("the ID converter", body):
        known = {str(r["requested-id"]): r.get("pmid") for r in answer["records"]}
        return {asked: stated_pmid(pmid) for asked, pmid in known.items() if pmid}


def ecitmatch_keys(body: bytes) -> dict[str, str]:
    """The outcome by the key of each citation, from an answer of ECitMatch.

    An outcome is a PMID, NOT_FOUND with or without a reason, or AMBIGUOUS with PMIDs or how many.
    A line of a citation that was not found may lack the author, so the key is the last but one.
    """
    lines = (line.split("|") for line in body.decode("utf-8", "replace").splitlines())
    return {parts[-2].strip(): parts[-1].strip() for parts in lines if len(parts) > 2}


def ecitmatch_pmids(body: bytes) -> dict[str, list[int]]:
    """Candidates by the key of each citation: one PMID, several that it cannot tell apart, none."""
    return {
        key: [int(pmid) for pmid in re.findall(r"\b[0-9]{1,9}\b", outcome)]
        if re.fullmatch(r"[0-9]+|AMBIGUOUS [0-9, ]+", outcome)
        else []
        for key, outcome in ecitmatch_keys(body).items()
    }


class Described(NamedTuple):
    """A work as a service describes it; ``author`` is the first one's family name."""

    pmid: int | None
    doi: str | None
    title: str
    author: str
    journal: str
    year: int | None
    volume: str
    page: str


def crossref_found(body: bytes) -> list[Described]:
    """The works of an answer of Crossref's ``works?query…``, in its order.

    Raises InputError where it is no such answer.
    """
    items = _items(body)
    with read_as("Crossref", body):
        return [_of_crossref(item) for item in items]


def _items(body: bytes) -> list[Work]:
    items = crossref_message(body).get("items")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise InputError(f"no list of Crossref's: {body[:200]!r}")
    return items


def _of_crossref(item: Work) -> Described:
    first = next(iter(objects(item.get("author"))), {})
    journals = [*_words(item.get("short-container-title")), *_words(item.get("container-title"))]
    return Described(
        pmid=None,
        doi=clean_doi(str(item.get("DOI") or "")),
        title=" ".join(_words(item.get("title"))),
        author=str(first.get("family") or first.get("name") or ""),
        journal=next(iter(journals), ""),
        year=_issued(item),
        volume=str(item.get("volume") or ""),
        page=str(item.get("page") or "").partition("-")[0],
    )


def _issued(item: Work) -> int | None:
    issued = ((item.get("issued") or {}).get("date-parts") or [[None]])[0]
    return issued[0] if issued and isinstance(issued[0], int) else None


def esummary_described(body: bytes) -> dict[int, Described]:
    """Works by PMID, from an eSummaryResult of version 2.0; those it does not have are absent.

    Raises InputError where it is no such answer.
    """
    works = {}
    for summary in _root(body, "eSummaryResult").iter("DocumentSummary"):
        pmid = clean_pmid(summary.get("uid", ""))
        if pmid and summary.find("error") is None:
            works[pmid] = _of_esummary(pmid, summary)
    return works


def _of_esummary(pmid: int, summary: Element) -> Described:
    def text(path: str) -> str:
        return " ".join((summary.findtext(path) or "").split())

    year = re.search(r"(?:1[89]|20)[0-9]{2}", text("PubDate"))
    ids = {
        each.findtext("IdType"): each.findtext("Value") or ""
        for each in summary.iterfind("ArticleIds/ArticleId")
    }
    return Described(
        pmid=pmid,
        doi=clean_doi(ids.get("doi", "")),
        title=text("Title"),
        author=text("SortFirstAuthor") or text("Authors/Author/Name"),
        journal=text("Source"),
        year=int(year[0]) if year else None,
        volume=text("Volume"),
        page=text("Pages").partition("-")[0],
    )


def esummary_dois(body: bytes) -> dict[str, int]:
    """PMIDs by DOI, from an eSummaryResult of version 2.0. Raises InputError where it is none."""
    pmids = {}
    for summary in _root(body, "eSummaryResult").iter("DocumentSummary"):
        for article_id in summary.iterfind("ArticleIds/ArticleId"):
            doi, pmid = clean_doi(article_id.findtext("Value") or ""), summary.get("uid", "")
            if article_id.findtext("IdType") == "doi" and doi:
                with read_as("ESummary", body):
                    pmids[doi] = stated_pmid(pmid)
    return pmids


def esearch_count(body: bytes) -> tuple[int, str]:
    """How many records a query found, and the query as PubMed translated it.

    Raises InputError where the answer has no count: that is a failure, not a search without finds.
    """
    result = _root(body, "eSearchResult")
    count = result.findtext("Count") or ""
    if not re.fullmatch(r"[0-9]{1,10}", count):
        said = " ".join("".join(result.itertext()).split())
        raise InputError(f"an answer of ESearch without a count: {said[:200]!r}")
    return int(count), result.findtext("QueryTranslation") or ""


def esearch_query(question: str) -> str:
    """The query of a question to ESearch, as one would type it, and its dates."""
    asked = dict(parse_qsl(question))
    dates = " ".join(asked[name] for name in ("datetype", "mindate", "maxdate") if name in asked)
    return asked.get("term", question) + (f" [{dates}]" if dates else "")


def stated_pmid(value: object) -> int:
    """A PMID as an answer writes it, a number or its digits. Raises ValueError for anything else:
    one below zero, of more than ten digits, in digits of other scripts."""
    if type(value) is int and 0 < value <= LARGEST_PMID:
        return value
    if isinstance(value, str) and (pmid := clean_pmid(value)):
        return pmid
    raise ValueError(f"{str(value)[:40]!r} is no PMID")


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list in JSON; none where it is no list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _words(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


@contextmanager
def read_as(service: str, body: bytes) -> Iterator[None]:
    """Raise InputError where what is done with an answer shows that it is none of the service."""
    try:
        yield
    except MISSHAPEN as error:
        said = f"{type(error).__name__}: {str(error)[:100]}"
        raise InputError(f"no answer of {service} ({said}): {body[:200]!r}") from error


def _root(body: bytes, expected: str) -> Element:
    try:
        root = fromstring(body)  # noqa: S314 (harvest refuses entities)
    except (ParseError, *MISSHAPEN) as error:  # an encoding that nobody knows is among them
        raise InputError(f"no answer of the E-utilities ({error}): {body[:200]!r}") from error
    if root.tag != expected:
        raise InputError(f"<{root.tag}> where <{expected}> was due: {body[:200]!r}")
    return root


def load_json(body: bytes) -> Any:
    """What JSON holds, without halves of pairs of surrogates, which nothing can store or print.

    Raises ValueError and RecursionError.
    """
    answer = json.loads(body)
    if HALF_A_PAIR.search(body):
        answer = json.loads(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace"))
    return answer


def _json(body: bytes, service: str) -> dict[str, Any]:
    with read_as(service, body):
        answer = load_json(body)
    if not isinstance(answer, dict):
        raise InputError(f"no answer of {service}: {body[:200]!r}")
    return answer
