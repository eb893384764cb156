"""Tables as text: RFC 4180, in UTF-8, cells that a spreadsheet does not run as formulas."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator

from kb.exports.characters import SIGNS

# What a spreadsheet may take for a formula (OWASP, "CSV Injection"): it begins with one of these,
# their full-width forms included, also behind blanks; a quote in front makes it text. What has the
# quote already gets one more, so that taking one away always gives the value back.
FORMULA = re.compile(r"['\s]*[=+\-@＝＋－＠]|[\t\r\n]")
CONTROLS = {n: sign for n, sign in SIGNS.items() if chr(n) not in "\t\n"}

Cell = str | int | float | bool | None


def lines(rows: Iterable[Iterable[Cell]], delimiter: str = ",") -> Iterator[str]:
    """A line a row, ended by CR LF; None is an empty cell, a truth is ``true`` or ``false``."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter)
    for row in rows:
        writer.writerow([cell(value) for value in row])
        yield stream.getvalue()
        stream.seek(0)
        stream.truncate()


def cell(value: Cell) -> str | int | float | None:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return harmless(value)
    return value


def harmless(text: str) -> str:
    """Text that no spreadsheet runs; line ends become LF, control characters their sign."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(CONTROLS)
    return f"'{text}" if FORMULA.match(text) else text
