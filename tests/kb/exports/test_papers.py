"""Papers as the lists of references need them: read whole, and what no field of a format holds."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from reading_exports import opened
from small_base import a_chapter, add, add_paper, empty_base, small_base

from kb.exports.papers import Name, Paper, first_and_last, integrity_notes, notes, read


def paper(db: sqlite3.Connection, pmid: int = 1) -> Paper:
    return next(each for each in read(db) if each.pmid == pmid)


def test_every_paper_comes_once_in_order_with_all_its_rows(real_base: Path) -> None:
    with closing(opened(real_base)) as db:
        papers = list(read(db))
        counts = {
            table: dict(db.execute(f"SELECT pmid, count(*) FROM {table} GROUP BY pmid"))
            for table in ("authors", "keywords", "mesh", "publication_types")
        }
        pmids = [pmid for (pmid,) in db.execute("SELECT pmid FROM papers ORDER BY pmid")]
    assert [each.pmid for each in papers] == pmids
    for each in papers:
        assert len(each.authors) == counts["authors"].get(each.pmid, 0)
        assert len(each.keywords) == counts["keywords"].get(each.pmid, 0)
        assert len(each.headings) == counts["mesh"].get(each.pmid, 0)
        assert len(each.publication_types) == counts["publication_types"].get(each.pmid, 0)


def test_people_stand_in_printed_order_and_editors_apart() -> None:
    assert [name.last or name.only for name in paper(small_base()).authors] == [
        "Müller-Łoś",
        "SIOPEN Radiology Group",
        "Li",
    ]
    assert [name.last for name in paper(small_base(), 4).editors] == ["Ed"]


@pytest.mark.parametrize(
    ("name", "only", "given"),
    [
        (Name("Li", "Wei", "W", None, None), None, "Wei"),
        (Name("Li", None, "W", None, None), None, "W"),
        (Name("Li", None, "WK", None, None), None, "W K"),
        (Name("Li", None, "W-K", None, None), None, "W-K"),
        (Name("Vaissière", None, "Ch", None, None), None, "Ch"),
        (Name("Li", None, "W. K.", None, None), None, "W K"),
        (Name("Sukarno", None, None, None, None), None, ""),
        (Name(None, "Madonna", None, None, None), "Madonna", "Madonna"),
        (Name(None, None, None, None, "The Group"), "The Group", ""),
    ],
)
def test_a_name_of_one_part_is_told_from_one_of_two(
    name: Name, only: str | None, given: str
) -> None:
    assert (name.only, name.given) == (only, given)


def test_a_chapter_stands_in_its_book_and_a_whole_book_has_a_publisher() -> None:
    db = small_base()
    add_paper(db, 6, is_book=1, is_chapter=0, journal="A Press")
    add_paper(db, 7, journal="J Test")
    told = {each.pmid: (each.container, each.publisher) for each in read(db)}
    assert told[4] == ("A Book of Tumours", None)
    assert told[6] == (None, "A Press")
    assert told[7] == ("J Test", None)


def test_subjects_are_keywords_then_headings_each_once() -> None:
    assert paper(small_base()).subjects == [
        "MIBG; mIBG",
        "HLA-B*57:01",
        "Humans",
        "Neuroblastoma/diagnosis",
    ]


# Integrity


def test_the_status_is_what_a_notice_or_the_record_says() -> None:
    assert {each.pmid: each.status for each in read(small_base())} == {
        1: "retracted",
        2: "expression of concern",
        3: "never checked",
        4: "not retracted",
        5: "not retracted",
    }


def test_a_notice_alone_makes_the_type_retracted_and_the_record_alone_does_not_add_another() -> (
    None
):
    db = empty_base()
    for pmid in (1, 2):
        add_paper(db, pmid, is_retracted=0)
        add(db, "publication_types", pmid=pmid, position=1, name="Journal Article")
    add(db, "publication_types", pmid=2, position=2, name="Retracted publication")
    for pmid in (1, 2):
        add(db, "notices", work=f"pmid:{pmid}", pmid=pmid, kind="retraction", source="Crossref")
    assert paper(db, 1).types == ["Journal Article", "Retracted Publication"]
    assert paper(db, 2).types == ["Journal Article", "Retracted publication"]


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"is_retracted": None}, ["Retraction status: never checked"]),
        ({"is_retracted": 1}, ["RETRACTED: no notice is named"]),
        ({"is_retracted": 0}, ["Retraction status: not retracted when last checked"]),
        (
            {"is_retracted": 0, "integrity_checked": "2024-01-03"},
            ["Retraction status: not retracted when last checked on 2024-01-03"],
        ),
        (
            {"is_retracted": None, "record_status": "withdrawn"},
            ["Retraction status: never checked", "PubMed record: withdrawn"],
        ),
    ],
)
def test_without_a_notice_it_is_said_whether_anybody_checked(
    about: dict[str, object], said: list[str]
) -> None:
    db = empty_base()
    add_paper(db, 1, **about)
    assert list(integrity_notes(paper(db))) == said


def test_a_notice_that_two_sources_state_is_told_once_with_what_each_knows() -> None:
    db = empty_base()
    add_paper(db, 1, is_retracted=1)
    about = {"work": "pmid:1", "pmid": 1, "kind": "retraction", "notice_pmid": 9}
    add(db, "notices", source="record", text="J Test. 2020;1:2", **about)
    add(db, "notices", source="notice", notice_doi="10.1000/n", date="2020-05-01", **about)
    assert list(integrity_notes(paper(db))) == ["RETRACTED: J Test. 2020;1:2, PMID 9, 2020-05-01"]


def test_notes_tell_integrity_first_then_what_no_field_holds() -> None:
    assert list(notes(paper(small_base()))) == [
        "RETRACTED: Pediatr Radiol. 2023 Dec;53(12):1, PMID 99, 2023-12-01",
        "PMID: 1",
        "Epub: 2022-09-05",
    ]


# Pages


@pytest.mark.parametrize(
    ("printed", "first", "last"),
    [
        ("651-9", "651", "659"),
        ("651-659", "651", "659"),
        ("1153-60", "1153", "1160"),
        ("98–101", "98", "101"),
        ("143", "143", ""),
        ("e28473", "e28473", ""),
        ("e492-e493", "e492", "e493"),
        ("S63-6", "S63", "S66"),
        ("S1-S63", "S1", "S63"),
        ("SUPPL:4309-22", "SUPPL:4309", "SUPPL:4322"),
        ("1S-20S", "1S", "20S"),
        ("170-180.e6", "170", "180"),
        ("998-1002.e3", "998", "1002"),
        ("1077.e1-1077.e12", "1077.e1", "1077.e12"),
        ("1077.e1–e12", "1077.e1", "1077.e12"),
        ("1077.e1", "1077.e1", ""),
        ("S1-34-S1-40", "S1-34", "S1-40"),
        ("S1-34-40", "S1-34", "S1-40"),
        ("e247-346", "e247", "e346"),
        ("e01408-19", "e01408-19", ""),
        ("ENEURO.0089-19.2019", "ENEURO.0089-19.2019", ""),
        ("2400512", "2400512", ""),
        ("998-1002.e1-e3", "998", "1002"),
        ("S81-S90.e2", "S81", "S90"),
        ("vii-xii", "vii", "xii"),
        ("77-95, viii", "77", "95"),
        ("167-70, 173, 176-9", "167", "170"),
        ("1788; discussion 1791", "1788", ""),
        ("1563-5; author reply 1565-6", "1563", "1565"),
        ("[34457 words; 185 paragraphs]", "", ""),
        ("", "", ""),
    ],
)
def test_pages_become_a_first_and_a_last_one(printed: str, first: str, last: str) -> None:
    assert first_and_last(printed) == (first, last)


@pytest.mark.parametrize(
    ("title", "printed"),
    [
        ("MIBG in infants.", "MIBG in infants"),
        ("[MIBG in infants].", "[MIBG in infants]"),
        ("Is MIBG of use?", "Is MIBG of use?"),
        ("And then ...", "And then ..."),
        ("Screening in the U.S.A.", "Screening in the U.S.A."),
        ("Stage 4.", "Stage 4"),
        (".", ""),
        ("", ""),
    ],
)
def test_the_closing_stop_of_a_title_is_the_style_s_to_set(title: str, printed: str) -> None:
    db = empty_base()
    add_paper(db, 1, title=title)
    assert paper(db).printed_title == printed


@pytest.mark.parametrize(
    ("printed", "pub_date", "season"),
    [
        ("2003 Fall", "2003", "Fall"),
        ("2003 Spring-Summer", "2003", "Spring-Summer"),
        ("1976-1977 Winter", "1976", "Winter"),
        ("2015 winter/spring", "2015", "Winter-Spring"),
        ("2003 Fall Oct", "2003-10", None),
        ("1999 Jul-Aug", "1999-07", None),
        ("2003", "2003", None),
        (None, None, None),
    ],
)
def test_an_issue_without_month_may_have_a_season(
    printed: str | None, pub_date: str | None, season: str | None
) -> None:
    db = empty_base()
    add_paper(db, 1, pub_date=pub_date, pub_date_text=printed)
    assert paper(db).season == season


def test_the_abbreviation_stands_for_a_journal_whose_name_is_not_known() -> None:
    db = empty_base()
    add_paper(db, 1, journal_abbrev="Elife")
    of = paper(db)
    assert of.container == "Elife"


def test_a_chapter_names_its_publisher_and_where_it_can_be_read() -> None:
    of = paper(a_chapter())
    assert (of.publisher, of.container) == ("BIOS", "A Book")
    assert of.bookshelf_url == "https://www.ncbi.nlm.nih.gov/books/NBK2/"
    assert "Bookshelf ID: NBK2" in notes(of)
    assert paper(small_base()).bookshelf_url is None
