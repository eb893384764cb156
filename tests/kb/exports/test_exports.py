"""What all exports share: kinds and formats, whole files or none, the same bytes each time."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import map_readers
import networkx
import pytest
from click.testing import CliRunner
from lxml import etree
from reading_exports import exported, opened
from small_base import add, add_paper, empty_base, small_base
from standing_base import CONTRADICTORY, REINSTATED, STANDS, standing_base

from kb import exports
from kb.cli import main as kb
from kb.errors import ConfigError, InputError
from kb.exports import FORMATS
from kb.exports.characters import NOT_IN_XML
from kb.graphs.graph import Attributes, Graph
from kb.graphs.maps import MAPS, as_networkx
from kb.graphs.selection import EVERYTHING, Selection

EACH = [(kind, format) for kind, formats in FORMATS.items() for format in formats]
each_format = pytest.mark.parametrize(("kind", "format"), EACH)


def test_a_file_is_written_and_replaces_an_older_export(tmp_path: Path) -> None:
    small_base(tmp_path / "kb.db").close()
    out = tmp_path / "citations.graphml"
    out.write_text("older", encoding="utf-8")
    exports.write(tmp_path / "kb.db", "citation", "graphml", out)
    assert out.read_bytes() == exported(small_base(), "citation", "graphml")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["citations.graphml", "kb.db"]


@pytest.mark.parametrize(
    ("kind", "format", "says"),
    [
        ("citations", "graphml", "'citations' is no kind of export.*citation, .*references"),
        ("citation", "ris", "'ris' is no format for citation.*graphml"),
        ("references", "graphml", "'graphml' is no format for references.*ris"),
    ],
)
def test_an_unknown_kind_or_format_lists_the_right_ones(kind: str, format: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        exports.pieces(small_base(), kind, format)


@pytest.mark.parametrize(
    ("kind", "format", "table"),
    [("citation", "graphml", "paper_topics"), ("references", "ris", "keywords")],
)
def test_a_database_without_a_table_that_is_read_is_refused_and_the_table_named(
    tmp_path: Path, kind: str, format: str, table: str
) -> None:
    db = small_base(tmp_path / "kb.db")
    db.execute(f"DROP TABLE {table}")
    db.close()
    with pytest.raises(InputError, match=rf"kb\.db: .*{table}"):
        exports.write(tmp_path / "kb.db", kind, format, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["kb.db"]


def test_a_file_that_is_no_database_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "kb.db").write_text("no database at all, but long enough to be read as one")
    for name in ("kb.db", "none.db"):
        with pytest.raises(ConfigError, match=name):
            exports.write(tmp_path / name, "citation", "graphml", tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["kb.db"]


def test_a_base_damaged_in_the_middle_leaves_the_older_export_as_it_was(tmp_path: Path) -> None:
    db = small_base(tmp_path / "kb.db")
    pages = db.execute("SELECT rootpage FROM sqlite_master WHERE tbl_name = 'cites'").fetchall()
    [(size,)] = db.execute("PRAGMA page_size")
    db.close()
    with (tmp_path / "kb.db").open("r+b") as file:
        for (page,) in pages:
            file.seek((page - 1) * size)
            file.write(b"\xff" * size)
    (tmp_path / "out").write_text("older", encoding="utf-8")
    with pytest.raises(InputError, match=r"kb\.db: cannot be read whole .*malformed"):
        exports.write(tmp_path / "kb.db", "citation", "graphml", tmp_path / "out")
    assert (tmp_path / "out").read_text(encoding="utf-8") == "older"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kb.db", "out"]


def test_a_place_that_cannot_be_written_is_named_and_no_half_file_stays(tmp_path: Path) -> None:
    small_base(tmp_path / "kb.db").close()
    (tmp_path / "folder").mkdir()
    for out in (tmp_path / "no" / "out", tmp_path / "kb.db" / "out", tmp_path / "folder"):
        with pytest.raises(ConfigError, match=f"{out}: cannot be written"):
            exports.write(tmp_path / "kb.db", "citation", "graphml", out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "kb.db"]


def test_a_full_disk_leaves_the_older_export_as_it_was(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="no limit on file size on this system")
    small_base(tmp_path / "kb.db").close()
    out = tmp_path / "out"
    out.write_text("older", encoding="utf-8")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(ConfigError, match="out: cannot be written"):
            exports.write(tmp_path / "kb.db", "citation", "graphml", out)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert out.read_text(encoding="utf-8") == "older"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kb.db", "out"]


def test_a_database_is_never_replaced_by_an_export(tmp_path: Path) -> None:
    small_base(tmp_path / "kb.db").close()
    before = (tmp_path / "kb.db").read_bytes()
    with pytest.raises(ConfigError, match=r"kb\.db: is a database and was left alone"):
        exports.write(tmp_path / "kb.db", "citation", "graphml", tmp_path / "kb.db")
    assert (tmp_path / "kb.db").read_bytes() == before


def test_the_command_names_every_kind_and_format_and_says_what_it_wrote(tmp_path: Path) -> None:
    told = str(kb.commands["export"].help)
    for kind, formats in FORMATS.items():
        assert {kind, *formats} <= set(re.findall(r"[\w-]+", told))
    assert {line.split()[2] for line in told.splitlines() if "kb export" in line} == set(FORMATS)
    small_base(tmp_path / "kb.db").close()
    words = ["--db", tmp_path / "kb.db", "--format", "csv", "--out", tmp_path / "c.csv"]
    result = CliRunner().invoke(kb, ["export", "citation", *map(str, words)])
    assert result.output == f"Wrote {tmp_path}/c.csv, {tmp_path}/c.edges.csv.\n"


@pytest.mark.parametrize("kind", FORMATS)
def test_the_example_of_each_kind_does_what_it_says(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (example,) = re.findall(rf"kb export ({kind} .*)", str(kb.commands["export"].help))
    monkeypatch.chdir(tmp_path)
    small_base(Path("kb.db")).close()
    result = CliRunner().invoke(kb, ["export", *example.split()])
    assert result.output.startswith(f"Wrote {example.split()[-1]}")


# What holds for every format


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("small") / "kb.db"
    small_base(path).close()
    return path


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "kb.db"
    empty_base(path).close()
    return path


@each_format
def test_the_same_base_gives_the_same_bytes(kind: str, format: str, small: Path) -> None:
    assert exported(opened(small), kind, format) == exported(small_base(), kind, format)


def test_the_bytes_do_not_depend_on_the_hash_seed(small: Path) -> None:
    code = (
        "import sqlite3, sys, kb.exports as e; db = sqlite3.connect(sys.argv[1]);"
        "[e.export(db, k, f, sys.stdout.buffer) for k, all in e.FORMATS.items() for f in all]"
    )
    command = [sys.executable, "-c", code, str(small)]
    done = subprocess.run(command, env={"PYTHONHASHSEED": "7"}, capture_output=True, check=True)
    db = opened(small)
    assert done.stdout == b"".join(exported(db, kind, format) for kind, format in EACH)


@each_format
def test_a_base_of_nothing_gives_files_that_are_whole(
    kind: str, format: str, tmp_path: Path, empty: Path
) -> None:
    for path in exports.write(empty, kind, format, tmp_path / "out"):
        assert path.is_file()


@each_format
def test_no_control_character_reaches_a_file(
    kind: str, format: str, tmp_path: Path, small: Path
) -> None:
    for path in exports.write(small, kind, format, tmp_path / "out"):
        text = path.read_bytes().decode("utf-8")
        assert not {c for c in text if c < " "} - set("\t\n\r")


@pytest.mark.parametrize(
    ("kind", "format"), [e for e in EACH if e[0] in ("citation", "references")]
)
def test_a_retracted_paper_is_told_as_such(kind: str, format: str, tmp_path: Path) -> None:
    db = small_base(tmp_path / "kb.db")
    retracted = content(tmp_path, kind, format)
    db.execute("DELETE FROM notices")
    db.execute("DELETE FROM publication_types")
    db.execute("UPDATE papers SET is_retracted = 0")
    db.execute("UPDATE verdicts SET verdict = 'none known'")
    db.commit()
    db.close()
    sound = content(tmp_path, kind, format)
    assert retracted != sound
    if format != "pajek":
        assert "retracted" in retracted.lower().replace("not retracted", "")


def content(folder: Path, kind: str, format: str) -> str:
    files = exports.write(folder / "kb.db", kind, format, folder / "out")
    return "".join(path.read_text(encoding="utf-8") for path in files)


# Formats of several files

SEVERAL = {
    "vosviewer-map": ["map.txt", "network.txt"],
    "pajek": ["net", "vertices.csv", "status.clu", "year.clu"],
    "csv": ["nodes.csv", "edges.csv"],
}


@pytest.mark.parametrize("format", SEVERAL)
def test_a_stream_of_several_files_is_a_zip_archive_of_them(format: str, tmp_path: Path) -> None:
    small_base(tmp_path / "kb.db").close()
    files = exports.write(tmp_path / "kb.db", "citation", format, tmp_path / "out")
    with ZipFile(io.BytesIO(exported(opened(tmp_path / "kb.db"), "citation", format))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [f"citation.{ending}" for ending in SEVERAL[format]]
        contents = [archive.read(name) for name in archive.namelist()]
    assert contents == [path.read_bytes() for path in files]


@pytest.mark.parametrize(
    ("format", "out", "names"),
    [
        ("csv", "c.csv", ["c.csv", "c.edges.csv"]),
        ("csv", "c.nodes.csv", ["c.nodes.csv", "c.edges.csv"]),
        ("csv", "c", ["c", "c.edges.csv"]),
        ("vosviewer-map", "c.txt", ["c.txt", "c.network.txt"]),
        ("pajek", "c.net", ["c.net", "c.vertices.csv", "c.status.clu", "c.year.clu"]),
    ],
)
def test_the_others_stand_beside_the_first_under_its_name(
    tmp_path: Path, format: str, out: str, names: list[str]
) -> None:
    small_base(tmp_path / "kb.db").close()
    files = exports.write(tmp_path / "kb.db", "citation", format, tmp_path / out)
    assert [path.name for path in files] == names
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*names, "kb.db"])


def test_a_device_or_pipe_is_never_replaced_by_an_export(tmp_path: Path) -> None:
    small_base(tmp_path / "kb.db").close()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigError, match=r"pipe: cannot be written \(it is no ordinary file\)"):
        exports.write(tmp_path / "kb.db", "citation", "graphml", tmp_path / "pipe")
    assert (tmp_path / "pipe").is_fifo()


def test_where_one_of_several_files_cannot_be_written_none_is(tmp_path: Path) -> None:
    small_base(tmp_path / "kb.db").close()
    (tmp_path / "c.csv").write_text("older", encoding="utf-8")
    (tmp_path / "c.edges.csv").mkdir()
    with pytest.raises(ConfigError, match=r"c\.edges\.csv: cannot be written \(it is a folder\)"):
        exports.write(tmp_path / "kb.db", "citation", "csv", tmp_path / "c.csv")
    assert (tmp_path / "c.csv").read_text(encoding="utf-8") == "older"


# Large graphs


class Counted:
    """A graph of so many nodes in a ring, with all that a work may have, which counts its reads."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.reads = 0

    def read(self, db: Any = None) -> Graph:
        from kb.graphs.graph import EDGE_TYPES, NODE_TYPES

        return Graph({"base_id": "0"}, NODE_TYPES, EDGE_TYPES, self.nodes(), self.edges())

    def nodes(self) -> Iterator[tuple[str, Attributes]]:
        for number in range(self.size):
            self.reads += 1
            yield f"pmid:{number}", {"pmid": number, "text": "t", "status": "retracted", "year": 1}

    def edges(self) -> Iterator[tuple[str, str, Attributes]]:
        for number in range(self.size):
            self.reads += 1
            yield f"pmid:{number}", f"pmid:{(number + 1) % self.size}", {"sources": "elink"}


