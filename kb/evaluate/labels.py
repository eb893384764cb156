"""Topics, senses, designs, sample sizes and findings against a labelled set of texts.

The set is a folder of YAML files, each a list of records as its README describes; records with
even numbers report, those with odd ones tune. Nothing is asked of kb.db: each text is read as the
build would read it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from kb.appraisal.evidence import study_design
from kb.appraisal.figures import figures
from kb.appraisal.findings import Finding, find, largest_n
from kb.errors import InputError
from kb.evaluate.intervals import Proportion
from kb.evaluate.table import folded, table
from kb.tagging.topics import TopicEvidence, Vocabulary, holds, tag
from kb.tagging.vocabulary import FieldWords
from kb.yaml_lines import constructed

Record = dict[str, Any]
HALVES = ("tuning", "reporting")
# Labels of some of the texts, given anew: the set's README.md states how far they agree.
READ_AGAIN = {"second.yml", "third.yml"}
# What the labels call a design that kb calls otherwise; several where the labels tell more apart.
DESIGNS: Mapping[str, Set[str | None]] = {
    "systematic review": {"meta-analysis", "systematic-review"},
    "randomised trial": {"randomised-trial"},
    "pragmatic trial": {"randomised-trial"},
    "equivalence trial": {"randomised-trial"},
    "phase III trial": {"randomised-trial", "non-randomised-trial", "single-arm-trial"},
    "prospective accuracy study": {"prospective-cohort", "cross-sectional"},
    "controlled trial, not randomised": {"non-randomised-trial"},
    "phase IV trial": {"single-arm-trial", "non-randomised-trial"},
    "observational study": {"cohort"},
    "cohort study": {"cohort"},
    "prospective study": {"prospective-cohort"},
    "clinical trial": {"single-arm-trial", "non-randomised-trial"},
    "accuracy study": {"cross-sectional"},
    "cross-sectional study": {"cross-sectional"},
    "retrospective study": {"retrospective-cohort"},
    "case-control study": {"case-control"},
    "case report or series": {"case-report", "case-series"},
    "laboratory or animal study": {"laboratory"},
    "consensus": {"consensus"},
    "narrative review": {"review"},
    "opinion": {"opinion"},
    "practice guideline": {"guideline"},
    "trial protocol": {"protocol"},
    "notice": set(),
    "not stated": {None},
}


@dataclass(frozen=True)
class Score:
    """One line of the table: ``right`` of ``total``, or for F1 ``right`` true positives with
    ``extra`` and ``missed``; ``misses`` name each that is wrong."""

    what: str
    right: int
    total: int
    extra: int = 0
    misses: tuple[str, ...] = ()
    is_f1: bool = False

    @property
    def rate(self) -> Proportion:
        """The share of right ones; F1 is 2 TP of 2 TP + FP + FN."""
        if self.is_f1:
            return Proportion(2 * self.right, self.right + self.total + self.extra)
        return Proportion(self.right, self.total)


def read(folder: Path) -> list[Record]:
    """The records of a labelled set. Raises InputError where a file is no list of them."""
    texts: list[Record] = []
    for path in sorted(folder.glob("*.yml")):
        if path.name not in READ_AGAIN:
            records = constructed(path, "the labelled texts")
            if not isinstance(records, list):
                raise InputError(f"{path}: is no list of labelled texts.")
            texts += records
    if not texts:
        raise InputError(f"{folder}: holds no labelled texts (files *.yml).")
    return texts


def half(record: Record) -> str:
    return HALVES[int(record["id"].lstrip("t")) % 2 == 0]


def passages(record: Record) -> list[tuple[str, str]]:
    """(field, text) as a build reads them."""
    abstract = record.get("abstract") or ""
    if isinstance(abstract, dict):
        abstract = "\n".join(f"{label}: {text}" for label, text in abstract.items())
    fields = [("title", record.get("title") or ""), ("abstract", abstract)]
    fields += [(f"keyword:{n}", text) for n, text in enumerate(record.get("keywords") or (), 1)]
    return [(name, text) for name, text in fields if text]


def scores(records: Sequence[Record], vocabulary: Vocabulary) -> list[Score]:
    """The lines of the table for some records."""
    tagged = {record["id"]: _tagged(record, vocabulary) for record in records}
    return [
        _topics(records, tagged, vocabulary),
        _senses(records, tagged, vocabulary),
        _spans(records, tagged),
        _each("design", records, partial(_design, vocabulary.words)),
        _each("sample size", records, partial(_n, vocabulary.words)),
        _findings(records, vocabulary.words),
    ]


def _headings(record: Record) -> list[tuple[str | None, str, bool]]:
    """As a build reads them: a heading without its qualifiers."""
    named = record.get("mesh") or ()
    return [(None, name.rstrip("*").partition("/")[0], "*" in name) for name in named]


def _tagged(record: Record, vocabulary: Vocabulary) -> list[TopicEvidence]:
    return tag(vocabulary, passages(record), _headings(record))


def _topics(
    records: Sequence[Record], tagged: Mapping[str, list[TopicEvidence]], vocabulary: Vocabulary
) -> Score:
    right = missed = extra = 0
    misses = []
    for record in records:
        wanted = set(record.get("topics") or ())
        given = {topic.topic for topic in holds(tagged[record["id"]])}
        wrong = given - wanted - neutral(record, vocabulary)
        right += len(wanted & given)
        missed += len(wanted - given)
        extra += len(wrong)
        misses += [f"{record['id']}: lacks {topic}" for topic in sorted(wanted - given)]
        misses += [f"{record['id']}: has {topic}" for topic in sorted(wrong)]
    return Score("topics, micro-F1", right, right + missed, extra, tuple(misses), is_f1=True)


def neutral(record: Record, vocabulary: Vocabulary) -> set[str]:
    """Topics neither asked for nor wrong: the optional ones, what stands above a labelled or
    optional one, and those that only hold others, for which the rules of the labels ask in no
    text; but for those that the labels call wrong."""
    above = {topic.topic: topic.broader for topic in vocabulary.topics}
    named = [*(record.get("topics") or ()), *(record.get("optional") or ())]
    implied = set(record.get("optional") or ())
    for topic in named:
        up = above.get(topic)
        while up is not None:
            implied.add(up)
            up = above[up]
    neither = implied | {topic.topic for topic in vocabulary.topics if topic.is_group}
    return neither - set(record.get("topics") or ()) - set(record.get("not_topics") or ())


def _senses(
    records: Sequence[Record], tagged: Mapping[str, list[TopicEvidence]], vocabulary: Vocabulary
) -> Score:
    """An abbreviation is right where its topic is tagged on its words, and none where its sense
    is another."""
    slugs = {topic.topic for topic in vocabulary.topics}
    right = total = 0
    misses = []
    for record in records:
        by_field = dict(passages(record))
        for words, sense in (record.get("abbreviations") or {}).items():
            total += 1
            on_it = {
                evidence.topic
                for evidence in tagged[record["id"]]
                if evidence.start is not None
                and evidence.rule.startswith("abbreviation:")
                and _within(evidence, words, by_field[evidence.field])
            }
            good = sense in on_it or (sense in slugs and _said(record, sense, tagged))
            if good if sense in slugs else not on_it:
                right += 1
            else:
                misses.append(f"{record['id']}: {words!r} is {sense}, tagged {sorted(on_it)}")
    return Score("ambiguous abbreviations", right, total, misses=tuple(misses))


def _within(evidence: TopicEvidence, words: str, text: str) -> bool:
    """Whether the evidence stands in these words, at any of their places."""
    places = (match.start() for match in re.finditer(re.escape(words), text))
    start = -1 if evidence.start is None else evidence.start
    return any(place <= start < place + len(words) for place in places)


def _said(record: Record, sense: str, tagged: Mapping[str, list[TopicEvidence]]) -> bool:
    """Whether the sense is tagged at all: a longer synonym may hold the abbreviation."""
    return any(e.topic == sense and not e.negated for e in tagged[record["id"]])


def _spans(records: Sequence[Record], tagged: Mapping[str, list[TopicEvidence]]) -> Score:
    """Offsets that give the words they claim."""
    spans = [
        (record["id"], evidence, dict(passages(record)))
        for record in records
        for evidence in tagged[record["id"]]
        if evidence.start is not None
    ]
    wrong = [
        f"{identifier}: {evidence.surface!r}"
        for identifier, evidence, texts in spans
        if texts[evidence.field][evidence.start : evidence.end] != evidence.surface
    ]
    return Score("spans exact", len(spans) - len(wrong), len(spans), misses=tuple(wrong))


def _each(what: str, records: Iterable[Record], wrong: Callable[[Record], str | None]) -> Score:
    said = [(record["id"], wrong(record)) for record in records]
    misses = tuple(f"{identifier}: {why}" for identifier, why in said if why)
    return Score(what, len(said) - len(misses), len(said), misses=misses)


def _design(words: FieldWords, record: Record) -> str | None:
    types = [(None, name) for name in record.get("types") or ()]
    headings = [(ui, name) for ui, name, _ in _headings(record)]
    design, basis = study_design(
        types, headings, passages(record), largest_n(_findings_of(record, words))
    )
    wanted: str | None = record.get("design")
    if wanted in DESIGNS[design]:
        return None
    return f"{wanted or 'none'}, read {design} ({basis})"


def _findings_of(record: Record, words: FieldWords) -> list[Finding]:
    return find([p for p in passages(record) if p[0] in ("title", "abstract")], words)


def _n(words: FieldWords, record: Record) -> str | None:
    read_n, wanted = largest_n(_findings_of(record, words)), record.get("n")
    return None if read_n == wanted else f"{wanted}, read {read_n}"


def _findings(records: Sequence[Record], words: FieldWords) -> Score:
    right = missed = extra = 0
    misses = []
    for record in records:
        wanted = Counter(key(finding) for finding in record.get("findings") or ())
        stated = Counter(
            (f.kind, f.value, f.low, f.high, f.se)
            for name, text in passages(record)
            if name in ("title", "abstract")
            for f in figures(text, words)
        )
        right += (wanted & stated).total()
        lacking, wrong = wanted - stated, stated - wanted
        missed += lacking.total()
        extra += wrong.total()
        misses += [f"{record['id']}: lacks {shown(key)}" for key in sorted(lacking, key=repr)]
        misses += [f"{record['id']}: has {shown(key)}" for key in sorted(wrong, key=repr)]
    return Score("findings, F1", right, right + missed, extra, tuple(misses), is_f1=True)


Key = tuple[str, float | None, float | None, float | None, float | None]


def key(finding: Record) -> Key:
    numbers = (finding.get(name) for name in ("value", "low", "high", "se"))
    value, low, high, se = (None if n is None else float(n) for n in numbers)
    return finding["measure"], value, low, high, se


def shown(key: Key) -> str:
    kind, *numbers = key
    return " ".join([kind, *("-" if n is None else f"{n:g}" for n in numbers)])


# The page


def report(folder: Path, vocabulary: Vocabulary) -> str:
    """Both halves side by side, the agreement of the readings that the set's README.md states,
    and every miss. Raises InputError where the set is none, or its README.md states none."""
    records = read(folder)
    halves = [scores([r for r in records if half(r) == name], vocabulary) for name in HALVES]
    rows = [
        (tuning.what, *(cell for each in (tuning, reporting) for cell in _cells(each)))
        for tuning, reporting in zip(*halves, strict=True)
    ]
    head = ("what", "tuning half", "right", "reporting half", "right")
    misses = (
        folded(f"Every miss of the {name} half: {_number(of)}", _listed(of))
        for name, of in zip(HALVES, halves, strict=True)
    )
    return "\n\n".join([table(head, rows), *_agreement(folder / "README.md"), *misses])


def _cells(score: Score) -> tuple[str, str]:
    more = f", {score.extra} too many" if score.is_f1 else ""
    return str(score.rate), f"{score.right:,} of {score.total:,}{more}"


def _number(of: Sequence[Score]) -> int:
    return sum(len(score.misses) for score in of)


def _listed(of: Sequence[Score]) -> list[str]:
    return [f"{score.what}, {miss}" for score in of for miss in score.misses]


def _agreement(readme: Path) -> list[str]:
    """The sentence and the table of the readings."""
    text = readme.read_text(encoding="utf-8") if readme.is_file() else ""
    stated = re.findall(r"(?m)^\|.*\|$", text.partition("\n## Agreement\n")[2])
    if not stated:
        raise InputError(f"{readme}: states no table under the heading Agreement.")
    return ["Agreement of the later readings with the first:", "\n".join(stated)]
