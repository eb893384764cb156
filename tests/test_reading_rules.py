"""Every rule of data/reading does in its example what it is for, and leaves its trap alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kb.data import data_dir
from kb.reading.rule_files import bundled
from kb.reading.sections import Heading, sections
from kb.tagging.negation import Rule, denials, is_denied

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


def denies(rule: Rule, text: str) -> bool:
    """Whether all that is marked is denied; a pseudo or end row is for the opposite."""
    sentence, places = marked(text)
    assert places, text
    denied = denials(sentence)
    each = [is_denied(sentence, denied, start, rule.denies[-1]) for start, _ in places]
    assert len(set(each)) == 1, text
    return each[0] != (rule.direction in ("pseudo", "end"))


# What a rule of each file does to a text.
CHECKS: dict[str, tuple[type[Any], Callable[[Any, str], bool]]] = {
    "denial": (Rule, denies),
    "sections": (Heading, announces),
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
