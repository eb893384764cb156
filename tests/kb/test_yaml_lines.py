from __future__ import annotations

import io
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


def root() -> yaml.MappingNode:
    node = yaml.compose(TEXT, yaml.SafeLoader)
    assert isinstance(node, yaml.MappingNode)
    return node


def failed(node: yaml.Node | None, where: str = "") -> str:
    reader = Reader(Path("some.yml"))
    reader.where = where
    with pytest.raises(ConfigError) as error:
        reader.fail(node, "is wrong.")
    assert error.value.exit_code == 2
    return str(error.value)


def test_what_a_reader_fails_on_is_named_with_file_line_and_entry() -> None:
    ((_, first), (_, second)) = root().value
    assert failed(first) == "some.yml, line 4: is wrong."
    assert failed(second.value[0], ", job 'x'") == "some.yml, line 6, job 'x': is wrong."


def test_an_empty_file_has_no_line_to_name() -> None:
    assert failed(yaml.compose("# nothing", yaml.SafeLoader)) == "some.yml: is wrong."


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


def test_mappings_know_on_which_line_they_begin_at_any_depth() -> None:
    document = constructed(io.BytesIO(TEXT.encode()))
    assert document == {"first": {"name": "one"}, "second": [{"name": 10}]}
    assert isinstance(document, Lined)
    assert (document.line, document["first"].line, document["second"][0].line) == (3, 4, 6)


def test_keys_are_text() -> None:
    assert constructed(io.BytesIO(b"2025: a")) == {"2025": "a"}


def test_a_key_that_is_there_twice_is_refused_and_its_line_told() -> None:
    with pytest.raises(yaml.MarkedYAMLError, match=r"two is there twice(.|\n)*line 3"):
        constructed(io.BytesIO(b"one: 1\ntwo: 2\ntwo: 3\n"))


@pytest.mark.parametrize("text", [b"a: [", b"a: \x07", b"a: !!python/name:os.system ''"])
def test_what_is_no_safe_yaml_is_refused(text: bytes) -> None:
    with pytest.raises(yaml.YAMLError):
        constructed(io.BytesIO(text))


def test_an_empty_file_holds_nothing() -> None:
    assert constructed(io.BytesIO(b"")) is None
