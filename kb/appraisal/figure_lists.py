"""Which values are those of which measures: lists of both, told apart by their words. Pure.

One measure leads to one value, or to as many as have words that tell them apart; a list of measures
leads to as many values, in order, once or once for each test. Where the numbers do not match,
nothing is taken. Sentences are read in the plain form of kb.record.sentences and in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import NamedTuple

from kb.appraisal.measures import SURVIVAL, Figure, Measure, MeasureName, Span
from kb.appraisal.thresholds import OF_UNIT, unit_name
from kb.appraisal.values import CI, LEVEL, NUMBER, PERCENT, Value, interval_after, number

# Between the measures, or the values, of one list; comparisons stand between values only. What
# stands in brackets is no value.
LISTED = re.compile(
    r"(?:\s*\([^()\d]{1,40}\))?\s*(?:,\s*(?:and|or|&)?|;|and|or|&|/)\s*"
    r"(?:an? |the |(?:[\w-]+[- ])?(?:year|yr|month)[- ]|actuarial |estimated |diagnostic )*"
)
AGAINST = (
    r"\b(?:vs?\.|(?:vs|v|versus|(?:as )?(?:compared (?:with|to)|opposed to)"
    r"|against|than|to|while|whereas|but)\b)"
)
# Whose a value is: after it ("88% for MIBG", "0.95 at diagnosis", "48% when it was amplified") or
# before it ("94% and bone scintigraphy 71%"). A verb shows that the words tell something else.
BRACKET = r"(?:\s*[(\[][^()\[\]]{0,60}[)\]])?"
# Words in brackets that say whose a value is: 89% (CT).
INNER = (
    r"(?!(?:range|ci|n|ns|n\.s\.|sd|sem?|p|iqr|interquartile|not|data)\b)"
    r"[a-z][^()\[\]%=<>±:;]{1,40}"
)
STAGE = r"(?:[ivx]+|\d)(?:-?[a-z])?\b"
STAGES = rf"in stages? {STAGE}(?:\s?(?:,|,? and|,? or|to|-)\s?{STAGE})+"
AFTER = (
    rf"\s*(?:,?\s*respectively,?)?(?:\s*[(\[](?P<inner>{INNER})[)\]]|{BRACKET})\s*(?:(?P<label>{STAGES}|(?:for|with|by|in|on|at|per|using"
    r"|after|before|during|below|above|among|without|when|if)\b(?:(?!\b(?:and|or|vs|versus|v|compared|while"
    rf"|whereas)\b)[^,;()]){{0,60}}?){BRACKET})?"
)
HEAD = (
    r"(?:(?P<head>(?:for|in|with|by|at|on|using)\b[^,;:()]{1,60},\s+"
    r"|(?!(?:with|by|in|of|at|to)\b)(?:[^\s,;:()]+\s+|\([^()]{1,20}\)\s+){1,6}))"
)
NEXT = re.compile(
    rf"{AFTER}\s*(?:(?P<against>,?\s*{AGAINST})|(?P<list>,\s*(?:and\b|or\b|&)?|;|(?<=[%\d)])/|\band\b|\bor\b|&))"
    rf"\s*(?:only )?(?:an? |the |(?:th(?:at|ose) )?of )?{HEAD}?"
)
LAST = re.compile(rf"{AFTER}(?=\s*(?:[,;.()]|\b(?:and|v|vs|versus|compared|while|whereas)\b|$))")
VERSUS = re.compile(rf"\s*,?\s*{AGAINST}\s*")
TELLS = re.compile(
    r"\b(?:is|are|was|were|has|had|have|occurred|relapsed|died|survived|showed|found|seen|fell|rose"
    r"|received|underwent|respon\w+|uptake|in|of|alive|positive|negative|remission|mean|median|by"
    r"|risk|reduc\w+|increas\w+)\b"
)
# Before a value these say that it is not the measure's: a count, a stage, a score, an age.
NO_LINK_END = re.compile(
    r"\b(?:stages?|grades?|class|phase|table|n|ages?d?|in|among|all|least|than|score)\s*=?\s*$"
)
# A link leads from a measure to its values; these words, or a half of a sentence, end it.
NO_LINK = re.compile(r"[;]|\b(?:while|whereas|but|although|however|if|who|which)\b")
LONGEST_LINK = 90
# Longer where a verb leads right to the values.
LONGEST_WITH_VERB = 200
VERB_LAST = re.compile(r"\b(?:was|were|is|are|of|reached|amounted to)\s+$")
SEVERAL = re.compile(
    r"\brespectively\b|\bfrom\b.{0,20}$|\b(?:raised|rose|fell|improved|increased)\b"
)
LAST_JOINT = re.compile(r"\b(?:and|or)\b|&|/")
# The intervals of several values, one after the other.
_PAIR = rf"{NUMBER}(?:{PERCENT})?\s?(?:-|to)\s?{NUMBER}(?:{PERCENT})?"
PAIR = re.compile(rf"(?P<low>{NUMBER})(?:{PERCENT})?\s?(?:-|to)\s?(?P<high>{NUMBER})")
INTERVALS = re.compile(
    rf"{LEVEL}?{CI}[,:=]?\s?(?P<pairs>{_PAIR}(?:\s?(?:,\s?and|,|;|and|vs\.?)\s?{_PAIR})+)"
)
BOTH = re.compile(r"\b(?:both|each)\b")
COMPARING = re.compile(r"(?:ies|es|s)\)?$")


def fits(measure: Measure, value: Value, listed_percent: bool) -> bool:
    """Whether a value can be one of this measure."""
    if not value.percent and not value.is_free and measure.form != "threshold":
        return False
    numbers = [n for n in (value.value, value.low, value.high) if n is not None]
    if measure.form == "share":
        most = 100 if value.percent or listed_percent else 1
        return all(0 <= n <= most for n in numbers)
    if measure.form == "unit":
        most = 100 if value.percent and measure.kind == "auc" else 1
        return all(-1 <= n <= most for n in numbers)
    if measure.form == "ratio":
        # A year, an age, or a number of something.
        is_count = (
            value.low is None
            and (value.value or 0) >= 30
            and value.value == round(value.value or 0)
        )
        return not value.percent and (not is_count or measure.kind.startswith("lr"))
    return True


def grouped(text: str, measures: Sequence[MeasureName]) -> list[list[MeasureName]]:
    """Names that stand in one list."""
    groups: list[list[MeasureName]] = []
    for name in measures:
        if groups and LISTED.fullmatch(text, groups[-1][-1].end, name.start):
            groups[-1].append(name)
        else:
            groups.append([name])
    return groups


class Run(NamedTuple):
    """Values that stand in one list, each with the place of its label where it has one;
    ``joints``: whether words of comparison stand between one and the next; ``is_whole``: "and"
    stands before the last, and nothing behind it that would make it another thing's."""

    values: list[Value]
    labels: list[Span | None]
    joints: Sequence[bool]
    is_whole: bool = False


