"""Words of a title whose small letters mean something, which styles with title case would lose:
Chicago and MLA make "Β1a at 3 Mg/Ml" of "β1a at 3 mg/ml". Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# β1a and μg/ml, p53 and eta5-C5H5, c-Mpl.
SYMBOL = re.compile(r"[α-ω]|(?<![\w-])(?:[a-z]{1,4}[0-9]|[a-z]{1,2}-[A-Z])")
UNIT = re.compile(r"(?:[cdkmnp]?(?:g|l|m|mol)|[mn]?s|d|h|min|bp|kb|ppm)(?:/\w+)*\W*")
DIGITS = tuple("0123456789")
SPACES = re.compile(r"(\s+)")
# What a title must have that has either; most have not, and looking is cheap.
EITHER = re.compile(rf"{SYMBOL.pattern}|[0-9]\s+{UNIT.pattern}(?!\S)")


def words(title: str) -> Iterator[tuple[str, bool]]:
    """Words and what is between them, in order, each with whether its small letters mean something
    as they are."""
    pieces = SPACES.split(title)
    if not has_any(title):
        yield from ((piece, False) for piece in pieces)
        return
    for place, piece in enumerate(pieces):
        before = pieces[place - 2] if place > 1 else ""
        yield piece, _is_meant(piece, before)


def has_any(title: str) -> bool:
    """Whether there is any such word."""
    return EITHER.search(title) is not None


def _is_meant(word: str, before: str) -> bool:
    if before.endswith(DIGITS) and UNIT.fullmatch(word):
        return True
    return SYMBOL.search(word) is not None
