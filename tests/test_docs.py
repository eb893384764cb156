"""What exists is documented, and what is documented exists."""

from __future__ import annotations

import ast
import re
import struct
from functools import cache
from pathlib import Path

import click
import pytest
import yaml

from docs import generate
from harvest.cli import main as harvest
from harvest.jobs_file import read_jobs
from harvest.services import SERVICES
from harvest.settings import settings_from
from kb import __version__
from kb import errors as kb_errors
from kb.cli import main as kb
from kb.errors import ConfigError
from kb.exports import FORMATS
from kb.schema import SCHEMA, descriptions
from kb.site.filters import FILTERS, ORDERS
from kb.site.routes import ROUTES

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "SECURITY", "CHANGELOG")]
PAGES += sorted(DOCS.rglob("*.md"))
COMMANDS = [
    (f"{name} {command}", program.commands[command])
    for name, program in (("harvest", harvest), ("kb", kb))
    for command in program.commands
]

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
each_command = pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[n for n, _ in COMMANDS])


def text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


# Commands and settings


def test_the_pages_that_are_made_are_as_they_would_be_made() -> None:
    assert generate.drifted() == [], "run: make docs"


@each_command
def test_a_command_and_each_of_its_options_explain_themselves(
    name: str, command: click.Command
) -> None:
    assert command.help
    for param in command.params:
        if isinstance(param, click.Option):
            assert param.help, f"{name} {param.opts[0]}"
        else:
            metavar = (param.metavar or param.human_readable_name).strip("[].")
            assert metavar.lower() in command.help.lower(), f"{name} {metavar}"


@each_command
def test_the_readme_names_every_command(name: str, command: click.Command) -> None:
    assert f"`{name}" in text("README.md")


def test_every_environment_variable_is_documented() -> None:
    asked: list[str] = []

    class Environment(dict[str, str]):
        def get(self, name: str, default: str = "") -> str:  # type: ignore[override]
            asked.append(name)
            return default

    settings_from(Environment(), email="someone@example.org")
    assert set(asked) > {service.variable for service in SERVICES}
    for name in {*asked, "NCBI_EMAIL"}:
        assert f"| `{name}` |" in text("docs/configuration.md")


def test_the_sources_that_are_asked_are_those_that_the_page_says() -> None:
    asked = {path.stem for path in (ROOT / "harvest" / "services").glob("[a-z]*.py")}
    said = {"eutils", "entrez", "small_answers", "icite", "crossref", "idconv", "ecitmatch"}
    said |= {"europepmc"}
    assert asked == said, "docs/configuration.md says who is asked"


def test_every_exit_code_is_documented() -> None:
    codes = {
        each.exit_code
        for each in vars(kb_errors).values()
        if isinstance(each, type) and issubclass(each, kb_errors.KbError)
    }
    in_short = re.findall(r"(?s)Exit codes: (.*?)\.", text("README.md"))[0]
    for code in {0, *codes}:
        assert f"\n| {code} |" in text("docs/configuration.md")
        assert re.search(rf"\b{code} ", in_short)


def test_every_key_of_a_jobs_file_is_documented(tmp_path: Path) -> None:
    file = tmp_path / "jobs.yml"
    file.write_text("jobs:\n- {nonsense: 1}\n")
    with pytest.raises(ConfigError, match="Known: ") as error:
        read_jobs(file)
    for key in str(error.value).partition("Known: ")[2].strip(".").split(", "):
        assert f"| `{key}` |" in text("docs/operators.md")


