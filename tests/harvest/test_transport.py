from __future__ import annotations

import base64
import gzip
import logging
import socket
import threading
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest
from faults import CHUNKED, ENDLESS, OK, endless
from loopback import START, Asked, FakeClock, listening, serving

from harvest.service import Again, Refused, Reply
from harvest.settings import Login, Settings, settings_from
from harvest.transport import Sent, Transport
from kb.errors import ServiceFailed

KEY = "0123456789abcdef0123456789abcdef0123"
QUESTION = [("db", "pubmed"), ("id", "1,2")]


class Asking:
    """A transport, its clock and what it reported."""

    def __init__(self, url: str, **settings: object) -> None:
        self.clock = FakeClock()
        self.sent: list[Sent] = []
        self.url = url
        values: dict[str, object] = {"bases": {"eutils": url}, "email": "someone@example.org"}
        self.transport = Transport(
            Settings(**values | settings),  # type: ignore[arg-type]
            self.sent.append,
            self.clock,
        )

    def ask(self) -> Reply:
        return self.transport.ask("eutils", "efetch.fcgi", QUESTION, whole)

    @property
    def outcomes(self) -> list[str]:
        return [sent.outcome for sent in self.sent]


def whole(reply: Reply) -> Reply:
    if reply.body != b"<good/>":
        raise Again("not good")
    return reply


def good(asked: Asked) -> None:
    asked.answer(b"<good/>")


def failing_first(first: bytes) -> Asking:
    """Ask a server that sends these bytes once and then a good answer."""

    def script(asked: Asked) -> None:
        if asked.number == 1:
            asked.raw(first)
        else:
            good(asked)

    with serving(script) as server:
        asking = Asking(server.url)
        assert asking.ask().body == b"<good/>"
    return asking


def test_every_request_says_who_asks_and_with_which_tool() -> None:
    with serving(good) as server:
        Asking(server.url, api_key=KEY).ask()
    assert server.asked[0].form == {
        "db": ["pubmed"],
        "id": ["1,2"],
        "tool": ["neuroblastoma-kb"],
        "email": ["someone@example.org"],
        "api_key": [KEY],
    }


def test_the_key_is_in_no_address_no_report_no_log_and_no_reply(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(good) as server:
        asking = Asking(server.url, api_key=KEY)
        reply = asking.ask()
    assert "/entrez/eutils/efetch.fcgi" in caplog.text  # the log was on
    for text in (server.asked[0].path, repr(asking.sent), caplog.text, repr(reply)):
        assert KEY not in text
    assert KEY not in repr(asking.transport.settings)
    assert reply.question == "db=pubmed&id=1,2"


def test_an_error_message_does_not_repeat_the_key_that_the_service_echoes() -> None:
    def refuse(reply: Reply) -> Reply:
        raise Refused(reply.body.decode(), "Check the key.")

    echo = b'{"error":"API key invalid","api-key":"' + KEY.encode() + b'"}'
    with serving(lambda asked: asked.answer(echo, 400)) as server:
        asking = Asking(server.url, api_key=KEY)
        with pytest.raises(ServiceFailed) as failure:
            asking.transport.ask("eutils", "efetch.fcgi", QUESTION, refuse)
    assert "API key invalid" in str(failure.value)
    assert KEY not in str(failure.value) + failure.value.why + repr(asking.sent)


def test_a_server_error_is_asked_again_after_a_pause_that_grows() -> None:
    def script(asked: Asked) -> None:
        if asked.number <= 3:
            asked.answer(b"<html><head><title>x</title></head>Bad Gateway</html>", 502)
        else:
            good(asked)

    with serving(script) as server:
        asking = Asking(server.url)
        asking.ask()
    assert asking.outcomes == ["HTTP 502: 'Bad Gateway'"] * 3 + ["answered"]
    assert [sent.status for sent in asking.sent] == [502, 502, 502, 200]
    assert asking.clock.seconds >= 0.5 + 1 + 2


@pytest.mark.parametrize(
    ("status", "retry_after", "seconds"),
    [
        pytest.param(429, "7", 7, id="as many seconds as it says"),
        pytest.param(503, format_datetime(START + timedelta(seconds=20)), 20, id="until a date"),
        pytest.param(429, "soon", 2, id="two seconds where it does not say"),
    ],
)
def test_a_service_that_is_asked_too_much_is_waited_for(
    status: int, retry_after: str, seconds: int
) -> None:
    def script(asked: Asked) -> None:
        if asked.number == 1:
            asked.answer(b'{"error":"API rate limit exceeded"}', status, Retry_After=retry_after)
        else:
            good(asked)

    with serving(script) as server:
        asking = Asking(server.url)
        asking.ask()
    assert asking.clock.seconds == seconds


def test_a_service_that_sends_us_away_for_hours_is_not_waited_for() -> None:
    with serving(lambda asked: asked.answer(b"", 429, Retry_After="86400")) as server:
        asking = Asking(server.url)
        with pytest.raises(ServiceFailed, match="stay away for 86400 s"):
            asking.ask()
    assert len(asking.sent) == 1


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(b"", id="hung up before an answer"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 70\r\n\r\n<good/>", id="short body"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n<good/>\r\n",
            id="last chunk missing",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n70\r\n<good/>",
            id="chunk cut",
        ),
        pytest.param(b"nonsense\r\n\r\n", id="not HTTP"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n<good/>", id="gzip that is none"
        ),
    ],
)
def test_an_answer_that_breaks_off_is_dropped_and_asked_for_again(first: bytes) -> None:
    asking = failing_first(first)
    assert len(asking.sent) == 2
    assert asking.outcomes[0].startswith(("no answer", "the answer broke off"))


