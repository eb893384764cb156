"""EPost, EFetch and what all utilities share, held against NCBI's own answers too."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring, parse

import pytest
import requests
from Bio import Entrez
from standin_records import (
    CORPUS,
    Ask,
    fetched,
    head,
    outline,
    texts,
    xml,
)

from harvest.standin import Corpus, Standin, serve


def test_epost_leaves_out_what_is_no_uid_and_says_so(ask: Ask) -> None:
    root = xml(ask("epost", id="11,abc,12"))
    assert [child.tag for child in root] == ["QueryKey", "WebEnv", "ERROR"]
    webenv = root.findtext("WebEnv")
    assert fetched(ask("efetch", WebEnv=webenv, query_key=1)) == [11, 12]


def test_epost_takes_at_most_10000_uids(standin: Standin, session: requests.Session) -> None:
    ids = ",".join(map(str, range(1, 10_002)))
    answer = session.post(f"{standin.url}epost.fcgi", data={"id": ids}, timeout=10)
    assert "10001" in fromstring(answer.content).findtext("ERROR", "")


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


@pytest.mark.parametrize("utility", ["esearch", "epost", "esummary", "efetch", "elink"])
def test_another_database_is_refused_by_name(ask: Ask, utility: str) -> None:
    root = xml(ask(utility, db="nothing", id="11", term="a"))
    assert root.findtext("ERROR") == "Invalid db name specified: nothing"


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
    assert read(io.BytesIO(of_2025(ask(utility, **parameters).content))) is not None


def of_2025(body: bytes) -> bytes:
    """Records under the DTD of the year before, the newest that Biopython 1.88 has."""
    return body.replace(b"1st January 2026", b"1st January 2025").replace(b"260101", b"250101")


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
    ours = ask("efetch", id="11").content
    assert b"pubmed_260101.dtd" in ours
    assert of_2025(ours).splitlines()[:3] == theirs.splitlines()[:3]