def written_of(graph: Counted, format: str) -> int:
    """Characters of all files, none of which is kept."""
    files = exports.of_graph(lambda db, _all: graph.read(db))[format](small_base(), EVERYTHING)
    return sum(len(piece) for pieces in files.values() for piece in pieces)


@pytest.mark.parametrize("format", [format for format in FORMATS["citation"] if format != "wos"])
def test_ten_times_the_nodes_are_ten_times_the_reads_and_ten_times_the_file(format: str) -> None:
    small, large = Counted(100), Counted(1000)
    lengths = written_of(small, format), written_of(large, format)
    assert large.reads == 10 * small.reads
    assert 9 < lengths[1] / lengths[0] < 12


@pytest.mark.parametrize("format", ["graphml", "gexf", "cyjs", "vosviewer"])
def test_a_file_begins_before_the_graph_was_read(format: str) -> None:
    graph = Counted(1000)
    [pieces] = exports.of_graph(lambda db, _all: graph.read(db))[format](
        small_base(), EVERYTHING
    ).values()
    for _ in range(20):
        next(pieces)
    assert graph.reads < 20


# Every map, not only that of citations


def by_networkx(kind: str, base: Path, folder: Path) -> Iterator[networkx.Graph[str]]:
    """The map as networkx reads it from each of the formats that it knows."""
    yield networkx.read_graphml(exports.write(base, kind, "graphml", folder / "g.graphml")[0])
    [gexf] = exports.write(base, kind, "gexf", folder / "g.gexf")
    yield networkx.read_gexf(gexf, version="1.3")
    yield networkx.cytoscape_graph(json.loads(exported(opened(base), kind, "cyjs")))
    net, vertices, *_ = exports.write(base, kind, "pajek", folder / "g.net")
    read = networkx.read_pajek(net)
    with vertices.open(encoding="utf-8", newline="") as stream:
        named = [row["Id"] for row in csv.DictReader(stream)]
    yield networkx.relabel_nodes(read, dict(zip(read, named, strict=True)))


