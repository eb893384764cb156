"""What of a work and a citation is compared, and the levels that each comparison has. Pure.

A comparison is a row of levels; of these the first that holds counts. Which of them make a text the
citation of a work: ``kb.citations.agreement``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import TypeVar

from kb.citations.pair import Pair
from kb.citations.printed_journal import is_abbreviated, is_misprinted, stands_before_number
from kb.citations.printed_title import TITLE_WORDS

# From so many words on a title is one that no other work has by chance; from so many on it tells a
# work without a place in a volume.
FULL_WORDS, LONG_WORDS = 4, 6


class Level(Enum):
    """A level of a comparison: what it means, what it says in the reason, and when it holds if none
    before it does. ``{…}`` in its words are of the ``Pair``."""

    def __init__(self, means: str, says: str, holds: Callable[[Pair], object]) -> None:
        self.means = means
        self.says = says
        self.holds = holds
        self.names = "{" in says

    # That of Enum hashes the name anew each time, and combinations ask for it all the time.
    __hash__ = object.__hash__

    @property
    def label(self) -> str:
        return self.name.lower().replace("_", " ")

    def row(self) -> str:
        return f"- {self.label}: {self.means}. Says: {self.says}"

    def say(self, pair: Pair) -> str:
        return self.says.format_map(pair) if self.names else self.says


def otherwise(_: Pair) -> bool:
    return True


def _is_known_without(pair: Pair) -> bool:
    """Whether year and title are the work's, so that its first author may be missing."""
    if reached(YEAR, pair) is YearLevel.OTHER:
        return False
    return pair.title.in_full or bool(pair.title.shortened and not pair.work.in_series)


class AuthorLevel(Level):
    FIRST = "it begins with the first author", "first author", lambda p: p.begins_with_first
    OTHER = (
        "title and year are the work's, and it begins with another of its authors",
        "not the first but another of its authors",
        lambda p: _is_known_without(p) and p.begins_with_other,
    )
    FAMILY = (
        "title and year are the work's, and family names of its authors alone stand before it",
        "first author, by the family name alone",
        lambda p: _is_known_without(p) and p.begins_with_families,
    )
    MISPRINT = (
        "title and year are the work's, and it begins with the first author but for one letter",
        "first author {work.first_author}, misprinted by a letter",
        lambda p: _is_known_without(p) and p.begins_with_misprint,
    )
    NOBODY = (
        "title and year are the work's, and no name stands before the title",
        "no author printed",
        lambda p: _is_known_without(p) and not any(map(str.isalpha, p.title.before)),
    )
    STRANGER = "anything else", "the text does not begin with {work.first_author}", otherwise


class PlaceLevel(Level):
    SAME = (
        "volume and first page are the work's",
        "volume {work.volume} and first page {work.first_page} agree",
        lambda p: p.place_is_same,
    )
    E_ASIDE = (
        "they are, but for an e before the page",
        "volume {work.volume} and first page {work.first_page} agree; but for an e before the page",
        otherwise,
    )


class HalfPlaceLevel(Level):
    VERSION = (
        "the work is one version of a Cochrane review",
        "it is one version of a review, and which is not printed",
        lambda p: p.is_review,
    )
    VOLUME = (
        "the volume is the work's; no first page is printed or known, or it is printed as 1",
        "volume {work.volume} agrees; no first page to compare",
        lambda p: p.half_place and p.volume_stands_alone(*p.half_place),
    )
    PAGE = (
        "a first page of two letters or more and the year are the work's, the volume is not",
        "first page {work.first_page} agrees; volume {printed_volume} is not {known_volume}",
        lambda p: p.half_place,
    )
    UNPLACED = (
        "the work has neither, and no page is printed",
        "neither volume nor first page to compare",
        lambda p: p.has_no_place,
    )
    UNPRINTED = (
        "the text prints neither, but all of its first three authors",
        "neither volume nor first page is printed",
        lambda p: p.prints_no_place and p.names_its_authors,
    )
    ELSEWHERE = (
        "anything else",
        "its place is {work.volume}:{work.first_page}, not {printed_places}",
        otherwise,
    )


