"""A search and its answer in words, for titles of feeds and pages and for citing it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from kb.site.filters import SINGLE, TOLD, Asked

MOST_PMIDS = 6


class About(NamedTuple):
    """What of a base an answer is cited by; None where the base does not say it. ``newest`` is the
    moment at which its newest record was read."""

    base_id: str | None
    newest: str | None
    version: str | None


def in_words(asked: Asked, labels: Mapping[str, str]) -> str:
    """What a search asks for, empty where it asks for everything; ``labels`` are the names of
    topics."""
    parts = [f"“{asked.text}”"] if asked.text else []
    parts += [labels.get(topic, topic) for topic in asked.topics]
    if asked.pmids:
        shown = ", ".join(map(str, asked.pmids[:MOST_PMIDS]))
        more = f" and {len(asked.pmids) - MOST_PMIDS} more" if asked.pmids[MOST_PMIDS:] else ""
        parts.append(f"PMID {shown}{more}")
    chosen = (name for name in SINGLE if name in asked.filters)
    parts += [f"{TOLD.get(name, name).lower()} {asked.filters[name]}" for name in chosen]
    return ", ".join(parts)


def to_cite(site: str, about: About, what: str, address: str) -> str:
    """One sentence by which an answer can be found again: of which base, of when, where."""
    known = [
        f"base {about.base_id or 'without an id'}",
        about.newest and f"newest record of {about.newest[:10]}",
        about.version and f"version {about.version}",
    ]
    return f"{site} ({', '.join(filter(None, known))}). {what}. {address}"
