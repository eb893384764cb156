"""Crossref's REST API: ``works/DOI``, ``works?filter=doi:…,doi:…`` and
``works?query.bibliographic=`` (api.crossref.org).

A work is a record of the corpus that has a DOI. What it cites is its reference list, with the DOI
that is printed there or that a cited record has; a work without a list has no ``reference``, as
where a publisher keeps it back.
"""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote

from harvest.standin.corpus import Corpus, CorpusEntry, words
from harvest.standin.crossref_limits import headers
from harvest.standin.wire import Answer, Request, plain_json
from kb.ids import find_doi
from kb.record.article import Article, Reference

# By NLM's RefType of the notice, and of the paper: Crossref's type of an update.
UPDATES = {
    "RetractionOf": "retraction",
    "ErratumFor": "erratum",
    "ExpressionOfConcernFor": "expression_of_concern",
}
UPDATED_BY = {
    "RetractionIn": "retraction",
    "ErratumIn": "erratum",
    "ExpressionOfConcernIn": "expression_of_concern",
}
# The prefix that is kept for examples. What is fiction Retraction Watch has a record of too; of a
# real paper nothing is said in its name.
FICTION = "10.5555/"
# The fields that ``select`` of ``works`` takes, as its answer to another one names them
# (2026-10-03). reference-count, which a work has, is none.
SELECTS = (
    "abstract URL resource member posted score created degree update-policy short-title license "
    "ISSN container-title issued update-to issue prefix approved indexed article-number "
    "clinical-trial-number accepted author group-title DOI is-referenced-by-count updated-by "
    "event chair standards-body original-title funder translator published archive "
    "published-print alternative-id subject subtitle published-online publisher-location "
    "content-domain reference title link type publisher volume references-count ISBN issn-type "
    "assertion deposited page content-created short-container-title relation editor"
)
SELECTABLE = frozenset(SELECTS.split())
MOST_ROWS = 1_000
Work = dict[str, Any]


class Crossref:
    """The service over a corpus; the words of its works are gathered when first looked for."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.index: dict[str, list[int]] | None = None

    def __call__(self, request: Request) -> Answer:
        head, _, doi = request.rest.strip("/").partition("/")
        told = headers(request)
        if head == "works" and not doi and (wrong := list(_wrong(request))):
            refusal = {"status": "failed", "message-type": "validation-failure", "message": wrong}
            return plain_json(refusal, status=400, headers=told)
        message = None
        if head == "works":
            message = self.work(unquote(doi)) if doi else self.listed(request)
        if message is None:
            return Answer(b"Resource not found.", "text/plain", 404, told)
        kind = "work" if doi else "work-list"
        answer = {"status": "ok", "message-type": kind, "message-version": "1.0.0"}
        return plain_json(answer | {"message": message}, headers=told)

    def listed(self, request: Request) -> Work:
        return self.named(request) if request.value("filter") else self.matches(request)

    def named(self, request: Request) -> Work:
        """The works of the DOIs that a filter names; those that are not there are left out."""
        dois = dict.fromkeys(doi.casefold() for _, doi in _filters(request))
        found = [work for work in map(self.work, dois) if work]
        rows = min(request.number("rows", 20), MOST_ROWS)
        chosen = request.listed("select")
        items = [_selected(work, chosen) for work in found[:rows]]
        return {"total-results": len(found), "items-per-page": rows, "items": items}

    def work(self, doi: str) -> Work | None:
        """What Crossref once said of a DOI, else the record that has it."""
        said = self.corpus.kept.crossref.get(doi.strip().casefold(), b"")
        if said is None:
            return None
        if said:
            described: Work = json.loads(zlib.decompress(said))
            return described
        for pmid in self.corpus.numbered(doi):
            if self.corpus.entries[pmid].doi == doi.strip().casefold():
                return work(self.corpus, self.corpus.article(pmid))
        return None

    def matches(self, request: Request) -> Work:
        """The works that share most with a citation, rare words first; never none."""
        asked = words(request.value("query.bibliographic", "query")).split()
        rows = min(request.number("rows", 20), MOST_ROWS)
        chosen = request.listed("select")
        index = self.words()
        works = len(index[""])
        scores = dict.fromkeys(index[""][:rows], 0.0)
        for word in dict.fromkeys(asked):
            for pmid in index.get(word, ()):
                scores[pmid] = scores.get(pmid, 0.0) + math.log(1 + works / len(index[word]))
        best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:rows]
        items = [self.item(pmid, score, chosen) for pmid, score in best]
        return {"total-results": len(scores), "items-per-page": rows, "items": items}

    def item(self, pmid: int, score: float, chosen: Iterable[str]) -> Work:
        described = work(self.corpus, self.corpus.article(pmid))
        return _selected(described | {"score": round(score, 4)}, chosen)

    def words(self) -> dict[str, list[int]]:
        """PMIDs of works by word; all of them under the empty word."""
        if self.index is None:
            index: dict[str, list[int]] = {"": []}
            for pmid in self.corpus.pmids:
                for word in _words(self.corpus.entries[pmid]):
                    index.setdefault(word, []).append(pmid)
            self.index = index
        return self.index


def _filters(request: Request) -> list[tuple[str, str]]:
    """(name, value) of the filters, which commas part: also one inside a DOI."""
    parts = (part.partition(":") for part in request.listed("filter"))
    return [(name, value) for name, _, value in parts]


def _wrong(request: Request) -> Iterator[dict[str, str]]:
    """What Crossref would not take of a list: filters but ``doi``, and fields that are none."""
    for name, _ in _filters(request):
        if name != "doi":
            text = f"Filter {name} specified but there is no such filter for this route."
            yield {"type": "filter-not-available", "value": name, "message": text}
    for name in request.listed("select"):
        if name not in SELECTABLE:
            valid = ", ".join(sorted(SELECTABLE))
            text = f"Select '{name}' specified but there is no such select for this route."
            text += f" Valid selects for this route are: {valid}"
            yield {"type": "select-not-available", "value": name, "message": text}


def _selected(described: Work, chosen: Iterable[str]) -> Work:
    names = list(chosen)
    return {name: described[name] for name in names if name in described} if names else described


def _words(entry: CorpusEntry) -> set[str]:
    if not entry.doi:
        return set()
    text = f"{entry.title} {entry.authors} {entry.journal} {entry.year} {entry.volume}"
    return {"", *text.split(), *entry.first_page.split()}


def work(corpus: Corpus, article: Article) -> Work:
    """A record as Crossref would describe it."""
    described: Work = {
        "DOI": article.doi,
        "URL": f"https://doi.org/{article.doi}",
        "type": "journal-article",
        "title": [article.title],
        "container-title": [article.journal or ""],
        "short-container-title": [article.journal_abbrev or ""],
        "issued": {"date-parts": [_date(article)]},
        "volume": article.volume,
        "issue": article.issue,
        "page": article.pages,
        "author": list(_authors(article)),
        "is-referenced-by-count": len(corpus.cited_by.get(article.pmid, ())),
        "reference-count": len(article.references),
        "reference": list(_references(corpus, article)),
        "update-to": list(_updates(corpus, article)),
        "updated-by": list(_updated_by(corpus, article)),
    }
    return {name: value for name, value in described.items() if value not in (None, [])}


def _date(article: Article) -> list[int | None]:
    """Year, month and day as far as known; Crossref's unknown date is [null]."""
    return [int(part) for part in (article.pub_date or "").split("-") if part] or [None]


