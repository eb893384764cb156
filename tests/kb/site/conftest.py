"""The pages over the specimen corpus, asked through Datasette's own client."""

from __future__ import annotations

import io
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from building import paper
from loopback import record_set
from serving import asking
from specimen_site import (
    BROKEN,
    CARELESS,
    LONG,
    LONG_TITLE,
    SCRIPT,
    UNTITLED,
    Get,
)

from harvest.files import read_files
from harvest.progress import Progress
from kb.build.build import build
from kb.data import data_dir


@pytest.fixture(scope="session")
def base(specimen: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The specimens and what they lack. Named as a file may be: any name is mounted as kb, and none
    breaks the connection."""
    folder = tmp_path_factory.mktemp("site")
    raw = Path(shutil.copy(specimen.with_name("raw.db"), folder))
    odd, path = folder / "odd.xml", folder / "any?name #1.sqlite"
    odd.write_bytes(
        record_set(
            paper(LONG, title=LONG_TITLE, abstract="LEVEL OF EVIDENCE: Level III."),
            paper(
                UNTITLED, title="", authors=(), journal="", journal_title="", year=None, status=""
            ),
            paper(BROKEN).replace(b"</ArticleTitle>", b"</title>"),
        )
    )
    read_files(raw, [odd], (), 1, Progress(io.StringIO()))
    build(raw, path, data_dir())
    with closing(sqlite3.connect(path)) as db, db:
        for sql in CARELESS:
            db.execute(sql, {"script": SCRIPT})
    return path


@pytest.fixture(scope="session")
def get(base: Path) -> Iterator[Get]:
    with asking(base) as get:
        yield get
