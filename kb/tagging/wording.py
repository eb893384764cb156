"""The ways to write the same words, and the form in which they are compared.

A text is folded into it without changing its length, so that offsets hold; a term of the vocabulary
is spelled out into all the ways in which it may stand in such a text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import chain, product

NON_ASCII = re.compile(r"[^\x00-\x7f]")
# Stands for a stop while separators become spaces, and for nothing else: no term runs over one,
# whether or not it ends a sentence.
STOP = "\x01"
STOPS = (". ", ".\n", "; ", ";\n", "? ", "?\n")
SPACED = {code: " " for code in range(128) if not chr(code).isalnum()}
SPACED_WITH_STOPS = SPACED | {ord(STOP): STOP}
# The same for bytes, ten times as fast, in lower case.
ASCII_SPACED = bytes(
    ord(SPACED_WITH_STOPS.get(code, chr(code)).lower()) for code in range(128)
).ljust(256)

# British and American spellings. Only words of the vocabulary are respelled, so that a pair may
# make nonsense of some of them without harm.
SPELLINGS = (
    ("tumour", "tumor"),
    ("haem", "hem"),
    ("phaeo", "pheo"),
    ("paed", "ped"),
    ("aesthesi", "esthesi"),
    ("oedem", "edem"),
    ("foet", "fet"),
    ("aetio", "etio"),
    ("trophin", "tropin"),
    ("trophic", "tropic"),
    ("centre", "center"),
    ("favour", "favor"),
    ("labelled", "labeled"),
    ("ise", "ize"),
    ("isation", "ization"),
)
ISOTOPE = re.compile(r"(\d{2,3}m?)(C|F|I|Cu|Ga|In|Lu|Tc|Y|Zr)")
ELEMENTS = {
    "C": "carbon",
    "F": "fluorine",
    "I": "iodine",
    "Cu": "copper",
    "Ga": "gallium",
    "In": "indium",
    "Lu": "lutetium",
    "Tc": "technetium",
    "Y": "yttrium",
    "Zr": "zirconium",
}


def spaced(text: str) -> str:
    """The text in lower case without accents, each separator a space and each stop STOP; exactly as
    long as the text."""
    text = text.replace(STOP, " ")
    for stop in STOPS:
        text = text.replace(stop, STOP + stop[1:])
    folded = _fold(text)
    if folded.isascii():
        return folded.encode("ascii").translate(ASCII_SPACED).decode("ascii")
    return folded.translate(SPACED_WITH_STOPS).lower()


def words(text: str) -> list[str]:
    """The words of a text, their case kept."""
    return _fold(text).translate(SPACED).split()


def phrasings(text: str, cased: bool = False) -> list[tuple[str, ...]]:
    """The ways to write a term, in words: isotopes, spellings, and the number of the last word."""
    *before, last = words(text)
    spelled = [_isotope(word) or [(s,) for s in _respelled(word, cased)] for word in before]
    number = [(n,) for s in _respelled(last, cased) for n in _numbers(s, cased)]
    return [
        tuple(chain.from_iterable(parts))
        for parts in product(*spelled, _isotope(last) or sorted(set(number)))
    ]


def openings(text: str) -> list[tuple[str, ...]]:
    """The ways to write words whose last one is left open at its end."""
    return list(product(*(_respelled(word, cased=False) for word in words(text))))


def _respelled(word: str, cased: bool) -> list[str]:
    """The word in British and in American spelling."""
    spelled = {word if cased else word.lower()}
    for british, american in SPELLINGS:
        spelled |= {w.replace(american, british) for w in spelled if british not in w}
        spelled |= {w.replace(british, american) for w in spelled}
    return sorted(spelled)


def _numbers(word: str, cased: bool) -> set[str]:
    """Singular and plural of a word; an abbreviation only takes an s, a code like 4S nothing."""
    if cased or len(word) < 4 or not word.isalpha():
        return {word, f"{word}s"} if word.isalpha() and len(word) > 1 else {word}
    forms = {word, f"{word}s"}
    endings = [("is", "es"), ("y", "ies"), ("oma", "omata"), ("x", "xes"), ("s", "ses")]
    for one, many in endings:
        if word.endswith(one):
            forms.add(word.removesuffix(one) + many)
        if word.endswith(many):
            forms.add(word.removesuffix(many) + one)
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        forms.add(word[:-1])
    return forms


def _isotope(word: str) -> list[tuple[str, ...]]:
    """The ways to write a nuclide given as 123I or 99mTc; none for any other word."""
    if not (match := ISOTOPE.fullmatch(word)):
        return []
    mass, symbol = match.groups()
    metastable = [(mass[:-1], "m")] if mass.endswith("m") else []
    masses = [(mass,), *metastable]
    joined = [(mass + symbol,), (symbol + mass,), (mass + symbol, symbol)]  # the last: [18F]F-
    joined += [(number, "m" + symbol) for number, _ in metastable]
    names = [(symbol,), (ELEMENTS[symbol],)]
    return joined + [way for m in masses for name in names for way in (m + name, name + m)]


def _fold(text: str) -> str:
    """The text with each character folded, as many code points as before."""
    return text if text.isascii() else NON_ASCII.sub(lambda match: _folded(match[0]), text)


@cache
def _folded(char: str) -> str:
    """A letter without its accent, a super- or subscript digit as a digit, a separator as a space
    (dashes, quotes, thin and no-break spaces, invisible characters); else the character."""
    base = [c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c)]
    letter = base[0] if len(base) == 1 else char
    return letter if letter.isalnum() else " "
