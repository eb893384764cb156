"""Which work a printed reference is. Pure: it knows the harvested papers and nothing else.

In order: the reference's own PMID, its DOI (given or in its text), its PMCID, and its text against
the harvested papers. A text counts as a paper's only where the first author, the volume, the first
page and either the title or the year and journal agree, and no second paper agrees as well; a
title alone never decides, since twins exist. What is not resolved stays, as itself.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from kb.article import Article, Reference
from kb.ids import find_doi, page_range

TOKEN = re.compile(r"[a-z]?[0-9]+[a-z]?")
YEAR = re.compile(r"\b(1[89][0-9]{2}|20[0-9]{2})\b")
TITLE_AGREES = 0.9
# Shorter titles ("Neuroblastoma", "Letter") are found in too many citations to count for much.
TITLE_TELLS = 12
JOURNAL_AGREES = 0.85


@dataclass(frozen=True)
class Resolution:
    """``method`` says what decided, ``none`` where nothing did; ``score`` is 0 to 1."""

    work: str
    method: str
    score: float | None
    reason: str


@dataclass(frozen=True)
class Citable:
    """What of a harvested paper a citation may print."""

    pmid: int
    title: str
    first_author: str
    journals: tuple[str, ...]
    year: int | None
    epub_year: int | None
    volume: str
    first_page: str
    doi: str | None


@dataclass(frozen=True)
class Corpus:
    """The harvested papers by what a citation can name. Ambiguous identifiers are left out."""

    by_doi: dict[str, int]
    by_pmcid: dict[str, int]
    by_page: dict[str, tuple[Citable, ...]]


def corpus(articles: Iterable[Article]) -> Corpus:
    dois: dict[str, set[int]] = defaultdict(set)
    pmcids: dict[str, set[int]] = defaultdict(set)
    pages: dict[str, list[Citable]] = defaultdict(list)
    for article in articles:
        if article.doi:
            dois[article.doi].add(article.pmid)
        if article.pmcid:
            pmcids[article.pmcid].add(article.pmid)
        if article.authors and article.volume and article.pages:
            citable = _citable(article)
            pages[citable.first_page].append(citable)
    return Corpus(
        {doi: pmid for doi, (pmid, *others) in dois.items() if not others},
        {pmcid: pmid for pmcid, (pmid, *others) in pmcids.items() if not others},
        {page: tuple(found) for page, found in pages.items()},
    )


def _citable(article: Article) -> Citable:
    first = article.authors[0]
    return Citable(
        pmid=article.pmid,
        title=fold(article.title),
        first_author=fold(first.last_name or first.collective or first.fore_name or ""),
        journals=tuple(fold(name) for name in (article.journal_abbrev, article.journal) if name),
        year=article.year,
        epub_year=int(article.epub_date[:4]) if article.epub_date else None,
        volume=fold(article.volume or ""),
        first_page=fold(page_range(article.pages or "")[0]),
        doi=article.doi,
    )


def resolve(reference: Reference, known: Corpus, *, place: str) -> Resolution:
    """The work of one reference; ``place`` names a reference that prints nothing at all."""
    text_doi = find_doi(reference.text) if reference.text else None
    doi = reference.doi or text_doi
    if reference.pmid:
        return Resolution(
            f"pmid:{reference.pmid}", "pmid", 1.0, _pmid_reason(reference, doi, known)
        )
    whence = "given with the reference" if reference.doi else "in its text"
    if doi and (pmid := known.by_doi.get(doi)):
        return Resolution(
            f"pmid:{pmid}", "doi", 1.0, f"DOI {doi}, {whence}, is that of PMID {pmid}"
        )
    if reference.pmcid and (pmid := known.by_pmcid.get(reference.pmcid)):
        reason = f"{reference.pmcid}, given with the reference, is that of PMID {pmid}"
        return Resolution(f"pmid:{pmid}", "pmcid", 1.0, reason)
    matched, why_not = match(reference.text or "", known, doi)
    if matched:
        return matched
    if doi:
        return Resolution(f"doi:{doi}", "doi", 1.0, f"DOI {doi}, {whence}; no paper here has it")
    if reference.pmcid:
        why_not = f"known only by {reference.pmcid}, which no paper here has; {why_not}"
    return Resolution(unresolved(reference.text or place), "none", None, why_not)


def _pmid_reason(reference: Reference, doi: str | None, known: Corpus) -> str:
    reason = f"PMID {reference.pmid} given with the reference"
    other = known.by_doi.get(doi) if doi else None
    if other and other != reference.pmid:
        reason += f"; but its DOI {doi} is that of PMID {other}"
    return reason


def unresolved(text: str) -> str:
    """``ref:`` and 16 hex digits: the same citation, however spaced or dotted, is one work."""
    return f"ref:{hashlib.sha256(fold(text).encode()).hexdigest()[:16]}"


def match(text: str, known: Corpus, doi: str | None) -> tuple[Resolution | None, str]:
    """The paper that a citation text names, or why none does.

    A reference with a DOI is matched only against papers whose record has none: the others are
    known not to be it.
    """
    citation = fold(text)
    tokens = set(TOKEN.findall(citation))
    agreeing, near = [], []
    for token in tokens:
        for paper in known.by_page.get(token, ()):
            if paper.volume not in tokens or (doi and paper.doi):
                continue
            resolution, why_not = _compare(paper, text, citation)
            if resolution:
                agreeing.append(resolution)
            else:
                near.append(f"PMID {paper.pmid} has its volume and page, but {why_not}")
    if len(agreeing) == 1:
        return agreeing[0], ""
    if agreeing:
        works = ", ".join(sorted(found.work for found in agreeing))
        return None, f"several papers here agree with it: {works}"
    return None, "; ".join(sorted(near)) or "no paper here has its volume and first page"


def _compare(paper: Citable, text: str, citation: str) -> tuple[Resolution | None, str]:
    years = [int(year) for year in YEAR.findall(text)]
    title = fuzz.partial_ratio(paper.title, citation) / 100 if paper.title else 0.0
    journal = max((fuzz.partial_ratio(name, citation) / 100 for name in paper.journals), default=0)
    author = bool(re.search(rf"\b{re.escape(paper.first_author)}\b", citation))
    near_year, year_words = _year_agreement(paper, years)
    by_title = title >= TITLE_AGREES and len(paper.title) >= TITLE_TELLS and near_year
    by_journal = journal >= JOURNAL_AGREES and paper.year in years
    if not author:
        return None, "another first author"
    if not (by_title or by_journal):
        return None, "neither the title nor the journal and year agree"
    agreed = [f"first author, volume {paper.volume} and first page {paper.first_page} agree"]
    agreed.append("the title agrees" if title >= TITLE_AGREES else "no title that agrees")
    agreed.append(year_words)
    agreed.append(
        "the journal agrees" if journal >= JOURNAL_AGREES else "the journal reads otherwise"
    )
    score = round(title if by_title else journal, 4)
    return Resolution(f"pmid:{paper.pmid}", "text", score, "; ".join(agreed)), ""


def _year_agreement(paper: Citable, years: Sequence[int]) -> tuple[bool, str]:
    """Whether a printed year is the paper's, that of its electronic version, or one beside it."""
    if not years or paper.year is None:
        return True, "no year to compare"
    if paper.year in years:
        return True, f"year {paper.year} agrees"
    if paper.epub_year in years:
        return (
            True,
            f"year {paper.epub_year} is that of the electronic version, {paper.year} of the issue",
        )
    nearest = min(years, key=lambda year: abs(year - (paper.year or 0)))
    return abs(nearest - paper.year) <= 1, f"year {nearest} against {paper.year} of the issue"


def fold(text: str) -> str:
    """Letters and digits alone, lower case, without accents, single spaces between."""
    decomposed = unicodedata.normalize("NFKD", text)
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(re.findall(r"\w+", letters.casefold()))
