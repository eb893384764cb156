"""The stand-in of NCBI's E-utilities, asked over real HTTP and held against NCBI's own answers."""

from __future__ import annotations

import io
import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element, fromstring, parse
from xml.sax.saxutils import escape

import pytest
import requests
from Bio import Entrez
from hypothesis import given
from hypothesis import strategies as st

from harvest.standin import Answer, Corpus, Request, Standin, run_forever, serve
from harvest.standin.corpus import entry, words
from harvest.standin.replay import read_kept, stored
from harvest.standin.state import MOST_WEBENVS, State
from kb.errors import ConfigError, InputError
from kb.raw import open_raw, put

Ask = Callable[..., requests.Response]


def record(
    pmid: int,
    title: str = "A title.",
    *,
    abstract: str = "",
    mesh: str = "",
    authors: tuple[tuple[str, str, str], ...] = (("Doe", "Jane Ann", "JA"),),
    year: int = 2020,
    entered: tuple[int, int, int] = (2020, 5, 17),
    revised: tuple[int, int, int] = (2021, 6, 18),
    cites: tuple[int | str, ...] = (),
    cited_in_comments: tuple[int, ...] = (),
    doi: str = "",
    pmc: str = "",
    kind: str = "Journal Article",
    version: int = 1,
) -> bytes:
    """A PubmedArticle by NLM's DTD; ``mesh`` has descriptors between semicolons, * for major."""

    def day(tag: str, when: tuple[int, int, int], extra: str = "") -> str:
        year, month, number = when
        parts = f"<Year>{year}</Year><Month>{month}</Month><Day>{number}</Day>"
        return f"<{tag}{extra}>{parts}</{tag}>"

    people = "".join(
        f"<Author ValidYN='Y'><LastName>{last}</LastName><ForeName>{fore}</ForeName>"
        f"<Initials>{initials}</Initials></Author>"
        for last, fore, initials in authors
    )
    headings = "".join(
        "<MeshHeading><DescriptorName UI='D1' MajorTopicYN='{}'>{}</DescriptorName>"
        "</MeshHeading>".format("Y" if name.startswith("*") else "N", name.strip("*"))
        for name in mesh.split(";")
        if name
    )
    comments = "".join(
        f"<CommentsCorrections RefType='Cites'><RefSource>x</RefSource><PMID Version='1'>{cited}"
        "</PMID></CommentsCorrections>"
        for cited in cited_in_comments
    )
    references = "".join(
        f"<Reference><Citation>c</Citation><ArticleIdList><ArticleId IdType='pubmed'>{cited}"
        "</ArticleId></ArticleIdList></Reference>"
        for cited in cites
    )
    history = "".join(
        day("PubMedPubDate", entered, f" PubStatus='{status}'")
        for status in ("pubmed", "medline", "entrez")
    )
    return (
        "<PubmedArticle><MedlineCitation Status='MEDLINE' Owner='NLM'>"
        f"<PMID Version='{version}'>{pmid}</PMID>{day('DateRevised', revised)}"
        "<Article PubModel='Print'><Journal><ISSN IssnType='Print'>0000-0019</ISSN><JournalIssue"
        f" CitedMedium='Print'><Volume>7</Volume><Issue>2</Issue><PubDate><Year>{year}</Year>"
        "</PubDate></JournalIssue><Title>Journal of examples</Title>"
        "<ISOAbbreviation>J Examples</ISOAbbreviation></Journal>"
        f"<ArticleTitle>{escape(title)}</ArticleTitle>"
        "<Pagination><MedlinePgn>10-9</MedlinePgn></Pagination>"
        + (f"<ELocationID EIdType='doi' ValidYN='Y'>{doi}</ELocationID>" if doi else "")
        + (f"<Abstract><AbstractText>{abstract}</AbstractText></Abstract>" if abstract else "")
        + f"<AuthorList CompleteYN='Y'>{people}</AuthorList><Language>eng</Language>"
        f"<PublicationTypeList><PublicationType UI='D2'>{kind}</PublicationType>"
        "</PublicationTypeList></Article><MedlineJournalInfo><MedlineTA>J Examples</MedlineTA>"
        f"</MedlineJournalInfo><CommentsCorrectionsList>{comments}</CommentsCorrectionsList>"
        f"<MeshHeadingList>{headings}</MeshHeadingList></MedlineCitation>"
        f"<PubmedData><History>{history}</History><PublicationStatus>ppublish</PublicationStatus>"
        f"<ArticleIdList><ArticleId IdType='pubmed'>{pmid}</ArticleId>"
        + (f"<ArticleId IdType='pmc'>{pmc}</ArticleId>" if pmc else "")
        + f"</ArticleIdList><ReferenceList>{references}</ReferenceList></PubmedData>"
        "</PubmedArticle>"
    ).encode()


RECORDS: dict[int, dict[str, Any]] = {
    11: {
        "title": "MIBG scanning of neuroblastoma.",
        "abstract": "Iodine-123 MIBG scintigraphy in <i>Opsoclonus-Myoclonus</i> syndrome.",
        "mesh": "*Neuroblastoma;Child",
        "authors": (("Müller", "Anna Berta", "AB"), ("Doe", "Jane", "J")),
        "year": 1999,
        "entered": (1999, 3, 1),
    },
    12: {
        "title": "Staging of neuroblastoma & ganglioneuroma.",
        "abstract": "Risk factors defined by imaging.",
        "mesh": "Neuroblastoma;*Neoplasm Staging",
        "cites": (11, 12, 99, "NOT_FOUND;INVALID_JOURNAL"),
        "year": 2009,
        "entered": (2009, 12, 31),
        "doi": "10.1234/AB(12)c",
        "pmc": "PMC77",
    },
    13: {
        "title": "Dancing eyes, a review.",
        "kind": "Review",
        "cites": (12,),
        "cited_in_comments": (11,),
        "authors": (("Muller", "Carl", "C"),),
        "entered": (2020, 2, 29),
    },
    14: {"title": "Nothing to do with it.", "year": 2010, "entered": (2020, 12, 31)},
}
CORPUS = Corpus(entry(pmid, record(pmid, **content)) for pmid, content in RECORDS.items())


@pytest.fixture(scope="module")
def standin() -> Iterator[Standin]:
    with serve(CORPUS, today=lambda: date(2020, 3, 10)) as server:
        yield server


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture(scope="module")
def ask(standin: Standin, session: requests.Session) -> Ask:
    def asked(utility: str, **parameters: Any) -> requests.Response:
        return session.get(f"{standin.url}{utility}.fcgi", params=parameters, timeout=10)

    return asked


def xml(answer: requests.Response) -> Element:
    assert answer.headers["Content-Type"].startswith("text/xml")
    return fromstring(answer.content)


def texts(root: Element, path: str) -> list[str | None]:
    return [found.text for found in root.findall(path)]


def hits(ask: Ask, term: str, **more: object) -> list[int]:
    root = xml(ask("esearch", db="pubmed", term=term, **more))
    return [int(uid or 0) for uid in texts(root, "IdList/Id")]


