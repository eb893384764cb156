"""The small answers of E-utilities: judged, and read by Bio.Entrez where Biopython has the DTD.

An answer is judged by status, root element and ERROR before a value is taken from it. Bio.Entrez
gets the bytes that the transport brought and opens no connection: an answer that names a DTD that
does not ship with Biopython, or anything else that it would fetch, is read by ``root_of`` alone,
and so is whatever Bio.Entrez cannot read.
"""

from __future__ import annotations

import io
import re
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, ParseError, fromstring

from harvest.service import Again, Client, Refused, Reply, said, shown

# Said with HTTP 200, and said again however often one asks; any other ERROR may pass.
FINAL_ERRORS = ("retstart", "invalid db name", "id list is empty", "empty id list", "nothing todo")
# The DTDs of these answers that Biopython ships, in the edition that its files are: their names do
# not tell it, and Biopython would read any other edition by them.
EDITIONS = {
    "eInfoResult": "20190110/einfo.dtd",
    "eSearchResult": "20060628/esearch.dtd",
    "ePostResult": "20090526/epost.dtd",
    "eLinkResult": "20101123/elink.dtd",
}
# A declaration, and a document type without a subset of its own. More than these an answer that
# Bio.Entrez may read does not begin with.
HEAD = re.compile(
    rb"\s*<\?xml\s[^<>]*\?>\s*<!DOCTYPE\s+(\w+)\s+PUBLIC\s+\"[^\"<>]*\"\s+\"([^\"<>]*)\"\s*>"
)
# The first two make Bio.Entrez fetch what they name; of an entity that nobody declared it keeps
# nothing, in silence.
NOT_FOR_BIO = re.compile(rb"<processing-meta|\bxmlns|&(?!(?:amp|lt|gt|quot|apos);|#)")


class Named(NamedTuple):
    """The DTD that an answer names, as ``20060628/esearch.dtd``."""

    dtd: str
    is_shipped: bool


def root_of(reply: Reply, expected: str) -> Element:
    """The root element of a small answer.

    Raises Again for what is no answer (HTML, JSON, a cut document, a passing ERROR), Refused for
    an error that stays.
    """
    body = _xml(reply)
    try:
        root = fromstring(body)  # noqa: S314 (no entities: see above)
    except (ParseError, LookupError, ValueError) as error:  # an encoding that nobody knows too
        kind = "HTML" if b"<html" in body[:1000].lower() else "broken XML"
        raise Again(f"{kind} ({error}): {said(body)}", wait=2.0) from error
    if errors := [shown(element.text or "") for element in root.iter("ERROR")]:
        text = f"it says: {'; '.join(errors)}"
        if any(final in text.lower() for final in FINAL_ERRORS):
            raise Refused(text, "Check the query or the PMIDs.")
        raise Again(text)
    if root.tag != expected:
        raise Again(f"<{root.tag}> where <{expected}> was due: {said(body)}", wait=2.0)
    return root


def _xml(reply: Reply) -> bytes:
    body = reply.body.strip()
    if reply.status != 200:
        _judge_refusal(reply)
    if not body.startswith(b"<"):
        raise Again(f"not XML but {said(body)}")
    if b"<!ENTITY" in body:
        raise Again("an answer that declares entities, which NCBI's never do")
    return body


def _judge_refusal(reply: Reply) -> None:
    text = f"HTTP {reply.status}: {said(reply.body)}"
    if b"proxy_stream()" in reply.body:
        raise Again(text)
    if b"api key" in reply.body.lower() or b"api-key" in reply.body.lower():
        raise Refused(text, "Check NCBI_API_KEY, or unset it.", down=True)
    raise Refused(text, "Check HARVEST_EUTILS_URL, the query or the PMIDs.")


def record_of(client: Client, reply: Reply, expected: str) -> Any:
    """What Bio.Entrez reads in an answer whose root is ``expected``.

    None where it is not to read it, or cannot: ``root_of`` says then what is wrong, if anything.
    A DTD that Biopython does not have is noted once. Raises Again and Refused as ``root_of`` does
    for what is no XML.
    """
    body = _xml(reply)
    named = dtd_of(body, expected)
    if named and not named.is_shipped:
        client.note(unshipped(named.dtd))
    if not named or not named.is_shipped or NOT_FOR_BIO.search(body):
        return None
    try:
        record = _bio_entrez().read(io.BytesIO(body))
    except Exception:
        # Its own errors have no class in common, nor have those of its assertions; an ERROR in the
        # answer is among them.
        return None
    return record if record.tag == expected else None


def dtd_of(body: bytes, expected: str) -> Named | None:
    """The DTD that an answer with this root names; None where it begins in no way that we know."""
    head = HEAD.match(body)
    if not head or head[1].decode() != expected:
        return None
    dtd = "/".join(head[2].decode("utf-8", "replace").split("/")[-2:])
    return Named(dtd, dtd == EDITIONS.get(expected) and dtd in shipped())


