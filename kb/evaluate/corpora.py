"""What is read in texts of public labelled sets, against the labels of others."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Iterable, Iterator, Sequence, Set
from pathlib import Path

from kb.appraisal.arithmetic import sums
from kb.appraisal.evidence import study
from kb.appraisal.figures import figures
from kb.appraisal.printed_sums import Sum
from kb.errors import ConfigError
from kb.evaluate import evidence_labels, participants, question_abstracts
from kb.evaluate.evidence_labels import MarkedEvidence
from kb.evaluate.intervals import Proportion
from kb.evaluate.participants import Marked
from kb.evaluate.question_abstracts import QuestionAbstract
from kb.evaluate.table import folded, table

TRIALS = Path("ebmnlp_pico_bio") / "test.txt"
EVIDENCE = Path("evidence_inference") / "v2_annotations.csv.gz"
QUESTIONS = Path("pubmedqa_ori_pqal.json.gz")
RANDOM = re.compile("random", re.IGNORECASE)
RANDOMISED = {"randomised trial", "pragmatic trial", "equivalence trial", "phase III trial"}
DESIGNS = """\
### Designs of trials

The {abstracts} abstracts of EBM-NLP are of randomised trials, as its makers say (Nye et al. 2018);
not every one of them says it itself. The design is read from the words alone, without publication
type and MeSH, by which PubMed's records mostly tell it.

"""
P_VALUES = """\
### p values

In {passages:,} passages of trials (evidence-inference; DeYoung et al. 2020) physicians marked what
tells whether an outcome differed, and labelled it. A p value that is read has to lie on the side of
the label. Passages are named by the number of their prompt.

"""
SECTIONS = """\
### Sections

{abstracts:,} abstracts of PubMedQA (Jin et al. 2019) have the publishers' headings. They are
printed here in one paragraph, with headings such as "Methods:", and told apart again; a heading of
two kinds may be taken for either.

"""
MESH_DESIGNS = """\
### Designs against MeSH

The same abstracts have MeSH headings of NLM's indexers, who read the whole paper and may give
several designs; here one is read from title and abstract.

"""
RECOMPUTED = """\
### Figures that do not add up

Nobody labelled these: what is [recomputed](arithmetic.md) in the same texts. Each that differs has
to be read.

"""
LISTS = """\
### Lists of PMIDs

CLEF-TAR's reviews of diagnostic accuracy, SIGIR 2017 and SYNERGY hold PMIDs without texts: they can
judge which papers a base has (`kb evaluate recall`), not what is read in them.

