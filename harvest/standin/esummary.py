"""ESummary of PubMed records: version 1, version 2.0 and JSON, out of one summary.

Counts of citing papers in PMC and clusters of author names are not known here: 0 and empty.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from harvest.standin.corpus import LANGUAGES, words
from harvest.standin.state import State
from harvest.standin.wire import Answer, Request, as_json, document, element, leaf, lower, text
from kb.errors import InputError
from kb.record.article import Article, Author

MOST_AS_JSON = 500
UNKNOWN = "cannot get document summary"
NOTHING = "Empty id list - nothing todo"
# Version 2.0's names of what is inside a list, and its numbers for statuses and identifiers.
ITEMS = {
    "Authors": "Author",
    "Lang": "string",
    "PubType": "flag",
    "ArticleIds": "ArticleId",
    "History": "PubMedPubDate",
    "Attributes": "flag",
}
STATUS_NUMBERS = {"epublish": "3", "ppublish": "4", "aheadofprint": "10"}
ID_NUMBERS = {"pubmed": 1, "doi": 3, "pii": 4, "pmcid": 5, "pmc": 8, "mid": 8}
RECORD_STATUS = {
    "MEDLINE": "PubMed - indexed for MEDLINE",
    "In-Process": "PubMed - in process",
    "In-Data-Review": "PubMed - in process",
    "Publisher": "PubMed - as supplied by publisher",
}
# Fields of books and reports, empty for articles, in the places where version 2.0 has them.
EMPTY = (
    "Medium",
    "Edition",
    "PublisherLocation",
    "PublisherName",
    "SrcDate",
    "ReportNumber",
    "AvailableFromURL",
    "LocationLabel",
    "DocContribList",
    "DocDate",
    "BookName",
    "Chapter",
)
Summary = dict[str, Any]


def esummary(state: State, request: Request) -> Answer:
    wrong = [(at, given) for at, given in enumerate(request.listed("id")) if not given.isdecimal()]
    if wrong:
        message = "Invalid uid {1} at position= {0}".format(*wrong[0])
        if request.wants_json:
            return as_json("esummary", {"error": message, "result": {"uids": []}})
        raise InputError(message)
    if not (request.value("query_key") or request.value("id")):
        raise InputError("Neither query_key nor id specified")
    uids = state.asked(request)
    start = request.number("retstart", 0)
    uids = uids[start : start + request.number("retmax", 10_000)]
    if not uids and request.wants_json:
        return as_json("esummary", {"esummaryresult": [NOTHING]})
    if not uids:
        raise InputError(NOTHING)
    if request.wants_json and len(uids) > MOST_AS_JSON:
        raise InputError(
            f"Too many UIDs in request. Maximum number of UIDs is {MOST_AS_JSON} for JSON format "
            "output."
        )
    summaries = {uid: _summary(state, uid) for uid in uids}
    if request.wants_json:
        return _as_json(summaries)
    if request.value("version") == "2.0":
        records = [_version_2(uid, summary) for uid, summary in summaries.items()]
        return document("esummary2", element('DocumentSummarySet status="OK"', *records))
    return document("esummary", *(_version_1(uid, summary) for uid, summary in summaries.items()))


def _summary(state: State, uid: int) -> Summary | None:
    """The fields of version 2.0 in its order; None where there is no record to be summed up."""
    if uid not in state.corpus.entries:
        return None
    try:
        article = state.corpus.article(uid)
    except InputError:
        return None
    published = state.corpus.entries[uid].dates["PDAT"]
    names = [_name(author) for author in article.authors]
    return {
        "PubDate": article.pub_date_text or "",
        "EPubDate": (article.epub_date or "").replace("-", "/"),
        "Source": article.journal_abbrev or "",
        "Authors": [
            {"Name": name, "AuthType": "Author" if author.last_name else "CollectiveName"}
            | {"ClusterID": ""}
            for name, author in zip(names, article.authors, strict=True)
        ],
        "LastAuthor": names[-1] if names else "",
        "Title": article.title,
        "SortTitle": words(article.title),
        "Volume": article.volume or "",
        "Issue": article.issue or "",
        "Pages": article.pages or "",
        "Lang": list(article.languages),
        "NlmUniqueID": article.nlm_unique_id or "",
        "ISSN": article.issn or "",
        "ESSN": "",
        "PubType": [kind.name for kind in article.publication_types],
        "RecordStatus": RECORD_STATUS.get(article.medline_status or "", "PubMed"),
        "PubStatus": STATUS_NUMBERS.get(article.publication_status or "", ""),
        "ArticleIds": list(_numbers(article)),
        "History": [
            {"PubStatus": event.event, "Date": f"{event.date.replace('-', '/')} 00:00"}
            for event in article.history
        ],
        "References": [],
        "Attributes": ["Has Abstract"] if article.abstract else [],
        "PmcRefCount": 0,
        "FullJournalName": article.journal or "",
        "ELocationID": f"doi: {article.doi}" if article.doi else "",
        "DocType": "book" if article.is_book else "citation",
        "SrcContribList": [],
        "BookTitle": article.journal or "" if article.is_book else "",
        **{name: [] if name == "DocContribList" else "" for name in EMPTY},
        "SortPubDate": f"{published[0]} 00:00" if published else "",
        "SortFirstAuthor": names[0] if names else "",
        "VernacularTitle": article.vernacular_title or "",
    }


def _name(author: Author) -> str:
    parts = (author.last_name, author.initials or author.fore_name, author.suffix)
    return author.collective or " ".join(part for part in parts if part)


def _numbers(article: Article) -> Iterable[dict[str, Any]]:
    """The record's identifiers, PMID first; PMC numbers a second time as pmcid, as NCBI does."""
    numbers = {"pubmed": str(article.pmid)}
    for identifier in article.identifiers:
        numbers.setdefault(identifier.type, identifier.value)
    if "pmc" in numbers:
        numbers["pmcid"] = f"pmc-id: {numbers['pmc']};"
    for kind, value in numbers.items():
        if kind in ID_NUMBERS:
            yield {"IdType": kind, "IdTypeN": ID_NUMBERS[kind], "Value": value}


