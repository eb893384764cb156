"""What the books say: sums, what is missing, what was searched for."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest
from harvest_commands import harvest

from harvest import reports
from harvest.standin import Standin
from kb.raw import open_raw


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NCBI_EMAIL", raising=False)
    # With a key ten requests a second may go, and the tests wait less.
    monkeypatch.setenv("NCBI_API_KEY", "0123456789abcdef0123456789abcdef0123")


def test_the_search_record_has_what_prisma_s_asks_for(
    tmp_path: Path, raw: Path, pubmed: Standin
) -> None:
    harvest("search", "neuroblastoma[ti]", "--raw", raw, url=pubmed.url)
    harvest("pmid", "102", "--raw", raw, url=pubmed.url)
    record = harvest("status", "--raw", raw, "--prisma-s").stdout
    assert "PubMed only, through NCBI's E-utilities (ESearch)" in record
    assert "  query: neuroblastoma[ti]\n" in record
    assert '  read by PubMed as: "neuroblastoma"[Title]\n' in record
    assert re.search(r"  searched: 20\d\d-\d\d-\d\dT.*Z, records found: 2\n", record)
    assert "Nothing was searched for" in record


def test_a_line_for_a_mail_sums_up_the_runs_of_a_command(raw: Path, pubmed: Standin) -> None:
    harvest("pmid", 100, "--raw", raw, url=pubmed.url)
    harvest("pmid", 101, 998, "--raw", raw, url=pubmed.url)
    with closing(open_raw(raw)) as db:
        assert reports.summary(db, [1]) == "harvest: 1 complete; 1 asked, 1 stored"
        told = "harvest: 1 complete, 1 incomplete; 3 asked, 2 stored, 1 missing"
        assert reports.summary(db, [1, 2]) == told
        assert reports.summary(db, []) == "harvest: ; nothing to ask"


def test_what_a_run_lacks_is_told_by_name_and_of_a_complete_run_nothing(
    raw: Path, pubmed: Standin
) -> None:
    harvest("pmid", 100, "--raw", raw, url=pubmed.url)
    harvest("pmid", 998, "--raw", raw, url=pubmed.url)
    with closing(open_raw(raw)) as db:
        assert (reports.shortfall(db, 1), reports.missing(db, 1)) == ([], [])
        assert reports.missing(db, 2) == ["Run 2, the service does not have: PMID 998"]
        first, second = reports.shortfall(db, 2)
    assert first == "run 2 (adhoc) is incomplete:"
    assert second.startswith("  PMID 998, a seed of the job")


def test_of_many_lines_the_first_are_shown_and_the_rest_counted() -> None:
    few, many = [str(n) for n in range(20)], [str(n) for n in range(1_025)]
    assert reports.named(few) == few
    *shown, last = reports.named(many)
    assert shown == few
    assert last.startswith("and 1,005 more")


def test_a_table_has_its_numbers_to_the_right_and_its_words_to_the_left() -> None:
    row = dict.fromkeys(reports.COLUMNS, 0) | {"job": "one", "state": "complete", "started": "now"}
    head, first, second = reports.table([row | {"run": 1}, row | {"run": 10}]).splitlines()
    assert head.startswith("run  job  state     asked")
    assert first.startswith("  1  one  complete      0")
    assert second.startswith(" 10  one  complete      0")
    assert first.endswith("  now")
