"""The sections of an abstract by its headings, printed as lines of their own or within the text.

Older abstracts, and those of some publishers, come in one piece with "Purpose: … Methods: …
Results: …" in it; the labels of the others stand in the text in the same way. The headings are rows
of ``data/reading/sections.yml``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple

from kb.reading.literals import Finder
from kb.reading.rule_files import bundled
from kb.record.sentences import sentences

Kind = Literal["background", "aims", "methods", "results", "conclusions", "other"]
# A heading that no row knows, on a line of its own.
LONGEST_HEADING = 70
ENDS = frozenset(":-\u2013\u2014")
UNKNOWN = re.compile(r"(?P<heading>[A-Z][A-Z ,/&()-]{2,60}):(?=\s)")


@dataclass(frozen=True, slots=True)
class Heading:
    """A row of the file."""

    rule: str
    section: Kind
    words: Finder
    example: str
    trap: str


class HeadedSection(NamedTuple):
    """From ``start``, where the sentence of its heading begins, to the next one; its words begin
    at ``words``."""

    kind: Kind
    start: int
    words: int


def sections(text: str) -> tuple[HeadedSection, ...]:
    """The sections of a passage in order; none where it has no headings."""
    headed = (
        _heading(text, start) for start, end in sentences(text) if _may_begin(text[start:end])
    )
    return tuple(section for section in headed if section)


def _may_begin(sentence: str) -> bool:
    """Whether a sentence may begin with a heading; most do not, and are not tried."""
    begins = sentence[:LONGEST_HEADING].strip()
    is_printed_so = begins[:2].isupper() or not ENDS.isdisjoint(begins)
    return begins[:1].isupper() and (is_printed_so or len(sentence) < LONGEST_HEADING)


def _heading(text: str, start: int) -> HeadedSection | None:
    """The heading with which a sentence begins. It has a capital, and a colon, a dash or a stop
    behind it, or it is in capitals."""
    # With its end first: "Background" begins "Background and purpose:" too.
    match = _headings(ended=True).match(text, start) or _headings(ended=False).match(text, start)
    if match is None or not _is_printed_so(match):
        unknown = UNKNOWN.match(text, start) if not start or text[start - 1] == "\n" else None
        return HeadedSection("other", start, unknown.end()) if unknown else None
    return HeadedSection(_rows()[_number(match)].section, start, match.end())


def _is_printed_so(match: re.Match[str]) -> bool:
    heading = match["heading"]
    return heading[0].isupper() and (bool(match["end"]) or heading.isupper())


def _number(match: re.Match[str]) -> int:
    """Of the heading that was headed, in the file."""
    return next(n for n in range(len(_rows())) if match[f"h{n}"] is not None)


def _rows() -> tuple[Heading, ...]:
    return bundled("sections", Heading)


@cache
def _headings(*, ended: bool) -> re.Pattern[str]:
    each = "|".join(f"(?P<h{n}>{row.words.pattern.pattern})" for n, row in enumerate(_rows()))
    end = r"\s?(?:[:.]|[-\u2013\u2014](?=\s))" if ended else r"(?!\s(?:and|&)\s)"
    return re.compile(rf"\s*(?P<heading>{each})(?P<end>{end})(?=\s|$)", re.IGNORECASE)


def kind_at(parts: Sequence[HeadedSection], place: int) -> Kind | None:
    """The kind of section that a place is in."""
    before = bisect_right(parts, place, key=_start)
    return parts[before - 1].kind if before else None


def _start(section: HeadedSection) -> int:
    return section.start
