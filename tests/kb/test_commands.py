"""What the two command lines share."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from kb.commands import Commands, data_option
from kb.data import data_dir
from kb.errors import CheckFailed, ConfigError, Incomplete, InputError, KbError, Locked


@pytest.mark.parametrize(
    ("error", "code"),
    [(CheckFailed, 1), (ConfigError, 2), (InputError, 2), (Incomplete, 3), (Locked, 4)],
)
def test_an_error_is_one_message_on_stderr_and_its_code(error: type[KbError], code: int) -> None:
    @click.group(cls=Commands)
    def main() -> None:
        pass

    @main.command()
    def fail() -> None:
        raise error("a.db: is wrong. Mend it.")

    result = CliRunner().invoke(main, ["fail"], prog_name="kb")
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr == "kb: a.db: is wrong. Mend it.\n"


def test_a_command_that_is_stopped_says_that_nothing_is_lost() -> None:
    @click.group(cls=Commands)
    def main() -> None:
        pass

    @main.command()
    def wait() -> None:
        raise KeyboardInterrupt

    result = CliRunner().invoke(main, ["wait"])
    assert result.exit_code == Incomplete.exit_code
    assert "stopped. What was stored or built before is untouched." in result.stderr


def test_a_fault_of_the_program_is_not_taken_for_one_of_its_user() -> None:
    @click.group(cls=Commands)
    def main() -> None:
        pass

    @main.command()
    def fault() -> None:
        raise ZeroDivisionError

    assert isinstance(CliRunner().invoke(main, ["fault"]).exception, ZeroDivisionError)


def test_the_field_is_the_bundled_one_or_that_of_a_folder(tmp_path: Path) -> None:
    @click.command()
    @data_option
    def where(data: Path) -> None:
        click.echo(data)

    assert CliRunner().invoke(where).output.strip() == str(data_dir())
    assert CliRunner().invoke(where, ["--data", str(tmp_path)]).output.strip() == str(tmp_path)
    assert CliRunner().invoke(where, ["--data", str(tmp_path / "no")]).exit_code == 2
