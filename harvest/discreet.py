"""What only a service and its client are to know: keys and passwords, taken out of what is said.

Services repeat them in answers: as they were sent, in capitals, percent-encoded, or escaped as HTML
and JSON do. All of that is found.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

HIDDEN = "(hidden)"
# What is shorter is in many words, and hides nothing.
SHORTEST = 4
# An answer that holds it is not kept. What is shorter a record might hold by chance.
SHORTEST_IN_ANSWERS = 8


class Secrets:
    """``key`` is looked for in answers too; the ``passwords`` are those of addresses."""

    def __init__(self, key: str, passwords: Iterable[str] = ()) -> None:
        sought = sorted({key, *passwords}, key=len, reverse=True)
        patterns = [_pattern(secret) for secret in sought if len(secret) >= SHORTEST]
        self.said = re.compile("|".join(patterns), re.IGNORECASE) if patterns else None
        is_sought = len(key) >= SHORTEST_IN_ANSWERS
        self.answered = re.compile(_pattern(key).encode(), re.IGNORECASE)
        ways = {key, quote(key), quote(key, safe=""), quote_plus(key), html.escape(key)}
        ways.add(json.dumps(key)[1:-1])
        ways.add("".join(map(_encoded, key)))
        self.ways = {way.lower().encode() for way in ways} if is_sought else set()

    def out_of(self, text: str) -> str:
        return self.said.sub(HIDDEN, text) if self.said else text

    def out_of_answer(self, body: bytes) -> bytes:
        """The answer without the key; the same object where it is not in it."""
        if not self.ways:
            return body
        # An answer may have millions of bytes: a plain search is a hundred times as fast.
        lower = body.lower()
        if not any(way in lower for way in self.ways):
            return body
        return self.answered.sub(HIDDEN.encode(), body)


def _pattern(secret: str) -> str:
    return "".join(map(_character, secret))


def _encoded(one: str) -> str:
    return "".join(f"%{octet:02x}" for octet in one.encode())


def _character(one: str) -> str:
    ways = {one, _encoded(one), html.escape(one), json.dumps(one)[1:-1], "+" if one == " " else one}
    return f"(?:{'|'.join(map(re.escape, sorted(ways, key=len, reverse=True)))})"
