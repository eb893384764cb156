"""Europe PMC's ``search`` (europepmc.org/RestfulWebService), over the preprints of the corpus.

A preprint is a record whose publication type PubMed calls so. The query's words must all stand in
its title, abstract or keywords; fields, OR and NOT are not understood.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from typing import Any

from harvest.standin.corpus import Corpus, CorpusEntry, words
from harvest.standin.wire import Answer, Request, plain_json

MOST = 1_000
NO_QUERY = (
    "No search criteria provided. Please provide a search criteria which is less than 1500 "
    "characters."
)
NO_SIZE = f"Invalid page size provided. Valid size is between 1 and {MOST}"


def europepmc(corpus: Corpus, request: Request) -> Answer:
    if request.rest.strip("/") != "search":
        return Answer(b"", "text/plain", 404)
    query, size = request.value("query"), request.number("pageSize", 25)
    if not query or not 1 <= size <= MOST:
        return plain_json({"errCode": 404, "errMsg": NO_SIZE if query else NO_QUERY})
    mark = request.value("cursorMark") or "*"
    start = 0 if mark == "*" else int(b64decode(mark))
    preprints = [each for pmid in corpus.pmids if _fits(each := corpus.entries[pmid], query)]
    answer: dict[str, Any] = {"version": "6.9", "hitCount": len(preprints)}
    if start + size < len(preprints):
        answer["nextCursorMark"] = b64encode(str(start + size).encode()).decode()
    results = [_result(corpus, each) for each in preprints[start : start + size]]
    return plain_json(answer | {"resultList": {"result": results}})


def _fits(entry: CorpusEntry, query: str) -> bool:
    plain = re.sub(r"\b(?:SRC:\w+|AND)\b", " ", query)
    text = f"{entry.title} {entry.abstract} {entry.keywords}"
    return " preprint " in entry.types and all(f" {word} " in text for word in words(plain).split())


def _result(corpus: Corpus, entry: CorpusEntry) -> dict[str, Any]:
    article = corpus.article(entry.pmid)
    names = (author.last_name or author.collective or "" for author in article.authors)
    result = {
        "id": f"PPR{entry.pmid}",
        "source": "PPR",
        "doi": article.doi,
        "title": article.title,
        "authorString": f"{', '.join(names)}.",
        "pubYear": str(article.year or ""),
        "pubType": "preprint",
        "bookOrReportDetails": {"publisher": article.journal, "yearOfPublication": article.year},
        "firstPublicationDate": article.pub_date,
    }
    return {name: value for name, value in result.items() if value}
