from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import pytest
from harvesting import KEY, Fault, Place, job

from harvest import reports
from harvest.progress import Progress
from harvest.run import estimate, run_jobs
from harvest.settings import Settings
from harvest.standin import Answer, Request
from kb import raw
from kb.errors import ConfigError


def later(place: Place, days: int) -> None:
    place.clock.sleep(86400 * days)


# What a run leaves behind


def test_a_seed_brings_what_it_cites_and_what_cites_it_and_each_says_who_brought_it(
    place: Place,
) -> None:
    assert place.harvest(job(100, hops=1)) == {"asked": 5, "stored": 4, "missing": 1}
    assert place.stored == [100, 101, 102, 103]
    assert place.rows("SELECT seed, pmid, via, hop, source FROM reach ORDER BY pmid") == [
        ("one:pmid:100", 100, "", 0, "seed"),
        ("one:pmid:100", 101, "100", 1, "references"),
        ("one:pmid:100", 102, "100", 1, "references"),
        ("one:pmid:100", 103, "100", 1, "elink"),
        ("one:pmid:100", 999, "100", 1, "references"),
    ]
    assert place.rows("SELECT seed, job, kind, value, live FROM seeds") == [
        ("one:pmid:100", "one", "pmid", "100", 1)
    ]


def test_two_hops_go_on_from_the_papers_of_the_first(place: Place) -> None:
    place.harvest(job(100, hops=2))
    assert place.rows("SELECT via, hop, source FROM reach WHERE pmid = 104") == [
        ("101", 2, "references")
    ]
    assert 104 in place.stored


def test_hops_along_references_and_along_citing_papers_are_counted_apart(place: Place) -> None:
    place.harvest(replace(job(101), references=1, cited_by=0))
    assert place.stored == [101, 104]
    place.harvest(replace(job(104), references=0, cited_by=1))
    assert place.stored == [101, 104]


def test_a_job_asks_the_sources_that_it_names(place: Place) -> None:
    place.harvest(replace(job(101), references=1, cited_by=0, sources=("references",)))
    assert place.stored == [101, 104]
    assert place.requests == ["efetch", "efetch"]


def test_every_request_and_every_answer_but_records_is_kept(place: Place) -> None:
    place.harvest(job(query="neuroblastoma[ti]", hops=1))
    assert [row[0] for row in place.rows("SELECT service FROM requests ORDER BY id")] == (
        place.requests
    )
    search, *links = place.rows("SELECT service, question, status, body FROM answers ORDER BY id")
    assert search[:3] == (
        "esearch",
        "db=pubmed&term=neuroblastoma%5Bti%5D&retstart=0&retmax=9999&retmode=xml",
        200,
    )
    assert b"<Count>3</Count>" in search[3]  # type: ignore[operator]
    assert [link[0] for link in links] == ["elink", "elink"]


def test_what_a_search_finds_says_so(place: Place) -> None:
    place.harvest(job(query="neuroblastoma[ti]"))
    assert place.rows("SELECT pmid, via, hop, source FROM reach ORDER BY pmid") == [
        (100, "", 0, "search"),
        (101, "", 0, "search"),
        (103, "", 0, "search"),
    ]
    assert 'PubMed read the query as: "neuroblastoma"[Title]' in place.said.getvalue()


def test_a_run_says_when_it_began_and_ended_and_that_it_is_complete(place: Place) -> None:
    place.harvest(job(100))
    assert place.rows("SELECT job, started, state, note FROM runs") == [
        ("one", "2026-03-01T12:00:00Z", "complete", None)
    ]
    assert place.rows("SELECT 1 FROM runs WHERE finished >= started") == [(1,)]


def test_the_key_is_in_no_byte_of_the_database_and_in_no_word_said(place: Place) -> None:
    def echo(number: int, request: Request, answer: Answer) -> Answer:
        assert request.value("api_key") == KEY
        if number % 2:
            return Answer(b'{"error":"rate","api-key":"' + KEY.encode() + b'"}')
        return answer

    place.harvest(job(100, query="neuroblastoma", hops=1), fault=echo, key=KEY)
    assert KEY.encode() not in place.raw.read_bytes()
    assert KEY not in place.said.getvalue()


