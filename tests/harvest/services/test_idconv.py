"""NCBI's ID converter, over HTTP: which papers in PMC a DOI or PMCID names."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from loopback import spoiled

from harvest.services import idconv
from harvest.transport import Transport
from kb.answers import idconv_pmids
from kb.errors import ServiceFailed

Asking = Callable[..., AbstractContextManager[Transport]]
NO_ANSWERS = [
    (b"<html>Sign in</html>", 200),
    (b"[]", 200),
    (b"", 500),
    (b'{"records": [{}]}', 200),
    (b'{"records": [{"requested-id": "10.5555/one", "pmid": -1}]}', 200),
    (b'{"records": [{"requested-id": "10.5555/one", "pmid": "12345678901"}]}', 200),
    (b"[" * 100_000, 200),
]


def test_it_tells_pmids_of_what_is_in_pmc_alone(asking: Asking) -> None:
    with asking() as transport:
        reply = idconv.pmids(transport, "doi", ["10.5555/one", "10.5555/two", "10.5555/none"])
        assert idconv_pmids(reply.body) == {"10.5555/one": 1}
        assert idconv.asked(reply.question) == ["10.5555/one", "10.5555/two", "10.5555/none"]
        by_number = idconv.pmids(transport, "pmcid", ["PMC11"])
        assert idconv_pmids(by_number.body) == {"PMC11": 1}


@pytest.mark.parametrize(("body", "status"), NO_ANSWERS)
def test_what_is_no_answer_fails_and_says_so(asking: Asking, body: bytes, status: int) -> None:
    with asking(spoiled(body, status)) as transport, pytest.raises(ServiceFailed):
        idconv.pmids(transport, "doi", ["10.5555/one"])


def test_a_refusal_says_which_setting_to_look_at(asking: Asking) -> None:
    with (
        asking(spoiled(b"Not here", 404)) as transport,
        pytest.raises(ServiceFailed, match="Check HARVEST_IDCONV_URL"),
    ):
        idconv.pmids(transport, "doi", ["10.5555/one"])
