"""The server of the stand-in: HTTP, and what goes wrong in it."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from standin_records import (
    CORPUS,
    Ask,
    fetched,
    file_of,
    record,
)

from harvest.standin import Answer, Corpus, Request, Standin, run_forever, serve
from harvest.standin.corpus import entry
from kb.errors import ConfigError


def test_get_and_post_are_equal_and_both_are_logged(session: requests.Session) -> None:
    form = {"term": "müller & co [au]", "id": ["1", "2"], "empty": ""}
    with serve(CORPUS) as server:
        url = f"{server.url}esearch.fcgi"
        by_get = session.get(url, params=form, timeout=10)
        by_post = session.post(url, data=form, timeout=10)
        session.post(f"{server.url}epost.fcgi?db=pubmed", data={"id": "11"}, timeout=10)
    assert by_get.content == by_post.content
    asked = {"term": ["müller & co [au]"], "id": ["1", "2"]}
    assert server.requests == [
        ("esearch", asked),
        ("esearch", asked),
        ("epost", {"db": ["pubmed"], "id": ["11"]}),
    ]
    assert [came.request.method for came in server.arrivals] == ["GET", "POST", "POST"]
    assert sorted(came.at for came in server.arrivals) == [came.at for came in server.arrivals]


def test_answers_tell_the_rate_limit_and_keep_the_connection(ask: Ask) -> None:
    plain, keyed = ask("einfo"), ask("einfo", api_key="k")
    names = ("X-RateLimit-Limit", "X-RateLimit-Remaining")
    assert [plain.headers[name] for name in names] == ["3", "2"]
    assert [keyed.headers[name] for name in names] == ["10", "9"]
    assert plain.raw.version == 11
    assert "Connection" not in plain.headers


def test_it_listens_on_loopback_alone(standin: Standin) -> None:
    assert standin.server_address[0] == "127.0.0.1"
    assert standin.url == f"http://127.0.0.1:{standin.server_port}/entrez/eutils/"


@pytest.mark.parametrize("path", ["espell.fcgi", "", "../../elsewhere", "../../"])
def test_what_is_not_there_is_a_404(standin: Standin, session: requests.Session, path: str) -> None:
    assert session.get(standin.url + path, timeout=10).status_code == 404


def test_a_get_that_is_too_long_is_a_414(ask: Ask) -> None:
    answer = ask("efetch", id=",".join(["12345678"] * 2000))
    assert answer.status_code == 414


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ("POST /entrez/eutils/epost.fcgi HTTP/1.1\r\nHost: x\r\n\r\n", "411"),
        ("POST /entrez/eutils/epost.fcgi HTTP/1.1\r\nContent-Length: x\r\n\r\n", "411"),
        ("GET http://[ HTTP/1.0\r\n\r\n", "500"),
        ("BREW /coffee HTTP/1.0\r\n\r\n", "501"),
    ],
)
def test_a_request_that_is_none_is_answered_too(standin: Standin, lines: str, status: str) -> None:
    with socket.create_connection(("127.0.0.1", standin.server_port), timeout=10) as connection:
        connection.sendall(lines.encode())
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert answer.decode().split()[1] == status


def test_a_bug_is_told_in_a_500(session: requests.Session) -> None:
    corpus = Corpus([replace(entry(1, record(1)), xml=b"damaged")])
    with serve(corpus) as server:
        answer = session.get(f"{server.url}efetch.fcgi?id=1", timeout=10)
    assert answer.status_code == 500
    assert "zlib" in answer.text or "decompress" in answer.text


def test_a_client_that_hangs_up_is_not_worth_a_line(
    standin: Standin, capsys: pytest.CaptureFixture[str]
) -> None:
    for error, quiet in ((BrokenPipeError(), True), (ValueError(), False)):
        try:
            raise error
        except (BrokenPipeError, ValueError):
            standin.handle_error(None, ("127.0.0.1", 1))
        assert (capsys.readouterr().err == "") is quiet


def test_a_fault_may_take_the_place_of_an_answer(session: requests.Session) -> None:
    def fault(number: int, request: Request, answer: Answer) -> Answer:
        if number == 1 and request.utility == "einfo":
            return Answer(b"{}", "application/json", 429, {"Retry-After": "2"})
        if number == 2:
            return replace(answer, headers={"Content-Length": str(len(answer.body) + 1)})
        return answer

    with serve(CORPUS, fault=fault) as server:
        limited = session.get(f"{server.url}einfo.fcgi", timeout=10)
        assert (limited.status_code, limited.headers["Retry-After"]) == (429, "2")
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            session.get(f"{server.url}einfo.fcgi", timeout=10)
        assert session.get(f"{server.url}einfo.fcgi", timeout=10).status_code == 200


def test_a_port_that_is_taken_is_named(standin: Standin) -> None:
    with (
        pytest.raises(ConfigError, match=f"Port {standin.server_port} of 127"),
        serve(CORPUS, port=standin.server_port),
    ):
        pass


def test_the_command_needs_files_or_a_raw_store(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="either --raw"):
        run_forever()
    with pytest.raises(ConfigError, match="either --raw"):
        run_forever([tmp_path / "a.xml"], tmp_path / "raw.db")


@pytest.mark.soak
def test_the_command_serves_until_it_is_interrupted(
    tmp_path: Path, session: requests.Session
) -> None:
    path = file_of(tmp_path / "a.xml", record(1), record(2))
    code = "import pathlib, sys, harvest.standin as s; s.run_forever([pathlib.Path(sys.argv[1])])"
    command = [sys.executable, "-c", code, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        said = process.stdout.readline()
        found = re.fullmatch(r"2 records at ((http://127\.0\.0\.1:\d+)/entrez/eutils/) .*\n", said)
        assert found
        exports = [process.stdout.readline() for _ in range(5)]
        answer = session.get(f"{found[1]}efetch.fcgi?id=2", timeout=10)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 0
    assert fetched(answer) == [2]
    assert exports == [
        f"export HARVEST_EUTILS_URL={found[2]}/entrez/eutils/\n",
        f"export HARVEST_ICITE_URL={found[2]}/icite/api/\n",
        f"export HARVEST_CROSSREF_URL={found[2]}/crossref/\n",
        f"export HARVEST_IDCONV_URL={found[2]}/idconv/articles/\n",
        f"export HARVEST_EUROPEPMC_URL={found[2]}/europepmc/webservices/rest/\n",
    ]
