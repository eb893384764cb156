"""Values of an address, read strictly."""

from __future__ import annotations

from typing import Any

LAST_PAGE = 100_000


class BadRequest(Exception):
    """An address with a value that cannot be meant; the message is for the reader."""


def flag(request: Any, name: str) -> bool:
    value = request.args.get(name)
    if value not in (None, "1"):
        raise BadRequest(f"{name}={value[:80]}: write 1, or leave it out.")
    return bool(value)


def number(request: Any, name: str, *, most: int) -> int:
    value = request.args.get(name) or "1"
    if not (value.isascii() and value.isdigit() and 1 <= int(value[:10]) <= most):
        raise BadRequest(f"{name}={value[:80]}: write a number from 1 to {most}.")
    return int(value)
