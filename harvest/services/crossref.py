"""Crossref: the works that a DOI cites, as publishers deposited them, and what a citation may name.

REST API: api.crossref.org. Its limits come in its headers, which the transport goes by.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl, quote

from harvest.service import Again, Client, Rate, Refused, Reply, Seen, Service, said
from kb.answers import crossref_found, crossref_references
from kb.errors import InputError

SELECTED = "DOI,title,author,issued,container-title,short-container-title,volume,page"
BLOCKED = "Write to support@crossref.org, and set NCBI_EMAIL so that they can write to you."
KNOWN_DOI = "10.1056/nejmra0804577"


def work(client: Client, doi: str) -> Reply:
    """The answer on a DOI, of status 404 where Crossref does not have it.

    ``kb.answers.crossref_references`` reads it. Raises ServiceFailed.
    """

    def read(reply: Reply) -> Reply:
        is_unknown = reply.status == 404 and b"<html" not in reply.body.lower()
        return reply if is_unknown else _sound(reply, crossref_references)

    return client.ask(CROSSREF.name, path_of(doi), [], read)


def search(client: Client, citation: str) -> Reply:
    """The two works that share most with a citation; there are always some, related or not.

    ``kb.answers.crossref_found`` reads it. Raises ServiceFailed.
    """
    parameters = [("query.bibliographic", citation), ("rows", "2"), ("select", SELECTED)]
    return client.ask(CROSSREF.name, "works", parameters, lambda r: _sound(r, crossref_found))


def asked(question: str) -> str:
    """The citation of a question of ``search``; empty for any other question."""
    return dict(parse_qsl(question.partition("?")[2])).get("query.bibliographic", "")


def _sound(reply: Reply, shape: Callable[[bytes], object]) -> Reply:
    """The answer, where it is one that ``shape`` can read."""
    if reply.status == 403:
        raise Refused("HTTP 403: Crossref has blocked this address", BLOCKED, down=True)
    if reply.status != 200:
        advice = "Check HARVEST_CROSSREF_URL."
        raise Refused(f"HTTP {reply.status}: {said(reply.body)}", advice)
    try:
        shape(reply.body)
    except InputError as error:
        raise Again(str(error)) from error
    return reply


def path_of(doi: str) -> str:
    """Where the work is; also the question under which raw.db keeps the answer."""
    return f"works/{quote(doi, safe='')}"


def live(client: Client) -> Seen:
    reply = work(client, KNOWN_DOI)
    granted = reply.headers.get("x-rate-limit-limit", "no limit told")
    seen = f"HTTP {reply.status}, limit {granted}"
    if reply.status != 200:
        return seen, f"Crossref does not know {KNOWN_DOI}."
    return f"{seen}, {len(crossref_references(reply.body))} references with a DOI", ""


def check(client: Client) -> str:
    work(client, KNOWN_DOI)
    return ""


# Until its headers tell what it grants today. They allow one question under way.
CROSSREF = Service(
    name="crossref",
    title="Crossref",
    base="https://api.crossref.org/",
    rate=Rate(1),
    email="mailto",
    check=check,
    live={"Crossref: a reference list": live},
)
