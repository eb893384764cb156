from __future__ import annotations

import json
import re
import sqlite3
import warnings
from pathlib import Path
from typing import Any

import pytest
from reading_exports import by_javascript, exported, opened, papers, reader
from small_base import a_chapter, add_paper, empty_base, small_base

from kb import exports
from kb.exports.languages import of_item
from kb.exports.papers import Paper

# The name of a field in the file and in Paper, where it is handed on as it is.
SAME = {
    "container-title": "container",
    "container-title-short": "journal_abbrev",
    "publisher": "publisher",
    "volume": "volume",
    "issue": "issue",
    "DOI": "doi",
    "PMCID": "pmcid",
    "ISSN": "issn",
    "abstract": "abstract",
}


# The mark of CSL for words whose letters stay as they are; processors read it, readers hand it on.
NOCASE = re.compile(r"</?span(?: class=\"nocase\")?>")


def items(db: sqlite3.Connection) -> dict[str, dict[str, Any]]:
    return {item["id"]: item for item in json.loads(exported(db, "references", "csl-json"))}


def assert_same(item: Any, paper: Paper) -> None:
    """Every field of an item, as a reader gives it."""
    for field, name in SAME.items():
        assert item.get(field) == (getattr(paper, name) or None), field
    assert NOCASE.sub("", item.get("title", "")) == paper.printed_title
    assert item["PMID"] == str(paper.pmid)
    assert item.get("language") == of_item(paper.language)
    assert item.get("status") == ("retracted" if paper.status == "retracted" else None)
    assert item.get("genre") == ("Retracted Publication" if paper.status == "retracted" else None)
    names = [n.only or n.last for n in paper.authors]
    assert [a.get("literal") or a["family"] for a in item.get("author", [])] == names
    dates = item["issued"]["date-parts"] if "issued" in item else None
    day = paper.pub_date or (str(paper.year) if paper.year else None)
    assert dates == ([[int(part) for part in day.split("-")]] if day else None)
    assert item.get("keyword") == ("; ".join(paper.subjects) or None)


def test_a_json_reader_finds_every_field(any_base: Path) -> None:
    found = items(opened(any_base))
    expected = list(papers(any_base))
    assert list(found) == [f"pmid:{paper.pmid}" for paper in expected]
    for paper in expected:
        assert_same(found[f"pmid:{paper.pmid}"], paper)


def test_citation_js_reads_every_field_back(any_base: Path, tmp_path: Path) -> None:
    exports.write(any_base, "references", "csl-json", tmp_path / "p.json")
    found = {item["id"]: item for item in by_javascript("citation", tmp_path / "p.json")}
    for paper in papers(any_base):
        assert_same(found[f"pmid:{paper.pmid}"], paper)


def test_citeproc_reads_every_paper(any_base: Path) -> None:
    source = reader("citeproc.source.json").CiteProcJSON
    with warnings.catch_warnings():
        # It knows fewer variables than CSL 1.0.2 has, and says so of each that it passes over.
        warnings.filterwarnings("ignore", "The following arguments for Reference are unsupported")
        found = source(json.loads(exported(opened(any_base), "references", "csl-json")))
    for paper in papers(any_base):
        read = found[f"pmid:{paper.pmid}"]
        if paper.title:
            assert NOCASE.sub("", "".join(map(str, read["title"]))) == paper.printed_title
        if paper.doi:
            assert str(read["DOI"]) == paper.doi
        if paper.year:
            assert read["issued"]["year"] == paper.year
        assert len(read.get("author", [])) == len(paper.authors)


def test_a_retraction_is_the_status_and_stands_in_the_note() -> None:
    found = items(small_base())
    assert found["pmid:1"]["status"] == "retracted"
    assert found["pmid:1"]["genre"] == "Retracted Publication"
    assert found["pmid:1"]["note"].startswith("RETRACTED: Pediatr Radiol. 2023 Dec;53(12):1")
    assert "retracted" in found["pmid:1"]["custom"]["retraction_status"]
    for pmid, status in ((2, "expression of concern"), (3, "never checked")):
        assert not {"status", "genre"} & set(found[f"pmid:{pmid}"])
        assert found[f"pmid:{pmid}"]["custom"]["retraction_status"] == status


def test_no_item_has_what_styles_print_as_a_category(any_base: Path) -> None:
    """APA prints a genre in brackets, as "[Journal Article; Review]"."""
    for item, paper in zip(items(opened(any_base)).values(), papers(any_base), strict=True):
        assert item.get("genre") in (None, "Retracted Publication")
        assert item.get("status") in (None, "retracted")
        assert item["custom"]["publication_types"] == paper.types


