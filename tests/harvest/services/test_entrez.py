from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from loopback import Asked, FakeClock, record, record_set, serving

from harvest.services import entrez
from harvest.services.entrez import CITED_IN, Fetched, efetch, elink, esearch, esummary, known_pmids
from harvest.settings import Settings
from harvest.standin import Answer, Corpus, Request, serve
from harvest.transport import Sent, Transport
from kb.answers import elink_links as links
from kb.errors import InputError, ServiceFailed


class Client:
    """A transport to a server, and what it sent."""

    def __init__(self, url: str) -> None:
        self.sent: list[Sent] = []
        self.clock = FakeClock()
        self.transport = Transport(Settings(bases={"eutils": url}), self.sent.append, self.clock)

    @property
    def outcomes(self) -> list[str]:
        return [sent.outcome for sent in self.sent]

    @property
    def services(self) -> list[str]:
        return [sent.service for sent in self.sent]


Fault = Callable[[int, Request, Answer], Answer]


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """Twelve papers: 11 to 22; each cites the one before it."""
    file = tmp_path / "papers.xml"
    file.write_bytes(
        record_set(*(record(pmid, f"Neuroblastoma {pmid}", [pmid - 1]) for pmid in range(11, 23)))
    )
    return Corpus.from_files([file])


@contextmanager
def client(corpus: Corpus, fault: Fault | None = None) -> Iterator[Client]:
    with serve(corpus, fault=fault or (lambda number, request, answer: answer)) as server:
        yield Client(server.url)


def first_time(broken: Answer) -> Fault:
    """The first request gets another answer."""
    return lambda number, request, answer: broken if number == 1 else answer


@contextmanager
def scripted(script: Callable[[Asked], None]) -> Iterator[Client]:
    with serving(script) as server:
        yield Client(server.url)


def found(count: int, pmids: list[int], rest: str = "") -> bytes:
    ids = "".join(f"<Id>{pmid}</Id>" for pmid in pmids)
    return (
        f"<eSearchResult><Count>{count}</Count><IdList>{ids}</IdList>"
        f"<QueryTranslation>as read</QueryTranslation>{rest}</eSearchResult>"
    ).encode()


# ESearch


def test_a_search_gives_all_pmids_and_how_pubmed_read_the_query(corpus: Corpus) -> None:
    with client(corpus) as ncbi:
        search = esearch(ncbi.transport, "neuroblastoma[ti]")
    assert sorted(search.pmids) == list(range(11, 23))
    assert search.translation == '"neuroblastoma"[Title]'
    assert [reply.service for reply in search.replies] == ["esearch"]
    assert b"<Count>12</Count>" in search.replies[0].body


def test_a_search_that_finds_nothing_is_an_answer() -> None:
    nothing = found(
        0, [], "<WarningList><OutputMessage>No items found.</OutputMessage></WarningList>"
    )
    with scripted(lambda asked: asked.answer(nothing)) as ncbi:
        assert esearch(ncbi.transport, "a AND b").pmids == ()


def test_a_service_that_gives_less_than_was_asked_is_asked_page_by_page() -> None:
    pmids = list(range(1, 26))

    def script(asked: Asked) -> None:
        start = int(asked.form["retstart"][0])
        asked.answer(found(25, pmids[start : start + 10]))

    with scripted(script) as ncbi:
        assert esearch(ncbi.transport, "q").pmids == tuple(pmids)
    assert len(ncbi.sent) == 3


@pytest.mark.parametrize(
    "pages", [[[1, 2], []], [[1, 2], [2]]], ids=["an empty page", "one paper twice"]
)
def test_a_search_that_delivers_less_than_it_counted_fails(pages: list[list[int]]) -> None:
    with (
        scripted(lambda asked: asked.answer(found(3, pages[(asked.number - 1) % 2]))) as ncbi,
        pytest.raises(ServiceFailed, match=r"counted 3 papers and gave 2 for the query 'q'"),
    ):
        esearch(ncbi.transport, "q")
    assert len(ncbi.sent) == 6  # three times, for a paper may be added meanwhile


