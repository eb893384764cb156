"""The command `harvest` hears a signal before it has loaded what it needs."""

from __future__ import annotations

from pathlib import Path

import pytest
from starting import interrupted_at

from kb.stop import STOPPED


@pytest.mark.parametrize("loading", ["click", "requests", "harvest.services"])
def test_ctrl_c_while_it_loads_ends_in_a_sentence(loading: str) -> None:
    done = interrupted_at(loading, "harvest", "--help")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == f"harvest: {STOPPED}\n"


@pytest.mark.parametrize("loading", ["filelock", "sqlite_utils"])
def test_so_does_it_while_a_command_loads_what_it_needs(loading: str, tmp_path: Path) -> None:
    raw = tmp_path / "raw.db"
    base = "http://127.0.0.1:1/"
    done = interrupted_at(loading, "harvest", "pmid", "11", "--raw", str(raw), "--eutils-url", base)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("harvest: stopped")
    assert "Traceback" not in done.stderr
