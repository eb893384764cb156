"""From raw.db to kb.db: what is built, when it is published, and that nothing else ever is."""

from __future__ import annotations

import fcntl
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from building import Base, Printed, Raw, elink, esearch, paper

from kb import checks
from kb.build.build import build
from kb.citations.references import unresolved
from kb.errors import CheckFailed, ConfigError, Incomplete, InputError, Locked
from kb.graphs import metrics
from kb.schema import SCHEMA

MESH = (
    '<MeshHeadingList><MeshHeading><DescriptorName UI="D009447" MajorTopicYN="Y">Neuroblastoma'
    "</DescriptorName></MeshHeading></MeshHeadingList>"
    '<KeywordList Owner="NOTNLM"><Keyword MajorTopicYN="N">MIBG</Keyword></KeywordList>'
)
TEXT = "Li W. A book without a number. Berlin; 1999"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@pytest.fixture
def raw(tmp_path: Path) -> Raw:
    made = Raw(tmp_path / "raw.db")
    made.run()
    return made


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    """Papers 1 to 4 of run 1 and 5 of run 2, which also revised 1, withdrew 4 and fell short.

    1 cites 2 by PMID, a book by its text alone, and 7 and 8, which were not harvested; 2 cites 3
    in the older way; 3 is retracted as only its notice, 5, knows; 6 was brought by a dead seed, 9
    by a run that has not ended.
    """
    made = Raw(tmp_path_factory.mktemp("base") / "raw.db")
    made.run(1)
    made.run(2, "incomplete")
    made.do("UPDATE runs SET note = 'one failed' WHERE run = 2")
    made.run(3, "killed")
    made.run(4, "running")
    abstract = "A study of MIBG scans. It has 😀 in it: a tumour."
    references: list[Printed] = [
        ("Paper two", {"pubmed": 2}),
        (TEXT, {}),
        ("Seven", {"pubmed": 7}),
        ("Eight. Lancet 2008", {"doi": "10.1000/Eight", "pmc": "PMC8"}),
        (f"{TEXT}.", {}),
        ("", {}),
    ]
    one: dict[str, Any] = {"title": "Imaging of tumours", "abstract": abstract, "more": MESH}
    made.read(1, paper(1, **one, references=references[:1]))
    made.read(
        1, paper(1, **one, references=references, version=2), run=2, now="2024-02-01T00:00:00Z"
    )
    made.read(
        2, paper(2, comments=[("Cites", "Three", 3), ("Cites", "Seven again", 7)]), via="1", hop=1
    )
    made.read(3, paper(3, authors=["Pötschger U"]), seed="job:query:x", source="three.xml")
    made.read(4, seed="job:query:x")
    made.withdraw(4, run=2)
    made.do("INSERT INTO outcomes VALUES (2, 4, 'withdrawn', NULL), (2, 99, 'failed', 'HTTP 500')")
    notice = [("RetractionOf", "J Example", 3)]
    made.read(5, paper(5, comments=notice, references=[("Three", {"pubmed": 3})]), run=2)
    made.read(6, seed="job:pmid:dead")
    made.do("UPDATE seeds SET live = 0 WHERE seed = 'job:pmid:dead'")
    made.read(9, run=4, seed="job:query:x")
    made.answer("esearch", esearch(12, "neuroblastoma[All Fields]"), question="term=neuroblastoma")
    made.answer("esearch", esearch(1, "x"), run=4)
    made.answer("elink", elink("pubmed_pubmed_citedin", {3: [1, 70], 2: [2]}))
    made.answer("elink", elink("pubmed_pubmed_refs", {2: [3, 71], 50: [51]}))
    return made.build()


# Records


