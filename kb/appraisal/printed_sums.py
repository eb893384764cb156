"""What a sum says: the printed number that was recomputed, and whether it comes out. Pure."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from kb.appraisal.numbers import SPELLED, value

SumKind = Literal["share", "interval", "parts", "table"]
Verdict = Literal["agrees", "differs"]
ROUNDING = 1e-9  # for numbers that are no exact fractions of two

INTEGER = "(?:[0-9]{1,3}(?:[,\u00a0][0-9]{3})+|[0-9]{1,7})"
# No part of a longer number, of a date, of a code or of a list with hyphens.
ALONE = r"(?![\w/^]|[.,\u00a0-]?[0-9]|\s?%|\s?per\s?cent)"
NOT_WITHIN = r"(?<![\w./,^-])(?<![0-9]\u00a0)"
COUNT = rf"(?:{INTEGER}|{SPELLED})"
DIGITS = re.compile(r"(?<![\d.,])(?:\d+(?:\.\d+)?|\.\d+)(?!\d|\.\d)")
ANY_COUNT = re.compile(rf"{NOT_WITHIN}{COUNT}{ALONE}")


class Sum(NamedTuple):
    """``text[start:end]`` of the passage ``field`` is the number that was recomputed from
    ``text[from_start:from_end]``; ``words`` say the sum in one sentence."""

    kind: SumKind
    verdict: Verdict
    words: str
    start: int
    end: int
    from_start: int
    from_end: int
    field: str = ""


class PrintedNumber(NamedTuple):
    """A number with the size of one of its last digit that counts: 85.3 has 0.1."""

    value: float
    step: float
    start: int
    end: int

    @property
    def in_percent(self) -> PrintedNumber:
        """Of a share of 1."""
        return self._replace(value=100 * self.value, step=100 * self.step)

    @property
    def shown(self) -> str:
        return in_steps(self.value, self.step)

    def comes_from(self, exact: float) -> bool:
        """Whether rounding, up, to even or down, can print the exact value so."""
        return abs(exact - self.value) <= self.step + ROUNDING


def printed_number(text: str, start: int, end: int) -> PrintedNumber:
    """The number that digits at a place spell. A nought as second decimal may have been put there:
    8 of 9 as 88.90 %."""
    digits = text[start:end]
    decimals = len(digits.partition(".")[2])
    if decimals > 1 and digits.endswith("0") and not digits.startswith(("0", ".")):
        decimals -= 1
    return PrintedNumber(float(digits), 10.0**-decimals, start, end)


def printed_numbers(text: str, start: int, end: int) -> list[PrintedNumber]:
    """All numbers in digits between two places."""
    return [printed_number(text, *match.span()) for match in DIGITS.finditer(text, start, end)]


def in_steps(number: float, step: float) -> str:
    """A number with as many decimals as the step has."""
    decimals = max(0, len(f"{step:g}".partition(".")[2]))
    return f"{number:.{decimals}f}"


def counted_numbers(text: str) -> set[int]:
    """All whole numbers of a text in lower case that can count something."""
    return {value(match[0]) for match in ANY_COUNT.finditer(text)}
