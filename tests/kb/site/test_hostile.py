"""Published text is hostile: it reaches pages, feeds and files as text, whatever it holds."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from serving import asking

from kb.exports import FORMATS

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"
# What a title, a name or a notice may hold; the pages get each, one paper after the other.
TEXTS = {
    990000001: SCRIPT,
    990000002: "javascript:alert(1)//",
    990000003: "=cmd|' /C calc'!A0",
    990000004: "+1+cmd|' /C calc'!A0",
    990000005: "\u202ereversed \u2066isolated",
    990000006: "null \x00 byte \x01\x1f",
    990000007: "\ud7ff\ufffe\U0010ffff lone \r\nER  - \r\nTY  - JOUR",
    990000009: "]]>--><!--<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>&b;",
    990000010: "{{ 7*7 }}{% raw %}\\input{/etc/passwd}$&\"'",
}
LONG, LONG_TEXT = 990000008, "long " * 200_000  # 1 MB
LONGER = (
    "UPDATE papers SET title = :text, title_html = :text, abstract = :text, abstract_html = :text"
    " WHERE pmid = :pmid",
    "UPDATE works SET title = :text, text = :text WHERE pmid = :pmid",
    "UPDATE changes SET detail = :text WHERE pmid = :pmid",
)
SPOILT = (
    "UPDATE papers SET title = :text, title_html = :text, authors = :text, journal = :text,"
    " journal_abbrev = :text, pages = :text, doi = :text, pmcid = :text, keywords = :text,"
    " abstract = :text, abstract_html = :text, coi_statement = :text WHERE pmid = :pmid",
    "UPDATE works SET title = :text, text = :text, doi = :text, first_author = :text"
    " WHERE pmid = :pmid",
    "UPDATE authors SET last_name = :text, fore_name = :text, orcid = :text WHERE pmid = :pmid",
    "UPDATE keywords SET keyword = :text WHERE pmid = :pmid",
    "UPDATE reference_list SET text = :text, reason = :text WHERE pmid = :pmid",
    "UPDATE changes SET detail = :text WHERE pmid = :pmid",
    "UPDATE notices SET text = :text WHERE pmid = :pmid",
)
SVG = "{http://www.w3.org/2000/svg}"
FEEDS = ("/search.atom", "/search.atom?topic=modality", "/changes.atom", "/integrity.atom")
LISTS = ("/", "/search", "/search?page=2", "/search?page=4", "/topic/modality", "/map",
         "/integrity", "/changes", "/changes?page=4")  # fmt: skip


@pytest.fixture(scope="module")
def base(specimen: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = Path(shutil.copy(specimen, tmp_path_factory.mktemp("hostile") / "kb.db"))
    with closing(sqlite3.connect(path)) as db, db:
        for pmid, text in TEXTS.items():
            for sql in SPOILT:
                db.execute(sql, {"pmid": pmid, "text": text})
        for sql in LONGER:
            db.execute(sql, {"pmid": LONG, "text": LONG_TEXT})
    return path


@pytest.fixture(scope="module")
def get(base: Path) -> Iterator[Any]:
    with asking(base) as get:
        yield get


@pytest.mark.parametrize(
    "address", [*LISTS, *(f"/paper/{pmid}" for pmid in (*TEXTS, LONG)), "/work/pmid:990000001"]
)
def test_a_page_shows_it_as_text(get: Any, address: str) -> None:
    answer = get(address)
    assert answer.status_code in (200, 301)
    assert not re.search(r"<script|<img|<!ENTITY|<!--|style=", answer.text, re.IGNORECASE)
    assert not re.search(r"""(?:href|src|action)=["']?\s*javascript:""", answer.text, re.IGNORECASE)


@pytest.mark.parametrize("address", LISTS)
def test_no_list_grows_with_one_long_title(get: Any, address: str) -> None:
    assert len(get(address).content) < 300_000


@pytest.mark.parametrize("address", FEEDS)
def test_a_feed_stays_well_formed_and_short(get: Any, address: str) -> None:
    answer = get(address)
    assert answer.status_code == 200
    assert len(answer.content) < 500_000
    tags = {each.tag.partition("}")[2] for each in ElementTree.fromstring(answer.content).iter()}
    assert tags <= {
        "feed", "id", "title", "updated", "link", "author", "name", "generator", "entry", "summary",
    }  # fmt: skip


@pytest.mark.parametrize("layout", ["year", "force"])
def test_the_picture_of_the_map_stays_well_formed(get: Any, layout: str) -> None:
    answer = get(f"/map.svg?layout={layout}&works=500")
    titles = [
        each.text or "" for each in ElementTree.fromstring(answer.content).iter(f"{SVG}title")
    ]
    assert any("null \u2400 byte \u2401\u241f" in title for title in titles)


@pytest.mark.parametrize(
    ("kind", "format_"), [(kind, name) for kind, formats in FORMATS.items() for name in formats]
)
def test_a_file_can_be_read_and_runs_nothing(get: Any, kind: str, format_: str) -> None:
    answer = get(f"/export/{kind}.{format_}")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    for name, content in _files(f"{kind}.{format_}", answer.content):
        text = content.decode("utf-8")
        if format_ in ("cyjs", "csl-json", "vosviewer"):
            json.loads(text)
        elif format_ in ("gexf", "graphml"):
            ElementTree.fromstring(content)
        elif format_ == "csv":
            usual = csv.field_size_limit(2 * len(LONG_TEXT))
            cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
            csv.field_size_limit(usual)
            assert not [cell[:40] for cell in cells if re.match(r"[=+@]|-(?![\d.])", cell)], name
        assert "\x00" not in text


def test_a_title_ends_no_record_of_a_file(get: Any) -> None:
    ris = get("/export/references.ris?pmid=990000007").text
    assert len(re.findall(r"(?m)^TY  - ", ris)) == len(re.findall(r"(?m)^ER  - ", ris)) == 1


def _files(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    if not content.startswith(b"PK"):
        yield name, content
        return
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for each in archive.namelist():
            yield each, archive.read(each)
