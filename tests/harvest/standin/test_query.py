"""PubMed's query language, as the stand-in understands it, asked over HTTP."""

from __future__ import annotations

import json
from xml.etree.ElementTree import fromstring

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from standin_records import (
    Ask,
    hits,
    texts,
    xml,
)

from harvest.standin import Standin


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
        ("2020/12[crdt]", "2020/12/01:2020/12/31[Date - Create]"),
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


def test_days_without_records_are_a_phrase_found_nowhere(ask: Ask) -> None:
    root = xml(ask("esearch", term="1900:1901[dp] AND neuroblastoma[ti]"))
    assert texts(root, "ErrorList/PhraseNotFound") == ["1900:1901[dp]"]
    assert texts(root, "IdList/Id") == ["12", "11"]
    alone = xml(ask("esearch", term="2027/01/01:3000[mdat]"))
    assert texts(alone, "ErrorList/PhraseNotFound") == ["2027/01/01:3000[mdat]"]
    assert texts(alone, "WarningList/OutputMessage") == ["No items found."]
    assert alone.findtext("Count") == "0"


def test_a_range_of_pmids_without_records_is_an_answer_and_no_error(ask: Ask) -> None:
    root = xml(ask("esearch", term="1:9[uid] AND neuroblastoma"))
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
