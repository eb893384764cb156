"""What the record of science says about a paper: retracted, corrected, doubted. Pure.

Sources of the rules: NLM's fact sheet on errata and retractions, NLM Technical Bulletin 412 (e3) on
partial retractions, and the DTD's RefType values.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from kb.article import Article
from kb.dates import medline_date

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
RETRACTIONS = ("RetractionIn", "RetractedandRepublishedIn")


class Notice(NamedTuple):
    """A notice, at the paper it is about; ``source`` says whose record states it."""

    pmid: int
    kind: str
    notice_pmid: int | None
    text: str | None
    date: str | None
    source: str


def is_retracted(article: Article) -> bool:
    """By publication type or by what its record links to; the notice itself has neither."""
    return _has_retracted_type(article) or _has_retraction(article)


def _has_retracted_type(article: Article) -> bool:
    return any(found.name.lower() == RETRACTED for found in article.publication_types)


def _has_retraction(article: Article) -> bool:
    return any(comment.ref_type in RETRACTIONS for comment in article.comments)


def is_concerned(article: Article) -> bool:
    """Whether the record states a notice, on whichever side."""
    return is_retracted(article) or any(_split(c.ref_type)[0] in KINDS for c in article.comments)


def notices(articles: Mapping[int, Article]) -> list[Notice]:
    """Every notice that the records state, on either side, in a fixed order."""
    found = {notice for article in articles.values() for notice in _stated(article, articles)}
    return sorted(found, key=lambda notice: tuple(str(value or "") for value in notice))


def _stated(article: Article, articles: Mapping[int, Article]) -> Iterator[Notice]:
    for comment in article.comments:
        stem, ending = _split(comment.ref_type)
        kind = KINDS.get(stem)
        if kind and ending in ON_PAPER:
            date = _date(comment.ref_pmid, comment.ref_source, articles)
            yield Notice(
                article.pmid, kind, comment.ref_pmid, comment.ref_source, date, "the paper's record"
            )
        elif kind and ending in ON_NOTICE and comment.ref_pmid:
            date = article.epub_date or article.pub_date
            yield Notice(
                comment.ref_pmid, kind, article.pmid, article.title, date, "the notice's record"
            )
    if _has_retracted_type(article) and not _has_retraction(article):
        yield Notice(article.pmid, "retraction", None, None, None, "publication type")


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


def exposure(
    retracted: Iterable[str], pairs: Iterable[tuple[str, str]], most_hops: int = 3
) -> list[tuple[str, str, int]]:
    """(citing work, retracted work, fewest hops) for works that lead to one within ``most_hops``.

    ``pairs`` are (citing, cited), without the notices that cite what they retract.
    """
    citing: dict[str, set[str]] = defaultdict(set)
    for source, target in pairs:
        citing[target].add(source)
    rows = []
    for work in sorted(retracted):
        seen, ring = {work}, {work}
        for hops in range(1, most_hops + 1):
            ring = {source for target in ring for source in citing[target]} - seen
            seen |= ring
            rows += [(source, work, hops) for source in ring]
    return sorted(rows)