@pytest.mark.parametrize("kind", MAPS)
def test_every_map_reads_back_from_every_format_that_networkx_knows(
    kind: str, bundled_base: Path, small: Path, tmp_path: Path
) -> None:
    for base in (small, bundled_base):
        expected = shown(as_networkx(MAPS[kind](opened(base), EVERYTHING)))
        weights = {ends(expected, a, b): w for a, b, w in expected.edges(data="weight", default=1)}
        for found in map(shown, by_networkx(kind, base, tmp_path)):
            assert found.is_directed() == expected.is_directed()
            assert set(found) == set(expected)
            read = {
                ends(expected, a, b): values.get("weight", 1)
                for a, b, values in found.edges(data=True)
            }
            assert read == weights


def shown(graph: networkx.Graph[str]) -> networkx.Graph[str]:
    """With the identifiers that XML can hold."""
    return networkx.relabel_nodes(graph, {node: node.translate(NOT_IN_XML) for node in graph})


def ends(graph: networkx.Graph[str], a: str, b: str) -> tuple[str, str]:
    return (a, b) if graph.is_directed() else (min(a, b), max(a, b))


@pytest.mark.parametrize("kind", MAPS)
@pytest.mark.parametrize("schema", ["gexf.xsd", "gexf.rng"])
def test_the_official_schemas_of_gexf_accept_every_map(
    kind: str, schema: str, small: Path, shared: Path
) -> None:
    rules = etree.parse(shared / "reference" / "schemas" / "gexf-1.3" / schema)
    checked = etree.XMLSchema(rules) if schema.endswith("xsd") else etree.RelaxNG(rules)
    assert checked.validate(etree.fromstring(exported(opened(small), kind, "gexf")))


