"""Formulas in MathML as one line of text, and as the little HTML that shows them. Pure.

``msup`` and ``msub`` are raised and lowered like PubMed's own ``sup`` and ``sub``, ``mfrac`` is a
division, ``msqrt`` a root; everything else is its text. White space between elements means nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element

MATH = "{http://www.w3.org/1998/Math/MathML}"
# What else a formula says about itself, in another notation.
ASIDE = {f"{MATH}annotation", f"{MATH}annotation-xml"}
SIMPLE = re.compile(r"[\w.½⅓¼¾λ]*")
SCRIPTS = {"msup": ("", "sup"), "msub": ("", "sub"), "msubsup": ("", "sub", "sup")}
# Deeper formulas than any that is published are their text alone.
DEEPEST = 60


def is_formula(element: Element) -> bool:
    return element.tag == f"{MATH}math"


def linear(formula: Element) -> Element:
    """The formula as an element ``n`` that holds text, ``sup`` and ``sub``."""
    whole = Element("n")
    for piece in _pieces(formula, DEEPEST):
        _append(whole, piece)
    return whole


Piece = str | Element


def _pieces(element: Element, depth: int) -> list[Piece]:
    name = element.tag.removeprefix(MATH)
    if element.tag in ASIDE:
        return []
    if depth <= 0:
        return ["".join(element.itertext())]
    parts = [_pieces(child, depth - 1) for child in element if child.tag not in ASIDE]
    own = [element.text.strip()] if element.text and element.text.strip() else []
    tails = [(child.tail or "").strip() for child in element if child.tag not in ASIDE]
    if name in SCRIPTS and len(parts) == len(SCRIPTS[name]):
        return [*own, *_scripted(parts, SCRIPTS[name]), *filter(None, tails)]
    if name == "mfrac" and len(parts) == 2:
        return [*own, *_bracketed(parts[0]), "/", *_bracketed(parts[1]), *filter(None, tails)]
    joined = [piece for part, tail in zip(parts, tails, strict=True) for piece in (*part, tail)]
    if name == "msqrt":
        return [*own, "√", *_bracketed(joined)]
    return [*own, *filter(lambda piece: not isinstance(piece, str) or piece, joined)]


def _scripted(parts: Iterable[list[Piece]], tags: Iterable[str]) -> list[Piece]:
    pieces: list[Piece] = []
    for part, tag in zip(parts, tags, strict=True):
        if not tag:
            pieces += part
            continue
        script = Element(tag)
        for piece in part:
            _append(script, piece)
        pieces.append(script)
    return pieces


def _bracketed(part: list[Piece]) -> list[Piece]:
    text = "".join(piece if isinstance(piece, str) else "".join(piece.itertext()) for piece in part)
    return part if SIMPLE.fullmatch(text) else ["(", *part, ")"]


def _append(whole: Element, piece: Piece) -> None:
    if isinstance(piece, Element):
        whole.append(piece)
    elif len(whole):
        whole[-1].tail = (whole[-1].tail or "") + piece
    else:
        whole.text = (whole.text or "") + piece