@pytest.mark.parametrize(
    ("messages", "named"),
    [
        ("<ErrorList><PhraseNotFound>xyzzy</PhraseNotFound></ErrorList>", "the phrase 'xyzzy'"),
        ("<ErrorList><FieldNotFound>zz</FieldNotFound></ErrorList>", "the field 'zz'"),
        (
            '<WarningList><QuotedPhraseNotFound>"a b"</QuotedPhraseNotFound></WarningList>',
            "the phrase '\"a b\"'",
        ),
    ],
)
def test_a_query_that_pubmed_changed_fails_by_name(messages: str, named: str) -> None:
    with (
        scripted(lambda asked: asked.answer(found(2, [1, 2], messages))) as ncbi,
        pytest.raises(InputError, match=re.escape(named)) as error,
    ):
        esearch(ncbi.transport, "neuroblastoma AND xyzzy")
    assert "neuroblastoma AND xyzzy" in str(error.value)


def uid_searches(pmids: list[int], limit: int) -> Callable[[Asked], None]:
    """ESearch over these PMIDs that gives ``limit`` ids at most, as PubMed gives 9,999."""

    def script(asked: Asked) -> None:
        term = asked.form["term"][0]
        part = re.search(r"(\d+):(\d+)\[uid\]$", term)
        low, high = (int(part[1]), int(part[2])) if part else (0, 1 << 40)
        matching = [pmid for pmid in pmids if low <= pmid <= high]
        asked.answer(found(len(matching), matching[:limit]))

    return script


def test_beyond_9999_hits_the_search_is_split_until_every_part_can_be_had() -> None:
    pmids = [*range(1, 12_000), *range(30_000_000, 30_013_000), 41_000_000]
    with scripted(uid_searches(pmids, 9_999)) as ncbi:
        search = esearch(ncbi.transport, "a OR b")
    assert sorted(search.pmids) == pmids
    assert re.fullmatch(
        r"\(a OR b\) AND \d+:\d+\[uid\]", parse_qs(search.replies[1].question)["term"][0]
    )


NO_PMIDS = ["1234567890123456789012345", "-5", "+5", "0", "1_2", "٣", "²", "9" * 5000, "x"]


@pytest.mark.parametrize("no_pmid", NO_PMIDS)
def test_an_id_that_is_no_pmid_makes_no_answer_whatever_is_asked(
    corpus: Corpus, no_pmid: str
) -> None:
    search = found(2, [11, 12]).replace(b"<Id>12<", f"<Id>{no_pmid}<".encode())
    with client(corpus, first_time(Answer(search))) as ncbi:
        esearch(ncbi.transport, "neuroblastoma[ti]")
    assert "a count or an id that is none" in ncbi.outcomes[0]
    assert ncbi.outcomes[1] == "answered"
    wrong = f"<eLinkResult>{linkset('<Id>11</Id>', 12)}</eLinkResult>".replace(
        "<Id>12<", f"<Id>{no_pmid}<"
    )
    with client(corpus, first_time(Answer(wrong.encode()))) as ncbi:
        elink(ncbi.transport, [11], CITED_IN)
    assert ncbi.outcomes[0].startswith("an id that is none")
    summary = f'<eSummaryResult><DocumentSummary uid="{no_pmid}"/></eSummaryResult>'
    with client(corpus, first_time(Answer(summary.encode()))) as ncbi:
        esummary(ncbi.transport, [11])
    assert ncbi.outcomes[0].startswith("an id that is none")


@pytest.mark.parametrize("count", ["-1", "٣", "9" * 5000, "", "1e3"])
def test_a_count_that_is_none_makes_no_answer(corpus: Corpus, count: str) -> None:
    body = found(0, []).replace(b"<Count>0<", f"<Count>{count}<".encode())
    with client(corpus, first_time(Answer(body))) as ncbi:
        esearch(ncbi.transport, "neuroblastoma[ti]")
    assert "a count or an id that is none" in ncbi.outcomes[0]


