"""A name says what it holds, and a class has its name for itself."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ENGINE = sorted(ROOT.glob("kb/**/*.py"))
MODULES = [*ENGINE, *sorted(ROOT.glob("harvest/**/*.py"))]


def bound(tree: ast.AST) -> Iterator[str]:
    """The names that a module gives: to values, parameters, attributes, functions, classes."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name
            case ast.Attribute(attr=name, ctx=ast.Store()) | ast.alias(asname=str(name)):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name) | ast.ExceptHandler(name=str(name)):
                yield name
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name


def public_classes(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node.name


@pytest.mark.parametrize(
    "code",
    [
        "found = 1",
        "found: int = 1",
        "x = (found := 1)",
        "[found for found in y]",
        "for a, found in y: pass",
        "def f(found): pass",
        "def f(*, found=1): pass",
        "lambda found: 1",
        "def found(): pass",
        "async def found(): pass",
        "class found: pass",
        "class A:\n    found: int",
        "self.found = 1",
        "import re as found",
        "with x as found: pass",
        "try: pass\nexcept E as found: pass",
        "match x:\n    case [*found]: pass",
        "match x:\n    case A() as found: pass",
    ],
)
def test_each_way_to_give_a_name_is_seen(code: str) -> None:
    assert "found" in set(bound(ast.parse(code)))


@pytest.mark.parametrize("code", ["print(found)", "x = 'found'", "unfound = 1", "x.found()"])
def test_a_name_that_is_only_read_is_not_given(code: str) -> None:
    assert "found" not in set(bound(ast.parse(code)))


def test_no_name_tells_only_that_something_was_found() -> None:
    """A reader wants to know what: a match, a row, papers."""
    assert not [
        path.relative_to(ROOT).as_posix()
        for path in ENGINE
        if "found" in set(bound(ast.parse(path.read_text(encoding="utf-8"))))
    ]


def test_each_public_class_has_its_name_for_itself() -> None:
    """Two classes of one name are two things that a reader, and an import, takes for one."""
    places = defaultdict(list)
    for path in MODULES:
        for name in public_classes(ast.parse(path.read_text(encoding="utf-8"))):
            places[name].append(path.relative_to(ROOT).as_posix())
    assert not {name: where for name, where in places.items() if where[1:]}
