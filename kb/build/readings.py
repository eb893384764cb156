"""What a paper says by itself, read from the versions of its record: from bytes to rows. Pure.

Which version counts, and what it says, follows from the bytes, the field of medicine and the order
in which the versions came; nothing else is known here. ``kb.build.records`` adds when and where the
record was read, and what depends on other papers waits for the later passes.
"""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from kb.appraisal.arithmetic import sums
from kb.appraisal.figures import figures
from kb.appraisal.findings import find, largest_n
from kb.appraisal.index_tests import DiagnosticQuestion, diagnostic_questions, passage_topics
from kb.appraisal.measures import Figure
from kb.appraisal.studies import StudyMention, study_of
from kb.build import rows
from kb.build.curation import corrected
from kb.build.field import Field
from kb.citations.citation import AuthorName, Citable, Citation, citable, only_year
from kb.citations.cited_work import cited_work
from kb.errors import InputError
from kb.notices import changes, integrity
from kb.notices.changes import Change
from kb.raw import StoredRecord, unpacked
from kb.record.article import Article, Author, Reference
from kb.record.pubmed import parse
from kb.tables.corpus import WorksRow
from kb.tables.record import (
    EvidenceRow,
    FindingsRow,
    ImprintsRow,
    PapersRow,
    PaperTopicsRow,
    PassagesRow,
    StatementsRow,
    SumsRow,
    TopicEvidenceRow,
)
from kb.tagging.topics import TopicEvidence, holds, tag
from kb.tagging.vocabulary import Vocabulary

Version = tuple[StoredRecord, Article]  # as stored and as read

KINDS: Mapping[str, type[NamedTuple]] = {
    kind.__name__: kind
    for kind in (
        *(WorksRow, PassagesRow, ImprintsRow, *rows.LISTED.values(), TopicEvidenceRow),
        *(PaperTopicsRow, FindingsRow, SumsRow, EvidenceRow, StatementsRow),
    )
}
FAST = 1  # of zlib's levels: what is packed is mostly read again at once


class StoredPaper(NamedTuple):
    """A PMID of raw.db: the versions of its record in the order of their first reading, each still
    packed, why there are no more of them where one cannot be read, and the topics that people added
    (True) or removed (False)."""

    pmid: int
    versions: Sequence[StoredRecord]
    problem: str
    topics: Mapping[str, bool]

    @property
    def identity(self) -> tuple[object, ...]:
        """All that a reading of it depends on, beside code and field. That a version was read once
        more counts only where it changes which one was read last."""
        order = [record.sha256 for record in sorted(self.versions, key=_when_read)]
        stored = [(record.sha256, record.run, record.first_read) for record in self.versions]
        return self.pmid, self.problem, stored, order, list(self.topics.items())


class ReadReference(NamedTuple):
    """A reference of the list and what its text was found to print: the year where that is one;
    with a PMID the work, where it can be told, and else the citation, to be compared with works."""

    text: str | None
    pmid: int | None
    doi: str | None
    pmcid: str | None
    year: int | None
    work: str | None
    citation: str | None


class PaperReading(NamedTuple):
    """``versions`` of the record could be read, then there was a ``problem``, if any; that of
    ``record_sha256`` counts, and those of ``stating`` state a notice. ``rows`` are values by the
    name of their class."""

    pmid: int
    problem: str
    versions: int
    stating: Sequence[str]
    changes: Sequence[Change]
    record_sha256: str
    paper: PapersRow | None
    rows: Mapping[str, Sequence[Sequence[Any]]]
    studies: Sequence[StudyMention]
    citable: Citable | None
    references: Sequence[ReadReference]


def read(of: Field, paper: StoredPaper) -> PaperReading:
    """Never raises for what the records hold: the reading then has a problem."""
    versions, problem = _versions(paper)
    if not versions:
        return PaperReading(paper.pmid, problem, 0, (), (), "", None, {}, (), None, ())
    record, article = max(versions, key=_rank)
    by_kind: defaultdict[str, list[NamedTuple]] = defaultdict(list)
    row, *others = _rows(of, article, paper.topics)
    for each in others:
        by_kind[type(each).__name__].append(each)
    return PaperReading(
        pmid=paper.pmid,
        problem=problem,
        versions=len(versions),
        stating=[r.sha256 for r, each in versions if integrity.is_concerned(each)],
        changes=list(
            changes.of_record([changes.Version(r.run, r.first_read, each) for r, each in versions])
        ),
        record_sha256=record.sha256,
        paper=row,
        rows=by_kind,
        studies=study_of(article.databanks, article.passages, of.protocols),
        citable=citable(article),
        references=[_reference(reference) for reference in article.references],
    )