def test_papers_are_those_that_a_live_seed_reaches(base: Base) -> None:
    assert base.rows("SELECT pmid FROM papers ORDER BY pmid") == [1, 2, 3, 4, 5, 9]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize(
    ("loser", "winner"),
    [
        (
            {"version": 1, "revised": "2023-01-01", "now": "2024-03-01T00:00:00Z"},
            {"version": 2, "revised": "2020-01-01", "now": "2024-01-01T00:00:00Z"},
        ),
        (
            {"version": 1, "revised": "", "now": "2024-03-01T00:00:00Z"},
            {"version": 1, "revised": "2020-01-01", "now": "2024-01-01T00:00:00Z"},
        ),
        (
            {"version": 1, "revised": "2020-01-01", "now": "2024-03-01T00:00:00Z"},
            {"version": 1, "revised": "2020-01-02", "now": "2024-01-01T00:00:00Z"},
        ),
        (
            {"version": 9, "revised": "2020-01-01", "now": "2024-03-01T00:00:00Z"},
            {"version": 10, "revised": "2020-01-01", "now": "2024-01-01T00:00:00Z"},
        ),
        (
            {"version": 1, "revised": "2020-01-01", "now": "2024-01-01T00:00:00Z"},
            {"version": 1, "revised": "2020-01-01", "now": "2024-03-01T00:00:00Z"},
        ),
    ],
    ids=["version", "a date of revision", "later revised", "version as a number", "later read"],
)
def test_of_a_pmid_the_version_then_the_revision_then_the_reading_decides(
    raw: Raw, loser: dict[str, Any], winner: dict[str, Any], order: tuple[int, int]
) -> None:
    both = [{**loser, "title": "Loser"}, {**winner, "title": "Winner"}]
    for position in order:
        about = dict(both[position])
        now = about.pop("now")
        raw.read(1, paper(1, **about), now=now)
    assert raw.build().rows("SELECT title, read_at FROM papers") == [("Winner", winner["now"])]


def test_a_record_read_again_unchanged_counts_as_read_then(raw: Raw) -> None:
    raw.read(1, paper(1, title="Old"), now="2024-01-01T00:00:00Z")
    raw.read(1, paper(1, title="New"), now="2024-01-02T00:00:00Z")
    raw.read(1, paper(1, title="Old"), now="2024-01-03T00:00:00Z")
    assert raw.build().one("SELECT title FROM papers") == "Old"


def test_a_withdrawn_record_stays_and_says_so(base: Base) -> None:
    assert base.rows("SELECT pmid FROM papers WHERE record_status <> 'active'") == [4]


def test_a_record_that_came_back_is_active_again(raw: Raw) -> None:
    raw.read(1)
    raw.withdraw(1)
    assert raw.build().one("SELECT record_status FROM papers") == "withdrawn"
    raw.read(1, now="2024-03-01T00:00:00Z")
    assert raw.build().one("SELECT record_status FROM papers") == "active"


def test_a_dead_seed_takes_exactly_what_only_it_brought(raw: Raw) -> None:
    raw.read(1, seed="job:pmid:1")
    raw.read(2, seed="job:query:x")
    raw.read(3, seed="job:pmid:1")
    raw.read(3, seed="job:query:x")
    before = raw.build().rows("SELECT pmid FROM papers")
    raw.do("UPDATE seeds SET live = 0 WHERE seed = 'job:query:x'")
    base = raw.build()
    assert (before, base.rows("SELECT pmid FROM papers")) == ([1, 2, 3], [1, 3])
    assert base.rows("SELECT DISTINCT pmid FROM changes") == [1, 3]
    assert Base(raw.path).rows("SELECT pmid FROM records ORDER BY 1") == [1, 2, 3]
    raw.do("UPDATE seeds SET live = 1")
    assert raw.build().rows("SELECT pmid FROM papers") == before


def test_every_table_that_a_record_fills_is_filled(base: Base) -> None:
    assert base.rows("SELECT field, text FROM passages WHERE pmid = 1") == [
        ("abstract", "A study of MIBG scans. It has 😀 in it: a tumour."),
        ("keyword:1", "MIBG"),
        ("title", "Imaging of tumours"),
    ]
    assert base.one("SELECT descriptor, is_major FROM mesh WHERE pmid = 1") == ("Neuroblastoma", 1)
    assert base.one("SELECT last_name, initials FROM authors WHERE pmid = 3") == ("Pötschger", "U")


# Topics


