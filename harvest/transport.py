"""The one module that opens outgoing connections.

A question is put again until its reader can read the answer: connections that fail or break off,
HTTP 429 and 5xx, and whatever the reader takes for no answer (``Again``). Every source has one
limiter, at which the questions of all threads wait. Every try is reported to ``log``. The key goes
to NCBI alone, in the body of the request, never in its address, so that no log of client, proxy or
server holds it.

A try has one deadline, from connecting to the last byte: then its connection is shut down under it,
whatever is being waited for. The library's own limits are for silence alone, and a byte now and
then is none. An answer may have so many bytes, and is read no further.
"""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, TypeVar

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

from harvest.clock import Clock, stamp
from harvest.discreet import Secrets
from harvest.limits import (
    CONNECT_TRIES,
    LONGEST_RETRY_AFTER,
    Limiter,
    backoff,
    granted,
    limiters,
    retry_after,
)
from harvest.request import TOOL, Form, Outgoing, request_to
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

CHUNK = 1 << 16
REPEATED = "the answer repeats the key, so it was not kept"
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


class _Exchange:
    """A try from connecting to the last byte. At its deadline all that it holds is shut down, which
    ends every wait: for a proxy, a handshake, a header, the body or what follows it."""

    under_way = threading.local()

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.held: list[socket.socket] = []
        self.lock = threading.Lock()
        self.is_late = False
        self.timer = threading.Timer(seconds, self.shut)
        self.timer.daemon = True

    def hold(self, line: socket.socket) -> None:
        # A duplicate shuts the same connection, and stays when TLS takes the socket for its own.
        own = socket.fromfd(line.fileno(), line.family, line.type)
        with self.lock:
            self.held.append(own)
        if self.is_late:
            self.shut()

    def shut(self) -> None:
        with self.lock:
            self.is_late = True
            for line in self.held:
                with suppress(OSError):  # the other side was first
                    line.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> None:
        _Exchange.under_way.exchange = self
        self.timer.start()

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.timer.cancel()
        with self.lock:
            while self.held:
                self.held.pop().close()
        # An answer without a length looks whole where it was cut off.
        if self.is_late and (error is None or isinstance(error, Again | Refused)):
            raise Again(_late(self.seconds)) from error


def _late(seconds: float) -> str:
    return f"the answer took longer than {seconds:g} s"


class _Held(HTTPConnection):
    """A connection that the exchange under way holds, new or used again."""

    def _new_conn(self) -> socket.socket:
        line = super()._new_conn()
        _Exchange.under_way.exchange.hold(line)
        return line

    def _tunnel(self) -> None:
        super()._tunnel()
        # Where the proxy's answer was cut off, it looks like one, and no handshake can follow.
        if _Exchange.under_way.exchange.is_late:
            raise TimeoutError

    def request(self, *parts: Any, **more: Any) -> None:
        if self.sock:
            _Exchange.under_way.exchange.hold(self.sock)
        super().request(*parts, **more)


class _HeldSecurely(_Held, HTTPSConnection):
    pass


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Held


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _HeldSecurely


class _Adapter(HTTPAdapter):
    """Connects so that an exchange can hold it, with and without a proxy."""

    def init_poolmanager(self, *parts: Any, **more: Any) -> None:
        super().init_poolmanager(*parts, **more)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}

    def proxy_manager_for(self, proxy: str, **more: Any) -> Any:
        if proxy.lower().startswith("socks"):
            raise requests.exceptions.InvalidSchema(f"a proxy that speaks no HTTP: {proxy[:5]}")
        manager = super().proxy_manager_for(proxy, **more)
        manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
        return manager


