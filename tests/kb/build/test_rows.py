"""The rows that one record makes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any, get_args, get_type_hints

import pytest
from building import article

from kb.build import rows
from kb.citations.citation import only_year, printed_years
from kb.raw import StoredRecord
from kb.record.article import Article, Author
from kb.schema import SCHEMA
from kb.tables import columns_of, table_of

FULL = """
<ChemicalList><Chemical><RegistryNumber>0</RegistryNumber>
 <NameOfSubstance UI="C1">3-iodobenzylguanidine</NameOfSubstance></Chemical></ChemicalList>
<SupplMeshList><SupplMeshName Type="Disease" UI="C2">Ganglioneuroma</SupplMeshName></SupplMeshList>
<MeshHeadingList>
 <MeshHeading><DescriptorName UI="D009447" MajorTopicYN="N">Neuroblastoma</DescriptorName>
  <QualifierName UI="Q000000981" MajorTopicYN="Y">diagnostic imaging</QualifierName>
  <QualifierName UI="Q1" MajorTopicYN="N">pathology</QualifierName></MeshHeading>
 <MeshHeading><DescriptorName UI="D006801" MajorTopicYN="N">Humans</DescriptorName></MeshHeading>
</MeshHeadingList>
<PersonalNameSubjectList><PersonalNameSubject><LastName>Virchow</LastName>
 </PersonalNameSubject></PersonalNameSubjectList>
<OtherAbstract Type="Publisher" Language="fre"><AbstractText>Un.</AbstractText></OtherAbstract>
<KeywordList Owner="NOTNLM"><Keyword MajorTopicYN="N">MIBG</Keyword>
 <Keyword MajorTopicYN="Y">staging</Keyword></KeywordList>
