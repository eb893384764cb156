"""The text of elements: PubMed's inline markup as plain text and as safe HTML; nothing is cut at a
tag."""

from __future__ import annotations

import html
import re
from xml.etree.ElementTree import Element, fromstring

from kb.errors import InputError

# Only what XML counts as white space: no-break and thin spaces are part of the published text.
SPACE = re.compile(r"[ \t\r\n]+")
# Controls that turn the order of what follows: with one in a title, the year and the PMID of its
# citation are read backwards.
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
KEPT = {"b", "i", "u", "sub", "sup"}
# Prefixes that a file may declare on its root, or NLM's DTD by default: a record that was cut out
# of it has lost them.
SHELL = (
    b'<r xmlns:mml="http://www.w3.org/1998/Math/MathML" xmlns:xlink="http://www.w3.org/1999/xlink"'
    b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">',
    b"</r>",
)


def record_element(xml: bytes) -> Element:
    """The element of a record that was cut out of a file. Raises ParseError."""
    return fromstring(xml.join(SHELL))[0]  # noqa: S314 (no DOCTYPE inside SHELL, so no entities)


def text_of(element: Element | None) -> str:
    """All text of an element and its descendants (formulas too), white space folded, in the order
    of its characters."""
    if element is None:
        return ""
    return folded("".join(element.itertext()) if len(element) else element.text or "")


def child(element: Element, tag: str) -> Element:
    """A child that every record has. Raises InputError where there is none."""
    inner = element.find(tag)
    if inner is None:
        raise InputError(f"<{element.tag}> without <{tag}>: not a record of PubMed")
    return inner


def child_text(element: Element, path: str) -> str | None:
    """The plain text of what stands at a path; None where nothing does."""
    return text_of(element.find(path)) or None


def safe_html(element: Element | None) -> str:
    """The same text, escaped, with b, i, u, sub and sup; no attribute ever comes through."""
    if element is None:
        return ""
    return folded(_inside(element))


def folded(text: str) -> str:
    """Text with its white space folded, and without what would turn its order."""
    # Nearly all text has nothing to fold, and looking is three times cheaper than substituting.
    if "\n" in text or "  " in text or "\t" in text or "\r" in text:
        text = SPACE.sub(" ", text)
    if not text.isascii():
        text = TURNING.sub("", text)
    return text.strip(" ")


def _inside(element: Element) -> str:
    """Text and kept tags in document order; without recursion, for markup nested without end."""
    parts = []
    ahead: list[Element | str] = [element]
    while ahead:
        piece = ahead.pop()
        if isinstance(piece, str):
            parts.append(piece)
            continue
        kept = piece.tag in KEPT
        parts.append((f"<{piece.tag}>" if kept else "") + html.escape(piece.text or ""))
        ahead.append(f"</{piece.tag}>" if kept else "")
        for inner in reversed(piece):
            ahead += [html.escape(inner.tail or ""), inner]
    return "".join(parts)