def test_topics_have_their_evidence_at_its_place(base: Base) -> None:
    found = base.rows(
        'SELECT e.topic, field, surface, substr(p.text, e.start + 1, e."end" - e.start)'
        " FROM topic_evidence e LEFT JOIN passages p USING (pmid, field) WHERE pmid = 1"
        " ORDER BY field, e.start"
    )
    assert found == [
        ("mibg", "abstract", "MIBG scans", "MIBG scans"),
        ("tumour", "abstract", "tumour", "tumour"),
        ("mibg", "keyword:1", "MIBG", "MIBG"),
        ("neuroblastoma", "mesh", "Neuroblastoma", None),
        ("imaging", "title", "Imaging", "Imaging"),
        ("tumour", "title", "tumours", "tumours"),
    ]
    assert base.rows("SELECT topic, basis FROM paper_topics WHERE pmid = 1 ORDER BY topic") == [
        ("imaging", "title"),
        ("mibg", "keyword"),
        ("neuroblastoma", "mesh-major"),
        ("tumour", "title"),
    ]


def test_the_vocabulary_is_in_the_base_with_its_closure(base: Base) -> None:
    assert base.rows("SELECT topic, position, note FROM topics ORDER BY position") == [
        ("imaging", 1, None),
        ("mibg", 2, None),
        ("dose", 3, None),
        ("tumour", 4, "Any growth"),
        ("neuroblastoma", 5, None),
    ]
    assert base.one("SELECT definition FROM topics WHERE topic = 'mibg'") == "A scan with MIBG."
    assert base.rows("SELECT ancestor FROM topic_closure WHERE topic = 'mibg'") == [
        "imaging",
        "mibg",
    ]


@pytest.mark.parametrize("words", ["imaging tumours", "potschger", "MIBG", "neuroblastoma"])
def test_full_text_finds_title_authors_keywords_and_mesh(base: Base, words: str) -> None:
    assert base.rows("SELECT rowid FROM papers_fts WHERE papers_fts MATCH ?", words)


# References and citations


def test_every_printed_reference_is_listed_with_its_work(base: Base) -> None:
    assert base.rows(
        "SELECT position, text, ref_pmid, ref_doi, ref_pmcid, work, method FROM reference_list"
        " WHERE pmid = 1 ORDER BY position"
    ) == [
        (1, "Paper two", 2, None, None, "pmid:2", "pmid"),
        (2, TEXT, None, None, None, unresolved(TEXT), "none"),
        (3, "Seven", 7, None, None, "pmid:7", "pmid"),
        (4, "Eight. Lancet 2008", None, "10.1000/eight", "PMC8", "doi:10.1000/eight", "doi"),
        (5, f"{TEXT}.", None, None, None, unresolved(TEXT), "none"),
        (
            6,
            None,
            None,
            None,
            None,
            unresolved("Reference 6 of PMID 1, which prints nothing"),
            "none",
        ),
    ]
    assert base.one("SELECT n_references FROM papers WHERE pmid = 1") == 6


def test_a_cited_work_is_known_by_what_was_printed_of_it(base: Base) -> None:
    found = base.rows(
        "SELECT work, pmid, doi, pmcid, year, text FROM works WHERE NOT is_paper ORDER BY work"
    )
    nothing = "Reference 6 of PMID 1, which prints nothing"
    assert sorted(found) == sorted(
        [
            ("doi:10.1000/eight", None, "10.1000/eight", "PMC8", 2008, "Eight. Lancet 2008"),
            ("pmid:7", 7, None, None, None, "Seven"),
            ("pmid:70", 70, None, None, None, "PMID 70"),
            ("pmid:71", 71, None, None, None, "PMID 71"),
            (unresolved(TEXT), None, None, None, 1999, TEXT),
            (unresolved(nothing), None, None, None, None, nothing),
        ]
    )


def test_a_later_mention_tells_what_the_first_left_out(raw: Raw) -> None:
    raw.read(1, paper(1, references=[("", {"pubmed": 7})]))
    raw.read(2, paper(2, references=[("Seven. Lancet 2007", {"pubmed": 7, "pmc": "PMC7"})]))
    found = raw.build().one("SELECT text, year, pmcid FROM works WHERE pmid = 7")
    assert found == ("Seven. Lancet 2007", 2007, "PMC7")