<CoiStatement>None.</CoiStatement>
<GeneralNote Owner="NLM">A note.</GeneralNote>
"""
ABSTRACT = "Aim. To see."
STORED = StoredRecord(
    1,
    "00",
    b"",
    "efetch",
    1,
    "2024-01-01T00:00:00Z",
    "2024-01-02T00:00:00Z",
    "2024-01-02T00:00:00Z",
)


@pytest.fixture(scope="module")
def full() -> Article:
    return article(1, abstract=ABSTRACT, comments=[("CommentIn", "Lancet", 2)], more=FULL)


@pytest.fixture
def base() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(SCHEMA.read_text(encoding="utf-8"))
        yield db


def columns(db: sqlite3.Connection, table: str) -> list[str]:
    return [name for (name,) in db.execute("SELECT name FROM pragma_table_info(?)", [table])]


def by_table(paper: Article) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = {}
    for row in rows.per_record(paper):
        found.setdefault(table_of(type(row)), []).append(row)
    return found


@pytest.mark.parametrize("name", rows.LISTED)
def test_what_a_record_lists_has_the_columns_of_its_table_in_their_order(name: str) -> None:
    (item, _) = get_args(get_type_hints(Article)[name])
    assert columns_of(rows.LISTED[name]) == ["pmid", "position", *item._fields]


def test_every_row_has_the_columns_of_its_table_and_its_number(
    full: Article, base: sqlite3.Connection
) -> None:
    for table, values in by_table(full).items():
        names = columns(base, table)
        assert all(len(row) == len(names) for row in values), table
        if "position" in names:
            assert [row[:2] for row in values] == [(1, n + 1) for n in range(len(values))]


def test_a_record_fills_each_table_from_its_own_part(full: Article) -> None:
    found = by_table(full)
    assert found["mesh"] == [
        (1, 1, "D009447", "Neuroblastoma", "Q000000981", "diagnostic imaging", 1),
        (1, 2, "D009447", "Neuroblastoma", "Q1", "pathology", 0),
        (1, 3, "D006801", "Humans", None, None, 0),
    ]
    assert found["chemicals"] == [(1, 1, "C1", "3-iodobenzylguanidine", "0")]
    assert found["supplementary_mesh"] == [(1, 1, "C2", "Ganglioneuroma", "Disease")]
    assert found["keywords"] == [(1, 1, "MIBG", "NOTNLM", 0), (1, 2, "staging", "NOTNLM", 1)]
    assert found["contributors"] == [(1, 1, "subject", "Virchow", None, None, None)]
    assert found["other_abstracts"] == [(1, 1, "Publisher", "fre", "Un.")]
    assert found["notes"] == [(1, 1, "NLM", "A note.")]
    assert found["comments_corrections"] == [(1, 1, "CommentIn", "Lancet", 2, None)]
    assert found["abstract_sections"] == [(1, 1, None, None, 0, len(ABSTRACT))]
    assert found["authors"] == [(1, 1, "Maris", None, "JM", None, None, None, None)]


def test_an_empty_record_makes_no_rows_but_those_of_its_title() -> None:
    bare = article(1, authors=[], types=[])
    assert by_table(bare) == {
        "passages": [(1, "title", bare.title)],
        "identifiers": [(1, 1, "pubmed", "1")],
    }


def test_passages_are_title_abstract_and_keywords_in_reading_order(full: Article) -> None:
    assert full.passages == (
        ("title", full.title),
        ("abstract", ABSTRACT),
        ("keyword:1", "MIBG"),
        ("keyword:2", "staging"),
    )


def test_what_is_empty_is_no_passage(full: Article) -> None:
    assert replace(full, title="", abstract=None, keywords=()).passages == ()


def test_the_row_of_a_paper_has_every_column(full: Article, base: sqlite3.Connection) -> None:
    row = rows.as_stored(rows.paper(full, rows.study(full, None)), STORED, False)._asdict()
    assert sorted(row) == sorted(columns(base, "papers"))
    assert row["mesh"] == ("Neuroblastoma/diagnostic imaging*; Neuroblastoma/pathology; Humans")
    assert (row["keywords"], row["authors"], row["language"]) == (
        "MIBG; staging",
        "Maris JM",
        "eng",
    )
    assert (row["read_at"], row["read_from"]) == ("2024-01-02T00:00:00Z", "efetch")


@pytest.mark.parametrize(("withdrawn", "status"), [(True, "withdrawn"), (False, "active")])
def test_a_withdrawn_record_says_so(full: Article, withdrawn: bool, status: str) -> None:
    row = rows.paper(full, rows.study(full, None))
    assert rows.as_stored(row, STORED, withdrawn).record_status == status


@pytest.mark.parametrize(
    ("checked", "revised", "types", "expected"),
    [
        ("2024-01-02T00:00:00Z", "", [], (0, "2024-01-02")),
        ("2024-01-02T00:00:00Z", "2020-05-06", [], (0, "2024-01-02")),
        (None, "2020-05-06", [], (0, "2020-05-06")),
        (None, "", [], (None, None)),  # unknown is not "no"
        (None, "", ["Retracted Publication"], (1, None)),
        ("2024-01-02T00:00:00Z", "", ["Retracted Publication"], (1, "2024-01-02")),
    ],
)
def test_not_retracted_needs_a_date_on_which_pubmed_said_so(
    checked: str | None, revised: str, types: list[str], expected: tuple[int | None, str | None]
) -> None:
    paper = article(1, revised=revised, types=types)
    stored = replace(STORED, checked=checked, source="file.xml")
    row = rows.as_stored(rows.paper(paper, rows.study(paper, None)), stored, False)
    assert (row.is_retracted, row.integrity_checked) == expected


def author(**about: str) -> Author:
    return Author(**(dict.fromkeys(Author._fields) | about))


@pytest.mark.parametrize(
    ("about", "name"),
    [
        ({"last_name": "Maris", "fore_name": "John M", "initials": "JM"}, "Maris JM"),
        ({"last_name": "Sukarno"}, "Sukarno"),
        ({"fore_name": "Madonna"}, "Madonna"),
        ({"collective": "SIOPEN"}, "SIOPEN"),
        ({"last_name": "de Kraker", "initials": "J"}, "de Kraker J"),
    ],
)
def test_a_name_is_written_as_pubmed_does(about: dict[str, str], name: str) -> None:
    assert author(**about).name == name


@pytest.mark.parametrize(
    ("about", "line"),
    [
        ({}, "Maris JM. A title. J Example. 2020;12(3):45-50."),
        (
            {"authors": ["Maris JM", "Li W"]},
            "Maris JM et al. A title. J Example. 2020;12(3):45-50.",
        ),
        ({"authors": []}, "A title. J Example. 2020;12(3):45-50."),
        ({"title": "Which one?"}, "Maris JM. Which one? J Example. 2020;12(3):45-50."),
        ({"issue": "", "pages": ""}, "Maris JM. A title. J Example. 2020;12."),
        ({"volume": "", "issue": "", "pages": ""}, "Maris JM. A title. J Example. 2020."),
        ({"year": None}, "Maris JM. A title. J Example. 12(3):45-50."),
        ({"journal": ""}, "Maris JM. A title. Journal of examples. 2020;12(3):45-50."),
    ],
)
def test_one_line_names_a_paper(about: dict[str, Any], line: str) -> None:
    assert rows.citation_line(article(1, **{"title": "A title.", **about})) == line


def test_a_list_of_authors_that_is_not_complete_says_so() -> None:
    paper = replace(article(1, title="A title"), authors_complete=False)
    assert rows.citation_line(paper).startswith("Maris JM et al. A title. ")


def test_a_record_that_says_nothing_is_named_by_its_pmid() -> None:
    empty: dict[str, Any] = {
        "title": "",
        "authors": [],
        "journal": "",
        "journal_title": "",
        "year": None,
    }
    paper = article(7, **empty, volume="", issue="", pages="")
    assert rows.citation_line(paper) == "PMID 7"


def test_the_work_of_a_paper_has_what_is_known_of_it(base: sqlite3.Connection) -> None:
    paper = article(1, title="A title.", doi="10.1000/1", pmcid="PMC2")
    line = "Maris JM. A title. J Example. 2020;12(3):45-50."
    row = rows.paper_work(paper)
    assert dict(zip(columns(base, "works"), row, strict=True)) == {
        "work": "pmid:1",
        "pmid": 1,
        "doi": "10.1000/1",
        "pmcid": "PMC2",
        "year": 2020,
        "title": "A title.",
        "first_author": "Maris JM",
        "journal": "J Example",
        "text": line,
        "is_paper": 1,
    }


@pytest.mark.parametrize(
    ("work", "text", "expected"),
    [
        ("pmid:7", "Maris. Lancet 2007;1:2", (7, None, 2007, "Maris. Lancet 2007;1:2")),
        (
            "doi:10.1/x",
            "Maris. Lancet 2007;1:2010",
            (None, "10.1/x", 2007, "Maris. Lancet 2007;1:2010"),
        ),
        ("ref:00ff", "Maris, 1999 and 2000", (None, None, None, "Maris, 1999 and 2000")),
        (
            "ref:00ff",
            "Maris 2000, reprinted 2000",
            (None, None, 2000, "Maris 2000, reprinted 2000"),
        ),
        ("pmid:7", None, (7, None, None, "PMID 7")),
        ("doi:10.1/x", None, (None, "10.1/x", None, "doi:10.1/x")),
    ],
)
def test_of_a_cited_work_nothing_is_guessed(
    work: str, text: str | None, expected: tuple[object, ...], base: sqlite3.Connection
) -> None:
    year = only_year(printed_years(text or ""))
    made = rows.cited_work(work, text, "PMC1", year)
    row = dict(zip(columns(base, "works"), made, strict=True))
    assert (row["pmid"], row["doi"], row["year"], row["text"]) == expected
    assert (row["work"], row["pmcid"], row["is_paper"]) == (work, "PMC1", 0)
    assert (row["title"], row["first_author"], row["journal"]) == (None, None, None)


def test_of_several_mentions_the_first_that_prints_something_counts() -> None:
    found = None
    for text, pmcid, year in [
        (None, None, None),
        ("first", None, None),
        ("second", "PMC1", 1999),
        (None, "PMC2", None),
    ]:
        found = rows.mention(found, rows.Mention(text, pmcid, year))
    assert found == rows.Mention("first", "PMC1", None)


def test_the_year_of_a_work_is_that_of_the_text_that_counts() -> None:
    before = rows.Mention(None, "PMC1")
    later = rows.mention(before, rows.Mention("later", None, 1999))
    assert later == rows.Mention("later", "PMC1", 1999)


def test_the_line_that_names_a_work_is_cut_and_says_so() -> None:
    long = article(1, title="word " * 1000)
    assert len(rows.paper_work(long)[8]) == len(rows.cited_work("ref:1", "x" * 5000)[8]) == 1000
    assert rows.paper_work(long)[8].endswith("…")
