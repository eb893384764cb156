"""Write the pages of docs/ that are made from what they describe.

    python -m docs.generate            write them
    python -m docs.generate --check    only compare; exit 1 names what drifted

It stands here because it reads both programs, of which kb must not know harvest, and because
whoever installs the packages has no use for it.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from inspect import cleandoc
from pathlib import Path
from textwrap import dedent

import click
from sqlite_utils import Database

from harvest.cli import main as harvest
from kb import raw_shape
from kb.cli import main as kb
from kb.data import data_dir
from kb.schema import SCHEMA, TableText, descriptions
from kb.tagging.topics import load

HERE = Path(__file__).parent
README = HERE.parent / "README.md"
MADE_BY = "<!-- Made by `make docs`: edit what it describes, not this page. -->\n"


SCHEMA_HEAD = """
# The tables

Two SQLite files. `kb.db` is what people read; `raw.db` is what arrived, and kb.db is made from it.

- **Works and papers.** A work is anything that cites or is cited. A paper is a work whose PubMed
  record was harvested. Tables of papers go by `pmid`, tables of citations by `work`.
- **Null means unknown,** never "no" and never zero.
- **Offsets** (`start`, `end`) count code points from 0 in the text of `passages`; `end` is the one
  after the last. In SQL: `substr(text, start + 1, "end" - start)`.
- **Times** are UTC in ISO 8601.
"""

KB_HEAD = """
## kb.db

Made by `kb build`, never changed afterwards. The words are the comments of `kb/schema.sql`, which
Datasette shows beside each table and column too.
"""

RAW_HEAD = """
## raw.db

Kept by `harvest`; nothing in it is ever overwritten. The words are the comments of `kb/raw.py`.
"""

COMMANDS_HEAD = """
# The commands

What `--help` says. Environment variables and exit codes are on [their own page](configuration.md).
Every command has `--help` (`-h`), both programs have `--version`."""


def schema_page() -> str:
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(SCHEMA.read_text(encoding="utf-8"))
        kb_tables = descriptions(SCHEMA.read_text(encoding="utf-8"))
        kb_part = [*_contents(kb_tables), *_tables(db, kb_tables)]
    with closing(sqlite3.connect(":memory:")) as db:
        raw_shape.migrations.apply(Database(db))
        raw_tables = descriptions(raw_shape.FIRST_SHAPE + raw_shape.SECOND_SHAPE)
        raw_part = [*_contents(raw_tables, "raw-"), *_tables(db, raw_tables, "raw-")]
    return "\n".join([MADE_BY + SCHEMA_HEAD + KB_HEAD, *kb_part, RAW_HEAD, *raw_part]) + "\n"


# Both files have a table runs: the headings of raw.db take a prefix.
def _contents(tables: dict[str, TableText], prefix: str = "") -> Iterator[str]:
    yield "| table | holds |\n|---|---|"
    for name, text in tables.items():
        yield f"| [{name}](#{prefix}{name}) | {text.description} |"


def _tables(
    db: sqlite3.Connection, tables: dict[str, TableText], prefix: str = ""
) -> Iterator[str]:
    for table, text in tables.items():
        yield f"\n### {prefix}{table}\n\n{text.description}\n"
        heads = ["column", "type", "key", "meaning"] if text.columns else ["column", "type", "key"]
        yield _row(heads)
        yield _row(["---"] * len(heads))
        for name, type_, key in _columns(db, table):
            meaning = [text.columns.get(name, "")] if text.columns else []
            yield _row([name, type_, key, *meaning])


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _columns(db: sqlite3.Connection, table: str) -> Iterator[tuple[str, str, str]]:
    """Of each column the name, the type with the values that are allowed, and the keys."""
    (sql,) = db.execute("SELECT sql FROM sqlite_schema WHERE name = ?", [table]).fetchone()
    allowed = dict(re.findall(r"CHECK \((\w+) IN\s+\(('[^)]+)\)\)", sql))
    targets = {row[3]: row[2] for row in db.execute(f"PRAGMA foreign_key_list({table})")}
    for _, name, type_, not_null, _, key, hidden in db.execute(f"PRAGMA table_xinfo({table})"):
        if hidden == 1:  # columns that a full-text index has for itself
            continue
        values = f": {allowed[name].replace(chr(39), '')}" if name in allowed else ""
        must = " not null" if not_null and not key else ""
        keys = ["key"] if key else []
        keys += [f"→ {targets[name]}"] if name in targets else []
        yield name, type_ + must + values, ", ".join(keys)


def commands_page() -> str:
    parts = [MADE_BY + COMMANDS_HEAD]
    for name, program in (("harvest", harvest), ("kb", kb)):
        parts.append(f"\n## {name}\n\n{cleandoc(program.help or '')}")
        for command_name in program.commands:
            parts += _command(f"{name} {command_name}", program.commands[command_name])
    return "\n".join(parts) + "\n"


def _command(name: str, command: click.Command) -> Iterator[str]:
    context = click.Context(command, info_name=name)
    usage = " ".join(command.collect_usage_pieces(context))
    yield f"\n### {name}\n\n```text\n{name} {usage}\n```\n\n{_help(command)}\n"
    records = [
        record
        for param in command.params
        if isinstance(param, click.Option) and (record := param.get_help_record(context))
    ]
    if records:
        yield "| option | meaning |\n|---|---|"
        for option, meaning in records:
            yield _row([f"`{option}`", meaning])
    if isinstance(command, click.Group):
        for part, below in command.commands.items():
            yield from _command(f"{name} {part}", below)


def _help(command: click.Command) -> str:
    """With what keeps its lines (behind a backspace, as click has it) as a block of text."""
    told = cleandoc(command.help or "")
    return re.sub(
        r"\x08\n((?:  .*(?:\n|$))+)",
        lambda kept: f"```text\n{dedent(kept[1]).rstrip()}\n```\n",
        told,
    ).rstrip()


PAGES = {"schema.md": schema_page, "commands.md": commands_page}


def drifted() -> list[str]:
    """Names of the pages that are not as they would be made."""
    return [
        name
        for name, page in PAGES.items()
        if not (HERE / name).is_file() or (HERE / name).read_text(encoding="utf-8") != page()
    ]


def counted(page: str) -> str:
    """A page with the number of topics that the vocabulary has now."""
    topics = len(load(data_dir() / "topics.yml").topics)
    return re.sub(r"\b[0-9]+ topics\b", f"{topics} topics", page)


@click.command()
@click.option("--check", is_flag=True, help="Only compare; exit 1 names what drifted.")
def main(check: bool) -> None:
    """Write docs/schema.md and docs/commands.md from the schema and from the commands, and the
    number of topics into README.md."""
    if check:
        if names := drifted():
            raise click.ClickException(f"not as made: docs/{', docs/'.join(names)}. Run: make docs")
        return
    for name, page in PAGES.items():
        (HERE / name).write_text(page(), encoding="utf-8")
    README.write_text(counted(README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
