"""Read the answers of services that raw.db keeps. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import fromstring


def elink_links(body: bytes, linkname: str) -> dict[int, list[int]]:
    """Linked PMIDs by source, from an eLinkResult.

    The source itself is left out, and so are sets that merge several sources (E-utilities Help,
    chapter 4: repeated ``id`` parameters keep them apart, a list of ids does not).
    """
    found: dict[int, list[int]] = {}
    for linkset in fromstring(body).iterfind("LinkSet"):  # noqa: S314 (harvest refuses entities)
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
    """How many records a query found, and the query as PubMed translated it."""
    result = fromstring(body)  # noqa: S314 (harvest refuses entities)
    return int(result.findtext("Count") or 0), result.findtext("QueryTranslation") or ""
