"""CSV, of graphs and of papers."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_exports import citation_graph, exported, opened, papers, reader, two_topics
from small_base import add_paper, empty_base, small_base

from kb import exports
from kb.exports import graph_csv
from kb.exports.cells import FORMULA, harmless, lines
from kb.exports.papers import Paper
from kb.graphs.graph import NODE_TYPES


def as_read(value: Any) -> str:
    """A value as its cell must read."""
    if value is None:
        return ""
    return harmless(value) if isinstance(value, str) else str(value).replace("True", "true")


def test_csv_and_networkx_read_every_field_of_the_graph_back(
    any_base: Path, tmp_path: Path
) -> None:
    nodes, edges = exports.write(any_base, "citation", "csv", tmp_path / "c.csv")
    assert edges.name == "c.edges.csv"
    expected = citation_graph(any_base)
    with nodes.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["Id"] for row in rows] == list(expected)
    for row in rows:
        attributes = expected.nodes[row["Id"]]
        assert row["Label"] == as_read(attributes["text"])
        found = {name: row[name] for name in NODE_TYPES}
        assert found == {
            name: as_read(attributes.get(name)).lower()
            if name == "is_paper"
            else as_read(attributes.get(name))
            for name in NODE_TYPES
        }
    table = reader("pandas").read_csv(edges, dtype=str)
    read = networkx.from_pandas_edgelist(table, "Source", "Target", True, networkx.DiGraph)
    assert {(a, b): values["sources"] for a, b, values in read.edges(data=True)} == {
        (a, b): values["sources"] for a, b, values in expected.edges(data=True)
    }


def test_pandas_and_igraph_read_the_same(any_base: Path, tmp_path: Path) -> None:
    nodes, edges = exports.write(any_base, "citation", "csv", tmp_path / "c.csv")
    expected = citation_graph(any_base)
    tables = [
        reader("pandas").read_csv(path, dtype=str, keep_default_na=False) for path in (edges, nodes)
    ]
    found = reader("igraph").Graph.DataFrame(
        tables[0], directed=True, vertices=tables[1], use_vids=False
    )
    assert found.vs["name"] == list(expected)
    for vertex in found.vs:
        attributes = expected.nodes[vertex["name"]]
        assert vertex["title"] == as_read(attributes.get("title"))
        assert vertex["year"] == as_read(attributes.get("year"))
        assert vertex["status"] == attributes["status"]
    names = found.vs["name"]
    assert {(names[a], names[b]) for a, b in found.get_edgelist()} == set(expected.edges)


def test_an_edge_tells_its_kind_and_its_weight() -> None:
    files = {ending: "".join(pieces) for ending, pieces in graph_csv.files(two_topics).items()}
    assert files["nodes.csv"] == "Id,Label,name\r\nmibg,MIBG,MIBG\r\noms,OMS,OMS\r\n"
    assert files["edges.csv"] == "Source,Target,Type,Weight\r\nmibg,oms,Undirected,3\r\n"


def row_of(paper: Paper) -> dict[str, str]:
    """Columns that hold a field as it is."""
    names = (
        "pmid",
        "doi",
        "pmcid",
        "status",
        "is_retracted",
        "integrity_checked",
        "title",
        "journal",
        "issn",
        "year",
        "pub_date",
        "volume",
        "issue",
        "pages",
        "language",
        "is_book",
        "is_chapter",
        "abstract",
    )
    lists = {"types": paper.types, "keywords": paper.keywords}
    joined = {name: harmless("; ".join(values)) for name, values in lists.items()}
    return {name: as_read(getattr(paper, name)) for name in names} | joined


def test_csv_and_pandas_read_every_field_of_the_papers_back(any_base: Path) -> None:
    text = exported(opened(any_base), "references", "csv").decode()
    expected = list(map(row_of, papers(any_base)))
    names = list(expected[0])
    rows = csv.DictReader(io.StringIO(text, newline=""))
    assert [{name: row[name] for name in names} for row in rows] == expected
    table = reader("pandas").read_csv(
        io.StringIO(text, newline=""), dtype=str, keep_default_na=False
    )
    assert table[names].to_dict("records") == expected


def test_names_headings_and_notices_are_lists_in_one_cell() -> None:
    row = next(csv.DictReader(io.StringIO(exported(small_base(), "references", "csv").decode())))
    assert row["authors"] == "Müller-Łoś, Zoë A, Jr; SIOPEN Radiology Group; Li, W"
    assert row["mesh"] == "Humans; Neuroblastoma/diagnosis; Humans"
    assert row["notes"] == "RETRACTED: Pediatr Radiol. 2023 Dec;53(12):1, PMID 99, 2023-12-01"


def test_that_a_paper_was_never_checked_is_told_from_that_it_is_sound() -> None:
    rows = list(csv.DictReader(io.StringIO(exported(small_base(), "references", "csv").decode())))
    status = {row["pmid"]: (row["status"], row["is_retracted"]) for row in rows}
    assert status["1"] == ("retracted", "1")
    assert status["2"] == ("expression of concern", "0")
    assert status["3"] == ("never checked", "")
    assert status["4"] == ("not retracted", "0")


def test_a_base_without_papers_gives_the_header_alone() -> None:
    text = exported(empty_base(), "references", "csv").decode()
    assert text.startswith("pmid,doi,")
    assert text.count("\r\n") == 1


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "'=1",
        "＝1",
        "＋1",
        "－1",
        "＠x",
    ],
)
def test_what_a_spreadsheet_would_run_is_text(text: str) -> None:
    db = empty_base()
    add_paper(db, 1, title=text)
    [row] = csv.DictReader(io.StringIO(exported(db, "references", "csv").decode(), newline=""))
    assert row["title"].startswith("'")


@pytest.mark.parametrize("text", ["a=1", "O'Neil", "'quoted'", "[Title].", "α-fetoprotein", ""])
def test_what_it_would_not_run_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


@given(st.text())
def test_a_harmless_cell_begins_no_formula_and_gives_the_text_back(text: str) -> None:
    [line] = lines([[text, "last"]])
    [[cell, last]] = csv.reader(io.StringIO(line, newline=""))
    assert last == "last"
    assert not re.match(r"[=+\-@＝＋－＠\t\r]", cell)
    unguarded = cell[1:] if cell.startswith("'") and FORMULA.match(cell[1:]) else cell
    assert harmless(unguarded) == cell
    assert unguarded.replace("\n", "") == "".join(
        chr(0x2400 + ord(c)) if c < " " and c not in "\t\n\r" else c
        for c in text
        if c not in "\r\n"
    )
