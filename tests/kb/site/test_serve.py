"""`kb serve`: what it refuses with a reason, and that it serves over HTTP until interrupted."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import requests

from kb.data import data_dir
from kb.errors import ConfigError, InputError, KbError
from kb.site.serve import serve


@pytest.fixture(scope="module")
def base(specimen: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copy(specimen, tmp_path_factory.mktemp("serve") / "base of 2026.db"))


def refused(db: Path, host: str = "127.0.0.1", port: int = 0) -> KbError:
    with pytest.raises(KbError) as error:
        serve(db, host, port, data_dir())
    return error.value


def test_a_missing_file_is_named_with_the_way_to_make_it(tmp_path: Path) -> None:
    error = refused(tmp_path / "kb.db")
    assert isinstance(error, ConfigError)
    assert str(tmp_path / "kb.db") in str(error)
    assert "kb build" in str(error)


@pytest.mark.parametrize(
    "content", [b"PMID- 36063183\n" * 100, b"SQLite format 3\x00" + b"\xff" * 4096]
)
def test_a_file_that_is_no_database_is_named(tmp_path: Path, content: bytes) -> None:
    other = tmp_path / "kb.db"
    other.write_bytes(content)
    error = refused(other)
    assert isinstance(error, InputError)
    assert str(other) in str(error)


@pytest.mark.parametrize("sql", ["SELECT 1", "CREATE TABLE runs (run INTEGER PRIMARY KEY)"])
def test_another_database_is_not_mistaken_for_a_base(tmp_path: Path, sql: str) -> None:
    other = tmp_path / "raw.db"
    with closing(sqlite3.connect(other)) as db:
        db.execute(sql)
    other.touch()
    assert "is a database, but no kb.db" in str(refused(other))


def test_a_base_of_another_version_is_named_with_what_it_lacks(base: Path, tmp_path: Path) -> None:
    older = tmp_path / "older.db"
    older.write_bytes(base.read_bytes())
    with closing(sqlite3.connect(older)) as db:
        db.execute("ALTER TABLE papers DROP COLUMN coi_statement")
    assert "it lacks papers.coi_statement" in str(refused(older))


def test_a_port_in_use_is_named_with_a_way_out(base: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        error = refused(base, port=port)
    assert f"127.0.0.1:{port}" in str(error)
    assert "Choose another port, with --port" in str(error)


def test_a_host_that_is_not_here_is_named(base: Path) -> None:
    assert "192.0.2.1" in str(refused(base, host="192.0.2.1"))


@pytest.mark.soak
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_any_file_as_kb_until_interrupted(base: Path, number: signal.Signals) -> None:
    with closing(sqlite3.connect(base)) as db:
        ((base_id,),) = db.execute("SELECT value FROM meta WHERE key = 'base_id'")
    command = [sys.executable, "-m", "kb.cli", "serve", str(base), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            announced = server.stdout.readline()
            address = re.search(r"http://127\.0\.0\.1:\d+/", announced)
            assert address, announced
            home = requests.get(address[0], timeout=20)
            answer = requests.get(f"{address[0]}kb/meta/base_id.json?_shape=array", timeout=20)
            assert home.status_code == 200
            assert base_id in home.text
            assert answer.json() == [{"key": "base_id", "value": base_id}]
        finally:
            server.send_signal(number)
        assert server.wait(timeout=20) == 0
