"""Citations from every source, over HTTP: who says what, who is asked twice, and who is down."""

from __future__ import annotations

import io
import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import escape

import pytest
from building import Raw
from loopback import FakeClock, record, record_set, settings_of

from harvest.clock import moment
from harvest.jobs import Job, Seed, Window
from harvest.progress import Progress
from harvest.run import run_jobs
from harvest.service import TRIES
from harvest.settings import Settings
from harvest.standin import Answer, Corpus, Request, serve
from kb.answers import crossref_asked
from kb.build.build import build
from kb.data import data_dir

# 1 cites 2 by PMID and 3 by DOI alone; 4 cites 1. 5 is old and cites 1 too.
RECORDS = (
    record(1, "Imaging", [2, "10.5555/paper.3", "10.5555/nowhere"], doi="10.5555/paper.1"),
    record(2, "Cited by PMID", doi="10.5555/paper.2"),
    record(3, "Cited by DOI", doi="10.5555/paper.3"),
    record(4, "Citing", [1], year=2022),
    record(5, "Citing long ago", [1, 2], year=1970),
)
Fault = Callable[[int, Request, Answer], Answer]


def as_answered(_number: int, _request: Request, answer: Answer) -> Answer:
    return answer


def job(*sources: str, seeds: tuple[Seed, ...] = (Seed("one", "pmid", "1"),)) -> Job:
    return Job("one", "", seeds, 1, 1, sources=sources)


class Place:
    """A raw.db, and all services with the same records."""

    def __init__(self, folder: Path) -> None:
        self.raw = folder / "raw.db"
        self.file = folder / "pubmed.xml"
        self.file.write_bytes(record_set(*RECORDS))
        self.clock = FakeClock()
        self.said = io.StringIO()
        self.requests: list[str] = []

    def harvest(self, *jobs: Job, fault: Fault = as_answered, email: str | None = None) -> str:
        """Run jobs; the note of the last, empty where the run is complete. With an ``email``, or an
        empty one, Crossref counts its requests by the clock of the harvest."""
        now = None if email is None else self.clock.monotonic
        with serve(Corpus.from_files([self.file]), fault=fault, now=now) as server:
            settings = settings_of(server, tries=TRIES)
            settings = settings if email is None else replace(settings, email=email)
            run_jobs(self.raw, jobs, settings, Progress(self.said), self.clock, of_file=jobs)
        self.requests = [utility for utility, _ in server.requests]
        return str(self.rows("SELECT coalesce(note, '') FROM runs ORDER BY run DESC")[0][0])

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.raw)) as connection:
            return connection.execute(sql).fetchall()

    def reached(self) -> list[tuple[object, ...]]:
        return self.rows("SELECT pmid, direction, source FROM reach WHERE hop = 1 ORDER BY 1, 3")

    def stored(self) -> list[object]:
        return [pmid for (pmid,) in self.rows("SELECT pmid FROM records ORDER BY pmid")]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.mark.parametrize(
    ("source", "reached"),
    [
        ("references", [(2, "references")]),
        ("elink", [(2, "references"), (4, "cited-by"), (5, "cited-by")]),
        ("icite", [(2, "references"), (4, "cited-by"), (5, "cited-by")]),
        ("crossref", [(2, "references"), (3, "references")]),
    ],
)
def test_each_source_says_what_it_knows_and_each_way_says_its_source(
    place: Place, source: str, reached: list[tuple[int, str]]
) -> None:
    assert place.harvest(job(source)) == ""
    assert set(place.reached()) >= {(pmid, direction, source) for pmid, direction in reached}
    assert place.stored() == [1, *(pmid for pmid, _ in reached)]


def test_all_sources_together_bring_each_paper_once(place: Place) -> None:
    assert place.harvest(job("references", "elink", "icite", "crossref")) == ""
    assert place.stored() == [1, 2, 3, 4, 5]
    assert place.rows("SELECT count(*) FROM outcomes") == [(5,)]


