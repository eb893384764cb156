"""Requests and answers, and how E-utilities write XML and JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from xml.sax.saxutils import escape

from harvest.services import SERVICES
from harvest.services.eutils import EUTILS

Parameters = dict[str, list[str]]

XML_TYPE = "text/xml; charset=UTF-8"
# XML 1.0, production 2: what may not stand in a document, not even as a reference.
UNPRINTABLE = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
DTD = "https://eutils.ncbi.nlm.nih.gov/eutils/dtd"
# Root, public identifier and DTD of each utility; EFetch's doctype does name another root.
DOCTYPES = {
    "einfo": ("eInfoResult", "einfo 20190110", "20190110/einfo.dtd"),
    "esearch": ("eSearchResult", "esearch 20060628", "20060628/esearch.dtd"),
    "epost": ("ePostResult", "epost 20090526", "20090526/epost.dtd"),
    "efetch": ("eEfetchResult", "efetch 20131226", "20131226/efetch.dtd"),
    "esummary": ("eSummaryResult", "esummary v1 20041029", "20041029/esummary-v1.dtd"),
    "esummary2": ("eSummaryResult", "esummary pubmed 20160808", "20160808/esummary_pubmed.dtd"),
    "elink": ("eLinkResult", "elink 20101123", "20101123/elink.dtd"),
}


@dataclass(frozen=True)
class Request:
    """``utility`` is the utility of Entrez (``esearch``), else the service (``icite``): what raw.db
    calls the service. Parameters come from the URL and, of a POST, from its form, and hold every
    value in the order given; ``rest`` is the path behind the base, still percent-encoded."""

    utility: str
    parameters: Parameters
    path: str
    rest: str = ""
    method: str = "GET"

    def value(self, *names: str) -> str:
        """The last value under the first of these names that has one, else an empty string."""
        return next((self.parameters[n][-1].strip() for n in names if n in self.parameters), "")

    def number(self, name: str, default: int) -> int:
        value = self.value(name)
        return int(value) if re.fullmatch(r"[0-9]{1,9}", value) else default

    def listed(self, name: str) -> list[str]:
        """The items of every comma list under a name, as they were written."""
        lists = self.parameters.get(name, [])
        return [item.strip() for value in lists for item in value.split(",") if item.strip()]

    @property
    def source(self) -> str:
        """Whose limit the request counts against: ncbi, icite, crossref, …"""
        return next((each.limit for each in SERVICES if each.name == self.utility), EUTILS.limit)

    @property
    def webenv(self) -> str:
        return self.value("WebEnv", "webenv")

    @property
    def wants_json(self) -> bool:
        return self.value("retmode") == "json"


@dataclass(frozen=True)
class Wire:
    """How an answer travels, where that is not as it should.

    ``delay``: seconds before its first byte, of infinitely many the client sees the end.
    ``drip``: seconds over which its bytes are spread. ``sent``: the share of head and body that is
    sent before the connection ends, 0 for none. ``end``: what is done to its socket then.
    """

    delay: float = 0.0
    drip: float = 0.0
    sent: float = 1.0
    end: Callable[[Any], None] | None = None


@dataclass(frozen=True)
class Answer:
    """What is sent. A Content-Length among the headers is kept, right or wrong; with
    ``Transfer-Encoding: chunked`` the body goes in chunks. ``leaves`` is called before the first
    byte goes, or when the client has hung up before that."""

    body: bytes
    content_type: str = XML_TYPE
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    wire: Wire = Wire()
    leaves: Callable[[], None] = lambda: None


Service = Callable[[Request], Answer]
CHUNK = 4096


def octets(answer: Answer) -> bytes:
    """Head and body as HTTP/1.1 writes them."""
    headers = {"Content-Type": answer.content_type} | answer.headers
    body = answer.body
    if headers.get("Transfer-Encoding") == "chunked":
        parts = [body[at : at + CHUNK] for at in range(0, len(body), CHUNK)]
        body = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (*parts, b""))
    else:
        headers.setdefault("Content-Length", str(len(body)))
    lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def text(words: object) -> str:
    return escape(UNPRINTABLE.sub("\ufffd", str(words)))


def element(name: str, *children: str) -> str:
    """An element of children that are XML already; one without any is ``<Name/>``."""
    inside = "".join(children)
    return f"<{name}>{inside}</{name.split()[0]}>" if inside else f"<{name}/>"


def leaf(name: str, words: object) -> str:
    return f"<{name}>{text(words)}</{name.split()[0]}>"


def document(kind: str, *children: str, status: int = 200) -> Answer:
    """A whole XML answer; ``kind`` is a key of DOCTYPES."""
    root, public, dtd = DOCTYPES[kind]
    inside = element(root.replace("eEfetch", "eFetch"), *children)
    head = f'<!DOCTYPE {root} PUBLIC "-//NLM//DTD {public}//EN" "{DTD}/{dtd}">'
    return Answer(
        f'<?xml version="1.0" encoding="UTF-8" ?>\n{head}\n{inside}'.encode(), XML_TYPE, status
    )


def refused(request: Request, message: str, status: int = 200) -> Answer:
    """The document in which a utility says that it will not answer."""
    error: dict[str, dict[str, Any]] = {
        "einfo": {"einforesult": {"ERROR": message}},
        "esearch": {"esearchresult": {"ERROR": message}},
        "esummary": {"error": message},
        "elink": {"linksets": [], "ERROR": message},
    }
    if not request.wants_json or request.utility not in error:
        return document(request.utility, leaf("ERROR", message), status=status)
    answer = as_json(request.utility, error[request.utility])
    # NCBI leaves a line break of the message as it is: no strict parser reads that answer.
    return Answer(answer.body.replace(b"\\n", b"\n"), answer.content_type, status)


def as_json(utility: str, content: dict[str, Any]) -> Answer:
    header = {"header": {"type": utility, "version": "0.3"}}
    body = json.dumps(header | content, separators=(",", ":"))
    return Answer(body.encode() + b"\n", "application/json; charset=UTF-8")


def plain_json(
    content: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> Answer:
    """JSON of the services that are not Entrez."""
    return Answer(json.dumps(content).encode(), "application/json", status, dict(headers or {}))


def lower(content: Any) -> Any:
    """The same with its names in lower case, as NCBI derives its JSON."""
    if isinstance(content, dict):
        return {name.lower(): lower(value) for name, value in content.items()}
    return [lower(value) for value in content] if isinstance(content, list) else content
