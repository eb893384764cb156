"""Words of a title whose small letters mean something, which styles with title case would lose:
Chicago and MLA make "Β1a at 3 Mg/Ml" of "β1a at 3 mg/ml". Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# β1a and μg/ml, p53 and eta5-C5H5, c-Mpl.
SYMBOL = re.compile(r"[α-ω]|(?<![\w-])(?:[a-z]{1,4}[0-9]|[a-z]{1,2}-[A-Z])")
UNIT = re.compile(r"(?:[cdkmnp]?(?:g|l|m|mol)|[mn]?s|d|h|min|bp|kb|ppm)(?:/\w+)*\W*")
SPACES = re.compile(r"(\s+)")


def words(title: str) -> Iterator[tuple[str, bool]]:
    """Words and what is between them, in order, each with whether its small letters mean something
    as they are."""
    before = ""
    for piece in SPACES.split(title):
        yield piece, _is_meant(piece, before)
        before = before if piece.isspace() else piece


def _is_meant(word: str, before: str) -> bool:
    if before[-1:].isdigit() and UNIT.fullmatch(word):
        return True
    return SYMBOL.search(word) is not None
