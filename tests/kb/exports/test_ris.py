from __future__ import annotations

import io
import json
import re
import sqlite3
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st
from reading_exports import (
    as_csl,
    by_bibutils,
    by_javascript,
    of_csl,
    opened,
    papers,
    reader,
    without,
)
from small_base import a_chapter, add, add_paper, empty_base, small_base

from kb import exports
from kb.exports.characters import one_line
from kb.exports.papers import first_and_last, notes
from kb.exports.papers import read as read_papers

MODS = "{http://www.loc.gov/mods/v3}"
NASTY_SHOWN = "α<β & \"γ\" 'δ' ]]> \U0001f9e0 नमस्ते\u00a0e\u0301 \u2009␁␟\ufffd \ufffd end"


def exported(db: sqlite3.Connection) -> bytes:
    stream = io.BytesIO()
    exports.export(db, "references", "ris", stream)
    return stream.getvalue()


def read(db: sqlite3.Connection) -> dict[str, dict[str, Any]]:
    """Records as rispy reads them, by PMID."""
    records = rispy.loads(exported(db).decode())
    found = {record["id"]: record for record in records}
    assert len(found) == len(records)
    return found


def test_rispy_reads_every_field_of_a_paper_back() -> None:
    assert read(small_base())["1"] == {
        "type_of_reference": "JOUR",
        "id": "1",
        "authors": ["Müller-Łoś, Zoë A, Jr", "SIOPEN Radiology Group,", "Li, W"],
        "title": "Imaging in neuroblastoma",
        "secondary_title": "Pediatric radiology",
        "alternate_title1": "Pediatr Radiol",
        "year": "2023",
        "date": "2023/04",
        "volume": "53",
        "number": "4",
        "start_page": "651",
        "end_page": "659",
        "issn": "1432-1998",
        "doi": "10.1007/s1",
        "accession_number": "1",
        "custom2": "PMC77",
        "name_of_database": "PubMed",
        "language": "eng; fre",
        "type_of_work": "Retracted Publication",
        "urls": ["https://pubmed.ncbi.nlm.nih.gov/1/"],
        "notes": [
            "RETRACTED: Pediatr Radiol. 2023 Dec;53(12):1, PMID 99, 2023-12-01",
            "PMID: 1",
            "Epub: 2022-09-05",
            "Publication types: Journal Article; Retracted Publication",
        ],
        "keywords": ["MIBG; mIBG", "HLA-B∗57:01", "Humans", "Neuroblastoma/diagnosis"],
        "abstract": "AIM: to see. RESULTS: seen.",
    }


# Field of rispy and what it must hold; columns hold one value, queries a list.
COLUMNS = {
    "abstract": "abstract",
    "secondary_title": "CASE WHEN is_book AND NOT is_chapter THEN series"
    " ELSE coalesce(journal, journal_abbrev) END",
    "publisher": "coalesce(publisher, CASE WHEN is_book AND NOT is_chapter THEN journal END)",
    "place_published": "publisher_place",
    "edition": "edition",
    "alternate_title1": "journal_abbrev",
    "year": "year",
    "date": "replace(pub_date, '-', '/') || CASE WHEN pub_date_text LIKE '% Fall'"
    " OR pub_date_text LIKE '% Summer' THEN '///' || substr(pub_date_text, 6) ELSE '' END",
    "volume": "volume",
    "number": "issue",
    "issn": "coalesce(isbn, issn)",
    "doi": "doi",
    "custom2": "pmcid",
    "language": "language",
    "accession_number": "pmid",
}
LISTS = {
    "keywords": "SELECT keyword FROM (SELECT 1 AS part, position, keyword, pmid FROM keywords"
    " UNION ALL SELECT 2, position, descriptor || ifnull('/' || qualifier, ''), pmid FROM mesh)"
    " WHERE pmid = ? ORDER BY part, position",
}


def test_rispy_reads_every_column_and_list_of_every_paper_back(any_base: Path) -> None:
    db = opened(any_base)
    found = read(db)
    pmids = [str(pmid) for (pmid,) in db.execute("SELECT pmid FROM papers ORDER BY pmid")]
    assert list(found) == pmids
    for pmid in pmids:
        row = db.execute(
            f"SELECT {', '.join(COLUMNS.values())} FROM papers LEFT JOIN imprints"
            f" USING (pmid) WHERE pmid = {pmid}"
        )
        for field, value in zip(COLUMNS, row.fetchone(), strict=True):
            written = str(value or "").removesuffix("." if field == "title" else "")
            assert found[pmid].get(field, "") == one_line(written), (pmid, field)
        for field, query in LISTS.items():
            values = [one_line(value) for (value,) in db.execute(query, [pmid])]
            expected = list(dict.fromkeys(value.replace("*", "∗") for value in values))
            assert list(dict.fromkeys(found[pmid].get(field, []))) == expected, (pmid, field)
    for paper in papers(any_base):
        record = found[str(paper.pmid)]
        assert record.get("title", "") == one_line(paper.printed_title)
        names = [one_line(name.last or name.only or "") for name in paper.authors]
        read_names = [name.split(",")[0].replace("‚", ",") for name in record.get("authors", [])]
        assert read_names == [name.replace("*", "∗") for name in names]


