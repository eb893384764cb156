"""Crossref, over HTTP: what a DOI cites, and what a citation may name."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import chain
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback import spoiled

from harvest.services import crossref
from harvest.standin import Answer, Request
from harvest.transport import Transport
from kb.answers import crossref_asked, crossref_found, crossref_works
from kb.errors import ServiceFailed

Asking = Callable[..., AbstractContextManager[Transport]]
NO_ANSWERS = [
    (b"<html>Sign in</html>", 200),
    (b"[]", 200),
    (b"", 500),
    (b'{"records": [{}]}', 200),
    (b'{"message": ' + b"[" * 100_000, 200),
]


def test_it_describes_what_a_citation_may_be(asking: Asking) -> None:
    with asking() as transport:
        reply = crossref.search(transport, "Maris JM. Scans of children. 2020;12:45")
    first, _ = crossref_found(reply.body)
    assert (first.doi, first.author, first.year) == ("10.5555/one", "Maris", 2020)
    assert (first.title, first.volume, first.page) == ("Scans of children", "12", "45")
    assert crossref.asked(reply.question) == "Maris JM. Scans of children. 2020;12:45"
    assert crossref.asked(crossref.path_of("10.5555/one")) == ""


@pytest.mark.parametrize(("body", "status"), NO_ANSWERS)
def test_what_is_no_answer_fails_and_says_so(asking: Asking, body: bytes, status: int) -> None:
    with asking(spoiled(body, status)) as transport, pytest.raises(ServiceFailed):
        crossref.search(transport, "Maris")


def test_a_doi_that_it_does_not_have_is_an_answer(asking: Asking) -> None:
    with asking() as transport:
        assert crossref.work(transport, "10.5555/none").status == 404


def test_where_works_are_listed_a_404_is_a_word_on_the_doi(asking: Asking) -> None:
    with asking() as transport:
        crossref.confirm(transport)
        assert crossref.check(transport) == ""


def test_where_no_works_are_listed_it_is_not_crossref_that_says_404(asking: Asking) -> None:
    gone = spoiled(b"Resource not found.", 404)
    for asks in (crossref.confirm, crossref.check):
        with (
            asking(gone) as transport,
            pytest.raises(ServiceFailed, match="Check HARVEST_CROSSREF_URL"),
        ):
            asks(transport)


def test_a_page_that_says_404_is_none(asking: Asking) -> None:
    with (
        asking(spoiled(b"<HTML>Not found</HTML>", 404)) as transport,
        pytest.raises(ServiceFailed, match="Check HARVEST_CROSSREF_URL"),
    ):
        crossref.work(transport, "10.5555/one")


def test_who_is_blocked_is_told_whom_to_write_to(asking: Asking) -> None:
    with (
        asking(spoiled(b"Forbidden", 403)) as transport,
        pytest.raises(ServiceFailed, match=r"Write to support@crossref\.org") as failure,
    ):
        crossref.work(transport, "10.5555/one")
    assert failure.value.down


def test_a_doi_keeps_its_signs_in_the_path() -> None:
    sici = "10.1002/(sici)1097-0142(19990101)85:1<1::aid-cncr1>3.0.co;2-a"
    assert crossref.path_of(sici).count("/") == 1
    assert crossref.path_of(sici).startswith("works/10.1002%2F%28sici%29")


# Lists


def test_a_list_brings_what_the_single_answers_bring_and_lacks_what_is_not_there(
    asking: Asking,
) -> None:
    dois = ["10.5555/two", "10.5555/none", "10.5555/one"]
    with asking() as transport:
        reply, lacking = crossref.works(transport, dois)
        singles = [crossref.work(transport, doi) for doi in ("10.5555/two", "10.5555/one")]
    assert crossref_asked(reply.question) == dois
    assert lacking == ["10.5555/none"]
    assert crossref.is_list(reply.question)
    assert not crossref.is_list(singles[0].question)
    found = crossref_works(reply.question, reply.body)
    assert list(found) == ["10.5555/two", "10.5555/one"]
    for single in singles:
        ((doi, work),) = crossref_works(single.question, single.body).items()
        assert found[doi] == {name: work[name] for name in crossref.READ.split(",") if name in work}


@pytest.mark.parametrize(("body", "status"), [*NO_ANSWERS, (b'{"message": {"items": [{', 200)])
def test_what_is_no_list_fails_and_says_so(asking: Asking, body: bytes, status: int) -> None:
    with asking(spoiled(body, status)) as transport, pytest.raises(ServiceFailed):
        crossref.works(transport, ["10.5555/one", "10.5555/two"])


def test_a_list_that_was_cut_off_is_asked_for_again(asking: Asking) -> None:
    def cut(number: int, _request: Request, answer: Answer) -> Answer:
        return replace(answer, body=answer.body[:-20]) if number == 1 else answer

    with asking(cut) as transport:
        reply, _ = crossref.works(transport, ["10.5555/one", "10.5555/two"])
    assert len(crossref_works(reply.question, reply.body)) == 2


def test_a_list_that_crossref_cannot_read_is_an_answer_and_a_page_that_says_so_is_none(
    asking: Asking,
) -> None:
    failed = json.dumps({"status": "failed", "message-type": "validation-failure"}).encode()
    with asking(spoiled(failed, 400)) as transport:
        reply, lacking = crossref.works(transport, ["10.5555/one", "10.5555/two"])
    assert (reply.status, lacking) == (400, ["10.5555/one", "10.5555/two"])
    with asking(spoiled(b"<html>Bad Request", 400)) as transport, pytest.raises(ServiceFailed):
        crossref.works(transport, ["10.5555/one", "10.5555/two"])


@pytest.mark.parametrize(
    ("doi", "fits"),
    [
        ("10.1000/a", True),
        ("10.1002/(sici)1097-0142(19990101)85:1<1::aid-cncr1>3.0.co;2-a", True),
        ("10.1001/jama.251.19.2504,2509", False),
        ("10.1002/(sici)1099-0771(199806)11:2%3c107::aid-bdm292%3e3.0.co;2-y", False),
        ("10.1000/a b", False),
        ("10.1000/" + "x" * 3_000, False),
    ],
)
def test_a_list_names_what_a_filter_can_hold(doi: str, fits: bool) -> None:
    assert crossref.fits_list(doi) is fits


DOIS = st.lists(
    st.text(st.characters(codec="utf-8"), max_size=200)
    .map(lambda text: f"10.1000/{text}")
    .filter(crossref.fits_list),
    max_size=300,
    unique=True,
)


@given(DOIS)
def test_questions_name_each_doi_once_in_its_order_and_stay_short(dois: list[str]) -> None:
    batches = list(crossref.questions([*dois, *dois]))
    assert list(chain.from_iterable(batches)) == dois
    for batch in batches:
        assert 1 <= len(batch) <= 50
        question = [("filter", ",".join(f"doi:{doi}" for doi in batch)), ("rows", "50")]
        assert len(urlencode([*question, ("select", crossref.READ)], safe=",")) < 5_800


def test_usual_dois_go_fifty_at_a_time() -> None:
    dois = [f"10.1016/j.jpedsurg.2020.{number:05}" for number in range(120)]
    assert [len(batch) for batch in crossref.questions(dois)] == [50, 50, 20]


def test_what_no_list_can_name_or_is_to_be_asked_alone_stands_by_itself() -> None:
    dois = ["10.1000/a", "10.1000/b,c", "10.1000/d", "10.1000/e", "10.1000/d"]
    assert sorted(crossref.questions(dois, {"10.1000/e"})) == [
        ["10.1000/a", "10.1000/d"],
        ["10.1000/b,c"],
        ["10.1000/e"],
    ]


def test_one_doi_is_asked_for_as_a_single_record(asking: Asking) -> None:
    with asking() as transport:
        reply, lacking = crossref.works(transport, ["10.5555/none"])
    assert (reply.question, reply.status, lacking) == ("works/10.5555%2Fnone", 404, [])


def test_single_records_and_lists_wait_at_limits_of_their_own(asking: Asking) -> None:
    with asking() as transport:
        crossref.work(transport, "10.5555/one")
        crossref.works(transport, ["10.5555/one", "10.5555/two"])
        crossref.search(transport, "Maris")
        one, lists = (transport.limiters[name] for name in ("crossref", "crossref lists"))
    assert sum(at > float("-inf") for at in one.went) == 1
    assert sum(at > float("-inf") for at in lists.went) == 2
    assert (one.at_once, one.under_way, lists.at_once, lists.under_way) == (3, 0, 3, 0)


def test_what_an_answer_grants_holds_for_its_class_alone(asking: Asking) -> None:
    def granting(_number: int, _request: Request, answer: Answer) -> Answer:
        told = {
            "x-rate-limit-limit": "2",
            "x-rate-limit-interval": "1s",
            "x-concurrency-limit": "1",
        }
        return replace(answer, headers=answer.headers | told)

    with asking(granting) as transport:
        crossref.works(transport, ["10.5555/one", "10.5555/two"])
        one, lists = (transport.limiters[name] for name in ("crossref", "crossref lists"))
    assert (len(lists.went), lists.at_once) == (2, 1)
    assert (len(one.went), one.at_once) == (10, 3)
