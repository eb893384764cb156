"""The jobs file: what it may say, and how each mistake is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from harvest.jobs import Job, Seed
from harvest.jobs_file import read_jobs
from kb.errors import ConfigError

ROOT = Path(__file__).resolve().parents[2]


BUNDLED = ROOT / "data" / "jobs.yml"


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "jobs.yml"
    file.write_text(text, encoding="utf-8")
    return file


def refused(tmp_path: Path, text: str) -> str:
    with pytest.raises(ConfigError) as error:
        read_jobs(written(tmp_path, text))
    assert error.value.exit_code == 2
    assert str(tmp_path / "jobs.yml") in str(error.value)
    return str(error.value)


def test_a_file_without_jobs_is_refused(tmp_path: Path) -> None:
    assert "there are no jobs" in refused(tmp_path, "jobs: []\n")


JOB = """\
jobs:
  - name: one
    description: First
    seeds:
      - pmid: 36063183
"""


def test_a_job_has_seeds_hops_directions_and_limits(tmp_path: Path) -> None:
    text = """\
jobs:
  - name: one
    description: The first
    seeds:
      - pmid: 5
      - pmids: [7, 6]
      - query: >-
          "Neuroblastoma"[mh]
          AND  imaging[ti]
    hops: 2
    direction: cited-by
    refresh_days: 7
    max_records: 10
    only_when_named: true
