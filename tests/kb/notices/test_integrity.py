"""Retractions, corrections and doubts, from whichever record states them; and who cites them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from building import article
from hypothesis import given
from hypothesis import strategies as st

from kb.notices.integrity import (
    Exposure,
    IntegrityNotice,
    exposure,
    in_order,
    is_concerned,
    is_retracted,
    stated_in,
)
from kb.record.article import Article

PAPER, NOTICE = 100, 200
PRINTED = "Lancet. 2019 Mar;393(1):5"
ASKED = "2026-03-01"

# RefTypes of NLM's DTD: the one on the paper, the one on the notice, what they say.
KINDS = [
    ("RetractionIn", "RetractionOf", "retraction"),
    ("RetractedandRepublishedIn", "RetractedandRepublishedFrom", "retraction"),
    ("ExpressionOfConcernIn", "ExpressionOfConcernFor", "expression_of_concern"),
    ("ErratumIn", "ErratumFor", "erratum"),
    ("PartialRetractionIn", "PartialRetractionOf", "erratum"),
    ("CorrectedandRepublishedIn", "CorrectedandRepublishedFrom", "republication"),
    ("RepublishedIn", "RepublishedFrom", "republication"),
    ("UpdateIn", "UpdateOf", "update"),
    ("CommentIn", "CommentOn", "comment"),
]
SILENT = [
    *("AssociatedDataset", "AssociatedPublication", "Cites", "OriginalReportIn"),
    *("ReprintIn", "ReprintOf", "SummaryForPatientsIn"),
]


def stated(*papers: Article) -> list[IntegrityNotice]:
    records = {paper.pmid: paper for paper in papers}
    asked = {PAPER: ASKED}
    return in_order(
        {e.notice for paper in papers for e in stated_in(paper, records, asked.get(paper.pmid))}
    )


def of_paper(
    kind: str,
    notice_pmid: int | None,
    text: str | None,
    date: str | None,
    source: str,
    checked: str | None = ASKED,
) -> IntegrityNotice:
    return IntegrityNotice(
        f"pmid:{PAPER}", PAPER, kind, notice_pmid, None, text, date, source, checked
    )


@pytest.mark.parametrize(("on_paper", "on_notice", "kind"), KINDS)
def test_a_paper_s_record_states_its_notices(on_paper: str, on_notice: str, kind: str) -> None:
    paper = article(PAPER, comments=[(on_paper, PRINTED, NOTICE)])
    assert stated(paper) == [
        of_paper(kind, NOTICE, PRINTED, "2019-03", "the paper's record"),
    ]
    assert is_retracted(paper) == (kind == "retraction")
    assert is_concerned(paper)


@pytest.mark.parametrize(("on_paper", "on_notice", "kind"), KINDS)
def test_a_notice_s_record_states_it_of_the_paper_and_not_of_itself(
    on_paper: str, on_notice: str, kind: str
) -> None:
    notice = article(
        NOTICE, title="Notice", year=2019, comments=[(on_notice, "Lancet. 2018", PAPER)]
    )
    assert stated(notice) == [
        of_paper(kind, NOTICE, "Notice", "2019", "the notice's record", None),
    ]
    assert not is_retracted(notice)
    assert is_concerned(notice)


@pytest.mark.parametrize("kind", [*SILENT, "SomethingNewIn", ""])
def test_what_links_a_paper_without_a_judgement_is_no_notice(kind: str) -> None:
    paper = article(PAPER, comments=[(kind, PRINTED, NOTICE)])
    assert stated(paper) == []
    assert not is_concerned(paper)


def test_both_records_state_it_a_row_each() -> None:
    paper = article(PAPER, comments=[("RetractionIn", PRINTED, NOTICE)])
    notice = article(NOTICE, epub="2019-02-03", comments=[("RetractionOf", "x", PAPER)])
    assert [(n.pmid, n.kind, n.notice_pmid, n.date, n.source) for n in stated(paper, notice)] == [
        (PAPER, "retraction", NOTICE, "2019-02-03", "the notice's record"),
        (PAPER, "retraction", NOTICE, "2019-02-03", "the paper's record"),
    ]


def test_the_same_statement_twice_in_a_record_is_one_notice() -> None:
    assert len(stated(article(PAPER, comments=[("ErratumIn", PRINTED, NOTICE)] * 2))) == 1


def test_a_notice_without_a_pmid_counts() -> None:
    paper = article(PAPER, comments=[("RetractionIn", PRINTED, None)])
    assert stated(paper) == [
        of_paper("retraction", None, PRINTED, "2019-03", "the paper's record"),
    ]
    assert is_retracted(paper)


def test_a_notice_about_a_paper_without_a_pmid_has_no_place_to_stand() -> None:
    assert stated(article(NOTICE, comments=[("ErratumFor", "Lancet 2018", None)])) == []


@pytest.mark.parametrize("name", ["Retracted Publication", "RETRACTED PUBLICATION"])
def test_the_publication_type_alone_retracts(name: str) -> None:
    paper = article(PAPER, types=["Journal Article", name])
    assert is_retracted(paper)
    assert stated(paper) == [of_paper("retraction", None, None, None, "publication type")]


def test_the_publication_type_says_nothing_new_beside_the_retraction() -> None:
    paper = article(
        PAPER, types=["Retracted Publication"], comments=[("RetractionIn", PRINTED, NOTICE)]
    )
    assert [notice.source for notice in stated(paper)] == ["the paper's record"]


def test_a_retracted_notice_of_another_retraction_has_a_notice_of_its_own() -> None:
    notice = article(
        NOTICE, types=["Retracted Publication"], comments=[("RetractionOf", "x", PAPER)]
    )
    assert {(found.pmid, found.source) for found in stated(notice)} == {
        (PAPER, "the notice's record"),
        (NOTICE, "publication type"),
    }


@pytest.mark.parametrize("name", ["Retraction of Publication", "Retraction Notice", "Letter"])
def test_the_notice_is_never_retracted(name: str) -> None:
    notice = article(NOTICE, types=[name], comments=[("RetractionOf", "x", PAPER)])
    assert not is_retracted(notice)
    assert [found.pmid for found in stated(notice)] == [PAPER]


@pytest.mark.parametrize("name", ["Published Erratum", "Corrected and Republished Article"])
def test_a_correction_never_retracts(name: str) -> None:
    erratum = article(NOTICE, types=[name], comments=[("ErratumFor", "x", PAPER)])
    assert not is_retracted(erratum)
    assert {found.kind for found in stated(erratum)} == {"erratum"}


def test_the_republished_version_of_a_retracted_paper_is_sound() -> None:
    version = article(NOTICE, comments=[("RetractedandRepublishedFrom", "x", PAPER)])
    assert not is_retracted(version)
    assert [(found.pmid, found.kind) for found in stated(version)] == [(PAPER, "retraction")]


def test_a_notice_whose_citation_prints_no_date_has_none() -> None:
    (notice,) = stated(article(PAPER, comments=[("ErratumIn", "Lancet, in press", None)]))
    assert notice.date is None


def test_the_order_of_the_records_changes_nothing() -> None:
    papers = [article(pmid, comments=[("ErratumIn", PRINTED, None)]) for pmid in (3, 1, 2)]
    assert stated(*papers) == stated(*reversed(papers))


# Exposure: rings of citing works around a retracted one


def exposed(*citations: str, retracted: str = "r", hops: int = 3) -> dict[tuple[str, str], int]:
    pairs = [(edge[0], edge[1]) for edge in citations]
    doubted = dict.fromkeys(retracted, "retraction")
    return {(e.work, e.retracted): e.hops for e in exposure(doubted, pairs, hops)}


def test_a_path_leads_from_the_citing_work_to_the_doubted_one_and_its_kind_is_told() -> None:
    pairs = [("a", "r"), ("b", "a"), ("b", "x"), ("x", "d")]
    assert exposure({"r": "retraction", "d": "expression_of_concern"}, pairs) == [
        Exposure("a", "r", "retraction", 1, ("a", "r")),
        Exposure("b", "d", "expression_of_concern", 2, ("b", "x", "d")),
        Exposure("b", "r", "retraction", 2, ("b", "a", "r")),
        Exposure("x", "d", "expression_of_concern", 1, ("x", "d")),
    ]


def test_a_citing_work_is_one_hop_away_and_so_on_to_three() -> None:
    assert exposed("ar", "ba", "cb", "dc") == {("a", "r"): 1, ("b", "r"): 2, ("c", "r"): 3}
    assert exposed("ar", "ba", hops=1) == {("a", "r"): 1}


def test_citing_is_exposure_and_being_cited_is_not() -> None:
    assert exposed("ra", "ab") == {}


def test_of_several_ways_the_shortest_counts() -> None:
    diamond = ["ar", "br", "ca", "cb", "dc", "dr"]
    assert exposed(*diamond) == {("a", "r"): 1, ("b", "r"): 1, ("c", "r"): 2, ("d", "r"): 1}


def test_cycles_end_and_a_retracted_work_is_not_exposed_to_itself() -> None:
    assert exposed("ar", "ra", "rr", "ba", "ab") == {("a", "r"): 1, ("b", "r"): 2}


def test_a_retracted_work_may_be_exposed_to_another() -> None:
    assert exposed("sr", "as", retracted="rs") == {("s", "r"): 1, ("a", "r"): 2, ("a", "s"): 1}


def test_a_retracted_work_that_nobody_cites_exposes_nobody() -> None:
    assert exposed("ab") == {}


EDGES = st.sets(st.tuples(st.sampled_from("abcdefr"), st.sampled_from("abcdefr")))


@given(pairs=EDGES)
def test_a_hop_more_is_one_step_from_a_hop_less(pairs: set[tuple[str, str]]) -> None:
    found = exposure({"r": "retraction"}, pairs, 9)
    hops = {exposed.work: exposed.hops for exposed in found} | {"r": 0}
    for exposed in found:
        assert set(pairwise(exposed.path)) <= pairs
        assert (exposed.path[0], exposed.path[-1]) == (exposed.work, "r")
        assert len(exposed.path) == exposed.hops + 1
    for citing, cited in pairs:
        if cited in hops:
            assert hops[citing] <= hops[cited] + 1
    for work, n in hops.items():
        assert n == 0 or any(hops.get(cited) == n - 1 for citing, cited in pairs if citing == work)


def test_a_long_chain_ends_at_the_third_hop() -> None:
    chain = [f"w{n}" for n in range(50)]
    pairs = [(later, earlier) for earlier, later in pairwise(chain)]
    found = exposure({"w0": "retraction"}, pairs)
    assert [(e.work, e.hops) for e in found] == [("w1", 1), ("w2", 2), ("w3", 3)]
