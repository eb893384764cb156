"""Whether a citation text is that of a work, and what of it agrees. Pure.

Where the volume and the first page agree, the text is the work's if it

- begins with the first author, and the title and the year agree (the year within one), or the
  journal and the year do;
- begins with another author of the work or with none, and the title, the journal and the year
  (within one) agree.

A title that is cut short counts where the journal stands right behind it. Where the page or the
volume is not printed, or printed otherwise, or the work has neither yet, the first author, the
title in full, the journal right behind it and the year all have to agree. A title alone never
decides, since twins exist; nor do authors, volume and page without one of title and journal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from rapidfuzz import fuzz, process

from kb.citations.citation import PARTICLES, Citable, Citation, Name, author_name, folded

TITLE_AGREES = 0.9
# Words that carry a title, and how alike (of 100) two spellings of one are.
LONG_WORD = 5
WORD_AGREES = 80
# Shorter titles ("Neuroblastoma", "Letter") are found in too many citations to count.
TITLE_WORDS = 3
# So many words of a title, and no fewer letters, are enough of one that is cut short.
BEGINNING_WORDS, BEGINNING_LETTERS = 4, 24
# A work without a place in a volume is known by a title of so many words.
UNPLACED_WORDS = 6
# From how many letters on a journal may be misprinted, and how alike (of 100) it then is.
JOURNAL_LETTERS, JOURNAL_NEARLY = 6, 81
SUFFIXES = frozenset(("jr", "sr", "ii", "iii"))
OTHERS = frozenset(("et", "and"))
# What stands before a title where the citation is of another item about it.
NOTICES = frozenset(
    (
        *("addendum", "comment", "comments", "commentary", "correction", "corrections"),
        *("corrigenda", "corrigendum", "errata", "erratum", "letter", "replies", "reply"),
        *("response", "responses", "retracted", "retraction", "withdrawal", "withdrawn"),
    )
)
UNSPOKEN = frozenset(("a", "and", "de", "der", "for", "in", "la", "le", "of", "on", "the", "und"))
# Between journal and number.
VOLUME_WORDS = frozenset(("vol", "vols", "volume", "v", "bd", "band", "tome", "t"))
ROMAN = frozenset(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"))
DIGITS = re.compile(r"[0-9]+")


@dataclass(frozen=True)
class Comparison:
    """``agrees`` is the verdict, ``words`` say what agreed and what did not; ``score`` is how much
    of the title stands in the text, 0 to 1: low where the citation prints no title. ``near`` is
    whether the work is worth a word where it is not the one."""

    agrees: bool
    score: float
    words: str
    near: bool = True


class Begins(Enum):
    """With whom a citation begins."""

    FIRST = "first author"
    OTHER = "not the first but another of its authors"
    NOBODY = "no author printed"
    STRANGER = "another author"


@dataclass(frozen=True)
class Title:
    """Where a title stands in a citation: the words before and behind it, and how well it agrees;
    ``agrees`` is None where that tells nothing. ``whole``: with every number, and nothing before
    it that says that the citation is about another item. ``cut``: the beginning of it alone."""

    agrees: bool | None
    score: float
    words: str
    whole: bool = False
    cut: bool = False
    before: Sequence[str] = ()
    behind: Sequence[str] = ()


def compare(work: Citable, citation: Citation) -> Comparison:
    """Whether a text that gives a work's volume and first page, but for an e, is its citation."""
    first = begins_with(work.author, citation.beginning)
    year, year_words = _year(work, citation.years)
    title = _title(work, citation) if first or year else None
    begins = Begins.FIRST if first else _begins(work, citation, title)
    if title is None or begins is Begins.STRANGER:
        return Comparison(False, 0.0, f"the text does not begin with {work.first_author}")
    exact = work.year in citation.years
    journal, journal_words = _journal(work, citation)
    nearly = journal
    if not journal and title.behind:
        nearly, journal_words = _journal_behind(work, title)
    same_page = (work.volume, work.first_page) in citation.places
    if begins is Begins.FIRST and same_page:
        by_title = (title.agrees or title.cut or (title.behind and journal)) and year
        agrees = bool(by_title or (nearly and exact)) and title.agrees is not False
    else:
        agrees = (title.whole or title.cut) and nearly and year
    words = [
        f"{begins.value}, volume {work.volume} and first page {work.first_page} agree",
        *(() if same_page else ("but for an e before the page",)),
        *(title.words, year_words, journal_words),
    ]
    if agrees and _is_review(work) and (not exact or work.volume == str(work.year)):
        agrees = False
        words.append("it is one version of a review, and which is not printed")
    return Comparison(agrees, title.score, "; ".join(words))


