"""The command line of kb: what it prints, its exit codes, and what it leaves behind."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path

import click
import networkx
import pytest
import rispy
from click.testing import CliRunner, Result

from harvest.cli import main as harvest
from kb.cli import main

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the raw.db and the kb.db of the bundled papers."""
    folder = tmp_path_factory.mktemp("demo")
    result = CliRunner().invoke(harvest, ["demo", "--dir", str(folder), "--no-serve"])
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def run() -> Run:
    def call(*words: object) -> Result:
        return CliRunner().invoke(main, [str(word) for word in words])

    return call


def test_a_build_says_where_it_is_and_how_to_look_at_it(
    run: Run, demo: Path, tmp_path: Path
) -> None:
    result = run("build", "--raw", demo / "raw.db", "--out", tmp_path / "kb.db")
    assert result.exit_code == 0
    assert f"kb serve {tmp_path / 'kb.db'}" in result.stdout
    assert run("check", tmp_path / "kb.db").exit_code == 0


def test_a_spoiled_base_fails_its_check_by_name(run: Run, demo: Path, tmp_path: Path) -> None:
    spoiled = tmp_path / "kb.db"
    spoiled.write_bytes((demo / "kb.db").read_bytes())
    with sqlite3.connect(spoiled) as db:
        db.execute("UPDATE papers SET n_references = 6 WHERE pmid = 36063183")
    db.close()
    result = run("check", spoiled)
    assert result.exit_code == 1
    assert "36063183" in result.stderr


def test_a_missing_raw_db_names_the_command_that_fills_one(run: Run, tmp_path: Path) -> None:
    result = run("build", "--raw", tmp_path / "none.db", "--out", tmp_path / "kb.db")
    assert result.exit_code == 2
    assert "harvest run" in result.stderr
    assert not (tmp_path / "kb.db").exists()


@pytest.mark.parametrize("content", [b"", b"PMID- 36063183\n" * 200])
def test_a_database_that_is_none_is_refused_by_every_command(
    run: Run, tmp_path: Path, content: bytes
) -> None:
    other = tmp_path / "other.db"
    other.write_bytes(content)
    out = tmp_path / "out"
    for words in (
        ["build", "--raw", other, "--out", out],
        ["check", other],
        ["serve", other],
        ["export", "references", "--db", other, "--format", "ris", "--out", out],
    ):
        result = run(*words)
        assert result.exit_code == 2, words
        assert str(other) in result.stderr
    assert not out.exists()


def test_raw_db_is_never_taken_for_kb_db(run: Run, demo: Path, tmp_path: Path) -> None:
    assert run("check", demo / "raw.db").exit_code == 2
    before = (demo / "raw.db").read_bytes()
    result = run("build", "--raw", demo / "raw.db", "--out", demo / "raw.db")
    assert result.exit_code == 2
    assert (demo / "raw.db").read_bytes() == before


def test_the_citation_graph_is_read_back_whole(run: Run, demo: Path, tmp_path: Path) -> None:
    out = tmp_path / "map.graphml"
    words = ["--db", demo / "kb.db", "--format", "graphml", "--out", out]
    assert run("export", "citation", *words).exit_code == 0
    db = sqlite3.connect(demo / "kb.db")
    pairs = set(db.execute("SELECT citing, cited FROM citations"))
    works = {work for (work,) in db.execute("SELECT work FROM works")}
    db.close()
    graph = networkx.read_graphml(out)
    assert set(graph.nodes) == works
    assert set(graph.edges) == pairs


def test_the_papers_are_read_back_whole(run: Run, demo: Path, tmp_path: Path) -> None:
    out = tmp_path / "papers.ris"
    words = ["--db", demo / "kb.db", "--format", "ris", "--out", out]
    assert run("export", "references", *words).exit_code == 0
    with out.open(encoding="utf-8") as stream:
        assert len(rispy.load(stream)) == 113


@pytest.mark.parametrize(
    ("kind", "format_", "named"),
    [("citations", "graphml", "citation"), ("citation", "docx", "graphml")],
)
def test_an_unknown_kind_or_format_lists_the_right_ones(
    run: Run, demo: Path, tmp_path: Path, kind: str, format_: str, named: str
) -> None:
    words = ["--db", demo / "kb.db", "--format", format_, "--out", tmp_path / "x"]
    result = run("export", kind, *words)
    assert result.exit_code == 2
    assert named in result.stderr


def test_a_port_in_use_is_said(run: Run, demo: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("serve", demo / "kb.db", "--port", port)
    assert result.exit_code == 2
    assert str(port) in result.stderr


def test_every_command_explains_itself(run: Run) -> None:
    for name, command in main.commands.items():
        result = run(name, "--help")
        assert result.exit_code == 0
        assert command.help
        assert all(p.help for p in command.params if isinstance(p, click.Option)), name
