"""Cited works that a base could not resolve are asked about once, and the answers are kept."""

from __future__ import annotations

import io
import json
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from building import Raw, paper
from loopback import FakeClock, record_set, settings_of

from harvest.progress import Progress
from harvest.resolve import resolve
from harvest.settings import Settings
from harvest.standin import Answer, Corpus, Request, serve
from kb.citations.open_questions import unresolved
from kb.errors import ConfigError

# What the services know; the base holds the first alone.
KNOWN = (
    paper(1),
    paper(2, doi="10.5555/in.pmc", pmcid="PMC22", title="In PMC"),
    paper(3, doi="10.5555/pubmed", title="In PubMed alone"),
    paper(
        4,
        title="Scintigraphy of the skeleton in children",
        authors=["Howman-Giles R"],
        journal="Clin Nucl Med",
        journal_title="Clinical nuclear medicine",
        volume="32",
        pages="123-7",
        year=2007,
    ),
)
CITATION = (
    "Howman-Giles R. Scintigraphy of the skeleton in children. Clin Nucl Med. 2007;32(2):123-7."
)
ODD = "See the report of the ministry, third edition."


class Place:
    """A base whose paper cites what it does not hold, and services that know more."""

    def __init__(self, folder: Path) -> None:
        self.raw = Raw(folder / "raw.db")
        self.raw.run()
        cited = [
            ("In PMC", {"doi": "10.5555/in.pmc"}),
            ("In PubMed", {"doi": "10.5555/pubmed"}),
            ("Nowhere", {"doi": "10.5555/nowhere"}),
            (CITATION, {}),
            (ODD, {}),
        ]
        self.raw.read(1, paper(1, references=cited))
        self.base = self.raw.build()
        file = folder / "pubmed.xml"
        file.write_bytes(record_set(*KNOWN))
        self.corpus = Corpus.from_files([file])
        self.said = io.StringIO()
        self.asked: Counter[str] = Counter()

    def resolve(self, down: str = "") -> str:
        """Ask; the note of the run, empty where it is complete."""

        def fault(_number: int, request: Request, answer: Answer) -> Answer:
            self.asked[request.utility] += 1
            return Answer(b"<html>", status=500) if request.utility == down else answer

        self.asked.clear()
        with serve(self.corpus, fault=fault) as server:
            wanted = unresolved(self.base.path)
            settings = settings_of(server)
            resolve(self.raw.path, wanted, settings, Progress(self.said), FakeClock())
        rows = self.rows("SELECT coalesce(note, '') FROM runs ORDER BY run DESC LIMIT 1")
        return str(rows[0][0])

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.raw.path)) as db:
            return db.execute(sql).fetchall()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_base_names_what_it_could_not_resolve(place: Place) -> None:
    wanted = unresolved(place.base.path)
    assert wanted.dois == ["10.5555/in.pmc", "10.5555/nowhere", "10.5555/pubmed"]
    assert sorted(wanted.citations.values()) == [CITATION, ODD]
    assert all(key.startswith("ref:") for key in wanted.citations)


def test_each_is_asked_of_who_may_know_it_and_no_second_time(place: Place) -> None:
    assert place.resolve() == ""
    # One of each; what ECitMatch knew is not put to Crossref.
    assert place.asked == {
        "idconv": 1, "esearch": 1, "esummary": 2, "ecitmatch": 1, "crossref": 1,
    }  # fmt: skip
    kept = place.rows("SELECT service, count(*) FROM answers GROUP BY service ORDER BY service")
    assert kept == [
        ("crossref", 1),
        ("ecitmatch", 1),
        ("esearch", 1),
        ("esummary", 2),
        ("idconv", 1),
    ]
    assert place.resolve() == ""
    assert place.asked == {}


def test_a_source_that_is_down_leaves_the_others_to_answer(place: Place) -> None:
    assert "not all could be asked of idconv" in place.resolve(down="idconv")
    assert {"ecitmatch", "crossref", "esearch"} <= place.asked.keys()
    assert place.resolve() == ""
    assert place.asked["idconv"] == 1