def _is_review(work: Citable) -> bool:
    """Whether it is a version of a Cochrane review: all have one number, authors and title."""
    return work.first_page.startswith("cd")


def compare_misplaced(work: Citable, citation: Citation) -> Comparison:
    """Whether a text is a work's whose first author and volume, or first page, stand in it."""
    year, year_words = _year(work, citation.years)
    if not (year and citation.years and begins_with(work.author, citation.beginning)):
        return Comparison(False, 0.0, "", near=False)
    title = _title(work, citation)
    if not title.whole or len(work.title.split()) < BEGINNING_WORDS:
        return Comparison(False, title.score, "", near=False)
    journal, journal_words = _journal_behind(work, title)
    place, place_words = _misplaced(work, citation)
    words = "; ".join(("first author agrees", place_words, title.words, year_words, journal_words))
    return Comparison(place and journal, title.score, words)


def _misplaced(work: Citable, citation: Citation) -> tuple[bool, str]:
    """Whether volume or page agree and the other is not printed, not known or misprinted.

    A page that differs is another item of the volume, be it a letter or an erratum of the same
    title: but 1 counts the pages of an article number, and e is printed before one or not.
    """
    if _is_review(work):
        return False, "it is one version of a review, and which is not printed"
    exact = work.year in citation.years
    for volume, page in citation.places:
        if work.volume and volume == work.volume and (page in ("", "1") or not work.first_page):
            return True, f"volume {volume} agrees; no first page to compare"
        if len(page) > 1 and page == work.first_page and exact and not _is_review(work):
            return (
                True,
                f"first page {page} agrees; volume {volume} is not {work.volume or 'known'}",
            )
    if not (work.volume or work.first_page or any(page for _, page in citation.places)):
        long = len(work.title.split()) >= UNPLACED_WORDS
        return exact and long, "neither volume nor first page to compare"
    printed = ", ".join(f"{volume}:{page}" for volume, page in citation.places if page)
    return False, f"its place is {work.volume}:{work.first_page}, not {printed or 'printed'}"


def _begins(work: Citable, citation: Citation, title: Title | None) -> Begins:
    """Who is printed where the first author is not: a stranger unless the title is the work's."""
    if title is None or not (title.whole or title.cut):
        return Begins.STRANGER
    if any(begins_with(author_name(other), citation.beginning) for other in work.others):
        return Begins.OTHER
    unnamed = not any(word.isalpha() for word in title.before)
    return Begins.NOBODY if unnamed else Begins.STRANGER


def begins_with(author: Name, words: Sequence[str]) -> bool:
    """Whether the first author printed is this one: the family name with, where initials stand
    beside it, the first of them. Only a number or initials may stand before the name."""
    for start in range(min(len(words), 6)):
        before = [w for w in words[:start] if not w.isdigit() and w not in PARTICLES]
        if before and not _are_given(before, author.given):
            break
        for key in author.keys:
            length = _words_of(key, words[start:])
            after = words[start + length :]
            if length and (before or _may_follow(after, author.given)):
                return True
    return False


def _words_of(key: str, words: Sequence[str]) -> int:
    """How many words from the first on are together the key, or 0."""
    joined = ""
    for count, word in enumerate(words, start=1):
        joined += word
        if joined == key:
            return count
        if not key.startswith(joined):
            break
    return 0


def _are_given(words: Sequence[str], given: Sequence[str]) -> bool:
    """Whether words before a family name are the author's own: J M, JM, John M."""
    return (
        bool(given)
        and words[0][0] == given[0][0]
        and all(word in given or word in given[0] for word in words)
    )


