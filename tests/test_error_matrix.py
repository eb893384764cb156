"""What a person sees when something is wrong: what it was, where, what to do, and the exit code.

A row of the table is one thing that is wrong. Whatever it is, no traceback is shown, nothing that
was good is lost, and nothing half done is left behind.
"""

from __future__ import annotations

import asyncio
import codecs
import errno
import gzip
import os
import re
import resource
import shlex
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field, replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from building import Raw, paper
from click.testing import CliRunner
from faults import ENDLESS
from loopback import listening, record, record_set, without_waiting
from starting import STARTING

import kb.build.build  # here, since nobody may not be allowed to read where the libraries are
from harvest import standin
from harvest.cli import main as harvest
from harvest.services import SERVICES
from harvest.settings import Settings, settings_from
from harvest.standin import Answer
from harvest.standin.corpus import entry
from harvest.standin.wire import octets
from kb import raw as raw_db
from kb.build import kept_readings, readers
from kb.cli import main as kb_main
from kb.data import data_dir
from kb.site.serve import datasette_over

# Found here, since nobody may not be allowed to read where codecs are; what is not found once is
# never looked for again.
codecs.lookup("utf-8-sig")

PROGRAMS = {"harvest": harvest, "kb": kb_main}
OPERATORS = Path(__file__).resolve().parent.parent / "docs" / "operators.md"
# No source but Entrez, nobody who listens there, and nobody's name or key.
ENVIRONMENT = {
    "HARVEST_EUTILS_URL": "http://127.0.0.1:1/",
    "HARVEST_ICITE_URL": "",
    "HARVEST_CROSSREF_URL": "",
    "HARVEST_IDCONV_URL": "",
    "NCBI_EMAIL": None,
    "NCBI_API_KEY": None,
}
NOBODY = 65534
GOOD_FILES = ("good.xml", "raw.db", "kb.db")


# The inputs -------------------------------------------------------------------------------------

GOOD = record_set(record(11, "Müller's sign"), record(12), record(13, cites=[11, 12]))
ENTITIES = b'<!DOCTYPE PubmedArticleSet [<!ENTITY a "aaa"><!ENTITY b "&a;&a;&a;">]>'
FILES = {
    "good.xml": GOOD,
    "malformed.xml": GOOD.replace(b"Paper 12</ArticleTitle>", b"Paper 12</ArticleTitel>"),
    "cut.xml": GOOD[:-200],
    "latin.xml": GOOD.replace("ü".encode(), b"\xfc"),
    "not-utf-16.xml": GOOD.replace(b'version="1.0"', b'version="1.0" encoding="utf-16"'),
    "bomb.xml": GOOD.replace(b"<!DOCTYPE PubmedArticleSet>", ENTITIES),
    "page.xml": b"<!DOCTYPE html><html><body>Sign in to go on</body></html>",
    "text.xml": b"PMID- 36063183\n",
    "empty.xml": b"",
    "no-record.xml": b"<PubmedArticleSet></PubmedArticleSet>",
    "error.xml": b"<PubmedArticleSet><ERROR>Unable to obtain query #1</ERROR></PubmedArticleSet>",
    "error-beside.xml": GOOD.replace(b"<PubmedArticle>", b"<ERROR>Busy</ERROR><PubmedArticle>", 1),
    "prefixed.xml": b"<PubmedArticleSet xmlns:p='p'><p:PubmedArticle/></PubmedArticleSet>",
    "utf-7.xml": GOOD.replace(b'version="1.0"', b'version="1.0" encoding="utf-7"', 1),
    "empty.xml.gz": gzip.compress(b""),
    "cut.xml.gz": gzip.compress(GOOD)[:-40],
    "wrong-sum.xml.gz": gzip.compress(GOOD)[:-8] + b"\0\0\0\0" + gzip.compress(GOOD)[-4:],
    "text.db": b"These are my notes. " * 100,
    "empty.db": b"",
    "no-list.yml": b"jobs: 7\n",
    "tab.yml": b"jobs:\n  - name: one\n\tdescription: indented with a tab\n",
    "typo.yml": b"jobs:\n- name: one\n  description: d\n  seeds: [pmid: 11]\n  hoops: 1\n",
    "open.yml": b"jobs:\n- name: one\n  description: d\n  seeds:\n  - query: (a OR b\n",
    "gold.txt": b"11\n12\n",
    "small.yml": (
        b"jobs:\n- {name: one, description: d, seeds: [pmid: 13], hops: 1, max_records: 1}\n"
    ),
}


def _changed(source: Path, name: str, sql: str) -> None:
    """A database that is another one but for what the statements did."""
    shutil.copy(source, source.with_name(name))
    with closing(sqlite3.connect(source.with_name(name))) as db:
        db.executescript(sql)


