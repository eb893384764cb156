"""The counts of people that a passage states, and what its words say of each. Pure.

A count is read only where its noun is people ("101 OMS patients", "Ninety-eight children") or where
an n says it ("n = 43"); ages, doses, stages, dates, shares and other things look like one. What the
counts of all passages together mean is for kb.appraisal.findings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from kb.appraisal import people
from kb.appraisal.lexicon import passage
from kb.appraisal.not_counts import not_counts
from kb.appraisal.numbers import NOTE, NUMBER, value
from kb.appraisal.roles import NumberRole, Role, told
from kb.reading.literals import Finder
from kb.reading.passage import ReadPassage, ReadSentence
from kb.record.sentences import plain
from kb.tagging.vocabulary import NO_WORDS, FieldWords

WINDOW = 160  # characters beside a count in which its words are looked for
MOST_GROUPS = 20  # in a list of groups of patients
# Without one of these a sentence counts nobody, and describes nobody.
COUNTING = frozenset((people.COUNTED, people.AFTER_N))
DESCRIBED = frozenset((people.ONE, people.PAIR, people.NUMBERED))


@dataclass(frozen=True, slots=True)
class Count:
    n: int
    unit: str
    role: Role
    field: str
    start: int
    end: int
    sentence: int = 0  # where its sentence begins


def counts(field: str, text: str, words: FieldWords = NO_WORDS) -> Iterator[Count]:
    """What the passage counts, in reading order; ``words`` are those of the field of medicine."""
    read = passage(text)
    for each in read.sentences:
        said = told(each)
        if not said and each.possible.isdisjoint(COUNTING):
            continue
        sentence = _Counting(field, each, words)
        sentence.told = said
        counted = list(_before_noun(sentence))
        here = [*_told(sentence), *counted, *_after_n(sentence)]
        here += _sets(sentence) if counted else ()
        here += _spaced(sentence)
        if each.section == "background" and not people.OURS.search(each.text):
            here = [replace(count, role="faint") for count in here if count.role != "other"]
        yield from sorted((count for count in here if count.n), key=lambda count: count.start)
    yield from _labelled(field, read)


def _labelled(field: str, read: ReadPassage) -> Iterator[Count]:
    """Groups that have labels, together."""
    groups: dict[str, tuple[int, int, int]] = {}
    for sentence in read.sentences if people.LABELLED in read.possible else ():
        for match in sentence.finditer(people.LABELLED):
            start, end = match.span("number")
            group = value(match["number"]), sentence.start + start, sentence.start + end
            groups.setdefault(match["label"], group)
    if len(groups) > 1:
        (_, start, _), *_, (_, _, end) = groups.values()
        yield Count(sum(n for n, _, _ in groups.values()), "patients", "open", field, start, end)


def case_patients(field: str, text: str) -> Iterator[Count]:
    """The patients who are described one by one."""
    read = passage(text)
    for each in read.sentences if read.possible & DESCRIBED else ():
        if each.possible.isdisjoint(DESCRIBED):
            continue
        sentence = _Counting(field, each)
        for n, one in ((1, people.ONE), (2, people.PAIR)):
            for match in sentence.finditer(one):
                yield sentence.count(n, "patients", "single", *match.span())
        for match in sentence.finditer(people.NUMBERED):
            yield sentence.count(value(match["number"]), "patients", "single", *match.span())


def title_patient(title: str, abstract: str) -> Iterator[Count]:
    """The patient whom a title names, where the abstract goes on to tell of one."""
    named = people.TITLED.search(plain(title).lower())
    if named and people.FOLLOWED.search(plain(abstract).lower()):
        yield Count(1, "patients", "single", "title", *named.span())


def without_noun(field: str, text: str) -> Iterator[Count]:
    """Numbers without a noun of people: four of 96, a cohort of 96 with, 96 tumours of children."""
    read = passage(text)
    low = read.low
    without = (people.SERIES, people.BEARERS, people.TUMOURS)
    numbers = [match for each in without for match in _matches(each, read)]
    numbers += (
        match
        for match in _matches(people.AFTER_N, read)
        if people.EXAMINED.search(low, low.rfind(". ", 0, match.start()) + 1, match.start())
    )
    if any(_matches(people.NAMED, read)):
        numbers += [*people.FRACTION.finditer(low), *_shares_of_people(low)]
    for match in numbers:
        yield Count(value(match["number"]), "patients", "faint", field, *match.span("number"))


def _matches(finder: Finder, read: ReadPassage) -> Iterator[re.Match[str]]:
    return finder.pattern.finditer(read.low) if finder in read.possible else iter(())


def _shares_of_people(low: str) -> Iterator[re.Match[str]]:
    for share in people.SHARE_IN_BRACKETS.finditer(low):
        start, end = share.span()
        if people.PEOPLE_LAST.search(low, _near(start), start + 1) or people.OF_PEOPLE.match(
            low, end
        ):
            yield share


class _Counting:
    """A sentence in which people are counted."""

    __slots__ = ("at", "cased", "field", "sentence", "text", "told", "words")

    def __init__(self, field: str, sentence: ReadSentence, words: FieldWords = NO_WORDS) -> None:
        self.field, self.sentence, self.words = field, sentence, words
        self.text, self.cased, self.at = sentence.text, sentence.cased, sentence.start
        self.told: Mapping[int, NumberRole | None] = {}

    def finditer(self, finder: Finder) -> Iterator[re.Match[str]]:
        return self.sentence.finditer(finder)

    def count(self, n: int, unit: str, role: Role, start: int, end: int) -> Count:
        return Count(n, unit, role, self.field, self.at + start, self.at + end, self.at)


def _before_noun(sentence: _Counting) -> Iterator[Count]:
    """A number before a noun: 101 OMS patients, Ninety-eight children, 1511 (36%) cases."""
    done = 0
    if people.COUNTED not in sentence.sentence.possible:
        return
    for number in NUMBER.finditer(sentence.text):
        start = number.start("number")
        note = NOTE.match(sentence.text, number.end()) or number
        match = people.COUNTED.pattern.match(sentence.text, note.end())
        if not match or start < done or start in sentence.told:
            continue
        if not _is_count(sentence, start, match):
            continue
        n = value(number["number"])
        if n == 1:
            continue  # no plural is one: the 1 of "type α-1 carriers"
        if match["again"] and value(match["again"]) != n:
            continue
        if summed := _summed(sentence, n, start, match):
            done = summed.end - sentence.at
        role = _role(sentence, start, match)
        alone = sentence.count(n, match["people"], role, start, match.end())
        yield _chosen(sentence, start, match) or summed or alone


def _sets(sentence: _Counting) -> Iterator[Count]:
    """The sets of a model together: trained in 150 children and tested in 60."""
    sets = list(sentence.finditer(people.SETS))
    if len(sets) > 1 and len({bool(one["training"]) for one in sets}) > 1:
        n = sum(value(one["number"]) for one in sets)
        yield sentence.count(n, "patients", "whole", sets[0].start("number"), sets[-1].end())


def _told(sentence: _Counting) -> Iterator[Count]:
    """What rows say of numbers, with a noun behind them or without."""
    for each in filter(None, sentence.told.values()):
        noun = people.PEOPLE_NEXT.match(sentence.text, each.end)
        unit, end = (noun["people"], noun.end()) if noun else ("patients", each.end)
        yield sentence.count(each.n, unit, each.role, each.start, end)


def _chosen(sentence: _Counting, start: int, match: re.Match[str]) -> Count | None:
    """Those who were studied of the number at ``start``, all the words with them."""
    text, unit = sentence.text, match["people"]
    if available := people.AVAILABLE.search(text, _near(start), start):
        first = available.start("number")
        return sentence.count(value(available["number"]), unit, "whole", first, match.end())
    forming = people.FORMING.match(text, match.end()) or people.FORMED.match(text, match.end())
    if forming and (share := people.SHARE.search(text, _near(start), start)):
        n = value(share["number"])
        return sentence.count(n, unit, "whole", share.start("number"), forming.end())
    out_of = people.OUT_OF.search(text, _near(start), start) or people.SCREENED_BEFORE.search(
        text, _near(start), start
    )
    is_screened = (
        out_of
        or people.SCREENED_AFTER.match(text, match.end())
        or people.OF_WHOM.match(text, match.end())
    )
    studied = people.CHOSEN.match(text, match.end()) if is_screened else None
    if is_screened and not studied and (last := people.AT_LAST.match(text, match.end())):
        n, first = value(last["number"]), last.start("number")
        return sentence.count(n, unit, "final", first, last.end())
    if not studied and people.SOURCE_BEFORE.search(text, _near(start), start):
        studied = people.DRAWN.match(text, match.end())
    if not studied:
        return None
    first = out_of.start() if out_of else start
    return sentence.count(value(studied["number"]), unit, "whole", first, studied.end())


def _spaced(sentence: _Counting) -> Iterator[Count]:
    """Thousands that a space parts from the hundreds."""
    for match in sentence.finditer(people.SPACED):
        before, after = _around(sentence.text, *match.span())
        is_none = not_counts(sentence.words).before.search(before)
        if is_none or people.NO_COUNT_AFTER.match(after) or people.PLANNED.search(before + after):
            continue
        yield sentence.count(value(match["number"]), match["people"], "open", *match.span())


def _summed(sentence: _Counting, n: int, start: int, match: re.Match[str]) -> Count | None:
    """Two groups that the study is said to rest on."""
    text = sentence.text
    if match["people"] in people.SEXES.split("|"):
        if other := people.SEX_NEXT.match(text, match.end()):
            return sentence.count(
                n + value(other["number"]), "patients", "faint", start, other.end()
            )
        return None
    if both := people.BOTH_SEXES.fullmatch(match["attributes"]):
        total = n + value(both["number"])
        return sentence.count(
            total, match["people"], _role(sentence, start, match), start, match.end()
        )
    before = people.PAIR_BEFORE if "respectively" in text else people.KIND_BEFORE
    if pair := before.pattern.search(text, _near(start), start) if before.may_find(text) else None:
        total = n + value(pair["number"])
        return sentence.count(total, match["people"], "faint", pair.start("number"), match.end())
    groups, end, is_list = [n], match.end(), False
    while len(groups) < MOST_GROUPS and (other := people.GROUP_NEXT.match(text, end)):
        groups.append(value(other["number"]))
        end, is_list = other.end(), is_list or "and" in other["link"]
    is_list = is_list or (len(groups) > 1 and bool(people.CONTROLS_NEXT.match(text, end)))
    role = _list_role(sentence, start, end, is_whole=n == sum(groups[1:])) if is_list else None
    if not role:
        return None
    total = n if n == sum(groups[1:]) else sum(groups)
    return sentence.count(total, match["people"], role, start, end)


def _list_role(sentence: _Counting, start: int, end: int, *, is_whole: bool) -> Role | None:
    """What a list of groups is: the whole, where the words say that the study rests on it."""
    is_told = (
        is_whole
        or sentence.field == "title"
        or people.GROUPS_BEFORE.search(sentence.text, _near(start), start)
    )
    is_subject = start < WINDOW and people.SUBJECT_BEFORE.fullmatch(sentence.text, 0, start)
    if is_told or (is_subject and people.WHOLE_AFTER.match(sentence.text, end)):
        return "whole"
    return "faint" if is_subject else None


def _is_count(sentence: _Counting, start: int, match: re.Match[str]) -> bool:
    before, after = _around(sentence.text, start, match.end())
    number = sentence.text[start : match.start()]
    is_year = re.fullmatch("(?:19|20)[0-9]{2}", number) and people.DATE_BEFORE.search(before)
    attributes = sentence.cased[slice(*match.span("attributes"))].replace(",", "").split()
    return (
        not (is_year or people.ISOTOPE.match(sentence.text, start))
        and all(_is_attribute(word, place, before) for place, word in enumerate(attributes))
        and not not_counts(sentence.words).before.search(before)
        and not people.NO_COUNT_AFTER.match(after)
        and not people.PLANNED.search(before + after)
    )


def _near(start: int) -> int:
    """How far back a rule may look."""
    return max(0, start - WINDOW)


def _around(text: str, start: int, end: int) -> tuple[str, str]:
    """The words before and after a place, as far as a rule may look."""
    return text[_near(start) : start], text[end : end + WINDOW]


def _is_attribute(word: str, place: int, before: str) -> bool:
    """Attributes are no plurals: in "3 readers scored patients" the number counts the readers."""
    if (place and word in ("and", "or")) or (word == "new" and people.NEW_BEFORE.search(before)):
        return True
    is_plural = word.endswith("s") and word.islower() and not word.endswith(("us", "ss", "is"))
    return not people.NO_ATTRIBUTE.fullmatch(word.lower()) and (not is_plural or word == "stages")


def _role(sentence: _Counting, start: int, match: re.Match[str]) -> Role:
    before, after = _around(sentence.text, start, match.end())
    if people.SCREENED_BEFORE.search(before) or people.SCREENED_AFTER.match(after):
        return "faint"
    if people.EARLIER_BEFORE.search(before) and not people.READ_AGAIN.match(after):
        return "faint"
    attributes = set(match["attributes"].split())
    if attributes & people.HEALTHY:
        return "other" if "control" in sentence.text else "faint"
    if (match["share"] or people.SHARE_AFTER.match(after)) and not people.SHARE_OF.search(before):
        return "part"
    if people.AGAINST_BEFORE.search(before) or people.OF_CONTROLS.match(after):
        return "other"
    if people.SEX_BEFORE.search(before):
        return "faint"
    if people.ASIDE_BEFORE.search(before) or (
        people.ASIDE_AFTER.match(after) and not people.SHARE_OF.search(before)
    ):
        return "member"
    says_whole = people.WHOLE_BEFORE.search(before) or people.WHOLE_AFTER.match(after)
    if sentence.field == "title" or says_whole or attributes & people.WHOLE_ATTRIBUTES:
        return "whole"
    if match["people"] in people.SEXES.split("|"):
        return "faint"
    is_listed = people.ANOTHER.search(before) or (
        people.ANOTHER.search(after) and not people.MADE_UP_OF.match(after)
    )
    is_apart = people.OUT_OF.search(before) or people.OF_EARLIER.search(before)
    return "member" if is_listed and not is_apart else "open"


def _after_n(sentence: _Counting) -> Iterator[Count]:
    """A number after an n: n = 43, (N=4,832), patients (n = 13)."""
    matches = list(sentence.finditer(people.AFTER_N))
    kept = [match for match in matches if not _counts_others(sentence, match)]
    has_controls = any(
        people.CONTROL_LAST.search(sentence.text, _near(one.start()), one.start())
        for one in matches
    )
    for match in kept:
        before, after = _around(sentence.text, match.start(), match.end())
        following, nearest = _nearest(before, after)
        is_capital = sentence.cased[match.start()] == "N"
        of_people = bool(nearest or (is_capital and people.SOMEONE.search(before)))
        several = len(kept) if of_people else len(matches)
        role = _role_after_n(before, after, is_capital, of_people, several)
        if len(kept) == 1 and (has_controls or people.PER_PATIENT.search(before)):
            role = "whole"
        unit = nearest["people"] if nearest else "patients"
        end = match.end() + (following.end() if following else 0)
        if role == "group" and not_counts(sentence.words).examined.search(before):
            continue
        if role == "part":
            yield sentence.count(value(match["number"]), unit, "group", match.start(), end)
        yield sentence.count(value(match["number"]), unit, role, match.start(), end)


def _nearest(before: str, after: str) -> tuple[re.Match[str] | None, re.Match[str] | None]:
    """The noun of people that follows, and the one that stands next, before or after."""
    following = people.PEOPLE_NEXT.match(after)
    return following, following or people.PEOPLE_LAST.search(before) or people.ENROLLED_LAST.search(
        before
    )


def _is_pooled(match: re.Match[str], before: str) -> bool:
    """Fourteen studies (n = 567) are so many patients, as more than the studies."""
    studies = people.POOLED_LAST.search(before)
    return studies is not None and value(match["number"]) > value(studies["number"])


def _counts_others(sentence: _Counting, match: re.Match[str]) -> bool:
    """Whether the noun beside an n, before or after it, is one of controls, things or animals."""
    before, after = _around(sentence.text, match.start(), match.end())
    if people.EARLIER_LAST.search(before):
        return True
    if people.CONTROL_LAST.search(before):
        return not people.ARM_LAST.search(before)
    is_total = sentence.cased[match.start()] == "N" and people.SOMEONE.search(before)
    if is_total or _nearest(before, after)[1] or people.PER_PATIENT.search(before):
        return False
    if people.PLURAL_NEXT.match(after):
        return True
    things = [thing.end() for thing in people.THINGS.finditer(before)]
    persons = [someone.end() for someone in people.SOMEONE.finditer(before)]
    return max(things, default=0) > max(persons, default=0) and not _is_pooled(match, before)


def _role_after_n(before: str, after: str, is_capital: bool, of_people: bool, several: int) -> Role:
    """Several in a sentence are groups; one in brackets is a whole only where the words say so."""
    if people.ALL_LAST.search(before):
        return "whole"
    if several > 1:
        return "part" if of_people else "group"
    in_brackets = before.rfind("(") > before.rfind(")")
    if not in_brackets or people.WHOLE_LAST.search(before) or people.ENROLLED_LAST.search(before):
        return "whole"
    if (people.NOT_STUDIED if of_people else people.DENIED).search(before):
        return "member"
    if not of_people:
        return "faint"
    return "whole" if is_capital or people.WHOLE_AFTER.match(after) else "member"