# --- ESearch: the query language


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("neuroblastoma", [12, 11]),
        ("Neuroblastoma MIBG", [11]),
        ('"opsoclonus myoclonus"', [11]),
        ("opsoclonus-myoclonus[tiab]", [11]),
        ("neuroblastoma AND staging OR eyes", [13, 12]),
        ("eyes OR neuroblastoma AND staging", [12]),
        ("eyes OR (neuroblastoma AND staging)", [13, 12]),
        ("neuroblastoma NOT staging", [11]),
        ("NOT neuroblastoma", [14, 13]),
        ("neuro*", [12, 11]),
        ("neuroblast*[ti] AND ganglio*[ti]", [12]),
        ("scintigraphy[ti] OR eyes[ti]", [13]),
        ("neuroblastoma[mh]", [12, 11]),
        ('"Neuroblastoma"[MeSH Terms]', [12, 11]),
        ("neuroblastoma[majr]", [11]),
        ("neuroblastoma[Mesh:NoExp] AND child[mh]", [11]),
        ("muller[au]", [13, 11]),
        ("muller a[au]", [11]),
        ("müller ab[au]", [11]),
        ("doe j[au]", [14, 12, 11]),
        ('"doe j"[au]', [11]),
        ("J Examples[ta] AND review[pt] AND english[la]", [13]),
        ('"10.1234/AB(12)c"[doi]', [12]),
        ("pmc77[aid]", [12]),
        ("12[uid]", [12]),
        ("000012[pmid]", [12]),
        ("12:13[uid]", [13, 12]),
        ("11, 12", [12, 11]),
        ("14 11 999", [14, 11]),
        ("1999[dp]", [11]),
        ("2009:2020[dp]", [14, 13, 12]),
        ('("2009"[Date - Publication] : "3000"[Date - Publication])', [14, 13, 12]),
        ("2009/12:2020/02/29[edat]", [13, 12]),
        ("2009/12/31[edat]", [12]),
        ("2020/12[crdt]", [14]),
        ("2021/06/18[lr] AND 13:14[uid]", [14, 13]),
    ],
)
def test_a_query_finds_what_it_says_newest_first(ask: Ask, term: str, found: list[int]) -> None:
    assert hits(ask, term) == found


@pytest.mark.parametrize(
    ("term", "translation"),
    [
        ("Neuroblastoma", '"neuroblastoma"[All Fields]'),
        ("neuro*[ti]", "neuro*[Title]"),
        (
            "staging[ti] OR eyes[ti] AND 11:13[uid]",
            '("staging"[Title] OR "eyes"[Title]) AND 11:13[UID]',
        ),
        (
            "neuroblastoma[mh] AND (child[mh] OR eyes)",
            '"neuroblastoma"[MeSH Terms] AND ("child"[MeSH Terms] OR "eyes"[All Fields])',
        ),
        ("2009/02[dp]", "2009/02/01:2009/02/31[Date - Publication]"),
    ],
)
def test_the_query_translation_says_what_was_run(ask: Ask, term: str, translation: str) -> None:
    assert texts(xml(ask("esearch", term=term)), "QueryTranslation") == [translation]


def test_a_phrase_found_nowhere_is_reported_and_the_query_runs_without_it(ask: Ask) -> None:
    root = xml(ask("esearch", term="neuroblastoma[ti] AND abcXYZ"))
    assert texts(root, "IdList/Id") == ["12", "11"]
    assert texts(root, "QueryTranslation") == ['"neuroblastoma"[Title]']
    assert texts(root, "ErrorList/PhraseNotFound") == ["abcXYZ"]
    assert root.find("WarningList") is None


def test_a_quoted_phrase_found_nowhere_is_warned_of_and_looked_for_by_its_words(ask: Ask) -> None:
    root = xml(ask("esearch", term='"staging ganglioneuroma"[ti]'))
    assert texts(root, "IdList/Id") == ["12"]
    assert texts(root, "WarningList/QuotedPhraseNotFound") == ['"staging ganglioneuroma"[ti]']
    assert texts(root, "QueryTranslation") == ['("staging"[Title] AND "ganglioneuroma"[Title])']


def test_an_unknown_field_is_reported(ask: Ask) -> None:
    root = xml(ask("esearch", term="neuroblastoma[titel] OR eyes"))
    assert texts(root, "ErrorList/FieldNotFound") == ["titel"]
    assert texts(root, "IdList/Id") == ["13"]


def test_a_range_that_is_none_is_reported(ask: Ask) -> None:
    root = xml(ask("esearch", term="May:2020[dp] OR a[uid] OR eyes"))
    assert texts(root, "ErrorList/PhraseNotFound") == ["May:2020[dp]", "a[uid]"]
    assert texts(root, "IdList/Id") == ["13"]


def test_a_tag_behind_parentheses_is_reported_as_ignored(ask: Ask) -> None:
    root = xml(ask("esearch", term="(staging OR eyes)[ti]"))
    assert texts(root, "WarningList/PhraseIgnored") == ["ti"]


def test_a_range_without_records_is_an_answer_and_no_error(ask: Ask) -> None:
    root = xml(ask("esearch", term="1900:1901[dp] AND neuroblastoma"))
    assert (root.findtext("Count"), root.find("ErrorList")) == ("0", None)
    assert texts(root, "WarningList/OutputMessage") == ["No items found."]


@pytest.mark.parametrize("term", ["(a", "a)", "((a) OR (b)", ")(", "(" * 101 + "a" + ")" * 101])
def test_parentheses_that_do_not_match_are_an_error(ask: Ask, term: str) -> None:
    answer = ask("esearch", term=term)
    assert answer.status_code == 200
    assert "parentheses" in (xml(answer).findtext("ERROR") or "")
    assert (
        "parentheses" in ask("esearch", term=term, retmode="json").json()["esearchresult"]["ERROR"]
    )


def test_five_thousand_operands_are_no_trouble(standin: Standin, session: requests.Session) -> None:
    term = " OR ".join(f"{pmid}[uid]" for pmid in range(1, 5001))
    answer = session.post(f"{standin.url}esearch.fcgi", data={"term": term}, timeout=10)
    assert fromstring(answer.content).findtext("Count") == "4"


@given(term=st.text(alphabet=st.sampled_from('abc neuro*()[]":#019,/ANDORNOTti\x00\ud7ff\uffff<&')))
def test_any_term_is_answered_in_well_formed_xml_and_json(ask: Ask, term: str) -> None:
    answer = ask("esearch", term=term)
    assert answer.status_code == 200
    assert xml(answer).tag == "eSearchResult"
    assert json.loads(ask("esearch", term=term, retmode="json").content, strict=False)["header"]


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20))
def test_the_parts_of_a_range_add_up_to_the_whole(ask: Ask, low: int, mid: int, high: int) -> None:
    low, mid, high = sorted((low, mid, high))
    parts = hits(ask, f"{mid + 1}:{high}[uid]") + hits(ask, f"{low}:{mid}[uid]")
    assert parts == hits(ask, f"{low}:{high}[uid]")


# --- ESearch: parameters, dates, pages, history


def test_dates_narrow_a_query(ask: Ask) -> None:
    dates = {"mindate": "2009/12", "maxdate": "2020/02", "datetype": "edat"}
    root = xml(ask("esearch", term="11:14[uid]", **dates))
    assert texts(root, "IdList/Id") == ["13", "12"]
    assert texts(root, "QueryTranslation") == ["11:14[UID] AND 2009/12/01:2020/02/31[Date - Entry]"]
    assert hits(ask, "11:14[uid]", mindate="2010", maxdate="2010") == [14]
    assert hits(ask, "11:14[uid]", datetype="mdat", mindate="2021/06/18", maxdate="2022") == [
        14,
        13,
        12,
        11,
    ]


