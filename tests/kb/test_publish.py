"""A directory that any host can serve, and what a public copy leaves out."""

from __future__ import annotations

import errno
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner, Result

import kb.publish
from kb.checks import check
from kb.cli import main
from kb.data import data_dir

ALL = {"kb.db", "kb", "data", "requirements.txt", "Dockerfile", "README.md", "LICENSE"}


def run(folder: Path, db: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["publish", str(folder), "--db", str(db), *words])


def asked(db: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(db)) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def published(specimen: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hosted") / "base"
    result = run(folder, specimen)
    assert result.exit_code == 0, result.output
    assert str(folder / "README.md") in result.stdout
    return folder


def test_no_word_of_an_abstract_is_in_the_file_that_was_only_there(
    specimen: Path, published: Path
) -> None:
    whole = (published / "kb.db").read_bytes()
    abstracts = asked(specimen, "SELECT abstract FROM papers WHERE length(abstract) > 80")
    assert len(abstracts) > 40
    assert not [text for (text,) in abstracts if text[-40:].encode() in whole]
    left = "SELECT count(*) FROM papers_fts WHERE papers_fts MATCH 'abstract : the'"
    assert (asked(specimen, left)[0][0], asked(published / "kb.db", left)[0][0]) == (
        len(asked(specimen, "SELECT 1 FROM papers WHERE abstract LIKE '%the %'")),
        0,
    )
    assert asked(published / "kb.db", "SELECT 1 FROM raw_records WHERE xml IS NOT NULL") == []


# Titles and what else a record prints apart from its abstract may share its words.
PRINTED_APART = {
    *("works.text", "works.title", "papers.title", "papers.title_html", "passages.text"),
    *("authors.affiliation", "chemicals.name", "papers.copyright", "reference_list.text"),
}


def runs_of_nine(text: str) -> set[str]:
    words = re.findall(r"\w+", text.lower())
    return {" ".join(words[at : at + 9]) for at in range(len(words) - 8)}


def quoting_columns(base: Path, folder: Path) -> set[str]:
    """The columns of a publication that hold nine words in a row of any abstract."""
    assert run(folder, base).exit_code == 0
    abstracts = "SELECT abstract FROM papers WHERE abstract IS NOT NULL UNION ALL "
    abstracts += "SELECT text FROM other_abstracts"
    known = set[str]().union(*(runs_of_nine(text) for (text,) in asked(base, abstracts)))
    assert len(known) > 3000
    file = folder / "kb.db"
    columns = asked(
        file,
        "SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c"
        " WHERE m.type = 'table' AND m.name NOT LIKE 'papers_fts%'",
    )
    return {
        f"{table}.{column}"
        for table, column in columns
        for (text,) in asked(file, f'SELECT "{column}" FROM "{table}"')
        if isinstance(text, str) and not known.isdisjoint(runs_of_nine(text))
    }


def test_no_nine_words_of_an_abstract_stand_in_a_row(specimen: Path, tmp_path: Path) -> None:
    assert quoting_columns(specimen, tmp_path / "base") <= PRINTED_APART


@pytest.mark.soak
def test_no_nine_words_of_a_real_abstract_stand_in_a_row(real_base: Path, tmp_path: Path) -> None:
    assert quoting_columns(real_base, tmp_path / "base") <= PRINTED_APART


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("one two three four five six seven eight", "one two three four five six seven eight"),
        ("1.5 a b c d e f g h, and i", "1.5 a b c d e f …"),
        ('abstract "a b c d e f g h i", and so on and on and on', 'abstract "a b c d e f g h …", '
        "and so on and on and on"),
    ],
)  # fmt: skip
def test_a_quote_goes_on_behind_eight_words_as_a_sign_alone(text: str, short: str) -> None:
    made = kb.publish.with_short_quotes(text) if '"' in text else kb.publish.shortened(text)
    assert made == short


def test_what_was_read_from_abstracts_stays_and_the_copy_passes_every_check(
    specimen: Path, published: Path
) -> None:
    for table in ("papers", "topic_evidence", "findings", "reference_list", "evidence"):
        count = f"SELECT count(*) FROM {table}"
        assert asked(specimen, count) == asked(published / "kb.db", count)
    assert check(published / "kb.db") == []


