"""What readers of other programs give back of a full record: the tables of docs/exports.md.

    PYTHONPATH=tests python -m docs.losses                       ask the readers at hand
    PYTHONPATH=tests python -m docs.losses asreview=BIN/python   and one in another environment

docs/losses.json keeps what each reader gave and in which version; a reader that is not at hand
keeps its column. A value is kept where any field of the reader has it as it is in the base; where
one has it otherwise, the cell shows how.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from xml.etree.ElementTree import fromstring

from reading_exports import PACKAGES, by_bibutils, by_javascript, exported, reader
from small_base import add, add_paper, empty_base

HERE = Path(__file__).parent
DATA = HERE / "losses.json"
PAGE = HERE / "exports.md"
BEGIN, END = "<!-- Made by `make docs`. -->\n", "<!-- End of what is made. -->\n"
ENDINGS = {"ris": "ris", "bibtex": "bib", "csl-json": "json", "nbib": "nbib", "wos": "txt"}
LOST, KEPT = "**lost**", "kept"


class Field(NamedTuple):
    """What to look for of which record: all of the values; else how else it may be told."""

    record: str
    values: tuple[str, ...]
    otherwise: tuple[tuple[str, ...], ...] = ()


FIELDS = {
    "title with `<`, MIBG, 3 mg/ml": Field("article", ("Uptake of MIBG at 3 mg/ml: p < 0.05",)),
    "family name *Costa e Silva*": Field("article", ("Costa e Silva",)),
    "given names": Field("article", ("Maria Ana",)),
    "*Jr*": Field("article", ("Armato", "Jr")),
    "group with a comma": Field("article", ("Group of Imaging, SIOPEN",)),
    "journal": Field("article", ("Pediatric radiology",)),
    "its abbreviation": Field("article", ("Pediatr Radiol",)),
    "day": Field("article", ("2023-04-05",), (("2023/04/05",), ("2023-4-5",), ("2023 Apr 5",))),
    "season": Field("online", ("Fall",), (("2003-10",), ('"season"',))),
    "volume, issue": Field("article", ("53", "417")),
    "first and last page": Field("article", ("651", "659"), (("651-659",), ("651-9",))),
    "number of an article": Field("online", ("e01408-19",), (("e01408", "19"),)),
    "DOI": Field("article", ("10.1007/s00247-022-05489-2",)),
    "PMID": Field("article", ("36063183",)),
    "PMCID": Field("article", ("PMC9713432",), (("9713432",),)),
    "ISSN": Field("article", ("1432-1998",)),
    "language": Field("article", ("eng",), (("en",), ("en-US",), ("english",))),
    "keyword with a comma": Field("article", ("Tomography, X-Ray",)),
    "MeSH heading": Field("article", ("Neuroblastoma/diagnosis",), (("Neuroblastoma",),)),
    "abstract": Field("article", ("AIM: 5 % & more.",)),
    "that it is retracted": Field("article", ("RETRACTED",), (("Retracted Publication",),)),
    "that it was never checked": Field("online", ("never checked",)),
    "book of a chapter": Field("chapter", ("Handbook of Tumours",)),
    "editor": Field("chapter", ("Yew", "Quartz")),
    "publisher, place": Field("chapter", ("BIOS", "Oxford")),
    "edition, series": Field("chapter", ("2nd", "Tumour Series")),
    "ISBN": Field("chapter", ("9780000000002",)),
    "link to Bookshelf": Field("chapter", ("NBK2",)),
}
# What a format does not write is no loss of its readers.
NOT_WRITTEN = {
    "wos": {"PMCID", "its abbreviation",
            "that it was never checked", "link to Bookshelf", "MeSH heading", "edition, series"},
}  # fmt: skip


def _article() -> Any:
    db = empty_base()
    add_paper(
        db, 36063183, title="Uptake of MIBG at 3 mg/ml: p < 0.05.", journal="Pediatric radiology",
        journal_abbrev="Pediatr Radiol", year=2023, pub_date="2023-04-05", volume="53",
        pub_date_text="2023 Apr 5", issue="417", pages="651-9", doi="10.1007/s00247-022-05489-2",
        pmcid="PMC9713432", issn="1432-1998", language="eng", abstract="AIM: 5 % & more.",
        is_retracted=1,
    )  # fmt: skip
    people = (
        {"last_name": "Costa e Silva", "fore_name": "Maria Ana", "initials": "MA"},
        {"last_name": "Armato", "fore_name": "Samuel G", "initials": "SG", "suffix": "Jr"},
        {"collective": "Group of Imaging, SIOPEN"},
    )
    for place, person in enumerate(people, 1):
        add(db, "authors", pmid=36063183, position=place, **person)
    add(db, "keywords", pmid=36063183, position=1, keyword="Tomography, X-Ray", is_major=0)
    add(
        db, "mesh", pmid=36063183, position=1, descriptor_ui="D009447", descriptor="Neuroblastoma",
        qualifier="diagnosis", is_major=1,
    )  # fmt: skip
    add(db, "publication_types", pmid=36063183, position=1, name="Journal Article")
    return db


def _online() -> Any:
    db = empty_base()
    add_paper(
        db, 7, title="A number.", journal="J Test", year=2003, pub_date="2003",
        pub_date_text="2003 Fall", pages="e01408-19", doi="10.1/7",
    )  # fmt: skip
    add(db, "authors", pmid=7, position=1, last_name="Li", fore_name="Wei", initials="W")
    return db


def _chapter() -> Any:
    db = empty_base()
    add_paper(
        db, 8, title="A chapter.", is_book=1, is_chapter=1, journal="Handbook of Tumours",
        year=2003, doi="10.1/8",
    )  # fmt: skip
    add(db, "authors", pmid=8, position=1, last_name="Li", fore_name="Wei", initials="W")
    made = {"publisher": "BIOS", "publisher_place": "Oxford", "edition": "2nd"}
    add(db, "imprints", pmid=8, **made, series="Tumour Series", isbn="9780000000002",
        bookshelf_id="NBK2")  # fmt: skip
    editor = {"last_name": "Yew", "fore_name": "Quartz"}
    add(db, "contributors", pmid=8, position=1, role="editor", **editor)
    return db


RECORDS: dict[str, Callable[[], Any]] = {
    "article": _article, "online": _online, "chapter": _chapter,
}  # fmt: skip

# The readers: from a file of one record to whatever they make of it.
Reader = Callable[[Path], Any]


def _rispy(file: Path) -> Any:
    return reader("rispy").loads(file.read_text("utf-8"))


def _pandoc(file: Path) -> Any:
    names = {"ris": "ris", "bib": "bibtex", "json": "csljson"}
    found = reader("pypandoc").convert_file(file, "csljson", names[file.suffix[1:]])
    return json.loads(found)


def _citation_js(file: Path) -> Any:
    return by_javascript("citation", file)


def _bibutils(program: str) -> Reader:
    def read(file: Path) -> Any:
        parts = fromstring(by_bibutils(program, file)).iter()  # noqa: S314 - of our own file
        return [" ".join("".join(text).strip() for text in part.itertext()) for part in parts]

    return read


def _pybtex(file: Path) -> Any:
    [entry] = reader("pybtex.database").parse_file(file, "bibtex").entries.values()
    people = [person for persons in entry.persons.values() for person in persons]
    parts = ("first_names", "middle_names", "prelast_names", "last_names", "lineage_names")
    names = [" ".join(getattr(person, part)) for person in people for part in parts]
    given = [" ".join([*person.first_names, *person.middle_names]) for person in people]
    return [dict(entry.fields), names, given]


def _bibtexparser(file: Path) -> Any:
    library = reader("bibtexparser")
    layers = library.middlewares
    middleware = [layers.SeparateCoAuthors(), layers.SplitNameParts()]
    [entry] = library.parse_string(file.read_text("utf-8"), append_middleware=middleware).entries
    found = {field.key: field.value for field in entry.fields}
    people = [name for key in ("author", "editor") for name in found.pop(key, [])]
    parts = ("first", "von", "last", "jr")
    return [found, [" ".join(getattr(name, part)) for name in people for part in parts]]


def _citeproc_py(file: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        [item] = reader("citeproc.source.json").CiteProcJSON(json.loads(file.read_text())).values()
    return [_told_by_citeproc(value) for value in item.values()]


def _told_by_citeproc(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _told_by_citeproc(each) for key, each in value.items()}
    if isinstance(value, list):
        return ["".join(map(str, value)), *(_told_by_citeproc(each) for each in value)]
    return str(value)


def _biopython(file: Path) -> Any:
    from Bio import Medline

    return list(Medline.parse(io.StringIO(file.read_text("utf-8"))))  # type: ignore[no-untyped-call]


def _nbib(file: Path) -> Any:
    return json.loads(json.dumps(reader("nbib").read(file.read_text("utf-8")), default=str))


def _npm(package: str) -> str:
    about = json.loads((PACKAGES / package / "package.json").read_text("utf-8"))
    return str(about["version"])


def _bibutils_version() -> str:
    command = ["ris2xml", "-v"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    found = re.search(r"\b\d+\.\d+", told.stderr + told.stdout)
    return found[0] if found else ""


class Way(NamedTuple):
    version: Callable[[], str]
    read: Reader


READERS: dict[str, dict[str, Way]] = {
    "ris": {
        "rispy": Way(lambda: version("rispy"), _rispy),
        "pandoc": Way(lambda: str(reader("pypandoc").get_pandoc_version()), _pandoc),
        "citation.js": Way(lambda: _npm("@citation-js/core"), _citation_js),
        "bibutils": Way(_bibutils_version, _bibutils("ris2xml")),
    },
    "bibtex": {
        "pybtex": Way(lambda: version("pybtex"), _pybtex),
        "bibtexparser": Way(lambda: version("bibtexparser"), _bibtexparser),
        "pandoc": Way(lambda: str(reader("pypandoc").get_pandoc_version()), _pandoc),
        "Better BibTeX's parser": Way(
            lambda: _npm("@retorquere/bibtex-parser"), lambda f: by_javascript("better-bibtex", f)
        ),
        "biblatex-csl-converter": Way(
            lambda: _npm("biblatex-csl-converter"), lambda f: by_javascript("biblatex-csl", f)
        ),
        "citation.js": Way(lambda: _npm("@citation-js/core"), _citation_js),
        "bibutils": Way(_bibutils_version, _bibutils("bib2xml")),
    },
    "csl-json": {
        "pandoc": Way(lambda: str(reader("pypandoc").get_pandoc_version()), _pandoc),
        "citation.js": Way(lambda: _npm("@citation-js/core"), _citation_js),
        "citeproc-py": Way(lambda: version("citeproc-py"), _citeproc_py),
    },
    "nbib": {
        "Biopython": Way(lambda: version("biopython"), _biopython),
        "nbib": Way(lambda: version("nbib"), _nbib),
    },
}
# These draw in so much that each is asked in an environment of its own: format, and what prints the
# version and then, as JSON, what it read of the file that is named.
APART = {
    "asreview": ("ris", """
