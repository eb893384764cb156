"""PubMed's many ways to write a date, as ISO 8601 as far as they go: 2020, 2020-01, 2020-01-05."""

from __future__ import annotations

import calendar
import re
from xml.etree.ElementTree import Element

NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTHS = {name: number for number, name in enumerate(NAMES, start=1)}
NUMBER = re.compile(r"\s*0*([1-9][0-9]{0,3})\s*")
# The first year of a text, and a name right behind it: in 1998-1999 Jan that is another year's.
YEAR_MONTH = re.compile(r"\b((?:1[5-9]|20)[0-9]{2})\b(?:\s+([A-Za-z]{3}))?")


def iso_date(element: Element | None) -> str | None:
    """Year, Month and Day of an element as far as they make a date; a MedlineDate's beginning.

    ``1998 Dec-1999 Jan`` is 1998-12 and a season is its year: where an issue spans several months,
    its first one counts.
    """
    if element is None:
        return None
    medline = element.findtext("MedlineDate")
    if medline:
        return medline_date(medline)
    return date_of(*(element.findtext(part) for part in ("Year", "Month", "Day")))


def date_of(year: str | None, month: str | None = None, day: str | None = None) -> str | None:
    """As far as its parts make a date: 2020-02 of the 30th of February."""
    return _date(_number(year), month_number(month or ""), _number(day))


def _date(year: int | None, month: int | None, day: int | None) -> str | None:
    if not year:
        return None
    if not month:
        return f"{year:04d}"
    if not day or day > calendar.monthrange(year, month)[1]:
        return f"{year:04d}-{month:02d}"
    return f"{year:04d}-{month:02d}-{day:02d}"


def medline_date(text: str) -> str | None:
    """Year, and month where it follows, of a date in free text."""
    printed = YEAR_MONTH.search(text)
    if not printed:
        return None
    month = month_number(printed[2] or "")
    return f"{printed[1]}-{month:02d}" if month else printed[1]


def printed_date(element: Element | None) -> str | None:
    """The date as the record prints it, its parts separated by spaces."""
    if element is None:
        return None
    return (
        " ".join(part.text.strip() for part in element if part.text and part.text.strip()) or None
    )


def month_number(text: str) -> int | None:
    """1 to 12 from a number or an English name, long or short."""
    number = _number(text)
    if number:
        return number if number <= 12 else None
    return MONTHS.get(text.strip()[:3].lower())


def _number(text: str | None) -> int | None:
    number = NUMBER.fullmatch(text or "")
    return int(number[1]) if number else None
