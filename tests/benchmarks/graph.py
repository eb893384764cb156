"""The citation graph of a kb.db, a small one (50,000 works, some 500,000 citations) and a large one
(1,000,000 and 10,000,000), grown like a literature: each new work cites recent works, and what they
cite. Each program reads the same file in a process of its own. Times are seconds of
CPU, which a busy machine stretches less than seconds of the clock; memory is the most that the
process ever held (VmHWM).

- **Load to main path** is what a build cannot do without: the graph out of kb.db, PageRank, all
  co-cited pairs, and the main path with exact counts. Its limits are 1 s for the small graph, 25 s
  and 1,500 MB for the large one.
- **Peers**: igraph, networkit and networkx measure the same graph. None of them has search path
  counts, and none counts pairs in a sparse graph: there the peer is the same in plain Python on
  networkx. It is left out of the large graph, which takes it minutes; what no peer measures there
  is set against the time to load the graph.
- **Communities** of igraph are its own Leiden, on the small graph alone as the large one takes it
  minutes; those of networkit are its parallel Louvain. Both take the first partition, the build the
  best of several on a small graph. What was tried to be quicker on the large one, and what came of
  it, stands in docs/decisions/0010-graph-analysis.md.
- **Exports** write the citation graph with all that is known of its works; the floor is to read
  those rows and write nothing, the peer is networkx with the graph made already. That of a
  part, the works of five years, may take at most four times as long as to read its rows.
"""

from __future__ import annotations

import io
import json
import re
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.page import Row
from kb import exports
from kb.graphs import communities, coupling, graph, mainpath, metrics
from kb.graphs.maps import as_networkx, citation
from kb.graphs.selection import Selection
from kb.schema import SCHEMA

LIBRARIES = ("numpy", "scipy", "graspologic-native", "igraph", "networkit", "networkx")
SIZES = {"small": 50_000, "large": 1_000_000}
REFERENCES = 10.7
LIMITS = {"small": 1.0, "large": 25.0}
MOST_MEMORY = 1_500.0
SOURCES = 20  # of betweenness
PART = Selection(first_year=2010, last_year=2014)
PART_ROWS, PART_EXPORT = "rows of five years", "export graphml of five years"
Seconds = dict[str, float]
Positions = NDArray[np.int64]

COMMAND = """
import json, re, sys
from pathlib import Path
from benchmarks import graph
seconds = graph.TASKS[sys.argv[1]](sys.argv[2])
peak = re.search(r"VmHWM:\\s*([0-9]+) kB", Path("/proc/self/status").read_text())
print(json.dumps([seconds, int(peak[1]) / 1000]))
"""


def rows() -> Iterator[Row]:
    for name, size in SIZES.items():
        with TemporaryDirectory() as folder:
            path = Path(folder, "kb.db")
            citations = write(path, size, *grown(size, REFERENCES))
            what = f"{name}, {size:,} works and {citations:,} citations"
            yield from _of_graph(what, path, LIMITS[name], name == "small")


def _of_graph(what: str, path: Path, limit: float, all_peers: bool) -> Iterator[Row]:
    ours, memory = measured("ours", path)
    yield Row(f"{what}: load to main path", sum(ours.values()), "s", limit, "limit", 1.0)
    yield Row(f"{what}: load to main path, memory", memory, "MB", MOST_MEMORY, "limit", 1.0)
    for task in ("coupling", "communities", "betweenness"):
        seconds, held = measured(task, path)
        ours |= seconds
        memory = max(memory, held)
    peers = ["igraph", "networkit", *(["networkx"] if all_peers else [])]
    told = {peer: measured(peer, path) for peer in peers}
    for step, figure in ours.items():
        measures = {peer: told[peer][0][step] for peer in peers if step in told[peer][0]}
        for peer, against in (measures or {"our load": ours["load"]}).items():
            yield Row(f"{what}: {step}", figure, "s", against, peer)
    for peer in peers:
        yield Row(f"{what}: memory of all steps", memory, "MB", told[peer][1], peer)
    if all_peers:
        yield from _exports(what, measured("exports", path)[0], told["networkx"][0])


