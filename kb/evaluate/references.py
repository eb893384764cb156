"""How many citation texts are resolved, and how many wrongly, on real records.

Three measurements, each of texts without identifiers:

- of the works that two records cite with a PMID in differing words, one text is a candidate among
  all cited works, the other is the question;
- citations are printed from the records in five styles with faults, and for every second one the
  paper that it is of is left out of the corpus;
- the reference list of NCI's PDQ summary on the disease against a table of papers.

An answer is right, wrong or none; none is right where the corpus does not hold the work.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from kb.citations.citation import Citable, Citation, author_name, first_number, fold
from kb.citations.citation import citable as citable_of
from kb.citations.cited_work import cited_work
from kb.citations.references import CitableIndex, citable_index, match
from kb.errors import InputError
from kb.evaluate.citation_styles import ReferenceEntry, cite, entry, hide_ids
from kb.evaluate.intervals import Proportion
from kb.evaluate.table import table
from kb.record.article import Article, Author
from kb.record.pubmed import parse
from kb.record.recordset import read_file

SEED = 20250101
FOLDS = 10
PDQ = "pdq_hp_citations_with_pmid.tsv"


@dataclass(frozen=True)
class ResolverAnswer:
    """``expected`` is None where the corpus does not hold the work; ``kind`` says what was asked,
    a fault for example."""

    kind: str
    text: str
    expected: int | None
    answered: int | None
    why: str

    @property
    def outcome(self) -> str:
        if self.answered is None:
            return "left" if self.expected is None else "missed"
        return "right" if self.answered == self.expected else "wrong"


@dataclass(frozen=True)
class Measured:
    """What was asked of how many candidates, and each answer."""

    name: str
    candidates: int
    answers: Sequence[ResolverAnswer]

    def counts(self, kind: str | None = None) -> Counter[str]:
        """Answers by outcome, of all kinds or of one."""
        return Counter(each.outcome for each in self.answers if kind in (None, each.kind))

    @property
    def kinds(self) -> list[str]:
        return sorted({answer.kind for answer in self.answers})


def read_records(folder: Path) -> dict[int, Article]:
    """Every record of the XML files of a folder, of each PMID the one with the longest list of
    references. Raises InputError where the folder has none, or a file is not one of PubMed."""
    records: dict[int, Article] = {}
    for file in sorted(folder.glob("*.xml*")):
        for cut in read_file(file):
            if cut.kind == "record":
                article = parse(cut.xml)
                other = records.get(article.pmid)
                if not other or len(other.references) < len(article.references):
                    records[article.pmid] = article
    if not records:
        raise InputError(f"{folder}: holds no file of PubMed records (*.xml, *.xml.gz)")
    return records


def real_strings(records: Mapping[int, Article]) -> Measured:
    texts: dict[int, dict[str, str]] = {}
    for article in records.values():
        for reference in article.references:
            if reference.pmid and reference.text:
                of_work = texts.setdefault(reference.pmid, {})
                of_work.setdefault(fold(reference.text), reference.text)
    works = [
        cited_work(pmid, next(iter(printed.values())), doi=None, pmcid=None)
        for pmid, printed in texts.items()
    ]
    known = citable_index((), filter(None, works))
    answers = [
        _answer("real", known, hide_ids(list(printed.values())[1]), pmid)
        for pmid, printed in sorted(texts.items())
        if len(printed) > 1
    ]
    return Measured("real strings", len(texts), answers)


def rendered(records: Mapping[int, Article], count: int, faults: int = 1) -> Measured:
    """``count`` citations with so many ``faults`` each, the same ones every time."""
    random = Random(SEED)  # noqa: S311 (nothing secret)
    entries = {pmid: about for pmid, article in records.items() if (about := entry(article))}
    citables = [citable_of(article) for article in records.values()]
    pmids = sorted(entries)
    random.shuffle(pmids)
    everything = citable_index(citables)
    answers: list[ResolverAnswer] = []
    for fold_number in range(FOLDS):
        part = pmids[fold_number::FOLDS]
        rest = citable_index(work for work in citables if work.pmid not in set(part))
        answers += _cited(part, entries, everything, rest, random, count // FOLDS, faults)
    return Measured(f"rendered, {faults} fault{'s' * (faults > 1)} each", len(records), answers)


def _cited(
    pmids: Sequence[int],
    entries: Mapping[int, ReferenceEntry],
    everything: CitableIndex,
    rest: CitableIndex,
    random: Random,
    count: int,
    faults: int,
) -> Iterator[ResolverAnswer]:
    """Answers of both corpora in turn; the second one lacks the papers of these PMIDs."""
    for number in range(count):
        pmid = random.choice(pmids)
        text, kinds = cite(entries[pmid], random, faults)
        held = number % 2 == 0
        yield _answer(" and ".join(kinds), everything if held else rest, text, pmid, held)


def listed(citations: Path, papers: Path) -> Measured:
    """The citations of one table (``pmid``, ``citation``) against the papers of another (``pmid``,
    ``year``, ``journal``, ``volume``, ``pages``, ``title``, ``first_author``, ``authors``), both
    tab-separated. Raises InputError where a column is missing."""
    works = [_listed_paper(row) for row in _rows(papers) if row["pmid"]]
    known = citable_index(works)
    held = {work.pmid for work in works}
    answers = [
        _answer("listed", known, row["citation"], int(row["pmid"]), int(row["pmid"]) in held)
        for row in _rows(citations)
    ]
    return Measured("PDQ reference list", len(works), answers)


def pdq_list(pubmed: Path) -> Path:
    """The citations of a summary, in the folder of its disease. Raises InputError where there is
    none, or more than one."""
    lists = sorted(pubmed.glob(f"*/{PDQ}"))
    if len(lists) != 1:
        raise InputError(
            f"{pubmed}: has {len(lists)} files {PDQ} in folders named by a disease, not one. They "
            "are tab-separated with the columns pmid and citation."
        )
    return lists[0]


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    if not rows or "pmid" not in rows[0]:
        raise InputError(f"{file}: has no column pmid; it has to be tab-separated with a header")
    return rows


def _listed_paper(row: Mapping[str, str]) -> Citable:
    names = [name for name in row["authors"].split("|") if name and name != "et al."]
    first, *others = [_author(name) for name in names or [row["first_author"]]]
    return Citable(
        pmid=int(row["pmid"]),
        doi=None,
        pmcid=None,
        title=fold(row["title"]),
        in_series=False,
        first_author=row["first_author"],
        author=author_name(first),
        others=tuple(others),
        journal=row["journal"],
        journals=(fold(row["journal"]),),
        year=int(row["year"]) if row["year"] else None,
        epub_year=None,
        volume=first_number(row["volume"]),
        first_page=first_number(row["pages"]),
    )


def _author(name: str) -> Author:
    if name.startswith("collective:"):
        return Author(None, None, None, None, name.removeprefix("collective:"), None, None)
    family, _, initials = name.rpartition(" ")
    return Author(family or name, None, initials or None, None, None, None, None)


def _answer(
    kind: str, known: CitableIndex, text: str, pmid: int, held: bool = True
) -> ResolverAnswer:
    resolved, why = match(Citation(text), known)
    number = int(resolved.work.removeprefix("pmid:")) if resolved else None
    return ResolverAnswer(
        kind, text, pmid if held else None, number, resolved.reason if resolved else why
    )


# The page

COLUMNS = (
    *("texts", "works to choose from", "asked", "right", "missed", "wrong", "rightly none"),
    *("precision, lower bound", "recall"),
)


def report(measured: Sequence[Measured]) -> str:
    """Tables of counts in Markdown, and every wrong answer."""
    rows = [_row(each, each.name, None) for each in measured]
    parts = [
        "Precision is right of right and wrong, with the lower bound of Wilson's 95 % interval."
    ]
    parts.append("Recall is right of those whose work is there to be found.\n")
    parts += [table(COLUMNS, rows), ""]
    for each in measured:
        if len(each.kinds) > 1:
            parts.append(f"By fault ({each.name}):\n")
            by_kind = [_row(each, kind, kind) for kind in each.kinds]
            parts += [table(("fault", *COLUMNS[1:]), by_kind), ""]
    wrong = [answer for each in measured for answer in each.answers if answer.outcome == "wrong"]
    parts.append("Wrong answers:\n" if wrong else "No answer is wrong.")
    parts += [_shown(answer) for answer in wrong]
    return "\n".join(parts)


def _row(measured: Measured, name: str, kind: str | None) -> tuple[str, ...]:
    counts = measured.counts(kind)
    right, wrong, missed = counts["right"], counts["wrong"], counts["missed"]
    numbers = (measured.candidates, counts.total(), right, missed, wrong, counts["left"])
    bound = f"{Proportion(right, right + wrong).interval[0]:.4f}"
    recall = f"{Proportion(right, right + missed).value:.3f}"
    return (name, *(f"{number:,}" for number in numbers), bound, recall)


def _shown(answer: ResolverAnswer) -> str:
    expected = f"PMID {answer.expected}" if answer.expected else "none that is here"
    return f"- {answer.text} — taken for PMID {answer.answered}, is {expected} ({answer.why})"
