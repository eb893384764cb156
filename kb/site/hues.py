"""What the colours of the map mean: groups of works, each with a name. No Datasette."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from typing import NamedTuple

from kb.notices.verdict import MARKS
from kb.site.lists import Rows, read_rows

MOST = 8  # groups with a colour of their own, the largest first; the others share one
OTHERS = 0
COLOURS = {
    "community": "group of works that cite each other",
    "topic": "topic",
    "design": "study design",
    "year": "year",
    "standing": "how it stands",
}

COMMUNITIES = "SELECT community, name FROM communities"
TOPICS = """
SELECT p.work, t.topic, t.label FROM json_each(:works) few JOIN papers p ON p.work = few.value
    JOIN paper_topics pt ON pt.pmid = p.pmid JOIN topics t ON t.topic = pt.topic
ORDER BY few.key, t.position
"""


class Hue(NamedTuple):
    """``number`` is that of a class of the style sheet; ``ordered`` where the groups follow one
    another and so do their colours."""

    number: int
    name: str
    works: int
    ordered: bool = False


class Hues(NamedTuple):
    """The number of each work's colour, and what the colours that occur stand for."""

    of: dict[str, int]
    legend: list[Hue]


def hues(connection: sqlite3.Connection, rows: Rows, colour: str) -> Hues:
    """``rows`` are works of the map; ``colour`` is one of COLOURS."""
    if colour == "year":
        return _by_year(rows)
    groups, names = GROUPED[colour](connection, rows)
    return _largest(groups, names)


def _largest(groups: Mapping[str, Hashable | None], names: Mapping[Hashable, str]) -> Hues:
    counts = Counter(group for group in groups.values() if group is not None)
    ranked = sorted(counts, key=lambda group: (-counts[group], names[group]))[:MOST]
    number = {group: place for place, group in enumerate(ranked, start=1)}
    of = {work: number.get(group, OTHERS) for work, group in groups.items()}
    legend = [Hue(number[group], names[group], counts[group]) for group in ranked]
    others = sum(place == OTHERS for place in of.values())
    return Hues(of, legend + ([Hue(OTHERS, "Others", others)] if others else []))


Grouped = tuple[dict[str, Hashable | None], dict[Hashable, str]]


def _communities(connection: sqlite3.Connection, rows: Rows) -> Grouped:
    names = dict(connection.execute(COMMUNITIES).fetchall())
    return {row["work"]: row["community"] for row in rows}, names


def _designs(connection: sqlite3.Connection, rows: Rows) -> Grouped:
    groups = {row["work"]: row["design"] if row["is_paper"] else None for row in rows}
    return groups, {design: design.capitalize() for design in groups.values() if design}


def _standing(connection: sqlite3.Connection, rows: Rows) -> Grouped:
    groups = {row["work"]: row["verdict"] or "never checked" for row in rows}
    named = {
        each: MARKS[each].flag if each in MARKS else each.capitalize() for each in groups.values()
    }
    return dict(groups), dict(named)


def _topics(connection: sqlite3.Connection, rows: Rows) -> Grouped:
    """Of its topics each work is shown by the one that most works here have, of those that not
    half of them have: these would tell nothing apart."""
    works = json.dumps([row["work"] for row in rows])
    having = [tuple(each) for each in read_rows(connection, TOPICS, works=works)]
    names = {topic: label for _, topic, label in having}
    counts = Counter(topic for _, topic, _ in having)
    telling = {topic: n for topic, n in counts.items() if 2 * n <= len(rows)}
    groups: dict[str, Hashable | None] = {row["work"]: None for row in rows}
    for work, topic, _ in having:
        now = groups[work]
        if topic in telling and (now is None or telling[topic] > telling[str(now)]):
            groups[work] = topic
    return groups, dict(names)


GROUPED: dict[str, Callable[[sqlite3.Connection, Rows], Grouped]] = {
    "community": _communities,
    "topic": _topics,
    "design": _designs,
    "standing": _standing,
}


def _by_year(rows: Rows) -> Hues:
    """Spans of years with about as many works each, the oldest first."""
    years = sorted(row["year"] for row in rows if row["year"] is not None)
    starts = sorted({years[len(years) * place // MOST] for place in range(MOST)} if years else ())
    of = {
        row["work"]: OTHERS
        if row["year"] is None
        else sum(start <= row["year"] for start in starts)
        for row in rows
    }
    counts = Counter(of.values())
    ends = [start - 1 for start in starts[1:]] + years[-1:]
    legend = [
        Hue(place, f"{start}" if start == end else f"{start} to {end}", counts[place], ordered=True)
        for place, (start, end) in enumerate(zip(starts, ends, strict=True), start=1)
    ]
    undated = [Hue(OTHERS, "No year", counts[OTHERS])] if counts[OTHERS] else []
    return Hues(of, legend + undated)
