"""kb.site.work: what is counted by a short way is what the long way counts."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from serving import text_of
from specimen_site import (
    CITED_DOI,
    CITING,
    FORMER,
    IMAGING,
    Get,
)

from kb.site import work


@pytest.fixture(scope="module")
def db(specimen: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(specimen)) as connection:
        yield connection


@pytest.mark.parametrize(
    ("sql", "side"), [(work.COUPLED, 0), (work.COCITED, 1)], ids=["coupled", "cocited"]
)
def test_neighbours_are_the_five_that_share_most(
    db: sqlite3.Connection, sql: str, side: int
) -> None:
    cites = set(db.execute("SELECT citing, cited FROM cites"))
    years = dict(db.execute("SELECT work, coalesce(year, 0) FROM works"))
    for name in {pair[side] for pair in cites}:
        mine = {pair[1 - side] for pair in cites if pair[side] == name}
        shared = Counter(
            pair[side] for pair in cites if pair[1 - side] in mine and pair[side] != name
        )
        best = sorted(shared, key=lambda other: (-shared[other], -years[other], other))[:5]
        rows = db.execute(sql, {"work": name}).fetchall()
        assert [(row[0], row[4]) for row in rows] == [(other, shared[other]) for other in best]


def test_a_work_known_only_as_cited_says_who_cites_it(get: Get) -> None:
    response = get(f"/work/{CITED_DOI}")
    assert response.status_code == 200
    assert "its record was not harvested" in text_of(response)
    assert f'href="/paper/{CITING}"' in response.text


def test_a_work_is_found_in_any_case_and_under_its_former_identifier(get: Get) -> None:
    for name in (CITED_DOI.replace("specimen", "SPECIMEN"), FORMER):
        response = get(f"/work/{name}")
        assert response.status_code == 301
        assert response.headers["location"] == f"/work/{CITED_DOI}"


def test_a_harvested_work_leads_to_its_paper(get: Get) -> None:
    assert f'href="/paper/{IMAGING}"' in get(f"/work/pmid:{IMAGING}").text
