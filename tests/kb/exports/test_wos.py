from __future__ import annotations

import io
import re
import sqlite3
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
import rispy
from reading_exports import by_bibutils, citation_graph, exported, opened, papers, reader
from small_base import a_chapter, add, add_paper, empty_base, small_base

from kb import exports
from kb.exports import wos
from kb.exports.characters import one_line
from kb.exports.papers import first_and_last

MODS = "{http://www.loc.gov/mods/v3}"
TEXTS = {
    "document_title": "printed_title",
    "abstract": "abstract",
    "publication_name": "container",
    "publisher": "publisher",
    "volume": "volume",
    "issue": "issue",
    "issn": "issn",
    "doi": "doi",
    "language": "language",
}


def records(db: sqlite3.Connection) -> dict[str, dict[str, Any]]:
    """Records as rispy reads them, by PMID."""
    text = exported(db, "citation", "wos").decode()
    found = rispy.load(io.StringIO(text), implementation=rispy.WokParser)
    return {record["pubmed_id"]: record for record in found}


def test_rispy_reads_every_field_back(any_base: Path) -> None:
    found = records(opened(any_base))
    graph = citation_graph(any_base)
    expected = list(papers(any_base))
    assert list(found) == [str(paper.pmid) for paper in expected]
    for paper in expected:
        record = found[str(paper.pmid)]
        for field, name in TEXTS.items():
            assert record.get(field, "") == one_line(getattr(paper, name) or ""), field
        assert record.get("publication_year", "") == str(paper.year or "")
        first, last = first_and_last(paper.pages or "")
        assert (record.get("beginning_page", ""), record.get("ending_page", "")) == (first, last)
        people = [n.last or n.fore or "" for n in paper.authors if not n.group]
        assert [name.split(", ")[0] for name in record.get("authors", [])] == list(
            map(one_line, people)
        )
        references = record.get("cited_references", [])
        assert len(references) == graph.out_degree(f"pmid:{paper.pmid}")
        dois = {
            doi
            for _, cited in graph.out_edges(f"pmid:{paper.pmid}")
            if (doi := graph.nodes[cited].get("doi"))
        }
        assert {r.partition(", DOI ")[2] for r in references} - {""} == dois


def collection(base: Path, folder: Path) -> Any:
    exports.write(base, "citation", "wos", folder / "savedrecs.txt")
    return reader("metaknowledge").RecordCollection(str(folder / "savedrecs.txt"))


def test_metaknowledge_reads_every_record_and_every_reference(
    any_base: Path, tmp_path: Path
) -> None:
    found = {record.UT: record for record in collection(any_base, tmp_path)}
    graph = citation_graph(any_base)
    expected = list(papers(any_base))
    assert set(found) == {f"MEDLINE:{paper.pmid}" for paper in expected}
    for paper in expected:
        record = found[f"MEDLINE:{paper.pmid}"]
        assert not record.bad
        assert (record.get("DOI"), record.get("year")) == (paper.doi, paper.year)
        assert record.get("title", "") == one_line(paper.printed_title)
        cited = {c.DOI for c in record.get("citations", []) if c.DOI}
        dois = {graph.nodes[work].get("doi") for work in graph.successors(f"pmid:{paper.pmid}")}
        assert cited == {doi.upper() for doi in dois if doi}


def test_a_paper_that_is_cited_is_named_as_its_own_record_is(
    any_base: Path, tmp_path: Path
) -> None:
    """By this the programs that read the format find that the two are one."""
    found = {record.UT[8:]: record for record in collection(any_base, tmp_path)}
    db = opened(any_base)
    cited = db.execute(
        "SELECT DISTINCT p.pmid, w.work FROM cites c JOIN works w ON w.work = c.cited"
        " JOIN papers p USING (work) JOIN authors a ON a.pmid = p.pmid AND a.position = 1"
        " WHERE a.last_name IS NOT NULL AND p.journal_abbrev IS NOT NULL AND p.year IS NOT NULL"
        " AND w.first_author IS NOT NULL"
    ).fetchall()
    assert cited or "small" in str(any_base)
    for pmid, work in cited:
        row = db.execute(wos.CITED, [citing_of(db, work)]).fetchall()
        [reference] = [wos.cited_reference(wos.CitedReference(*r)) for r in row if r[0] == work]
        own = found[str(pmid)].createCitation()
        assert reference.upper() == own.original.upper()


