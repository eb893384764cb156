"""Datasette's CSV without formulas: a cell that a spreadsheet would run gets a quote before it.

The rule is that of the exports (kb.exports.cells), so taking away one quote gives the value back.
Numbers stay numbers.
"""

from __future__ import annotations

import codecs
import re

from kb.exports.cells import FORMULA
from kb.site.headers import App, Message, Receive, Scope, Send

# Of whole records only: a quoted cell is one match, whatever commas and line ends it holds.
CELL = re.compile(r'"(?:[^"]++|"")*+"|[^",\r\n]++')
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+|inf)(?:e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
# The exports and a list that was checked have gone through the rule already.
OURS = re.compile(r"/(?:export/[a-z-]+|check)\.csv$")


def harmless(cell: re.Match[str]) -> str:
    """A cell of CSV as it may stand in a spreadsheet."""
    mark = '"' if cell[0].startswith('"') else ""
    text = cell[0].removeprefix(mark)
    if NUMBER.fullmatch(cell[0]) or not FORMULA.match(text):
        return cell[0]
    return f"{mark}'{text}"


class Guard:
    """Rewrites a CSV in UTF-8 piece by piece, wherever the pieces are cut; what is held back is a
    record that has not ended yet."""

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")().decode
        self._held: list[str] = []
        self._quoted = False  # whether the text so far ends within quotes

    def feed(self, piece: bytes, *, is_last: bool) -> bytes:
        text = self._decode(piece, is_last)
        self._quoted ^= text.count('"') % 2 == 1
        # A line end ends a record where no quote stands behind it and none is open.
        end = text.rfind("\n") + 1
        if is_last:
            end = len(text)
        elif self._quoted or '"' in text[end:]:
            end = 0
        if not end and not is_last:
            self._held.append(text)
            return b""
        whole = "".join([*self._held, text[:end]])
        self._held = [text[end:]]
        return CELL.sub(harmless, whole).encode()


def without_formulas(app: App) -> App:
    """Guard every answer that is CSV and not one of our exports."""

    async def wrapper(scope: Scope, receive: Receive, send: Send) -> None:
        guard: Guard | None = None

        async def send_guarded(message: Message) -> None:
            nonlocal guard
            if message["type"] == "http.response.start" and _is_csv(scope, message):
                guard = Guard()
                kept = [each for each in message["headers"] if each[0].lower() != b"content-length"]
                message = {**message, "headers": kept}
            elif message["type"] == "http.response.body" and guard:
                is_last = not message.get("more_body", False)
                body = guard.feed(message.get("body", b""), is_last=is_last)
                message = {**message, "body": body}
            await send(message)

        await app(scope, receive, send_guarded)

    return wrapper


def _is_csv(scope: Scope, start: Message) -> bool:
    """Datasette calls its CSV plain text, so that a browser shows it, unless it is a download."""
    media = bytes(dict(start["headers"]).get(b"content-type", b"")).partition(b";")[0]
    path = str(scope["path"])
    if OURS.search(path):
        return False
    return media == b"text/csv" or (media == b"text/plain" and path.endswith(".csv"))
