"""The citation graph measured as a whole: fills metrics, communities and layouts at build."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import numpy as np

from kb.graphs import communities, layouts, mainpath, metrics
from kb.graphs.force import by_force
from kb.graphs.graph import Matrix, Positions, citation_matrix
from kb.tables import insert
from kb.tables.corpus import CommunitiesRow, LayoutsRow, MetaRow

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
    insert(db, _communities(db, graph, partition))
    insert(db, rows)
    insert(db, _layouts(graph, years, partition))
    told = {
        "betweenness_from": f"{between.sources} of the {between.citing} works that cite others",
        "citations_on_cycles": str(len(main_path.dropped)),
        "main_path_of": f"{main_path.paths} paths",
    }
    insert(db, [MetaRow(key=key, value=value) for key, value in told.items()])


def _communities(
    db: sqlite3.Connection, graph: Matrix, partition: Positions
) -> Iterator[CommunitiesRow]:
    for each in communities.communities(
        graph,
        partition,
        {work: (slugs or "").split() for work, slugs in db.execute(TOPICS)},
        dict(db.execute("SELECT topic, label FROM topics")),
        dict(db.execute("SELECT work, text FROM works")),
    ):
        yield CommunitiesRow(
            community=each.community,
            name=each.name,
            size=each.size,
            papers=each.papers,
            topics=" ".join(each.topics),
            hub=each.hub,
        )


def _layouts(
    graph: Matrix, years: tuple[int | None, ...], partition: Positions
) -> Iterator[LayoutsRow]:
    places = layouts.by_year(years, partition, metrics.in_degree(graph.links))
    for work, (x, y) in zip(graph.works, places.tolist(), strict=True):
        yield LayoutsRow(work=work, layout="year", x=x, y=y)
    apart = by_force(graph.links, partition).round(DIGITS)
    for work, (x, y) in zip(graph.works, apart.tolist(), strict=True):
        yield LayoutsRow(work=work, layout="force", x=x, y=y)
