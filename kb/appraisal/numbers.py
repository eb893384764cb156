"""Numbers as abstracts write them, in digits and in words. Pure.

The patterns are for text in the plain form of kb.record.sentences and in lower case.
"""

from __future__ import annotations

import re

from kb.record.sentences import NARROW

UNITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
VALUES = dict(zip((*UNITS, *TEENS, *TENS), (*range(1, 20), *range(20, 100, 10)), strict=True))
UNIT = rf"(?:{'|'.join(UNITS)})\b"
BELOW_100 = rf"(?:(?:{'|'.join(TENS)})\b(?:[- ]{UNIT})?|(?:{'|'.join(TEENS)})\b|{UNIT})"
HUNDREDS = rf"(?:{UNIT}|(?:{'|'.join(TEENS)})\b|\ba)[- ]hundred\b"
BELOW_1000 = rf"(?:{HUNDREDS}(?:(?: and)? {BELOW_100})?|{BELOW_100})"
SPELLED = rf"{BELOW_1000}(?: thousand\b(?:(?:,| and)? {BELOW_1000})?)?"
# A number that is raised to a power, or is itself a power, is not the one before its exponent:
# what cannot be read as what it says is not read. XML's superscripts come as kb.record.scripts
# writes them; texts that never had any print 10^-5, 10(-5), and 10-5 where they are lost.
EXPONENT = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"
UNRAISED = f"(?![0-9{EXPONENT}^])"
FACTOR = rf"\s?[×x*]\s?10(?:[{EXPONENT}]+|\s?\^?\(?[+-]?[0-9]+\)?)"
NO_FACTOR = rf"(?!{FACTOR}|\s?[×x*]\s?10[{EXPONENT}^(])"
NO_PRODUCT = r"(?<![0-9]\s[×x*]\s)(?<![0-9][×x*])"
RAISED_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
# The mark of a footnote, set apart.
NOTE = re.compile(r"\s\^[0-9][0-9,;-]*(?![\w.])")
DIGITS = (
    rf"(?:[0-9]{{1,3}}(?:[,{NARROW}][0-9]{{3}}){{1,2}}|[0-9]{{1,7}})"
    rf"(?![0-9]|,[0-9]{{3}}|[{EXPONENT}^]){NO_FACTOR}"
)
FIRST_LETTERS = "".join(sorted({word[0] for word in (*VALUES, "a")}))
NUMBER = re.compile(
    rf"(?<![\w.,^-]){NO_PRODUCT}(?=[0-9{FIRST_LETTERS}])(?:[0-9]+/)?(?P<number>{DIGITS}|{SPELLED})(?=\s)"
)


def value(number: str) -> int:
    """The number that digits or English words spell: 4,832 or two hundred and fifty-three."""
    if number[0].isdigit():
        return int(re.sub("[^0-9]", "", number))
    total = below = 0
    for word in re.findall("[a-z]+", number):
        if word == "thousand":
            total, below = 1000 * below, 0
        elif word == "hundred":
            below = 100 * (below or 1)
        elif word not in ("a", "and"):
            below += VALUES[word]
    return total + below


def power_of_ten(exponent: str) -> int:
    """The exponent that raised or plain digits spell: ⁻⁵ or -5."""
    return int(exponent.translate(RAISED_DIGITS))
