"""Another field is another folder: no code knows of it, and the same commands serve it."""

from __future__ import annotations

import asyncio
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from harvest.cli import main as harvest
from kb.cli import main as kb
from kb.site.queries import load as load_queries
from kb.site.serve import datasette_over
from kb.tagging.topics import load as load_topics
from kb.tagging.topics import tag

ROOT = Path(__file__).resolve().parent.parent
FIELD = ROOT / "docs" / "examples" / "intussusception"
OURS = re.compile("neuroblast|opsoclonus|myoclonus|mibg", re.IGNORECASE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """raw.db and kb.db of the field, harvested over HTTP from the stand-in."""
    folder = tmp_path_factory.mktemp("field")
    arguments = ["demo", "--data", str(FIELD), "--dir", str(folder), "--no-serve"]
    result = CliRunner().invoke(harvest, arguments)
    assert result.exit_code == 0, result.output
    assert f"kb serve {folder / 'kb.db'} --data {FIELD}" in result.output
    return folder


@pytest.fixture
def base(folder: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(folder / "kb.db")) as connection:
        yield connection


def test_every_record_of_the_field_is_in_the_base_and_the_base_is_sound(
    folder: Path, base: sqlite3.Connection
) -> None:
    assert base.execute("SELECT count(*) FROM papers").fetchone() == (9,)
    result = CliRunner().invoke(kb, ["check", str(folder / "kb.db")])
    assert result.exit_code == 0, result.output


def test_the_words_of_the_field_are_its_topics(base: sqlite3.Connection) -> None:
    topics = base.execute("SELECT topic FROM paper_topics WHERE pmid = 980000005").fetchall()
    assert {"intussusception", "pneumatic", "hydrostatic", "recurrence"} <= {t for (t,) in topics}


@pytest.mark.parametrize("topic", load_topics(FIELD / "topics.yml").topics, ids=lambda t: t.topic)
def test_the_examples_of_every_topic_hold(topic: Any) -> None:
    vocabulary = load_topics(FIELD / "topics.yml")
    for title, wanted in [(t, True) for t in topic.match] + [(t, False) for t in topic.no_match]:
        found = {e.topic for e in tag(vocabulary, [("title", title)], [])}
        assert (topic.topic in found) is wanted, title


@pytest.mark.parametrize("query", load_queries(FIELD / "queries.yml"), ids=lambda q: q.name)
def test_every_named_query_of_the_field_answers(query: Any, base: sqlite3.Connection) -> None:
    assert base.execute(query.statement, query.example).fetchall()


def test_the_site_speaks_of_the_field_and_of_no_other(folder: Path) -> None:
    site = datasette_over(folder / "kb.db", FIELD)

    async def pages(*addresses: str) -> list[str]:
        await site.invoke_startup()
        return [(await site.client.get(address)).text for address in addresses]

    texts = asyncio.run(
        pages(
            "/",
            "/topic/hydrostatic",
            "/paper/980000005",
            "/queries",
            "/search?q=enema",
            "/kb",
            "/kb/papers",
        )
    )
    assert "Intussusception evidence base" in texts[0]
    assert "Enema reduction by the pressure of a liquid" in texts[1]
    assert "Which papers speak of both ways of reduction?" in texts[3]
    assert [OURS.findall(text) for text in texts] == [[] for _ in texts]


# What a reader of the nine records counts, by the last digit of their PMIDs.
LEVELS = {
    1: ("treatment", 5, "narrative review"),
    2: ("diagnosis", 3, "accuracy study"),
    3: ("treatment", None, "not stated"),
    4: ("treatment", 4, "prospective study"),
    5: ("treatment", 2, "randomised trial"),
    8: ("treatment", None, "not stated"),
}
# Papers, patients of the largest and best level; every other cell is empty.
CELLS = {
    ("modality", "diagnosis"): (1, 120, 3),
    ("modality", "treatment"): (2, 95, 4),
    ("ultrasound", "diagnosis"): (1, 120, 3),
    ("ultrasound", "treatment"): (2, 95, 4),
    ("reduction", "diagnosis"): (1, 120, 3),
    ("reduction", "treatment"): (4, 198, 2),
    ("pneumatic", "treatment"): (3, 198, 2),
    ("hydrostatic", "treatment"): (3, 160, 2),
    ("recurrence", "treatment"): (1, 160, 2),
    ("intussusception", "diagnosis"): (1, 120, 3),
    ("intussusception", "treatment"): (5, 198, 2),
}
PAPERS = {
    "modality": 4,
    "ultrasound": 3,
    "radiograph": 1,
    "reduction": 6,
    "pneumatic": 3,
    "hydrostatic": 3,
    "recurrence": 2,
    "diagnosis": 1,
    "treatment": 5,
    "intussusception": 8,
    "lead-point": 1,
}


def test_levels_of_evidence_follow_from_the_questions_of_the_tasks(
    base: sqlite3.Connection,
) -> None:
    rows = base.execute("SELECT pmid % 10, task, level, design FROM evidence").fetchall()
    assert {pmid: tuple(about) for pmid, *about in rows} == LEVELS
    assert len(rows) == len(LEVELS)


def test_the_gap_map_counts_what_a_reader_counts(base: sqlite3.Connection) -> None:
    cells = base.execute(
        "SELECT topic, task, papers, largest_n, best_level FROM evidence_map WHERE design = 'any'"
    ).fetchall()
    assert {(topic, task): tuple(n) for topic, task, *n in cells if n[0]} == CELLS
    topics = PAPERS.keys() - {"diagnosis", "treatment"}
    assert {(topic, task) for topic, task, *_ in cells} == {
        (topic, task) for topic in topics for task in ("diagnosis", "treatment")
    }


def test_an_accuracy_is_of_the_test_that_the_roles_name(base: sqlite3.Connection) -> None:
    roles = "SELECT scheme, role FROM schemes"
    assert dict(base.execute(roles)) == {"A": "test", "C": None, "D": "task", "F": "disease"}
    rows = base.execute(
        "SELECT DISTINCT kind, value, index_test FROM findings WHERE pmid = 980000002"
    ).fetchall()
    assert {("sensitivity", 97.0, "ultrasound"), ("specificity", 95.0, "ultrasound")} <= set(rows)


def pages(file: Path, data: Path, *addresses: str) -> list[str]:
    """Text of the pages, their tags gone; each has to be there."""
    site = datasette_over(file, data)

    async def texts() -> list[str]:
        await site.invoke_startup()
        answers = [await site.client.get(address) for address in addresses]
        assert [answer.status_code for answer in answers] == [200] * len(answers)
        return [" ".join(re.sub(r"<[^>]*>", " ", answer.text).split()) for answer in answers]

    return asyncio.run(texts())


def test_home_page_and_gap_page_show_the_counts(folder: Path) -> None:
    labels = {t.topic: t.label for t in load_topics(FIELD / "topics.yml").topics}
    home, gaps, reductions = pages(folder / "kb.db", FIELD, "/", "/gaps", "/gaps?scheme=C")
    for topic, papers in PAPERS.items():
        assert f" {labels[topic]} {papers} " in home
    table = "Imaging modality 1 L3 2 L4 Ultrasonography 1 L3 2 L4 Abdominal radiograph – –"
    assert f"Topic Diagnosis Treatment {table}" in gaps
    table = "Enema reduction 1 L3 4 L2 Pneumatic reduction – 3 L2 Hydrostatic reduction – 3 L2"
    assert f"Topic Diagnosis Treatment {table} Recurrence – 1 L2" in reductions


def test_a_task_sorts_its_papers_by_their_level_for_it(folder: Path) -> None:
    treatment, other = pages(
        *(folder / "kb.db", FIELD, "/topic/treatment?sort=evidence"),
        "/topic/hydrostatic?sort=evidence",
    )
    assert "By their level for this task" in treatment
    assert "By their best level for any clinical task" in other
    first = [treatment.index(words) for words in ("a randomised trial", "a prospective cohort")]
    assert first == sorted(first)


# The same records under another vocabulary


def rebuilt(folder: Path, new: Path, text: str) -> Path:
    """kb.db of the same records under a topics.yml with this text, in a field of its own."""
    shutil.copytree(FIELD, new)
    (new / "topics.yml").write_text(text, encoding="utf-8")
    arguments = ["build", "--raw", str(folder / "raw.db"), "--out", str(new / "kb.db")]
    result = CliRunner().invoke(kb, [*arguments, "--data", str(new)])
    assert result.exit_code == 0, result.output
    return new / "kb.db"


def test_the_letters_of_the_schemes_mean_nothing(
    folder: Path, base: sqlite3.Connection, tmp_path: Path
) -> None:
    other = {"A": "F", "C": "D", "D": "A", "F": "C"}
    text = (FIELD / "topics.yml").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^(  |    scheme: )([ACDF])(?=:|$)", lambda m: m[1] + other[m[2]], text)
    file = rebuilt(folder, tmp_path / "field", text)
    with closing(sqlite3.connect(file)) as renamed:
        for table in ("evidence", "evidence_map", "findings", "paper_topics", "topic_evidence"):
            rows = [db.execute(f"SELECT * FROM {table}").fetchall() for db in (base, renamed)]
            assert rows[0] == rows[1] != [], table
    (gaps,) = pages(file, tmp_path / "field", "/gaps")
    assert "Topic Diagnosis Treatment Imaging modality 1 L3 2 L4" in gaps


def test_a_field_without_clinical_tasks_has_all_its_pages(folder: Path, tmp_path: Path) -> None:
    text = (FIELD / "topics.yml").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^    question: .*\n", "", text).replace(", role: task", "")
    file = rebuilt(folder, tmp_path / "field", text)
    with closing(sqlite3.connect(file)) as db:
        for table in ("evidence", "evidence_map"):
            assert db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    gaps, *_ = pages(
        *(file, tmp_path / "field", "/gaps", "/gaps?scheme=D", "/", "/queries", "/kb/schemes"),
        *("/topic/treatment?sort=evidence", "/search?q=enema&sort=evidence", "/paper/980000005"),
    )
    assert "There is no map: the vocabulary of this base has no clinical tasks." in gaps


def test_a_folder_that_is_no_field_is_named_with_what_it_lacks(
    folder: Path, tmp_path: Path
) -> None:
    kb_file = str(folder / "kb.db")
    for command, program, lacks in (
        (["demo", "--dir", str(tmp_path / "d"), "--no-serve"], harvest, "demo/pubmed.xml"),
        (["run", "--raw", str(tmp_path / "raw.db")], harvest, "jobs.yml"),
        (["build", "--raw", str(folder / "raw.db"), "--out", kb_file], kb, "topics.yml"),
        (["serve", kb_file, "--port", "0"], kb, "datasette.yml"),
    ):
        empty = tmp_path / "empty"
        empty.mkdir(exist_ok=True)
        result = CliRunner().invoke(program, [*command, "--data", str(empty)])
        assert result.exit_code == 2
        assert f"{empty / lacks}: " in result.output


def test_a_site_without_a_title_is_refused(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(FIELD, tmp_path / "field")
    (tmp_path / "field" / "datasette.yml").write_text("description: A base\n")
    arguments = ["serve", str(folder / "kb.db"), "--data", str(tmp_path / "field")]
    result = CliRunner().invoke(kb, arguments)
    assert result.exit_code == 2
    assert "have a title" in result.output
