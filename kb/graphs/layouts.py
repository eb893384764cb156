"""Where to draw works on a map by their years. By what cites what: ``kb.graphs.force``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.graphs.graph import Positions

# Left of the first year stands what has no year.
UNDATED = 2


def by_year(years: Sequence[int | None], community: Positions, cited_by: Positions) -> Positions:
    """Year and lane of every work, a row each. Within a year the communities lie one above the
    other in the order of their numbers, in each the most cited work first, and what has none is
    last; a work without a year stands two years before the first."""
    known = [year for year in years if year is not None]
    before = min(known) - UNDATED if known else 0
    column = np.array([before if year is None else year for year in years], dtype=np.int64)
    size = len(column)
    last = np.where(community > 0, community, size + 1)
    order = np.lexsort((np.arange(size), -cited_by, last, column))
    sorted_columns = column[order]
    lane = np.empty(size, dtype=np.int64)
    lane[order] = np.arange(size) - np.searchsorted(sorted_columns, sorted_columns)
    return np.column_stack([column, lane])