def _exports(what: str, ours: Seconds, peer: Seconds) -> Iterator[Row]:
    floor, floor_of_part = ours.pop("rows"), ours.pop(PART_ROWS)
    part = ours.pop(PART_EXPORT)
    yield Row(f"{what}: {PART_EXPORT}", part, "s", floor_of_part, "floor, the rows", 4.0)
    for step in list(ours):
        yield Row(f"{what}: {step}", ours[step], "s", floor, "floor, the rows")
        if step in peer:
            yield Row(f"{what}: {step}", ours[step], "s", peer[step], "networkx")


def measured(task: str, path: Path) -> tuple[Seconds, float]:
    """Seconds by step of a task, and the megabytes that its process held."""
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, task, str(path)],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
        cwd=Path(__file__).resolve().parent.parent.parent,
        env={"PYTHONPATH": "tests:.", "PATH": ""},
    )
    seconds, megabytes = json.loads(done.stdout.splitlines()[-1])
    return seconds, megabytes


class Steps(Seconds):
    """Seconds of CPU by step."""

    def take(self, step: str, what: Callable[..., Any], *arguments: Any) -> Any:
        began = time.process_time()
        found = what(*arguments)
        self[step] = time.process_time() - began
        return found


# What is measured


def ours(path: str) -> Seconds:
    steps = Steps()
    links = steps.take("load", _matrix, path)
    steps.take("PageRank", metrics.pagerank, links)
    steps.take("co-citation", _counted, coupling.cocited(links))
    steps.take("main path", mainpath.main_path, links)
    return steps


def coupled(path: str) -> Seconds:
    steps = Steps()
    steps.take("coupling", _counted, coupling.coupled(_matrix(path)))
    return steps


def partitioned(path: str) -> Seconds:
    steps = Steps()
    steps.take("communities", communities.partition, _matrix(path))
    return steps


def between(path: str) -> Seconds:
    steps = Steps()
    links = _matrix(path)
    step = f"betweenness from {SOURCES} works"
    steps.take(step, metrics.betweenness, links, SOURCES * links.nnz)
    return steps


def exported(path: str) -> Seconds:
    steps = Steps()
    with closing(sqlite3.connect(path)) as db:
        steps.take("rows", _read, graph.citation(db))
        for format_ in (name for name in exports.FORMATS["citation"] if name != "wos"):
            steps.take(f"export {format_}", _counted, exports.pieces(db, "citation", format_))
        steps.take(PART_ROWS, _read, citation(db, PART))
        steps.take(PART_EXPORT, _counted, exports.pieces(db, "citation", "graphml", PART))
    return steps


def by_igraph(path: str) -> Seconds:
    import igraph

    steps = Steps()
    made = steps.take("load", lambda: igraph.Graph(*_numbered(path), directed=True))
    steps.take("PageRank", made.pagerank)
    step = f"betweenness from {SOURCES} works"
    steps.take(step, lambda: made.betweenness(sources=_sources(made.vcount())))
    if made.vcount() <= SIZES["small"]:
        undirected = made.as_undirected()
        steps.take("communities", lambda: undirected.community_leiden("modularity", n_iterations=2))
    return steps


def by_networkit(path: str) -> Seconds:
    import networkit

    steps = Steps()

    def load() -> Any:
        size, edges = _numbered(path)
        return networkit.GraphFromCoo(tuple(np.array(edges).T), n=size, directed=True)

    made = steps.take("load", load)
    spread = networkit.centrality.SinkHandling.DistributeSinks
    rank = networkit.centrality.PageRank(made, 0.85, 1e-12, False, spread)
    steps.take("PageRank", rank.run)
    undirected = networkit.graphtools.toUndirected(made)
    steps.take("communities", networkit.community.detectCommunities, undirected)
    return steps


def by_networkx(path: str) -> Seconds:
    import networkx

    steps = Steps()

    def load() -> Any:
        size, edges = _numbered(path)
        made: networkx.DiGraph[int] = networkx.DiGraph()
        made.add_nodes_from(range(size))
        made.add_edges_from(edges)
        return made

    made = steps.take("load", load)
    steps.take("PageRank", lambda: networkx.pagerank(made, tol=1e-9, max_iter=1000))
    steps.take("co-citation", _plain_pairs, made.succ)
    steps.take("coupling", _plain_pairs, made.pred)
    steps.take("main path", _plain_main_path, made)
    with closing(sqlite3.connect(path)) as db:
        told = as_networkx(graph.citation(db))
    for format_, write_ in (("graphml", networkx.write_graphml), ("gexf", networkx.write_gexf)):
        steps.take(f"export {format_}", write_, told, io.BytesIO())
    return steps