def test_citations_have_a_row_for_each_source_that_states_them(base: Base) -> None:
    assert set(base.rows("SELECT * FROM cites")) == {
        ("pmid:1", "pmid:2", "reference_list"),
        ("pmid:1", unresolved(TEXT), "reference_list"),
        ("pmid:1", "pmid:7", "reference_list"),
        ("pmid:1", "doi:10.1000/eight", "reference_list"),
        (
            "pmid:1",
            unresolved("Reference 6 of PMID 1, which prints nothing"),
            "reference_list",
        ),
        ("pmid:2", "pmid:3", "comments_corrections"),
        ("pmid:2", "pmid:7", "comments_corrections"),
        ("pmid:5", "pmid:3", "reference_list"),
        ("pmid:1", "pmid:3", "elink"),  # asked which cite 3
        ("pmid:70", "pmid:3", "elink"),
        ("pmid:2", "pmid:3", "elink"),  # asked what 2 cites
        ("pmid:2", "pmid:71", "elink"),
    }


def test_a_pair_with_two_sources_is_one_citation(base: Base) -> None:
    found = base.one(
        "SELECT sources, n_sources FROM citations WHERE citing = 'pmid:2' AND cited = 'pmid:3'"
    )
    assert found == ("comments_corrections elink", 2)


def test_measures_count_each_citation_once(base: Base) -> None:
    measures = "SELECT in_degree, out_degree FROM metrics WHERE work = ?"
    assert base.one(measures, "pmid:3") == (4, 0)
    assert base.one(measures, "pmid:1") == (0, 6)
    assert base.one("SELECT count(*) FROM metrics") == base.one("SELECT count(*) FROM works")


# Integrity


def test_a_retraction_known_only_from_its_notice_flags_the_paper(base: Base) -> None:
    assert base.rows("SELECT pmid FROM papers WHERE is_retracted") == [3]
    assert base.rows("SELECT pmid, kind, notice_pmid, source FROM notices") == [
        (3, "retraction", 5, "the notice's record")
    ]


def test_a_retraction_of_a_paper_that_was_not_harvested_is_kept_and_exposes(raw: Raw) -> None:
    raw.read(1, paper(1, comments=[("RetractionOf", "x", 7)]))
    raw.read(2, paper(2, references=[("Seven", {"pubmed": 7})]))
    base = raw.build()
    assert base.rows("SELECT pmid FROM notices") == [7]
    assert base.rows("SELECT work, retracted, hops FROM exposure") == [("pmid:2", "pmid:7", 1)]


def test_who_leads_to_a_retracted_paper_is_exposed_and_its_notice_is_not(base: Base) -> None:
    assert base.rows("SELECT * FROM exposure ORDER BY work") == [
        (work, "pmid:3", "retraction", 1, f"{work} pmid:3")
        for work in ("pmid:1", "pmid:2", "pmid:70")
    ]


def test_a_notice_that_cites_other_retracted_papers_is_exposed_to_them(raw: Raw) -> None:
    raw.read(1, paper(1, types=["Retracted Publication"]))
    raw.read(2, paper(2, types=["Retracted Publication"]))
    cited = [("One", {"pubmed": 1}), ("Two", {"pubmed": 2})]
    raw.read(3, paper(3, comments=[("RetractionOf", "x", 1)], references=cited))
    exposed = raw.build().rows("SELECT work, retracted, hops FROM exposure")
    assert exposed == [("pmid:3", "pmid:2", 1)]


def test_without_a_check_nothing_is_called_sound(raw: Raw) -> None:
    raw.read(1, source="baseline.xml")
    raw.read(2)
    assert raw.build().rows("SELECT pmid, is_retracted, integrity_checked FROM papers") == [
        (1, None, None),
        (2, 0, "2024-01-01"),
    ]


# The books of the harvest


