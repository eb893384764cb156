"""The base under Datasette: read-only, bounded, replaced while it is served."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import threading
from pathlib import Path
from urllib.parse import quote

import pytest
from serving import asking, text_of
from specimen_site import (
    Get,
    asked,
)

from kb.data import data_dir
from kb.site import apart, compat
from kb.site.serve import datasette_over


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


def test_searches_have_threads_of_their_own(base: Path) -> None:
    async def asked() -> tuple[str, str]:
        datasette = datasette_over(base, data_dir())
        try:
            return (
                await compat.read(datasette, lambda _: threading.current_thread().name),
                await compat.search(datasette, lambda _: threading.current_thread().name),
            )
        finally:
            datasette.executor.shutdown()
            datasette.databases["kb"].close()

    page, search = asyncio.run(asked())
    assert search.startswith("search")
    assert not page.startswith("search")


@pytest.mark.parametrize(
    "address", ["/search?q=mri", "/search.atom?q=mri", "/export/references.ris?q=mri"]
)
def test_a_search_whose_turn_does_not_come_says_so(
    get: Get, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(compat, "LONGEST_WAIT", -1.0)
    response = get(address)
    assert response.status_code == 503
    assert "Too many searches are asked for" in text_of(response)
    assert get("/topic/mri").status_code == get("/integrity").status_code == 200


def test_what_a_visitor_writes_is_answered_by_another_process(
    get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def ask(_: object, sql: str, *_more: object) -> tuple[list[str], list[tuple[str]]]:
        asked.append(sql)
        return ["a"], [("from elsewhere",)]

    monkeypatch.setattr(apart.Process, "ask", ask)
    assert get("/kb.json?sql=select+7+as+a&_shape=arrays").json()["rows"] == [["from elsewhere"]]
    assert "select 7 as a" in asked


def test_a_limit_of_a_visitors_own_can_only_be_lower(get: Get) -> None:
    endless = "with recursive n(i) as (select 1 union all select i+1 from n) select max(i) from n"
    for limit in ("1", "-5", "999999999"):
        answer = get(f"/kb.json?sql={quote(endless)}&_timelimit={limit}")
        assert answer.status_code == 400
        assert "too long" in answer.text


@pytest.mark.parametrize("format_", ["", ".json", ".csv"])
def test_a_statement_whose_turn_does_not_come_says_so(
    get: Get, monkeypatch: pytest.MonkeyPatch, format_: str
) -> None:
    monkeypatch.setattr(compat, "LONGEST_WAIT_OF_VISITORS", -1.0)
    response = get(f"/kb{format_}?sql=select+7")
    assert response.status_code == 503
    assert "Too many statements are asked for" in text_of(response)
    assert get("/topic/mri").status_code == get("/search?q=mri").status_code == 200
