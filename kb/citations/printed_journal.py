"""Whether a citation prints a journal: by a name of it, an abbreviation or a misprint. Pure.

Names are folded (``kb.citations.citation.fold``).
"""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz

from kb.citations.citation import Citation

# From how many letters on a journal may be misprinted, and how alike (of 100) it then is.
MISPRINT_LETTERS, MISPRINT_ALIKE = 6, 81
UNSPOKEN = frozenset(("a", "and", "de", "der", "for", "in", "la", "le", "of", "on", "the", "und"))
# Between journal and number.
VOLUME_WORDS = frozenset(
    (
        *(
            "vol",
            "vols",
            "volume",
            "v",
            "bd",
            "band",
            "jg",
            "no",
            "nr",
            "t",
            "tom",
            "tome",
            "т",
            "том",
        ),
    )
)


def stands_before_number(citation: Citation, journals: Sequence[str]) -> bool:
    """Whether one of these names stands there as a whole, right before a number: the Cancer of
    "Pediatr Blood Cancer 2007" and the Lancet of "Lancet Oncol 2007" are other journals."""
    words = f" {citation.words} "
    return any(
        any(map(_begins_with_number, words.split(f" {journal} ")[1:]))
        and _begins_a_part(citation, journal)
        for journal in journals
    )


def _begins_with_number(behind: str) -> bool:
    words = behind.split(maxsplit=2)
    if words and words[0] in VOLUME_WORDS:
        del words[0]
    return bool(words) and words[0][0].isdigit()


def _begins_a_part(citation: Citation, journal: str) -> bool:
    """Whether the name stands somewhere behind a mark, or behind "the" and a mark."""
    heads = (head.removesuffix(" the") for head in citation.heads(journal))
    return any(not head or not head[-1].isalnum() for head in heads)


def before_number(behind: Sequence[str]) -> str:
    """What stands between a title and the next number, a year before it left out."""
    words: list[str] = []
    for word in behind:
        if word[0].isdigit() and words:
            break
        if not word[0].isdigit():
            words.append(word)
    while words and words[-1] in VOLUME_WORDS:
        words.pop()
    return " ".join(words[1:] if words[:1] in (["the"], ["in"]) else words)


def is_journal(printed: str, journals: Sequence[str]) -> bool:
    """Whether these words are one of the names, an abbreviation of one or nearly one."""
    return (
        printed in journals or is_abbreviated(printed, journals) or is_misprinted(printed, journals)
    )


def is_abbreviated(printed: str, journals: Sequence[str]) -> bool:
    words = printed.split()
    return any(_abbreviates(words, journal.split()) for journal in journals)


def is_misprinted(printed: str, journals: Sequence[str]) -> bool:
    return any(
        fuzz.ratio(journal, printed, score_cutoff=MISPRINT_ALIKE)
        for journal in journals
        if min(len(journal), len(printed)) >= MISPRINT_LETTERS
    )


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
