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
