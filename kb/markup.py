"""PubMed's inline markup as plain text and as safe HTML; nothing is cut at a tag."""

from __future__ import annotations

import html
import re
from xml.etree.ElementTree import Element

# Only what XML counts as white space: no-break and thin spaces are part of the published text.
SPACE = re.compile(r"[ \t\r\n]+")
KEPT = {"b", "i", "u", "sub", "sup"}


def plain(element: Element | None) -> str:
    """All text of an element and its descendants (formulas too), white space folded."""
    if element is None:
        return ""
    return SPACE.sub(" ", "".join(element.itertext())).strip(" ")


def safe_html(element: Element | None) -> str:
    """The same text, escaped, with b, i, u, sub and sup; no attribute ever comes through."""
    if element is None:
        return ""
    return SPACE.sub(" ", _inside(element)).strip(" ")


def _inside(element: Element) -> str:
    parts = [html.escape(element.text or "")]
    for child in element:
        inside = _inside(child)
        parts.append(f"<{child.tag}>{inside}</{child.tag}>" if child.tag in KEPT else inside)
        parts.append(html.escape(child.tail or ""))
    return "".join(parts)
