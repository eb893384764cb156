"""Sections and designs of the abstracts of PubMedQA, against their headings and their MeSH.

The set has abstracts in sections with the publishers' labels, and the MeSH headings that NLM's
indexers gave. Sections are printed here in one paragraph, as many journals do, and have to be
told apart again; the design is read from title and abstract alone.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from kb.appraisal.evidence import study
from kb.appraisal.findings import find, largest_n
from kb.errors import InputError
from kb.evaluate.intervals import Proportion
from kb.evaluate.table import folded, table
from kb.reading.sections import kind_at, sections

# What NLM files labels of structured abstracts under, by the words of the most common ones.
CATEGORIES = (
    (re.compile(r"RESULT|FINDING"), "results"),
    (re.compile(r"CONCLU"), "conclusions"),
    (
        re.compile(r"METHOD|DESIGN|SETTING|PATIENTS|SUBJECTS|PARTICIPANTS|MATERIALS|MEASURE"),
        "methods",
    ),
    (re.compile(r"OBJECTIVE|PURPOSE|AIM"), "aims"),
    (re.compile(r"BACKGROUND|INTRODUCTION|CONTEXT"), "background"),
)
DESIGNS = {
    "Retrospective Studies": "retrospective study",
    "Prospective Studies": "prospective study",
    "Cross-Sectional Studies": "cross-sectional study",
    "Case-Control Studies": "case-control study",
    "Cohort Studies": "cohort study",
}
NO_SECTION = "none"
NOT_STATED = "not stated"


class QuestionAbstract(NamedTuple):
    pmid: int
    title: str
    parts: tuple[tuple[str, str], ...]
    mesh: frozenset[str]

    @property
    def lines(self) -> str:
        return "\n".join(f"{label}: {text}" for label, text in self.parts)

    @property
    def plain(self) -> str:
        return " ".join(text for _, text in self.parts)


def read(file: Path) -> list[QuestionAbstract]:
    """Raises InputError where the file is of another form."""
    try:
        with gzip.open(file, "rt", encoding="utf-8") as packed:
            return [
                QuestionAbstract(
                    int(pmid),
                    entry["QUESTION"],
                    tuple(zip(entry["LABELS"], entry["CONTEXTS"], strict=True)),
                    frozenset(entry["MESHES"]),
                )
                for pmid, entry in json.load(packed).items()
            ]
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        raise InputError(f"{file}: is no set of PubMedQA: {error}.") from error


def section_report(abstracts: Sequence[QuestionAbstract]) -> str:
    outcomes: dict[str, Counter[bool]] = defaultdict(Counter)
    missed: dict[tuple[str, str], list[int]] = defaultdict(list)
    for abstract in abstracts:
        for wanted, told in _sections(abstract):
            right = told in wanted
            outcomes[wanted[0]][right] += 1
            if not right:
                missed[wanted[0], told].append(abstract.pmid)
    rows = [
        (kind, each.total(), Proportion(each[True], each.total()))
        for kind, each in sorted(outcomes.items())
    ]
    listed = [
        line
        for (kind, told), pmids in sorted(missed.items())
        for line in (
            f"{kind}, taken for {told}:" if told != NO_SECTION else f"{kind}, not seen:",
            f"    {' '.join(map(str, pmids))}",
        )
    ]
    summary = f"Sections that are not seen, or taken for another: {sum(map(len, missed.values()))}"
    return f"{table(('section', 'printed', 'told apart'), rows)}\n\n{folded(summary, listed)}"


def _sections(abstract: QuestionAbstract) -> Iterator[tuple[list[str], str]]:
    """The kinds that each section may be, and the one that is told, the abstract printed in one
    paragraph."""
    text, places = "", []
    for label, words in abstract.parts:
        text += f"{' ' if text else ''}{label.capitalize()}: "
        places.append((label, len(text)))
        text += words
    parts = sections(text)
    for label, place in places:
        if wanted := [kind for words, kind in CATEGORIES if words.search(label)]:
            yield wanted, kind_at(parts, place) or NO_SECTION


def design_report(abstracts: Sequence[QuestionAbstract]) -> str:
    told = {abstract.pmid: _design(abstract) for abstract in abstracts}
    rows, listed = [], []
    for name, design in DESIGNS.items():
        indexed = [abstract.pmid for abstract in abstracts if name in abstract.mesh]
        same = [pmid for pmid in indexed if told[pmid] == design]
        without = [pmid for pmid in indexed if told[pmid] == NOT_STATED]
        ours = [pmid for pmid, each in told.items() if each == design]
        others = sorted(set(indexed) - set(same) - set(without))
        recall, precision = Proportion(len(same), len(indexed)), Proportion(len(same), len(ours))
        rows.append((name, len(indexed), recall, len(without), len(others), precision))
        listed += [f"{name}, another design is told:", f"    {' '.join(map(str, others))}"]
        listed += [f"{name}, none is told:", f"    {' '.join(map(str, without))}"]
    head = ("MeSH", "indexed", "same design told", "none told", "another told", "of ours, in MeSH")
    return f"{table(head, rows)}\n\n{folded('Those that differ', listed)}"


def _design(abstract: QuestionAbstract) -> str:
    passages = [("title", abstract.title), ("abstract", abstract.lines)]
    return study([], [], passages, largest_n(find(passages))).design
