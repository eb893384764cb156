"""The page of the evidence gap map: which rows it shows, and what its columns are."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from serving import text_of
from specimen_site import Get

from kb.site import gaps
from kb.site.values import BadRequest


@pytest.fixture
def db(specimen: Path) -> Iterator[sqlite3.Connection]:
    """A copy that a test may change."""
    with closing(sqlite3.connect(specimen)) as source, closing(sqlite3.connect(":memory:")) as copy:
        source.backup(copy)
        copy.row_factory = sqlite3.Row
        yield copy


def test_the_page_shows_the_map_and_leads_to_the_papers(get: Get) -> None:
    page = get("/gaps")
    assert page.status_code == 200
    links = re.findall(r'href="(/search\?topic=[^"]+)"', page.text)
    assert len(links) > 30
    assert get(links[0].replace("&amp;", "&")).status_code == 200
    assert get("/gaps?scheme=C").status_code == 200


@pytest.mark.parametrize("scheme", ["D", "Z", "<script>"])
def test_a_scheme_that_cannot_be_the_rows_is_refused(get: Get, scheme: str) -> None:
    answer = get(f"/gaps?scheme={scheme}")
    assert answer.status_code == 400
    assert "topics of one scheme" in answer.text


def test_a_refusal_names_the_schemes_that_can_be_the_rows(get: Get) -> None:
    assert "Try A, B, C, E, F." in text_of(get("/gaps?scheme=D"))


def test_the_rows_are_the_examinations_where_no_scheme_is_asked_for(
    db: sqlite3.Connection,
) -> None:
    assert gaps.read(db, None).scheme == "A"
    db.execute("UPDATE schemes SET role = iif(scheme = 'E', 'test', NULL) WHERE role <> 'task'")
    assert gaps.read(db, None).scheme == "E"


def test_the_first_scheme_is_shown_where_none_is_of_examinations(db: sqlite3.Connection) -> None:
    db.execute("UPDATE schemes SET role = NULL WHERE role = 'test'")
    assert gaps.read(db, None).scheme == "A"
    assert gaps.read(db, "C").scheme == "C"


def test_the_columns_are_the_clinical_tasks_of_all_schemes_of_that_role(
    db: sqlite3.Connection,
) -> None:
    tasks = gaps.read(db, "A").tasks
    assert [task["topic"] for task in tasks][:3] == ["task", "diagnosis", "accuracy"]
    db.execute("UPDATE schemes SET role = 'task' WHERE scheme = 'B'")
    assert len(gaps.read(db, "A").tasks) > len(tasks)
    with pytest.raises(BadRequest, match=r"Try A, C, E, F\."):
        gaps.read(db, "B")


def test_every_cell_of_the_map_is_there(db: sqlite3.Connection) -> None:
    for row in gaps.read(db, None).schemes:
        page = gaps.read(db, row["scheme"])
        wanted = {(topic["topic"], task["topic"]) for topic in page.rows for task in page.tasks}
        assert page.cells.keys() == wanted


def test_a_vocabulary_of_tasks_alone_has_no_rows(db: sqlite3.Connection) -> None:
    db.execute("UPDATE schemes SET role = 'task'")
    page = gaps.read(db, None)
    assert (page.scheme, page.schemes, page.rows) == ("", [], [])
    with pytest.raises(BadRequest, match="Try none"):
        gaps.read(db, "A")


def test_every_topic_of_the_scheme_has_a_cell_for_every_task(base: Path) -> None:
    with closing(sqlite3.connect(base)) as db:
        db.row_factory = sqlite3.Row
        page = gaps.read(db, "A")
    assert page is not None
    wanted = {(row["topic"], task["topic"]) for row in page.rows for task in page.tasks}
    assert wanted
    assert wanted <= page.cells.keys()


def test_a_scheme_that_is_not_there_is_refused_with_a_reason(get: Get) -> None:
    answer = get("/gaps?scheme=nothing")
    assert answer.status_code == 400
    assert "scheme=nothing" in text_of(answer)
