"""NIH's iCite: ``pubs`` (icite.od.nih.gov/api), its citations out of the corpus.

A paper that the corpus does not hold is not known; its references and citing papers are ELink's.
Metrics that need all of PubMed (RCR, percentiles, APT) are not there.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from harvest.standin.corpus import Corpus
from harvest.standin.wire import Answer, Request, plain_json
from kb.answers import Linked
from kb.errors import InputError
from kb.ids import clean_pmid
from kb.record.article import Article

MOST = 200
LINKS = ("cited_by", "references")
FIELDS = (
    *("pmid", "doi", "title", "authors", "journal", "year", "is_research_article"),
    *("citation_count", *LINKS),
)
REVIEWS = frozenset(("Review", "Editorial", "Letter", "Comment", "News", "Systematic Review"))
Pub = dict[str, Any]


def icite(corpus: Corpus, request: Request) -> Answer:
    path, _, alone = request.rest.strip("/").partition("/")
    given = [alone] if alone else request.listed("pmids")
    pmids = list(dict.fromkeys(filter(None, map(clean_pmid, given))))
    if path != "pubs":
        return plain_json({"error": "Not found"}, 404)
    if not pmids:
        return plain_json({"error": "No PMIDs given"}, 400)
    if len(pmids) > MOST:
        return plain_json({"error": f"At most {MOST} PMIDs a call, not {len(pmids)}"}, 400)
    wanted = [name for name in request.listed("fl") or FIELDS if name in FIELDS]
    pubs = [pub for pmid in pmids if (pub := _pub(corpus, pmid, wanted))]
    if request.value("legacy") != "false":
        pubs = [_older(pub) for pub in pubs]
    if request.value("format") == "csv":
        return _as_csv(pubs, wanted)
    if alone:
        return plain_json(pubs[0]) if pubs else plain_json({"error": "Not found"}, 404)
    return plain_json({"meta": {"total": len(pubs)}, "links": {}, "data": pubs})


def _pub(corpus: Corpus, pmid: int, wanted: Sequence[str]) -> Pub | None:
    linked = _linked(corpus, pmid)
    if linked is None:
        return None
    known: Pub = {
        "pmid": pmid,
        "citation_count": len(linked.cited_by),
        "cited_by": sorted(linked.cited_by),
        "references": sorted(linked.references),
    }
    if pmid in corpus.entries and not known.keys() >= set(wanted):
        known |= _described(corpus, pmid)
    return {name: known.get(name) for name in wanted}


def _linked(corpus: Corpus, pmid: int) -> Linked | None:
    """What iCite told before, else what the corpus knows; None for an unknown paper."""
    if pmid in corpus.kept.icite or pmid not in corpus.entries:
        return corpus.kept.icite.get(pmid)
    return Linked(corpus.entries[pmid].cites, corpus.cited_by.get(pmid, []))


def _described(corpus: Corpus, pmid: int) -> Pub:
    try:
        article = corpus.article(pmid)
    except InputError:
        return {}
    types = {kind.name for kind in article.publication_types}
    return {
        "doi": article.doi or "",
        "title": article.title,
        "authors": list(_authors(article)),
        "journal": article.journal_abbrev or "",
        "year": article.year,
        "is_research_article": not types & REVIEWS,
    }


def _authors(article: Article) -> Iterable[dict[str, str]]:
    for author in article.authors:
        last, first = author.last_name or author.collective or "", author.fore_name or ""
        full = f"{last}, {first}" if first else last
        yield {"lastName": last, "fullName": full, "firstName": first}


def _older(pub: Pub) -> Pub:
    """As the API answered until July 2025, and answers without ``legacy=false``."""
    older = dict(pub)
    if pub.get("authors"):
        names = (f"{a['firstName']} {a['lastName']}".strip() for a in pub["authors"])
        older["authors"] = ", ".join(names)
    if "is_research_article" in pub:
        older["is_research_article"] = "Yes" if pub["is_research_article"] else "No"
    return older


def _as_csv(pubs: Iterable[Pub], wanted: Sequence[str]) -> Answer:
    """Lists as values parted by spaces."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(wanted)
    for pub in pubs:
        values = (pub[name] for name in wanted)
        writer.writerow(
            " ".join(map(str, value)) if isinstance(value, list) else value for value in values
        )
    return Answer(out.getvalue().encode(), "text/csv; charset=utf-8")
