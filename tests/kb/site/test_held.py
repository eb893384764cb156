"""What is read from a file is read once, and again from the file that takes its place."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from kb.data import data_dir
from kb.site import held
from kb.site.serve import datasette_over


def designs(connection: sqlite3.Connection) -> set[str]:
    return {design for (design,) in connection.execute("SELECT design FROM papers")}


def years(connection: sqlite3.Connection) -> set[int]:
    return {year for (year,) in connection.execute("SELECT year FROM papers")}


def test_each_reading_is_held_until_another_file_comes(specimen: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(specimen, tmp_path / "kb.db"))
    datasette = datasette_over(path, data_dir())
    with asyncio.Runner() as runner:
        before = runner.run(held.once(datasette, designs))
        assert runner.run(held.once(datasette, designs)) is before
        assert len(runner.run(held.once(datasette, years))) > 1
        newer = Path(shutil.copy(specimen, tmp_path / "newer.db"))
        with closing(sqlite3.connect(newer)) as db, db:
            db.execute("UPDATE papers SET design = 'of the newer file'")
        newer.replace(path)
        assert runner.run(held.once(datasette, designs)) == {"of the newer file"}
    datasette.get_database("kb").close()
