from __future__ import annotations

import io
import re
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from Bio import Medline
from hypothesis import given
from hypothesis import strategies as st
from reading_exports import exported, opened, papers, reader, without
from small_base import a_chapter, add, add_paper, empty_base, small_base

from kb.exports.characters import one_line
from kb.exports.papers import Paper


def records(db: sqlite3.Connection) -> dict[str, dict[str, Any]]:
    """Records as Biopython reads them, by PMID."""
    text = exported(db, "references", "nbib").decode()
    found = list(Medline.parse(io.StringIO(text)))  # type: ignore[no-untyped-call]
    return {record["PMID"]: record for record in found}


TEXTS = {
    "TI": "title",
    "TT": "vernacular_title",
    "AB": "abstract",
    "TA": "journal_abbrev",
    "VI": "volume",
    "IP": "issue",
    "PG": "pages",
    "PMC": "pmcid",
    "STAT": "medline_status",
    "JID": "nlm_unique_id",
}


def as_read(text: str | None) -> str:
    return one_line(text or "")


def test_biopython_reads_every_field_back(any_base: Path) -> None:
    found = records(opened(any_base))
    expected = list(papers(any_base))
    assert list(found) == [str(paper.pmid) for paper in expected]
    for paper in expected:
        record = found[str(paper.pmid)]
        for tag, name in TEXTS.items():
            assert record.get(tag, "") == as_read(getattr(paper, name)), (paper.pmid, tag)
        assert record.get("FAU", []) == [as_read(full(n)) for n in paper.authors if not n.group]
        assert record.get("CN", []) == [as_read(n.group) for n in paper.authors if n.group]
        assert [name for name in record.get("PT", []) if not name.startswith("Book")] == paper.types
        assert [h.replace("*", "") for h in record.get("MH", [])] == [
            "/".join(filter(None, h[:2])) for h in paper.headings
        ]
        assert record.get("OT", []) == list(map(as_read, paper.keywords))
        doi, number = (
            [f"{value} [{kind}]"] if value else []
            for value, kind in ((paper.doi, "doi"), (paper.bookshelf_id, "bookaccession"))
        )
        assert record.get("AID", []) == [*doi, *number]


def full(name: Any) -> str:
    return name.only or ", ".join(filter(None, [name.last, name.given, name.suffix]))


def test_the_nbib_library_reads_every_field_it_knows_back(any_base: Path) -> None:
    nbib = reader("nbib")
    found = nbib.read(exported(opened(any_base), "references", "nbib").decode())
    expected = list(papers(any_base))
    assert [record["pubmed_id"] for record in found] == [paper.pmid for paper in expected]
    for record, paper in zip(found, expected, strict=True):
        fields = told(paper)
        assert known(record, fields) == {name: value for name, value in fields.items() if value}


def told(paper: Paper) -> dict[str, Any]:
    return {
        "title": as_read(paper.title),
        "abstract": as_read(paper.abstract),
        "doi": paper.doi,
        "pmcid": int(paper.pmcid[3:]) if paper.pmcid else None,
        "pages": as_read(paper.pages),
        "journal_volume": as_read(paper.volume),
        "journal_issue": as_read(paper.issue),
        "publication_types": paper.types,
        "keywords": list(map(as_read, paper.keywords)),
        "authors": [as_read(full(n)) for n in paper.authors if not n.group],
        "descriptors": [(h.descriptor, h.qualifier, bool(h.is_major)) for h in paper.headings],
    }


def known(record: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    found = {name: record[name] for name in names if record.get(name)}
    # PubMed's words for what a book is are no publication types.
    types = [name for name in record.get("publication_types", []) if not name.startswith("Book")]
    found = {**found, "publication_types": types} if types else without(found, "publication_types")
    if "authors" in found:
        found["authors"] = [author["author"] for author in found["authors"]]
    if "descriptors" in found:
        found["descriptors"] = [
            (h["descriptor"], h.get("qualifier"), h["major"]) for h in found["descriptors"]
        ]
    return found


def test_a_retraction_and_a_concern_have_their_fields() -> None:
    found = records(small_base())
    assert found["1"]["RIN"] == ["Pediatr Radiol. 2023 Dec;53(12):1 PMID: 99"]
    assert found["2"]["ECI"] == ["no notice is named"]
    assert "Retraction status: never checked" in found["3"]["GN"]
    assert "PubMed record: withdrawn" in found["3"]["GN"]


def test_the_type_says_that_a_paper_is_retracted_where_only_a_notice_does() -> None:
    db = small_base()
    add(db, "notices", work="pmid:2", pmid=2, kind="retraction", notice_pmid=97, source="record")
    assert "Retracted Publication" in records(db)["2"]["PT"]
    assert records(db)["1"]["PT"].count("Retracted Publication") == 1


def test_a_chapter_names_its_book_and_a_whole_book_its_publisher() -> None:
    db = small_base()
    add_paper(db, 6, is_book=1, is_chapter=0, title="A Whole Book", journal="A Press")
    text = exported(db, "references", "nbib").decode()
    assert "\nBTI - A Book of Tumours\n" in text
    assert "\nFED - Ed, It\n" in text
    assert "\nPB  - A Press\n" in text
    assert "JT  - A" not in text


def test_a_chapter_has_pubmed_s_own_words_for_its_kind_and_its_imprint() -> None:
    text = exported(a_chapter(), "references", "nbib").decode()
    for line in (
        *("PT  - Book Chapter", "PB  - BIOS", "PL  - Oxford", "EN  - 2nd", "CTI - Series"),
        *("ISBN- 9780000000002", "AID - NBK2 [bookaccession]", "PG  - 33-41"),
    ):
        assert f"\n{line}\n" in text
    db = empty_base()
    add_paper(db, 1, is_book=1, is_chapter=0)
    assert "\nPT  - Book\n" in exported(db, "references", "nbib").decode()


def test_the_title_keeps_its_stop_and_an_abbreviation_stands_for_a_journal() -> None:
    db = empty_base()
    add_paper(db, 1, title="A title.", journal_abbrev="J Test")
    text = exported(db, "references", "nbib").decode()
    assert "\nTI  - A title.\n" in text
    assert "\nJT  - J Test\n" in text


def test_a_base_without_papers_gives_an_empty_file() -> None:
    assert exported(empty_base(), "references", "nbib") == b""


@given(st.text())
def test_any_text_stays_one_line(text: str) -> None:
    db = empty_base()
    add_paper(db, 1, title=text, abstract=text)
    lines = exported(db, "references", "nbib").decode().split("\n")
    assert all(re.match(r"[A-Z]{2,4} *- \S", line) for line in lines[:-2])
    assert lines[-2:] == ["", ""]


def test_an_article_number_is_a_location_too() -> None:
    db = empty_base()
    add_paper(db, 1, pages="2400512")
    add_paper(db, 2, pages="10-20")
    for pmid, pii in ((1, "2400512"), (2, "S0000-0019(21)00001-0")):
        add(db, "identifiers", pmid=pmid, position=1, type="pii", value=pii)
    assert records(db)["1"]["LID"] == "2400512 [pii]"
    assert "LID" not in records(db)["2"]
