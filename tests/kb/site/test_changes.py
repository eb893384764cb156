"""The page of changes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from serving import text_of
from specimen_site import Get, asked

from kb.site import changes


def test_the_newest_change_stands_first_with_its_run_and_kind(get: Get, base: Path) -> None:
    newest = asked(base, "SELECT max(run) FROM changes")[0][0]
    page = get("/changes").text
    rows = page.split("<tbody>")[1].split("</tr>")
    assert f"<td>{newest}</td>" in rows[0]
    kinds = {kind for (kind,) in asked(base, "SELECT DISTINCT kind FROM changes")}
    assert {kind for kind in kinds if kind in text_of(get("/changes"))} == kinds


def test_every_change_is_listed(base: Path) -> None:
    ((count,),) = asked(base, "SELECT count(*) FROM changes")
    with closing(sqlite3.connect(base)) as db:
        db.row_factory = sqlite3.Row
        assert changes.read(db, 1).pager.total == count
