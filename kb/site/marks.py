"""Words marked where they stand in published HTML. Pure.

Offsets count code points of the plain text; the HTML holds the same text with a few tags, and
paragraphs where the text has line ends.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import NamedTuple

from markupsafe import Markup, escape

from kb.site.text import TAG, published

CLOSING = Markup("</a>")
LONGEST_MARKED = 100_000  # a tenth of a second; abstracts have up to 20,000


class Mark(NamedTuple):
    """Words from ``start`` to ``end``, shown with a CSS class, a link and a title."""

    start: int
    end: int
    css: str
    href: str
    title: str


def with_marks(text_html: str | None, text: str | None, marks: Iterable[Mark]) -> Markup:
    """The HTML with its words marked; of marks that overlap the first and longest.

    Unmarked where the HTML does not hold the text: nothing is marked that is not meant; and where
    the text is longer than any abstract.
    """
    chosen = _apart(marks)
    if not text_html or not text or not chosen or len(text) > LONGEST_MARKED:
        return published(text_html)
    pieces = _placed(text_html, text, chosen)
    return Markup("").join(pieces) if pieces is not None else published(text_html)


def _apart(marks: Iterable[Mark]) -> list[Mark]:
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end)):
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    return kept


def _placed(text_html: str, text: str, marks: Iterable[Mark]) -> list[Markup] | None:
    """Pieces of HTML in order; None where text and HTML go apart."""
    pieces: list[Markup] = []
    ahead = iter(marks)
    mark, place, is_open = next(ahead, None), 0, False
    for number, piece in enumerate(TAG.split(text_html)):
        if number % 2:
            # A mark never straddles a tag: it ends before it and goes on behind.
            tag = Markup(piece)  # noqa: S704 (one of TAG)
            pieces += [CLOSING, tag, _opening(mark)] if mark and is_open else [tag]
            continue
        run: list[str] = []  # characters to be escaped at once
        for char in html.unescape(piece):
            while place < len(text) and text[place] != char and text[place].isspace():
                place += 1
            if place >= len(text) or text[place] != char:
                return None
            if mark and place == mark.start:
                pieces += [escape("".join(run)), _opening(mark)]
                run, is_open = [], True
            run.append(char)
            place += 1
            if mark and is_open and place >= mark.end:
                pieces += [escape("".join(run)), CLOSING]
                run, mark, is_open = [], next(ahead, None), False
        pieces.append(escape("".join(run)))
    return None if is_open else pieces


def _opening(mark: Mark) -> Markup:
    opening = Markup('<a class="mark {}" href="{}" title="{}">')
    return opening.format(mark.css, mark.href, mark.title)
