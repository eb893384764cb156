"""The command `harvest`."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import wraps
from pathlib import Path
from typing import Any

import click

from harvest import ledger, look, reports, standin
from harvest.backup import backup, restore
from harvest.clock import Clock
from harvest.files import read_files
from harvest.jobs import Job, Seed, chosen, unbalanced
from harvest.jobs_file import read_jobs
from harvest.look import due_jobs
from harvest.preprints import search_preprints
from harvest.progress import Progress
from harvest.resolve import resolve as resolve_all
from harvest.retraction_watch import read_retraction_watch
from harvest.run import estimate, follow_file, run_jobs
from harvest.services import SERVICES
from harvest.services.eutils import EUTILS
from harvest.settings import Settings, settings_from
from kb import raw as raw_db
from kb.aside import check_place
from kb.citations.open_questions import unresolved
from kb.commands import EXISTING, FILE, Command, Commands, Place, data_option
from kb.data import data_dir
from kb.errors import ConfigError, Incomplete
from kb.ids import clean_pmid
from kb.stop import stop_at_once


class Pmid(click.ParamType[int]):
    name = "pmid"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        pmid = clean_pmid(str(value))
        if pmid is None:
            self.fail(
                f"{value!r} is no PMID. A PMID is the number that PubMed gives a paper, digits "
                "only, such as 36063183; a PMC number or a DOI is another thing.",
                param,
                ctx,
            )
        return pmid


def raw_option(command: Command) -> Command:
    return click.option(
        "--raw", required=True, type=FILE, help="The raw.db to fill; made where there is none."
    )(command)


def network_options(command: Callable[..., None]) -> Callable[..., None]:
    """Options of who asks and where; the command gets what makes settings of them, ``settings``."""

    @wraps(command)
    def told(*arguments: Any, email: str | None, **options: Any) -> None:
        bases = {each.name: options.pop(f"{each.name}_url") for each in SERVICES}

        def settings() -> Settings:
            return settings_from(os.environ, email=email, bases=bases)

        command(*arguments, settings=settings, **options)

    for service in reversed(SERVICES):
        default = f"Default: ${service.variable}, else {service.base or 'nowhere: it is off'}"
        told = click.option(
            service.option, metavar="URL", help=f"Address of {service.title}. {default}"
        )(told)
    return click.option(
        "--email",
        help="Your e-mail address, which NCBI wants to know. Default: $NCBI_EMAIL. "
        "An API key is read from $NCBI_API_KEY alone.",
    )(told)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="neuroblastoma-kb")
def main() -> None:
    """Harvest PubMed records into raw.db, and lose none in silence.

    Exit codes: 0 complete, 1 a check failed, 2 usage or configuration, 3 incomplete (what is
    missing is named), 4 another run holds the raw.db.
    """


@main.command()
@click.argument("names", metavar="[JOB]...", nargs=-1)
@click.option("--jobs", "jobs_file", type=EXISTING, help="Jobs file. Default: jobs.yml of --data.")
@raw_option
@data_option
@click.option("--kb", "kb_file", type=FILE, help="Build this kb.db afterwards and publish it.")
@click.option(
    "--due",
    is_flag=True,
    help="Only jobs whose schedule has had a time since they ran, or whose last run is incomplete.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be asked; ask nothing.")
@network_options
def run(
    names: Sequence[str],
    jobs_file: Path | None,
    raw: Path,
    data: Path,
    kb_file: Path | None,
    due: bool,
    dry_run: bool,
    settings: Callable[[], Settings],
) -> None:
    """Run jobs: search, fetch, follow references and citing papers.

    Without a JOB all jobs of the file run, except those that want to be named. Records that are
    stored and young enough are not asked for again, so a run that was interrupted is finished by
    running it again.
    """
    path = jobs_file or data / "jobs.yml"
    of_file = read_jobs(path)
    jobs = chosen(of_file, names, path)
    if due and not (jobs := due_jobs(raw, jobs)):
        if not dry_run:
            follow_file(raw, of_file, Progress())
        click.echo("harvest: nothing is due.")
        return
    if dry_run:
        _show_estimates(raw, jobs)
        return
    if kb_file:
        check_place(kb_file)  # now, not after hours of harvest
    _finish(raw, run_jobs(raw, jobs, settings(), Progress(), of_file=of_file), kb_file, data)


# A negative number is a PMID that is none, not an option.
@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("pmids", metavar="PMID...", nargs=-1, required=True, type=Pmid())
@raw_option
@click.option("--refs", type=click.IntRange(0), default=0, help="Hops along references.")
@click.option("--cited-by", type=click.IntRange(0), default=0, help="Hops along citing papers.")
@network_options
def pmid(
    pmids: Sequence[int],
    raw: Path,
    refs: int,
    cited_by: int,
    settings: Callable[[], Settings],
) -> None:
    """Fetch papers by PMID, and what they cite or what cites them."""
    seeds = tuple(Seed("adhoc", "pmid", str(pmid)) for pmid in dict.fromkeys(pmids))
    job = Job("adhoc", "PMIDs from the command line", seeds, refs, cited_by)
    _finish(raw, run_jobs(raw, [job], settings(), Progress()))


@main.command()
@click.argument("query")
@raw_option
@network_options
def search(query: str, raw: Path, settings: Callable[[], Settings]) -> None:
    """Fetch all papers that a PubMed QUERY finds.

    The query is run as written: where PubMed does not know a phrase of it, nothing is fetched.
    """
    if not query.strip():
        raise click.BadParameter("the query is empty.", param_hint="QUERY")
    if why := unbalanced(query):
        raise click.BadParameter(why, param_hint="QUERY")
    job = Job("adhoc", "A query from the command line", (Seed("adhoc", "query", query.strip()),))
    _finish(raw, run_jobs(raw, [job], settings(), Progress()))


@main.command()
@click.argument("query")
@raw_option
@network_options
def preprints(query: str, raw: Path, settings: Callable[[], Settings]) -> None:
    """List the preprints that a Europe PMC QUERY finds, and keep its answers in raw.db.

    Europe PMC is switched off until its address is set: this search was never tried with the real
    service. A build does not read the answers yet.
    """
    if not query.strip():
        raise click.BadParameter("the query is empty.", param_hint="QUERY")
    run, listed = search_preprints(raw, query.strip(), settings(), Progress())
    for each in listed:
        place = each.doi or each.number
        click.echo(f"{each.day or 'no date':10}  {place}  {each.title} ({each.server or '?'})")
    _finish(raw, [run])


@main.command()
@click.argument("paths", metavar="FILE...", nargs=-1, required=True, type=EXISTING)
@raw_option
@click.option(
    "--filter",
    "filters",
    multiple=True,
    metavar="TEXT",
    help="Keep only records with TEXT in title, abstract, keywords or MeSH, whatever its case. "
    "Given several times: any of them.",
)
@click.option(
    "--workers",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Processes that read files ahead. The result is the same.",
)
def files(paths: Sequence[Path], raw: Path, filters: Sequence[str], workers: int) -> None:
    """Read PubMed XML files, packed with gzip or not, in the order given. Asks no service.

    Baseline and update files go in the order of their numbers: of several versions the last read
    counts, and a deletion holds until a later record.
    """
    run = read_files(raw, paths, filters, workers, Progress())
    _finish(raw, [run], advice="The rest is stored. Get what is damaged anew and read it again.")


@main.command()
@click.option("--raw", required=True, type=FILE, help="The raw.db to fill.")
@click.option("--kb", "kb_file", required=True, type=EXISTING, help="The kb.db built from it.")
@network_options
def resolve(raw: Path, kb_file: Path, settings: Callable[[], Settings]) -> None:
    """Ask about the cited works that a kb.db could not resolve.

    DOIs are put to the ID converter and to PubMed, citations without any identifier to ECitMatch
    and Crossref. Each is asked once. Build again afterwards: the answers are compared there.
    """
    raw_db.open_raw(raw).close()
    told = settings()
    run = resolve_all(raw, unresolved(kb_file), told, Progress())
    _finish(raw, [run])
    click.echo(f"Build again with: kb build --raw {raw} --out {kb_file}")


@main.command(name="retraction-watch")
@click.argument("path", metavar="FILE", type=EXISTING)
@raw_option
def retraction_watch(path: Path, raw: Path) -> None:
    """Keep a Retraction Watch file (CSV, gzipped or not) in raw.db.

    Crossref gives it away. The next build takes from it what PubMed does not know yet of the
    papers of the base and of the works that they cite.
    """
    run = read_retraction_watch(raw, path, Progress())
    _finish(raw, [run], advice="The file is kept. Look at the lines named; a newer file may do.")


@main.command()
@click.option("--specimen", is_flag=True, help="Fictional records, which show more, for real ones.")
@data_option
@click.option(
    "--dir",
    "folder",
    type=Place(file_okay=False),
    help="Where raw.db and kb.db go. Default: demo-data, or demo-data/specimen.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8001,
    show_default=True,
    help="Port of the site on this machine.",
)
@click.option("--no-serve", is_flag=True, help="Stop after the build.")
def demo(specimen: bool, data: Path, folder: Path | None, port: int, no_serve: bool) -> None:
    """Harvest the bundled papers from a stand-in of NCBI on this machine, build, and serve.

    No other machine is asked.
    """
    if not no_serve:
        # Here, not above: Datasette takes a second to load.
        from kb.site.serve import listening, serve

        listening("127.0.0.1", port).close()  # a port that is taken is better said at once
    name = "specimen" if specimen else "demo"
    folder = folder or Path("demo-data", "specimen" if specimen else "")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"{folder}: cannot be made ({error.strerror}). Name another --dir."
        ) from error
    jobs, bundled = data / "jobs.yml", data / name
    raw, kb_file = folder / "raw.db", folder / "kb.db"
    _keep_apart(raw, specimen=specimen)
    corpus = standin.Corpus.from_files([bundled / "pubmed.xml"])
    with standin.serve(corpus) as server:
        settings = Settings(bases={EUTILS.name: server.url}, source="demo")
        runs = run_jobs(raw, chosen(read_jobs(jobs), [name], jobs), settings, Progress())
    if specimen:
        # Some of the records change, as PubMed's do from one day to the next.
        runs.append(read_files(raw, [bundled / "update.xml"], (), 1, Progress()))
    _finish(raw, runs, kb_file, data)
    if not no_serve:
        serve(kb_file, "127.0.0.1", port, data)


def _keep_apart(raw: Path, *, specimen: bool) -> None:
    """Fiction and real records never meet in one raw.db."""
    if not raw.exists():
        return
    with closing(raw_db.open_raw(raw)) as db:
        jobs = {job for (job,) in db.execute("SELECT DISTINCT job FROM runs")}
    if jobs and specimen != ("specimen" in jobs):
        holds = "real papers" if specimen else "the fictional ones of --specimen"
        raise ConfigError(f"{raw}: holds {holds}; the two are kept apart. Name another --dir.")


@main.command(name="standin")
@click.argument("paths", metavar="[FILE]...", nargs=-1, type=EXISTING)
@click.option("--raw", type=FILE, help="Serve the records of a raw.db.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Default: a free one.")
def serve_standin(paths: Sequence[Path], raw: Path | None, port: int) -> None:
    """Serve records on this machine as NCBI, iCite and Crossref would, to replay a harvest offline.

    Give either --raw or PubMed XML files. With --raw, what a service once answered it answers
    again, byte for byte. Paste the lines that it prints, and harvest asks it.
    """
    standin.run_forever(paths, raw, port)


def _show_estimates(raw: Path, jobs: Sequence[Job]) -> None:
    per_second = EUTILS.allowed(keyed=bool(os.environ.get("NCBI_API_KEY"))).most
    for job in jobs:
        plan = estimate(raw, job, Clock())
        click.echo(
            f"{job.name}: {plan.pmids:,} papers known to be due, {plan.searches} searches, "
            f"hops: {job.references} along references and {job.cited_by} along citing papers. "
            f"At least {plan.requests:,} requests, {plan.seconds(per_second):,} s at "
            f"{per_second} a second; what the searches and hops find comes on top."
        )


def _finish(
    raw: Path,
    runs: Sequence[int],
    kb_file: Path | None = None,
    data: Path | None = None,
    advice: str = "",
) -> None:
    """Print the ledger, build where asked, and raise Incomplete where something is missing."""
    short: list[str] = []
    with closing(raw_db.open_raw(raw)) as db:
        click.echo(reports.table([row for row in reports.rows(db) if row["run"] in runs]))
        for number in runs:
            for line in reports.missing(db, number):
                click.echo(line)
            short += reports.shortfall(db, number)
        failed = any(ledger.outcomes(db, number, "failed") for number in runs)
        summary = reports.summary(db, runs)
    if short:
        again = " Run the same command again for the rest." if failed else ""
        short.append(advice or f"What came is stored.{again}")
    if kb_file:
        # Here, not above: the libraries of the build take a second to load.
        from kb.build.build import build

        field = data or data_dir()
        try:
            build(raw, kb_file, field)
        except Incomplete as error:
            short.append(str(error))
        option = "" if field == data_dir() else f" --data {field}"
        click.echo(f"Built {kb_file} from {raw}. Look at it with: kb serve {kb_file}{option}")
    click.echo(summary)
    if short:
        raise Incomplete("\n".join(short))


for _command in (look.status, look.see_doctor, look.verify, backup, restore):
    main.add_command(_command)


if __name__ == "__main__":
    stop_at_once("harvest")
    main()