def citing_of(db: sqlite3.Connection, work: str) -> str:
    [(citing,)] = db.execute("SELECT min(citing) FROM cites WHERE cited = ?", [work])
    return str(citing)


def test_bibutils_reads_every_record(any_base: Path, tmp_path: Path) -> None:
    exports.write(any_base, "citation", "wos", tmp_path / "savedrecs.txt")
    found = list(fromstring(by_bibutils("isi2xml", tmp_path / "savedrecs.txt")))
    expected = list(papers(any_base))
    assert len(found) == len(expected)
    for mods, paper in zip(found, expected, strict=True):
        dois = [e.text for e in mods.iter(f"{MODS}identifier") if e.get("type") == "doi"]
        assert dois == ([paper.doi] if paper.doi else [])


def test_different_works_have_different_references(any_base: Path) -> None:
    rows = opened(any_base).execute(wos.CITED.replace("WHERE citing = ?", ""))
    references = [wos.cited_reference(wos.CitedReference(*row)) for row in rows]
    assert len(set(references)) == len(references)


def test_a_reference_is_author_year_journal_volume_page_doi_and_no_other_comma() -> None:
    named = ("pmid:1", "10.1/a,b", 2008, "Group A,B", "J. Clin,Oncol.", "any")
    assert wos.cited_reference(wos.CitedReference(*named, 1, "26", "31-9")) == (
        "Group A B, 2008, J CLIN ONCOL, V26, P31, DOI 10.1/a,b"
    )


@pytest.mark.parametrize(
    ("year", "doi", "written"),
    [
        (2008, None, "[Anonymous], 2008, REF:00 ONE TWO"),
        (None, "10.1/x", "[Anonymous], REF:00 ONE TWO, DOI 10.1/x"),
    ],
)
def test_a_work_that_was_not_harvested_is_named_by_its_identifier(
    year: int | None, doi: str | None, written: str
) -> None:
    cited = wos.CitedReference("ref:00", doi, year, None, None, "one\ntwo", 0, None, None)
    assert wos.cited_reference(cited) == written


def test_the_document_type_tells_a_retraction_and_a_concern() -> None:
    found = records(small_base())
    assert found["1"]["document_type"] == "Journal Article; Retracted Publication"
    assert found["2"]["document_type"] == "Subject of an Expression of Concern"
    assert "document_type" not in found["3"]


def test_a_whole_book_and_a_chapter_are_books() -> None:
    db = small_base()
    add_paper(db, 6, is_book=1, is_chapter=0, title="A Whole Book", journal="A Press")
    found = records(db)
    assert [found[pmid]["publication_type"] for pmid in ("1", "4", "6")] == ["J", "B", "B"]
    assert found["4"]["publication_name"] == "A Book of Tumours"
    assert found["6"]["publisher"] == "A Press"


def test_a_chapter_has_its_imprint() -> None:
    text = exported(a_chapter(), "citation", "wos").decode()
    for line in ("SE Series", "PU BIOS", "PI Oxford", "BN 9780000000002", "BP 33", "EP 41"):
        assert f"\n{line}\n" in text


def test_the_number_of_an_article_and_a_season_have_their_fields() -> None:
    db = empty_base()
    about = {"year": 2003, "pub_date": "2003", "pub_date_text": "2003 Spring-Summer"}
    add_paper(db, 1, pages="e42707", **about)
    add(db, "identifiers", pmid=1, position=1, type="pii", value="e42707")
    found = exported(db, "citation", "wos").decode()
    assert "\nBP e42707\nAR e42707\n" in found
    assert "\nPD SPR-SUM\n" in found


def test_a_self_citation_is_a_reference_like_any_other() -> None:
    db = empty_base()
    add_paper(db, 7, year=2001)
    add(db, "cites", citing="pmid:7", cited="pmid:7", source="elink")
    assert len(records(db)["7"]["cited_references"]) == 1


def test_a_base_without_papers_gives_head_and_tail() -> None:
    assert exported(empty_base(), "citation", "wos").decode() == wos.HEAD + wos.TAIL


def test_every_line_has_a_tag_or_continues_one() -> None:
    text = exported(small_base(), "citation", "wos").decode()
    for line in text.splitlines():
        assert re.fullmatch(r"[A-Z][A-Z0-9] .+|   .+|ER|EF|", line), line
