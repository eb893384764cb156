"""How papers stand once a base is built: notices, links, what rests on doubtful work."""

from __future__ import annotations

import json
import random
from pathlib import Path

import networkx as nx
import pytest
from building import Base, Raw, paper

from kb.answers import RETRACTION_WATCH
from kb.errors import InputError
from kb.notices.integrity import exposure

WATCHED = (
    "Record ID,Title,RetractionDate,RetractionDOI,RetractionPubMedID,OriginalPaperDOI,"
    "OriginalPaperPubMedID,RetractionNature,Reason\n"
)


@pytest.fixture
def raw(tmp_path: Path) -> Raw:
    raw = Raw(tmp_path / "raw.db")
    for run in (1, 2, 3):
        raw.run(run)
    return raw


def crossref(raw: Raw, doi: str, message: dict[str, object], run: int = 1) -> None:
    question = "works/" + doi.replace("/", "%2F")
    raw.answer("crossref", json.dumps({"message": message}), run=run, question=question)


def retraction(doi: str) -> dict[str, object]:
    return {"DOI": doi, "type": "retraction", "label": "Retraction"}


# Crossref and Retraction Watch


def test_a_retraction_that_only_crossref_knows_flags_the_paper_and_who_cites_it(raw: Raw) -> None:
    raw.read(1, paper(1, doi="10.1000/a"))
    raw.read(2, paper(2, references=[("One", {"pubmed": 1})]))
    crossref(raw, "10.1000/a", {"updated-by": [retraction("10.1000/n")]})
    base = raw.build()
    assert base.rows("SELECT pmid FROM papers WHERE is_retracted") == [1]
    assert base.rows("SELECT work, notice_doi, source, checked FROM notices") == [
        ("pmid:1", "10.1000/n", "Crossref", "2024-01-01")
    ]
    assert base.rows("SELECT work, kind FROM exposure") == [("pmid:2", "retraction")]


def test_a_cited_work_that_was_not_harvested_is_flagged_by_its_doi(raw: Raw) -> None:
    raw.read(1, paper(1, references=[("One", {"doi": "10.1000/d"})]))
    row = "1,T,1/2/2020 0:00,,0,10.1000/d,0,Retraction,+Error;\n"
    raw.answer(RETRACTION_WATCH, WATCHED + row)
    base = raw.build()
    assert base.rows("SELECT work, pmid, kind, text, source FROM notices") == [
        ("doi:10.1000/d", None, "retraction", "Error", "Retraction Watch")
    ]
    assert base.rows("SELECT work, retracted, path FROM exposure") == [
        ("pmid:1", "doi:10.1000/d", "pmid:1 doi:10.1000/d")
    ]


def test_what_is_asked_again_is_one_notice_with_the_last_date(raw: Raw) -> None:
    raw.read(1, paper(1, doi="10.1000/a"))
    for run in (1, 2):
        crossref(raw, "10.1000/a", {"updated-by": [retraction("10.1000/n")]}, run)
    raw.do("UPDATE answers SET asked_at = '2024-02-01T00:00:00Z' WHERE run = 2")
    base = raw.build()
    assert base.rows("SELECT checked FROM notices") == ["2024-02-01"]
    assert base.rows("SELECT kind FROM changes") == ["new"]


def test_a_retraction_that_a_later_run_learns_of_is_a_change_of_that_run(raw: Raw) -> None:
    raw.read(1, paper(1, doi="10.1000/a"))
    crossref(raw, "10.1000/a", {})
    crossref(raw, "10.1000/a", {"updated-by": [retraction("10.1000/n")]}, 2)
    assert raw.build().rows("SELECT run, kind, detail FROM changes ORDER BY run") == [
        (1, "new", None),
        (2, "retracted", "retraction, 10.1000/n, Crossref"),
    ]


def test_an_erratum_is_never_called_a_retraction(raw: Raw) -> None:
    raw.read(1, paper(1, doi="10.1000/a", comments=[("ErratumIn", "J Example. 2024;2:2", 9)]))
    raw.read(2, paper(2, comments=[("ErratumFor", "x", 1)], types=["Published Erratum"]))
    crossref(raw, "10.1000/a", {"updated-by": [{"DOI": "10.1000/e", "type": "erratum"}]})
    raw.answer(RETRACTION_WATCH, WATCHED + "1,T,1/2/2020,,0,10.1000/a,1,Correction,\n")
    base = raw.build()
    assert base.rows("SELECT DISTINCT kind FROM notices") == ["erratum"]
    assert base.rows("SELECT DISTINCT is_retracted FROM papers") == [0]
    assert base.rows("SELECT * FROM exposure") == []


