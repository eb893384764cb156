"""The commands `kb evaluate`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import click

from kb.commands import EXISTING, FILE, STDOUT, STREAM, data_option
from kb.errors import ConfigError

CITATIONS = 10_000
PARTICIPANTS = Path("labelled") / "ebmnlp_pico_bio" / "test.txt"
REFERENCES = """\
```text
kb evaluate references --pubmed DIR --papers FILE --out docs/evaluation.md
```

Which work is a citation, from its text alone? *Real strings*: works that two of the records cite
in differing words; one text is a candidate among all cited works, the other, its identifiers
hidden, the question. *Rendered*: citations printed from the records in five styles, with faults;
for every second one its paper is left out, and the right answer is none. *PDQ reference list*: the
citations of NCI's summary on {disease} against a table of papers. {records:,} records were
read. The rules were written with these records in view, but with citations printed from other
seeds; the reference list was first looked at when they stood.

"""
TOPICS = """\
```text
kb evaluate topics --texts tests/fixtures/labelled --out docs/evaluation.md
```

Topics, designs, sample sizes and figures of 300 invented texts, half of them traps, against labels
that were given by [rules of their own](../tests/fixtures/labelled/README.md). Text in brackets is
the 95 % interval of Wilson; for F1 it is taken over 2 TP of 2 TP + FP + FN, which is only nearly
right. What to hold against these numbers:

- The rules were tuned on the odd texts: the tuning half says how well the rules could be fitted.
- The reporting half was kept apart, text by text, but its totals were looked at while the rules
  were tuned. Take its numbers as a little too good.
- Texts, first labels and the second reading of 60 texts are by one hand. The third reading, of 60
  other texts of the reporting half, is by a reader who had seen neither the rules of the tagger nor
  the first labels. No clinician has checked a label, and the readers are of one kind: two experts
  would agree less, and real abstracts are longer and messier.

"""
FRESH = """\
```text
kb evaluate fresh --texts tests/fixtures/fresh --out docs/evaluation.md
```

What is read in 260 invented abstracts, 154 of the field, 53 near and 53 far confusers, against
labels of three readers (120, 120 and 20 texts), who had seen neither the rules nor what they give
([guide](../tests/fixtures/fresh/README.md)). In brackets the 95 % interval of Wilson. Rules may be
tuned on the open half, so its figures will come to say how well rules can be fitted; of the sealed
half only counts are told. Lines on what is wrong or missing count faults: there less is better.
No reader is a clinician, and each text has the labels of one alone.

"""
MESH = """\
```text
kb evaluate mesh --pubmed DIR --out docs/evaluation.md
```

Imaging modalities that title, abstract and keywords tell, against the MeSH headings of the same
{records:,} records. MeSH is not the truth, and neither is the text: indexers read the whole paper
and file what it is about, the rules tag what a text speaks of. Precision is the share of the text's
modalities that MeSH has too, recall the share of MeSH's that the text tells; in brackets the 95 %
interval of Wilson. Few of these records are about imaging, so most intervals are wide. A modality
counts with the narrower ones below it. Records are named by PMID: their words are not ours to
print.

"""
SIZES = """\
### Sample sizes

Nobody labelled sample sizes in the records at hand. In {abstracts} abstracts of trials (EBM-NLP)
people marked the words that describe participants: a sample size has to stand within them. A number
in them that was not read may also be an age.

"""
CORPORA = """\
```text
kb evaluate corpora --labelled DIR --out docs/evaluation.md
```

What is read in texts of public sets, against the labels of those who made them. No rule was made
for these sets, and no word of theirs stands here: what is missed is named by PMID. Few of the texts
are of this field. In brackets the 95 % interval of Wilson.

"""
RECALL = """\
```text
kb evaluate recall --db kb.db --gold FILE --as-of DATE --out docs/evaluation.md
```

Relevant PMIDs of {gold} against base {base}{as_of}. Recall is the share of the relevant that the
base holds, precision the share of its records that are relevant; in brackets the 95 % interval of
Wilson.

