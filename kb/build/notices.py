"""How papers stand in the record of science: the notices, links and changes of a build.

The rules are in ``kb.notices``; here they meet the database.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from sqlite_utils import Database

from kb import raw
from kb.answers import RETRACTION_WATCH, crossref_preprints, crossref_works
from kb.errors import InputError
from kb.notices import changes, integrity, standing, updates
from kb.notices.changes import Change, Told
from kb.notices.integrity import IntegrityNotice, Stated
from kb.notices.standing import Said, Standing
from kb.notices.updates import Update
from kb.notices.verdict import PERSON, Assertion
from kb.raw import KeptAnswer, StoredRecord
from kb.record.article import Article
from kb.tables import insert, selected
from kb.tables.corpus import (
    AssertionsRow,
    ChangesRow,
    ExposureRow,
    NoticesRow,
    VerdictsRow,
    WorkLinksRow,
)
from kb.tables.record import PapersRow

# Each link from the older to the newer; a preprint is what its article has.
LINKS = """
WITH stated (older, newer, how) AS (
    SELECT pmid, ref_pmid, ref_type FROM comments_corrections WHERE ref_type LIKE '%In'
    UNION SELECT ref_pmid, pmid, ref_type FROM comments_corrections
    WHERE ref_type LIKE '%From' OR ref_type LIKE '%Of'
), linked (older, newer, kind) AS (
    SELECT 'pmid:' || older, 'pmid:' || newer, CASE
        WHEN how LIKE '%Republished%' THEN 'republished'
        WHEN older IN (SELECT pmid FROM publication_types WHERE name = 'Preprint') THEN 'preprint'
        ELSE 'version' END
    FROM stated WHERE how LIKE '%Republished%' OR how LIKE 'Update%'
)
SELECT DISTINCT
    iif(kind = 'preprint', newer, older) AS a, iif(kind = 'preprint', older, newer) AS b, kind
FROM linked
WHERE older <> newer
    AND older IN (SELECT work FROM works) AND newer IN (SELECT work FROM works)
ORDER BY 1, 2, 3
"""
# PubMed does not say into which record it merged one that is gone; the DOI and title tell.
MERGED = """
SELECT gone.pmid, min(kept.pmid) FROM papers gone
JOIN papers kept ON kept.doi = gone.doi AND lower(kept.title) = lower(gone.title)
WHERE gone.record_status = 'withdrawn' AND kept.record_status = 'active'
GROUP BY gone.pmid ORDER BY gone.pmid
"""
# Of what is only cited by its PMID services may have told the DOI.
BORNE = """
SELECT doi, work FROM works WHERE doi IS NOT NULL
UNION SELECT substr(i.id, 5), w.work FROM work_ids i JOIN works w USING (work)
WHERE i.id LIKE 'doi:%' AND w.doi IS NULL AND NOT w.is_paper
ORDER BY 1, 2
"""
# A contradiction is never "not retracted"; nor is what nobody checked.
STANDS = """
UPDATE papers SET is_retracted = CASE v.verdict WHEN 'retracted' THEN 1
    WHEN 'contradictory' THEN NULL ELSE iif(integrity_checked IS NULL, NULL, 0) END
