"""Read the answers of services that raw.db keeps. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, fromstring

from kb.errors import InputError


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
