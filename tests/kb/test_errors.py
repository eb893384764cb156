"""Exit codes are what scripts rely on."""

from __future__ import annotations

import pytest

from kb import errors


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("KbError", 2),
        ("CheckFailed", 1),
        ("ConfigError", 2),
        ("InputError", 2),
        ("Incomplete", 3),
        ("ServiceFailed", 3),
        ("Locked", 4),
    ],
)
def test_each_error_has_the_code_that_the_module_states(name: str, code: int) -> None:
    error = getattr(errors, name)
    assert issubclass(error, errors.KbError)
    assert error.exit_code == code
    assert name in (errors.__doc__ or "")


def test_the_failure_of_a_service_tells_why_and_whether_it_is_down() -> None:
    error = errors.ServiceFailed("icite: no answer", why="HTTP 500")
    assert (str(error), error.why, error.down) == ("icite: no answer", "HTTP 500", False)
    assert errors.ServiceFailed("x", why="no route", down=True).down
    assert isinstance(error, errors.Incomplete)
