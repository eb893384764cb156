"""Read the answers of services that raw.db keeps. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, ParseError, fromstring

from kb.errors import InputError
from kb.ids import clean_doi


def elink_links(body: bytes, linkname: str) -> dict[int, list[int]]:
    """Linked PMIDs by source, from an eLinkResult.

    The source itself is left out, and so are sets that merge several sources (E-utilities Help,
    chapter 4: repeated ``id`` parameters keep them apart, a list of ids does not). Raises
    InputError where it is no eLinkResult, ValueError where an id in it is no number.
    """
    found: dict[int, list[int]] = {}
    for linkset in _root(body, "eLinkResult").iterfind("LinkSet"):
        sources = [int(element.text or "") for element in linkset.iterfind("IdList/Id")]
        if len(sources) == 1:
            targets = found.setdefault(sources[0], [])
            for group in linkset.iterfind("LinkSetDb"):
                if group.findtext("LinkName") == linkname:
                    ids = (int(element.text or "") for element in group.iterfind("Link/Id"))
                    targets += (pmid for pmid in ids if pmid != sources[0])
    return found


def elink_citations(body: bytes) -> Iterator[tuple[int, int]]:
    """(citing PMID, cited PMID) that an eLinkResult states, whichever way it was asked."""
    for cited, citing in elink_links(body, "pubmed_pubmed_citedin").items():
        yield from ((pmid, cited) for pmid in citing)
    for citing_pmid, references in elink_links(body, "pubmed_pubmed_refs").items():
        yield from ((citing_pmid, pmid) for pmid in references)


class Linked(NamedTuple):
    """What iCite knows of a paper's citations, as PMIDs."""

    references: list[int]
    cited_by: list[int]


def icite_links(body: bytes) -> dict[int, Linked]:
    """Citations by PMID, from an answer of iCite's ``pubs``; papers it does not know are absent.

    Raises InputError where it is none.
    """
    try:
        return {int(pub["pmid"]): _linked(pub) for pub in _json(body, "iCite")["data"]}
    except (TypeError, ValueError, KeyError) as error:
        raise InputError(f"no answer of iCite ({error!r}): {body[:200]!r}") from error


def _linked(pub: dict[str, Any]) -> Linked:
    own = int(pub["pmid"])
    # Lists today; words parted by spaces in the older form of the API.
    ways = [pub.get("references") or (), pub.get("cited_by") or ()]
    lists = [way.split() if isinstance(way, str) else way for way in ways]
    return Linked(*([pmid for pmid in map(int, way) if pmid != own] for way in lists))


def icite_citations(body: bytes) -> Iterator[tuple[int, int]]:
    """(citing PMID, cited PMID) that an answer of iCite states."""
    for pmid, linked in icite_links(body).items():
        yield from ((pmid, cited) for cited in linked.references)
        yield from ((citing, pmid) for citing in linked.cited_by)


def crossref_message(body: bytes) -> dict[str, Any]:
    """The work in an answer of Crossref's ``works/DOI``. Raises InputError where it is none."""
    message = _json(body, "Crossref").get("message")
    if not isinstance(message, dict):
        raise InputError(f"no answer of Crossref: {body[:200]!r}")
    return message


def crossref_references(body: bytes) -> list[str]:
    """DOIs that a work cites, from Crossref's ``works/DOI``, each once.

    A publisher may keep the list to itself, or leave DOIs out. Raises InputError where it is no
    such answer.
    """
    listed = crossref_message(body).get("reference") or ()
    given = [str(reference.get("DOI") or "") for reference in listed]
    return list(dict.fromkeys(doi for doi in map(clean_doi, given) if doi))


def crossref_preprints(doi: str, body: bytes) -> Iterator[tuple[str, str]]:
    """(article, preprint) as DOIs, from Crossref's answer on one of the two."""
    relations = crossref_message(body).get("relation") or {}
    for field, is_article in (("has-preprint", True), ("is-preprint-of", False)):
        for related in relations.get(field) or ():
            other = clean_doi(str(related.get("id") or ""))
            if other:
                yield (doi, other) if is_article else (other, doi)


def esummary_dois(body: bytes) -> dict[str, int]:
    """PMIDs by DOI, from an eSummaryResult of version 2.0. Raises InputError where it is none."""
    found = {}
    for summary in _root(body, "eSummaryResult").iter("DocumentSummary"):
        for article_id in summary.iterfind("ArticleIds/ArticleId"):
            doi = clean_doi(article_id.findtext("Value") or "")
            if article_id.findtext("IdType") == "doi" and doi:
                found[doi] = int(summary.get("uid", ""))
    return found


def esearch_count(body: bytes) -> tuple[int, str]:
    """How many records a query found, and the query as PubMed translated it.

    Raises InputError where the answer has no count: that is a failure, not a search without finds.
    """
    result = _root(body, "eSearchResult")
    count = result.findtext("Count") or ""
    if not (count.isascii() and count.isdigit()):
        said = " ".join("".join(result.itertext()).split())
        raise InputError(f"an answer of ESearch without a count: {said[:200]!r}")
    return int(count), result.findtext("QueryTranslation") or ""


def _root(body: bytes, expected: str) -> Element:
    try:
        root = fromstring(body)  # noqa: S314 (harvest refuses entities)
    except ParseError as error:
        raise InputError(f"no answer of the E-utilities ({error}): {body[:200]!r}") from error
    if root.tag != expected:
        raise InputError(f"<{root.tag}> where <{expected}> was due: {body[:200]!r}")
    return root


def _json(body: bytes, service: str) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError as error:
        raise InputError(f"no answer of {service} ({error}): {body[:200]!r}") from error
    if not isinstance(found, dict):
        raise InputError(f"no answer of {service}: {body[:200]!r}")
    return found
