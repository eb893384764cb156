"""Our pages and the tables are read: any other method than GET and HEAD is refused."""

from __future__ import annotations

from collections.abc import Callable

from kb.site.headers import App, Receive, Scope, Send

READING = ("GET", "HEAD")
REFUSAL = b"This site is read-only: it answers GET and HEAD.\n"


def only_reading(app: App, is_ours: Callable[[str], bool], *, cors: bool) -> App:
    """Answer 405 to other methods where a path is ours; with ``cors`` browsers may ask by OPTIONS
    what they may."""
    allowed = (*READING, "OPTIONS") if cors else READING
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"allow", ", ".join(allowed).encode()),
    ]

    async def wrapper(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in allowed or not is_ours(scope["path"]):
            await app(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 405, "headers": headers})
        await send({"type": "http.response.body", "body": REFUSAL})

    return wrapper
