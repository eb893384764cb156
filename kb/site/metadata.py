"""What Datasette says about the base: the field's datasette.yml and queries.yml, and schema.sql."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from kb.data import data_dir
from kb.errors import ConfigError
from kb.schema import SCHEMA, descriptions
from kb.site.compat import NAME
from kb.site.queries import NamedQuery
from kb.site.queries import load as load_queries
from kb.yaml_lines import constructed

FILE = "datasette.yml"

SETTINGS: dict[str, int | bool] = {
    "default_page_size": 50,
    # Guessing facets costs a query per column on every page; ours are named in datasette.yml.
    "suggest_facets": False,
    # kb.db holds abstracts, which may be copyrighted: rows can be had, not the file in one click.
    "allow_download": False,
    # A row of papers has forty cells; whole abstracts would hide what tells it from others.
    "truncate_cells_html": 100,
    "sql_time_limit_ms": 1000,
    "facet_time_limit_ms": 500,
    "num_sql_threads": 4,
}


# Datasette knows the index of a table by "content=" and the name of that table; ours has folded
# texts, and topics, and so another content.
FULL_TEXT = {"papers": {"fts_table": "papers_fts", "fts_pk": "pmid"}}


def load(path: Path) -> dict[str, Any]:
    """Datasette's metadata, each table and column described in the words of schema.sql.

    A field that does not say how its tables are shown has them as the bundled one. Raises
    ConfigError naming the file.
    """
    metadata = _read(path)
    ours = _read(data_dir() / FILE)["databases"]
    tables = metadata.setdefault("databases", ours)[NAME]["tables"]
    for name, text in descriptions(SCHEMA.read_text(encoding="utf-8")).items():
        tables[name] = {
            "description": text.description,
            "columns": text.columns,
            **FULL_TEXT.get(name, {}),
            **tables.get(name, {}),
        }
    return metadata


def described(query: NamedQuery) -> dict[str, Any]:
    """A named query in Datasette's words: the help is shown, the SQL is one click away."""
    return {
        "title": query.title,
        "description": query.question,
        "description_html": str(help_html(query)),
        "sql": query.statement,
        "params": [each.name for each in query.parameters],
        "hide_sql": True,
    }


def help_html(query: NamedQuery) -> Markup:
    """Question, notes, parameters and example; addresses start from the query's own page."""
    helps = Markup("").join(
        Markup("<dt><code>{}</code></dt><dd>{}{}</dd>").format(
            each.name,
            each.help,
            Markup(". Empty: <code>{}</code>").format(each.default) if each.default else "",
        )
        for each in query.parameters
    )
    example = Markup('<a href="?{}">Example</a> · ').format(urlencode(query.example))
    return Markup(
        "<p><strong>{}</strong></p><p>{}</p><dl>{}</dl>"
        '<p>{}<a href="../queries">All questions</a></p>'
    ).format(query.question, query.notes, helps, example if query.parameters else "")


def _read(path: Path) -> dict[str, Any]:
    about = constructed(path, "what the site says of itself")
    if not isinstance(about, dict) or not about.get("title"):
        raise ConfigError(f"{path}: must be keys and values, and have a title.")
    return about


@cache
def queries(data: Path) -> tuple[NamedQuery, ...]:
    """The named queries of a field, which may have none."""
    file = data / "queries.yml"
    return load_queries(file) if file.is_file() else ()


@cache
def metadata(data: Path) -> dict[str, Any]:
    loaded = load(data / FILE)
    loaded["databases"][NAME]["queries"] = {each.name: described(each) for each in queries(data)}
    return loaded
