"""The page of the evidence gap map."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from serving import text_of
from specimen_site import Get

from kb.site import gaps


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