def _may_follow(words: Sequence[str], given: Sequence[str]) -> bool:
    """Whether what stands behind a family name does not make it another person's."""
    if not words or not given:
        return True
    if words[0][0] == given[0][0] or words[0] in OTHERS or words[0].isdigit():
        return True
    return words[0] in SUFFIXES and _may_follow(words[1:], given)


def _journal(work: Citable, citation: Citation) -> tuple[bool, str]:
    """Whether a name of the journal stands there as a whole, right before a number: the Cancer of
    "Pediatr Blood Cancer 2007" and the Lancet of "Lancet Oncol 2007" are other journals."""
    words = f" {citation.words} "
    for journal in work.journals:
        found = words.split(f" {journal} ")[1:]
        if any(map(_before_number, found)) and _begins_a_part(citation, journal):
            return True, "the journal agrees"
    return False, f"the journal is not printed as {work.journal}"


def _before_number(behind: str) -> bool:
    words = behind.split(maxsplit=2)
    if words and words[0] in VOLUME_WORDS:
        del words[0]
    return bool(words) and words[0][0].isdigit()


def _begins_a_part(citation: Citation, words: str) -> bool:
    """Whether these words stand somewhere behind a mark, or behind "the" and a mark."""
    return any(
        not head or not (head[-1].isalnum())
        for head in (found.removesuffix(" the") for found in _heads(citation, words))
    )


def _heads(citation: Citation, words: str) -> Iterator[str]:
    """What the text has before these words, wherever they stand in it."""
    at, first = -1, words.split(" ", 1)[0]
    while (at := citation.plain.find(first, at + 1)) >= 0:
        if folded(citation.plain[at : at + 2 * len(words)]).startswith(words):
            yield citation.plain[:at].rstrip()


def _journal_behind(work: Citable, title: Title) -> tuple[bool, str]:
    """Whether what stands between title and number is the journal: its name, an abbreviation of it
    or one of these with a misprint."""
    words: list[str] = []
    for word in title.behind:
        if word[0].isdigit() and words:
            break
        if not word[0].isdigit():
            words.append(word)
    while words and words[-1] in VOLUME_WORDS:
        words.pop()
    printed = " ".join(words[1:] if words[:1] in (["the"], ["in"]) else words)
    if printed in work.journals:
        return True, "the journal agrees"
    if any(_abbreviates(printed.split(), journal.split()) for journal in work.journals):
        return True, "the journal is abbreviated"
    long = [name for name in work.journals if min(len(name), len(printed)) >= JOURNAL_LETTERS]
    if any(fuzz.ratio(name, printed, score_cutoff=JOURNAL_NEARLY) for name in long):
        return True, f"the journal is nearly {work.journal}, printed as {printed}"
    return False, f"the journal is not printed as {work.journal}"


def _abbreviates(short: Sequence[str], full: Sequence[str]) -> bool:
    """Whether each word is the beginning of one of the name, or letters of it from the first to
    the last (Natl), in their order; a single word stands for nothing but itself."""
    short, full = ([w for w in words if w not in UNSPOKEN] for words in (short, full))
    if len(short) != len(full) or len(full) < 2:
        return False
    return all(_shortens(a, b) or _shortens(b, a) for a, b in zip(short, full, strict=True))


def _shortens(short: str, full: str) -> bool:
    if full.startswith(short):
        return True
    rest = iter(full)
    return short[0] == full[0] and short[-1] == full[-1] and all(letter in rest for letter in short)


def _title(work: Citable, citation: Citation) -> Title:
    """How much of the title stands there.

    A word that is replaced makes another title, however long the rest: "diseases of the nervous
    system" and "of the digestive system" are two parts of a series on one page of a volume.
    """
    words, title = citation.words, work.title.split()
    before, found, behind = f" {words} ".partition(f" {work.title} ")
    if found and len(title) >= TITLE_WORDS:
        whole = _opens(citation, before.split(), title)
        return Title(True, 1.0, "the title agrees", whole, False, before.split(), behind.split())
    return _nearly_titled(work, citation, title)