def run_of(text: str, group: Sequence[MeasureName], stop: int, known: Sequence[Value]) -> Run:
    """The list of values that a group of measures leads to."""
    start = group[-1].end
    ahead = [value for value in known if start <= value.start and value.end <= stop]
    while ahead and not _leads(text[start : ahead[0].start], ahead[0], group):
        if _is_broken(text[start : ahead[0].start]):
            return Run([], [], ())
        ahead = ahead[1:]
    if not ahead or _is_too_far(text, start, ahead[0].start):
        return Run([], [], ())
    run, labels, joints = [ahead[0]], [], []
    head: Span | None = None
    rest: Sequence[Value] = ahead[1:]
    while rest:
        match, rest = _next(text, run[-1], rest)
        is_alike = match and (rest[0].percent or not run[-1].percent)
        if not match or not is_alike or not _is_joined(match, len(group)):
            break
        labels.append(head or _label(match))
        head = _head(match)
        joints.append(match["against"] is not None)
        run.append(rest[0])
        rest = rest[1:]
    last = LAST.match(text, run[-1].end, stop)
    labels.append(head or (last and _label(last)) or None)
    is_whole = last is not None and len(run) > 1 and _ends_list(text, *run[-2:])
    return Run(_with_intervals(text, run, labels, stop), labels, joints, is_whole)


