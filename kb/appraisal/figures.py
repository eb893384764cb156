"""Figures of accuracy, agreement, risk and survival that a passage states. Pure.

A sentence is read as names of measures and values. A value belongs to the measure that stands
before it ("a sensitivity of 83% (68-98%)") or right after it ("83% (68-98%) sensitivity"); a list
of measures to a list of as many values, in order ("sensitivity, specificity and PPV were 74, 67 and
78.6%, respectively"); one measure, or a list of them, to as many values as tests are named for them
("88% for MIBG and 76% for PET"). Where the numbers do not match, nothing is taken: a figure is read
or left out, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, takewhile
from typing import NamedTuple

from kb.appraisal.lexicon import passage
from kb.appraisal.measures import (
    Defined,
    Figure,
    Measure,
    MeasureName,
    Span,
    defined,
    may_name,
    names,
)
from kb.appraisal.numbers import VALUES
from kb.appraisal.own import is_own
from kb.appraisal.thresholds import ADJECTIVES, OF_UNIT, cutoffs, detection_rates, p_values
from kb.appraisal.values import Value, interval_after, values
from kb.reading.passage import Sentence
from kb.record.sentences import around
from kb.tagging.vocabulary import NO_WORDS, FieldWords

DIGIT = re.compile(r"\d")
ADJECTIVE = {"sensitive": "sensitivity", "specific": "specificity", "accurate": "accuracy"}

# Between a value and the name that follows it: 88% pooled sensitivity, 100% first pass accuracy.
BEFORE_NAME = re.compile(
    r"\s(?:(?!(?:of|in|and|or|for|with|was|were|is|are|had|has|at|by|to|from|than|as|on|vs|versus|but"
    r"|the|an?|that|which|when|while|whereas)\b)[a-z-]+\s){0,2}"
)
# The mass number of (123)I-MIBG parts no words.
MASS_NUMBER = re.compile(r"\((\d{2,3}m?)\)(?=[A-Z])")
# Between the measures, or the values, of one list; comparisons stand between values only. What
# stands in brackets is no value.
LISTED = re.compile(
    r"(?:\s*\([^()\d]{1,40}\))?\s*(?:,\s*(?:and|or|&)?|;|and|or|&|/)\s*"
    r"(?:an? |the |(?:[\w-]+[- ])?(?:year|yr|month)[- ]|actuarial |estimated |diagnostic )*"
)
AGAINST = r"\b(?:vs\.|(?:vs|v|versus|compared (?:with|to)|against|than|to|while|whereas|but)\b)"
# Whose a value is: after it ("88% for MIBG", "0.95 at diagnosis", "48% when it was amplified") or
# before it ("94% and bone scintigraphy 71%"). A verb shows that the words tell something else.
AFTER = (
    r"\s*(?:,?\s*respectively,?)?\s*(?:(?P<label>(?:for|with|by|in|on|at|using|after|before|during"
    r"|below|above|among|when|if)\b(?:(?!\b(?:and|or|vs|versus|v|compared|while|whereas)\b)[^,;()])"
    r"{0,60}?)(?:\s*[(\[][^()\[\]]{0,60}[)\]])?|(?:\s*[(\[][^()\[\]]{0,60}[)\]])?)"
)
HEAD = (
    r"(?:(?P<head>(?:for|in|with|by|at|on|using)\b[^,;:()]{1,60},\s+"
    r"|(?!(?:with|by|in|of|at|to)\b)(?:[^\s,;:()]+\s+|\([^()]{1,20}\)\s+){1,6}))"
)
NEXT = re.compile(
    rf"{AFTER}\s*(?:(?P<against>,?\s*{AGAINST})|(?P<list>,\s*(?:and\b|or\b|&)?|;|\band\b|\bor\b|&))"
    rf"\s*(?:only )?(?:an? |the |th(?:at|ose) of )?{HEAD}?"
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
BOTH = re.compile(r"\b(?:both|each)\b")
COMPARING = re.compile(r"(?:ies|es|s)\)?$")

NUMERALS = VALUES | {"twenty-four": 24}
# Survival at a time; ages, and how long patients were followed, are none.
AT_TIME = re.compile(
    r"(?<![\w.<>≤≥±-])(?<![<>≤≥±]\s)(?<!than )(?<!least )(?<!under )(?<!below )(?<!above )"
    r"(?<!over )(?<!aged )(?<!age )(?<!follow-up of )(?<!follow-up was )"
    rf"(?P<n>\d+|{'|'.join(sorted(NUMERALS, reverse=True))})[\s-](?P<unit>y|m)"
    r"(?:(?<=y)(?:r|ear)?|(?<=m)(?:o|onth))s?\b(?!\.?[\s-](?:old|of age)\b)"
)
# The last of several: "3- and 5-year", "at 3 and 5 years".
ANOTHER_TIME = re.compile(
    rf"(?:\d|\b(?:{'|'.join(VALUES)}))(?:[\s-]*(?:y|yr|year|mo|month)s?)?-?\s?(?:,|/|&|-|and|or|to)\s?$"
)
# Right before the name of a measure.
LEADING_TIME = re.compile(rf"{AT_TIME.pattern}[\s-]+(?:[a-z-]+\s)?$")
# 3- and 5-year; 1, 3 and 5 years.
_N = rf"(?:\d+|(?:{'|'.join(sorted(VALUES, reverse=True))})\b)"
TIME_NUMBER = re.compile(rf"\d+|\b(?:{'|'.join(sorted(VALUES, reverse=True))})\b")
TIME_LIST = re.compile(
    rf"(?<![\w.<>≤≥±-])(?P<numbers>{_N}(?:(?:[\s-]*(?:y|yr|year|mo|month)s?)?-?\s?"
    rf"(?:,\s?(?:and\s)?|/|&|and|or)\s?{_N})+)[\s-]*(?P<unit>y|m)(?:r|o|ears?|onths?)?s?\b"
)
TIME_UNITS = {"y": "years", "m": "months"}
UNITS = (
    (
        "lesion",
        re.compile(r"\b(?:per[\s-]|by |a )?lesion(?:s|[\s-](?:based|level|wise|basis|by))?\b"),
    ),
    (
        "patient",
        re.compile(r"\b(?:(?:per|by|a)[\s-]patient|patient[\s-](?:based|level|wise|basis))\b"),
    ),
)


def figures(text: str, words: FieldWords = NO_WORDS) -> list[Figure]:
    """The figures of one passage in reading order; ``words`` are those of the field of medicine."""
    read = passage(text)
    shorts = defined(read)
    stated = {
        _moved(figure, sentence.start, text)
        for sentence in read.sentences
        if DIGIT.search(sentence.text)
        for figure in _in_sentence(_without_mass_numbers(sentence), shorts, words)
        if is_own(figure, sentence)
    }
    return sorted(stated, key=lambda figure: (figure.start, figure.end, figure.kind))


def _moved(figure: Figure, by: int, text: str) -> Figure:
    """The figure of a sentence as one of the passage."""
    label, link = (span and (span[0] + by, span[1] + by) for span in (figure.label, figure.link))
    return replace(
        figure,
        start=figure.start + by,
        end=figure.end + by,
        label=label,
        link=link,
        sentence=around(text, figure.start + by, figure.end + by),
    )


def _without_mass_numbers(sentence: Sentence) -> Sentence:
    if "(" not in sentence.text:
        return sentence
    cased = MASS_NUMBER.sub(r"_\1_", sentence.cased)
    return sentence._replace(cased=cased, text=cased.lower())


def _in_sentence(sentence: Sentence, shorts: Defined, words: FieldWords) -> Iterator[Figure]:
    text, cased = sentence.text, sentence.cased
    special = [*p_values(sentence), *cutoffs(sentence, words), *detection_rates(sentence)]
    yield from (_placed(text, figure) for figure in special)
    # Blanked, they stand in no list of other values.
    for figure in special:
        text = _blanked(text, figure)
    measures = names(text, cased, shorts) if may_name(sentence, shorts) else []
    known = values(text) if measures or ADJECTIVES in sentence.found else []
    taken = [*_adjectives(text, known), *_before(text, measures, known)]
    for figure, value in taken:
        known.remove(value)
        measures = [name for name in measures if not figure.start <= name.start < figure.end]
        yield _placed(text, figure)
    groups = _grouped(text, measures)
    for group, after in zip(groups, [*groups[1:], []], strict=False):
        stop = after[0].start if after else len(text)
        run = _run(text, group, stop, known)
        for figure in _paired(text, group, run):
            link = (group[-1].end, run.values[0].start)
            yield _placed(text, replace(figure, link=link))
        if not run.values and len(measures) == 1:
            yield from (_placed(text, one) for one in _compared_in_brackets(text, group[0], known))


def _compared_in_brackets(text: str, name: MeasureName, known: Sequence[Value]) -> Iterator[Figure]:
    """Survival was better in girls than in boys (74% vs 45%): of the only measure of a sentence."""
    for one, other in pairwise(known):
        opens = text[: one.start].rstrip()[-1:] in ("(", "[") and name.end <= one.start
        if opens and VERSUS.fullmatch(text, one.end, other.start) and one.percent:
            for n, value in enumerate((one, other)):
                if _fits(name.measure, value, listed_percent=one.percent):
                    figure = _figure(name.measure.kind, value, value.start, value.end)
                    yield replace(figure, place=(n, 2))


def _blanked(text: str, figure: Figure) -> str:
    """The text without the figure; a p value goes with the comma that parts it from another."""
    before, after = text[: figure.start], text[figure.end :]
    before = before[:-2] + "  " if figure.kind == "p" and before.endswith(("; ", ", ")) else before
    return before + ("_" if figure.kind != "p" else " ") * (figure.end - figure.start) + after


def _fits(measure: Measure, value: Value, listed_percent: bool) -> bool:
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
    return not value.percent if measure.form == "ratio" else True


def _adjectives(text: str, known: Sequence[Value]) -> Iterator[tuple[Figure, Value]]:
    """82% sensitive."""
    for match in ADJECTIVES.finditer(text):
        for value in known:
            if value.start == match.start("value"):
                kind = ADJECTIVE[match["word"]]
                yield _figure(kind, value, match.start(), match.end()), value


def _before(
    text: str, measures: Sequence[MeasureName], known: Sequence[Value]
) -> Iterator[tuple[Figure, Value]]:
    """83% (68-98%) sensitivity: the value right before its measure, and after no other's."""
    taken: set[Value] = set()
    for earlier, name in zip([None, *measures], measures, strict=False):
        for value in known:
            is_next = value.end <= name.start and BEFORE_NAME.fullmatch(text, value.end, name.start)
            is_free = is_next and value not in taken and _is_free(text, earlier, value, known)
            if is_free and _fits(name.measure, value, listed_percent=False):
                taken.add(value)
                figure = _figure(name.measure.kind, value, value.start, name.end)
                yield _with_interval(text, figure), value


