"""What lies between two works, as lines for people and as values for programs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from kb.exports.characters import one_line
from kb.graphs.paths import Between, PathCitation, Paths, PrintedReference
from kb.notices.verdict import MARKS


def lines(between: Between) -> Iterator[str]:
    """First the two works, then what leads from each to the other; a work
    that was retracted, corrected or the like is marked wherever it stands."""
    start, end = between.start, between.end
    yield f"A  {_work(between, start)}"
    yield f"B  {_work(between, end)}"
    yield f"by base {between.base_id or 'without a name'}"
    for a, b, paths in (("A", "B", between.forth), ("B", "A", between.back)):
        yield ""
        if paths:
            yield f"{a} leads to {b}: {_counted(paths)}"
            yield from _paths(between, paths)
        else:
            yield f"{a} does not lead to {b}: it cites nothing that leads there."
    if between.either:
        yield ""
        yield f"Whichever way citations run, they are linked: {_counted(between.either)}"
        yield from _paths(between, between.either)
    elif not (between.forth or between.back):
        yield ""
        yield "Nothing links them, whichever way citations run."


def _counted(paths: Paths) -> str:
    length = f"{paths.length} citation{'s' * (paths.length > 1)}"
    if paths.number == 1:
        return f"the shortest path has {length}."
    shown = f"; {len(paths.first)} shown" if len(paths.first) < paths.number else ""
    return f"{paths.number:,} shortest paths have {length} each{shown}."


def _paths(between: Between, paths: Paths) -> Iterator[str]:
    for number, path in enumerate(paths.first, start=1):
        yield f"{number}. {_work(between, path[0])}"
        for step in pairwise(path):
            for words, pair in (("cites", step), ("is cited by", step[::-1])):
                # On the way back to the first work the other citation is no part of the path.
                if pair in between.citations and (words == "cites" or paths is between.either):
                    yield from _citation(words, between.citations[pair])
            yield f"   {_work(between, step[1])}"


def _citation(words: str, citation: PathCitation) -> Iterator[str]:
    yield f"     {words} (stated by {', '.join(citation.sources)})"
    for reference in citation.references:
        yield f"       reference {reference.position}: {one_line(reference.text or 'no text')}"
        yield f"       {_resolved(reference)}"


def _resolved(reference: PrintedReference) -> str:
    score = "" if reference.score is None else f", score {reference.score:.2f}"
    return f"by {reference.method}{score}: {one_line(reference.reason)}"


def _work(between: Between, name: str) -> str:
    work = between.works[name]
    mark = f"{MARKS[work.status].told}: " if work.status in MARKS else ""
    return f"{work.work}  {mark}{one_line(work.text)}"


def values(between: Between) -> dict[str, Any]:
    """The same for JSON: works and citations once each, paths as lists of works."""
    ways = {"a_to_b": between.forth, "b_to_a": between.back, "either_way": between.either}
    return {
        "base_id": between.base_id,
        "a": between.start,
        "b": between.end,
        **{name: paths and _path_values(paths) for name, paths in ways.items()},
        "works": [work._asdict() for work in between.works.values()],
        "citations": [_citation_values(each) for each in between.citations.values()],
    }


def _path_values(paths: Paths) -> dict[str, Any]:
    return {"citations": paths.length, "number": paths.number, "first": paths.first}


def _citation_values(citation: PathCitation) -> dict[str, Any]:
    references = [reference._asdict() for reference in citation.references]
    return {**citation._asdict(), "references": references}