def test_an_answer_that_its_reader_cannot_read_is_asked_for_again() -> None:
    with serving(
        lambda asked: asked.answer(b"<good/>" if asked.number > 1 else b"<html>")
    ) as server:
        asking = Asking(server.url)
        asking.ask()
    assert asking.outcomes == ["not good", "answered"]


def test_a_refusal_is_final_at_once() -> None:
    def refuse(reply: Reply) -> Reply:
        raise Refused(f"HTTP {reply.status}", "Mend it.")

    with serving(lambda asked: asked.answer(b"no", 400)) as server:
        asking = Asking(server.url)
        with pytest.raises(ServiceFailed, match=r"HTTP 400\. Mend it\."):
            asking.transport.ask("eutils", "efetch.fcgi", QUESTION, refuse)
    assert asking.outcomes == ["HTTP 400"]


def test_when_the_tries_are_used_up_the_error_says_where_what_and_what_to_do() -> None:
    with serving(lambda asked: asked.answer(b"<h1>Down</h1> for repair", 503)) as server:
        asking = Asking(server.url, api_key=KEY)
        with pytest.raises(ServiceFailed) as failure:
            asking.ask()
    message = str(failure.value)
    assert f"{server.url}efetch.fcgi" in message
    assert "12 tries. Last: HTTP 503: 'Down for repair'" in message
    assert "run the same command again" in message
    assert failure.value.exit_code == 3
    assert not failure.value.down


def test_where_nobody_listens_fewer_tries_are_made() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    asking = Asking(f"http://127.0.0.1:{port}/")
    with pytest.raises(ServiceFailed, match=r"no connection \(.*refused") as failure:
        asking.ask()
    assert failure.value.down
    assert len(asking.sent) == 4
    assert {sent.status for sent in asking.sent} == {None}


def test_a_silent_server_is_left_after_the_read_deadline() -> None:
    over = threading.Event()
    with serving(lambda asked: good(asked) if asked.number > 1 else _wait(over)) as server:
        asking = Asking(server.url, read=0.05)
        asking.ask()
        over.set()
    assert asking.outcomes == ["no answer in 0.05 s", "answered"]


def _wait(over: threading.Event) -> None:
    over.wait(10)


def test_an_answer_that_drips_is_left_after_the_deadline_of_the_whole() -> None:
    def script(asked: Asked) -> None:
        if asked.number > 1:
            return good(asked)
        asked.handler.send_response(200)
        asked.handler.send_header("Content-Length", "1000")
        asked.handler.end_headers()
        asking.clock.sleep(301)
        return asked.handler.wfile.write(b"<")  # type: ignore[return-value]

    with serving(script) as server:
        asking = Asking(server.url)
        asking.ask()
    assert asking.outcomes == ["the answer took longer than 300 s", "answered"]