def test_what_was_answered_is_not_asked_again_before_it_is_old(place: Place) -> None:
    jobs = job("elink", "icite", "crossref")
    place.harvest(jobs)
    assert {"elink", "icite", "crossref", "esearch", "esummary"} <= set(place.requests)
    place.harvest(jobs)
    assert place.requests == []
    place.clock.sleep(31 * 86_400)
    place.harvest(jobs)
    assert {"efetch", "elink", "icite", "crossref"} <= set(place.requests)


@pytest.mark.parametrize("source", ["elink", "icite", "crossref"])
def test_a_source_that_is_down_makes_the_run_incomplete_and_stops_no_other(
    place: Place, source: str
) -> None:
    def down(_number: int, request: Request, answer: Answer) -> Answer:
        return Answer(b"", status=503) if request.utility == source else answer

    note = place.harvest(job("references", source), fault=down)
    assert note.startswith(f"not all links could be asked of {source}: http://127.0.0.1")
    assert place.stored() == [1, 2]


def test_a_source_without_an_address_is_left_out(place: Place) -> None:
    with serve(Corpus.from_files([place.file])) as server:
        settings = Settings(bases={"eutils": server.url})
        run_jobs(place.raw, [job("icite", "crossref")], settings, Progress(place.said), place.clock)
    assert place.rows("SELECT state FROM runs") == [("complete",)]
    assert place.stored() == [1]


@pytest.mark.parametrize(
    "body", [b'{"error":"API rate limit exceeded"}', b"[]", b"<html>", b'{"data":[{"pmid":9}]}']
)
def test_what_is_no_answer_of_icite_is_never_an_empty_one(place: Place, body: bytes) -> None:
    def wrong(_number: int, request: Request, answer: Answer) -> Answer:
        return Answer(body) if request.utility == "icite" else answer

    assert "asked of icite" in place.harvest(job("icite"), fault=wrong)
    assert place.rows("SELECT 1 FROM answers WHERE service = 'icite'") == []


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, b'{"status":"ok","message":"none"}', "no answer of Crossref"),
        (403, b"", "Crossref has blocked this address"),
        (404, b"<html>proxy</html>", "HTTP 404"),
    ],
)
def test_what_is_no_answer_of_crossref_is_never_an_empty_list(
    place: Place, status: int, body: bytes, said: str
) -> None:
    def wrong(_number: int, request: Request, answer: Answer) -> Answer:
        return Answer(body, status=status) if request.utility == "crossref" else answer

    assert said in place.harvest(job("crossref"), fault=wrong)
    assert place.rows("SELECT 1 FROM answers WHERE service = 'crossref'") == []


def test_a_doi_that_crossref_does_not_have_is_an_answer(place: Place) -> None:
    def unknown(_number: int, request: Request, answer: Answer) -> Answer:
        gone = Answer(b"Resource not found.", status=404)
        return gone if request.utility == "crossref" and request.rest != "works" else answer

    assert place.harvest(job("crossref"), fault=unknown) == ""
    assert place.rows("SELECT status FROM answers WHERE service = 'crossref'") == [(404,)]


def test_where_all_is_unknown_it_is_the_address_and_no_paper_is_said_to_be(place: Place) -> None:
    """A wrong path of Crossref's host answers in Crossref's own words."""

    def nowhere(_number: int, request: Request, answer: Answer) -> Answer:
        gone = Answer(b"Resource not found.", status=404)
        return gone if request.utility == "crossref" else answer

    for _ in range(2):
        assert "Check HARVEST_CROSSREF_URL" in place.harvest(job("crossref"), fault=nowhere)
        assert place.rows("SELECT 1 FROM answers WHERE service = 'crossref'") == []
    assert place.harvest(job("crossref")) == ""


# Seeds of other kinds


def test_a_doi_is_a_seed_and_one_that_pubmed_lacks_is_named(place: Place) -> None:
    seeds = (Seed("one", "doi", "10.5555/paper.3"), Seed("one", "doi", "10.5555/nowhere"))
    note = place.harvest(Job("one", "", seeds))
    assert place.stored() == [3]
    assert note == "DOI 10.5555/nowhere, a seed of the job: PubMed has no such paper."


