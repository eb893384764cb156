"""The security headers of every response."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_EVERYWHERE = "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
# Ours have no script and no inline style at all, so published text can run nothing even if a tag
# of it came through.
STRICT = f"default-src 'none'; style-src 'self'; img-src 'self'; {_EVERYWHERE}"
# Datasette's own pages carry inline scripts and styles, and break without them.
DATASETTE = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    f"img-src 'self' data:; object-src 'none'; {_EVERYWHERE}"
)
# A picture in a file of its own brings its style with it.
DRAWN = f"default-src 'none'; style-src 'unsafe-inline'; {_EVERYWHERE}"
CSP = "content-security-policy"
FIXED = {b"x-content-type-options": b"nosniff", b"referrer-policy": b"no-referrer"}


def secured(app: App) -> App:
    """Add the headers; where a response brings a policy of its own, that one stays."""

    async def wrapper(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _with_ours(message.get("headers", []))}
            await send(message)

        await app(scope, receive, send_secured)

    return wrapper


def _with_ours(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    # Replaced, not appended: two policies in one response are read as the union or the stricter.
    kept = [(name, value) for name, value in headers if name.lower() not in FIXED]
    if not any(name.lower() == CSP.encode() for name, _ in kept):
        kept.append((CSP.encode(), DATASETTE.encode()))
    return kept + list(FIXED.items())
