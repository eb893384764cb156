"""E-utilities as a service: what is told to them, and what harvest takes for granted."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from harvest.service import Rate
from harvest.services import eutils
from harvest.services.eutils import EUTILS
from harvest.standin import Answer, Request
from harvest.transport import Transport
from kb.errors import ServiceFailed

Asking = Callable[..., AbstractContextManager[Transport]]


def test_ncbi_grants_three_requests_a_second_and_ten_with_a_key() -> None:
    assert EUTILS.allowed(keyed=False) == Rate(3, 1.03)
    assert EUTILS.allowed(keyed=True) == Rate(10, 1.0)


@pytest.mark.parametrize("utility", ["esearch", "efetch", "ecitmatch"])
def test_raw_db_calls_it_by_the_utility(utility: str) -> None:
    path = "ecitmatch.cgi" if utility == "ecitmatch" else f"{utility}.fcgi"
    assert EUTILS.kept_as(path) == utility


def test_a_live_question_says_what_it_saw_and_what_is_wrong(asking: Asking) -> None:
    with asking() as transport:
        seen, fault = eutils.fields(transport)
        assert (seen.endswith(" fields"), fault) == (True, "")
        assert eutils.limit(transport) == ("told 3, asked at most 3 a second", "")
        assert eutils.summary(transport)[1] == "only 20558371 was expected to be known."


def test_a_limit_below_ours_is_a_fault(asking: Asking) -> None:
    def fewer(_number: int, _request: Request, answer: Answer) -> Answer:
        return Answer(answer.body, headers={"X-RateLimit-Limit": "2"})

    with asking(fewer) as transport:
        assert eutils.limit(transport)[1].startswith("NCBI grants fewer than are asked for")


def test_the_small_question_says_who_read_the_answer(asking: Asking) -> None:
    def older(_number: int, _request: Request, answer: Answer) -> Answer:
        return Answer(answer.body.replace(b"20190110", b"20020511"))

    with asking() as transport:
        assert eutils.check(transport) == ", read by Bio.Entrez"
    with asking(older) as transport:
        assert (
            eutils.check(transport) == ", read without Biopython, which has no 20020511/einfo.dtd"
        )


def test_an_einfo_without_fields_is_no_answer(asking: Asking) -> None:
    def empty(_number: int, _request: Request, _answer: Answer) -> Answer:
        return Answer(b"<eInfoResult/>")

    with asking(empty) as transport, pytest.raises(ServiceFailed, match="EInfo names no field"):
        eutils.check(transport)
