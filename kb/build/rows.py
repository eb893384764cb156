"""The rows of kb.db that one record makes, a function a table. Pure; columns as in schema.sql."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from kb.appraisal.certainty import statements
from kb.appraisal.evidence import Study, grade
from kb.appraisal.evidence import study as read_study
from kb.appraisal.findings import Finding
from kb.appraisal.index_test import Judged
from kb.appraisal.measures import Figure
from kb.citations.citation import printed_years
from kb.notices.integrity import is_retracted
from kb.raw import StoredRecord
from kb.record.article import Article
from kb.tagging.vocabulary import Question

Row = tuple[Any, ...]


def per_record(article: Article) -> Iterator[tuple[str, list[Row]]]:
    """(table, rows) for every table whose rows come from the record alone, numbered from 1."""
    yield "passages", [(article.pmid, *passage) for passage in article.passages]
    yield (
        "authors",
        _numbered(
            article,
            (
                (
                    a.last_name,
                    a.fore_name,
                    a.initials,
                    a.suffix,
                    a.collective,
                    a.orcid,
                    a.affiliation,
                )
                for a in article.authors
            ),
        ),
    )
    yield "mesh", _numbered(article, ((*h[:4], int(h.is_major)) for h in article.mesh))
    yield "keywords", _numbered(article, ((k[0], k[1], int(k[2])) for k in article.keywords))
    for table, values in PLAIN.items():
        yield table, _numbered(article, values(article))


PLAIN: dict[str, Callable[[Article], Iterable[Row]]] = {
    "abstract_sections": lambda article: article.sections,
    "other_abstracts": lambda article: article.other_abstracts,
    "contributors": lambda article: article.contributors,
    "supplementary_mesh": lambda article: article.supplementary_mesh,
    "chemicals": lambda article: article.chemicals,
    "publication_types": lambda article: article.publication_types,
    "grants": lambda article: article.grants,
    "databanks": lambda article: article.databanks,
    "identifiers": lambda article: article.identifiers,
    "history": lambda article: article.history,
    "notes": lambda article: article.notes,
    "comments_corrections": lambda article: article.comments,
}


def _numbered(article: Article, values: Iterable[Row]) -> list[Row]:
    return [(article.pmid, position, *value) for position, value in enumerate(values, start=1)]


def counted(pmid: int, found: Iterable[Finding]) -> list[Row]:
    """The rows of ``findings`` that count patients; the id is left to the database."""
    return [
        (
            *(None, pmid, f.kind, f.value, None, None, None, None, f.n, f.unit),
            *(None, None, None, None, None, f.field, f.start, f.end),
        )
        for f in found
    ]


def measured(pmid: int, field: str, found: Iterable[tuple[Figure, Judged]]) -> list[Row]:
    """The rows of ``findings`` that hold the figures of one passage."""
    return [
        (
            *(None, pmid, f.kind, f.value, f.low, f.high, f.se, f.sign, None, f.unit),
            *(of.index_test, of.target, of.reference_standard, f.unit_of_analysis, f.time_point),
            *(field, f.start, f.end),
        )
        for f, of in found
    ]


def study(article: Article, n: int | None) -> Study:
    """What the record tells of its study; ``n`` is the largest sample size that it states."""
    headings = [(heading.descriptor_ui, heading.descriptor) for heading in article.mesh]
    return read_study(article.publication_types, headings, article.passages, n)


def evidence(article: Article, tasks: Mapping[str, Question | None], found: Study) -> list[Row]:
    """The rows of ``evidence``, one for each clinical task that the paper has, by its question."""
    return [
        (article.pmid, e.task, e.scheme, e.level, e.design, e.n, e.basis)
        for e in grade(found, tasks)
    ]


def stated(article: Article) -> list[Row]:
    """The rows of ``statements``."""
    text = dict(article.texts)
    return [
        (article.pmid, s.scheme, s.level, text[s.field][s.start : s.end], s.field, s.start, s.end)
        for s in statements(article.texts)
    ]


# Characters of the line that names a work; the longest titles of real papers fit.
LONGEST_LINE = 1000

# Columns of papers that hold what the record says, as it says it.
COPIED = (
    *("pmid", "title", "abstract", "journal", "journal_abbrev", "nlm_unique_id", "issn", "year"),
    *("pub_date", "pub_date_text", "epub_date", "volume", "issue", "pages", "doi", "pmcid"),
    *("publication_status", "medline_status", "vernacular_title", "coi_statement", "copyright"),
    *("title_html", "abstract_html", "version", "date_revised", "date_completed", "entrez_date"),
)


def paper(article: Article, record: StoredRecord, withdrawn: bool, found: Study) -> dict[str, Any]:
    """The row of ``papers``, by column."""
    checked = record.checked[:10] if record.checked else article.date_revised
    return {column: getattr(article, column) for column in COPIED} | {
        "work": f"pmid:{article.pmid}",
        "authors": "; ".join(author.name for author in article.authors),
        "language": "; ".join(article.languages) or None,
        "keywords": "; ".join(keyword.keyword for keyword in article.keywords),
        "mesh": "; ".join(_headings(article)),
        "is_book": int(article.is_book),
        "is_chapter": int(article.is_chapter) if article.is_book else None,
        "record_status": "withdrawn" if withdrawn else "active",
        "is_retracted": _retracted(article, checked),
        "integrity_checked": checked,
        "design": found.design,
        "design_basis": found.basis,
        "n_patients": found.n,
        "authors_complete": int(article.authors_complete),
        "read_at": record.last_read,
        "read_from": record.source,
        "record_sha256": record.sha256,
        "n_references": len(article.references),
    }


def _retracted(article: Article, checked: str | None) -> int | None:
    """Unknown is not "no": without a date on which PubMed said so, nothing was checked."""
    if is_retracted(article):
        return 1
    return 0 if checked else None


def _headings(article: Article) -> Iterator[str]:
    for heading in article.mesh:
        words = "/".join(filter(None, (heading.descriptor, heading.qualifier)))
        yield words + ("*" if heading.is_major else "")


def paper_work(article: Article) -> Row:
    """The row of ``works`` for a harvested paper."""
    first = article.authors[0].name if article.authors else None
    journal = article.journal_abbrev or article.journal
    return (
        *(f"pmid:{article.pmid}", article.pmid, article.doi, article.pmcid, article.year),
        *(article.title or None, first, journal, _short(citation_line(article)), 1),
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
    """What references say of a work: of each the first that was printed."""

    text: str | None
    pmcid: str | None


def mention(before: Mention | None, text: str | None, pmcid: str | None) -> Mention:
    known = before or Mention(None, None)
    return Mention(known.text or text, known.pmcid or pmcid)


def cited_work(work: str, text: str | None = None, pmcid: str | None = None) -> Row:
    """The row of ``works`` for something known only from a reference: nothing is guessed of it,
    save a year where its citation prints just one."""
    kind, _, value = work.partition(":")
    years = set(printed_years(text or ""))
    year = years.pop() if len(years) == 1 else None
    pmid = int(value) if kind == "pmid" else None
    named = _short(text or (f"PMID {pmid}" if pmid else work))
    return (work, pmid, value if kind == "doi" else None, pmcid, year, None, None, None, named, 0)