def test_the_language_is_one_that_processors_know(any_base: Path) -> None:
    """ "eng" is no English for them: titles would stay as they are."""
    for item, paper in zip(items(opened(any_base)).values(), papers(any_base), strict=True):
        assert item.get("language") == of_item(paper.language)


def test_styles_have_no_status_to_print_of_what_is_not_retracted() -> None:
    found = items(small_base())
    assert not [pmid for pmid in ("pmid:2", "pmid:3", "pmid:4") if "status" in found[pmid]]
    assert found["pmid:2"]["note"].startswith("EXPRESSION OF CONCERN")
    assert found["pmid:3"]["note"].startswith("Retraction status: never checked")


def test_words_whose_small_letters_mean_something_are_kept_from_title_case() -> None:
    db = empty_base()
    add_paper(db, 1, title="Uptake of β1a in children at 3 mg/ml.", language="eng")
    assert items(db)["pmid:1"]["title"] == (
        'Uptake of <span class="nocase">β1a</span> in children at 3 '
        '<span class="nocase">mg/ml</span>'
    )


@pytest.mark.parametrize(
    ("codes", "language"),
    [("eng", "en"), ("eng; fre", "en"), ("und; ger", "de"), ("chi", "chi"), ("und", None)],
)
def test_the_language_is_of_two_letters_for_by_it_styles_set_titles(
    codes: str, language: str | None
) -> None:
    db = empty_base()
    add_paper(db, 1, language=codes)
    assert items(db)["pmid:1"].get("language") == language


@pytest.mark.parametrize(
    ("printed", "season"),
    [("2003 Fall", 3), ("2003 Spring-Summer", "Spring-Summer"), ("1999 Jul-Aug", None)],
)
def test_an_issue_without_month_has_its_season(printed: str, season: int | str | None) -> None:
    db = empty_base()
    pub_date = "1999-07" if season is None else "2003"
    add_paper(db, 1, year=int(pub_date[:4]), pub_date=pub_date, pub_date_text=printed)
    assert items(db)["pmid:1"]["issued"].get("season") == season


def test_a_number_of_an_article_stands_where_styles_print_pages() -> None:
    db = empty_base()
    add_paper(db, 1, pages="2400512")
    add_paper(db, 2, pages="1077.e1-1077.e12")
    found = items(db)
    assert [found[f"pmid:{pmid}"]["page"] for pmid in (1, 2)] == ["2400512", "1077.e1-1077.e12"]


def test_a_journal_known_by_its_abbreviation_alone_stands_under_it() -> None:
    db = empty_base()
    add_paper(db, 1, journal_abbrev="Pediatr Radiol")
    assert items(db)["pmid:1"]["container-title"] == "Pediatr Radiol"


def test_a_chapter_has_the_imprint_of_its_book_and_where_it_can_be_read() -> None:
    found = items(a_chapter())["pmid:1"]
    assert found["publisher"] == "BIOS"
    assert found["publisher-place"] == "Oxford"
    assert (found["edition"], found["collection-title"]) == ("2nd", "Series")
    assert found["ISBN"] == "9780000000002"
    assert found["URL"] == "https://www.ncbi.nlm.nih.gov/books/NBK2/"
    assert "Bookshelf ID: NBK2" in found["note"]


def test_groups_are_literal_and_people_have_their_parts() -> None:
    assert items(small_base())["pmid:1"]["author"] == [
        {"family": "Müller-Łoś", "given": "Zoë A", "suffix": "Jr"},
        {"literal": "SIOPEN Radiology Group"},
        {"family": "Li", "given": "W"},
    ]


def test_articles_chapters_and_whole_books_have_their_types() -> None:
    db = small_base()
    add_paper(db, 6, is_book=1, is_chapter=0, title="A Whole Book", journal="A Press")
    found = items(db)
    types = [found[f"pmid:{pmid}"]["type"] for pmid in (1, 4, 6)]
    assert types == ["article-journal", "chapter", "book"]
    assert found["pmid:4"]["container-title"] == "A Book of Tumours"
    assert found["pmid:4"]["editor"] == [{"family": "Ed", "given": "It"}]
    assert found["pmid:6"]["publisher"] == "A Press"


def test_a_base_without_papers_gives_an_empty_list() -> None:
    assert json.loads(exported(empty_base(), "references", "csl-json")) == []
