"""Run the notebooks of docs/notebooks over the bundled papers, and keep what they print.

python -m docs.notebook            run them and write their answers into them
python -m docs.notebook --check    only compare; exit 1 names what drifted
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from click.testing import CliRunner
from nbclient import NotebookClient

from harvest.cli import main as harvest

HERE = Path(__file__).parent


def executed(notebook: Any) -> Any:
    """The notebook with the outputs of a run, without when and by which kernel it was run, what a
    slow cell prints in parts put together."""
    client = NotebookClient(notebook, timeout=60, record_timing=False, coalesce_streams=True)
    done = client.execute()
    done.metadata["language_info"] = {"name": "python"}
    return done


def drifted(*, write: bool) -> list[str]:
    """Names of the notebooks that do not print what stands in them; ``write`` puts it there."""
    with tempfile.TemporaryDirectory() as folder:
        CliRunner().invoke(harvest, ["demo", "--dir", folder, "--no-serve"], catch_exceptions=False)
        os.environ["KB_DB"] = str(Path(folder, "kb.db"))
        names = []
        for path in sorted((HERE / "notebooks").glob("*.ipynb")):
            before = path.read_text(encoding="utf-8")
            after = nbformat.writes(executed(nbformat.reads(before, as_version=4))) + "\n"
            if after != before:
                names.append(path.name)
            if write:
                path.write_text(after, encoding="utf-8")
        return names


if __name__ == "__main__":
    check = sys.argv[1:] == ["--check"]
    names = drifted(write=not check)
    if check and names:
        sys.exit(f"not as it is printed: {', '.join(names)}. Run: make docs")
