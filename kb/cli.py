"""The command `kb`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from kb import DISTRIBUTION
from kb.commands import FILE, STDOUT, STREAM, Commands, Place, binary_stdout
from kb.data import data_dir
from kb.errors import CheckFailed
from kb.evaluate.cli import evaluate
from kb.graphs.selection import COMPONENTS, DIRECTIONS
from kb.stop import stop_at_once

NAMED = 20  # suspected duplicates on the screen
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
DATA = "Folder of another field: topics.yml, datasette.yml and, where it has them, "


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name=DISTRIBUTION)
def main() -> None:
    """Build the evidence base from raw.db, check it, export it and serve it. Asks no service.

    Exit codes: 0 complete, 1 a check failed, 2 usage or configuration, 3 incomplete (what is
    missing is named).
    """


main.add_command(evaluate)


@main.command()
@click.option("--raw", required=True, type=FILE, help="The raw.db that harvest filled.")
@click.option("--out", required=True, type=FILE, help="The kb.db to put in place.")
@click.option(
    "--data",
    type=FOLDER,
    help=f"{DATA}studies.yml. Default: the bundled one.",
)
def build(raw: Path, out: Path, data: Path | None) -> None:
    """Build kb.db from raw.db: aside, then checked, then put in the place of the old one."""
    # Here, not above: the libraries of the build take a second to load.
    from kb.build.build import build as build_base

    for line in build_base(raw, out, data or data_dir()):
        click.echo(f"kb build: {line}", err=True)
    click.echo(f"Built {out} from {raw}. Look at it with: kb serve {out}")


@main.command()
@click.argument("db", type=FILE)
def check(db: Path) -> None:
    """Check a kb.db: references, offsets, sums, full text. What is wrong is named.

    Works that may be the same are listed too; that is no fault.
    """
    from kb.base import check_base
    from kb.checks import check as faults
    from kb.citations.duplicates import suspected

    check_base(db)
    if wrong := faults(db):
        raise CheckFailed(
            f"{db}: {len(wrong)} checks failed:\n" + "\n".join(f"  {w}" for w in wrong)
        )
    doubles = suspected(db)
    for double in doubles[:NAMED]:
        click.echo(f"May be the same: {', '.join(double.works)} ({double.why})")
    if left := len(doubles[NAMED:]):
        click.echo(f"and {left:,} more: see the question suspected-duplicates")
    click.echo(f"{db}: every check passed.")


@main.command()
@click.argument("kind")
@click.option("--db", required=True, type=FILE, help="The kb.db to export from.")
@click.option(
    "--format", "format_", required=True, metavar="F", help="The format, one of those of its kind."
)
@click.option(
    "--out",
    required=True,
    type=STREAM,
    help="The file to write; of a format of several files the first, the others beside it. - is"
    " standard output, where several files are a zip archive.",
)
@click.option("--topic", "topics", multiple=True, metavar="SLUG", help="Papers on any of these.")
@click.option("--seed", "seeds", multiple=True, help="Papers that any of these seeds brought.")
@click.option(
    "--around",
    default="",
    metavar="WORK",
    help="A work by PMID, DOI or other identifier, and what is near it: one citation, or --hops.",
)
@click.option(
    "--direction",
    type=click.Choice(DIRECTIONS),
    help="With --around: what it leads to (cited), what leads to it, or both. Default: both.",
)
@click.option(
    "--hops",
    type=click.IntRange(0),
    help="Papers at most so many citations from a seed; with --around, works from that work.",
)
@click.option("--design", "designs", multiple=True, help="Papers of any of these designs.")
@click.option("--from", "first_year", type=int, metavar="YEAR", help="What appeared then or later.")
@click.option("--to", "last_year", type=int, metavar="YEAR", help="What appeared then or before.")
@click.option("--as-of", default="", metavar="DATE", help="What had appeared by 2019-07, say.")
@click.option("--without-retracted", is_flag=True, help="Leave out what is retracted today.")
@click.option("--papers-only", is_flag=True, help="Leave out what was not harvested.")
@click.option(
    "--core",
    type=click.IntRange(1),
    metavar="K",
    help="Of what is left, the most works of which each cites or is cited by K of the others.",
)
@click.option(
    "--component",
    type=click.Choice(COMPONENTS),
    help="Of what is left, the most works that hang together: by citations whichever way (weak), or"
    " each leading to each (strong).",
)
def export(kind: str, db: Path, format_: str, out: Path, **chosen: Any) -> None:
    """Write a map or a list for other tools.

    KIND is a map: citation, historiograph, cocitation, coupling, topics, paper-topic or authors, as
    graphml, gexf, cyjs, vosviewer, vosviewer-map, pajek or csv (citation also as wos); or
    references, as ris, bibtex, csl-json, nbib or csv.
    """
    from kb.exports import is_empty, send, write
    from kb.graphs.selection import Selection

    selection = Selection(**chosen)
    if out is STDOUT:
        send(db, kind, format_, binary_stdout(), selection)
        return
    written = write(db, kind, format_, out, selection)
    empty = is_empty(db, kind, format_, selection)
    nothing = " Nothing here passes these filters, so there is nothing in it." if empty else ""
    click.echo(f"Wrote {', '.join(map(str, written))}.{nothing}")


@main.command()
@click.argument("a")
@click.argument("b")
@click.option("--db", required=True, type=FILE, help="The kb.db to look in.")
@click.option(
    "--most",
    type=click.IntRange(1, 1_000),
    default=3,
    show_default=True,
    metavar="N",
    help="Paths to show each way, of several that are as short.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def path(a: str, b: str, db: Path, most: int, as_json: bool) -> None:
    """Show the shortest citation paths between two works, each way, and who states each citation.

    A and B are each a PMID, a DOI, a PMCID or an identifier of the base. Where neither leads to the
    other, the shortest paths that take no heed of who cites whom. That there is none is an answer.
    """
    from kb.exports.path_text import lines, values
    from kb.graphs.paths import read

    paths = read(db, a, b, most)
    click.echo(json.dumps(values(paths), indent=2) if as_json else "\n".join(lines(paths)))


@main.command()
@click.argument("db", type=FILE)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8001,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--data",
    type=FOLDER,
    help=f"{DATA}queries.yml. Default: the bundled one.",
)
def serve(db: Path, host: str, port: int, data: Path | None) -> None:
    """Serve kb.db with Datasette, read-only, until interrupted."""
    from kb.site.serve import serve as serve_base

    serve_base(db, host, port, data or data_dir())


@main.command()
@click.argument("folder", metavar="DIR", type=Place())
@click.option("--db", required=True, type=FILE, help="The kb.db to publish.")
@click.option("--with-abstracts", is_flag=True, help="Keep abstracts, where you may show them.")
@click.option(
    "--data",
    type=FOLDER,
    help=f"{DATA}queries.yml. Default: the bundled one.",
)
def publish(folder: Path, db: Path, with_abstracts: bool, data: Path | None) -> None:
    """Write a directory that any host can serve: kb.db, the program, a Dockerfile, how to start.

    Without abstracts, which may be copyrighted, and without the records as they arrived.
    """
    from kb.publish import publish as publish_base

    publish_base(db, folder, data or data_dir(), with_abstracts=with_abstracts)
    click.echo(f"Published {db} in {folder}. How to serve it: {folder / 'README.md'}")


if __name__ == "__main__":
    stop_at_once("kb")
    main()
