"""Resolving references: `kb.citations.references.resolve` on 1,000,000 rows against 100,000 works.

The works are invented and the same every time; 81 % of the rows have a PMID, as in real records.
The others have a text alone, in one of five styles: a quarter are of works that are there (in real
records fewer, and those that are not are the quicker ones), and every seventh prints a DOI. Making
the rows is not counted. Seconds of one processor, not of the clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from time import process_time

from benchmarks.page import Row
from kb.citations.citation import Citable, author_name, fold
from kb.citations.references import citable_index, resolve
from kb.evaluate.citation_styles import STYLES, ReferenceEntry
from kb.record.article import Author, Reference

LIBRARIES = ("rapidfuzz",)
WORKS, ROWS, CHUNK = 100_000, 1_000_000, 20_000
WITH_PMID, THERE = 0.81, 0.25
ALLOWED = 15.0  # seconds
SYLLABLES = (
    *("an", "ber", "chen", "da", "el", "fo", "gar", "hol", "in", "ka", "lu", "mar", "nor", "os"),
    *("pet", "ri", "sen", "to", "ur", "van", "wa", "xi", "ya", "zel"),
)
STEMS = ("neuro", "blast", "scan", "cell", "stage", "marrow", "dose", "gene", "child", "risk")
ENDINGS = ("al", "ic", "oma", "ation", "ing", "s", "ive", "ography", "itis", "ed", "ment", "")


def rows() -> Iterator[Row]:
    random = Random(1)
    entries = [_entry(random) for _ in range(2 * WORKS)]
    works = [_work(number, entry) for number, entry in enumerate(entries[:WORKS], start=1)]
    start = process_time()
    known = citable_index(works)
    indexing = process_time() - start
    seconds, resolved = 0.0, 0
    for _ in range(ROWS // CHUNK):
        references = [_reference(random, entries) for _ in range(CHUNK)]
        start = process_time()
        found = [resolve(reference, known, place="") for reference in references]
        seconds += process_time() - start
        resolved += sum(each.method == "text" for each in found)
    share = resolved / (ROWS * (1 - WITH_PMID))
    name = f"{ROWS:,} references, {share:.0%} of those without PMID found"
    yield Row(name, seconds, "s", ALLOWED, "the most allowed", bar=1.0)
    yield Row(f"indexing {WORKS:,} works", indexing, "s", seconds, "resolving the references")


def _entry(random: Random) -> ReferenceEntry:
    """A paper as its citation prints it; names and numbers clash as often as they may."""
    first = random.randint(1, 2000)
    return ReferenceEntry(
        authors=tuple(_name(random) for _ in range(random.randint(1, 9))),
        title=" ".join(
            random.choice(STEMS) + random.choice(STEMS) + random.choice(ENDINGS)
            for _ in range(random.randint(5, 16))
        ),
        journal=" ".join(_word(random, 1).title() for _ in range(random.randint(1, 4))),
        year=random.randint(1975, 2024),
        volume=str(random.randint(1, 150)),
        issue=str(random.randint(1, 24)),
        pages=f"{first}-{first + random.randint(1, 20)}",
    )


def _name(random: Random) -> str:
    initials = "".join(random.choices("ABCDEFGHJKLMPRST", k=2))
    return f"{_word(random, random.choice((2, 3, 3))).title()} {initials}"


def _word(random: Random, syllables: int) -> str:
    return "".join(random.choices(SYLLABLES, k=syllables))


def _work(pmid: int, entry: ReferenceEntry) -> Citable:
    first, *others = (_author(name) for name in entry.authors)
    return Citable(
        pmid=pmid,
        doi=None,
        pmcid=None,
        title=fold(entry.title),
        in_series=False,
        first_author=first.last_name or "",
        author=author_name(first),
        others=tuple(others),
        journal=entry.journal,
        journals=(fold(entry.journal),),
        year=entry.year,
        epub_year=None,
        volume=entry.volume,
        first_page=entry.pages.partition("-")[0],
    )


def _author(name: str) -> Author:
    family, _, initials = name.partition(" ")
    return Author(family, None, initials, None, None, None, None)


def _reference(random: Random, entries: list[ReferenceEntry]) -> Reference:
    there = random.random() < THERE
    number = random.randrange(WORKS) + (0 if there else WORKS)
    text = STYLES[random.choice(sorted(STYLES))](entries[number])
    if random.random() < WITH_PMID:
        return Reference(text, number + 1, None, None)
    if number % 7 == 0:
        text += f" doi: 10.1000/{number}."
    return Reference(text, None, None, None)