def _versions(paper: StoredPaper) -> tuple[list[Version], str]:
    """What can be read of a paper, up to the first version that cannot, and why it cannot."""
    versions: list[Version] = []
    try:
        for packed in paper.versions:
            record = unpacked(packed)
            versions.append((record, parse(record.xml)))
    except (InputError, zlib.error) as error:
        return versions, f"PMID {paper.pmid}: {error}"
    return versions, paper.problem


def _when_read(record: StoredRecord) -> tuple[str, str]:
    return record.last_read, record.sha256


def _rank(version: Version) -> tuple[int, str, str, str]:
    """Of several versions counts the highest Version, then the later DateRevised, then the later
    read."""
    record, article = version
    return article.version, article.date_revised or "", *_when_read(record)


def _rows(of: Field, article: Article, by_hand: Mapping[str, bool]) -> Iterator[Any]:
    """The row of the paper, then every other that it makes by itself, save those of its studies."""
    counts = find(article.texts, of.vocabulary.words)
    study = rows.study(article, largest_n(counts))
    places = tag(of.vocabulary, article.passages, article.headings)
    held = corrected(holds(places), by_hand)
    tasks = {topic.topic: of.tasks[topic.topic] for topic in held if topic.topic in of.tasks}
    printed = {name: _questions(of.vocabulary, places, name, text) for name, text in article.texts}
    added = [
        each
        for name, text in article.texts
        for each in sums(name, text, [figure for figure, _ in printed[name]])
    ]
    yield rows.paper(article, study)
    yield rows.paper_work(article)
    yield from rows.per_record(article)
    yield from rows.topics(article.pmid, places, held)
    yield from rows.counted(article.pmid, counts, added)
    for name, questions in printed.items():
        yield from rows.measured(article.pmid, name, questions, added)
    yield from rows.added_up(article.pmid, added)
    yield from rows.evidence(article.pmid, tasks, study)
    yield from rows.stated(article)


def _questions(
    vocabulary: Vocabulary, places: Sequence[TopicEvidence], field: str, text: str
) -> list[tuple[Figure, DiagnosticQuestion]]:
    """The figures of a passage, each with what it answers."""
    known = passage_topics(vocabulary, places, field, text)
    printed = figures(text, vocabulary.words, known)
    return list(zip(printed, diagnostic_questions(printed, known), strict=True))


@lru_cache(maxsize=20_000)  # what many papers cite is mostly printed alike
def _reference(reference: Reference) -> ReadReference:
    text, pmid, doi, pmcid = reference
    if not text:
        return ReadReference(*reference, year=None, work=None, citation=None)
    citation = Citation(text)
    work = cited_work(pmid, text, doi=doi, pmcid=pmcid, citation=citation) if pmid else None
    return ReadReference(
        *reference,
        year=only_year(citation.years),
        work=told_work(work) if work else None,
        citation=None if pmid else json.dumps(citation.read),
    )


def told_work(work: Citable) -> str:
    return json.dumps([getattr(work, name) for name in Citable.__slots__], default=_author_name)


def _author_name(name: AuthorName) -> Sequence[Sequence[str]]:
    return name.keys, name.given


def work_of(told: str) -> Citable:
    of = dict(zip(Citable.__slots__, json.loads(told), strict=True))
    keys, given = of["author"]
    of["author"] = AuthorName(tuple(keys), tuple(given))
    of["others"] = tuple(Author._make(other) for other in of["others"])
    of["journals"] = tuple(of["journals"])
    return Citable(**of)


def citation_of(told: str) -> Citation:
    return Citation.of_read(*json.loads(told))


def packed(reading: PaperReading) -> bytes:
    """As bytes that another process, or a later build, makes the same reading of."""
    told = [told_work(each) if isinstance(each, Citable) else each for each in reading]
    return zlib.compress(json.dumps(told).encode(), FAST)


def unpack(told: bytes) -> PaperReading:
    of = dict(zip(PaperReading._fields, json.loads(zlib.decompress(told)), strict=True))
    of["changes"] = [Change._make(each) for each in of["changes"]]
    of["paper"] = of["paper"] and PapersRow._make(of["paper"])
    of["studies"] = [StudyMention._make(each) for each in of["studies"]]
    of["citable"] = of["citable"] and work_of(of["citable"])
    of["references"] = [ReadReference._make(each) for each in of["references"]]
    return PaperReading(**of)


def read_packed(of: Field, papers: Iterable[StoredPaper]) -> list[bytes]:
    """Each paper's reading, packed. Whatever is wrong with this program is told with the PMID."""
    readings = []
    for paper in papers:
        try:
            readings.append(packed(read(of, paper)))
        except Exception as error:
            error.add_note(f"while reading PMID {paper.pmid}")
            raise
    return readings
