"""The ledger: runs, searches, and what became of the records that they found."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from datasette.utils.asgi import Response

from kb.answers import SERVICE_NAMES
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

# Each query as it was last asked, for a review's methods.
LAST_SEARCHES = """
SELECT query, translation, max(asked_at) AS asked_at, count FROM searches
WHERE query NOT LIKE '"%"[doi]%' GROUP BY query ORDER BY id
"""

FOLLOWED = "SELECT DISTINCT source FROM provenance WHERE hop > 0 ORDER BY source"

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
class RunsPage:
    runs: Rows
    searches: Rows
    methods: list[str]
    flow: list[Box]
    decisions: int


def read(connection: sqlite3.Connection) -> RunsPage:
    boxes = flow(connection)
    return RunsPage(
        runs=read_rows(connection, LAST_RUNS, limit=MOST_LISTED),
        searches=read_rows(connection, SEARCHES, limit=MOST_LISTED),
        methods=methods(
            read_rows(connection, LAST_SEARCHES),
            [row["source"] for row in read_rows(connection, FOLLOWED)],
            {box.name: box.records for box in boxes},
        ),
        flow=boxes,
        decisions=read_number(connection, "SELECT count(*) FROM curation", {}),
    )


# How the sources of citations are called in print.
SOURCES = {
    **SERVICE_NAMES,
    "references": "the reference lists of PubMed's records",
}


def methods(searches: Rows, sources: list[str], records: dict[str, int]) -> list[str]:
    """The paragraphs of a review's methods on its search, as PRISMA-S asks (Rethlefsen 2021, items
    1, 5, 8, 9, 13, 15 and 16); ``records`` are the boxes of the flow. Empty without a search."""
    if not searches:
        return []
    told = ["PubMed was searched through NCBI's E-utilities (ESearch); no other database was."]
    for search in searches:
        read = f" PubMed read it as: {search['translation']}." if search["translation"] else ""
        told.append(
            f"Searched on {search['asked_at'][:10]}: {search['query']}."
            f" {search['count']:,} records.{read}"
        )
    told.append("There were no limits but those that stand with the queries.")
    if sources:
        named = ", ".join(dict.fromkeys(SOURCES.get(each, each) for each in sources))
        told.append(f"Records that these cite or are cited by were taken from {named}.")
    if "identified" in records:
        told.append(
            f"Of {records['identified']:,} records identified,"
            f" {records.get('duplicates removed', 0):,} were duplicates, recognised by their PMID."
        )
    return told


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
    runs = await compat.read(datasette, read)
    source = Links(datasette).table("runs")
    return await render(datasette, request, "runs", page=runs, source=source)