def test_bibutils_reads_titles_and_identifiers_back(any_base: Path, tmp_path: Path) -> None:
    exports.write(any_base, "references", "ris", tmp_path / "p.ris")
    found = list(fromstring(by_bibutils("ris2xml", tmp_path / "p.ris")))
    expected = list(papers(any_base))
    assert [mods.get("ID") for mods in found] == [str(paper.pmid) for paper in expected]
    for mods, paper in zip(found, expected, strict=True):
        dois = [e.text for e in mods.iter(f"{MODS}identifier") if e.get("type") == "doi"]
        # It drops a DOI whose registrant has more than four digits.
        kept = re.match(r"10\.\d{4}/", paper.doi or "")
        assert dois == ([paper.doi] if kept else [])


def test_citation_js_reads_titles_names_and_the_status_back(any_base: Path, tmp_path: Path) -> None:
    exports.write(any_base, "references", "ris", tmp_path / "p.ris")
    found = {item["id"]: item for item in by_javascript("citation", tmp_path / "p.ris")}
    for paper in papers(any_base):
        item = found[str(paper.pmid)]
        assert item.get("title", "") == one_line(paper.printed_title)
        assert item.get("DOI") == paper.doi
        assert len(item.get("author", [])) == len(paper.authors)
        # Of several notes it keeps the first.
        assert item["note"] == one_line(next(notes(paper)))


def test_pandoc_reads_every_field_that_it_knows_back(any_base: Path, tmp_path: Path) -> None:
    exports.write(any_base, "references", "ris", tmp_path / "p.ris")
    converted = reader("pypandoc").convert_file(tmp_path / "p.ris", "csljson", "ris")
    found = {item["id"]: of_csl(item) for item in json.loads(converted)}
    for paper in papers(any_base):
        # What is no page stands in a note.
        others = () if first_and_last(paper.pages or "")[0] else ("page",)
        assert without(found[str(paper.pmid)], *others) == without(as_csl(paper), *others)


def test_every_paper_is_in_the_file_once_and_in_the_order_of_the_pmids() -> None:
    db = small_base()
    for pmid in (40000000, 7, 300):
        add_paper(db, pmid)
    assert [int(pmid) for pmid in read(db)] == [1, 2, 3, 4, 5, 7, 300, 40000000]


def test_a_paper_without_authors_title_or_year_has_only_what_is_known() -> None:
    found = read(small_base())["3"]
    assert not {"authors", "title", "year", "date", "start_page", "abstract"} & set(found)


@pytest.mark.parametrize(
    ("pmid", "note"),
    [
        ("1", "RETRACTED: Pediatr Radiol. 2023 Dec;53(12):1, PMID 99, 2023-12-01"),
        ("2", "EXPRESSION OF CONCERN"),
        ("2", "Retraction status: not retracted when last checked on 2024-01-03"),
        ("3", "Retraction status: never checked"),
        ("3", "PubMed record: withdrawn"),
        ("4", "Retraction status: not retracted when last checked"),
    ],
)
def test_integrity_stands_in_the_notes(pmid: str, note: str) -> None:
    assert note in read(small_base())[pmid]["notes"]


def test_a_retraction_is_told_even_where_no_notice_is_named() -> None:
    db = small_base()
    db.execute("DELETE FROM notices")
    assert "RETRACTED" in str(read(db)["1"]["notes"])


def test_a_retraction_notice_is_told_even_where_the_paper_was_not_marked() -> None:
    db = small_base()
    db.execute("UPDATE papers SET is_retracted = 0")
    notes = str(read(db)["1"]["notes"])
    assert "RETRACTED: Pediatr Radiol" in notes
    assert "not retracted" not in notes


def test_styles_have_no_category_to_print_but_that_a_paper_is_retracted(any_base: Path) -> None:
    """What stands in M3, programs take for a genre, which APA, Chicago, MLA and NLM print."""
    found = read(opened(any_base))
    for paper in papers(any_base):
        record = found[str(paper.pmid)]
        kind = "Retracted Publication" if paper.verdict == "retracted" else None
        assert record.get("type_of_work") == kind
        types = [one_line(f"Publication types: {'; '.join(paper.types)}")] if paper.types else []
        assert [note for note in record["notes"] if note.startswith("Publication types:")] == types


def test_an_erratum_is_no_retraction() -> None:
    assert "RETRACTED" not in str(read(small_base())["2"]["notes"])


def test_a_name_of_one_part_ends_with_a_comma() -> None:
    assert read(small_base())["2"]["authors"] == ["Sukarno,", "O'Neil, , 3rd", "Madonna,"]