def _with_interval(text: str, figure: Figure) -> Figure:
    """96% sensitivity (95% CI 90-99%): the interval may stand behind the name."""
    if figure.low is None and (ends := interval_after(text, figure.end, figure.value)):
        low, high, end = ends
        return replace(figure, low=low, high=high, end=end)
    return figure


def _is_free(text: str, earlier: MeasureName | None, value: Value, known: Sequence[Value]) -> bool:
    """Whether no measure before the value can claim it, as one with a value of its own cannot."""
    if earlier is None or earlier.end > value.start:
        return True
    if any(earlier.end <= own.start and own.end < value.start for own in known):
        return True
    link = text[earlier.end : value.start]
    return LISTED.fullmatch(link) is not None or len(link.split()) > 3


def _grouped(text: str, measures: Sequence[MeasureName]) -> list[list[MeasureName]]:
    """Names that stand in one list."""
    groups: list[list[MeasureName]] = []
    for name in measures:
        if groups and LISTED.fullmatch(text, groups[-1][-1].end, name.start):
            groups[-1].append(name)
        else:
            groups.append([name])
    return groups


class _Run(NamedTuple):
    """Values that stand in one list, each with the place of its label where it has one;
    ``joints``: whether words of comparison stand between one and the next."""

    values: list[Value]
    labels: list[Span | None]
    joints: Sequence[bool]


