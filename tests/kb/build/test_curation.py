"""What people decide: how the file is read, and what it does to the base."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from building import Base, Raw, paper
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from kb.build.curation import HEAD, Decision, corrected, corrections, read
from kb.checks import check
from kb.cli import main
from kb.data import data_dir
from kb.errors import ConfigError
from kb.site.queries import load
from kb.tagging.topics import TopicSummary

TOPICS = {"mibg", "dose"}
HEADER = ",".join(HEAD)
GOOD = "1,exclude,,no patients,AB,2024-05-01"


def written(folder: Path, *lines: str) -> Path:
    path = folder / "curation.csv"
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return path


# Reading


def test_a_line_is_a_decision_with_who_and_when(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        GOOD,
        "2,include,,,AB,2024-05-01",
        "3,add-topic,mibg,says so in a table,CD,2024-05-02",
        "",
        '3,note,,"two cohorts,\nthe second is new",CD,2024-05-03',
        "3,remove-topic,dose,,CD,2024-05-03",
    )
    assert read(path, TOPICS) == [
        Decision(2, 1, "exclude", None, "no patients", "AB", "2024-05-01"),
        Decision(3, 2, "include", None, None, "AB", "2024-05-01"),
        Decision(4, 3, "add-topic", "mibg", "says so in a table", "CD", "2024-05-02"),
        Decision(6, 3, "note", None, "two cohorts,\nthe second is new", "CD", "2024-05-03"),
        Decision(8, 3, "remove-topic", "dose", None, "CD", "2024-05-03"),
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("x", "has 1 cells, not 6 (pmid, decision, topic, reason, who, date)"),
        ("1,exclude,,none, no patients,AB,2024-05-01", "has 7 cells"),
        (",include,,,AB,2024-05-01", "nothing is no PMID: 1 to 9 digits"),
        ("PMID 1,include,,,AB,2024-05-01", "PMID 1 is no PMID"),
        ("012,include,,,AB,2024-05-01", "012 is no PMID"),
        ("١٢,include,,,AB,2024-05-01", "١٢ is no PMID"),
        (
            "1,Include,,,AB,2024-05-01",
            "allowed are include, exclude, add-topic, remove-topic, note",
        ),
        ("1,,,,AB,2024-05-01", "nothing is no decision"),
        ("1,add-topic,mri,,AB,2024-05-01", "mri is no topic of topics.yml, which add-topic takes"),
        ("1,remove-topic,,,AB,2024-05-01", "nothing is no topic of topics.yml"),
        ("1,note,mibg,see table,AB,2024-05-01", "note takes no topic: add-topic and remove-topic"),
        ("1,exclude,, ,AB,2024-05-01", "exclude needs a reason"),
        ("1,note,,,AB,2024-05-01", "note needs a reason"),
        ("1,retraction,,,AB,2024-05-01", "retraction needs a reason"),
        ("1,reinstatement,,,AB,2024-05-01", "reinstatement needs a reason"),
        ("1,expression-of-concern,mibg,x,AB,2024-05-01", "expression-of-concern takes no topic"),
        ("1,concern,,x,AB,2024-05-01", "concern is no decision; allowed are include, exclude"),
        ("1,include,,,,2024-05-01", "who is empty"),
        ("1,include,,,AB,", "nothing is no date: YYYY-MM-DD"),
        ("1,include,,,AB,20240501", "20240501 is no date"),
        ("1,include,,,AB,2024-02-30", "2024-02-30 is no date"),
        ('1,note,,"never closed,AB,2024-05-01', "is not CSV"),
    ],
)
def test_a_wrong_line_is_named_with_what_is_allowed(
    tmp_path: Path, line: str, message: str
) -> None:
    path = written(tmp_path, "9,include,,,AB,2024-05-01", line)
    with pytest.raises(ConfigError) as error:
        read(path, TOPICS)
    assert str(error.value).startswith(f"{path}, line 3: ")
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("second", "what"),
    [
        ("1,include,,,CD,2024-06-01", "include or exclude"),
        ("1,exclude,,a letter,CD,2024-06-01", "include or exclude"),
        ("1,remove-topic,mibg,,CD,2024-06-01", "mibg"),
    ],
)
def test_two_decisions_on_one_thing_are_refused_with_both_lines(
    tmp_path: Path, second: str, what: str
) -> None:
    path = written(tmp_path, GOOD, "1,add-topic,mibg,,AB,2024-05-01", second)
    with pytest.raises(ConfigError, match=rf"line 4: PMID 1 has a decision on {what} in line [23]"):
        read(path, TOPICS)


def test_how_a_paper_stands_is_decided_once(tmp_path: Path) -> None:
    lines = "1,retraction,,faked,AB,2024-05-01", "1,reinstatement,,not so,CD,2024-06-01"
    with pytest.raises(
        ConfigError, match="line 3: PMID 1 has a decision on how it stands in line 2"
    ):
        read(written(tmp_path, *lines), TOPICS)
    assert len(read(written(tmp_path, GOOD, lines[0]), TOPICS)) == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (HEADER.replace(",", ";").encode(), "line 1: the header must be pmid,decision"),
        (b"pmid,decision\n1,include\n", "line 1: the header must be"),
        (f"{HEADER}\n1,note,,Größe,AB,2024-05-01".encode("latin-1"), "is not UTF-8"),
    ],
)
def test_a_file_of_another_shape_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "curation.csv"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=message) as error:
        read(path, TOPICS)
    assert str(path) in str(error.value)


def test_what_a_spreadsheet_saves_is_read(tmp_path: Path) -> None:
    path = tmp_path / "curation.csv"
    path.write_bytes(f"\ufeff{HEADER}\r\n{GOOD}\r\n,,,,,\r\n".encode())
    assert [each.pmid for each in read(path, TOPICS)] == [1]


def test_the_bundled_file_holds_only_its_header() -> None:
    assert (data_dir() / "curation.csv").read_text(encoding="utf-8") == f"{HEADER}\n"


# Topics


def test_a_topic_that_people_add_keeps_the_counts_of_what_rules_found() -> None:
    held = [
        TopicSummary("mibg", "title", 0, 0, 1, 2, False),
        TopicSummary("imaging", "mesh", 1, 0, 0, 0, False),
    ]
    assert corrected(held, {"mibg": True, "dose": True, "imaging": False}) == [
        ("mibg", "curated", 0, 0, 1, 2),
        ("dose", "curated", 0, 0, 0, 0),
    ]


@given(
    st.dictionaries(st.sampled_from(["a", "b", "c"]), st.booleans()),
    st.sets(st.sampled_from("abcd")),
)
def test_a_paper_has_what_rules_or_people_add_and_people_do_not_remove(
    by_hand: dict[str, bool], found: set[str]
) -> None:
    held = [TopicSummary(topic, "title", 0, 0, 1, 0, False) for topic in sorted(found)]
    added = {topic for topic, add in by_hand.items() if add}
    assert {each.topic for each in corrected(held, by_hand)} == (found - set(by_hand)) | added


def test_corrections_are_by_paper_and_others_are_none() -> None:
    decisions = [
        Decision(2, 1, "exclude", None, "a letter", "AB", "2024-05-01"),
        Decision(3, 1, "add-topic", "mibg", None, "AB", "2024-05-01"),
        Decision(4, 2, "remove-topic", "mibg", None, "AB", "2024-05-01"),
    ]
    assert corrections(decisions) == {1: {"mibg": True}, 2: {"mibg": False}}


# In the base


@pytest.fixture
def build(tmp_path: Path) -> Callable[..., Base]:
    """The base of papers 1 and 2 with these lines of decisions."""
    raw = Raw(tmp_path / "raw.db")
    raw.run()
    raw.read(1, paper(1, title="An MIBG scan of tumours"))
    raw.read(2, paper(2, title="Dosimetry"))

    def built(*lines: str) -> Base:
        written(raw.data, *lines)
        return raw.build()

    return built


def test_a_removed_topic_is_gone_and_its_words_stay(build: Callable[..., Base]) -> None:
    base = build("1,remove-topic,mibg,another scan,AB,2024-05-01")
    assert base.rows("SELECT topic FROM paper_topics WHERE pmid = 1") == ["tumour"]
    assert base.rows("SELECT surface FROM topic_evidence WHERE topic = 'mibg'") == ["MIBG scan"]
    assert base.one("SELECT papers FROM topics WHERE topic = 'mibg'") == 0
    assert base.one("SELECT * FROM curation") == (
        *(2, 1, "remove-topic", "mibg", "another scan", "AB", "2024-05-01"),
    )
    assert check(base.path) == []


def test_an_added_task_counts_for_topics_and_for_evidence(build: Callable[..., Base]) -> None:
    base = build("1,add-topic,dose,in the full text,AB,2024-05-01")
    assert base.rows("SELECT topic, basis FROM paper_topics WHERE pmid = 1 ORDER BY 1") == [
        ("dose", "curated"),
        ("mibg", "title"),
        ("tumour", "title"),
    ]
    assert base.rows("SELECT pmid FROM evidence WHERE task = 'dose'") == [1, 2]
    assert base.one("SELECT papers FROM topics WHERE topic = 'dose'") == 2


def test_decisions_stand_beside_what_rules_found(build: Callable[..., Base]) -> None:
    base = build(
        "1,remove-topic,mibg,another scan,AB,2024-05-01",
        "2,add-topic,mibg,in a table,AB,2024-05-01",
        "77,note,,to be fetched,CD,2024-05-02",
    )
    (query,) = (q for q in load(data_dir() / "queries.yml") if q.name == "decisions-by-hand")
    with closing(sqlite3.connect(base.path)) as db:
        found = [tuple(row) for row in db.execute(query.statement, {"decision": ""})]
        notes = db.execute(query.statement, {"decision": "note"}).fetchall()
    assert found[0][2] == "3 decisions on 3 papers"
    assert [(row[0], *row[2:5], row[7]) for row in found[1:]] == [
        ("remove-topic", "another scan", "title", 1, 1),
        ("add-topic", "in a table", "nothing", 2, 1),
        ("note", "to be fetched", None, 77, 0),
    ]
    assert [row[0] for row in notes[1:]] == ["note"]


def test_a_decision_on_a_paper_that_is_not_here_is_kept(build: Callable[..., Base]) -> None:
    base = build("77,exclude,,no patients,AB,2024-05-01", "77,add-topic,mibg,,AB,2024-05-01")
    assert base.rows("SELECT pmid FROM curation") == [77, 77]
    assert base.rows("SELECT pmid FROM papers") == [1, 2]
    assert check(base.path) == []


def test_the_file_is_part_of_the_id_of_the_base(build: Callable[..., Base]) -> None:
    ids = [
        build(*lines).one("SELECT value FROM meta WHERE key = 'base_id'")
        for lines in ((), (GOOD,), (GOOD.replace("AB", "CD"),), (GOOD,))
    ]
    assert len(set(ids)) == 3
    assert ids[1] == ids[3]


def test_a_field_may_have_no_decisions(tmp_path: Path) -> None:
    raw = Raw(tmp_path / "raw.db")
    assert not (raw.data / "curation.csv").exists()
    assert raw.build().rows("SELECT * FROM curation") == []


def test_a_wrong_file_stops_the_build_with_exit_2_and_leaves_the_old_base(
    build: Callable[..., Base], tmp_path: Path
) -> None:
    before = build(GOOD).dump()
    written(tmp_path / "data", "1,perhaps,,,AB,2024-05-01")
    words = ["build", "--raw", tmp_path / "raw.db", "--out", tmp_path / "kb.db"]
    result = CliRunner().invoke(main, [*map(str, words), "--data", str(tmp_path / "data")])
    assert result.exit_code == 2
    assert "curation.csv, line 2: perhaps is no decision" in result.output
    assert Base(tmp_path / "kb.db").dump() == before
