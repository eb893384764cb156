"""A page of measurements, a part a subject, each rewritten by its own command."""

from __future__ import annotations

import re
from pathlib import Path

from kb.errors import InputError
from kb.outputs import put_in_place, spare_databases

HEAD = """\
# Measured quality

What `kb evaluate` measured. Each part is written by the command that stands in it; run it again
rather than edit the page. Real records and the labels of others are not bundled: they are not ours
to give away. The labelled texts for topics are our own and stand in `tests/fixtures/labelled/`.
"""


def write_part(page: Path, subject: str, title: str, text: str) -> None:
    """Put a part in the page in place of the one of that subject, at the end where there is
    none.

    Raises InputError where the page is no text, and what ``kb.outputs.put_in_place`` raises.
    """
    spare_databases(page)
    try:
        before = page.read_text(encoding="utf-8") if page.exists() else HEAD
    except UnicodeDecodeError as error:
        raise InputError(f"{page}: is no text in UTF-8, and was left alone.") from error
    part = f"<!-- {subject} -->\n\n## {title}\n\n{text.strip()}\n\n<!-- end of {subject} -->\n"
    there = re.compile(rf"<!-- {subject} -->\n.*<!-- end of {subject} -->\n", re.DOTALL)
    if there.search(before):
        after = there.sub(lambda _: part, before)
    else:
        after = f"{before.rstrip()}\n\n{part}"
    put_in_place({page: [after.encode()]})
