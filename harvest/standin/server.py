"""The server: HTTP/1.1 on loopback, the services below paths of their own."""

from __future__ import annotations

import math
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path, PurePosixPath
from select import select
from typing import NamedTuple, TypeVar
from urllib.parse import parse_qs, urlsplit

import click

from harvest.standin.corpus import Corpus
from harvest.standin.crossref import Crossref
from harvest.standin.crossref_limits import TOO_MANY, CrossrefLimits
from harvest.standin.europepmc import europepmc
from harvest.standin.eutils import Eutils
from harvest.standin.icite import icite
from harvest.standin.idconv import idconv
from harvest.standin.replay import WITH_PATH
from harvest.standin.wire import Answer, Parameters, Request, Service, octets
from kb.errors import ConfigError

HOST = "127.0.0.1"
BASES = {
    "eutils": "/entrez/eutils/",
    "icite": "/icite/api/",
    "crossref": "/crossref/",
    "idconv": "/idconv/articles/",
    "europepmc": "/europepmc/webservices/rest/",
}
# NCBI refuses long GETs with 414; its limit is not published. 2,000 ids were too many.
LONGEST_TARGET = 16_000
# May put another answer in the place of one: gets the request's number, from 1, the request, and
# the answer that would be sent.
Fault = Callable[[int, Request, Answer], Answer]

Today = Callable[[], date]
Now = Callable[[], float]
S = TypeVar("S", bound=ThreadingHTTPServer)
# How many pieces an answer has that drips.
DRIPS = 10


def as_answered(_number: int, _request: Request, answer: Answer) -> Answer:
    return answer


class Arrival(NamedTuple):
    """A request as it came in: when (seconds of ``time.monotonic``), and what it asked."""

    at: float
    request: Request


class Standin(ThreadingHTTPServer):
    """Services below their bases; ``arrivals`` logs the requests where ``record`` says so.
    ``now`` is the clock by which Crossref counts them, None where it is to count none."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self,
        corpus: Corpus,
        port: int,
        fault: Fault,
        today: Today,
        now: Now | None,
        record: bool,
    ) -> None:
        super().__init__((HOST, port), _Handler)
        self.kept = corpus.kept
        self.services: dict[str, Service] = {
            "eutils": Eutils(corpus, today),
            "icite": partial(icite, corpus),
            "crossref": Crossref(corpus),
            "idconv": partial(idconv, corpus),
            "europepmc": partial(europepmc, corpus),
        }
        self.crossref_limits = CrossrefLimits(now)
        self.fault = fault
        self.record = record
        self.arrivals: list[Arrival] = []
        self.numbers = count(1)
        self.lock = threading.Lock()

    def base(self, service: str) -> str:
        """Where a service answers, with its last slash."""
        return f"http://{HOST}:{self.server_port}{BASES[service]}"

    @property
    def url(self) -> str:
        """Where E-utilities answer."""
        return self.base("eutils")

    @property
    def bases(self) -> dict[str, str]:
        return {service: self.base(service) for service in BASES}

    @property
    def requests(self) -> list[tuple[str, Parameters]]:
        """Service and parameters of each request, in the order of their coming."""
        return [(came.request.utility, came.request.parameters) for came in self.arrivals]

    def answer(self, method: str, target: str, form: bytes) -> Answer:
        """Always an answer: what goes wrong in a service is told in a 500."""
        try:
            service, request = _request(method, target, form)
            with self.lock:
                number = next(self.numbers)
                if self.record:
                    self.arrivals.append(Arrival(time.monotonic(), request))
            if service != "crossref":
                return self.fault(number, request, self._answer(service, target, request))
            return self._counted(number, target, request)
        except Exception as error:
            return Answer(f"{type(error).__name__}: {error}\n".encode(), "text/plain", 500)

    def _counted(self, number: int, target: str, request: Request) -> Answer:
        """An answer of Crossref, to whom it lets in."""
        if not self.crossref_limits.enters(request):
            return TOO_MANY
        try:
            answer = self.fault(number, request, self._answer("crossref", target, request))
        except Exception:
            self.crossref_limits.leaves(request)
            raise
        return replace(answer, leaves=partial(self.crossref_limits.leaves, request))

    def _answer(self, service: str, target: str, request: Request) -> Answer:
        if len(target) > LONGEST_TARGET:
            return Answer(b"The URL is too long: use POST.\n", "text/plain", 414)
        if service not in self.services:
            return Answer(f"There is no {request.path} here.\n".encode(), "text/plain", 404)
        return self.kept.answer(request) or self.services[service](request)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is its own affair."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def _request(method: str, target: str, form: bytes) -> tuple[str, Request]:
    """The service, empty where there is none, and what it is asked."""
    url = urlsplit(target)
    parameters: Parameters = {}
    for part in (url.query, form.decode("utf-8", "replace")):
        for name, values in parse_qs(part).items():
            parameters.setdefault(name, []).extend(values)
    path = f"{url.path}/"
    service = next((name for name, base in BASES.items() if path.startswith(base)), "")
    rest = url.path[len(BASES[service]) :] if service else ""
    utility = service if service in WITH_PATH else PurePosixPath(url.path).stem
    return service, Request(utility, parameters, url.path, rest, method)


class _Handler(BaseHTTPRequestHandler):
    server: Standin
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else every answer waits for the client's acknowledgement
    timeout = 60  # a client that stops in the middle of a request

    def do_GET(self) -> None:
        self.send(self.server.answer("GET", self.path, b""))

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            self.close_connection = True
            self.send(Answer(b"A form needs its Content-Length.\n", "text/plain", 411))
            return
        self.send(self.server.answer("POST", self.path, self.rfile.read(int(length))))

    def send(self, answer: Answer) -> None:
        wire = answer.wire
        whole = octets(answer)
        part = whole[: math.ceil(len(whole) * wire.sent)]
        promised = answer.headers.get("Content-Length", str(len(answer.body)))
        # What promises more than it sends is over when the connection ends.
        self.close_connection |= len(part) < len(whole) or promised != str(len(answer.body))
        pieces = DRIPS if wire.drip else 1
        size = math.ceil(len(part) / pieces)
        try:
            goes = self.wait(wire.delay)
        finally:
            answer.leaves()
        if goes:
            for number in range(pieces):
                self.wfile.write(part[number * size : (number + 1) * size])
                if not self.wait(wire.drip / pieces):
                    break
        if wire.end:
            self.close_connection = True
            wire.end(self.connection)

    def wait(self, seconds: float) -> bool:
        """Let the time pass; False, and no more is sent, as soon as the client has hung up."""
        if not seconds:
            return True
        told, _, _ = select([self.connection], [], [], seconds if seconds < math.inf else None)
        self.close_connection |= bool(told)
        return not told

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: ``arrivals`` is the log."""