TASKS: dict[str, Callable[[str], Seconds]] = {
    "ours": ours,
    "coupling": coupled,
    "communities": partitioned,
    "betweenness": between,
    "exports": exported,
    "igraph": by_igraph,
    "networkit": by_networkit,
    "networkx": by_networkx,
}


def _matrix(path: str) -> Any:
    with closing(sqlite3.connect(path)) as db:
        return graph.citation_matrix(db).links


def _numbered(path: str) -> tuple[int, list[tuple[int, int]]]:
    """The citations as a program without matrices reads them."""
    with closing(sqlite3.connect(path)) as db:
        works = [work for (work,) in db.execute("SELECT work FROM works ORDER BY work")]
        number = {work: place for place, work in enumerate(works)}
        pairs = db.execute("SELECT DISTINCT citing, cited FROM cites")
        return len(works), [(number[citing], number[cited]) for citing, cited in pairs]


def _sources(size: int) -> list[int]:
    return list(map(int, np.random.default_rng(1).choice(size, SOURCES, replace=False)))


def _read(found: graph.Graph) -> None:
    _counted(found.nodes)
    _counted(found.edges)


def _counted(items: Iterator[Any]) -> int:
    return sum(1 for _ in items)


def _plain_pairs(neighbours: Any) -> int:
    counts: Counter[tuple[int, int]] = Counter()
    for linked in neighbours.values():
        counts.update(combinations(sorted(linked), 2))
    return len(counts)


def _plain_main_path(made: Any) -> int:
    import networkx

    order = list(networkx.topological_sort(made))
    down, up, best = dict.fromkeys(order, 1), dict.fromkeys(order, 1), dict.fromkeys(order, 0)
    for work in order:
        down[work] = sum(down[citing] for citing in made.pred[work]) or 1
    for work in reversed(order):
        up[work] = sum(up[cited] for cited in made.succ[work]) or 1
    for work in reversed(order):
        onward = (down[work] * up[cited] + best[cited] for cited in made.succ[work])
        best[work] = max(onward, default=0)
    return max(best.values())


# What it is measured on


def grown(size: int, references: float, seed: int = 1) -> tuple[Positions, Positions]:
    """Citing and cited works, numbered by age.

    A new work cites works of about the last twentieth, and as often what is cited by citations of
    about the last tenth, so that some works gather many and most few.
    """
    chance = np.random.default_rng(seed)
    at_once = max(1, size // 500)
    citing, cited = np.empty((2, 0), dtype=np.int64)
    parts: list[tuple[Positions, Positions]] = []
    ends = np.empty(int(size * references * 1.1) + 1000, dtype=np.int64)
    count = 0
    for start in range(0, size, at_once):
        new = np.arange(start, min(start + at_once, size))
        who = np.repeat(new, chance.poisson(references, len(new)))
        recent = who - 1 - chance.exponential(size / 20, len(who)).astype(np.int64)
        if count:
            back = chance.exponential(count / 10, len(who)).astype(np.int64) % count
            recent = np.where(chance.random(len(who)) < 0.6, ends[count - 1 - back], recent)
        kept = (recent >= 0) & (recent < who)
        citing, cited = np.divmod(np.unique(who[kept] * size + recent[kept]), size)
        ends[count : count + len(cited)] = cited
        count += len(cited)
        parts.append((citing, cited))
    both = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return both[0], both[1]


def write(path: Path, size: int, citing: Positions, cited: Positions) -> int:
    """A kb.db that holds works and citations and nothing else; how many citations."""
    works = [f"pmid:{10_000_000 + 30 * number}" for number in range(size)]
    schema = re.sub(r"CREATE INDEX cites_cited .*", "", SCHEMA.read_text(encoding="utf-8"))
    with closing(sqlite3.connect(path)) as db:
        db.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {schema}")
        with db:
            db.executemany(
                "INSERT INTO works (work, pmid, year, text, is_paper) VALUES (?, ?, ?, ?, 0)",
                (
                    (work, int(work[5:]), 1960 + 60 * number // size, work)
                    for number, work in enumerate(works)
                ),
            )
            pairs = zip(citing.tolist(), cited.tolist(), strict=True)
            db.executemany(
                "INSERT INTO cites VALUES (?, ?, 'icite')", ((works[a], works[b]) for a, b in pairs)
            )
        db.execute("CREATE INDEX cites_cited ON cites (cited, citing)")
    return len(citing)
