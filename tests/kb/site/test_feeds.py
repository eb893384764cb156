"""Feeds are Atom that any reader takes, whatever the titles hold."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.data import data_dir
from kb.site.feeds import NEVER, FeedEntry, atom
from kb.site.serve import datasette_over

SPACES = {"a": "http://www.w3.org/2005/Atom"}
ADDRESS, PAGE = "http://127.0.0.1:8001/changes.atom", "http://127.0.0.1:8001/changes"


def entry(
    title: str = "A paper", key: str = "1", updated: str = "2026-03-01T00:00:00Z"
) -> FeedEntry:
    return FeedEntry(key, title, "http://127.0.0.1:8001/paper/1", updated, "new in run 1")


def feed(*entries: FeedEntry) -> bytes:
    return atom("Changes", ADDRESS, PAGE, "0123456789abcdef", entries)


def texts(body: bytes, path: str) -> list[str]:
    return [found.text or "" for found in fromstring(body).iterfind(path, SPACES)]


def test_a_feed_has_what_the_standard_wants() -> None:
    body = feed(entry(), entry(key="2", updated="2026-04-01T00:00:00Z"))
    root = fromstring(body)
    assert root.tag == "{http://www.w3.org/2005/Atom}feed"
    for name in ("id", "title", "updated", "author/a:name"):
        assert texts(body, f"a:{name}")
        assert name.startswith("author") or len(texts(body, f"a:entry/a:{name}")) == 2
    links = {link.get("rel"): link.get("href") for link in root.iterfind("a:link", SPACES)}
    assert links == {"self": ADDRESS, "alternate": PAGE}
    assert texts(body, "a:updated") == ["2026-04-01T00:00:00Z"]
    assert "0123456789abcdef" in texts(body, "a:generator")[0]


def test_an_entry_keeps_its_id_and_differs_from_the_others() -> None:
    once, again = feed(entry(key="1"), entry(key="2")), feed(entry("Renamed", key="2"))
    ids = texts(once, "a:entry/a:id")
    assert len(set(ids)) == 2
    assert texts(again, "a:entry/a:id") == ids[1:]
    assert all(each.startswith("urn:uuid:") for each in ids)


def test_a_feed_without_entries_is_whole() -> None:
    assert texts(feed(), "a:updated") == [NEVER]
    assert texts(feed(), "a:entry") == []


@pytest.mark.parametrize("title", ["<script>alert(1)</script>", "a & b", "]]>", "\u202e gnp"])
def test_hostile_titles_stay_text(title: str) -> None:
    assert texts(feed(entry(title)), "a:entry/a:title") == [title]


@given(title=st.text())
def test_any_title_gives_xml_that_can_be_read(title: str) -> None:
    (found,) = texts(feed(entry(title)), "a:entry/a:title")
    assert len(found) == len(title.replace("\r\n", "\n"))


def test_what_xml_cannot_hold_is_replaced() -> None:
    assert texts(feed(entry("a\x00b\ud800c")), "a:entry/a:title") == ["a\ufffdb\ufffdc"]


# As the site serves them


def served(specimen: Path, address: str) -> Any:
    datasette = datasette_over(specimen, data_dir())
    return asyncio.run(datasette.client.get(address))


def test_the_site_serves_what_each_run_changed(specimen: Path) -> None:
    answer = served(specimen, "/changes.atom")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    titles = texts(answer.content, "a:entry/a:title")
    with closing(sqlite3.connect(specimen)) as db:
        (changes,) = db.execute("SELECT count(*) FROM changes").fetchone()
        (base_id,) = db.execute("SELECT value FROM meta WHERE key = 'base_id'").fetchone()
    assert len(titles) == changes
    assert titles[0].startswith(("Withdrawn: ", "Revised: "))
    assert base_id in texts(answer.content, "a:generator")[0]
    links = fromstring(answer.content).iterfind("a:entry/a:link", SPACES)
    assert all(link.get("href", "").startswith("http://") for link in links)


def test_the_feed_of_integrity_leaves_out_what_is_only_new(specimen: Path) -> None:
    titles = texts(served(specimen, "/integrity.atom").content, "a:entry/a:title")
    assert [title.partition(":")[0] for title in titles] == ["Withdrawn"]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("", "Papers: "),
        ("?q=MIBG", "Papers: “MIBG”: "),
        ("?topic=mri&retracted=yes", "Papers: Magnetic resonance imaging, retracted yes: "),
        (
            "?q=MIBG&topic=mri&topic=staging&year_from=2010",
            "Papers: “MIBG”, Magnetic resonance imaging, Staging and risk, year from 2010: ",
        ),
    ],
)
def test_a_feed_says_which_search_it_is(specimen: Path, query: str, title: str) -> None:
    (told,) = texts(served(specimen, f"/search.atom{query}").content, "a:title")
    assert told.startswith(title)
    assert "[" not in told


def test_a_search_can_be_subscribed_to(specimen: Path) -> None:
    answer = served(specimen, "/search.atom?q=MIBG&topic=staging")
    titles = texts(answer.content, "a:entry/a:title")
    assert titles
    assert all(title.startswith("[Specimen] ") for title in titles)
    assert len(titles) == len(set(texts(answer.content, "a:entry/a:id")))
    links = {
        link.get("rel"): link.get("href")
        for link in fromstring(answer.content).iterfind("a:link", SPACES)
    }
    assert links["alternate"] == "http://localhost/search?q=MIBG&topic=staging"
    assert served(specimen, "/search.atom?topic=nope").status_code == 400
    assert texts(served(specimen, "/search.atom?q=%22").content, "a:entry") == []
