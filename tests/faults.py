"""What services do wrong, as it was seen: every failure mode by name, and plans that inject them.

A ``Mode`` is a fault of the stand-in. It spoils the requests that it fits and lets others pass; the
number in its name groups the ways in which one failure comes. ``survivable`` are those after which
a further try brings what is there; the others a client can only report.
"""

from __future__ import annotations

import gzip
import math
import os
import random
import re
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from select import select

from harvest.standin import Answer, Arrival, Fault, Request, Wire
from harvest.standin.replay import Key, asked
from harvest.standin.wire import XML_TYPE, document, leaf, refused

JSON_TYPE = "application/json"
HTML_TYPE = "text/html; charset=UTF-8"
LIMIT = b'{"error":"API rate limit exceeded","api-key":"192.0.2.1","count":"4","limit":"3"}\n'
RETSTART = (
    "Search Backend failed: Exception:\n'retstart' cannot be larger than 9998. For PubMed, "
    "ESearch can only retrieve the first 9,999 records matching the query."
)
# Messages of ERROR that pass, as NCBI words them.
PASSING = {
    "no connection": "Search Backend failed: Unable to open connection to #pubmed",
    "database": "Database is not supported: pubmed",
    "exception": "NCBI C++ Exception: Error: TXCLIENT(CException::eUnknown) read-reply EOF",
    "cannot obtain": "cannot obtain the answer of the backend",
}
UNRESOLVED = "Couldn't resolve #exLinkSrv2, the address table is empty."
PROXY = (
    "Cannot retrieve the record: proxy_stream(): 502 Bad Gateway; failed to connect to the "
    "PubOne service"
)
# No run of tries is longer than this, or nothing would survive it.
MOST_IN_A_ROW = 5


@dataclass(frozen=True)
class Mode:
    """One way in which one failure comes.

    ``once``: a plan injects it a single time, because clients notice it only when they compare
    several answers, and compare but a few times.
    """

    name: str
    spoil: Callable[[Request, Answer], Answer]
    fits: Callable[[Request, Answer], bool]
    survivable: bool = True
    once: bool = False

    def __call__(self, _number: int, request: Request, answer: Answer) -> Answer:
        return self.spoil(request, answer) if self.fits(request, answer) else answer


# --- What a mode fits


def anything(_request: Request, _answer: Answer) -> bool:
    return True


def whole(_request: Request, answer: Answer) -> bool:
    """A 200 in XML or JSON: what is cut of it is seen to be cut, of a plain text it is not."""
    return answer.status == 200 and answer.body.lstrip()[:1] in (b"<", b"{")


def entrez(request: Request, _answer: Answer) -> bool:
    return request.source == "ncbi" and request.utility != "idconv"


def xml(request: Request, answer: Answer) -> bool:
    return entrez(request, answer) and answer.body.startswith(b"<?xml")


def of(*utilities: str) -> Callable[[Request, Answer], bool]:
    """Answers in XML of these utilities."""
    return lambda request, answer: request.utility in utilities and xml(request, answer)


def a_search(request: Request, _answer: Answer) -> bool:
    return request.utility == "esearch"


def by_get(request: Request, answer: Answer) -> bool:
    return request.method == "GET" and entrez(request, answer)


def several_records(request: Request, answer: Answer) -> bool:
    """Fetches of more than one paper: the one asked for alone then comes."""
    return of("efetch")(request, answer) and len(_records(answer)) > 1


def found_something(request: Request, answer: Answer) -> bool:
    return of("esearch")(request, answer) and b"<Id>" in answer.body


# --- How it is spoiled


def instead(
    body: bytes, content_type: str = XML_TYPE, status: int = 200, **headers: str
) -> Callable[[Request, Answer], Answer]:
    """Something else altogether; an underscore in a header's name is a dash."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _request, _answer: Answer(body, content_type, status, told)


def html(title: str) -> bytes:
    return (
        f"<!DOCTYPE html>\n<html><head><title>{title}</title></head>\n<body><h1>{title}</h1>"
        "<p>The server is temporarily unable to service your request.</p></body></html>\n"
    ).encode()


def over_the_wire(wire: Wire, **headers: str) -> Callable[[Request, Answer], Answer]:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _request, answer: replace(answer, wire=wire, headers=answer.headers | told)


def reset(connection: socket.socket) -> None:
    """End it so that the client sees a reset (RST), not an end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(connection.detach())


def says(message: str, status: int = 200) -> Callable[[Request, Answer], Answer]:
    """The ERROR document of the utility asked."""
    return lambda request, _answer: refused(request, message, status)


