"""Atom feeds (RFC 4287) of what is new in a base. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element, SubElement, indent, tostring

ATOM = "http://www.w3.org/2005/Atom"
# Nothing was ever published before PubMed's first day; a feed without entries needs a date.
NEVER = "1996-01-01T00:00:00Z"
# Characters that XML 1.0 cannot hold.
UNFIT = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class FeedEntry(NamedTuple):
    """``key`` names the event and stays the same in every later feed; ``updated`` is UTC, ISO 8601
    to the second."""

    key: str
    title: str
    link: str
    updated: str
    summary: str


def atom(title: str, address: str, page: str, base_id: str, entries: Iterable[FeedEntry]) -> bytes:
    """A feed at ``address`` about what ``page`` shows, newest first; all text is escaped."""
    listed = list(entries)
    feed = Element("feed", xmlns=ATOM)
    _text(feed, "id", _urn(address))
    _text(feed, "title", title)
    _text(feed, "updated", max((entry.updated for entry in listed), default=NEVER))
    SubElement(feed, "link", rel="self", type="application/atom+xml", href=address)
    SubElement(feed, "link", rel="alternate", type="text/html", href=page)
    _text(SubElement(feed, "author"), "name", title)
    _text(feed, "generator", f"kb, base {base_id}")
    for entry in listed:
        node = SubElement(feed, "entry")
        _text(node, "id", _urn(f"{address}#{entry.key}"))
        _text(node, "title", entry.title)
        _text(node, "updated", entry.updated)
        SubElement(node, "link", rel="alternate", type="text/html", href=entry.link)
        _text(node, "summary", entry.summary)
    indent(feed)
    body: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return body


def _urn(name: str) -> str:
    return uuid5(NAMESPACE_URL, name).urn


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = UNFIT.sub("\ufffd", text)
