"""Whole files of what a search finds, streamed, under limits, and cut off where nobody reads."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import shutil
import sqlite3
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from serving import asking

from kb import exports
from kb.data import data_dir
from kb.exports import FORMATS, write
from kb.graphs.selection import Selection, selected
from kb.site import streams
from kb.site.responses import of_one_base
from kb.site.serve import datasette_over


@pytest.fixture(scope="module")
def get(specimen: Path) -> Iterator[Any]:
    with asking(specimen) as get:
        yield get


@pytest.mark.parametrize(
    ("kind", "format_"), [(kind, name) for kind, formats in FORMATS.items() for name in formats]
)
def test_every_kind_and_format_is_served_as_the_command_writes_it(
    get: Any, specimen: Path, tmp_path: Path, kind: str, format_: str
) -> None:
    answer = get(f"/export/{kind}.{format_}")
    assert answer.status_code == 200
    written = write(specimen, kind, format_, tmp_path / "file")
    if answer.headers["content-type"].startswith("application/zip"):
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            files = [archive.read(name) for name in archive.namelist()]
        assert files == [path.read_bytes() for path in written]
    else:
        assert answer.content == written[0].read_bytes()
    assert f'filename="{kind}.' in answer.headers["content-disposition"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_whole_of_a_search_comes_and_not_one_page_of_it(get: Any, specimen: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(get("/export/references.csv?topic=modality").text)))
    with closing(sqlite3.connect(specimen)) as db:
        (papers,) = db.execute("SELECT papers FROM topics WHERE topic = 'modality'").fetchone()
    assert len(rows) == papers > 20


def test_the_filters_of_a_search_hold(get: Any) -> None:
    found = json.loads(get("/export/references.csl-json?q=MIBG&topic=staging&year=2014").text)
    assert found
    assert all("2014" in json.dumps(each["issued"]) for each in found)


def test_a_map_can_be_narrowed_further(get: Any) -> None:
    every = len(json.loads(get("/export/citation.cyjs?topic=mri").text)["elements"]["nodes"])
    address = "/export/citation.cyjs?topic=mri&papers_only=1&from=2012&without_retracted=1"
    fewer = json.loads(get(address).text)["elements"]["nodes"]
    assert 0 < len(fewer) < every
    assert all(node["data"]["year"] >= 2012 for node in fewer)


def test_a_map_can_be_what_is_around_a_work_or_hangs_together(get: Any, specimen: Path) -> None:
    for words, selection in [
        ("around=990000001&hops=2", Selection(around="990000001", hops=2)),
        ("around=990000001&direction=citing", Selection(around="990000001", direction="citing")),
        ("core=2&component=weak", Selection(core=2, component="weak")),
    ]:
        nodes = json.loads(get(f"/export/citation.cyjs?{words}").text)["elements"]["nodes"]
        with closing(sqlite3.connect(specimen)) as db:
            works = selected(db, selection)
            (every,) = db.execute("SELECT count(*) FROM works").fetchone()
        assert [node["data"]["id"] for node in nodes] == works
        assert 0 < len(works) < every


def test_a_file_that_is_begun_anew_lets_the_replaced_base_go(
    specimen: Path, tmp_path: Path
) -> None:
    path = Path(shutil.copy(specimen, tmp_path / "kb.db"))
    datasette = datasette_over(path, data_dir())
    begun: list[streams.Stream] = []

    async def view(_datasette: Any, _request: Any) -> streams.Stream:
        stream = streams.Stream(path, {}, None)
        await stream.opened(lambda db: exports.pieces(db, "references", "ris", Selection()))
        begun.append(stream)
        if len(begun) == 1:
            Path(shutil.copy(specimen, tmp_path / "newer.db")).replace(path)
        return stream

    async def ask() -> Any:
        return await of_one_base(view)(datasette, None)

    with asyncio.Runner() as runner:
        answer: Any = runner.run(ask())
        first, second = begun
        assert answer is second
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            first.connection.execute("SELECT 1")
        assert second.connection.execute("SELECT 1").fetchone() == (1,)
        runner.run(second.close())


def test_nothing_found_is_a_valid_empty_file(get: Any) -> None:
    assert json.loads(get("/export/references.csl-json?q=%22").text) == []
    assert get("/export/references.ris?q=xyzzy").content == b""


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/export/references.docx", "is no format for references. The formats are: ris"),
        ("/export/papers.ris", "is no kind of export. The kinds are: citation"),
        ("/export/references.ris?topic=nope", "topic=nope: there is none here"),
        ("/export/citation.gexf?as_of=yesterday", "is no date"),
        ("/export/citation.gexf?as_of=2019-13", "is no date"),
        ("/export/citation.gexf?from=2020&to=2010", "the years run backwards"),
        ("/export/citation.gexf?without_retracted=0", "write 1, or leave it out"),
        ("/export/citation.gexf?from=x", "from=x: write a number"),
        ("/export/citation.gexf?around=1", "1: the base has no such work"),
        ("/export/citation.gexf?around=x", "is no identifier of a work"),
        ("/export/citation.gexf?direction=cited", "Name it with around"),
        ("/export/citation.gexf?component=big", "There are: weak, strong"),
        ("/export/citation.gexf?core=x", "core=x: write a number"),
        ("/export/citation.gexf?around=990000001&hops=-1", "hops=-1: write a number"),
    ],
)
def test_a_wrong_name_or_value_lists_the_right_ones(get: Any, address: str, said: str) -> None:
    answer = get(address)
    assert answer.status_code == 400
    assert said in answer.text.replace("&#39;", "'")


# Limits


async def sent_by(stream: Any) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    await stream.asgi_send(send)
    return messages


def endless(_db: sqlite3.Connection) -> Iterator[bytes]:
    while True:
        yield b"x" * streams.CHUNK


def slow(db: sqlite3.Connection) -> Iterator[bytes]:
    yield b"first"
    count = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    yield str(db.execute(count).fetchone()).encode()


async def nobody_leaves() -> dict[str, str]:
    await asyncio.sleep(60)
    return {"type": "http.disconnect"}


@pytest.mark.parametrize("make", [endless, slow])
def test_what_takes_too_long_is_cut_off_and_not_called_whole(
    specimen: Path, monkeypatch: pytest.MonkeyPatch, make: streams.Make
) -> None:
    monkeypatch.setattr(streams, "SECONDS", 0.2)
    began = time.monotonic()

    async def run() -> list[dict[str, Any]]:
        return await sent_by(await streams.Stream(specimen, {}, nobody_leaves).opened(make))

    messages = asyncio.run(run())
    assert time.monotonic() - began < 5
    assert all(message.get("more_body") for message in messages[1:])


def test_a_reader_who_leaves_ends_it(specimen: Path) -> None:
    async def leaves() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def run() -> list[dict[str, Any]]:
        return await sent_by(await streams.Stream(specimen, {}, leaves).opened(endless))

    assert len(asyncio.run(run())) < 10
