"""README and docs/ as a reader would follow them: every block of shell and of SQL is run, and every
address of the demonstration is asked."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from starting import STARTING

from harvest.standin import Corpus, serve
from kb.data import data_dir
from kb.site.serve import datasette_over

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
PAGES += sorted((ROOT / "docs" / "examples").rglob("*.md"))
FORKING = ROOT / "tests" / "forking.py"
SITE = "http://127.0.0.1:8001"

# The commands as they are installed, but for this: each is forked from one process that has
# imported them (tests/forking.py); what serves until Ctrl-C takes a free port and is ended once it
# has told its address; make only says what it would do; and whatever fails ends the shell, also on
# the left of && where it would be forgiven.
SHELL = """
set -eu
kb() { program kb.cli "$@"; }
harvest() { program harvest.cli "$@"; }
make() { command make --directory "$ROOT" --dry-run "$@" > /dev/null; }
program() {
    case "$*" in
        *--no-serve*) forked "$@" || exit ;;
        "kb.cli serve"*|"harvest.cli standin"*|"harvest.cli demo"*) serving "$@" --port 0 ;;
        *) forked "$@" || exit ;;
    esac
}
forked() { "$PYTHON" -I -S "$FORKING" run "$FORKED" "$@"; }
serving() {
    coproc SERVER { exec "$PYTHON" -m "$@"; }
    local server=$SERVER_PID line
    until read -r line <&"${SERVER[0]}" && [[ $line == *http://127.0.0.1:* ]]; do
        kill -0 "$server" || exit
    done
    kill "$server"
    wait "$server" || true
}
"""


def blocks(page: Path, language: str) -> list[tuple[int, str]]:
    """Line and content of each block of a language; a block in a list is taken out of it."""
    text = page.read_text(encoding="utf-8")
    found = re.finditer(rf"(?ms)^( *)```{language}\n(.*?)^ *```$", text)
    return [
        (text.count("\n", 0, block.start()) + 1, re.sub(rf"(?m)^{block[1]}", "", block[2]))
        for block in found
    ]


@pytest.fixture(scope="module")
def forked() -> Iterator[str]:
    """The socket of a process that has imported the commands."""
    with TemporaryDirectory() as folder:
        place = f"{folder}/commands"
        command = [sys.executable, str(FORKING), "serve", place]
        environment = {**os.environ, **STARTING}
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
            assert process.stdout
            assert process.stdout.readline() == b"listening\n"
            yield place
            process.kill()


@pytest.fixture(scope="module")
def environment(forked: str) -> Iterator[dict[str, str]]:
    """A shell's surroundings, in which NCBI is a stand-in on this machine."""
    tools = Path(sys.executable).parent
    with serve(Corpus.from_files([ROOT / "data" / "demo" / "pubmed.xml"])) as standin:
        yield {
            **os.environ,
            **STARTING,
            "PATH": f"{tools}:{os.environ['PATH']}",
            "PYTHON": sys.executable,
            "ROOT": str(ROOT),
            "FORKING": str(FORKING),
            "FORKED": forked,
            "NCBI_EMAIL": "reader@example.org",
            "NCBI_API_KEY": "0123456789abcdef" * 2 + "0123",
            "HARVEST_EUTILS_URL": standin.url,
            "HARVEST_ICITE_URL": "",
            "HARVEST_CROSSREF_URL": "",
            "HARVEST_IDCONV_URL": standin.base("idconv"),
        }


@pytest.mark.parametrize(
    "page", [page for page in PAGES if blocks(page, "sh")], ids=lambda page: page.name
)
def test_the_shell_blocks_of_a_page_run_one_after_the_other(
    page: Path, environment: dict[str, str], demo: Path, tmp_path: Path
) -> None:
    shutil.copytree(demo.parent, tmp_path / "demo-data")
    for name in ("data", "docs"):
        (tmp_path / name).symlink_to(ROOT / name)
    script = SHELL + "".join(
        f'echo "{page.name}, line {line}:" >&2\n{block}' for line, block in blocks(page, "sh")
    )
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "sql", [sql for page in PAGES for _, sql in blocks(page, "sql")], ids=lambda sql: sql[:40]
)
def test_every_sql_block_finds_something_in_the_demonstration(sql: str, demo: Path) -> None:
    with closing(sqlite3.connect(demo)) as db:
        assert db.execute(sql).fetchall()


def test_every_address_of_the_demonstration_answers(demo: Path) -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    addresses = sorted(set(re.findall(rf"<{SITE}([^>\s]*)>", text)))
    assert addresses
    datasette = datasette_over(demo, data_dir())

    async def statuses() -> dict[str, int]:
        return {a: (await datasette.client.get(a)).status_code for a in addresses}

    assert set(asyncio.run(statuses()).values()) == {200}
