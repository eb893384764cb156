"""The words in which a paper tells its own design, and the traps beside them. Pure.

A design that is denied ("were not randomised"), wished for ("prospective studies are needed") or
another paper's ("a previous retrospective study") is not told.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

FEW = 10  # patients that case reports describe at the most


class Cue(NamedTuple):
    """Words that tell a design, in the title alone or anywhere.

    ``most`` is for words that papers on patients of their own have too: they count only where the
    sample size is not stated, or no larger.
    """

    design: str
    words: re.Pattern[str]
    in_title: bool
    most: float


def _cue(design: str, *words: str, in_title: bool = False, most: float = math.inf) -> Cue:
    return Cue(design, re.compile("|".join(words), re.I), in_title, most)


# What is denied, wished for or cited is no design of the paper's own: before a cue, and after it.
NOT_OWN_BEFORE = re.compile(
    r"\b(?:not|non|never|no|without|previous(?:ly)?|prior|earlier|former|published|past|future"
    r"|further|larger|need for|lack of|ongoing|unlike)[\s-]+(?:(?:a|an|the|any|this|been|be|well"
    r"|small|single|randomi[sz]ed|controlled|prospective|multicent(?:er|re))[\s,-]+){0,4}$",
    re.I,
)
NOT_OWN_AFTER = re.compile(
    r"(?:\s+[\w-]+){0,3}\s+(?:(?:is|are|will be|would be|may be|remain)\s+(?:\w+\s+)?"
    r"(?:needed|required|warranted|necessary|lacking|awaited|limited)"
    r"|have\s+(?:shown|suggested|found|reported|demonstrated))\b",
    re.I,
)
FILES = r"(?:(?:medical|clinical|hospital|patient|case) )?(?:records|charts|notes|files)\b"
RETROSPECTIVE = _cue(
    "retrospective study",
    r"\bretrospective(?:ly)?\b(?! (?:studies|reports|series have)\b)",
    r"\b(?:chart|case[- ]note|medical records?) review\b",
    rf"\breview(?:ed|ing)? (?:of )?(?:the |our |all )?{FILES}",
    rf"\b{FILES}[^.;]{{0,80}}\bwere (?:\w+ )?reviewed\b",
)
RANDOMISED_TITLE = _cue("randomised trial", r"\brandomi[sz]ed\b", in_title=True)
NUMBER = r"(?:two|three|four|five|six|seven|eight|nine|ten|[1-9][0-9]?)"
# The first that is met decides: first what holds no results of its own or would otherwise pass for
# something stronger, last what other papers say as well.
CUES = (
    _cue(
        "trial protocol",
        r"\b(?:study|trial) protocol(?: for\b| of\b|[:.]|$)",
        r"\bprotocol (?:for|of) an? (?:[\w-]+ ){0,4}(?:trial|study)\b",
        in_title=True,
    ),
    _cue(
        "case report or series", r"\bcase report\b", r"\b(?:a|an) (?:\w+ )?case of\b", in_title=True
    ),
    _cue(
        "case report or series",
        r"\bwe (?:here )?(?:report|describe|present) (?:on )?(?:a|an|the|one) (?:[\w-]+ ){0,3}"
        r"(?:case|patient|child|infant|boy|girl|neonate|newborn)\b",
        most=FEW,
    ),
    _cue(
        "systematic review",
        r"\bsystematic (?:literature )?review\b",
        r"\bmeta-?analys[ie]s\b",
        in_title=True,
    ),
    _cue(
        "systematic review",
        r"\b(?:we (?:\w+ ){0,2}(?:performed|conducted|undertook|did|carried out|present)|this|our)"
        r" (?:[\w-]+ ){0,4}(?:systematic (?:literature )?review|meta-?analysis)\b",
        r"\bPRISMA\b",
        r"\bsearch\w*\b[^.;]{0,80}\b(?:MEDLINE|PubMed)\b[^.;]{0,40}\b(?:Embase|Cochrane)\b",
        r"\b(?:MEDLINE|PubMed)\b[^.;]{0,60}\b(?:Embase|Cochrane)\b[^.;]{0,60}\bsearched\b",
        r"\bsummary (?:ROC|receiver operating)\b",
        r"\bpooled (?:sensitivity|specificity)\b",
    ),
    _cue(
        "case report or series",
        r"\bcase series\b",
        rf"\b{NUMBER} case reports\b",
        rf"\b(?:reports? (?:of |on )?|describe |present ){NUMBER} (?:[\w-]+ )?"
        r"(?:cases|patients|children|infants)\b",
    ),
    RETROSPECTIVE,
    _cue("case-control study", r"\bcase[- ]control(?:led)? (?:study|design|analysis)\b"),
    RANDOMISED_TITLE,
    _cue(
        "randomised trial",
        r"\brandomly (?:assigned|allocated)\b",
        r"\bwere (?:(?:then|first) )?randomi[sz]ed\b",
        r"\bwe randomi[sz]ed\b",
        r"\bthis (?:(?!not\b)[\w-]+,? ){0,5}randomi[sz]ed\b",
    ),
    _cue("phase III trial", r"\bphase (?:3|III) (?:[\w-]+ ){0,2}(?:trial|study)\b"),
    _cue(
        "clinical trial",
        r"\bphase (?:[1-4]|I{1,3}|IV)[ab]?(?:[/-](?:[1-3]|I{1,3})[ab]?)? (?:[\w-]+ ){0,3}"
        r"(?:trial|study)\b",
        r"\b(?:feasibility|pilot|single-arm) trial\b",
    ),
    _cue(
        "prospective study",
        r"\bprospectively\b",
        r"\bprospective (?:[\w-]+ ){0,3}(?:study|trial|analysis|cohort|evaluation|design|series"
        r"|survey|comparison)\b",
    ),
    _cue("cohort study", r"\bcohort study\b"),
    _cue("cross-sectional study", r"\bcross-sectional (?:study|survey|analysis|design)\b"),
    _cue("accuracy study", r"\bdiagnostic (?:accuracy|performance)\b", in_title=True),
    _cue("accuracy study", r"\b(?:reference|gold) standard\b"),
    _cue(
        "case report or series",
        r"\b(?:a|an) (?:[\w-]+[- ])?(?:year|month|week|day)[- ]old\b",
        most=FEW,
    ),
    _cue(
        "case report or series",
        r"\b(?:in|of) an? (?:[\w-]+ )?(?:child|infant|boy|girl|neonate|newborn)\b",
        in_title=True,
        most=FEW,
    ),
    _cue(
        "consensus",
        r"\bconsensus (?:statement|report|recommendations?|guidelines?|conference|meeting)\b",
        most=0,
    ),
    _cue(
        "consensus",
        r"(?<!to )(?<!with )\b(?:recommendations|guidelines?|consensus)\b",
        in_title=True,
        most=0,
    ),
    _cue(
        "narrative review",
        r":\s*(?:an?|the) (?:[\w-]+ ){0,2}(?:review|overview|update)\b",
        r"^an? (?:[\w-]+ )?review of\b",
        in_title=True,
        most=0,
    ),
    _cue(
        "narrative review",
        r"\b(?:this|the present) (?:review|overview)\b",
        r"\bthis (?:article|paper|chapter) (?:reviews|outlines|discusses|summari[sz]es)\b",
        r"\bwe review the\b",
        most=0,
    ),
)


def told(texts: Sequence[tuple[str, str]], n: int | None) -> tuple[str, str] | None:
    """Design and the words for it, from (field, text) of title and abstract; None if untold.

    ``n`` is the sample size, where stated.
    """
    for cue in CUES:
        if (n or 0) <= cue.most and (words := own_words(cue, texts)):
            return cue.design, words
    return None


def own_words(cue: Cue, texts: Iterable[tuple[str, str]]) -> str | None:
    """Field and words of the first place where the paper says this of itself."""
    for field, text in texts:
        for match in cue.words.finditer(text) if field == "title" or not cue.in_title else ():
            before = text[max(0, match.start() - 80) : match.start()]
            if not NOT_OWN_BEFORE.search(before) and not NOT_OWN_AFTER.match(text, match.end()):
                return f'{field} "{match[0]}"'
    return None
