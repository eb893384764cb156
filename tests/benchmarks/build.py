"""`kb build` of many records of 14 kB: the 616 real ones that are kept beside the checkout, again
and again, each time with PMIDs and DOIs of their own. Without them there is nothing to measure.

- **Before** is the same of commit 1ecbcc2, in the same run, with the same Python and libraries.
- **Clock and processor** are of the whole command, with the start of the interpreter and of the
  processes that read; the processor's time is that of all of them. A busy machine stretches the
  clock as it likes, and the processor's time a little.
- **1 % changed** is a build after one record in a hundred was revised, set against one that reads
  all.
- **Memory** is that of the largest process.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import click

from benchmarks.page import Row
from kb.raw import open_raw, put, records
from kb.record.recordset import read_file

ROOT = Path(__file__).resolve().parent.parent.parent
REAL = ROOT.parent / "shared" / "pubmed" / "xml" / "bulk_shared_modern.xml.gz"
LIBRARIES = ("numpy", "pyahocorasick", "rapidfuzz", "scipy")
BEFORE = "1ecbcc2"
COPIES = 20
# Of the first copy; those of each further copy begin a thousand later.
FIRST, APART = 1_000_000, 1_000
CLOCK, PROCESSOR, CHANGED, MEGABYTES = 0.33, 0.60, 0.10, 800
ONE_IN = 100
NOW, LATER = "2024-01-01T10:00:00Z", "2024-02-01T10:00:00Z"
PMID = re.compile(rb'(<PMID[^<>]*>|<ArticleId IdType="pubmed">)([0-9]+)<')
DOI = re.compile(rb'(<(?:ELocationID EIdType|ArticleId IdType)="doi"[^<>]*>10\.[0-9]+/)')
COMMAND = """
import resource, sys
from kb.cli import main
raw, out, data = sys.argv[1:]
main(["build", "--raw", raw, "--out", out, "--data", data], standalone_mode=False)
who = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
print(max(resource.getrusage(each).ru_maxrss for each in who) // 1024)
"""


class Cost(NamedTuple):
    """``clock`` and ``processor`` in seconds, ``memory`` in megabytes."""

    clock: float
    processor: float
    memory: int


def rows() -> Iterator[Row]:
    if not REAL.is_file():
        click.echo(f"left out, since there is no {REAL}")
        return
    with TemporaryDirectory() as folder:
        place = Path(folder)
        if not _checked_out(place / "before"):
            return
        count = harvested(place / "raw.db")
        before = built(place / "before", place)
        (place / "kb.db").unlink()
        whole = built(ROOT, place)
        revised(place / "raw.db")
        changed = built(ROOT, place)
    name = f"{count:,} records"
    yield Row(f"{name}: clock", whole.clock, "s", before.clock, BEFORE, CLOCK)
    yield Row(f"{name}: processor", whole.processor, "s", before.processor, BEFORE, PROCESSOR)
    yield Row(f"{name}: memory", whole.memory, "MB", MEGABYTES, "limit of 60,000", 1.0)
    yield Row(f"{name}: memory", whole.memory, "MB", before.memory, BEFORE)
    several = f"{name}, 1 % changed"
    yield Row(f"{several}: clock", changed.clock, "s", whole.clock, "reading all", CHANGED)
    yield Row(
        f"{several}: processor", changed.processor, "s", whole.processor, "reading all", CHANGED
    )


def _checked_out(place: Path) -> bool:
    archive = ("git", "archive", BEFORE, "kb", "data")
    code = subprocess.run(archive, cwd=ROOT, capture_output=True, check=False)
    if code.returncode:
        click.echo(f"left out, since the history holds no {BEFORE}")
        return False
    with tarfile.open(fileobj=BytesIO(code.stdout)) as tree:
        tree.extractall(place, filter="data")
    return True


def built(tree: Path, place: Path) -> Cost:
    """A build with the code of a tree, in a process of its own."""
    words = [place / "raw.db", place / "kb.db", tree / "data"]
    began, before = time.monotonic(), os.times()
    told = subprocess.run(
        [sys.executable, "-c", COMMAND, *map(str, words)],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        check=True,
    )
    after = os.times()
    used = after.children_user + after.children_system
    used -= before.children_user + before.children_system
    return Cost(time.monotonic() - began, used, int(told.stdout.split()[-1]))


def harvested(path: Path) -> int:
    """Fill a raw.db with the copies; gives how many records those are."""
    kept = {cut.pmid: cut.xml for cut in read_file(REAL) if cut.kind == "record" and cut.pmid}
    with closing(open_raw(path, write=True)) as db, db.atomic():
        db.execute(
            "INSERT INTO runs (run, job, started, finished, state)"
            " VALUES (1, 'job', ?, ?, 'complete')",
            [NOW, NOW],
        )
        db.execute("INSERT INTO seeds (seed, job, kind, value) VALUES ('f', 'f', 'file', 'f')")
        for copy in range(COPIES):
            first = FIRST + copy * APART
            pmids = {str(pmid).encode(): first + n for n, pmid in enumerate(sorted(kept))}
            for pmid, xml in kept.items():
                new = pmids[str(pmid).encode()]
                put(db, new, _renumbered(xml, pmids, copy), source="efetch", run=1, now=NOW)
                db.execute(
                    "INSERT INTO reach (seed, pmid, hop, source, run) VALUES ('f', ?, 0, 'f', 1)",
                    [new],
                )
                db.execute("INSERT INTO outcomes VALUES (1, ?, 'stored', NULL)", [new])
    return len(kept) * COPIES


def _renumbered(xml: bytes, pmids: dict[bytes, int], copy: int) -> bytes:
    """PMIDs of the copy in the place of those of the originals, and DOIs that are its own."""
    xml = PMID.sub(lambda m: b"%s%d<" % (m[1], pmids.get(m[2], int(m[2]))), xml)
    own, references, printed = xml.partition(b"<ReferenceList>")
    return DOI.sub(rb"\g<1>c%d." % copy, own) + references + printed


def revised(path: Path) -> None:
    """Of a hundred records one gets another version, in a further run."""
    with closing(open_raw(path, write=True)) as db, db.atomic():
        db.execute(
            "INSERT INTO runs (run, job, started, finished, state)"
            " VALUES (2, 'job', ?, ?, 'complete')",
            [LATER, LATER],
        )
        for number, record in enumerate(list(records(db))):
            if number % ONE_IN == 0:
                note = b'<GeneralNote Owner="NLM">Revised</GeneralNote></MedlineCitation>'
                xml = record.xml.replace(b"</MedlineCitation>", note)
                what = put(db, record.pmid, xml, source="efetch", run=2, now=LATER)
                db.execute("INSERT INTO outcomes VALUES (2, ?, ?, NULL)", [record.pmid, what])
