"""ECitMatch, over HTTP: candidates by journal, volume and page."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from loopback import spoiled

from harvest.services import ecitmatch
from harvest.services.ecitmatch import CitationParts
from harvest.transport import Transport
from kb.answers import ecitmatch_pmids
from kb.errors import ServiceFailed

Asking = Callable[..., AbstractContextManager[Transport]]
CITED = CitationParts("J Example", "2020", "12", "45", "Maris JM", "ref:1")


def test_it_names_candidates_by_the_key_of_each_citation(asking: Asking) -> None:
    citations = [
        CITED,
        CITED._replace(volume="13", page="101", key="ref:2"),
        CITED._replace(page="999", key="ref:3"),
        CITED._replace(journal="No Such Journal", key="ref:4"),
    ]
    with asking() as transport:
        reply = ecitmatch.ecitmatch(transport, citations)
    found = ecitmatch_pmids(reply.body)
    assert found == {"ref:1": [1], "ref:2": [2, 3], "ref:3": [], "ref:4": []}
    assert ecitmatch.asked(reply.question) == citations
    assert reply.service == "ecitmatch"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("J|2020|1|2|A|k|12345", [12345]),
        ("J|2020|1|2|k|NOT_FOUND", []),
        ("J|2020|1|2|A|k|NOT_FOUND;INVALID_JOURNAL", []),
        ("J|2020|1|2|A|k|AMBIGUOUS 111,222", [111, 222]),
        ("J|2020|1|2|A|k|AMBIGUOUS (783 citations)", []),
    ],
)
def test_outcomes(line: str, found: list[int]) -> None:
    assert ecitmatch_pmids(f"{line}\n".encode()) == {"k": found}


def test_an_answer_that_ends_early_is_none(asking: Asking) -> None:
    with (
        asking(spoiled(b"J|2020|1|2|A|other|1\n")) as transport,
        pytest.raises(ServiceFailed, match="left out 1 citations, among them ref:1"),
    ):
        ecitmatch.ecitmatch(transport, [CITED])
