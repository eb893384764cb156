"""What stands before a number that is no count of people. Pure patterns, as in kb.appraisal.people.

Some of the words are those of the field, which the vocabulary lists: its stages, its tests.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from kb.appraisal.numbers import BELOW_100
from kb.tagging.vocabulary import FieldWords

# What ends before a number where it is no exact count.
CODED = (
    *("stages?", "grades?", "groups?", "types?", "class", "phases?", "levels?", "tables?"),
    *(r"fig(?:ure)?s?\.?", "scores?", "ages?", "aged"),
    r"(?<![0-9]\s)(?:days?|weeks?|months?|years?)",
    *("cycles?", "courses?", "arm", "version", "iodine"),
)
INEXACT = (
    "than|at least|at most|up to|about|approximately|around|nearly|almost|over|under|every|per"
    "|each|some|roughly|circa|within|only|other|remaining|additional|further|another|first|last"
)
# An examination, of which one patient may have several.
EXAMINED = (
    *("ct", "mri?", "pet", "spect", r"ultraso\w+", r"sonograph\w+", r"scintigraph\w+", "scans?"),
    *(r"radiograph\w*", "imaging", "x-rays?"),
)


class NotCounts(NamedTuple):
    """``before`` a number in a sentence, and ``examined`` right before an n in brackets."""

    before: re.Pattern[str]
    examined: re.Pattern[str]


@cache
def not_counts(words: FieldWords) -> NotCounts:
    """The patterns with the words of the field."""
    coded = "|".join((*CODED, *map(re.escape, words.stages)))
    examined = "|".join((*EXAMINED, *map(re.escape, words.tests)))
    return NotCounts(
        before=re.compile(
            r"(?:[\d±<>≤≥≈~=+]|\b(?:hundred|thousand|million|dozen)(?: and)?)\s*$"
            rf"|\b(?:{coded})\s+(?:\w{{1,3}}\s*(?:,|/|-|&|and|or|to)\s*)*$"
            rf"|\b(?:{INEXACT})\s+(?:the\s+|a\s+)?$"
            r"|\b(?:1|one)\s*(?:in|per|:|/|(?:out )?of every|out of)\s*(?:every\s+)?$"
            rf"|(?:\d|\b{BELOW_100})\s*(?:-|to|or)\s*$"
            r"|\bbetween\s+\S+\s+and\s*$"
        ),
        examined=re.compile(rf"\b(?:{examined})[\s(,:]*$"),
    )