def test_a_mesh_topic_is_asked_as_pubmed_writes_it() -> None:
    assert Seed("one", "mesh", "Neuroblastoma").query == '"Neuroblastoma"[mh]'
    assert Seed("one", "mesh", "Neuroblastoma:noexp").query == '"Neuroblastoma"[mh:noexp]'


# Stop rules


def test_a_hop_takes_only_papers_linked_often_enough(place: Place) -> None:
    seeds = (Seed("one", "pmid", "1"), Seed("one", "pmid", "5"))
    place.harvest(replace(job("references", seeds=seeds), min_citations=2))
    assert place.stored() == [1, 2, 5]  # 2 is cited by 1 and 5, 1 is a seed
    place.harvest(replace(job("references"), min_citations=2))
    assert "are linked with fewer than 2 papers of the job" in place.said.getvalue()


def test_a_paper_published_outside_the_window_is_kept_in_raw_and_leads_no_further(
    place: Place, tmp_path: Path
) -> None:
    place.harvest(replace(job("icite"), published=Window("1990", "")))
    assert place.stored() == [1, 2, 4, 5]
    assert 5 not in {pmid for pmid, *_ in place.reached()}
    build(place.raw, tmp_path / "kb.db", data_dir())
    with closing(sqlite3.connect(tmp_path / "kb.db")) as base:
        papers = base.execute("SELECT pmid FROM papers ORDER BY pmid").fetchall()
    assert papers == [(1,), (2,), (4,)]


@pytest.mark.parametrize(
    ("window", "inside", "outside"),
    [
        (Window("1990", ""), ["1990", "1990-05", "2020-01-01", None], ["1989-12-31"]),
        (Window("", "2020-06"), ["2020-06-30", "2020", "1900"], ["2020-07", "2021"]),
        (Window("2020-06-15", "2020"), ["2020", "2020-06", "2020-12"], ["2020-06-14", "2021"]),
    ],
)
def test_what_is_dated_loosely_is_inside_where_it_may_be(
    window: Window, inside: list[str | None], outside: list[str]
) -> None:
    assert [day for day in inside if not window.holds(day)] == []
    assert [day for day in outside if window.holds(day)] == []


# What a run must find


def test_a_sentinel_that_is_not_found_makes_the_run_incomplete(place: Place) -> None:
    assert place.harvest(replace(job("references"), sentinels=(2,))) == ""
    note = place.harvest(replace(job("references"), sentinels=(2, 3)))
    assert note.startswith("PMID 3, a sentinel that job one must find, was not found.")


def test_a_search_that_shrank_is_asked_twice_and_told(place: Place) -> None:
    place.file.write_bytes(record_set(*(record(n, "Neuroblastoma") for n in range(1, 31))))
    search = Job("one", "", (Seed("one", "query", "neuroblastoma"),))
    assert place.harvest(search) == ""
    place.file.write_bytes(record_set(record(1, "Neuroblastoma")))
    note = place.harvest(search)
    assert "found 1 papers, twice, where it found 30 before" in note
    assert place.requests.count("esearch") == 3
    assert len(place.stored()) == 30
    place.file.write_bytes(record_set(record(1, "Other")))
    assert "found 0 papers, twice, where it found 1 before" not in place.harvest(search)


def test_what_pubmed_changed_since_the_last_run_is_asked_for_whatever_its_age(
    place: Place,
) -> None:
    revised = b"<DateRevised><Year>2026</Year><Month>03</Month><Day>10</Day></DateRevised>"
    before, after = record(1, "Neuroblastoma"), record(1, "Neuroblastoma, corrected")
    after = after.replace(b"<Article>", revised + b"<Article>")
    search = Job("one", "", (Seed("one", "query", "neuroblastoma"),))
    place.file.write_bytes(record_set(before, record(2, "Neuroblastoma too")))
    place.harvest(search)
    place.clock.sleep(10 * 86_400)
    place.file.write_bytes(record_set(after, record(2, "Neuroblastoma too")))
    assert place.harvest(search) == ""
    assert place.rows("SELECT pmid FROM outcomes WHERE run = 2") == [(1,)]
    assert place.rows("SELECT count(*) FROM records WHERE pmid = 1") == [(2,)]


