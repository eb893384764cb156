"""The picture of the map: works have places in the frame, and no name lies on another."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kb.graphs.drawn import drawn
from kb.graphs.labels import labels
from kb.graphs.selection import EVERYTHING, Selection
from kb.site import picture
from kb.site.picture import HEIGHT, LABEL_HEIGHT, LETTER_WIDTH, MARGIN, WIDTH, Picture, fitted


def pictured(
    base: Path,
    layout: str,
    selection: Selection = EVERYTHING,
    works: int = 150,
    size: str = "cited",
) -> Picture:
    with closing(sqlite3.connect(base)) as db:
        db.row_factory = sqlite3.Row
        chosen = drawn(db, selection, works)
        return picture.picture(db, chosen, layout, "community", size)


@given(st.lists(st.floats(-1e6, 1e6), max_size=30))
@example([0.0, 2.2e-309])  # nearer to each other than a scale between them can be written
def test_values_are_spread_over_the_frame_in_their_order(values: list[float]) -> None:
    places = fitted(values, WIDTH)
    assert all(MARGIN <= place <= WIDTH - MARGIN for place in places)
    for (one, at_one), (other, at_other) in combinations(zip(values, places, strict=True), 2):
        assert at_one <= at_other or one >= other


@pytest.mark.parametrize("layout", ["year", "force"])
def test_no_name_lies_on_another_and_the_largest_work_has_one(
    bundled_base: Path, specimen: Path, layout: str
) -> None:
    for base in (bundled_base, specimen):
        found = pictured(base, layout)
        named = [(*node.label_at, len(node.label)) for node in found.nodes if node.label]
        assert found.nodes[0].label
        for (x, y, letters), (other_x, other_y, others) in combinations(named, 2):
            apart = LETTER_WIDTH * (letters + others) / 2
            assert abs(x - other_x) >= apart or abs(y - other_y) >= LABEL_HEIGHT
        assert all(0 < node.x < WIDTH and 0 < node.y < HEIGHT for node in found.nodes)
        for x, y, letters in named:
            assert LETTER_WIDTH * letters / 2 <= x <= WIDTH - LETTER_WIDTH * letters / 2
            assert y >= LABEL_HEIGHT


@pytest.mark.parametrize("layout", ["year", "force"])
def test_the_real_records_have_forty_names(real_base: Path, layout: str) -> None:
    assert sum(bool(node.label) for node in pictured(real_base, layout).nodes) >= 40


def test_a_work_is_named_as_in_the_exports_and_a_guess_is_marked(real_base: Path) -> None:
    drawn_works = pictured(real_base, "year").nodes
    with closing(sqlite3.connect(real_base)) as db:
        called = labels(db, [node.row["work"] for node in drawn_works])
    named = {n.row["work"]: (n.label, n.is_guessed) for n in drawn_works if n.label}
    assert named == {work: called[work] for work in named}
    assert any(is_guessed for _, is_guessed in named.values())


def test_works_without_a_year_stand_apart_under_a_name(specimen: Path) -> None:
    labels = [tick.label for tick in pictured(specimen, "year", works=500).ticks]
    assert labels[0] == "no year"
    assert labels[-1] == "2025"


@pytest.mark.parametrize("layout", ["year", "force"])
def test_each_work_has_a_place_of_its_own(specimen: Path, layout: str) -> None:
    found = pictured(specimen, layout, works=100)
    assert len({(node.x, node.y) for node in found.nodes}) == len(found.nodes) == 100


def test_the_size_is_what_is_chosen(specimen: Path) -> None:
    for size, measure in (("cited", "in_degree"), ("pagerank", "pagerank")):
        nodes = pictured(specimen, "year", size=size).nodes
        assert nodes[0].row[measure] == max(node.row[measure] for node in nodes)
        assert nodes[0].radius == max(node.radius for node in nodes)


def test_citations_of_the_main_path_are_told_apart(specimen: Path) -> None:
    assert 0 < sum(edge.main for edge in pictured(specimen, "year").edges) < 20


def test_of_no_works_there_is_an_empty_picture(specimen: Path) -> None:
    for layout in ("year", "force"):
        found = pictured(specimen, layout, Selection(first_year=1800, last_year=1801))
        assert (found.nodes, found.edges, found.ticks, found.legend) == ([], [], [], [])
