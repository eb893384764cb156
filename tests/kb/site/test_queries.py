"""The named queries: how their file is read, what they answer, and how Datasette publishes them."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from serving import asking, text_of
from small_base import add, add_paper, built_base, empty_base
from standing_base import STANDS

from kb.data import data_dir
from kb.errors import ConfigError
from kb.site import compat, metadata
from kb.site.queries import NamedQuery, Parameter, load

FILE = data_dir() / "queries.yml"
QUERIES = {query.name: query for query in load(FILE)}
LITTOOIJ = "36063183"
NO_SUMS = dict.fromkeys(
    ("asked", "stored", "unchanged", "missing", "withdrawn", "failed", "filtered"), 0
)

Row = dict[str, Any]
Ask = Callable[..., list[Row]]

each_query = pytest.mark.parametrize("query", QUERIES.values(), ids=lambda query: query.name)


def rows(db: sqlite3.Connection, name: str, **params: str) -> list[Row]:
    query = QUERIES[name]
    empty = {each.name: "" for each in query.parameters}
    found = db.execute(query.statement, empty | params)
    columns = [column[0] for column in found.description]
    return [dict(zip(columns, row, strict=True)) for row in found]


@pytest.fixture(scope="module")
def ask(demo: Path) -> Iterator[Ask]:
    """Of the bundled papers: titles, MeSH and keywords of real ones, no abstract."""
    with closing(sqlite3.connect(demo)) as db:
        yield lambda name, **params: rows(db, name, **params)


@pytest.fixture(scope="module")
def ask_specimen(specimen: Path) -> Iterator[Ask]:
    """Of the fictional papers, which have abstracts, notices and conflicts."""
    with closing(sqlite3.connect(specimen)) as db:
        yield lambda name, **params: rows(db, name, **params)


@pytest.fixture
def empty() -> Iterator[sqlite3.Connection]:
    with closing(empty_base()) as db:
        yield db


def pmids(found: list[Row]) -> set[int]:
    return {row["pmid"] for row in found}


# The file --------------------------------------------------------------------------------------

SOUND = """\
groups:
  tests: Tests
queries:
  - name: papers-of-year
    group: tests
    title: Papers
    question: Which papers?
    notes: These.
    parameters:
      year: {help: The year, default: "2020", example: "2021"}
    sql: |
      SELECT pmid FROM papers WHERE year = :year
