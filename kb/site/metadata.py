"""What Datasette says about the base: data/datasette.yml and the comments of schema.sql."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from kb.data import data_dir
from kb.schema import SCHEMA, descriptions
from kb.site.compat import NAME

SETTINGS: dict[str, int | bool] = {
    "default_page_size": 50,
    # Guessing facets costs a query per column on every page; ours are named in datasette.yml.
    "suggest_facets": False,
    # kb.db holds abstracts, which may be copyrighted: rows can be had, not the file in one click.
    "allow_download": False,
    # A hundred whole abstracts make a page of 240 kB.
    "truncate_cells_html": 200,
    "sql_time_limit_ms": 1000,
    "facet_time_limit_ms": 500,
    "num_sql_threads": 4,
}


def load(path: Path) -> dict[str, Any]:
    """Datasette's metadata, each table and column described in the words of schema.sql."""
    metadata: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    tables = metadata["databases"][NAME]["tables"]
    for name, text in descriptions(SCHEMA.read_text(encoding="utf-8")).items():
        tables[name] = {
            "description": text.description,
            "columns": text.columns,
            **tables.get(name, {}),
        }
    return metadata


@cache
def metadata() -> dict[str, Any]:
    return load(data_dir() / "datasette.yml")
