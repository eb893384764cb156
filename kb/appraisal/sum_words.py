"""The words of ``data/reading/sums.yml``, by which numbers are added up and compared. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from kb.reading.literals import Finder
from kb.reading.passage import ReadPassage
from kb.reading.rule_files import bundled

Role = Literal[
    "scale", "approximate", "estimated", "pooled", "resampled", "persons", "things", "parts"
]


@dataclass(frozen=True, slots=True)
class SumWords:
    """A row of the file, whose head explains the keys."""

    rule: str
    role: Role
    words: Finder
    example: str
    trap: str
    other: Finder | None = None
    of: Literal["persons", "things", "tests"] = "things"


ROWS = bundled("sums", SumWords)


def either(role: Role) -> str:
    """A pattern for the words of all rows of a role."""
    return "(?:" + "|".join(row.words.pattern.pattern for row in ROWS if row.role == role) + ")"


SCALE = re.compile(
    rf"{either('scale')}(?:\s(?:of|was|were|is|at|than|or|better|worse|and))*[\s-]?$"
)
# A sign before a percentage compares it too.
APPROXIMATE = re.compile(rf"(?:{either('approximate')}\s|[<>≤≥~≈±]\s?=?\s?)$")
ESTIMATED = Finder(either("estimated"))
POOLED = Finder(either("pooled"))
RESAMPLED = Finder(either("resampled"))
PARTS = tuple(row for row in ROWS if row.role == "parts" and row.other)
FINDERS = tuple(each for row in PARTS for each in (row.words, row.other) if each)
REACH = 40  # characters before a number in which such words stand


def stands_before(words: re.Pattern[str], text: str, place: int) -> bool:
    """Whether the words stand right before a place."""
    return words.search(text, max(0, place - REACH), place) is not None


def holds(read: ReadPassage, words: Finder) -> bool:
    """Whether the words stand anywhere in a passage."""
    return words in read.possible and words.pattern.search(read.low) is not None
