"""Questions about citations that carry no PMID, over HTTP: ID converter, ECitMatch, Crossref."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from building import paper
from loopback import FakeClock, record_set, settings_of

from harvest.services import crossref, ecitmatch, idconv
from harvest.services.ecitmatch import Cited
from harvest.standin import Answer, Corpus, Request, serve
from harvest.transport import Transport
from kb.answers import crossref_found, ecitmatch_pmids, idconv_pmids
from kb.errors import ServiceFailed

PAPERS = (
    paper(1, title="Scans of children", doi="10.5555/one", pmcid="PMC11", authors=["Maris JM"]),
    paper(2, title="Other scans", doi="10.5555/two", volume="13", pages="101-9"),
    paper(3, title="Same place", volume="13", pages="101-9", authors=["Park JR"]),
)
CITED = Cited("J Example", "2020", "12", "45", "Maris JM", "ref:1")
Fault = Callable[[int, Request, Answer], Answer]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    file = tmp_path_factory.mktemp("services") / "pubmed.xml"
    file.write_bytes(record_set(*PAPERS))
    return Corpus.from_files([file])


@contextmanager
def asking(
    corpus: Corpus, fault: Fault = lambda _number, _request, answer: answer
) -> Iterator[Transport]:
    with serve(corpus, fault=fault) as server:
        yield Transport(settings_of(server), lambda _sent: None, FakeClock())


def spoiled(body: bytes, status: int = 200) -> Fault:
    return lambda _number, _request, answer: replace(answer, body=body, status=status)


def test_the_id_converter_tells_pmids_of_what_is_in_pmc_alone(corpus: Corpus) -> None:
    with asking(corpus) as transport:
        reply = idconv.pmids(transport, "doi", ["10.5555/one", "10.5555/two", "10.5555/none"])
        assert idconv_pmids(reply.body) == {"10.5555/one": 1}
        assert idconv.asked(reply.question) == ["10.5555/one", "10.5555/two", "10.5555/none"]
        by_number = idconv.pmids(transport, "pmcid", ["PMC11"])
        assert idconv_pmids(by_number.body) == {"PMC11": 1}


def test_ecitmatch_names_candidates_by_the_key_of_each_citation(corpus: Corpus) -> None:
    citations = [
        CITED,
        CITED._replace(volume="13", page="101", key="ref:2"),
        CITED._replace(page="999", key="ref:3"),
        CITED._replace(journal="No Such Journal", key="ref:4"),
    ]
    with asking(corpus) as transport:
        reply = ecitmatch.ecitmatch(transport, citations)
    found = ecitmatch_pmids(reply.body)
    assert found == {"ref:1": [1], "ref:2": [2, 3], "ref:3": [], "ref:4": []}
    assert ecitmatch.asked(reply.question) == citations


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("J|2020|1|2|A|k|12345", [12345]),
        ("J|2020|1|2|k|NOT_FOUND", []),
        ("J|2020|1|2|A|k|NOT_FOUND;INVALID_JOURNAL", []),
        ("J|2020|1|2|A|k|AMBIGUOUS 111,222", [111, 222]),
        ("J|2020|1|2|A|k|AMBIGUOUS (783 citations)", []),
    ],
)
def test_outcomes_of_ecitmatch(line: str, found: list[int]) -> None:
    assert ecitmatch_pmids(f"{line}\n".encode()) == {"k": found}


def test_crossref_describes_what_a_citation_may_be(corpus: Corpus) -> None:
    with asking(corpus) as transport:
        reply = crossref.search(transport, "Maris JM. Scans of children. 2020;12:45")
    first, _ = crossref_found(reply.body)
    assert (first.doi, first.author, first.year) == ("10.5555/one", "Maris", 2020)
    assert (first.title, first.volume, first.page) == ("Scans of children", "12", "45")
    assert crossref.asked(reply.question) == "Maris JM. Scans of children. 2020;12:45"
    assert crossref.asked(crossref.path_of("10.5555/one")) == ""


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"<html>Sign in</html>", 200), (b"[]", 200), (b"", 500), (b'{"records": [{}]}', 200)],
)
def test_what_is_no_answer_fails_and_says_so(corpus: Corpus, body: bytes, status: int) -> None:
    with asking(corpus, spoiled(body, status)) as transport:
        with pytest.raises(ServiceFailed):
            idconv.pmids(transport, "doi", ["10.5555/one"])
        with pytest.raises(ServiceFailed):
            crossref.search(transport, "Maris")


def test_an_answer_of_ecitmatch_that_ends_early_is_none(corpus: Corpus) -> None:
    with (
        asking(corpus, spoiled(b"J|2020|1|2|A|other|1\n")) as transport,
        pytest.raises(ServiceFailed, match="left out 1 citations, among them ref:1"),
    ):
        ecitmatch.ecitmatch(transport, [CITED])