def _scribbled(source: Path, name: str, table: str) -> None:
    """A database with the first page of a table overwritten: it opens, and cannot be read."""
    shutil.copy(source, source.with_name(name))
    with closing(sqlite3.connect(source)) as db:
        (page,) = db.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = ?", [table]
        ).fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
    with source.with_name(name).open("r+b") as stream:
        stream.seek((page - 1) * size)
        stream.write(b"\xff" * size)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a good raw.db, the kb.db built of it, and every bad input of the table."""
    folder = tmp_path_factory.mktemp("inputs")
    (folder / "folder").mkdir()
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    store = Raw(folder / "raw.db")
    store.run()
    for pmid in range(1, 21):
        store.read(pmid, paper(pmid, abstract=f"Imaging of tumour {pmid}. " * 20))
    base = store.build().path
    for path, size in ((store.path, 20_000), (base, 60_000)):
        path.with_name(f"cut-{path.name}").write_bytes(path.read_bytes()[:size])
    other = "CREATE TABLE records (mine)"
    _changed(folder / "empty.db", "other.db", other)
    papers = "CREATE TABLE papers (mine); CREATE TABLE works (mine)"
    _changed(folder / "empty.db", "papers.db", papers)
    newer = (
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('raw', 'm9', '')"
    )
    _changed(store.path, "newer-raw.db", newer)
    _changed(base, "newer-kb.db", "ALTER TABLE papers RENAME COLUMN title_html TO heading")
    _changed(
        store.path,
        "changed-raw.db",
        "DROP VIEW live_reach; ALTER TABLE records RENAME COLUMN xml TO content",
    )
    _changed(store.path, "lost-raw.db", "DROP VIEW live_reach; DROP TABLE records")
    _changed(store.path, "open-books.db", "INSERT INTO outcomes (run, pmid) VALUES (1, 77)")
    _changed(store.path, "unread-raw.db", "UPDATE records SET xml = x'00' WHERE pmid = 2")
    _changed(base, "wrong-kb.db", "UPDATE papers SET n_references = 6 WHERE pmid = 3")
    _scribbled(store.path, "damaged-raw.db", "records")
    _scribbled(store.path, "damaged-books.db", "runs")
    _scribbled(base, "damaged-kb.db", "works")
    return folder


# What services say --------------------------------------------------------------------------------

KEY = "0123456789abcdef0123456789abcdef0123"
OUTSIDE = {"HARVEST_CROSSREF_URL": "https://crossref.invalid/"}
PACKED = Answer(gzip.compress(b" " * 1_000_000), headers={"Content-Encoding": "gzip"})
NOWHERE = b"HTTP/1.1 302 Found\r\nLocation: /\xff\r\nContent-Length: 0\r\n\r\n"
LATER = [
    Answer(b"", status=503, headers={"Retry-After": "Sun, 01 Mar 2026 12:00:03 +9999999999999"}),
    Answer(b"", status=503, headers={"Retry-After": "9" * 5000}),
]
ECHO = Answer(f"no: {KEY.upper()}".encode(), status=503)

# What surrounds a command -----------------------------------------------------------------------

Around = Callable[[Path], AbstractContextManager[dict[str, object]]]


@contextmanager
def _taken_port(_folder: Path) -> Iterator[dict[str, object]]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield {"port": other.getsockname()[1]}


def _decided(*decisions: str) -> Around:
    @contextmanager
    def around(folder: Path) -> Iterator[dict[str, object]]:
        lines = [f"1,{decision},,r,w,2026-01-01" for decision in decisions]
        text = "\n".join(["pmid,decision,topic,reason,who,date", *lines, ""])
        (folder / "data" / "curation.csv").write_text(text)
        yield {}

    return around


@contextmanager
def _another_run(folder: Path) -> Iterator[dict[str, object]]:
    with raw_db.locked(folder / "raw.db"):
        yield {}


@contextmanager
def _another_run_by_another_name(folder: Path) -> Iterator[dict[str, object]]:
    with tempfile.TemporaryDirectory() as elsewhere:
        other_name = Path(elsewhere, "other.db")
        other_name.hardlink_to(folder / "raw.db")
        with raw_db.locked(other_name):
            yield {}


@contextmanager
def _pipe(folder: Path) -> Iterator[dict[str, object]]:
    os.mkfifo(folder / "pipe")
    yield {}
    assert (folder / "pipe").is_fifo()


@contextmanager
def _planted_link(folder: Path) -> Iterator[dict[str, object]]:
    (folder / "kb.db.building").symlink_to(folder / "good.xml")
    yield {}
    (folder / "kb.db.building").unlink()


class _KilledReaders:
    """Processes of which none answers."""

    def __init__(self, *_: object) -> None: ...

    def __enter__(self) -> _KilledReaders:
        return self

    def __exit__(self, *_: object) -> None: ...

    def submit(self, *_: object) -> object:
        raise BrokenProcessPool

    def shutdown(self, **_: object) -> None: ...


@contextmanager
def _as_of_many_papers(processors: int = 1) -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(readers, "MANY", 1)
        patched.setattr(readers, "_processors", lambda: processors)
        yield patched


@contextmanager
def _readings_of_others(folder: Path) -> Iterator[dict[str, object]]:
    (folder / "new.db.readings").write_bytes(b"my notes")
    with _as_of_many_papers():
        yield {}


@contextmanager
def _damaged_readings(folder: Path) -> Iterator[dict[str, object]]:
    (folder / "new.db.readings").write_bytes(kept_readings.BEGINS + b"half an entry")
    with _as_of_many_papers():
        yield {}


@contextmanager
def _no_room_for_readings(_folder: Path) -> Iterator[dict[str, object]]:
    def full(*_: object) -> bytes:
        raise OSError(errno.ENOSPC, "No space left on device")

    with _as_of_many_papers() as patched:
        patched.setattr(kept_readings, "_digest", full)
        yield {}


@contextmanager
def _killed_readers(_folder: Path) -> Iterator[dict[str, object]]:
    with _as_of_many_papers(processors=2) as patched:
        patched.setattr(readers, "ProcessPoolExecutor", _KilledReaders)
        yield {}


@contextmanager
def _published_with_a_link(folder: Path) -> Iterator[dict[str, object]]:
    (folder / "public" / "kb").mkdir(parents=True)
    (folder / "public" / "kb" / "publish.py").touch()
    (folder / "public" / "kb.db").symlink_to(folder / "kb.db")
    yield {}


@contextmanager
def _another_writer(folder: Path) -> Iterator[dict[str, object]]:
    (folder / "kb.db-wal").write_bytes(b"pages of another program")
    yield {}


@contextmanager
def _pubmed(folder: Path) -> Iterator[dict[str, object]]:
    with standin.serve(standin.Corpus.from_files([folder / "good.xml"])) as server:
        yield {"url": server.url, "port": server.server_port}


@contextmanager
def _pubmed_without_the_key(folder: Path) -> Iterator[dict[str, object]]:
    refusal = standin.Answer(b'{"error":"API key invalid"}', "application/json", 400)
    corpus = standin.Corpus.from_files([folder / "good.xml"])
    with standin.serve(corpus, fault=lambda *_: refusal) as server:
        yield {"url": server.url}


def _answering(
    talk: Callable[[socket.socket], None], *, whole: float = 5.0, largest: int = 1_000
) -> Around:
    """A service that says one thing to everybody; the limits of an answer are short."""

    def told(*given: Any, **options: Any) -> Settings:
        return replace(settings_from(*given, **options), whole=whole, tries=2)

    @contextmanager
    def around(_folder: Path) -> Iterator[dict[str, object]]:
        small = tuple(replace(service, largest=largest) for service in SERVICES)
        with pytest.MonkeyPatch.context() as patch, listening(talk) as port:
            patch.setattr("harvest.cli.settings_from", told)
            patch.setattr("harvest.transport.SERVICES", small)
            yield {"url": f"http://127.0.0.1:{port}/"}

    return around


def _saying(answer: Answer) -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(octets(answer))


@contextmanager
def _no_crossref(folder: Path) -> Iterator[dict[str, object]]:
    """PubMed has a paper with a DOI, and where Crossref should be is another path of its host."""
    corpus = standin.Corpus([entry(21, record(21, doi="10.1000/21"))])
    with standin.serve(corpus) as server:
        yield {"url": server.url, "crossref": f"{server.base('crossref')}v1/"}


@contextmanager
def _read_only(folder: Path) -> Iterator[dict[str, object]]:
    """The folder can be read and not written. Root may write anywhere, so root is nobody here."""
    root = os.geteuid() == 0
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    if root:
        os.seteuid(NOBODY)
    try:
        yield {}
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o755)


@contextmanager
def _nothing(_folder: Path) -> Iterator[dict[str, object]]:
    yield {}


@dataclass(frozen=True)
class Row:
    """``says``: the words that must be shown, in this order. ``full``: files end at so many bytes.

    ``around`` is what surrounds the command; what it yields fills the braces. ``signal`` comes when
    the function ``at`` is called. ``leaves`` names the files that are new afterwards. Where the
    command is an address to GET from the site, ``code`` is the status of its answer.
    """

    what: str
    command: str
    code: int
    says: tuple[str, ...]
    around: Around = _nothing
    environment: dict[str, str] = field(default_factory=dict)
    full: int = 0
    signal: int = 0
    at: str = ""
    leaves: frozenset[str] = frozenset()


# The table --------------------------------------------------------------------------------------

READ = "harvest files {} --raw raw.db"
NO_BASE = ("is a database, but no kb.db", "Name the file that kb build wrote")
NO_RAW = ("is a database, but no raw.db", "Name the file that harvest wrote")
NO_RAW_DATABASE = ("is no SQLite database, or a damaged one", "take this one from a backup")
NO_BASE_DATABASE = ("is no SQLite database, or a damaged one", "build it again: kb build --raw")
ABSENT = ("there is no such file",)
NEWER = ("was written by a newer version (it has m9)", "Install that version; nothing was changed")
ANOTHER = ("was built by another version (it lacks papers.title_html)", "Build it again: kb build")

ON_RAW = (
    "kb build --raw {} --out new.db --data data",
    "harvest status --raw {}",
    "harvest verify --raw {}",
    "harvest backup --raw {} --out new.db",
    "harvest restore {} --raw raw.db",
    "harvest standin --raw {}",
    "harvest pmid 11 --raw {}",
    "harvest files good.xml --raw {}",
)
# Each that writes, up to the place where it does.
WRITING = (
    "kb build --raw raw.db --data data --out {}",
    "kb export references --db kb.db --format ris --out {}",
    "kb export citation --db kb.db --format csv --out {}",
    "kb evaluate recall --db kb.db --gold gold.txt --out {}",
    "harvest files good.xml --raw {}",
    "harvest pmid 11 --raw {}",
    "harvest run littooij --raw raw.db --kb {}",
)
NO_STREAM = ("- would be standard input or output", "./- is a file of that name")
ON_BASE = (
    "kb check {}",
    "kb serve {} --port 0",
    "kb export references --db {} --format ris --out new.ris",
    "kb path 11 13 --db {}",
)


def _each(
    commands: tuple[str, ...], what: str, file: str, says: tuple[str, ...], code: int = 2
) -> list[Row]:
    return [Row(what, command.format(file), code, (f"{file}: ", *says)) for command in commands]


ROWS = [
    # Files of PubMed XML: what can be read of them is kept
    Row("XML malformed in one record", READ.format("malformed.xml"), 3,
        ("PMID 12: malformed.xml: record 2", "mismatched tag, line 1", "The rest is stored")),
    Row("XML cut short", READ.format("cut.xml"), 3,
        ("cut.xml: cut in the middle of record 3 (PMID 13)", "What came before was read",
         "Fetch the file again")),
    Row("XML that is not in UTF-8", READ.format("latin.xml"), 3,
        ("PMID 11: latin.xml: record 1", "bytes that are no UTF-8", "Get what is damaged anew")),
    Row("XML in another encoding than it says", READ.format("not-utf-16.xml"), 3,
        ("not-utf-16.xml: declares the encoding 'utf-16'", "Convert it to UTF-8")),
    Row("no record in a file", READ.format("no-record.xml"), 3,
        ("no-record.xml: holds no record and no deletion", "Fetch it again")),
    Row("an ERROR in the place of records", READ.format("error.xml"), 3,
        ("error.xml: <ERROR> stands in <PubmedArticleSet>", "it says: Unable to obtain query #1")),
    Row("an ERROR beside records", READ.format("error-beside.xml"), 3,
        ("error-beside.xml: <ERROR> stands in", "it says: Busy", "The rest is stored")),
    Row("records under a prefix", READ.format("prefixed.xml"), 3,
        ("prefixed.xml: <p:PubmedArticle> stands in <PubmedArticleSet> and is no record",)),
    Row("an encoding that no file of PubMed has", READ.format("utf-7.xml"), 3,
        ("utf-7.xml: declares the encoding 'utf-7'", "Convert it to UTF-8")),
    Row("an entity bomb", READ.format("bomb.xml"), 3,
        ("bomb.xml: its DOCTYPE declares entities", "so the file was refused",
         "fetch the file again")),
    Row("HTML in the place of XML", READ.format("page.xml"), 3,
        ("page.xml: this is no PubMed XML", "<html>", "Ask EFetch with retmode=xml")),
    Row("text in the place of XML", READ.format("text.xml"), 3,
        ("text.xml: not PubMed XML before its first record", "name another one")),
    Row("an empty file", READ.format("empty.xml"), 3,
        ("empty.xml: the file is empty", "Fetch it again")),
    Row("an empty file in gzip", READ.format("empty.xml.gz"), 3,
        ("empty.xml.gz: the file is empty", "Fetch it again")),
    Row("gzip cut short", READ.format("cut.xml.gz"), 3,
        ("cut.xml.gz: the compressed file is damaged or cut", "Fetch the file again")),
    Row("gzip with a wrong checksum", READ.format("wrong-sum.xml.gz"), 3,
        ("wrong-sum.xml.gz: the compressed file is damaged or cut after record 3 (PMID 13)",
         "CRC check failed", "Fetch the file again")),
    Row("a folder in the place of files", READ.format("folder"), 2,
        ("FILE", "'folder' is a directory")),
    Row("a file that is not there", READ.format("none.xml"), 2,
        ("FILE", "'none.xml' does not exist")),
    Row("a damaged file beside a good one", READ.format("page.xml good.xml"), 3,
        ("page.xml: this is no PubMed XML", "The rest is stored")),
    Row("a stand-in over damaged XML", "harvest standin cut.xml", 2,
        ("cut.xml: cut in the middle of record 3 (PMID 13)", "Fetch the file again")),

    # Databases in the place of raw.db
    *_each(ON_RAW, "text for raw.db", "text.db", NO_RAW_DATABASE),
    *_each(ON_RAW, "raw.db cut short", "cut-raw.db", NO_RAW_DATABASE),
    *_each(ON_RAW, "another database for raw.db", "other.db", NO_RAW),
    *_each(ON_RAW, "kb.db for raw.db", "kb.db", NO_RAW),
    *_each(ON_RAW, "a newer raw.db", "newer-raw.db", NEWER),
    *_each(ON_RAW[:6], "no raw.db", "none.db", (*ABSENT, "Fill it with: harvest run")),
    Row("an empty raw.db to build of", "kb build --raw empty.db --out new.db --data data", 2,
        ("empty.db: is a database, but no raw.db: it holds no table",)),
    Row("an empty raw.db to verify", "harvest verify --raw empty.db", 2,
        ("empty.db: is a database, but no raw.db: it holds no table",)),
    Row("raw.db without its records", "harvest verify --raw lost-raw.db", 1,
        ("lost-raw.db: ", "records or answers are not as they were stored",
         "no such table: records", "from a backup")),
    Row("raw.db damaged inside, verified", "harvest verify --raw damaged-raw.db", 1,
        ("damaged-raw.db: ", "records or answers are not as they were stored",
         "cannot be read to its end", "from a backup")),
    *[Row("raw.db damaged inside, copied", command, 1,
          ("damaged-raw.db: ", "records or answers are not as they were stored",
           "Nothing was copied. Take an older backup"))
      for command in ("harvest backup --raw damaged-raw.db --out new.db",
                      "harvest restore damaged-raw.db --raw raw.db")],
    Row("a copy in the place of a file", "harvest backup --raw raw.db --out good.xml", 2,
        ("good.xml: is there already and was left alone", "Name another file")),
    Row("a process of a build killed", "kb build --raw raw.db --out new.db --data data", 3,
        ("a process that read records was killed, perhaps for lack of memory",
         "Nothing was built", "Run the same command again"), around=_killed_readers),
    *[Row(f"readings kept beside a base, {what}",
          "kb build --raw raw.db --out new.db --data data", 0, (says, "Built new.db"),
          around=around, leaves=frozenset(left))
      for what, says, around, left in (
          ("of others", "what was read is not kept for the next build", _readings_of_others,
           ("new.db", "new.db.readings")),
          ("damaged", "was damaged. What of it could not be used was read anew",
           _damaged_readings, ("new.db", "new.db.readings")),
          ("with no room", "what was read could not be kept for the next build",
           _no_room_for_readings, ("new.db",)))],
    Row("raw.db damaged inside, built of", "kb build --raw damaged-raw.db --out kb.db --data data",
        2, ("damaged-raw.db: is damaged", "from a backup", "kb.db was not replaced")),
    Row("raw.db damaged inside, served", "harvest standin --raw damaged-raw.db", 2,
        ("is damaged", "from a backup")),

    *_each(ON_RAW, "raw.db that another program changed", "changed-raw.db",
           ("its table records lacks the column xml", "Take the file from a backup")),

    # Databases in the place of kb.db
    *_each(ON_BASE, "text for kb.db", "text.db", NO_BASE_DATABASE),
    *_each(ON_BASE, "kb.db cut short", "cut-kb.db", NO_BASE_DATABASE),
    *_each(ON_BASE, "another database for kb.db", "other.db", NO_BASE),
    *_each(ON_BASE, "raw.db for kb.db", "raw.db", NO_BASE),
    *_each(ON_BASE, "an empty kb.db", "empty.db", NO_BASE),
    *_each(ON_BASE, "a kb.db of another version", "newer-kb.db", ANOTHER),
    *_each(ON_BASE, "no kb.db", "none.db", (*ABSENT, "Build it with: kb build")),
    Row("kb.db damaged inside", "kb check damaged-kb.db", 1,
        ("damaged-kb.db: 1 checks failed", "cannot be read through")),
    Row("kb.db damaged inside, exported",
        "kb export citation --db damaged-kb.db --format graphml --out new.graphml", 2,
        ("damaged-kb.db: cannot be read whole", "Build it again with kb build")),
    Row("kb.db damaged inside, asked for a path", "kb path 11 13 --db damaged-kb.db", 2,
        ("damaged-kb.db: cannot be read whole", "Build it again with kb build")),
    Row("kb.db with a wrong number", "kb check wrong-kb.db", 1,
        ("wrong-kb.db: 1 checks failed", "references listed and stored differ", "PMID 3")),
    *[Row("a file that is no kb.db to write to",
          f"kb build --raw raw.db --out {file} --data data", 2,
          (f"{file}: is there and is no kb.db; it was left alone", "Name another --out"))
      for file in ("text.db", "cut-kb.db", "other.db", "raw.db")],
    Row("a database to export to", "kb export references --db kb.db --format ris --out raw.db", 2,
        ("raw.db: is a database and was left alone", "Name another file")),

    Row("another's table of papers to write to",
        "kb build --raw raw.db --out papers.db --data data", 2,
        ("papers.db: is there and is no kb.db; it was left alone", "Name another --out")),
    Row("a base that another program writes", "kb build --raw raw.db --out kb.db --data data", 2,
        ("kb.db: another program is writing it", "kb.db-wal", "End that program"),
        around=_another_writer, leaves=frozenset({"kb.db-wal"})),
    Row("a database for a page", "kb evaluate recall --db kb.db --gold gold.txt --out raw.db", 2,
        ("raw.db: is a database and was left alone", "Name another file")),
    Row("a page that is no text", "kb evaluate recall --db kb.db --gold gold.txt --out latin.xml",
        2, ("latin.xml: is no text in UTF-8, and was left alone",)),

    # Places that are no files
    *[Row("a pipe to write to", command.format("pipe"), 2,
          ("pipe: cannot be written (it is no ordinary file), and was left alone",), around=_pipe)
      for command in WRITING],
    *[Row("a folder to write to", command.format("folder"), 2, ("'folder' is a directory",))
      for command in WRITING],
    *[Row("a stream for a database", command.format("-"), 2, NO_STREAM)
      for command in (WRITING[0], *WRITING[4:], "kb publish - --db kb.db",
                      "harvest demo --no-serve --dir -")],
    Row("a link in a published folder", "kb publish public --db kb.db", 2,
        ("kb.db: is a link, and publishing writes through none", "remove it"),
        around=_published_with_a_link, leaves=frozenset({"public/kb/publish.py", "public/kb.db"})),
    Row("another folder to publish in", "kb publish data --db kb.db", 2,
        ("data: is there and was not published", "name a folder of its own")),
    *[Row("a pipe to publish in", command, 2, ("pipe: ", says), around=_pipe)
      for command, says in (("kb publish pipe --db kb.db", "name a folder of its own"),
                            ("harvest demo --no-serve --dir pipe", "Name another --dir"))],
    Row("a link planted beside a base", "kb build --raw raw.db --out kb.db --data data", 2,
        ("kb.db.building: is in the way", "Nothing was written through it", "remove it"),
        around=_planted_link),
    Row("no folder to publish a base in after a harvest",
        "harvest run littooij --raw raw.db --kb none/kb.db", 2,
        ("none/kb.db: there is no folder none", "Make it first")),
    Row("no folder to write a raw.db in", "harvest files good.xml --raw none/raw.db", 2,
        ("none/raw.db: there is no folder", "Make it first")),
    *[Row("no folder to write in", command.format("none/new"), 2,
          ("none/new: cannot be written (No such file or directory)", "Check the folder"))
      for command in WRITING[1:4]],

    # What a build finds
    Row("a stored record that cannot be read",
        "kb build --raw unread-raw.db --out new.db --data data", 3,
        ("new.db", "was built without 1 stored records", "PMID 2"), leaves=frozenset({"new.db"})),
    Row("books that do not close", "kb build --raw open-books.db --out kb.db --data data", 1,
        ("kb.db: was not replaced, the new one would be wrong", "asked = stored")),
    Row("no folder to build in", "kb build --raw raw.db --out none/kb.db --data data", 2,
        ("none/kb.db: cannot be built", "Check the folder")),

    # The disk
    Row("a full disk under a build", "kb build --raw raw.db --out kb.db --data data", 2,
        ("kb.db: cannot be built", "the space on the disk", "the old file, if any, is untouched"),
        full=200_000),
    Row("a full disk under a harvest", "harvest files good.xml --raw raw.db", 2,
        ("raw.db: cannot be written", "Check the space on the disk",
         "what was stored before stays"),
        full=500),
    Row("a full disk under an export",
        "kb export references --db kb.db --format ris --out new.ris", 2,
        ("new.ris: cannot be written", "the space on the disk"), full=500),
    Row("a read-only folder to build in", "kb build --raw raw.db --out kb.db --data data", 2,
        ("kb.db: cannot be built", "Check the folder, the permissions"), around=_read_only),
    Row("a read-only folder to harvest to", "harvest pmid 11 --raw raw.db", 2,
        ("raw.db: the folder cannot be written", "its permissions"), around=_read_only),
    Row("a read-only folder to export to",
        "kb export references --db kb.db --format ris --out new.ris", 2,
        ("new.ris: cannot be written", "its permissions"), around=_read_only),

    Row("a read-only folder to publish in", "kb publish folder --db kb.db", 2,
        ("folder: cannot be written", "Check its permissions"), around=_read_only),
    Row("a read-only folder for a page",
        "kb evaluate recall --db kb.db --gold gold.txt --out new.md", 2,
        ("new.md: cannot be written", "its permissions"), around=_read_only),
    Row("a read-only folder to read files into", READ.format("good.xml"), 2,
        ("raw.db: the folder cannot be written", "its permissions"), around=_read_only),
    Row("a full disk under a publication", "kb publish folder --db kb.db", 2,
        ("folder: cannot be written", "the space on the disk", "is still served"), full=50_000),
    Row("a full disk under a page",
        "kb evaluate recall --db kb.db --gold gold.txt --out new.md", 2,
        ("new.md: cannot be written", "the space on the disk"), full=100),

    # Stopped and killed
    Row("a build killed half-way", "kb build --raw raw.db --out kb.db --data data",
        -signal.SIGKILL, (), signal=signal.SIGKILL, at="kb.graphs.metrics.rows",
        leaves=frozenset({"kb.db.building"})),
    Row("a build interrupted", "kb build --raw raw.db --out kb.db --data data", 3,
        ("stopped. What was stored or built before is untouched", "Run the same command again"),
        signal=signal.SIGINT, at="kb.graphs.metrics.rows"),
    *[Row("a command ended by SIGTERM", command, 3,
          ("stopped. What was stored or built before is untouched", "Run the same command again"),
          signal=signal.SIGTERM, at=at)
      for command, at in (
          ("kb build --raw raw.db --out kb.db --data data", "kb.graphs.metrics.rows"),
          ("kb export citation --db kb.db --format csv --out new.csv", "kb.exports.put_in_place"),
          ("kb publish folder --db kb.db", "kb.publish.check"),
          ("kb path 11 13 --db kb.db", "kb.graphs.paths.read"),
      )],
    *[Row("a harvest ended by SIGTERM", command, 3,
          ("stopped by SIGTERM", "What was stored stays; run the same command again"),
          signal=signal.SIGTERM, at=at)
      for command, at in ((READ.format("good.xml"), "harvest.files.examine"),
                          ("harvest pmid 11 --raw raw.db", "harvest.plan.batches"))],
    Row("a harvest of files interrupted", READ.format("good.xml"), 3,
        ("stopped by SIGINT", "What was stored stays; run the same command again"),
        signal=signal.SIGINT, at="harvest.files.examine"),
    Row("a harvest interrupted", "harvest pmid 11 --raw raw.db", 3,
        ("stopped by SIGINT", "What was stored stays; run the same command again"),
        signal=signal.SIGINT, at="harvest.plan.batches"),
    Row("two harvests of one raw.db", "harvest pmid 11 --raw raw.db", 4,
        ("raw.db: another run is writing to it", "Wait until it ends"), around=_another_run),
    Row("two harvests of one raw.db by two names", "harvest pmid 11 --raw raw.db", 4,
        ("raw.db: another run is writing to it", "Wait until it ends"),
        around=_another_run_by_another_name),

    Row("a decision by hand that is none", "kb build --raw raw.db --out kb.db --data data", 2,
        ("curation.csv, line 2", "perhaps is no decision; allowed are"), around=_decided("perhaps"),
        leaves=frozenset({"data/curation.csv"})),
    Row("two decisions by hand on one paper", "kb build --raw raw.db --out kb.db --data data", 2,
        ("curation.csv, line 3", "PMID 1 has a decision on", "in line 2; keep the one that counts"),
        around=_decided("include", "exclude"), leaves=frozenset({"data/curation.csv"})),
    # The network
    Row("a port that is taken, to serve", "kb serve kb.db --port {port}", 2,
        ("127.0.0.1:{port}: cannot listen there", "Choose another port, with --port"),
        around=_taken_port),
    Row("a port that is taken, to stand in", "harvest standin good.xml --port {port}", 2,
        ("Port {port} of 127.0.0.1 cannot be used", "Name another one"), around=_taken_port),
    Row("a service that nobody runs", "harvest pmid 11 --raw raw.db", 3,
        ("http://127.0.0.1:1/", "no usable answer in 4 tries", "Check the network", "PMID 11",
         "Run the same command again")),
    Row("a host that does not exist",
        "harvest pmid 11 --raw raw.db --eutils-url http://nowhere.invalid/", 3,
        ("http://nowhere.invalid/", "no usable answer in 4 tries", "Check the network"),
        environment={"NCBI_EMAIL": "name@example.org"}),
    Row("an address that is none", "harvest pmid 11 --raw raw.db --eutils-url nowhere", 2,
        ("HARVEST_EUTILS_URL is 'nowhere'", "It looks like https://")),
    Row("no TLS where it is asked for",
        "harvest pmid 11 --raw raw.db --eutils-url https://127.0.0.1:{port}/", 3,
        ("https://127.0.0.1:{port}/", "the secure connection failed", "REQUESTS_CA_BUNDLE"),
        around=_pubmed),
    Row("a key that NCBI does not know", "harvest pmid 11 --raw raw.db --eutils-url {url}", 3,
        ("API key invalid", "Check NCBI_API_KEY, or unset it"), around=_pubmed_without_the_key,
        environment={"NCBI_API_KEY": "0123456789abcdef0123456789abcdef0123"}),
    *[Row("an answer that does not end", "harvest pmid 11 --raw raw.db --eutils-url {url}", 3,
          ("PMID 11: the answer took longer than 0.05 s", "Run the same command again"),
          around=_answering(talk, whole=0.05))
      for talk in ENDLESS.values()],
    *[Row("an answer without measure", "harvest pmid 11 --raw raw.db --eutils-url {url}", 3,
          ("PMID 11: the answer has more than 1,000 bytes", "Run the same command again"),
          around=_answering(_saying(huge)))
      for huge in (Answer(b" " * 1_001), PACKED)],
    Row("a redirect to what nobody can read", "harvest pmid 11 --raw raw.db --eutils-url {url}", 3,
        ("HTTP 302, a redirect to '/ÿ'", "Check the address of the service"),
        around=_answering(lambda connection: connection.sendall(NOWHERE))),
    *[Row("a time to come back that is none",
          "harvest pmid 11 --raw raw.db --eutils-url {url}", 3, ("HTTP 503",),
          around=_answering(_saying(answer)))
      for answer in LATER],
    Row("an answer that repeats the key", "harvest pmid 11 --raw raw.db --eutils-url {url}", 3,
        ("HTTP 503: 'no: (hidden)'",),
        around=_answering(_saying(ECHO)),
        environment={"NCBI_API_KEY": KEY}),
    Row("an address of Crossref where nothing is known",
        "harvest pmid 21 --refs 1 --raw raw.db --eutils-url {url} --crossref-url {crossref}", 3,
        ("not all links could be asked of crossref", "HTTP 404", "Check HARVEST_CROSSREF_URL"),
        around=_no_crossref),
    *[Row("an address that nobody can have", "harvest pmid 11 --raw raw.db", 2,
          (f"{service.variable} is '{shown}', which is no address of a service", "It looks like"),
          environment={service.variable: url})
      for service in SERVICES
      for url, shown in (("http://127.0.0.1:99999/", "http://127.0.0.1:99999/"),
                         ("http://[::1", "http://[::1"),
                         ("http://me:secret@exa..com/", "…@exa..com/"))],
    *[Row("a proxy that cannot be used", "harvest pmid 11 --raw raw.db", 2,
          (f"{variable} is '{shown}', which is no proxy that can be used", "or is unset"),
          environment=OUTSIDE | {variable: url})
      for variable in ("ALL_PROXY", "HTTPS_PROXY")
      for url, shown in (("socks5h://me:secret@proxy:1080", "…@proxy:1080"),
                         ("http://proxy:99999", "http://proxy:99999"))],
    *[Row("certificates that are none", "harvest pmid 11 --raw raw.db", 2,
          (f"REQUESTS_CA_BUNDLE is '{file}', which cannot be read as certificates",
           "Name the file with the certificate of your network"),
          environment=OUTSIDE | {"REQUESTS_CA_BUNDLE": file})
      for file in ("none.pem", "good.xml")],
    Row("a key that cannot be sent", "harvest pmid 11 --raw raw.db", 2,
        ("NCBI_API_KEY holds what no key holds", "Copy it again"),
        environment={"NCBI_API_KEY": "two words"}),
    Row("nobody's e-mail address", "harvest pmid 11 --raw raw.db", 2,
        ("no e-mail address is set", "export NCBI_EMAIL="),
        environment={"HARVEST_EUTILS_URL": "http://nowhere.invalid/"}),
    Row("an e-mail address that is none", "harvest pmid 11 --raw raw.db", 2,
        ("NCBI_EMAIL is 'nobody'", "no e-mail address"), environment={"NCBI_EMAIL": "nobody"}),

    # What is asked for
    *[Row("a PMID that is none", f"harvest pmid 11 {wrong} --raw raw.db", 2,
          (f"'{wrong}' is no PMID", "digits only", "36063183"))
      for wrong in ("abc", "0", "PMC123")],
    Row("a PMID that PubMed does not have", "harvest pmid 998 --raw raw.db --eutils-url {url}", 3,
        ("PMID 998, a seed of the job: the service does not have it",), around=_pubmed),
    Row("a phrase that PubMed does not know",
        "harvest search 'paper AND xyzzy' --raw raw.db --eutils-url {url}", 3,
        ("PubMed would not run the query as written", "'xyzzy'"), around=_pubmed),
    Row("a query with a bracket too few", "harvest search '(a OR b' --raw raw.db", 2,
        ("QUERY", "(")),
    Row("an empty query", "harvest search ' ' --raw raw.db", 2, ("QUERY", "the query is empty")),
    Row("a jobs file that is no YAML", "harvest run --jobs tab.yml --raw raw.db", 2,
        ("tab.yml", "line 3")),
    Row("a jobs file without a list", "harvest run --jobs no-list.yml --raw raw.db", 2,
        ("no-list.yml", "line 1", "'jobs' must be a list")),
    Row("a jobs file with an unknown key", "harvest run --jobs typo.yml --raw raw.db", 2,
        ("typo.yml", "line 5", "'hoops' is no key", "Known: ", "hops")),
    Row("a jobs file with a bracket too few", "harvest run --jobs open.yml --raw raw.db", 2,
        ("open.yml", "line 5", "(")),
    Row("a hop too wide", "harvest run --jobs small.yml --raw raw.db --eutils-url {url}", 3,
        ("more than max_records", "Raise max_records, or narrow"), around=_pubmed),
    Row("a job that is none", "harvest run nope --raw raw.db", 2,
        ("there is no job 'nope'", "It has: ", "littooij")),
    Row("a kind of export that is none",
        "kb export nope --db kb.db --format ris --out new.ris", 2,
        ("'nope' is no kind of export", "The kinds are: ", "references")),
    Row("a format of export that is none",
        "kb export references --db kb.db --format nope --out new.ris", 2,
        ("'nope' is no format for references", "The formats are: ris")),
    Row("a work that is not there", "kb path 11 99 --db kb.db", 2,
        ("99: the base has no such work", "Look for it with kb serve")),
    Row("what is no identifier of a work", "kb path 11 Müller --db kb.db", 2,
        ("'Müller' is no identifier of a work", "Write a PMID, a DOI, a PMCID")),
    Row("a map around a work that is not there",
        "kb export citation --db kb.db --format csv --out new.csv --around 99", 2,
        ("99: the base has no such work", "Look for it with kb serve")),

    # The site
    Row("a topic that is none", "GET /topic/nope", 404, ("no topic “nope”", "Browse the topics")),
    *[Row("a paper that is none", f"GET /paper/{wrong}", 404,
          (f"“{wrong}” is no PMID", "a number of up to ten digits")) for wrong in ("abc", "0")],
    Row("a paper that is not here", "GET /paper/998", 404,
        ("PMID 998 is not in this base", "harvest pmid 998 --raw raw.db")),
    Row("a work that is none", "GET /work/nope", 404,
        ("No work “nope”", "A work is named pmid:36063183")),
    Row("a page that is none", "GET /nope", 404, ("no page at this address", "Search the papers")),
    Row("a year that is none", "GET /search?year=abc", 400,
        ("year=abc: write a number from 1 to 9999",)),
    Row("an order that is none", "GET /search?sort=nope", 400, ("sort=nope: ", "newest")),
    *[Row("a page number that is none", f"GET /{page}?page=0", 400,
          ("page=0: write a number from 1",)) for page in ("search", "changes", "topic/mibg")],
    *_each(ON_RAW[1:2] + ON_RAW[6:], "raw.db damaged inside",
           "damaged-books.db", ("is damaged", "from a backup")),
    Row("an empty raw.db to look into", "harvest status --raw empty.db", 2,
        ("empty.db: is a database, but no raw.db: it holds no table",)),
    *[Row("a filter that is none", f"GET /search?{name}=nope", 400, (f"{name}=nope: ",))
      for name in ("topic", "type")],
    Row("a parameter that a search has not", "GET /search?author=Maris", 400,
        ("This page has no parameter “author”", "Write q=NAME[au]", "It takes q, topic")),
    Row("a parameter of a page that has none", "GET /integrity?year=2020", 400,
        ("This page has no parameter “year”, nor any other", "leave it out")),
    Row("the beginning of a word with one letter", "GET /search?q=a*", 400,
        ("a*: write 2 letters or more",)),
    *[Row("a column that a table has not", f"GET /kb/papers{format}?_sort=nope", 400,
          ("Cannot sort table by nope", "by columns of the table")) for format in ("", ".json")],
]  # fmt: skip

# Each row is run --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    code: int
    said: str


def _in_this_process(row: Row, words: list[str]) -> Outcome:
    runner = CliRunner(env=ENVIRONMENT | row.environment)
    result = runner.invoke(
        PROGRAMS[words[0]], words[1:], prog_name=words[0], catch_exceptions=False
    )
    return Outcome(result.exit_code, result.output)


HALF_WAY = """
import importlib, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where a shell runs in background
def wait(*_, **__):
    print("half-way", flush=True)
    sys.stdin.read()
