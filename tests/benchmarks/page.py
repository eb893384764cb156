"""The table of a subject, and its place in docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from inspect import cleandoc

HEAD = """\
<!-- Made by `make bench`: run it again, do not edit. -->

# Benchmarks

`make bench` measures anew and writes this page; with `SUBJECT=harvest`, that subject alone.
A figure is set against a floor, which no program could go below, or against a peer, another way
to do the same, measured in the same run. The ratio is the figure divided by that. A bar is what
the ratio has to keep; where it does not, the row says *missed*.
"""
COLUMNS = ("what", "figure", "floor or peer", "ratio", "bar")


@dataclass(frozen=True)
class Row:
    """One figure. ``against`` is the floor or the peer, in the same ``unit``, and ``which`` says
    what that is; ``bar`` is the most that the ratio may be, None where nothing was promised."""

    name: str
    figure: float
    unit: str
    against: float
    which: str
    bar: float | None = None

    @property
    def ratio(self) -> float:
        return self.figure / self.against

    @property
    def missed(self) -> bool:
        return self.bar is not None and self.ratio > self.bar

    def cells(self) -> tuple[str, ...]:
        bar = "" if self.bar is None else f"≤ {self.bar:.2f}" + ", missed" * self.missed
        floor = f"{_shown(self.against, self.unit)} ({self.which})"
        return self.name, _shown(self.figure, self.unit), floor, f"{self.ratio:.2f}", bar


def _shown(value: float, unit: str) -> str:
    return f"{value:,.2f} {unit}" if unit == "s" else f"{value:,.0f} {unit}"


def line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def section(subject: str, about: str, measured: str, rows: Sequence[Row]) -> str:
    """A subject as it stands in the page; ``measured`` says when, where and with what."""
    table = [line(COLUMNS), "|---|---|---|---|---|", *(line(row.cells()) for row in rows)]
    return "\n".join([f"## {subject}", "", cleandoc(about), "", measured, "", *table, ""])


def sections(page: str) -> dict[str, str]:
    """The sections of a page by their subject."""
    parts = re.split(r"(?m)^(?=## )", page)[1:]
    return {part[3:].partition("\n")[0]: part.rstrip("\n") + "\n" for part in parts}


def page(found: Mapping[str, str]) -> str:
    return "\n".join([HEAD, *(found[subject] for subject in sorted(found))])


def circumstances(day: str, load: float, versions: Mapping[str, str]) -> str:
    """The machine, without its name, and what ran on it."""
    told = " · ".join(f"{name} {version}" for name, version in versions.items())
    return (
        f"Measured on {day}: {_processor()}, {os.cpu_count()} cores, {platform.system()} "
        f"{platform.machine()}, load {load:.1f} before · Python {platform.python_version()} · "
        f"SQLite {sqlite3.sqlite_version} · {told}."
    )


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as told:  # noqa: PTH123 (no file on a disk)
            found = re.search(r"(?m)^model name\s*: (.*)$", told.read())
    except OSError:
        found = None
    return found[1].strip() if found else platform.processor() or "processor unknown"
