"""What data/topics.yml may say, and that a mistake is refused with its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from small_vocabulary import HEAD

from kb.errors import ConfigError
from kb.tagging.topics_file import load
from kb.tagging.vocabulary import FieldWords, Vocabulary

# An entry to go on with, sound as far as it goes.
A_TOPIC = "  a: {scheme: A, label: x, definition: y"
A_TASK = "  t: {scheme: D, label: x, definition: y"

Write = Callable[[str], Path]


@pytest.mark.parametrize(
    ("topics", "message"),
    [
        (A_TOPIC + ", colour: red}", "line 26: topic a: unknown key colour"),
        (f"{A_TOPIC}}}\n{A_TOPIC}}}", "a is there twice"),
        (A_TOPIC + ", label: y}", "label is there twice"),
        ("  a: {scheme: Z, label: x, definition: x}", "topic a: scheme Z is not among the schemes"),
        ("  fo lks: {scheme: A, label: x, definition: x}", "topic fo lks: is no name of a topic"),
        ("  ~: {scheme: A, label: x, definition: x}", "topic None: is no name of a topic"),
        ("  a|b: {scheme: A, label: x, definition: x}", "topic a|b: is no name of a topic"),
        ("  a: {scheme: A}", "topic a: label must be text"),
        ("  a: {scheme: A, label: x}", "line 26: topic a: definition must be text"),
        ("  a: {scheme: A, label: x, definition: ''}", "topic a: definition must be text"),
        ("  a: {scheme: A, label: x, definition: ' '}", "topic a: definition must be text"),
        ("  a: {scheme: A, label: x, definition: [y]}", "topic a: definition must be text"),
        ("  a: {scheme: A, label: 4, definition: x}", "topic a: label must be text"),
        ("  a: [x]", "topic a: expected keys with values below it"),
        (A_TOPIC + ", broader: b}", "broader topic b is not among the topics"),
        (
            A_TOPIC + ", broader: b}\n  b: {scheme: A, label: x, definition: y, broader: a}",
            "topic a: its broader topics run in a circle",
        ),
        (A_TOPIC + ", mesh: [D12]}", "D12 is no MeSH identifier"),
        (A_TOPIC + ", mesh: [D000001]}", "D000001 has no name"),
        (A_TOPIC + ", mesh: [D009447 + X1]}", "X1 is no MeSH identifier"),
        (A_TOPIC + ", mesh_broader: [D000001]}", "D000001 has no name"),
        (
            A_TOPIC + ", mesh: [D009447: {near: [scan]}]}",
            "its rule cannot ask for words near it",
        ),
        (A_TOPIC + ", synonyms: scan}", "synonyms must be a list"),
        (A_TOPIC + ", synonyms: [no]}", "synonyms holds False"),
        (A_TOPIC + ", match: [yes]}", "put quotes around"),
        (A_TOPIC + ", synonyms: [scan*]}", "'scan*' cannot be found"),
        (A_TOPIC + ", synonyms: ['--']}", "'--' cannot be found"),
        (A_TOPIC + ", synonyms: [<petct>]}", "<petct> is not among the sets"),
        (A_TOPIC + ", needs: ['*scan']}", "'*scan' cannot be found"),
        (A_TOPIC + ", synonyms: [x: {need: [y]}]}", "a rule takes near, needs"),
        (A_TOPIC + ", near: [y]}", "unknown key near"),
        (A_TOPIC + ", sign: maybe}", "sign must be true or false"),
        (A_TOPIC + ", group: 1}", "group must be true or false"),
        (A_TOPIC + ", question: diagnosis}", "line 26: topic a: question is for clinical tasks"),
        (A_TASK + "}", "line 26: topic t: a clinical task needs a question: diagnosis, prognosis"),
        (A_TASK + ", group: false}", "topic t: a clinical task needs a question"),
        (A_TASK + ", question: harm}", "line 26: topic t: question 'harm' is none of diagnosis"),
        (A_TASK + ", question: [diagnosis]}", "question ['diagnosis'] is none of diagnosis"),
        (A_TASK + ", question: }", "topic t: question None is none of diagnosis"),
    ],
)
def test_an_unsound_entry_is_refused_with_its_place(
    write: Write, topics: str, message: str
) -> None:
    path = write(HEAD + topics)
    with pytest.raises(ConfigError) as raised:
        load(path)
    assert str(path) in str(raised.value)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected sections schemes"),
        ("a: [", "is not YAML"),
        ("schemes: {A: {label: x, description: y}}", "section sets is missing"),
        (HEAD + A_TOPIC + "}\nmore: 1", "unknown key more"),
        (HEAD.replace("label: Imaging, ", "") + A_TOPIC + "}", "scheme A: label"),
        (HEAD.replace("D009447:", "D9:") + A_TOPIC + "}", "D9 is no MeSH"),
        (HEAD, "section topics is missing or empty"),
        (
            HEAD.replace("Tumours}", "Tumours, found: 1}") + A_TOPIC + "}",
            "scheme F: found must be true or false",
        ),
        (
            HEAD.replace("Tumours}", "Tumours, role: doctor}") + A_TOPIC + "}",
            "line 5: scheme F: role 'doctor' is none of test, staging, task, population, disease",
        ),
        (
            HEAD.replace("Tumours}", "Tumours, roles: test}") + A_TOPIC + "}",
            "line 5: scheme F: unknown key roles",
        ),
        (
            HEAD.replace("{scores: ", "{marks: ") + A_TOPIC + "}",
            "line 24: words: unknown key marks; it takes scores, stages, tests",
        ),
        (
            HEAD.replace("[Curie]", "Curie") + A_TOPIC + "}",
            "words: scores must be a list of words",
        ),
        (HEAD.replace("[Curie]", "[Curie*]") + A_TOPIC + "}", r"words: 'Curie\*' cannot be found"),
        (
            HEAD.replace("2024", "soon") + A_TOPIC + "}",
            "mesh_year 'soon' is no year",
        ),
        (
            HEAD.replace("C04.200.300", "C4") + A_TOPIC + "}",
            "C4 of D900002 is no MeSH",
        ),
        (HEAD.replace("D900002: [", "D7: [") + A_TOPIC + "}", "D7 is no MeSH"),
    ],
)
def test_an_unsound_file_is_refused(write: Write, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load(write(text))


def test_a_vocabulary_may_have_no_words_beside_numbers_and_no_roles(write: Write) -> None:
    text = HEAD.replace(", role: test", "").replace(", role: task", "")
    text = "".join(line for line in text.splitlines(True) if not line.startswith("words:"))
    vocabulary = load(write(text + A_TOPIC + "}\n" + A_TASK + "}"))
    assert vocabulary.words == FieldWords()
    assert [scheme.role for scheme in vocabulary.schemes] == [None, None, None]
    assert vocabulary.tasks() == {}


def test_words_beside_numbers_are_spelled_out_in_lower_case(vocabulary: Vocabulary) -> None:
    assert vocabulary.words == FieldWords(
        scores=("curie",), stages=("inss", "evans class", "inrg class")
    )


def test_what_a_scheme_finds_in_patients_is_no_matter_of_its_role(write: Write) -> None:
    found = HEAD.replace("Tumours}", "Tumours, found: true}")
    topic = A_TOPIC.replace("scheme: A", "scheme: F") + "}"
    assert [load(write(text + topic)).topics[0].nature for text in (HEAD, found)] == [
        *("done", "found")
    ]


@pytest.mark.parametrize(("role", "nature"), [("population", "place"), ("disease", "disease")])
def test_whom_and_of_what_a_scheme_tells_is_denied_in_words_of_its_own(
    write: Write, role: str, nature: str
) -> None:
    found = HEAD.replace("Tumours}", f"Tumours, found: true, role: {role}}}")
    topic = A_TOPIC.replace("scheme: A", "scheme: F") + "}"
    assert load(write(found + topic)).topics[0].nature == nature


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.yml: the vocabulary cannot be read"):
        load(tmp_path / "none.yml")


def test_topics_keep_the_order_of_the_file(vocabulary: Vocabulary) -> None:
    assert [t.topic for t in vocabulary.topics][:3] == ["modality", "nuclear", "mibg-scan"]
