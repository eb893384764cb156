"""Values in addresses."""

from __future__ import annotations

import pytest
from serving import text_of
from specimen_site import (
    Get,
)


@pytest.mark.parametrize(
    "bad", ["page=0", "page=x", "page=-1", "year=19²0", "sort=best", "page=1e9"]
)
def test_a_value_that_cannot_be_meant_is_refused_with_a_reason(get: Get, bad: str) -> None:
    response = get(f"/search?q=mri&{bad}")
    assert response.status_code == 400
    assert f"{bad.split('=')[0]}=" in text_of(response)
