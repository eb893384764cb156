"""The page of a topic: its papers with their reasons, its years, and what it meets."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from serving import asking, text_of
from specimen_site import Get

from kb.data import data_dir
from kb.site import facets, topic
from kb.site.lists import read_rows
from kb.tagging.topics import load


@pytest.fixture(scope="module")
def db(specimen: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(specimen)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def test_a_tree_holds_each_topic_under_its_next_wider_one(db: sqlite3.Connection) -> None:
    below = read_rows(db, topic.TOPIC_BELOW, topic="nuclear")
    branches = topic.tree(below, "nuclear")
    by_name = {branch.row["topic"]: branch for branch in branches}
    assert {"mibg-scan", "pet"} <= by_name.keys()
    under = {branch.row["topic"] for branch in by_name["mibg-scan"].narrower}
    assert "mibg-123" in under

    def count(branch: topic.Branch) -> int:
        return 1 + sum(map(count, branch.narrower))

    assert sum(map(count, branches)) == len(below)


def test_the_topics_met_are_the_same_by_the_short_way_and_by_the_long_one(
    db: sqlite3.Connection,
) -> None:
    page = topic.read(db, facets.columns(db), "mri", "newest", 1)
    assert page
    rows = read_rows(db, topic.TOPIC_MEETS, topic="mri")
    met = {
        (scheme, row["topic"], row["papers"]) for scheme, rows in page.meets.items() for row in rows
    }
    assert met == {(row["scheme"], row["topic"], row["papers"]) for row in rows} != set()


def test_a_topic_that_is_not_there_has_no_page(db: sqlite3.Connection) -> None:
    assert topic.read(db, facets.columns(db), "no-such-topic", "newest", 1) is None


def test_the_order_by_evidence_says_for_what_the_levels_are(specimen: Path) -> None:
    with asking(specimen) as get:
        assert "By their level for this task" in text_of(get("/topic/surveillance?sort=evidence"))
        other = text_of(get("/topic/mri?sort=evidence"))
        assert "By their best level for any clinical task" in other


def test_a_topic_shows_its_place_its_papers_and_why_they_are_there(get: Get) -> None:
    response = get("/topic/mri")
    seen = text_of(response)
    assert 'href="/topic/modality"' in response.text
    assert 'href="/topic/wbmri"' in response.text
    assert "https://meshb.nlm.nih.gov/record/ui?ui=D008279" in response.text
    assert "MR imaging · MR sequence · MRI scan" in seen
    assert "MR is also minor response" in seen
    assert re.search(r"\b2[0-9] papers", seen)
    assert "Whole-body MRI title, Whole-body MRI" in seen


def test_the_definition_of_a_topic_stands_first_under_its_name(get: Get) -> None:
    defined = {t.topic: t.definition for t in load(data_dir() / "topics.yml").topics}
    for name in ("mri", "inrgss-ms"):
        after_the_name = get(f"/topic/{name}").text.partition("</h1>")[2].lstrip()
        assert after_the_name.startswith(f'<p class="lead">{defined[name]}</p>')
