"""The records that the stand-in serves."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest
import requests
from standin_records import (
    file_of,
    record,
)

from harvest.standin import Corpus, serve
from harvest.standin.corpus import entry, words
from kb.errors import InputError
from kb.raw import open_raw, put


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
