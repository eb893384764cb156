"""iCite of the stand-in, over HTTP."""

from __future__ import annotations

import pytest
import requests
from standin_records import (
    Ask,
    links,
    xml,
)

from harvest.standin import Standin


def test_icite_tells_citations_as_elink_does(
    standin: Standin, session: requests.Session, ask: Ask
) -> None:
    url = f"{standin.base('icite')}pubs?pmids=12,999,13&fl=pmid,cited_by,references&legacy=false"
    data = session.get(url, timeout=10).json()
    assert list(data) == ["meta", "links", "data"]
    assert data["data"] == [
        {"pmid": 12, "cited_by": [13], "references": [11, 99]},
        {"pmid": 13, "cited_by": [], "references": [11, 12]},
    ]
    by_elink = links(xml(ask("elink", id="12"))[0])
    assert by_elink == {"pubmed_pubmed_citedin": ["13"], "pubmed_pubmed_refs": ["99", "11"]}


def test_icite_describes_papers_in_its_older_and_newer_way(
    standin: Standin, session: requests.Session
) -> None:
    url = f"{standin.base('icite')}pubs?pmids=11"
    older = session.get(url, timeout=10).json()["data"][0]
    newer = session.get(f"{url}&legacy=false", timeout=10).json()["data"][0]
    assert older["authors"] == "Anna Berta Müller, Jane Doe"
    assert newer["authors"][1] == {"lastName": "Doe", "fullName": "Doe, Jane", "firstName": "Jane"}
    assert (older["is_research_article"], newer["is_research_article"]) == ("Yes", True)
    assert (newer["year"], newer["citation_count"], newer["doi"]) == (1999, 2, "")
    assert session.get(f"{standin.base('icite')}pubs/11", timeout=10).json() == older


def test_icite_as_csv_has_its_lists_parted_by_spaces(
    standin: Standin, session: requests.Session
) -> None:
    url = f"{standin.base('icite')}pubs?pmids=13&fl=pmid,references&format=csv"
    assert session.get(url, timeout=10).text.splitlines() == ["pmid,references", "13,11 12"]


@pytest.mark.parametrize(
    ("path", "status"),
    [("pubs", 400), ("pubs?pmids=a", 400), ("papers?pmids=1", 404), ("pubs/999", 404)],
)
def test_icite_refuses(standin: Standin, session: requests.Session, path: str, status: int) -> None:
    answer = session.get(f"{standin.base('icite')}{path}", timeout=10)
    assert (answer.status_code, list(answer.json())) == (status, ["error"])


def test_icite_takes_200_pmids_a_call(standin: Standin, session: requests.Session) -> None:
    for most, status in ((200, 200), (201, 400)):
        pmids = ",".join(map(str, range(1, most + 1)))
        url = f"{standin.base('icite')}pubs?pmids={pmids}"
        assert session.get(url, timeout=10).status_code == status
