"""ESearch of the stand-in: parameters, pages, history, the 9,999 ceiling, NCBI's own answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring, parse

import pytest
import requests
from standin_records import (
    Ask,
    fetched,
    hits,
    outline,
    record,
    texts,
    xml,
)

from harvest.standin import Corpus, serve
from harvest.standin.corpus import entry


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
        ("pdat", "1999", "2009", [12, 11]),
    ],
)
def test_each_type_of_date_may_limit_a_query(
    ask: Ask, datetype: str, mindate: str, maxdate: str, found: list[int]
) -> None:
    limits = {"datetype": datetype, "mindate": mindate, "maxdate": maxdate}
    assert hits(ask, "11:14[uid]", **limits) == found
    assert hits(ask, f"11:14[uid] AND {mindate}:{maxdate}[{datetype}]") == found


def test_days_on_which_nothing_was_changed_find_nothing(ask: Ask) -> None:
    limits = {"datetype": "mdat", "mindate": "2021/06/19", "maxdate": "3000"}
    assert hits(ask, "11:14[uid]", **limits) == []
    assert hits(ask, "2021/06/19:3000[mdat]") == []


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
