"""How papers stand in the record of science: the notices, links and changes of a build.

The rules are in ``kb.notices``; here they meet the database.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from sqlite_utils import Database

from kb import raw
from kb.answers import RETRACTION_WATCH, SERVICE_NAMES, crossref_preprints, crossref_works
from kb.errors import InputError
from kb.notices import changes, integrity, updates
from kb.notices.changes import Change, Told
from kb.notices.integrity import IntegrityNotice
from kb.raw import StoredRecord
from kb.record.article import Article
from kb.tables import insert, selected
from kb.tables.corpus import ChangesRow, ExposureRow, NoticesRow, WorkLinksRow

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


@dataclass
class History:
    """What the pass over the records hands on."""

    concerned: dict[int, Article] = field(default_factory=dict)
    checked: dict[int, str | None] = field(default_factory=dict)
    first_read: dict[int, int] = field(default_factory=dict)
    last_read: dict[int, str] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    def add(
        self,
        article: Article,
        checked: str | None,
        versions: Sequence[tuple[StoredRecord, Article]],
    ) -> None:
        """A paper as it stands, the date on which PubMed said so, and all its versions."""
        if integrity.is_concerned(article):
            self.concerned[article.pmid] = article
            self.checked[article.pmid] = checked
        self.first_read[article.pmid] = min(record.run for record, _ in versions)
        self.last_read[article.pmid] = max(record.last_read for record, _ in versions)
        self.changes += changes.of_record(
            [changes.Version(record.run, record.first_read, each) for record, each in versions]
        )
        self.told += (
            Told(record.run, record.first_read, notice)
            for record, each in versions
            for notice in integrity.notices_in(each, {}, None)
        )


def fill(db: sqlite3.Connection, source: Database, history: History) -> None:
    """Write notices, exposure, work_links and changes, and what they say of papers."""
    of_records = integrity.notices(history.concerned, history.checked)
    told = list(_told(db, source))
    current = _newest(_of_last_file(told, source))
    known = integrity.in_order({*of_records, *(each.notice for each in current)})
    insert(db, (NoticesRow(id=n, **each._asdict()) for n, each in enumerate(known, start=1)))
    # The notice's record may be newer than the paper's, which then does not know of it yet.
    db.execute(
        "UPDATE papers SET is_retracted = 1"
        " WHERE pmid IN (SELECT pmid FROM notices WHERE kind = 'retraction')"
    )
    insert(db, _exposure(db, known))
    linked = selected(WorkLinksRow, db.execute(LINKS))
    insert(db, sorted({*linked, *_preprints(db, source)}))
    insert(db, (ChangesRow(**each._asdict()) for each in _changes(db, source, history, told)))


def _told(db: sqlite3.Connection, source: Database) -> Iterator[Told]:
    """What Crossref and Retraction Watch told, whenever they were asked."""
    works = {work for (work,) in db.execute("SELECT work FROM works")}
    papers = db.execute("SELECT doi, pmid FROM papers WHERE doi IS NOT NULL ORDER BY pmid DESC")
    by_doi = dict(papers.fetchall())
    dois = {pmid: doi for doi, pmid in by_doi.items()}
    last = raw.last_answered(source, RETRACTION_WATCH)
    for kept in raw.answers(source, "crossref", RETRACTION_WATCH, status=200):
        day = kept.asked_at[:10]
        if kept.service == RETRACTION_WATCH:
            stated = updates.from_retraction_watch(kept.body, day)
        else:
            works_told = crossref_works(kept.question, kept.body).items()
            stated = chain.from_iterable(
                updates.from_crossref(doi, work, day) for doi, work in works_told
            )
        try:
            notices = updates.notices(stated, works, by_doi, dois)
        except InputError as error:
            if kept.service != RETRACTION_WATCH:
                raise
            if kept.run != last:
                continue  # only when was learned what a newer file states again
            raise InputError(
                f"the Retraction Watch file {kept.question} of {day}: {error}; another one, "
                "read with harvest retraction-watch FILE, takes its place"
            ) from error
        yield from (Told(kept.run, kept.asked_at, notice) for notice in notices)


def _of_last_file(told: Iterable[Told], source: Database) -> Iterable[Told]:
    """What stands today: of several Retraction Watch files what the last one states."""
    # Each file is whole, and replaces others.
    watch = SERVICE_NAMES[RETRACTION_WATCH]
    last = raw.last_answered(source, RETRACTION_WATCH)
    return (each for each in told if each.notice.source != watch or each.run == last)


def _newest(told: Iterable[Told]) -> Iterable[Told]:
    """Of statements that differ only in when they were asked for, the last."""
    newest = {each.notice._replace(checked=None): each for each in told}
    return newest.values()


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
    all_changes += changes.of_notices([*history.told, *told], history.first_read)
    ended = {run for (run,) in db.execute("SELECT run FROM runs")}
    return [change for change in changes.merged(all_changes) if change.run in ended]
