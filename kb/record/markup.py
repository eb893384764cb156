"""The text of elements: PubMed's inline markup as plain text and as safe HTML; nothing is cut at a
tag, and what is raised or lowered stays so (kb.record.scripts)."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree.ElementTree import Element, fromstring

from kb.errors import InputError
from kb.record.formulas import is_formula, linear
from kb.record.scripts import LOWERED, MARKS, RAISED, plain_scripts

# Only what XML counts as white space: no-break and thin spaces are part of the published text.
SPACE = re.compile(r"[ \t\r\n]+")
# Controls that turn the order of what follows: with one in a title, the year and the PMID of its
# citation are read backwards.
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
KEPT = {"b", "i", "u", "sub", "sup"}
SCRIPTS = {"sup": RAISED, "sub": LOWERED}
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
    of its characters; superscripts and subscripts as ``kb.record.scripts`` writes them."""
    if element is None:
        return ""
    if not len(element):
        return folded(element.text or "")
    text = "".join(_marked(element))
    return folded(plain_scripts(text) if MARKS.search(text) else text)


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


def _marked(element: Element) -> Iterator[str]:
    """Text in document order, between marks where it is raised or lowered."""
    for piece in _walked(element):
        if isinstance(piece, str):
            yield piece
        elif piece.tag in SCRIPTS:
            yield SCRIPTS[piece.tag][piece.is_end]


def _inside(element: Element) -> str:
    """Text and kept tags in document order."""
    return "".join(
        html.escape(piece)
        if isinstance(piece, str)
        else f"<{'/' * piece.is_end}{piece.tag}>" * (piece.tag in KEPT)
        for piece in _walked(element)
    )


class _Tag(NamedTuple):
    tag: str
    is_end: bool


def _walked(element: Element) -> Iterator[str | _Tag]:
    """Texts and tags in document order, formulas made linear; without recursion, for markup nested
    without end."""
    ahead: list[Element | str | _Tag] = [element]
    while ahead:
        piece = ahead.pop()
        if not isinstance(piece, Element):
            yield piece
            continue
        inner = linear(piece) if is_formula(piece) else piece
        yield _Tag(inner.tag, is_end=False)
        yield inner.text or ""
        ahead.append(_Tag(inner.tag, is_end=True))
        for child_ in reversed(inner):
            ahead += [child_.tail or "", child_]
