"""P values against what people read from the same words: evidence-inference.

Physicians marked the passage of a trial that tells whether an outcome differed, and labelled it
as significantly increased or decreased, or as no significant difference. A p value that is read
there has to lie on that side of 0.05.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from kb.appraisal.figures import figures
from kb.appraisal.measures import Figure
from kb.appraisal.thresholds import P_VALUE
from kb.errors import InputError
from kb.evaluate.intervals import Proportion
from kb.evaluate.table import folded, table
from kb.record.sentences import plain

COLUMNS = {"PromptID", "Label", "Annotations", "Valid Label", "Valid Reasoning"}
NO_DIFFERENCE = "no significant difference"
LEVEL = 0.05
ALIKE = "p values on the side of the label"
OPPOSITE = "all on the other side"
BOTH = "some on each side, as of several outcomes"
OPEN = "on neither side, such as p < 0.1"
MISSED = "none read, and the words hold one"
NONE = "none read, and they hold none"
ORDER = (ALIKE, OPPOSITE, BOTH, OPEN, MISSED, NONE)


class MarkedEvidence(NamedTuple):
    """A marked passage and whether it was labelled a significant difference."""

    prompt: int
    text: str
    is_significant: bool


def read(file: Path) -> list[MarkedEvidence]:
    """The passages whose label and reasoning a second reader took for right, each once. Raises
    InputError where the columns are others."""
    csv.field_size_limit(10_000_000)
    with gzip.open(file, "rb") as packed:
        rows = csv.DictReader(io.TextIOWrapper(packed, encoding="utf-8"))
        if not set(rows.fieldnames or ()) >= COLUMNS:
            raise InputError(f"{file}: has no columns {', '.join(sorted(COLUMNS))}.")
        each = [
            MarkedEvidence(int(row["PromptID"]), " ".join(row["Annotations"].split()), label)
            for row in rows
            if row["Valid Label"] == row["Valid Reasoning"] == "True"
            for label in [row["Label"] != NO_DIFFERENCE]
        ]
    return list({(one.prompt, one.text): one for one in each if one.text}.values())


def outcome(marked: MarkedEvidence) -> str:
    values = [figure for figure in figures(marked.text) if figure.kind == "p"]
    if not values:
        return MISSED if P_VALUE.pattern.search(plain(marked.text).lower()) else NONE
    sides = {is_below(figure) for figure in values}
    if sides >= {True, False}:
        return BOTH
    if None in sides:
        return OPEN
    return ALIKE if sides == {marked.is_significant} else OPPOSITE


def is_below(figure: Figure) -> bool | None:
    """Whether a p value is below 0.05; None where its sign leaves that open."""
    value = figure.value or 0.0
    if figure.sign in ("<", "≤"):
        return True if value <= LEVEL else None
    if figure.sign in (">", "≥"):
        return False if value >= LEVEL else None
    return value < LEVEL


def report(passages: Sequence[MarkedEvidence]) -> str:
    outcomes = [(one.prompt, outcome(one)) for one in passages]
    counts = Counter(kind for _, kind in outcomes)
    agreed = Proportion(counts[ALIKE], counts[ALIKE] + counts[OPPOSITE])
    read_ = Proportion(len(passages) - counts[MISSED] - counts[NONE], len(passages) - counts[NONE])
    rows = [(kind, counts[kind]) for kind in ORDER]
    summary = f"Those on the other side and those not read: {counts[OPPOSITE] + counts[MISSED]}"
    return (
        f"{table(('p values of a passage', 'passages'), rows)}\n\n"
        f"On the side of the label, where all are on one: {agreed}. Read, where the words hold"
        f" one: {read_}.\n\n{folded(summary, _listed(outcomes))}"
    )


def _listed(outcomes: Sequence[tuple[int, str]]) -> Iterator[str]:
    for kind in (OPPOSITE, MISSED):
        yield f"{kind}:"
        yield "    " + " ".join(str(prompt) for prompt, each in outcomes if each == kind)