def _authors(article: Article) -> Iterator[dict[str, str]]:
    for number, author in enumerate(article.authors):
        sequence = {"sequence": "additional" if number else "first"}
        if author.collective:
            yield {"name": author.collective} | sequence
        else:
            yield {"given": author.fore_name or "", "family": author.last_name or ""} | sequence


def _references(corpus: Corpus, article: Article) -> Iterator[dict[str, str]]:
    for number, reference in enumerate(article.references, 1):
        deposited = {"key": f"{article.doi}-BIB{number}", "unstructured": reference.text or ""}
        cited = corpus.entries.get(reference.pmid or 0)
        deposited |= _doi(reference, cited)
        if cited:
            deposited |= {
                "year": str(cited.year or ""),
                "volume": cited.volume,
                "first-page": cited.first_page,
                "author": cited.authors.partition("\n ")[2].partition(" ")[0],
                "journal-title": cited.journal.partition("\n ")[2].partition(" \n")[0],
            }
        yield {name: value for name, value in deposited.items() if value}


def _doi(reference: Reference, cited: CorpusEntry | None) -> dict[str, str]:
    if reference.doi:
        return {"DOI": reference.doi, "doi-asserted-by": "publisher"}
    if cited and cited.doi:
        return {"DOI": cited.doi, "doi-asserted-by": "crossref"}
    return {}


def _updates(corpus: Corpus, article: Article) -> Iterator[dict[str, Any]]:
    """What a notice is about, where the DOI of that is known."""
    for comment in article.comments:
        if comment.ref_type in UPDATES:
            target = corpus.entries.get(comment.ref_pmid or 0)
            doi = (target and target.doi) or find_doi(comment.ref_source or "")
            if doi:
                yield _update(doi, UPDATES[comment.ref_type], article)


def _updated_by(corpus: Corpus, article: Article) -> Iterator[dict[str, Any]]:
    """The notices that a record names, as their publisher has them and, of fiction, as Retraction
    Watch has them too."""
    for comment in article.comments:
        notice = corpus.entries.get(comment.ref_pmid or 0)
        if comment.ref_type in UPDATED_BY and notice and notice.doi:
            of_notice = corpus.article(notice.pmid)
            update = _update(notice.doi, UPDATED_BY[comment.ref_type], of_notice)
            yield update
            if notice.doi.startswith(FICTION) and (article.doi or "").startswith(FICTION):
                yield update | {"source": "retraction-watch", "record-id": notice.pmid}


def _update(doi: str, kind: str, notice: Article) -> dict[str, Any]:
    label = kind.replace("_", " ").capitalize()
    updated = {"date-parts": [_date(notice)]}
    return {"DOI": doi, "type": kind, "label": label, "source": "publisher", "updated": updated}
