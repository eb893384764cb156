"""iCite, over HTTP: who cites whom, as PMIDs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from loopback import spoiled

from harvest.services import icite
from harvest.transport import Transport
from kb.answers import icite_links
from kb.errors import ServiceFailed

Asking = Callable[..., AbstractContextManager[Transport]]


def test_papers_that_it_does_not_know_are_left_out(asking: Asking) -> None:
    with asking() as transport:
        reply = icite.pubs(transport, [1, 2, 999])
    assert icite_links(reply.body).keys() == {1, 2}
    assert icite.asked(reply.question) == ["1", "2", "999"]
    assert reply.service == "icite"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<html>Sign in</html>", "no answer of iCite"),
        (b'{"records": []}', "no answer of iCite"),
        (b'{"data": [{"pmid": "none"}]}', "no answer of iCite"),
        (b'{"data": [{"pmid": 7}]}', "papers that were not asked for: 7"),
        (b'{"data": [{"pmid": 1, "references": [1234567890123456789012345]}]}', "is no PMID"),
        (b'{"data": [{"pmid": 1, "cited_by": [2, -3]}]}', "'-3' is no PMID"),
        (b'{"data": [{"pmid": 1, "cited_by": "2 \xd9\xa3"}]}', "is no PMID"),
        (b'{"data": [{"pmid": 1, "cited_by": [Infinity]}]}', "'inf' is no PMID"),
        (b'{"data": [{"pmid": true}]}', "'True' is no PMID"),
        (b'{"data": [{"pmid": ' + b"9" * 5000 + b"}]}", "no answer of iCite"),
        (b'{"data": ' + b"[" * 100_000, "no answer of iCite .RecursionError"),
    ],
)
def test_what_is_no_answer_fails_and_says_so(asking: Asking, body: bytes, why: str) -> None:
    with asking(spoiled(body)) as transport, pytest.raises(ServiceFailed, match=why):
        icite.pubs(transport, [1])


def test_a_refusal_says_which_setting_to_look_at(asking: Asking) -> None:
    with (
        asking(spoiled(b"{}", 404)) as transport,
        pytest.raises(ServiceFailed, match="Check HARVEST_ICITE_URL"),
    ):
        icite.pubs(transport, [1])
