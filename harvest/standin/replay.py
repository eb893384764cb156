"""What raw.db keeps of the services' answers, so that a question asked before is answered alike.

An answer to exactly the same question is given again byte for byte. ELink, iCite and Crossref are
asked in batches, and other batches are other questions: those are answered from what the kept
answers tell of each paper.
"""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

from harvest.services import SERVICES
from harvest.standin.wire import XML_TYPE, Answer, Request
from kb.answers import Linked, crossref_asked, crossref_works, elink_links, icite_links
from kb.errors import InputError
from kb.raw import answers as kept_answers

if TYPE_CHECKING:
    from sqlite_utils import Database

Key = tuple[str, str, tuple[tuple[str, str], ...]]

# Services whose questions begin with the path behind their base, which Entrez' do not.
WITH_PATH = frozenset(service.name for service in SERVICES if not service.utilities)
WHO_ASKS = frozenset(name for each in SERVICES for name in (each.tool, each.email, each.key))
REFERENCES, CITED_IN = "pubmed_pubmed_refs", "pubmed_pubmed_citedin"


@dataclass(frozen=True)
class Kept:
    """The latest answer to each question, packed, and the links that the answers state.

    ``elink`` is by name of the link and PMID; ``icite`` by PMID, None where iCite was asked and
    did not know the paper; ``crossref`` by DOI, packed JSON, None where Crossref did not have it.
    """

    answers: Mapping[Key, tuple[int, bytes]] = field(default_factory=dict)
    elink: Mapping[tuple[str, int], Sequence[int]] = field(default_factory=dict)
    icite: Mapping[int, Linked | None] = field(default_factory=dict)
    crossref: Mapping[str, bytes | None] = field(default_factory=dict)

    def answer(self, request: Request) -> Answer | None:
        if kept := self.answers.get(asked(request)):
            status, body = kept[0], zlib.decompress(kept[1])
            return Answer(body, _type_of(body), status)
        return None


def key(service: str, path: str, parameters: Iterable[tuple[str, str]]) -> Key:
    """What makes two questions the same: who asks, the order of names, and how a path is encoded
    do not count. ``path`` is what goes behind the base, empty for Entrez."""
    told = [pair for pair in parameters if pair[1] and pair[0] not in WHO_ASKS]
    return service, unquote(path).casefold(), tuple(sorted(told, key=lambda pair: pair[0]))


def asked(request: Request) -> Key:
    pairs = ((name, value) for name, values in request.parameters.items() for value in values)
    return key(request.utility, request.rest if request.utility in WITH_PATH else "", pairs)


def stored(service: str, question: str) -> Key:
    """The key of a question as raw.db writes it: ``a=1&b=2`` for Entrez, else ``path?a=1``."""
    path, _, query = question.partition("?") if service in WITH_PATH else ("", "", question)
    return key(service, path, parse_qsl(query))


def read_kept(db: Database) -> Kept:
    """All that a raw.db keeps; later answers take the place of earlier ones.

    Raises InputError for an answer that cannot be read, with its id.
    """
    answers: dict[Key, tuple[int, bytes]] = {}
    elink: dict[tuple[str, int], Sequence[int]] = {}
    icite: dict[int, Linked | None] = {}
    crossref: dict[str, bytes | None] = {}
    for number, service, question, _, _, status, body in kept_answers(db):
        answers[stored(service, question)] = status, zlib.compress(body, 1)
        try:
            if status == 200 and service == "elink":
                elink |= _told_by_elink(question, body)
            elif status == 200 and service == "icite":
                icite |= _told_by_icite(question, body)
            elif service == "crossref":
                crossref |= _told_by_crossref(question, status, body)
        except (InputError, ValueError) as error:
            raise InputError(
                f"raw.db, answer {number} of {service}: {error}. Take the file from a backup."
            ) from error
    return Kept(answers, elink, icite, crossref)


def _told_by_elink(question: str, body: bytes) -> dict[tuple[str, int], Sequence[int]]:
    name = dict(parse_qsl(question)).get("linkname", "")
    return {
        (link, pmid): _packed(linked)
        for link in (REFERENCES, CITED_IN)
        if name in ("", link)
        for pmid, linked in elink_links(body, link).items()
    }


def _told_by_icite(question: str, body: bytes) -> dict[int, Linked | None]:
    told = icite_links(body)
    pmids = dict(parse_qsl(question.partition("?")[2])).get("pmids", "")
    links: dict[int, Linked | None] = {}
    for pmid in map(int, filter(None, pmids.split(","))):
        known = told.get(pmid)
        links[pmid] = known and Linked(_packed(known.references), _packed(known.cited_by))
    return links


def _told_by_crossref(question: str, status: int, body: bytes) -> dict[str, bytes | None]:
    asked = crossref_asked(question) if status in (200, 404) else []
    told = crossref_works(question, body) if asked and status == 200 else {}
    return {
        doi.casefold(): zlib.compress(json.dumps(told[doi]).encode(), 1) if doi in told else None
        for doi in asked
    }


def _packed(pmids: Sequence[int]) -> Sequence[int]:
    """The same numbers at 8 bytes each: there are millions of links."""
    return array("q", pmids)


def _type_of(body: bytes) -> str:
    """raw.db does not keep the type; the first character tells it."""
    first = body.lstrip()[:1]
    if first in (b"{", b"["):
        return "application/json; charset=UTF-8"
    return XML_TYPE if first == b"<" else "text/plain; charset=UTF-8"
