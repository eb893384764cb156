"""raw.db and data/ to kb.db: built aside, checked, then put in the place of the old one.

A pure function of its inputs: no clock, no path, no network; what has a date has it from raw.db.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from sqlite_utils import Database

from kb import __version__, analysis, answers, curation, gaps, linking, prisma, rows, standing
from kb import raw as raw_db
from kb.article import Article
from kb.aside import aside, snapshot, spare_other_files
from kb.checks import check
from kb.citation import Citable, citable
from kb.errors import CheckFailed, ConfigError, Incomplete, InputError, KbError
from kb.figures import figures
from kb.findings import find, largest_n
from kb.judged import judged, tagged
from kb.pubmed import parse
from kb.raw import StoredRecord
from kb.schema import SCHEMA, insert
from kb.studies import Protocol, study_of
from kb.studies import load as load_studies
from kb.topics import Evidence, Vocabulary, closure, holds, load, tag

LIBRARIES = (
    *("graspologic-native", "networkx", "numpy", "pyahocorasick", "rapidfuzz", "scipy"),
    "sqlite-utils",
)
NAMED = 20
# What of data/ a build reads; a field may have no studies and no decisions.
INPUTS = ("curation.csv", "studies.yml", "topics.yml")


@dataclass
class _Builder:
    """What the passes over the records hand on: everything else is in the database."""

    db: sqlite3.Connection
    vocabulary: Vocabulary
    protocols: Sequence[Protocol]
    corrections: Mapping[int, Mapping[str, bool]]
    citable: list[Citable] = field(default_factory=list)
    history: standing.History = field(default_factory=standing.History)
    problems: list[str] = field(default_factory=list)


def build(raw: Path, out: Path, data: Path) -> None:
    """Build ``out`` from ``raw`` with the vocabulary in ``data``.

    Raises what ``kb.raw.open_raw``, ``kb.topics.load`` and ``kb.curation.read`` raise; ConfigError
    where ``out`` cannot be written; InputError where ``out`` is another file or ``raw`` is damaged;
    Locked where ``out`` is being built; CheckFailed where the result is wrong (the old file then
    stays); Incomplete where stored records could not be read: the rest was published, and they are
    named.
    """
    vocabulary = load(data / "topics.yml")
    decisions = _decisions(data / "curation.csv", vocabulary)
    spare_other_files(out)
    try:
        with aside(out) as new, snapshot(raw, new) as source:
            problems = _written(raw, source, new, vocabulary, decisions, data)
            if wrong := check(new):
                raise CheckFailed(
                    f"{out}: was not replaced, the new one is wrong:\n{_listed(wrong)}"
                )
            new.replace(out)
    except (sqlite3.DatabaseError, OSError) as error:
        if not (why := _explained(error, raw, out)):
            raise
        raise why from error
    if problems:
        raise Incomplete(
            f"{out} was built without {len(problems)} stored records that cannot be read:\n"
            f"{_listed(problems)}"
        )


def _written(
    raw: Path,
    source: Database,
    new: Path,
    vocabulary: Vocabulary,
    decisions: Sequence[curation.Decision],
    data: Path,
) -> list[str]:
    """As ``_write``; an answer of a service that cannot be read is told with the file."""
    try:
        return _write(source, new, vocabulary, decisions, data)
    except (InputError, zlib.error) as error:
        raise InputError(
            f"{raw}: an answer that it keeps cannot be read ({error}). harvest verify says which "
            "it is; take the file from a backup."
        ) from error


def _explained(error: Exception, raw: Path, out: Path) -> KbError | None:
    """What the person at the terminal has to see to; None where the fault is in this program."""
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith("SQLITE_CORRUPT"):
        return InputError(
            f"{raw}: is damaged ({error}). Take it from a backup, or harvest again; "
            f"{out} was not replaced."
        )
    if isinstance(error, sqlite3.IntegrityError):
        return CheckFailed(f"{out}: was not replaced, the new one would be wrong: {error}")
    if isinstance(error, OSError | sqlite3.OperationalError) and name != "SQLITE_ERROR":
        return ConfigError(
            f"{out}: cannot be built ({error}). Check the folder, the permissions there and of "
            f"{raw}, and the space on the disk; the old file, if any, is untouched."
        )
    return None


def _listed(lines: list[str]) -> str:
    more = [f"and {len(lines) - NAMED} more"] if len(lines) > NAMED else []
    return "\n".join(f"  {line}" for line in lines[:NAMED] + more)


def _decisions(file: Path, vocabulary: Vocabulary) -> list[curation.Decision]:
    topics = {topic.topic for topic in vocabulary.topics}
    return curation.read(file, topics) if file.is_file() else []


def _write(
    source: Database,
    new: Path,
    vocabulary: Vocabulary,
    decisions: Sequence[curation.Decision],
    data: Path,
) -> list[str]:
    db = sqlite3.connect(new)
    try:
        db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        db.executescript(SCHEMA.read_text(encoding="utf-8"))
        studies = data / "studies.yml"  # a field may have none
        protocols = load_studies(studies) if studies.is_file() else ()
        builder = _Builder(db, vocabulary, protocols, curation.corrections(decisions))
        with db:
            _vocabulary(db, vocabulary)
            insert(db, "curation", decisions)
            _records(builder, source)
            _raw_records(db, source)
            count_papers(db)
            _unknown_descriptors(db, vocabulary)
            linking.fill(db, source, builder.citable)
            analysis.fill(db)
            _ledger(db, source)
            standing.fill(db, source, builder.history)
            gaps.fill(db)
            prisma.fill(db, source)
            insert(db, "meta", _meta(db, source, vocabulary, data))
            db.execute("INSERT INTO papers_fts (papers_fts) VALUES ('rebuild')")
        db.executescript("PRAGMA synchronous = FULL; ANALYZE; VACUUM;")
        return builder.problems
    finally:
        db.close()


def _vocabulary(db: sqlite3.Connection, vocabulary: Vocabulary) -> None:
    insert(db, "schemes", [(s.scheme, s.label, s.description) for s in vocabulary.schemes])
    topics = []
    for position, topic in enumerate(vocabulary.topics, start=1):
        joined = (
            "|".join(words) or None
            for words in (
                [heading.ui for heading in topic.mesh],
                dict.fromkeys(term.text for term in topic.synonyms),
                dict.fromkeys(term.text for term in topic.abbreviations),
            )
        )
        topics.append(
            (
                topic.topic,
                topic.scheme,
                topic.label,
                topic.definition,
                topic.broader,
                *joined,
                topic.note or None,
                position,
                0,
            )
        )
    insert(db, "topics", topics)
    insert(db, "topic_closure", closure(vocabulary))


def _records(builder: _Builder, source: Database) -> None:
    """The first pass: every table that a record fills by itself, and what the second one needs."""
    withdrawn = dict(
        source.execute("SELECT pmid, max(read_at) FROM withdrawals GROUP BY pmid").fetchall()
    )
    builder.db.execute(
        "CREATE TEMP TABLE printed (pmid INTEGER, position INTEGER, text TEXT, ref_pmid INTEGER,"
        " doi TEXT, pmcid TEXT)"
    )
    for versions in _reached(builder, source):
        record, article = max(versions, key=_rank)
        db = builder.db
        insert(db, "works", [rows.paper_work(article)])
        # A file read once more does not bring back what PubMed has withdrawn since.
        gone = withdrawn.get(record.pmid, "") >= max(record.first_read, record.checked or "")
        found = find(rows.texts(article))
        study = rows.study(article, largest_n(found))
        paper = rows.paper(article, record, gone, study)
        names, marks = ", ".join(paper), ", ".join(f":{name}" for name in paper)
        db.execute(f"INSERT INTO papers ({names}) VALUES ({marks})", paper)  # noqa: S608
        for table, values in rows.per_record(article):
            insert(db, table, values)
        printed = enumerate(article.references, start=1)
        insert(db, "printed", [(article.pmid, n, *reference) for n, reference in printed])
        tasks, tags = _topics(builder, article)
        insert(db, "findings", rows.counted(article.pmid, found))
        _figures(builder, article, tags)
        insert(db, "evidence", rows.evidence(article, tasks, study))
        insert(db, "statements", rows.stated(article))
        _studies(builder, article)
        builder.citable.append(citable(article))
        builder.history.add(article, paper["integrity_checked"], versions)


def _raw_records(db: sqlite3.Connection, source: Database) -> None:
    """Every version of each paper's record, compressed as it is in raw.db."""
    kept = {pmid for (pmid,) in db.execute("SELECT pmid FROM papers")}
    versions = source.execute(
        "SELECT pmid, sha256, first_read, last_read, source, xml FROM records"
        " ORDER BY pmid, first_read, sha256"
    )
    db.executemany(
        "INSERT INTO raw_records VALUES (?, ?, ?, ?, ?, ?)",
        (version for version in versions if version[0] in kept),
    )


