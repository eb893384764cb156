"""kb.answers: reading the answers of services that raw.db keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.answers import (
    RETRACTION_WATCH,
    SERVICE_NAMES,
    elink_citations,
    elink_links,
    esearch_count,
)
from kb.errors import InputError

CITED_IN, REFS = "pubmed_pubmed_citedin", "pubmed_pubmed_refs"


def linkset(sources: list[int], **links: list[int]) -> str:
    groups = "".join(
        f"<LinkSetDb><DbTo>pubmed</DbTo><LinkName>{name}</LinkName>"
        + "".join(f"<Link><Id>{pmid}</Id></Link>" for pmid in pmids)
        + "</LinkSetDb>"
        for name, pmids in links.items()
    )
    ids = "".join(f"<Id>{pmid}</Id>" for pmid in sources)
    return f"<LinkSet><DbFrom>pubmed</DbFrom><IdList>{ids}</IdList>{groups}</LinkSet>"


def answer(*linksets: str) -> bytes:
    return f"<eLinkResult>{''.join(linksets)}</eLinkResult>".encode()


def test_links_belong_to_the_paper_that_was_asked_for() -> None:
    body = answer(
        linkset([1], pubmed_pubmed_citedin=[11, 12]),
        linkset([2], pubmed_pubmed_citedin=[21], pubmed_pubmed_refs=[29]),
        linkset([3]),
    )

    assert elink_links(body, CITED_IN) == {1: [11, 12], 2: [21], 3: []}
    assert elink_links(body, REFS) == {1: [], 2: [29], 3: []}


def test_a_paper_is_no_link_of_itself() -> None:
    body = answer(linkset([1], pubmed_pubmed_citedin=[1, 11]))

    assert elink_links(body, CITED_IN) == {1: [11]}


def test_a_set_that_merges_several_papers_tells_of_none() -> None:
    body = answer(linkset([1, 2], pubmed_pubmed_citedin=[11]))

    assert elink_links(body, CITED_IN) == {}


def test_a_paper_whose_links_come_in_two_sets_has_both() -> None:
    body = answer(
        linkset([1], pubmed_pubmed_citedin=[11]), linkset([1], pubmed_pubmed_citedin=[12])
    )

    assert elink_links(body, CITED_IN) == {1: [11, 12]}


def test_citations_point_from_the_citing_to_the_cited_paper_whichever_way_was_asked() -> None:
    body = answer(
        linkset([1], pubmed_pubmed_citedin=[11]),
        linkset([2], pubmed_pubmed_refs=[29]),
        linkset([3], pubmed_pubmed=[31]),  # similar papers are no citations
    )

    assert sorted(elink_citations(body)) == [(2, 29), (11, 1)]


def test_an_id_that_is_none_is_an_error() -> None:
    with pytest.raises(ValueError, match="x11"):
        elink_links(answer(linkset([1], **{CITED_IN: [11]})).replace(b"11", b"x11"), CITED_IN)


def test_a_search_has_its_count_and_how_pubmed_read_it() -> None:
    body = (
        b"<eSearchResult><Count>12345</Count><IdList><Id>1</Id></IdList>"
        b"<QueryTranslation>opsoclonus[All Fields]</QueryTranslation></eSearchResult>"
    )

    assert esearch_count(body) == (12345, "opsoclonus[All Fields]")
    assert esearch_count(b"<eSearchResult><Count>0</Count></eSearchResult>") == (0, "")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<eSearchResult><ERROR>Invalid</ERROR></eSearchResult>", "without a count"),
        (b"<eSearchResult><Count>many</Count></eSearchResult>", "without a count"),
        (b"<eLinkResult><Count>1</Count></eLinkResult>", "<eLinkResult> where <eSearchResult>"),
        (b"<html><body>Error</body></html>", "<html> where <eSearchResult>"),
        (b'{"error": "API rate limit exceeded"}', "no answer of the E-utilities"),
        (b"<eSearchResult><Count>1", "no answer of the E-utilities"),
        (b"", "no answer of the E-utilities"),
    ],
)
def test_a_failure_is_never_a_search_that_found_nothing(body: bytes, why: str) -> None:
    with pytest.raises(InputError, match=why):
        esearch_count(body)


@pytest.mark.parametrize("body", [b"<eSearchResult/>", b"<html/>", b"not found", b""])
def test_a_failure_is_never_a_paper_without_links(body: bytes) -> None:
    with pytest.raises(InputError):
        elink_links(body, CITED_IN)


def test_recorded_answers_are_read(shared: Path) -> None:
    entrez = shared / "pubmed" / "entrez"
    search, failed = (
        (entrez / "eutils-json" / name).read_bytes()
        for name in ("esearch.pubmed.xml", "esearch.baderror.xml")
    )
    of_one, of_two = (
        elink_links((entrez / "biopython" / name).read_bytes(), CITED_IN)
        for name in ("elink1.xml", "elink3.xml")
    )

    assert esearch_count(search)[0] == 15169
    with pytest.raises(InputError, match="Invalid db name"):
        esearch_count(failed)
    assert list(of_one) == [9298984]
    assert len(of_one[9298984]) > 5
    assert of_two == {}  # two papers were asked for in one list


def test_the_names_of_services_in_raw_db_and_in_print_stay_as_they_are() -> None:
    assert RETRACTION_WATCH == "retraction-watch"
    assert SERVICE_NAMES == {
        "elink": "NCBI ELink",
        "icite": "NIH iCite",
        "crossref": "Crossref",
        "retraction-watch": "Retraction Watch",
    }
