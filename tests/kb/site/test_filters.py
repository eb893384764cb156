"""What a search is asked for: what cannot be meant is refused."""

from __future__ import annotations

from serving import text_of
from specimen_site import (
    IMAGING,
    Get,
)


def test_a_pmid_that_is_not_here_is_not_left_out_in_silence(get: Get) -> None:
    for address in ("/search", "/search.atom", "/export/references.ris"):
        answer = get(f"{address}?pmid={IMAGING}&pmid=12345")
        assert answer.status_code == 400
        assert "no record of 12345 is in this base" in text_of(answer)
    assert "pmid=x: is no PMID" in text_of(get("/search?pmid=x"))


def test_more_topics_than_a_search_takes_are_refused_and_not_dropped(get: Get) -> None:
    seven = "&".join(f"topic=t{n}" for n in range(7))
    answer = get(f"/search?{seven}")
    assert answer.status_code == 400
    assert "topic= may stand 6 times; here it stands 7 times" in text_of(answer)
