"""The commands `kb evaluate`."""

from __future__ import annotations

from pathlib import Path

import click

from kb.errors import ConfigError

CITATIONS = 10_000
ABOUT = """\
```text
kb evaluate references --pubmed DIR --papers FILE --out docs/evaluation.md
```

Which work is a citation, from its text alone? *Real strings*: works that two of the records cite
in differing words; one text is a candidate among all cited works, the other, its identifiers
hidden, the question. *Rendered*: citations printed from the records in five styles, with faults;
for every second one its paper is left out, and the right answer is none. *PDQ reference list*: the
citations of NCI's summary on neuroblastoma against a table of papers. {records:,} records were
read. The rules were written with these records in view, but with citations printed from other
seeds; the reference list was first looked at when they stood.

"""


@click.group()
def evaluate() -> None:
    """Measure how good the base is, on records and labels that are not bundled."""


@evaluate.command()
@click.option(
    "--pubmed",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of real records: xml/ holds PubMed files, neuroblastoma/ the PDQ citations.",
)
@click.option(
    "--papers",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help="Table of papers for the PDQ citations, tab-separated. Default: they are not measured.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Page whose part on references is rewritten. Default: print it.",
)
def references(pubmed: Path | None, papers: Path | None, out: Path | None) -> None:
    """Count the citation texts that are resolved to the right work, to a wrong one and to none."""
    # Here, not above: what it needs takes a while to load.
    from kb.evaluate import references as measure
    from kb.evaluate.page import write_part

    if pubmed is None or not (pubmed / "xml").is_dir():
        raise ConfigError(
            "kb evaluate references needs real PubMed records, which are not bundled: "
            f"{f'{pubmed} has no folder xml' if pubmed else 'none were given'}. Name a folder "
            "with PubMed files in xml/: --pubmed DIR"
        )
    records = measure.read_records(pubmed / "xml")
    measured = [
        measure.real_strings(records),
        *(measure.rendered(records, CITATIONS, faults) for faults in (1, 2)),
    ]
    if papers:
        measured.append(measure.listed(pubmed / measure.PDQ, papers))
    text = measure.report(measured)
    if out:
        write_part(
            out, "references", "References", ABOUT.format(records=len(records)) + "\n" + text
        )
        click.echo(f"Wrote {out}.")
    else:
        click.echo(text)