def test_a_dtd_that_is_new_is_said_once_and_takes_nothing_away(place: Place) -> None:
    def december(_number: int, _request: Request, answer: Answer) -> Answer:
        return replace(answer, body=answer.body.replace(b"/dtd/20", b"/dtd/30"))

    jobs = job(100, query="neuroblastoma", hops=1), job(101, query="neuroblastoma[ti]", hops=1)
    place.harvest(*jobs, fault=december)
    asked = {utility: place.requests.count(utility) for utility in ("esearch", "elink")}
    assert min(asked.values()) > 1
    said = [line for line in place.said.getvalue().splitlines() if "Biopython" in line]
    assert [re.findall(r"\((.*)\)", line) for line in said] == [
        ["30060628/esearch.dtd"],
        ["30101123/elink.dtd"],
    ]
    found = place.rows("SELECT pmid FROM records")
    place.raw.unlink()
    place.harvest(*jobs)
    assert place.rows("SELECT pmid FROM records") == found != []


# Again


def test_a_second_run_asks_for_no_record_and_no_link_that_it_has(place: Place) -> None:
    place.harvest(job(101, query="neuroblastoma[ti]", hops=1))
    assert place.harvest(job(101, query="neuroblastoma[ti]", hops=1)) == {
        "asked": 1,
        "missing": 1,
    }
    # The second asks what was revised since the last run; the others are for 999 alone.
    assert place.requests == ["esearch", "esearch", "efetch", "efetch", "esummary"]
    assert "up to date" in place.said.getvalue()


# What ESearch may say of days on which nothing was changed: that it knows no such phrase, and then
# the whole query without it or nothing at all; or nothing found, and no more.
UNCHANGED_DAYS = {
    "the query without its days": b"<ErrorList><PhraseNotFound>%b</PhraseNotFound></ErrorList>",
    "an end of them": b"<ErrorList><PhraseNotFound>3000[mdat]</PhraseNotFound></ErrorList>",
    "quoted": b'<WarningList><QuotedPhraseNotFound>"%b"</QuotedPhraseNotFound></WarningList>',
    "nothing": b"<WarningList><OutputMessage>No items found.</OutputMessage></WarningList>",
}


def windowed(answer_of: Callable[[str], bytes], *, empty: bool) -> Fault:
    """ESearch's answer to what was changed since a day; ``empty``: it names no paper."""

    def fault(_number: int, request: Request, answer: Answer) -> Answer:
        window = re.search(r"[0-9/]+:3000\[mdat\]", request.value("term"))
        if request.utility != "esearch" or not window:
            return answer
        ids = b"" if empty else b"<Id>100</Id><Id>101</Id><Id>103</Id>"
        return Answer(
            b"<eSearchResult><Count>%d</Count><IdList>%b</IdList>%b</eSearchResult>"
            % (0 if empty else 3, ids, answer_of(window[0]))
        )

    return fault


@pytest.mark.parametrize("said", UNCHANGED_DAYS)
@pytest.mark.parametrize("empty", [True, False])
def test_days_on_which_nothing_was_changed_are_no_fault(
    place: Place, said: str, empty: bool
) -> None:
    empty |= said == "nothing"
    text = UNCHANGED_DAYS[said]
    fault = windowed(lambda window: text % window.encode() if b"%b" in text else text, empty=empty)
    for _ in range(3):
        place.harvest(job(query="neuroblastoma[ti]"), fault=fault)
        assert place.state() == "complete", place.note
        later(place, 7)
    assert place.requests == ["esearch", "esearch"]
    counts = place.rows(
        "SELECT body FROM answers WHERE service = 'esearch' AND question LIKE '%mdat%'"
    )
    assert not any(b"<Count>3</Count>" in body for (body,) in counts)  # type: ignore[operator]


@pytest.mark.parametrize(
    "said",
    [
        "<ErrorList><FieldNotFound>mdat</FieldNotFound></ErrorList>",
        "<ErrorList><PhraseNotFound>neuroblastoma[ti]</PhraseNotFound></ErrorList>",
        "<ErrorList><PhraseNotFound>{}</PhraseNotFound><PhraseNotFound>neuroblastoma[ti]"
        "</PhraseNotFound></ErrorList>",
    ],
)
def test_whatever_else_pubmed_drops_from_that_search_still_fails(place: Place, said: str) -> None:
    fault = windowed(lambda window: said.format(window).encode(), empty=True)
    place.harvest(job(query="neuroblastoma[ti]"), fault=fault)
    assert place.state() == "complete"
    place.harvest(job(query="neuroblastoma[ti]"), fault=fault)
    assert place.state() == "incomplete"
    assert "would not run the query as written" in place.note


