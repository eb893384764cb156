"""The command `harvest` over three papers, and what it prints."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from harvest.cli import main

JOBS = """\
jobs:
  - name: review
    description: A review and what it cites
    seeds: [pmid: 100]
    hops: 1
  - name: search
    description: A search
    seeds: [query: "neuroblastoma[ti]"]
  - name: slow
    description: Only by name
    only_when_named: true
    seeds: [pmid: 102]
"""


def harvest(*arguments: object, url: str = "http://127.0.0.1:1/") -> Result:
    return CliRunner(
        env={"HARVEST_EUTILS_URL": url, "HARVEST_ICITE_URL": "", "HARVEST_CROSSREF_URL": ""}
    ).invoke(main, [str(argument) for argument in arguments], prog_name="harvest")


def jobs_file(tmp_path: Path) -> Path:
    file = tmp_path / "jobs.yml"
    file.write_text(JOBS)
    return file


def ledger_of(result: Result) -> list[dict[str, str]]:
    lines = [line.split() for line in result.stdout.splitlines()]
    start = next(number for number, words in enumerate(lines) if words[:2] == ["run", "job"])
    return [
        dict(zip(lines[start], words, strict=True))
        for words in lines[start + 1 :]
        if len(words) == len(lines[start]) and words[0].isdigit()
    ]


SCHEDULED = """
jobs:
  - name: daily
    description: One paper, every day
    seeds: [pmid: 102]
    schedule: "0 0 * * *"
  - name: never
    description: One paper, by hand
    seeds: [pmid: 101]
"""
