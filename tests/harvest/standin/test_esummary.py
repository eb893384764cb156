"""ESummary of the stand-in, over HTTP and held against NCBI's own answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree.ElementTree import parse

import pytest
from standin_records import (
    Ask,
    texts,
    xml,
)


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


def test_summaries_of_version_2_have_the_elements_of_the_recorded_ones(
    ask: Ask, shared: Path
) -> None:
    theirs = parse(shared / "pubmed/entrez/eutils-json/esummary.pubmed.xml").getroot()
    ours = xml(ask("esummary", id="11", version="2.0"))
    names = [child.tag for child in theirs[0][1] if child.tag != "ViewCount"]
    assert [child.tag for child in ours[0][0]] == [*names, "VernacularTitle"]
