"""Where a title stands in a citation, how much of it, and what stands before and behind it. Pure.

A word that is replaced makes another title, however long the rest: "diseases of the nervous system"
and "of the digestive system" are two parts of a series on one page of a volume.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from rapidfuzz import fuzz, process

from kb.citations.citation import Citable, Citation
from kb.citations.printed_journal import before_number, is_journal

TITLE_ALIKE = 0.9
# Words that carry a title, and how alike (of 100) two spellings of one are.
LONG_WORD = 5
WORD_ALIKE = 80
# Shorter titles ("Neuroblastoma", "Letter") are met in too many citations to count.
TITLE_WORDS = 3
# So many words of a title, and no fewer letters, are enough of one that is cut short.
BEGINNING_WORDS, BEGINNING_LETTERS = 4, 24
# What stands before a title where the citation is of another item about it.
NOTICES = frozenset(
    (
        *("addendum", "comment", "comments", "commentary", "correction", "corrections"),
        *("corrigenda", "corrigendum", "errata", "erratum", "letter", "replies", "reply"),
        *("response", "responses", "retracted", "retraction", "withdrawal", "withdrawn"),
    )
)
ROMAN = frozenset(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"))
DIGITS = re.compile(r"[0-9]+")


class PrintedTitle(NamedTuple):
    """A title of so many ``words`` in a citation. ``score`` is how alike it and the stretch of text
    most like it are, 0 to 1; ``is_alike`` that this is nearly all, ``agrees`` that no long word of
    it is replaced, ``in_full`` that it also is all there and the title of what is cited, not told
    of. What is ``lacking``, and how it reads where it is cut short (``shortened``), are words with
    spaces between. ``before`` and ``behind`` are the words around it; empty where it is not there.
    """

    words: int
    score: float
    is_alike: bool = False
    agrees: bool = False
    in_full: bool = False
    shortened: str = ""
    lacking: str = ""
    before: Sequence[str] = ()
    behind: Sequence[str] = ()


class _Stretch(NamedTuple):
    """Words of a citation, and those before and behind them."""

    score: float
    before: Sequence[str]
    there: Sequence[str]
    behind: Sequence[str]


def printed_title(work: Citable, citation: Citation) -> PrintedTitle:
    """Where the title of a work stands; one of a word or two is only looked for as it is."""
    title = work.title.split()
    score, before, there, behind = _most_alike(work.title, title, citation.words)
    if len(title) < TITLE_WORDS:
        return PrintedTitle(len(title), score, behind=behind if there == title else ())
    if score < TITLE_ALIKE:
        return _cut_short(PrintedTitle(len(title), score), title, work, citation)
    same = there == title
    lacking = [] if same else _lacking(title, citation.words.split())
    if lacking:
        read = PrintedTitle(len(title), score, is_alike=True, lacking=", ".join(lacking))
        return _cut_short(read, title, work, citation)
    edges = same or _same_edges_and_numbers(there, title)
    in_full = edges and _opens(citation, before, there)
    return PrintedTitle(len(title), score, True, True, in_full, "", "", before, behind)


def _most_alike(title: str, words: Sequence[str], text: str) -> _Stretch:
    """Where the title stands as it is, else what is most like it."""
    before, title_there, behind = f" {text} ".partition(f" {title} ")
    if title_there and len(words) >= TITLE_WORDS:
        return _Stretch(1.0, before.split(), words, behind.split())
    aligned = fuzz.partial_ratio_alignment(title, text)
    if aligned is None:  # only ever with a cutoff
        return _Stretch(0.0, (), (), ())
    return _Stretch(
        round(aligned.score / 100, 4), *_around(text, aligned.dest_start, aligned.dest_end)
    )


def _lacking(title: Sequence[str], printed: Sequence[str]) -> list[str]:
    """The words that carry a title and stand nowhere in the text, in whatever spelling."""
    return [
        word
        for word in title
        if len(word) >= LONG_WORD
        and word.isalpha()
        and not process.extractOne(word, printed, scorer=fuzz.ratio, score_cutoff=WORD_ALIKE)
    ]


def _cut_short(
    read: PrintedTitle, title: Sequence[str], work: Citable, citation: Citation
) -> PrintedTitle:
    """With the title as far as it is printed, where that is enough and the journal follows."""
    start = title[:BEGINNING_WORDS]
    head, start_there, rest = f" {citation.words} ".partition(f" {' '.join(start)} ")
    before, behind = head.split(), rest.split()
    if not start_there or not _opens(citation, before, start):
        return read
    more = _same_words(behind, title[BEGINNING_WORDS:])
    shortened, behind = " ".join(title[: BEGINNING_WORDS + more]), behind[more:]
    if len(shortened) < BEGINNING_LETTERS:
        return read
    if not is_journal(before_number(behind), work.journals):
        return read
    read = read._replace(shortened=shortened)
    # Another part of a series may begin alike, so that nothing behind it is known to be its own.
    return read if work.in_series else read._replace(before=before, behind=behind)


def _opens(citation: Citation, before: Sequence[str], there: Sequence[str]) -> bool:
    """Whether a title begins there, and is not the rest of another one or told of."""
    if NOTICES.intersection(before):
        return False
    heads = citation.heads(" ".join(there[:BEGINNING_WORDS]))
    return any(not head or not head[-1].isalpha() or head.endswith(" al") for head in heads)


def _around(words: str, start: int, end: int) -> tuple[list[str], list[str], list[str]]:
    """The words before, in and after a stretch, which takes in the words that it cuts."""
    start = words.rfind(" ", 0, start) + 1 if start and words[start - 1] != " " else start
    stop = words.find(" ", end)
    stop = len(words) if stop < 0 else end if words[end - 1] == " " else stop
    return words[:start].split(), words[start:stop].split(), words[stop:].split()


def _same_words(some: Sequence[str], others: Sequence[str]) -> int:
    """How many words two lists begin with alike."""
    for count, (one, other) in enumerate(zip(some, others, strict=False)):
        if one != other:
            return count
    return min(len(some), len(others))


def _same_edges_and_numbers(some: Sequence[str], others: Sequence[str]) -> bool:
    return (
        some[0][0] == others[0][0]
        and some[-1][0] == others[-1][0]
        and _numbers(some) == _numbers(others)
    )


def _numbers(words: Sequence[str]) -> list[str]:
    return [
        number for word in words for number in ([word] if word in ROMAN else DIGITS.findall(word))
    ]
