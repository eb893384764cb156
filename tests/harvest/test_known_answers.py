"""Sixty-odd ways in which a service could change, each planted in one answer and each named."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from loopback import FakeClock, settings_of

from harvest.doctor import CheckResult, expected
from harvest.known_answers import CITED, CITING, ITS_REFERENCE, PMCID, QUESTIONS, Question
from harvest.services import SERVICES
from harvest.standin import Answer, Corpus, Fault, Request, Standin, serve
from harvest.standin.server import as_answered
from harvest.transport import Transport
from kb.data import data_dir

Change = Callable[[Answer], Answer]
BY_NAME = {question.name: question for question in QUESTIONS}
BUNDLED = data_dir() / "demo" / "pubmed.xml"


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return Corpus.from_files([BUNDLED])


def told(corpus: Corpus, fault: Fault) -> list[CheckResult]:
    with serve(corpus, fault=fault) as server:
        return list(expected(transport(server)))


def transport(server: Standin) -> Transport:
    return Transport(settings_of(server, api_key="0" * 36), lambda _sent: None, FakeClock())


def is_of(question: Question, request: Request) -> bool:
    """Whether a request puts this question."""
    utility = request.utility
    asked = question.path.partition(".")[0] if question.service == "eutils" else question.service
    if utility != asked or (question.service == "crossref" and request.rest != question.path):
        return False
    named = {name for name, _ in question.parameters} | {"term", "retmax", "retstart"}
    wanted = {name: [v for n, v in question.parameters if n == name] for name in named}
    return all(request.parameters.get(name, []) == values for name, values in wanted.items())


# Ways to change an answer


def body(before: str, after: str) -> Change:
    def change(answer: Answer) -> Answer:
        assert before.encode() in answer.body
        return replace(answer, body=answer.body.replace(before.encode(), after.encode()))

    return change


def pattern(before: str, after: str) -> Change:
    def change(answer: Answer) -> Answer:
        changed, number = re.subn(before.encode(), after.encode(), answer.body)
        assert number
        return replace(answer, body=changed)

    return change


def header(name: str, value: str = "", renamed: str = "") -> Change:
    """Another value of a header; without one it is gone, or has another name."""

    def change(answer: Answer) -> Answer:
        known = {each.lower(): each for each in answer.headers}
        old = answer.headers.get(known.get(name.lower(), name), "")
        headers = {k: v for k, v in answer.headers.items() if k.lower() != name.lower()}
        if renamed:
            headers[renamed] = old
        elif value:
            headers[name] = value
        return replace(answer, headers=headers)

    return change


def media(kind: str) -> Change:
    return lambda answer: replace(answer, content_type=kind)


def all_headers(**headers: str) -> Change:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda answer: replace(answer, headers={**answer.headers, **given})


def status(number: int) -> Change:
    return lambda answer: replace(answer, status=number)


def edited(edit: Callable[[Any], None]) -> Change:
    """Another JSON, edited in place."""

    def change(answer: Answer) -> Answer:
        content = json.loads(answer.body)
        edit(content)
        return replace(answer, body=json.dumps(content).encode())

    return change


def page(_answer: Answer) -> Answer:
    """HTML in the place of everything."""
    return Answer(b"<html><body>Under maintenance</body></html>", "text/html", 200)


def page_as(kind: str) -> Change:
    return lambda answer: replace(page(answer), content_type=kind, headers=answer.headers)


def without(*path: str | int) -> Change:
    def edit(content: Any) -> None:
        for step in path[:-1]:
            content = content[step]
        del content[path[-1]]

    return edited(edit)


def put(value: object, *path: str | int) -> Change:
    def edit(content: Any) -> None:
        for step in path[:-1]:
            content = content[step]
        content[path[-1]] = value

    return edited(edit)


def emptied(name: str) -> Change:
    """iCite knows the papers, and no link of this way."""

    def edit(content: Any) -> None:
        for pub in content["data"]:
            pub[name] = []

    return edited(edit)


def updates(**update: str) -> Change:
    return put([{"DOI": "10.1/x", "label": "", **update}], "message", "updated-by")


XML, JSON, LIMIT = "Content-Type text/xml", "Content-Type application/json", "X-RateLimit-Limit"
NCBI = "header X-RateLimit-Limit, 3 or more"
RECORD, NOTHING = "EFetch: a record, and one that is none", "EFetch: nothing valid"
SUMMARY = "ESummary: a paper, and one that is none"
PMID, WIDE, BEYOND = "ESearch: a PMID", "ESearch: more than it names", "ESearch: beyond the ceiling"
PHRASE, DAYS = "ESearch: an unknown phrase", "ESearch: days of no change"
BY, REFS = "ELink: cited by", "ELink: references"
WORK, LIST, SEARCH = "Crossref: a work", "Crossref: a list", "Crossref: a search"
ECITMATCH, CONVERTER, EUROPE = "ECitMatch", "ID converter", "Europe PMC"
LISTED = "references of a listed one"
CLASS = "the limit of its class, as of 2025-12-01"
RATES = "headers x-rate-limit-limit and x-rate-limit-interval"
POOL = "header x-api-pool names a known pool"
ERROR = "<ERROR>Couldn't resolve #exLinkSrv2, the address table is empty.</ERROR>"

# What is planted: the question whose answer is changed, how, and the expectation that names it
DRIFTS: dict[str, tuple[str, Change, str]] = {
    "EInfo as HTML": ("EInfo", page, XML),
    "EInfo: HTML called XML": ("EInfo", page_as("text/xml"), "XML <eInfoResult>"),
    "EInfo renamed": ("EInfo", body("eInfoResult", "eInfo"), "XML <eInfoResult>"),
    "EInfo: a field gone": (
        "EInfo",
        body("<Name>MDAT</Name>", ""),
        "EInfo names the search fields",
    ),
    "EInfo: UID renamed": (
        "EInfo",
        body("<Name>UID<", "<Name>ID<"),
        "EInfo names the search fields",
    ),
    "citedin not listed (2025-11)": (
        "EInfo",
        body("<Name>pubmed_pubmed_citedin</Name>", "<Name>x</Name>"),
        "EInfo lists pubmed_pubmed_citedin",
    ),
    "refs not listed": (
        "EInfo",
        body("<Name>pubmed_pubmed_refs</Name>", "<Name>x</Name>"),
        "EInfo lists pubmed_pubmed_refs",
    ),
    "rate header renamed": ("EInfo", header(LIMIT, renamed="RateLimit-Limit"), NCBI),
    "rate header gone": (PMID, header(LIMIT), NCBI),
    "rate header no number": (PMID, header(LIMIT, "ten"), NCBI),
    "fewer requests granted": (RECORD, header(LIMIT, "1"), NCBI),
    "the day is another": (
        "EInfo",
        all_headers(Date="Thu, 19 Feb 2026 12:00:00 GMT"),
        "the day is that of this machine",
    ),
    "ESearch as JSON": (PMID, media("application/json"), XML),
    "ESearch as HTML": (PMID, page, XML),
    "ESearch as text": (WIDE, media("text/plain"), XML),
    "ESearch renamed": (PMID, body("eSearchResult", "SearchResult"), "XML <eSearchResult>"),
    "ESearch says ERROR": (PMID, body("<Count>", f"{ERROR}<Count>"), "no ERROR"),
    "ESearch cut off": (PMID, pattern("(?s)</IdList>.*", ""), "XML <eSearchResult>"),
    "ESearch without count": (
        PMID,
        body("Count>", "Total>"),
        "elements Count, IdList, QueryTranslation",
    ),
    "ESearch without list": (
        PMID,
        body("IdList", "Uids"),
        "elements Count, IdList, QueryTranslation",
    ),
    "ESearch without translation": (
        PMID,
        body("QueryTranslation", "Read"),
        "elements Count, IdList, QueryTranslation",
    ),
    "a PMID finds nothing": (PMID, pattern("<Count>1<", "<Count>0<"), "a PMID finds its paper"),
    "ids of another name": (PMID, body("Id>", "Uid>"), "a PMID finds its paper"),
    "another paper": (PMID, body(f"<Id>{CITED}", "<Id>1"), "a PMID finds its paper"),
    "a lower ceiling": (WIDE, pattern("<Count>[0-9]+<", "<Count>20000<"), "ceiling of 9,999"),
    "ids left out": (WIDE, pattern("<Id>39508974</Id>", ""), "ceiling of 9,999"),
    "beyond it no refusal": (
        BEYOND,
        pattern("<Count>[0-9]+<", "<Count>20000<"),
        "retstart beyond it is refused",
    ),
    "another retstart": (
        BEYOND,
        body("<Count>", "<ERROR>'retstart' cannot be larger than 4998.</ERROR><Count>"),
        "retstart beyond it is refused",
    ),
    "another refusal": (
        BEYOND,
        body("<Count>", "<ERROR>Too far.</ERROR><Count>"),
        "retstart beyond it is refused",
    ),
    "silence on a phrase": (
        PHRASE,
        pattern("(Quoted)?PhraseNotFound", "Ignored"),
        "an unknown phrase is named",
    ),
    "no list of errors": (
        PHRASE,
        pattern("(?s)<(Error|Warning)List>.*</(Error|Warning)List>", ""),
        "an unknown phrase is named",
    ),
    "mdat is no field": (
        DAYS,
        pattern("<PhraseNotFound>.*</PhraseNotFound>", "<FieldNotFound>mdat</FieldNotFound>"),
        "days of no change find nothing",
    ),
    "days ignored in silence": (
        DAYS,
        pattern("<ErrorList>.*</ErrorList>", ""),
        "days of no change find nothing",
    ),
    "a newer DTD of records": (
        RECORD,
        body("pubmed_260101.dtd", "pubmed_270101.dtd"),
        "a DTD of records up to pubmed_260101.dtd",
    ),
    "no DTD of records": (
        RECORD,
        pattern("<!DOCTYPE[^>]*>", ""),
        "a DTD of records up to pubmed_260101.dtd",
    ),
    "records renamed": (
        RECORD,
        pattern("PubmedArticleSet(?! PUBLIC)", "ArticleSet"),
        "XML <PubmedArticleSet>",
    ),
    "records as text": (RECORD, media("text/plain"), XML),
    "records as HTML": (RECORD, page, XML),
    "a title of another name": (RECORD, body("ArticleTitle>", "Title>"), "elements"),
    "no references": (RECORD, body("ReferenceList>", "Cited>"), "elements"),
    "another record": (RECORD, body(f">{CITING}<", ">1<"), "the record asked for, alone"),
    "nothing valid is answered": (NOTHING, status(200), "HTTP 400"),
    "a kinder refusal": (NOTHING, body("ID list is empty", "Nothing to do"), "'ID list is empty'"),
    "summaries renamed": (SUMMARY, body("eSummaryResult", "Summary"), "XML <eSummaryResult>"),
    "summaries of version 1": (
        SUMMARY,
        body("DocumentSummary", "DocSum"),
        "elements DocumentSummarySet/DocumentSummary",
    ),
    "summaries of nobody": (SUMMARY, body("error>", "note>"), "one that is none has an error"),
    "no DOI in a summary": (
        SUMMARY,
        pattern("<IdType>doi<", "<IdType>DOI-number<"),
        "the DOI of a paper",
    ),
    "two empty sets": (
        BY,
        pattern("<LinkSetDb>.*</LinkSetDb>", ""),
        "papers that cite a cited one",
    ),
    "citedin under another name": (
        BY,
        body("pubmed_pubmed_citedin", "pubmed_pubmed_cites"),
        "papers that cite a cited one",
    ),
    "one set for both": (
        BY,
        pattern(
            "(<IdList><Id>[0-9]+</Id>)(.*?)</LinkSet><LinkSet>.*<IdList>(<Id>[0-9]+</Id>)</IdList>",
            r"\1\3\2",
        ),
        "a set for each paper",
    ),
    "the links are down": (BY, body("<LinkSet>", f"{ERROR}<LinkSet>"), "no ERROR"),
    "links as JSON": (BY, media("application/json"), XML),
    "no references in ELink": (
        REFS,
        pattern("<LinkSetDb>.*</LinkSetDb>", ""),
        "references of a citing one",
    ),
    "another reference": (REFS, body(f"{ITS_REFERENCE}", "7"), "references of a citing one"),
    "ELink renamed": (REFS, body("eLinkResult", "Links"), "XML <eLinkResult>"),
    "citations as HTML": (ECITMATCH, page, "Content-Type text/plain"),
    "no match": (ECITMATCH, body(f"{CITED}", "NOT_FOUND"), "the PMID of a citation"),
    "other columns": (ECITMATCH, body("|", ";"), "the PMID of a citation"),
    "a line left out": (ECITMATCH, pattern(".*two.*\n?", ""), "the PMID of a citation"),
    "iCite as HTML": ("iCite", page, JSON),
    "iCite: HTML called JSON": ("iCite", page_as("application/json"), "fields data"),
    "iCite without data": ("iCite", body('"data"', '"records"'), "fields data"),
    "iCite renames cited_by": (
        "iCite",
        body('"cited_by"', '"citedBy"'),
        "fields pmid, references, cited_by of data",
    ),
    "iCite refuses": ("iCite", status(400), "HTTP 200"),
    "iCite: nobody cites": ("iCite", emptied("cited_by"), "papers that cite a cited one (iCite)"),
    "iCite: no references": (
        "iCite",
        emptied("references"),
        "references of a citing one (iCite)",
    ),
    "a smaller batch of ids": (CONVERTER, status(400), "HTTP 200"),
    "a batch cut": (
        CONVERTER,
        edited(lambda content: content.update(records=content["records"][:100])),
        "200 identifiers at once",
    ),
    "ids as HTML": (CONVERTER, page, JSON),
    "no requested-id": (
        CONVERTER,
        body('"requested-id"', '"requestedId"'),
        "fields requested-id, pmid of records",
    ),
    "another PMID": (CONVERTER, put(1, "records", 0, "pmid"), "the PMID of a PMCID"),
    "records of another name": (CONVERTER, body('"records"', '"results"'), "fields records"),
    "Crossref as HTML": (WORK, page, JSON),
    "Crossref without a message": (WORK, body('"message"', '"work"'), "fields message"),
    "a work without references": (
        WORK,
        without("message", "reference"),
        "references of a citing one (Crossref)",
    ),
    "references without a DOI": (
        WORK,
        put([{"key": "1", "unstructured": "A paper"}], "message", "reference"),
        "references of a citing one (Crossref)",
    ),
    "another work": (WORK, put("10.1/x", "message", "DOI"), "the work of a DOI"),
    "the work is gone": (WORK, status(404), "HTTP 200"),
    "an unknown update type": (
        WORK,
        updates(type="68818", source="retraction-watch"),
        "update types of Crossref's schema",
    ),
    "a reinstatement": (
        WORK,
        updates(type="reinstatement", source="publisher"),
        "update types of Crossref's schema",
    ),
    "an unknown source": (
        WORK,
        updates(type="retraction", source="pubpeer"),
        "updates by the publisher or Retraction Watch",
    ),
    "limit renamed": (WORK, header("x-rate-limit-limit", renamed="x-limit"), RATES),
    "interval renamed": (WORK, header("x-rate-limit-interval", renamed="x-interval"), RATES),
    "interval of minutes": (WORK, header("x-rate-limit-interval", "1m"), RATES),
    "concurrency gone": (WORK, header("x-concurrency-limit"), "header x-concurrency-limit"),
    "another pool": (WORK, header("x-api-pool", "premium"), POOL),
    "pool gone": (WORK, header("x-api-pool"), POOL),
    "single records at another limit": (
        WORK,
        all_headers(**{"x-api-pool": "polite-single", "x-rate-limit-limit": "2"}),
        CLASS,
    ),
    "lists at another limit": (
        SEARCH,
        all_headers(**{"x-api-pool": "polite-array", "x-rate-limit-limit": "1"}),
        CLASS,
    ),
    "one list at once": (
        SEARCH,
        all_headers(**{"x-api-pool": "polite-array", "x-concurrency-limit": "9"}),
        CLASS,
    ),
    "a list as HTML": (LIST, page, JSON),
    "a list without items": (LIST, body('"items":', '"works":'), "fields items of message"),
    "a list that lacks a work": (LIST, without("message", "items", 0), "the works of a list"),
    "a list without references": (LIST, body('"reference"', '"cites"'), LISTED),
    "an unknown update in a list": (
        LIST,
        put([{"DOI": "10.1/x", "type": "68818"}], "message", "items", 0, "updated-by"),
        "update types of Crossref's schema",
    ),
    "an unknown witness in a list": (
        LIST,
        put(
            [{"DOI": "10.1/x", "type": "retraction", "source": "a reader"}],
            *("message", "items", 0, "updated-by"),
        ),
        "updates by the publisher or Retraction Watch",
    ),
    "items of another name": (SEARCH, body('"items":', '"works":'), "fields items of message"),
    "items without a title": (
        SEARCH,
        body('"title"', '"titles"'),
        "fields DOI, title of message.items",
    ),
    "preprints as HTML": (EUROPE, page, JSON),
    "no hitCount": (EUROPE, body('"hitCount"', '"hits"'), "fields hitCount, resultList"),
    "papers that are no preprints": (
        EUROPE,
        put([{"source": "MED", "id": "1"}], "resultList", "result"),
        "preprints alone",
    ),
}


def test_sixty_drifts_or_more_are_planted() -> None:
    assert len(DRIFTS) >= 60
    assert {question for question, _, _ in DRIFTS.values()} == set(BY_NAME)


@pytest.mark.parametrize("name", DRIFTS)
def test_what_has_changed_is_named_by_its_expectation_and_by_no_other(
    corpus: Corpus, name: str
) -> None:
    question, change, expectation = DRIFTS[name]
    changed = []

    def fault(_number: int, request: Request, answer: Answer) -> Answer:
        if not is_of(BY_NAME[question], request):
            return answer
        changed.append(request)
        return change(answer)

    broken = [finding for finding in told(corpus, fault) if finding.touches]
    assert len(changed) == 1
    [finding] = broken
    assert finding.name.startswith(f"{question}: {expectation}")
    assert finding.seen
    assert bool(finding.fault) == (name != "citedin not listed (2025-11)")


def test_a_service_as_it_was_breaks_no_expectation(corpus: Corpus) -> None:
    findings = told(corpus, as_answered)
    assert [finding for finding in findings if finding.touches] == []
    assert [finding.name for finding in findings] == list(BY_NAME)


def test_more_papers_than_one_answer_names_break_no_expectation(corpus: Corpus) -> None:
    one = corpus.entries[17586306]
    more = (replace(one, pmid=pmid, doi="", numbers=()) for pmid in range(30_000_000, 30_010_000))
    findings = told(Corpus([*corpus.entries.values(), *more]), as_answered)
    assert [finding for finding in findings if finding.fault] == []


def test_a_service_that_is_down_is_named_with_all_that_rests_on_it(corpus: Corpus) -> None:
    def down(_number: int, request: Request, answer: Answer) -> Answer:
        return replace(answer, status=503) if request.utility == "icite" else answer

    [finding] = [finding for finding in told(corpus, down) if finding.fault]
    assert finding.name == "iCite: an answer"
    assert "HTTP 503" in finding.seen
    assert finding.touches == ("citations from iCite",)


def test_a_service_that_is_switched_off_is_not_asked(corpus: Corpus) -> None:
    with serve(corpus) as server:
        settings = settings_of(server)
        bases = {**settings.bases, "icite": "", "crossref": ""}
        off = Transport(replace(settings, bases=bases), lambda _sent: None, FakeClock())
        names = {finding.name for finding in expected(off)}
    assert names == {
        name for name, one in BY_NAME.items() if one.service not in ("icite", "crossref")
    }


def test_every_service_has_a_question_whose_answer_is_known() -> None:
    assert {question.service for question in QUESTIONS} == {service.name for service in SERVICES}
    assert PMCID in dict(BY_NAME[CONVERTER].parameters)["ids"]
