"""What lies between two works, in words and as JSON: the same of both, and nothing hostile."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from standing_base import ALL_READER, STANDS

from kb.exports.path_text import lines, values
from kb.graphs.paths import Between, PathCitation, Paths, PrintedReference, between
from kb.graphs.works import Work
from kb.notices.verdict import MARKS

WORKS = {
    work.work: work
    for work in (
        Work("pmid:1", "Li W. A review. 2020", 2020, "not retracted"),
        Work("pmid:2", "Roe J.\nAn \x1b[31mimage", 2015, "retracted"),
        Work("pmid:3", "Ed E. A trial. 1999", 1999, "expression of concern"),
    )
}
PRINTED = PrintedReference(5, "Roe J. Image.", "text", 0.875, "first author and page agree")
CITATIONS = {
    ("pmid:1", "pmid:2"): PathCitation("pmid:1", "pmid:2", ("elink", "reference_list"), (PRINTED,)),
    ("pmid:2", "pmid:3"): PathCitation("pmid:2", "pmid:3", ("icite",), ()),
}


def told(
    forth: Paths | None = None, back: Paths | None = None, either: Paths | None = None
) -> Between:
    return Between("00ff", "pmid:1", "pmid:3", forth, back, either, WORKS, CITATIONS)


PATH = Paths("pmid:1", "pmid:3", 1, (("pmid:1", "pmid:2", "pmid:3"),))


def test_a_path_is_told_work_by_work_with_who_states_each_citation() -> None:
    assert list(lines(told(forth=PATH))) == [
        "A  pmid:1  Li W. A review. 2020",
        "B  pmid:3  EXPRESSION OF CONCERN: Ed E. A trial. 1999",
        "by base 00ff",
        "",
        "A leads to B: the shortest path has 2 citations.",
        "1. pmid:1  Li W. A review. 2020",
        "     cites (stated by elink, reference_list)",
        "       reference 5: Roe J. Image.",
        "       by text, score 0.88: first author and page agree",
        "   pmid:2  RETRACTED: Roe J. An ␛[31mimage",
        "     cites (stated by icite)",
        "   pmid:3  EXPRESSION OF CONCERN: Ed E. A trial. 1999",
        "",
        "B does not lead to A: it cites nothing that leads there.",
    ]


def test_a_work_is_marked_by_how_it_stands_wherever_it_is_named(every_verdict: Path) -> None:
    with closing(sqlite3.connect(every_verdict)) as db:
        for work, status in STANDS.items():
            told = list(lines(between(db, str(ALL_READER), work, 1)))
            named = [line.split(f"{work}  ")[1] for line in told if f"{work}  " in line]
            assert len(named) == 2
            mark = f"{MARKS[status].told}: " if status in MARKS else ""
            assert all(re.match(rf"{mark}(?!RETR|CONTR|EXPR|REINST|CORR)", each) for each in named)
            assert bool(mark) == (status not in ("not retracted", "none known", "never checked"))


@pytest.mark.parametrize(
    ("status", "mark"),
    [("contradictory", "CONTRADICTORY AS TO RETRACTION"), ("reinstated", "REINSTATED")],
)
def test_a_contradictory_or_reinstated_work_is_marked(status: str, mark: str) -> None:
    works = WORKS | {"pmid:1": Work("pmid:1", "Li W. A review", 2020, status)}
    first, *_ = lines(told()._replace(works=works))
    assert first == f"A  pmid:1  {mark}: Li W. A review"


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (1, "A leads to B: the shortest path has 2 citations."),
        (1234, "A leads to B: 1,234 shortest paths have 2 citations each; 1 shown."),
    ],
)
def test_of_several_paths_it_is_said_how_many_there_are(number: int, says: str) -> None:
    assert says in list(lines(told(forth=PATH._replace(number=number))))


def test_where_direction_is_left_out_each_step_says_who_cites_whom() -> None:
    either = Paths("pmid:3", "pmid:1", 1, (("pmid:3", "pmid:2", "pmid:1"),))
    said = list(lines(told(either=either)))
    assert (
        "Whichever way citations run, they are linked: the shortest path has 2 citations." in said
    )
    assert [line.strip() for line in said if "cite" in line and "stated" in line] == [
        "is cited by (stated by icite)",
        "is cited by (stated by elink, reference_list)",
    ]


def test_that_nothing_links_two_works_is_said_in_words() -> None:
    assert list(lines(told()))[-5:] == [
        "A does not lead to B: it cites nothing that leads there.",
        "",
        "B does not lead to A: it cites nothing that leads there.",
        "",
        "Nothing links them, whichever way citations run.",
    ]


def test_programs_get_all_that_is_told_and_the_text_as_it_is() -> None:
    read = json.loads(json.dumps(values(told(forth=PATH))))
    assert read["base_id"] == "00ff"
    assert (read["a"], read["b"]) == ("pmid:1", "pmid:3")
    assert read["a_to_b"] == {
        "citations": 2,
        "number": 1,
        "first": [["pmid:1", "pmid:2", "pmid:3"]],
    }
    assert read["b_to_a"] is read["either_way"] is None
    assert [work["status"] for work in read["works"]] == [w.status for w in WORKS.values()]
    assert read["works"][1]["text"] == "Roe J.\nAn \x1b[31mimage"
    first, second = read["citations"]
    assert first == {
        "citing": "pmid:1",
        "cited": "pmid:2",
        "sources": ["elink", "reference_list"],
        "references": [PRINTED._asdict()],
    }
    assert second["references"] == []
