"""kb.raw: what arrived stays as it arrived."""

from __future__ import annotations

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database, Migrations

from kb import raw, raw_shape
from kb.errors import ConfigError, InputError, KbError, Locked
from kb.raw import EFETCH, locked, open_raw, put, records, stored_pmids, sums, verify

EARLY, LATE = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"
ONE, TWO = b"<PubmedArticle>one</PubmedArticle>", b"<PubmedArticle>two</PubmedArticle>"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A raw.db with one run and nothing in it."""
    path = tmp_path / "raw.db"
    with closing(open_raw(path, write=True)) as db:
        db.execute("INSERT INTO runs (job, started) VALUES ('job', ?)", [EARLY])
    return path


@pytest.fixture
def db(path: Path) -> Iterator[Database]:
    with closing(open_raw(path, write=True)) as db:
        yield db


def store(db: Database, pmid: int, xml: bytes, now: str, source: str = EFETCH) -> str:
    return put(db, pmid, xml, source=source, run=1, now=now)


# Records


def test_a_record_comes_back_as_it_arrived(db: Database) -> None:
    xml = "<PubmedArticle>é 𝛂 \r\n</PubmedArticle>".encode()

    assert store(db, 7, xml, EARLY) == "stored"
    (found,) = records(db)
    assert (found.pmid, found.xml, found.source, found.run) == (7, xml, EFETCH, 1)
    assert (found.first_read, found.last_read, found.checked) == (EARLY, EARLY, EARLY)
    assert stored_pmids(db) == {7}


def test_every_version_is_kept_in_the_order_they_were_read(db: Database) -> None:
    assert store(db, 8, ONE, EARLY) == "stored"
    assert store(db, 7, TWO, EARLY) == "stored"
    assert store(db, 7, ONE, LATE) == "stored"

    assert [(found.pmid, found.xml) for found in records(db)] == [(7, TWO), (7, ONE), (8, ONE)]
    assert [found.pmid for found in records(db, "SELECT 8")] == [8]


def test_a_record_that_has_not_changed_is_no_new_row(db: Database) -> None:
    store(db, 7, ONE, EARLY)

    assert store(db, 7, ONE, LATE) == "unchanged"
    assert store(db, 7, ONE, EARLY) == "unchanged"  # an older file read after a newer one
    (found,) = records(db)
    assert (found.first_read, found.last_read) == (EARLY, LATE)


def test_only_what_pubmed_itself_gave_is_checked(db: Database) -> None:
    store(db, 7, ONE, EARLY, "a file")
    assert [found.checked for found in records(db)] == [None]
    store(db, 7, ONE, LATE)
    assert [found.checked for found in records(db)] == [LATE]
    store(db, 7, ONE, LATE, "a file")
    assert [found.checked for found in records(db)] == [LATE]


def test_a_record_needs_a_run_that_is_in_the_books(db: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        put(db, 7, ONE, source=EFETCH, run=2, now=EARLY)


def test_the_sums_add_up_to_what_was_asked(db: Database) -> None:
    outcomes = [*raw.OUTCOMES, "stored", None]
    for pmid, outcome in enumerate(outcomes, start=1):
        db.execute("INSERT INTO outcomes (run, pmid, outcome) VALUES (1, ?, ?)", [pmid, outcome])

    assert sums(db, 1) == {
        "asked": 8,
        "stored": 2,
        **dict.fromkeys(("unchanged", "missing", "withdrawn", "failed", "filtered"), 1),
    }
    assert set(sums(db, 2).values()) == {0}


# Damage


def test_a_sound_store_verifies(db: Database) -> None:
    store(db, 7, ONE, EARLY)

    assert verify(db) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [("xml", b"not compressed"), ("sha256", "0" * 64)],
)
def test_a_record_without_its_hash_is_named(db: Database, column: str, value: object) -> None:
    store(db, 7, ONE, EARLY)
    store(db, 8, ONE, EARLY)
    db.execute(f"UPDATE records SET {column} = ? WHERE pmid = 8", [value])

    (found,) = verify(db)
    assert found.startswith("PMID 8: stored as ")


def test_a_damaged_record_ends_the_reading_and_is_named(db: Database) -> None:
    for pmid in (7, 8, 9):
        store(db, pmid, ONE, EARLY)
    db.execute("UPDATE records SET xml = x'00' WHERE pmid = 8")
    found = records(db)

    assert next(found).pmid == 7
    with pytest.raises(
        InputError, match=r"raw.db is damaged at PMID 8 or behind it.*harvest verify"
    ):
        next(found)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "raw.db"
    with closing(open_raw(path, write=True)) as db:
        db.execute("INSERT INTO runs (job, started) VALUES ('job', ?)", [EARLY])
        with db.atomic():
            for pmid in range(1, 60):
                store(db, pmid, ONE + os.urandom(200), EARLY)
    return path


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_flipped_byte_changes_a_record_in_silence(
    sound: Path, tmp_path: Path, data: st.DataObject
) -> None:
    good = sound.read_bytes()
    place = data.draw(st.integers(0, len(good) - 1))
    bad = bytearray(good)
    bad[place] ^= data.draw(st.integers(1, 255))
    flipped = tmp_path / "flipped.db"
    flipped.write_bytes(bad)
    with closing(open_raw(sound)) as db:
        expected = [(found.pmid, found.sha256, found.xml) for found in records(db)]
    try:
        with closing(open_raw(flipped)) as db:
            if verify(db):
                return
            found = [(record.pmid, record.sha256, record.xml) for record in records(db)]
    except KbError:
        return

    assert found == expected


def test_a_file_cut_short_does_not_verify(sound: Path, tmp_path: Path) -> None:
    short = tmp_path / "short.db"
    short.write_bytes(sound.read_bytes()[:-8192])

    with pytest.raises(InputError), closing(open_raw(short)) as db:
        raise InputError("; ".join(verify(db)))


# What can be opened


def test_opening_to_read_never_writes(path: Path) -> None:
    before = path.read_bytes(), path.stat().st_mtime_ns
    with closing(open_raw(path)) as db:
        assert list(records(db)) == []
        assert verify(db) == []
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            store(db, 7, ONE, EARLY)

    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert list(path.parent.iterdir()) == [path]


def test_opening_to_write_again_changes_nothing(path: Path) -> None:
    before = path.read_bytes()
    open_raw(path, write=True).close()

    assert path.read_bytes() == before


def test_a_file_that_is_not_there_is_not_made_by_reading(tmp_path: Path) -> None:
    absent = tmp_path / "absent.db"

    with pytest.raises(ConfigError, match=r"absent.db: there is no such file. Fill it with"):
        open_raw(absent)
    with pytest.raises(ConfigError, match="there is no such file"):
        open_raw(tmp_path)
    assert not absent.exists()


@pytest.mark.parametrize("write", [False, True])
def test_what_is_no_database_is_refused_and_left_alone(tmp_path: Path, write: bool) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("Not a database, whatever its name." * 50)

    with pytest.raises(InputError, match=r"notes.txt: is no SQLite database, or a damaged one"):
        open_raw(text, write=write)
    assert text.read_text().startswith("Not a database")


@pytest.mark.parametrize("write", [False, True])
def test_another_database_is_refused_and_left_alone(tmp_path: Path, write: bool) -> None:
    other = tmp_path / "kb.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.executescript("CREATE TABLE papers (pmid); CREATE TABLE works (work);")
    before = other.read_bytes()

    with pytest.raises(InputError, match=r"is a database, but no raw.db: it is a kb.db"):
        open_raw(other, write=write)
    assert other.read_bytes() == before


def test_an_empty_database_is_no_raw_db_to_read_but_one_to_fill(tmp_path: Path) -> None:
    empty = tmp_path / "empty.db"
    empty.touch()

    with pytest.raises(InputError, match="it holds no table"):
        open_raw(empty)
    open_raw(empty, write=True).close()
    open_raw(empty).close()


@pytest.mark.parametrize("write", [False, True])
def test_a_table_that_another_program_changed_is_named(path: Path, write: bool) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("ALTER TABLE answers RENAME COLUMN body TO content")
    with pytest.raises(InputError, match="its table answers lacks the column body"):
        raw.open_raw(path, write=write)


@pytest.mark.parametrize("write", [False, True])
def test_a_newer_version_is_refused_and_left_alone(path: Path, write: bool) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('raw', 'm999_of_tomorrow', ?)",
            [LATE],
        )
    before = path.read_bytes()

    with pytest.raises(InputError, match=r"newer version \(it has m999_of_tomorrow\)"):
        open_raw(path, write=write)
    assert path.read_bytes() == before


def test_an_older_version_is_brought_up_to_date_by_writing_and_not_by_reading(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = Migrations("raw")
    later(name="m001_first_shape")(raw_shape.m001_first_shape)
    later(name="m002_hops_and_further_seeds")(raw_shape.m002_hops_and_further_seeds)
    later(name="m003_hash_of_answers")(raw_shape.m003_hash_of_answers)
    later(name="m004_more")(lambda db: db["more"].create({"id": int}))
    monkeypatch.setattr(raw_shape, "migrations", later)

    with pytest.raises(InputError, match=r"written by an older version.*harvest status"):
        open_raw(path)
    open_raw(path, write=True).close()
    with closing(open_raw(path)) as db:
        assert "more" in db.table_names()


def test_seeds_and_ways_of_the_first_shape_stay_and_reach_as_far_as_before(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    first = Migrations("raw")
    first(name="m001_first_shape")(raw_shape.m001_first_shape)
    with closing(Database(path)) as db:
        first.apply(db)
        db.conn.executescript(
            "INSERT INTO runs (run, job, started) VALUES (1, 'one', '2026-03-01T12:00:00Z');"
            "INSERT INTO seeds VALUES ('s', 'one', 'pmid', '1', 1), ('t', 'one', 'pmid', '9', 0);"
            "INSERT INTO reach VALUES ('s', 1, '', 0, 'seed', 1),"
            " ('s', 2, '1', 1, 'references', 1), ('s', 3, '1', 1, 'elink', 1),"
            " ('t', 9, '', 0, 'seed', 1);"
        )
    open_raw(path, write=True).close()
    with closing(open_raw(path)) as db:
        assert db.execute("SELECT pmid, direction FROM live_reach ORDER BY 1").fetchall() == [
            (1, ""),
            (2, "references"),
            (3, "cited-by"),
        ]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []


@contextmanager
def no_privileges() -> Iterator[None]:
    """Root may write anywhere: for a moment this process is nobody."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.fixture