@pytest.mark.soak
def test_the_page_says_of_maps_what_their_readers_show(specimen: Path) -> None:
    """Else write it again: PYTHONPATH=tests:. python -m map_readers KB_DB, of the specimens."""
    page = map_readers.PAGE.read_text(encoding="utf-8")
    assert map_readers.written(page) == map_readers.table(specimen)


# Selections


def test_papers_alone_are_those_selected(any_base: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(any_base)) as db:
        wanted = {pmid for (pmid,) in db.execute("SELECT pmid FROM papers ORDER BY pmid LIMIT 3")}
    chosen = Selection(pmids=frozenset(wanted))
    exports.write(any_base, "references", "csv", tmp_path / "all.csv")
    exports.write(any_base, "references", "csv", tmp_path / "some.csv", chosen)
    every, some = (
        list(csv.DictReader(io.StringIO((tmp_path / name).read_text(encoding="utf-8"))))
        for name in ("all.csv", "some.csv")
    )
    assert some == [row for row in every if int(row["pmid"]) in wanted]


def test_the_command_takes_filters_and_refuses_those_that_the_base_does_not_have(
    any_base: Path, tmp_path: Path
) -> None:
    out = tmp_path / "map.graphml"
    common = ["export", "citation", "--db", str(any_base), "--format", "graphml", "--out", str(out)]
    result = CliRunner().invoke(kb, [*common, "--from", "1800", "--to", "1801", "--papers-only"])
    assert result.exit_code == 0, result.output
    assert networkx.read_graphml(out).number_of_nodes() == 0
    assert "Nothing here passes these filters" in result.output
    result = CliRunner().invoke(kb, [*common, "--topic", "nope"])
    assert result.exit_code == 2
    assert "The base has no topics nope" in result.output


