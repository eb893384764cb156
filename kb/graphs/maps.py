"""Maps of a selection of works, each a graph with identifiers for nodes, never list positions.

A map streams as a ``kb.graphs.graph.Graph`` does, which the exports write. For those who go on
computing, ``digraph`` gives the citations of any selection as a networkx graph in one call, and
``as_networkx`` any map.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from kb.base import reading
from kb.graphs import graph
from kb.graphs.coupling import Pairs, cocited, coupled, incidence
from kb.graphs.graph import Attributes, Graph, Types, citation_matrix
from kb.graphs.labels import LONGEST, shortened
from kb.graphs.metrics import in_degree, out_degree
from kb.graphs.places import placed
from kb.graphs.selection import EVERYTHING, Selection, selected

if TYPE_CHECKING:
    import networkx

WEIGHT: Types = {"weight": int}
TOPIC_TYPES: Types = {"label": str, "title": str, "scheme": str, "broader": str, "papers": int}
AUTHOR_TYPES: Types = {"label": str, "title": str, "name": str, "orcid": str, "papers": int}
PAPER_TOPIC_TYPES: Types = {**graph.NODE_TYPES, "kind": str, "scheme": str, "broader": str}

PAPER_TOPICS = "SELECT p.work, t.topic, t.basis FROM paper_topics t JOIN papers p USING (pmid)"
TOPICS = "SELECT topic, label, scheme, broader FROM topics ORDER BY topic"
AUTHORS = """
SELECT p.work, a.orcid, a.collective, a.last_name, ifnull(a.initials, substr(a.fore_name, 1, 1))
FROM authors a JOIN papers p USING (pmid) ORDER BY a.pmid, a.position
"""


def citation(db: sqlite3.Connection, selection: Selection = EVERYTHING) -> Graph:
    """Who cites whom, as ``kb.graphs.graph.citation`` has it, among the works selected, with their
    places: those near what they are linked to where all have one, else year and lane."""
    works = None if selection == EVERYTHING else frozenset(selected(db, selection))
    return placed(db, graph.citation(db, works), works, "force", "year")


def historiograph(
    db: sqlite3.Connection, selection: Selection = EVERYTHING, most: int = 30
) -> Graph:
    """The ``most`` dated works that the works selected cite most, and the citations among them: a
    history of the field, placed by year (Garfield 2004)."""
    works, links = _selected(db, selection)
    dated = {work for (work,) in db.execute("SELECT work FROM works WHERE year IS NOT NULL")}
    counts = zip(works, in_degree(links).tolist(), strict=True)
    cited = [(-count, work) for work, count in counts if count and work in dated]
    chosen = frozenset(work for _, work in sorted(cited)[:most])
    return placed(db, graph.citation(db, chosen), chosen, "year")


def cocitation(db: sqlite3.Connection, selection: Selection = EVERYTHING, least: int = 1) -> Graph:
    """Cited works, by how many of the works selected cite both; pairs below ``least`` are left
    out."""
    works, links = _selected(db, selection)
    cited = np.flatnonzero(in_degree(links))
    names = [works[position] for position in cited.tolist()]
    return _undirected(db, names, cocited(links[:, cited], least))


def coupling(db: sqlite3.Connection, selection: Selection = EVERYTHING, least: int = 1) -> Graph:
    """Citing works, by how many references they share (bibliographic coupling).

    A reference counts wherever it leads: also to works outside the selection and to those that
    were not harvested.
    """
    works, links = citation_matrix(db)
    chosen = _positions(works, selected(db, selection))
    citing = chosen[out_degree(links)[chosen] > 0]
    names = [works[position] for position in citing.tolist()]
    return _undirected(db, names, coupled(links[citing], least))


def topics(db: sqlite3.Connection, selection: Selection = EVERYTHING, least: int = 1) -> Graph:
    """Topics, by how many of the papers selected have both. A paper has the topics that it names,
    not the wider ones."""
    rows = [(work, f"topic:{topic}") for work, topic, _ in _paper_topics(db, selection)]
    counts, edges = _together(rows, least)
    nodes = (
        (node, {**about, "papers": counts[node]})
        for node, about in _topic_nodes(db)
        if node in counts
    )
    told = graph.citation(db).about
    return Graph(told, TOPIC_TYPES, WEIGHT, nodes, edges, directed=False)


def paper_topic(db: sqlite3.Connection, selection: Selection = EVERYTHING) -> Graph:
    """The papers selected and their topics; an edge has the strongest ``basis`` of the two."""
    rows = sorted(_paper_topics(db, selection))
    whole = graph.citation(db, frozenset(work for work, _, _ in rows))
    linked = {f"topic:{topic}" for _, topic, _ in rows}

    def nodes() -> Iterator[tuple[str, Attributes]]:
        for work, attributes in whole.nodes:
            yield work, {**attributes, "kind": "paper"}
        for node, about in _topic_nodes(db):
            if node in linked:
                yield node, {**about, "text": about["title"], "kind": "topic"}

    def edges() -> Iterator[tuple[str, str, Attributes]]:
        for work, topic, basis in rows:
            yield work, f"topic:{topic}", {"basis": basis}

    basis: Types = {"basis": str}
    return Graph(whole.about, PAPER_TOPIC_TYPES, basis, nodes(), edges(), directed=False)


def authors(db: sqlite3.Connection, selection: Selection = EVERYTHING, least: int = 1) -> Graph:
    """Authors of the papers selected, by how many papers they wrote together.

    An author is an ORCID (``orcid:``), else a family name with initials (``author:``), under which
    several people may hide and one may stand twice; a group goes by its name (``group:``).
    """
    chosen = frozenset(selected(db, replace(selection, papers_only=True)))
    rows, about = [], dict[str, Attributes]()
    for work, orcid, collective, last_name, initials in db.execute(AUTHORS):
        if work in chosen:
            name = collective or " ".join(filter(None, (last_name, initials)))
            author = _author(orcid, collective, name)
            rows.append((work, author))
            about.setdefault(author, _about_author(orcid, name))
    counts, edges = _together(rows, least)
    nodes = ((author, {**about[author], "papers": count}) for author, count in counts.items())
    told = graph.citation(db).about
    return Graph(told, AUTHOR_TYPES, WEIGHT, nodes, edges, directed=False)


MAPS: dict[str, Callable[[sqlite3.Connection, Selection], Graph]] = {
    "citation": citation,
    "historiograph": historiograph,
    "cocitation": cocitation,
    "coupling": coupling,
    "topics": topics,
    "paper-topic": paper_topic,
    "authors": authors,
}


def digraph(
    base: Path | sqlite3.Connection, selection: Selection = EVERYTHING
) -> networkx.DiGraph[str]:
    """The citations of a kb.db as a networkx graph, from the citing to the cited work, with all
    attributes of ``citation``; ``graph["base_id"]`` names the base it is from.

    Raises what ``kb.graphs.selection.selected`` raises, for a path what ``check_base`` raises too.
    """
    if isinstance(base, sqlite3.Connection):
        return cast("networkx.DiGraph[str]", as_networkx(citation(base, selection)))
    with reading(base) as db:
        return digraph(db, selection)


def as_networkx(drawn: Graph) -> networkx.Graph[str]:
    """Any map as a networkx graph, a DiGraph where it is directed."""
    import networkx  # here, not above: exports of files do without it

    made: networkx.Graph[str] = networkx.DiGraph() if drawn.directed else networkx.Graph()
    made.graph.update(drawn.about)
    made.add_nodes_from(drawn.nodes)
    made.add_edges_from(drawn.edges)
    return made


def _together(
    rows: Sequence[tuple[str, str]], least: int
) -> tuple[dict[str, int], Iterator[tuple[str, str, Attributes]]]:
    """Of (paper, name), the papers of each name, and the names that papers have in common."""
    papers, names = (sorted({row[end] for row in rows}) for end in (0, 1))
    matrix = incidence(papers, names, rows)
    counts = dict(zip(names, in_degree(matrix).tolist(), strict=True))
    return counts, _edges(names, cocited(matrix, least))


def _selected(db: sqlite3.Connection, selection: Selection) -> graph.Matrix:
    """The citations among the works selected."""
    works, links = whole = citation_matrix(db)
    if selection == EVERYTHING:
        return whole
    chosen = _positions(works, selected(db, selection))
    return graph.Matrix([works[number] for number in chosen.tolist()], links[chosen][:, chosen])


def _positions(works: Sequence[str], chosen: Sequence[str]) -> Any:
    position = {work: number for number, work in enumerate(works)}
    return np.array([position[work] for work in chosen], dtype=np.int64)


def _undirected(db: sqlite3.Connection, works: Sequence[str], pairs: Iterator[Pairs]) -> Graph:
    """Works with the attributes that the citation graph gives them, linked by weighted pairs."""
    whole = graph.citation(db, frozenset(works))
    return replace(whole, edges=_edges(works, pairs), edge_types=WEIGHT, directed=False)


def _edges(names: Sequence[str], blocks: Iterable[Pairs]) -> Iterator[tuple[str, str, Attributes]]:
    for block in blocks:
        for first, second, weight in zip(*(ends.tolist() for ends in block), strict=True):
            yield names[first], names[second], {"weight": weight}


def _paper_topics(db: sqlite3.Connection, selection: Selection) -> Iterator[tuple[str, str, str]]:
    chosen = frozenset(selected(db, replace(selection, papers_only=True)))
    return (row for row in db.execute(PAPER_TOPICS) if row[0] in chosen)


def _topic_nodes(db: sqlite3.Connection) -> Iterator[tuple[str, Attributes]]:
    for topic, label, scheme, broader in db.execute(TOPICS):
        wider = {"broader": broader} if broader else {}
        yield f"topic:{topic}", {"label": label, "title": label, "scheme": scheme, **wider}


def _about_author(orcid: str | None, name: str) -> Attributes:
    named: Attributes = {"label": shortened(name, LONGEST), "title": name, "name": name}
    return {**named, "orcid": orcid} if orcid else named


def _author(orcid: str | None, collective: str | None, name: str) -> str:
    if orcid:
        return f"orcid:{orcid}"
    kind = "group" if collective else "author"
    return f"{kind}:{' '.join(name.casefold().split())}"