def _run(text: str, group: Sequence[MeasureName], stop: int, known: Sequence[Value]) -> _Run:
    """The list of values that a group of measures leads to."""
    start = group[-1].end
    ahead = [value for value in known if start <= value.start and value.end <= stop]
    while ahead and not _leads(text[start : ahead[0].start], ahead[0], group):
        if _is_broken(text[start : ahead[0].start]):
            return _Run([], [], ())
        ahead = ahead[1:]
    if not ahead or _is_too_far(text, start, ahead[0].start):
        return _Run([], [], ())
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
    return _Run(run, [*labels, head or (last and _label(last)) or None], joints)


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
        opened = max(text.rfind(sign, last.end, value.start) for sign in "([")
        if opened <= max(text.rfind(sign, last.end, value.start) for sign in ")]"):
            break
    return None, ahead


def _leads(link: str, value: Value, group: Sequence[MeasureName]) -> bool:
    """Whether the words between a measure and a value lead to it: "in 43 patients was 83%"."""
    if _is_broken(link) or not _fits(group[0].measure, value, listed_percent=True):
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
    return match.span("label") if match["label"] else None


def _is_joined(match: re.Match[str], measures: int) -> bool:
    """Whether the words between two values make them two of a list."""
    label, head = match["label"] or "", match["head"] or ""
    if head and (measures > 1 or TELLS.search(head.removesuffix("of ")) or head == "respectively "):
        return False
    return not TELLS.search(label.split(" ", 1)[-1]) or label.startswith(("when", "if", "in"))


