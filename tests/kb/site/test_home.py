"""What the first page says."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from serving import asking, text_of
from specimen_site import (
    RETRACTED,
    Get,
    asked,
)


def test_home_says_what_it_is_how_fresh_and_what_is_wrong(get: Get, base: Path) -> None:
    seen = text_of(get("/"))
    (base_id,) = asked(base, "SELECT value FROM meta WHERE key = 'base_id'")[0]
    assert f"Base {base_id} ·" in seen
    assert "It is not a systematic review" in seen
    assert "Of 3 PMIDs asked for or read, 2 were new or revised" in seen
    assert "1 failed" in seen
    assert "Incomplete" in seen
    assert "2 retracted" in seen
    assert "1 with an expression of concern" in seen
    assert "3 never checked" in seen
    assert "Imaging modality The examination or tracer that makes the picture" in seen


def test_a_retraction_of_the_last_run_stands_first_on_home(specimen: Path, tmp_path: Path) -> None:
    later = Path(shutil.copy(specimen, tmp_path / "kb.db"))
    with closing(sqlite3.connect(later)) as db, db:
        db.execute(
            "INSERT INTO changes"
            " SELECT max(run), ?, 'retracted', '2026-11-25T00:00:00Z', 'a notice' FROM runs",
            (RETRACTED,),
        )
    with asking(later) as get:
        html = get("/").text
    assert re.search(r'New in run 2</h2>\s*<ul[^>]*>\s*<li><strong class="kind">retracted', html)
    assert html.index("New in run 2") < html.index("What it is, and what it is not")
    assert f'href="/paper/{RETRACTED}"' in html


def test_a_paper_that_the_last_run_found_withdrawn_stands_once_on_home(specimen: Path) -> None:
    ((withdrawn,),) = asked(specimen, "SELECT pmid FROM changes WHERE kind = 'withdrawn'")
    with asking(specimen) as get:
        home = get("/").text
    assert home.count(f'href="/paper/{withdrawn}"') == 1
    assert home.index(f'href="/paper/{withdrawn}"') < home.index("What it is, and what it is not")


def test_the_topic_counts_of_home_count_narrower_topics_in(get: Get, base: Path) -> None:
    counted = asked(
        base,
        "SELECT t.label, count(DISTINCT p.pmid) FROM topics t"
        " JOIN topic_closure c ON c.ancestor = t.topic"
        " LEFT JOIN paper_topics p ON p.topic = c.topic GROUP BY t.topic",
    )
    seen = text_of(get("/"))
    assert {count for _, count in counted} >= {0, 1, 2}
    assert [line for line in counted if f"{line[0]} {line[1]}" not in seen] == []