def test_an_answer_in_an_encoding_that_nobody_knows_is_asked_for_again(corpus: Corpus) -> None:
    body = b'<?xml version="1.0" encoding="no-such-one"?><eSearchResult/>'
    with client(corpus, first_time(Answer(body))) as ncbi:
        esearch(ncbi.transport, "neuroblastoma[ti]")
    assert ncbi.outcomes[0].startswith("broken XML (unknown encoding")


def test_a_batch_that_is_more_than_an_answer_may_have_is_fetched_in_parts(corpus: Corpus) -> None:
    with client(corpus) as ncbi:
        services = ncbi.transport.services
        services["eutils"] = replace(services["eutils"], largest=2_000)
        fetched = efetch(ncbi.transport, range(11, 23))
    assert fetched.records.keys() == set(range(11, 23))
    assert fetched.failed == {}


def test_parts_that_do_not_add_up_fail_instead_of_losing_papers() -> None:
    beyond = entrez.HIGHEST_UID + 5
    with (
        scripted(uid_searches([*range(1, 11_000), beyond], 9_999)) as ncbi,
        pytest.raises(ServiceFailed, match="counted 11,000 papers and gave 10,999"),
    ):
        esearch(ncbi.transport, "q")


def test_a_service_that_ignores_the_ranges_is_noticed_at_once() -> None:
    with (
        scripted(lambda asked: asked.answer(found(20_000, [1, 2]))) as ncbi,
        pytest.raises(ServiceFailed, match="counted 20,000 papers and gave"),
    ):
        esearch(ncbi.transport, "q")
    assert len(ncbi.sent) < 20


def error(text: str, root: str = "eSearchResult") -> bytes:
    return f"<{root}><ERROR>{text}</ERROR></{root}>".encode()


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(b'{"error":"API rate limit exceeded"}', id="limit in JSON with 200"),
        pytest.param(b"<!DOCTYPE html><html><body>Sign in<br></body></html>", id="login page"),
        pytest.param(b"Unable to route request!", id="plain text"),
        pytest.param(b"", id="nothing"),
        pytest.param(b'<?xml version="1.0"?><!DOCTYPE eSearchResult>', id="prolog only"),
        pytest.param(found(12, [1])[:-20], id="cut"),
        pytest.param(b"<eSearchResult><IdList/></eSearchResult>", id="no count"),
        pytest.param(found(1, [1]).replace(b"<Id>1", b"<Id>PMC1"), id="an id that is none"),
        pytest.param(b"<eInfoResult/>", id="another answer"),
        pytest.param(b'<!DOCTYPE e [<!ENTITY a "b">]>' + found(1, [1]), id="an entity is declared"),
        pytest.param(
            error("Search Backend failed: Unable to open connection to #S"), id="no backend"
        ),
        pytest.param(error("Database is not supported: pubmed"), id="database lost"),
        pytest.param(error("NCBI C++ Exception: Error: TXCLIENT"), id="C++ exception"),
    ],
)
def test_what_is_no_answer_to_a_search_is_asked_again(corpus: Corpus, broken: bytes) -> None:
    with client(corpus, first_time(Answer(broken))) as ncbi:
        assert len(esearch(ncbi.transport, "neuroblastoma").pmids) == 12
    assert len(ncbi.sent) == 2


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, error("Search Backend failed: Exception:\n'retstart' cannot be larger than 9998.")),
        (200, error("Invalid db name specified: nothing")),
        (400, error("ID list is empty! Possibly it has no correct IDs.")),
        (403, b"Forbidden"),
        (414, b"URI too long"),
        (404, b"Not here"),
    ],
)
def test_what_will_not_change_is_not_asked_again(status: int, body: bytes) -> None:
    with scripted(lambda asked: asked.answer(body, status)) as ncbi:
        with pytest.raises(ServiceFailed):
            esearch(ncbi.transport, "q")
        assert len(ncbi.sent) == 1


