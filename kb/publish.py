"""A directory that any host with Python or containers can serve: the base, what serving it needs of
the field's data, the program, and how to start it.

Abstracts may be copyrighted, so a public copy has none unless they are asked for: their text goes,
and with it the raw records and the words in the full-text index. What was read from them stays,
each fact with the place where it stood.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import sys
from contextlib import closing
from importlib.metadata import distribution, version
from pathlib import Path
from string import Template

from kb import DISTRIBUTION, full_text
from kb.aside import aside, spare_other_files
from kb.base import check_base, read_only, reading
from kb.checks import check
from kb.data import HERE
from kb.errors import CheckFailed, ConfigError, InputError
from kb.outputs import put_in_place

# What of a field's data the site reads.
SERVED = ("topics.yml", "datasette.yml", "queries.yml")
WRITTEN = {"kb", "kb.new", "kb.old", "data", "kb.db"}
# What a first run that was killed may have left and nothing else.
UNFINISHED = {"kb.new", "kb.db.building", "kb.db.building-journal"}
# Where the program is, was a moment ago, or will be: one of them is whole at any time.
PROGRAMS = ("kb", "kb.new", "kb.old")
# So many words of an abstract in a row are quoted in a copy without abstracts, and no more.
QUOTED_WORDS = 8
LONGER = re.compile(rf"(\w+(?:\W+\w+){{{QUOTED_WORDS - 1}}})(?:\W+\w+)+")
QUOTE = re.compile('"[^"]*"')
WITHOUT_ABSTRACTS = """
DELETE FROM passages WHERE field = 'abstract';
DELETE FROM abstract_sections;
DELETE FROM other_abstracts;
UPDATE papers SET abstract = NULL, abstract_html = NULL;
UPDATE papers SET design_basis = with_short_quotes(design_basis);
UPDATE evidence SET basis = with_short_quotes(basis);
UPDATE topic_evidence SET surface = shortened(surface) WHERE field = 'abstract';
UPDATE statements SET surface = shortened(surface) WHERE field = 'abstract';
UPDATE raw_records SET xml = NULL;
INSERT OR REPLACE INTO meta VALUES ('abstracts', 'left out');
"""
DOCKERFILE = Template("""\
FROM python:$python-slim
WORKDIR /base
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
CMD python -m kb.cli serve kb.db --host 0.0.0.0 --port "$${PORT:-8001}"
""")
README = Template("""\
# A published evidence base

Base $base_id: $papers papers, records as of $newest_read. Abstracts: $abstracts.

On a machine with Python $python:

    python -m venv .venv && .venv/bin/pip install -r requirements.txt
    .venv/bin/python -m kb.cli serve kb.db --host 127.0.0.1 --port 8001

In a container, which listens on port 8001, or on PORT where the host sets it:

    docker build -t evidence-base . && docker run -p 8001:8001 evidence-base

Everything is read-only. Put a web server with TLS before it. A newer base: publish into this folder
again; a server that runs here takes it up within two seconds.

The records are from PubMed, courtesy of the U.S. National Library of Medicine, and may not be the
newest that it has. NLM does not warrant that they are complete or right, and endorses nothing here.
Topics, figures and levels of evidence were read by a program. This is no medical advice.
""")


def publish(db: Path, folder: Path, data: Path, *, with_abstracts: bool) -> None:
    """Write the directory ``folder``, new or published before, from a kb.db and its field's data.

    Raises what ``kb.base.check_base`` raises; InputError where ``folder`` holds other files;
    ConfigError where it cannot be written; Locked where it is being published; CheckFailed where
    the copy is wrong. Its kb.db is then as it was.
    """
    check_base(db)
    _spare(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with aside(folder / "kb.db") as new:
            _copy(db, new, with_abstracts=with_abstracts)
            if wrong := check(new):
                raise CheckFailed(f"{db}: the copy is wrong, and was not published: {wrong[0]}")
            _program(folder)
            (folder / "data").mkdir(exist_ok=True)
            served = filter(Path.is_file, (data / name for name in SERVED))
            put_in_place({folder / "data" / path.name: [path.read_bytes()] for path in served})
            texts = _texts(new).items()
            put_in_place({folder / name: [text.encode()] for name, text in texts})
            new.replace(folder / "kb.db")
    except (OSError, sqlite3.OperationalError) as error:
        raise ConfigError(
            f"{folder}: cannot be written ({error}). Check its permissions and the space on the "
            "disk; what was published there before is still served."
        ) from error


def _spare(folder: Path) -> None:
    """Raise InputError unless the folder is free or was published before, by a run that may have
    been killed."""
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    was_published = any((folder / name / "publish.py").is_file() for name in PROGRAMS)
    if (folder.exists() and not folder.is_dir()) or not (names <= UNFINISHED or was_published):
        raise InputError(f"{folder}: is there and was not published; name a folder of its own.")
    if links := [path for path in folder.glob("*") if path.name in WRITTEN and path.is_symlink()]:
        raise InputError(
            f"{links[0]}: is a link, and publishing writes through none. See who made it, and "
            "remove it."
        )
    spare_other_files(folder / "kb.db")


def _copy(db: Path, new: Path, *, with_abstracts: bool) -> None:
    with reading(db) as source, closing(sqlite3.connect(new)) as copy:
        source.backup(copy)
        if not with_abstracts:
            for function in (shortened, with_short_quotes):
                copy.create_function(function.__name__, 1, function, deterministic=True)
            copy.executescript(f"BEGIN;{WITHOUT_ABSTRACTS}")
            full_text.fill(copy)
            copy.commit()
        copy.execute("VACUUM")  # what was deleted is in the file until then


def shortened(text: str) -> str:
    """A text cut behind its eighth word, with a sign that it goes on."""
    return LONGER.sub(r"\1 …", text)


def with_short_quotes(text: str) -> str:
    return QUOTE.sub(lambda quote: shortened(quote[0]), text)


def _program(folder: Path) -> None:
    """The package kb, from which this runs; what is there is replaced."""
    program, new, old = (folder / name for name in PROGRAMS)
    shutil.rmtree(new, ignore_errors=True)
    try:
        shutil.copytree(HERE, new, ignore=shutil.ignore_patterns("__pycache__", "_data"))
    except OSError:  # on a disk that is full, half of it is in the way
        shutil.rmtree(new, ignore_errors=True)
        raise
    shutil.rmtree(old, ignore_errors=True)
    if program.exists():
        program.replace(old)
    new.replace(program)
    shutil.rmtree(old, ignore_errors=True)


def _texts(new: Path) -> dict[str, str]:
    with closing(read_only(new)) as db:
        meta = dict(db.execute("SELECT key, value FROM meta"))
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    ours = distribution(DISTRIBUTION)
    needed = sorted(re.match(r"[\w.-]+", each)[0] for each in ours.requires or ())  # type: ignore[index]
    return {
        "requirements.txt": "".join(f"{name}=={version(name)}\n" for name in needed),
        "Dockerfile": DOCKERFILE.substitute(python=python),
        "README.md": README.substitute({"abstracts": "kept"} | meta, python=python),
        "LICENSE": ours.read_text("licenses/LICENSE") or "",
    }
