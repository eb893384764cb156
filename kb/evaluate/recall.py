"""How much of a list of relevant papers a base holds, and which seed found each.

The list is somebody's: the included studies of a review, the judgements of a test collection. What
PubMed added after the day on which they searched can be in no such list, and is left out on both
sides. A paper that people excluded by ``data/curation.csv`` was found by the harvest and is not
in what remains after decisions: both are counted.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kb.base import reading
from kb.errors import InputError
from kb.evaluate.intervals import Proportion
from kb.evaluate.table import folded, table

PMID = re.compile(r"[1-9][0-9]{0,8}")
FORMS = "a PMID alone, or: topic, iteration, PMID, relevance (TREC's qrels)"


@dataclass(frozen=True)
class Retrieved:
    """``papers``: PMIDs that PubMed had on the day, ``undated`` of them have no date; ``later``:
    those that it added since; ``excluded``: the reason by PMID; ``brought``: the least hops by PMID
    and seed."""

    base_id: str
    papers: frozenset[int]
    undated: int
    later: frozenset[int]
    excluded: Mapping[int, str]
    brought: Mapping[int, Mapping[str, int]]


def read_gold(file: Path) -> frozenset[int]:
    """The relevant PMIDs of a file. Raises InputError naming file and line where it is of neither
    form, holds several topics or nothing relevant."""
    relevant: set[int] = set()
    topics: dict[str, int] = {}
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: is no text in UTF-8 ({error}).") from error
    for number, line in enumerate(lines, start=1):
        words = line.split()
        if not words:
            continue
        topic, _, pmid, relevance = words if len(words) == 4 else ("", "", words[0], "1")
        if len(words) not in (1, 4) or not _is_judgement(pmid, relevance):
            raise InputError(f"{file}, line {number}: {line.strip()[:60]!r} is not {FORMS}.")
        topics.setdefault(topic, number)
        if int(relevance) > 0:
            relevant.add(int(pmid.lstrip("0")))
    if len(topics) > 1:
        (first, _), (second, at) = list(topics.items())[:2]
        raise InputError(
            f"{file}, line {at}: begins another topic ({second or 'none'} after {first or 'none'})."
            " Keep the lines of one."
        )
    if not relevant:
        raise InputError(f"{file}: names no relevant PMID. Each line has to be {FORMS}.")
    return frozenset(relevant)


def _is_judgement(pmid: str, relevance: str) -> bool:
    return bool(PMID.fullmatch(pmid) and re.fullmatch(r"-?[0-9]{1,9}", relevance))


def retrieved(path: Path, as_of: str | None) -> Retrieved:
    """What a kb.db holds; ``as_of`` is a day, YYYY-MM-DD. A paper without the date on which PubMed
    added it counts as there. Raises what ``kb.base.check_base`` raises."""
    with reading(path) as db:
        added = dict(
            db.execute("SELECT pmid, coalesce(substr(entrez_date, 1, 10), '') FROM papers")
        )
        excluded = db.execute("SELECT pmid, reason FROM curation WHERE decision = 'exclude'")
        brought: defaultdict[int, dict[str, int]] = defaultdict(dict)
        for pmid, seed, hop in db.execute(
            "SELECT pmid, seed, min(hop) FROM provenance GROUP BY pmid, seed ORDER BY 1, 2"
        ):
            brought[pmid][seed] = hop
        (base_id,) = db.execute("SELECT value FROM meta WHERE key = 'base_id'").fetchone()
        later = frozenset(pmid for pmid, day in added.items() if as_of and day > as_of)
        papers = frozenset(added) - later
        undated = sum(not day for day in added.values()) if as_of else 0
        return Retrieved(base_id, papers, undated, later, dict(excluded.fetchall()), brought)


# The page


def report(gold: frozenset[int], held: Retrieved) -> str:
    """Recall, precision and number needed to read, by seed too, and what became of each PMID."""
    asked = gold - held.later
    kept = held.papers - held.excluded.keys()
    rows = [
        _row("harvested", held.papers, asked),
        _row("without what people excluded", kept, asked),
    ]
    head = ("what", "records", "relevant", "recall", "precision", "to read for one")
    seeds = _by_seed(held)
    here = asked & held.papers
    own = {seed: {p for p in here & pmids if len(held.brought[p]) == 1} for seed, pmids in seeds}
    by_seed = [(*_row(seed, pmids, asked), len(own[seed])) for seed, pmids in seeds]
    parts = [
        f"{len(asked):,} PMIDs are relevant, {len(here):,} of them are here.",
        _left_out(gold, held),
        table(head, rows),
        "By seed; a record that several brought counts for each:",
        table((*("seed", *head[1:]), "relevant by it alone"), by_seed),
        folded(f"What became of each relevant PMID: {len(gold):,}", _fates(gold, held)),
    ]
    return "\n\n".join(part for part in parts if part)


def _row(what: str, records: Iterable[int], asked: frozenset[int]) -> tuple[object, ...]:
    papers = frozenset(records)
    right = len(papers & asked)
    recall, precision = Proportion(right, len(asked)), Proportion(right, len(papers))
    to_read = f"{len(papers) / right:.1f}" if right else "none found"
    return (
        *(what, len(papers), right, str(recall) if asked else "none asked"),
        *(str(precision) if papers else "none", to_read),
    )


def _by_seed(held: Retrieved) -> list[tuple[str, frozenset[int]]]:
    seeds: defaultdict[str, set[int]] = defaultdict(set)
    for pmid in held.papers:
        for seed in held.brought[pmid]:
            seeds[seed].add(pmid)
    return [(seed, frozenset(pmids)) for seed, pmids in sorted(seeds.items())]


def _left_out(gold: frozenset[int], held: Retrieved) -> str:
    said = []
    if held.later:
        listed = len(gold & held.later)
        said.append(
            f"{len(held.later):,} records that PubMed added later count for nothing, "
            f"{listed:,} of the list among them."
        )
    if held.undated:
        said.append(f"{held.undated:,} records do not say when PubMed added them, and count.")
    return " ".join(said)


def _fates(gold: Iterable[int], held: Retrieved) -> Iterator[str]:
    for pmid in sorted(gold):
        if pmid in held.later:
            yield f"{pmid}: added later"
        elif pmid not in held.papers:
            yield f"{pmid}: missed"
        else:
            out = f", excluded by hand: {held.excluded[pmid]}" if pmid in held.excluded else ""
            seeds = (f"{seed}, hop {hop}" if hop else seed for seed, hop in _ways(held, pmid))
            yield f"{pmid}: {'; '.join(seeds)}{out}"


def _ways(held: Retrieved, pmid: int) -> list[tuple[str, int]]:
    return sorted(held.brought[pmid].items(), key=lambda way: (way[1], way[0]))
