"""Sample sizes against the words that people marked as participants of trials (EBM-NLP).

The set has no sample sizes, but spans: a number of patients has to stand in one of them. So a size
that was read outside all spans is doubtful, and one that was not read is missed where a span holds
a number, which may be an age.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kb.appraisal.findings import find, largest_n
from kb.errors import InputError
from kb.evaluate.table import folded, table

BEGIN = re.compile(r"-DOCSTART- \((\d+)\)")
NO_SPACE_BEFORE = set(".,;:)]%")
NO_SPACE_AFTER = set("([")
NUMBER = re.compile(r"[0-9][0-9,]*")
INSIDE = "read, within the marked words"
OUTSIDE = "read, outside them"
MISSED = "not read, and the marked words hold a number"
NONE = "not read, and they hold none"


@dataclass(frozen=True)
class Marked:
    """An abstract, and the places of the words that are marked as participants."""

    pmid: int
    text: str
    places: tuple[tuple[int, int], ...]

    @property
    def has_number(self) -> bool:
        return any(NUMBER.fullmatch(self.text[start:end]) for start, end in self.places)


def read(file: Path) -> list[Marked]:
    """The abstracts of a file of one word a line with its mark last, as ``-DOCSTART- (PMID)`` heads
    them. Raises InputError where it holds none."""
    _, *parts = BEGIN.split(file.read_text(encoding="utf-8"))
    if not parts:
        raise InputError(f"{file}: holds no abstracts that begin with -DOCSTART- (PMID).")
    return [_marked(int(pmid), body) for pmid, body in zip(parts[::2], parts[1::2], strict=True)]


def _marked(pmid: int, body: str) -> Marked:
    text, places = "", []
    for line in filter(str.strip, body.splitlines()):
        word, *_, mark = line.split()
        if text and word not in NO_SPACE_BEFORE and text[-1] not in NO_SPACE_AFTER:
            text += " "
        if mark.endswith("-PAR"):
            places.append((len(text), len(text) + len(word)))
        text += word
    return Marked(pmid, text, tuple(places))


def report(abstracts: list[Marked]) -> str:
    outcomes = [(each, _outcome(each)) for each in abstracts]
    counts = Counter(outcome for _, outcome in outcomes)
    rows = [(what, counts[what]) for what in (INSIDE, OUTSIDE, MISSED, NONE)]
    summary = f"Those outside and those not read: {counts[OUTSIDE] + counts[MISSED]}"
    return f"{table(('sample size', 'abstracts'), rows)}\n\n{folded(summary, _listed(outcomes))}"


def _outcome(marked: Marked) -> str:
    findings = find([("abstract", marked.text)])
    n = largest_n(findings)
    if n is None:
        return MISSED if marked.has_number else NONE
    inside = any(
        start < finding.end and finding.start < end
        for finding in findings
        if finding.n == n and finding.kind == "sample_size"
        for start, end in marked.places
    )
    return INSIDE if inside else OUTSIDE


def _listed(outcomes: list[tuple[Marked, str]]) -> Iterator[str]:
    for what in (OUTSIDE, MISSED):
        yield f"{what}:"
        yield f"    {' '.join(str(each.pmid) for each, outcome in outcomes if outcome == what)}"