def _as_json(summaries: dict[int, Summary | None]) -> Answer:
    result: dict[str, Any] = {"uids": [str(uid) for uid in summaries]}
    for uid, summary in summaries.items():
        content = {"error": UNKNOWN} if summary is None else lower(summary)
        result[str(uid)] = {"uid": str(uid)} | content
    return as_json("esummary", {"result": result})


def _version_2(uid: int, summary: Summary | None) -> str:
    if summary is None:
        return element(f'DocumentSummary uid="{uid}"', leaf("error", UNKNOWN))
    children = []
    for name, value in summary.items():
        if isinstance(value, list):
            children.append(element(name, *(_item(ITEMS[name], item) for item in value)))
        else:
            children.append(leaf(name, value))
    return element(f'DocumentSummary uid="{uid}"', *children)


def _item(name: str, content: Any) -> str:
    if isinstance(content, dict):
        return element(name, *(leaf(inner, value) for inner, value in content.items()))
    return leaf(name, content)


def _version_1(uid: int, summary: Summary | None) -> str:
    if summary is None:
        return leaf("ERROR", f"UID={uid}: {UNKNOWN}")
    s = summary
    place = f";{s['Volume']}" + (f"({s['Issue']})" if s["Issue"] else "")
    numbers = {v: k for k, v in STATUS_NUMBERS.items()}
    languages = [LANGUAGES.get(code, code) for code in s["Lang"]]
    return element(
        "DocSum",
        leaf("Id", uid),
        _date("PubDate", s["PubDate"]),
        _date("EPubDate", s["EPubDate"]),
        _string("Source", s["Source"]),
        _list("AuthorList", (_string("Author", author["Name"]) for author in s["Authors"])),
        _string("LastAuthor", s["LastAuthor"]),
        _string("Title", s["Title"]),
        _string("Volume", s["Volume"]),
        _string("Issue", s["Issue"]),
        _string("Pages", s["Pages"]),
        _list("LangList", (_string("Lang", language) for language in languages)),
        _string("NlmUniqueID", s["NlmUniqueID"]),
        _string("ISSN", s["ISSN"]),
        _string("ESSN", s["ESSN"]),
        _list("PubTypeList", (_string("PubType", name) for name in s["PubType"])),
        _string("RecordStatus", s["RecordStatus"]),
        _string("PubStatus", numbers.get(s["PubStatus"], "")),
        _list("ArticleIds", (_string(n["IdType"], n["Value"]) for n in s["ArticleIds"])),
        _list("History", (_date(event["PubStatus"], event["Date"]) for event in s["History"])),
        _list("References", ()),
        _typed("HasAbstract", "Integer", int(bool(s["Attributes"]))),
        _typed("PmcRefCount", "Integer", s["PmcRefCount"]),
        _string("FullJournalName", s["FullJournalName"]),
        _string("ELocationID", s["ELocationID"]),
        _string("SO", f"{s['PubDate']}{place}:{s['Pages']}"),
    )


def _typed(name: str, kind: str, value: object) -> str:
    return f'<Item Name="{text(name)}" Type="{kind}">{text(value)}</Item>'


def _string(name: str, value: str) -> str:
    return _typed(name, "String", value)


def _date(name: str, value: str) -> str:
    return _typed(name, "Date", value)


def _list(name: str, items: Iterable[str]) -> str:
    return f'<Item Name="{name}" Type="List">{"".join(items)}</Item>'