def test_a_range_that_the_user_wrote_and_in_which_nothing_lies_fails(place: Place) -> None:
    place.harvest(job(query="neuroblastoma[ti] AND 2099:3000[dp]"))
    assert place.state() == "incomplete"
    assert "it does not know the phrase '2099:3000[dp]'" in place.note


def test_a_clock_that_was_ahead_hides_no_change(place: Place) -> None:
    """The run of the wrong clock is of a time yet to come: the next looks back to the one before
    it, and asks for what was changed since."""
    query = job(query="neuroblastoma[ti]", refresh_days=365)
    place.harvest(query)
    later(place, 4000)
    place.harvest(query)
    later(place, 7 - 4000)
    place.harvest(query)
    assert place.state() == "complete", place.note
    assert place.windows == ["2026/02/26:3000[mdat]"]


def test_a_clock_that_is_behind_makes_no_fault_and_looks_back_further(place: Place) -> None:
    query = job(query="neuroblastoma[ti]", refresh_days=365)
    place.harvest(query)
    later(place, -4000)
    place.harvest(query)
    assert (place.state(), place.windows) == ("complete", [])
    later(place, 4007)
    place.harvest(query)
    assert (place.state(), place.windows) == ("complete", ["2026/02/26:3000[mdat]"])


def test_a_clock_that_is_ahead_is_told_by_the_service_when_the_run_began(place: Place) -> None:
    def dated(_number: int, _request: Request, answer: Answer) -> Answer:
        date = {"Date": "Thu, 19 Feb 2026 12:00:00 GMT"}
        return replace(answer, headers=answer.headers | date)

    query = job(query="neuroblastoma[ti]", refresh_days=365)
    place.harvest(query, fault=dated)
    assert place.rows("SELECT started FROM runs") == [("2026-02-19T12:00:00Z",)]
    later(place, 14)
    place.harvest(query)
    assert place.windows == ["2026/02/16:3000[mdat]"]


def test_a_record_older_than_the_refresh_age_is_asked_for_again(place: Place) -> None:
    place.harvest(job(100, 102))
    later(place, 31)
    place.papers[102] = ("Recent advances, corrected", [])
    assert place.harvest(job(100, 102)) == {"asked": 2, "unchanged": 1, "stored": 1}
    assert place.rows("SELECT count(*) FROM records WHERE pmid = 102") == [(2,)]
    assert place.rows("SELECT count(DISTINCT last_read) FROM records WHERE pmid = 100") == [(1,)]


def test_a_refresh_age_of_nothing_asks_again_every_time(place: Place) -> None:
    place.harvest(job(100, refresh_days=0))
    later(place, 1)
    assert place.harvest(job(100, refresh_days=0)) == {"asked": 1, "unchanged": 1}


def test_a_paper_that_is_stored_already_is_noted_for_the_seed_that_finds_it_too(
    place: Place,
) -> None:
    place.harvest(job(100))
    assert place.harvest(job(query="imaging", name="two")) == {}
    assert place.rows("SELECT seed FROM reach WHERE pmid = 100 ORDER BY seed") == [
        ("one:pmid:100",),
        ("two:query:imaging",),
    ]


def test_the_references_of_a_stored_paper_are_followed_without_asking_for_it(
    place: Place,
) -> None:
    place.harvest(job(101))
    assert place.harvest(job(101, hops=1)) == {"asked": 2, "stored": 2}
    assert place.stored == [100, 101, 104]


def test_a_record_that_pubmed_no_longer_has_is_withdrawn_and_kept(place: Place) -> None:
    place.harvest(job(query="advances OR early", refresh_days=0))
    del place.papers[102]
    later(place, 1)
    assert place.harvest(job(102, 104, refresh_days=0)) == {
        "asked": 2,
        "withdrawn": 1,
        "unchanged": 1,
    }
    assert place.rows("SELECT pmid, source FROM withdrawals") == [(102, "efetch")]
    assert 102 in place.stored
    assert place.note == "PMID 102, a seed of the job: the service no longer has it."