def test_every_message_that_is_explained_is_one_that_is_given() -> None:
    given = "\n".join(
        node.value
        for module in (path for name in ("harvest", "kb") for path in (ROOT / name).rglob("*.py"))
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    table = text("docs/operators.md").partition("| it says | do |\n|---|---|\n")[2]
    messages = re.findall(r"(?m)^\| (.*?)(?: \(exit \d\))? \|", table)
    assert messages
    for message in messages:
        for part in message.split(" … "):
            assert part in given, part


@pytest.mark.parametrize("entry", sorted((ROOT / "data").iterdir()), ids=lambda path: path.name)
def test_every_file_of_data_is_documented(entry: Path) -> None:
    assert f"| `data/{entry.name}{'/' * entry.is_dir()}` |" in text("docs/configuration.md")


def test_every_export_is_shown() -> None:
    page = text("docs/exports.md")
    for kind, formats in FORMATS.items():
        assert f"kb export {kind} --db" in page
        for format_ in formats:
            assert f"--format {format_} --out" in page


# Tables and pages


def test_every_table_and_column_is_described() -> None:
    for table, about in descriptions(SCHEMA.read_text(encoding="utf-8")).items():
        assert about.description, table
        section = text("docs/schema.md").partition(f"\n### {table}\n")[2].partition("\n### ")[0]
        assert about.columns
        for column, meaning in about.columns.items():
            assert meaning
            assert f"\n| {column} |" in section


def test_every_table_is_filled_by_some_code() -> None:
    places = (ROOT / "kb" / "build", ROOT / "kb" / "graphs")
    code = "".join(path.read_text(encoding="utf-8") for p in places for path in p.glob("*.py"))
    views = {"citations", "indexed", "paper_texts", "papers_fts"}
    tables = set(descriptions(SCHEMA.read_text(encoding="utf-8"))) - views
    rows = {table: f"{table.title().replace('_', '')}Row" for table in tables}
    # Made of fields, taken from a query, or among the lists of a record.
    filled = {t for t, row in rows.items() if re.search(rf"\b{row}\(|\({row},|: {row},", code)}
    assert tables - filled == set()


@pytest.mark.parametrize("route", [pattern for pattern, _ in ROUTES])
def test_every_address_of_ours_is_documented(route: str) -> None:
    address = re.sub(r"\(\?P<(\w+)>.*?\)", lambda name: name[1].upper(), route).rstrip("$")
    assert f"| `{address.replace(chr(92), '')}` |" in text("docs/pages.md")


def test_every_parameter_of_the_search_is_documented() -> None:
    lines = text("docs/pages.md").splitlines()
    (line,) = (line for line in lines if line.startswith("| `/search` |"))
    for name in ("q", *FILTERS, "sort", *ORDERS, "page"):
        assert f"`{name}`" in line


# What the pages say exists


def prose(page: Path) -> str:
    """The page without its blocks of code."""
    return re.sub(r"(?ms)^ *```.*?^ *```$", "", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"(?m)^#+ (.*)$", prose(page))
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", prose(page)):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        linked = (page.parent / path) if path else page
        assert linked.exists(), target
        assert not anchor or anchor in anchors(linked), target


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.parent.name != "decisions"], ids=lambda page: page.name
)
def test_every_file_that_is_named_exists(page: Path) -> None:
    named = re.findall(r"`((?:kb|harvest|data|docs|tests)/[\w./-]*)`", prose(page))
    for name in named:
        assert "FORMAT" in name or (ROOT / name).exists(), name


@each_page
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    for target in re.findall(r"`make (\w+)`", prose(page)):
        assert re.search(rf"(?m)^{target}:.* ## ", text("Makefile")), target


MODULES = [
    path.relative_to(ROOT)
    for package in ("harvest", "kb")
    for path in sorted((ROOT / package).rglob("[a-z]*.py"))
]


@pytest.mark.parametrize("module", MODULES, ids=Path.as_posix)
def test_every_module_has_a_symptom(module: Path) -> None:
    """By itself or, where it stands for many of a kind, by its folder."""
    table = text("docs/how-it-works.md").partition("Where a symptom lives")[2]
    kind = f"`{module.parent.as_posix()}/`"
    assert f"`{module.as_posix()}`" in table or (kind in table and len(module.parts) > 2)


def test_the_readme_leads_to_every_page() -> None:
    for page in DOCS.glob("*.md"):
        assert f"](docs/{page.name})" in text("README.md")


@cache
def bundled() -> tuple[int, int]:
    """How many topics and papers there are."""
    topics = yaml.safe_load(text("data/topics.yml"))["topics"]
    return len(topics), text("data/demo/pubmed.xml").count("<PubmedArticle>")


@each_page
def test_the_numbers_of_topics_and_bundled_papers_are_right(page: Path) -> None:
    topics, papers = bundled()
    said = prose(page)
    assert {int(number) for number in re.findall(r"(\d+) topics", said)} <= {topics}
    counted = r"(\d+) (?:bundled |real )?papers"
    assert {int(number) for number in re.findall(counted, said)} <= {papers}


@pytest.mark.parametrize("picture", sorted(DOCS.glob("images/*")), ids=lambda path: path.name)
def test_a_picture_is_shown_and_light(picture: Path) -> None:
    data = picture.read_bytes()
    assert data.startswith(b"\x89PNG")
    assert struct.unpack(">I", data[16:20]) == (1200,)
    assert len(data) <= 200_000
    assert any(f"images/{picture.name})" in page.read_text(encoding="utf-8") for page in PAGES)


def test_the_citation_file_names_this_version() -> None:
    citation = yaml.safe_load(text("CITATION.cff"))
    assert citation["version"] == __version__
    assert citation["license"] == "Apache-2.0"