def test_a_bad_request_that_tells_of_a_proxy_behind_ncbi_passes(corpus: Corpus) -> None:
    relayed = error("Failed: proxy_stream() 502 Bad Gateway", "eFetchResult")
    with client(corpus, first_time(Answer(relayed, status=400))) as ncbi:
        assert efetch(ncbi.transport, [11]).records.keys() == {11}


def test_a_key_that_ncbi_does_not_know_is_said_to_be_the_trouble() -> None:
    refused = b'{"error":"API key invalid","api-key":"x","type":"client"}'
    with (
        scripted(lambda asked: asked.answer(refused, 400)) as ncbi,
        pytest.raises(ServiceFailed, match="Check NCBI_API_KEY"),
    ):
        esearch(ncbi.transport, "q")


# EFetch


def test_records_come_as_the_bytes_that_arrived(corpus: Corpus) -> None:
    with client(corpus) as ncbi:
        fetched = efetch(ncbi.transport, [12, 11])
    assert fetched == Fetched(
        {
            11: record(11, "Neuroblastoma 11", [10]),
            12: record(12, "Neuroblastoma 12", [11]),
        }
    )


def test_pmids_that_pubmed_does_not_have_are_asked_once_more_and_looked_up(
    corpus: Corpus,
) -> None:
    with client(corpus) as ncbi:
        fetched = efetch(ncbi.transport, [11, 99, 12, 98])
    assert fetched.records.keys() == {11, 12}
    assert (fetched.missing, fetched.failed) == ([99, 98], {})
    assert ncbi.services == ["efetch", "efetch", "esummary"]
    assert "id=99,98&" in ncbi.sent[1].parameters


def test_a_record_left_out_once_comes_with_the_second_question(corpus: Corpus) -> None:
    def drop(number: int, request: Request, answer: Answer) -> Answer:
        return Answer(record_set(record(11))) if number == 1 else answer

    with client(corpus, drop) as ncbi:
        assert efetch(ncbi.transport, [11, 12]).records.keys() == {11, 12}


def test_a_record_that_pubmed_has_and_does_not_give_failed_and_is_not_missing(
    corpus: Corpus,
) -> None:
    def drop(number: int, request: Request, answer: Answer) -> Answer:
        return Answer(record_set()) if request.utility == "efetch" else answer

    with client(corpus, drop) as ncbi:
        fetched = efetch(ncbi.transport, [11, 99])
    assert fetched.missing == [99]
    assert fetched.failed == {11: "EFetch left it out twice, although ESummary knows it"}


def test_where_the_summaries_fail_nothing_is_called_missing(corpus: Corpus) -> None:
    def fail(number: int, request: Request, answer: Answer) -> Answer:
        return Answer(b"", status=500) if request.utility == "esummary" else answer

    with client(corpus, fail) as ncbi:
        fetched = efetch(ncbi.transport, [11, 99])
    assert fetched.missing == []
    assert fetched.failed == {99: "EFetch left it out; ESummary: HTTP 500: an empty answer"}


def test_records_that_nobody_asked_for_and_repeats_are_left_aside() -> None:
    body = record_set(record(12), record(77), record(11), record(12))
    with scripted(lambda asked: asked.answer(body)) as ncbi:
        assert efetch(ncbi.transport, [11, 12]) == Fetched({11: record(11), 12: record(12)})


def test_a_pmid_inside_a_record_does_not_stand_for_the_record() -> None:
    with scripted(lambda asked: asked.answer(answer_to(asked))) as ncbi:
        fetched = efetch(ncbi.transport, [11, 12])
    assert (list(fetched.records), fetched.missing) == ([11], [12])