# Seeds


def test_seeds_follow_the_jobs_file_and_come_back(place: Place) -> None:
    place.harvest(job(100, 101), job(102, name="two"))
    place.harvest(job(101))
    lives = "SELECT seed, live FROM seeds ORDER BY seed"
    assert place.rows(lives) == [("one:pmid:100", 0), ("one:pmid:101", 1), ("two:pmid:102", 0)]
    assert (
        "what only they brought leaves the next build: one:pmid:100; two" in place.said.getvalue()
    )
    place.harvest(job(100, 101))
    assert place.rows(lives) == [("one:pmid:100", 1), ("one:pmid:101", 1), ("two:pmid:102", 0)]


def test_what_was_asked_for_by_hand_stays(place: Place) -> None:
    place.harvest(job(100, name="adhoc"))
    place.harvest(job(101, name="adhoc"))
    assert place.rows("SELECT DISTINCT live FROM seeds") == [(1,)]


# What goes wrong


def test_a_cited_paper_that_pubmed_does_not_have_is_named_and_no_failure(place: Place) -> None:
    place.harvest(job(100, hops=1))
    assert place.state() == "complete"
    assert place.rows("SELECT pmid, reason FROM outcomes WHERE outcome = 'missing'") == [
        (999, "the service does not have it")
    ]


def test_a_seed_that_pubmed_does_not_have_makes_the_run_incomplete(place: Place) -> None:
    assert place.harvest(job(100, 998)) == {"asked": 2, "stored": 1, "missing": 1}
    assert place.state() == "incomplete"
    assert place.note == "PMID 998, a seed of the job: the service does not have it."


def refusing(*pmids: str) -> Fault:
    """EFetch answers 500 whenever one of these is asked for."""

    def fault(number: int, request: Request, answer: Answer) -> Answer:
        asked = request.value("id").split(",")
        if request.utility == "efetch" and set(asked) & set(pmids):
            return Answer(b"Down", "text/plain", 500)
        return answer

    return fault


def test_a_record_that_cannot_be_had_is_named_and_asked_for_again_alone(place: Place) -> None:
    assert place.harvest(job(100, 101, 102), fault=refusing("101")) == {
        "asked": 3,
        "stored": 2,
        "failed": 1,
    }
    assert place.state() == "incomplete"
    assert place.failures() == {101: "HTTP 500: 'Down'"}
    with closing(raw.open_raw(place.raw)) as db:
        assert reports.shortfall(db, 1) == [
            "run 1 (one) is incomplete:",
            "  PMID 101: HTTP 500: 'Down'",
        ]
    assert place.harvest(job(100, 101, 102)) == {"asked": 1, "stored": 1}
    assert place.state() == "complete"


def test_a_search_that_fails_does_not_stop_the_other_seeds(place: Place) -> None:
    assert place.harvest(job(100, query="xyzzy AND neuroblastoma")) == {"asked": 1, "stored": 1}
    assert place.state() == "incomplete"
    assert "the search 'xyzzy AND neuroblastoma' failed" in place.note
    assert "it does not know the phrase 'xyzzy'" in place.note


def test_where_citing_papers_cannot_be_asked_for_references_are_followed(place: Place) -> None:
    def fault(number: int, request: Request, answer: Answer) -> Answer:
        return Answer(b"", status=503) if request.utility == "elink" else answer

    place.harvest(job(100, hops=1), fault=fault)
    assert place.stored == [100, 101, 102]
    assert place.state() == "incomplete"
    assert place.note.startswith("not all links could be asked of elink: http://127.0.0.1")


def test_a_service_that_cannot_be_reached_leaves_every_pmid_failed_by_name(place: Place) -> None:
    with place.pubmed() as url:
        pass
    (run,) = run_jobs(
        place.raw,
        [job(100, 101)],
        Settings(bases={"eutils": url}),
        Progress(place.said),
        place.clock,
    )
    assert place.sums(run) == {"asked": 2, "failed": 2}
    assert place.failures().keys() == {100, 101}
    assert "no connection" in place.note
    assert place.harvest(job(100, 101)) == {"asked": 2, "stored": 2}


