"""The server: HTTP/1.1 on loopback, any number of services below paths of their own."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from urllib.parse import parse_qs, urlsplit

import click

from harvest.standin.corpus import Corpus
from harvest.standin.eutils import Eutils
from harvest.standin.wire import Answer, Parameters, Request, Service
from kb.errors import ConfigError

HOST = "127.0.0.1"
EUTILS = "/entrez/eutils/"
# NCBI refuses long GETs with 414; its limit is not published. 2,000 ids were too many.
LONGEST_TARGET = 16_000
# May put another answer in the place of one: gets the request's number, from 1, the request, and
# the answer that would be sent.
Fault = Callable[[int, Request, Answer], Answer]


def as_answered(_number: int, _request: Request, answer: Answer) -> Answer:
    return answer


class Standin(ThreadingHTTPServer):
    """``services`` by the beginning of their paths; ``requests`` logs utility and parameters."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, services: dict[str, Service], port: int, fault: Fault) -> None:
        super().__init__((HOST, port), _Handler)
        self.services = services
        self.fault = fault
        self.requests: list[tuple[str, Parameters]] = []
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        """The base of the E-utilities, with its last slash."""
        return f"http://{HOST}:{self.server_port}{EUTILS}"

    def answer(self, target: str, form: bytes) -> Answer:
        """Always an answer: what goes wrong in a service is told in a 500."""
        if len(target) > LONGEST_TARGET:
            return Answer(b"The URL is too long: use POST.\n", "text/plain", 414)
        try:
            request = _request(target, form)
            with self.lock:
                self.requests.append((request.utility, request.parameters))
                number = len(self.requests)
            return self.fault(number, request, self._service(request.path)(request))
        except Exception as error:
            return Answer(f"{type(error).__name__}: {error}\n".encode(), "text/plain", 500)

    def _service(self, path: str) -> Service:
        found = [service for start, service in self.services.items() if path.startswith(start)]
        return found[0] if found else _not_found

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is its own affair."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def _not_found(request: Request) -> Answer:
    return Answer(f"There is no {request.path} here.\n".encode(), "text/plain", 404)


def _request(target: str, form: bytes) -> Request:
    url = urlsplit(target)
    parameters: Parameters = {}
    for part in (url.query, form.decode("utf-8", "replace")):
        for name, values in parse_qs(part).items():
            parameters.setdefault(name, []).extend(values)
    return Request(PurePosixPath(url.path).stem, parameters, url.path)


class _Handler(BaseHTTPRequestHandler):
    server: Standin
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else every answer waits for the client's acknowledgement
    timeout = 60  # a client that stops in the middle of a request

    def do_GET(self) -> None:
        self.send(self.server.answer(self.path, b""))

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            self.close_connection = True
            self.send(Answer(b"A form needs its Content-Length.\n", "text/plain", 411))
            return
        self.send(self.server.answer(self.path, self.rfile.read(int(length))))

    def send(self, answer: Answer) -> None:
        length = str(len(answer.body))
        headers = {"Content-Type": answer.content_type, "Content-Length": length} | answer.headers
        self.send_response(answer.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)
        # A fault that promises more than it sends is over when the connection ends.
        self.close_connection |= headers["Content-Length"] != length

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: ``requests`` is the log."""


@contextmanager
def serve(
    corpus: Corpus,
    *,
    port: int = 0,
    fault: Fault = as_answered,
    today: Callable[[], date] = date.today,
) -> Iterator[Standin]:
    """Serve a corpus while the block runs; ``port`` 0 takes a free one, ``url`` of what is given
    tells which. Raises ConfigError where the port is taken."""
    server = _listening(corpus, port, fault, today)
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

    Prints the address. Raises ConfigError where it is told neither or both or the port is taken,
    InputError for what cannot be read.
    """
    if bool(files) == bool(raw):
        raise ConfigError("Name the records to serve: either --raw FILE, or PubMed XML files.")
    corpus = Corpus.from_raw(raw) if raw else Corpus.from_files(files)
    with _listening(corpus, port, as_answered, date.today) as server:
        click.echo(f"{len(corpus.entries)} records at {server.url} (end with Ctrl-C)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("")


def _listening(corpus: Corpus, port: int, fault: Fault, today: Callable[[], date]) -> Standin:
    try:
        return Standin({EUTILS: Eutils(corpus, today)}, port, fault)
    except OSError as error:
        raise ConfigError(
            f"Port {port} of {HOST} cannot be used ({error.strerror}). Name another one."
        ) from error
