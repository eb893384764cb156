from __future__ import annotations

import sqlite3
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_base import add, empty_base

from kb.graphs import maps
from kb.graphs.graph import Graph
from kb.graphs.places import SIDE
from kb.graphs.selection import Selection

Place = tuple[float, float]
YEARS = {1: (1990, 0), 2: (2000, 1), 3: (2010, 0), 4: (2010, 4)}


def base_of(**layouts: Mapping[int, Place]) -> sqlite3.Connection:
    """Works that cite the one before them, as far as any layout has them."""
    db = empty_base()
    pmids = sorted({pmid for places in layouts.values() for pmid in places})
    for pmid in pmids:
        add(db, "works", work=f"pmid:{pmid}", pmid=pmid, text="t", is_paper=0, year=2000 + pmid)
    for citing, cited in zip(pmids[1:], pmids, strict=False):
        add(db, "cites", citing=f"pmid:{citing}", cited=f"pmid:{cited}", source="icite")
    for layout, places in layouts.items():
        for pmid, (x, y) in places.items():
            add(db, "layouts", work=f"pmid:{pmid}", layout=layout, x=x, y=y)
    return db


def places(found: Graph) -> dict[int, tuple[object, object]]:
    return {int(work[5:]): (told.get("x"), told.get("y")) for work, told in found.nodes}


def test_year_and_lane_fill_the_square_each_in_its_own_measure() -> None:
    found = maps.citation(base_of(year=YEARS))
    assert found.about["layout"] == "year"
    assert places(found) == {1: (0, 0), 2: (500, 250), 3: (1000, 0), 4: (1000, 1000)}


def test_where_all_works_were_drawn_by_force_that_is_their_place_in_one_measure() -> None:
    drawn = {1: (0.1, 0.2), 2: (0.6, 0.2), 3: (0.1, 0.3), 4: (0.35, 0.2)}
    found = maps.citation(base_of(year=YEARS, force=drawn))
    assert found.about["layout"] == "force"
    assert places(found) == {1: (0, 0), 2: (1000, 0), 3: (0, 200), 4: (500, 0)}


def test_where_only_some_were_all_stand_by_year() -> None:
    found = maps.citation(base_of(year=YEARS, force={1: (0, 0), 2: (1, 1)}))
    assert found.about["layout"] == "year"
    assert places(found)[2] == (500, 250)


def test_a_selection_fills_the_square_too() -> None:
    db = base_of(year=YEARS, force={1: (0, 0), 2: (1, 1)})
    chosen = maps.citation(db, Selection(first_year=2002, last_year=2003))
    assert places(chosen) == {2: (0, 1000), 3: (1000, 0)}
    drawn = maps.citation(db, Selection(last_year=2002))
    assert drawn.about["layout"] == "force"


def test_a_historiograph_stands_by_year() -> None:
    found = maps.historiograph(base_of(year=YEARS, force=dict.fromkeys(YEARS, (0.5, 0.5))))
    assert found.about["layout"] == "year"
    assert set(places(found)) == {1, 2, 3}


@pytest.mark.parametrize("kind", ["cocitation", "coupling", "topics", "paper-topic", "authors"])
def test_maps_of_anything_but_citations_have_no_places(kind: str) -> None:
    found = maps.MAPS[kind](base_of(year=YEARS), Selection())
    assert not {"x", "y"} & set(found.node_types)
    assert "layout" not in found.about


def test_a_base_without_layouts_places_nothing() -> None:
    db = base_of(year=YEARS)
    db.execute("DELETE FROM layouts WHERE work = 'pmid:3'")
    for found in (maps.citation(db), maps.historiograph(db), maps.citation(empty_base())):
        assert "x" not in found.node_types
        assert all("x" not in told for _, told in found.nodes)


def test_a_single_work_stands_in_the_corner() -> None:
    assert places(maps.citation(base_of(year={7: (1999, 0)}))) == {7: (0, 0)}


spot = st.tuples(st.integers(1900, 2030), st.integers(0, 10**6))


@given(st.lists(spot, min_size=1, max_size=8, unique=True))
def test_no_place_is_outside_the_square_and_order_and_difference_stay(spots: list[Place]) -> None:
    found = places(maps.citation(base_of(year=dict(enumerate(spots, start=1)))))
    for axis in (0, 1):
        before = [place[axis] for place in spots]
        after = [float(str(place[axis])) for place in found.values()]
        assert all(0 <= place <= SIDE for place in after)
        assert sorted(range(len(spots)), key=lambda n: (before[n], n)) == sorted(
            range(len(spots)), key=lambda n: (after[n], n)
        )
