"""Papers by year: what a chart shows. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Bar:
    """A column of a chart: a year, its papers and its height in a hundred."""

    year: int
    papers: int
    height: float


@dataclass(frozen=True)
class Years:
    """A column for every year from the first to the last, empty ones too, and the papers that have
    none."""

    bars: list[Bar]
    undated: int


def years(papers: int, counted: Mapping[int, int]) -> Years:
    """The years of so many papers, of which ``counted`` tells those of each year."""
    return Years(bars(counted), papers - sum(counted.values()))


def bars(counted: Mapping[int, int]) -> list[Bar]:
    most = max(counted.values(), default=0)
    return [
        Bar(year, counted.get(year, 0), 100 * counted.get(year, 0) / most)
        for year in (range(min(counted), max(counted) + 1) if counted else ())
    ]
