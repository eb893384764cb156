"""docs/notebooks: every cell runs over the bundled papers and prints what stands there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))


def test_the_notebooks_run_and_print_what_stands_in_them() -> None:
    # A process of its own: what a kernel leaves behind is none of this one's.
    done = subprocess.run(
        [sys.executable, "-m", "docs.notebook", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_five_questions_are_answered_with_the_three_tools(notebook: Path) -> None:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    code = "".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
    assert sum("".join(c["source"]).startswith("## ") for c in cells) == 5
    assert all(tool in code for tool in ("sqlite_utils", "pandas", "networkx"))


def test_what_a_slow_cell_prints_in_parts_is_put_together() -> None:
    code = (
        "import nbformat; from docs.notebook import executed; v4 = nbformat.v4;"
        "cell = v4.new_code_cell('for n in (1, 2): print(n, flush=True)');"
        "print(executed(v4.new_notebook(cells=[cell])).cells[0].outputs)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert done.stdout.count("stream") == 1, done.stderr
    assert "1\\n2\\n" in done.stdout
