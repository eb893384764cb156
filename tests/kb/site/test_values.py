"""Values in addresses."""

from __future__ import annotations

import re

import pytest
from serving import text_of
from specimen_site import (
    CITING,
    Get,
)

from kb.site.citation_map import OF_MAP
from kb.site.routes import EXPORT, ROUTES, SEARCH

# An address for each of our routes, and what it knows.
KNOWN: dict[str, tuple[str, ...]] = {
    "/": (),
    "/search": (*SEARCH, "sort", "page"),
    "/search.atom": SEARCH,
    f"/paper/{CITING}.xml": ("sha256",),
    f"/paper/{CITING}": (),
    f"/work/pmid:{CITING}": (),
    "/topic/mri": ("sort", "page"),
    "/export/references.ris": (*SEARCH, *EXPORT),
    "/map": (*SEARCH, *EXPORT, *OF_MAP),
    "/map.svg": (*SEARCH, *EXPORT, *OF_MAP),
    "/map/table": (*SEARCH, *EXPORT, *OF_MAP),
    "/gaps": ("scheme",),
    "/integrity": (),
    "/integrity.atom": (),
    "/check": (),
    "/check.csv": (),
    "/changes": ("page",),
    "/changes.atom": (),
    "/runs": (),
    "/queries": (),
}


@pytest.mark.parametrize(
    "bad", ["page=0", "page=x", "page=-1", "year=19²0", "sort=best", "page=1e9"]
)
def test_a_value_that_cannot_be_meant_is_refused_with_a_reason(get: Get, bad: str) -> None:
    response = get(f"/search?q=mri&{bad}")
    assert response.status_code == 400
    assert f"{bad.split('=')[0]}=" in text_of(response)


@pytest.mark.parametrize("address", KNOWN)
def test_a_parameter_that_a_page_does_not_know_is_refused(get: Get, address: str) -> None:
    for unknown in ("author=Maris", "Q=mri", "utm_source=x", "_size=1", "=x"):
        response = get(f"{address}?{unknown}")
        told = text_of(response)
        assert response.status_code == 400
        assert f"This page has no parameter “{unknown.split('=')[0]}”" in told
        assert ", ".join(KNOWN[address]) in told


def test_what_may_be_meant_is_said(get: Get) -> None:
    assert "Write q=NAME[au]." in text_of(get("/search?author=Maris"))
    assert "Did you mean “year_from”?" in text_of(get("/search?year_form=2010"))
    assert "nor any other: leave it out" in text_of(get("/integrity?topic=mri"))


def test_every_route_has_its_parameters_above() -> None:
    patterns = [pattern for pattern, _ in ROUTES if not pattern.endswith(r"\.css)$")]
    matched = [next(each for each in patterns if re.match(each, a)) for a in KNOWN]
    assert matched == patterns


def test_what_can_stand_once_is_not_left_out_where_it_stands_twice(get: Get) -> None:
    assert "q= may stand once" in text_of(get("/search?q=mri&q=ct"))
    assert get("/search?q=mri&q=mri").status_code == 200
    assert get("/search?topic=mri&topic=neuroblastoma").status_code == 200


ZEROS = "0" * 5000  # and what follows: more digits than Python reads


@pytest.mark.parametrize("number", [f"{ZEROS}7", ZEROS, "9" * 25, "9" * 5000, "-7", "7.0", "٧"])
def test_a_long_number_is_read_or_refused_wherever_one_is_read(get: Get, number: str) -> None:
    addresses = [
        *(f"/paper/{number}", f"/paper/{number}.xml", f"/work/pmid:{number}", f"/topic/{number}"),
        *(f"/search?q={word}{number}" for word in ("", "pmid:", "PMC")),
        *(f"{at}?{name}={number}" for at in ("/search", "/search.atom") for name in SEARCH),
        *(f"{at}?page={number}" for at in ("/search", "/changes", "/topic/mri")),
        *(f"/export/citation.gexf?{name}={number}" for name in (*SEARCH, *EXPORT)),
        *(f"/map?layout={number}", f"/gaps?scheme={number}"),
        *(f"/kb/papers/{number}", f"/kb/papers.json?pmid={number}"),
    ]
    for address in addresses:
        assert get(address).status_code in (200, 302, 400, 404), address[:60]
