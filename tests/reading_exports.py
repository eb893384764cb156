"""What the tests of the exports share: files of a base, and the readers that are no Python."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import networkx
import pytest
from small_base import Connection

from kb import exports
from kb.exports.cells import harmless
from kb.exports.characters import NOT_IN_XML, one_line
from kb.exports.papers import Paper, first_and_last, read
from kb.graphs import maps
from kb.graphs.graph import Attributes, Graph, Types

ROOT = Path(__file__).resolve().parent.parent
READERS = ROOT / "tests" / "readers.cjs"
# The npm packages that readers.cjs reads with; they are looked for here and in NODE_PATH.
PACKAGES = ROOT / ".venv" / "npm" / "node_modules"


def opened(base: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{base.as_uri()}?mode=ro", uri=True, factory=Connection, check_same_thread=False
    )


def exported(db: sqlite3.Connection, kind: str, format: str) -> bytes:
    stream = io.BytesIO()
    exports.export(db, kind, format, stream)
    return stream.getvalue()


def citation_graph(base: Path) -> networkx.DiGraph[str]:
    """With the places of its works, as the files have it."""
    with closing(opened(base)) as db:
        found = maps.as_networkx(maps.citation(db))
    assert isinstance(found, networkx.DiGraph)
    return found


def two_topics() -> Graph:
    """A graph without direction, dates and status, with a weight."""
    nodes: list[tuple[str, Attributes]] = [("mibg", {"label": "MIBG"}), ("oms", {"label": "OMS"})]
    edges: list[tuple[str, str, Attributes]] = [("mibg", "oms", {"weight": 3})]
    types: tuple[Types, Types] = {"label": str}, {"weight": int}
    return Graph({}, *types, iter(nodes), iter(edges), directed=False)


def papers(base: Path) -> Iterator[Paper]:
    with closing(opened(base)) as db:
        yield from read(db)


def without(attributes: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if name not in names}


def in_xml(attributes: dict[str, Any]) -> dict[str, Any]:
    """As they must come back from XML."""
    return {n: v.translate(NOT_IN_XML) if isinstance(v, str) else v for n, v in attributes.items()}


def named(attributes: dict[str, Any]) -> dict[str, Any]:
    """With the label as the name too, as in GraphML."""
    return {"name": attributes["label"], **attributes}


def as_cell(value: Any) -> str:
    """A value as its cell must read."""
    if value is None:
        return ""
    return harmless(value) if isinstance(value, str) else str(value).replace("True", "true")


def reader(module: str) -> Any:
    """A library that reads; skips where it is not at hand."""
    return pytest.importorskip(module, reason=f"{module} is not installed: one reader less")


def by_javascript(name: str, *files: Path) -> Any:
    """What a library of JavaScript reads; skips where Node.js or the library is not at hand."""
    program = shutil.which("node")
    if program is None:
        pytest.skip(f"Node.js is not installed: one reader of {name} less")
    paths = os.pathsep.join(filter(None, [str(PACKAGES), os.environ.get("NODE_PATH")]))
    done = subprocess.run(
        [program, READERS, name, *files],
        env={**os.environ, "NODE_PATH": paths},
        capture_output=True,
        check=False,
    )
    if done.returncode == 3:
        pytest.skip(f"{done.stderr.decode().strip()}: one reader of {name} less")
    assert done.returncode == 0, done.stderr[-1000:]
    return json.loads(done.stdout)


def by_bibutils(program: str, file: Path) -> str:
    """MODS as one of the bibutils makes it of a file; skips where they are not at hand."""
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} of bibutils is not installed: one reader less")
    done = subprocess.run(
        [path, "--output-encoding", "unicode", "--input-encoding", "unicode", file],
        capture_output=True,
        check=True,
    )
    return done.stdout.decode()


def links(pairs: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """The pairs of a graph that knows no direction and no link of a node to itself."""
    return {(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]}


CSL_FIELDS = ("title", "container-title", "volume", "issue", "page", "DOI", "abstract")


def as_csl(paper: Paper) -> dict[str, Any]:
    """What a reader that makes CSL of RIS or BibTeX must have of a paper."""
    first, last = first_and_last(paper.pages or "")
    pages = "-".join(filter(None, [first, last])) or paper.pages
    told = (
        *(paper.printed_title, paper.container, paper.volume, paper.issue),
        *(pages, paper.doi, paper.abstract),
    )
    found: dict[str, Any] = {
        name: " ".join(one_line(text or "").split())
        for name, text in zip(CSL_FIELDS, told, strict=True)
    }
    return {**found, "year": str(paper.year or ""), "authors": len(paper.authors)}


def of_csl(item: dict[str, Any]) -> dict[str, Any]:
    """The same of an item as a reader gives it, without the marks of what keeps its letters."""
    found: dict[str, Any] = {
        name: " ".join(re.sub(r"</?span[^>]*>", "", str(item.get(name, ""))).split())
        for name in CSL_FIELDS
    }
    dates = item.get("issued", {}).get("date-parts") or [[""]]
    return {**found, "year": str(dates[0][0]), "authors": len(item.get("author", []))}
