"""Which words of a sentence are said not to have been done, used, given or included. Pure.

An examination that was not done and a group that was left out are no topic of a paper. A negative
result is one: "no MIBG uptake", "MRI was normal", "MYCN was not amplified" tell what was found,
and nothing here denies them. So a negation counts where it goes with a word of doing ("was not
performed", "did not receive", "none underwent"), leaves out ("without", "instead of", "patients
with … were excluded") or denies a history. What is denied in a part of the patients ("not done in
two") was done in the others.

The cues are rows of ``data/reading/denial.yml``, after the idea of NegEx (Chapman 2001) and ConText
(Harkema 2009): each has a direction and a scope, and others end it. Here stands how far a scope
reaches.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from kb.reading.literals import Finder
from kb.reading.rule_files import bundled
from kb.reading.search import PatternSearch, Possible
from kb.record.sentences import sentences

# What is done with patients (a test, a treatment), what is found in them (a marker, a stage), where
# it is and in whom (a site, an age), a disease, a sign that they have.
Nature = Literal["done", "found", "place", "disease", "sign"]
NATURES: tuple[Nature, ...] = ("done", "found", "place", "disease", "sign")


@dataclass(frozen=True, slots=True)
class DenialRule:
    """A row of the file, whose head explains the keys."""

    rule: str
    direction: Literal["forward", "backward", "between", "pseudo", "end"]
    words: Finder
    example: str
    trap: str
    scope: Literal["phrase", "comma", "clause", "subject"] = "phrase"
    denies: tuple[Nature, ...] = NATURES
    keeps_results: bool = False
    opens: bool = False
    until: Finder | None = None
    unless_next: Finder | None = None
    unless_before: Finder | None = None
    needs_next: Finder | None = None
    needs_before: Finder | None = None
    against: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Denial:
    """Words of these natures are denied from ``start`` to ``end``; ``unless_result``: but for
    results."""

    start: int
    end: int
    natures: tuple[Nature, ...] = NATURES
    unless_result: bool = False


# Between a cue and the words that close it no other clause may begin.
_ANOTHER_CLAUSE = re.compile(
    r"[.;:]|\b(?:was|were|is|are|been|be|being|had|has|have|but|who|which|where|when|if|because|"
    r"while|whereas|although)\b",
    re.IGNORECASE,
)
LONGEST_BETWEEN = 120
SHORT = 200  # characters of a title or keyword, which mostly denies nothing
_CLAUSE_START = re.compile(
    r"[;:(]\s*|,? (?:but|whereas|while|although|though|because|since|yet|when)\b|"
    r",\s*(?:and|or|so)\b|"
    r"\b(?:conclu|stat|suggest|show|report|found|find|argu|recommend|believ|think|indicat|"
    r"demonstrat)\w* that\b",
    re.IGNORECASE,
)
# "They may be left out", "three were excluded": of what was named before; of which is not known.
_PRONOUN = re.compile(
    r"\b(?:it|they|this|these|he|she|who|\d+|one|two|three|four|five|six|seven|eight|nine|ten|"
    r"some|others|many|most|all|both|several|few|the rest)"
    r"(?: (?:may|can|could|should|must|might|will|would|to))?\s*$"
)
_JOINS = re.compile(r"\b(?:and|but|or|yet|though|although)\s*$")
# "A lump that was not seen": of the noun before it alone.
_RELATIVE = re.compile(r",? (?:that|which) $")
# A comma with "and" or "or" parts clauses only where what stands before it has a verb.
_LISTING = re.compile(r",\s*(?:and|or)\b", re.IGNORECASE)
_VERB = re.compile(
    r"\b(?:was|were|is|are|be|been|had|has|have|did|does|can|could|may|might|should|will|would|"
    r"underwent|gave|made|took|became|shows?|reveals?|(?<!-)\b\w+ed)\b",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^\s*(?:of|among|in|from|at|on|for|during|after|before|since|because|with)\b[^,]*,",
    re.IGNORECASE,
)
# Not a verb of "who": what it tells belongs to the noun.
_SAID_BEFORE = re.compile(
    r"(?<!who )(?<!which )(?<!had )(?<!were )\b"
    r"(?:was|were|is|are|had|has|have|underwent|received|showed|shows|used|reached)\b.*?"
    r"(?:,| and | or )",
    re.IGNORECASE,
)
_OPENS = re.compile(r"(?:^|[,(;:\u2014\u2013])\s*$")
# "Without sedation using MRI" denies no MRI, "without using MRI" does.
_DOING = re.compile(r"\s*(?:using|undergoing|receiving)\b", re.IGNORECASE)
# Stands in the way of no clause: "patients with the syndrome (SF) were excluded".
_ABBREVIATION = re.compile(r"\((\S{1,15})\)")
# With one of these a term is a result, also behind "without".
_RESULT = re.compile(
    r"(?:[\w-]+ ){0,3}(?:uptake|avid\w*|accumulation|enhancement|amplification|positiv\w*|signal|"
    r"response|on (?:\w+ ){0,2}"
    r"(?:imaging|MRI|CT|PET|ultraso\w+|scan\w*|radiograph\w*|histolog\w+|search))\b",
    re.IGNORECASE,
)
_SPACE = re.compile(r"\s*")


@cache
def rules() -> tuple[DenialRule, ...]:
    return bundled("denial", DenialRule)


@cache
def _cues() -> tuple[DenialRule, ...]:
    return tuple(rule for rule in rules() if rule.direction not in ("pseudo", "end"))


@cache
def _pseudo(rule: str) -> tuple[DenialRule, ...]:
    """What looks like a case of the rule and is none."""
    pseudo = (each for each in rules() if each.direction == "pseudo")
    return tuple(each for each in pseudo if not each.against or rule in each.against)


@cache
def _search() -> PatternSearch:
    return PatternSearch(rule.words for rule in _cues())


@cache
def _ends(scope: str, signs: str) -> re.Pattern[str]:
    """Where a scope is over: at one of the signs, or before the words of an end row."""
    rows = (rule for rule in rules() if rule.direction == "end" and rule.scope == scope)
    words = "|".join(rule.words.pattern.pattern for rule in rows)
    return re.compile(rf"[{signs}]|(?:,? )?(?:{words})", re.IGNORECASE)


def denials(sentence: str) -> list[Denial]:
    """What a sentence denies, by its code points."""
    (possible,) = _search().possible(sentence.lower(), [(0, len(sentence))])
    return list(_denials(sentence, possible))


def denying(text: str, terms: Sequence[int]) -> Iterator[tuple[int, int, list[Denial]]]:
    """Start and end of each part of a text, a sentence or what semicolons part of it, in which
    something is denied, and what, by the code points of the part; ``terms`` are the places, in
    order, of which one must lie in it."""
    low = text.lower()
    if len(text) < SHORT and not any(_search().possible(low, [(0, len(low))])):
        return
    places = [
        (start, end)
        for start, end in sentences(text)
        if bisect_left(terms, start) < bisect_left(terms, end)
    ]
    for (start, end), possible in zip(places, _search().possible(low, places), strict=True):
        for first, last in _parts(text, start, end) if possible else ():
            has_terms = bisect_left(terms, first) < bisect_left(terms, last)
            if has_terms and (denied := list(_denials(text[first:last], possible))):
                yield first, last, denied


def is_denied(sentence: str, denied: Iterable[Denial], start: int, nature: Nature) -> bool:
    """Whether the term that begins at ``start`` is among what is denied."""
    return any(
        denial.start <= start < denial.end
        and nature in denial.natures
        and not (denial.unless_result and _RESULT.match(sentence, start))
        for denial in denied
    )


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while (semicolon := text.find("; ", start, end)) >= 0:
        yield start, semicolon
        start = semicolon + 1
    yield start, end


def _denials(sentence: str, possible: Possible) -> Iterator[Denial]:
    sentence = _ABBREVIATION.sub(r" \1 ", sentence)
    low = sentence.lower()
    for rule in _cues():
        if rule.words in possible:
            yield from _of_rule(rule, sentence, low)


def _of_rule(rule: DenialRule, sentence: str, low: str) -> Iterator[Denial]:
    for cue in rule.words.pattern.finditer(low):
        if rule.opens and not _OPENS.search(low, 0, cue.start()):
            continue
        if any(_covers(pseudo, low, cue) for pseudo in _pseudo(rule.rule)):
            continue
        if scope := SCOPES[rule.direction](rule, low, cue):
            yield Denial(*scope, rule.denies, unless_result=rule.keeps_results)


def _covers(pseudo: DenialRule, low: str, cue: re.Match[str]) -> bool:
    return any(
        each.start() <= cue.start() and cue.end() <= each.end()
        for each in pseudo.words.finditer(low)
        if not _follows(pseudo.unless_next, low, each.end())
    )


def _follows(words: Finder | None, low: str, place: int) -> bool:
    """Whether the words stand next behind a place."""
    space = _SPACE.match(low, place)
    return bool(words and space and words.pattern.match(low, space.end()))


Scope = tuple[int, int]


def _forward(rule: DenialRule, low: str, cue: re.Match[str]) -> Scope | None:
    start = cue.end()
    if _follows(rule.unless_next, low, start):
        return None
    if rule.needs_next and not _follows(rule.needs_next, low, start):
        return None
    if rule.scope == "phrase":
        end = _phrase_end(low, start)
        of = -1 if "done" in rule.denies else low.find(" of ", start, end)
        return start, end if of < 0 else of  # no treatment of the sign, of the disease
    end = _first(_ends("clause", ";:)"), low, start)
    comma = low.find("," if rule.scope == "comma" else ";", start, end)
    return start, end if comma < 0 else comma


def _backward(rule: DenialRule, low: str, cue: re.Match[str]) -> Scope | None:
    start = _clause_start(low, cue.start())
    subject = low[start : cue.start()]
    if _follows(rule.unless_next, low, cue.end()):
        return None
    if rule.unless_before and rule.unless_before.pattern.search(subject):
        return None
    if _PRONOUN.search(subject):
        return None  # "who": of the patients; what they were not given stands behind
    if relative := _RELATIVE.search(subject):
        before = list(_ends("phrase", ",;:()").finditer(subject, 0, relative.start()))
        return start + (before[-1].end() if before else 0), cue.start()
    if rule.needs_before and not (
        rule.needs_before.pattern.search(subject) or low.startswith(" from ", cue.end())
    ):
        return None  # "metastases were excluded by MRI": looked for, and not there
    if _JOINS.search(subject) and (verb := _VERB.search(subject)):
        return start, start + verb.start()  # "are seen elsewhere but were not included"
    if rule.scope == "subject" and (said := list(_SAID_BEFORE.finditer(subject))):
        start += said[-1].end()
    return start, cue.start()


def _between(rule: DenialRule, low: str, cue: re.Match[str]) -> Scope | None:
    if not rule.until:
        return None
    until = rule.until.pattern.search(low, cue.end(), cue.end() + LONGEST_BETWEEN + 40)
    if until is None or _ANOTHER_CLAUSE.search(low, cue.end(), until.start()):
        return None
    if _follows(rule.unless_next, low, until.end()):
        return None
    return cue.end(), until.start()


SCOPES = {"forward": _forward, "backward": _backward, "between": _between}


def _first(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.search(text, start)
    return match.start() if match else len(text)


def _phrase_end(sentence: str, start: int) -> int:
    """Where the noun phrases end that begin here; a comma parts them only in a list with "or"."""
    doing = _DOING.match(sentence, start)
    end = _first(_ends("phrase", ";:()"), sentence, doing.end() if doing else start)
    comma = sentence.find(",", start, end)
    is_list = comma >= 0 and re.search(r"\b(?:n?or|and)\b", sentence[comma:end])
    return comma if comma >= 0 and not is_list else end


def _clause_start(sentence: str, end: int) -> int:
    """Where the subject of a verb begins, without an opening like "Of 40 children,"."""
    start = 0
    for cut in _CLAUSE_START.finditer(sentence, 0, end):
        is_list = _LISTING.match(cut[0]) and not _VERB.search(sentence, start, cut.start())
        is_aside = cut[0].startswith("(") and ")" in sentence[cut.end() : end]
        is_bare = not sentence[cut.end() : end].strip()  # the verb follows the conjunction
        start = start if is_list or is_aside or is_bare else cut.end()
    opening = _OPENING.match(sentence[start:end])
    return start + opening.end() if opening else start
