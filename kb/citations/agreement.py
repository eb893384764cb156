"""Whether a citation text is that of a work, and what of it agrees. Pure.

Author, place, title, journal and year are compared one by one (``kb.citations.levels``); each says
in the reason what level it reached. Which levels suffice together is a list of combinations and no
sum of similarities: a title alone never decides, since twins exist; nor do authors, volume and page
without one of title and journal. Of a Cochrane review, whose versions share number, authors and
title, the year has to be printed too, and a volume that is no year.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kb.citations import levels
from kb.citations.citation import Citable, Citation
from kb.citations.levels import (
    AuthorLevel,
    HalfPlaceLevel,
    JournalLevel,
    PlaceLevel,
    TitleLevel,
    YearLevel,
    reached,
)
from kb.citations.pair import Pair


class Agreement(NamedTuple):
    """``agrees`` is the verdict, ``reason`` says what agreed and what did not; ``score`` is how
    much of the title stands in the text, 0 to 1: low where the citation prints no title. ``near``
    is whether the work is worth a word where it is not the one."""

    agrees: bool
    score: float
    reason: str
    near: bool = True


class Reached(NamedTuple):
    """The level that each comparison of a pair reached."""

    author: AuthorLevel
    place: PlaceLevel | HalfPlaceLevel
    title: TitleLevel
    journal: JournalLevel
    year: YearLevel


class Combination(NamedTuple):
    """Levels that suffice: one of each set."""

    author: frozenset[AuthorLevel]
    place: frozenset[PlaceLevel] | frozenset[HalfPlaceLevel]
    title: frozenset[TitleLevel]
    journal: frozenset[JournalLevel]
    year: frozenset[YearLevel]

    def holds(self, pair: Reached) -> bool:
        return (
            pair.author in self.author
            and pair.place in self.place
            and pair.title in self.title
            and pair.journal in self.journal
            and pair.year in self.year
        )


FIRST = frozenset((AuthorLevel.FIRST,))
NOT_FIRST = frozenset(AuthorLevel) - FIRST - {AuthorLevel.STRANGER}

SAME_PLACE = frozenset((PlaceLevel.SAME,))
BUT_FOR_E = frozenset((PlaceLevel.E_ASIDE,))
HALF = frozenset((HalfPlaceLevel.VOLUME, HalfPlaceLevel.PAGE))
NO_PLACE = frozenset((HalfPlaceLevel.UNPLACED, HalfPlaceLevel.UNPRINTED))

LONG_TITLE = frozenset((TitleLevel.LONG,))
FULL_TITLE = LONG_TITLE | {TitleLevel.FULL}
TITLE_OR_CUT = FULL_TITLE | {TitleLevel.BRIEF, TitleLevel.CUT}
TITLE_ANYWHERE = TITLE_OR_CUT | {TitleLevel.WITHIN}
BARE_TITLE = frozenset((TitleLevel.BARE,))
NO_OTHER_TITLE = frozenset(TitleLevel) - {TitleLevel.LACKING, TitleLevel.PART}

WHOLE_NAME = frozenset((JournalLevel.NAMED,))
ANY_JOURNAL = frozenset(JournalLevel)
ITS_JOURNAL = ANY_JOURNAL - {JournalLevel.OTHER}

SAME_YEAR = frozenset((YearLevel.SAME,))
NO_OTHER_YEAR = frozenset(YearLevel) - {YearLevel.OTHER}
PRINTED_YEAR = NO_OTHER_YEAR - {YearLevel.UNPRINTED}

# Where volume and first page agree, but for an e before the page.
AT_ITS_PLACE: Sequence[Combination] = (
    Combination(FIRST, SAME_PLACE, TITLE_ANYWHERE, ANY_JOURNAL, NO_OTHER_YEAR),
    Combination(FIRST, SAME_PLACE, BARE_TITLE, WHOLE_NAME, NO_OTHER_YEAR),
    Combination(FIRST, SAME_PLACE, NO_OTHER_TITLE, ITS_JOURNAL, SAME_YEAR),
    Combination(NOT_FIRST, SAME_PLACE, TITLE_OR_CUT, ITS_JOURNAL, NO_OTHER_YEAR),
    Combination(FIRST | NOT_FIRST, BUT_FOR_E, TITLE_OR_CUT, ITS_JOURNAL, NO_OTHER_YEAR),
)
# Where the first author agrees and half of the place, or there is none.
MISPLACED: Sequence[Combination] = (
    Combination(FIRST, HALF, FULL_TITLE, ITS_JOURNAL, PRINTED_YEAR),
    Combination(FIRST, NO_PLACE, LONG_TITLE, ITS_JOURNAL, SAME_YEAR),
)


def compare(work: Citable, citation: Citation) -> Agreement:
    """Whether a text that gives a work's volume and first page, but for an e, is its citation."""
    pair = Pair(work, citation)
    author = reached(levels.AUTHOR, pair)
    if author is AuthorLevel.STRANGER:
        return Agreement(False, 0.0, author.say(pair))
    each = Reached(
        author,
        reached(levels.PLACE, pair),
        reached(levels.TITLE, pair),
        reached(levels.JOURNAL, pair),
        reached(levels.YEAR, pair),
    )
    says = [f"{author.say(pair)}, {each.place.say(pair)}"]
    says += (each.title.say(pair), each.year.say(pair), each.journal.say(pair))
    agrees = any(combination.holds(each) for combination in AT_ITS_PLACE)
    if agrees and pair.is_review and not pair.version_is_printed:
        agrees = False
        says.append(HalfPlaceLevel.VERSION.say(pair))
    return Agreement(agrees, pair.title.score, "; ".join(says))


def compare_misplaced(work: Citable, citation: Citation) -> Agreement:
    """Whether a text is a work's whose first author and volume, or first page, stand in it."""
    pair = Pair(work, citation)
    year = reached(levels.YEAR, pair)
    if year not in PRINTED_YEAR or not pair.begins_with_first:
        return Agreement(False, 0.0, "", near=False)
    title = reached(levels.TITLE, pair)
    if title not in FULL_TITLE:
        return Agreement(False, pair.title.score, "", near=False)
    place, journal = reached(levels.HALF_PLACE, pair), reached(levels.JOURNAL_BEHIND, pair)
    each = Reached(AuthorLevel.FIRST, place, title, journal, year)
    says = [f"{each.author.say(pair)} agrees", place.say(pair)]
    says += (title.say(pair), year.say(pair), journal.say(pair))
    agrees = any(combination.holds(each) for combination in MISPLACED)
    return Agreement(agrees, pair.title.score, "; ".join(says))
