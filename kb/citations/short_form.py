"""Whom or what a citation names first, as one speaks of a work: *Maris 2010*, *J Biol Chem 2002*.

Read for people alone: nothing is compared or resolved by it, and whoever shows it says that it is
guessed. What ``kb.citations.cited_work`` leaves unread, to be certain, is read here as well. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.citations.citation import PARTICLES
from kb.citations.template import as_printed

# A number in front, as lists have it: 12. or [12] or (12).
NUMBERED = re.compile(r"^[^\w(]*(?:[0-9]{1,3}\s*[.)\]:]\s*(?=\D)|\([0-9]{1,4}\)\s*)?")
# So many words are looked at for an author, a family name has so many of them at most.
WORDS, FAMILY_WORDS = 10, 4
JOURNAL_WORDS = 10
# Of initials, and of those that nothing parts from a title.
LETTERS, LENIENT_LETTERS = 5, 2
LINKS = PARTICLES | {"y", "e", "i", "’t", "'t", "dalla", "degli", "dei", "lo", "op"}
OTHERS = frozenset(("et", "and", "&", "…", "und"))
BEHIND_NAME = frozenset(("jr", "sr", "ii", "iii", "iv", "2nd", "3rd"))
STOPS = ".,;:"
MARKS = str.maketrans("", "", "'’′ʼ`´-‐")
BEGINNING = 400  # letters that are searched for authors behind a title
YEAR = r"(?:1[89]|20)[0-9]{2}"
# The place or the year that tells a journal from others of its name: Spine (Phila Pa 1976).
PLACE = re.compile(r"\s*\([^()]*[A-Za-z][^()]*\)")
# A journal, then at once the year and the volume: Cancer Res. 2004 Apr 1;64(7):2307, or
# Angew. Chem. 2022, 113.
JOURNAL = re.compile(
    rf"(?P<name>[^\d,;:()\[\]]{{2,80}}?)(?:\s*\([^()]*\))?[.,]?\s+{YEAR}\b(?:[^;:,.()]{{0,30}};|,\s*[0-9])"
)
BARE_YEAR = re.compile(rf"{YEAR}[;:,]?$")
SENTENCE = re.compile(r"(?<=\w\w)[.?!]\s+")
ADDRESS = re.compile(r"https?://(?:www\.)?([\w.-]+)\S*")
HEAD = re.compile(
    rf"(?<=\w\w)\.\s|[;:?!]\s|\s*[(\[]|,\s+{YEAR}\b|\s+{YEAR}(?:[.,;:]|$)|\s+https?:|$"
)
# Where one citation prints several numbers that may be years: that in brackets, or before the
# volume.
CLEAR_YEARS = (
    re.compile(rf"\(\s*({YEAR})[a-z]?\s*[/),–-]"),
    re.compile(rf"(?<![0-9/.-])({YEAR})\b(?![-–][0-9])[^;.,:()]{{0,12}};"),
)


def short_form(text: str) -> str:
    """A family name, a journal or the beginning of the citation; empty where that says nothing."""
    body = NUMBERED.sub("", as_printed(text)).strip()
    words = body.split()[:WORDS]
    journal = _journal(body)
    family, behind = _author(words)
    if journal and behind in (0, len(journal.split())):
        return journal
    name = family or _author_behind_title(body) or _author(words, strict=False)[0]
    return name or _beginning(body)


def clear_year(text: str) -> int | None:
    """The year of a citation that may print several numbers like one; none where it does not show
    clearly which is its own."""
    bare = PLACE.sub("", text)
    for pattern in CLEAR_YEARS:
        if len(years := set(pattern.findall(text if "(" in pattern.pattern[:2] else bare))) == 1:
            return int(years.pop())
    return None


def _journal(body: str) -> str:
    journal = JOURNAL.match(body)
    name = journal["name"].strip(" .,") if journal else ""
    return name if 0 < len(name.split()) <= JOURNAL_WORDS else ""


def _author_behind_title(body: str) -> str:
    """*Spinal tuberculosis: a review. Garg RK, Somvanshi DS.*"""
    for sentence in SENTENCE.split(body[:BEGINNING])[1:3]:
        words = sentence.split()[:WORDS]
        family, behind = _author(words)
        # Not *Bethesda, MD*, where the publisher follows.
        if family and _is_initials(words[behind - 1]) and "," not in words[behind - 2]:
            return family
    return ""


def _author(words: Sequence[str], *, strict: bool = True) -> tuple[str, int]:
    """The family name of the first author and how many words it takes up with the initials; empty
    where none is seen. Not strict, it may be followed by anything."""
    start = 0
    while start < len(words) and "." in words[start] and _is_initials(words[start]):
        start += 1
    for at, word in enumerate(words[start:], start=start):
        if at > start and _is_another(words[at : at + 2]):
            return _family(words[start:at]), at
        if at > start and not start and _is_initials(word):
            behind = _after_initials(words, at)
            behind = behind if _ends(words, behind) else at + 1
            ended = _ends(words, behind) or (not strict and len(word) <= LENIENT_LETTERS)
            return (_family(words[:at]), behind) if ended else ("", 0)
        bare = word.rstrip(",;")
        if at - start == FAMILY_WORDS or not _is_part_of_name(bare):
            break
        if bare != word:
            named = start or _is_given(words[at + 1 :], strict)
            family = _family([*words[start:at], bare])
            return (family, _after_initials(words, at + 1)) if named else ("", 0)
    return "", 0


def _family(words: Sequence[str]) -> str:
    """Without *Jr*; empty for *The Royal …*, which is no person."""
    if words[0] == "The":
        return ""
    return " ".join(word for word in words if _bare(word) not in BEHIND_NAME)


def _after_initials(words: Sequence[str], at: int) -> int:
    while at < len(words) and (_is_initials(words[at]) or _bare(words[at]) in BEHIND_NAME):
        at += 1
    return at


def _bare(word: str) -> str:
    return word.lower().strip(STOPS)


def _ends(words: Sequence[str], behind: int) -> bool:
    """Whether a list of authors may end or go on here."""
    if behind >= len(words) or words[behind - 1][-1] in STOPS:
        return True
    following = words[behind]
    return _bare(following) in OTHERS or following[0] in ",.;:(" or bool(BARE_YEAR.match(following))


def _is_given(following: Sequence[str], strict: bool) -> bool:
    """Whether what stands behind *family,* begins with initials, other authors or a given name."""
    if not following:
        return False
    if _is_initials(following[0]) or _is_another(following[:2]):
        return True
    return not strict and _has_no_small_letter(following[0][0])


def _is_another(words: Sequence[str]) -> bool:
    """Whether the names of others follow: *et al*, *and R. Kendall*, but not *and regional*."""
    if _bare(words[0]) not in OTHERS:
        return False
    return words[0] not in ("and", "&", "und") or not words[1:] or not words[1].islower()


def _is_initials(word: str) -> bool:
    letters = [letter for letter in word.strip(STOPS) if letter not in ".-‐–"]
    return 0 < len(letters) <= LETTERS and all(map(str.isupper, letters))


def _is_part_of_name(word: str) -> bool:
    """*Maris*, *der*, *O'Neil*, *Guillén-Grima*: no sign but these, and a capital or a particle."""
    letters = word.translate(MARKS)
    if not letters.isalpha():
        return word.lower() == "st."
    return word in LINKS or _has_no_small_letter(letters) or any(map(str.isupper, letters))


def _has_no_small_letter(letters: str) -> bool:
    """Also of scripts that know no capitals."""
    return letters.isalpha() and letters == letters.upper()


def _beginning(body: str) -> str:
    """What stands before the first sign that ends a part of a citation; of an address the host."""
    if address := ADDRESS.match(body):
        return address[1]
    head = HEAD.split(body, maxsplit=1)[0]
    return " ".join(head.split()).strip(" .,;:\"'“”‘’")
