"""kb.site.work: what is counted by a short way is what the long way counts."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

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
