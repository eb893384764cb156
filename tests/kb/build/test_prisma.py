"""The flow of records closes, whatever seeds reach and people decide."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from building import Base, Raw
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from kb.build.curation import HEAD
from kb.build.prisma import fill
from kb.checks import check
from kb.schema import SCHEMA
from kb.tables import insert
from kb.tables.corpus import CurationRow

SEARCHES = ("imaging:query:mibg[ti]", "staging:query:inss[ti]")
Flow = list[tuple[str, str, str | None, int]]


def flow(base: Base) -> Flow:
    return base.rows("SELECT phase, box, detail, records FROM prisma_flow ORDER BY position")


@pytest.fixture
def base(tmp_path: Path) -> Base:
    """Papers 1 to 6 of two searches, 3 found by both and over a citation too; 7 named, 8 from a
    file, 9 and 10 unknown to PubMed or failed, 11 never asked for, 6 withdrawn, 12 of a dead
    seed; 1 included, 2 and 4 excluded."""
    raw = Raw(tmp_path / "raw.db")
    raw.run()
    for pmid in (1, 2, 3):
        raw.read(pmid, seed=SEARCHES[0])
    for pmid in (3, 4, 5, 6):
        raw.read(pmid, seed=SEARCHES[1])
    raw.read(3, seed=SEARCHES[0], via="1", hop=1)
    raw.read(5, seed=SEARCHES[0], via="1", hop=1)
    raw.read(5, seed=SEARCHES[0], via="2", hop=1)
    raw.read(7, seed="imaging:pmid:7")
    raw.read(8, seed="files:file:a.xml")
    raw.read(12, seed="old:query:tumour")
    raw.do("UPDATE seeds SET live = 0 WHERE seed LIKE 'old%'")
    raw.do("UPDATE reach SET source = 'search' WHERE hop = 0 AND seed LIKE '%:query:%'")
    raw.do("UPDATE reach SET source = 'file' WHERE seed LIKE 'files:%'")
    for pmid in (9, 10, 11):
        raw.do("INSERT INTO reach VALUES (?, ?, '', 0, 'search', 1, '')", [SEARCHES[0], pmid])
    raw.do("INSERT INTO outcomes (run, pmid, outcome) VALUES (1, 9, 'missing'), (1, 10, 'failed')")
    raw.withdraw(6)
    lines = [
        *(",".join(HEAD), "1,include,,,AB,2024-05-01", "2,exclude,,no patients,AB,2024-05-01"),
        *("4,exclude,,a letter,AB,2024-05-01", "99,include,,,AB,2024-05-01"),
    ]
    (raw.data / "curation.csv").write_text("\n".join(lines), encoding="utf-8")
    return raw.build()


def test_each_record_has_its_place(base: Base) -> None:
    assert flow(base) == [
        ("identification", "identified", f"databases: PubMed, {SEARCHES[0]}", 6),
        ("identification", "identified", f"databases: PubMed, {SEARCHES[1]}", 4),
        ("identification", "identified", "other methods: citation searching, job imaging", 1),
        ("identification", "identified", "other methods: files", 1),
        ("identification", "identified", "other methods: named by job imaging", 1),
        ("identification", "duplicates removed", None, 2),
        ("identification", "removed for other reasons", "PubMed does not have it", 1),
        ("identification", "removed for other reasons", "could not be fetched or read", 1),
        ("identification", "removed for other reasons", "not asked yet", 1),
        ("identification", "removed for other reasons", "withdrawn since it was read", 1),
        ("screening", "screened", None, 7),
        ("screening", "excluded", "a letter", 1),
        ("screening", "excluded", "no patients", 1),
        ("screening", "not yet decided", None, 4),
        ("included", "included", None, 1),
    ]
    assert check(base.path) == []


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ("records = records + 1 WHERE box = 'identified' AND position = 1", ["identified"]),
        ("records = 9 WHERE box = 'screened'", ["identified", "screened"]),
        ("records = 2 WHERE box = 'included'", ["screened", "included"]),
        ("detail = 'a letter' WHERE box = 'excluded'", []),
        ("records = 0 WHERE detail = 'a letter'", ["screened", "excluded"]),
    ],
)
def test_the_check_names_the_sum_that_does_not_close(
    base: Base, change: str, where: list[str]
) -> None:
    with closing(sqlite3.connect(base.path)) as db, db:
        db.execute(f"UPDATE prisma_flow SET {change}")
    wanted = [f"the PRISMA flow does not close at {', '.join(where)}"] if where else []
    assert check(base.path) == wanted


def test_a_record_that_is_withdrawn_counts_as_decided_where_it_was(tmp_path: Path) -> None:
    raw = Raw(tmp_path / "raw.db")
    raw.run()
    raw.read(1)
    raw.withdraw(1)
    line = "1,exclude,,withdrawn by NLM,AB,2024-05-01"
    (raw.data / "curation.csv").write_text(f"{','.join(HEAD)}\n{line}\n", encoding="utf-8")
    found = flow(raw.build())
    assert ("screening", "excluded", "withdrawn by NLM", 1) in found
    assert ("screening", "screened", None, 1) in found


def test_an_empty_base_has_every_box_with_none(tmp_path: Path) -> None:
    found = flow(Raw(tmp_path / "raw.db").build())
    assert [row[1] for row in found] == [
        *("duplicates removed", "removed for other reasons", "screened", "excluded"),
        *("not yet decided", "included"),
    ]
    assert {row[3] for row in found} == {0}


# Reach: seed, PMID, hop; papers: status; decisions.
REACH = st.sets(
    st.tuples(st.sampled_from([*SEARCHES, "a:pmid:1"]), st.integers(1, 9), st.integers(0, 2))
)
PAPERS = st.dictionaries(st.integers(1, 9), st.sampled_from(["active", "withdrawn", "merged"]))
DECIDED = st.dictionaries(st.integers(1, 12), st.sampled_from(["include", "exclude"]))


@given(reach=REACH, papers=PAPERS, decided=DECIDED)
def test_sums_close_for_any_reach_and_any_decisions(
    reach: set[tuple[str, int, int]], papers: dict[int, str], decided: dict[int, str]
) -> None:
    with closing(sqlite3.connect(":memory:")) as raw, closing(sqlite3.connect(":memory:")) as db:
        _raw(raw, reach)
        db.executescript(SCHEMA.read_text(encoding="utf-8"))
        db.execute("DROP TABLE papers")
        db.execute("CREATE TABLE papers (pmid INTEGER, record_status TEXT)")
        db.executemany("INSERT INTO papers VALUES (?, ?)", papers.items())
        rows = (
            CurationRow(line, pmid, what, None, f"reason {pmid % 2}", "AB", "2024-05-01")
            for line, (pmid, what) in enumerate(decided.items())
        )
        insert(db, rows)
        fill(db, Database(raw))
        n: dict[str, int] = dict(db.execute("SELECT box, sum(records) FROM prisma_flow GROUP BY 1"))
    removed = n["duplicates removed"] + n["removed for other reasons"]
    assert n.get("identified", 0) == len({row[:2] for row in reach}) == removed + n["screened"]
    assert n["screened"] == n["excluded"] + n["not yet decided"] + n["included"]
    assert n["screened"] + n["removed for other reasons"] == len({pmid for _, pmid, _ in reach})


def _raw(db: sqlite3.Connection, reach: set[tuple[str, int, int]]) -> None:
    db.execute("CREATE TABLE live_reach (seed, pmid, hop, source)")
    db.execute("CREATE TABLE outcomes (run, pmid, outcome)")
    db.executemany("INSERT INTO live_reach VALUES (?, ?, ?, ?)", _with_source(reach))


def _with_source(reach: set[tuple[str, int, int]]) -> Iterator[tuple[Any, ...]]:
    for seed, pmid, hop in reach:
        yield seed, pmid, hop, "references" if hop else "search" if "query" in seed else "seed"