"""
    seeds = (
        Seed("one", "pmid", "5"),
        Seed("one", "pmid", "7"),
        Seed("one", "pmid", "6"),
        Seed("one", "query", '"Neuroblastoma"[mh] AND imaging[ti]'),
    )
    assert read_jobs(written(tmp_path, text)) == [
        Job("one", "The first", seeds, 0, 2, 7, 10, only_when_named=True)
    ]


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    (job,) = read_jobs(written(tmp_path, JOB))
    assert (job.hops, job.refresh_days, job.only_when_named) == (0, 30, False)


@pytest.mark.parametrize(
    ("direction", "hops"), [("references", (2, 0)), ("cited-by", (0, 2)), ("both", (2, 2))]
)
def test_hops_go_along_the_direction_named(
    tmp_path: Path, direction: str, hops: tuple[int, int]
) -> None:
    (job,) = read_jobs(written(tmp_path, f"{JOB}    hops: 2\n    direction: {direction}\n"))
    assert (job.references, job.cited_by) == hops


def test_hops_without_a_direction_go_both_ways(tmp_path: Path) -> None:
    (job,) = read_jobs(written(tmp_path, f"{JOB}    hops: 1\n"))
    assert (job.references, job.cited_by) == (1, 1)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("    refs: 1", "line 6, job 'one': 'refs' is no key of a job. Known: name,"),
        ("    hops: two", "line 6, job 'one': 'hops' must be a whole number from 0, not 'two'"),
        ("    hops: -1", "line 6, job 'one': 'hops' must be a whole number from 0, not -1"),
        ("    hops: true", "line 6, job 'one': 'hops' must be a whole number from 0, not True"),
        ("    hops: 1.5", "'hops' must be a whole number from 0, not 1.5"),
        ("    direction: up", "line 6, job 'one': 'direction' must be references, cited-by, both"),
        ("    only_when_named: 1", "'only_when_named' must be true or false, not 1"),
        ("    description: again", "line 6, job 'one': description is there twice"),
        ("      - pmid: PMC123", "line 6, job 'one': 'pmid' must be a whole number from 1"),
        ("      - pmid: 0", "'pmid' must be a whole number from 1, not 0"),
        ("      - pmid: 123456789012", "'pmid' must be a whole number from 1"),
        (f"      - pmid: {'1' * 5000}", "'pmid' must be a whole number from 1, not one of 5,000"),
        ("      - pmid: 36063183", "line 6, job 'one': the seed '36063183' is there twice"),
        ("      - pmid: 02144000", "whole number from 1, not 02144000, which YAML reads as 575488"),
        ("      - pmids: [1:30]", "not 1:30, which YAML reads as 90"),
        ("    sentinels: [36_063_183]", "not 36_063_183, which YAML reads as 36063183"),
        ("      - pmids: 5", "'pmids' must be a list"),
        ("      - query: ' '", "'query' must be text"),
        ("      - doi: 10.1/x", "'10.1/x' is no DOI"),
        (
            "      - isbn: 1",
            "'isbn' is no key of a seed. Known: pmid, pmids, doi, dois",
        ),
        (
            '      - mesh: "Neuroblastoma[mh]"',
            "must be a MeSH descriptor without quotes",
        ),
        ("    refresh: stored", "a job has either 'seeds' or 'refresh: stored'"),
        ("    sources: [pmc]", "'pmc' is no source. Known: references, elink, icite, crossref"),
        ("    published: 2020..1990", "'published' runs backwards: '2020..1990'"),
        ("    published: 1990", "must be two dates and two dots"),
        ("    published: 1990-13..", "must be two dates and two dots"),
        ('    schedule: "99 3 * * 1"', "is no cron expression"),
        ("    sentinels: [PMC1]", "must be a whole number from 1, not 'PMC1'"),
        ("      - 36063183", "a seed must be keys and values"),
        ("  - name: one", "line 6, job 'one': 'description' is missing"),
        (
            "  - {name: one, description: d, seeds: [pmid: 1]}",
            "line 6, job 'one': there is another job of that name",
        ),
        ("  - {name: two, description: d, seeds: []}", "job 'two': there are no seeds"),
        ("  - {name: 'a:b', description: d, seeds: [pmid: 1]}", "'name' is 'a:b'; it must be"),
        ("  - {name: adhoc, description: d, seeds: [pmid: 1]}", "not adhoc or files or resolve"),
        ("  - {name: 5, description: d, seeds: [pmid: 1]}", "'name' must be text, not 5"),
        ("other: 1", "line 6: 'other' is no key of the file"),
        ("  - [", "is not YAML"),
        ("\tx: 1", "line 6: is not YAML"),
    ],
)
def test_a_mistake_is_named_with_file_job_and_line(tmp_path: Path, line: str, said: str) -> None:
    assert said in refused(tmp_path, f"{JOB}{line}\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file must be keys and values: jobs"),
        ("jobs: littooij", "line 1: 'jobs' must be a list"),
        ("- name: one", "line 1: the file must be keys and values"),
        ("{}", "there is no list 'jobs'"),
        ("a: \x07", "is not YAML"),
    ],
)
def test_a_file_that_is_no_jobs_file_is_refused(tmp_path: Path, text: str, said: str) -> None:
    assert said in refused(tmp_path, text)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_jobs(tmp_path / "none.yml")
    (tmp_path / "latin.yml").write_bytes(b"jobs: \xe9")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_jobs(tmp_path / "latin.yml")


def test_the_bundled_jobs_are_those_promised() -> None:
    jobs = {job.name: job for job in read_jobs(BUNDLED)}
    assert list(jobs) == [
        "littooij",
        "imaging",
        "oms",
        "staging",
        "surveillance",
        "demo",
        "specimen",
    ]
    littooij = jobs["littooij"]
    assert [seed.seed for seed in littooij.seeds] == ["littooij:pmid:36063183"]
    assert (littooij.references, littooij.cited_by) == (1, 1)
    assert all(bool(job.schedule) != job.only_when_named for job in jobs.values())
    assert jobs["surveillance"].refreshes
    assert [name for name, job in jobs.items() if job.only_when_named] == [
        "demo",
        "specimen",
    ]


@pytest.mark.parametrize("name", ["imaging", "staging"])
def test_topic_queries_keep_olfactory_neuroblastoma_and_cell_lines_out(name: str) -> None:
    (query,) = (seed.value for job in read_jobs(BUNDLED) for seed in job.seeds if job.name == name)
    assert query.count("(") == query.count(")")
    assert '"Neuroblastoma"[mh:noexp]' in query
    assert '"Neuroblastoma"[mh]' not in query
    assert 'NOT (("Esthesioneuroblastoma, Olfactory"[mh]' in query
    assert 'NOT (("Cell Line, Tumor"[mh]' in query
