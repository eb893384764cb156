"""Which words of a sentence are said not to have been done, used, given or included. Pure.

An examination that was not done and a group that was left out are no topic of a paper. A negative
result is one: "no MIBG uptake", "MRI was normal", "MYCN was not amplified" tell what was found,
and nothing here denies them. So a negation counts where it goes with a word of doing ("was not
performed", "did not receive", "none underwent"), leaves out ("without", "instead of", "patients
with … were excluded") or denies a history. What is denied in a part of the patients ("not done in
two") was done in the others.

After the idea of NegEx (Chapman 2001): cues with a scope that ends at the clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

# Words, one of which is in every sentence that denies anything; the rest need not be looked at. A
# test proves it of each pattern below.
TRIGGERS = (
    *("no", "not", "none", "never", "neither", "nor", "cannot", "without", "absent", "absence"),
    *("excluded", "excluding", "exclude", "excludes", "exclusion", "except", "exception"),
    *("ineligible", "unavailable", "omitted", "withheld", "left out", "declined", "refused"),
    *("contraindicated", "instead", "rather than", "in place of", "in lieu of", "other than"),
    *("apart from", "aside from", "outside", "beyond", "free of", "lacking", "lack of", "missing"),
    *("waived", "skipped", "forgone", "abandoned", "unavailability", "nobody", "exclusive"),
)

_BE = r"(?:was|were|is|are|been|be|being)"
_NOT = r"(?:not|never)(?: yet| been| be)*"
_DONE = (
    r"(?:performed|done|obtained|available|used|carried out|acquired|given|administered|"
    r"included|undertaken|attempted|recorded|required|needed|necessary|offered|ordered|employed|"
    r"applied|studied|investigated|anal[yz]\w+|reviewed|assessed|evaluated|examined|"
    r"measured|tested|determined|accessible|part of|eligible|indicated|sought|"
    r"allowed|permitted|discussed|covered|addressed|dealt with)\b"
)
_LEFT_OUT = (
    r"(?:unavailable|omitted|withheld|left out|declined|refused|contraindicated|waived|skipped|"
    r"forgone|abandoned|lacking|missing|ineligible|beyond the scope|"
    r"outside (?:of )?(?:the scope of )?(?:this|our))\b"
)
# With what was not received behind it, in the passive too; and in the active alone.
_RECEIVED = (
    r"(?:receiv(?:e|ed|ing)|under(?:go|went|gone|going)|(?:was |were |been )?given|offered|get|got|"
    r"(?:treated|imaged|scanned|examined|assessed|evaluated|studied|followed|staged) (?:with|by))\b"
)
_USED = (
    r"(?:need(?:ed)?|requir(?:e|ed)|us(?:e|ed|ing)|perform(?:ed)?|includ(?:e|ed)|obtain(?:ed)?|"
    r"administer(?:ed)?|assess|evaluate|study|examine)\b"
)
_ACTIVE = r"(?<!was )(?<!were )(?<!is )(?<!are )(?<!been )(?<!be )"
_PEOPLE = (
    r"(?:patient|child|infant|newborn|neonate|toddler|girl|boy|adult|adolescent|survivor|subject|"
    r"participant|case|individual|those|twin|famil|stud(?:y|ies)\b|report|record|article|paper|"
    r"cohort|trial)"
)
_NOBODY = rf"(?:none|neither|nobody|no one|no (?:other |single )?{_PEOPLE}\w*)"
# Any words, of one clause: before "was" or "and" another may begin.
_CLAUSE = rf"(?:(?!\b(?:{_BE}|had|has|have|and|but|all|who|which)\b)[^.;:])"
_LIST = rf"(?:(?!\b(?:{_BE}|had|has|have|but|who|which)\b)[^.;:])"
_SOME = (
    r"\s+(?:in|for|on|at|from|of|by)\s+(?:only\s+|the\s+(?:other|remaining)\s+)?(?:\d|one\b|two\b|"
    r"three\b|four\b|five\b|six\b|seven\b|eight\b|nine\b|ten\b|eleven\b|twelve\b|some\b|several\b|"
    r"a few\b|a third\b|a quarter\b|many\b|most\b|half\b|others\b)"
)
_ALL = r"\s+(?:in|for|on|of)\s+(?:all|every|each)\b"

# What goes before, and the noun phrase (or list of them) behind it.
_BEHIND = re.compile(
    r"(?<!with or )(?<!with and )(?<!with/)(?<!with / )(?<!not )\bwithout\b(?! (?:the )?need\b)|"
    r"\bwithout (?:the )?need (?:for|of|to)\b|"
    r"\b(?:instead of|rather than|in place of|in lieu of|other than|except(?: for| from)?|"
    r"apart from|aside from|(?:with the )?exception of)\b|"
    r"\b(?:no|without|never a|free of) (?:\w+ )?(?:history|use|need|access|requirement|indication)"
    r" (?:of|for|to)\b|"
    rf"\b(?:not|never)(?: yet| been| to| have| routinely)* {_RECEIVED}|"
    rf"{_ACTIVE}\b(?:not|never)(?: yet| to| have| routinely)* {_USED}|"
    rf"\b{_NOBODY}\b(?: (?:of|with|in) {_CLAUSE}{{1,40}}?)?"
    rf"(?: (?:{_PEOPLE}\w*|had|has|have|was|were|ever|yet|been))* (?:{_RECEIVED}|{_USED})|"
    r"\b(?:lack|unavailability) of\b",
    re.IGNORECASE,
)
_WITHOUT = re.compile(r"without|lack of", re.IGNORECASE)
# An active exclusion: everything behind it up to the end of the clause.
_WE_EXCLUDE = re.compile(
    r"\b(?:we|authors?|criteria|analysis|review|protocol|trial) (?:also |then )?"
    r"exclud(?:ed|es|e)\b|\bexclusion criteria(?: were| was| are| included?| comprised)?:?|"
    r"(?:^|[,(;:—–])\s*(?:excluding|not including|exclusive of)\b",
    re.IGNORECASE,
)
# What is said of the words before it.
_BEFORE = re.compile(
    rf"\b(?:{_BE}|had|has|have|could|did)(?: also| however)? {_NOT} {_DONE}|\b{_BE} {_LEFT_OUT}|"
    rf"\b(?:{_BE}|have been|had been) excluded\b|"
    r"\b(?:lay|lie|lies|fall|falls) (?:outside|beyond)\b",
    re.IGNORECASE,
)
# What nobody has studied yet is what a paper goes on to study, but for "not studied here".
_GAP = re.compile(
    rf"(?:has|have)(?: also| however)? {_NOT} (?:studied|investigated|anal[yz]\w+|reviewed|"
    r"assessed|evaluated|examined|measured|tested|determined|discussed|addressed)\b"
    r"(?! (?:here|in (?:this|our|the present)\b))",
    re.IGNORECASE,
)
# The words between a negation and what was not done.
_BETWEEN = re.compile(
    rf"\b(?:no|neither)\b(?P<a>{_LIST}{{1,120}}?)\b(?:{_BE}|has been|had been|have been) {_DONE}|"
    rf"\b(?:in|for) (?:none|no)\b{_LIST}{{0,60}}? (?:was|were)\b(?P<b>{_LIST}{{1,80}}?)\b{_DONE}|"
    rf"\bnor {_BE}\b(?P<c>{_LIST}{{1,80}}?)\b{_DONE}",
    re.IGNORECASE,
)
# A sign that was not there. Of an examination the same words tell its result.
_NO_SIGN = re.compile(
    rf"\b(?:not|never|{_NOBODY}) (?:have|had|develop(?:ed)?|show(?:ed)?|present(?:ed)? with)\b|"
    r"\bno\b(?: (?:clinical )?(?:signs?|symptoms?|evidence|features) of)?|\b(?:absence|free) of\b",
    re.IGNORECASE,
)
_SIGN_ABSENT = re.compile(
    rf"\b{_BE} (?:absent|{_NOT} (?:observed|present|seen|noted|found|reported))\b|"
    r"\b(?:did not|never) (?:occur(?:red)?|develop(?:ed)?|appear(?:ed)?)\b",
    re.IGNORECASE,
)

# A noun phrase ends before these.
_PHRASE_END = re.compile(
    r"[;:()]|\b(?:was|were|is|are|be|been|has|had|have|did|does|do|can|could|may|might|must|should|"
    r"will|would|on|at|in|to|for|by|from|during|after|before|with|within|than|as|who|whom|which|"
    r"that|whose|but|while|whereas|although|because|since|when|where|if|unless|until|despite|"
    r"using|undergoing|receiving)\b",
    re.IGNORECASE,
)
# "Without sedation using MRI" denies no MRI, "without using MRI" does.
_DOING = re.compile(r"\s*(?:using|undergoing|receiving)\b", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[;:)]|,? (?:but|whereas|while|although|however)\b", re.IGNORECASE)
_CLAUSE_START = re.compile(
    r"[;:(]\s*|,? (?:but|whereas|while|although|though|because|since|yet|when)\b|"
    r",\s*(?:and|or|so)\b",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^\s*(?:of|among|in|from|at|on|for|during|after|before|since|because|with)\b[^,]*,",
    re.IGNORECASE,
)
_SAID_BEFORE = re.compile(
    r"\b(?:was|were|is|are|had|has|have|underwent|received|showed|shows|used|reached)\b.*?"
    r"(?:,| and | or )",
    re.IGNORECASE,
)
# Stands in the way of no clause: "patients with the syndrome (SF) were excluded".
_ABBREVIATION = re.compile(r"\((\S{1,15})\)")
_NEGATION = re.compile(r"\b(?:not|never|cannot|nor)\b", re.IGNORECASE)
# With one of these a term is a result, also behind "without".
_RESULT = re.compile(
    r"(?:[\w-]+ ){0,3}(?:uptake|avid\w*|accumulation|enhancement|amplification|positiv\w*|signal|"
    r"response|on (?:\w+ ){0,2}"
    r"(?:imaging|MRI|CT|PET|ultraso\w+|scan\w*|radiograph\w*|histolog\w+|search))\b",
    re.IGNORECASE,
)


# What is done with patients (a test, a treatment), what is found in them (a marker, a stage, a
# place), a sign or a disease that they have.
Nature = Literal["done", "found", "sign"]
EVERY = frozenset[Nature](("done", "found", "sign"))
# "Without" a marker or a stage tells which patients were chosen for it.
NOT_FOUND = EVERY - {"found"}
# "No" and "absent" deny a sign; of an examination they tell the result.
SIGNS = frozenset[Nature](("sign",))


@dataclass(frozen=True, slots=True)
class Denial:
    """Words of these natures are denied from ``start`` to ``end``; ``unless_result``: but for
    results."""

    start: int
    end: int
    natures: frozenset[Nature] = EVERY
    unless_result: bool = False


def denials(sentence: str) -> list[Denial]:
    """What a sentence denies, by its code points."""
    sentence = _ABBREVIATION.sub(r" \1 ", sentence)
    return [
        *_behind(sentence),
        *_excluded(sentence),
        *_before(sentence),
        *_between(sentence),
        *_signs(sentence),
    ]


def is_denied(sentence: str, denied: Iterable[Denial], start: int, nature: Nature) -> bool:
    """Whether the term that begins at ``start`` is among what is denied."""
    return any(
        denial.start <= start < denial.end
        and nature in denial.natures
        and not (denial.unless_result and _RESULT.match(sentence, start))
        for denial in denied
    )


def _behind(sentence: str) -> Iterator[Denial]:
    for cue in _BEHIND.finditer(sentence):
        natures = NOT_FOUND if _WITHOUT.fullmatch(cue[0]) else EVERY
        yield Denial(cue.end(), _phrase_end(sentence, cue.end()), natures, unless_result=True)


def _excluded(sentence: str) -> Iterator[Denial]:
    for cue in _WE_EXCLUDE.finditer(sentence):
        stop = "," if cue[0].lower().endswith(("ing", "of")) else ";"
        end = _first(_CLAUSE_END, sentence, cue.end())
        comma = sentence.find(stop, cue.end(), end)
        yield Denial(cue.end(), end if comma < 0 else comma)


def _before(sentence: str) -> Iterator[Denial]:
    for cue in _BEFORE.finditer(sentence):
        start = _clause_start(sentence, cue.start())
        subject = sentence[start : cue.start()]
        behind = sentence[cue.end() :]
        if _GAP.match(sentence, cue.start()):
            continue
        if re.match(_SOME, behind, re.IGNORECASE) or _NEGATION.search(subject):
            continue
        if subject.rstrip().lower().endswith("who"):
            continue  # of the patients; what they were not given stands behind
        if _NEGATION.search(cue[0]) and re.match(_ALL, behind, re.IGNORECASE):
            continue
        if cue[0].lower().endswith("excluded"):
            if not re.search(rf"\b{_PEOPLE}", subject, re.IGNORECASE) and not re.match(
                r"\s+from\b", behind
            ):
                continue  # "metastases were excluded by MRI": looked for, and not there
        elif said := list(_SAID_BEFORE.finditer(subject)):
            start += said[-1].end()
        yield Denial(start, cue.start())


def _between(sentence: str) -> Iterator[Denial]:
    for cue in _BETWEEN.finditer(sentence):
        if not re.match(_SOME, sentence[cue.end() :], re.IGNORECASE):
            name = str(cue.lastgroup)
            yield Denial(cue.start(name), cue.end(name))


def _signs(sentence: str) -> Iterator[Denial]:
    for cue in _NO_SIGN.finditer(sentence):
        end = _phrase_end(sentence, cue.end())
        of = sentence.find(" of ", cue.end(), end)  # "no treatment of the sign"
        yield Denial(cue.end(), end if of < 0 else of, SIGNS)
    for cue in _SIGN_ABSENT.finditer(sentence):
        start = _clause_start(sentence, cue.start())
        if not re.match(_SOME, sentence[cue.end() :], re.IGNORECASE):
            yield Denial(start, cue.start(), SIGNS)


def _first(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.search(text, start)
    return match.start() if match else len(text)


def _phrase_end(sentence: str, start: int) -> int:
    """Where the noun phrases end that begin here; a comma parts them only in a list with "or"."""
    doing = _DOING.match(sentence, start)
    end = _first(_PHRASE_END, sentence, doing.end() if doing else start)
    comma = sentence.find(",", start, end)
    is_list = comma >= 0 and re.search(r"\b(?:n?or|and)\b", sentence[comma:end])
    return comma if comma >= 0 and not is_list else end


def _clause_start(sentence: str, end: int) -> int:
    """Where the subject of a verb begins, without an opening like "Of 40 children,"."""
    starts = [cut.end() for cut in _CLAUSE_START.finditer(sentence, 0, end)]
    start = starts[-1] if starts else 0
    opening = _OPENING.match(sentence[start:end])
    return start + opening.end() if opening else start
