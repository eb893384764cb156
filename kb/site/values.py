"""Values of an address, read strictly."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

LAST_PAGE = 100_000


class BadRequest(Exception):
    """An address with a value that cannot be meant; the message is for the reader."""


REPEATED = ("topic", "pmid")  # what may stand more than once


def check_known(request: Any, known: Sequence[str]) -> None:
    """Raise BadRequest for a parameter that a page does not know: it would leave out in silence
    what was asked for."""
    for name in request.args:
        if name not in known:
            raise BadRequest(unknown(name, known))
        if name not in REPEATED and len(set(request.args.getlist(name))) > 1:
            raise BadRequest(f"{name}= may stand once.")


# What one may look for by a name of its own, and how it is looked for here.
INSTEAD = {
    "author": "q=NAME[au]",
    "title": "q=WORD[ti]",
    "mesh": "q=WORD[mh]",
    "doi": "q=DOI",
    "from": "year_from=YEAR",
    "to": "year_to=YEAR",
}


def unknown(name: str, known: Sequence[str]) -> str:
    """That a page has no such parameter, what it has, and which of these may be meant."""
    told = f"This page has no parameter “{name[:80]}”"
    if not known:
        return f"{told}, nor any other: leave it out."
    near = get_close_matches(name.lower(), known, n=1)
    meant = f" Did you mean “{near[0]}”?" if near else ""
    other = f" Write {INSTEAD[name]}." if name in INSTEAD and "q" in known else meant
    return f"{told}.{other} It takes {', '.join(known)}."


def flag(request: Any, name: str) -> bool:
    value = request.args.get(name)
    if value not in (None, "1"):
        raise BadRequest(f"{name}={value[:80]}: write 1, or leave it out.")
    return bool(value)


LONGEST_NUMBER = 10  # digits; Python reads thousands slowly and then refuses them


def number(request: Any, name: str, *, least: int = 1, most: int) -> int:
    value = request.args.get(name) or "1"
    is_number = value.isascii() and value.isdigit() and len(value) <= LONGEST_NUMBER
    if not (is_number and least <= int(value) <= most):
        raise BadRequest(f"{name}={value[:80]}: write a number from {least} to {most}.")
    return int(value)
