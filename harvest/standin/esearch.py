"""ESearch (E-utilities Help, chapter 4), with the limits that the service really has."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from harvest.standin.corpus import CorpusEntry
from harvest.standin.fields import ALL, BY_TAG, days
from harvest.standin.query import Hits, Messages, grouped, search
from harvest.standin.state import State
from harvest.standin.wire import Answer, Request, as_json, document, element, leaf
from kb.errors import InputError

# The book says 10,000; PubMed gives 9,999 of a search, numbered from 0.
REACH = 9_999
TOO_FAR = (
    "Search Backend failed: Exception:\n'retstart' cannot be larger than 9998. For PubMed, "
    "ESearch can only retrieve the first 9,999 records matching the query."
)
ORDERS: dict[str, Callable[[CorpusEntry], str]] = {
    "author": lambda entry: entry.authors,
    "journalname": lambda entry: entry.journal,
}


class ResultPage(NamedTuple):
    total: int
    start: int
    uids: list[int]
    stored: tuple[str, int] | None
    translation: str
    messages: Messages


def esearch(state: State, request: Request) -> Answer:
    term, key = request.value("term"), request.value("query_key")
    if key:
        term = f"#{key} AND ({term})" if term else f"#{key}"
    if not term:
        raise InputError("Empty term and query_key - nothing todo")
    hits, messages = _searched(state, request, term)
    count, start = len(hits.pmids), request.number("retstart", 0)
    if request.value("rettype") == "count":
        return _counted(request, count)
    if REACH <= start < count:
        raise InputError(TOO_FAR)
    uids = _ordered(state, hits.pmids, request.value("sort"))
    stored = None
    if request.value("usehistory") == "y":
        stored = state.store(uids, request.webenv)
    size = _clamped(start, request.number("retmax", 20), messages)
    if not count:
        messages.output.append("No items found.")
    page = ResultPage(count, start, uids[start : start + size], stored, hits.translation, messages)
    return _as_json(page) if request.wants_json else _as_xml(page)


def _searched(state: State, request: Request, term: str) -> tuple[Hits, Messages]:
    """The query within the dates asked for; dates that cannot be read are reported as ignored."""
    field = request.value("field")
    hits, messages = search(
        state.corpus,
        term,
        lambda key: state.recall(request.webenv, key),
        BY_TAG.get(field.casefold(), ALL),
    )
    if field and field.casefold() not in BY_TAG:
        messages.fields_not_found.append(field)
    low, high = request.value("mindate"), request.value("maxdate")
    if request.number("reldate", 0):
        today = state.today()
        low = (today - timedelta(days=request.number("reldate", 0))).strftime("%Y/%m/%d")
        high = today.strftime("%Y/%m/%d")
    if not (low and high):
        return hits, messages
    limits = BY_TAG.get(request.value("datetype").casefold() or "pdat", ALL)
    span = days(low, high)
    if span is None or limits.kind != "date":
        messages.phrases_ignored.append(f"{low}:{high}[{request.value('datetype')}]")
        return hits, messages
    shown = f"{grouped(hits.translation)} AND {span[0]}:{span[1]}[{limits.full}]"
    return Hits(hits.pmids & state.corpus.dated(limits.name, *span), shown), messages


def _ordered(state: State, pmids: frozenset[int], sort: str) -> list[int]:
    """Newest PMID first, and in the order asked for where there is one."""
    newest = sorted(pmids, reverse=True)
    entries = state.corpus.entries
    if sort in ("pub_date", "pub date"):
        return sorted(newest, key=lambda pmid: entries[pmid].dates["PDAT"][:1], reverse=True)
    order = ORDERS.get(sort.casefold())
    return sorted(newest, key=lambda pmid: order(entries[pmid])) if order else newest


def _clamped(start: int, size: int, messages: Messages) -> int:
    """The size of a page that ends within reach."""
    if start + size <= REACH:
        return size
    start = min(start, REACH - 1)
    size = REACH - start
    messages.output.append(f"Restrictions achieved. start and count adjusted to {start}, {size}")
    return size


def _counted(request: Request, count: int) -> Answer:
    if request.wants_json:
        return as_json("esearch", {"esearchresult": {"count": str(count)}})
    return document("esearch", leaf("Count", count))


def _as_xml(page: ResultPage) -> Answer:
    webenv, key = page.stored or ("", 0)
    said = page.messages
    errors = [leaf("PhraseNotFound", phrase) for phrase in said.phrases_not_found]
    errors += [leaf("FieldNotFound", field) for field in said.fields_not_found]
    warnings = [leaf("PhraseIgnored", phrase) for phrase in said.phrases_ignored]
    warnings += [leaf("QuotedPhraseNotFound", phrase) for phrase in said.quoted_not_found]
    warnings += [leaf("OutputMessage", message) for message in said.output]
    return document(
        "esearch",
        leaf("Count", page.total),
        leaf("RetMax", len(page.uids)),
        leaf("RetStart", page.start),
        leaf("QueryKey", key) + leaf("WebEnv", webenv) if key else "",
        element("IdList", *(f"\n{leaf('Id', uid)}" for uid in page.uids)),
        element("TranslationSet"),
        leaf("QueryTranslation", page.translation),
        element("ErrorList", *errors) if errors else "",
        element("WarningList", *warnings) if warnings else "",
    )


def _as_json(page: ResultPage) -> Answer:
    said = page.messages
    result: dict[str, object] = {
        "count": str(page.total),
        "retmax": str(len(page.uids)),
        "retstart": str(page.start),
    }
    if page.stored:
        result |= {"querykey": str(page.stored[1]), "webenv": page.stored[0]}
    result |= {
        "idlist": [str(uid) for uid in page.uids],
        "translationset": [],
        "querytranslation": page.translation,
    }
    if said.phrases_not_found or said.fields_not_found:
        result["errorlist"] = {
            "phrasesnotfound": said.phrases_not_found,
            "fieldsnotfound": said.fields_not_found,
        }
    if said.phrases_ignored or said.quoted_not_found or said.output:
        result["warninglist"] = {
            "phrasesignored": said.phrases_ignored,
            "quotedphrasesnotfound": said.quoted_not_found,
            "outputmessages": said.output,
        }
    return as_json("esearch", {"esearchresult": result})
