"""What the record of science says about a paper: retracted, corrected, doubted. Pure.

Sources of the rules: NLM's fact sheet on errata and retractions, NLM Technical Bulletin 412 (e3) on
partial retractions, and the DTD's RefType values. What others than PubMed say:
``kb.notices.updates``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from kb.notices.verdict import PUBMED
from kb.record.article import Article
from kb.record.dates import medline_date

# RefType without its ending In (on the paper) or Of, For, On, From (on the notice). Partial
# retractions, a RefType of the years 2006 to 2016, count as errata with NLM. The others (original
# reports, summaries for patients, reprints, data sets) say nothing about what a paper is worth.
KINDS = {
    "Retraction": "retraction",
    "RetractedandRepublished": "retraction",
    "ExpressionOfConcern": "expression_of_concern",
    "Erratum": "erratum",
    "PartialRetraction": "erratum",
    "CorrectedandRepublished": "republication",
    "Republished": "republication",
    "Update": "update",
    "Comment": "comment",
}
ON_PAPER = ("In",)
ON_NOTICE = ("Of", "For", "On", "From")
RETRACTED = "retracted publication"
PAPERS_RECORD, NOTICES_RECORD = "the paper's record", "the notice's record"
PUBLICATION_TYPE = "publication type"
# What others than PubMed call by a name that nobody knows; a retraction about which the witnesses
# contradict each other (docs/standing.md).
UNKNOWN_KIND, CONTRADICTORY = "unknown", "contradictory"
# What makes the works that cite it worth a second look, the gravest first.
DOUBTS = ("retraction", CONTRADICTORY, "expression_of_concern")
RETRACTIONS = ("RetractionIn", "RetractedandRepublishedIn")


class IntegrityNotice(NamedTuple):
    """A notice, at the work it is about (``pmid:`` or ``doi:``); ``source`` says who states it and
    ``checked`` when that was last asked, as a date; null for what only files hold."""

    work: str
    pmid: int | None
    kind: str
    notice_pmid: int | None
    notice_doi: str | None
    text: str | None
    date: str | None
    source: str
    checked: str | None


class Stated(NamedTuple):
    """A notice as a witness (docs/standing.md) stated it: under which id of its own, in which word
    for what the notice is, and as which of several states of one record in an answer; ``unsure``
    where it names the work by identifiers of two works."""

    notice: IntegrityNotice
    witness: str
    record: str | None
    wrote: str
    place: int
    unsure: bool = False


def is_retracted(article: Article) -> bool:
    """By publication type or by what its record links to; the notice itself has neither."""
    return _has_retracted_type(article) or _has_retraction(article)


def _has_retracted_type(article: Article) -> bool:
    return any(type_.name.lower() == RETRACTED for type_ in article.publication_types)


def _has_retraction(article: Article) -> bool:
    return any(comment.ref_type in RETRACTIONS for comment in article.comments)


def is_concerned(article: Article) -> bool:
    """Whether the record states a notice, on whichever side."""
    return is_retracted(article) or any(_split(c.ref_type)[0] in KINDS for c in article.comments)


def in_order(unordered: Iterable[IntegrityNotice]) -> list[IntegrityNotice]:
    return sorted(unordered, key=lambda notice: tuple(str(value or "") for value in notice))


def stated_in(
    article: Article, articles: Mapping[int, Article], checked: str | None
) -> Iterator[Stated]:
    """What one record states, of itself or of the paper that it is a notice of.

    ``articles`` are the records by PMID, for the dates of notices; ``checked`` is the date on which
    PubMed last gave this one.
    """
    for comment in article.comments:
        stem, ending = _split(comment.ref_type)
        kind = KINDS.get(stem)
        if kind and ending in ON_PAPER:
            date = _date(comment.ref_pmid, comment.ref_source, articles)
            which = (comment.ref_pmid, None, comment.ref_source, date, PAPERS_RECORD, checked)
            yield _stated(article.pmid, kind, *which, comment.ref_type)
        elif kind and ending in ON_NOTICE and comment.ref_pmid:
            date = article.epub_date or article.pub_date
            own = (article.pmid, article.doi, article.title, date, NOTICES_RECORD, checked)
            yield _stated(comment.ref_pmid, kind, *own, comment.ref_type)
    if _has_retracted_type(article) and not _has_retraction(article):
        nothing = (None, None, None, None, PUBLICATION_TYPE, checked)
        yield _stated(article.pmid, "retraction", *nothing, "Retracted Publication")


def _stated(
    pmid: int,
    kind: str,
    notice_pmid: int | None,
    notice_doi: str | None,
    text: str | None,
    date: str | None,
    source: str,
    checked: str | None,
    wrote: str,
) -> Stated:
    which = (notice_pmid, notice_doi, text, date, source, checked)
    return Stated(IntegrityNotice(f"pmid:{pmid}", pmid, kind, *which), PUBMED, None, wrote, 0)


def _split(ref_type: str) -> tuple[str, str]:
    for ending in (*ON_PAPER, *ON_NOTICE):
        if ref_type.endswith(ending):
            return ref_type.removesuffix(ending), ending
    return ref_type, ""


def _date(pmid: int | None, source: str | None, articles: Mapping[int, Article]) -> str | None:
    """Date of a notice: its own record's where harvested, else what its citation prints."""
    notice = articles.get(pmid) if pmid else None
    if notice:
        return notice.epub_date or notice.pub_date
    return medline_date(source) if source else None


class Exposure(NamedTuple):
    """``work`` leads to ``retracted``, which is retracted or doubted (``kind``), over ``hops``
    citations; ``path`` is one shortest way, works from the one to the other."""

    work: str
    retracted: str
    kind: str
    hops: int
    path: tuple[str, ...]


def exposure(
    doubted: Mapping[str, str], pairs: Iterable[tuple[str, str]], most_hops: int = 3
) -> list[Exposure]:
    """Works that lead to a doubted one within ``most_hops``, each with the fewest hops.

    ``doubted`` has the kind of notice by work; ``pairs`` are (citing, cited), without the notices
    that cite what they are about.
    """
    citing: dict[str, list[str]] = defaultdict(list)
    for source, target in sorted(pairs):
        citing[target].append(source)
    return sorted(
        Exposure(path[0], work, kind, len(path) - 1, path)
        for work, kind in doubted.items()
        for path in _paths_to(work, citing, most_hops)
    )


def _paths_to(
    work: str, citing: Mapping[str, list[str]], most_hops: int
) -> Iterator[tuple[str, ...]]:
    """A shortest path from each work that leads to this one, ring by ring."""
    seen = {work}
    ring: list[tuple[str, ...]] = [(work,)]
    for _ in range(most_hops):
        outer: dict[str, tuple[str, ...]] = {}
        for path in ring:
            for source in citing.get(path[0], ()):
                if source not in seen:
                    seen.add(source)
                    outer[source] = (source, *path)
        ring = list(outer.values())
        yield from ring