def test_a_job_that_refreshes_asks_again_for_what_other_jobs_brought(place: Place) -> None:
    both = (job("references"), Job("watch", "", (), refresh_days=7, refreshes=True))
    place.harvest(*both)
    place.clock.sleep(8 * 86_400)
    place.file.write_bytes(record_set(*RECORDS[:1]))
    assert place.harvest(*both) == ""
    assert place.rows("SELECT pmid, outcome FROM outcomes WHERE run = 4") == [
        (1, "unchanged"),
        (2, "withdrawn"),
    ]


# In the base


def test_the_base_keeps_every_source_of_a_citation(place: Place, tmp_path: Path) -> None:
    place.harvest(job("references", "elink", "icite", "crossref"))
    build(place.raw, tmp_path / "kb.db", data_dir())
    with closing(sqlite3.connect(tmp_path / "kb.db")) as base:
        cites = base.execute("SELECT citing, cited, source FROM cites WHERE citing = 'pmid:1'")
        found = {(cited, source) for _, cited, source in cites}
    assert {source for cited, source in found if cited == "pmid:2"} == {
        "reference_list",
        "elink",
        "icite",
        "crossref",
    }
    assert ("doi:10.5555/nowhere", "crossref") in found
    assert ("pmid:3", "crossref") in found


def test_a_job_that_refreshes_asks_crossref_again_where_it_names_it(place: Place) -> None:
    watch = Job("watch", "", (), refresh_days=7, refreshes=True, sources=())
    place.harvest(job("references"), watch)
    assert "crossref" not in place.requests
    place.harvest(job("references"), replace(watch, sources=("crossref",)))
    assert place.requests.count("crossref") == 1
    assert asked_of_crossref(place) == [(["10.5555/paper.1", "10.5555/paper.2"], 200)]


def test_a_refresh_sees_what_a_publisher_and_retraction_watch_assert(place: Place) -> None:
    """Of a specimen, over HTTP; of what nobody retracted nothing is said."""
    retracted, sound = 990000051, 990000002
    place.file.write_bytes((data_dir() / "specimen" / "pubmed.xml").read_bytes())
    seeds = tuple(Seed("one", "pmid", str(pmid)) for pmid in (retracted, sound))
    assert place.harvest(Job("one", "", seeds), WATCH) == ""
    field = Raw(place.raw.with_name("small.db")).data
    build(place.raw, place.raw.with_name("kb.db"), field)
    with closing(sqlite3.connect(place.raw.with_name("kb.db"))) as base:
        said = base.execute(
            "SELECT pmid, witness, record, nature, notice_doi FROM assertions"
            " WHERE witness LIKE 'crossref%' ORDER BY witness"
        ).fetchall()
        stands = dict(base.execute("SELECT pmid, verdict FROM verdicts").fetchall())
    notice = "10.5555/specimen.0052"
    assert said == [
        (retracted, "crossref-publisher", None, "retraction", notice),
        (retracted, "crossref-retraction-watch", "990000052", "retraction", notice),
    ]
    assert stands == {retracted: "retracted", sound: "none known"}


# Crossref in lists

WATCH = Job("watch", "", (), refresh_days=7, refreshes=True, sources=("crossref",))
A, B, C, COMMA = (f"10.5555/{name}" for name in ("a", "b", "c", "with,comma"))


def asked_of_crossref(place: Place) -> list[tuple[list[str], object]]:
    """The DOIs of the questions of which answers are kept, with their status."""
    kept = place.rows("SELECT question, status FROM answers WHERE service = 'crossref' ORDER BY id")
    return [(crossref_asked(str(question)), status) for question, status in kept]


def watch(place: Place, *dois: str, fault: Fault = as_answered, email: str | None = None) -> str:
    """Refresh papers 1, 2, … that have these DOIs, and each cites 10.5555/cited; the run's note."""
    cited = ["10.5555/cited"]
    records = [record(number, "x", cited, doi=doi) for number, doi in enumerate(dois, start=1)]
    place.file.write_bytes(record_set(*records))
    seeds = tuple(Seed("one", "pmid", str(number)) for number in range(1, len(dois) + 1))
    place.harvest(Job("one", "", seeds))
    return place.harvest(Job("one", "", seeds), WATCH, fault=fault, email=email)


