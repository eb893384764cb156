"""Every rule of data/reading does in its example what it is for, and leaves its trap alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from kb.appraisal.arithmetic import sums
from kb.appraisal.cues import DesignRule, cue, own_words
from kb.appraisal.figures import figures
from kb.appraisal.lexicon import passage
from kb.appraisal.measures import Measure, names
from kb.appraisal.own import NotOwn
from kb.appraisal.roles import PeopleRule, told
from kb.appraisal.shares import ShareRule, shares
from kb.appraisal.signs import Words
from kb.appraisal.sum_words import SumWords
from kb.data import data_dir
from kb.reading.rule_files import bundled
from kb.reading.sections import Heading, sections
from kb.tagging.negation import DenialRule, denials, is_denied

FOLDER = data_dir() / "reading"


def marked(example: str) -> tuple[str, list[tuple[int, int]]]:
    """A sentence without its asterisks, and the places of what stands between them."""
    parts = example.split("*")
    ends = [sum(map(len, parts[: n + 1])) for n in range(len(parts))]
    return "".join(parts), list(zip(ends[:-1:2], ends[1::2], strict=True))


def announces(rule: Heading, text: str) -> bool:
    """Whether the text has a heading in the rule's words of the rule's kind of section."""
    return any(
        part.kind == rule.section and rule.words.may_find(text[part.start : part.words].lower())
        for part in sections(text)
    )


def denies(rule: DenialRule, text: str) -> bool:
    """Whether all that is marked is denied; a pseudo or end row is for the opposite."""
    sentence, places = marked(text)
    assert places, text
    denied = denials(sentence)
    each = [is_denied(sentence, denied, start, rule.denies[-1]) for start, _ in places]
    assert len(set(each)) == 1, text
    return each[0] != (rule.direction in ("pseudo", "end"))


def names_it(rule: Measure, text: str) -> bool:
    """Whether the measure is named, in just the words that are marked where any are."""
    sentence, places = marked(text)
    found = [
        (name.start, name.end)
        for name in names(passage(sentence).sentences[0], {})
        if name.measure.kind == rule.kind
    ]
    return found == places if places else bool(found)


def signs_it(rule: Words, text: str) -> bool:
    """Whether a figure of the text has the sign."""
    return any(figure.sign == rule.sign for figure in figures(text))


def keeps_out(rule: NotOwn, text: str) -> bool:
    """Whether a figure of the text is not kept."""
    return len(figures(text)) < text.count("%") + text.count("<")


def adds_up(rule: SumWords, text: str) -> bool:
    """Whether parts are added up; where a rule forbids a sum, whether there is none."""
    kinds = {each.kind for each in sums("abstract", text, figures(text))}
    if rule.role in ("parts", "persons", "things"):
        return "parts" in kinds
    is_of_shares = rule.role in ("scale", "approximate", "estimated")
    return not kinds if is_of_shares else kinds <= {"share"}


def reads_share(rule: ShareRule, text: str) -> bool:
    """Whether as many shares are read as the text has percentages; MRI, CT and HVA are tests."""
    low = text.lower()
    tests = [match.span() for match in re.finditer(r"\b(?:mri|ct|hva)\b", low)]
    return len([one for one in shares(low, tests, tests) if one.kind]) == low.count("%")


def tells_design(rule: DesignRule, text: str) -> bool:
    """Whether the text, a title where the rule is for these, tells the design."""
    field = "title" if rule.title else "abstract"
    return own_words(cue([rule]), [(field, passage(text))]) is not None


def counts_them(rule: PeopleRule, text: str) -> bool:
    """Whether the rule takes the number that is marked, or all that are marked together."""
    sentence, ((start, _),) = marked(text)
    return any(
        number and number.rule == rule.rule and each.start + number.start == start
        for each in passage(sentence).sentences
        for number in told(each).values()
    )


# What a rule of each file does to a text.
CHECKS: dict[str, tuple[type[Any], Callable[[Any, str], bool]]] = {
    "denial": (DenialRule, denies),
    "design": (DesignRule, tells_design),
    "measures": (Measure, names_it),
    "own": (NotOwn, keeps_out),
    "people": (PeopleRule, counts_them),
    "sections": (Heading, announces),
    "shares": (ShareRule, reads_share),
    "signs": (Words, signs_it),
    "sums": (SumWords, adds_up),
}
RULES = [
    pytest.param(check, rule, id=f"{name}: {rule.rule}")
    for name, (row, check) in CHECKS.items()
    for rule in bundled(name, row)
]


def test_every_file_of_rules_is_tried() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(CHECKS)


@pytest.mark.parametrize(("check", "rule"), RULES)
def test_a_rule_holds_in_its_example(check: Callable[[Any, str], bool], rule: Any) -> None:
    assert check(rule, rule.example)


@pytest.mark.parametrize(("check", "rule"), RULES)
def test_a_rule_does_not_hold_in_its_trap(check: Callable[[Any, str], bool], rule: Any) -> None:
    assert not check(rule, rule.trap)
