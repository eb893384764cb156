"""The ledger: runs, searches, and what became of the records that they found."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from datasette.utils.asgi import Response

from kb.site import compat
from kb.site.links import Links
from kb.site.lists import MOST_LISTED, Rows, read_number, read_rows
from kb.site.responses import render

LAST_RUNS = "SELECT * FROM runs ORDER BY run DESC LIMIT :limit"

SEARCHES = """
SELECT run, source, query, translation, asked_at, count FROM searches
WHERE query NOT LIKE '"%"[doi]%'
ORDER BY run DESC, id LIMIT :limit
"""

FLOW = "SELECT phase, box, detail, records FROM prisma_flow ORDER BY position"

# How the flow ends the reason of a record that was read and is gone since.
SINCE = " since it was read"
SHOWN = "SELECT p.pmid, p.title, p.authors, p.journal_abbrev, p.year, p.is_retracted"
DECIDED = "(SELECT pmid FROM curation WHERE decision IN ('include', 'exclude'))"
# The records in a box of the flow. What was identified and never had is not in this base.
RECORDS = {
    "removed for other reasons": (
        f"{SHOWN}\nFROM papers p WHERE p.record_status || '{SINCE}' = :detail"
        f"\n  AND p.pmid NOT IN {DECIDED}"
    ),
    "screened": (f"{SHOWN}\nFROM papers p WHERE p.record_status = 'active' OR p.pmid IN {DECIDED}"),
    "excluded": (
        f"{SHOWN}, c.reason, c.who, c.date\nFROM curation c JOIN papers p ON p.pmid = c.pmid"
        "\nWHERE c.decision = 'exclude' AND c.reason = :detail"
    ),
    "not yet decided": (
        f"{SHOWN}\nFROM papers p WHERE p.record_status = 'active' AND p.pmid NOT IN {DECIDED}"
    ),
    "included": (
        f"{SHOWN}, c.reason, c.who, c.date\nFROM curation c JOIN papers p ON p.pmid = c.pmid"
        "\nWHERE c.decision = 'include'"
    ),
}


@dataclass(frozen=True)
class Part:
    """Records of a box, by how they were identified or why they were left out; ``sql`` gives
    exactly these, None where this base does not hold them."""

    detail: str | None
    records: int
    sql: str | None

    @property
    def params(self) -> dict[str, object]:
        return {"detail": self.detail} if self.detail else {}


@dataclass(frozen=True)
class Box:
    """A box of the PRISMA flow."""

    phase: str
    name: str
    parts: list[Part]

    @property
    def records(self) -> int:
        return sum(part.records for part in self.parts)


@dataclass(frozen=True)
class Runs:
    runs: Rows
    searches: Rows
    flow: list[Box]
    decisions: int


def read(connection: sqlite3.Connection) -> Runs:
    return Runs(
        read_rows(connection, LAST_RUNS, limit=MOST_LISTED),
        read_rows(connection, SEARCHES, limit=MOST_LISTED),
        flow(connection),
        read_number(connection, "SELECT count(*) FROM curation", {}),
    )


def flow(connection: sqlite3.Connection) -> list[Box]:
    """The boxes in their order."""
    boxes: dict[str, Box] = {}
    for row in read_rows(connection, FLOW):
        box = boxes.setdefault(row["box"], Box(row["phase"], row["box"], []))
        box.parts.append(_part(row))
    return list(boxes.values())


def _part(row: sqlite3.Row) -> Part:
    sql = RECORDS.get(row["box"]) if row["records"] else None
    if row["box"] == "removed for other reasons" and not str(row["detail"]).endswith(SINCE):
        sql = None
    return Part(row["detail"], row["records"], sql)


async def page(datasette: Any, request: Any) -> Response:
    found = await compat.read(datasette, read)
    source = Links(datasette).table("runs")
    return await render(datasette, request, "runs", page=found, source=source)