import asreview, json, sys
from asreview.data import RISReader
found = RISReader.read_data(sys.argv[1]).to_dict("records")
print(asreview.__version__); print(json.dumps(found, default=str))
"""),
    "litstudy": ("ris", """
import importlib.metadata, json, litstudy, sys
[found] = litstudy.load_ris_file(sys.argv[1])
names = ("title", "publisher", "language", "publication_date", "publication_year", "abstract",
         "publication_source", "source_type", "keywords", "id")
about = {name: getattr(found, name, None) for name in names}
about["authors"] = [author.name for author in found.authors or []]
print(importlib.metadata.version("litstudy")); print(json.dumps(about, default=str))
"""),
    "bibx": ("wos", """
import bibx, importlib.metadata, json, sys
[found] = bibx.read_wos(open(sys.argv[1])).articles
names = ("authors", "year", "title", "journal", "volume", "issue", "page", "doi", "keywords")
about = {name: getattr(found, name) for name in names}
print(importlib.metadata.version("bibx")); print(json.dumps(about, default=str))
"""),
}  # fmt: skip


def read_apart(python: str, name: str, file: Path) -> tuple[str, Any]:
    """The version of a reader in another environment, and what it read."""
    command = [python, "-c", APART[name][1], str(file)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603
    number, found = told.strip().splitlines()[-2:]
    return number, json.loads(found)


# Looking for what is kept


def leaves(found: Any) -> Iterator[str]:
    """Every text and number, lists of numbers also as one: 2023-4-5."""
    if isinstance(found, Mapping):
        yield from (f'"{key}"' for key in found)
        for value in found.values():
            yield from leaves(value)
    elif isinstance(found, Sequence) and not isinstance(found, str):
        if found and all(isinstance(each, int) for each in found):
            yield "-".join(map(str, found))
        for value in found:
            yield from leaves(value)
    elif found is not None:
        yield str(found)


def cell(field: Field, told: Sequence[str]) -> str:
    """``kept``, how else it is told, or that it is lost."""
    if all(any(value in each for each in told) for value in field.values):
        return KEPT
    for values in field.otherwise:
        if all(any(value == each for each in told) for value in values):
            return f"→ {_code(', '.join(values))}"
    ways = [_otherwise(value, told) for value in field.values]
    if not any(ways):
        return LOST
    return "→ " + ", ".join(_code(way) if way else LOST for way in ways)


def _otherwise(value: str, told: Sequence[str]) -> str | None:
    """The shortest text that has the same letters and numbers."""
    wanted = _bare(value)
    found = [each for each in told if wanted and wanted in _bare(each)]
    return min(found, key=len, default=None)


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", re.sub(r"</?span[^>]*>|\\[a-z]+", "", text)).lower()


def _code(text: str) -> str:
    text = " ".join(text.split())
    return f"`{text if len(text) < 60 else text[:57] + '...'}`".replace("|", "\\|")


# The tables


def files(folder: Path, format: str) -> dict[str, Path]:
    """A file of each record."""
    kind = "citation" if format == "wos" else "references"
    made = {}
    for name, record in RECORDS.items():
        made[name] = folder / f"{name}.{ENDINGS[format]}"
        made[name].write_bytes(exported(record(), kind, format))
    return made


def column(format: str, number: str, read: Reader) -> dict[str, Any]:
    """What a reader made of each field."""
    with TemporaryDirectory() as folder:
        told = {name: list(leaves(read(f))) for name, f in files(Path(folder), format).items()}
    wanted = {name: f for name, f in FIELDS.items() if name not in NOT_WRITTEN.get(format, ())}
    cells = {name: cell(field, told[field.record]) for name, field in wanted.items()}
    return {"version": number, "cells": cells}


def column_apart(name: str, python: str) -> dict[str, Any]:
    numbers: list[str] = []

    def read(file: Path) -> Any:
        number, found = read_apart(python, name, file)
        numbers.append(number)
        return found

    found = column(APART[name][0], "", read)
    return {**found, "version": numbers[0]}


def kept_data() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(DATA.read_text("utf-8")) if DATA.exists() else {}
    return found


def tables(data: Mapping[str, Mapping[str, Any]]) -> str:
    parts = []
    for format, readers in data.items():
        heads = [f"{name} {column['version']}" for name, column in readers.items()]
        lines = [_row([f"`{format}`", *heads]), _row(["---"] * (len(heads) + 1))]
        for field in FIELDS:
            cells = [column["cells"].get(field) for column in readers.values()]
            lines += [_row([field, *map(str, cells)])] if all(cells) else []
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def page(text: str, data: Mapping[str, Mapping[str, Any]]) -> str:
    """The page with its tables as they would be made."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{tables(data)}\n{END}{rest.partition(END)[2]}"


def main(apart: Sequence[str]) -> None:
    data = kept_data()
    for format, readers in READERS.items():
        for name, way in readers.items():
            data.setdefault(format, {})[name] = column(format, way.version(), way.read)
    for each in apart:
        name, _, python = each.partition("=")
        data.setdefault(APART[name][0], {})[name] = column_apart(name, python)
    DATA.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")
    PAGE.write_text(page(PAGE.read_text("utf-8"), data), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