def answer_to(asked: Asked) -> bytes:
    if "esummary" in asked.path:
        return (
            b'<eSummaryResult><DocumentSummarySet><DocumentSummary uid="12"><error>cannot get '
            b"document summary</error></DocumentSummary></DocumentSummarySet></eSummaryResult>"
        )
    return record_set(record(11, cites=[12]))


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(record_set(record(11), record(12))[:-50], id="cut in a record"),
        pytest.param(record_set(record(11), record(12))[:-10], id="cut behind the records"),
        pytest.param(
            record_set(record(11), record(12)).replace(b"</AbstractText>", b"</Abstractt>")
            .replace(b"</ArticleTitle>", b"</ArticelTitle>"),
            id="a closing tag mistyped",
        ),
        pytest.param(
            b'<!DOCTYPE PubmedArticleSet [<!ENTITY a "b">]>' + record_set(record(11)),
            id="an entity is declared",
        ),
        pytest.param(error("Unable to obtain query #1", "eFetchResult"), id="history lost"),
        pytest.param(b"<html><body>502</body></html>", id="HTML"),
        pytest.param(b"", id="nothing"),
    ],
)  # fmt: skip
def test_records_that_did_not_come_whole_are_asked_for_again(corpus: Corpus, broken: bytes) -> None:
    with client(corpus, first_time(Answer(broken))) as ncbi:
        assert efetch(ncbi.transport, [11, 12]).records.keys() == {11, 12}
    assert len(ncbi.sent) == 2


def poison(*pmids: int) -> Fault:
    """EFetch fails whenever one of these is among the PMIDs."""

    def fault(number: int, request: Request, answer: Answer) -> Answer:
        asked = {int(pmid) for pmid in request.value("id").split(",")}
        return Answer(b"Bad Gateway", "text/html", 502) if asked & set(pmids) else answer

    return fault


def test_a_poisonous_record_is_found_by_halving_and_the_others_come(corpus: Corpus) -> None:
    with client(corpus, poison(17)) as ncbi:
        fetched = efetch(ncbi.transport, range(11, 23))
    assert fetched.records.keys() == set(range(11, 23)) - {17}
    assert (fetched.failed, fetched.missing) == ({17: "HTTP 502: 'Bad Gateway'"}, [])


def test_a_record_whose_xml_stays_broken_is_found_too(corpus: Corpus) -> None:
    def garble(number: int, request: Request, answer: Answer) -> Answer:
        return Answer(answer.body.replace(b"Neuroblastoma 13<", b"Neuroblastoma 13<x<"))

    with client(corpus, garble) as ncbi:
        fetched = efetch(ncbi.transport, range(11, 23))
    assert fetched.records.keys() == set(range(11, 23)) - {13}
    assert fetched.failed.keys() == {13}
    assert "PMID 13" in fetched.failed[13]


def test_a_service_that_is_down_is_not_asked_for_every_record_alone(corpus: Corpus) -> None:
    with client(corpus, poison(*range(11, 23))) as ncbi:
        fetched = efetch(ncbi.transport, range(11, 23))
    assert fetched.failed.keys() == set(range(11, 23))
    assert len(ncbi.sent) < 40


def test_a_service_that_cannot_be_reached_is_not_halved(corpus: Corpus) -> None:
    with client(corpus) as ncbi:
        pass
    with pytest.raises(ServiceFailed) as failure:
        efetch(ncbi.transport, [11, 12])
    assert failure.value.down
    assert len(ncbi.sent) == 4


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b'{"error":"API key invalid"}', status=400),
        Answer(b"", status=302, headers={"Location": "http://127.0.0.1:1/login"}),
        Answer(b"", status=429, headers={"Retry-After": "86400"}),
    ],
    ids=["wrong key", "login", "sent away"],
)
def test_a_service_that_refuses_everything_is_asked_once(corpus: Corpus, answer: Answer) -> None:
    with (
        client(corpus, lambda number, request, good: answer) as ncbi,
        pytest.raises(ServiceFailed) as failure,
    ):
        efetch(ncbi.transport, [11, 12, 13])
    assert failure.value.down
    assert len(ncbi.sent) == 1


