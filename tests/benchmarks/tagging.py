"""Topics in titles and abstracts, on one core, in processor time: the whole of `tag` with all its
rules, and the matcher alone, which is the pass of the automaton over texts in plain form.

The texts are the real PubMed records kept beside the checkout, of about 1,500 characters; where
they are not there, the labelled texts of the tests, which are shorter and full of terms. The peers
look for the same phrases in the same plain texts and apply no rule. flashtext and a regular
expression find no more than one of several overlapping phrases, so they find less; spaCy finds
them all, its time includes that of its tokeniser. A peer that is not installed is left out.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from benchmarks.page import Row
from kb.evaluate.labels import passages, read
from kb.record.pubmed import parse
from kb.record.recordset import read_file
from kb.tagging.matcher import Matcher, matcher, single_spaced
from kb.tagging.topics import Vocabulary, load, tag
from kb.tagging.wording import spaced

ROOT = Path(__file__).resolve().parent.parent.parent
REAL = ROOT.parent / "shared" / "pubmed" / "xml"
PEERS = ("flashtext", "spacy")
LIBRARIES = ("pyahocorasick", *(name for name in PEERS if find_spec(name)))
RECORDS = 10_000
ALL_RULES, MATCHER = 6_000, 45_000
REPEATS = 5
# The last state in which designs, counts and figures each looked for their words by themselves.
BEFORE = "46b80fb"
GIT = ("git", "-c", "core.quotepath=off")
ONCE = Path(__file__).resolve().parent / "_reading_once.py"
FASTER = 0.5
# A regular expression of all phrases is so slow that a sample has to do.
SAMPLE = 40

Passages = list[tuple[str, str]]


def rows() -> Iterator[Row]:
    vocabulary = load(ROOT / "data" / "topics.yml")
    ready = matcher(vocabulary)
    texts = list(records())
    plains = in_plain_form(texts)
    alone = seconds(lambda: _run(ready, plains), len(texts))
    yield Row(
        "tag with all rules",
        seconds(lambda: _tag(vocabulary, texts), len(texts)),
        *("s", RECORDS / ALL_RULES, f"{ALL_RULES:,} records a second", 1.0),
    )
    yield Row("matcher alone", alone, "s", RECORDS / MATCHER, f"{MATCHER:,} records a second", 1.0)
    phrases = sorted(key.strip() for key in ready.automaton)
    for name, peer in (("flashtext", _flashtext), ("spacy", _spacy)):
        if find_spec(name) is None:
            click.echo(f"left out, since {name} is not installed")
            continue
        yield Row("matcher alone", alone, "s", seconds(peer(phrases, plains), len(texts)), name)
    yield from beside_before()
    few = texts[:SAMPLE]
    expression = seconds(_expression(phrases, in_plain_form(few)), len(few), repeats=1)
    yield Row("matcher alone", alone, "s", expression, "one regular expression")


def beside_before() -> Iterator[Row]:
    """Tagging and appraisal together, and the same of the code before they read in one pass."""
    if not REAL.is_dir():
        click.echo("tagging and appraisal together: left out, since there are no real records")
        return
    with TemporaryDirectory() as folder:
        code = subprocess.run(
            [*GIT, "archive", BEFORE, "kb", "data"], cwd=ROOT, capture_output=True, check=False
        )
        if code.returncode:
            click.echo(f"left out, since the history holds no {BEFORE}")
            return
        with tarfile.open(fileobj=BytesIO(code.stdout)) as tree:
            tree.extractall(folder, filter="data")
        now, before = zip(
            *((_once(ROOT), _once(Path(folder))) for _ in range(REPEATS)), strict=True
        )
    name = "tagging and appraisal together"
    figures = (min(now) * RECORDS, "s", min(before) * RECORDS, "before one pass for all")
    yield Row(name, *figures, FASTER)


def _once(tree: Path) -> float:
    """Seconds a record with the code of a tree."""
    command = [sys.executable, str(ONCE), str(REAL), str(tree / "data")]
    told = subprocess.run(
        command, env={"PYTHONPATH": str(tree)}, capture_output=True, text=True, check=True
    )
    return float(told.stdout)


def records() -> Iterator[Passages]:
    """Title and abstract of each record."""
    if not REAL.is_dir():
        click.echo(f"the labelled texts, since there is no folder {REAL}")
        yield from map(passages, read(ROOT / "tests" / "fixtures" / "labelled"))
        return
    for path in sorted(REAL.iterdir()):
        for record in read_file(path):
            if record.kind == "record":
                article = parse(record.xml)
                if article.abstract:
                    yield [p for p in article.passages if not p[0].startswith("keyword")]


def in_plain_form(texts: Sequence[Passages]) -> list[str]:
    return [single_spaced(f" {spaced(text)} ") for record in texts for _, text in record]


def seconds(run: Callable[[], object], count: int, repeats: int = REPEATS) -> float:
    """The best processor time of several, for RECORDS records."""
    return min(map(_timed, [run] * repeats)) * RECORDS / count


def _timed(run: Callable[[], object]) -> float:
    began = time.process_time()
    run()
    return time.process_time() - began


def _tag(vocabulary: Vocabulary, texts: Sequence[Passages]) -> None:
    for record in texts:
        tag(vocabulary, record, [])


def _run(ready: Matcher, plains: Sequence[str]) -> None:
    for text in plains:
        for _ in ready.automaton.iter(text):
            pass


def _flashtext(phrases: Sequence[str], plains: Sequence[str]) -> Callable[[], object]:
    processor = import_module("flashtext").KeywordProcessor()
    processor.add_keywords_from_list(list(phrases))
    return lambda: [processor.extract_keywords(text, span_info=True) for text in plains]


def _spacy(phrases: Sequence[str], plains: Sequence[str]) -> Callable[[], object]:
    language = import_module("spacy").blank("en")
    found = import_module("spacy.matcher").PhraseMatcher(language.vocab)
    found.add("term", [language.make_doc(phrase) for phrase in phrases])
    return lambda: [found(language.make_doc(text)) for text in plains]


def _expression(phrases: Sequence[str], plains: Sequence[str]) -> Callable[[], object]:
    longest_first = sorted(phrases, key=len, reverse=True)
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")
    return lambda: [pattern.findall(text) for text in plains]


if __name__ == "__main__":
    sys.stdout.writelines(f"{' | '.join(row.cells())}\n" for row in rows())
