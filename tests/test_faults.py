"""The faults that tests inject are those that were seen, and plans repeat themselves."""

from __future__ import annotations

import json
import math
import threading
import time
from contextlib import suppress
from dataclasses import replace

import pytest
import requests
from faults import (
    FATAL,
    FAULTS,
    HUGE,
    MOST_IN_A_ROW,
    SURVIVABLE,
    at_rate,
    damaged,
    dripping,
    first_tries,
    latency,
    most_at_once,
    only,
    together,
)
from loopback import FakeClock, record

from harvest.services import crossref, entrez, icite
from harvest.settings import Settings
from harvest.standin import Answer, Arrival, Corpus, Fault, Request, serve
from harvest.standin.corpus import entry
from harvest.standin.icite import icite as answer_of_icite
from harvest.transport import Transport
from kb.errors import KbError

PMIDS = tuple(range(1, 21))
CORPUS = Corpus(
    entry(pmid, record(pmid, f"Neuroblastoma {pmid}", cites=[pmid - 1])) for pmid in PMIDS
)


def request(utility: str = "efetch", **parameters: str) -> Request:
    given = {name: [value] for name, value in parameters.items()}
    return Request(utility, given, f"/entrez/eutils/{utility}.fcgi", method="POST")


def asked(fault: Fault, utility: str = "efetch", **more: object) -> requests.Response:
    """One answer over HTTP; a search finds 20 papers, a fetch asks for three."""
    form = {"term": "neuroblastoma", "id": "1,2,3"} | more
    with serve(CORPUS, fault=fault) as server, requests.Session() as session:
        session.trust_env = False
        return session.post(f"{server.url}{utility}.fcgi", data=form, timeout=(5, 0.2))


def harvested(fault: Fault) -> tuple[int, int, int, int]:
    """What a client gets that asks every service once."""
    with serve(CORPUS, fault=fault) as server:
        settings = Settings(bases=server.bases, read=0.2, whole=1.0)
        transport = Transport(settings, lambda sent: None, FakeClock())
        for name, service in transport.services.items():
            transport.services[name] = replace(service, largest=HUGE // 2)
        found = entrez.esearch(transport, "neuroblastoma")
        records = entrez.efetch(transport, PMIDS).records
        linked = entrez.elink(transport, PMIDS, entrez.CITED_IN)
        pubs = icite.pubs(transport, PMIDS)
        work = crossref.work(transport, "10.1000/unknown")
        assert b"<Id>20</Id>" in linked.body
        assert b'"references": [19]' in pubs.body
    return found.count, len(found.pmids), len(records), work.status


ALL = (20, 20, 20, 404)


def test_every_failure_mode_of_the_contract_is_there() -> None:
    assert {name[:2] for name in FAULTS} == {f"{number:02}" for number in range(1, 26)}


# A client waits out in real time what says nothing for long.
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.soak] if name.startswith("18") else [])
        for name in SURVIVABLE
    ],
)
def test_after_a_passing_fault_a_further_try_brings_all(name: str) -> None:
    assert harvested(first_tries(FAULTS[name])) == ALL


@pytest.mark.parametrize("name", FATAL)
def test_a_lasting_fault_is_not_survived(name: str) -> None:
    with suppress(KbError):
        assert harvested(first_tries(FAULTS[name])) != ALL


@pytest.mark.parametrize("seed", range(5))
def test_faults_at_a_rate_of_one_half_are_survived(seed: int) -> None:
    names = [name for name in SURVIVABLE if not name.startswith("18")]
    assert harvested(at_rate(0.5, seed, names)) == ALL


# --- The bytes


def test_too_many_requests_is_json_whatever_was_asked_for() -> None:
    answer = asked(FAULTS["01 429 with Retry-After"])
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2")
    assert answer.json()["error"] == "API rate limit exceeded"


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_gateway_speaks_html(status: int) -> None:
    name = next(name for name in FAULTS if name.startswith(f"03 {status}"))
    answer = asked(FAULTS[name])
    assert answer.status_code == status
    assert answer.text.startswith("<!DOCTYPE html>")


def test_errors_within_a_200_are_worded_as_seen() -> None:
    answer = asked(FAULTS["06 ERROR that passes: exLinkSrv2"], "elink")
    assert answer.status_code == 200
    assert "<ERROR>Couldn't resolve #exLinkSrv2, the address table is empty.</ERROR>" in answer.text
    answer = asked(FAULTS["10 lost history"])
    assert "<eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>" in answer.text


