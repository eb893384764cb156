"""The citation graph measured as a whole: fills metrics, communities and layouts at build."""

from __future__ import annotations

import sqlite3

import numpy as np

from kb.graphs import communities, layouts, mainpath, metrics
from kb.graphs.graph import Matrix, Positions, citation_matrix

WORKS = "SELECT year, is_paper FROM works ORDER BY work"
TOPICS = (
    "SELECT p.work, group_concat(t.topic, ' ') FROM papers p LEFT JOIN paper_topics t USING (pmid)"
    " GROUP BY p.pmid ORDER BY p.pmid"
)
DIGITS = 6  # of a place in the square


def fill(db: sqlite3.Connection) -> None:
    """Measure the works and citations that the base holds, and note in ``meta`` how."""
    graph = citation_matrix(db)
    years, papers = zip(*db.execute(WORKS), strict=True) if graph.works else ((), ())
    between = metrics.betweenness(graph.links)
    main_path = mainpath.main_path(graph.links)
    partition = communities.partition(graph.links)
    is_paper = np.array(papers, dtype=bool)
    rows = metrics.rows(graph, is_paper, between.shares, partition, main_path)
    _communities(db, graph, partition)
    db.executemany(f"INSERT INTO metrics VALUES ({', '.join('?' * 10)})", rows)  # noqa: S608
    _layouts(db, graph, years, partition)
    told = {
        "betweenness_from": f"{between.sources} of the {between.citing} works that cite others",
        "citations_on_cycles": str(len(main_path.dropped)),
        "main_path_of": f"{main_path.paths} paths",
    }
    db.executemany("INSERT INTO meta VALUES (?, ?)", told.items())


def _communities(db: sqlite3.Connection, graph: Matrix, partition: Positions) -> None:
    found = communities.communities(
        graph,
        partition,
        {work: (slugs or "").split() for work, slugs in db.execute(TOPICS)},
        dict(db.execute("SELECT topic, label FROM topics")),
        dict(db.execute("SELECT work, text FROM works")),
    )
    db.executemany(
        "INSERT INTO communities VALUES (?, ?, ?, ?, ?, ?)",
        [(*row[:4], " ".join(row.topics), row.hub) for row in found],
    )


def _layouts(
    db: sqlite3.Connection, graph: Matrix, years: tuple[int | None, ...], partition: Positions
) -> None:
    places = layouts.by_year(years, partition, metrics.in_degree(graph.links))
    by_year = zip(graph.works, places.tolist(), strict=True)
    drawn = layouts.most_linked(graph.links)
    apart = layouts.by_force(graph.links[drawn][:, drawn]).round(DIGITS)
    by_force = zip(drawn.tolist(), apart.tolist(), strict=True)
    db.executemany("INSERT INTO layouts VALUES (?, 'year', ?, ?)", ((w, *xy) for w, xy in by_year))
    db.executemany(
        "INSERT INTO layouts VALUES (?, 'force', ?, ?)",
        ((graph.works[number], *xy) for number, xy in by_force),
    )