def test_a_source_that_is_switched_off_is_not_asked(place: Place) -> None:
    with serve(place.corpus) as server:
        settings = Settings(email="a@b.org", bases={"eutils": server.url})
        wanted = unresolved(place.base.path)
        resolve(place.raw.path, wanted, settings, Progress(place.said), FakeClock())
        assert {utility for utility, _ in server.requests} == {"esearch", "esummary", "ecitmatch"}


def test_a_base_of_another_raw_db_is_refused(place: Place, tmp_path: Path) -> None:
    wanted = unresolved(place.base.path)
    (tmp_path / "other").mkdir()
    other = Raw(tmp_path / "other" / "raw.db")
    other.run(job="another")
    with pytest.raises(ConfigError, match="was built from another"):
        resolve(other.path, wanted, Settings(), Progress(place.said), FakeClock())


# The build decides


def test_the_next_build_resolves_what_the_answers_bear_out(place: Place) -> None:
    before = dict(place.base.rows("SELECT text, work FROM reference_list"))
    place.resolve()
    base = place.raw.build()
    found = {
        row[0]: row[1:]
        for row in base.rows("SELECT text, work, method, reason FROM reference_list")
    }
    assert found["In PMC"][:2] == ("pmid:2", "doi")
    assert "to which NCBI gives PMID 2" in found["In PMC"][2]
    assert found["In PubMed"][:2] == ("pmid:3", "doi")
    assert found["Nowhere"][:2] == ("doi:10.5555/nowhere", "doi")
    assert found[CITATION][:2] == ("pmid:4", "text")
    assert "PMID 4 is known here as ECitMatch names it" in found[CITATION][2]
    # Crossref answers whatever is asked; this one is nobody's.
    assert found[ODD][:2] == (before[ODD], "none")


def test_a_work_keeps_the_ids_that_it_had_before(place: Place) -> None:
    before = dict(place.base.rows("SELECT text, work FROM reference_list"))
    place.resolve()
    former = dict(place.raw.build().rows("SELECT id, work FROM work_ids"))
    assert former == {
        "doi:10.5555/in.pmc": "pmid:2",
        "doi:10.5555/pubmed": "pmid:3",
        before[CITATION]: "pmid:4",
    }


def test_a_candidate_whose_author_and_year_differ_is_not_taken(place: Place) -> None:
    """ECitMatch goes by journal, volume and page alone."""
    other = CITATION.replace("Howman-Giles R", "Treves ST").replace("2007", "1997")
    other = other.replace("Scintigraphy of the skeleton in children", "Bone scans of adults")
    place.raw.read(5, paper(5, references=[(other, {})]))
    place.base = place.raw.build()
    place.resolve()
    rows = place.raw.build().rows("SELECT method, reason FROM reference_list WHERE pmid = 5")
    assert [method for method, _ in rows] == ["none"]
    assert "not PMID 4" in rows[0][1]


def test_what_crossref_alone_knows_is_a_work_by_its_doi(place: Place) -> None:
    text = "Ladenstein R. Results of a trial. Lancet Oncol. 2017;18(4):500-514."
    place.raw.read(6, paper(6, references=[(text, {})]))
    item = {
        "DOI": "10.5555/crossref",
        "title": ["Results of a trial"],
        "author": [{"family": "Ladenstein", "given": "Ruth"}],
        "issued": {"date-parts": [[2017]]},
        "short-container-title": ["Lancet Oncol"],
        "volume": "18",
        "page": "500-514",
    }
    body = json.dumps({"message": {"items": [item]}})
    place.raw.answer("crossref", body, question="works?query.bibliographic=x&rows=2")
    rows = place.raw.build().rows("SELECT work, method FROM reference_list WHERE pmid = 6")
    assert rows == [("doi:10.5555/crossref", "text")]