class TitleLevel(Level):
    LONG = (
        f"in full, of {LONG_WORDS} words or more",
        "the title agrees",
        lambda p: p.title.in_full and p.title.words >= LONG_WORDS,
    )
    FULL = (
        f"in full, of {FULL_WORDS} words or more",
        "the title agrees",
        lambda p: p.title.in_full and p.title.words >= FULL_WORDS,
    )
    BRIEF = "in full, of three words", "the title agrees", lambda p: p.title.in_full
    WITHIN = (
        "told of (a reply, an erratum), part of another title, or with other numbers",
        "the title agrees",
        lambda p: p.title.agrees,
    )
    PART = (
        "cut short right before the journal, of one of a series: another part may begin alike",
        "the title is cut short: {title.shortened}, one of a series",
        lambda p: p.title.shortened and p.work.in_series,
    )
    CUT = (
        "cut short, and the journal stands right behind it",
        "the title is cut short: {title.shortened}",
        lambda p: p.title.shortened,
    )
    LACKING = (
        "alike, but a long word of it is replaced",
        "the title is nearly its own, but lacks {title.lacking}",
        lambda p: p.title.is_alike,
    )
    BARE = (
        "a title of one or two words, and something behind it",
        "its title is too short to tell",
        lambda p: p.title.words < TITLE_WORDS and p.title.behind,
    )
    SHORT = (
        "a title of one or two words",
        "its title is too short to tell",
        lambda p: p.title.words < TITLE_WORDS,
    )
    OTHERWISE = "anything else", "its title is not printed, or otherwise", otherwise


class JournalLevel(Level):
    NAMED = (
        "a name of it stands as a whole right before a number",
        "the journal agrees",
        lambda p: stands_before_number(p.citation, p.work.journals),
    )
    FOLLOWS = (
        "a name of it stands between title and number",
        "the journal agrees",
        lambda p: p.printed_journal in p.work.journals,
    )
    ABBREVIATED = (
        "an abbreviation of it stands there, word by word",
        "the journal is abbreviated",
        lambda p: is_abbreviated(p.printed_journal, p.work.journals),
    )
    MISPRINTED = (
        "nearly a name of it stands there",
        "the journal is nearly {work.journal}, printed as {printed_journal}",
        lambda p: is_misprinted(p.printed_journal, p.work.journals),
    )
    OTHER = "anything else", "the journal is not printed as {work.journal}", otherwise


class YearLevel(Level):
    SAME = "the work's is printed", "year {work.year} agrees", lambda p: p.year_is_same
    UNPRINTED = "no year is printed", "no year to compare", lambda p: not p.citation.years
    UNKNOWN = "the work has none", "no year to compare", lambda p: p.work.year is None
    ELECTRONIC = (
        "that of the electronic version is",
        "year {work.epub_year} is that of the electronic version, {work.year} of the issue",
        lambda p: p.work.epub_year in p.citation.years,
    )
    BESIDE = (
        "the year before or after is",
        "year {nearest_year} against {work.year} of the issue",
        lambda p: abs(p.nearest_year - p.work.year) <= 1,
    )
    OTHER = "anything else", "year {nearest_year} against {work.year} of the issue", otherwise


# What ``help`` shows of a comparison are its rows.
for comparison in (AuthorLevel, PlaceLevel, HalfPlaceLevel, TitleLevel, JournalLevel, YearLevel):
    comparison.__doc__ = "\n".join(
        (f"{comparison.__name__}: the first that holds.", *map(Level.row, comparison))
    )

L = TypeVar("L", bound=Level)

AUTHOR, PLACE, HALF_PLACE = tuple(AuthorLevel), tuple(PlaceLevel), tuple(HalfPlaceLevel)
TITLE, JOURNAL, YEAR = tuple(TitleLevel), tuple(JournalLevel), tuple(YearLevel)
# Where the place is half of one, the journal has to stand behind the title.
JOURNAL_BEHIND = JOURNAL[1:]


def reached(levels: Sequence[L], pair: Pair) -> L:
    """The first of the levels that holds; the last of a comparison always does."""
    for level in levels:
        if level.holds(pair):
            return level
    raise AssertionError(levels)
