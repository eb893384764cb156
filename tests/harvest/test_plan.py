from __future__ import annotations

import math
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.plan import Estimate, Link, Span, batches, expand, frontier, settled, spans, wanted
from kb.raw import OUTCOMES, Reach

BEFORE, LIMIT, AFTER = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"


def test_what_was_never_read_or_is_too_old_is_wanted_in_the_order_given() -> None:
    assert wanted([5, 3, 5, 1, 2], {1: AFTER, 2: BEFORE, 9: BEFORE}, LIMIT) == [5, 3, 2]


def test_a_record_read_at_the_limit_itself_is_young_enough() -> None:
    assert wanted([1], {1: LIMIT}, LIMIT) == []


@given(st.lists(st.integers(1, 50)), st.dictionaries(st.integers(1, 50), st.just(AFTER)))
def test_nothing_is_wanted_twice_and_nothing_unread_is_forgotten(
    pmids: list[int], last_read: dict[int, str]
) -> None:
    found = wanted(pmids, last_read, LIMIT)
    assert len(found) == len(set(found))
    assert set(found) == set(pmids) - last_read.keys()


@given(st.lists(st.integers()), st.integers(1, 10))
def test_batches_hold_everything_once_and_are_full_but_the_last(
    items: list[int], size: int
) -> None:
    parts = list(batches(items, size))
    assert [item for part in parts for item in part] == items
    assert all(len(part) == size for part in parts[:-1])
    assert all(parts)


def test_references_and_citing_papers_are_one_hop_further_and_say_over_which_paper() -> None:
    steps = [Reach("a", 1, "", 0, "seed"), Reach("b", 2, "1", 1, "references")]
    links = [
        Link(1, 2, "references", "references"),
        Link(1, 3, "icite", "references"),
        Link(2, 4, "elink", "cited-by"),
        Link(5, 6, "elink", "cited-by"),
    ]
    assert expand(steps, links) == [
        Reach("a", 2, "1", 1, "references", "references"),
        Reach("a", 3, "1", 1, "icite", "references"),
        Reach("b", 4, "2", 2, "elink", "cited-by"),
    ]


def test_a_paper_that_cites_itself_does_not_lead_to_itself() -> None:
    assert expand([Reach("a", 1, "", 0, "seed")], [Link(1, 1, "elink", "references")]) == []


def searched(pmids: list[int], span: Span, most: int) -> list[int]:
    """What a search of a range names: the newest first, and no more than it may."""
    return sorted((p for p in pmids if span.low <= p <= span.high), reverse=True)[:most]


def walked(pmids: list[int], most: int) -> tuple[list[int], int]:
    """All PMIDs of a search that is divided until every part can be had, and the searches it took.

    Fails where the ranges of a division are not the whole.
    """
    whole = Span(1, 1 << 27)
    wide, found, searches = [whole], [], 1
    while wide:
        span = wide.pop()
        count = len([p for p in pmids if span.low <= p <= span.high])
        if count <= most:
            found += searched(pmids, span, most)
            continue
        parts = sorted(spans(span, count, searched(pmids, span, most), most))
        assert parts[0].low == span.low
        assert parts[-1].high == span.high
        assert all(a.high + 1 == b.low for a, b in pairwise(parts))
        assert len(parts) > 1
        searches += len(parts)
        wide += parts
    return found, searches


@given(st.sets(st.integers(1, 1 << 27), min_size=1, max_size=400))
def test_a_range_is_divided_until_each_part_can_be_had_and_no_paper_is_lost(
    pmids: set[int],
) -> None:
    found, _ = walked(list(pmids), 20)
    assert sorted(found) == sorted(pmids)


@pytest.mark.parametrize("first", [1, 30_000_000])
@pytest.mark.parametrize("count", [1_000, 6_000])
def test_papers_that_lie_evenly_take_few_searches(first: int, count: int) -> None:
    _, searches = walked(list(range(first, first + count)), 1_000)
    assert searches <= 2 * math.ceil(count / 1_000) + 1


def test_each_seed_goes_on_from_a_paper_once() -> None:
    steps = [
        Reach("a", 2, "1", 1, "references"),
        Reach("a", 2, "1", 1, "elink"),
        Reach("b", 2, "1", 1, "references"),
        Reach("a", 3, "1", 1, "references"),
    ]
    assert frontier(steps, {("a", 3)}) == [steps[0], steps[2]]


def test_what_was_stored_counts_before_everything_but_a_later_deletion() -> None:
    for one, other in permutations(["stored", "unchanged", "failed", "filtered"], 2):
        ranked = ["stored", "unchanged", "failed", "filtered"]
        assert settled(one, other) == min(one, other, key=ranked.index)


def test_a_deletion_holds_until_a_later_record() -> None:
    for before in OUTCOMES:
        assert settled(before if before != "missing" else None, "withdrawn") == "withdrawn"
    assert settled("withdrawn", "unchanged") == "unchanged"
    assert settled("withdrawn", "stored") == "stored"
    assert settled("withdrawn", "filtered") == "withdrawn"


def test_the_first_outcome_is_taken_as_it_is() -> None:
    assert [settled(None, outcome) for outcome in OUTCOMES] == list(OUTCOMES)


def test_an_estimate_counts_requests_and_the_seconds_at_the_limit() -> None:
    estimate = Estimate(searches=1, pmids=500, fetches=3, links=5)
    assert estimate.requests == 9
    assert (estimate.seconds(3), estimate.seconds(10)) == (3, 1)
