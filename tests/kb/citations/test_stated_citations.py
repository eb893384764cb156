"""Which citations the answers of services state, and of which works."""

from __future__ import annotations

import json

import pytest

from kb.answers import crossref_asked
from kb.citations.stated_citations import citations
from kb.errors import InputError
from kb.raw import KeptAnswer

ELINK = b"""<eLinkResult><LinkSet><IdList><Id>1</Id></IdList><LinkSetDb>
<LinkName>pubmed_pubmed_citedin</LinkName><Link><Id>9</Id></Link></LinkSetDb></LinkSet></eLinkResult>"""
ICITE = json.dumps({"data": [{"pmid": 1, "references": [5], "cited_by": [9]}]}).encode()
CROSSREF = json.dumps(
    {"message": {"reference": [{"DOI": "10.1000/b"}, {"key": "no DOI"}, {"DOI": "10.1000/C"}]}}
).encode()
PAPERS = {"10.1000/a": 1, "10.1000/c": 3}


def stated(service: str, question: str, body: bytes, status: int = 200) -> list[object]:
    kept = KeptAnswer(1, service, question, 1, "2026-01-02T03:04:05Z", status, body)
    return list(citations([kept], PAPERS))


def test_elink_and_icite_state_citations_between_papers_of_pubmed() -> None:
    assert stated("elink", "id=1", ELINK) == [("pmid:9", "pmid:1", "elink")]
    assert stated("icite", "pmids=1", ICITE) == [
        ("pmid:1", "pmid:5", "icite"),
        ("pmid:9", "pmid:1", "icite"),
    ]


def test_crossref_states_dois_which_are_papers_where_one_here_has_it() -> None:
    assert stated("crossref", "works/10.1000%2Fa", CROSSREF) == [
        ("pmid:1", "doi:10.1000/b", "crossref"),
        ("pmid:1", "pmid:3", "crossref"),
    ]
    assert stated("crossref", "works/10.1000%2Fz", CROSSREF)[0] == (
        "doi:10.1000/z", "doi:10.1000/b", "crossref",
    )  # fmt: skip


def test_each_work_of_a_list_states_its_own_and_one_that_was_not_asked_for_states_nothing() -> None:
    items = [
        {"DOI": "10.1000/Z", "reference": [{"DOI": "10.1000/b"}]},
        {"DOI": "10.1000/other", "reference": [{"DOI": "10.1000/b"}]},
        {"DOI": "10.1000/a", "reference": [{"DOI": "10.1000/c"}]},
    ]
    question = "works?filter=doi%3A10.1000%2Fa,doi%3A10.1000%2Flacking,doi%3A10.1000%2Fz&rows=3"
    assert stated("crossref", question, json.dumps({"message": {"items": items}}).encode()) == [
        ("pmid:1", "pmid:3", "crossref"),
        ("doi:10.1000/z", "doi:10.1000/b", "crossref"),
    ]


def test_a_doi_that_crossref_does_not_know_and_other_services_state_nothing() -> None:
    assert stated("crossref", "works/10.1000%2Fa", b"Resource not found.", status=404) == []
    assert stated("esearch", "term=x", b"<eSearchResult/>") == []


def test_a_broken_answer_is_an_error_and_not_a_paper_without_citations() -> None:
    with pytest.raises(InputError, match="Crossref"):
        stated("crossref", "works/10.1000%2Fa", b"<html>")


@pytest.mark.parametrize(
    ("question", "doi"),
    [
        ("works/10.1000%2Fa", "10.1000/a"),
        ("works/10.1000%2Fa?mailto=x", "10.1000/a"),
        ("works/10.1002%2F(SICI)1097%3C1%3E", "10.1002/(sici)1097<1>"),
    ],
)
def test_the_doi_of_a_question_is_its_path_spelled_out(question: str, doi: str) -> None:
    assert crossref_asked(question) == [doi]