def count_papers(db: sqlite3.Connection) -> None:
    """Once here, and not on each visit of a page that shows all topics."""
    db.execute(
        "UPDATE topics SET papers = (SELECT count(DISTINCT p.pmid)"
        " FROM topic_closure c JOIN paper_topics p ON p.topic = c.topic"
        " WHERE c.ancestor = topics.topic)"
    )


def _unknown_descriptors(db: sqlite3.Connection, vocabulary: Vocabulary) -> None:
    """What is on papers with a topic and not in the vocabulary, by identifier or name."""
    names = set(vocabulary.descriptors.values())
    borne = db.execute(
        "SELECT descriptor, descriptor_ui, count(DISTINCT pmid),"
        " count(DISTINCT CASE WHEN is_major THEN pmid END) FROM mesh"
        " WHERE pmid IN (SELECT pmid FROM paper_topics) GROUP BY 1, 2 ORDER BY 4 DESC, 3 DESC, 1, 2"
    ).fetchall()
    insert(
        db,
        "unknown_descriptors",
        [(*row, vocabulary.descriptors.get(row[1])) for row in borne if row[0] not in names],
    )


def _reached(builder: _Builder, source: Database) -> Iterator[list[tuple[StoredRecord, Article]]]:
    """All versions of each PMID that a live seed reaches."""
    reached = source.execute(
        "SELECT DISTINCT pmid FROM records"
        " WHERE pmid IN (SELECT pmid FROM live_reach) ORDER BY pmid"
    ).fetchall()
    for (pmid,) in reached:
        if versions := list(_versions(builder, source, pmid)):
            yield versions


