"""The command line of kb: what it prints, its exit codes, and what it leaves behind."""

from __future__ import annotations

import io
import json
import os
import re
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import click
import networkx
import pytest
import rispy
from click.testing import CliRunner, Result
from starting import SLOW, STARTING, loaded_for

from kb.cli import main

Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    def call(*words: object) -> Result:
        return CliRunner().invoke(main, [str(word) for word in words])

    return call


def test_a_build_says_where_it_is_and_how_to_look_at_it(
    run: Run, demo: Path, tmp_path: Path
) -> None:
    result = run("build", "--raw", demo.with_name("raw.db"), "--out", tmp_path / "kb.db")
    assert result.exit_code == 0
    assert f"kb serve {tmp_path / 'kb.db'}" in result.stdout
    assert run("check", tmp_path / "kb.db").exit_code == 0


def test_the_citation_graph_is_read_back_whole(run: Run, demo: Path, tmp_path: Path) -> None:
    out = tmp_path / "map.graphml"
    words = ["--db", demo, "--format", "graphml", "--out", out]
    assert run("export", "citation", *words).exit_code == 0
    db = sqlite3.connect(demo)
    pairs = set(db.execute("SELECT citing, cited FROM citations"))
    works = {work for (work,) in db.execute("SELECT work FROM works")}
    db.close()
    graph = networkx.read_graphml(out)
    assert set(graph.nodes) == works
    assert set(graph.edges) == pairs


def test_the_papers_are_read_back_whole(run: Run, demo: Path, tmp_path: Path) -> None:
    out = tmp_path / "papers.ris"
    words = ["--db", demo, "--format", "ris", "--out", out]
    assert run("export", "references", *words).exit_code == 0
    with out.open(encoding="utf-8") as stream:
        assert len(rispy.load(stream)) == 113


def test_every_command_explains_itself(run: Run) -> None:
    for name, command in main.commands.items():
        result = run(name, "--help")
        assert result.exit_code == 0
        assert command.help
        assert all(p.help for p in command.params if isinstance(p, click.Option)), name


# Paths


def test_a_path_is_shown_each_way_with_its_reasons(run: Run, specimen: Path) -> None:
    db = sqlite3.connect(specimen)
    citing, cited = db.execute(
        "SELECT 'pmid:' || r.pmid, r.work FROM reference_list r JOIN cites c"
        " ON c.citing = 'pmid:' || r.pmid AND c.cited = r.work WHERE r.method = 'text'"
    ).fetchone()
    db.close()
    result = run("path", citing, cited, "--db", specimen)
    assert result.exit_code == 0, result.output
    assert "A leads to B: the shortest path has 1 citation." in result.stdout
    assert "cites (stated by " in result.stdout
    assert re.search(r"by text, score [01]\.\d\d: ", result.stdout)
    assert "B does not lead to A" in result.stdout


def test_a_program_gets_json(run: Run, demo: Path) -> None:
    words = ("path", "36063183", "doi:10.1056/nejmra0804577", "--db", demo, "--json")
    told = json.loads(run(*words).stdout)
    assert told["a_to_b"]["first"] == [["pmid:36063183", "pmid:20558371"]]
    assert told["citations"][0]["references"][0]["method"] == "doi"


def test_that_there_is_no_path_is_an_answer(run: Run, demo: Path) -> None:
    db = sqlite3.connect(demo)
    alone = "SELECT work FROM works EXCEPT SELECT citing FROM cites EXCEPT SELECT cited FROM cites"
    (work, *_), (other, *_) = db.execute(f"{alone} LIMIT 2").fetchall()
    db.close()
    result = run("path", work, other, "--db", demo)
    assert result.exit_code == 0
    assert result.stdout.endswith("Nothing links them, whichever way citations run.\n")


def test_a_map_around_a_work_is_exported(run: Run, demo: Path, tmp_path: Path) -> None:
    out = tmp_path / "map.graphml"
    words = ["export", "citation", "--db", demo, "--format", "graphml", "--out", out]
    assert run(*words, "--around", "36063183", "--direction", "cited").exit_code == 0
    graph = networkx.read_graphml(out)
    assert "pmid:36063183" in graph
    assert len(graph) > 3
    assert {citing for citing, _ in graph.edges} == {"pmid:36063183"}


def test_help_does_without_what_takes_long_to_load() -> None:
    code = (
        "import sys, kb.cli, kb.graphs;"
        "sys.exit(bool({'networkx', 'numpy', 'scipy', 'datasette'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert not loaded_for("kb", "--help") & SLOW
    assert not loaded_for("kb", "build", "--help") & SLOW


def test_a_dash_sends_an_export_to_standard_output(
    run: Run, specimen: Path, tmp_path: Path
) -> None:
    words = ["export", "references", "--db", specimen, "--format", "ris", "--out"]
    sent = run(*words, "-")
    assert (sent.exit_code, sent.stderr) == (0, "")
    assert run(*words, tmp_path / "papers.ris").exit_code == 0
    assert sent.stdout_bytes == (tmp_path / "papers.ris").read_bytes()
    archive = run("export", "citation", "--db", specimen, "--format", "csv", "--out", "-")
    with zipfile.ZipFile(io.BytesIO(archive.stdout_bytes)) as files:
        assert files.namelist() == ["citation.nodes.csv", "citation.edges.csv"]


def sent_to(stream: BinaryIO, db: Path) -> tuple[int, str]:
    words = ["export", "references", "--db", str(db), "--format", "ris", "--out", "-"]
    done = subprocess.run(
        [sys.executable, "-m", "kb.cli", *words],
        stdout=stream,
        stderr=subprocess.PIPE,
        env=os.environ | STARTING,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr.removeprefix("python -m kb.cli: ")


def test_an_export_to_a_stream_that_is_full_says_so(specimen: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        says = "The output cannot be written (No space left on device).\n"
        assert sent_to(full, specimen) == (2, says)


def test_an_export_to_which_nobody_listens_ends_in_silence(specimen: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as pipe:
        assert sent_to(pipe, specimen) == (3, "")
