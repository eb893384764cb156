"""What harvest takes for granted of the answers of each service, as data. Pure.

An expectation looks at one answer and says what came instead, or nothing. Those of a question are
looked at in order, and one that is a ``gate`` and broken ends it: of a page in HTML nobody needs to
hear that it names no papers. ``harvest.known_answers`` has the questions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, ParseError, fromstring

from harvest.clock import moment, told
from harvest.service import Reply, said
from harvest.services.entrez import CITED_IN, REFERENCES
from kb.answers import MISSHAPEN
from kb.errors import InputError

# The newest DTD of records that this program was tried with.
TRIED = 260101
# A clock that is further off than this dates a check on another day.
MOST_OFF = timedelta(hours=12)
# Crossref's limits since 2025-12-01 (doi 10.64000/wadve-3tj60): requests a second, and at once.
CROSSREF_LIMITS = {
    "public-single": (5, 1),
    "public-array": (1, 1),
    "polite-single": (10, 3),
    "polite-array": (3, 3),
}
# Pools without a class, as they were told before.
CROSSREF_POOLS = {"public", "polite", "plus", *CROSSREF_LIMITS}
# Types of updates of Crossref's deposit schema (its documentation of Crossmark).
UPDATE_TYPES = {
    *("addendum", "clarification", "correction", "corrigendum", "erratum"),
    *("expression_of_concern", "new_edition", "new_version", "partial_retraction"),
    *("removal", "retraction", "withdrawal"),
}
UPDATE_SOURCES = {"publisher", "retraction-watch"}

FIELDS = ("UID", "TIAB", "TITL", "MESH", "EDAT", "MDAT", "PDAT", "PID")

# What of a base an answer bears on
SEARCHES = "papers that searches find"
REVISED = "papers fetched again because they were changed"
RECORDS = "records of papers"
ABSENT = "papers that are missing or withdrawn"
BY_DOI = "papers found by their DOI"
ELINK_CITED = "citations from ELink (cited by)"
ELINK_CITES = "citations from ELink (references)"
ICITE = "citations from iCite"
CROSSREF = "citations from Crossref"
NOTICES = "retractions and corrections from Crossref"
MATCHED = "works that a citation names"
IN_PMC = "works resolved by the ID converter"
PREPRINTS = "preprints"
PACE = "how fast a harvest may ask"
DAYS = "days on which papers were checked"


@dataclass(frozen=True)
class Expectation:
    """``came`` says what came instead, empty where the answer is as expected; ``touches`` are the
    results of the base that rest on it. One that does not ``decide`` is told and is no fault."""

    name: str
    touches: tuple[str, ...]
    came: Callable[[Reply], str]
    gate: bool = False
    decides: bool = True


class Drift(NamedTuple):
    """An expectation that an answer broke."""

    expectation: Expectation
    came: str


def drifts(reply: Reply, expectations: Iterable[Expectation]) -> Iterator[Drift]:
    """What of an answer is not as expected."""
    for expectation in expectations:
        try:
            came = expectation.came(reply)
        except (InputError, *MISSHAPEN) as error:
            came = f"cannot be read ({error!r:.200}): {said(reply.body)}"
        if came:
            yield Drift(expectation, came)
            if expectation.gate:
                return


# Readers, which raise where an answer has another shape


def xml_of(reply: Reply) -> Element:
    body = reply.body.strip()
    if b"<!ENTITY" in body:
        raise ValueError("it declares entities")
    try:
        return fromstring(body)  # noqa: S314 (no entities: see above)
    except ParseError as error:
        raise ValueError(str(error)) from error


def json_of(reply: Reply) -> dict[str, Any]:
    answer = json.loads(reply.body, strict=False)
    if not isinstance(answer, dict):
        raise ValueError("no object")
    return answer


def texts(reply: Reply, path: str) -> list[str]:
    return [element.text or "" for element in xml_of(reply).iterfind(path)]


# Expectations that many answers share


def status(wanted: int, *touches: str) -> Expectation:
    def came(reply: Reply) -> str:
        return "" if reply.status == wanted else f"HTTP {reply.status}: {said(reply.body)}"

    return Expectation(f"HTTP {wanted}", touches, came, gate=True)


def media(kind: str, *touches: str) -> Expectation:
    """The Content-Type, without its parameters; ``text/xml`` and ``application/xml`` are one."""

    def came(reply: Reply) -> str:
        told_type = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
        plain = told_type.replace("application/xml", "text/xml")
        return "" if plain == kind else f"{told_type or 'none'}: {said(reply.body)}"

    return Expectation(f"Content-Type {kind}", touches, came, gate=True)


def root(name: str, *touches: str) -> Expectation:
    def came(reply: Reply) -> str:
        tag = xml_of(reply).tag
        return "" if tag == name else f"<{tag}>: {said(reply.body)}"

    return Expectation(f"XML <{name}>", touches, came, gate=True)


def no_error(*touches: str) -> Expectation:
    def came(reply: Reply) -> str:
        errors = [" ".join((e.text or "").split()) for e in xml_of(reply).iter("ERROR")]
        return "; ".join(errors)

    return Expectation("no ERROR", touches, came, gate=True)


def elements(*paths: str, touches: tuple[str, ...], gate: bool = False) -> Expectation:
    """Elements that harvest reads, each at least once."""

    def came(reply: Reply) -> str:
        whole = xml_of(reply)
        missing = [path for path in paths if whole.find(path) is None]
        return f"without {', '.join(missing)}" if missing else ""

    return Expectation(f"elements {', '.join(paths)}", touches, came, gate)


def fields(where: str, *names: str, touches: tuple[str, ...], gate: bool = True) -> Expectation:
    """Names in a JSON answer that harvest reads; ``where`` leads to the object that has them,
    through the first item of a list."""

    def came(reply: Reply) -> str:
        item: Any = json_of(reply)
        for step in filter(None, where.split(".")):
            item = item[step]
            item = item[0] if isinstance(item, list) else item
        missing = [name for name in names if name not in item]
        return f"without {', '.join(missing)}" if missing else ""

    place = f" of {where}" if where else ""
    return Expectation(f"fields {', '.join(names)}{place}", touches, came, gate)


# Headers


def _limit(reply: Reply) -> str:
    number = reply.headers.get("x-ratelimit-limit", "")
    if number.isdecimal() and int(number) >= 3:
        return ""
    return f"X-RateLimit-Limit: {number or 'none'} ({_like(reply.headers)})"


def _like(headers: Mapping[str, str]) -> str:
    alike = [f"{name}: {value}" for name, value in headers.items() if "limit" in name]
    return f"of limits it tells {', '.join(alike) or 'nothing'}"


NCBI_LIMIT = Expectation("header X-RateLimit-Limit, 3 or more", (PACE,), _limit)


def _clock(reply: Reply) -> str:
    date = told(reply.headers.get("date", ""))
    if date is None:
        return ""
    off = moment(reply.asked_at) - date
    ahead = "ahead" if off > timedelta() else "behind"
    return f"this machine's clock is {abs(off)} {ahead}" if abs(off) > MOST_OFF else ""


CLOCK = Expectation("the day is that of this machine", (DAYS, REVISED), _clock)


def _rate_headers(reply: Reply) -> str:
    most = reply.headers.get("x-rate-limit-limit", "")
    window = reply.headers.get("x-rate-limit-interval", "")
    if most.isdecimal() and re.fullmatch("[1-9][0-9]*s", window):
        return ""
    return f"limit {most or 'none'}, interval {window or 'none'} ({_like(reply.headers)})"


def _concurrency(reply: Reply) -> str:
    at_once = reply.headers.get("x-concurrency-limit", "")
    return "" if at_once.isdecimal() else f"{at_once or 'none'} ({_like(reply.headers)})"


def _pool(reply: Reply) -> str:
    pool = reply.headers.get("x-api-pool", "")
    return "" if pool in CROSSREF_POOLS else pool or "none"


def _class(reply: Reply) -> str:
    pool = reply.headers.get("x-api-pool", "")
    most = reply.headers.get("x-rate-limit-limit", "")
    window = reply.headers.get("x-rate-limit-interval", "")
    at_once = reply.headers.get("x-concurrency-limit", "")
    told_all = most.isdecimal() and at_once.isdecimal() and re.fullmatch("[1-9][0-9]*s", window)
    if pool not in CROSSREF_LIMITS or not told_all:
        return ""  # which other expectations name
    expected = CROSSREF_LIMITS[pool]
    came = f"{most} in {window}, {at_once} at once"
    same = (int(most), int(at_once), window) == (*expected, "1s")
    return "" if same else f"{pool}: {came}; {expected[0]} in 1s, {expected[1]} at once are known"


CROSSREF_HEADERS = (
    Expectation("headers x-rate-limit-limit and x-rate-limit-interval", (PACE,), _rate_headers),
    Expectation("header x-concurrency-limit", (PACE,), _concurrency),
    Expectation("header x-api-pool names a known pool", (PACE,), _pool),
    Expectation("the limit of its class, as of 2025-12-01", (PACE,), _class),
)


# Records and updates


def _record_dtd(reply: Reply) -> str:
    named = re.search(rb"pubmed_([0-9]{6})\.dtd", reply.body[:1000])
    if not named:
        return f"no DTD: {said(reply.body)}"
    return f"pubmed_{named[1].decode()}.dtd, which is newer" if int(named[1]) > TRIED else ""


RECORD_DTD = Expectation(f"a DTD of records up to pubmed_{TRIED}.dtd", (RECORDS,), _record_dtd)


def _updates(reply: Reply) -> Iterator[dict[str, Any]]:
    message = json_of(reply)["message"]
    for work in message.get("items") or [message]:
        for way in ("update-to", "updated-by"):
            yield from work.get(way) or ()


def _update_types(reply: Reply) -> str:
    types = {str(update["type"]) for update in _updates(reply)}
    return ", ".join(sorted(types - UPDATE_TYPES))


def _update_sources(reply: Reply) -> str:
    sources = {str(update["source"]) for update in _updates(reply) if "source" in update}
    return ", ".join(sorted(sources - UPDATE_SOURCES))


UPDATES = (
    Expectation("update types of Crossref's schema", (NOTICES,), _update_types),
    Expectation("updates by the publisher or Retraction Watch", (NOTICES,), _update_sources),
)


# What any answer of a kind must be


def small(name: str, *touches: str) -> tuple[Expectation, ...]:
    """Of any small answer of E-utilities that is no error. Another DTD is no fault: what the
    answers are read by is told elsewhere."""
    return (
        status(200, *touches),
        media("text/xml", *touches),
        root(name, *touches),
        NCBI_LIMIT,
        CLOCK,
        no_error(*touches),
    )


def _fields(reply: Reply) -> str:
    missing = [f for f in FIELDS if f not in texts(reply, "DbInfo/FieldList/Field/Name")]
    return f"without {', '.join(missing)}" if missing else ""


def _lists(linkname: str) -> Callable[[Reply], str]:
    def came(reply: Reply) -> str:
        listed = linkname in texts(reply, "DbInfo/LinkList/Link/Name")
        return "" if listed else "not listed"

    return came


EINFO = (
    *small("eInfoResult", SEARCHES),
    Expectation("EInfo names the search fields", (SEARCHES, REVISED), _fields),
    Expectation(f"EInfo lists {REFERENCES}", (ELINK_CITES,), _lists(REFERENCES)),
    # NCBI did not list it in November 2012 nor in November 2025, and served it: ELink decides.
    Expectation(f"EInfo lists {CITED_IN}", (ELINK_CITED,), _lists(CITED_IN), decides=False),
)
ESEARCH = (
    *small("eSearchResult", SEARCHES),
    elements("Count", "IdList", "QueryTranslation", touches=(SEARCHES,), gate=True),
)
ELINK = (
    *small("eLinkResult", ELINK_CITED, ELINK_CITES),
    elements("LinkSet/IdList/Id", touches=(ELINK_CITED, ELINK_CITES), gate=True),
)
ESUMMARY = (
    *small("eSummaryResult", ABSENT, BY_DOI),
    elements("DocumentSummarySet/DocumentSummary", touches=(ABSENT, BY_DOI), gate=True),
)
EFETCH = (
    status(200, RECORDS),
    media("text/xml", RECORDS),
    root("PubmedArticleSet", RECORDS),
    NCBI_LIMIT,
    CLOCK,
    RECORD_DTD,
)
PUBS = (
    status(200, ICITE),
    media("application/json", ICITE),
    fields("", "data", touches=(ICITE,)),
    fields("data", "pmid", "references", "cited_by", touches=(ICITE,)),
)
CONVERTED = (
    status(200, IN_PMC),
    media("application/json", IN_PMC),
    fields("", "records", touches=(IN_PMC,)),
    fields("records", "requested-id", "pmid", touches=(IN_PMC,)),
)
WORKS = (
    status(200, CROSSREF, NOTICES),
    media("application/json", CROSSREF, NOTICES),
    fields("", "message", touches=(CROSSREF, NOTICES)),
    *CROSSREF_HEADERS,
    *UPDATES,
)