"""


def loaded(tmp_path: Path, text: str) -> tuple[NamedQuery, ...]:
    path = tmp_path / "queries.yml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def test_a_query_is_read_with_its_group_and_parameters(tmp_path: Path) -> None:
    assert loaded(tmp_path, SOUND) == (
        NamedQuery(
            name="papers-of-year",
            group="Tests",
            title="Papers",
            question="Which papers?",
            notes="These.",
            parameters=(Parameter("year", "The year", "2020", "2021"),),
            sql="SELECT pmid FROM papers WHERE year = :year",
        ),
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("title:", "titel:", 4, "unknown key titel"),
        ("    notes: These.\n", "", 4, "notes is missing"),
        ("    title: Papers\n", "    title: Papers\n    title: Again\n", 7, "title is there twice"),
        ("question: Which papers?", "question: ''", 7, "expected text"),
        ("notes: These.", "notes: [These]", 8, "expected text"),
        ("group: tests", "group: trials", 5, "group trials is not among the groups"),
        ("papers-of-year", "papers", 4, "name takes words"),
        ("papers-of-year", "Papers-of-year", 4, "name takes words"),
        ("{help: The year, ", "{", 10, "help is missing"),
        ("help: The year", "help: ''", 10, "expected text"),
        ("      year: {", "      Year: {", 10, "parameter Year"),
        ("      year: {", "      _year: {", 10, "parameter _year"),
        ("year = :year", "year = :jahr", 11, "parameter jahr has no help"),
        ("year = :year", "year = 2020", 11, "parameter year does not occur"),
        ("year = :year", "year = ':year'", 11, "parameter year does not occur"),
        ("year = :year", "year = 1 -- :year", 11, "parameter year does not occur"),
        ("SELECT pmid FROM", "DELETE FROM", 11, "must begin with SELECT or WITH"),
        ("SELECT pmid FROM", "WITH a AS (SELECT 1) DELETE FROM", 11, "readonly"),
        ("= :year", "= :year; SELECT 1", 11, "one statement"),
        ("= :year", "= :year; DROP TABLE papers", 11, "one statement"),
        ("pmid FROM", "pmdi FROM", 11, "no such column: pmdi"),
        ("FROM papers", "FROM paper", 11, "no such table: paper"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_query(
    tmp_path: Path, old: str, new: str, line: int, message: str
) -> None:
    text = SOUND.replace(old, new, 1)
    with pytest.raises(ConfigError) as error:
        loaded(tmp_path, text)
    place = rf"{re.escape(str(tmp_path / 'queries.yml'))}, line {line}, query \S+: "
    assert re.match(place, str(error.value)), error.value
    assert message in str(error.value)


def test_two_queries_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"line 13, query papers-of-year: there is another"):
        loaded(tmp_path, SOUND + SOUND.partition("queries:\n")[2])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected keys"),
        ("- a", "line 1: expected keys"),
        ("groups: {a: A}", "queries is missing"),
        ("groups: {a: A}\nqueries: {a: b}", "line 2: queries must be a list"),
        ("groups: {a: A}\nqueries: [a]", "line 2: expected keys"),
        ("groups: {a: A}\nqueries:\n  - {name: a-b}", "line 3, query a-b: group, title"),
        ("groups: [", "is not YAML"),
        ("groups: \x07", "is not YAML"),
    ],
)
def test_a_file_of_another_shape_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(str(tmp_path))) as error:
        loaded(tmp_path, text)
    assert message in str(error.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.yml: the queries cannot be read"):
        load(tmp_path / "none.yml")
    (tmp_path / "latin.yml").write_bytes("groups: {a: Größe}".encode("latin-1"))
    with pytest.raises(ConfigError, match=r"latin\.yml: the queries cannot be read"):
        load(tmp_path / "latin.yml")


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))


@given(default=TEXT, value=TEXT)
def test_an_empty_parameter_counts_as_its_default_and_no_other(default: str, value: str) -> None:
    query = NamedQuery(
        *("a-b", "G", "T", "Q", "N"), (Parameter("x", "H", default, ""),), "SELECT :x, ':x' -- :x"
    )
    with closing(sqlite3.connect(":memory:")) as db:
        assert db.execute(query.statement, {"x": value}).fetchone() == (value or default, ":x")


# The bundled queries ---------------------------------------------------------------------------


@each_query
def test_every_example_has_an_answer_in_the_bundled_base(query: NamedQuery, ask: Ask) -> None:
    assert ask(query.name, **query.example)
    assert ask(query.name)


@each_query
def test_every_topic_that_a_query_names_is_in_the_vocabulary(query: NamedQuery, demo: Path) -> None:
    """A slug that is none would find nothing, which reads as if there were nothing."""
    named = {
        value
        for each in query.parameters
        if each.help.startswith("Topic")
        for value in (each.default, each.example)
        if value
    }
    for place in re.findall(r"\b(?:ancestor|topic) (?:= |IN \()([^)\n]*)|VALUES (.*)", query.sql):
        named |= set(re.findall(r"'([^']+)'", "".join(place)))
    with closing(sqlite3.connect(demo)) as db:
        assert named <= {topic for (topic,) in db.execute("SELECT topic FROM topics")}


@each_query
def test_no_retracted_paper_stands_in_an_answer_without_the_flag(
    query: NamedQuery, ask_specimen: Ask
) -> None:
    retracted = {990000051, 990000053}
    for params in ({}, {"least": "0"}, {"run": "0"}):
        given = {name: value for name, value in params.items() if name in query.example}
        for row in ask_specimen(query.name, **given):
            work = str(row.get("work") or f"pmid:{row.get('pmid')}")
            if work in {f"pmid:{pmid}" for pmid in retracted}:
                assert row["retracted"] == 1, row


@each_query
def test_the_flag_of_every_answer_follows_the_verdict(
    query: NamedQuery, every_verdict: Path
) -> None:
    marks = {"retracted": 1, "contradictory": None, "never checked": None}
    given = {name: "0" for name in ("least", "run") if name in query.example}
    with closing(sqlite3.connect(every_verdict)) as db:
        for row in rows(db, query.name, **given):
            name = str(row.get("work") or f"pmid:{row.get('pmid')}")
            status = STANDS.get(name, "not retracted")
            if "retracted" in row and name in STANDS:
                mark = marks.get(status, 0 if name.startswith("pmid:2") else None)
                assert row["retracted"] == mark, row
            if row.get("finding") == "never checked":
                assert status == "never checked"
            if str(row.get("finding")) in ("retraction", "contradictory"):
                assert status == {"retraction": "retracted"}.get(row["finding"], "contradictory")


def test_the_first_row_counts_who_was_checked_by_verdicts(every_verdict: Path) -> None:
    with closing(sqlite3.connect(every_verdict)) as db:
        first, *_ = rows(db, "retracted-corrected-exposed")
        ways, *_ = rows(db, "ways-to-retracted-work")
    assert re.fullmatch(
        r"21 works: 13 checked from .* to .*, 1 harvested but never checked, 7 not harvested",
        first["citation"],
    )
    assert ways["citation"].startswith("13 of 14 papers were checked; 9 retracted or doubted works")


@each_query
def test_what_was_never_checked_is_never_shown_as_sound(query: NamedQuery, ask: Ask) -> None:
    """PubMed was never asked about the bundled facts."""
    assert {row.get("retracted") for row in ask(query.name, **query.example)} == {None}


# Written right answers: papers that must be there, papers that must not ------------------------

ANSWERS = {
    "compare-tests": ({19617326, 21421719, 19805691}, {19185008}),
    "compare-tests-at-diagnosis": ({19617326, 21421719}, {19805691, 19185008}),
    "bone-scintigraphy-over-time": ({28449267, 28471719}, {19185008}),
    "new-tracers-in-people": ({24573553}, {19185008}),
    "test-without-therapy": (
        {19185008, 28383813},
        {17369569, 19805691, 34028986, 34270348},
    ),
    "mibg-non-avid-share": ({28383813}, set()),
    "adc-cutoffs": ({30701332, 39597804}, {30078048}),
    "oms-occult-tumour-tests": ({21460401}, {9078325, 29376112}),
    "randomised-trials": ({29376112}, {19672966, 20110181}),
    "oms-sequelae": ({9078325, 19672966, 20110181}, {10959901}),
    "never-cited-by-reviews": ({21460401, 29376112}, {33779841}),
    "stage-4s-ms-history": (
        {3199170, 8336186, 10653863, 19047290, 21969516, 36316811},
        {24663047},
    ),
    "idrf-and-outcome": (
        {16293878, 17914735, 25663103, 25820608, 28440012, 39072986, 39317567},
        {22722825},
    ),
    "curie-cutoffs": ({23440556, 28887399, 37199022}, {27663238}),
    "curie-against-siopen": (
        {23341514, 28887399, 28940046},
        {23440556, 27663238, 30198643, 37199022},
    ),
    "infants-observed": (
        {10653863, 11932470, 11932471, 30444686},
        {17226843, 32172225},
    ),
    "evidence-for-task": ({19171710, 27304424}, {19185008}),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_the_right_papers_are_there_and_the_wrong_ones_are_not(name: str, ask: Ask) -> None:
    there, absent = ANSWERS[name]
    found = pmids(ask(name))
    assert there <= found
    assert not absent & found


def test_nothing_but_the_one_trial_is_said_to_be_randomised(ask: Ask) -> None:
    assert [(row["pmid"], row["says_so"]) for row in ask("randomised-trials")] == [
        (29376112, "title")
    ]


def test_a_comparison_after_therapy_is_none_for_staging_and_silence_is_no_setting(ask: Ask) -> None:
    found = ask("compare-tests-at-diagnosis")
    assert {(row["pmid"], row["setting"]) for row in found} == {
        (19617326, "not said"),
        (21421719, "not said"),
    }


def test_a_verdict_on_a_test_stands_beside_its_date_and_the_criteria(ask: Ask) -> None:
    found = ask("bone-scintigraphy-over-time")
    years = [row["year"] for row in found]
    assert years == sorted(years)
    kinds = {row["pmid"]: row["kind"] for row in found}
    assert kinds[28449267] == "on the test"
    assert kinds[28471719] == "criteria"


def test_a_tracer_study_without_mesh_is_not_told_to_be_of_people(ask: Ask) -> None:
    """The one bundled is of mice, which its MeSH would tell."""
    (row,) = ask("new-tracers-in-people", tracer="mfbg-pet")
    assert (row["pmid"], row["examined"]) == (24573553, "unknown: no MeSH yet")


def test_the_reasons_for_infants_are_told_apart(ask: Ask) -> None:
    why = {row["pmid"]: row["why"] for row in ask("infants-observed")}
    assert why[11932470] == why[11932471] == "screening"
    assert why[30444686] == "special stage in infants"
    assert why[10653863] == "special stage with little treatment"


# Figures that take abstracts

FIGURES = (
    *("mibg-non-avid-share", "adc-cutoffs", "oms-occult-tumour-tests", "oms-sequelae"),
    *("idrf-and-outcome", "curie-cutoffs", "evidence-for-task"),
)


@pytest.mark.parametrize("name", FIGURES)
def test_without_abstracts_a_figure_is_said_to_be_unread_not_absent(name: str, ask: Ask) -> None:
    found = ask(name)
    assert {row["abstract"] for row in found} == {"none here"}
    assert {row["passage"] for row in found} <= {None, *(_marked(row) for row in found)}
    assert {"none here", "abstracts"} & set(re.findall("none here|abstracts", QUERIES[name].notes))


def _marked(row: Row) -> str | None:
    """The passage where it is the title with marks, the only text there is."""
    bare = (row["passage"] or "").replace("«", "").replace("»", "").strip("…")
    return row["passage"] if bare and bare in row["title"] else None


@pytest.mark.parametrize(
    ("name", "pmid", "words"),
    [
        ("mibg-non-avid-share", 990000004, "non-«avid»"),
        ("adc-cutoffs", 990000008, "«threshold» of 0.97 × 10⁻³ mm²/s"),
        ("oms-occult-tumour-tests", 990000028, "24 of 25"),
        ("oms-sequelae", 990000034, "21 of 30"),
        ("idrf-and-outcome", 990000040, "odds ratio, 5.8"),
        ("curie-cutoffs", 990000012, "«score <= 2»"),
        ("evidence-for-task", 990000019, "«detection» rate of 81%"),
    ],
)
def test_with_abstracts_the_passage_holds_the_figure(
    name: str, pmid: int, words: str, ask_specimen: Ask
) -> None:
    (passage,) = (row["passage"] for row in ask_specimen(name) if row["pmid"] == pmid)
    assert words in passage


def test_a_paper_that_names_both_scores_comes_before_one_that_only_sounds_so(
    ask_specimen: Ask,
) -> None:
    found = ask_specimen("curie-against-siopen")
    assert (found[0]["pmid"], found[0]["kind"]) == (990000013, "names both")
    assert 990000012 not in pmids(found)


def test_a_trial_that_only_an_abstract_mentions_is_marked_as_such(ask_specimen: Ask) -> None:
    found = ask_specimen("randomised-trials")
    assert (found[0]["pmid"], found[0]["says_so"]) == (990000031, "publication type")
    assert {row["says_so"] for row in found[1:]} == {"abstract only"}


def test_a_passage_is_found_in_any_ending_and_a_paper_without_abstract_is_kept(
    ask: Ask, ask_specimen: Ask
) -> None:
    found = ask_specimen("passages-on-topic", topic="oms", phrase="randomise")
    assert any("«randomised»" in row["passage"] for row in found)
    assert all(row["abstract"] == "none here" for row in ask("passages-on-topic", phrase="dose"))


# References and the graph

FIVE = (
    *("pmid:20558371", "pmid:17586306", "doi:10.1016/j.pcl.2007.10.014"),
    *("ref:a8ce536380580afd", "pmid:33779841"),
)


def test_a_record_comes_with_each_of_its_references_resolved_or_not(ask: Ask) -> None:
    record, *references = ask("record-with-references", pmid=LITTOOIJ)
    assert (record["position"], record["pmid"]) == (0, 36063183)
    assert "2023;53(4):783-787" in record["citation"]
    assert record["state"] == "the record; PubMed lists 5 references"
    assert [row["position"] for row in references] == [1, 2, 3, 4, 5]
    assert [row["work"] for row in references] == list(FIVE)
    states = [row["state"] for row in references]
    assert states == [
        *("in the base", "in the base", "known by its identifier, not harvested"),
        *("unresolved", "in the base"),
    ]


def test_a_record_without_a_list_and_a_work_that_was_not_harvested_say_so(ask: Ask) -> None:
    (record,) = ask("record-with-references", pmid="19185008")
    assert record["state"] == "the record; PubMed lists no reference of it"
    (work,) = ask("record-with-references", pmid="37813959")
    assert work["state"] == "not harvested: its references are unknown"
    assert ask("record-with-references", pmid="1") == []


def test_what_others_say_that_a_paper_cites_follows_its_list(empty: sqlite3.Connection) -> None:
    add_paper(empty, 1)
    add_paper(empty, 2)
    add(empty, "cites", citing="pmid:1", cited="pmid:2", source="elink")
    record, other = rows(empty, "record-with-references", pmid="1")
    assert record["state"] == "the record; PubMed lists no reference of it"
    assert (other["position"], other["work"], other["method"]) == (None, "pmid:2", "elink")


def test_unresolved_references_stand_as_printed_with_the_reason(ask: Ask) -> None:
    read, unresolved, no_pmid = ask("unresolved-references", pmid=LITTOOIJ)
    assert read["citation"] == (
        "5 references listed by 1 of 1 papers: 2 without a PMID, of these 1 unresolved"
    )
    assert unresolved["work"] == "ref:a8ce536380580afd"
    assert unresolved["citation"].startswith("Chung C, Boterberg T")
    assert unresolved["reason"]
    assert (no_pmid["state"], no_pmid["work"]) == ("no PMID", "doi:10.1016/j.pcl.2007.10.014")


def test_a_paper_without_a_list_is_not_said_to_have_all_resolved(ask: Ask) -> None:
    (read,) = ask("unresolved-references", pmid="19185008")
    assert read["citation"].startswith("0 references listed by 0 of 1 papers")


def test_missing_hubs_are_ranked_by_reviews_and_are_not_harvested(ask_specimen: Ask) -> None:
    found = ask_specimen("missing-hubs")
    assert found[0]["work"] == "pmid:990009001"
    assert found[0]["by_reviews"] == len(found[0]["reviews"].split(",")) == 3
    counts = [(row["by_reviews"], row["by_all"]) for row in found]
    assert counts == sorted(counts, reverse=True)
    harvested = pmids(ask_specimen("changes-since-run", run="0"))
    assert not harvested & pmids(found)
    assert {row["by_reviews"] for row in ask_specimen("missing-hubs", least="2")} == {2, 3}


def test_a_work_under_two_identifiers_is_one_hub_and_a_harvested_one_is_none(
    empty: sqlite3.Connection,
) -> None:
    add_paper(empty, 1)
    add_paper(empty, 2, doi="10.1/b")
    add(empty, "publication_types", pmid=1, position=1, name="Review")
    add(empty, "works", work="pmid:9", pmid=9, doi="10.1/a", text="A", is_paper=0)
    for doi in ("10.1/a", "10.1/b"):
        add(empty, "works", work=f"doi:{doi}", doi=doi, text=doi, is_paper=0)
    for cited in ("pmid:9", "doi:10.1/a", "doi:10.1/b"):
        add(empty, "cites", citing="pmid:1", cited=cited, source="reference_list")
    (hub,) = rows(empty, "missing-hubs")
    assert (hub["by_reviews"], hub["by_all"]) == (1, 1)


@pytest.mark.parametrize("work", ["pmid:9", "doi:10.1/a"])
def test_a_hub_is_retracted_under_whichever_of_its_identifiers_the_notice_stands(
    empty: sqlite3.Connection, work: str
) -> None:
    add_paper(empty, 1)
    add(empty, "publication_types", pmid=1, position=1, name="Review")
    add(empty, "works", work="pmid:9", pmid=9, doi="10.1/a", text="A", is_paper=0)
    add(empty, "works", work="doi:10.1/a", doi="10.1/a", text="A", is_paper=0)
    for cited in ("pmid:9", "doi:10.1/a"):
        add(empty, "cites", citing="pmid:1", cited=cited, source="reference_list")
    add(empty, "notices", work=work, kind="retraction", source="Crossref")
    (hub,) = rows(empty, "missing-hubs")
    assert hub["retracted"] == 1


def test_reviews_without_known_references_are_counted_apart(ask: Ask) -> None:
    row = ask("never-cited-by-reviews")[0]
    assert row["reviews"] > row["reviews_with_references"] > 0


def test_the_review_between_two_fields_is_the_first_bridge(ask: Ask, ask_specimen: Ask) -> None:
    assert ask("bridge-papers")[0]["pmid"] == 33779841
    first = ask_specimen("bridge-papers")[0]
    assert first["pmid"] == 990000048
    assert first["links_to_one"]
    assert first["links_to_other"]


def test_a_bridge_that_was_not_harvested_can_be_retracted(empty: sqlite3.Connection) -> None:
    """Papers on either topic cite a work, of which only a notice is known."""
    add(empty, "schemes", scheme="A", label="A", description="a")
    counts = dict.fromkeys(("n_mesh", "n_keyword", "n_title", "n_abstract"), 1)
    for pmid, topic in enumerate(("oms", "modality"), start=1):
        add_paper(empty, pmid)
        about = {"scheme": "A", "label": topic, "position": pmid, "papers": 1}
        add(empty, "topics", topic=topic, definition="x", **about)
        add(empty, "topic_closure", ancestor=topic, topic=topic)
        add(empty, "paper_topics", pmid=pmid, topic=topic, basis="mesh", **counts)
    add(empty, "works", work="doi:10.1/a", doi="10.1/a", text="A", is_paper=0)
    for pmid in (1, 2):
        add(empty, "cites", citing=f"pmid:{pmid}", cited="doi:10.1/a", source="icite")
    add(empty, "notices", work="doi:10.1/a", kind="retraction", source="Crossref")
    (bridge,) = rows(empty, "bridge-papers", one="oms", other="modality")
    assert (bridge["work"], bridge["retracted"]) == ("doi:10.1/a", 1)
    assert (bridge["links_to_one"], bridge["links_to_other"]) == (1, 1)


# Integrity and change


def test_the_first_row_says_what_was_checked_also_where_nothing_is_wrong(ask: Ask) -> None:
    first, *others = ask("retracted-corrected-exposed", pmid=LITTOOIJ)
    assert first["citation"] == (
        "6 works: 0 checked, 4 harvested but never checked, 2 not harvested"
    )
    assert {row["work"] for row in others} == {f"pmid:{LITTOOIJ}", *FIVE}
    assert {row["finding"] for row in others} == {"never checked", "not harvested"}


def test_notices_come_once_with_who_states_them_and_when_it_was_checked(ask_specimen: Ask) -> None:
    found = ask_specimen("retracted-corrected-exposed")
    assert re.search(r"70 checked from \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d", found[0]["citation"])
    retractions = [row for row in found if row["finding"] == "retraction"]
    assert [(row["work"], row["notice_pmid"]) for row in retractions] == [
        ("pmid:990000051", 990000052),
        ("pmid:990000053", 990000054),
    ]
    assert retractions[0]["stated_by"] == "the paper's record, the notice's record"
    assert all(row["checked"] for row in retractions)
    kinds = [row["finding"] for row in found]
    for kind in ("expression of concern", "erratum", "withdrawn in PubMed", "never checked"):
        assert kind in kinds
    exposed = {(r["work"], r["cited"]) for r in found if r["finding"] == "cites a retracted work"}
    assert ("pmid:990000003", "pmid:990000051") in exposed


def test_changes_since_a_run_name_what_happened(ask_specimen: Ask) -> None:
    newest = {(row["pmid"], row["change"]) for row in ask_specimen("changes-since-run")}
    assert (990000060, "withdrawn") in newest
    assert (990000033, "revised") in newest
    everything = ask_specimen("changes-since-run", run="0")
    assert {row["run"] for row in everything} == {1, 2}
    assert ask_specimen("changes-since-run", run="2") == []


def test_a_run_that_changed_nothing_or_broke_off_is_named(empty: sqlite3.Connection) -> None:
    for run, state in ((1, "complete"), (2, "incomplete")):
        add(empty, "runs", run=run, job="j", started="2026", state=state, **NO_SUMS)
    add_paper(empty, 1)
    add(empty, "changes", run=1, pmid=1, kind="new", date="2026")
    newest, first = rows(empty, "changes-since-run", run="0")
    assert (newest["state"], newest["change"]) == ("incomplete", "nothing changed")
    assert (first["change"], first["changes"], newest["changes"]) == ("new", 1, 0)


def test_suspected_duplicates_are_listed_with_the_reason(empty: sqlite3.Connection) -> None:
    add_paper(empty, 1, doi="10.1/a", title="MIBG: a [first] look.")
    add_paper(empty, 2, doi="10.1/a", title="Another")
    add_paper(empty, 3, title="MIBG a first-look")
    add_paper(empty, 4, title="MIBG a first-look")
    empty.execute("UPDATE works SET first_author = 'Li W' WHERE pmid IN (1, 3)")
    empty.execute("UPDATE works SET first_author = 'Lin W' WHERE pmid = 4")
    compared, *found = rows(empty, "suspected-duplicates")
    assert compared["shared"] == "2 DOIs, 3 titles with a first author"
    assert [(row["why"], row["work"]) for row in found] == [
        ("same title and first author", "pmid:1"),
        ("same title and first author", "pmid:3"),
        ("same DOI", "pmid:1"),
        ("same DOI", "pmid:2"),
    ]


def test_the_bundled_papers_have_no_duplicates_and_the_answer_says_what_was_compared(
    ask: Ask,
) -> None:
    (row,) = ask("suspected-duplicates")
    assert row["why"] == "what was compared"


# Gaps


def test_an_empty_cell_says_whether_a_search_named_the_test(empty: sqlite3.Connection) -> None:
    for scheme, role in (("A", "test"), ("D", "task")):
        add(empty, "schemes", scheme=scheme, label=scheme, description=scheme, role=role)
    for position, (topic, scheme, synonyms) in enumerate(
        [
            ("pet", "A", "PET scan|positron emission"),
            ("mri", "A", None),
            ("task", "D", None),
            ("dose", "D", None),
        ]
    ):
        add(
            empty,
            "topics",
            topic=topic,
            scheme=scheme,
            label=topic,
            definition="x",
            synonyms=synonyms,
            broader="task" if topic == "dose" else None,
            position=position,
            papers=0,
        )
    add(empty, "runs", run=1, job="j", started="2026", state="complete", **NO_SUMS)
    add(
        empty,
        "searches",
        run=1,
        source="esearch",
        question="term=%22positron+emission%22+OR+mrix",
        query='"positron emission" OR mrix',
        asked_at="2026",
        count=0,
    )
    assert [(r["topic"], r["papers"], r["state"]) for r in rows(empty, "thin-evidence")] == [
        ("pet", 0, "searched, none"),
        ("mri", 0, "none, not searched by name"),
    ]


def test_thin_cells_have_no_more_papers_than_asked(ask: Ask) -> None:
    assert {row["papers"] for row in ask("thin-evidence", at_most="1")} == {0, 1}
    assert {row["state"] for row in ask("thin-evidence", at_most="0")} == {
        "none, not searched by name"
    }


# Datasette -------------------------------------------------------------------------------------

HOSTILE = (
    *("'", "\"'; DROP TABLE papers; --", "100%_", "🧠\u202e", "x" * 10_240, "NEAR(a b) OR *"),
    *("\x00a", "-1e309", "<script>alert(1)</script>"),
)


@pytest.fixture(scope="module")
def get(demo: Path) -> Iterator[Callable[[str], Any]]:
    with asking(demo) as get:
        yield get


@each_query
def test_datasette_shows_the_help_and_answers_as_page_json_and_csv(
    query: NamedQuery, get: Callable[[str], Any], ask: Ask
) -> None:
    example = f"?{urlencode(query.example)}"
    page = get(f"/kb/{query.name}{example}")
    assert page.status_code == 200
    seen = text_of(page)
    for words in (query.title, query.question, query.notes):
        assert " ".join(words.split()) in seen
    for each in query.parameters:
        assert f"{each.name} {each.help}" in seen
    assert not query.parameters or f'href="{example}"' in unescape(page.text)
    answer = ask(query.name, **query.example)
    assert get(f"/kb/{query.name}.json{example}&_shape=objects").json()["rows"] == answer
    lines = get(f"/kb/{query.name}.csv{example}")
    assert lines.status_code == 200
    assert lines.text.splitlines()[0] == ",".join(answer[0])


@each_query
def test_no_value_of_a_parameter_breaks_a_page(
    query: NamedQuery, get: Callable[[str], Any]
) -> None:
    for value in HOSTILE if query.parameters else ():
        params = urlencode({each.name: value for each in query.parameters})
        page = get(f"/kb/{query.name}?{params}")
        assert page.status_code == 200, (value[:40], text_of(page)[:300])
        assert "<script>alert" not in page.text
        assert get(f"/kb/{query.name}.json?{params}").status_code == 200


@pytest.mark.soak
@each_query
def test_real_records_are_answered_within_datasettes_second(
    query: NamedQuery, real: Callable[[str], Any]
) -> None:
    assert real(f"/kb/{query.name}.json?{urlencode(query.example)}").status_code == 200
    assert real(f"/kb/{query.name}.json").status_code == 200


@pytest.fixture(scope="module")
def real(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Any]]:
    folder = tmp_path_factory.mktemp("real")
    files = ("medsamp2014", "pubmedsample_2019")
    built_base(folder, *(shared / "pubmed" / "xml" / f"{name}.xml.gz" for name in files)).close()
    with asking(folder / "kb.db") as get:
        yield get


def test_the_page_of_questions_lists_all_with_help_and_leads_to_the_examples(
    get: Callable[[str], Any],
) -> None:
    page = get("/queries")
    seen = text_of(page)
    for query in QUERIES.values():
        assert query.group in seen
        assert query.question in seen
        for each in query.parameters:
            assert f"{each.name} {each.help}" in seen
    links = re.findall(r'href="(/kb/[a-z0-9-]+(?:\?[^"]*)?)"', page.text)
    assert {link.split("?")[0].removeprefix("/kb/") for link in links} >= set(QUERIES)
    assert {get(unescape(link)).status_code for link in links} == {200}
    assert 'href="/queries"' in get("/").text


def test_help_is_escaped() -> None:
    evil = "<b onmouseover='x'>&"
    parameter = Parameter(evil, evil, evil, evil)
    html = str(metadata.help_html(NamedQuery(evil, evil, evil, evil, evil, (parameter,), "")))
    assert "<b" not in html
    assert "'x'" not in html


def test_datasette_1_takes_the_queries_as_config(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compat, "BEFORE_1", False)
    told = compat.told(metadata.metadata(data_dir()))
    assert set(told["config"]["databases"]["kb"]["queries"]) == set(QUERIES)
