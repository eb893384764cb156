"""The one module that opens outgoing connections.

A question is put again until its reader can read the answer: connections that fail or break off,
HTTP 429 and 5xx, and whatever the reader takes for no answer (``Again``). Every source has one
limiter, at which the questions of all threads wait. Every try is reported to ``log``. The key goes
to NCBI alone, in the body of the request, never in its address, so that no log of client, proxy or
server holds it.
"""

from __future__ import annotations

import io
import random
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import TypeVar
from urllib.parse import urlencode, urlsplit

import requests
import urllib3

from kb import __version__
from kb.errors import ConfigError, ServiceFailed
from kb.raw import EFETCH

T = TypeVar("T")
Parameters = Sequence[tuple[str, str]]

NCBI_EUTILS = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/"
BASES = {
    "HARVEST_EUTILS_URL": NCBI_EUTILS,
    "HARVEST_ICITE_URL": "https://icite.od.nih.gov/api/",
    "HARVEST_CROSSREF_URL": "https://api.crossref.org/",
    "HARVEST_IDCONV_URL": "https://pmc.ncbi.nlm.nih.gov/tools/idconv/api/v1/articles/",
}
TOOL = "neuroblastoma-kb"

# Requests, and in how many seconds, that are polite at each source. NCBI's limit is in Settings;
# iCite publishes none; Crossref's headers tell what it grants today.
LIMITS = {"icite": (1, 1.0), "crossref": (1, 1.0)}
# More than this nobody needs, whatever a header may grant.
MOST_GRANTED = 10

TRIES = 12
# Nobody answers at all: the network is off or the address is wrong, which waiting seldom mends.
CONNECT_TRIES = 4
LONGEST_PAUSE = 20.0
LONGEST_RETRY_AFTER = 300.0
# The limit counts at the server, where requests arrive a little closer than they left.
SPREAD = 1.05
# Seconds to count as one where three requests may go in each: a single one that is late makes a
# fourth of the next. Biopython keeps 0.37 s between them, having been refused at a third.
WITHOUT_KEY = 1.03
# A service that says 429 below its own limit is asked more slowly, down to a third of it.
SLOWER, SLOWEST = 1.25, 3.0
CHUNK = 1 << 16
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Settings:
    """Who asks, where, and how long an answer may take (seconds). An empty base is switched off:
    only ``settings_from`` knows where the services are.

    ``source`` is what stored records are said to come from.
    """

    email: str = ""
    api_key: str = field(default="", repr=False)
    eutils: str = ""
    icite: str = ""
    crossref: str = ""
    idconv: str = ""
    connect: float = 10.0
    read: float = 60.0
    whole: float = 300.0
    tries: int = TRIES
    source: str = EFETCH

    @property
    def per_second(self) -> int:
        """Requests a second that NCBI allows one address, or one key (support page KA-05318)."""
        return 10 if self.api_key else 3

    @property
    def at_once(self) -> int:
        """Questions under way to NCBI: enough to use its limit although answers take a second and
        a half, and no more, because each may come to hold a batch of records."""
        return self.per_second + 6


def settings_from(
    environment: Mapping[str, str], *, email: str | None = None, eutils: str | None = None
) -> Settings:
    """Settings of the environment, options first. Raises ConfigError naming what is wrong."""
    named = {name: environment.get(name, default) for name, default in BASES.items()}
    if eutils is not None:
        named["HARVEST_EUTILS_URL"] = eutils
    bases = {name: _base(name, url.strip()) for name, url in named.items()}
    ncbi = bases["HARVEST_EUTILS_URL"]
    address = (environment.get("NCBI_EMAIL", "") if email is None else email).strip()
    if address and not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        raise ConfigError(f"NCBI_EMAIL is {address!r}, which is no e-mail address.")
    if ncbi and not address and not is_loopback(ncbi):
        raise ConfigError(
            "NCBI asks every program to say whose it is, and no e-mail address is set. "
            "Set yours and run again: export NCBI_EMAIL=name@example.org"
        )
    return Settings(
        email=address,
        api_key=environment.get("NCBI_API_KEY", "").strip(),
        eutils=ncbi,
        icite=bases["HARVEST_ICITE_URL"],
        crossref=bases["HARVEST_CROSSREF_URL"],
        idconv=bases["HARVEST_IDCONV_URL"],
    )


