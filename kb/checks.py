"""What must be true of any kb.db. Each check names what is wrong; none means sound."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from kb.base import read_only

MOST = 5  # examples of each kind of fault

# What the query finds is wrong; its first column names it. A copy that was published without
# abstracts keeps what was read from them (kb.publish): its meta says so under "abstracts".
FAULTS = {
    "references listed and stored differ in number at PMID": (
        "SELECT pmid FROM papers p WHERE n_references <>"
        " (SELECT count(*) FROM reference_list r WHERE r.pmid = p.pmid)"
    ),
    "the sums of a run do not close at run": (
        "SELECT run FROM runs WHERE asked <> stored + unchanged + missing + withdrawn + failed"
        " + filtered"
    ),
    "the words of a topic do not stand where its evidence says at PMID": (
        "SELECT e.pmid FROM topic_evidence e LEFT JOIN passages p USING (pmid, field)"
        " WHERE e.start IS NOT NULL"
        " AND NOT (field = 'abstract' AND 'abstracts' IN (SELECT key FROM meta))"
        ' AND e.surface IS NOT substr(p.text, e.start + 1, e."end" - e.start)'
    ),
    "a figure that does not lie within its sentence at PMID": (
        'SELECT pmid FROM findings WHERE start < sentence_start OR "end" <= start'
        ' OR "end" > sentence_end'
    ),
    "a figure whose sentence does not lie within its passage at PMID": (
        # Of each passage the length once: a text is read from its beginning to be counted.
        "WITH p AS MATERIALIZED (SELECT pmid, field, length(text) AS characters FROM passages)"
        " SELECT f.pmid FROM findings f LEFT JOIN p USING (pmid, field)"
        " WHERE NOT (field = 'abstract' AND 'abstracts' IN (SELECT key FROM meta))"
        " AND (characters IS NULL OR sentence_start < 0 OR sentence_end > characters)"
    ),
    "a sum that does not lie within its passage at PMID": (
        "WITH p AS MATERIALIZED (SELECT pmid, field, length(text) AS characters FROM passages)"
        " SELECT s.pmid FROM sums s LEFT JOIN p USING (pmid, field)"
        ' WHERE "end" <= start OR from_end <= from_start OR min(start, from_start) < 0'
        " OR NOT (field = 'abstract' AND 'abstracts' IN (SELECT key FROM meta))"
        ' AND (characters IS NULL OR max("end", from_end) > characters)'
    ),
    "a statement whose words do not stand at its place at PMID": (
        "SELECT s.pmid FROM statements s LEFT JOIN passages p USING (pmid, field)"
        " WHERE NOT (field = 'abstract' AND 'abstracts' IN (SELECT key FROM meta))"
        ' AND s.surface IS NOT substr(p.text, s.start + 1, s."end" - s.start)'
    ),
    "a passage that is not the title or abstract of PMID": (
        "SELECT pmid FROM passages f JOIN papers p USING (pmid)"
        " WHERE field = 'title' AND text <> title OR field = 'abstract' AND text IS NOT abstract"
    ),
    "a topic without evidence at PMID": (
        "SELECT pmid FROM paper_topics t WHERE basis <> 'curated'"
        " AND NOT EXISTS (SELECT 1 FROM topic_evidence e"
        " WHERE e.pmid = t.pmid AND e.topic = t.topic AND NOT negated)"
    ),
    "a topic that is not as people decided, by curation, at PMID": (
        "SELECT pmid FROM curation c JOIN papers USING (pmid) WHERE topic IS NOT NULL"
        " AND (decision = 'add-topic') <> EXISTS (SELECT 1 FROM paper_topics t"
        "  WHERE t.pmid = c.pmid AND t.topic = c.topic AND t.basis = 'curated')"
        " OR decision = 'remove-topic' AND EXISTS (SELECT 1 FROM paper_topics t"
        "  WHERE t.pmid = c.pmid AND t.topic = c.topic)"
        " UNION SELECT pmid FROM paper_topics t WHERE basis = 'curated'"
        " AND NOT EXISTS (SELECT 1 FROM curation c WHERE c.pmid = t.pmid AND c.topic = t.topic)"
    ),
    "the PRISMA flow does not close at": (
        "WITH flow AS (SELECT"
        " total(iif(box = 'identified', records, 0)) AS identified,"
        " total(iif(box IN ('duplicates removed', 'removed for other reasons'), records, 0))"
        "  AS removed,"
        " total(iif(box = 'screened', records, 0)) AS screened,"
        " total(iif(box = 'excluded', records, 0)) AS excluded,"
        " total(iif(box = 'not yet decided', records, 0)) AS waiting,"
        " total(iif(box = 'included', records, 0)) AS included FROM prisma_flow),"
        " decided AS (SELECT pmid, decision FROM curation JOIN papers USING (pmid)"
        "  WHERE decision IN ('include', 'exclude'))"
        " SELECT 'identified' FROM flow WHERE identified <> removed + screened"
        " UNION ALL SELECT 'screened' FROM flow WHERE screened <> excluded + waiting + included"
        " OR screened <> (SELECT count(*) FROM papers WHERE record_status = 'active'"
        "  OR pmid IN (SELECT pmid FROM decided))"
        " UNION ALL SELECT 'excluded' FROM flow"
        " WHERE excluded <> (SELECT count(*) FROM decided WHERE decision = 'exclude')"
        " UNION ALL SELECT 'included' FROM flow"
        " WHERE included <> (SELECT count(*) FROM decided WHERE decision = 'include')"
    ),
    "a section that does not lie within its abstract at PMID": (
        "WITH p AS MATERIALIZED (SELECT pmid, length(abstract) AS characters FROM papers)"
        " SELECT s.pmid FROM abstract_sections s JOIN p USING (pmid)"
        ' WHERE s.start < 0 OR s."end" > characters'
    ),
    "no seed brought PMID": (
        "SELECT pmid FROM papers WHERE pmid NOT IN (SELECT pmid FROM provenance)"
    ),
    "marked as not retracted although a retraction is known: PMID": (
        "SELECT pmid FROM papers WHERE is_retracted = 0 AND pmid IN"
        " (SELECT pmid FROM notices WHERE kind = 'retraction' AND pmid IS NOT NULL)"
    ),
    "marked as retracted without a notice that says so: PMID": (
        "SELECT pmid FROM papers WHERE is_retracted = 1 AND pmid NOT IN"
        " (SELECT pmid FROM notices WHERE kind = 'retraction' AND pmid IS NOT NULL)"
    ),
    "a paper, or a work of which something is asserted, and no verdict: work": (
        "SELECT work FROM (SELECT work FROM papers UNION SELECT work FROM assertions)"
        " WHERE work NOT IN (SELECT work FROM verdicts)"
    ),
    "retracted by a notice and not by the verdict, or the other way round: work": (
        "SELECT work FROM verdicts v WHERE (verdict = 'retracted') <>"
        " EXISTS (SELECT 1 FROM notices n WHERE n.work = v.work AND n.kind = 'retraction')"
    ),
    "not marked as the verdict says: PMID": (
        "SELECT p.pmid FROM papers p JOIN verdicts v USING (work)"
        " WHERE p.is_retracted = 0 AND v.verdict IN ('contradictory', 'never checked')"
        " OR p.is_retracted IS NULL AND p.integrity_checked IS NOT NULL"
        "  AND v.verdict <> 'contradictory'"
    ),
    # The notices themselves cite what they retract.
    "cites a retracted work and is not in exposure: work": (
        "SELECT c.citing FROM cites c JOIN notices r ON r.work = c.cited"
        " WHERE r.kind = 'retraction' AND c.citing <> c.cited"
        " AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.work = c.cited"
        "  AND c.citing IN ('pmid:' || n.notice_pmid, 'doi:' || n.notice_doi))"
        " AND NOT EXISTS (SELECT 1 FROM exposure e WHERE e.work = c.citing"
        "  AND e.retracted = c.cited)"
    ),
    "a reference resolved by DOI to a harvested paper that has another or none: PMID": (
        "SELECT r.pmid FROM reference_list r JOIN papers p USING (work) WHERE r.method = 'doi'"
        " AND (p.doi IS NULL OR p.doi <> coalesce(r.ref_doi, p.doi))"
    ),
    "a reference that is not among the citations of PMID": (
        "SELECT pmid FROM reference_list r WHERE NOT EXISTS (SELECT 1 FROM cites c"
        " WHERE c.citing = 'pmid:' || r.pmid AND c.cited = r.work)"
    ),
    "whether its record was harvested is marked wrongly at work": (
        "SELECT work FROM works w WHERE is_paper <>"
        " EXISTS (SELECT 1 FROM papers p WHERE p.work = w.work)"
    ),
    "is neither PMID, nor DOI in lower case, nor hash of a citation: work": (
        "SELECT work FROM works WHERE NOT (work IS 'pmid:' || pmid OR work IS 'doi:' || lower(doi)"
        " OR work GLOB 'ref:*' AND length(work) = 20 AND substr(work, 5) NOT GLOB '*[^0-9a-f]*')"
    ),
    "no row of metrics for work": (
        "SELECT work FROM works WHERE work NOT IN (SELECT work FROM metrics)"
    ),
    "measured and without a place by year: work": (
        "SELECT work FROM metrics"
        " WHERE work NOT IN (SELECT work FROM layouts WHERE layout = 'year')"
    ),
    "its works are more or fewer than its size says: community": (
        "SELECT community FROM communities c WHERE size <>"
        " (SELECT count(*) FROM metrics m WHERE m.community = c.community)"
    ),
}


def check(path: Path) -> list[str]:
    """Everything that is wrong with a kb.db, a line each. The file must be one (kb.base)."""
    with closing(read_only(path)) as db:
        try:
            return [*_file(db), *_faults(db)]
        except sqlite3.DatabaseError as error:
            return [f"cannot be read through: {error}"]


def _file(db: sqlite3.Connection) -> Iterator[str]:
    for (problem,) in db.execute("PRAGMA integrity_check(5)"):
        if problem != "ok":
            yield f"damaged file: {problem}"
    for table, rowid, parent, _ in db.execute("PRAGMA foreign_key_check").fetchmany(MOST):
        row = f", row {rowid}" if rowid else ""  # tables without rowids tell no more
        yield f"table {table}{row}: what it refers to in {parent} is not there"
    indexed = db.execute("SELECT count(*) FROM papers_fts_docsize").fetchone()[0]
    papers = db.execute("SELECT count(*) FROM papers").fetchone()[0]
    if indexed != papers:
        yield f"the full-text index holds {indexed} papers of {papers}"
    if not db.execute("SELECT 1 FROM meta WHERE key = 'base_id'").fetchone():
        yield "the base has no id (table meta, key base_id)"


def _faults(db: sqlite3.Connection) -> Iterator[str]:
    for fault, query in FAULTS.items():
        values = [str(row[0]) for row in db.execute(f"SELECT DISTINCT * FROM ({query})")]  # noqa: S608
        if values:
            more = f" and {len(values) - MOST} more" if len(values) > MOST else ""
            yield f"{fault} {', '.join(values[:MOST])}{more}"