@pytest.mark.parametrize(
    ("datetype", "mindate", "maxdate", "found"),
    [
        ("edat", "2009/12/31", "2020/02/29", [13, 12]),
        ("crdt", "2009/12/31", "2020/02/29", [13, 12]),
        ("mdat", "2021/06/18", "3000", [14, 13, 12, 11]),
        ("mdat", "2021/06/19", "3000", []),
        ("pdat", "1999", "2009", [12, 11]),
    ],
)
def test_each_type_of_date_may_limit_a_query(
    ask: Ask, datetype: str, mindate: str, maxdate: str, found: list[int]
) -> None:
    limits = {"datetype": datetype, "mindate": mindate, "maxdate": maxdate}
    assert hits(ask, "11:14[uid]", **limits) == found
    assert hits(ask, f"11:14[uid] AND {mindate}:{maxdate}[{datetype}]") == found


def test_of_a_hundred_dois_the_unknown_are_named_and_the_others_found(ask: Ask) -> None:
    dois = [f"10.1000/unknown.{number}" for number in range(99)]
    term = " OR ".join(f'"{doi}"[doi]' for doi in ["10.1234/ab(12)C", *dois])
    root = xml(ask("esearch", term=term))
    assert texts(root, "IdList/Id") == ["12"]
    assert texts(root, "WarningList/QuotedPhraseNotFound") == [f'"{doi}"[doi]' for doi in dois]
    bare = xml(ask("esearch", term="pmc77[aid] OR 10.1000/unknown[doi]"))
    assert texts(bare, "IdList/Id") == ["12"]
    assert texts(bare, "ErrorList/PhraseNotFound") == ["10.1000/unknown[doi]"]


def test_a_date_alone_is_ignored_and_one_that_cannot_be_read_is_reported(ask: Ask) -> None:
    assert hits(ask, "11:14[uid]", mindate="2021") == [14, 13, 12, 11]
    root = xml(ask("esearch", term="11:14[uid]", mindate="May", maxdate="2021"))
    assert texts(root, "WarningList/PhraseIgnored") == ["May:2021[]"]


def test_reldate_counts_back_from_today(ask: Ask) -> None:
    assert hits(ask, "11:14[uid]", reldate=10, datetype="edat") == [13]
    assert hits(ask, "11:14[uid]", reldate=9, datetype="edat") == []


def test_field_is_the_field_of_what_has_no_tag(ask: Ask) -> None:
    assert hits(ask, "neuroblastoma", field="majr") == [11]
    root = xml(ask("esearch", term="neuroblastoma", field="titel"))
    assert texts(root, "ErrorList/FieldNotFound") == ["titel"]


def test_pages_and_orders(ask: Ask) -> None:
    root = xml(ask("esearch", term="11:14[uid]", retstart=1, retmax=2))
    shown = [root.findtext(name) for name in ("Count", "RetMax", "RetStart")]
    assert shown == ["4", "2", "1"]
    assert texts(root, "IdList/Id") == ["13", "12"]
    assert hits(ask, "11:14[uid]", sort="pub_date") == [13, 14, 12, 11]
    assert hits(ask, "11:13[uid]", sort="Author") == [12, 11, 13]
    assert hits(ask, "11:14[uid]", retmax="many", retstart="-1", nonsense="1") == [14, 13, 12, 11]


def test_count_alone(ask: Ask) -> None:
    assert xml(ask("esearch", term="11:14[uid]", rettype="count")).findtext("Count") == "4"
    answer = ask("esearch", term="11:14[uid]", rettype="count", retmode="json").json()
    assert answer["esearchresult"] == {"count": "4"}


def test_no_term_is_an_error(ask: Ask) -> None:
    assert xml(ask("esearch", db="pubmed")).findtext("ERROR", "").startswith("Empty term")


def test_history_keeps_sets_in_their_order_and_combines_them(ask: Ask) -> None:
    first = xml(ask("esearch", term="neuroblastoma", usehistory="y", sort="Author", retmax=0))
    webenv = first.findtext("WebEnv", "")
    assert re.fullmatch("MCID_[0-9a-f]{24}", webenv)
    assert first.findtext("QueryKey") == "1"
    posted = xml(ask("epost", id="14,12,14,0012", WebEnv=webenv))
    assert (posted.findtext("WebEnv"), posted.findtext("QueryKey")) == (webenv, "2")
    assert hits(ask, "#1 AND #2", WebEnv=webenv) == [12]
    assert hits(ask, "(#1 OR #2) NOT staging", webenv=webenv) == [14, 11]
    assert hits(ask, "11:12[uid]", WebEnv=webenv, query_key=2) == [12]
    assert fetched(ask("efetch", WebEnv=webenv, query_key=1)) == [12, 11]
    assert fetched(ask("efetch", WebEnv=webenv, query_key=2, retstart=1, retmax=5)) == [12]
    assert len(xml(ask("esummary", WebEnv=webenv, query_key=2, retmax=1))) == 1


def test_of_many_webenvs_the_oldest_is_forgotten() -> None:
    state = State(CORPUS, date.today)
    first, key = state.store([11], "")
    for _ in range(MOST_WEBENVS - 1):
        state.store([12], "")
    assert state.recall(first, key) == (11,)
    state.store([12], "")
    with pytest.raises(InputError, match="Unable to obtain query #1"):
        state.recall(first, key)


@pytest.mark.parametrize("utility", ["esearch", "efetch", "esummary", "elink"])
def test_a_lost_set_is_an_error_within_a_200(ask: Ask, utility: str) -> None:
    answer = ask(utility, WebEnv="MCID_" + "0" * 24, query_key=3)
    assert answer.status_code == 200
    assert xml(answer).findtext("ERROR") == "Unable to obtain query #3"
    assert hits(ask, "#7") == []


# --- ESearch and EFetch: the 9,999 ceiling


@pytest.fixture(scope="module")
def crowd(session: requests.Session) -> Iterator[Ask]:
    """10,050 records: one more than once over what PubMed gives of a search."""
    one = entry(1, record(1))
    with serve(Corpus(replace(one, pmid=pmid) for pmid in range(1, 10_051))) as server:

        def asked(utility: str, **parameters: Any) -> requests.Response:
            url = f"{server.url}{utility}.fcgi"
            return session.get(url, params=parameters, timeout=10)

        yield asked


def test_a_page_is_clamped_to_9999_and_said_to_be(crowd: Ask) -> None:
    root = xml(crowd("esearch", term="title", retmax=100_000))
    assert (root.findtext("Count"), root.findtext("RetMax")) == ("10050", "9999")
    assert texts(root, "WarningList/OutputMessage") == [
        "Restrictions achieved. start and count adjusted to 0, 9999"
    ]
    last = xml(crowd("esearch", term="title", retstart=9998, retmax=10))
    assert texts(last, "IdList/Id") == ["52"]
    assert texts(xml(crowd("esearch", term="title", retmax=9999)), "WarningList/*") == []


def test_beyond_9998_there_is_an_error_within_a_200(crowd: Ask) -> None:
    answer = crowd("esearch", term="title", retstart=9999)
    assert answer.status_code == 200
    assert "'retstart' cannot be larger than 9998" in xml(answer).findtext("ERROR", "")
    assert xml(answer).find("Count") is None


def test_the_same_error_as_json_is_no_valid_json(crowd: Ask) -> None:
    answer = crowd("esearch", term="title", retstart=9999, retmode="json")
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.content)
    told = json.loads(answer.content, strict=False)["esearchresult"]["ERROR"]
    assert told.startswith("Search Backend failed: Exception:\n'retstart' cannot")


def test_with_fewer_hits_than_retstart_the_page_is_empty(crowd: Ask) -> None:
    root = xml(crowd("esearch", term="1:50[uid]", retstart=10_000))
    assert (root.findtext("Count"), texts(root, "IdList/Id")) == ("50", [])
    assert (root.findtext("WarningList/OutputMessage") or "").startswith("Restrictions achieved.")