def test_runs_that_ended_are_shown_with_their_sums(base: Base) -> None:
    assert base.rows(
        "SELECT run, state, asked, stored, unchanged, missing, withdrawn, failed, filtered, note"
        " FROM runs ORDER BY run"
    ) == [
        (1, "complete", 5, 5, 0, 0, 0, 0, 0, None),
        (2, "incomplete", 4, 2, 0, 0, 1, 1, 0, "one failed"),
        (3, "killed", 0, 0, 0, 0, 0, 0, 0, None),
    ]


def test_searches_are_shown_with_their_count_and_translation(base: Base) -> None:
    assert base.rows("SELECT * FROM searches") == [
        (
            *(1, 1, "esearch", "term=neuroblastoma", "neuroblastoma", "neuroblastoma[All Fields]"),
            *("2024-01-01T00:10:00Z", 12),
        )
    ]


def test_what_each_run_changed_is_shown_for_the_papers_of_the_base(base: Base) -> None:
    first, second = "2024-01-01T00:30:00Z", "2024-02-01T00:00:00Z"
    assert base.rows("SELECT run, pmid, kind, date FROM changes ORDER BY run, pmid") == [
        (1, 1, "new", first),
        (1, 2, "new", first),
        (1, 3, "new", first),
        (1, 4, "new", first),
        (2, 1, "revised", second),
        (2, 3, "retracted", first),
        (2, 4, "withdrawn", second),
        (2, 5, "new", first),
    ]


def test_every_paper_has_the_live_seeds_that_brought_it(base: Base) -> None:
    assert base.rows("SELECT * FROM provenance ORDER BY pmid") == [
        (1, "job:pmid:1", "", 0, "seed"),
        (2, "job:pmid:1", "1", 1, "references"),
        (3, "job:query:x", "", 0, "seed"),
        (4, "job:query:x", "", 0, "seed"),
        (5, "job:pmid:1", "", 0, "seed"),
        (9, "job:query:x", "", 0, "seed"),
    ]


# The same from the same


def test_the_dump_is_the_same_elsewhere_and_again(base: Base, tmp_path: Path) -> None:
    other = Raw(tmp_path / "elsewhere.db")
    shutil.copy(base.path.with_name("raw.db"), other.path)
    assert other.build(tmp_path / "named otherwise.db").dump() == base.dump()


def test_the_base_holds_no_path_and_no_time_that_raw_db_does_not_have(base: Base) -> None:
    dump, raw = base.dump(), Base(base.path.with_name("raw.db")).dump()
    assert str(base.path.parent) not in dump
    assert set(TIME.findall(dump)) <= set(TIME.findall(raw))


def test_adding_a_record_and_building_is_building_from_scratch(raw: Raw, tmp_path: Path) -> None:
    raw.read(1, paper(1, references=[("Two", {"pubmed": 2}), ("Three", {"pubmed": 3})]))
    before = raw.build()
    size = before.one("SELECT count(*) FROM works")
    raw.read(2, paper(2, comments=[("RetractionOf", "x", 3)]))
    grown = raw.build()
    assert grown.path == before.path
    assert grown.dump() == raw.build(tmp_path / "scratch.db").dump()
    assert (size, grown.one("SELECT count(*) FROM works")) == (3, 3)
    assert grown.one("SELECT is_paper FROM works WHERE pmid = 2") == 1


def test_the_id_of_the_base_changes_with_records_and_vocabulary_and_not_else(raw: Raw) -> None:
    def base_id() -> object:
        return raw.build().one("SELECT value FROM meta WHERE key = 'base_id'")

    raw.read(1)
    first = base_id()
    assert base_id() == first
    assert re.fullmatch("[0-9a-f]{16}", str(first))
    raw.read(2)
    second = base_id()
    topics = raw.data / "topics.yml"
    topics.write_text(topics.read_text() + "# another word\n")
    assert len({first, second, base_id()}) == 3


def test_an_empty_raw_db_makes_an_empty_base(raw: Raw) -> None:
    base = raw.build()
    assert base.one("SELECT count(*) FROM papers") == 0
    assert base.one("SELECT value FROM meta WHERE key = 'newest_read'") == ""