def test_checks_still_see_a_figure_outside_its_title(published: Path, tmp_path: Path) -> None:
    copy = tmp_path / "kb.db"
    copy.write_bytes((published / "kb.db").read_bytes())
    with closing(sqlite3.connect(copy)) as db, db:
        db.execute("DELETE FROM passages WHERE field = 'title'")
    assert "the words of a topic do not stand where" in "\n".join(check(copy))


def test_checks_still_see_a_figure_outside_its_sentence(published: Path, tmp_path: Path) -> None:
    copy = tmp_path / "kb.db"
    copy.write_bytes((published / "kb.db").read_bytes())
    with closing(sqlite3.connect(copy)) as db, db:
        db.execute("UPDATE findings SET sentence_end = start WHERE field = 'abstract'")
    (wrong,) = check(copy)
    assert wrong.startswith("a figure that does not lie within its sentence at PMID")


def test_abstracts_are_kept_where_they_are_asked_for(specimen: Path, tmp_path: Path) -> None:
    assert run(tmp_path / "base", specimen, "--with-abstracts").exit_code == 0
    with (
        closing(sqlite3.connect(specimen)) as one,
        closing(sqlite3.connect(tmp_path / "base" / "kb.db")) as other,
    ):
        assert list(one.iterdump()) == list(other.iterdump())


