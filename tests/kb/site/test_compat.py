"""The base under Datasette: read-only, bounded, replaced while it is served."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from urllib.parse import quote

import pytest
from serving import asking
from specimen_site import (
    Get,
    asked,
)

from kb.data import data_dir
from kb.site import compat


@pytest.mark.parametrize(
    "sql", ["delete from papers", "attach 'x.db' as x", "pragma writable_schema = 1", "vacuum"]
)
def test_sql_that_writes_is_refused(get: Get, base: Path, sql: str) -> None:
    before = base.read_bytes()
    assert get(f"/kb.json?sql={quote(sql)}").status_code == 400
    assert base.read_bytes() == before


def test_the_base_cannot_be_opened_for_writing(base: Path) -> None:
    published = compat.Published(None, base, data_dir())
    with pytest.raises(sqlite3.OperationalError, match="never written"):
        published.connect(write=True)
    connection = published.connect()
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM papers")
    published.close()


def test_the_file_is_not_for_download(get: Get) -> None:
    assert get("/kb.db").status_code in (403, 404)


def test_one_value_cannot_take_all_memory(get: Get) -> None:
    answer = get("/kb.json?sql=select+length(randomblob(900000000))")
    assert answer.status_code == 400
    assert "too big" in answer.json()["error"]


@pytest.mark.parametrize("wrong", ["1=1;drop", "pmid=:missing", "nothing=1", "1=1)"])
def test_a_condition_that_is_no_sql_is_the_readers_to_put_right(get: Get, wrong: str) -> None:
    answer = get(f"/kb/papers.json?_where={quote(wrong)}")
    assert answer.status_code == 400
    assert not answer.json()["ok"]


def test_a_file_renamed_over_the_served_one_is_served_at_once(
    base: Path, specimen: Path, tmp_path: Path
) -> None:
    first, second = (
        asked(path, "SELECT value FROM meta WHERE key = 'base_id'")[0][0]
        for path in (base, specimen)
    )
    served = Path(shutil.copy(base, tmp_path / "kb.db"))
    with asking(served) as get:
        assert all(first in get("/").text for _ in range(8))
        Path(shutil.copy(specimen, tmp_path / "aside.db")).replace(served)
        assert all(second in get("/").text for _ in range(8))
        rows = get("/kb.json?sql=select+value+from+meta+where+key='base_id'").json()["rows"]
    assert rows == [[second]]