def _ends_list(text: str, one: Value, last: Value) -> bool:
    return LAST_JOINT.search(text, one.end, last.start) is not None


def _with_intervals(
    text: str, run: Sequence[Value], labels: Sequence[Span | None], stop: int
) -> list[Value]:
    """The values with their intervals that stand behind all of them (80% and 61%; 95% CI 70-88 and
    49-71), or each behind its label (80% for MIBG (70-88%))."""
    each = INTERVALS.search(text, run[-1].start, min(stop, run[-1].start + LONGEST_LINK))
    pairs = list(PAIR.finditer(each["pairs"])) if each and len(run) > 1 else []
    if each and len(pairs) == len(run) and all(value.low is None for value in run[:-1]):
        end = len(text[: each.start()].rstrip(" ([,;"))
        ends = [*(value.end for value in run[:-1]), max(end, run[-1].start + 1)]
        return [
            value._replace(low=number(pair["low"]), high=number(pair["high"]), end=end)
            for value, pair, end in zip(run, pairs, ends, strict=True)
        ]
    return [
        value._replace(low=own[0], high=own[1], end=own[2])
        if label and value.low is None and (own := interval_after(text, label[1], value.value))
        else value
        for value, label in zip(run, labels, strict=True)
    ]


def _is_too_far(text: str, start: int, end: int) -> bool:
    most = LONGEST_WITH_VERB if VERB_LAST.search(text, start, end) else LONGEST_LINK
    return end - start > most


def _next(
    text: str, last: Value, ahead: Sequence[Value]
) -> tuple[re.Match[str] | None, Sequence[Value]]:
    """What joins a value to the next one of its list, and the values from that one on; those in
    brackets between the two belong to its label."""
    for place, value in enumerate(ahead[:3]):
        if match := NEXT.fullmatch(text, last.end, value.start):
            return match, ahead[place:]
        if _may_be_of_label(last, value):
            continue
        opened = max(text.rfind(sign, last.end, value.start) for sign in "([")
        if opened <= max(text.rfind(sign, last.end, value.start) for sign in ")]"):
            break
    return None, ahead


def _may_be_of_label(last: Value, value: Value) -> bool:
    """91% with ratios ≥ 1.6, 0.93 for reader 1."""
    is_whole = value.value is not None and value.value == int(value.value) and value.low is None
    is_fraction = last.value is not None and last.value != int(last.value)
    return not value.percent and (last.percent or (is_fraction and is_whole))


def _leads(link: str, value: Value, group: Sequence[MeasureName]) -> bool:
    """Whether the words between a measure and a value lead to it: "in 43 patients was 83%"."""
    if _is_broken(link) or not fits(group[0].measure, value, listed_percent=True):
        return False
    return value.percent or value.value is None or not NO_LINK_END.search(link)


def _is_broken(link: str) -> bool:
    """Whether another thought stands between: not where only those are told of whom the value is,
    "survival in patients who relapsed was 20%"."""
    breaks = list(NO_LINK.finditer(link))
    is_aside = VERB_LAST.search(link) and "," not in link
    return bool(breaks) and not (is_aside and all(each[0] == "who" for each in breaks))


def _head(match: re.Match[str]) -> Span | None:
    """Without the comma behind it."""
    start, head = match.start("head"), match["head"]
    return (start, start + len(head.rstrip(" ,"))) if head else None


def _label(match: re.Match[str]) -> Span | None:
    return next((match.span(name) for name in ("label", "inner") if match[name]), None)


