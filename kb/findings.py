"""Figures that a title or an abstract states, each with the place of its words. Pure.

So far only how many patients a paper rests on. A count is a sample size where the words say so
(enrolled, a total of, n = 43, or it stands in the title); where they say it of no count, the
largest is taken. A share ("113 patients (73%)") or a group within a larger total is a subgroup.
Those from whom the studied were chosen ("of 640 eligible patients 344 were randomized") are
neither. Every other count is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["sample_size", "subgroup_size"]
# Whole: the words say that the paper rests on these. Part: they say a group of them. Member: part
# of whatever larger total there is. Open: they say neither.
Role = Literal["whole", "part", "member", "open"]

# One character for another, so that offsets hold. A narrow space may stand within a number, a wide
# one may not. The fraction stands for "=" in text copied from PDF files.
DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
NARROW = "\u00a0"
PLAIN = DASHES | str.maketrans(
    dict.fromkeys("\u2007\u2009\u202f", NARROW) | {"\u00bc": "=", "\u2019": "'"}
)

UNITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
VALUES = dict(zip((*UNITS, *TEENS, *TENS), (*range(1, 20), *range(20, 100, 10)), strict=True))
UNIT = rf"(?:{'|'.join(UNITS)})\b"
BELOW_100 = rf"(?:(?:{'|'.join(TENS)})\b(?:[- ]{UNIT})?|(?:{'|'.join(TEENS)})\b|{UNIT})"
BELOW_1000 = rf"(?:{UNIT}[- ]hundred\b(?:(?: and)? {BELOW_100})?|{BELOW_100})"
SPELLED = rf"{BELOW_1000}(?: thousand\b(?:(?:,| and)? {BELOW_1000})?)?"
DIGITS = rf"(?:[0-9]{{1,3}}(?:[,{NARROW}][0-9]{{3}}){{1,2}}|[0-9]{{1,7}})(?!\d)"
NUMBER = re.compile(rf"(?<![\w.,-])(?:[0-9]+/)?(?P<number>{DIGITS}|(?ai:{SPELLED}))(?=\s)")

PEOPLE = (
    "patients|children|infants|neonates|newborns|toddlers|adolescents|adults|cases|subjects"
    "|participants|individuals|survivors"
)
PERCENT = r"[0-9]+(?:\.[0-9]+)?\s*%"
COUNTED = re.compile(
    rf"(?:\s*\((?:(?P<again>{DIGITS})|(?P<share>{PERCENT}))\))?"
    rf"\s+(?P<attributes>(?:(?:stages?\s+\w{{1,3}}|[a-z][\w/-]*),?\s+){{0,4}}?)"
    rf"(?P<people>{PEOPLE})\b(?!-|'s)",
    re.I,
)
SHARE_OF = re.compile(rf"(?:\d/|\b(?:{DIGITS}|{SPELLED})\s+of\s+(?:the\s+|a total of\s+)?)$", re.I)
ANOTHER = re.compile(rf"\b(?:{DIGITS}|{SPELLED})\s+(?:[a-z][\w/-]*\s+){{0,3}}?(?:{PEOPLE})\b", re.I)
MADE_UP_OF = re.compile(r"\s*\(|.{0,60}?\b(?:including|of (?:whom|which)|namely)\b", re.I)
OUT_OF = re.compile(r"\b(?:of|among)\s+(?:the\s+)?$", re.I)
SHARE_AFTER = re.compile(rf"\s*\((?!100(?:\.0+)?\s*%){PERCENT}\s*[);,]")
# Between a number and its noun these say that it counts or measures something else, or people who
# are not the patients of the paper.
NO_ATTRIBUTES = (
    "of|in|and|or|with|to|the|for|from|by|on|at|as|was|were|is|are|than|per|had|have|has|who|that"
    "|year|month|week|day|hour|minute|y|yr|mo|h|min|mg|kg|g|ml|l|mm|cm|gy|cgy|msv|mbq|gbq|kbq|mci"
    "|tesla|t|percent|other|remaining|additional|further|more|fewer|control|healthy|normal|new"
    "|annual|unaffected|unexposed|nonexposed|non-exposed"
)
NO_ATTRIBUTE = re.compile(NO_ATTRIBUTES, re.I)
WHOLE_ATTRIBUTES = {"consecutive", "eligible", "evaluable", "unselected"}
ISOTOPE = re.compile(
    r"(?:11|18|64|67|68|89|90|99|111|123|124|131|177)\s+(?:C|F|Cu|Ga|Zr|Y|Tc|In|I|Lu)\b"
)

# What ends before a number, or begins after its noun, where it is no exact count.
CODED = (
    r"stages?|grades?|groups?|types?|class|phases?|levels?|tables?|fig(?:ure)?s?\.?|scores?|ages?"
    "|aged|days?|weeks?|months?|years?|cycles?|courses?|arm|version|INSS|INRG|Evans|iodine"
)
INEXACT = (
    "than|at least|at most|up to|about|approximately|around|nearly|almost|over|under|every|per"
    "|each|some|roughly|circa|within|only|other|remaining|additional|further|another|first|last"
)
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
NO_COUNT_BEFORE = re.compile(
    r"(?:[\d±<>≤≥≈~=+]|\b(?:hundred|thousand|million|dozen)(?: and)?)\s*$"
    rf"|\b(?:{CODED})\s+(?:\w{{1,3}}\s*(?:,|/|-|&|and|or|to)\s*)*$"
    rf"|\b(?:{INEXACT})\s+(?:the\s+|a\s+)?$"
    r"|\b(?:1|one)\s*(?:in|per|:|/|(?:out )?of every|out of)\s*(?:every\s+)?$"
    rf"|(?:\d|\b{BELOW_100})\s*(?:-|to|or)\s*$"
    r"|\bbetween\s+\S+\s+and\s*$",
    re.I,
)
NO_COUNT_AFTER = re.compile(
    r"\s*(?:per\b|/|(?:in )?each\b)|.{0,60}\b(?:(?:each|every|per|a) year|annually)\b", re.I
)
DATE_BEFORE = re.compile(
    r"\b(?:in|since|until|from|to|and|through|between|after|before|by|during|early|late|"
    rf"{MONTHS})\s+$",
    re.I,
)
PLANNED = re.compile(r"\b(?:will|shall|plan(?:s|ned)?|aims? to|intends?|to be enrolled)\b", re.I)

STUDIED = (
    "included|enrolled|recruited|registered|analy[sz]ed|reviewed|studied|evaluated|examined"
    "|investigated|assessed|randomi[sz]ed"
)
WHOLE_BEFORE = re.compile(
    r"\b(?:(?:total|cohort|series|sample|population) of|stud(?:y|ies) (?:of|with|on|including)"
    r"|trial (?:of|with|in)|experience (?:of|with|in)|results (?:of|in)|outcomes? of|all|comprised"
    r"|comprising|involving|identified|collected"
    r"|(?:data|records|charts|scans|images|files)(?: \w+){0,2} (?:of|from|on|for|in)"
    rf"|{STUDIED})\s+(?:[a-z-]+\s+){{0,4}}$",
    re.I,
)
WHOLE_AFTER = re.compile(
    rf"(?:(?!\b(?:{PEOPLE})\b).){{0,80}}?\b(?:(?:was|were|been)\s+(?:(?!not\b|never\b)\w+\s+){{0,2}}"
    rf"(?:{STUDIED}|eligible|evaluable|accrued|entered)|(?:met|fulfilled)\b.{{0,30}}\bcriteria)\b",
    re.I,
)

# Of those who were looked at, those who were then studied; an arm of theirs is no sample.
CHOSEN = re.compile(
    rf"[^.;:()]{{0,60}}?[\s,](?P<number>{DIGITS}|(?ai:{SPELLED}))\s+(?:\({PERCENT}\)\s+)?"
    rf"(?:(?:{PEOPLE})\s+)?were\s+"
    r"(?:(?:finally|then)\s+)?(?:randomi[sz]ed|enrolled|recruited|included|analy[sz]ed)\b"
    r"(?!\s+(?:to|into|in|for|with|by)\b"
    r"(?!\s+(?:the|this|our) (?:\w+ )?(?:study|trial|analysis)\b))",
    re.I,
)

STATED = re.compile(rf"(?<![\w-])[nN]\s?=\s?(?P<number>{DIGITS})(?!\.\d|\s*%|-|\w)")
PEOPLE_NEXT = re.compile(
    rf"\s+(?:(?!(?:{NO_ATTRIBUTES})\b)[a-z][\w-]*\s+){{0,3}}?(?P<people>{PEOPLE})\b", re.I
)
PEOPLE_LAST = re.compile(rf"\b(?P<people>{PEOPLE})\s*[(,:]?\s*$", re.I)
WHOLE_LAST = re.compile(
    rf"(?<!validation )(?<!training )(?<!test )(?<!control )\b(?:cohort|series|sample|population"
    r"|total|overall"
    rf"|(?:all|consecutive|eligible|evaluable|unselected) (?:\w+ ){{0,3}}(?:{PEOPLE}))\s*\($",
    re.I,
)
ENROLLED_LAST = re.compile(
    rf"\b(?P<people>{PEOPLE})\s+were\s+(?:(?!not\b|never\b)\w+\s+){{0,2}}(?:{STUDIED})(?:\s+\w+ly)?"
    r"(?:\s+(?:at|in|from)\s+(?:[\w-]+\s+){1,3}?(?:cent(?:er|re)s?|institutions?|hospitals?))?"
    r"\s*\($",
    re.I,
)
PLURAL_NEXT = re.compile(r"\s+(?:[a-z][\w-]*\s+)?[a-z-]+s(?<!was)(?<!has)\b", re.I)
THINGS = re.compile(
    r"\b(?:mice|mouse|rats?|animals?|cells?|lines?|experiments?|replicates?|wells?|studies|trials"
    r"|articles|papers|publications|lesions?|scans?|samples|specimens?|tumou?rs?|examinations?"
    r"|images|sites?|metastas[ei]s|nodes|biopsies|cent(?:er|re)s|institutions|hospitals|controls?"
    r"|readers|courses|cycles|events|deaths)\b",
    re.I,
)

SENTENCE_END = re.compile(r"[.?!]\s+|\n")
WINDOW = 160


@dataclass(frozen=True, slots=True)
class Finding:
    """A figure: ``text[start:end]`` of the passage ``field`` states it, in code points.

    ``unit`` is the noun of the words in lower case (children, cases), else patients; ``n`` the
    patients that the figure rests on.
    """

    kind: Kind
    value: float
    n: int
    unit: str
    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Count:
    n: int
    unit: str
    role: Role
    field: str
    start: int
    end: int

    def finding(self, kind: Kind) -> Finding:
        return Finding(kind, float(self.n), self.n, self.unit, self.field, self.start, self.end)


def find(passages: Sequence[tuple[str, str]]) -> list[Finding]:
    """The figures of one record in reading order; ``passages`` are (field, text)."""
    counts = [count for field, text in passages for count in _counts(field, text)]
    told = max((count.n for count in counts if count.role != "open"), default=0)
    most = max((count.n for count in counts if count.role == "open"), default=0)
    if most >= told:
        counts = [_whole(count) if count.n == most else count for count in counts]
    return list(_told(counts, max((c.n for c in counts if c.role == "whole"), default=None)))


def largest_n(findings: Iterable[Finding]) -> int | None:
    """The most patients that a sample size counts.

    None where there is none, or where a subgroup is larger than all: the text does not give the
    whole then.
    """
    largest = max(findings, key=lambda found: (found.n, found.kind == "sample_size"), default=None)
    return largest.n if largest and largest.kind == "sample_size" else None


def _whole(count: _Count) -> _Count:
    return replace(count, role="whole") if count.role != "part" else count


def _told(counts: Iterable[_Count], total: int | None) -> Iterator[Finding]:
    for count in counts:
        if count.role == "whole":
            yield count.finding("sample_size")
        elif count.role == "part" or (count.role == "member" and total not in (None, count.n)):
            yield count.finding("subgroup_size")


def _counts(field: str, text: str) -> list[_Count]:
    """What the passage counts, in reading order."""
    plain = text.translate(PLAIN)
    found = [*_counted(field, plain), *_stated(field, plain)]
    return sorted((count for count in found if count.n), key=lambda count: count.start)


def _counted(field: str, text: str) -> Iterator[_Count]:
    """A number before a noun: 101 OMS patients, Ninety-eight children, 1511 (36%) cases."""
    for number in NUMBER.finditer(text):
        start = number.start("number")
        match = COUNTED.match(text, number.end())
        if not match or not _is_count(text, start, match):
            continue
        n = _value(number["number"])
        if match["again"] and _value(match["again"]) != n:
            continue
        if chosen := _chosen(field, text, start, match):
            yield chosen
            continue
        role = _role(field, text, start, match)
        yield _Count(n, match["people"].lower(), role, field, start, match.end())


def _chosen(field: str, text: str, start: int, match: re.Match[str]) -> _Count | None:
    """Those who were studied of the number at ``start``, all the words with them."""
    out_of = OUT_OF.search(text, max(0, start - WINDOW), start)
    studied = CHOSEN.match(text, match.end()) if out_of else None
    if not out_of or not studied:
        return None
    n, unit = _value(studied["number"]), match["people"].lower()
    return _Count(n, unit, "whole", field, out_of.start(), studied.end())


def _is_count(text: str, start: int, match: re.Match[str]) -> bool:
    before, after = _around(text, start, match.end())
    number = text[start : match.start()]
    is_year = re.fullmatch("(?:19|20)[0-9]{2}", number) and DATE_BEFORE.search(before)
    attributes = match["attributes"].replace(",", "").split()
    return (
        not (is_year or ISOTOPE.match(text, start))
        and all(map(_is_attribute, attributes))
        and not NO_COUNT_BEFORE.search(before)
        and not NO_COUNT_AFTER.match(after)
        and not PLANNED.search(before + after)
    )


def _is_attribute(word: str) -> bool:
    """Attributes are no plurals: in "3 readers scored patients" the number counts the readers."""
    is_plural = word.endswith("s") and word.islower() and not word.endswith(("us", "ss", "is"))
    return not NO_ATTRIBUTE.fullmatch(word) and (not is_plural or word == "stages")


def _role(field: str, text: str, start: int, match: re.Match[str]) -> Role:
    before, after = _around(text, start, match.end())
    if match["share"] or (SHARE_AFTER.match(after) and not SHARE_OF.search(before)):
        return "part"
    attributes = set(match["attributes"].lower().split())
    says_whole = WHOLE_BEFORE.search(before) or WHOLE_AFTER.match(after)
    if field == "title" or says_whole or attributes & WHOLE_ATTRIBUTES:
        return "whole"
    is_listed = ANOTHER.search(before) or (ANOTHER.search(after) and not MADE_UP_OF.match(after))
    return "member" if is_listed and not OUT_OF.search(before) else "open"


def _stated(field: str, text: str) -> Iterator[_Count]:
    """A number after an n: n = 43, (N=4,832), patients (n = 13)."""
    for match in STATED.finditer(text):
        before, after = _around(text, match.start(), match.end())
        following = PEOPLE_NEXT.match(after)
        nearest = following or PEOPLE_LAST.search(before) or ENROLLED_LAST.search(before)
        if not nearest and _counts_things(before, after):
            continue
        role = _stated_role(before, after, match, bool(nearest))
        if role != "open":
            unit = nearest["people"].lower() if nearest else "patients"
            end = match.end() + (following.end() if following else 0)
            yield _Count(_value(match["number"]), unit, role, field, match.start(), end)


def _counts_things(before: str, after: str) -> bool:
    """Whether the noun beside the number, before or after it, is one of things or of animals."""
    things = [match.end() for match in THINGS.finditer(before)]
    people = [match.end() for match in re.finditer(rf"\b(?:{PEOPLE})\b", before, re.I)]
    return max(things, default=0) > max(people, default=0) or bool(PLURAL_NEXT.match(after))


def _stated_role(before: str, after: str, match: re.Match[str], of_people: bool) -> Role:
    """Several in a sentence are groups; one in brackets is a whole only where the words say so."""
    if STATED.search(before) or STATED.search(after):
        return "part" if of_people else "open"
    in_brackets = before.rfind("(") > before.rfind(")")
    if not in_brackets or WHOLE_LAST.search(before) or ENROLLED_LAST.search(before):
        return "whole"
    if not of_people:
        return "open"
    return "whole" if match[0].startswith("N") or WHOLE_AFTER.match(after) else "member"


def _around(text: str, start: int, end: int) -> tuple[str, str]:
    """The words of the sentence before and after a place, as far as a rule may look."""
    before, after = text[max(0, start - WINDOW) : start], text[end : end + WINDOW]
    return SENTENCE_END.split(before)[-1], SENTENCE_END.split(after)[0]


def _value(number: str) -> int:
    """The number that digits or English words spell: 4,832 or two hundred and fifty-three."""
    if number[0].isdigit():
        return int(re.sub("[^0-9]", "", number))
    total = below = 0
    for word in re.findall("[a-z]+", number.lower()):
        if word == "thousand":
            total, below = 1000 * below, 0
        elif word == "hundred":
            below *= 100
        elif word != "and":
            below += VALUES[word]
    return total + below
