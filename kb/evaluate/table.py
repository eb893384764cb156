"""Parts of a page in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The first column to the left, the others, which hold numbers, to the right."""
    top, *lines = (f"| {' | '.join(map(_cell, line))} |" for line in [head, *rows])
    return "\n".join([top, "|---" + "|---:" * (len(head) - 1) + "|", *lines])


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value).replace("|", "\\|")


def folded(summary: str, lines: Iterable[str]) -> str:
    """A block that opens at a click, each line as it is."""
    inside = "\n".join(["```text", *lines, "```"])
    return f"<details><summary>{summary}</summary>\n\n{inside}\n\n</details>"