def test_the_error_of_retstart_makes_invalid_json() -> None:
    answer = asked(FAULTS["11 retstart refused"], "esearch", retmode="json")
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.text)
    told = json.loads(answer.text, strict=False)["esearchresult"]["ERROR"]
    assert "cannot be larger than 9998" in told


def test_a_clamped_page_lacks_its_last_uid_and_says_so() -> None:
    answer = asked(FAULTS["11 page clamped"], "esearch", retmax=20)
    assert (answer.text.count("<Id>"), "<Count>20</Count>" in answer.text) == (19, True)
    assert "Restrictions achieved" in answer.text


@pytest.mark.parametrize("name", ["12 Content-Length not reached", "12 chunks broken off"])
def test_a_body_that_breaks_off_is_seen_as_such(name: str) -> None:
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        asked(FAULTS[name])


def test_a_short_body_may_have_consistent_headers() -> None:
    answer = asked(FAULTS["13 short with consistent headers"])
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert not answer.text.endswith("</PubmedArticleSet>")


def test_one_wrong_character_is_one_wrong_character() -> None:
    right, wrong = asked(dripping(0)), asked(FAULTS["14 one wrong character"])
    differing = [at for at, (a, b) in enumerate(zip(right.text, wrong.text, strict=True)) if a != b]
    assert len(differing) == 1


def test_a_prolog_may_be_all_there_is() -> None:
    answer = asked(FAULTS["15 prolog only"])
    assert answer.text.startswith("<?xml")
    assert answer.text.endswith('pubmed_260101.dtd">')
    assert asked(FAULTS["15 empty body"]).content == b""


@pytest.mark.parametrize(
    ("name", "cause"), [("17 reset", "reset by peer"), ("17 disconnected", "without response")]
)
def test_a_connection_may_be_reset_or_closed_without_a_byte(name: str, cause: str) -> None:
    with pytest.raises(requests.exceptions.ConnectionError, match=cause):
        asked(FAULTS[name])


def test_a_service_may_never_answer() -> None:
    with pytest.raises(requests.exceptions.ReadTimeout):
        asked(FAULTS["18 no answer"])


@pytest.mark.soak
def test_a_body_may_drip_without_any_long_silence() -> None:
    began = time.monotonic()
    assert asked(dripping(0.4)).text.endswith("</PubmedArticleSet>")
    assert time.monotonic() - began > 0.3  # more than the time allowed for a single wait


def test_records_may_be_withheld_repeated_added_and_reversed() -> None:
    def pmids(name: str, ids: str = "1,2,3") -> list[str]:
        text = asked(FAULTS[name], id=ids).text
        return [part.partition("</PMID>")[0] for part in text.split('<PMID Version="1">')[1:]]

    assert pmids("19 fewer records") == ["1", "2"]
    assert pmids("19 fewer records", "3") == ["3"]  # else it would never come
    assert pmids("23 records twice") == ["1", "2", "3", "1"]
    assert pmids("23 a record not asked for") == ["1", "2", "3", "4294967295"]
    assert pmids("23 another order") == ["3", "2", "1"]


def test_searches_may_count_too_much_nothing_or_drop_a_phrase() -> None:
    assert "<Count>21</Count>" in asked(FAULTS["20 count too high"], "esearch").text
    nothing = asked(FAULTS["21 zero count"], "esearch").text
    assert "<Count>0</Count>" in nothing
    assert "neuroblastoma" in nothing  # what was run is told as ever
    dropped = asked(FAULTS["22 phrase not found"], "esearch").text
    assert "<ErrorList><PhraseNotFound>abcXYZ</PhraseNotFound></ErrorList>" in dropped
    assert "<Count>20</Count>" in dropped


def test_a_newer_dtd_is_named_in_the_doctype_alone() -> None:
    old, new = asked(dripping(0)).text, asked(FAULTS["24 a newer DTD"]).text
    assert "pubmed_270101.dtd" in new
    assert old.split("<PubmedArticleSet>")[1] == new.split("<PubmedArticleSet>")[1]


# --- What fits what


def test_a_mode_leaves_what_it_does_not_fit_as_it_is() -> None:
    answer = answer_of_icite(CORPUS, Request("icite", {"pmids": ["1"]}, "", "pubs"))
    for name in ("02 limit as JSON with 200", "14 one wrong character", "19 fewer records"):
        assert FAULTS[name](1, Request("icite", {}, ""), answer) is answer
    assert FAULTS["09 414"](1, request(), answer) is answer  # a POST is never too long
    assert FAULTS["09 414"](1, replace(request(), method="GET"), answer).status == 414