def test_an_expression_of_concern_is_told_as_such_and_a_retraction_goes_before_it(raw: Raw) -> None:
    concern = ("ExpressionOfConcernIn", "J Example. 2024;3:3", 901)
    raw.read(1, paper(1, comments=[concern]))
    raw.read(2, paper(2, comments=[concern, ("RetractionIn", "J Example. 2024;4:4", 902)]))
    raw.read(3, paper(3, references=[("One", {"pubmed": 1}), ("Two", {"pubmed": 2})]))
    assert raw.build().rows("SELECT retracted, kind FROM exposure ORDER BY 1") == [
        ("pmid:1", "expression_of_concern"),
        ("pmid:2", "retraction"),
    ]


def test_a_reinstated_paper_is_no_longer_flagged(raw: Raw) -> None:
    raw.read(1, paper(1, doi="10.1000/a"))
    rows = "1,T,1/2/2020,,0,10.1000/a,1,Retraction,\n2,T,3/4/2021,,0,10.1000/a,1,Reinstatement,\n"
    raw.answer(RETRACTION_WATCH, WATCHED + rows)
    base = raw.build()
    assert base.rows("SELECT is_retracted FROM papers") == [0]
    assert base.rows("SELECT DISTINCT kind FROM notices") == ["reinstatement"]


def test_of_several_files_the_last_counts(raw: Raw) -> None:
    raw.read(1, paper(1, doi="10.1000/a"))
    gone = "1,T,1/2/2020,,0,10.1000/a,1,Retraction,\n"
    other = "2,T,1/2/2020,,0,10.1000/z,99,Retraction,\n"
    raw.answer(RETRACTION_WATCH, WATCHED + gone, run=1)
    raw.answer(RETRACTION_WATCH, WATCHED + other, run=2)
    base = raw.build()
    assert base.rows("SELECT * FROM notices") == []
    assert base.rows("SELECT is_retracted FROM papers") == [0]


@pytest.mark.parametrize(
    "bad", ["PMID,Title\n1,x\n", WATCHED + '1,T,,,0,10.1000/z,0,Retraction,"open', "<html>"]
)
def test_a_file_that_cannot_be_read_stops_the_build_until_another_one_is_read(
    raw: Raw, bad: str
) -> None:
    raw.read(1, paper(1, doi="10.1000/a"))
    raw.answer(RETRACTION_WATCH, bad, run=1, question="watch.csv")
    with pytest.raises(InputError, match=r"watch\.csv of .*harvest retraction-watch FILE"):
        raw.build()
    raw.answer(RETRACTION_WATCH, WATCHED + "1,T,1/2/2020,,0,10.1000/a,1,Retraction,\n", run=2)
    assert raw.build().rows("SELECT is_retracted FROM papers") == [1]


# One verdict from what all witnesses state


def of_watch(type_: str, record: str = "7", doi: str = "10.1000/n") -> dict[str, object]:
    """An update that Crossref has from Retraction Watch."""
    dated = {"updated": {"date-parts": [[2020, 1, 2]]}}
    return {"DOI": doi, "type": type_, "source": "retraction-watch", "record-id": record, **dated}


def test_of_two_states_of_one_record_the_newer_counts_and_a_concern_is_no_retraction(
    raw: Raw,
) -> None:
    raw.read(1, paper(1, doi="10.1000/a"))
    raw.read(2, paper(2, references=[("One", {"pubmed": 1})]))
    states = [of_watch("retraction"), of_watch("expression_of_concern")]
    crossref(raw, "10.1000/a", {"updated-by": states})
    base = raw.build()
    assert base.rows("SELECT verdict, basis FROM verdicts WHERE pmid = 1") == [
        ("expression of concern", "1")
    ]
    assert base.rows("SELECT nature, wrote, record, place, counts FROM assertions ORDER BY id") == [
        ("expression_of_concern", "expression_of_concern", "7", 1, 1),
        ("retraction", "retraction", "7", 0, 0),
    ]
    assert base.rows("SELECT is_retracted FROM papers WHERE pmid = 1") == [0]
    assert base.rows("SELECT kind, source FROM notices") == [
        ("expression_of_concern", "Crossref (Retraction Watch)")
    ]
    assert base.rows("SELECT kind FROM exposure") == ["expression_of_concern"]


