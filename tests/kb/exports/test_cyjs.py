from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import networkx
from reading_exports import by_javascript, citation_graph, exported, named, opened, without
from small_base import empty_base

from kb import exports

OWN = ("id", "value", "source", "target")


def test_networkx_reads_every_field_back(any_base: Path) -> None:
    file = json.loads(exported(opened(any_base), "citation", "cyjs"))
    found = networkx.cytoscape_graph(file)
    expected = citation_graph(any_base)
    assert found.is_directed()
    assert found.graph == expected.graph
    nodes = {node: without(values, *OWN) for node, values in found.nodes(data=True)}
    assert nodes == {node: named(expected.nodes[node]) for node in expected}
    edges = {(a, b): without(values, *OWN) for a, b, values in found.edges(data=True)}
    assert edges == {(a, b): values for a, b, values in expected.edges(data=True)}


def test_cytoscape_reads_every_field_back(any_base: Path, tmp_path: Path) -> None:
    exports.write(any_base, "citation", "cyjs", tmp_path / "g.cyjs")
    found = by_javascript("cyjs", tmp_path / "g.cyjs")
    expected = citation_graph(any_base)
    nodes = {node["id"]: without(node, *OWN) for node in found["nodes"]}
    assert nodes == {node: named(expected.nodes[node]) for node in expected}
    assert found["places"] == {
        node: {axis: values.get(axis, 0) for axis in ("x", "y")}
        for node, values in expected.nodes(data=True)
    }
    edges = {(edge["source"], edge["target"]): without(edge, *OWN) for edge in found["edges"]}
    assert edges == {(a, b): values for a, b, values in expected.edges(data=True)}


def test_every_identifier_is_a_string_and_every_end_a_node(any_base: Path) -> None:
    elements = json.loads(exported(opened(any_base), "citation", "cyjs"))["elements"]
    nodes: list[Any] = [node["data"]["id"] for node in elements["nodes"]]
    edges = [edge["data"] for edge in elements["edges"]]
    assert {type(node) for node in nodes} == {str}
    assert len({*nodes, *(edge["id"] for edge in edges)}) == len(nodes) + len(edges)
    assert {end for edge in edges for end in (edge["source"], edge["target"])} <= set(nodes)


def test_a_base_without_works_gives_a_valid_empty_graph() -> None:
    elements = json.loads(exported(empty_base(), "citation", "cyjs"))["elements"]
    assert elements == {"nodes": [], "edges": []}
