"""A kb.db that is damaged anywhere ends every command in a sentence."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.cli import main
from kb.data import data_dir
from kb.errors import KbError
from kb.site.serve import check_field, datasette_over

pytestmark = pytest.mark.soak
COMMANDS = (
    "check kb.db",
    "export citation --db kb.db --format graphml --out o.graphml",
    "export citation --db kb.db --format wos --out o.wos",
    "export references --db kb.db --format ris --out o.ris",
    "export references --db kb.db --format csv --out o.csv",
    "export authors --db kb.db --format gexf --out o.gexf",
    "path 990000001 990000002 --db kb.db",
    "evaluate recall --db kb.db --gold gold.txt",
    "publish folder --db kb.db",
    "build --raw none.db --out kb.db",
)
DAMAGED = 24


def damaged(whole: bytes, page: int, chance: random.Random) -> bytes:
    """A file with a page or some bytes of it overwritten, with two pages in each other's place, or
    cut short."""
    data = bytearray(whole)
    one, other = (page * chance.randrange(len(data) // page) for _ in range(2))
    how = chance.choice(["zeros", "ones", "bytes", "schema", "swapped", "cut"])
    if how in {"zeros", "ones"}:
        data[one : one + page] = (b"\0" if how == "zeros" else b"\xff") * page
    elif how in {"bytes", "schema"}:
        for _ in range(200 if how == "bytes" else 5):
            data[chance.randrange(len(data) if how == "bytes" else 8 * page)] = chance.randrange(
                256
            )
    elif how == "swapped":
        first, second = data[one : one + page], data[other : other + page]
        data[one : one + page], data[other : other + page] = second, first
    else:
        del data[one:]
    return bytes(data)


@pytest.mark.parametrize("seed", range(DAMAGED))
def test_every_command_on_a_damaged_base_ends_in_a_sentence(
    seed: int, specimen: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(sqlite3.connect(specimen)) as db:
        (page,) = db.execute("PRAGMA page_size").fetchone()
    bad = damaged(specimen.read_bytes(), page, random.Random(seed))
    Path("gold.txt").write_text("990000001\n")
    for command in COMMANDS:
        Path("kb.db").write_bytes(bad)
        result = CliRunner().invoke(main, command.split(), prog_name="kb")
        is_told = result.exception is None or isinstance(result.exception, SystemExit)
        assert is_told, (command, result.exception)
        assert result.exit_code in {0, 1, 2}, command
        assert result.exit_code == 0 or result.output.strip(), command
    Path("kb.db").write_bytes(bad)
    with suppress(KbError):
        check_field(Path("kb.db"), data_dir())
        datasette_over(Path("kb.db"), data_dir())
