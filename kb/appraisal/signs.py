"""The signs that compare a number, and the words of ``data/reading/signs.yml`` for them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kb.reading.literals import Finder
from kb.reading.rule_files import bundled

Sign = Literal["<", ">", "≤", "≥"]


@dataclass(frozen=True, slots=True)
class Words:
    """A row of the file."""

    rule: str
    sign: Sign
    place: Literal["before", "after"]
    words: Finder
    example: str
    trap: str


ROWS = bundled("signs", Words)
BEFORE, AFTER = (
    "(?:" + "|".join(row.words.pattern.pattern for row in ROWS if row.place == place) + ")"
    for place in ("before", "after")
)
# A sign or words for one, to be read by ``sign``.
ANY_BEFORE = rf"(?:[<>≤≥]\s?=?|{BEFORE})"


def sign(text: str | None) -> str | None:
    """What a sign, or words in lower case, stand for; None for an equals sign and for none."""
    if not text or text[0] in "=:":
        return None
    if text[0] in "<>≤≥":
        return {"<=": "≤", ">=": "≥"}.get(text.replace(" ", ""), text[0])
    return next((row.sign for row in ROWS if row.words.pattern.fullmatch(text)), None)