@pytest.mark.parametrize(
    ("kind", "format_"),
    [("references", "ris"), ("citation", "wos"), ("coupling", "csv"), ("topics", "pajek")],
)
def test_a_file_without_papers_is_said_to_be_empty_though_cited_works_pass(
    kind: str, format_: str, tmp_path: Path
) -> None:
    """Works that were only cited stand in none of these files."""
    db = empty_base(tmp_path / "kb.db")
    add_paper(db, 1, year=2019)
    add(db, "works", work="doi:10/a", doi="10/a", text="a", is_paper=0, year=1999)
    db.commit()
    db.close()
    out = ["--out", str(tmp_path / "out")]
    common = ["export", kind, "--db", str(tmp_path / "kb.db"), "--format", format_, *out]
    result = CliRunner().invoke(kb, [*common, "--to", "1999"])
    assert result.exit_code == 0, result.output
    assert "Nothing here passes these filters" in result.output


# Where witnesses do not agree


def whole_text(file: bytes) -> str:
    """Of a ZIP what its files hold."""
    if not file.startswith(b"PK"):
        return file.decode("utf-8-sig")
    with ZipFile(io.BytesIO(file)) as parts:
        return "\n".join(parts.read(name).decode("utf-8-sig") for name in parts.namelist())


@pytest.fixture(scope="module")
def unsettled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    with closing(opened(standing_base(tmp_path_factory.mktemp("standing")).path)) as db:
        yield db


@pytest.mark.parametrize("format", FORMATS["references"])
def test_every_list_says_what_is_contradictory_and_what_reinstated(
    unsettled: sqlite3.Connection, format: str
) -> None:
    text = whole_text(exported(unsettled, "references", format))
    assert "contradictory" in text.lower()
    assert "reinstated" in text.lower()
    assert "Retracted Publication" not in text
    assert "never checked" not in text
    assert "RETRACTED:" not in text


