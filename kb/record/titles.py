"""Titles as one cites them. Pure."""

from __future__ import annotations

import re

# What NLM prints where there is no title in English.
PLACEHOLDER = re.compile(
    r"\W*(?:(?:english )?(?:title )?not available|no title(?: available)?|in process citation)\W*",
    re.IGNORECASE,
)
# Words whose full stop is theirs and not the sentence's; NO and CO at an end are gases.
STOP_OF_A_WORD = re.compile(
    r"(?:\b(?:et al|etc|Jr|Sr|Inc|Ltd|Co|Corp|spp?|ssp|subsp|var|nov|comb|e\.g|i\.e)"
    r"|(?<![^\W_])(?:[^\W\d_]\.\s?)+[^\W\d_]|\.)\.$"
)


def is_placeholder(title: str) -> bool:
    """Whether a title only says that there is none: [Not Available]."""
    return PLACEHOLDER.fullmatch(title) is not None


def without_stop(title: str) -> str:
    """The title without the full stop that PubMed ends each with, as reference managers have it.

    The stop of an abbreviation (et al., U.S.A., sp. nov.) stays, as do "?", "!" and dots of
    omission.
    """
    # Only its end is looked at: the words of an end are short.
    if not title.endswith(".") or STOP_OF_A_WORD.search(title, max(0, len(title) - 40)):
        return title
    return title[:-1].rstrip()