def _paired(text: str, group: Sequence[MeasureName], run: _Run) -> Iterator[Figure]:
    if not run.values or all(name.measure.form == "other" for name in group):
        return
    percent = run.values[-1].percent
    if len(group) == 1:
        yield from _of_one(text, group[0], run, percent)
        return
    if len(run.values) == 1 and BOTH.search(text, group[-1].end, run.values[0].start):
        run = _Run(run.values * len(group), run.labels * len(group), ())
    k, m = len(group), len(run.values)
    fit = all(_fits(group[i % k].measure, value, percent) for i, value in enumerate(run.values))
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


def _is_of_pairs(run: _Run, k: int) -> bool:
    """Sensitivity and specificity of two tests: 82% vs 77% and 91% vs 100%."""
    alternating = [bool(n % 2 == 0) for n in range(2 * k - 1)]
    return len(run.values) == 2 * k and list(run.joints) == alternating


def _is_of_groups(run: _Run, k: int) -> bool:
    """Whether each k values have a label, or are compared with the next k."""
    ends = range(k, len(run.values), k)
    compared = [n for n, against in enumerate(run.joints, start=1) if against]
    return all(run.labels[k - 1 :: k]) or compared == list(ends)


def _of_one(text: str, name: MeasureName, run: _Run, percent: bool) -> Iterator[Figure]:
    """The values of one measure: the first, or all where the words tell of several."""
    pairs = zip(run.values, run.labels, strict=True)
    kept = list(takewhile(lambda pair: _fits(name.measure, pair[0], percent), pairs))
    several = (
        any(run.joints)
        or COMPARING.search(text, name.start, name.end)
        or sum(label is not None for _, label in kept) >= len(kept) - 1
        or SEVERAL.search(text)
    )
    taken = kept if several else kept[:1]
    for i, (value, label) in enumerate(taken):
        figure = _of_name(text, name, value, label, percent, first=not i)
        yield replace(figure, place=(i, len(taken)))


def _of_name(
    text: str, name: MeasureName, value: Value, label: Span | None, percent: bool, *, first: bool
) -> Figure:
    start = name.start if first else value.start
    figure = _figure(name.measure.kind, value, start, value.end)
    unit = OF_UNIT.match(text, value.end) if name.measure.form == "threshold" else None
    if unit:
        figure = replace(figure, unit=unit["unit"], end=unit.end())
    elif percent and name.measure.form == "share" and (value.value or 0) > 1:
        figure = replace(figure, unit="%")
    return replace(figure, label=label)


def _figure(kind: str, value: Value, start: int, end: int) -> Figure:
    unit = "%" if value.percent else None
    return Figure(kind, *value[:5], unit, start=start, end=end)


def _placed(text: str, figure: Figure) -> Figure:
    """With the time and the unit of analysis, where the label or else the sentence names one."""
    label = text[slice(*figure.label)] if figure.label else ""
    is_survival = figure.kind in {"efs", "os", "pfs"}
    time = _time(text, label, figure) if is_survival else None
    unit = None if figure.kind in {"p", "hr", "or"} else _only_unit(label) or _only_unit(text)
    return replace(figure, time_point=time, unit_of_analysis=unit)


def _time(text: str, label: str, figure: Figure) -> str | None:
    """The time that the label, or else the words before the measure, or else the sentence names;
    of a list of times the one that stands where the value does in its own."""
    if time := _only_time(label):
        return time
    if time := _time_of_list(text, figure):
        return time
    leading = LEADING_TIME.search(text, max(0, figure.start - 50), figure.start)
    if leading and not _is_listed(text, leading):
        return _named_time(leading)
    return _only_time(text)


def _time_of_list(text: str, figure: Figure) -> str | None:
    place, count = figure.place
    lists = list(TIME_LIST.finditer(text)) if count > 1 else []
    if len(lists) != 1:
        return None
    times = TIME_NUMBER.findall(lists[0]["numbers"])
    unit = TIME_UNITS[lists[0]["unit"]]
    return f"{NUMERALS.get(times[place], times[place])} {unit}" if len(times) == count else None


def _only_time(text: str) -> str | None:
    times = list(AT_TIME.finditer(text))
    if any(_is_listed(text, time) for time in times):
        return None
    named = set(map(_named_time, times))
    return named.pop() if len(named) == 1 else None


def _is_listed(text: str, time: re.Match[str]) -> bool:
    return ANOTHER_TIME.search(text, max(0, time.start() - 20), time.start()) is not None


def _named_time(time: re.Match[str]) -> str:
    return f"{NUMERALS.get(time['n'], time['n'])} {TIME_UNITS[time['unit']]}"


def _only_unit(text: str) -> str | None:
    units = [unit for unit, words in UNITS if words.search(text)]
    return units[0] if len(units) == 1 else None