# One deadline, from connecting to the last byte

LATE = "the answer took longer than 0.1 s"


@pytest.mark.parametrize("way", ENDLESS)
def test_what_drips_and_does_not_end_is_left_at_the_deadline_and_asked_again(way: str) -> None:
    def script(asked: Asked) -> None:
        if asked.number == 1:
            ENDLESS[way](asked.handler.connection)
            asked.handler.close_connection = True
        else:
            good(asked)

    with serving(script) as server:
        asking = Asking(server.url, whole=0.1)
        assert asking.ask().body == b"<good/>"
    assert asking.outcomes == [LATE, "answered"]


def test_a_connection_that_is_used_again_has_the_deadline_too() -> None:
    def script(asked: Asked) -> None:
        if asked.number == 2:
            ENDLESS["18 header drips"](asked.handler.connection)
            asked.handler.close_connection = True
        else:
            good(asked)

    with serving(script) as server:
        asking = Asking(server.url, whole=0.1)
        asking.ask()
        asking.ask()
    assert asking.outcomes == ["answered", LATE, "answered"]


@pytest.fixture
def due(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """The deadlines that were set; each comes when a test calls it."""
    deadlines: list[Callable[[], None]] = []

    class Held(threading.Timer):
        def start(self) -> None:
            deadlines.append(self.function)

    monkeypatch.setattr(threading, "Timer", Held)
    return deadlines


def test_a_deadline_that_comes_when_all_is_over_does_not_end_what_follows(
    due: list[Callable[[], None]],
) -> None:
    with serving(good) as server:
        asking = Asking(server.url)
        asking.ask()
        due.pop()()
        asking.ask()
        connections = {asked.handler.client_address for asked in server.asked}
    assert asking.outcomes == ["answered", "answered"]
    assert len(connections) == 1


def test_a_handshake_that_drips_is_left_at_the_deadline(due: list[Callable[[], None]]) -> None:
    record_of_16_384_octets = b"\x16\x03\x03\x40\x00"

    def talk(connection: socket.socket) -> None:
        connection.sendall(record_of_16_384_octets)
        due.pop()()
        endless(b"", b"\x02")(connection)

    with listening(talk) as port:
        asking = Asking(f"https://127.0.0.1:{port}/", whole=0.1, tries=2)
        with pytest.raises(ServiceFailed, match="no usable answer in 2 tries"):
            asking.ask()
    assert asking.outcomes == [LATE, LATE]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_drips_is_left_at_the_deadline(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with listening(endless(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a")) as port:
        monkeypatch.setenv(f"{scheme}_proxy", f"http://127.0.0.1:{port}/")
        asking = Asking(f"{scheme}://eutils.invalid/", whole=0.1, tries=2)
        with pytest.raises(ServiceFailed, match=LATE):
            asking.ask()
    assert asking.outcomes == [LATE, LATE]


def test_a_proxy_that_speaks_no_http_is_not_gone_past(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "socks5://127.0.0.1:1/")
    asking = Asking("http://eutils.invalid/", tries=1)
    with pytest.raises(ServiceFailed, match="a proxy that speaks no HTTP: socks"):
        asking.ask()


# The largest answer


def limited(asking: Asking, largest: int) -> Asking:
    services = asking.transport.services
    services["eutils"] = replace(services["eutils"], largest=largest)
    return asking


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(OK + b"Connection: close\r\n\r\n", id="plain"),
        pytest.param(CHUNKED, id="in chunks"),
    ],
)
def test_an_answer_that_never_ends_is_read_up_to_the_largest_there_may_be(head: bytes) -> None:
    part = b"100\r\n" + b" " * 256 + b"\r\n" if head == CHUNKED else b" " * 256

    def script(asked: Asked) -> None:
        if asked.number == 1:
            endless(head, part, pause=0)(asked.handler.connection)
            asked.handler.close_connection = True
        else:
            good(asked)

    with serving(script) as server:
        asking = limited(Asking(server.url), 10_000)
        asking.ask()
    assert asking.outcomes == ["the answer has more than 10,000 bytes", "answered"]


@pytest.mark.parametrize("encoding", ["gzip", "gzip, gzip"])
def test_an_answer_is_measured_unpacked_and_unpacked_no_further(encoding: str) -> None:
    packed = b" " * (32 << 20)
    for _ in encoding.split(", "):
        packed = gzip.compress(packed, 1)

    def script(asked: Asked) -> None:
        asked.answer(packed, Content_Encoding=encoding)

    with serving(script) as server:
        asking = limited(Asking(server.url, tries=1), 100_000)
        tracemalloc.start()
        with pytest.raises(ServiceFailed, match="more than 100,000 bytes"):
            asking.ask()
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert most < 4 << 20


def test_an_answer_of_just_the_largest_size_is_taken() -> None:
    with serving(good) as server:
        assert limited(Asking(server.url), len(b"<good/>")).ask().body == b"<good/>"


def test_a_redirect_with_an_endless_body_is_not_read_to_find_where_it_leads() -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n"

    def script(asked: Asked) -> None:
        endless(head, b" " * 256, pause=0)(asked.handler.connection)
        asked.handler.close_connection = True

    with serving(script) as server:
        asking = limited(Asking(server.url, tries=1), 10_000)
        with pytest.raises(ServiceFailed, match="more than 10,000 bytes"):
            asking.ask()


# Headers that nobody should have written


def test_a_redirect_to_what_is_no_utf_8_is_told() -> None:
    with serving(lambda asked: asked.answer(b"", 302, Location="/\xff\x1b")) as server:
        asking = Asking(server.url)
        with pytest.raises(ServiceFailed, match=r"a redirect to '/ÿ\\x1b'") as failure:
            asking.ask()
    assert failure.value.down
    assert asking.outcomes == [failure.value.why]


@pytest.mark.parametrize(
    "value", ["Sun, 01 Mar 2026 12:00:03 +9999999999999", "Fri, 31 Dec 9999 23:59:59 -2359"]
)
def test_a_time_to_come_back_that_is_none_or_far_away_is_no_traceback(value: str) -> None:
    with serving(lambda asked: asked.answer(b"", 503, Retry_After=value)) as server:
        asking = Asking(server.url, tries=2)
        with pytest.raises(ServiceFailed, match="HTTP 503"):
            asking.ask()
    assert asking.clock.seconds < 60


def test_a_service_that_sends_us_away_for_ever_is_left_at_once() -> None:
    with serving(lambda asked: asked.answer(b"", 429, Retry_After="9" * 5000)) as server:
        asking = Asking(server.url)
        with pytest.raises(ServiceFailed, match="stay away for 31536000 s"):
            asking.ask()
    assert asking.clock.seconds == 0


@pytest.mark.parametrize(
    ("limit", "interval"), [("9" * 5000, "1s"), ("1", "99999999s"), ("1", "9" * 5000 + "s")]
)
def test_a_limit_that_nobody_could_keep_to_is_told_and_not_kept(limit: str, interval: str) -> None:
    told: list[str] = []
    headers = {"X_Rate_Limit_Limit": limit, "X_Rate_Limit_Interval": interval}
    with serving(lambda asked: asked.answer(b"<good/>", 200, **headers)) as server:
        asking = Asking(server.url)
        asking.transport.say = told.append
        asking.ask()
        asking.ask()
        limiter = asking.transport.limiters["ncbi"]
    assert (len(limiter.went), limiter.window < 2) == (3, True)
    assert len(told) == 1
    assert "tells of a limit that is none" in told[0]
    assert len(told[0]) < 250


def test_headers_that_are_none_are_no_traceback() -> None:
    asking = failing_first(OK + b"no header at all\r\nContent-Length: 0\r\n\r\n")
    assert asking.outcomes == ["not good", "answered"]


# What only the service and we are to know

LOGIN = "http://reader:pass%2Fword@"
PASSWORD = "pass/word"


def test_a_login_in_an_address_is_sent_and_stands_in_no_book_log_or_message(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    sent: list[Sent] = []
    body = f"who is reader:{PASSWORD.upper()} or pass%2fword?".encode()

    def script(asked: Asked) -> None:
        asked.answer(body if asked.number > 1 else b"<good/>", 503 if asked.number > 1 else 200)

    with serving(script) as server:
        url = server.url.replace("http://", LOGIN)
        settings = settings_from({"HARVEST_EUTILS_URL": url, "HARVEST_CROSSREF_URL": ""})
        transport = Transport(replace(settings, tries=1), sent.append, FakeClock())
        reply = transport.ask("eutils", "efetch.fcgi", QUESTION, whole)
        with pytest.raises(ServiceFailed, match="HTTP 503: 'who is reader:") as failure:
            transport.ask("eutils", "efetch.fcgi", QUESTION, whole)
        login = server.asked[0].handler.headers["Authorization"]
    assert base64.b64decode(login.removeprefix("Basic ")) == f"reader:{PASSWORD}".encode()
    assert transport.base("eutils") == server.url
    seen = (repr(sent), repr(reply), caplog.text, str(failure.value), repr(settings))
    for text in seen:
        assert not [way for way in (PASSWORD, "pass%2fword") if way in text.lower()]


def test_a_login_of_other_letters_is_sent_in_utf_8() -> None:
    with serving(good) as server:
        asking = Asking(server.url, logins={"eutils": Login("Łucja", "żółw")})
        asking.ask()
        login = server.asked[0].handler.headers["Authorization"]
    assert base64.b64decode(login.removeprefix("Basic ")).decode() == "Łucja:żółw"


def encoded(text: str) -> str:
    return "".join(f"%{ord(one):02x}" for one in text)


ECHOES = [str, str.upper, encoded]


@pytest.mark.parametrize("way", ECHOES)
def test_an_error_that_repeats_the_key_is_said_without_it(way: Callable[[str], str]) -> None:
    """Also where the words that are said end in the middle of it."""
    for before in (0, 180):
        body = ("x" * before + way(KEY)).encode()
        with serving(lambda asked, body=body: asked.answer(body, 503)) as server:  # type: ignore[misc]
            asking = Asking(server.url, api_key=KEY, tries=1)
            with pytest.raises(ServiceFailed) as failure:
                asking.ask()
        assert way(KEY)[:8] not in str(failure.value) + repr(asking.sent)


@pytest.mark.parametrize("way", ECHOES)
def test_an_answer_that_repeats_the_key_is_not_kept(way: Callable[[str], str]) -> None:
    answer = f"<good key='{way(KEY)}'/>".encode()
    with serving(lambda asked: asked.answer(answer)) as server:
        asking = Asking(server.url, api_key=KEY)
        with pytest.raises(ServiceFailed, match="repeats the key, so it was not kept"):
            asking.transport.ask("eutils", "efetch.fcgi", QUESTION, lambda reply: reply)
    assert asking.outcomes == ["the answer repeats the key, so it was not kept"]


def test_a_redirect_is_not_followed_for_it_could_take_the_key_elsewhere() -> None:
    with (
        serving(good) as other,
        serving(lambda asked: asked.answer(b"", 302, Location=other.url + "?a=1")) as server,
    ):
        asking = Asking(server.url, api_key=KEY)
        with pytest.raises(ServiceFailed, match="asks for a login"):
            asking.ask()
    assert other.asked == []


def test_a_connection_that_is_not_secure_is_refused_and_says_what_to_set() -> None:
    with serving(good) as server:
        asking = Asking(server.url.replace("http:", "https:"))
        with pytest.raises(ServiceFailed, match="REQUESTS_CA_BUNDLE"):
            asking.ask()
    assert len(asking.sent) == 1


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")
    with serving(good) as server:
        assert Asking(server.url).ask().status == 200


@pytest.mark.parametrize(("key", "most"), [("", 3), (KEY, 10)])
def test_many_threads_never_go_more_often_than_the_limit_in_any_second(key: str, most: int) -> None:
    limiter = Asking("http://127.0.0.1:1/", api_key=key).transport.limiters["ncbi"]
    with ThreadPoolExecutor(8) as pool:
        went = sorted(work.result() for work in [pool.submit(limiter.wait) for _ in range(200)])
    assert all(later - first >= 1 for first, later in zip(went, went[most:], strict=False))
    assert went[-1] <= 1.1 * 200 / most