def _versions(
    builder: _Builder, source: Database, pmid: int
) -> Iterator[tuple[StoredRecord, Article]]:
    """What can be read of a PMID; what cannot is noted."""
    try:
        for record in raw_db.records(source, f"SELECT {pmid}"):
            yield record, parse(record.xml)
    except (InputError, zlib.error) as error:
        builder.problems.append(f"PMID {pmid}: {error}")


def _rank(version: tuple[StoredRecord, Article]) -> tuple[int, str, str, str]:
    """Of several versions counts the highest Version, then the later DateRevised, then the later
    read."""
    record, article = version
    return article.version, article.date_revised or "", record.last_read, record.sha256


def _studies(builder: _Builder, article: Article) -> None:
    mentions = study_of(article.databanks, rows.passages(article), builder.protocols)
    builder.db.executemany(
        "INSERT OR IGNORE INTO studies VALUES (?, ?)", [(m.study, m.label) for m in mentions]
    )
    insert(builder.db, "study_papers", [(m.study, article.pmid, m.basis) for m in mentions])


def _figures(builder: _Builder, article: Article, tags: Sequence[Evidence]) -> None:
    for name, text in rows.texts(article):
        if found := figures(text):
            known = tagged(builder.vocabulary, tags, name, text)
            of = zip(found, judged(found, known), strict=True)
            insert(builder.db, "findings", rows.measured(article.pmid, name, of))


def headings(article: Article) -> list[tuple[str | None, str, bool]]:
    """(UI, name, is_major) of all that topics are read from beside the text."""
    found = [(h.descriptor_ui, h.descriptor, h.is_major) for h in article.mesh]
    found += [(c.ui, c.name, False) for c in article.supplementary_mesh]
    return found + [(c.ui, c.name, False) for c in article.chemicals]