def test_a_service_that_sends_us_away_is_asked_once_a_job(place: Place) -> None:
    away = Answer(b"", status=429, headers={"Retry-After": "86400"})
    place.harvest(job(100, query="neuroblastoma"), fault=lambda number, request, answer: away)
    assert len(place.requests) == 1
    assert "asks to stay away for 86400 s" in place.note
    assert place.state() == "incomplete"


def test_one_job_that_fails_does_not_stop_the_next(place: Place) -> None:
    place.harvest(job(query="xyzzy"), job(100, name="two"))
    assert place.rows("SELECT job, state FROM runs") == [("one", "incomplete"), ("two", "complete")]


def test_a_service_that_fails_batch_after_batch_is_not_asked_on(place: Place) -> None:
    place.papers = {pmid: ("Neuroblastoma", []) for pmid in range(1, 1001)}

    def fault(number: int, request: Request, answer: Answer) -> Answer:
        return Answer(b"", status=502) if request.utility == "efetch" else answer

    place.papers |= {pmid: ("Neuroblastoma", []) for pmid in range(1001, 5001)}
    sums = place.harvest(job(query="neuroblastoma"), fault=fault)
    assert sums["asked"] == sums["failed"] < 3000
    assert "nothing came of 3 batches in a row" in place.note


def test_a_hop_that_leads_to_too_many_papers_is_not_taken_and_said(place: Place) -> None:
    few = replace(job(100, hops=1), max_records=4)
    assert place.harvest(few) == {"asked": 1, "stored": 1}
    assert place.state() == "incomplete"
    assert place.note.startswith("hop 1 leads to 5 papers in all, more than max_records (4)")
    assert place.rows("SELECT count(*) FROM reach") == [(1,)]


def test_faults_at_half_of_all_requests_lose_nothing(place: Place) -> None:
    def fault(number: int, request: Request, answer: Answer) -> Answer:
        broken = (
            Answer(b"", "text/html", 502),
            Answer(b'{"error":"API rate limit exceeded"}', status=429),
            Answer(answer.body[: len(answer.body) // 2]),
            Answer(b"<html>", "text/html"),
        )
        return broken[number // 2 % 4] if number % 2 else answer

    place.harvest(job(query="neuroblastoma", hops=2), fault=fault)
    assert place.state() == "complete"
    assert place.stored == [100, 101, 102, 103, 104]


def test_nothing_is_asked_where_entrez_is_switched_off(place: Place) -> None:
    with pytest.raises(ConfigError, match="switched off"):
        run_jobs(
            place.raw, [job(1)], Settings(bases={"eutils": ""}), Progress(place.said), place.clock
        )
    assert not place.raw.exists()


# Before a run


def test_an_estimate_counts_what_is_due_as_far_as_it_is_known(place: Place) -> None:
    before = estimate(place.raw, job(100, query="neuroblastoma", hops=1), place.clock)
    assert (before.searches, before.pmids, before.fetches, before.links) == (1, 1, 1, 2)
    place.harvest(job(100, query="neuroblastoma", hops=1))
    after = estimate(place.raw, job(100, query="neuroblastoma", hops=1), place.clock)
    assert (after.searches, after.pmids) == (1, 1)  # 999, which is asked for every time
    later(place, 31)
    old = estimate(place.raw, job(100, query="neuroblastoma", hops=1), place.clock)
    assert old.pmids == 6


def test_what_a_wrong_clock_dated_in_the_future_is_asked_for_again(place: Place) -> None:
    place.harvest(job(100))
    with closing(sqlite3.connect(place.raw)) as db, db:
        db.execute("UPDATE records SET first_read = '2099-01-01T00:00:00Z', last_read = first_read")
        db.execute("UPDATE records SET last_read = '2099-01-01T00:00:00Z'")
    assert place.harvest(job(100)) == {"asked": 1, "unchanged": 1}


def test_a_damaged_record_is_named_and_does_not_stop_the_rest(place: Place) -> None:
    place.harvest(job(100, query="neuroblastoma"))
    with closing(sqlite3.connect(place.raw)) as db, db:
        db.execute("UPDATE records SET xml = zeroblob(100) WHERE pmid = 100")
    place.harvest(job(100, query="neuroblastoma", hops=1))
    assert place.state() == "incomplete"
    note = place.rows("SELECT note FROM runs ORDER BY run DESC LIMIT 1")[0][0]
    assert "PMID 100: its references could not be followed" in str(note)