def _nearly_titled(work: Citable, citation: Citation, title: Sequence[str]) -> Title:
    words = citation.words
    found = fuzz.partial_ratio_alignment(work.title, words)
    if found is None:
        return Title(None, 0.0, "its title is not known")
    score = round(found.score / 100, 4)
    before, there, behind = _around(words, found.dest_start, found.dest_end)
    if len(title) < TITLE_WORDS:
        said = "its title is too short to tell"
        return Title(None, score, said, behind=behind if there == title else ())
    if score < TITLE_AGREES:
        said = "its title is not printed, or otherwise"
        return _cut(work, citation, score) or Title(None, score, said)
    if lacking := _lacking(title, words.split()):
        said = f"the title is nearly its own, but lacks {', '.join(lacking)}"
        return _cut(work, citation, score) or Title(False, score, said)
    whole = (
        [there[0][0], there[-1][0]] == [title[0][0], title[-1][0]]
        and _numbers(there) == _numbers(title)
        and _opens(citation, before, there)
    )
    return Title(True, score, "the title agrees", whole, False, before, behind)


def _lacking(title: Sequence[str], printed: Sequence[str]) -> list[str]:
    return [
        word
        for word in title
        if len(word) >= LONG_WORD
        and word.isalpha()
        and not process.extractOne(word, printed, scorer=fuzz.ratio, score_cutoff=WORD_AGREES)
    ]


def _opens(citation: Citation, before: Sequence[str], there: Sequence[str]) -> bool:
    """Whether a title begins where it is found, and is not the rest of another one or told of."""
    if NOTICES.intersection(before):
        return False
    heads = _heads(citation, " ".join(there[:BEGINNING_WORDS]))
    return any(not head or not head[-1].isalpha() or head.endswith(" al") for head in heads)


def _cut(work: Citable, citation: Citation, score: float) -> Title | None:
    """The title as far as it is printed, where that is enough of it and the journal follows.

    Of one of a series that is no title: another part may begin alike on the same page.
    """
    title = work.title.split()
    start = title[:BEGINNING_WORDS]
    head, found, rest = f" {citation.words} ".partition(f" {' '.join(start)} ")
    before, behind = head.split(), rest.split()
    if not found or not _opens(citation, before, start):
        return None
    more = 0
    for word, expected in zip(behind, title[BEGINNING_WORDS:], strict=False):
        if word != expected:
            break
        more += 1
    there = " ".join(title[: BEGINNING_WORDS + more])
    said = f"the title is cut short: {there}"
    cut = Title(None, score, said, cut=True, before=before, behind=behind[more:])
    if len(there) < BEGINNING_LETTERS or not _journal_behind(work, cut)[0]:
        return None
    if work.in_series:
        return Title(False, score, f"{said}, one of a series")
    return cut


def _around(words: str, start: int, end: int) -> tuple[list[str], list[str], list[str]]:
    """The words before, in and after a stretch, which takes in the words that it cuts."""
    start = words.rfind(" ", 0, start) + 1 if start and words[start - 1] != " " else start
    stop = words.find(" ", end)
    stop = len(words) if stop < 0 else end if words[end - 1] == " " else stop
    return words[:start].split(), words[start:stop].split(), words[stop:].split()


def _numbers(words: Sequence[str]) -> list[str]:
    return [
        number for word in words for number in ([word] if word in ROMAN else DIGITS.findall(word))
    ]


def _year(work: Citable, years: Sequence[int]) -> tuple[bool, str]:
    """Whether a printed year is the work's, that of its electronic version, or one beside it."""
    if not years or work.year is None:
        return True, "no year to compare"
    if work.year in years:
        return True, f"year {work.year} agrees"
    if work.epub_year in years:
        return (
            True,
            f"year {work.epub_year} is that of the electronic version, {work.year} of the issue",
        )
    nearest = min(years, key=lambda year: abs(year - (work.year or 0)))
    return abs(nearest - work.year) <= 1, f"year {nearest} against {work.year} of the issue"
