"""Crossref: the works that a DOI cites, as publishers deposited them, and what a citation may name.

REST API: api.crossref.org. Its limits since 2025-12-01 (doi 10.64000/wadve-3tj60) are others for
single records and for lists, and for who tells an e-mail address; they come in its headers too,
which the transport goes by.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from typing import TypeVar
from urllib.parse import parse_qsl, quote, quote_plus

from harvest.service import Again, Client, Rate, Refused, Reply, Seen, Service, said
from kb.answers import crossref_found, crossref_message, crossref_references, crossref_works
from kb.errors import InputError
from kb.ids import compared_doi

T = TypeVar("T")
SELECTED = "DOI,title,author,issued,container-title,short-container-title,volume,page"
# What kb.answers and kb.notices.updates read of a work. ``works`` takes all of them: what it does
# take stands in its answer to a field that it does not (as of 2026-10-03).
READ = "DOI,reference,relation,update-to,updated-by"
# A comma parts the filters of a list. A DOI with a percent sign is found by itself alone (rOpenSci,
# rcrossref#254); what else may not be found is asked by itself too, once the list lacks it.
UNLISTED = re.compile(r"[\s,%]")
# Characters of the filter as it is sent: with the rest the address stays below 6,000.
LONGEST = 5_500
BLOCKED = "Write to support@crossref.org, and set NCBI_EMAIL so that they can write to you."
KNOWN_DOI = "10.1056/nejmra0804577"


def work(client: Client, doi: str) -> Reply:
    """The answer on a DOI, of status 404 where Crossref does not have it.

    ``kb.answers.crossref_works`` reads it. Raises ServiceFailed.
    """

    def read(reply: Reply) -> Reply:
        if not _says(404, reply):
            _read(reply, crossref_message)
        return reply

    return client.ask(CROSSREF.name, path_of(doi), [], read)


def confirm(client: Client) -> None:
    """Make sure that works are listed where Crossref is said to be. Else its 404 is no word on a
    DOI: at a wrong path everything is unknown. Raises ServiceFailed."""
    client.ask(CROSSREF.name, "works", [("rows", "0")], lambda reply: _read(reply, crossref_found))


def works(client: Client, dois: Sequence[str]) -> tuple[Reply, list[str]]:
    """The answer on a batch of ``questions``, and the DOIs that have to be asked by themselves.

    One DOI is asked as ``work`` does, several as a list, in which those are left out that Crossref
    does not have or finds by itself alone. A list that it cannot read is answered with status 400.
    ``kb.answers.crossref_works`` reads both. Raises ServiceFailed.
    """
    if len(dois) == 1:
        return work(client, dois[0]), []
    named = ",".join(f"doi:{doi}" for doi in dois)
    parameters = [("filter", named), ("rows", str(len(dois))), ("select", READ)]

    def read(reply: Reply) -> tuple[Reply, list[str]]:
        if _says(400, reply):
            client.note(f"Crossref reads no list of {len(dois)} DOIs: {said(reply.body)}")
            return reply, list(dois)
        found = _read(reply, lambda body: crossref_works(reply.question, body))
        return reply, [doi for doi in dois if compared_doi(doi) not in found]

    return client.ask(CROSSREF.name, "works", parameters, read)


def questions(dois: Iterable[str], alone: Container[str] = ()) -> Iterator[list[str]]:
    """Batches of DOIs, each once: lists of 50 or as many as an address holds; those that no list
    can name, or that are to be asked ``alone``, by themselves."""
    seen: set[str] = set()
    batch: list[str] = []
    length = 0
    for doi in dois:
        if doi in seen:
            continue
        seen.add(doi)
        if doi in alone or not fits_list(doi):
            yield [doi]
            continue
        size = len(quote_plus(f"doi:{doi},", safe=","))
        if batch and (len(batch) == CROSSREF.batch or length + size > LONGEST):
            yield batch
            batch, length = [], 0
        batch.append(doi)
        length += size
    if batch:
        yield batch


def fits_list(doi: str) -> bool:
    """Whether a list may name a DOI."""
    return not UNLISTED.search(doi) and len(quote_plus(doi)) < LONGEST // 2


def search(client: Client, citation: str) -> Reply:
    """The two works that share most with a citation; there are always some, related or not.

    ``kb.answers.crossref_found`` reads it. Raises ServiceFailed.
    """
    parameters = [("query.bibliographic", citation), ("rows", "2"), ("select", SELECTED)]

    def read(reply: Reply) -> Reply:
        _read(reply, crossref_found)
        return reply

    return client.ask(CROSSREF.name, "works", parameters, read)


def is_list(question: str) -> bool:
    """Whether a question is one of ``works``."""
    return question.startswith("works?filter=")


def asked(question: str) -> str:
    """The citation of a question of ``search``; empty for any other question."""
    return dict(parse_qsl(question.partition("?")[2])).get("query.bibliographic", "")


def _says(status: int, reply: Reply) -> bool:
    """Whether Crossref itself gave this status, and not a proxy that shows a page."""
    return reply.status == status and b"<html" not in reply.body.lower()


def _read(reply: Reply, shape: Callable[[bytes], T]) -> T:
    """What ``shape`` reads of an answer. Raises Again, or Refused, where it is none."""
    if reply.status == 403:
        raise Refused("HTTP 403: Crossref has blocked this address", BLOCKED, down=True)
    if reply.status != 200:
        advice = "Check HARVEST_CROSSREF_URL."
        raise Refused(f"HTTP {reply.status}: {said(reply.body)}", advice)
    try:
        return shape(reply.body)
    except InputError as error:
        raise Again(str(error)) from error


def path_of(doi: str) -> str:
    """Where the work is; also the question under which raw.db keeps the answer."""
    return f"works/{quote(doi, safe='')}"


def live(client: Client) -> Seen:
    reply = work(client, KNOWN_DOI)
    granted = reply.headers.get("x-rate-limit-limit", "no limit told")
    pool = reply.headers.get("x-api-pool", "no pool told")
    seen = f"HTTP {reply.status}, {pool}, limit {granted}"
    if reply.status != 200:
        return seen, f"Crossref does not know {KNOWN_DOI}."
    references = crossref_references(crossref_message(reply.body))
    return f"{seen}, {len(references)} references with a DOI", ""


def check(client: Client) -> str:
    if work(client, KNOWN_DOI).status != 200:
        confirm(client)
    return ""


# Until its headers tell what it grants today. Of single records and of lists 3 may be under way.
CROSSREF = Service(
    name="crossref",
    title="Crossref",
    base="https://api.crossref.org/",
    rate=Rate(5, at_once=1),
    with_email=Rate(10, at_once=3),
    lists=Rate(1, at_once=1),
    lists_with_email=Rate(3, at_once=3),
    batch=50,
    at_once=6,
    email="mailto",
    check=check,
    live={"Crossref: a reference list": live},
)
