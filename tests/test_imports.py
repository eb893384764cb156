"""Who may import whom: harvest leads to kb and never back, and each door has one keeper."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import networkx
import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted([*ROOT.glob("kb/**/*.py"), *ROOT.glob("harvest/**/*.py")])
OUTGOING = {"requests", "urllib3", "httpx", "socket", "http.client", "urllib.request"}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def importers(*names: str) -> set[str]:
    """Modules, as paths from the root, that import one of the names or something below it."""
    return {
        str(path.relative_to(ROOT))
        for path in MODULES
        for module in imported(path)
        if any(module == name or module.startswith(f"{name}.") for name in names)
    }


def test_kb_never_imports_harvest() -> None:
    assert not {path for path in importers("harvest") if path.startswith("kb/")}


def test_only_the_site_imports_datasette() -> None:
    assert {Path(path).parts[:2] for path in importers("datasette")} == {("kb", "site")}


def test_one_module_reads_yaml() -> None:
    assert importers("yaml") == {"kb/yaml_lines.py"}


def test_one_module_opens_outgoing_connections() -> None:
    listeners = {"kb/site/serve.py"}  # binds the address it serves on
    assert importers(*OUTGOING) - listeners == {"harvest/transport.py"}


def test_entrez_functions_that_go_online_are_never_imported() -> None:
    reader = "harvest/services/small_answers.py"
    assert importers("Bio.Entrez") <= {reader}
    tree = ast.parse((ROOT / reader).read_text(encoding="utf-8"))
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    online = {"einfo", "esearch", "epost", "esummary", "efetch", "elink", "ecitmatch", "espell"}
    assert not used & online


# The stages as a record goes through them, between what they stand on and what stands on them. A
# place imports places that come before it, and itself.
PLACES = (
    *("errors", "__init__"),
    *(
        "aside",
        "answers",
        "base",
        "checks",
        "commands",
        "data",
        "full_text",
        "ids",
        "outputs",
        "raw",
        "raw_shape",
        "schema",
        "stop",
    ),
    *(
        "tables",
        "yaml_lines",
        "record",
        "citations",
        "reading",
        "tagging",
        "appraisal",
        "notices",
        "graphs",
        "build",
    ),
    *("exports", "evaluate", "publish", "site", "cli", "start"),
)
DOORS = PLACES[: PLACES.index("record")]


def modules_imported(path: Path) -> set[Path]:
    """Our own modules that a module imports, those inside functions too."""
    found = set()
    for name in imported(path):
        for parts in (name.split("."), name.split(".")[:-1]):
            place = ROOT.joinpath(*parts)
            if (module := place.with_suffix(".py")).is_file():
                found.add(module)
                break
            if (package := place / "__init__.py").is_file():
                found.add(package)
                break
    return found - {path}


def place(path: Path) -> str:
    return path.relative_to(ROOT / "kb").with_suffix("").parts[0]


def test_no_import_runs_back_up_the_stages() -> None:
    back = {
        f"{path.relative_to(ROOT)} imports {other.relative_to(ROOT)}"
        for path in MODULES
        if path.parts[len(ROOT.parts)] == "kb"
        for other in modules_imported(path)
        if PLACES.index(place(other)) > PLACES.index(place(path))
        and not (place(path) in DOORS and place(other) in DOORS)
    }
    assert back == set()


def test_no_import_runs_in_a_circle() -> None:
    graph = networkx.DiGraph((path, other) for path in MODULES for other in modules_imported(path))
    circles = [c for c in networkx.strongly_connected_components(graph) if len(c) > 1]
    assert circles == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