"""


def report(folder: Path) -> str:
    """All that the sets in a folder can judge, each on its own. Raises ConfigError where none of
    those with texts is there."""
    trials = participants.read(folder / TRIALS) if (folder / TRIALS).is_file() else []
    evidence = evidence_labels.read(folder / EVIDENCE) if (folder / EVIDENCE).is_file() else []
    questions = (
        question_abstracts.read(folder / QUESTIONS) if (folder / QUESTIONS).is_file() else []
    )
    if not (trials or evidence or questions):
        raise ConfigError(
            f"{folder} holds none of {TRIALS}, {EVIDENCE} and {QUESTIONS}. These sets are public,"
            " and not bundled: name the folder that has them with --labelled."
        )
    each = []
    if trials:
        each.append(DESIGNS.format(abstracts=len(trials)) + trial_designs(trials))
    if evidence:
        about = P_VALUES.format(passages=len(evidence))
        each.append(about + evidence_labels.report(evidence))
    if questions:
        about = SECTIONS.format(abstracts=len(questions))
        each.append(about + question_abstracts.section_report(questions))
        each.append(MESH_DESIGNS + question_abstracts.design_report(questions))
    each.append(RECOMPUTED + recomputed(trials, evidence, questions))
    return "\n\n".join([*each, LISTS + lists(folder)])


def trial_designs(abstracts: Sequence[Marked]) -> str:
    """Which designs are read where all are randomised trials."""
    told = [(each, study([], [], [("abstract", each.text)], None).design) for each in abstracts]
    kinds = sorted({design for _, design in told}, key=lambda each: (each not in RANDOMISED, each))
    rows, listed = [], []
    for kind in kinds:
        here = [each for each, design in told if design == kind]
        says = [each.pmid for each in here if RANDOM.search(each.text)]
        rows.append((kind, len(here), len(says)))
        if kind not in RANDOMISED:
            others = sorted({each.pmid for each in here} - set(says))
            listed += [f"{kind}, and the text says random:", f"    {' '.join(map(str, says))}"]
            listed += [f"{kind}, and it does not:", f"    {' '.join(map(str, others))}"]
    right = sum(design in RANDOMISED for _, design in told)
    said = sum(RANDOM.search(each.text) is not None for each, _ in told)
    right_of_said = sum(n for kind, _, n in rows if kind in RANDOMISED)
    return (
        f"{table(('design', 'abstracts', 'of these with the word random'), rows)}\n\n"
        f"Randomised: {Proportion(right, len(told))}; of those with the word"
        f" {Proportion(right_of_said, said)}.\n\n"
        f"{folded('Those that are taken for something else', listed)}"
    )


def recomputed(
    trials: Iterable[Marked],
    evidence: Iterable[MarkedEvidence],
    questions: Iterable[QuestionAbstract],
) -> str:
    # A passage of a trial is marked for several questions.
    passages = {one.text: one.prompt for one in evidence}
    texts = {
        "EBM-NLP": [(each.pmid, each.text) for each in trials],
        "PubMedQA": [(each.pmid, each.plain) for each in questions],
        "evidence-inference": [(prompt, text) for text, prompt in passages.items()],
    }
    rows, listed = [], []
    for name, each in texts.items():
        made = [(of, one) for of, text in each for one in _sums(text)]
        differing = [(of, one) for of, one in made if one.verdict == "differs"]
        rows.append((name, len(each), len(made), len(differing)))
        listed += [f"{name} {of}, {one.kind}: {one.words}" for of, one in differing]
    head = ("set", "texts", "numbers recomputed", "that differ")
    return f"{table(head, rows)}\n\n{folded('Those that differ', listed)}"


def _sums(text: str) -> list[Sum]:
    return sums("abstract", text, figures(text))


def lists(folder: Path) -> str:
    rows = [(name, len(all_of), len(relevant)) for name, all_of, relevant in _lists(folder)]
    return table(("list", "PMIDs", "relevant"), rows)


def _lists(folder: Path) -> Iterator[tuple[str, Set[int], Set[int]]]:
    for file in sorted(folder.glob("clef_tar_*/**/*abs*")):
        if file.is_file():
            lines = _text(file).splitlines()
            rows = [line.split() for line in lines if line.strip()]
            relevant = {int(row[2]) for row in rows if row[3] != "0"}
            yield f"CLEF-TAR {file.name.split('.gz')[0]}", {int(row[2]) for row in rows}, relevant
    cited = folder / "sigir2017" / "citations.json.gz"
    if cited.is_file():
        numbered = [
            (int(match[1]), entry["included"])
            for entry in json.loads(_text(cited))
            if (match := re.search(r"/pubmed/([0-9]+)", entry["url"] or ""))
        ]
        yield "SIGIR 2017", {pmid for pmid, _ in numbered}, {pmid for pmid, of in numbered if of}
    yield from map(_screened, sorted((folder / "synergy").glob("*_ids.csv")))


def _screened(file: Path) -> tuple[str, Set[int], Set[int]]:
    with file.open(encoding="utf-8", newline="") as opened:
        numbered = [
            (int(row["pmid"].rsplit("/", 1)[1]), row["label_included"] == "1")
            for row in csv.DictReader(opened)
            if row["pmid"]
        ]
    name = f"SYNERGY {file.stem.removesuffix('_ids')}"
    return name, {pmid for pmid, _ in numbered}, {pmid for pmid, of in numbered if of}


def _text(file: Path) -> str:
    if file.suffix == ".gz":
        with gzip.open(file, "rt", encoding="utf-8") as packed:
            return packed.read()
    return file.read_text(encoding="utf-8")
