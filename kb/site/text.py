"""Published text as HTML. It is hostile: only known tags come through. Pure."""

from __future__ import annotations

import html
import re

from markupsafe import Markup, escape

TAG = re.compile(r"(</?(?:b|i|u|sub|sup|p|br|h3|h4)>)")
MARK = re.compile("\x02([^\x02\x03]*)\x03")

LONGEST_HEADLINE = 600  # characters


def published(text: str | None) -> Markup:
    """The HTML of a title or an abstract, with every tag escaped that the build never writes.

    The build has escaped it already; a file made elsewhere has not.
    """
    pieces = TAG.split(text or "")
    return Markup("").join(
        Markup(piece) if place % 2 else escape(html.unescape(piece))  # noqa: S704
        for place, piece in enumerate(pieces)
    )


def headline(title_html: str | None) -> Markup:
    """A title in a list, where a title of 100 kB would hide all others; its own page shows all."""
    if title_html is None or len(title_html) <= LONGEST_HEADLINE:
        return published(title_html)
    return escape(shortened(without_tags(title_html)))


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST_HEADLINE else f"{text[:LONGEST_HEADLINE]}…"


def marked(text: str | None) -> Markup | None:
    """Escaped text with the words that FTS5 put between its marks as <mark>; None without any."""
    if text is None or not MARK.search(text):
        return None
    marks = MARK.sub(r"<mark>\1</mark>", str(escape(text)))
    return Markup(marks.replace("\x02", "").replace("\x03", ""))  # noqa: S704


def without_tags(text: str | None) -> str:
    """For places that hold text alone, as a page's title does."""
    return html.unescape(TAG.sub("", text or ""))