def test_efetch_by_history_ends_at_9999_too(crowd: Ask) -> None:
    stored = xml(crowd("esearch", term="title", usehistory="y"))
    place = {"WebEnv": stored.findtext("WebEnv"), "query_key": 1, "rettype": "uilist"}
    assert len(crowd("efetch", retstart=9950, retmax=50, **place).text.split()) == 49
    refused = crowd("efetch", retstart=9999, **place)
    assert refused.status_code == 400
    assert "cannot be larger than 9998" in fromstring(refused.content).findtext("ERROR", "")


# --- EPost


def test_epost_leaves_out_what_is_no_uid_and_says_so(ask: Ask) -> None:
    root = xml(ask("epost", id="11,abc,12"))
    assert [child.tag for child in root] == ["QueryKey", "WebEnv", "ERROR"]
    webenv = root.findtext("WebEnv")
    assert fetched(ask("efetch", WebEnv=webenv, query_key=1)) == [11, 12]


def test_epost_takes_at_most_10000_uids(standin: Standin, session: requests.Session) -> None:
    ids = ",".join(map(str, range(1, 10_002)))
    answer = session.post(f"{standin.url}epost.fcgi", data={"id": ids}, timeout=10)
    assert "10001" in fromstring(answer.content).findtext("ERROR", "")


# --- EFetch


def fetched(answer: requests.Response) -> list[int]:
    """PMIDs of the records of an EFetch answer, each read where it is the record's own."""
    assert answer.status_code == 200
    root = xml(answer)
    assert root.tag == "PubmedArticleSet"
    own = (record.find("*/PMID") for record in root)
    return [int(pmid.text or 0) for pmid in own if pmid is not None]


def test_efetch_gives_known_records_once_and_in_the_order_asked(ask: Ask) -> None:
    answer = ask("efetch", db="pubmed", id="13,999,00000011,13, 12,abc", retmode="xml")
    assert fetched(answer) == [13, 11, 12]
    assert CORPUS.xml(11) in answer.content


def test_efetch_of_unknown_pmids_alone_is_an_empty_set_of_205_bytes(ask: Ask) -> None:
    answer = ask("efetch", id="998,999")
    assert (fetched(answer), len(answer.content)) == ([], 205)


@pytest.mark.parametrize("ids", ["", "0", "00000000", "abc,-1", "1" * 5000])
def test_efetch_without_a_valid_number_is_a_400(ask: Ask, ids: str) -> None:
    answer = ask("efetch", id=ids, retmode="json")
    assert answer.status_code == 400
    message = "ID list is empty! Possibly it has no correct IDs."
    assert fromstring(answer.content).findtext("ERROR") == message


def test_efetch_gives_pmids_as_text(ask: Ask) -> None:
    answer = ask("efetch", id="13,999,11", rettype="uilist", retmode="text")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.text == "13\n11\n"


def test_efetch_says_which_formats_it_has_not(ask: Ask) -> None:
    assert "medline" in xml(ask("efetch", id="11", rettype="medline")).findtext("ERROR", "")
    assert fetched(ask("efetch", id="11", rettype="abstract", retmode="xml")) == [11]


# --- ESummary


def test_esummary_tells_of_records_and_of_those_that_are_missing(ask: Ask) -> None:
    first = xml(ask("esummary", id="12,999"))
    assert texts(first, "DocSum/Id") == ["12"]
    assert texts(first, "ERROR") == ["UID=999: cannot get document summary"]
    second = xml(ask("esummary", id="12,999", version="2.0"))
    assert texts(second, "*/DocumentSummary[@uid='999']/error") == ["cannot get document summary"]
    assert texts(second, "*/DocumentSummary/Title") == [
        "Staging of neuroblastoma & ganglioneuroma."
    ]
    third = ask("esummary", id="12,999", retmode="json").json()["result"]
    assert third["uids"] == ["12", "999"]
    assert third["999"] == {"uid": "999", "error": "cannot get document summary"}
    assert third["12"]["title"] == "Staging of neuroblastoma & ganglioneuroma."
    assert third["12"]["sortpubdate"] == "2009/01/01 00:00"
    assert third["12"]["articleids"] == [
        {"idtype": "pubmed", "idtypen": 1, "value": "12"},
        {"idtype": "pmc", "idtypen": 8, "value": "PMC77"},
        {"idtype": "doi", "idtypen": 3, "value": "10.1234/AB(12)c"},
        {"idtype": "pmcid", "idtypen": 5, "value": "pmc-id: PMC77;"},
    ]


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({"id": "11,abc"}, {"error": "Invalid uid abc at position= 1", "result": {"uids": []}}),
        ({"id": "0"}, {"esummaryresult": ["Empty id list - nothing todo"]}),
        ({}, {"error": "Neither query_key nor id specified"}),
        (
            {"id": ",".join(map(str, range(1, 502)))},
            {
                "error": "Too many UIDs in request. "
                "Maximum number of UIDs is 500 for JSON format output."
            },
        ),
    ],
)
def test_esummary_refuses_as_json(
    ask: Ask, parameters: dict[str, str], told: dict[str, Any]
) -> None:
    answer = ask("esummary", retmode="json", **parameters)
    assert answer.status_code == 200
    assert answer.json() == {"header": {"type": "esummary", "version": "0.3"}, **told}


@pytest.mark.parametrize("ids", ["11,abc", "0"])
def test_esummary_refuses_as_xml(ask: Ask, ids: str) -> None:
    assert xml(ask("esummary", id=ids)).findtext("ERROR")


# --- ELink


def links(block: Element) -> dict[str | None, list[str | None]]:
    return {
        found.findtext("LinkName"): texts(found, "Link/Id") for found in block.findall("LinkSetDb")
    }


def test_elink_gives_a_set_for_each_id_and_one_for_a_list(ask: Ask) -> None:
    root = xml(ask("elink", dbfrom="pubmed", db="pubmed", id=["12", "13"]))
    assert [texts(block, "IdList/Id") for block in root] == [["12"], ["13"]]
    assert [links(block) for block in root] == [
        {"pubmed_pubmed_citedin": ["13"], "pubmed_pubmed_refs": ["99", "11"]},
        {"pubmed_pubmed_refs": ["12", "11"]},
    ]
    merged = xml(ask("elink", id="13,11"))
    assert [texts(block, "IdList/Id") for block in merged] == [["13", "11"]]
    assert links(merged[0]) == {
        "pubmed_pubmed_citedin": ["13", "12"],
        "pubmed_pubmed_refs": ["12", "11"],
    }


def test_elink_by_name_gives_that_link_alone(ask: Ask) -> None:
    root = xml(ask("elink", id="12", linkname="pubmed_pubmed_citedin"))
    assert links(root[0]) == {"pubmed_pubmed_citedin": ["13"]}


@pytest.mark.parametrize("uid", ["14", "999"])
def test_elink_without_links_is_a_set_with_its_ids_alone(ask: Ask, uid: str) -> None:
    assert [child.tag for child in xml(ask("elink", id=uid))[0]] == ["DbFrom", "IdList"]
    assert ask("elink", id=uid, retmode="json").json()["linksets"] == [
        {"dbfrom": "pubmed", "ids": [uid]}
    ]
    stored = xml(ask("elink", id=uid, cmd="neighbor_history"))
    assert [child.tag for child in stored[0]] == ["DbFrom", "IdList"]