def test_other_services_say_429_and_send_html_too() -> None:
    answer = Answer(b"{}", "application/json")
    for service in ("icite", "crossref"):
        spoiled = [FAULTS[n](1, Request(service, {}, ""), answer) for n in SURVIVABLE]
        assert {429, 500, 502, 503, 504} < {this.status for this in spoiled}
        assert any(b"<html" in this.body and this.status == 200 for this in spoiled)


def test_a_damaged_record_is_damaged_at_every_try_and_alone() -> None:
    fault = damaged(2)
    for _ in range(2):
        assert "</QMID>" in asked(fault, id="1,2,3").text
    assert "</QMID>" not in asked(fault, id="1,3").text


# --- Plans


def statuses(fault: Fault, questions: int = 30, tries: int = 4) -> list[list[int]]:
    answer = Answer(b"", status=200)
    return [
        [fault(0, request(id=f"{number}"), answer).status for _ in range(tries)]
        for number in range(questions)
    ]


def test_a_plan_follows_from_its_seed_and_not_from_the_order_of_the_questions() -> None:
    names = ["03 502 as HTML", "03 503 as HTML"]
    one, two = at_rate(0.5, 7, names), at_rate(0.5, 7, names)
    answer = Answer(b"")
    forth = {n: one(0, request(id=f"{n}"), answer).status for n in range(50)}
    back = {n: two(0, request(id=f"{n}"), answer).status for n in reversed(range(50))}
    assert forth == back
    assert statuses(at_rate(0.5, 7, names)) != statuses(at_rate(0.5, 8, names))


def test_a_plan_keeps_its_rate() -> None:
    found = [s for row in statuses(at_rate(0.3, 1, ["03 502 as HTML"]), 500) for s in row]
    assert 0.25 < found.count(502) / len(found) < 0.35


def test_a_question_is_answered_after_a_row_of_faults() -> None:
    row = statuses(at_rate(1.0, 1, ["03 502 as HTML"]), 1, MOST_IN_A_ROW + 1)[0]
    assert row == [502] * MOST_IN_A_ROW + [200]


def test_a_plan_survives_by_default() -> None:
    assert set(SURVIVABLE) | set(FATAL) == set(FAULTS)
    assert "22 phrase not found" in FATAL
    assert "21 zero count" in FATAL


def test_what_shows_only_in_comparison_comes_once_in_a_plan() -> None:
    body = b'<?xml version="1.0"?><Count>3</Count><Id>1</Id>'
    fault = at_rate(1.0, 1, ["20 count too high"])
    counts = [fault(0, request("esearch", term=f"{n}"), Answer(body)).body for n in range(5)]
    assert [b"<Count>4<" in count for count in counts] == [True, False, False, False, False]


@pytest.mark.soak
def test_latency_adds_to_a_fault_and_requests_wait_side_by_side() -> None:
    fault = together(only(["efetch"], FAULTS["03 502 as HTML"]), latency(0.2))
    answer = fault(1, request(), Answer(b""))
    assert (answer.status, answer.wire.delay) == (502, 0.2)
    assert fault(1, request("esearch"), Answer(b"")).status == 200
    assert latency(1.0)(1, request(), FAULTS["18 no answer"](1, request(), answer)).wire.delay == (
        math.inf
    )
    with serve(CORPUS, fault=latency(0.1)) as server:
        url = f"{server.url}einfo.fcgi"
        threads = [threading.Thread(target=requests.get, args=(url,)) for _ in range(10)]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert 0.1 <= time.monotonic() - began < 0.9


def test_the_most_requests_of_any_second_are_counted_by_source() -> None:
    came = [Arrival(at, request()) for at in (0.0, 0.5, 0.75, 1.0, 1.25, 3.0)]
    other = [Arrival(0.6, Request("icite", {}, "")), Arrival(0.7, Request("idconv", {}, ""))]
    assert most_at_once(came) == 4
    assert most_at_once(came[:4]) == 3  # a second that ends is over
    assert most_at_once(came + other) == 5  # the ID converter is NCBI's too
    assert most_at_once(other, "icite") == 1
    assert most_at_once([], "crossref") == 0
    assert most_at_once(came, window=0.5) == 2
