"""What is sent of a question: to whom, what the books keep, and what the service alone gets."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from harvest.service import Parameters, Service
from harvest.settings import Settings

TOOL = "neuroblastoma-kb"


@dataclass(frozen=True)
class Outgoing:
    """``question`` is what the books keep; ``form`` and ``query`` add who asks, and the key.
    ``kept_as`` is what the books call the service, ``limit`` the limit that the request counts
    against. ``login`` stands in no address: user and password, None where the service has none."""

    service: Service
    kept_as: str
    limit: str
    url: str
    question: str
    form: str | None
    query: str = ""
    login: tuple[str, str] | None = None

    @property
    def method(self) -> str:
        return "GET" if self.form is None else "POST"

    @property
    def target(self) -> str:
        return f"{self.url}?{self.query}" if self.query else self.url


class Form(io.BytesIO):
    """The form of a request; it tells when all of it has been sent."""

    def __init__(self, form: str, sent: Callable[[], None]) -> None:
        super().__init__(form.encode())
        self.sent = sent

    def read(self, size: int | None = -1, /) -> bytes:
        part = super().read(size)
        if not part:
            self.sent()
        return part


def request_to(service: Service, path: str, parameters: Parameters, settings: Settings) -> Outgoing:
    """The request that puts a question: a form where the service has utilities, else an address."""
    asked = urlencode(parameters, safe=",")
    told = [*parameters, (service.tool, TOOL), (service.email, settings.email)]
    url = f"{settings.base(service.name)}{path}"
    way = (service, service.kept_as(path), service.limit_of(path), url)
    login = settings.logins.get(service.name)
    # The library writes letters of Latin 1 only: these are the octets of UTF-8 (RFC 7617, 2.1).
    octets = [part.encode().decode("latin-1") for part in login or ()]
    pair = (octets[0], octets[1]) if login else None
    if service.utilities:
        form = urlencode(_given([*told, (service.key, settings.api_key)]), safe=",")
        return Outgoing(*way, asked, form, login=pair)
    question = f"{path}?{asked}" if asked else path
    return Outgoing(*way, question, None, urlencode(_given(told), safe=","), pair)


def _given(parameters: Parameters) -> list[tuple[str, str]]:
    return [(name, value) for name, value in parameters if name and value]