def _is_joined(match: re.Match[str], measures: int) -> bool:
    """Whether the words between two values make them two of a list."""
    label, head = match["label"] or "", match["head"] or ""
    if head and (measures > 1 or TELLS.search(head.removesuffix("of ")) or head == "respectively "):
        return False
    return not TELLS.search(label.split(" ", 1)[-1]) or label.startswith(("when", "if", "in"))


def paired(text: str, group: Sequence[MeasureName], run: Run) -> Iterator[Figure]:
    if not run.values or all(name.measure.form == "other" for name in group):
        return
    percent = run.values[-1].percent
    if len(group) == 1:
        yield from _of_one(text, group[0], run, percent)
        return
    if len(run.values) == 1 and BOTH.search(text, group[-1].end, run.values[0].start):
        run = Run(run.values * len(group), run.labels * len(group), ())
    k, m = len(group), len(run.values)
    fit = all(fits(group[i % k].measure, value, percent) for i, value in enumerate(run.values))
    if fit and _is_of_pairs(run, k):
        for i, value in enumerate(run.values):
            if (name := group[i // 2]).measure.form != "other":
                figure = _of_name(text, name, value, run.labels[i], percent, first=False)
                yield replace(figure, place=(i % 2, 2))
        return
    if not fit or m % k or (m > k and not _is_of_groups(run, k)):
        return
    for i, value in enumerate(run.values):
        label = run.labels[i - i % k + k - 1]
        if group[i % k].measure.form != "other":
            figure = _of_name(text, group[i % k], value, label, percent, first=False)
            yield replace(figure, place=(i // k, m // k))


def _is_of_pairs(run: Run, k: int) -> bool:
    """Sensitivity and specificity of two tests: 82% vs 77% and 91% vs 100%."""
    alternating = [bool(n % 2 == 0) for n in range(2 * k - 1)]
    return len(run.values) == 2 * k and list(run.joints) == alternating


def _is_of_groups(run: Run, k: int) -> bool:
    """Whether each k values have a label, or are compared with the next k."""
    ends = range(k, len(run.values), k)
    compared = [n for n, against in enumerate(run.joints, start=1) if against]
    return all(run.labels[k - 1 :: k]) or compared == list(ends)


def _of_one(text: str, name: MeasureName, run: Run, percent: bool) -> Iterator[Figure]:
    """The values of one measure: the first, or all where the words tell of several."""
    pairs = zip(run.values, run.labels, strict=True)
    kept = list(takewhile(lambda pair: fits(name.measure, pair[0], percent), pairs))
    several = (
        any(run.joints)
        or COMPARING.search(text, name.start, name.end)
        or sum(label is not None for _, label in kept) >= len(kept) - 1
        or SEVERAL.search(text)
        or (run.is_whole and name.measure.form != "threshold" and not any(run.labels[:-1]))
    )
    taken = kept if several else kept[:1]
    for i, (value, label) in enumerate(taken):
        figure = _of_name(text, name, value, label, percent, first=not i)
        yield replace(figure, place=(i, len(taken)))


def _of_name(
    text: str, name: MeasureName, value: Value, label: Span | None, percent: bool, *, first: bool
) -> Figure:
    start = name.start if first else value.start
    figure = figure_of(name.measure.kind, value, start, value.end)
    unit = OF_UNIT.match(text, value.end) if name.measure.form == "threshold" else None
    if unit:
        figure = replace(figure, unit=unit_name(unit), end=unit.end())
    elif percent and name.measure.form == "share" and (value.value or 0) > 1:
        figure = replace(figure, unit="%")
    return replace(figure, label=label)


def figure_of(kind: str, value: Value, start: int, end: int) -> Figure:
    """Of survival the deviation is that of its estimate, which is its error."""
    unit = "%" if value.percent else None
    figure = Figure(kind, *value[:5], unit, start=start, end=end)
    return replace(figure, se=value.deviation) if value.deviation and kind in SURVIVAL else figure