def test_what_crossref_goes_on_serving_does_not_outlive_a_reinstatement(raw: Raw) -> None:
    raw.read(1, paper(1, doi="10.1000/a"))
    raw.read(2, paper(2, references=[("One", {"pubmed": 1})]))
    crossref(raw, "10.1000/a", {"updated-by": [of_watch("retraction")]}, 1)
    rows = (
        "7,T,1/2/2020,10.1000/n,0,10.1000/a,0,Retraction,\n"
        "8,T,3/4/2021,,0,10.1000/a,0,Reinstatement,+Error by Journal;\n"
    )
    raw.answer(RETRACTION_WATCH, WATCHED + rows, run=2)
    crossref(raw, "10.1000/a", {"updated-by": [of_watch("retraction")]}, 3)
    base = raw.build()
    assert base.rows("SELECT verdict FROM verdicts WHERE pmid = 1") == ["reinstated"]
    assert base.rows("SELECT is_retracted FROM papers WHERE pmid = 1") == [0]
    assert base.rows("SELECT DISTINCT kind FROM notices") == ["reinstatement"]
    assert base.rows("SELECT * FROM exposure") == []
    assert base.rows("SELECT run, kind FROM changes WHERE pmid = 1") == [
        *((1, "new"), (2, "reinstated")),
    ]


def test_what_a_newer_answer_of_crossref_leaves_out_is_stated_no_longer(raw: Raw) -> None:
    raw.read(1, paper(1, doi="10.1000/a"))
    crossref(raw, "10.1000/a", {"updated-by": [retraction("10.1000/n")]}, 1)
    crossref(raw, "10.1000/a", {}, 2)
    base = raw.build()
    assert base.rows("SELECT verdict FROM verdicts") == ["none known"]
    assert base.rows("SELECT is_retracted FROM papers") == [0]
    assert base.rows("SELECT * FROM notices") == []


@pytest.mark.parametrize(
    ("asked", "verdict"),
    [
        (("2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"), "none known"),
        (("2024-03-01T00:00:00Z", "2024-02-01T00:00:00Z"), "none known"),
        (("2024-02-01T00:00:00Z", "2024-02-01T00:00:00Z"), "none known"),
    ],
    ids=["the newer run", "the clock was set back", "asked in one second"],
)
@pytest.mark.parametrize("service", ["crossref", RETRACTION_WATCH])
def test_of_whole_answers_that_of_the_last_run_counts_whatever_its_clock_said(
    raw: Raw, service: str, asked: tuple[str, str], verdict: str
) -> None:
    raw.read(1, paper(1, doi="10.1000/a"))
    for run, moment in enumerate(asked, start=1):
        if service == "crossref":
            crossref(raw, "10.1000/a", {"updated-by": [retraction("10.1000/n")][run - 1 :]}, run)
        else:
            row = "1,T,1/2/2020,,0,10.1000/a,1,Retraction,\n"
            other = "2,T,1/2/2020,,0,10.1000/z,0,Retraction,\n"
            raw.answer(RETRACTION_WATCH, WATCHED + (other if run == 2 else row), run=run)
        raw.do("UPDATE answers SET asked_at = ? WHERE run = ?", [moment, run])
    base = raw.build()
    assert base.rows("SELECT verdict FROM verdicts") == [verdict]
    assert base.rows("SELECT is_retracted FROM papers") == [int(verdict == "retracted")]


def test_the_file_that_was_read_last_has_to_be_whole(raw: Raw) -> None:
    raw.read(1, paper(1, doi="10.1000/a"))
    raw.answer(RETRACTION_WATCH, "<html>", run=1)
    raw.answer(RETRACTION_WATCH, WATCHED + "1,T,1/2/2020,,0,10.1000/a,1,Retraction,\n", run=2)
    assert raw.build().rows("SELECT is_retracted FROM papers") == [1]
    raw.answer(RETRACTION_WATCH, "<html>", run=3)
    with pytest.raises(InputError, match="harvest retraction-watch FILE"):
        raw.build()