def in_lists(change: Callable[[list[dict[str, object]]], list[dict[str, object]]]) -> Fault:
    """The items of Crossref's lists, changed."""

    def changed(_number: int, request: Request, answer: Answer) -> Answer:
        if request.utility != "crossref" or request.rest != "works":
            return answer
        content = json.loads(answer.body)
        content["message"]["items"] = change(content["message"]["items"])
        return replace(answer, body=json.dumps(content).encode())

    return changed


def cited_by(place: Place, folder: Path) -> set[str]:
    """The papers of which the base has it from Crossref what they cite."""
    build(place.raw, folder / "kb.db", data_dir())
    with closing(sqlite3.connect(folder / "kb.db")) as base:
        return {p for (p,) in base.execute("SELECT citing FROM cites WHERE source = 'crossref'")}


def test_what_a_list_cannot_name_or_does_not_return_is_asked_by_itself(
    place: Place, tmp_path: Path
) -> None:
    without_b = in_lists(lambda items: [item for item in items if item["DOI"] != B])
    assert watch(place, A, B, COMMA, C, fault=without_b) == ""
    assert sorted(asked_of_crossref(place)) == [([A, B, C], 200), ([B], 200), ([COMMA], 200)]
    assert cited_by(place, tmp_path) == {"pmid:1", "pmid:2", "pmid:3", "pmid:4"}


def test_a_doi_that_neither_a_list_nor_the_doi_alone_brings_is_known_to_be_unknown(
    place: Place,
) -> None:
    def without_b(number: int, request: Request, answer: Answer) -> Answer:
        if request.utility == "crossref" and request.rest != "works":
            return Answer(b"Resource not found.", "text/plain", 404)
        return in_lists(lambda items: [item for item in items if item["DOI"] != B])(
            number, request, answer
        )

    assert watch(place, A, B, C, fault=without_b) == ""
    assert asked_of_crossref(place) == [([A, B, C], 200), ([B], 404)]
    watch(place, A, B, C)
    assert "crossref" not in place.requests


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda items: [*items, *items], id="each twice, more than rows"),
        pytest.param(lambda items: [{"DOI": "10.5555/other"}, *items], id="one not asked for"),
        pytest.param(
            lambda items: [{**item, "DOI": item["DOI"].upper()} for item in items], id="in capitals"
        ),
        pytest.param(lambda items: [{"title": ["no DOI"]}, *reversed(items)], id="in any order"),
    ],
)
def test_a_list_that_is_odd_brings_what_the_dois_alone_bring(
    place: Place,
    tmp_path: Path,
    change: Callable[[list[dict[str, object]]], list[dict[str, object]]],
) -> None:
    assert watch(place, A, B, C, fault=in_lists(change)) == ""
    assert asked_of_crossref(place) == [([A, B, C], 200)]
    assert cited_by(place, tmp_path) == {"pmid:1", "pmid:2", "pmid:3"}


def test_an_item_under_another_spelling_of_its_doi_is_asked_for_by_itself(place: Place) -> None:
    encoded = in_lists(lambda items: [{**item, "DOI": quote(str(item["DOI"]))} for item in items])
    encoded_dois = [A, "10.5555/b<c>"]
    assert watch(place, *map(escape, encoded_dois), fault=encoded) == ""
    assert asked_of_crossref(place) == [(encoded_dois, 200), (encoded_dois[1:], 200)]


def test_a_list_that_crossref_cannot_read_is_asked_for_one_by_one(place: Place) -> None:
    def refusing(_number: int, request: Request, answer: Answer) -> Answer:
        is_list = request.utility == "crossref" and request.rest == "works"
        return Answer(b'{"status":"failed"}', "application/json", 400) if is_list else answer

    assert watch(place, A, B, fault=refusing) == ""
    assert asked_of_crossref(place)[0] == ([A, B], 400)
    assert sorted(asked_of_crossref(place)[1:]) == [([A], 200), ([B], 200)]
    assert "Crossref reads no list of 2 DOIs" in place.said.getvalue()


