"""The reference standard against which a paper says that it judged a test, in its words. Pure.

Only what the paper did is read: "histology was the reference standard", "against biopsy as the gold
standard". What "is considered the gold standard" tells what others hold, and is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kb.appraisal.measures import Figure, Span
from kb.reading.literals import Finder
from kb.record.sentences import plain, sentences

STANDARD = r"(?:(?:reference|gold|criterion) standards?|standards? of (?:reference|truth))"
A_STANDARD = rf"(?:the |an? |our )?(?:(?!no\b|not\b)\w+ )?{STANDARD}\b"
WORDS = r"[^.;:()]{3,100}?"
OWN_STANDARD = (
    # against biopsy (CNB) as the gold standard
    Finder(
        rf"\b(?:using|with|against|taking)\s(?P<words>(?:(?!\b(?:using|with|against)\b)[^.;:()])"
        rf"{{3,100}}?)\s(?:\([\w-]{{2,10}}\)[\s,]+)?(?:(?:serving|used|taken)\s)?as {A_STANDARD}"
    ),
    # against the gold standard of biopsy
    Finder(
        rf"\b(?:against|compared (?:with|to)) the {STANDARD} of (?P<words>[^.,;:()]{{3,100}})"
        r"(?=[.,;:()]|$)"
    ),
    # biopsy was the gold standard
    Finder(
        rf"(?:^|[;:])\s*(?P<words>{WORDS})\s(?:(?:served|acted|(?:was|were)(?:\s(?:used|taken|regarded"
        rf"|considered|chosen|defined))?)(?:\sas)?|formed|constituted)\s{A_STANDARD}"
    ),
    # the gold standard was biopsy, the gold standard: biopsy
    Finder(
        rf"\b{STANDARD}(?:\sfor\s[a-z -]{{3,40}})?(?:\s?[:=]|\s(?:was|were|included|comprised"
        r"|consisted of))\s(?P<words>[^.;()]{3,100})(?=[.;()]|$)"
    ),
)
# With a verb or a denial in them the words say something else of the standard.
NO_STANDARD = re.compile(
    r"\b(?:was|were|had|has|have|is|are|which|underwent|not|never|none|neither|without|no)\b"
    r"|^(?:applied|available|unavailable|blinded|unknown|positive|negative|established|obtained"
    r"|used|missing|known|performed|met|lacking|defined|reached|the same)\b"
)


def standards(text: str) -> list[Span]:
    """Where a passage names a reference standard of its own, in code points."""
    low = plain(text).lower()
    return sorted(
        (start + standard.start("words"), start + standard.end("words"))
        for start, end in sentences(text)
        for standard in _standards_in(low[start:end])
    )


def _standards_in(sentence: str) -> Iterator[re.Match[str]]:
    for pattern in OWN_STANDARD:
        for match in pattern.finditer(sentence):
            if not NO_STANDARD.search(match["words"]):
                yield match


def standard_of(figure: Figure, text: str, named: Sequence[Span]) -> str | None:
    """The standard in the words of the figure's sentence, else the only one of the passage."""
    own = [span for span in named if figure.sentence[0] <= span[0] < figure.sentence[1]]
    words = {text[slice(*span)].strip(" ,") for span in own or named}
    return words.pop() if len(words) == 1 else None