def test_elink_as_json(ask: Ask) -> None:
    answer = ask("elink", id="12", linkname="pubmed_pubmed_refs", retmode="json").json()
    block = {"dbto": "pubmed", "linkname": "pubmed_pubmed_refs", "links": ["99", "11"]}
    assert answer["linksets"] == [{"dbfrom": "pubmed", "ids": ["12"], "linksetdbs": [block]}]


def test_elink_keeps_links_on_the_history_server(ask: Ask) -> None:
    stored = xml(ask("elink", id="12", cmd="neighbor_history"))[0]
    assert [child.tag for child in stored][2:] == ["LinkSetDbHistory", "LinkSetDbHistory", "WebEnv"]
    webenv = stored.findtext("WebEnv", "")
    assert fetched(ask("efetch", WebEnv=webenv, query_key=2)) == [11]
    again = ask("elink", WebEnv=webenv, query_key=1, cmd="neighbor_history", retmode="json").json()
    assert again["linksets"][0]["ids"] == ["13"]
    assert again["linksets"][0]["linksetdbhistories"][0]["querykey"] == "3"
    assert again["linksets"][0]["webenv"] == webenv


def test_elink_says_what_it_cannot_do(ask: Ask) -> None:
    assert "prlinks" in xml(ask("elink", id="12", cmd="prlinks")).findtext("ERROR", "")
    assert "ERROR" in ask("elink", id="x", retmode="json").json()


# --- ECitMatch


def matched(standin: Standin, session: requests.Session, *lines: str) -> list[str]:
    query = "%0D".join(line.replace(" ", "+") for line in lines)
    url = f"{standin.url}ecitmatch.cgi?db=pubmed&retmode=xml&bdata={query}"
    answer = session.get(url, timeout=10)
    assert answer.headers["Content-Type"].startswith("text/plain")
    return [line.rsplit("|", 1)[1] for line in answer.text.splitlines()]


def test_ecitmatch_gives_each_citation_its_outcome(
    standin: Standin, session: requests.Session
) -> None:
    lines = (
        "J Examples|2009|7|10|nobody|a|",  # a wrong author does not matter
        "J Examples|2035|7|10|doe|b|",
        "J Nowhere|2009|7|10|doe|c|",
        "journal of examples|2020|7||Muller C|d|",
        "J Examples||7|10||e|",
    )
    assert matched(standin, session, *lines) == [
        "AMBIGUOUS 12,14",
        "NOT_FOUND",
        "NOT_FOUND;INVALID_JOURNAL",
        "13",
        "AMBIGUOUS 11,12,13,14",
    ]


def test_ecitmatch_repeats_the_columns(standin: Standin, session: requests.Session) -> None:
    url = f"{standin.url}ecitmatch.cgi?bdata=j+examples|1999|7|10|m%C3%BCller|Key+1|"
    assert session.get(url, timeout=10).text == "j examples|1999|7|10|müller|Key 1|11\n"


def test_ecitmatch_stops_at_a_line_without_journal_and_candidate(
    standin: Standin, session: requests.Session
) -> None:
    lines = ("|2020|7|10|muller|a|", "|1900|9|9||b|", "J Examples|1999|7|10||c|")
    assert matched(standin, session, *lines) == ["13", "NOT_FOUND"]


# --- iCite


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


# --- Crossref


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


def test_crossref_tells_its_limits(crossref: Standin, session: requests.Session) -> None:
    url = f"{crossref.base('crossref')}works?rows=1"
    public = session.get(url, timeout=10).headers
    polite = session.get(f"{url}&mailto=reader@example.org", timeout=10).headers
    assert (public["x-rate-limit-limit"], public["x-rate-limit-interval"]) == ("3", "1s")
    assert public["x-concurrency-limit"] == "1"
    assert (public["x-api-pool"], polite["x-api-pool"]) == ("public", "polite")


# --- ID converter


def converted(standin: Standin, session: requests.Session, **parameters: str) -> requests.Response:
    query = {"format": "json"} | parameters
    return session.get(standin.base("idconv"), params=query, timeout=10)


def test_idconv_knows_articles_in_pmc_alone(standin: Standin, session: requests.Session) -> None:
    found = {"pmcid": "PMC77", "pmid": 12, "doi": "10.1234/ab(12)c"}
    for kind, item in (("pmid", "12"), ("pmcid", "PMC77"), ("doi", "10.1234/AB(12)c")):
        answer = converted(standin, session, ids=f"{item},{item}", idtype=kind).json()
        assert answer["status"] == "ok"
        assert answer["records"] == [found | {"requested-id": item}]
    (missing,) = converted(standin, session, ids="11").json()["records"]
    assert (missing["status"], missing["errmsg"]) == ("error", "Identifier not found in PMC")
    as_xml = converted(standin, session, ids="12,11", format="xml").content
    assert [this.get("pmcid") for this in fromstring(as_xml)] == ["PMC77", None]


@pytest.mark.parametrize(
    "parameters",
    [
        {"ids": "PMC77,12"},
        {"ids": "12", "idtype": "doi"},
        {"ids": "12", "idtype": "isbn"},
        {"ids": ""},
        {"ids": ",".join(map(str, range(1, 202)))},
    ],
)
def test_idconv_refuses_the_whole_batch(
    standin: Standin, session: requests.Session, parameters: dict[str, str]
) -> None:
    answer = converted(standin, session, **parameters)
    assert (answer.status_code, answer.json()["status"]) == (400, "error")


# --- Replay


def elink_answer(pmid: int, *citing: int) -> bytes:
    ids = "".join(f"<Link><Id>{this}</Id></Link>" for this in citing)
    block = f"<LinkSetDb><LinkName>pubmed_pubmed_citedin</LinkName>{ids}</LinkSetDb>"
    return (
        f"<eLinkResult><LinkSet><IdList><Id>{pmid}</Id></IdList>{block if citing else ''}"
        "</LinkSet></eLinkResult>"
    ).encode()


@pytest.fixture
def replayed(tmp_path: Path) -> Iterator[Standin]:
    """Papers 1 and 2, of which 2 cites 1, and answers that know more and other things."""
    path = tmp_path / "raw.db"
    db = open_raw(path, write=True)
    db.execute("INSERT INTO runs (run, job, started) VALUES (1, 'j', '2025-01-01T00:00:00Z')")
    for pmid, cites in ((1, ()), (2, (1,))):
        xml = record(pmid, "As stored.", cites=cites)
        put(db, pmid, xml, source="efetch", run=1, now="2025-01-01T00:00:00Z")
    for service, question, status, body in (
        ("esearch", "db=pubmed&term=old+query%5Bti%5D&retmax=9999", 200, b"<eSearchResult>1"),
        ("esearch", "db=pubmed&term=old+query%5Bti%5D&retmax=9999", 200, b"<eSearchResult>2"),
        (
            "elink",
            "db=pubmed&dbfrom=pubmed&linkname=pubmed_pubmed_citedin&id=1",
            200,
            elink_answer(1, 8, 7),
        ),
        (
            "icite",
            "pubs?pmids=1,2&fl=pmid,references,cited_by&legacy=false&format=json",
            200,
            b'{"data": [{"pmid": 1, "references": [5], "cited_by": [9, 8]}]}',
        ),
        ("crossref", "works/10.1000%2Fx%28y%29", 404, b"Resource not found, as then."),
        ("idconv", "?ids=1&format=json", 200, b'{"records": []}'),
    ):
        db.execute(
            "INSERT INTO answers (run, service, question, asked_at, status, body)"
            " VALUES (1, ?, ?, '2025-01-01T00:00:00Z', ?, ?)",
            [service, question, status, body],
        )
    db.conn.close()
    with serve(Corpus.from_raw(path)) as server:
        yield server