def test_summaries_tell_what_pubmed_has(corpus: Corpus) -> None:
    with client(corpus) as ncbi:
        summary = esummary(ncbi.transport, [11, 99, 22])
    assert known_pmids(summary.body) == {11: True, 22: True, 99: False}


def test_summaries_that_leave_out_a_pmid_are_asked_again(corpus: Corpus) -> None:
    only_one = Answer(
        b'<eSummaryResult><DocumentSummarySet><DocumentSummary uid="11"/></DocumentSummarySet>'
        b"</eSummaryResult>"
    )
    with client(corpus, first_time(only_one)) as ncbi:
        assert set(known_pmids(esummary(ncbi.transport, [11, 12]).body)) == {11, 12}
    assert ncbi.outcomes[0] == "ESummary left out 1 PMIDs, among them 12"


# ELink


def test_each_paper_gets_its_own_citing_papers(corpus: Corpus) -> None:
    with client(corpus) as ncbi:
        reply = elink(ncbi.transport, [11, 22, 15], CITED_IN)
    assert links(reply.body, CITED_IN) == {11: [12], 22: [], 15: [16]}
    assert ncbi.sent[0].parameters.endswith("&id=11&id=22&id=15")


def linkset(source: str, *targets: int, name: str = CITED_IN) -> str:
    ids = "".join(f"<Link><Id>{pmid}</Id></Link>" for pmid in targets)
    group = f"<LinkSetDb><DbTo>pubmed</DbTo><LinkName>{name}</LinkName>{ids}</LinkSetDb>"
    return f"<LinkSet><DbFrom>pubmed</DbFrom><IdList>{source}</IdList>{group}</LinkSet>"


def test_only_the_link_asked_for_counts_and_never_the_paper_itself() -> None:
    body = (
        "<eLinkResult>"
        + linkset("<Id>1</Id>", 7, name="pubmed_pubmed")
        + linkset("<Id>1</Id>", 3, 1, 2)
        + "</eLinkResult>"
    )
    assert links(body.encode(), CITED_IN) == {1: [3, 2]}


@pytest.mark.parametrize(
    "body",
    [
        linkset("<Id>11</Id><Id>12</Id>", 5),
        linkset("<Id>11</Id>", 5),
        linkset("<Id>11</Id>", 5) + linkset("<Id>twelve</Id>", 5),
        "<ERROR>Couldn't resolve #exLinkSrv2, the address table is empty.</ERROR>",
    ],
    ids=["papers merged", "a paper left out", "an id that is none", "backend lost"],
)
def test_links_that_do_not_tell_papers_apart_are_asked_for_again(corpus: Corpus, body: str) -> None:
    broken = Answer(f"<eLinkResult>{body}</eLinkResult>".encode())
    with client(corpus, first_time(broken)) as ncbi:
        reply = elink(ncbi.transport, [11, 12], CITED_IN)
    assert links(reply.body, CITED_IN) == {11: [12], 12: [13]}
    assert len(ncbi.sent) == 2


def test_recorded_answers_of_ncbi_are_read(shared: Path) -> None:
    folder = shared / "pubmed" / "entrez" / "biopython"

    cited = links((folder / "elink1.xml").read_bytes(), CITED_IN)
    assert {pmid: len(citing) for pmid, citing in cited.items()} == {9298984: 39}
    with (
        scripted(lambda asked: asked.answer((folder / "esearch7.xml").read_bytes())) as ncbi,
        pytest.raises(ServiceFailed, match="counted 330 papers and gave 20"),
    ):
        esearch(ncbi.transport, "q")
    with (
        scripted(lambda asked: asked.answer((folder / "esearch8.xml").read_bytes())) as ncbi,
        pytest.raises(InputError, match="the phrase 'abcXYZ'"),
    ):
        esearch(ncbi.transport, "abcXYZ")
    with scripted(lambda asked: asked.answer((folder / "pubmed1.xml").read_bytes())) as ncbi:
        assert efetch(ncbi.transport, [12091962, 9997]).records.keys() == {12091962, 9997}