# Constraints of the schema

# Column and value that a CHECK refuses, by table.
SPOILED: dict[str, list[tuple[str, object]]] = {
    "works": [("work", "isbn:1"), ("pmid", 999), ("is_paper", 2)],
    "work_links": [("kind", "friends")],
    "papers": [
        ("is_chapter", 2),
        ("record_status", "lost"),
        ("is_retracted", 2),
        ("is_book", 2),
        ("authors_complete", 2),
        ("work", "pmid:2"),
    ],
    "authors": [("last_name", None)],
    "contributors": [("role", "typist")],
    "mesh": [("is_major", 2)],
    "keywords": [("is_major", 2)],
    "reference_list": [("method", "guess")],
    "schemes": [("role", "teacher")],
    "topics": [("question", "why")],
    "cites": [("source", "hearsay")],
    "topic_evidence": [("negated", 2), ("start", None), ("end", None)],
    "paper_topics": [("basis", "guess")],
    "curation": [("decision", "perhaps"), ("topic", "imaging"), ("reason", None)],
    "prisma_flow": [("phase", "later"), ("box", "lost"), ("records", -1)],
    "evidence": [("level", 6)],
    "findings": [("sign", "="), ("value", None)],
    "statements": [("scheme", "a guess")],
    "metrics": [("on_main_path", 2), ("on_cycle", 2)],
    "notices": [("kind", "rumour")],
    "evidence_map": [("state", "unknown")],
    "exposure": [("kind", "erratum"), ("hops", 0)],
    "provenance": [("hop", -1)],
    "runs": [("failed", 5)],
    "changes": [("kind", "eaten")],
}


# Rows of tables that the base leaves empty.
MORE = {
    "work_links": ("pmid:1", "pmid:2", "version"),
    "curation": (2, 1, "exclude", None, "no patients", "AB", "2024-01-01"),
    "contributors": (1, 1, "editor", "Ed", None, None, None),
    "evidence": (1, "imaging", "a scheme", 5, "case series", 7, "abstract"),
    "statements": (1, "GRADE", "low", "GRADE: low", "title", 0, 10),
    "findings": (999, 1, "sensitivity", 0.9, *[None] * 11, "title", 0, 5),
}


def test_every_check_of_the_schema_has_its_case_here() -> None:
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(SCHEMA.read_text(encoding="utf-8"))
        tables = dict(db.execute("SELECT name, sql FROM sqlite_schema WHERE sql LIKE '%CHECK%'"))
    assert {table: sql.count("CHECK (") for table, sql in tables.items()} == {
        table: len(cases) for table, cases in SPOILED.items()
    }


@pytest.fixture
def spoil(base: Base, tmp_path: Path) -> Callable[[str, str, object], None]:
    """Set a column of every row of a table: the first that is refused stops it."""
    copy = tmp_path / "copy.db"
    shutil.copy(base.path, copy)
    with closing(sqlite3.connect(copy)) as db, db:
        for table, row in MORE.items():
            db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)

    def update(table: str, column: str, value: object) -> None:
        with closing(sqlite3.connect(copy)) as db, db:
            assert db.execute(f'UPDATE {table} SET "{column}" = ?', [value]).rowcount

    return update


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [(table, *pair) for table, pairs in SPOILED.items() for pair in pairs],
)
def test_a_check_of_the_schema_refuses_what_is_out_of_range(
    spoil: Callable[[str, str, object], None], table: str, column: str, value: object
) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="CHECK constraint failed"):
        spoil(table, column, value)


def columns_that_must_not_be_null() -> list[tuple[str, str]]:
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(SCHEMA.read_text(encoding="utf-8"))
        return db.execute(
            "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c"
            " WHERE t.type = 'table' AND t.sql LIKE '%STRICT%' AND c.\"notnull\""
            " ORDER BY 1, 2"
        ).fetchall()