def sealed() -> Iterator[Path]:
    """A folder that can be read and not written, with a raw.db in it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        open_raw(folder / "raw.db", write=True).close()
        folder.chmod(0o555)
        (folder / "raw.db").chmod(0o444)
        yield folder
        folder.chmod(0o755)


def test_a_folder_that_cannot_be_written_can_be_read(sealed: Path) -> None:
    with no_privileges():
        with closing(open_raw(sealed / "raw.db")) as db:
            assert list(records(db)) == []
        with pytest.raises(ConfigError, match=r"new.db: cannot be written .*Check the folder"):
            open_raw(sealed / "new.db", write=True)
        with (
            pytest.raises(ConfigError, match="the folder cannot be written"),
            locked(sealed / "raw.db"),
        ):
            pass


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "raw.db"

    with pytest.raises(ConfigError, match=r"raw.db: cannot be written .*Check the folder"):
        open_raw(path, write=True)
    with pytest.raises(ConfigError, match="there is no folder"), locked(path):
        pass


# Other processes


def started(code: str, path: Path) -> subprocess.Popen[str]:
    """A Python that runs ``code`` with raw.db's path as its argument, once it has said it is on."""
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(raw.__file__).parent.parent,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "on\n"
    return child


def ended(child: subprocess.Popen[str]) -> int:
    with child:
        child.kill()
    return child.returncode


