"""Europe PMC's search for preprints, over HTTP: its pages, and all that is no page."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from building import paper
from loopback import FakeClock, record_set, settings_of

from harvest.service import Again, Refused
from harvest.services import europepmc
from harvest.services.europepmc import EUROPEPMC, Preprint, asked, listed, page_of, preprints
from harvest.standin import Answer, Corpus, Request, serve
from harvest.transport import Sent, Transport
from kb.errors import ServiceFailed

# A result as the service gave it on 8 September 2026, shortened.
RESULT = {
    "id": "PPR1302423",
    "source": "PPR",
    "doi": "10.64898/2026.08.20.745440",
    "title": "Multi-color droplet digital PCR assay",
    "authorString": "Yasuda Y, Miyaoka Y.",
    "pubYear": "2026",
    "pubType": "preprint",
    "bookOrReportDetails": {"publisher": "bioRxiv", "yearOfPublication": 2026},
    "firstPublicationDate": "2026-08-20",
}


def page(*results: dict[str, Any], total: int = 1, **more: object) -> bytes:
    return json.dumps({"hitCount": total, "resultList": {"result": results}} | more).encode()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    file = tmp_path_factory.mktemp("preprints") / "pubmed.xml"
    titles = (f"MIBG scans {pmid}" for pmid in range(1, 8))
    papers = (
        paper(pmid, title=title, types=["Preprint"], doi=f"10.5555/{pmid}")
        for pmid, title in enumerate(titles, 1)
    )
    file.write_bytes(record_set(*papers, paper(9, title="MIBG scans, reviewed")))
    return Corpus.from_files([file])


def found(
    corpus: Corpus,
    monkeypatch: pytest.MonkeyPatch,
    query: str,
    spoil: dict[int, bytes] | None = None,
) -> tuple[list[Preprint], list[Sent]]:
    """What a search finds, three preprints a page; some answers may be other ones."""
    monkeypatch.setattr(europepmc, "EUROPEPMC", replace(EUROPEPMC, batch=3))

    def fault(number: int, _request: Request, answer: Answer) -> Answer:
        return replace(answer, body=(spoil or {}).get(number, answer.body))

    sent: list[Sent] = []
    with serve(corpus, fault=fault) as server:
        replies = preprints(Transport(settings_of(server), sent.append, FakeClock()), query)
    assert {reply.service for reply in replies} == {"europepmc"}
    return listed(reply.body for reply in replies), sent


def test_all_pages_of_a_search_are_read(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    several, sent = found(corpus, monkeypatch, "MIBG scans")
    assert {each.number for each in several} == {f"PPR{pmid}" for pmid in range(1, 8)}
    assert len(sent) == 3
    assert [asked(each.parameters) for each in sent] == ["(MIBG scans) AND (SRC:PPR)", "", ""]
    assert "reader%40example.org" not in sent[0].parameters


def test_pages_without_end_are_given_up(monkeypatch: pytest.MonkeyPatch, corpus: Corpus) -> None:
    monkeypatch.setattr(europepmc, "MOST_PAGES", 5)
    marks = {number: base64.b64encode(b"%d" % number).decode() for number in range(1, 9)}
    spoil = {n: page(RESULT, total=9, nextCursorMark=mark) for n, mark in marks.items()}
    with pytest.raises(ServiceFailed, match="page after page, 5 so far"):
        found(corpus, monkeypatch, "MIBG scans", spoil)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"hitCount": 1e999, "resultList": {"result": []}}', id="endlessly many"),
        pytest.param(b"[" * 100_000, id="nested without end"),
    ],
)
def test_what_no_number_and_no_depth_can_be_is_no_page(body: bytes) -> None:
    with pytest.raises(Again, match="no answer of Europe PMC"):
        page_of(body)


def test_half_a_pair_of_surrogates_is_never_printed_or_kept() -> None:
    title = page(RESULT | {"title": "MIBG \ud83d scans"})
    assert page_of(title).preprints[0].title == "MIBG ? scans"
    assert page_of(page(RESULT | {"title": "MIBG 😀"})).preprints[0].title == "MIBG 😀"


def test_what_it_says_of_an_error_is_a_line_that_a_terminal_can_show() -> None:
    told = json.dumps({"errMsg": "no\n\x1b[2Jquery" + "!" * 9999}).encode()
    with pytest.raises(Refused, match=r"it says: no �.2Jquery!+$") as error:
        page_of(told)
    assert len(str(error.value)) < 520


def test_a_search_that_finds_nothing_is_an_answer(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    several, sent = found(corpus, monkeypatch, "opsoclonus")
    assert (several, len(sent)) == ([], 1)


def test_a_result_is_read_as_the_service_gives_it() -> None:
    assert page_of(page(RESULT, total=2163, nextCursorMark="AoIIQHqxVSg1NjE1NTMzOA==")) == (
        2163,
        [
            Preprint(
                "PPR1302423",
                "10.64898/2026.08.20.745440",
                "Multi-color droplet digital PCR assay",
                "bioRxiv",
                "2026-08-20",
            )
        ],
        "AoIIQHqxVSg1NjE1NTMzOA==",
    )


def test_what_a_preprint_may_lack_is_empty() -> None:
    [bare] = page_of(page({"id": "PPR1", "source": "PPR"})).preprints
    assert bare == Preprint("PPR1", None, "", "", "")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "no answer of Europe PMC"),
        (b"This API is temporarily unavailable due to maintenance.", "temporarily unavailable"),
        (b"[]", "no answer of Europe PMC"),
        (b'{"hitCount": 3}', "no answer of Europe PMC"),
        (page(RESULT)[:-20], "no answer of Europe PMC"),
        (page(RESULT, total="many"), "no answer of Europe PMC"),  # type: ignore[arg-type]
        (page({"source": "PPR"}), "no answer of Europe PMC"),
        (page(RESULT | {"source": "MED"}), "papers that are no preprints"),
    ],
)
def test_what_is_no_page_is_to_be_asked_again(body: bytes, why: str) -> None:
    with pytest.raises(Again, match=why):
        page_of(body)


def test_an_error_with_http_200_is_refused_in_the_words_of_the_service() -> None:
    with pytest.raises(Refused, match="Invalid page size"):
        page_of(b'{"errCode":404,"errMsg":"Invalid page size provided."}')


@pytest.mark.parametrize("number", [1, 2])
def test_a_page_that_is_none_is_asked_for_again(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    several, sent = found(corpus, monkeypatch, "MIBG", {number: b"<html>Sign in</html>"})
    assert (len(several), len(sent)) == (7, 4)


@pytest.mark.parametrize(
    "last",
    [page(total=7), page(total=7, nextCursorMark="*"), page(RESULT, total=7)],
    ids=["an empty page", "a mark that was asked for", "another preprint and no mark"],
)
def test_a_search_that_names_fewer_than_it_counted_fails(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch, last: bytes
) -> None:
    with pytest.raises(ServiceFailed, match=r"counted 7 preprints and named [34]"):
        found(corpus, monkeypatch, "MIBG", {2: last})


def test_it_is_off_until_its_address_is_set() -> None:
    assert EUROPEPMC.base == ""
    assert EUROPEPMC.key == ""