def test_that_crossref_no_longer_has_a_work_takes_no_retraction_back(raw: Raw) -> None:
    raw.read(1, paper(1, doi="10.1000/a"))
    crossref(raw, "10.1000/a", {"updated-by": [retraction("10.1000/n")]}, 1)
    raw.answer("crossref", "Resource not found.", run=2, question="works/10.1000%2Fa")
    raw.do("UPDATE answers SET status = 404, asked_at = '2024-02-01T00:00:00Z' WHERE run = 2")
    base = raw.build()
    assert base.rows("SELECT verdict FROM verdicts") == ["retracted"]
    assert base.rows("SELECT checked FROM notices") == ["2024-01-01"]


# Identifiers, however they are written


@pytest.mark.parametrize(
    "question",
    ["works/10.1000%2FA", "works/10.1000%2fa", "works/10.1000%252FA", "works?filter=doi:10.1000/A"],
)
def test_a_retraction_in_an_old_answer_is_found_however_its_question_spells_the_doi(
    raw: Raw, question: str
) -> None:
    raw.read(1, paper(1, doi="10.1000/a"))
    raw.read(2, paper(2, doi="10.1000/b"))
    work = {"DOI": "10.1000/A", "updated-by": [retraction("10.1000/N")]}
    preprint = {"has-preprint": [{"id": "10.1000/B"}]}
    cites = {"reference": [{"DOI": "10.1000/B"}]}
    message: dict[str, object] = {**work, "relation": preprint, **cites}
    body = {"items": [message]} if "filter" in question else message
    raw.answer("crossref", json.dumps({"message": body}), question=question)
    base = raw.build()
    assert base.rows("SELECT verdict FROM verdicts WHERE pmid = 1") == ["retracted"]
    assert base.rows("SELECT work, notice_doi FROM notices") == [("pmid:1", "10.1000/n")]
    assert base.rows("SELECT a, b FROM work_links") == [("pmid:1", "pmid:2")]
    assert base.rows("SELECT citing, cited FROM cites") == [("pmid:1", "pmid:2")]


def test_a_notice_that_was_asked_for_in_capitals_is_the_notice_that_others_name(raw: Raw) -> None:
    raw.read(1, paper(1, doi="10.1000/a"))
    crossref(raw, "10.1000/N", {"update-to": [retraction("10.1000/A")]}, 1)
    row = "7,T,1/2/2020,10.1000/n,0,10.1000/a,0,Expression of concern,\n"
    raw.answer(RETRACTION_WATCH, WATCHED + row, run=2)
    base = raw.build()
    assert base.rows("SELECT DISTINCT notice_doi FROM assertions") == ["10.1000/n"]
    assert base.rows("SELECT verdict FROM verdicts") == ["contradictory"]


def test_answers_to_one_doi_in_two_cases_are_answers_to_one_question(raw: Raw) -> None:
    raw.read(1, paper(1, doi="10.1000/a"))
    crossref(raw, "10.1000/A", {"updated-by": [retraction("10.1000/n")]}, 1)
    crossref(raw, "10.1000/a", {}, 2)
    assert raw.build().rows("SELECT verdict FROM verdicts") == ["none known"]


def test_a_record_of_retraction_watch_is_one_however_a_spreadsheet_wrote_its_number(
    raw: Raw,
) -> None:
    raw.read(1, paper(1, doi="10.1000/a"))
    rows = (
        "7.0,T,1/2/2020,10.1000/n,0.0,10.1000/a,1.0,Retraction,\n"
        "7,T,1/2/2020,10.1000/n,0,10.1000/a,1,Expression of concern,\n"
    )
    raw.answer(RETRACTION_WATCH, WATCHED + rows)
    base = raw.build()
    assert base.rows("SELECT DISTINCT record FROM assertions") == ["7"]
    assert base.rows("SELECT verdict FROM verdicts") == ["expression of concern"]


def test_a_retraction_by_doi_reaches_a_work_that_is_cited_by_its_pmid(raw: Raw) -> None:
    raw.read(1, paper(1, references=[("One", {"pubmed": 70})]))
    found = {"records": [{"requested-id": "10.1000/S", "pmid": 70}]}
    raw.answer("idconv", json.dumps(found))
    raw.answer(RETRACTION_WATCH, WATCHED + "7,T,1/2/2020,,0,10.1000/s,0,Retraction,\n")
    base = raw.build()
    assert base.rows("SELECT work, kind FROM notices") == [("pmid:70", "retraction")]
    assert base.rows("SELECT retracted FROM exposure") == ["pmid:70"]