HOLD = """
import sys; from pathlib import Path; from kb.raw import locked
with locked(Path(sys.argv[1])):
    print("on", flush=True)
    sys.stdin.read()
"""


@pytest.mark.soak
def test_a_second_process_is_refused_until_the_first_ends_even_by_a_kill(
    path: Path, tmp_path: Path
) -> None:
    other_name = tmp_path / "link.db"
    other_name.symlink_to(path)
    child = started(HOLD, path)
    for name in (path, other_name):
        with pytest.raises(Locked, match="another run is writing to it"), locked(name):
            pass
    ended(child)

    with locked(path):
        pass
    with locked(other_name):
        pass


def test_two_names_of_one_file_share_one_lock(path: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    other_name = tmp_path / "elsewhere" / "backup.db"
    other_name.hardlink_to(path)
    with (
        locked(path),
        pytest.raises(Locked, match=r"backup\.db: another run is writing to it"),
        locked(other_name),
    ):
        pass
    with locked(other_name), pytest.raises(Locked), locked(path):
        pass
    with locked(path):
        pass


def test_reading_and_closing_it_meanwhile_does_not_end_the_lock(path: Path) -> None:
    other_name = path.with_name("other.db")
    other_name.hardlink_to(path)
    with locked(path):
        path.read_bytes()
        with closing(open_raw(path, write=True)) as db:
            store(db, 7, ONE, EARLY)
        with pytest.raises(Locked), locked(other_name):
            pass


def test_a_raw_db_that_is_not_there_yet_is_locked_by_its_name_and_not_made(tmp_path: Path) -> None:
    raw_file = tmp_path / "raw.db"
    with locked(raw_file), pytest.raises(Locked), locked(raw_file):
        pass
    assert not raw_file.exists()


def test_a_pipe_or_a_device_is_no_raw_db_and_gets_no_lock(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(ConfigError, match="it is no ordinary file"), locked(pipe):
        pass
    with pytest.raises(ConfigError, match="it is no ordinary file"):
        open_raw(pipe, write=True)
    assert [each.name for each in tmp_path.iterdir()] == ["pipe"]


WRITE = """
import os, sys; from pathlib import Path; from kb.raw import open_raw, put
db = open_raw(Path(sys.argv[1]), write=True)
db.execute("PRAGMA cache_size = 1")
with db.atomic():
    for pmid in range(100, 300):
        put(db, pmid, os.urandom(4000), source="efetch", run=1, now="2026-01-02T00:00:00Z")
    print("on", flush=True)
    sys.stdin.read()
"""


@pytest.mark.soak
def test_a_kill_inside_a_transaction_leaves_what_was_before(path: Path) -> None:
    with closing(open_raw(path, write=True)) as db:
        store(db, 7, ONE, EARLY)
    size = path.stat().st_size
    child = started(WRITE, path)
    assert path.stat().st_size > size  # half of it is in the file
    assert ended(child) == -signal.SIGKILL

    with pytest.raises(ConfigError, match=r"a run was killed while it wrote.*harvest status"):
        open_raw(path)
    with closing(open_raw(path, write=True)) as db:
        assert stored_pmids(db) == {7}
        assert verify(db) == []
    with closing(open_raw(path)) as db:
        assert stored_pmids(db) == {7}


CREATE = """
import sys; from pathlib import Path; from kb import raw, raw_shape
def stay(*_):
    print("on", flush=True)
    sys.stdin.read()
raw_shape.migrations._record_applied = stay
raw.open_raw(Path(sys.argv[1]), write=True)
"""


@pytest.mark.soak
def test_a_kill_while_it_is_made_leaves_a_file_that_can_be_made(tmp_path: Path) -> None:
    path = tmp_path / "raw.db"
    assert ended(started(CREATE, path)) == -signal.SIGKILL

    with closing(open_raw(path, write=True)) as db:
        assert verify(db) == []
        assert "records" in db.table_names()


def test_an_answer_that_is_not_as_it_was_stored_is_named(path: Path) -> None:
    with closing(open_raw(path, write=True)) as db:
        db.execute("INSERT INTO runs (run, job, started) VALUES (9, 'j', '2025-01-01T00:00:00Z')")
        digest = hashlib.sha256(b"as it came").hexdigest()
        db.execute(
            "INSERT INTO answers (run, service, question, asked_at, status, body, sha256)"
            " VALUES (9, 'icite', 'pubs?pmids=1', '2025', 200, ?, ?)",
            [b"as it is now", digest],
        )
        (wrong,) = verify(db)
    assert wrong == "answer of icite in run 9: is not as it was stored (pubs?pmids=1)"


def test_answers_of_an_older_version_get_their_hash(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    before = Migrations("raw")
    before(name="m001_first_shape")(raw_shape.m001_first_shape)
    before(name="m002_hops_and_further_seeds")(raw_shape.m002_hops_and_further_seeds)
    with closing(Database(path)) as db:
        before.apply(db)
        db.execute("INSERT INTO runs (run, job, started) VALUES (1, 'j', '2025-01-01T00:00:00Z')")
        db.execute("INSERT INTO answers VALUES (1, 1, 'icite', 'q', '2025', 200, x'00')")
        db.conn.commit()
    with closing(open_raw(path, write=True)) as db:
        assert verify(db) == []
        (digest,) = db.execute("SELECT sha256 FROM answers").fetchone()
    assert digest == hashlib.sha256(b"\x00").hexdigest()


ASKED = [  # id, run, service, question, asked_at, status, body
    (1, 1, "icite", "pubs?pmids=1", "2026-03-01T12:00:05Z", 200, b"later"),
    (2, 1, "crossref", "works/10.1/a", "2026-03-01T12:00:01Z", 404, b"no"),
    (3, 2, "icite", "pubs?pmids=1", "2026-03-01T12:00:01Z", 200, b"sooner"),
    (4, 2, "elink", "id=1", "2026-03-01T12:00:09Z", 200, b""),
]


@pytest.fixture
def kept(path: Path) -> Iterator[Database]:
    with closing(open_raw(path, write=True)) as db:
        db.conn.executemany(
            "INSERT INTO runs (run, job, started) VALUES (?, 'j', '')", [(2,), (3,)]
        )
        db.conn.executemany("INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, NULL)", ASKED)
        yield db


def test_kept_answers_come_in_the_order_in_which_they_were_asked(kept: Database) -> None:
    assert [each.number for each in raw.answers(kept)] == [2, 3, 1, 4]
    assert next(raw.answers(kept)) == raw.KeptAnswer(
        number=2,
        service="crossref",
        question="works/10.1/a",
        run=1,
        asked_at="2026-03-01T12:00:01Z",
        status=404,
        body=b"no",
    )


@pytest.mark.parametrize(
    ("services", "limits", "numbers"),
    [
        (("icite",), {}, [3, 1]),
        (("icite", "elink"), {}, [3, 1, 4]),
        (("esearch",), {}, []),
        ((), {"status": 200}, [3, 1, 4]),
        ((), {"run": 2}, [3, 4]),
        ((), {"since": "2026-03-01T12:00:05Z"}, [1, 4]),
        ((), {"since": ""}, [2, 3, 1, 4]),
        (("icite",), {"question": "pubs?pmids=1", "run": 1}, [1]),
        (("icite",), {"question": "pubs?pmids=%"}, []),
    ],
)
def test_only_the_answers_that_are_wanted_come(
    kept: Database, services: tuple[str, ...], limits: dict[str, Any], numbers: list[int]
) -> None:
    assert [each.number for each in raw.answers(kept, *services, **limits)] == numbers


def test_the_last_run_that_kept_an_answer_is_known(kept: Database) -> None:
    assert [run for run, _ in raw.when_answered(kept, "icite")] == [1, 2]
    assert raw.when_answered(kept, "esearch") == []


def test_an_answer_that_is_kept_while_they_are_read_does_not_disturb(kept: Database) -> None:
    numbers = []
    for each in raw.answers(kept, "icite"):
        kept.conn.execute(
            "INSERT INTO answers VALUES (NULL, 1, 'icite', 'q', '2027', 200, x'', '')"
        )
        numbers.append(each.number)
    assert numbers == [3, 1]


def test_no_other_module_asks_for_kept_answers() -> None:
    root = Path(raw.__file__).parent.parent
    asking = {
        path.relative_to(root).as_posix()
        for folder in ("kb", "harvest")
        for path in (root / folder).rglob("*.py")
        if "FROM answers" in path.read_text(encoding="utf-8")
    }
    assert asking == {"kb/raw.py", "kb/raw_shape.py"}
