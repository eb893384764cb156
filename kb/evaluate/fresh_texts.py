"""Topics, designs, sample sizes, figures and their tests against texts that no rule was made for.

The set is a folder of YAML files as its README.md describes. Rules may be tuned on the open half,
whose misses are listed; of the sealed half only counts are told.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from kb.appraisal.evidence import study_design
from kb.appraisal.figures import figures
from kb.appraisal.findings import find, largest_n
from kb.appraisal.index_tests import diagnostic_questions, passage_topics
from kb.evaluate.labels import DESIGNS, Key, Record, Score, key, neutral, passages, read, shown
from kb.evaluate.table import folded, table
from kb.tagging.topics import Vocabulary, holds, tag

HALVES = ("open", "sealed")
CONFUSERS = {"near", "far"}
NOT_ASKED = (
    "other"  # the kind of a ratio that the labels have no measure for, such as a relative risk
)


class Reading(NamedTuple):
    """What kb reads in one text: topics that hold, the design, n, and each figure with its test."""

    topics: frozenset[str]
    design: str
    n: int | None
    figures: tuple[tuple[Key, str | None], ...]


class Labelled(NamedTuple):
    """A record and what is read in it."""

    record: Record
    reading: Reading
    wrong: frozenset[str]  # topics that are read and neither asked for nor left open

    def slugs(self, field: str) -> list[str]:
        return list(self.record.get(field) or ())


class Judged(NamedTuple):
    """Whether one question of a text was answered rightly; ``why`` says what is wrong, and is empty
    where another line of the table says it."""

    is_right: bool
    why: str


Question = Callable[[Labelled], Iterator[Judged]]


def half(record: Record) -> str:
    """The half of a text: odd numbers are open."""
    return HALVES[int(record["id"].lstrip("f")) % 2 == 0]


def labelled(record: Record, vocabulary: Vocabulary) -> Labelled:
    """The record beside what a build would read in it."""
    kept_out = {**(record.get("look_alikes") or {}), **(record.get("denied") or {})}
    reading = _reading(record, vocabulary)
    wanted = set(record.get("topics") or ())
    open_ones = neutral({**record, "not_topics": kept_out}, vocabulary)
    return Labelled(record, reading, reading.topics - wanted - open_ones)


def _reading(record: Record, vocabulary: Vocabulary) -> Reading:
    texts = passages(record)
    own = [(name, text) for name, text in texts if name in ("title", "abstract")]
    evidence = tag(vocabulary, texts, [(None, name, False) for name in record.get("mesh") or ()])
    n = largest_n(find(own, vocabulary.words))
    types = [(None, name) for name in record.get("types") or ()]
    headings = [(None, name) for name in record.get("mesh") or ()]
    design, _ = study_design(types, headings, texts, n)
    stated: list[tuple[Key, str | None]] = []
    for name, text in own:
        known = passage_topics(vocabulary, evidence, name, text)
        printed = figures(text, vocabulary.words, known)
        asked = diagnostic_questions(printed, known)
        stated += [
            ((one.kind, one.value, one.low, one.high, one.se), question.index_test)
            for one, question in zip(printed, asked, strict=True)
            if one.kind != NOT_ASKED
        ]
    held = frozenset(topic.topic for topic in holds(evidence))
    return Reading(held, design, n, tuple(stated))


# Each question of a text: one verdict for each thing that it asks.


def _precision(of: Labelled) -> Iterator[Judged]:
    yield from (Judged(True, "") for _ in of.reading.topics & set(of.slugs("topics")))
    yield from (Judged(False, f"has {slug}") for slug in sorted(of.wrong))


def _recall(of: Labelled) -> Iterator[Judged]:
    for slug in of.slugs("topics"):
        yield Judged(slug in of.reading.topics, f"lacks {slug}")


def _confuser(of: Labelled) -> Iterator[Judged]:
    if of.record["kind"] in CONFUSERS:
        yield Judged(bool(of.wrong), "")


def _look_alikes(of: Labelled) -> Iterator[Judged]:
    for slug in of.slugs("look_alikes"):
        yield Judged(slug not in of.reading.topics, f"{slug} is a look-alike")


def _denied(of: Labelled) -> Iterator[Judged]:
    for slug in of.slugs("denied"):
        yield Judged(slug not in of.reading.topics, f"{slug} is denied")


def _design(of: Labelled) -> Iterator[Judged]:
    wanted = of.record["design"]
    yield Judged(
        wanted in DESIGNS[of.reading.design], f"{wanted or 'none'}, read {of.reading.design}"
    )


def _design_lenient(of: Labelled) -> Iterator[Judged]:
    also = [of.record["design"], *of.record.get("design_lenient", ())]
    allowed = DESIGNS[of.reading.design]
    yield Judged(any(one in allowed for one in also), "")


def _n_right(of: Labelled) -> Iterator[Judged]:
    wanted = of.record["n"]
    yield Judged(of.reading.n == wanted, f"{wanted}, read {of.reading.n}")


def _n_lenient(of: Labelled) -> Iterator[Judged]:
    also = [of.record["n"], *of.record.get("n_lenient", ())]
    yield Judged(of.reading.n in also, "")


def _n_wrong(of: Labelled) -> Iterator[Judged]:
    read_n, wanted = of.reading.n, of.record["n"]
    yield Judged(read_n is not None and read_n != wanted, "")


def _n_missing(of: Labelled) -> Iterator[Judged]:
    yield Judged(of.reading.n is None and of.record["n"] is not None, "")


def _keys(of: Labelled, field: str, *, with_p: bool) -> Counter[Key]:
    each = (key(finding) for finding in of.record.get(field) or ())
    return Counter(one for one in each if with_p or one[0] != "p")


def _stated(of: Labelled, *, with_p: bool) -> Counter[Key]:
    return Counter(one for one, _ in of.reading.figures if with_p or one[0] != "p")


def _finding_precision(*, with_p: bool) -> Question:
    def ask(of: Labelled) -> Iterator[Judged]:
        wanted = _keys(of, "findings", with_p=with_p)
        stated = _stated(of, with_p=with_p)
        extra = stated - wanted - _keys(of, "findings_optional", with_p=with_p)
        yield from (Judged(True, "") for _ in range((wanted & stated).total()))
        yield from (
            Judged(False, f"has {shown(one)}" if with_p else "")
            for one in sorted(extra.elements(), key=repr)
        )

    return ask


def _finding_recall(*, with_p: bool) -> Question:
    def ask(of: Labelled) -> Iterator[Judged]:
        lacking = _keys(of, "findings", with_p=with_p) - _stated(of, with_p=with_p)
        agreed = _keys(of, "findings", with_p=with_p) - lacking
        yield from (Judged(True, "") for _ in range(agreed.total()))
        yield from (
            Judged(False, f"lacks {shown(one)}" if with_p else "")
            for one in sorted(lacking.elements(), key=repr)
        )

    return ask


def _tests(
    of: Labelled, vocabulary: Vocabulary, *, elsewhere: bool
) -> Iterator[tuple[set[str], str | None, Key]]:
    """For each figure whose label names topics as its test: these, the test that was read for it
    (None too where the figure was not read), and the figure. ``elsewhere`` takes in those whose own
    sentence names no test."""
    slugs = {topic.topic for topic in vocabulary.topics}
    read_tests: dict[Key, list[str | None]] = defaultdict(list)
    for one, test in of.reading.figures:
        read_tests[one].append(test)
    for finding in of.record.get("findings") or ():
        named = finding.get("test") or ()
        allowed = {named} if isinstance(named, str) else set(named)
        if not allowed or not allowed <= slugs:
            continue
        tests = read_tests[key(finding)]
        test = tests.pop(0) if tests else None
        if elsewhere or not finding.get("elsewhere"):
            yield allowed, test, key(finding)


def _index_test(outcome: str, vocabulary: Vocabulary, *, elsewhere: bool = False) -> Question:
    def ask(of: Labelled) -> Iterator[Judged]:
        for allowed, test, one in _tests(of, vocabulary, elsewhere=elsewhere):
            got = "missing" if test is None else "right" if test in allowed else "wrong"
            why = f"{shown(one)} is of {'/'.join(sorted(allowed))}, read {test}"
            yield Judged(got == outcome, why if outcome == "right" and elsewhere else "")

    return ask


def _rows(vocabulary: Vocabulary) -> list[tuple[str, Question, bool]]:
    """(name, question, whether yes is good): where it is not, the line counts faults."""
    return [
        ("topics, precision", _precision, True),
        ("topics, recall", _recall, True),
        ("confusers with a wrong topic", _confuser, False),
        ("look-alikes avoided", _look_alikes, True),
        ("denied kept out", _denied, True),
        ("design, strict", _design, True),
        ("design, lenient", _design_lenient, True),
        ("n right", _n_right, True),
        ("n right, lenient", _n_lenient, True),
        ("n wrong", _n_wrong, False),
        ("n missing", _n_missing, False),
        ("findings, precision", _finding_precision(with_p=True), True),
        ("findings, recall", _finding_recall(with_p=True), True),
        ("findings without p values, precision", _finding_precision(with_p=False), True),
        ("findings without p values, recall", _finding_recall(with_p=False), True),
        ("index test right, named in the sentence", _index_test("right", vocabulary), True),
        ("index test wrong, named in the sentence", _index_test("wrong", vocabulary), False),
        ("index test missing, named in the sentence", _index_test("missing", vocabulary), False),
        (
            "index test right, named anywhere",
            _index_test("right", vocabulary, elsewhere=True),
            True,
        ),
        (
            "index test wrong, named anywhere",
            _index_test("wrong", vocabulary, elsewhere=True),
            False,
        ),
    ]


def scores(texts: Sequence[Labelled], vocabulary: Vocabulary) -> list[Score]:
    """The lines of the table for some texts."""
    return [_score(name, ask, texts, good=good) for name, ask, good in _rows(vocabulary)]


def _score(name: str, ask: Question, texts: Sequence[Labelled], *, good: bool) -> Score:
    said = [(of.record["id"], verdict) for of in texts for verdict in ask(of)]
    misses = tuple(f"{i}: {one.why}" for i, one in said if one.is_right != good and one.why)
    return Score(name, sum(one.is_right for _, one in said), len(said), misses=misses)


def report(folder: Path, vocabulary: Vocabulary) -> str:
    """Both halves side by side, and every miss of the open half. Raises InputError where the
    folder holds no labelled texts."""
    texts = [labelled(record, vocabulary) for record in read(folder)]
    opened, sealed = (
        scores([of for of in texts if half(of.record) == name], vocabulary) for name in HALVES
    )
    rows = [
        (one.what, *_cells(one), *_cells(other)) for one, other in zip(opened, sealed, strict=True)
    ]
    head = ("what", "open half", "of", "sealed half", "of")
    listed = [f"{score.what}, {miss}" for score in opened for miss in score.misses]
    return "\n\n".join(
        [table(head, rows), folded(f"Every miss of the open half: {len(listed)}", listed)]
    )


def _cells(score: Score) -> tuple[str, str]:
    return str(score.rate), f"{score.right:,} of {score.total:,}"
