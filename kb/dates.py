"""PubMed's many ways to write a date, as ISO 8601 as far as they go: 2020, 2020-01, 2020-01-05."""

from __future__ import annotations

import calendar
import re
from xml.etree.ElementTree import Element

MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_abbr) if name}
YEAR = re.compile(r"\b(1[5-9][0-9]{2}|20[0-9]{2})\b")
YEAR_MONTH = re.compile(r"\b(?:1[5-9]|20)[0-9]{2}\s+([A-Za-z]{3})")


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
    year = _number(element.findtext("Year"))
    month = month_number(element.findtext("Month") or "")
    day = _number(element.findtext("Day"))
    if not year:
        return None
    if not month:
        return f"{year:04d}"
    if not day or day > calendar.monthrange(year, month)[1]:
        return f"{year:04d}-{month:02d}"
    return f"{year:04d}-{month:02d}-{day:02d}"


def medline_date(text: str) -> str | None:
    """Year, and month where it follows, of a date in free text."""
    year = YEAR.search(text)
    if not year:
        return None
    month = YEAR_MONTH.search(text)
    number = month_number(month[1]) if month else None
    return f"{year[1]}-{number:02d}" if number else year[1]


def printed_date(element: Element | None) -> str | None:
    """The date as the record prints it, its parts separated by spaces."""
    if element is None:
        return None
    return (
        " ".join(part.text.strip() for part in element if part.text and part.text.strip()) or None
    )


def month_number(text: str) -> int | None:
    """1 to 12 from a number or an English name, long or short."""
    if text.strip().isdigit():
        number = int(text)
        return number if 1 <= number <= 12 else None
    return MONTHS.get(text.strip()[:3].lower())


def _number(text: str | None) -> int | None:
    return int(text) if text and text.strip().isdigit() and int(text) else None
