"""The E-utilities of a corpus: EInfo, EPost and EFetch here, the others in files of their own.

Parameters that a utility does not know are ignored, as NCBI does. What it will not answer is an
InputError inside and an ERROR document outside.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from harvest.standin.corpus import Corpus
from harvest.standin.ecitmatch import ecitmatch
from harvest.standin.elink import LINKS, elink
from harvest.standin.esearch import REACH, TOO_FAR, esearch
from harvest.standin.esummary import esummary
from harvest.standin.fields import FIELDS, SearchField
from harvest.standin.state import State
from harvest.standin.wire import Answer, Request, as_json, document, element, leaf, lower, refused
from kb.errors import InputError
from kb.ids import clean_pmid

LARGEST_POST = 10_000
RECORD_HEAD = (
    b'<?xml version="1.0" ?>\n'
    b'<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2026//EN"'
    b' "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_260101.dtd">\n'
)
UNKNOWN_DB = {"einfo": "Can not retrieve DbInfo for db={}"}
LINK_MENUS = dict(zip(LINKS, ("Cited by", "References"), strict=True))


class Eutils:
    """The service of the requests below ``/entrez/eutils/``."""

    def __init__(self, corpus: Corpus, today: Callable[[], date] = date.today) -> None:
        self.state = State(corpus, today)

    def __call__(self, request: Request) -> Answer:
        if request.utility not in UTILITIES:
            return Answer(f"There is no {request.path} here.\n".encode(), "text/plain", 404)
        try:
            for name in ("dbfrom", "db"):
                if request.value(name) not in ("", "pubmed"):
                    unknown = UNKNOWN_DB.get(request.utility, "Invalid db name specified: {}")
                    raise InputError(unknown.format(request.value(name)))
            answer = UTILITIES[request.utility](self.state, request)
        except InputError as error:
            answer = refused(request, str(error))
        limit = 10 if request.value("api_key") else 3
        limits = {"X-RateLimit-Limit": f"{limit}", "X-RateLimit-Remaining": f"{limit - 1}"}
        return replace(answer, headers=limits)


def einfo(state: State, request: Request) -> Answer:
    if not request.value("db"):
        if request.wants_json:
            return as_json("einfo", {"einforesult": {"dblist": ["pubmed"]}})
        return document("einfo", element("DbList", leaf("DbName", "pubmed")))
    dates = (entry.dates["EDAT"][0] for entry in state.corpus.entries.values())
    day = max(dates, default="1900/01/01")
    info: dict[str, Any] = {
        "DbName": "pubmed",
        "MenuName": "PubMed",
        "Description": "PubMed bibliographic record",
        "DbBuild": f"Build-{day.replace('/', '.')}.00.00",
        "Count": str(len(state.corpus.entries)),
        "LastUpdate": f"{day} 00:00",
    }
    fields = [_field(this) for this in FIELDS]
    links = [
        {"Name": name, "Menu": menu, "Description": menu, "DbTo": "pubmed"}
        for name, menu in LINK_MENUS.items()
    ]
    if request.wants_json:
        lists = {"FieldList": fields, "LinkList": links}
        return as_json("einfo", {"einforesult": {"dbinfo": [lower(info | lists)]}})
    return document(
        "einfo",
        element(
            "DbInfo",
            *(leaf(name, value) for name, value in info.items()),
            element(
                "FieldList",
                *(element("Field", *(leaf(*item) for item in field.items())) for field in fields),
            ),
            element(
                "LinkList",
                *(element("Link", *(leaf(*item) for item in link.items())) for link in links),
            ),
        ),
    )


def _field(this: SearchField) -> dict[str, str]:
    """The properties that EInfo tells of a field; TermCount is always empty today."""
    return {
        "Name": this.name,
        "FullName": this.full,
        "Description": this.description,
        "TermCount": "",
        "IsDate": "Y" if this.kind == "date" else "N",
        "IsNumerical": "Y" if this.kind == "uid" else "N",
        "SingleToken": "N" if this.kind == "text" else "Y",
        "Hierarchy": "N",
        "IsHidden": "N",
    }


def epost(state: State, request: Request) -> Answer:
    given = request.listed("id")
    uids = list(dict.fromkeys(filter(None, map(clean_pmid, given))))
    if len(uids) > LARGEST_POST:
        raise InputError(f"Too many UIDs in request: {len(uids)}; PubMed takes {LARGEST_POST}")
    errors = [] if uids else [leaf("ERROR", "Empty ID list; Nothing to store")]
    if not all(map(clean_pmid, given)):
        message = "Some IDs have invalid value and were omitted. Maximum ID value"
        errors.append(leaf("ERROR", f"{message} 18446744073709551615"))
    if not uids:
        return document("epost", *errors)
    webenv, key = state.store(uids, request.webenv)
    return document("epost", leaf("QueryKey", key), leaf("WebEnv", webenv), *errors)


def efetch(state: State, request: Request) -> Answer:
    """Whole records, or with ``rettype=uilist`` the PMIDs as text; unknown ones are left out."""
    uids = state.asked(request)
    start, size = request.number("retstart", 0), request.number("retmax", LARGEST_POST)
    if request.value("query_key"):
        if start >= REACH:
            return refused(request, TOO_FAR, status=400)
        size = min(size, REACH - start)
    if not uids:
        return refused(request, "ID list is empty! Possibly it has no correct IDs.", status=400)
    known = [uid for uid in uids[start : start + size] if uid in state.corpus.entries]
    rettype = request.value("rettype")
    if rettype == "uilist":
        return Answer("".join(f"{uid}\n" for uid in known).encode(), "text/plain; charset=UTF-8")
    if rettype and request.value("retmode") != "xml":
        raise InputError(f"The stand-in has no rettype={rettype}; ask with retmode=xml")
    records = b"".join(b"\n" + state.corpus.xml(uid) for uid in known)
    return Answer(RECORD_HEAD + b"<PubmedArticleSet>" + records + b"</PubmedArticleSet>")


UTILITIES: dict[str, Callable[[State, Request], Answer]] = {
    "einfo": einfo,
    "esearch": esearch,
    "epost": epost,
    "efetch": efetch,
    "esummary": esummary,
    "elink": elink,
    "ecitmatch": ecitmatch,
}
