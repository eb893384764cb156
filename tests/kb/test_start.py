"""The command `kb` hears a signal before it has loaded what it needs."""

from __future__ import annotations

import pytest
from starting import interrupted_at

from kb.stop import STOPPED


@pytest.mark.parametrize("loading", ["kb.cli", "click", "kb.graphs.selection"])
def test_ctrl_c_while_it_loads_ends_in_a_sentence(loading: str) -> None:
    done = interrupted_at(loading, "kb", "--help")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == f"kb: {STOPPED}\n"


@pytest.mark.parametrize("loading", ["kb.exports", "kb.graphs.maps", "numpy"])
def test_so_does_it_while_a_command_loads_what_it_needs(loading: str) -> None:
    words = ("export", "citation", "--db", "no.db", "--format", "csv", "--out", "no.csv")
    done = interrupted_at(loading, "kb", *words)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == f"kb: {STOPPED}\n"
