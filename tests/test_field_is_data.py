"""No word of a field of medicine stands in the program: they are all in its topics.yml.

Read are the strings of kb's modules without docstrings, its templates and the schema, all without
comments; looked for are the slugs of both vocabularies and the words that say their tests, stages
and diseases. Words for patients and for tasks (infant, survival) are of all medicine.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from kb.tagging.topics_file import load
from kb.tagging.vocabulary import Role, Vocabulary

ROOT = Path(__file__).resolve().parent.parent
FIELDS = (ROOT / "data", ROOT / "docs" / "examples" / "intussusception")
SOURCES = sorted(
    [
        *(ROOT / "kb").rglob("*.py"),
        *(ROOT / "kb" / "site" / "templates").rglob("*.html"),
        ROOT / "kb" / "schema.sql",
    ]
)

# Words that are also something else, by what they are there. Nothing of one disease alone.
OTHERWISE = {
    "a role or a question, which the program asks for": (
        *("task", "staging", "diagnosis", "prognosis", "treatment"),
    ),
    "a figure of accuracy": ("accuracy",),
    "an examination of all medicine": (
        *("modality", "imaging", "mri", "ct", "pet", "spect"),
        *("us", "x-ray"),
        *("radiograph", "scintigram", "adc"),
    ),
    "a part of the body or a person, in rules for counts and designs": ("liver", "infant"),
    "a medicine given in many diseases": ("dexamethasone",),
    "a step of PRISMA": ("screening",),
    "Retraction Watch": ("watch",),
    "a plain English word": (*("contrast", "response", "recurrence", "learning", "school"),),
    "a way to spell Greek": ("pheo", "oma"),
    "a tag of a format, a sign of HTML or a unit": ("cs", "di", "dl", "gn", "ml", "ms", "l2"),
}
EXCEPT = {word for words in OTHERWISE.values() for word in words}
# Whose words are of all medicine.
GENERAL: tuple[Role, ...] = ("task", "population")
# Capitals that are no scheme: the value of an option, a field of Web of Science, the two ends of a
# path, two elements.
LETTERS = {("kb/cli.py", "F"), ("kb/exports/wos.py", "B")}
LETTERS |= {("kb/exports/path_text.py", "A"), ("kb/exports/path_text.py", "B")}
LETTERS |= {("kb/tagging/wording.py", "C"), ("kb/tagging/wording.py", "F")}
BESIDE = re.compile(r"""scheme[^\w'"]{0,9}(?:IN|NOT IN)?[\s(]*['"](\w)['"]""")
OURS = re.compile(
    "neuroblastom|mibg|curie|siopen|deauville|krenning|inss|inrg|opsoclon|myoclon|intussuscept",
    re.I,
)


@cache
def vocabularies() -> tuple[Vocabulary, ...]:
    return tuple(load(field / "topics.yml") for field in FIELDS)


@cache
def field_words() -> frozenset[str]:
    """Slugs, words of tests, stages, diseases and of schemes without a role, and the words that
    stand beside numbers."""
    words: set[str] = set()
    for vocabulary in vocabularies():
        known = vocabulary.words
        words |= {*known.scores, *known.stages, *known.tests}
        words |= {topic.topic for topic in vocabulary.topics}
        general = {topic for role in GENERAL for topic in vocabulary.of_role(role)}
        for topic in vocabulary.topics:
            if topic not in general:
                words |= {term.text.lower() for term in topic.synonyms + topic.abbreviations}
    return frozenset(words)


@cache
def of_a_field() -> re.Pattern[str]:
    """Their pattern, singular and plural, but for what they are otherwise."""
    longest_first = sorted(field_words() - EXCEPT, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})s?(?![\w-])", re.I)


def strings(source: str) -> Iterator[str]:
    """The strings of a module without its docstrings; f-strings in their parts."""
    tree = ast.parse(source)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    documents = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and id(node) not in documents:
            yield text


def said(name: str, source: str) -> list[str]:
    """What a file says to the interpreter, SQLite or the reader of a page."""
    if name.endswith(".py"):
        return list(strings(source))
    comments = r"--.*" if name.endswith(".sql") else r"(?s)\{#.*?#\}"
    return [re.sub(comments, "", source)]


def words_of_a_field(name: str, source: str) -> set[str]:
    # The b of \b is no letter of the word behind it.
    texts = [re.sub(r"\\[A-Za-z]", " ", text) for text in said(name, source)]
    return {word.lower() for text in texts for word in of_a_field().findall(text)}


def letters_of_schemes(name: str, source: str) -> set[str]:
    """Letters that stand alone in a string, or beside the word scheme in SQL and templates."""
    known = {scheme.scheme for vocabulary in vocabularies() for scheme in vocabulary.schemes}
    texts = said(name, source)
    beside = [letter for text in texts for letter in BESIDE.findall(text)]
    return known & {*beside, *(text for text in texts if name.endswith(".py"))}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_template_or_schema_has_a_word_or_a_letter_of_a_field(path: Path) -> None:
    name, source = str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
    assert words_of_a_field(name, source) == set()
    assert letters_of_schemes(name, source) == {e for file, e in LETTERS if file == name}


def test_the_project_alone_names_the_disease_and_once() -> None:
    named = {
        (str(path.relative_to(ROOT)), text)
        for path in SOURCES
        for text in said(path.name, path.read_text(encoding="utf-8"))
        if OURS.search(text)
    }
    assert named == {("kb/__init__.py", "neuroblastoma-kb")}


@pytest.mark.parametrize(
    ("name", "source", "words"),
    [
        ("a.py", 'IF = {"theranostics": 1}', {"theranostics"}),
        ("a.py", "SQL = \"SELECT 1 WHERE topic = 'mibg-scan'\"", {"mibg-scan"}),
        ("a.py", r'SCORED = rf"\b(?:curie|{x}siopen\b)"', {"curie", "siopen"}),
        ("a.py", 'def f():\n    """A Curie score."""\n    # INSS\n', set()),
        ("a.html", '{% if topic == "oms" %}{# INSS #}', {"oms"}),
        ("a.html", "<p>Papers on neuroblastomas</p>", {"neuroblastomas"}),
        ("a.sql", "CHECK (topic IN ('hydrostatic')) -- or pneumatic", {"hydrostatic"}),
        ("a.py", '"a task of diagnosis"', set()),
    ],
)
def test_a_word_of_a_field_is_noticed(name: str, source: str, words: set[str]) -> None:
    assert words_of_a_field(name, source) == words


@pytest.mark.parametrize(
    ("name", "source", "letters"),
    [
        ("a.py", 'TESTS = "A"', {"A"}),
        ("a.py", "SQL = \"SELECT 1 WHERE t.scheme <> 'D'\"", {"D"}),
        ("a.html", '{{ "x" if row.scheme == "D" }}', {"D"}),
        ("a.sql", "CHECK (scheme IN ('C'))", {"C"}),
        ("a.html", '<option value="A">', set()),
    ],
)
def test_a_letter_of_a_scheme_is_noticed(name: str, source: str, letters: set[str]) -> None:
    assert letters_of_schemes(name, source) == letters


def test_every_exception_is_a_word_of_a_field_and_in_use() -> None:
    everything = " ".join(
        re.sub(r"\\[A-Za-z]", " ", text)
        for path in SOURCES
        for text in said(path.name, path.read_text(encoding="utf-8"))
    )
    unused = {
        word
        for word in EXCEPT
        if not re.search(rf"(?<![\w-]){re.escape(word)}s?(?![\w-])", everything, re.I)
    }
    assert unused == set()
    assert field_words() >= EXCEPT
