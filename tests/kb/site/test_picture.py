"""The picture of the map: works keep their places, and no name lies on another."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from serving import asking, text_of
from specimen_site import (
    Get,
    asked,
)
from standing_base import STANDS

from kb.graphs.labels import labels
from kb.notices.verdict import ALARMS, MARKS
from kb.site import picture
from kb.site.picture import HEIGHT, MARGIN, WIDTH, Picture, fitted


def pictured(base: Path, layout: str) -> Picture:
    with closing(sqlite3.connect(base)) as db:
        db.row_factory = sqlite3.Row
        found = picture.picture(db, layout)
    assert found
    return found


@given(st.lists(st.floats(-1e6, 1e6), max_size=30))
@example([0.0, 2.2e-309])  # nearer to each other than a scale between them can be written
def test_values_are_spread_over_the_frame_in_their_order(values: list[float]) -> None:
    places = fitted(values, WIDTH)
    assert all(MARGIN <= place <= WIDTH - MARGIN for place in places)
    for (one, at_one), (other, at_other) in combinations(zip(values, places, strict=True), 2):
        assert at_one <= at_other or one >= other


@pytest.mark.parametrize("layout", ["year", "force"])
def test_no_name_lies_on_another_and_the_most_cited_work_has_one(
    bundled_base: Path, specimen: Path, layout: str
) -> None:
    for base in (bundled_base, specimen):
        found = pictured(base, layout)
        named = [node for node in found.nodes if node.label]
        assert found.nodes[0] in named
        for one, other in combinations(named, 2):
            assert abs(one.x - other.x) >= 190 or abs(one.y - other.y) >= 16
        assert all(0 < node.x < WIDTH and 0 < node.y < HEIGHT for node in found.nodes)


def test_a_work_is_named_as_in_the_exports_and_a_guess_is_marked(real_base: Path) -> None:
    drawn = pictured(real_base, "year").nodes
    with closing(sqlite3.connect(real_base)) as db:
        called = labels(db, [node.row["work"] for node in drawn])
    named = {node.row["work"]: (node.label, node.is_guessed) for node in drawn if node.label}
    assert named == {work: called[work] for work in named}
    assert any(is_guessed for _, is_guessed in named.values())


def test_works_without_a_year_stand_apart_under_a_name(specimen: Path) -> None:
    labels = [tick.label for tick in pictured(specimen, "year").ticks]
    assert labels[0] == "no year"
    assert labels[-1] == "2025"


def test_a_layout_that_is_none_is_none(specimen: Path) -> None:
    with closing(sqlite3.connect(specimen)) as db:
        assert picture.picture(db, "round") is None


def test_a_base_without_citations_has_an_empty_picture(specimen: Path, tmp_path: Path) -> None:
    bare = tmp_path / "kb.db"
    bare.write_bytes(specimen.read_bytes())
    with closing(sqlite3.connect(bare)) as db, db:
        db.execute("DELETE FROM layouts")
    found = pictured(bare, "year")
    assert (found.nodes, found.edges, found.ticks, found.works) == ([], [], [], 0)


@pytest.mark.parametrize("layout", ["year", "force"])
def test_the_map_links_each_work_marks_retractions_and_states_its_limit(
    get: Get, base: Path, layout: str
) -> None:
    html = get(f"/map?layout={layout}").text
    ((placed,),) = asked(base, f"SELECT count(*) FROM layouts WHERE layout = '{layout}'")
    assert html.count("cited ") >= placed
    assert f"The {placed} works" in html
    assert len(re.findall(r'<a href="/(?:paper|work)/[^"]*" tabindex="-1"><circle', html)) == placed
    assert "<title>Retracted: Ever E" in html
    assert 'href="/export/citation.gexf"' in html


def test_a_large_map_shows_the_most_cited_works(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "MOST_WORKS", 10)
    seen = text_of(get("/map"))
    assert "The 10 most cited of" in seen
    assert "layout=round: the layouts are year and force" in text_of(get("/map?layout=round"))


def test_the_map_marks_each_work_by_how_it_stands_in_the_picture_and_in_the_list(
    every_verdict: Path,
) -> None:
    with asking(every_verdict) as get:
        html = get("/map").text
    assert html.count('class="retracted"') == 2 * 3 + 2  # those of the legend too
    drawn, listed = html.split("<ol class=")
    for work, status in STANDS.items():
        address = f"/paper/{work[5:]}" if work.startswith("pmid:") else f"/work/{work}"
        (title,) = re.findall(
            rf'<a href="{address}" tabindex[^<]*<circle[^<]*<title>([^<]*)', drawn
        )
        (before,) = re.findall(rf'<li>(.*?)<a href="{address}">', listed)
        mark = MARKS[status].flag if status in MARKS else ""
        assert title.startswith(f"{mark}: ") if mark else ": " not in title.partition(" – ")[0]
        assert re.sub(r"<[^>]*>", "", before).strip() == mark
        assert ("alarm" in before) == (status in ALARMS)
