"""What pages of other sites may read here: the exports, and nothing else, of a site that is public.

VOSviewer Online and notebooks in a browser ask for a file by its address, and browsers give them
the answer where the site allows it (CORS). A site on this machine or in a local network does not:
any page that its reader has open could read it. Who publishes it there under the name of a server
decides by that name (docs/operators.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_address

from kb.site.headers import App, Message, Receive, Scope, Send

ALLOWED = b"access-control-allow-origin"
HEADERS = [(ALLOWED, b"*")]
# What a browser may ask before, of what is more than a plain GET.
BEFORE = [
    *HEADERS,
    (b"access-control-allow-methods", b"GET, HEAD"),
    (b"access-control-max-age", b"86400"),
]
# Names that lead nowhere from outside (RFC 6761, 6762, 8375).
LOCAL = re.compile(r"(?:.*\.)?(?:localhost|local|localdomain|internal|lan|home\.arpa|test)\.?")
HOST = re.compile(r"\[(?P<v6>[^\]]*)\](?::\d+)?|(?P<name>[^:]*)(?::\d+)?")


def is_public(host: str) -> bool:
    """Whether what a request calls this site, with or without a port, can be reached from
    outside: a name with a dot, or an address that is no private one."""
    parts = HOST.fullmatch(host.strip().lower())
    if not parts:
        return False
    name = parts["v6"] or parts["name"] or ""
    try:
        return ip_address(name).is_global
    except ValueError:
        return "." in name.strip(".") and not LOCAL.fullmatch(name)


def sharing(app: App, is_export: Callable[[str], bool]) -> App:
    """Let pages of other sites read the exports of a public site."""

    async def wrapper(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not (is_export(scope["path"]) and is_public(_host(scope))):
            await app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS":
            await send({"type": "http.response.start", "status": 204, "headers": BEFORE})
            await send({"type": "http.response.body", "body": b""})
            return

        async def send_shared(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message.get("headers", [])
                kept = [each for each in headers if each[0].lower() != ALLOWED]
                message = {**message, "headers": [*kept, *HEADERS]}
            await send(message)

        await app(scope, receive, send_shared)

    return wrapper


def _host(scope: Scope) -> str:
    return bytes(dict(scope["headers"]).get(b"host", b"")).decode("latin-1")