@pytest.mark.parametrize(("table", "column"), columns_that_must_not_be_null())
def test_a_column_that_must_be_there_cannot_be_left_out(table: str, column: str) -> None:
    """Whatever else is in the row: NOT NULL is looked at before CHECK and foreign keys."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(SCHEMA.read_text(encoding="utf-8"))
        others = db.execute(
            "SELECT name, type FROM pragma_table_info(?) WHERE name <> ?", [table, column]
        ).fetchall()
        names = ", ".join(f'"{name}"' for name, _ in others)
        values = ", ".join("'x'" if kind == "TEXT" else "1" for _, kind in others)
        with pytest.raises(sqlite3.IntegrityError, match=f"NOT NULL .*{table}.{column}"):
            db.execute(f"INSERT INTO {table} ({names}) VALUES ({values})")


# Publishing


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def old(raw: Raw) -> bytes:
    """A kb.db in place, and a raw.db that has grown since."""
    raw.read(1)
    content = raw.build().path.read_bytes()
    raw.read(2)
    return content


def assert_untouched(raw: Raw, old: bytes) -> None:
    assert raw.path.with_name("kb.db").read_bytes() == old
    assert files(raw.path.parent) == ["data", "kb.db", "raw.db"]


def test_a_failing_check_leaves_the_old_base_and_nothing_else(
    raw: Raw, old: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(checks.FAULTS, "never to be called", "SELECT 7 UNION SELECT 8")
    with pytest.raises(CheckFailed, match=r"was not replaced.*\n  never to be called 7, 8"):
        raw.build()
    assert_untouched(raw, old)


@pytest.mark.parametrize("error", [RuntimeError("half-way"), KeyboardInterrupt(), MemoryError()])
def test_an_exception_half_way_leaves_the_old_base_and_nothing_else(
    raw: Raw, old: bytes, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(metrics, "rows", fail)
    with pytest.raises(type(error)):
        raw.build()
    assert_untouched(raw, old)


def test_a_fault_of_the_program_is_not_blamed_on_the_disk(
    raw: Raw, old: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        with closing(sqlite3.connect(":memory:")) as db:
            db.execute("SELECT absent")

    monkeypatch.setattr(metrics, "rows", fail)
    with pytest.raises(sqlite3.OperationalError, match="no such column"):
        raw.build()
    assert_untouched(raw, old)


def test_books_that_do_not_close_are_no_base(raw: Raw, old: bytes) -> None:
    raw.do("INSERT INTO outcomes (run, pmid) VALUES (1, 77)")
    with pytest.raises(CheckFailed, match=r"kb\.db: was not replaced.*asked = stored"):
        raw.build()
    assert_untouched(raw, old)


def test_a_record_that_cannot_be_read_is_named_and_the_rest_is_published(raw: Raw) -> None:
    raw.read(1)
    raw.read(2, b"<PubmedArticle><MedlineCitation/></PubmedArticle>")
    with pytest.raises(Incomplete, match=r"kb\.db was built without 1 .*\n  PMID 2: ") as caught:
        raw.build()
    assert caught.value.exit_code == 3
    assert Base(raw.path.with_name("kb.db")).rows("SELECT pmid FROM papers") == [1]


def test_stored_bytes_that_are_damaged_are_named_and_the_rest_is_published(raw: Raw) -> None:
    raw.read(1)
    raw.read(2)
    raw.do("UPDATE records SET xml = x'00' WHERE pmid = 2")
    with pytest.raises(Incomplete, match="PMID 2: "):
        raw.build()
    assert Base(raw.path.with_name("kb.db")).rows("SELECT pmid FROM papers") == [1]


def test_of_a_record_with_an_unreadable_version_the_other_is_published(raw: Raw) -> None:
    raw.read(1, paper(1, title="Sound"))
    raw.read(1, b"<PubmedArticle/>", now="2024-05-01T00:00:00Z")
    with pytest.raises(Incomplete, match="PMID 1: "):
        raw.build()
    assert Base(raw.path.with_name("kb.db")).one("SELECT title FROM papers") == "Sound"


def test_of_many_unreadable_records_the_first_are_named(raw: Raw) -> None:
    for pmid in range(1, 31):
        raw.read(pmid, b"<PubmedArticle/>")
    with pytest.raises(Incomplete, match="without 30 ") as caught:
        raw.build()
    assert str(caught.value).count("PMID ") == 20
    assert str(caught.value).endswith("and 10 more")


@pytest.mark.parametrize("content", ["text", "raw", "other"])
def test_another_file_is_never_replaced(raw: Raw, tmp_path: Path, content: str) -> None:
    raw.read(1)
    out = tmp_path / "mine"
    if content == "text":
        out.write_text("my only copy")
    elif content == "raw":
        out = raw.path
    else:
        with closing(sqlite3.connect(out)) as db:
            db.execute("CREATE TABLE papers (mine)")
    before = out.read_bytes()
    with pytest.raises(InputError, match=r"is no kb\.db; it was left alone"):
        raw.build(out)
    assert out.read_bytes() == before


def test_a_folder_is_never_replaced(raw: Raw) -> None:
    with pytest.raises(InputError, match=r"is no kb\.db; it was left alone"):
        raw.build(raw.data)


def test_an_empty_file_is_in_nobody_s_way(raw: Raw, tmp_path: Path) -> None:
    (tmp_path / "new.db").touch()
    assert raw.build(tmp_path / "new.db").one("SELECT count(*) FROM papers") == 0


def test_a_folder_that_is_not_there_is_named(raw: Raw, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none/kb\.db: cannot be built"):
        raw.build(tmp_path / "none" / "kb.db")


def test_a_raw_db_that_is_not_there_is_named_and_not_made(raw: Raw, old: bytes) -> None:
    absent = raw.path.with_name("absent.db")
    with pytest.raises(ConfigError, match=r"absent\.db: there is no such file"):
        build(absent, raw.path.with_name("kb.db"), raw.data)
    assert_untouched(raw, old)


def test_a_vocabulary_that_is_not_sound_stops_before_anything_is_written(
    raw: Raw, old: bytes
) -> None:
    (raw.data / "topics.yml").write_text("topics: [")
    with pytest.raises(ConfigError, match=r"topics\.yml"):
        raw.build()
    assert_untouched(raw, old)


def test_a_damaged_raw_db_is_named_and_the_old_base_stays(raw: Raw, old: bytes) -> None:
    for pmid in range(10, 60):
        raw.read(pmid)
    with raw.path.open("r+b") as stream:
        stream.seek(8 * 4096)
        stream.write(b"\xff" * 4096 * 40)
    with pytest.raises(InputError, match=r"raw\.db: is damaged"):
        raw.build()
    assert_untouched(raw, old)


def test_of_two_builds_at_once_the_second_is_turned_away(raw: Raw, old: bytes) -> None:
    aside = raw.path.with_name("kb.db.building")
    with aside.open("wb") as first:
        first.write(b"half")
        first.flush()
        fcntl.flock(first, fcntl.LOCK_EX)
        with pytest.raises(Locked, match="another build") as caught:
            raw.build()
        assert caught.value.exit_code == 4
        assert aside.read_bytes() == b"half"
    assert raw.path.with_name("kb.db").read_bytes() == old


def test_what_a_killed_build_left_is_used_again(raw: Raw) -> None:
    raw.read(1)
    raw.path.with_name("kb.db.building").write_bytes(b"half" * 100_000)
    assert raw.build().rows("SELECT pmid FROM papers") == [1]
    assert files(raw.path.parent) == ["data", "kb.db", "raw.db"]


def test_a_harvest_can_write_during_a_build_and_changes_nothing_in_it(
    raw: Raw, old: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    undisturbed = raw.build(tmp_path / "undisturbed.db")
    measure = metrics.rows

    def harvest(*what: Any) -> Any:
        raw.read(3)
        raw.do("UPDATE runs SET state = 'running'")
        return measure(*what)

    monkeypatch.setattr(metrics, "rows", harvest)
    assert raw.build().dump() == undisturbed.dump()


def test_the_base_refers_to_nothing_that_is_not_there(base: Base) -> None:
    assert base.rows("PRAGMA foreign_key_check") == []
    assert base.rows("PRAGMA integrity_check") == ["ok"]
    assert checks.check(base.path) == []