@pytest.mark.parametrize("format", FORMATS["citation"])
def test_every_map_says_what_is_contradictory_and_reinstated_and_calls_nothing_retracted(
    unsettled: sqlite3.Connection, format: str
) -> None:
    text = whole_text(exported(unsettled, "citation", format))
    if format == "pajek":  # the works in the order of their identifiers, then the others
        status = exports.pajek.files(lambda: MAPS["citation"](unsettled, EVERYTHING))["status.clu"]
        assert "".join(status).split() == ["*Vertices", "3", "4", "5", "1"]
    else:
        assert "contradictory" in text.lower()
        assert "reinstated" in text.lower()
        assert ">retracted<" not in text
        assert '"retracted"' not in text


def test_a_contradictory_work_has_a_status_and_no_mark(unsettled: sqlite3.Connection) -> None:
    nodes = dict(MAPS["citation"](unsettled, EVERYTHING).nodes)
    of = nodes[f"pmid:{CONTRADICTORY}"]
    assert (of["status"], of.get("is_retracted")) == ("contradictory", None)
    restored = nodes[f"pmid:{REINSTATED}"]
    assert (restored["status"], restored["is_retracted"]) == ("reinstated", 0)


def test_what_leaves_out_retracted_works_keeps_what_is_contradictory(
    unsettled: sqlite3.Connection,
) -> None:
    sound = MAPS["citation"](unsettled, Selection(without_retracted=True))
    assert f"pmid:{CONTRADICTORY}" in dict(sound.nodes)


@pytest.mark.parametrize("format", FORMATS["citation"])
def test_every_map_tells_how_each_work_stands(every_verdict: Path, format: str) -> None:
    with closing(opened(every_verdict)) as db:
        text = whole_text(exported(db, "citation", format)).lower()
        if format == "pajek":
            codes = exports.pajek.files(lambda: MAPS["citation"](db, EVERYTHING))["status.clu"]
            told = dict(zip(works_of(db), "".join(codes).split()[2:], strict=True))
            assert {told[work]: status for work, status in STANDS.items()} == {
                str(code): status for status, code in exports.pajek.STATUS.items()
            }
        elif format == "wos":  # what is not marked may never have been checked
            for type_ in (
                "retracted publication",
                "contradictory as",
                "subject of an",
                "reinstated",
            ):
                assert text.count(f"; {type_}") == 2 + (type_ == "subject of an") * 2
        else:
            for status in STANDS.values():
                assert status in text
            if format in ("csv", "vosviewer-map"):
                lines = {re.split(r"[,\t]", line)[0]: line for line in text.splitlines()}
                assert all(status in lines[work] for work, status in STANDS.items())


def works_of(db: sqlite3.Connection) -> list[str]:
    return [work for (work,) in db.execute("SELECT work FROM works ORDER BY work")]


@pytest.mark.parametrize("format", ["csv", "csl-json"])
def test_lists_tell_how_each_paper_stands(every_verdict: Path, format: str) -> None:
    with closing(opened(every_verdict)) as db:
        told = {f"pmid:{paper.pmid}": paper.status for paper in exports.papers.read(db)}
        text = whole_text(exported(db, "references", format))
    assert {work: told[work] for work in STANDS if work in told} == {
        work: status for work, status in STANDS.items() if work.startswith("pmid:")
    }
    assert all(status in text for status in told.values())


def test_what_leaves_out_retracted_works_follows_the_verdict(every_verdict: Path) -> None:
    with closing(opened(every_verdict)) as db:
        left = dict(MAPS["citation"](db, Selection(without_retracted=True)).nodes)
    assert {work for work in STANDS if work not in left} == {
        work for work, status in STANDS.items() if status == "retracted"
    }
