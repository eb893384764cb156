"""Lists of papers and their pages."""

from __future__ import annotations

import re
from pathlib import Path

from serving import text_of
from specimen_site import (
    Get,
    all_pmids,
)

from kb.site import lists


def test_lists_are_paged_without_losing_or_repeating_a_paper(get: Get, base: Path) -> None:
    last = -(-len(all_pmids(base)) // lists.PAGE_SIZE)
    listed = [
        int(pmid)
        for page in range(1, last + 1)
        for pmid in re.findall(r'<h3>.*?href="/paper/(\d+)"', get(f"/search?page={page}").text)
    ]
    assert sorted(listed) == all_pmids(base)
    assert f"There is no page {last + 1}" in text_of(get(f"/search?page={last + 1}"))
