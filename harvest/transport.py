"""The one module that opens outgoing connections.

A question is put again until its reader can read the answer: connections that fail or break off,
HTTP 429 and 5xx, and whatever the reader takes for no answer (``Again``). Every source has one
limiter, at which the questions of all threads wait. Every try is reported to ``log``. The key goes
to NCBI alone, in the body of the request, never in its address, so that no log of client, proxy or
server holds it.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

import requests
import urllib3

from harvest.clock import Clock, stamp
from harvest.limits import (
    CONNECT_TRIES,
    LONGEST_RETRY_AFTER,
    Limiter,
    backoff,
    granted,
    limiters,
    retry_after,
)
from harvest.service import (
    TRIES,
    Again,
    Parameters,
    Rate,
    Refused,
    Reply,
    Service,
    is_loopback,
    said,
)
from harvest.services import SERVICES
from harvest.settings import Settings
from kb import __version__
from kb.errors import ServiceFailed

T = TypeVar("T")

TOOL = "neuroblastoma-kb"
CHUNK = 1 << 16
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Sent:
    """One try, answered or not."""

    service: str
    method: str
    url: str
    parameters: str
    asked_at: str
    seconds: float
    status: int | None
    size: int
    outcome: str


@dataclass(frozen=True)
class _Request:
    """``question`` is what the books keep; ``form`` and ``query`` add who asks, and the key."""

    service: str
    limit: str
    url: str
    question: str
    form: str | None
    query: str = ""

    @property
    def method(self) -> str:
        return "GET" if self.form is None else "POST"


class _Form(io.BytesIO):
    """The form of a request; it tells when all of it has been sent."""

    def __init__(self, form: str, sent: Callable[[], None]) -> None:
        super().__init__(form.encode())
        self.sent = sent

    def read(self, size: int | None = -1, /) -> bytes:
        part = super().read(size)
        if not part:
            self.sent()
        return part


class Transport:
    """Puts questions to the services. One for all threads of a run."""

    def __init__(
        self,
        settings: Settings,
        log: Callable[[Sent], None],
        clock: Clock | None = None,
        say: Callable[[str], None] = lambda _text: None,
    ) -> None:
        self.settings = settings
        self.log = log
        self.say = say
        self.clock = clock or Clock()
        self.services = {service.name: service for service in SERVICES}
        self.limiters = limiters(
            SERVICES,
            keyed=bool(settings.api_key),
            named=bool(settings.email),
            clock=self.clock,
        )
        self.local = threading.local()
        self.noted: set[str] = set()
        # Several large answers read side by side take the memory of all and no less time.
        self.reading = threading.Lock()

    def base(self, service: str) -> str:
        return self.settings.base(service)

    def rate(self, service: str) -> Rate:
        keyed, named = bool(self.settings.api_key), bool(self.settings.email)
        return self.services[service].allowed(keyed=keyed, named=named)

    def note(self, text: str) -> None:
        """Called by readers, of which one is at work at a time."""
        if text not in self.noted:
            self.noted.add(text)
            self.say(self._without_key(text))

    def ask(
        self,
        service: str,
        path: str,
        parameters: Parameters,
        read: Callable[[Reply], T],
        tries: int = TRIES,
    ) -> T:
        """What ``read`` makes of the answer; it raises Again for what is none, Refused for a no.

        ``service`` is the name of one of ``harvest.services.SERVICES``, and ``path`` goes behind
        its base. E-utilities are asked by POST, which NCBI takes for every utility and for lists of
        any length (E-utilities Help, chapter 2), the others by GET. Raises ServiceFailed when
        refused or when the tries are used up.
        """
        request = self._request(self.services[service], path, parameters)
        tries = min(tries, self.settings.tries)
        number = 0
        while True:
            number += 1
            try:
                return self._try(request, read)
            except Refused as refusal:
                why = self._without_key(str(refusal))
                message = f"{request.url}: {why}. {refusal.advice}"
                raise ServiceFailed(message, why=why, down=refusal.down) from refusal
            except Again as trouble:
                if number >= (min(tries, CONNECT_TRIES) if trouble.down else tries):
                    raise self._used_up(request.url, number, trouble) from trouble
                self.clock.sleep(max(trouble.wait, backoff(number)))

    def _request(self, service: Service, path: str, parameters: Parameters) -> _Request:
        settings = self.settings
        asked = urlencode(parameters, safe=",")
        who = [(service.tool, TOOL), (service.email, settings.email)]
        told = [*parameters, *who]
        way = (service.kept_as(path), service.limit_of(path), f"{self.base(service.name)}{path}")
        if service.utilities:
            form = urlencode(_given([*told, (service.key, settings.api_key)]), safe=",")
            return _Request(*way, asked, form)
        question = f"{path}?{asked}" if asked else path
        return _Request(*way, question, None, urlencode(_given(told), safe=","))

    def _used_up(self, url: str, tries: int, trouble: Again) -> ServiceFailed:
        why = self._without_key(str(trouble))
        return ServiceFailed(
            f"{url}: no usable answer in {tries} tries. Last: {why}. "
            "Check the network, or run the same command again later; what is stored stays.",
            why=why,
            down=trouble.down,
        )

    def _try(self, request: _Request, read: Callable[[Reply], T]) -> T:
        limiter = self.limiters[request.limit]
        began, asked_at = limiter.wait(), stamp(self.clock)
        status, body, outcome = None, b"", "interrupted"
        try:
            try:
                response = self._send(request, lambda: limiter.left(began))
                status = response.status_code
                body = self._body(response, began)
            finally:
                limiter.ended()
            headers = {name.lower(): value for name, value in response.headers.items()}
            if grant := granted(headers):
                limiter.grant(*grant)
            self._judge_status(status, headers, body, limiter)
            reply = Reply(request.service, request.question, asked_at, status, body, headers)
            with self.reading:
                answer = read(reply)
            outcome = "answered"
            return answer
        except (Again, Refused) as trouble:
            outcome = self._without_key(str(trouble))
            raise
        finally:
            seconds = round(self.clock.monotonic() - began, 3)
            way = (request.service, request.method, request.url, request.question)
            self.log(Sent(*way, asked_at, seconds, status, len(body), outcome))

    def _session(self) -> requests.Session:
        """One for each thread: requests does not promise that they can share one."""
        if not hasattr(self.local, "session"):
            self.local.session = requests.Session()
            self.local.session.headers["User-Agent"] = f"{TOOL}/{__version__}"
        session: requests.Session = self.local.session
        return session

    def _send(self, request: _Request, sent: Callable[[], None]) -> requests.Response:
        url = request.url
        try:
            return self._session().request(
                request.method,
                f"{url}?{request.query}" if request.query else url,
                data=None if request.form is None else _Form(request.form, sent),
                headers=FORM if request.form is not None else None,
                timeout=(self.settings.connect, self.settings.read),
                stream=True,
                # A redirect would carry the key to another host.
                allow_redirects=False,
                # A proxy for the outer world does not know this machine's own ports.
                proxies={"http": "", "https": ""} if is_loopback(url) else None,
            )
        except requests.exceptions.SSLError as error:
            raise Refused(
                f"the secure connection failed ({error})",
                "If this network inspects traffic, set REQUESTS_CA_BUNDLE to its certificate.",
                down=True,
            ) from error
        except requests.exceptions.ReadTimeout as error:
            raise Again(f"no answer in {self.settings.read:g} s") from error
        except requests.exceptions.RequestException as error:
            cause = error.args[0] if error.args else error
            if isinstance(cause, urllib3.exceptions.MaxRetryError):
                reason = str(cause.reason).rpartition(": ")[2]
                raise Again(f"no connection ({reason})", down=True) from error
            raise Again(f"no answer ({cause.args[-1] if cause.args else cause})") from error

    def _body(self, response: requests.Response, began: float) -> bytes:
        body = io.BytesIO()  # grows in place, where a list of parts would be copied to be joined
        try:
            while part := response.raw.read1(CHUNK, decode_content=True):
                body.write(part)
                if self.clock.monotonic() - began > self.settings.whole:
                    raise Again(f"the answer took longer than {self.settings.whole:g} s")
        except urllib3.exceptions.HTTPError as error:
            raise Again(f"the answer broke off ({error})") from error
        finally:
            response.close()
        return body.getvalue()

    def _judge_status(
        self, status: int, headers: Mapping[str, str], body: bytes, limiter: Limiter
    ) -> None:
        """Statuses that mean the same at every service."""
        if 300 <= status < 400:
            target = headers.get("location", "nowhere").partition("?")[0]
            raise Refused(
                f"HTTP {status}, a redirect to {target}",
                "Check the address of the service, and whether this network asks for a login.",
                down=True,
            )
        if status != 429 and status < 500:
            return
        wait = retry_after(headers.get("retry-after", ""), self.clock.now())
        if wait > LONGEST_RETRY_AFTER:
            raise Refused(
                f"HTTP {status}, and the service asks to stay away for {wait:.0f} s",
                "Run the same command again after that; what is stored stays.",
                down=True,
            )
        if status == 429:
            wait = max(wait, 2.0)
            limiter.close_for(wait)
        raise Again(f"HTTP {status}: {said(body)}", wait=wait)

    def _without_key(self, text: str) -> str:
        key = self.settings.api_key
        return text.replace(key, "(key)") if key else text


def _given(parameters: Parameters) -> list[tuple[str, str]]:
    return [(name, value) for name, value in parameters if name and value]
