"""kb.site.facets: what is counted from columns is what SQL counts, whatever was found."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kb.data import data_dir
from kb.schema import SCHEMA
from kb.site import topic
from kb.site.facets import Value, columns, facets, most, published
from kb.site.serve import datasette_over

# Each value with its papers, as one would ask for it.
SQL = {
    "topic": "SELECT c.ancestor, count(DISTINCT t.pmid) FROM topic_closure c"
    " JOIN paper_topics t ON t.topic = c.topic WHERE t.pmid IN ({pmids}) GROUP BY 1",
    "year": "SELECT year, count(*) FROM papers WHERE pmid IN ({pmids}) AND year > 0 GROUP BY 1",
    "design": "SELECT design, count(*) FROM papers WHERE pmid IN ({pmids}) GROUP BY 1",
    "journal": "SELECT coalesce(journal_abbrev, journal) AS j, count(*) FROM papers"
    " WHERE pmid IN ({pmids}) AND j IS NOT NULL GROUP BY 1",
    "type": "SELECT name, count(DISTINCT pmid) FROM publication_types"
    " WHERE pmid IN ({pmids}) GROUP BY 1",
    "verdict": "SELECT verdict, count(*) FROM verdicts WHERE pmid IN ({pmids}) GROUP BY 1",
    "decision": "SELECT decision, count(DISTINCT pmid) FROM curation"
    " WHERE pmid IN ({pmids}) AND decision IN ('include', 'exclude') GROUP BY 1",
    "seed": "SELECT seed, count(DISTINCT pmid) FROM provenance WHERE pmid IN ({pmids}) GROUP BY 1",
}


@pytest.fixture
def db(any_base: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(any_base)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def pmids_of(db: sqlite3.Connection) -> list[int]:
    return [pmid for (pmid,) in db.execute("SELECT pmid FROM papers")]


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 1])
def test_every_filter_counts_what_sql_counts(db: sqlite3.Connection, share: float) -> None:
    every = pmids_of(db)
    found = random.Random(7).sample(every, int(share * len(every)))
    counted = columns(db).counted(found)
    assert counted.keys() == SQL.keys()
    for name, sql in SQL.items():
        wanted = dict(db.execute(sql.format(pmids=", ".join(map(str, found)))).fetchall())
        assert counted[name] == wanted, name


def test_all_papers_have_the_topics_that_the_build_counted(specimen: Path) -> None:
    with closing(sqlite3.connect(specimen)) as db:
        built = dict(db.execute("SELECT topic, papers FROM topics WHERE papers > 0").fetchall())
        assert columns(db).counted(pmids_of(db))["topic"] == built


def test_a_paper_of_another_base_counts_for_nothing(db: sqlite3.Connection) -> None:
    """A file that came in between has other papers; its answer is asked again."""
    held = columns(db)
    assert held.counted([*pmids_of(db), 4_000_000_000]) == held.counted(pmids_of(db))


def test_nothing_is_counted_in_an_empty_base() -> None:
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(SCHEMA.read_text(encoding="utf-8"))
        assert not any(columns(db).counted([]).values())


def test_the_frequent_values_come_first_and_years_from_the_newest() -> None:
    counts: dict[Value, int] = {2001: 5, 2003: 1, 2002: 5}
    assert [each["value"] for each in most(counts, newest=False)] == [2001, 2002, 2003]
    assert [each["value"] for each in most(counts, newest=True)] == [2003, 2002, 2001]


def test_a_filter_that_is_chosen_is_no_facet(db: sqlite3.Connection) -> None:
    counted = columns(db).counted(pmids_of(db))
    names = {facet.name for facet in facets(db, counted, {"year": 2001, "q": "x"})}
    assert names >= {"design", "journal"}
    assert "year" not in names


def test_topics_that_meet_and_years_are_those_of_the_sql_that_the_page_shows(
    db: sqlite3.Connection,
) -> None:
    held = columns(db)
    named = [name for (name,) in db.execute("SELECT topic FROM topics WHERE papers > 0")]
    for name in named:
        shown = db.execute(topic.TOPIC_MEETS, {"topic": name}).fetchall()
        page = topic.read(db, held, name, "newest", 1)
        assert page
        assert sorted(map(tuple, shown)) == sorted(
            tuple(row) for rows in page.meets.values() for row in rows
        )
        years = dict(
            db.execute(
                "SELECT year, count(DISTINCT pmid) FROM papers JOIN paper_topics USING (pmid)"
                " JOIN topic_closure USING (topic) WHERE ancestor = ? GROUP BY 1",
                [name],
            ).fetchall()
        )
        assert page.years.undated == years.pop(None, 0)
        assert {bar.year: bar.papers for bar in page.years.bars if bar.papers} == years


def test_the_counts_are_those_of_the_file_that_was_put_in_place(
    specimen: Path, tmp_path: Path
) -> None:
    path = Path(shutil.copy(specimen, tmp_path / "kb.db"))
    datasette = datasette_over(path, data_dir())
    with asyncio.Runner() as runner:
        before = runner.run(published(datasette))
        assert runner.run(published(datasette)) is before
        newer = Path(shutil.copy(specimen, tmp_path / "newer.db"))
        with closing(sqlite3.connect(newer)) as db, db:
            db.execute("UPDATE papers SET design = 'of the newer file'")
        newer.replace(path)
        after = runner.run(published(datasette))
    datasette.get_database("kb").close()
    every = before.pmids.tolist()
    assert after.counted(every)["design"] == {"of the newer file": len(every)}
    assert "of the newer file" not in before.counted(every)["design"]