@contextmanager
def serve(
    corpus: Corpus,
    *,
    port: int = 0,
    fault: Fault = as_answered,
    today: Today = date.today,
    now: Now | None = None,
) -> Iterator[Standin]:
    """Serve a corpus while the block runs; ``port`` 0 takes a free one, ``url`` of what is given
    tells which. With a clock (``now``, seconds) Crossref turns away what is over its limits. Raises
    ConfigError where the port is taken."""
    with answering(_listening(corpus, port, fault, today, now, record=True)) as server:
        yield server


@contextmanager
def answering(server: S) -> Iterator[S]:
    """Let a server answer in a thread of its own while the block runs, then close it."""
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def run_forever(files: Sequence[Path] = (), raw: Path | None = None, port: int = 0) -> None:
    """The command: serve XML files or a raw.db until it is interrupted.

    Prints the addresses, ready for a shell. Raises ConfigError where it is told neither or both or
    the port is taken, InputError for what cannot be read.
    """
    if bool(files) == bool(raw):
        raise ConfigError("Name the records to serve: either --raw FILE, or PubMed XML files.")
    corpus = Corpus.from_raw(raw) if raw else Corpus.from_files(files)
    now = time.monotonic
    with _listening(corpus, port, as_answered, date.today, now, record=False) as server:
        click.echo(f"{len(corpus.entries)} records at {server.url} (end with Ctrl-C)")
        for service in BASES:
            click.echo(f"export HARVEST_{service.upper()}_URL={server.base(service)}")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("")


def _listening(
    corpus: Corpus, port: int, fault: Fault, today: Today, now: Now | None, *, record: bool
) -> Standin:
    try:
        return Standin(corpus, port, fault, today, now, record)
    except OSError as error:
        raise ConfigError(
            f"Port {port} of {HOST} cannot be used ({error.strerror}). Name another one."
        ) from error
