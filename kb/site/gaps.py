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

GAP_SCHEMES = """
SELECT scheme, label FROM schemes WHERE scheme <> 'D' AND scheme IN (SELECT scheme FROM topics)
ORDER BY scheme
"""


@dataclass(frozen=True)
class Gaps:
    """The evidence gap map: topics of a scheme by clinical tasks; every cell is there."""

    schemes: Rows
    rows: Rows
    tasks: Rows
    cells: dict[tuple[str, str], sqlite3.Row]


def read(connection: sqlite3.Connection, scheme: str) -> Gaps | None:
    """None where there is no such scheme of topics, or it is that of the tasks."""
    schemes = read_rows(connection, GAP_SCHEMES)
    if scheme not in {row["scheme"] for row in schemes}:
        return None
    cells = read_rows(connection, GAP_CELLS, scheme=scheme)
    return Gaps(
        schemes=schemes,
        rows=read_rows(connection, GAP_ROWS, scheme=scheme),
        tasks=read_rows(connection, GAP_ROWS, scheme="D"),
        cells={(cell["topic"], cell["task"]): cell for cell in cells},
    )


async def page(datasette: Any, request: Any) -> Response:
    scheme = request.args.get("scheme") or "A"
    found = await compat.read(datasette, lambda connection: read(connection, scheme))
    if found is None:
        raise BadRequest(
            f"scheme={scheme[:20]}: the rows are topics of one scheme, A for example; the columns "
            "are those of D, the clinical tasks."
        )
    source = Links(datasette).table("evidence_map", design="any")
    return await render(datasette, request, "gaps", page=found, scheme=scheme, source=source)
