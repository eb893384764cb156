"""Crossref, over HTTP: what a DOI cites, and what a citation may name."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from loopback import spoiled

from harvest.services import crossref
from harvest.transport import Transport
from kb.answers import crossref_found
from kb.errors import ServiceFailed

Asking = Callable[..., AbstractContextManager[Transport]]
NO_ANSWERS = [
    (b"<html>Sign in</html>", 200),
    (b"[]", 200),
    (b"", 500),
    (b'{"records": [{}]}', 200),
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
