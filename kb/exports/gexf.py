"""GEXF 1.3 of a graph, for Gephi (specification of 2022, gexf.net).

A writer of our own: what networkx writes as 1.3 is refused by the official schema (an attribute
``name`` that graph does not have, a schemaLocation in a namespace of its own), it stops at None and
lets control characters through. See docs/decisions/0008-exports.md.

Places are the attributes ``x`` and ``y``, sizes and colours ``size`` and ``color``, which is what
graphology and sigma call them. No element can hold them: the XSD accepts ``position``, ``size`` and
``color`` in the namespace of GEXF alone, the RELAX NG and all readers in that of viz alone.

Time. A work exists from its date of publication on, a citation from the later of its two dates on,
what has no date always. ``status_over_time`` holds what was known when: "not retracted" up to
the day before a notice or to the day of the last check, then what the notice says. A date known to
the month or year counts from its first day; a retraction without a date counts for all time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from xml.sax.saxutils import escape, quoteattr

from kb.exports.characters import NOT_IN_XML, XML_REFERENCES, is_plain, one_line
from kb.graphs.graph import Attributes, Graph, Types, Value

HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" version="1.3">
"""
TAIL = "</edges>\n</graph>\n</gexf>\n"
DYNAMIC = ' mode="dynamic" timeformat="date" timerepresentation="interval"'
TYPE_NAMES = {bool: "boolean", int: "integer", float: "double", str: "string"}
OVER_TIME = "status_over_time"
# By what nodes are sized; of works and of topics or authors.
COUNTS = ("in_degree", "papers")
SMALLEST = 4.0
# Of communities by their number, the largest first, as the site draws them; all others have the
# first.
COLOURS = (
    *("#8a9299", "#2f7fb8", "#c77a1b", "#2f9468", "#9a5bb8"),
    *("#b8485f", "#7d8a1c", "#1f9aa3", "#8f6a4d"),
)

Spell = tuple[str, str | None, str | None]


def pieces(graph: Graph) -> Iterator[str]:
    """The file as text, a node or an edge at a time; the dates of all nodes are kept in memory."""
    dated = "status" in graph.node_types
    yield HEAD + _meta(graph.about)
    kind = "directed" if graph.directed else "undirected"
    yield f'<graph defaultedgetype="{kind}" idtype="string"{DYNAMIC if dated else ""}>\n'
    # The static ones last: graphology knows only the last block of a class.
    if dated:
        yield _declared("node", "dynamic", {OVER_TIME: str})
    named = {name: kind for name, kind in graph.node_types.items() if name != "label"}
    yield _declared("node", "static", {**named, **_drawn_types(graph.node_types)})
    yield _declared("edge", "static", {n: t for n, t in graph.edge_types.items() if n != "weight"})
    yield "<nodes>\n"
    starts = {}
    for node, attributes in graph.nodes:
        starts[node] = _start(attributes)
        yield _node(node, attributes, starts[node])
    yield "</nodes>\n<edges>\n"
    for source, target, attributes in graph.edges:
        # Strings of one form compare as dates; an end without a date was always there.
        start = max(starts[source] or "", starts[target] or "")
        yield _edge(source, target, attributes, start)
    yield TAIL


def spells(attributes: Attributes, start: str | None) -> list[Spell]:
    """(status, first day, last day) of a work in order, both days included; None is unbounded."""
    status = str(attributes["status"])
    concern, retracted = (first_day(attributes.get(f"{n}_on")) for n in ("concern", "retracted"))
    notice = {"expression of concern": concern, "retracted": retracted}
    if status == "corrected":  # before a retraction it would only be half of the story
        notice = {"corrected": first_day(attributes.get("corrected_on"))}
    if status == "never checked":
        return []
    if status != "not retracted" and not notice.get(status):
        return [(status, None, None)]
    if concern and retracted and concern >= retracted:
        notice.pop("expression of concern", None)
    changes = [("not retracted", start), *((name, day) for name, day in notice.items() if day)]
    checked = first_day(attributes.get("integrity_checked")) if len(changes) == 1 else None
    ends = [*(_day_before(day) for _, day in changes[1:] if day), checked]
    spans = [(name, since, last) for (name, since), last in zip(changes, ends, strict=True)]
    return [spell for spell in spans if not (spell[1] and spell[2] and spell[1] > spell[2])]


def first_day(day: Value | None) -> str | None:
    """``2023`` and ``2023-04`` as the full date that XML Schema wants."""
    return f"{day}{'-01-01'[len(str(day)) - 4 :]}" if day else None


def _day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def _start(attributes: Attributes) -> str | None:
    year = attributes.get("year")
    return first_day(attributes.get("pub_date") or (year and f"{year:04d}"))


def _meta(about: Attributes) -> str:
    """The RELAX NG lets one description be."""
    told = escape(", ".join(f"{name}: {value}" for name, value in about.items()))
    described = f"<description>{told}</description>\n" if told else ""
    return f"<meta>\n<creator>kb export</creator>\n{described}</meta>\n"


def _declared(domain: str, mode: str, types: Types) -> str:
    lines = "".join(
        f'<attribute id="{name}" title="{name}" type="{TYPE_NAMES[kind]}"/>\n'
        for name, kind in types.items()
    )
    return f'<attributes class="{domain}" mode="{mode}">\n{lines}</attributes>\n'


def _node(node: str, attributes: Attributes, start: str | None) -> str:
    label = one_line(str(attributes.get("label", node)))
    head = f"<node id={_quoted(node)} label={_quoted(label)}{_day('start', start)}>"
    told = {**attributes, **_drawn(attributes)}
    values = "".join(_value(name, value) for name, value in told.items() if name != "label")
    if "status" in attributes:
        for status, since, last in spells(attributes, start):
            values += _value(OVER_TIME, status, _day("start", since) + _day("end", last))
    return f"{head}\n<attvalues>\n{values}</attvalues>\n</node>\n"


def _drawn_types(types: Types) -> Types:
    size: Types = {"size": float} if any(name in types for name in COUNTS) else {}
    return {**size, "color": str} if "community" in types else size


def _drawn(attributes: Attributes) -> Attributes:
    """How large a node is drawn, its area by how often it is cited or how many papers it has, and
    in the colour of its community."""
    drawn: Attributes = {}
    if counted := [float(attributes[name]) for name in COUNTS if name in attributes]:
        drawn["size"] = round(SMALLEST * (1 + counted[0]) ** 0.5, 2)
    if community := int(attributes.get("community", 0)):
        drawn["color"] = COLOURS[community] if community < len(COLOURS) else COLOURS[0]
    return drawn


def _edge(source: str, target: str, attributes: Attributes, start: str) -> str:
    weight = f' weight="{attributes["weight"]}"' if "weight" in attributes else ""
    ends = f"source={_quoted(source)} target={_quoted(target)}"
    values = "".join(_value(name, v) for name, v in attributes.items() if name != "weight")
    return (
        f"<edge {ends}{weight}{_day('start', start)}>\n<attvalues>\n{values}</attvalues>\n</edge>\n"
    )


def _value(name: str, value: Value, days: str = "") -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f'<attvalue for="{name}" value={_quoted(text)}{days}/>\n'


def _day(name: str, day: str | None) -> str:
    return f' {name}="{day}"' if day else ""


def _quoted(text: str) -> str:
    if is_plain(text) and '"' not in text:
        return f'"{text}"'
    return quoteattr(text.translate(NOT_IN_XML), XML_REFERENCES)