def test_a_retraction_by_doi_is_of_every_paper_that_bears_it(raw: Raw) -> None:
    raw.read(1, paper(1, doi="10.1000/a"))
    raw.read(2, paper(2, doi="10.1000/a"))
    crossref(raw, "10.1000/a", {"updated-by": [retraction("10.1000/n")]})
    assert raw.build().rows("SELECT pmid, is_retracted FROM papers") == [(1, 1), (2, 1)]


# A PMID and a DOI in one row


@pytest.mark.parametrize(
    ("pmid", "doi", "verdicts"),
    [
        pytest.param(1, "10.1000/a", {1: "retracted"}, id="both are of one paper"),
        pytest.param(
            1, "10.1000/b", {1: "contradictory", 2: "contradictory"}, id="the DOI of another paper"
        ),
        pytest.param(
            3, "10.1000/b", {2: "contradictory", 3: "contradictory"}, id="a paper without a DOI"
        ),
        pytest.param(3, "10.1000/x", {3: "retracted"}, id="without a DOI, and the DOI is unknown"),
        pytest.param(1, "10.1000/x", {1: "contradictory"}, id="the DOI is unknown"),
        pytest.param(99, "10.1000/b", {2: "contradictory"}, id="the PMID is unknown"),
        pytest.param(0, "10.1000/b", {2: "retracted"}, id="no PMID"),
        pytest.param(1, "unavailable", {1: "retracted"}, id="no DOI"),
        pytest.param(
            1,
            "10.1000/d",
            {1: "contradictory", None: "contradictory"},
            id="the DOI of a cited work",
        ),
        pytest.param(99, "10.1000/d", {None: "retracted"}, id="a cited work whose PMID is unknown"),
        pytest.param(99, "10.1000/x", {}, id="neither is known"),
    ],
)
def test_a_row_of_two_works_is_told_of_both_and_decides_of_neither(
    raw: Raw, pmid: int, doi: str, verdicts: dict[int | None, str]
) -> None:
    raw.read(1, paper(1, doi="10.1000/a"))
    raw.read(2, paper(2, doi="10.1000/b"))
    raw.read(3, paper(3, references=[("D", {"doi": "10.1000/d"})]))
    raw.answer(RETRACTION_WATCH, WATCHED + f"7,T,1/2/2020,,0,{doi},{pmid},Retraction,+Error;\n")
    base = raw.build()
    stands = dict(base.rows("SELECT pmid, verdict FROM verdicts WHERE verdict <> 'none known'"))
    assert stands == verdicts
    marks = {"retracted": 1, "contradictory": None}
    expected = [(each, marks[verdicts[each]] if each in verdicts else 0) for each in (1, 2, 3)]
    assert base.rows("SELECT pmid, is_retracted FROM papers ORDER BY pmid") == expected
    unsure = "contradictory" in verdicts.values()
    for text in base.rows("SELECT text FROM assertions"):
        assert text == "Error" if not unsure else text.startswith("Error (its ")


def test_what_another_witness_knows_settles_a_row_of_two_works(raw: Raw) -> None:
    raw.read(1, paper(1, doi="10.1000/a", types=["Retracted Publication"]))
    raw.read(2, paper(2, doi="10.1000/b"))
    raw.answer(RETRACTION_WATCH, WATCHED + "7,T,1/2/2020,,0,10.1000/b,1,Retraction,\n")
    base = raw.build()
    assert base.rows("SELECT pmid, verdict FROM verdicts ORDER BY pmid") == [
        (1, "retracted"),
        (2, "contradictory"),
    ]
    assert "two works" in base.one("SELECT rule FROM verdicts WHERE pmid = 2")


def test_a_reinstatement_that_may_be_of_another_work_undoes_no_retraction(raw: Raw) -> None:
    raw.read(1, paper(1, doi="10.1000/a"))
    raw.read(2, paper(2, doi="10.1000/b"))
    dated = retraction("10.1000/n") | {"updated": {"date-parts": [[2020, 1, 2]]}}
    crossref(raw, "10.1000/a", {"updated-by": [dated]})
    raw.answer(RETRACTION_WATCH, WATCHED + "8,T,3/4/2021,,0,10.1000/b,1,Reinstatement,\n", run=2)
    base = raw.build()
    assert base.rows("SELECT pmid, verdict FROM verdicts ORDER BY pmid") == [
        (1, "contradictory"),
        (2, "reinstated"),
    ]
    assert base.rows("SELECT kind FROM notices WHERE pmid = 1 ORDER BY kind") == [
        *("contradictory", "reinstatement"),
    ]


