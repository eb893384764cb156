"""Crossref of the stand-in, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote
from xml.sax.saxutils import escape

import pytest
import requests
from standin_records import (
    record,
)

from harvest.standin import Corpus, Standin, serve
from harvest.standin.corpus import entry

SICI = "10.1002/(SICI)1097-0142(19990101)85:1<1::AID-CNCR1>3.0.CO;2-A"


@pytest.fixture(scope="module")
def crossref() -> Iterator[Standin]:
    notice = record(32, "Retraction: Old scan.", doi="10.1000/notice").replace(
        b"<CommentsCorrectionsList>",
        b"<CommentsCorrectionsList><CommentsCorrections RefType='RetractionOf'><RefSource>x"
        b"</RefSource><PMID Version='1'>31</PMID></CommentsCorrections>",
    )
    entries = [
        entry(31, record(31, "Old scan of a tumour.", doi=escape(SICI), cites=(33, 34), year=1999)),
        entry(32, notice),
        entry(33, record(33, "A cited paper.", doi="10.1000/cited")),
        entry(34, record(34, "Cited, without a DOI.")),
    ]
    with serve(Corpus(entries)) as server:
        yield server


def test_crossref_has_a_work_under_its_doi_whatever_its_case(
    crossref: Standin, session: requests.Session
) -> None:
    for doi in (SICI, SICI.lower()):
        answer = session.get(f"{crossref.base('crossref')}works/{quote(doi, safe='')}", timeout=10)
        content = answer.json()
        assert (content["status"], content["message-type"]) == ("ok", "work")
        assert content["message"]["DOI"] == SICI.lower()
        assert content["message"]["title"] == ["Old scan of a tumour."]
        assert content["message"]["issued"] == {"date-parts": [[1999]]}


def test_crossref_tells_what_a_work_cites(crossref: Standin, session: requests.Session) -> None:
    url = f"{crossref.base('crossref')}works/{quote(SICI, safe='')}"
    first, second = session.get(url, timeout=10).json()["message"]["reference"]
    assert (first["DOI"], first["doi-asserted-by"]) == ("10.1000/cited", "crossref")
    assert (first["volume"], first["first-page"], first["year"]) == ("7", "10", "2020")
    assert (first["author"], first["journal-title"]) == ("doe", "j examples")
    assert "DOI" not in second
    assert second["unstructured"] == "c"


def test_crossref_tells_what_a_notice_is_about(
    crossref: Standin, session: requests.Session
) -> None:
    work = session.get(f"{crossref.base('crossref')}works/10.1000%2Fnotice", timeout=10).json()[
        "message"
    ]
    assert "reference" not in work
    assert [(u["type"], u["DOI"]) for u in work["update-to"]] == [("retraction", SICI.lower())]


def test_what_is_fiction_has_a_record_of_retraction_watch_and_what_is_not_has_its_publisher_s_alone(
    session: requests.Session,
) -> None:
    def retracted(pmid: int, doi: str) -> list[bytes]:
        def stated(ref_type: str, other: int) -> bytes:
            return (
                f"<CommentsCorrectionsList><CommentsCorrections RefType='{ref_type}'><RefSource>x"
                f"</RefSource><PMID Version='1'>{other}</PMID></CommentsCorrections>"
            ).encode()

        paper = record(pmid, "Gone.", doi=doi)
        notice = record(pmid + 1, "Retraction: Gone.", doi=f"{doi}.n", year=2024)
        start = b"<CommentsCorrectionsList>"
        return [
            paper.replace(start, stated("RetractionIn", pmid + 1)),
            notice.replace(start, stated("RetractionOf", pmid)),
        ]

    records = [*retracted(41, "10.5555/specimen.a"), *retracted(51, "10.1000/real")]
    entries = [entry(pmid, xml) for pmid, xml in zip((41, 42, 51, 52), records, strict=True)]
    with serve(Corpus(entries)) as server:
        url = f"{server.base('crossref')}works"

        def of(doi: str) -> dict[str, list[dict[str, object]]]:
            query = {"filter": f"doi:{doi}", "select": "DOI,update-to,updated-by"}
            (item,) = session.get(url, params=query, timeout=10).json()["message"]["items"]
            return {name: updates for name, updates in item.items() if name != "DOI"}

        dated = {"type": "retraction", "label": "Retraction", "updated": {"date-parts": [[2024]]}}
        publisher = {"source": "publisher", **dated}
        watch = {"source": "retraction-watch", "record-id": 42, **dated}
        notice = {"DOI": "10.5555/specimen.a.n"}
        assert of("10.5555/specimen.a") == {"updated-by": [notice | publisher, notice | watch]}
        assert of("10.5555/specimen.a.n") == {
            "update-to": [{"DOI": "10.5555/specimen.a"} | publisher]
        }
        assert of("10.1000/real") == {"updated-by": [{"DOI": "10.1000/real.n"} | publisher]}


def test_crossref_does_not_know_a_doi(crossref: Standin, session: requests.Session) -> None:
    answer = session.get(f"{crossref.base('crossref')}works/10.1000%2Fother", timeout=10)
    assert (answer.status_code, answer.text) == (404, "Resource not found.")
    assert answer.headers["Content-Type"] == "text/plain"
    assert session.get(f"{crossref.base('crossref')}members", timeout=10).status_code == 404


def test_crossref_always_matches_a_citation_with_something(
    crossref: Standin, session: requests.Session
) -> None:
    def titles(citation: str, rows: int = 2) -> list[str]:
        query = {
            "query.bibliographic": citation,
            "rows": str(rows),
            "select": "DOI,title,score",
        }
        content = session.get(f"{crossref.base('crossref')}works", params=query, timeout=10).json()
        assert content["message-type"] == "work-list"
        items = content["message"]["items"]
        assert all(list(item) == ["DOI", "title", "score"] for item in items)
        assert sorted(items, key=lambda item: -item["score"]) == items
        return [item["title"][0] for item in items]

    assert titles("Doe J. Old scan of a tumour. J Examples 1999;7:10")[0] == "Old scan of a tumour."
    assert len(titles("xyzzy")) == 2
    assert len(titles("xyzzy", rows=1)) == 1


def listed(crossref: Standin, session: requests.Session, **query: str) -> requests.Response:
    return session.get(f"{crossref.base('crossref')}works", params=query, timeout=10)


def test_crossref_lists_the_works_of_a_filter_and_leaves_out_what_it_does_not_have(
    crossref: Standin, session: requests.Session
) -> None:
    dois = ["10.1000/NOTICE", "10.1000/none", SICI, "10.1000/cited", "10.1000/cited"]
    named = ",".join(f"doi:{doi}" for doi in dois)
    content = listed(crossref, session, filter=named, select="DOI,update-to").json()
    assert (content["status"], content["message-type"]) == ("ok", "work-list")
    message = content["message"]
    assert message["total-results"] == 3
    assert [list(item) for item in message["items"]] == [["DOI", "update-to"], ["DOI"], ["DOI"]]
    assert [item["DOI"] for item in message["items"]] == [
        "10.1000/notice",
        SICI.lower(),
        "10.1000/cited",
    ]
    first = listed(crossref, session, filter=named, rows="1").json()["message"]
    assert (first["total-results"], len(first["items"])) == (3, 1)


def test_an_item_of_a_list_is_what_the_doi_alone_brings(
    crossref: Standin, session: requests.Session
) -> None:
    (item,) = listed(crossref, session, filter=f"doi:{SICI}").json()["message"]["items"]
    url = f"{crossref.base('crossref')}works/{quote(SICI, safe='')}"
    assert item == session.get(url, timeout=10).json()["message"]


@pytest.mark.parametrize(
    ("query", "kind", "value"),
    [
        pytest.param({"filter": "doi:10.1/a,b"}, "filter-not-available", "b", id="comma in a DOI"),
        pytest.param({"select": "DOI,language"}, "select-not-available", "language", id="a field"),
    ],
)
def test_crossref_takes_no_filter_and_no_field_that_it_does_not_have(
    crossref: Standin, session: requests.Session, query: dict[str, str], kind: str, value: str
) -> None:
    answer = listed(crossref, session, **query)
    assert (answer.status_code, answer.json()["message-type"]) == (400, "validation-failure")
    (wrong,) = answer.json()["message"]
    assert (wrong["type"], wrong["value"]) == (kind, value)