def test_where_a_list_fails_its_dois_are_not_asked_for_one_by_one(place: Place) -> None:
    def down(_number: int, request: Request, answer: Answer) -> Answer:
        return Answer(b"", status=503) if request.rest == "works" else answer

    assert "asked of crossref" in watch(place, A, B, fault=down)
    assert asked_of_crossref(place) == []


def test_after_a_stop_between_a_list_and_what_it_lacked_the_rest_is_asked(place: Place) -> None:
    without_b = in_lists(lambda items: [item for item in items if item["DOI"] != B])

    def down(number: int, request: Request, answer: Answer) -> Answer:
        if request.utility == "crossref" and request.rest != "works":
            return Answer(b"", status=503)
        return without_b(number, request, answer)

    assert "asked of crossref" in watch(place, A, B, C, fault=down)
    assert asked_of_crossref(place) == [([A, B, C], 200)]
    assert watch(place, A, B, C) == ""
    assert asked_of_crossref(place) == [([A, B, C], 200), ([B], 200)]


def test_what_was_asked_one_by_one_before_is_not_asked_again_in_a_list(
    place: Place, tmp_path: Path
) -> None:
    watch(place, A)
    assert asked_of_crossref(place) == [([A], 200)]
    watch(place, A, B, C)
    assert asked_of_crossref(place) == [([A], 200), ([B, C], 200)]
    assert cited_by(place, tmp_path) == {"pmid:1", "pmid:2", "pmid:3"}


@pytest.mark.parametrize(
    ("dois", "asked", "seconds"),
    [
        pytest.param([f"10.5555/paper.{n}" for n in range(250)], [50] * 5, 4, id="5 lists"),
        pytest.param([f"10.5555/{n},{n}" for n in range(11)], [1] * 11, 2, id="11 alone"),
    ],
)
def test_a_refresh_stays_within_crossrefs_limits(
    place: Place, dois: list[str], asked: list[int], seconds: int
) -> None:
    """Without an address: one list a second, five single records a second, one at a time."""
    assert watch(place, *dois, email="") == ""
    sent = place.rows("SELECT status, asked_at FROM requests WHERE service = 'crossref'")
    assert [status for status, _ in sent] == [200] * len(asked)
    assert [len(named) for named, _ in asked_of_crossref(place)] == asked
    began, ended = (moment(str(asked_at)) for _, asked_at in (sent[0], sent[-1]))
    assert timedelta(seconds=seconds) <= ended - began <= timedelta(seconds=seconds + 1)


def test_lists_and_single_answers_make_the_same_base(tmp_path: Path) -> None:
    def no_lists(_number: int, request: Request, answer: Answer) -> Answer:
        return Answer(b"{}", "application/json", 400) if request.rest == "works" else answer

    specimen = (data_dir() / "specimen" / "pubmed.xml").read_bytes()
    pmids = sorted(set(map(int, re.findall(rb'<PMID Version="1">(990000\d{3})<', specimen))))
    everything = Job("one", "", tuple(Seed("one", "pmid", str(pmid)) for pmid in pmids))
    stated = {}
    for way, fault in (("lists", as_answered), ("alone", no_lists)):
        (folder := tmp_path / way).mkdir()
        place = Place(folder)
        place.file.write_bytes(specimen)
        place.harvest(everything, WATCH, fault=fault)
        build(place.raw, folder / "kb.db", data_dir())
        with closing(sqlite3.connect(folder / "kb.db")) as base:
            stated[way] = [
                sorted(base.execute(f"SELECT * FROM {table}"), key=repr)
                for table in ("notices", "exposure", "work_links", "cites", "works")
            ]
        sizes = [len(named) for named, status in asked_of_crossref(place) if status == 200]
        assert (max(sizes) > 20) == (way == "lists")
    assert stated["lists"] == stated["alone"]
    rows = {row for rows in stated["lists"] for row in rows}
    assert any("Crossref" in row for row in rows)
    assert any("crossref" in row for row in rows)
