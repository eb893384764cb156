"""What witnesses stated of a work, the verdict on it, and the notices that the verdict leaves."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from kb.notices.integrity import IntegrityNotice, Stated
from kb.notices.standing import Said, as_told, by_work, shown, weigh
from kb.notices.verdict import (
    CROSSREF_PUBLISHER,
    CROSSREF_WATCH,
    PERSON,
    PUBMED,
    WATCH,
    Assertion,
)

ASKED = "2026-03-01"
NOTICE = "10.1000/n"


def says(
    kind: str,
    witness: str = WATCH,
    *,
    work: int = 1,
    date: str | None = None,
    pmid: int | None = None,
    doi: str | None = None,
    record: str | None = None,
    wrote: str | None = None,
    asked: str | None = ASKED,
    place: int = 0,
) -> Stated:
    notice = IntegrityNotice(f"pmid:{work}", work, kind, pmid, doi, None, date, witness, asked)
    return Stated(notice, witness, record, wrote or kind, place)


def verdict_on(*stated: Stated, names: dict[str, int] | None = None) -> str:
    return weigh(stated, names or {}, checked=True).verdict.verdict


def left(*stated: Stated) -> list[tuple[str, str | None]]:
    """Kind and text of the notices that the verdict leaves."""
    found = shown(weigh(stated, {}, checked=True))
    return sorted(((notice.kind, notice.text) for _, notice in found), key=repr)


def kinds(*stated: Stated) -> list[str]:
    return [kind for kind, _ in left(*stated)]


# What a statement asserts


@pytest.mark.parametrize(
    ("kind", "wrote", "nature"),
    [
        ("retraction", "RetractionIn", "retraction"),
        ("expression_of_concern", "Expression of concern", "expression_of_concern"),
        ("reinstatement", "Reinstatement", "reinstatement"),
        ("erratum", "ErratumIn", "correction"),
        ("republication", "CorrectedandRepublishedIn", "correction"),
        ("republication", "RepublishedIn", "other"),
        ("update", "new_version", "other"),
        ("comment", "CommentIn", "other"),
        ("unknown", "68818", "unknown"),
    ],
)
def test_natures(kind: str, wrote: str, nature: str) -> None:
    ((_, assertion),) = weigh([says(kind, wrote=wrote)], {}, checked=True).stated
    assert assertion == Assertion(WATCH, None, nature, None, None, ASKED, 0)


def test_a_notice_has_one_name_whoever_names_it() -> None:
    by_doi = says("retraction", CROSSREF_PUBLISHER, doi=NOTICE)
    lesser = says("expression_of_concern", pmid=9)
    assert verdict_on(by_doi, lesser) == "retracted"  # two notices, as far as is known
    assert verdict_on(by_doi, lesser, names={NOTICE: 9}) == "contradictory"
    both = says("expression_of_concern", pmid=9, doi=NOTICE)
    assert verdict_on(by_doi, both) == "contradictory"


def test_the_base_says_what_a_doi_stands_for_before_any_witness_does() -> None:
    wrong = says("expression_of_concern", pmid=8, doi=NOTICE)
    ((_, assertion),) = weigh([wrong], {NOTICE: 9}, checked=True).stated
    assert assertion.notice == "pmid:9"


def test_what_is_said_again_is_one_statement_of_the_last_day() -> None:
    again = [says("retraction", asked=day) for day in ("2026-02-01", "2026-03-01", "2026-01-01")]
    for order in permutations(again):
        ((stated, _),) = weigh(order, {}, checked=True).stated
        assert stated.notice.checked == "2026-03-01"


def test_works_stand_for_themselves() -> None:
    found = by_work([says("retraction", work=2), says("reinstatement", work=1)])
    assert {work: len(stated) for work, stated in found.items()} == {"pmid:1": 1, "pmid:2": 1}


# What may be about another work


def unsure(kind: str, **about: Any) -> Stated:
    return says(kind, **about)._replace(unsure=True)


@pytest.mark.parametrize(
    ("stated", "verdict"),
    [
        ([unsure("retraction")], "contradictory"),
        ([unsure("retraction"), says("retraction", CROSSREF_PUBLISHER)], "retracted"),
        ([unsure("retraction"), says("erratum")], "contradictory"),
        ([unsure("expression_of_concern")], "expression of concern"),
        ([unsure("expression_of_concern"), says("reinstatement")], "expression of concern"),
        ([unsure("erratum")], "corrected"),
        ([unsure("unknown", wrote="68818")], "none known"),
        (
            [unsure("reinstatement", date="2021"), says("retraction", PUBMED, date="2020")],
            "contradictory",
        ),
        (
            [unsure("reinstatement", date="2021"), says("expression_of_concern", date="2020")],
            "expression of concern",
        ),
        (
            [unsure("retraction", date="2020"), says("reinstatement", date="2021")],
            "reinstated",
        ),
        (
            [unsure("retraction", date="2022"), says("reinstatement", date="2021")],
            "contradictory",
        ),
        (
            [
                unsure("expression_of_concern", record="7", asked="2026-04-01"),
                says("retraction", CROSSREF_WATCH, record="7"),
            ],
            "contradictory",
        ),
    ],
)
def test_what_is_not_sure_decides_nothing_alone(stated: list[Stated], verdict: str) -> None:
    for order in permutations(stated):
        standing = weigh(order, {}, checked=True)
        assert standing.verdict.verdict == verdict
        kinds = {notice.kind for _, notice in shown(standing)}
        assert ("retraction" in kinds) == (verdict == "retracted")
        assert ("contradictory" in kinds) == (verdict == "contradictory")
        assert set(standing.verdict.basis) <= {assertion for _, assertion in standing.stated}


def test_a_sure_concern_that_an_unsure_reinstatement_would_end_is_told_as_a_concern() -> None:
    found = left(unsure("reinstatement", date="2021"), says("expression_of_concern", date="2020"))
    assert [kind for kind, _ in found] == ["expression_of_concern", "reinstatement"]


# What the verdict leaves as notices


def test_a_retraction_that_was_undone_is_told_as_part_of_the_reinstatement() -> None:
    retraction = says("retraction", CROSSREF_PUBLISHER, date="2020-01-02")
    reinstated = says("reinstatement", date="2021-01-02")
    assert left(retraction, reinstated) == [
        ("reinstatement", "retracted 2020-01-02, reinstated since"),
        ("reinstatement", None),
    ]


def test_a_concern_that_was_undone_is_too() -> None:
    concern = says("expression_of_concern", date="2020")
    reinstated = says("reinstatement", date="2021-01-02")
    assert left(concern, reinstated) == [
        ("reinstatement", "in doubt 2020, reinstated since"),
        ("reinstatement", None),
    ]


def test_a_retraction_after_a_reinstatement_stands() -> None:
    retraction = says("retraction", date="2020-01-02")
    assert kinds(says("reinstatement", date="2019-01-02"), retraction) == [
        *("reinstatement", "retraction"),
    ]


def test_the_reinstatement_of_one_notice_leaves_a_later_one() -> None:
    first = says("retraction", PUBMED, date="2019", pmid=8)
    again = says("retraction", PUBMED, date="2023", pmid=9)
    found = kinds(first, says("reinstatement", date="2021-05-05"), again)
    assert found == ["reinstatement", "reinstatement", "retraction"]


def test_what_a_newer_state_of_the_record_supersedes_is_no_notice() -> None:
    old = says("retraction", CROSSREF_WATCH, date="2020-01-02", doi=NOTICE, record="7")
    new = says("expression_of_concern", CROSSREF_WATCH, date="2020-01-02", doi=NOTICE, record="7")
    assert kinds(old, new._replace(place=1)) == ["expression_of_concern"]


def test_what_nobody_knows_the_meaning_of_is_no_notice_and_is_named() -> None:
    unknown = says("unknown", CROSSREF_WATCH, wrote="68818")
    assert kinds(unknown) == []
    ((stated, assertion),) = weigh([unknown], {}, checked=True).stated
    assert (stated.wrote, assertion.nature) == ("68818", "unknown")


def test_a_retraction_that_others_call_less_is_contradictory_and_not_a_retraction() -> None:
    called = says("retraction", CROSSREF_PUBLISHER, doi=NOTICE)
    less = says("expression_of_concern", doi=NOTICE)
    assert kinds(called, less) == ["contradictory", "expression_of_concern"]
    assert kinds(called, less, says("retraction", PUBMED, pmid=3)) == [
        *("contradictory", "expression_of_concern", "retraction"),
    ]


def test_a_person_s_word_suffices() -> None:
    called = says("retraction", CROSSREF_PUBLISHER, date="2020-01-02")
    assert kinds(called, says("reinstatement", PERSON, date="2024-05-05")) == ["reinstatement"] * 2
    assert kinds(says("retraction", PERSON, date="2024-05-05")) == ["retraction"]


# As each run left it


def said(run: int, stated: Stated, until: int | None = None) -> Said:
    return Said(run, f"2024-0{run}-01T00:00:00Z", stated, until)


def told(*every: Said) -> list[tuple[int, str]]:
    found = as_told(every, {})
    return sorted({(each.run, each.notice.kind) for each in found})


def test_a_run_that_learns_of_a_reinstatement_tells_the_retraction_as_undone() -> None:
    retraction = says("retraction", CROSSREF_PUBLISHER, date="2020-01-02")
    assert told(said(1, retraction), said(2, says("reinstatement", date="2021-01-02"))) == [
        *((1, "retraction"), (2, "reinstatement")),
    ]


def test_a_run_in_which_a_record_has_a_newer_state_tells_that_alone() -> None:
    old = says("retraction", record="7", asked="2026-01-01")
    new = says("expression_of_concern", record="7", asked="2026-02-01")
    assert told(said(1, old), said(2, new)) == [(1, "retraction"), (2, "expression_of_concern")]


def test_what_was_replaced_is_weighed_no_more() -> None:
    reinstated = says("reinstatement", date="2021-01-02")
    retraction = says("retraction", CROSSREF_PUBLISHER, date="2020-01-02")
    assert told(said(1, reinstated, until=2), said(2, retraction)) == [
        *((1, "reinstatement"), (2, "retraction")),
    ]
    assert told(said(1, reinstated), said(2, retraction)) == [
        *((1, "reinstatement"), (2, "reinstatement")),
    ]


def test_another_work_is_told_by_its_own_runs() -> None:
    found = as_told([said(1, says("retraction")), said(2, says("retraction", work=2))], {})
    assert [(each.run, each.date[:7], each.notice.work) for each in found] == [
        (1, "2024-01", "pmid:1"),
        (2, "2024-02", "pmid:2"),
    ]
