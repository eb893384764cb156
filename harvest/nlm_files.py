"""NLM's baseline and update files: on which day PubMed said what one of them holds.

Since the baseline of 2026 these files come from the same system as the site and the API (NLM
Technical Bulletin 2025;464:e5), so that to read one is to ask PubMed on the day on which it was
made. Neither its name nor its contents tell that day; a file is not older than the newest revision
in it, so that day counts.
"""

from __future__ import annotations

import re
from datetime import date

NAME = re.compile(r"pubmed([0-9]{2})n[0-9]{4}\.xml(?:\.gz)?")
FIRST_YEAR, FIRST_DTD = 26, 260101
# Of a file, so much holds its document type.
HEAD = 1_000
REVISED = re.compile(
    rb"<DateRevised>\s*<Year>([0-9]{4})</Year>\s*<Month>([0-9]{1,2})</Month>\s*"
    rb"<Day>([0-9]{1,2})</Day>\s*</DateRevised>"
)


def may_be_of_the_site(name: str) -> bool:
    """Whether a file is named as those of the baseline of 2026 and later ones are."""
    named = NAME.fullmatch(name)
    return named is not None and int(named[1]) >= FIRST_YEAR


def is_of_the_site(name: str, head: bytes) -> bool:
    """Whether a file is one of these by its name and by the DTD that its first bytes name."""
    dtd = re.search(rb"pubmed_([0-9]{6})\.dtd", head)
    return may_be_of_the_site(name) and dtd is not None and int(dtd[1]) >= FIRST_DTD


def revised(xml: bytes) -> str:
    """The day on which a record was revised last, YYYY-MM-DD; empty where it tells none."""
    told = REVISED.search(xml)
    try:
        return date(*map(int, told.groups())).isoformat() if told else ""
    except ValueError:
        return ""
