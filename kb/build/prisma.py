"""The flow of records from searches to decisions, as PRISMA 2020 draws it (BMJ 2021;372:n71).

A record is identified once by each seed that reaches it; what several seeds reach is a duplicate.
Each PMID then has one fate. Sums close: identified = duplicates removed + removed for other
reasons + screened, and screened = excluded + not yet decided + included.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from sqlite_utils import Database

from kb.tables import insert
from kb.tables.corpus import PrismaFlowRow

# The first of the ways along which a seed leads to a PMID: found by itself, before over citations.
REACHED = (
    "SELECT seed, pmid, min(hop), min(iif(hop = 0, source, '~')) FROM live_reach GROUP BY 1, 2"
)
LAST_OUTCOMES = """
SELECT pmid, outcome, max(run) FROM outcomes
WHERE pmid IN (SELECT pmid FROM live_reach) GROUP BY pmid
"""
# Why there is no paper of a PMID that a seed reached, by the last outcome of asking for it.
ABSENT = {
    "missing": "PubMed does not have it",
    "withdrawn": "withdrawn from PubMed before it was read",
    "failed": "could not be fetched or read",
    "filtered": "left out by a filter",
    "stored": "stored, but could not be read",
    "unchanged": "stored, but could not be read",
}


def fill(db: sqlite3.Connection, source: Database) -> None:
    """Fill the table prisma_flow, from what live seeds reach, papers and curation."""
    reached = source.execute(REACHED).fetchall()
    identified = Counter(_way(seed, hop, how) for seed, _, hop, how in reached)
    pmids = {pmid for _, pmid, _, _ in reached}
    outcomes = {pmid: outcome for pmid, outcome, _ in source.execute(LAST_OUTCOMES)}
    fates = Counter(_fates(db, pmids, outcomes))
    boxes = _boxes(identified, identified.total() - len(pmids), fates)
    for position, (phase, box, detail, n) in enumerate(boxes, start=1):
        row = PrismaFlowRow(position=position, phase=phase, box=box, detail=detail, records=n)
        insert(db, [row])


def _way(seed: str, hop: int, how: str) -> str:
    """Searches one by one; other ways by the job, which may name thousands of papers."""
    job = seed.partition(":")[0]
    if hop:
        return f"other methods: citation searching, job {job}"
    if how == "search":
        return f"databases: PubMed, {seed}"
    return "other methods: files" if how == "file" else f"other methods: named by job {job}"


def _fates(
    db: sqlite3.Connection, pmids: set[int], outcomes: Mapping[int, str | None]
) -> Iterator[tuple[str, str | None]]:
    """Box and detail of each PMID. A decision counts for a withdrawn record too."""
    status = dict(db.execute("SELECT pmid, record_status FROM papers"))
    decided = {
        pmid: ("included", None) if decision == "include" else ("excluded", reason)
        for pmid, decision, reason in db.execute(
            "SELECT pmid, decision, reason FROM curation WHERE decision IN ('include', 'exclude')"
        )
    }
    for pmid in pmids:
        if pmid not in status:
            yield "removed for other reasons", ABSENT.get(outcomes.get(pmid) or "", "not asked yet")
        elif pmid in decided:
            yield decided[pmid]
        elif status[pmid] != "active":
            yield "removed for other reasons", f"{status[pmid]} since it was read"
        else:
            yield "not yet decided", None


def _boxes(
    identified: Mapping[str, int],
    duplicates: int,
    fates: Mapping[tuple[str, str | None], int],
) -> Iterator[tuple[str, str, str | None, int]]:
    """Phase, box, detail and number of records of each row of the flow, in its order."""
    removed = _of(fates, "removed for other reasons")
    excluded = _of(fates, "excluded")
    waiting = fates.get(("not yet decided", None), 0)
    included = fates.get(("included", None), 0)
    for way, n in sorted(identified.items()):
        yield "identification", "identified", way, n
    yield "identification", "duplicates removed", None, duplicates
    for why, n in removed:
        yield "identification", "removed for other reasons", why, n
    screened = sum(n for _, n in excluded) + waiting + included
    yield "screening", "screened", None, screened
    for why, n in excluded:
        yield "screening", "excluded", why, n
    yield "screening", "not yet decided", None, waiting
    yield "included", "included", None, included


def _of(fates: Mapping[tuple[str, str | None], int], box: str) -> Sequence[tuple[str | None, int]]:
    """Reason and number of each row of a box; a row of none where it is empty."""
    rows = sorted((str(why), n) for (name, why), n in fates.items() if name == box)
    return rows or [(None, 0)]
