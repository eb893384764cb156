"""A server on loopback that does as a test says, a clock that nobody waits for, small records."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from harvest.clock import Clock
from harvest.settings import Settings
from harvest.standin import Fault, Standin
from harvest.standin.server import answering

START = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


def settings_of(server: Standin, *, api_key: str = "", tries: int = 2) -> Settings:
    """Settings that ask a stand-in for everything."""
    return Settings(
        email="reader@example.org",
        api_key=api_key,
        bases=server.bases,
        tries=tries,
    )


class FakeClock(Clock):
    """Time that passes only when someone sleeps or a test lets it pass."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.lock = threading.Lock()

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        with self.lock:
            self.seconds += seconds

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)


def without_waiting(patch: pytest.MonkeyPatch) -> None:
    """A command that would wait, for its turn or before it tries again, goes on at once."""
    clock = FakeClock()
    patch.setattr(Clock, "monotonic", lambda _: clock.monotonic())
    patch.setattr(Clock, "sleep", lambda _, seconds: clock.sleep(seconds))


class Asked:
    """One request: its path, its form, and the means to answer it."""

    def __init__(self, handler: BaseHTTPRequestHandler, number: int) -> None:
        self.handler = handler
        self.number = number
        self.path = handler.path
        self.body = handler.rfile.read(int(handler.headers.get("Content-Length", 0))).decode()
        self.form = parse_qs(self.body)

    def answer(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.handler.send_response(status)
        for name, value in ({"Content_Length": str(len(body))} | headers).items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.end_headers()
        self.handler.wfile.write(body)

    def raw(self, octets: bytes) -> None:
        """Send bytes as they are and hang up."""
        self.handler.wfile.write(octets)
        self.handler.close_connection = True


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, script: Callable[[Asked], None]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = script
        self.asked: list[Asked] = []
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/entrez/eutils/"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        with self.server.lock:
            asked = Asked(self, len(self.server.asked) + 1)
            self.server.asked.append(asked)
        self.server.script(asked)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serving(script: Callable[[Asked], None]) -> Iterator[Server]:
    with answering(Server(script)) as server:
        yield server


@contextmanager
def listening(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """A port at which somebody says what a test wants, whatever comes first, and hangs up."""

    def attend(door: socket.socket) -> None:
        with suppress(OSError):
            while True:
                with door.accept()[0] as connection:
                    connection.recv(1 << 16)
                    talk(connection)

    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=attend, args=(door,), daemon=True)
        thread.start()
        yield door.getsockname()[1]
        door.shutdown(socket.SHUT_RDWR)
        thread.join()


def record(
    pmid: int,
    title: str = "",
    cites: Iterable[int | str] = (),
    abstract: str = "",
    *,
    doi: str = "",
    year: int = 2020,
) -> bytes:
    """A record as EFetch gives it, with the references given: PMIDs, or DOIs as text."""
    references = "".join(
        f"<Reference><Citation>Paper {cited}</Citation><ArticleIdList>"
        f'<ArticleId IdType="{"doi" if isinstance(cited, str) else "pubmed"}">'
        f"{cited}</ArticleId></ArticleIdList></Reference>"
        for cited in cites
    )
    own_doi = f'<ArticleId IdType="doi">{doi}</ArticleId>' if doi else ""
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">{pmid}'
        "</PMID><Article><Journal><JournalIssue><PubDate>"
        f"<Year>{year}</Year></PubDate>"
        f"</JournalIssue></Journal><ArticleTitle>{title or f'Paper {pmid}'}</ArticleTitle>"
        + (f"<Abstract><AbstractText>{abstract}</AbstractText></Abstract>" if abstract else "")
        + "</Article></MedlineCitation><PubmedData><ArticleIdList>"
        f'<ArticleId IdType="pubmed">{pmid}</ArticleId>{own_doi}</ArticleIdList>'
        + (f"<ReferenceList>{references}</ReferenceList>" if references else "")
        + "</PubmedData></PubmedArticle>"
    ).encode()


def record_set(*records: bytes) -> bytes:
    head = b'<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet>\n<PubmedArticleSet>'
    return head + b"\n".join(records) + b"</PubmedArticleSet>"


def spoiled(body: bytes, status: int = 200) -> Fault:
    """Every answer of a stand-in has this body and status."""
    return lambda _number, _request, answer: replace(answer, body=body, status=status)
