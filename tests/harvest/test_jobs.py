from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from harvest.jobs import Job, Seed, chosen, unbalanced
from kb.errors import ConfigError


def test_a_seed_is_named_by_job_kind_and_value() -> None:
    assert Seed("littooij", "pmid", "36063183").seed == "littooij:pmid:36063183"
    assert Seed("oms", "query", "opsoclonus").seed == "oms:query:opsoclonus"


def test_the_jobs_named_are_chosen_or_all_that_run_unnamed() -> None:
    path = Path("jobs.yml")
    seeds = (Seed("x", "pmid", "1"),)
    jobs = [Job("a", "", seeds), Job("b", "", seeds, only_when_named=True), Job("c", "", seeds)]
    assert [job.name for job in chosen(jobs, [], path)] == ["a", "c"]
    assert [job.name for job in chosen(jobs, ["b", "a"], path)] == ["b", "a"]
    with pytest.raises(ConfigError, match=r"jobs\.yml: there is no job 'd'\. It has: a, b, c\."):
        chosen(jobs, ["d"], path)


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("neuroblastoma[ti] AND (MIBG[ti]", "opens 1 parentheses"),
        ("neuroblastoma[ti]) AND (MIBG[ti]", "closes a parenthesis"),
        ('"neuroblastoma[ti]', "quotation mark"),
    ],
)
def test_a_query_that_pubmed_would_have_to_guess_at_is_refused(query: str, why: str) -> None:
    assert why in unbalanced(query)


@pytest.mark.parametrize(
    "query", ["a AND (b OR (c))", '"stage 4 (special)"[tiab]', '"a ("[ti] OR b']
)
def test_parentheses_inside_quotes_are_words(query: str) -> None:
    assert not unbalanced(query)


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        ("2026-03-01T02:59:00", "2026-03-01T03:00:00", True),
        ("2026-03-01T03:00:00", "2026-03-01T23:00:00", False),
        ("2026-03-01T03:00:00", "2026-03-09T00:00:00", True),  # several times were missed
    ],
)
def test_a_job_is_due_when_its_schedule_has_had_a_time_since_it_ran(
    last: str, now: str, due: bool
) -> None:
    at, then = (datetime.fromisoformat(moment).replace(tzinfo=UTC) for moment in (last, now))
    assert Job("a", "", (), schedule="0 3 * * *").due(at, then) is due
    assert not Job("a", "", ()).due(at, then)