def test_the_latest_answer_to_the_same_question_comes_byte_for_byte(
    replayed: Standin, session: requests.Session
) -> None:
    asked = {"email": "me@example.org", "retmax": "9999", "term": "old query[ti]", "db": "pubmed"}
    url = f"{replayed.url}esearch.fcgi"
    assert session.post(url, data=asked, timeout=10).content == b"<eSearchResult>2"
    another = session.post(url, data=asked | {"term": "stored[ti]"}, timeout=10)
    assert fromstring(another.content).findtext("Count") == "2"


def test_answers_of_the_other_services_come_again_with_their_status(
    replayed: Standin, session: requests.Session
) -> None:
    mailto = "mailto=me%40example.org"
    gone = session.get(f"{replayed.base('crossref')}works/10.1000%2FX(y)?{mailto}", timeout=10)
    assert (gone.status_code, gone.text) == (404, "Resource not found, as then.")
    assert gone.headers["Content-Type"].startswith("text/plain")
    conv = session.get(f"{replayed.base('idconv')}?format=json&ids=1&tool=t&email=e", timeout=10)
    assert conv.json() == {"records": []}


def test_other_batches_get_the_links_that_were_told_then(
    replayed: Standin, session: requests.Session
) -> None:
    asked = {"id": ["2", "1"], "linkname": "pubmed_pubmed_citedin"}
    root = fromstring(session.post(f"{replayed.url}elink.fcgi", data=asked, timeout=10).content)
    assert [links(block) for block in root] == [{}, {"pubmed_pubmed_citedin": ["8", "7"]}]
    whole = session.post(f"{replayed.url}elink.fcgi", data={"id": "2"}, timeout=10)
    assert links(fromstring(whole.content)[0]) == {"pubmed_pubmed_refs": ["1"]}
    url = f"{replayed.base('icite')}pubs?pmids=2,1,3&fl=pmid,references,cited_by"
    data = session.get(url, timeout=10).json()["data"]
    assert data == [{"pmid": 1, "references": [5], "cited_by": [8, 9]}]  # it did not know 2


def test_a_question_is_the_same_whatever_its_encoding_order_and_asker() -> None:
    one = stored("crossref", "works/10.1000%2Fa%3Fb?rows=1&mailto=me")
    assert one == stored("crossref", "works/10.1000/A%3Fb?rows=1")
    assert stored("elink", "id=1&id=2&cmd=x") == stored("elink", "cmd=x&id=1&id=2&tool=t")
    assert stored("elink", "id=1&id=2") != stored("elink", "id=2&id=1")
    assert stored("esearch", "term=a") != stored("esummary", "term=a")


def test_a_damaged_answer_is_named(tmp_path: Path) -> None:
    db = open_raw(tmp_path / "raw.db", write=True)
    db.execute("INSERT INTO runs (run, job, started) VALUES (1, 'j', '2025-01-01T00:00:00Z')")
    kept = "(3, 1, 'icite', 'pubs?pmids=1', '2025', 200, x'00', NULL)"
    db.execute(f"INSERT INTO answers VALUES {kept}")
    with pytest.raises(InputError, match="answer 3 of icite"):
        read_kept(db.conn)
    db.conn.close()


# --- Other databases


@pytest.mark.parametrize("utility", ["esearch", "epost", "esummary", "efetch", "elink"])
def test_another_database_is_refused_by_name(ask: Ask, utility: str) -> None:
    root = xml(ask(utility, db="nothing", id="11", term="a"))
    assert root.findtext("ERROR") == "Invalid db name specified: nothing"


# --- Bio.Entrez


@pytest.mark.parametrize(
    ("utility", "parameters"),
    [
        ("esearch", {"term": "neuroblastoma", "usehistory": "y"}),
        ("esearch", {"term": "abcXYZ"}),
        ("epost", {"id": "11,12"}),
        ("esummary", {"id": "11,12"}),
        ("elink", {"id": ["11", "12"]}),
        ("elink", {"id": "12", "cmd": "neighbor_history"}),
        ("einfo", {}),
        ("einfo", {"db": "pubmed"}),
        ("efetch", {"id": "11,12,13"}),
        ("efetch", {"id": "999"}),
    ],
)
def test_biopython_reads_the_answers(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, utility: str, parameters: dict[str, object]
) -> None:
    monkeypatch.setattr(Entrez, "email", "reader@example.org")
    read: Callable[[io.BytesIO], object] = Entrez.read
    assert read(io.BytesIO(ask(utility, **parameters).content)) is not None


# --- NCBI's recorded answers


def outline(root: Element, parent: str = "") -> list[str]:
    """The distinct paths of a document in the order in which they first come; items by name."""
    path = f"{parent}/{root.get('Name') or root.tag}"
    found = {path: None}
    for child in root:
        found |= dict.fromkeys(outline(child, path))
    return list(found)


def head(content: bytes) -> bytes:
    """XML declaration and doctype, their white space aside."""
    return re.sub(rb"\s+", b" ", content[: content.index(b">", content.index(b"<!DOCTYPE")) + 1])


@pytest.mark.parametrize(
    ("recorded", "utility", "parameters"),
    [
        ("esearch1.xml", "esearch", {"term": "neuroblastoma"}),
        ("esearch8.xml", "esearch", {"term": "abcXYZ"}),
        ("epost1.xml", "epost", {"id": "11"}),
        ("epost2.xml", "epost", {"id": "11", "db": "nothing"}),
        ("epost3.xml", "epost", {"id": "abc"}),
        ("esummary8.xml", "esummary", {}),
        ("esummary1.xml", "esummary", {"id": "11,14"}),
        ("elink1.xml", "elink", {"id": "12"}),
        ("einfo1.xml", "einfo", {}),
        ("einfo2.xml", "einfo", {"db": "pubmed"}),
    ],
)
def test_an_answer_has_the_elements_of_the_recorded_one(
    ask: Ask, shared: Path, recorded: str, utility: str, parameters: dict[str, object]
) -> None:
    theirs = (shared / "pubmed/entrez/biopython" / recorded).read_bytes()
    ours = ask(utility, **parameters).content
    assert outline(fromstring(ours)) == outline(fromstring(theirs))
    assert head(ours) == head(theirs)


def test_errors_are_worded_as_recorded(ask: Ask, shared: Path) -> None:
    folder = shared / "pubmed/entrez"
    for name, utility, parameters in (
        ("biopython/epost3.xml", "epost", {"id": "abc"}),
        ("biopython/esummary8.xml", "esummary", {}),
        ("eutils-json/einfo.error.xml", "einfo", {"db": "fleegle"}),
        ("eutils-json/esearch.baderror.xml", "esearch", {"db": "fleegle", "term": "cat"}),
    ):
        theirs = texts(parse(folder / name).getroot(), "ERROR")
        assert texts(xml(ask(utility, **parameters)), "ERROR") == theirs
    for name, utility in (("einfo.error", "einfo"), ("esearch.baderror", "esearch")):
        answer = ask(utility, db="fleegle", term="cat", retmode="json").json()
        assert answer == json.loads((folder / f"eutils-json/{name}.json").read_text())


def test_a_search_that_found_nothing_reads_as_the_recorded_one(ask: Ask, shared: Path) -> None:
    theirs = (shared / "pubmed/entrez/biopython/esearch8.xml").read_bytes()
    assert ask("esearch", term="abcXYZ").content.split() == theirs.split()


