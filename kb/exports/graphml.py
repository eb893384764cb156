"""GraphML 1.0 of a graph.

A writer of our own: networkx's cannot stream, declares whole numbers as long, which igraph reads as
floats, refuses None and lets control characters through, which no XML reader accepts. Attributes
are declared whether or not they occur, so that a column has the same type in every file.

Node identifiers are those of kb.db. The schema's type for them (NMTOKEN) has no slash, as every DOI
has one; readers take any string, and an identifier that leads back to the base is worth more.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from kb.exports.characters import NOT_IN_XML, XML_REFERENCES, is_plain
from kb.graphs.graph import Attributes, Graph, Types, Value

HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"""
TAIL = "</graph>\n</graphml>\n"
TYPE_NAMES = {bool: "boolean", int: "int", float: "double", str: "string"}


def pieces(graph: Graph) -> Iterator[str]:
    """The file as text, a node or an edge at a time. A node has its label as ``name`` too: igraph
    and Cytoscape call it by that, others by ``label``."""
    yield HEAD
    yield _keys("graph", dict.fromkeys(graph.about, str))
    yield _keys("node", {**graph.node_types, "name": str})
    yield _keys("edge", graph.edge_types)
    default = "directed" if graph.directed else "undirected"
    yield f'<graph edgedefault="{default}">\n' + _data("graph", graph.about)
    for node, attributes in graph.nodes:
        named = {"name": attributes.get("label", node), **attributes}
        yield f"<node id={_quoted(node)}>\n{_data('node', named)}</node>\n"
    for source, target, attributes in graph.edges:
        ends = f"source={_quoted(source)} target={_quoted(target)}"
        yield f"<edge {ends}>\n{_data('edge', attributes)}</edge>\n"
    yield TAIL


def _keys(domain: str, types: Types) -> str:
    return "".join(
        f'<key id="{domain}.{name}" for="{domain}" attr.name="{name}"'
        # networkit takes nothing but a double for a weight.
        f' attr.type="{"double" if name == "weight" else TYPE_NAMES[kind]}"/>\n'
        for name, kind in types.items()
    )


def _data(domain: str, attributes: Attributes) -> str:
    text = ""
    for name, value in attributes.items():
        text += f'<data key="{domain}.{name}">{_text(value)}</data>\n'
    return text


def _text(value: Value) -> str:
    if isinstance(value, str):
        return value if is_plain(value) else escape(value.translate(NOT_IN_XML), XML_REFERENCES)
    # graphology takes no other word for true.
    return str(value).lower() if isinstance(value, bool) else str(value)


def _quoted(identifier: str) -> str:
    if is_plain(identifier) and '"' not in identifier:
        return f'"{identifier}"'
    return quoteattr(identifier.translate(NOT_IN_XML), XML_REFERENCES)