program, at, *words = sys.argv[1:]
main = importlib.import_module(f"{program}.cli").main
if at:
    module, _, name = at.rpartition(".")
    setattr(importlib.import_module(module), name, wait)
main(words, prog_name=program)
"""


def _in_a_process(row: Row, words: list[str]) -> Outcome:
    def fill() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (row.full, row.full))

    set_ = {name: value or "" for name, value in ENVIRONMENT.items()} | row.environment
    with subprocess.Popen(
        [sys.executable, "-c", HALF_WAY, words[0], row.at, *words[1:]],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | STARTING | set_ | {"PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=fill if row.full else None,
    ) as process:
        assert process.stdout
        if row.signal:
            assert process.stdout.readline() == "half-way\n"
            process.send_signal(row.signal)
        said = process.stdout.read()
    return Outcome(process.returncode, said)


def _from_the_site(address: str) -> Outcome:
    answer = asyncio.run(datasette_over(Path("kb.db"), data_dir()).client.get(address))
    seen = unescape(re.sub(r"<[^>]*>", " ", answer.text))
    return Outcome(answer.status_code, " ".join(seen.split()))


def outcome(row: Row, words: list[str]) -> Outcome:
    if words[0] == "GET":
        return _from_the_site(words[1])
    if row.full or row.signal:
        return _in_a_process(row, words)
    return _in_this_process(row, words)


@pytest.fixture
def folder(
    inputs: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """The working folder of one row: the good files, and what its command names."""
    # Not tmp_path, which is for its owner alone: some rows are run as nobody.
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        shutil.copytree(inputs / "data", place / "data")
        for word in {*GOOD_FILES, *request.node.callspec.params["row"].command.split()}:
            if (inputs / word).is_file():
                shutil.copy(inputs / word, place)
            elif (inputs / word).is_dir():
                (place / word).mkdir(exist_ok=True)
        monkeypatch.chdir(place)
        without_waiting(monkeypatch)
        yield place


def name(row: Row) -> str:
    return f"{row.what}: {row.command}"


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def records_in(path: Path) -> set[tuple[int, bytes]]:
    with closing(raw_db.open_raw(path)) as db:
        assert raw_db.verify(db) == []
        return {(kept.pmid, kept.xml) for kept in raw_db.records(db)}


@pytest.mark.parametrize(
    "row",
    # Those that are stopped or killed are for `make soak`.
    [
        pytest.param(row, id=name(row), marks=[pytest.mark.soak] if row.signal else [])
        for row in ROWS
    ],
)
def test_what_is_wrong_is_said_with_what_to_do_and_nothing_is_lost(
    row: Row, folder: Path, inputs: Path
) -> None:
    before = contents(folder)
    with row.around(folder) as told:
        seen = outcome(row, shlex.split(row.command.format(**told)))
    words = ".*?".join(re.escape(part.format(**told)) for part in row.says)
    assert seen.code == row.code, seen.said
    assert re.search(words, seen.said, re.DOTALL), seen.said
    assert "Traceback" not in seen.said
    after = contents(folder)
    assert after.keys() - before.keys() == row.leaves
    changed = {name for name, content in before.items() if after.get(name) != content}
    # A run that was begun is in the books, whatever became of it.
    assert changed <= ({"raw.db"} if row.code == 3 else set())
    assert records_in(folder / "raw.db") >= records_in(inputs / "raw.db")


def test_what_a_killed_build_left_is_gone_after_the_next(inputs: Path, tmp_path: Path) -> None:
    for left in (".building", ".building.raw", ".building.raw-journal"):
        (tmp_path / f"kb.db{left}").write_bytes(b"half of it" * 1000)
    kb.build.build.build(inputs / "raw.db", tmp_path / "kb.db", inputs / "data")
    assert [path.name for path in tmp_path.iterdir()] == ["kb.db"]
    assert (tmp_path / "kb.db").read_bytes() == (inputs / "kb.db").read_bytes()


def test_every_message_that_operators_are_told_of_is_in_the_table() -> None:
    section = OPERATORS.read_text(encoding="utf-8").partition("## What to do when")[2]
    documented = re.findall(r"(?m)^\| (?!it says|---)(.*?)(?: \(exit (\d)\))? \| ", section)
    assert documented
    for message, code in documented:
        assert any(_tells_of(row, message, code) for row in ROWS), message


def _tells_of(row: Row, message: str, code: str) -> bool:
    said = " … ".join(row.says)
    parts = message.split(" … ")
    return all(part in said for part in parts) and (not code or row.code == int(code))