@pytest.fixture(scope="module")
def address(published: Path) -> Iterator[str]:
    """Served by the program in the folder, with nothing of this checkout on its path."""
    words = [sys.executable, "-m", "kb.cli", "serve", "kb.db", "--port", "0"]
    with subprocess.Popen(words, cwd=published, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        yield server.stdout.readline().split(" at ")[1].split()[0]
        server.terminate()


def test_the_folder_serves_itself_with_its_own_program(published: Path, address: str) -> None:
    measured = "SELECT pmid FROM findings WHERE field = 'abstract' AND kind = 'sensitivity'"
    ((pmid,), *_) = asked(published / "kb.db", measured)
    page = requests.get(f"{address}paper/{pmid}", timeout=20)
    assert page.status_code == 200
    assert "This copy of the base holds no abstracts" in page.text
    assert "<dd>in the abstract</dd>" in page.text
    assert requests.get(f"{address}search?q=neuroblastoma", timeout=20).status_code == 200
    where = "import kb.cli, kb.data; print(kb.cli.__file__, kb.data.data_dir())"
    told = subprocess.run(
        [sys.executable, "-c", where], cwd=published, capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == [
        str(published / "kb" / "cli.py"),
        str(published / "data"),
    ]


def test_all_that_is_needed_is_named(published: Path) -> None:
    assert {path.name for path in published.iterdir()} == ALL
    assert "datasette==" in (published / "requirements.txt").read_text()
    assert "Apache License" in (published / "LICENSE").read_text()
    told = (published / "README.md").read_text()
    ((base_id,),) = asked(published / "kb.db", "SELECT value FROM meta WHERE key = 'base_id'")
    assert base_id in told
    assert "Abstracts: left out" in told


def test_publishing_again_replaces_and_foreign_folders_are_left_alone(
    specimen: Path, published: Path, tmp_path: Path
) -> None:
    (published / "kb" / "of_an_older_version.py").touch()
    assert run(published, specimen).exit_code == 0
    assert not (published / "kb" / "of_an_older_version.py").exists()

    (tmp_path / "thesis.txt").write_text("all of it")
    for folder in (tmp_path, tmp_path / "thesis.txt"):
        result = run(folder, specimen)
        assert (result.exit_code, "name a folder of its own" in result.stderr) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_what_a_killed_run_left_is_used_again(specimen: Path, tmp_path: Path) -> None:
    (tmp_path / "kb.new").mkdir()
    (tmp_path / "kb.new" / "ids.py").touch()
    (tmp_path / "kb.db.building").write_text("half")
    (tmp_path / "kb.db.building-journal").write_text("half")
    assert run(tmp_path, specimen).exit_code == 0
    assert {path.name for path in tmp_path.iterdir()} == ALL


@pytest.mark.parametrize("left", ["kb.new", "kb.old"])
def test_a_folder_whose_program_was_being_replaced_is_used_again(
    specimen: Path, published: Path, tmp_path: Path, left: str
) -> None:
    folder = tmp_path / "base"
    shutil.copytree(published, folder)
    (folder / "Procfile").touch()  # of its host
    (folder / "kb").rename(folder / left)
    assert run(folder, specimen).exit_code == 0
    assert {path.name for path in folder.iterdir()} == ALL | {"Procfile"}


@pytest.mark.parametrize("step", ["_copy", "check", "_program", "_texts", "put_in_place"])
@pytest.mark.parametrize("is_first", [True, False])
def test_a_disk_that_fills_at_any_step_leaves_what_the_next_run_takes(
    specimen: Path,
    published: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    is_first: bool,
) -> None:
    folder = tmp_path / "base"
    if not is_first:
        shutil.copytree(published, folder)
        before = (folder / "kb.db").read_bytes()

    def fill(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(kb.publish, step, fill)
        result = run(folder, specimen)
    assert (result.exit_code, "the space on the disk" in result.stderr) == (2, True)
    assert is_first or (folder / "kb.db").read_bytes() == before
    assert not list(folder.glob("*.building*"))
    assert run(folder, specimen).exit_code == 0
    assert {path.name for path in folder.iterdir()} == ALL


def test_a_disk_that_fills_under_the_program_leaves_no_half_of_it(
    specimen: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(_source: Path, place: Path, **_: object) -> None:
        (place / "site").mkdir(parents=True)
        raise shutil.Error([("ids.py", "ids.py", "No space left on device")])

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copytree", fill)
        assert "base: cannot be written" in run(tmp_path / "base", specimen).stderr
    assert list((tmp_path / "base").iterdir()) == []


@pytest.mark.parametrize("name", ["data", "kb", "kb.db", "README.md"])
def test_no_link_in_the_folder_is_written_through(
    specimen: Path, published: Path, tmp_path: Path, name: str
) -> None:
    folder, elsewhere = tmp_path / "base", tmp_path / "elsewhere"
    shutil.copytree(published, folder)
    (folder / name).rename(elsewhere)
    (folder / name).symlink_to(elsewhere)
    files = [path for path in (elsewhere, *elsewhere.rglob("*")) if path.is_file()]
    before = {path: path.read_bytes() for path in files}
    result = run(folder, specimen)
    refused = f"{folder / name}: is a link, and publishing writes through none" in result.stderr
    assert refused or (name == "README.md" and not (folder / name).is_symlink())
    assert before == {path: path.read_bytes() for path in files}


# Publishes, and is killed when it opens, renames or removes something for the n-th time.
KILLED = """
import os, signal, sys
import kb.publish
from kb.cli import main
left = most = int(sys.argv[1])
def count(event, _):
    global left
    left -= event.partition(".")[0] in {"open", "os", "shutil", "sqlite3"}
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(count)
try:
    main(sys.argv[2:])
finally:
    print(most - left)
"""


@pytest.mark.soak
@pytest.mark.parametrize("is_first", [True, False])
def test_a_kill_at_any_moment_leaves_what_the_next_run_takes(
    specimen: Path, published: Path, tmp_path: Path, is_first: bool
) -> None:
    def killed(moment: int, folder: Path) -> subprocess.CompletedProcess[str]:
        if not is_first:
            shutil.copytree(published, folder)
        words = [sys.executable, "-c", KILLED, str(moment), "publish", str(folder)]
        command = [*words, "--db", str(specimen)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    moments = int(killed(1_000_000, tmp_path / "whole").stdout.split()[-1])
    assert moments > 100
    for moment in range(1, moments, moments // 24):
        folder = tmp_path / str(moment)
        assert killed(moment, folder).returncode == -signal.SIGKILL
        result = run(folder, specimen)
        assert result.exit_code == 0, (moment, result.output)
        assert {path.name for path in folder.iterdir()} == ALL
        assert check(folder / "kb.db") == []


def test_a_base_that_is_wrong_is_not_published(specimen: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "kb.db"
    wrong.write_bytes(specimen.read_bytes())
    with closing(sqlite3.connect(wrong)) as db, db:
        db.execute("DELETE FROM provenance")
    result = run(tmp_path / "base", wrong)
    assert result.exit_code == 1
    assert "no seed brought PMID" in result.stderr
    assert list((tmp_path / "base").iterdir()) == []
    assert run(tmp_path / "base", tmp_path / "none.db").exit_code == 2


def test_a_folder_that_cannot_be_written_is_named(specimen: Path) -> None:
    result = run(Path("/proc/base"), specimen)
    assert result.exit_code == 2
    assert "/proc/base: cannot be written" in result.stderr


def test_the_bundled_field_has_all_that_is_served() -> None:
    assert all((data_dir() / name).is_file() for name in ("topics.yml", "queries.yml"))
