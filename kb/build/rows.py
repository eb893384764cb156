"""The rows of kb.db that one record makes, a function a table. Pure; classes as in kb.tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from kb.appraisal.certainty import statements
from kb.appraisal.evidence import Study, grade
from kb.appraisal.evidence import study as read_study
from kb.appraisal.findings import Finding
from kb.appraisal.index_tests import DiagnosticQuestion
from kb.appraisal.measures import Figure
from kb.build.curation import HeldTopic
from kb.notices.integrity import is_retracted
from kb.raw import StoredRecord
from kb.record.article import Article
from kb.tables.corpus import WorksRow
from kb.tables.record import (
    AbstractSectionsRow,
    AuthorsRow,
    ChemicalsRow,
    CommentsCorrectionsRow,
    ContributorsRow,
    DatabanksRow,
    EvidenceRow,
    FindingsRow,
    GrantsRow,
    HistoryRow,
    IdentifiersRow,
    ImprintsRow,
    KeywordsRow,
    MeshRow,
    NotesRow,
    OtherAbstractsRow,
    PapersRow,
    PaperTopicsRow,
    PassagesRow,
    PublicationTypesRow,
    StatementsRow,
    SupplementaryMeshRow,
    TopicEvidenceRow,
)
from kb.tagging.topics import TopicEvidence
from kb.tagging.vocabulary import Question

# What an Article lists, each item a row whose columns behind PMID and position are its fields.
LISTED: dict[str, type[NamedTuple]] = {
    "authors": AuthorsRow,
    "mesh": MeshRow,
    "keywords": KeywordsRow,
    "sections": AbstractSectionsRow,
    "other_abstracts": OtherAbstractsRow,
    "contributors": ContributorsRow,
    "supplementary_mesh": SupplementaryMeshRow,
    "chemicals": ChemicalsRow,
    "publication_types": PublicationTypesRow,
    "grants": GrantsRow,
    "databanks": DatabanksRow,
    "identifiers": IdentifiersRow,
    "history": HistoryRow,
    "notes": NotesRow,
    "comments": CommentsCorrectionsRow,
}


def per_record(article: Article) -> Iterator[NamedTuple]:
    """Every row that comes from the record alone and as it stands there, numbered from 1."""
    pmid = article.pmid
    for field, text in article.passages:
        yield PassagesRow(pmid=pmid, field=field, text=text)
    if article.imprint:
        yield ImprintsRow(pmid=pmid, **article.imprint._asdict())
    for name, kind in LISTED.items():
        for position, item in enumerate(getattr(article, name), start=1):
            yield kind._make((pmid, position, *item))


def topics(
    pmid: int, places: Iterable[TopicEvidence], held: Iterable[HeldTopic]
) -> Iterator[NamedTuple]:
    """The rows of ``topic_evidence`` and ``paper_topics``."""
    for e in places:
        yield TopicEvidenceRow(
            id=None,
            pmid=pmid,
            topic=e.topic,
            field=e.field,
            start=e.start,
            end=e.end,
            surface=e.surface,
            rule=e.rule,
            negated=int(e.negated),
        )
    for topic in held:
        yield PaperTopicsRow(pmid=pmid, **topic._asdict())


def counted(pmid: int, counts: Iterable[Finding]) -> Iterator[FindingsRow]:
    """The rows of ``findings`` that count patients; the id is left to the database."""
    for count in counts:
        yield FindingsRow(
            id=None,
            pmid=pmid,
            kind=count.kind,
            value=count.value,
            low=None,
            high=None,
            se=None,
            sign=None,
            n=count.n,
            unit=count.unit,
            index_test=None,
            target=None,
            reference_standard=None,
            unit_of_analysis=None,
            time_point=None,
            field=count.field,
            start=count.start,
            end=count.end,
            sentence_start=count.sentence[0],
            sentence_end=count.sentence[1],
        )


def measured(
    pmid: int, field: str, figures: Iterable[tuple[Figure, DiagnosticQuestion]]
) -> Iterator[FindingsRow]:
    """The rows of ``findings`` that hold the figures of one passage."""
    for figure, of in figures:
        yield FindingsRow(
            id=None,
            pmid=pmid,
            kind=figure.kind,
            value=figure.value,
            low=figure.low,
            high=figure.high,
            se=figure.se,
            sign=figure.sign,
            n=None,
            unit=figure.unit,
            index_test=of.index_test,
            target=of.target,
            reference_standard=of.reference_standard,
            unit_of_analysis=figure.unit_of_analysis,
            time_point=figure.time_point,
            field=field,
            start=figure.start,
            end=figure.end,
            sentence_start=figure.sentence[0],
            sentence_end=figure.sentence[1],
        )


def study(article: Article, n: int | None) -> Study:
    """What the record tells of its study; ``n`` is the largest sample size that it states."""
    headings = [(heading.descriptor_ui, heading.descriptor) for heading in article.mesh]
    return read_study(article.publication_types, headings, article.passages, n)


def evidence(pmid: int, tasks: Mapping[str, Question | None], of: Study) -> Iterator[EvidenceRow]:
    """The rows of ``evidence``, one for each clinical task that the paper has, by its question."""
    for e in grade(of, tasks):
        yield EvidenceRow(
            pmid=pmid,
            task=e.task,
            scheme=e.scheme,
            level=e.level,
            design=e.design,
            n=e.n,
            basis=e.basis,
        )


def stated(article: Article) -> Iterator[StatementsRow]:
    """The rows of ``statements``."""
    text = dict(article.texts)
    for s in statements(article.texts):
        surface = text[s.field][s.start : s.end]
        yield StatementsRow(pmid=article.pmid, surface=surface, **s._asdict())


# Characters of the line that names a work; the longest titles of real papers fit.
LONGEST_LINE = 1000

# Columns of papers that hold what the record says, as it says it.
COPIED = (
    *("pmid", "title", "abstract", "journal", "journal_abbrev", "nlm_unique_id", "issn", "year"),
    *("pub_date", "pub_date_text", "epub_date", "volume", "issue", "pages", "doi", "pmcid"),
    *("publication_status", "medline_status", "vernacular_title", "coi_statement", "copyright"),
    *("title_html", "abstract_html", "version", "date_revised", "date_completed", "entrez_date"),
)


def paper(article: Article, of: Study) -> PapersRow:
    """The row of ``papers`` as far as the record tells it; the rest is ``as_stored``."""
    return PapersRow(
        **{column: getattr(article, column) for column in COPIED},
        work=f"pmid:{article.pmid}",
        authors="; ".join(author.name for author in article.authors),
        language="; ".join(article.languages) or None,
        keywords="; ".join(keyword.keyword for keyword in article.keywords),
        mesh="; ".join(_headings(article)),
        is_book=int(article.is_book),
        is_chapter=int(article.is_chapter) if article.is_book else None,
        record_status="active",
        is_retracted=1 if is_retracted(article) else None,
        integrity_checked=None,
        design=of.design,
        design_basis=of.basis,
        n_patients=of.n,
        authors_complete=int(article.authors_complete),
        read_at="",
        read_from="",
        record_sha256="",
        n_references=len(article.references),
    )


def as_stored(row: PapersRow, record: StoredRecord, withdrawn: bool) -> PapersRow:
    """With what raw.db knows of the record: when it was read, from where, and of which date PubMed
    says what it says (null where nothing tells).

    Unknown is not "no": without such a date, nothing was checked.
    """
    day = record.checked[:10] if record.checked else row.date_revised
    return row._replace(
        record_status="withdrawn" if withdrawn else "active",
        is_retracted=1 if row.is_retracted else (0 if day else None),
        integrity_checked=day,
        read_at=record.last_read,
        read_from=record.source,
        record_sha256=record.sha256,
    )


def _headings(article: Article) -> Iterator[str]:
    for heading in article.mesh:
        words = "/".join(filter(None, (heading.descriptor, heading.qualifier)))
        yield words + ("*" if heading.is_major else "")


def paper_work(article: Article) -> WorksRow:
    """The row of ``works`` for a harvested paper."""
    return WorksRow(
        work=f"pmid:{article.pmid}",
        pmid=article.pmid,
        doi=article.doi,
        pmcid=article.pmcid,
        year=article.year,
        title=article.title or None,
        first_author=article.authors[0].name if article.authors else None,
        journal=article.journal_abbrev or article.journal,
        text=_short(citation_line(article)),
        is_paper=1,
    )


def citation_line(article: Article) -> str:
    """One line that names the paper: first author, title, journal, year, volume, pages."""
    authors = article.authors[0].name if article.authors else ""
    if len(article.authors) > 1 or (authors and not article.authors_complete):
        authors += " et al."
    issue = f"({article.issue})" if article.issue else ""
    place = f"{article.volume or ''}{issue}" + (f":{article.pages}" if article.pages else "")
    when = ";".join(filter(None, (str(article.year or ""), place)))
    parts = [authors, article.title, article.journal_abbrev or article.journal or "", when]
    return " ".join(_stopped(part) for part in parts if part) or f"PMID {article.pmid}"


def _stopped(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _short(line: str) -> str:
    """Datasette prints the line whole wherever a row names the work."""
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…"


class Mention(NamedTuple):
    """What references say of a work: of each the first that was printed; ``year`` where the text
    prints just one."""

    text: str | None
    pmcid: str | None
    year: int | None = None


def mention(before: Mention | None, said: Mention) -> Mention:
    known = before or Mention(None, None)
    first = known if known.text else said
    return Mention(first.text, known.pmcid or said.pmcid, first.year)


def cited_work(
    work: str, text: str | None = None, pmcid: str | None = None, year: int | None = None
) -> WorksRow:
    """The row of ``works`` for something known only from a reference: nothing is guessed of it."""
    kind, _, value = work.partition(":")
    pmid = int(value) if kind == "pmid" else None
    return WorksRow(
        work=work,
        pmid=pmid,
        doi=value if kind == "doi" else None,
        pmcid=pmcid,
        year=year,
        title=None,
        first_author=None,
        journal=None,
        text=_short(text or (f"PMID {pmid}" if pmid else work)),
        is_paper=0,
    )
