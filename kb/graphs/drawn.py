"""Which works of a selection a picture has room for: those that hang together most."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kb.graphs.coupling import incidence
from kb.graphs.graph import Positions
from kb.graphs.peeling import held_together, undirected
from kb.graphs.selection import EVERYTHING, Selection, selected

# Works that are looked at for each that is drawn: those of the highest cores.
LOOKED_AT = 20

HELD = """
SELECT work FROM metrics {among} ORDER BY core DESC, in_degree DESC, work LIMIT :most
"""
AMONG = "WHERE work IN (SELECT value FROM json_each(:works))"
# What a reader has to see wherever it lies: seeds, what is retracted, and the main path.
ALWAYS = """
SELECT p.work FROM provenance AS s JOIN papers AS p USING (pmid) WHERE s.source = 'seed'
UNION SELECT work FROM verdicts WHERE verdict = 'retracted'
UNION SELECT work FROM metrics WHERE on_main_path
"""
MOST_CITED_FIRST = f"SELECT work FROM metrics {AMONG} ORDER BY in_degree DESC, work"  # noqa: S608
CITED = """
SELECT c.citing, c.cited FROM json_each(:works) AS few CROSS JOIN cites AS c ON c.citing = few.value
"""


class Drawn(NamedTuple):
    """``works``, the most cited first, the citations among them, and how many were selected."""

    works: list[str]
    citations: list[tuple[str, str]]
    selected: int


def drawn(db: sqlite3.Connection, selection: Selection, most: int) -> Drawn:
    """At most ``most`` works of the selection, taken off from those with the fewest links to what
    is left; seeds, retracted works and the main path stay where there is room for all of them.

    Raises what ``selected`` raises.
    """
    chosen = None if selection == EVERYTHING else selected(db, selection)
    always = {work for (work,) in db.execute(ALWAYS)}
    if chosen is not None:
        always &= set(chosen)
    looked_at = _looked_at(db, chosen, most * LOOKED_AT, always)
    works = _column(db, MOST_CITED_FIRST, works=json.dumps(looked_at))
    links = _citations(db, works)
    kept = [number for number, work in enumerate(works) if work in always]
    staying = _staying(works, links, most, np.array(kept, dtype=np.int64))
    inside = set(staying)
    return Drawn(
        staying,
        [(citing, cited) for citing, cited in links if citing in inside and cited in inside],
        _all_works(db) if chosen is None else len(chosen),
    )


def _looked_at(
    db: sqlite3.Connection, chosen: Sequence[str] | None, most: int, always: set[str]
) -> list[str]:
    if chosen is not None and len(chosen) <= most:
        return list(chosen)
    sql = HELD.format(among="" if chosen is None else AMONG)
    return sorted(always.union(_column(db, sql, works=json.dumps(chosen or []), most=most)))


def _staying(
    works: Sequence[str], links: Sequence[tuple[str, str]], most: int, kept: Positions
) -> list[str]:
    matrix = undirected(incidence(works, works, links))
    if len(kept) > most:
        works, matrix = [works[number] for number in kept.tolist()], matrix[kept][:, kept]
        kept = kept[:0]
    return [works[number] for number in held_together(matrix, most, kept).tolist()]


def _citations(db: sqlite3.Connection, works: Sequence[str]) -> list[tuple[str, str]]:
    few = set(works)
    cited = db.execute(CITED, {"works": json.dumps(works)})
    return sorted({(one, other) for one, other in cited if other in few and one != other})


def _all_works(db: sqlite3.Connection) -> int:
    count: int = db.execute("SELECT count(*) FROM works").fetchone()[0]
    return count


def _column(db: sqlite3.Connection, sql: str, **values: object) -> list[str]:
    return [work for (work,) in db.execute(sql, values)]