def test_a_chapter_has_its_book_and_its_editors() -> None:
    found = read(small_base())["4"]
    assert found["type_of_reference"] == "CHAP"
    assert found["secondary_title"] == "A Book of Tumours"
    assert found["secondary_authors"] == ["Ed, It"]


def test_a_chapter_has_the_imprint_of_its_book_and_where_it_can_be_read() -> None:
    found = read(a_chapter())["1"]
    assert (found["publisher"], found["place_published"]) == ("BIOS", "Oxford")
    assert (found["edition"], found["tertiary_title"]) == ("2nd", "Series")
    assert found["issn"] == "9780000000002"
    assert found["urls"][0] == "https://www.ncbi.nlm.nih.gov/books/NBK2/"
    assert found["secondary_authors"] == ["Ed, It"]


def test_the_editors_of_a_whole_book_are_not_those_of_its_series() -> None:
    db = a_chapter()
    db.execute("UPDATE papers SET is_chapter = 0, journal = 'BIOS'")
    text = exported(db).decode()
    assert "\r\nED  - Ed, It\r\n" in text
    assert "A2  -" not in text
    assert "\r\nT2  - Series\r\n" in text


def test_the_comma_of_a_group_does_not_part_it() -> None:
    db = empty_base()
    add_paper(db, 1)
    add(db, "authors", pmid=1, position=1, collective="CSD of Biostatistics, AIEOP")
    assert read(db)["1"]["authors"] == ["CSD of Biostatistics‚ AIEOP,"]


@pytest.mark.parametrize(
    ("about", "start", "end"),
    [
        ({"pages": "2400512"}, "2400512", None),
        ({"pages": "1077.e1-1077.e12"}, "1077.e1", "1077.e12"),
        ({"pages": "S1-34-S1-40"}, "S1-34", "S1-40"),
        ({"pages": "998-1002.e3"}, "998", "1002"),
    ],
)
def test_pages_are_whole(about: dict[str, str], start: str, end: str | None) -> None:
    db = empty_base()
    add_paper(db, 1, **about)
    found = read(db)["1"]
    assert (found["start_page"], found.get("end_page")) == (start, end)


def test_a_season_stands_behind_the_date() -> None:
    db = empty_base()
    add_paper(db, 1, year=2003, pub_date="2003", pub_date_text="2003 Spring-Summer")
    assert read(db)["1"]["date"] == "2003///Spring-Summer"


def test_initials_stand_apart() -> None:
    db = empty_base()
    add_paper(db, 1)
    add(db, "authors", pmid=1, position=1, last_name="Armato", initials="SG", suffix="III")
    assert read(db)["1"]["authors"] == ["Armato, S G, III"]


def test_a_whole_book_is_a_book_with_its_publisher() -> None:
    db = small_base()
    add_paper(db, 6, is_book=1, is_chapter=0, title="A Whole Book", journal="A Press")
    found = read(db)["6"]
    assert (found["type_of_reference"], found["title"]) == ("BOOK", "A Whole Book")
    assert found["publisher"] == "A Press"
    assert "secondary_title" not in found


def test_line_ends_and_control_characters_never_reach_a_value() -> None:
    found = read(small_base())["5"]
    assert found["title"] == NASTY_SHOWN
    assert found["abstract"] == f"one two three {NASTY_SHOWN}"
    assert found["authors"] == ["St∗r␂, N"]


def test_records_begin_with_ty_end_with_er_and_lines_with_cr_lf() -> None:
    text = exported(small_base()).decode()
    records = text.split("\r\n\r\n")
    assert records.pop() == ""
    for record in records:
        lines = record.split("\r\n")
        assert lines[0].startswith("TY  - ")
        assert lines[-1] == "ER  - "
        assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in lines)
    assert "\n" not in text.replace("\r\n", "")


@given(st.text(), st.text())
def test_any_text_stays_one_line_and_one_value(title: str, abstract: str) -> None:
    db = empty_base()
    add_paper(db, 1, title=title, abstract=abstract)
    [record] = rispy.loads(exported(db).decode())
    lines = exported(db).decode().splitlines()
    [paper] = read_papers(db)
    assert record.get("title", "") == one_line(paper.printed_title)
    assert paper.printed_title in (title, title.removesuffix("."))
    assert record.get("abstract", "") == one_line(abstract)
    assert [line for line in lines if not re.match(r"[A-Z][A-Z0-9]  - ", line)] == [""]


@pytest.mark.parametrize("printed", ["1563-5; author reply 1565-6", "170-180.e6", "1 p"])
def test_pages_that_two_numbers_do_not_tell_are_kept_as_printed(printed: str) -> None:
    db = small_base()
    db.execute("UPDATE papers SET pages = ? WHERE pmid = 1", [printed])
    assert f"Pages: {printed}" in str(read(db)["1"]["notes"])


def test_a_base_without_papers_gives_an_empty_file() -> None:
    assert exported(empty_base()) == b""


def test_the_same_base_gives_the_same_bytes() -> None:
    assert exported(small_base()) == exported(small_base())
