"""Measure, print and write docs/benchmarks.md.

    make bench                      all subjects
    make bench SUBJECT=harvest      one; the tables of the others stay

Figures that miss their bar are printed and written like the others; the exit code is then 1.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import click

from benchmarks.page import COLUMNS, Row, circumstances, line, page, section, sections

SUBJECTS = ("build", "crossref", "graph", "harvest", "references", "resolver", "tagging")
PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "benchmarks.md"


def main(wanted: Sequence[str]) -> int:
    if unknown := set(wanted) - set(SUBJECTS):
        click.echo(
            f"No such subject: {', '.join(sorted(unknown))}. There are: {', '.join(SUBJECTS)}"
        )
        return 2
    missed = [row for subject in wanted or SUBJECTS for row in measured(subject) if row.missed]
    click.echo(f"{len(missed)} figures miss their bar.")
    return 1 if missed else 0


def measured(subject: str) -> list[Row]:
    """Measure a subject and put its table in the page."""
    module = import_module(f"benchmarks.{subject}")
    load = os.getloadavg()[0]
    rows = []
    click.echo(f"{subject}\n{line(COLUMNS)}")
    for row in module.rows():
        rows.append(row)
        click.echo(line(row.cells()))
    told = circumstances(
        f"{datetime.now(UTC):%Y-%m-%d}", load, {name: version(name) for name in module.LIBRARIES}
    )
    before = sections(PAGE.read_text(encoding="utf-8")) if PAGE.exists() else {}
    found = before | {subject: section(subject, module.__doc__ or "", told, rows)}
    PAGE.write_text(page(found), encoding="utf-8")
    return rows


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