def _topics(builder: _Builder, article: Article) -> tuple[list[str], list[Evidence]]:
    """Write the topics of a paper; its clinical tasks, and where each topic stands."""
    found = tag(builder.vocabulary, rows.passages(article), headings(article))
    builder.db.executemany(
        'INSERT INTO topic_evidence (pmid, topic, field, start, "end", surface, rule, negated)'
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (article.pmid, e.topic, e.field, e.start, e.end, e.surface, e.rule, int(e.negated))
            for e in found
        ],
    )
    held = curation.corrected(holds(found), builder.corrections.get(article.pmid, {}))
    insert(builder.db, "paper_topics", [(article.pmid, *topic) for topic in held])
    tasks = {t.topic for t in builder.vocabulary.topics if t.scheme == "D"}
    return [t.topic for t in held if t.topic in tasks], found


def _ledger(db: sqlite3.Connection, source: Database) -> None:
    """Runs that have ended, what they asked and what they changed, and who brought what."""
    for run, *about in source.execute(
        "SELECT run, job, started, finished, state, note FROM runs WHERE state <> 'running'"
        " ORDER BY run"
    ).fetchall():
        *first, note = about
        insert(db, "runs", [(run, *first, *raw_db.sums(source, run).values(), note)])
    insert(db, "searches", _searches(source))
    kept = {pmid for (pmid,) in db.execute("SELECT pmid FROM papers")}
    reach = source.execute(
        "SELECT pmid, seed, via, hop, source FROM live_reach ORDER BY pmid, seed, via"
    )
    insert(db, "provenance", (row for row in reach if row[0] in kept))


def _searches(source: Database) -> Iterator[rows.Row]:
    found = source.execute(
        "SELECT a.run, service, question, asked_at, body FROM answers a JOIN runs USING (run)"
        " WHERE service = 'esearch' AND state <> 'running' ORDER BY a.id"
    )
    for number, (run, service, question, asked_at, body) in enumerate(found, start=1):
        count, translation = answers.esearch_count(body)
        query = answers.esearch_query(question)
        yield number, run, service, question, query, translation, asked_at, count


def _meta(
    db: sqlite3.Connection, source: Database, vocabulary: Vocabulary, data: Path
) -> list[tuple[str, str]]:
    counts = {
        "papers": "SELECT count(*) FROM papers",
        "works": "SELECT count(*) FROM works",
        "citations": "SELECT count(*) FROM citations",
        "unresolved_references": "SELECT count(*) FROM reference_list WHERE method = 'none'",
        "newest_read": "SELECT coalesce(max(read_at), '') FROM papers",
    }
    values = {key: str(db.execute(sql).fetchone()[0]) for key, sql in counts.items()}
    values |= {f"version_{name}": version(name) for name in LIBRARIES}
    values |= {"version_kb": __version__, "version_sqlite": sqlite3.sqlite_version}
    if vocabulary.mesh_year is not None:
        values["mesh_year"] = str(vocabulary.mesh_year)
    values["base_id"] = _base_id(source, data, values)
    return sorted(values.items())


def _base_id(source: Database, data: Path, values: Mapping[str, str]) -> str:
    """16 hex digits over everything that the base is made of: raw.db, data/, code, versions."""
    digest = hashlib.sha256(repr(sorted(values.items())).encode())
    for sql in (
        "SELECT pmid, sha256, source, run, first_read, last_read, checked FROM records"
        " ORDER BY pmid, id",
        "SELECT * FROM runs ORDER BY run",
        "SELECT * FROM outcomes ORDER BY run, pmid",
        "SELECT * FROM withdrawals ORDER BY pmid, run",
        "SELECT * FROM seeds ORDER BY seed",
        "SELECT * FROM reach ORDER BY seed, pmid, via",
        "SELECT run, service, question, asked_at, body FROM answers ORDER BY id",
    ):
        for row in source.execute(sql):
            digest.update(repr(row).encode())
    code = sorted(
        path for path in Path(__file__).parent.glob("*") if path.suffix in {".py", ".sql"}
    )
    for path in [*code, *(data / name for name in INPUTS if (data / name).is_file())]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
