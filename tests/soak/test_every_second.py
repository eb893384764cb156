"""The limit of a second, by a real clock, as the server sees it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from faults import latency, most_at_once
from soak.commands import KEY, papers

from harvest.services import entrez
from harvest.settings import Settings
from harvest.standin import serve
from harvest.transport import Transport

pytestmark = pytest.mark.soak


@pytest.mark.parametrize("threads", [4, 30])
@pytest.mark.parametrize(
    ("key", "limit", "questions"), [("", 3, 12), (KEY, 10, 50)], ids=["no key", "key"]
)
@pytest.mark.parametrize("delay", [0.0, 0.4])
def test_no_second_sees_more_requests_than_the_limit_from_any_number_of_threads(
    threads: int, key: str, limit: int, questions: int, delay: float
) -> None:
    with serve(papers(200), fault=latency(delay)) as server:
        settings = Settings(bases={"eutils": server.url}, api_key=key)
        transport = Transport(settings, lambda sent: None)
        with ThreadPoolExecutor(threads) as pool:
            batches = [range(1, 201)] * questions
            fetched = list(pool.map(lambda batch: entrez.efetch(transport, batch), batches))
    assert all(len(found.records) == 200 for found in fetched)
    assert most_at_once(server.arrivals) <= limit
