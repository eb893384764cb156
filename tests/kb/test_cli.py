"""The command line of kb: what it prints, its exit codes, and what it leaves behind."""

from __future__ import annotations

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


def test_every_command_explains_itself(run: Run) -> None:
    for name, command in main.commands.items():
        result = run(name, "--help")
        assert result.exit_code == 0
        assert command.help
        assert all(p.help for p in command.params if isinstance(p, click.Option)), name