def unshipped(dtd: str) -> str:
    return (
        f"NCBI answers by a DTD that Biopython does not have ({dtd}): such answers are read "
        "without it. A newer Biopython may know it."
    )


def shipped() -> tuple[str, ...]:
    """The DTDs of ``EDITIONS`` that this Biopython has; none where it cannot be used here."""
    return tuple(dtd for dtd in EDITIONS.values() if Path(dtd).name in _files())


@cache
def _files() -> frozenset[str]:
    entrez = _bio_entrez()
    folders = [Path(place, "DTDs") for place in entrez.__path__] if entrez else []
    return frozenset(file.name for folder in folders for file in folder.iterdir())


@cache
def _bio_entrez() -> Any:
    """Bio.Entrez, loaded when the first answer wants it; None where it cannot be.

    It makes folders for the DTDs that it fetches in the home of whoever runs it, prefers what is in
    them to its own, and fails where that home cannot be written. It gets none.
    """
    from Bio import Entrez

    of_user: str | None = Entrez.local_cache
    try:
        with tempfile.TemporaryDirectory() as folder:
            Entrez.local_cache = folder  # type: ignore[assignment]
            from Bio.Entrez.Parser import DataHandler
    except OSError:
        return None
    finally:
        Entrez.local_cache = of_user  # type: ignore[assignment]
    DataHandler.local_dtd_dir = None  # type: ignore[assignment]
    DataHandler.local_xsd_dir = None  # type: ignore[assignment]
    return Entrez


class Dropped(NamedTuple):
    """A part of a query that PubMed left out: a field or a phrase, as it stands in the answer."""

    kind: str
    part: str

    def __str__(self) -> str:
        return f"the {self.kind} {self.part[:200]!r}"


@dataclass(frozen=True)
class SearchAnswer:
    """What ESearch says: how many papers there are, those it names, how it read the query, and
    which parts of it PubMed left out. Values are as they stand in the answer."""

    count: str
    pmids: list[str]
    translation: str
    dropped: list[Dropped]


# Parts of the query that PubMed left out (ESearch's DTD).
DROPPED = {
    ("ErrorList", "FieldNotFound"): "field",
    ("ErrorList", "PhraseNotFound"): "phrase",
    ("WarningList", "QuotedPhraseNotFound"): "phrase",
}


def search_answer(client: Client, reply: Reply) -> SearchAnswer:
    """An eSearchResult. Raises Again and Refused as ``root_of`` does."""
    record = record_of(client, reply, "eSearchResult")
    if record is None:
        return _plain_search(root_of(reply, "eSearchResult"))
    return SearchAnswer(
        record.get("Count", ""),
        record.get("IdList", []),
        record.get("QueryTranslation", "").strip(),
        [
            Dropped(kind, str(part))
            for (group, name), kind in DROPPED.items()
            for part in record.get(group, {}).get(name, ())
        ],
    )


def _plain_search(root: Element) -> SearchAnswer:
    return SearchAnswer(
        root.findtext("Count", ""),
        [element.text or "" for element in root.iterfind("IdList/Id")],
        (root.findtext("QueryTranslation") or "").strip(),
        [
            Dropped(kind, element.text or "")
            for (group, name), kind in DROPPED.items()
            for element in root.iterfind(f"{group}/{name}")
        ],
    )


class LinkSet(NamedTuple):
    """The papers that ELink was asked about, and each link with one: the name of the link and the
    id, as they stand in the answer."""

    papers: list[str]
    links: list[tuple[str, str]]


def link_sets(client: Client, reply: Reply) -> list[LinkSet]:
    """The sets of an eLinkResult. Raises Again and Refused as ``root_of`` does."""
    record = record_of(client, reply, "eLinkResult")
    if record is None:
        return list(map(_plain_set, root_of(reply, "eLinkResult").iterfind("LinkSet")))
    return [
        LinkSet(
            linkset.get("IdList", []),
            [
                (group.get("LinkName", ""), link["Id"])
                for group in linkset.get("LinkSetDb", ())
                for link in group.get("Link", ())
            ],
        )
        for linkset in record
    ]


def _plain_set(linkset: Element) -> LinkSet:
    return LinkSet(
        [element.text or "" for element in linkset.iterfind("IdList/Id")],
        [
            (group.findtext("LinkName", ""), element.text or "")
            for group in linkset.iterfind("LinkSetDb")
            for element in group.iterfind("Link/Id")
        ],
    )


def fields_of(client: Client, reply: Reply) -> set[str]:
    """The names of the search fields in an eInfoResult on one database. Raises as ``root_of``."""
    record = record_of(client, reply, "eInfoResult")
    if record is None:
        root = root_of(reply, "eInfoResult")
        return {element.text or "" for element in root.iterfind("DbInfo/FieldList/Field/Name")}
    fields = (field for database in record["DbInfo"] for field in database.get("FieldList", ()))
    return {field.get("Name", "") for field in fields}