def test_history_and_dates_stand_where_they_are_recorded(ask: Ask, shared: Path) -> None:
    theirs = outline(parse(shared / "pubmed/entrez/biopython/esearch2.xml").getroot())
    found = xml(ask("esearch", term="neuroblastoma", usehistory="y", reldate=9999, datetype="edat"))
    translations = {
        path for path in theirs if "/Translation/" in path or path.endswith("/Translation")
    }
    assert outline(found) == [path for path in theirs if path not in translations]
    assert found.findtext("QueryTranslation", "").endswith(
        " AND 1992/10/24:2020/03/10[Date - Entry]"
    )


def test_json_has_the_names_of_the_recorded_answers(ask: Ask, shared: Path) -> None:
    def recorded(name: str) -> Any:
        return json.loads((shared / f"pubmed/entrez/eutils-json/{name}.json").read_text())

    search = ask("esearch", term="neuroblastoma", usehistory="y", retmode="json").json()
    theirs = recorded("esearch.pubmed")
    assert search["header"] == theirs["header"]
    # The stack of terms is no longer part of PubMed's answer.
    names = [name for name in theirs["esearchresult"] if name != "translationstack"]
    assert list(search["esearchresult"]) == names
    missed = ask("esearch", term="eyes OR abcXYZ", retmode="json").json()["esearchresult"]
    assert list(missed["errorlist"]) == list(
        recorded("esearch.error")["esearchresult"]["errorlist"]
    )
    summary = ask("esummary", id="11", retmode="json").json()["result"]["11"]
    theirs = recorded("esummary.pubmed")["result"]["22144687"]
    # viewcount is gone since, vernaculartitle came.
    assert [*(name for name in theirs if name != "viewcount"), "vernaculartitle"] == list(summary)
    assert list(summary["authors"][0]) == list(theirs["authors"][0])
    assert list(summary["history"][0]) == list(theirs["history"][0])
    assert list(summary["articleids"][0]) == list(theirs["articleids"][0])
    info = ask("einfo", db="pubmed", retmode="json").json()["einforesult"]["dbinfo"][0]
    theirs = recorded("einfo.pubmed")["einforesult"]["dbinfo"]
    assert [name for name in info if name != "dbbuild"] == list(theirs)
    assert list(info["fieldlist"][0]) == list(theirs["fieldlist"][0])
    assert list(ask("einfo", retmode="json").json()["einforesult"]) == ["dblist"]


def test_summaries_of_version_2_have_the_elements_of_the_recorded_ones(
    ask: Ask, shared: Path
) -> None:
    theirs = parse(shared / "pubmed/entrez/eutils-json/esummary.pubmed.xml").getroot()
    ours = xml(ask("esummary", id="11", version="2.0"))
    names = [child.tag for child in theirs[0][1] if child.tag != "ViewCount"]
    assert [child.tag for child in ours[0][0]] == [*names, "VernacularTitle"]


@pytest.mark.parametrize(
    "name", ["biopython/pubmed1.xml", "biopython/pubmed4.xml", "eutils-json/efetch.pubmedbook.xml"]
)
def test_recorded_records_come_back_as_they_were(
    session: requests.Session, shared: Path, name: str
) -> None:
    theirs = (shared / "pubmed/entrez" / name).read_bytes()
    corpus = Corpus.from_files([shared / "pubmed/entrez" / name])
    order = [int(pmid.text or 0) for pmid in fromstring(theirs).findall("*/*/PMID")]
    with serve(corpus) as server:
        ids = ",".join(map(str, order))
        answer = session.post(f"{server.url}efetch.fcgi", data={"id": ids}, timeout=10)
    assert fetched(answer) == order
    mark = rb"<Pubmed(?:Book)?Article>.*</Pubmed(?:Book)?Article>"
    ours, kept = (re.search(mark, content, re.DOTALL) for content in (answer.content, theirs))
    assert ours
    assert kept
    assert re.sub(rb">\s+<", b"><", ours[0]) == re.sub(rb">\s+<", b"><", kept[0])


def test_efetch_begins_as_recorded(ask: Ask, shared: Path) -> None:
    theirs = (shared / "pubmed/entrez/biopython/pubmed1.xml").read_bytes()
    assert ask("efetch", id="11").content.splitlines()[:3] == theirs.splitlines()[:3]


# --- The corpus


def file_of(path: Path, *records: bytes, root: str = "PubmedArticleSet") -> Path:
    path.write_bytes(b"<%b>%b</%b>" % (root.encode(), b"\n".join(records), root.encode()))
    return path


def test_of_a_record_read_twice_the_newest_version_counts_then_the_later_one(
    tmp_path: Path,
) -> None:
    first = file_of(tmp_path / "1.xml", record(1, "Old."), record(2, "Second.", version=2))
    second = file_of(tmp_path / "2.xml", record(1, "New."), record(2, "First."))
    corpus = Corpus.from_files([first, second])
    assert [corpus.article(pmid).title for pmid in (1, 2)] == ["New.", "Second."]


def test_a_deleted_citation_is_not_served_until_it_comes_again(tmp_path: Path) -> None:
    gone = b"<DeleteCitation><PMID Version='1'>1</PMID><PMID Version='1'>2</PMID></DeleteCitation>"
    files = [
        file_of(tmp_path / "1.xml", record(1), record(2), gone),
        file_of(tmp_path / "2.xml", record(2)),
    ]
    assert Corpus.from_files(files).pmids == [2]


def test_older_files_without_pubmedarticle_are_served_in_one(
    tmp_path: Path, session: requests.Session
) -> None:
    citation = record(5, "Old file.").split(b"<PubmedArticle>")[1].split(b"<PubmedData>")[0]
    corpus = Corpus.from_files([file_of(tmp_path / "m.xml", citation, root="MedlineCitationSet")])
    with serve(corpus) as server:
        answer = session.get(f"{server.url}efetch.fcgi", params={"id": 5}, timeout=10)
        root = fromstring(answer.content)
        entered = session.get(f"{server.url}esearch.fcgi?term=2020/01/01[edat]", timeout=10)
    assert [child.tag for child in root[0]] == ["MedlineCitation"]
    assert fromstring(entered.content).findtext("Count") == "1"  # by its publication date


def test_a_file_with_a_broken_record_is_refused_by_name(tmp_path: Path) -> None:
    broken = file_of(tmp_path / "b.xml", record(1), record(2).replace(b"</Journal>", b""))
    with pytest.raises(InputError, match=r"b\.xml: record 2 \(PMID 2\) cannot be served"):
        Corpus.from_files([broken])


def test_a_record_that_is_no_article_is_served_and_found_by_its_pmid(
    session: requests.Session,
) -> None:
    odd = b"<PubmedArticle><MedlineCitation><PMID>6</PMID></MedlineCitation></PubmedArticle>"
    with serve(Corpus([entry(6, odd)])) as server:

        def asked(utility: str) -> Element:
            url = f"{server.url}{utility}.fcgi?id=6&term=1:9[uid]+AND+1900:2100[edat]&sort=pub_date"
            return fromstring(session.get(url, timeout=10).content)

        assert asked("efetch")[0].findtext("*/PMID") == "6"
        assert asked("esearch").findtext("IdList/Id") == "6"
        assert asked("esummary").findtext("ERROR") == "UID=6: cannot get document summary"