# What three runs made of it


def test_three_runs_that_retract_doubt_and_reinstate_are_three_changes(raw: Raw) -> None:
    raw.read(1, paper(1, doi="10.1000/a"))
    moments = ("2024-01-01T00:10:00Z", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z")
    dated = retraction("10.1000/n") | {"updated": {"date-parts": [[2020, 1, 2]]}}
    crossref(raw, "10.1000/a", {}, 1)
    crossref(raw, "10.1000/a", {"updated-by": [dated]}, 2)
    row = "7,T,1/2/2020,10.1000/n,0,10.1000/a,0,Expression of concern,\n"
    raw.answer(RETRACTION_WATCH, WATCHED + row, run=3)
    raw.run(4)
    row += "8,T,3/4/2021,,0,10.1000/a,0,Reinstatement,\n"
    raw.answer(RETRACTION_WATCH, WATCHED + row, run=4)
    for run, moment in enumerate((*moments, "2024-04-01T00:00:00Z"), start=1):
        raw.do("UPDATE answers SET asked_at = ? WHERE run = ?", [moment, run])
    base = raw.build()
    assert base.rows("SELECT run, kind FROM changes ORDER BY run") == [
        *((1, "new"), (2, "retracted"), (3, "doubted"), (4, "reinstated")),
    ]
    assert base.rows("SELECT verdict FROM verdicts") == ["reinstated"]


def disputed(raw: Raw) -> None:
    """A notice of paper 1 is a retraction to its publisher and a concern to Retraction Watch; paper
    2 cites it."""
    raw.read(1, paper(1, doi="10.1000/a"))
    raw.read(2, paper(2, references=[("One", {"pubmed": 1})]))
    crossref(raw, "10.1000/a", {"updated-by": [retraction("10.1000/n")]})
    row = "7,T,1/2/2020,10.1000/n,0,10.1000/a,0,Expression of concern,\n"
    raw.answer(RETRACTION_WATCH, WATCHED + row, run=2)


def test_a_contradiction_is_neither_a_retraction_nor_none(raw: Raw) -> None:
    disputed(raw)
    base = raw.build()
    assert base.rows("SELECT verdict, basis FROM verdicts WHERE pmid = 1") == [
        ("contradictory", "1 2")
    ]
    assert base.rows("SELECT is_retracted, integrity_checked FROM papers WHERE pmid = 1") == [
        (None, "2024-01-01")
    ]
    assert base.rows("SELECT kind FROM notices ORDER BY kind") == [
        *("contradictory", "expression_of_concern"),
    ]
    assert base.rows("SELECT work, kind FROM exposure") == [("pmid:2", "contradictory")]
    assert base.rows("SELECT run, kind, detail FROM changes WHERE run = 2") == [
        (2, "doubted", "contradictory, 10.1000/n, Crossref")
    ]


def test_pubmed_ends_a_contradiction(raw: Raw) -> None:
    disputed(raw)
    retracted = paper(1, doi="10.1000/a", types=["Retracted Publication"])
    raw.read(1, retracted, run=3, now="2024-03-01T00:00:00Z")
    base = raw.build()
    assert base.rows("SELECT verdict FROM verdicts WHERE pmid = 1") == ["retracted"]
    assert base.rows("SELECT is_retracted FROM papers WHERE pmid = 1") == [1]


@pytest.mark.parametrize(
    ("decision", "verdict", "mark"),
    [
        ("retraction", "retracted", 1),
        ("expression-of-concern", "contradictory", None),
        ("reinstatement", "reinstated", 0),
    ],
)
def test_a_person_is_a_witness(raw: Raw, decision: str, verdict: str, mark: int | None) -> None:
    disputed(raw)
    line = f"1,{decision},,read the notice,AB,2024-05-01"
    text = f"pmid,decision,topic,reason,who,date\n{line}\n99,{decision},,not here,AB,2024-05-01\n"
    (raw.data / "curation.csv").write_text(text, encoding="utf-8")
    base = raw.build()
    asserted = base.rows("SELECT pmid, nature, wrote, date, text FROM assertions ORDER BY witness")
    nature = decision.replace("-", "_")
    assert (1, nature, decision, "2024-05-01", "read the notice") in asserted
    assert base.rows("SELECT verdict FROM verdicts WHERE pmid = 1") == [verdict]
    assert base.rows("SELECT is_retracted FROM papers WHERE pmid = 1") == [mark]


def test_an_unknown_type_decides_nothing_and_is_named(raw: Raw) -> None:
    raw.read(1, paper(1, doi="10.1000/a"))
    wordless = {"DOI": "10.1000/m"}
    crossref(raw, "10.1000/a", {"updated-by": [of_watch("68818"), wordless]})
    base = raw.build()
    assert base.rows("SELECT verdict, unknown FROM verdicts") == [
        ("none known", "(no word); 68818")
    ]
    assert base.rows("SELECT nature, counts FROM assertions") == [("unknown", 0)] * 2
    assert base.rows("SELECT * FROM notices") == []
    assert base.rows("SELECT is_retracted FROM papers") == [0]


def test_who_was_never_checked_and_of_whom_nothing_is_stated_has_that_verdict(raw: Raw) -> None:
    raw.read(1, source="baseline.xml")
    raw.read(2)
    assert raw.build().rows("SELECT pmid, verdict, rule, basis FROM verdicts") == [
        (1, "never checked", "no witness was asked", None),
        (2, "none known", "witnesses state nothing that decides", None),
    ]


def test_of_two_answers_of_one_run_the_later_counts(raw: Raw) -> None:
    raw.read(1, paper(1, doi="10.1000/a"))
    retracted = json.dumps({"message": {"updated-by": [retraction("10.1000/n")]}})
    for body, hour in (('{"message": {}}', 1), (retracted, 3), ('{"message": {}}', 2)):
        at = f"2024-01-01T0{hour}:00:00Z"
        raw.answer("crossref", body, question="works/10.1000%2Fa", asked_at=at)
    assert raw.build().rows("SELECT verdict FROM verdicts") == ["retracted"]


@pytest.mark.parametrize("doi", ["", "10.1000/unknown"])
def test_a_row_whose_doi_is_of_no_work_here_counts_at_its_pmid(raw: Raw, doi: str) -> None:
    raw.read(1, paper(1))
    raw.answer(RETRACTION_WATCH, WATCHED + f"7,T,1/2/2020,,0,{doi},1,Retraction,\n")
    assert raw.build().rows("SELECT work, verdict FROM verdicts") == [("pmid:1", "retracted")]


@pytest.mark.parametrize(
    ("nature", "rule"),
    [
        ("Retraction", "a reinstatement is later than every retraction"),
        ("Expression of concern", "a reinstatement is later than every expression of concern"),
        ("Correction", "a reinstatement is stated, and no retraction"),
    ],
)
def test_what_a_reinstatement_followed_is_said(raw: Raw, nature: str, rule: str) -> None:
    raw.read(1, paper(1))
    rows = f"7,T,1/2/2020,,0,,1,{nature},\n8,T,1/2/2021,,0,,1,Reinstatement,\n"
    raw.answer(RETRACTION_WATCH, WATCHED + rows)
    assert raw.build().rows("SELECT verdict, rule FROM verdicts") == [("reinstated", rule)]


def test_the_order_of_answers_changes_no_table(raw: Raw) -> None:
    disputed(raw)
    crossref(raw, "10.1000/n", {"update-to": [{"DOI": "10.1000/a", "type": "68818"}]}, 2)
    crossref(raw, "10.1000/a", {"updated-by": [of_watch("retraction"), of_watch("erratum")]}, 2)
    tables = ("assertions", "verdicts", "notices", "exposure", "changes", "papers")
    before = raw.build()
    found = {table: before.rows(f"SELECT * FROM {table}") for table in tables}
    assert len(found["assertions"]) == 4
    raw.do("UPDATE answers SET id = 1000 - id")
    after = raw.build()
    assert {table: after.rows(f"SELECT * FROM {table}") for table in tables} == found


# Works that belong together


def test_preprint_republication_and_newer_version_are_linked_and_not_merged(raw: Raw) -> None:
    raw.read(1, paper(1, types=["Preprint"], comments=[("UpdateIn", "J Example", 2)]))
    raw.read(2, paper(2, comments=[("UpdateOf", "medRxiv", 1)]))
    raw.read(3, paper(3, comments=[("UpdateIn", "Cochrane", 4)]))
    raw.read(4, paper(4))
    raw.read(5, paper(5))
    raw.read(6, paper(6, comments=[("RetractedandRepublishedFrom", "J Example", 5)]))
    raw.read(7, paper(7, comments=[("RepublishedIn", "elsewhere", 70)]))
    base = raw.build()
    assert base.rows("SELECT a, b, kind FROM work_links ORDER BY a") == [
        ("pmid:2", "pmid:1", "preprint"),
        ("pmid:3", "pmid:4", "version"),
        ("pmid:5", "pmid:6", "republished"),
    ]
    assert base.one("SELECT count(*) FROM works") == 7


def test_crossref_links_preprints_too(raw: Raw) -> None:
    raw.read(1, paper(1, doi="10.1000/a"))
    raw.read(2, paper(2, doi="10.1000/p"))
    preprint = {"id-type": "doi", "id": "10.1000/P"}
    crossref(raw, "10.1000/a", {"relation": {"has-preprint": [preprint]}})
    assert raw.build().rows("SELECT * FROM work_links") == [("pmid:1", "pmid:2", "preprint")]


# Planted cascades


@pytest.mark.parametrize("seed", range(20))
def test_planted_cascades_are_found_in_full_and_nothing_else(seed: int) -> None:
    rng = random.Random(seed)
    works = [f"pmid:{number}" for number in range(1, 301)]
    pairs = {
        (citing, rng.choice(works[:position]))
        for position, citing in enumerate(works[1:], start=1)
        for _ in range(rng.randrange(4))
    }
    planted = dict.fromkeys(rng.sample(works, 6), "retraction")
    graph = nx.DiGraph(pairs)
    graph.add_nodes_from(works)
    reached = nx.single_target_shortest_path_length
    for hops in (1, 2, 3):
        expected = {
            (work, retracted, distance)
            for retracted in planted
            for work, distance in reached(graph, retracted, cutoff=hops).items()
            if distance
        }
        found = exposure(planted, pairs, hops)
        assert {(e.work, e.retracted, e.hops) for e in found} == expected


def test_a_retraction_known_only_from_its_notice_flags_the_paper(base: Base) -> None:
    assert base.rows("SELECT pmid FROM papers WHERE is_retracted") == [3]
    assert base.rows("SELECT pmid, kind, notice_pmid, source FROM notices") == [
        (3, "retraction", 5, "the notice's record")
    ]


def test_a_retraction_of_a_paper_that_was_not_harvested_is_kept_and_exposes(raw: Raw) -> None:
    raw.read(1, paper(1, comments=[("RetractionOf", "x", 7)]))
    raw.read(2, paper(2, references=[("Seven", {"pubmed": 7})]))
    base = raw.build()
    assert base.rows("SELECT pmid FROM notices") == [7]
    assert base.rows("SELECT work, retracted, hops FROM exposure") == [("pmid:2", "pmid:7", 1)]


def test_who_leads_to_a_retracted_paper_is_exposed_and_its_notice_is_not(base: Base) -> None:
    assert base.rows("SELECT * FROM exposure ORDER BY work") == [
        (work, "pmid:3", "retraction", 1, f"{work} pmid:3")
        for work in ("pmid:1", "pmid:2", "pmid:70")
    ]


def test_a_notice_that_cites_other_retracted_papers_is_exposed_to_them(raw: Raw) -> None:
    raw.read(1, paper(1, types=["Retracted Publication"]))
    raw.read(2, paper(2, types=["Retracted Publication"]))
    cited = [("One", {"pubmed": 1}), ("Two", {"pubmed": 2})]
    raw.read(3, paper(3, comments=[("RetractionOf", "x", 1)], references=cited))
    exposed = raw.build().rows("SELECT work, retracted, hops FROM exposure")
    assert exposed == [("pmid:3", "pmid:2", 1)]


def test_without_a_check_nothing_is_called_sound(raw: Raw) -> None:
    raw.read(1, source="baseline.xml")
    raw.read(2)
    assert raw.build().rows("SELECT pmid, is_retracted, integrity_checked FROM papers") == [
        (1, None, None),
        (2, 0, "2024-01-01"),
    ]


def test_what_each_run_changed_is_shown_for_the_papers_of_the_base(base: Base) -> None:
    first, second = "2024-01-01T00:30:00Z", "2024-02-01T00:00:00Z"
    assert base.rows("SELECT run, pmid, kind, date FROM changes ORDER BY run, pmid") == [
        (1, 1, "new", first),
        (1, 2, "new", first),
        (1, 3, "new", first),
        (1, 4, "new", first),
        (2, 1, "revised", second),
        (2, 3, "retracted", first),
        (2, 4, "withdrawn", second),
        (2, 5, "new", first),
    ]