class _Session(requests.Session):
    def get_redirect_target(self, _response: Any) -> None:
        """Nowhere: to find out, the library would read all of the answer, and fail at an address
        that is no UTF-8."""


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
        passwords = (login.password for login in settings.logins.values())
        self.secrets = Secrets(settings.api_key, passwords)
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
        if text not in self.noted:
            self.noted.add(text)
            self.say(self.secrets.out_of(text))

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
        request = request_to(self.services[service], path, parameters, self.settings)
        tries = min(tries, self.settings.tries)
        number = 0
        while True:
            number += 1
            try:
                return self._try(request, read)
            except Refused as refusal:
                why = self.secrets.out_of(str(refusal))
                message = f"{request.url}: {why}. {refusal.advice}"
                raise ServiceFailed(message, why=why, down=refusal.down) from refusal
            except Again as trouble:
                if number >= (min(tries, CONNECT_TRIES) if trouble.down else tries):
                    raise self._used_up(request.url, number, trouble) from trouble
                self.clock.sleep(max(trouble.wait, backoff(number)))

    def _used_up(self, url: str, tries: int, trouble: Again) -> ServiceFailed:
        why = self.secrets.out_of(str(trouble))
        return ServiceFailed(
            f"{url}: no usable answer in {tries} tries. Last: {why}. "
            "Check the network, or run the same command again later; what is stored stays.",
            why=why,
            down=trouble.down,
        )

    def _try(self, request: Outgoing, read: Callable[[Reply], T]) -> T:
        limiter = self.limiters[request.limit]
        began, asked_at = limiter.wait(), stamp(self.clock)
        status, body, outcome = None, b"", "interrupted"
        try:
            try:
                with _Exchange(self.settings.whole):
                    response = self._send(request, lambda: limiter.left(began))
                    status = response.status_code
                    body = self._body(response, began, request.service.largest)
            finally:
                limiter.ended()
            headers = {name.lower(): value for name, value in response.headers.items()}
            self._go_by(headers, request.service, limiter)
            # One that had the key in it would be kept otherwise than it came, so it is not kept.
            without_key = self.secrets.out_of_answer(body)
            self._judge_status(status, headers, without_key, limiter)
            way = (request.kept_as, request.question, asked_at, status, without_key, headers)
            with self.reading:
                answer = read(Reply(*way))
            if without_key is not body:
                raise Refused(REPEATED, "Check NCBI_API_KEY, or unset it.")
            outcome = "answered"
            return answer
        except (Again, Refused) as trouble:
            outcome = self.secrets.out_of(str(trouble))
            raise
        finally:
            seconds = round(self.clock.monotonic() - began, 3)
            sent = (request.kept_as, request.method, request.url, request.question)
            self.log(Sent(*sent, asked_at, seconds, status, len(body), outcome))

    def _go_by(self, headers: Mapping[str, str], service: Service, limiter: Limiter) -> None:
        """Keep to the limit that the headers tell; one that nobody could keep to is told."""
        most, window = (headers.get(f"x-rate-limit-{name}", "") for name in ("limit", "interval"))
        if grant := granted(headers):
            limiter.grant(*grant)
        elif most or window:
            self.note(
                f"{service.title} tells of a limit that is none ({most[:40]!r} in "
                f"{window[:40]!r}); it is asked no more often than before."
            )

    def _session(self) -> requests.Session:
        """One for each thread: requests does not promise that they can share one."""
        if not hasattr(self.local, "session"):
            self.local.session = _Session()
            for scheme in ("http://", "https://"):
                self.local.session.mount(scheme, _Adapter())
            self.local.session.headers["User-Agent"] = f"{TOOL}/{__version__}"
        session: requests.Session = self.local.session
        return session

    def _send(self, request: Outgoing, sent: Callable[[], None]) -> requests.Response:
        try:
            return self._session().request(
                request.method,
                request.target,
                data=None if request.form is None else Form(request.form, sent),
                headers=FORM if request.form is not None else None,
                auth=request.login,
                timeout=(self.settings.connect, self.settings.read),
                stream=True,
                # A redirect would carry the key to another host.
                allow_redirects=False,
                # A proxy for the outer world does not know this machine's own ports.
                proxies={"http": "", "https": ""} if is_loopback(request.url) else None,
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
            said_last = cause.args[-1:] if isinstance(cause, Exception) else ()
            raise Again(f"no answer ({(*said_last, cause)[0]})") from error
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise Again(f"no answer ({error})") from error  # what the library let through

    def _body(self, response: requests.Response, began: float, largest: int) -> bytes:
        """The body unpacked, piece by piece, so that a small one cannot become a huge one."""
        body = io.BytesIO()  # grows in place, where a list of parts would be copied to be joined
        try:
            while part := response.raw.read1(CHUNK, decode_content=True):
                body.write(part)
                if body.tell() > largest:
                    raise Again(f"the answer has more than {largest:,} bytes")
                if self.clock.monotonic() - began > self.settings.whole:
                    raise Again(_late(self.settings.whole))
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
                f"HTTP {status}, a redirect to {target[:200]!r}",
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