def changed(
    pattern: bytes, by: bytes | Callable[[re.Match[bytes]], bytes]
) -> Callable[[Request, Answer], Answer]:
    """The first place that a pattern finds, put otherwise."""
    return lambda _request, answer: replace(
        answer, body=re.sub(pattern, by, answer.body, count=1, flags=re.DOTALL)
    )


RECORD = re.compile(rb"<Pubmed(Book)?Article>.*?</Pubmed(?:Book)?Article>", re.DOTALL)


def _records(answer: Answer) -> list[bytes]:
    return [found[0] for found in RECORD.finditer(answer.body)]


def rearranged(
    change: Callable[[list[bytes]], Sequence[bytes]],
) -> Callable[[Request, Answer], Answer]:
    """Other records, or in another order."""

    def spoil(_request: Request, answer: Answer) -> Answer:
        records = _records(answer)
        head, tail = answer.body.split(records[0], 1)[0], answer.body.rsplit(records[-1], 1)[1]
        return replace(answer, body=head + b"\n".join(change(records)) + tail)

    return spoil


def _without_end(_request: Request, answer: Answer) -> Answer:
    return replace(answer, body=answer.body[: len(answer.body) * 2 // 3])


def _mistyped(record: bytes) -> bytes:
    """One wrong character, in the closing tag that comes first."""
    return re.sub(rb"</(.)", lambda tag: b"</" + bytes([tag[1][0] ^ 1]), record, count=1)


def _count_by(more: int) -> Callable[[re.Match[bytes]], bytes]:
    return lambda found: b"<Count>%d</Count>" % (int(found[1]) + more)


def _unasked(records: list[bytes]) -> list[bytes]:
    other = re.sub(rb"(<PMID[^>]*>)[0-9]+<", rb"\g<1>4294967295<", records[0], count=1)
    return [*records, other]


def _clamped(_request: Request, answer: Answer) -> Answer:
    """The last UID of a page withheld, and the message that comes with that."""
    ids = re.findall(rb"\n?<Id>[0-9]+</Id>", answer.body)
    body = answer.body.replace(ids[-1] + b"</IdList>", b"</IdList>")
    body = re.sub(rb"<RetMax>[0-9]+<", b"<RetMax>%d<" % (len(ids) - 1), body)
    warning = leaf("OutputMessage", "Restrictions achieved. start and count adjusted to 0, 9999")
    told = f"<WarningList>{warning}</WarningList></eSearchResult>".encode()
    return replace(answer, body=body.replace(b"</eSearchResult>", told))


def _no_hits(_request: Request, answer: Answer) -> Answer:
    translation = re.search(rb"<QueryTranslation>.*?</QueryTranslation>", answer.body, re.DOTALL)
    said = translation[0].decode() if translation else ""
    count = "<Count>0</Count><RetMax>0</RetMax><RetStart>0</RetStart><IdList/><TranslationSet/>"
    return document("esearch", count, said)


def _with(element: str) -> Callable[[Request, Answer], Answer]:
    end = b"</eSearchResult>"
    return lambda _request, answer: replace(
        answer, body=answer.body.replace(end, element.encode() + end)
    )


def endless(head: bytes, then: bytes, pause: float = 0.01) -> Callable[[socket.socket], None]:
    """What is said, and then again and again, after a pause each, until the client hangs up."""

    def talk(connection: socket.socket) -> None:
        with suppress(OSError):
            connection.sendall(head)
            while not select([connection], [], [], pause)[0] or connection.recv(1 << 16):
                connection.sendall(then)

    return talk


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
# No silence is long, and no end comes: the ways by the names of their modes.
ENDLESS = {
    "18 status line drips": endless(b"HTTP/1.1 2", b"0"),
    "18 header drips": endless(OK + b"X-Slow: ", b"a"),
    "18 size of a chunk drips": endless(CHUNKED, b"0"),
    "18 body without a length drips": endless(OK + b"Connection: close\r\n\r\n<good/>", b" "),
    "18 100 Continue without end": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "18 trailers without end": endless(CHUNKED + b"7\r\n<good/>\r\n0\r\n", b"X-More: a\r\n"),
}
# More than any service may answer where a test says how much that is.
HUGE = 1 << 20


def huge(_request: Request, _answer: Answer) -> Answer:
    return Answer(b" " * HUGE)


def huge_unpacked(_request: Request, _answer: Answer) -> Answer:
    return Answer(gzip.compress(b" " * HUGE), headers={"Content-Encoding": "gzip"})


def dripping(seconds: float) -> Mode:
    """Bytes that trickle over so many seconds, so that no single wait for them is long."""
    return Mode("18 drip", over_the_wire(Wire(drip=seconds)), anything)


def _gateway(status: int, title: str) -> Mode:
    page = instead(html(f"{status} {title}"), HTML_TYPE, status)
    return Mode(f"03 {status} as HTML", page, anything)


def _passing(name: str) -> Mode:
    return Mode(f"06 ERROR that passes: {name}", says(PASSING[name]), xml)


MODES = (
    Mode(
        "01 429 with Retry-After",
        instead(LIMIT, JSON_TYPE, 429, Retry_After="2"),
        anything,
    ),
    Mode(
        "01 429 with a date",
        instead(LIMIT, JSON_TYPE, 429, Retry_After="Sun, 01 Mar 2026 12:00:03 GMT"),
        anything,
    ),
    Mode("01 429 without Retry-After", instead(b"Too Many Requests", "text/plain", 429), anything),
    Mode("02 limit as JSON with 200", instead(LIMIT, JSON_TYPE), entrez),
    _gateway(500, "Internal Server Error"),
    _gateway(502, "Bad Gateway"),
    _gateway(503, "Service Unavailable"),
    _gateway(504, "Gateway Time-out"),
    Mode(
        "04 500 for a plain search",
        instead(b"Internal Server Error", "text/plain", 500),
        of("esearch"),
    ),
    # Its status was not recorded; with 200 it is the hardest to tell from an answer.
    Mode("05 unable to route", instead(b"Unable to route request!\n", "text/plain"), entrez),
    *(_passing(name) for name in PASSING),
    Mode("06 ERROR that passes: exLinkSrv2", says(UNRESOLVED), of("elink")),
    Mode(
        "06 ERROR that stays",
        says("Invalid db name specified: pubmed"),
        xml,
        survivable=False,
    ),
    Mode("07 400 with proxy_stream()", says(PROXY, 400), of("efetch")),
    Mode(
        "08 400 for an empty list",
        says("ID list is empty! Possibly it has no correct IDs.", 400),
        of("efetch"),
        survivable=False,
    ),
    Mode("09 414", instead(html("414 Request-URI Too Large"), HTML_TYPE, 414), by_get),
    Mode(
        "10 lost history",
        says("Unable to obtain query #1"),
        of("esearch", "efetch", "esummary", "elink"),
    ),
    Mode("11 retstart refused", says(RETSTART), a_search, survivable=False),
    Mode("11 page clamped", _clamped, found_something),
    Mode("12 Content-Length not reached", over_the_wire(Wire(sent=0.7)), whole),
    Mode(
        "12 chunks broken off",
        over_the_wire(Wire(sent=0.7), Transfer_Encoding="chunked"),
        whole,
    ),
    Mode("13 short with consistent headers", _without_end, whole),
    Mode(
        "14 one wrong character",
        lambda _request, answer: replace(answer, body=_mistyped(answer.body)),
        xml,
    ),
    Mode(
        "15 prolog only",
        changed(rb"^(<\?xml[^>]*>\s*(?:<!DOCTYPE[^>]*>)?).*", lambda found: found[1]),
        xml,
    ),
    Mode("15 empty body", instead(b""), anything),
    Mode("16 HTML with 200", instead(html("NCBI - WWW Error Blocked"), HTML_TYPE), anything),
    Mode("17 reset", over_the_wire(Wire(sent=0.0, end=reset)), anything),
    Mode("17 reset midway", over_the_wire(Wire(sent=0.5, end=reset)), whole),
    Mode("17 disconnected", over_the_wire(Wire(sent=0.0)), anything),
    Mode("18 no answer", over_the_wire(Wire(delay=math.inf)), anything),
    dripping(0.3),
    *(
        Mode(name, over_the_wire(Wire(sent=0.0, end=talk)), anything)
        for name, talk in ENDLESS.items()
    ),
    Mode("19 fewer records", rearranged(lambda records: records[:-1]), several_records),
    Mode(
        "20 count too high",
        changed(rb"<Count>([0-9]+)</Count>", _count_by(1)),
        found_something,
        once=True,
    ),
    # A first search cannot tell this from a query that finds nothing.
    Mode("21 zero count", _no_hits, found_something, survivable=False),
    Mode(
        "22 phrase not found",
        _with("<ErrorList><PhraseNotFound>abcXYZ</PhraseNotFound></ErrorList>"),
        of("esearch"),
        survivable=False,
    ),
    Mode(
        "22 quoted phrase not found",
        _with(
            '<WarningList><QuotedPhraseNotFound>"abc XYZ"</QuotedPhraseNotFound></WarningList>',
        ),
        of("esearch"),
        survivable=False,
    ),
    Mode("23 records twice", rearranged(lambda records: [*records, records[0]]), several_records),
    Mode("23 a record not asked for", rearranged(_unasked), several_records),
    Mode("23 another order", rearranged(lambda records: records[::-1]), several_records),
    Mode(
        "24 a newer DTD",
        changed(
            rb"(<!DOCTYPE [^>]*?)1st January 2026([^>]*?)260101",
            rb"\g<1>1st January 2027\g<2>270101",
        ),
        of("efetch"),
    ),
    Mode("25 more than an answer may have", huge, anything),
    Mode("25 more when it is unpacked", huge_unpacked, anything),
)
FAULTS: dict[str, Mode] = {mode.name: mode for mode in MODES}
SURVIVABLE = tuple(name for name, mode in FAULTS.items() if mode.survivable)
FATAL = tuple(name for name in FAULTS if name not in SURVIVABLE)


# --- Plans


def latency(seconds: float) -> Fault:
    """Every answer comes so much later; those of several requests wait side by side."""

    def fault(_number: int, _request: Request, answer: Answer) -> Answer:
        return replace(answer, wire=replace(answer.wire, delay=answer.wire.delay + seconds))

    return fault


def together(*faults: Fault) -> Fault:
    """One after the other, each upon what the one before made of the answer."""

    def fault(number: int, request: Request, answer: Answer) -> Answer:
        for this in faults:
            answer = this(number, request, answer)
        return answer

    return fault


def only(services: Iterable[str], fault: Fault) -> Fault:
    """The fault for these services alone (``esearch``, ``icite``, ...)."""
    names = frozenset(services)
    return lambda number, request, answer: (
        fault(number, request, answer) if request.utility in names else answer
    )


def damaged(*pmids: int) -> Fault:
    """Records of these PMIDs that always come with a closing tag mistyped (mode 14)."""

    def fault(_number: int, request: Request, answer: Answer) -> Answer:
        if request.utility != "efetch":
            return answer
        body = answer.body
        for record in _records(answer):
            own = re.search(rb"<PMID[^>]*>([0-9]+)<", record)
            if own and int(own[1]) in pmids:
                body = body.replace(record, _mistyped(record))
        return replace(answer, body=body)

    return fault


class Tries:
    """How often each question has been put, whatever the thread."""

    def __init__(self) -> None:
        self.counts: Counter[Key] = Counter()
        self.lock = threading.Lock()

    def next(self, request: Request) -> int:
        """1 for the first try of a question."""
        with self.lock:
            self.counts[asked(request)] += 1
            return self.counts[asked(request)]


def first_tries(fault: Fault, most: int = 1) -> Fault:
    """The fault at the first tries of each question, then the answer."""
    tries = Tries()
    return lambda number, request, answer: (
        fault(number, request, answer) if tries.next(request) <= most else answer
    )


def at_rate(rate: float, seed: int, names: Iterable[str] = SURVIVABLE) -> Fault:
    """A fault of those named at this rate, in the place of the answers to which one fits.

    Which try of which question meets which fault follows from the seed and not from the order in
    which threads ask, but for the modes that come once. After ``MOST_IN_A_ROW`` faulty tries of a
    question the answer comes.
    """
    modes = [FAULTS[name] for name in names]
    tries, done, lock = Tries(), set[str](), threading.Lock()

    def spoiled(request: Request, number: int) -> random.Random | None:
        # A search for what changed since names a day: the plan is the same on all of them.
        question = re.sub(r"\d{4}/\d\d/\d\d", "a day", str(asked(request)))
        chance = random.Random(f"{seed} {number} {question}")
        return chance if chance.random() < rate else None

    def fault(number: int, request: Request, answer: Answer) -> Answer:
        this = tries.next(request)
        chance = spoiled(request, this)
        before = range(max(1, this - MOST_IN_A_ROW), this)
        if chance is None or (
            len(before) == MOST_IN_A_ROW and all(spoiled(request, n) for n in before)
        ):
            return answer
        with lock:
            fitting = [m for m in modes if m.fits(request, answer) and m.name not in done]
            if not fitting:
                return answer
            mode = chance.choice(fitting)
            if mode.once:
                done.add(mode.name)
        return mode(number, request, answer)

    return fault


# --- What came in


def most_at_once(arrivals: Iterable[Arrival], source: str = "ncbi", window: float = 1.0) -> int:
    """The most requests to a source (ncbi, icite, crossref) within any sliding window, seconds."""
    times = sorted(came.at for came in arrivals if came.request.source == source)
    first = most = 0
    for last, at in enumerate(times):
        while at - times[first] >= window:
            first += 1
        most = max(most, last - first + 1)
    return most
