"""What the two command lines share."""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
from pathlib import Path
from typing import TextIO

import click
import pytest
from click.testing import CliRunner

from kb.commands import FILE, STDOUT, STREAM, Commands, binary_stdout, data_option
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


def test_a_command_that_is_ended_says_so_too() -> None:
    @click.group(cls=Commands)
    def main() -> None:
        pass

    @main.command()
    def wait() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        pytest.fail("it went on")

    before = signal.getsignal(signal.SIGTERM)
    result = CliRunner().invoke(main, ["wait"], prog_name="kb")
    assert result.exit_code == Incomplete.exit_code
    assert result.stderr.startswith("kb: stopped. What was stored or built before is untouched.")
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize("error", [ImportError, InputError])
def test_a_stop_that_a_library_makes_another_error_of_is_a_stop(error: type[Exception]) -> None:
    @click.group(cls=Commands)
    def main() -> None:
        pass

    @main.command()
    def load() -> None:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        except KeyboardInterrupt:
            raise error("cannot be loaded") from None

    result = CliRunner().invoke(main, ["load"])
    assert result.exit_code == Incomplete.exit_code
    assert "cannot be loaded" not in result.stderr


@click.group(cls=Commands)
def speaking() -> None:
    """Says much."""


@speaking.command()
def say() -> None:
    """Say it."""
    click.echo("much " * 10_000)


def told_to(
    stream: TextIO, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[object, str]:
    """Exit code and standard error of the command with such a standard output."""
    monkeypatch.setattr(sys, "stdout", stream)
    with pytest.raises(SystemExit) as ended:
        speaking(words, prog_name="kb")
    stream.close()  # what Python does at its end, and would complain of
    return ended.value.code, capsys.readouterr().err


@pytest.mark.parametrize("words", [("say",), ("--help",), ("say", "--help")])
def test_an_output_that_cannot_be_written_is_told(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if not Path("/dev/full").is_char_device():
        pytest.skip("this system has no disk that is always full")
    for write_through in (False, True):
        stream = io.TextIOWrapper(
            io.BufferedWriter(io.FileIO("/dev/full", "w")), write_through=write_through
        )
        code, said = told_to(stream, monkeypatch, capsys, *words)
        assert code == ConfigError.exit_code
        assert said.startswith("kb: the output cannot be written (No space left on device).")
        assert said.count("\n") == 1


@pytest.mark.parametrize("words", [("say",), ("--help",)])
def test_where_nobody_reads_on_a_command_ends_in_silence(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    stream = os.fdopen(writer, "w")
    assert told_to(stream, monkeypatch, capsys, *words) == (Incomplete.exit_code, "")


def test_a_disk_that_is_full_elsewhere_is_not_taken_for_the_output() -> None:
    @click.group(cls=Commands)
    def main() -> None:
        pass

    @main.command()
    def fill() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    assert isinstance(CliRunner().invoke(main, ["fill"]).exception, OSError)


def test_a_closed_output_is_no_place_for_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.group(cls=Commands)
    def main() -> None:
        pass

    @main.command()
    def send() -> None:
        click.echo("this goes nowhere")
        binary_stdout().write(b"and this is refused")

    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(SystemExit) as ended:
        main(["send"])
    assert ended.value.code == ConfigError.exit_code
    sys.stdout.close()


def test_a_dash_is_standard_output_only_where_a_stream_makes_sense() -> None:
    @click.command()
    @click.option("--raw", type=FILE)
    @click.option("--out", type=STREAM)
    def where(raw: Path | None, out: Path | None) -> None:
        click.echo("a stream" if out is STDOUT else f"{raw} {out}")

    result = CliRunner().invoke(where, ["--raw", "-"])
    assert (result.exit_code, "./- is a file of that name" in result.stderr) == (2, True)
    assert CliRunner().invoke(where, ["--out", "-"]).output == "a stream\n"
    file = Path.cwd() / "-"
    assert CliRunner().invoke(where, ["--out", "./-"]).output == f"None {file}\n"
    assert CliRunner().invoke(where, ["--raw", "./-"]).output == f"{file} None\n"


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


def test_a_word_that_is_not_in_utf_8_is_refused_before_anything_is_done() -> None:
    @click.group(cls=Commands)
    def main() -> None:
        pass

    @main.command()
    @click.argument("query")
    def search(query: str) -> None:
        click.echo(f"looked for {query}")

    result = CliRunner().invoke(main, ["search", "Müll\udce4r"], prog_name="kb")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "'Müll?r' is not in UTF-8. Write it anew" in result.stderr
    assert CliRunner().invoke(main, ["search", "Müller"]).stdout == "looked for Müller\n"
