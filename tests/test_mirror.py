"""Each module has its tests in a file of its name, in the folder that mirrors its own."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def does_something(path: Path) -> bool:
    """Whether a module has functions; one that only declares is tried with those that use it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(tree))


MODULES = [
    path.relative_to(ROOT)
    for folder in ("harvest", "kb")
    for path in sorted((ROOT / folder).rglob("[a-z]*.py"))
    if does_something(path)
]


@pytest.mark.parametrize("module", MODULES, ids=Path.as_posix)
def test_a_module_has_a_file_of_tests(module: Path) -> None:
    tests = ROOT / "tests" / module.parent / f"test_{module.name}"
    assert tests.is_file()
    assert "def test_" in tests.read_text(encoding="utf-8")
