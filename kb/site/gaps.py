"""The evidence gap map."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from datasette.utils.asgi import Response

from kb.site import compat
from kb.site.links import Links
from kb.site.lists import Rows, read_rows
from kb.site.responses import render
from kb.site.values import BadRequest

GAP_CELLS = """
SELECT e.topic, e.task, e.papers, e.studies, e.largest_n, e.best_level, e.retracted, e.state
FROM evidence_map e JOIN topics t ON t.topic = e.topic
WHERE e.design = 'any' AND t.scheme = :scheme
"""

GAP_ROWS = "SELECT topic, label, broader FROM topics WHERE scheme = :scheme ORDER BY position"

GAP_TASKS = """
SELECT t.topic, t.label, t.broader FROM topics t JOIN schemes s ON s.scheme = t.scheme
WHERE s.role = 'task' ORDER BY t.position
"""

GAP_SCHEMES = """
SELECT scheme, label, role FROM schemes
WHERE role IS NOT 'task' AND scheme IN (SELECT scheme FROM topics)
ORDER BY scheme
"""


@dataclass(frozen=True)
class Gaps:
    """The evidence gap map: topics of a scheme by clinical tasks; every cell is there."""

    scheme: str
    schemes: Rows
    rows: Rows
    tasks: Rows
    cells: dict[tuple[str, str], sqlite3.Row]


def read(connection: sqlite3.Connection, asked: str | None) -> Gaps:
    """The map of the scheme that is asked for, else of the first one of examinations, else of the
    first. Raises BadRequest where there is no such scheme, or it is that of the tasks."""
    schemes = read_rows(connection, GAP_SCHEMES)
    scheme = asked or _first(schemes)
    if asked and asked not in {row["scheme"] for row in schemes}:
        raise BadRequest(
            f"scheme={asked[:20]}: the rows are topics of one scheme and the columns are the "
            f"clinical tasks. Try {', '.join(row['scheme'] for row in schemes) or 'none'}."
        )
    cells = read_rows(connection, GAP_CELLS, scheme=scheme)
    return Gaps(
        scheme=scheme,
        schemes=schemes,
        rows=read_rows(connection, GAP_ROWS, scheme=scheme),
        tasks=read_rows(connection, GAP_TASKS),
        cells={(cell["topic"], cell["task"]): cell for cell in cells},
    )


def _first(schemes: Rows) -> str:
    """The first scheme of examinations, else the first; empty where there are tasks alone."""
    tests = [row for row in schemes if row["role"] == "test"]
    return next((str(row["scheme"]) for row in [*tests, *schemes]), "")


async def page(datasette: Any, request: Any) -> Response:
    asked = request.args.get("scheme") or None
    gaps = await compat.read(datasette, lambda connection: read(connection, asked))
    source = Links(datasette).table("evidence_map", design="any")
    return await render(datasette, request, "gaps", page=gaps, source=source)
