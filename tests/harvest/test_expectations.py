"""What is expected of an answer of each kind, by answers that the services have given."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback import START

from harvest import expectations as on
from harvest.expectations import Expectation, drifts
from harvest.service import Reply

NCBI = {"content-type": "text/xml; charset=UTF-8", "x-ratelimit-limit": "3"}
CROSSREF = {
    "content-type": "application/json",
    "x-api-pool": "polite",
    "x-rate-limit-limit": "50",
    "x-rate-limit-interval": "1s",
    "x-concurrency-limit": "5",
}
KINDS = {
    "einfo": (on.EINFO, NCBI),
    "esearch": (on.ESEARCH, NCBI),
    "elink": (on.ELINK, NCBI),
    "esummary": (on.ESUMMARY, NCBI),
    "efetch": (on.EFETCH, NCBI),
    "crossref": (on.WORKS, CROSSREF),
    "icite": (on.PUBS, CROSSREF),
}
# Answers to the questions that harvest puts: of databases, other commands of ELink, errors that
# were asked for and files that are no whole answer there are recordings too.
RECORDED = [
    *(
        ("einfo", f"entrez/{name}")
        for name in ("biopython/einfo2.xml", "eutils-json/einfo.pubmed.xml")
    ),
    *(("esearch", f"entrez/biopython/esearch{number}.xml") for number in (1, 2, 3, 5, 6, 7, 8)),
    *(("esearch", f"entrez/eutils-json/esearch.{name}.xml") for name in ("pubmed", "error")),
    *(("elink", f"entrez/biopython/elink{number}.xml") for number in (1, 2, 3, 4)),
    ("elink", "entrez/metapub_related_pmids_elink.xml"),
    ("esummary", "entrez/guru_esummary.fcgi.xml"),
    ("esummary", "entrez/eutils-json/esummary.pubmed.xml"),
    *(("efetch", f"entrez/biopython/pubmed{number}.xml") for number in (1, 2, 4, 5, 6, 7)),
    *(
        ("efetch", f"entrez/eutils-json/efetch.{name}.xml")
        for name in ("pubmed", "pubmedbook", "pubmedexample")
    ),
    *(
        ("crossref", f"responses/crossref/{name}.json")
        for name in (
            *("10.1177_02683962211048201", "10.17705_1cais.04607", "10.2196_22081"),
            "crossref_api_works",
        )
    ),
    ("icite", "responses/icite/icite_0.json"),
]


def reply(body: bytes, headers: dict[str, str], status: int = 200) -> Reply:
    return Reply("eutils", "q", "2026-03-01T12:00:00Z", status, body, headers)


@pytest.mark.parametrize(("kind", "path"), RECORDED)
def test_no_recorded_answer_raises_an_alarm(shared: Path, kind: str, path: str) -> None:
    expected, headers = KINDS[kind]
    recorded = reply((shared / "pubmed" / path).read_bytes(), headers)
    broken = list(drifts(recorded, expected))
    assert [drift for drift in broken if drift.expectation.decides] == []
    noted = [drift.expectation.name for drift in broken]
    assert noted == ["EInfo lists pubmed_pubmed_citedin"] * (kind == "einfo")


@pytest.mark.parametrize("kind", KINDS)
@given(body=st.binary(max_size=200), status=st.sampled_from([200, 400, 404]))
def test_an_answer_of_any_bytes_is_judged_and_breaks_something(
    kind: str, body: bytes, status: int
) -> None:
    expected, headers = KINDS[kind]
    assert list(drifts(reply(body, headers, status), expected))


def test_what_follows_a_broken_gate_is_not_looked_at() -> None:
    gate = Expectation("a", ("x",), lambda _reply: "something else", gate=True)
    after = Expectation("b", ("y",), lambda _reply: "something else")
    assert [drift.expectation.name for drift in drifts(reply(b"", {}), (after, gate, after))] == [
        "b",
        "a",
    ]


def test_an_expectation_that_cannot_read_an_answer_is_broken() -> None:
    def came(of: Reply) -> str:
        return str(on.json_of(of)["data"][0])

    [drift] = drifts(reply(b'{"data": []}', {}), (Expectation("a", (), came),))
    assert drift.came.startswith("cannot be read (IndexError")


@pytest.mark.parametrize(
    ("date", "came"),
    [
        ("", ""),
        ("Sun, 01 Mar 2026 12:00:00 GMT", ""),
        ("Mon, 02 Mar 2026 00:00:00 GMT", ""),
        ("Mon, 02 Mar 2026 12:00:00 GMT", "this machine's clock is 1 day, 0:00:00 behind"),
        ("Sat, 28 Feb 2026 12:00:00 GMT", "this machine's clock is 1 day, 0:00:00 ahead"),
    ],
)
def test_a_clock_that_is_half_a_day_off_is_told(date: str, came: str) -> None:
    assert f"{START:%Y}" == "2026"
    assert on.CLOCK.came(reply(b"", {"date": date})) == came


@pytest.mark.parametrize("pool", on.CROSSREF_LIMITS)
def test_the_limits_of_2025_12_01_are_as_expected_and_no_others(pool: str) -> None:
    most, at_once = on.CROSSREF_LIMITS[pool]
    told = {
        "x-api-pool": pool,
        "x-rate-limit-limit": str(most),
        "x-rate-limit-interval": "1s",
        "x-concurrency-limit": str(at_once),
    }
    assert list(drifts(reply(b"", told), on.CROSSREF_HEADERS)) == []
    for name, value in (
        ("x-rate-limit-limit", most + 1),
        ("x-concurrency-limit", at_once + 1),
        ("x-rate-limit-interval", "60s"),
    ):
        [drift] = drifts(reply(b"", {**told, name: str(value)}), on.CROSSREF_HEADERS)
        assert drift.expectation.name == "the limit of its class, as of 2025-12-01"
        assert pool in drift.came
