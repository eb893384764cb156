"""The real command, run against a stand-in of its own, and what came of it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from loopback import record
from starting import STARTING

from harvest.standin import Answer, Corpus, Fault, Request, Standin
from harvest.standin.corpus import entry
from kb.errors import InputError
from kb.record.recordset import cut

KEY = "0" * 36
# `harvest`, but a service that says nothing is given up after 2 s, not after 60, one that does not
# end after 5 s, not after 300, and one that answers half a megabyte has answered too much.
HARVEST = """
import sys
from dataclasses import replace
from harvest import cli, transport
settings = cli.settings_from
cli.settings_from = lambda *told, **more: replace(settings(*told, **more), read=2.0, whole=5.0)
services = transport.SERVICES
transport.SERVICES = tuple(replace(each, largest=1 << 19) for each in services)
sys.exit(cli.main())
"""


def papers(count: int) -> Corpus:
    """Papers 1 to ``count``; each cites the one that is 200 before it, and two have a DOI."""
    return Corpus(entry(pmid, _paper(pmid)) for pmid in range(1, count + 1))


def _paper(pmid: int) -> bytes:
    cites = [pmid - 200] if pmid > 200 else []
    doi = f"10.1000/{pmid}" if pmid <= 2 else ""
    return record(pmid, "Neuroblastoma", cites, "Staging of neuroblastoma. " * 20, doi=doi)


def jobs_file(folder: Path, *lines: str) -> Path:
    """A jobs file with one job, named soak."""
    path = folder / "jobs.yml"
    path.write_text("\n".join(["jobs:", "  - name: soak", *lines, ""]), encoding="utf-8")
    return path


@dataclass
class Delivered:
    """A fault around another, which notes the records that were sent whole, and those among them
    that were asked for once more."""

    fault: Fault
    pmids: set[int] = field(default_factory=set)
    again: set[int] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, number: int, request: Request, answer: Answer) -> Answer:
        sent = self.fault(number, request, answer)
        if request.utility == "efetch":
            asked = {int(pmid) for pmid in request.listed("id")}
            with self.lock:
                self.again |= asked & self.pmids
                self.pmids |= asked & whole_records(sent)
        return sent


def whole_records(answer: Answer) -> set[int]:
    """PMIDs of an answer that a client has to be content with."""
    wire = answer.wire
    if answer.status != 200 or wire.sent < 1 or wire.end or wire.delay > 1:
        return set()
    try:
        pieces = list(cut(BytesIO(answer.body), "the answer"))
    except InputError:
        return set()
    if any(piece.kind == "broken" for piece in pieces):
        return set()
    return {piece.pmid for piece in pieces if piece.pmid}


def command(server: Standin, *words: str, key: str = "") -> subprocess.Popen[str]:
    bases = {
        f"HARVEST_{name.upper()}_URL": server.base(name)
        for name in ("eutils", "icite", "crossref", "idconv")
    }
    return subprocess.Popen(
        [sys.executable, "-c", HARVEST, *words],
        env=os.environ | STARTING | bases | {"NCBI_API_KEY": key},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@dataclass(frozen=True)
class Ended:
    """A command that came to its end: its exit code and all that it said."""

    code: int
    said: str


def ended(process: subprocess.Popen[str]) -> Ended:
    said, _ = process.communicate()
    return Ended(process.returncode, said)


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(sql).fetchall()


def stored(path: Path) -> dict[int, str]:
    """The hash of each stored record."""
    return dict(rows(path, "SELECT pmid, sha256 FROM records"))
