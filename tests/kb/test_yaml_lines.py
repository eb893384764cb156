from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from kb.errors import ConfigError
from kb.yaml_lines import Lined, Reader, constructed, name_in

TEXT = """\
# a comment

first:
  name: one
second:
  - name: 012
"""


Write = Callable[[str | bytes], Path]


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes some.yml, which is the name that messages begin with."""
    monkeypatch.chdir(tmp_path)

    def write(text: str | bytes) -> Path:
        path = Path("some.yml")
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def reader(path: Path, where: str = "") -> Reader:
    made = Reader(path, "the words")
    made.where = where
    return made


def root(made: Reader) -> yaml.Node:
    assert made.root is not None
    return made.root


def refused(read: Callable[[], object]) -> str:
    with pytest.raises(ConfigError) as error:
        read()
    assert error.value.exit_code == 2
    return str(error.value)


# Nodes


def test_what_a_reader_fails_on_is_named_with_file_line_and_entry(written: Write) -> None:
    made = reader(written(TEXT))
    ((_, first), (_, second)) = made.pairs(made.root, "expected keys")
    assert refused(lambda: made.fail(first, "is wrong.")) == "some.yml, line 4: is wrong."
    made.where = ", job 'x'"
    [item] = made.items(second, "expected a list")
    told = refused(lambda: made.fail(item, "is wrong."))
    assert told == "some.yml, line 6, job 'x': is wrong."


def test_an_empty_file_has_no_line_to_name(written: Write) -> None:
    made = reader(written("# nothing"))
    assert refused(lambda: made.fail(made.root, "is wrong.")) == "some.yml: is wrong."
    assert refused(lambda: made.pairs(made.root, "expected keys.")) == "some.yml: expected keys."


def test_a_value_is_had_as_it_is_written_and_as_yaml_reads_it(written: Write) -> None:
    made = reader(written("[012, yes, 'a b', {c: 1}]"))
    nodes = made.items(root(made), "expected a list")
    assert [made.written(node) for node in nodes] == ["012", "yes", "a b", None]
    assert [made.value(node) for node in nodes] == [10, True, "a b", {"c": 1}]


@pytest.mark.parametrize("text", ["{a: 1}", "word", "12"])
def test_a_list_is_told_from_everything_else(written: Write, text: str) -> None:
    made = reader(written(text), ", job 'x'")
    told = refused(lambda: made.items(root(made), "must be a list."))
    assert told == "some.yml, line 1, job 'x': must be a list."


@pytest.mark.parametrize("text", ["a: 1\nb: 2\na: 3\n", "[x]: 1\nb: 2\n[x]: 3"])
def test_a_reader_refuses_a_key_that_is_there_twice(written: Write, text: str) -> None:
    made = reader(written(text))
    told = refused(lambda: made.pairs(made.root, "expected keys."))
    assert told.startswith("some.yml, line 3: ")
    assert told.endswith(" is there twice.")


def test_a_day_that_no_month_has_is_told(written: Write) -> None:
    made = reader(written("2026-02-30"))
    assert refused(lambda: made.value(root(made))).startswith("some.yml: is not YAML (day")
    assert refused(lambda: constructed(Path("some.yml"), "the days")).startswith(
        "some.yml: is not YAML (day"
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("{hops: two, name: one}", "one"),
        ("{name: 012}", "012"),  # as it is written
        ("{hops: 1}", ""),
        ("[name, one]", ""),
        ("name", ""),
    ],
)
def test_an_entry_is_named_although_it_is_wrong_elsewhere(text: str, name: str) -> None:
    node = yaml.compose(text, yaml.SafeLoader)
    assert node
    assert name_in(node) == name


# Values


def test_mappings_know_on_which_line_they_begin_at_any_depth(written: Write) -> None:
    document = constructed(written(TEXT), "the words")
    assert document == {"first": {"name": "one"}, "second": [{"name": 10}]}
    assert isinstance(document, Lined)
    assert (document.line, document["first"].line, document["second"][0].line) == (3, 4, 6)


def test_keys_are_text(written: Write) -> None:
    assert constructed(written("2025: a"), "the words") == {"2025": "a"}


def test_a_key_that_is_there_twice_is_refused_and_its_line_told(written: Write) -> None:
    path = written("one: 1\ntwo: 2\ntwo: 3\n")
    told = refused(lambda: constructed(path, "the words"))
    assert told == "some.yml, line 3: is not YAML (two is there twice)."


def test_an_empty_file_holds_nothing(written: Write) -> None:
    assert constructed(written(""), "the words") is None


# Files that cannot be read, in both ways


@pytest.mark.parametrize("read", [constructed, Reader])
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: ]", "some.yml, line 1: is not YAML ("),
        ("a: 1\n\tb: 2", "some.yml, line 2: is not YAML ("),
        ("a: *b", "some.yml, line 1: is not YAML ("),
        ("a: 1\n---\nb: 2", "some.yml, line 2: is not YAML ("),
        ("a: \x07", "some.yml: is not YAML ("),
        (b"a: \xff", "some.yml: the words cannot be read ("),
    ],
)
def test_what_is_no_yaml_is_refused_with_its_line(
    written: Write, read: Callable[[Path, str], object], text: str | bytes, told: str
) -> None:
    path = written(text)
    assert refused(lambda: read(path, "the words")).startswith(told)


@pytest.mark.parametrize("read", [constructed, Reader])
def test_a_file_that_is_not_there_is_named_with_what_it_holds(
    tmp_path: Path, read: Callable[[Path, str], object]
) -> None:
    told = refused(lambda: read(tmp_path / "no.yml", "the words"))
    assert "no.yml: the words cannot be read (" in told


def test_what_is_no_safe_yaml_is_refused(written: Write) -> None:
    path = written("a: !!python/name:os.system ''")
    told = refused(lambda: constructed(path, "the words"))
    assert told.startswith("some.yml, line 1: is not YAML (could not determine a constructor")
    made = reader(path)
    ((_, value),) = made.pairs(made.root, "expected keys")
    assert refused(lambda: made.value(value)).startswith("some.yml, line 1: is not YAML (")


@pytest.mark.parametrize("read", [Reader, constructed])
@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[" * 31 + "]" * 31, 1),
        ("{a: " * 400 + "1" + "}" * 400, 1),
        ("".join(" " * depth + "a:\n" for depth in range(200)), 30),
    ],
    ids=["lists", "mappings", "lines"],
)
def test_values_nested_deeper_than_any_are_refused(
    read: Callable[[Path, str], object], text: str, line: int, written: Write
) -> None:
    said = refused(lambda: read(written(text), "the jobs"))
    assert f"its values are nested deeper than 30 levels, in line {line}" in said


@pytest.mark.parametrize("read", [Reader, constructed])
def test_aliases_of_aliases_without_end_are_refused(
    read: Callable[[Path, str], object], written: Write
) -> None:
    lines = ["a0: &a0 [1]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    said = refused(lambda: read(written("\n".join(lines)), "the jobs"))
    assert "its values are nested without an end, in line 7" in said


def test_an_alias_is_read_as_what_it_stands_for(written: Write) -> None:
    path = written("first: &these [1, 2]\nsecond: *these\n")
    assert constructed(path, "the jobs") == {"first": [1, 2], "second": [1, 2]}