"""

PUBMED = click.option(
    "--pubmed",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of real records, which are not bundled: xml/ holds PubMed files.",
)


def out_option(part: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return click.option(
        "--out",
        type=STREAM,
        help=f"Page whose part on {part} is rewritten. Default: print it.",
    )


@click.group()
def evaluate() -> None:
    """Measure how good the base is, against records and labels."""


@evaluate.command()
@PUBMED
@click.option(
    "--papers",
    type=EXISTING,
    help="Table of papers, tab-separated, for the PDQ citations in the folder's DISEASE/."
    " Default: they are not measured.",
)
@out_option("references")
def references(pubmed: Path | None, papers: Path | None, out: Path | None) -> None:
    """Count the citation texts that are resolved to the right work, to a wrong one and to none."""
    # Here, not above: what it needs takes a while to load.
    from kb.evaluate import references as measure

    pubmed = _with_records(pubmed, "references")
    records = measure.read_records(pubmed / "xml")
    measured = [
        measure.real_strings(records),
        *(measure.rendered(records, CITATIONS, faults) for faults in (1, 2)),
    ]
    disease = "a disease"
    if papers:
        citations = measure.pdq_list(pubmed)
        disease = citations.parent.name
        measured.append(measure.listed(citations, papers))
    about = REFERENCES.format(records=len(records), disease=disease) + "\n"
    _publish(out, "references", "References", about, measure.report(measured))


@evaluate.command()
@click.option(
    "--texts",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of labelled texts, as tests/fixtures/labelled is one.",
)
@data_option
@out_option("topics")
def topics(texts: Path, data: Path, out: Path | None) -> None:
    """Compare topics, designs, sample sizes and figures with the labels of a set of texts."""
    from kb.evaluate.labels import report
    from kb.tagging.topics import load

    text = report(texts, load(data / "topics.yml"))
    _publish(out, "topics", "Topics and evidence", TOPICS, text)


@evaluate.command()
@click.option(
    "--texts",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of labelled texts, as tests/fixtures/fresh is one.",
)
@data_option
@out_option("fresh texts")
def fresh(texts: Path, data: Path, out: Path | None) -> None:
    """Compare what is read in texts that no rule was made for with their labels."""
    from kb.evaluate.fresh_texts import report
    from kb.tagging.topics import load

    text = report(texts, load(data / "topics.yml"))
    _publish(out, "fresh texts", "Fresh texts", FRESH, text)


@evaluate.command()
@PUBMED
@data_option
@out_option("MeSH")
def mesh(pubmed: Path | None, data: Path, out: Path | None) -> None:
    """Compare the imaging modalities that words of real records tell with the records' MeSH."""
    from kb.evaluate import mesh_indexing, participants
    from kb.evaluate.references import read_records
    from kb.tagging.topics import load

    pubmed = _with_records(pubmed, "mesh")
    records = read_records(pubmed / "xml")
    compared = mesh_indexing.compare(records.values(), load(data / "topics.yml"))
    text = mesh_indexing.report(compared)
    if (pubmed / PARTICIPANTS).is_file():
        abstracts = participants.read(pubmed / PARTICIPANTS)
        about = SIZES.format(abstracts=len(abstracts))
        text += f"\n\n{about}{participants.report(abstracts)}"
    _publish(out, "mesh", "Topics against MeSH", MESH.format(records=compared.records), text)


@evaluate.command()
@click.option(
    "--labelled",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of public labelled sets, which are not bundled: EBM-NLP, evidence-inference and"
    " PubMedQA, and CLEF-TAR and SIGIR where they are there.",
)
@out_option("labelled sets")
def corpora(labelled: Path, out: Path | None) -> None:
    """Compare what is read in texts of public sets with the labels of those who made them."""
    from kb.evaluate.corpora import report

    _publish(out, "labelled sets", "Labelled sets of others", CORPORA, report(labelled))


@evaluate.command()
@click.option("--db", required=True, type=FILE, help="The kb.db to measure.")
@click.option(
    "--gold",
    required=True,
    type=EXISTING,
    help="The relevant PMIDs, one a line or as TREC's qrels.",
)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Day of the search behind the list, such as 2018-07-08: what PubMed added later is left"
    " out. Default: nothing is.",
)
@out_option("recall")
def recall(db: Path, gold: Path, as_of: datetime | None, out: Path | None) -> None:
    """Compare what a base holds with a list of relevant papers: how many are found, by which
    seeds, and how many have to be read for one."""
    from kb.evaluate import recall as measure

    day = as_of.date().isoformat() if as_of else None
    relevant = measure.read_gold(gold)
    held = measure.retrieved(db, day)
    about = RECALL.format(gold=gold.name, base=held.base_id, as_of=f", as of {day}" if day else "")
    _publish(out, "recall", "Recall", about, measure.report(relevant, held))


def _with_records(pubmed: Path | None, command: str) -> Path:
    if pubmed is None or not (pubmed / "xml").is_dir():
        raise ConfigError(
            f"kb evaluate {command} needs real PubMed records, which are not bundled: "
            f"{f'{pubmed} has no folder xml' if pubmed else 'none were given'}. Name a folder "
            "with PubMed files in xml/: --pubmed DIR"
        )
    return pubmed


def _publish(out: Path | None, subject: str, title: str, about: str, text: str) -> None:
    from kb.evaluate.page import write_part

    if out and out is not STDOUT:
        write_part(out, subject, title, about + text)
        click.echo(f"Wrote {out}.")
    else:
        click.echo(text)
