"""A page of measurements, a part a subject, each rewritten by its own command."""

from __future__ import annotations

import re
from pathlib import Path

HEAD = """\
# Measured quality

What `kb evaluate` measured. Each part is written by the command that stands in it; run it again
rather than edit the page. Real records and the labels of others are not bundled: they are not ours
to give away. The labelled texts for topics are our own and stand in `tests/fixtures/labelled/`.
"""


def write_part(page: Path, subject: str, title: str, text: str) -> None:
    """Put a part in the page in place of the one of that subject, at the end where there is
    none."""
    before = page.read_text(encoding="utf-8") if page.exists() else HEAD
    part = f"<!-- {subject} -->\n\n## {title}\n\n{text.strip()}\n\n<!-- end of {subject} -->\n"
    there = re.compile(rf"<!-- {subject} -->\n.*<!-- end of {subject} -->\n", re.DOTALL)
    if there.search(before):
        after = there.sub(lambda _: part, before)
    else:
        after = f"{before.rstrip()}\n\n{part}"
    page.write_text(after, encoding="utf-8")
