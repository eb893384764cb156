"""Our pages and the tables are read: any other method than GET and HEAD is refused."""

from __future__ import annotations

from collections.abc import Callable

from kb.site.headers import App, Receive, Scope, Send

READING = ("GET", "HEAD")
REFUSAL = b"This site is read-only: it answers GET and HEAD.\n"


def only_reading(
    app: App, is_ours: Callable[[str], bool], takes_posts: Callable[[str], bool], *, cors: bool
) -> App:
    """Answer 405 to other methods where a path is ours, save POST where it takes a form; with
    ``cors`` browsers may ask by OPTIONS what they may."""
    allowed = (*READING, "OPTIONS") if cors else READING
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"allow", ", ".join(allowed).encode()),
    ]

    def _is_allowed(scope: Scope) -> bool:
        method, path = scope["method"], scope["path"]
        return method in allowed or not is_ours(path) or (method == "POST" and takes_posts(path))

    async def wrapper(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _is_allowed(scope):
            await app(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 405, "headers": headers})
        await send({"type": "http.response.body", "body": REFUSAL})

    return wrapper
