"""What a base is made of, as one number: the same inputs, code and libraries give the same id."""

from __future__ import annotations

import ast
import hashlib
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from pyexpat import EXPAT_VERSION

from sqlite_utils import Database

from kb import __version__
from kb.data import data_dir
from kb.raw import answers
from kb.schema import SCHEMA

LIBRARIES = (
    *("graspologic-native", "networkx", "numpy", "pyahocorasick", "rapidfuzz", "scipy"),
    *("pyyaml", "sqlite-utils"),
)
# What of data/ a build reads; a field may have no studies and no decisions.
DATA = ("curation.csv", "studies.yml", "topics.yml")
# What of raw.db a build reads, beside kept answers. A record counts by the hash of its bytes.
RAW = (
    "SELECT pmid, sha256, source, run, first_read, last_read, checked FROM records"
    " ORDER BY pmid, id",
    "SELECT * FROM runs ORDER BY run",
    "SELECT * FROM outcomes ORDER BY run, pmid",
    "SELECT * FROM withdrawals ORDER BY pmid, run",
    "SELECT * FROM seeds ORDER BY seed",
    "SELECT * FROM reach ORDER BY seed, pmid, via",
)
PACKAGE = Path(__file__).resolve().parent.parent
ENTRY = "kb.build.build"  # all that it imports, at whatever depth, is code of a build
READS = "kb.build.readings"  # and of this, what reads a record
READ_BY = ("studies.yml", "topics.yml")


def library_versions() -> dict[str, str]:
    """Of the program and of each library that shapes a base, as ``meta`` keeps them."""
    libraries = {f"version_{name}": version(name) for name in LIBRARIES}
    return libraries | {"version_kb": __version__, "version_sqlite": sqlite3.sqlite_version}


def base_id(source: Database, data: Path, told: Mapping[str, str], package: Path = PACKAGE) -> str:
    """16 hex digits over everything that the base is made of: raw.db, data/, code, and what
    ``meta`` tells of it (versions, counts)."""
    digest = hashlib.sha256(repr(sorted(told.items())).encode())
    for sql in RAW:
        for row in source.execute(sql):
            digest.update(repr(row).encode())
    for answer in answers(source):
        digest.update(repr(answer).encode())
    for part in _read([*code(package), *_there(data, DATA), *_rules()]):
        digest.update(part)
    return digest.hexdigest()[:16]


def made_by(data: Path, package: Path = PACKAGE) -> str:
    """What reads records, as one number: the code of ``kb.build.readings``, the data that it is
    given (the decisions of people apart, which are told paper by paper), the libraries, and Python
    with its tables of characters and its reader of XML."""
    told = sorted(library_versions().items()), sys.version, EXPAT_VERSION
    digest = hashlib.sha256(repr(told).encode())
    for part in _read([*code(package, READS), *_there(data, READ_BY), *_rules()]):
        digest.update(part)
    return digest.hexdigest()


def _there(data: Path, names: Iterable[str]) -> list[Path]:
    return [data / name for name in names if (data / name).is_file()]


def _rules() -> list[Path]:
    """Of reading texts in any field: a build always takes those that the package brings along."""
    return sorted((data_dir() / "reading").glob("*.yml"))


def _read(paths: Iterable[Path]) -> Iterator[bytes]:
    for path in paths:
        body = path.read_bytes()
        yield f"{path.name} {len(body)}\n".encode() + body


def code(package: Path, entry: str = ENTRY) -> list[Path]:
    """Every module of the package that a build imports, or another ``entry``, itself and the schema
    included, sorted.

    Read from the imports, those inside functions too: what happens to be loaded differs between the
    commands that build.
    """
    modules: set[Path] = {package / SCHEMA.relative_to(PACKAGE)}
    wanted = list(_files(package, entry))
    while wanted:
        path = wanted.pop()
        if path not in modules:
            modules.add(path)
            names = _imported(path.read_bytes())
            wanted += (file for name in names for file in _files(package, name))
    return sorted(modules)


@cache  # a process that builds twice reads the same source twice
def _imported(source: bytes) -> tuple[str, ...]:
    """Dotted names that may be modules: ``from a import b`` gives ``a.b`` as well as ``a``."""
    return tuple(_names(ast.parse(source)))


def _names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _files(package: Path, name: str) -> Iterable[Path]:
    """The files that Python runs to import a dotted name: each package on the way, then it."""
    top, *parts = name.split(".")
    if top != package.name:
        return
    place = package
    yield place / "__init__.py"
    for part in parts:
        place = place / part
        for file in (place.with_name(f"{part}.py"), place / "__init__.py"):
            if file.is_file():
                yield file