def _base(name: str, url: str) -> str:
    parts = urlsplit(url)
    if url and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.query):
        raise ConfigError(
            f"{name} is {url!r}, which is no address of a service. "
            f"It looks like {BASES[name]}, or is empty to switch the source off."
        )
    return url and url.rstrip("/") + "/"


def is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Clock:
    """Time as the transport sees it; tests pass one that does not wait."""

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def now(self) -> datetime:
        return datetime.now(UTC)


def stamp(clock: Clock) -> str:
    """UTC, ISO 8601 to the second, as raw.db keeps it."""
    return clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Reply:
    """An answer as it arrived; ``question`` has neither the key nor the address of who asked, the
    names of ``headers`` are in lower case."""

    service: str
    question: str
    asked_at: str
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


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
    source: str
    url: str
    question: str
    form: str | None
    query: str = ""

    @property
    def method(self) -> str:
        return "GET" if self.form is None else "POST"


class Again(Exception):
    """What arrived is no answer, but a further try may bring one.

    ``down``: it is the service as a whole, not this question.
    """

    def __init__(self, why: str, *, wait: float = 0.0, down: bool = False) -> None:
        super().__init__(why)
        self.wait = wait
        self.down = down


class Refused(Exception):
    """What arrived says no, and would say so again; ``advice`` is what to do.

    ``down``: it says so to any question.
    """

    def __init__(self, why: str, advice: str, *, down: bool = False) -> None:
        super().__init__(why)
        self.advice = advice
        self.down = down


