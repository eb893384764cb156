"""A work beside a citation text that may be its own: what of the one stands in the other. Pure."""

from __future__ import annotations

from kb.citations.citation import Citable, Citation, author_name, one_spelling
from kb.citations.printed_author import (
    are_families,
    begins_with,
    is_misprinted,
    may_begin,
    name_within,
)
from kb.citations.printed_journal import before_number
from kb.citations.printed_title import PrintedTitle, printed_title

# Where no place is printed, so many of the authors have to be.
LISTED = 3


class Pair:
    """A work and a citation text that may be its own: what conditions of levels ask, and what the
    words of levels name."""

    __slots__ = ("_journal", "_title", "citation", "work")

    def __init__(self, work: Citable, citation: Citation) -> None:
        self.work = work
        self.citation = citation
        self._title: PrintedTitle | None = None
        self._journal: str | None = None

    def __getitem__(self, name: str) -> object:
        return getattr(self, name)

    @property
    def title(self) -> PrintedTitle:
        """Looked for once, when it is asked for: most pairs differ before it counts."""
        if self._title is None:
            self._title = printed_title(self.work, self.citation)
        return self._title

    @property
    def before_title(self) -> list[str]:
        """The words before the title, in the spelling of names."""
        return one_spelling(" ".join(self.title.before)).split()

    @property
    def begins_with_first(self) -> bool:
        return begins_with(self.work.author, self.citation.beginning)

    @property
    def begins_with_other(self) -> bool:
        words = self.citation.beginning
        return any(
            may_begin(other, words) and begins_with(author_name(other), words)
            for other in self.work.others
        )

    @property
    def begins_with_families(self) -> bool:
        """Whether nothing but family names of its authors stands before the title, the first's
        first."""
        others = [author_name(other) for other in self.work.others]
        return are_families(self.before_title, self.work.author, others)

    @property
    def begins_with_misprint(self) -> bool:
        return is_misprinted(self.work.author, self.citation.beginning)

    @property
    def place_is_same(self) -> bool:
        return (self.work.volume, self.work.first_page) in self.citation.places

    @property
    def is_review(self) -> bool:
        """Whether it is a version of a Cochrane review: all have one number, authors and title."""
        return self.work.first_page.startswith("cd")

    @property
    def version_is_printed(self) -> bool:
        return self.year_is_same and self.work.volume != str(self.work.year)

    def volume_stands_alone(self, volume: str, page: str) -> bool:
        """Whether the volume agrees without a first page. A page that differs is another item of
        the volume, be it a letter or an erratum of the same title; but 1 counts the pages of an
        article number."""
        alone = page in ("", "1") or not self.work.first_page
        return bool(self.work.volume) and volume == self.work.volume and alone

    def page_stands_alone(self, page: str) -> bool:
        return len(page) > 1 and page == self.work.first_page and self.year_is_same

    @property
    def half_place(self) -> tuple[str, str] | None:
        """Of the places that the text prints the first of which volume or page agrees."""
        for volume, page in self.citation.places:
            if self.volume_stands_alone(volume, page) or self.page_stands_alone(page):
                return volume, page
        return None

    @property
    def has_no_place(self) -> bool:
        """Whether neither the work nor the text has a place in a volume."""
        pages = (page for _, page in self.citation.places)
        return not (self.work.volume or self.work.first_page or any(pages))

    @property
    def prints_no_place(self) -> bool:
        """Whether the text prints neither volume nor page: all its numbers are years, or stand
        before or in the title."""
        printed = {volume for volume, _ in self.citation.places}
        explained = {str(year) for year in self.citation.years}
        explained.update(self.title.before, self.work.title.split())
        return not any(page for _, page in self.citation.places) and printed <= explained

    @property
    def names_its_authors(self) -> bool:
        """Whether its first authors, as many as every list prints, stand before the title."""
        names = [self.work.author, *map(author_name, self.work.others[: LISTED - 1])]
        words = self.before_title
        return all(any(name_within(key, words) for key in name.keys) for name in names)

    @property
    def printed_volume(self) -> str:
        return self.half_place[0] if self.half_place else ""

    @property
    def known_volume(self) -> str:
        return self.work.volume or "known"

    @property
    def printed_places(self) -> str:
        places = (f"{volume}:{page}" for volume, page in self.citation.places if page)
        return ", ".join(places) or "printed"

    @property
    def printed_journal(self) -> str:
        """The words between title and number, looked for once."""
        if self._journal is None:
            self._journal = before_number(self.title.behind)
        return self._journal

    @property
    def year_is_same(self) -> bool:
        return self.work.year in self.citation.years

    @property
    def nearest_year(self) -> int:
        own = self.work.year or 0
        return min(self.citation.years, key=lambda year: abs(year - own), default=0)