def test_of_a_raw_store_what_was_read_last_is_served(tmp_path: Path) -> None:
    path = tmp_path / "raw.db"
    db = open_raw(path, write=True)
    db.execute("INSERT INTO runs (run, job, started) VALUES (1, 'j', '2025-01-01T00:00:00Z')")
    for when, pmid, title in (
        ("2025-01-01T00:00:00Z", 1, "As it was."),
        ("2025-01-02T00:00:00Z", 1, "Changed."),
        ("2025-01-03T00:00:00Z", 1, "As it was."),
        ("2025-01-01T00:00:00Z", 2, "Withdrawn."),
        ("2025-01-01T00:00:00Z", 3, "Withdrawn, and back."),
        ("2025-01-05T00:00:00Z", 3, "Withdrawn, and back."),
    ):
        put(db, pmid, record(pmid, title), source="efetch", run=1, now=when)
    for pmid in (2, 3):
        db.execute("INSERT INTO withdrawals VALUES (?, 'x', 1, '2025-01-04T00:00:00Z')", [pmid])
    db.conn.close()
    corpus = Corpus.from_raw(path)
    assert corpus.pmids == [1, 3]
    assert corpus.article(1).title == "As it was."


@pytest.mark.parametrize(
    ("text", "indexed"),
    [
        ("Opsoclonus–Myoclonus, (OMS)", "opsoclonus myoclonus oms"),
        ("Müller's ¹²³I-MIBG_scan", "muller s 123i mibg scan"),
        ("β-cells & naïve T", "β cells naive t"),
        ("神経芽腫", "神経芽腫"),
        (" \t*", ""),
    ],
)
def test_words_are_what_pubmed_indexes(text: str, indexed: str) -> None:
    assert words(text) == indexed


# --- The server


def test_get_and_post_are_equal_and_both_are_logged(session: requests.Session) -> None:
    form = {"term": "müller & co [au]", "id": ["1", "2"], "empty": ""}
    with serve(CORPUS) as server:
        url = f"{server.url}esearch.fcgi"
        by_get = session.get(url, params=form, timeout=10)
        by_post = session.post(url, data=form, timeout=10)
        session.post(f"{server.url}epost.fcgi?db=pubmed", data={"id": "11"}, timeout=10)
    assert by_get.content == by_post.content
    asked = {"term": ["müller & co [au]"], "id": ["1", "2"]}
    assert server.requests == [
        ("esearch", asked),
        ("esearch", asked),
        ("epost", {"db": ["pubmed"], "id": ["11"]}),
    ]
    assert [came.request.method for came in server.arrivals] == ["GET", "POST", "POST"]
    assert sorted(came.at for came in server.arrivals) == [came.at for came in server.arrivals]


def test_answers_tell_the_rate_limit_and_keep_the_connection(ask: Ask) -> None:
    plain, keyed = ask("einfo"), ask("einfo", api_key="k")
    names = ("X-RateLimit-Limit", "X-RateLimit-Remaining")
    assert [plain.headers[name] for name in names] == ["3", "2"]
    assert [keyed.headers[name] for name in names] == ["10", "9"]
    assert plain.raw.version == 11
    assert "Connection" not in plain.headers


def test_it_listens_on_loopback_alone(standin: Standin) -> None:
    assert standin.server_address[0] == "127.0.0.1"
    assert standin.url == f"http://127.0.0.1:{standin.server_port}/entrez/eutils/"


@pytest.mark.parametrize("path", ["espell.fcgi", "", "../../elsewhere", "../../"])
def test_what_is_not_there_is_a_404(standin: Standin, session: requests.Session, path: str) -> None:
    assert session.get(standin.url + path, timeout=10).status_code == 404


def test_a_get_that_is_too_long_is_a_414(ask: Ask) -> None:
    answer = ask("efetch", id=",".join(["12345678"] * 2000))
    assert answer.status_code == 414


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ("POST /entrez/eutils/epost.fcgi HTTP/1.1\r\nHost: x\r\n\r\n", "411"),
        ("POST /entrez/eutils/epost.fcgi HTTP/1.1\r\nContent-Length: x\r\n\r\n", "411"),
        ("GET http://[ HTTP/1.0\r\n\r\n", "500"),
        ("BREW /coffee HTTP/1.0\r\n\r\n", "501"),
    ],
)
def test_a_request_that_is_none_is_answered_too(standin: Standin, lines: str, status: str) -> None:
    with socket.create_connection(("127.0.0.1", standin.server_port), timeout=10) as connection:
        connection.sendall(lines.encode())
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert answer.decode().split()[1] == status


def test_a_bug_is_told_in_a_500(session: requests.Session) -> None:
    corpus = Corpus([replace(entry(1, record(1)), xml=b"damaged")])
    with serve(corpus) as server:
        answer = session.get(f"{server.url}efetch.fcgi?id=1", timeout=10)
    assert answer.status_code == 500
    assert "zlib" in answer.text or "decompress" in answer.text


def test_a_client_that_hangs_up_is_not_worth_a_line(
    standin: Standin, capsys: pytest.CaptureFixture[str]
) -> None:
    for error, quiet in ((BrokenPipeError(), True), (ValueError(), False)):
        try:
            raise error
        except (BrokenPipeError, ValueError):
            standin.handle_error(None, ("127.0.0.1", 1))
        assert (capsys.readouterr().err == "") is quiet


def test_a_fault_may_take_the_place_of_an_answer(session: requests.Session) -> None:
    def fault(number: int, request: Request, answer: Answer) -> Answer:
        if number == 1 and request.utility == "einfo":
            return Answer(b"{}", "application/json", 429, {"Retry-After": "2"})
        if number == 2:
            return replace(answer, headers={"Content-Length": str(len(answer.body) + 1)})
        return answer

    with serve(CORPUS, fault=fault) as server:
        limited = session.get(f"{server.url}einfo.fcgi", timeout=10)
        assert (limited.status_code, limited.headers["Retry-After"]) == (429, "2")
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            session.get(f"{server.url}einfo.fcgi", timeout=10)
        assert session.get(f"{server.url}einfo.fcgi", timeout=10).status_code == 200


def test_a_port_that_is_taken_is_named(standin: Standin) -> None:
    with (
        pytest.raises(ConfigError, match=f"Port {standin.server_port} of 127"),
        serve(CORPUS, port=standin.server_port),
    ):
        pass


def test_the_command_needs_files_or_a_raw_store(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="either --raw"):
        run_forever()
    with pytest.raises(ConfigError, match="either --raw"):
        run_forever([tmp_path / "a.xml"], tmp_path / "raw.db")


def test_the_command_serves_until_it_is_interrupted(
    tmp_path: Path, session: requests.Session
) -> None:
    path = file_of(tmp_path / "a.xml", record(1), record(2))
    code = "import pathlib, sys, harvest.standin as s; s.run_forever([pathlib.Path(sys.argv[1])])"
    command = [sys.executable, "-c", code, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        said = process.stdout.readline()
        found = re.fullmatch(r"2 records at ((http://127\.0\.0\.1:\d+)/entrez/eutils/) .*\n", said)
        assert found
        exports = [process.stdout.readline() for _ in range(5)]
        answer = session.get(f"{found[1]}efetch.fcgi?id=2", timeout=10)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 0
    assert fetched(answer) == [2]
    assert exports == [
        f"export HARVEST_EUTILS_URL={found[2]}/entrez/eutils/\n",
        f"export HARVEST_ICITE_URL={found[2]}/icite/api/\n",
        f"export HARVEST_CROSSREF_URL={found[2]}/crossref/\n",
        f"export HARVEST_IDCONV_URL={found[2]}/idconv/articles/\n",
        f"export HARVEST_EUROPEPMC_URL={found[2]}/europepmc/webservices/rest/\n",
    ]