class Limiter:
    """Lets ``most`` requests go in any ``window`` seconds; threads wait their turn at it.

    ``went`` are so many places, each with the time at which a request went from it last.
    """

    def __init__(self, most: int, clock: Clock, window: float = 1.0) -> None:
        self.clock = clock
        self.window = self.granted = window * SPREAD
        self.went = [float("-inf")] * most
        self.closed_until = float("-inf")
        self.turn = threading.Lock()
        self.places = threading.Lock()

    def wait(self) -> float:
        """Wait for a place; returns the time at which it was given."""
        with self.turn:
            while (pause := self._opens() - self.clock.monotonic()) > 0:
                self.clock.sleep(pause)
            return self._take()

    def left(self, given: float) -> None:
        """The request that got its place at ``given`` has left only now, having been connected
        first: the next may follow a window after this."""
        self._take(given)

    def _take(self, place: float | None = None) -> float:
        """The place, or else the one that was left longest ago, is taken now."""
        with self.places:
            self.went.remove(place if place in self.went else min(self.went))
            self.went.append(self.clock.monotonic())
            return self.went[-1]

    def _opens(self) -> float:
        with self.places:
            return max(min(self.went) + self.window, self.closed_until)

    def close_for(self, seconds: float) -> None:
        """Let nobody go for a while, and fewer from then on: the service said it was too many."""
        self.closed_until = max(self.closed_until, self.clock.monotonic() + seconds)
        self.window = min(self.window * SLOWER, self.granted * SLOWEST)

    def grant(self, most: int, window: float) -> None:
        """Go by another limit from now on, which the service has told."""
        with self.turn, self.places:
            if (most, window * SPREAD) != (len(self.went), self.granted):
                self.window = self.granted = window * SPREAD
                self.went = sorted([*[float("-inf")] * most, *self.went])[-most:]


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
        self, settings: Settings, log: Callable[[Sent], None], clock: Clock | None = None
    ) -> None:
        self.settings = settings
        self.log = log
        self.clock = clock or Clock()
        self.limiters = {name: Limiter(most, self.clock, s) for name, (most, s) in LIMITS.items()}
        # The ID converter is NCBI's too, and NCBI counts by address, not by program.
        window = 1.0 if settings.api_key else WITHOUT_KEY
        self.limiters["ncbi"] = Limiter(settings.per_second, self.clock, window)
        self.local = threading.local()
        # Several large answers read side by side take the memory of all and no less time.
        self.reading = threading.Lock()

    def ask(
        self,
        service: str,
        path: str,
        parameters: Parameters,
        read: Callable[[Reply], T],
        tries: int = TRIES,
    ) -> T:
        """What ``read`` makes of the answer; it raises Again for what is none, Refused for a no.

        ``service`` is icite, crossref, idconv or a utility of Entrez, and ``path`` goes behind its
        base. Entrez is asked by POST, which NCBI takes for every utility and for lists of any
        length (E-utilities Help, chapter 2), the others by GET. Raises ServiceFailed when refused
        or when the tries are used up.
        """
        request = self._request(service, path, parameters)
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

    def _request(self, service: str, path: str, parameters: Parameters) -> _Request:
        settings = self.settings
        asked = urlencode(parameters, safe=",")
        me = {"tool": TOOL, "email": settings.email}
        if service not in {"icite", "crossref", "idconv"}:
            form = urlencode(
                _given([*parameters, *me.items(), ("api_key", settings.api_key)]), safe=","
            )
            return _Request(service, "ncbi", settings.eutils + path, asked, form)
        base, source, who = {
            "icite": (settings.icite, "icite", {}),
            "crossref": (settings.crossref, "crossref", {"mailto": settings.email}),
            "idconv": (settings.idconv, "ncbi", me),
        }[service]
        query = urlencode(_given([*parameters, *who.items()]), safe=",")
        question = f"{path}?{asked}" if asked else path
        return _Request(service, source, f"{base}{path}", question, None, query)

    def _used_up(self, url: str, tries: int, trouble: Again) -> ServiceFailed:
        why = self._without_key(str(trouble))
        return ServiceFailed(
            f"{url}: no usable answer in {tries} tries. Last: {why}. "
            "Check the network, or run the same command again later; what is stored stays.",
            why=why,
            down=trouble.down,
        )

    def _try(self, request: _Request, read: Callable[[Reply], T]) -> T:
        limiter = self.limiters[request.source]
        began, asked_at = limiter.wait(), stamp(self.clock)
        status, body, outcome = None, b"", "interrupted"
        try:
            response = self._send(request, lambda: limiter.left(began))
            status = response.status_code
            body = self._body(response, began)
            _regard_grant(response, limiter)
            self._judge_status(response, body, limiter)
            headers = {name.lower(): value for name, value in response.headers.items()}
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

    def _judge_status(self, response: requests.Response, body: bytes, limiter: Limiter) -> None:
        """Statuses that mean the same at every service."""
        status = response.status_code
        if 300 <= status < 400:
            target = response.headers.get("Location", "nowhere").partition("?")[0]
            raise Refused(
                f"HTTP {status}, a redirect to {target}",
                "Check the address of the service, and whether this network asks for a login.",
                down=True,
            )
        if status != 429 and status < 500:
            return
        wait = self._retry_after(response.headers.get("Retry-After", ""))
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

    def _retry_after(self, value: str) -> float:
        """Seconds of a Retry-After, which is a number or a date (RFC 9110, 10.2.3)."""
        if value.strip().isdecimal():
            return float(value)
        try:
            until = parsedate_to_datetime(value)
        except ValueError:
            return 0.0
        until = until.replace(tzinfo=until.tzinfo or UTC)
        return max(0.0, (until - self.clock.now()).total_seconds())

    def _without_key(self, text: str) -> str:
        key = self.settings.api_key
        return text.replace(key, "(key)") if key else text


def _given(parameters: Parameters) -> list[tuple[str, str]]:
    return [(name, value) for name, value in parameters if value]


def _regard_grant(response: requests.Response, limiter: Limiter) -> None:
    """Go by the limit that Crossref's headers tell (its REST API, section Rate limits)."""
    most = response.headers.get("x-rate-limit-limit", "")
    window = response.headers.get("x-rate-limit-interval", "")
    if most.isdecimal() and int(most) and re.fullmatch(r"[1-9][0-9]*s", window):
        limiter.grant(min(int(most), MOST_GRANTED), float(window[:-1]))


def backoff(number: int) -> float:
    """Seconds before the next try: 1, 2, 4, … up to 20, of which a random half is taken off."""
    return float(min(LONGEST_PAUSE, 2.0 ** (number - 1)) * random.SystemRandom().uniform(0.5, 1.0))


def said(body: bytes) -> str:
    """The first words of an answer that was no answer, its markup removed."""
    text = re.sub(
        r"(?s)<(style|script|head)\b.*?</\1>|<[^<>]*>", " ", body.decode("utf-8", "replace")
    )
    words = " ".join(text.split())
    return f"{words[:200]!r}" if words else "an empty answer"