FROM verdicts v WHERE v.work = papers.work
"""
# The run of an answer, and when it was asked.
Asked = tuple[int, str]
DECIDED = """
SELECT w.work, c.pmid, c.decision, c.reason, c.date FROM curation c JOIN works w USING (pmid)
WHERE c.decision IN ('retraction', 'expression-of-concern', 'reinstatement') ORDER BY c.line
"""


@dataclass
class History:
    """What the pass over the records hands on."""

    concerned: dict[int, Article] = field(default_factory=dict)
    checked: dict[int, str | None] = field(default_factory=dict)
    first_read: dict[int, int] = field(default_factory=dict)
    last_read: dict[int, str] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    # Versions that state something, each with the run that read the next one.
    stating: list[tuple[StoredRecord, Article, int | None]] = field(default_factory=list)

    def add(
        self,
        paper: PapersRow,
        stored: Sequence[StoredRecord],
        changed: Iterable[Change],
        stating: Mapping[str, Article],
    ) -> None:
        """A paper as it stands, all versions of its record and what changed between them, and by
        their hash those that state a notice."""
        pmid = paper.pmid
        if newest := stating.get(paper.record_sha256):
            self.concerned[pmid] = newest
            self.checked[pmid] = paper.integrity_checked
        self.first_read[pmid] = min(record.run for record in stored)
        self.last_read[pmid] = max(record.last_read for record in stored)
        self.changes += changed
        ordered = sorted(stored, key=lambda record: (record.run, record.first_read))
        later = [*(record.run for record in ordered[1:]), None]
        self.stating += (
            (record, stating[record.sha256], until)
            for record, until in zip(ordered, later, strict=True)
            if record.sha256 in stating
        )


def fill(db: sqlite3.Connection, source: Database, history: History) -> None:
    """Write what witnesses assert, the verdicts, notices, exposure, work_links and changes, and
    what they say of papers."""
    names = _pmids_by_doi(db)
    told = list(_told(db, source))
    stated = [*_of_records(history), *_of_people(db), *_of_today(told)]
    standings = _standings(db, stated, names)
    insert(db, _assertions_and_verdicts(standings))
    known = integrity.in_order(
        {notice for each in standings.values() for _, notice in standing.shown(each)}
    )
    insert(db, (NoticesRow(id=n, **each._asdict()) for n, each in enumerate(known, start=1)))
    db.execute(STANDS)
    insert(db, _exposure(db, known))
    linked = selected(WorkLinksRow, db.execute(LINKS))
    insert(db, sorted({*linked, *_preprints(db, source)}))
    as_told = standing.as_told([*_versions(history), *told], names)
    insert(db, (ChangesRow(**each._asdict()) for each in _changes(db, source, history, as_told)))


def _of_records(history: History) -> Iterator[Stated]:
    for article in history.concerned.values():
        checked = history.checked.get(article.pmid)
        yield from integrity.stated_in(article, history.concerned, checked)


def _versions(history: History) -> Iterator[Said]:
    """What each version of a record stated, until the next one."""
    for record, article, until in history.stating:
        for each in integrity.stated_in(article, history.concerned, None):
            yield Said(record.run, record.first_read, each, until)


def _of_people(db: sqlite3.Connection) -> Iterator[Stated]:
    """What people decided; a decision is of the day on which it was made."""
    for work, pmid, decision, reason, date in db.execute(DECIDED).fetchall():
        about = (work, pmid, decision.replace("-", "_"), None, None, reason)
        notice = IntegrityNotice(*about, date, "a person", date)
        yield Stated(notice, PERSON, None, decision, 0)


def _of_today(told: Iterable[Said]) -> Iterator[Stated]:
    """Of several Retraction Watch files what the last one states: each is whole."""
    return (each.stated for each in told if each.until is None)


def _standings(
    db: sqlite3.Connection, stated: Iterable[Stated], names: Mapping[str, int]
) -> dict[str, Standing]:
    """How each paper stands, and each other work of which anything is stated."""
    papers = dict(db.execute("SELECT work, integrity_checked IS NOT NULL FROM papers"))
    of_works = standing.by_work(stated)
    return {
        work: standing.weigh(of_works.get(work, ()), names, bool(papers.get(work)))
        for work in sorted({*papers, *of_works})
    }


def _assertions_and_verdicts(
    standings: Mapping[str, Standing],
) -> Iterator[AssertionsRow | VerdictsRow]:
    number = 0
    for work, (drawn, stated) in standings.items():
        pmid = int(work.removeprefix("pmid:")) if work.startswith("pmid:") else None
        basis = []
        counted, decided, unread = map(frozenset, (drawn.counted, drawn.basis, drawn.unknown))
        for each, assertion in stated:
            number += 1
            yield _asserted(number, each, assertion, assertion in counted)
            basis += [str(number)] if assertion in decided else []
        unknown = {each.wrote or "(no word)" for each, assertion in stated if assertion in unread}
        yield VerdictsRow(
            work=work,
            pmid=pmid,
            verdict=drawn.verdict,
            rule=drawn.rule,
            basis=" ".join(basis) or None,
            unknown="; ".join(sorted(unknown)) or None,
        )


def _asserted(number: int, stated: Stated, assertion: Assertion, counts: bool) -> AssertionsRow:
    notice = stated.notice
    return AssertionsRow(
        id=number,
        work=notice.work,
        pmid=notice.pmid,
        witness=stated.witness,
        record=stated.record,
        nature=assertion.nature,
        wrote=stated.wrote,
        date=notice.date,
        notice_pmid=notice.notice_pmid,
        notice_doi=notice.notice_doi,
        text=notice.text,
        source=notice.source,
        asked=notice.checked,
        place=stated.place,
        counts=int(counts),
    )


def _pmids_by_doi(db: sqlite3.Connection) -> dict[str, int]:
    """Of works; of several with one DOI the lowest PMID."""
    rows = db.execute(
        "SELECT doi, pmid FROM works WHERE doi IS NOT NULL AND pmid IS NOT NULL ORDER BY pmid DESC"
    )
    return dict(rows.fetchall())


def _told(db: sqlite3.Connection, source: Database) -> Iterator[Said]:
    """What Crossref and Retraction Watch told, whenever they were asked."""
    bearers = _bearers(db)
    for kept, until, stated in chain(_of_files(source), _of_crossref(source)):
        for each in updates.stated(stated, bearers):
            yield Said(kept.run, kept.asked_at, each, until)


def _bearers(db: sqlite3.Connection) -> updates.Bearers:
    """By the DOIs of their own and by those that they were known under before."""
    works = {work for (work,) in db.execute("SELECT work FROM works")}
    doi_of = dict(db.execute("SELECT work, doi FROM works WHERE doi IS NOT NULL").fetchall())
    by_doi: defaultdict[str, list[str]] = defaultdict(list)
    for doi, work in db.execute(BORNE):
        by_doi[doi].append(work)
    return updates.Bearers(works, by_doi, doi_of)


def _of_files(source: Database) -> Iterator[tuple[KeptAnswer, int | None, list[Update]]]:
    """Retraction Watch files, each with the run that read a newer one, and their rows."""
    files = raw.when_answered(source, RETRACTION_WATCH)
    for kept in raw.answers(source, RETRACTION_WATCH, status=200):
        day = kept.asked_at[:10]
        try:
            rows = list(updates.from_retraction_watch(kept.body, day))
        except InputError as error:
            if _asked(kept) != files[-1]:
                continue  # only when was learned what a newer file states again
            raise InputError(
                f"the Retraction Watch file {kept.question} of {day}: {error}; another one, "
                "read with harvest retraction-watch FILE, takes its place"
            ) from error
        yield kept, _asked_again(kept, files), rows


def _of_crossref(source: Database) -> Iterator[tuple[KeptAnswer, int | None, list[Update]]]:
    """Crossref's answers on each DOI, the run that has a newer one, and what each states: an answer
    is whole, and what a newer one leaves out is stated no longer."""
    on_dois = [
        (kept._replace(body=b""), doi, list(updates.from_crossref(doi, work, kept.asked_at[:10])))
        for kept in raw.answers(source, "crossref", status=200)
        for doi, work in crossref_works(kept.question, kept.body).items()
    ]
    asked: defaultdict[str, set[Asked]] = defaultdict(set)
    for kept, doi, _ in on_dois:
        asked[doi].add(_asked(kept))
    for kept, doi, stated in on_dois:
        yield kept, _asked_again(kept, asked[doi]), stated


def _asked(kept: KeptAnswer) -> Asked:
    return kept.run, kept.asked_at


def _asked_again(kept: KeptAnswer, asked: Iterable[Asked]) -> int | None:
    """The run that asked next; of one run, and whatever its clock said, the later answer counts."""
    return min((each for each in asked if each > _asked(kept)), default=(None, ""))[0]


def _exposure(db: sqlite3.Connection, notices: Sequence[IntegrityNotice]) -> Iterator[ExposureRow]:
    works = {work for (work,) in db.execute("SELECT work FROM works")}
    doubted = {
        notice.work: kind
        for kind in reversed(integrity.DOUBTS)
        for notice in notices
        if notice.kind == kind and notice.work in works
    }
    # A notice cites what it is about.
    own = {
        (notice_id, notice.work)
        for notice in notices
        for notice_id in (f"pmid:{notice.notice_pmid}", f"doi:{notice.notice_doi}")
    }
    pairs = db.execute("SELECT DISTINCT citing, cited FROM cites")
    for exposed in integrity.exposure(doubted, [pair for pair in pairs if pair not in own]):
        yield ExposureRow(
            work=exposed.work,
            retracted=exposed.retracted,
            kind=exposed.kind,
            hops=exposed.hops,
            path=" ".join(exposed.path),
        )


def _preprints(db: sqlite3.Connection, source: Database) -> Iterator[WorkLinksRow]:
    """Articles and their preprints, of works that Crossref relates so."""
    works = dict(db.execute("SELECT doi, work FROM works WHERE doi IS NOT NULL ORDER BY is_paper"))
    for kept in raw.answers(source, "crossref", status=200):
        for doi, work in crossref_works(kept.question, kept.body).items():
            for article, preprint in crossref_preprints(doi, work):
                if article in works and preprint in works:
                    yield WorkLinksRow(a=works[article], b=works[preprint], kind="preprint")


def _changes(
    db: sqlite3.Connection, source: Database, history: History, told: Iterable[Told]
) -> list[Change]:
    """The changes of runs that have ended."""
    went = source.execute(
        "SELECT pmid, run, read_at FROM withdrawals ORDER BY run, pmid"
    ).fetchall()
    into = dict(db.execute(MERGED).fetchall())
    db.executemany(
        "UPDATE papers SET record_status = 'merged' WHERE pmid = ?", [(p,) for p in into]
    )
    gone = [
        change._replace(kind="merged", detail=f"into PMID {into[change.pmid]}")
        if change.pmid in into
        else change
        for change in changes.withdrawn(went, history.last_read)
        if change.pmid in history.first_read
    ]
    all_changes = [*history.changes, *gone]
    all_changes += changes.of_notices(told, history.first_read)
    ended = {run for (run,) in db.execute("SELECT run FROM runs")}
    return [change for change in changes.merged(all_changes) if change.run in ended]
