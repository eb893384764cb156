"""Files of rules, read into rows; a mistake is named with its line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from kb.errors import ConfigError
from kb.reading.literals import Finder
from kb.reading.rule_files import bundled, load
from kb.reading.sections import Heading


@dataclass(frozen=True)
class Row:
    rule: str
    words: Finder
    kind: Literal["dog", "cat"] = "dog"
    names: tuple[str, ...] = ()
    colours: tuple[Literal["red", "blue"], ...] = ()
    until: Finder | None = None
    loud: bool = False
    each: tuple[Finder, ...] = ()


def written(tmp_path: Path, rules: str, sets: str = "sets: {be: [was, were]}\n") -> Path:
    path = tmp_path / "rules.yml"
    path.write_text(f"{sets}rules:\n{rules}", encoding="utf-8")
    return path


def test_phrases_may_be_looked_for_one_by_one(tmp_path: Path) -> None:
    (row,) = load(written(tmp_path, "  - {rule: a, words: [x], each: [<be> seen, heard]}\n"), Row)
    assert [bool(one.pattern.search("it was seen")) for one in row.each] == [True, False]


def test_a_rule_becomes_a_row_whose_fields_are_its_keys(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "  - {rule: a, words: [<be> seen], kind: cat, names: [x], colours: [red], loud: true}\n"
        "  - {rule: b, words: [here], until: [there]}\n",
    )
    first, second = load(path, Row)
    assert first.words.pattern.search("it was seen")
    assert (first.kind, first.names, first.colours, first.loud) == ("cat", ("x",), ("red",), True)
    assert (second.kind, second.names, second.loud) == ("dog", (), False)
    assert second.until is not None
    assert second.until.pattern.search("there")


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ("  - {rule: a, words: [x], wrods: [y]}\n", "line 3, rule a: unknown key wrods"),
        ("  - {rule: a}\n", "line 3, rule a: words is missing"),
        ("  - {rule: a, words: [x]}\n  - {rule: a, words: [y]}\n", "line 4, rule a: another rule"),
        ("  - {rule: a, words: x}\n", "words must be a list"),
        ("  - {rule: a, words: []}\n", "words must be a list"),
        ("  - {rule: a, words: [no]}\n", "put quotes around"),
        ("  - {rule: a, words: ['(x']}\n", r"rule a: words: '\(x': \( is not closed"),
        ("  - {rule: a, words: [<is> x]}\n", "<is> is not among the sets"),
        ("  - {rule: a, words: [x], kind: cow}\n", "kind 'cow' is none of dog, cat"),
        ("  - {rule: a, words: [x], colours: [green]}\n", "colours 'green' is none of red, blue"),
        ("  - {rule: a, words: [x], loud: very}\n", "loud 'very' is no bool"),
        ("  - just words\n", "a rule has keys with values below it"),
        ("  - {rule: a, words: [x], rule: b}\n", "rule is there twice"),
    ],
)
def test_a_mistake_is_refused_with_its_line(tmp_path: Path, rules: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load(written(tmp_path, rules), Row)


def test_a_file_that_is_none_of_rules_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rules.yml"
    with pytest.raises(ConfigError, match="cannot be read"):
        load(path, Row)
    path.write_text("just: text", encoding="utf-8")
    with pytest.raises(ConfigError, match="expected sets and rules"):
        load(path, Row)
    with pytest.raises(ConfigError, match="set be must be a list"):
        load(written(tmp_path, "  []\n", "sets: {be: was}\n"), Row)
    with pytest.raises(ConfigError, match="set be must be a list"):
        load(written(tmp_path, "  []\n", "sets: {be: []}\n"), Row)
    with pytest.raises(ConfigError, match="sets must be names, each with its words"):
        load(written(tmp_path, "  []\n", "sets: [be, was]\n"), Row)
    with pytest.raises(ConfigError, match="unknown key more"):
        load(written(tmp_path, "  []\n", "more: 1\n"), Row)


def test_the_bundled_files_are_read_once() -> None:
    assert bundled("sections", Heading) is bundled("sections", Heading)
