from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_exports import (
    as_csl,
    by_bibutils,
    by_javascript,
    exported,
    of_csl,
    opened,
    papers,
    reader,
)
from small_base import a_chapter, add, add_paper, empty_base, small_base

from kb import exports
from kb.exports.characters import one_line
from kb.exports.papers import Name, Paper, first_and_last, notes
from kb.exports.papers import read as read_papers

MODS = "{http://www.loc.gov/mods/v3}"


def fields_of(paper: Paper) -> dict[str, str]:
    """What an entry must hold, but for names and month."""
    first, last = first_and_last(paper.pages or "")
    found = {
        "title": paper.printed_title,
        "booktitle" if paper.is_book else "journal": paper.container,
        "series": paper.series,
        "edition": paper.edition,
        "publisher": paper.publisher,
        "address": paper.publisher_place,
        "shortjournal": paper.journal_abbrev,
        "year": str(paper.year or ""),
        "volume": paper.volume,
        "number": paper.issue,
        "pages": "--".join(filter(None, [first, last])) or paper.pages,
        "issn": paper.issn,
        "isbn": paper.isbn,
        "doi": paper.doi,
        "pmid": str(paper.pmid),
        "eprint": str(paper.pmid),
        "pmcid": paper.pmcid,
        "language": paper.language,
        "publication_types": "; ".join(paper.types),
        "type": "Retracted Publication" if paper.verdict == "retracted" else None,
        "pubstate": "retracted" if paper.verdict == "retracted" else None,
        "note" if paper.is_doubted else "annote": "; ".join(notes(paper)),
        "keywords": ", ".join(
            subject.replace(",", "‚") for each in paper.subjects if (subject := each.strip(" ,"))
        ),
        "abstract": paper.abstract,
    }
    values = {name: one_line(value or "") for name, value in found.items()}
    return {name: value for name, value in values.items() if value}


OWN = {"author", "editor", "month", "date", "url", "eprinttype"}
COMMANDS = {
    "textbackslash": "\\",
    "textbraceleft": "{",
    "textbraceright": "}",
    "textasciitilde": "~",
    "textasciicircum": "^",
}
WRITTEN = re.compile(r"\\(?P<word>[a-z]+)\{\}|\\(?P<sign>[&%$#_{}])|\$(?P<math>[<>])\$|[{}]")


def plain(text: str) -> str:
    """What LaTeX makes of a field."""
    return WRITTEN.sub(_said, text)


def _said(found: re.Match[str]) -> str:
    return COMMANDS[found["word"]] if found["word"] else found["sign"] or found["math"] or ""


def names_of(names: list[Name]) -> list[tuple[str, ...]]:
    """Family name, given names and suffix; a name of one part is a family name."""
    parts = [(n.only, "", "") if n.only else (n.last, n.given, n.suffix) for n in names]
    return [tuple(one_line(part or "") for part in name) for name in parts]


def test_bibtexparser_reads_every_field_back(any_base: Path) -> None:
    bibtexparser = reader("bibtexparser")
    layers = bibtexparser.middlewares
    found = bibtexparser.parse_string(
        exported(opened(any_base), "references", "bibtex").decode(),
        append_middleware=[layers.SeparateCoAuthors(), layers.SplitNameParts()],
    )
    assert found.failed_blocks == []
    expected = list(papers(any_base))
    assert [entry.key for entry in found.entries] == [f"pmid{paper.pmid}" for paper in expected]
    for entry, paper in zip(found.entries, expected, strict=True):
        fields = {field.key: field.value for field in entry.fields}
        read = {name: plain(value) for name, value in fields.items() if name not in OWN}
        assert read == fields_of(paper), paper.pmid
        assert [name_parts(name) for name in fields.get("author", [])] == names_of(paper.authors)


def name_parts(name: Any) -> tuple[str, ...]:
    groups = ([*name.von, *name.last], name.first, name.jr)
    return tuple(plain(" ".join(group)) for group in groups)


def test_pybtex_reads_every_field_back(any_base: Path) -> None:
    database = reader("pybtex.database").parse_string(
        exported(opened(any_base), "references", "bibtex").decode(), "bibtex"
    )
    expected = list(papers(any_base))
    assert len(database.entries) == len(expected)
    for paper in expected:
        entry = database.entries[f"pmid{paper.pmid}"]
        read = {n: plain(value) for n, value in entry.fields.items() if n not in OWN}
        assert read == {n: re.sub(r"\s+", " ", value) for n, value in fields_of(paper).items()}
        people = entry.persons.get("author", [])
        assert [pybtex_parts(person) for person in people] == [
            tuple(re.sub(r"\s+", " ", part) for part in name) for name in names_of(paper.authors)
        ]


def pybtex_parts(person: Any) -> tuple[str, ...]:
    groups = (
        [*person.prelast_names, *person.last_names],
        [*person.first_names, *person.middle_names],
        person.lineage_names,
    )
    return tuple(plain(" ".join(group)) for group in groups)


# Titles, as programs that change their letters read them


def shown(text: str) -> str:
    """A title without the marks of what keeps its letters, and without typographic quotes."""
    text = re.sub(r"</?span[^>]*>", "", text)
    for quote, sign in (("‘", "'"), ("’", "'"), ("“", '"'), ("”", '"')):
        text = text.replace(quote, sign)
    return " ".join(text.split())


def assert_titles(found: dict[str, str], base: Path) -> None:
    for paper in papers(base):
        title = re.sub(r"[\x80-\x9f]", "\ufffd", one_line(paper.printed_title))
        assert shown(found.get(f"pmid{paper.pmid}", "")) == shown(title)


def test_pandoc_reads_the_letters_of_every_title(any_base: Path, tmp_path: Path) -> None:
    pandoc = reader("pypandoc")
    exports.write(any_base, "references", "bibtex", tmp_path / "p.bib")
    found = json.loads(pandoc.convert_file(tmp_path / "p.bib", "csljson", "bibtex"))
    # It prints $<$ as <, and hands it on as it is.
    titles = {item["id"]: re.sub(r"\$([<>])\$", r"\1", item.get("title", "")) for item in found}
    assert_titles(titles, any_base)
    expected = list(papers(any_base))
    assert [len(item.get("author", [])) for item in found] == [len(p.authors) for p in expected]


def test_better_bibtex_s_parser_reads_the_letters_of_every_title(
    any_base: Path, tmp_path: Path
) -> None:
    assert_titles(titles_by("better-bibtex", any_base, tmp_path), any_base)


def test_biblatex_csl_converter_reads_the_letters_of_every_title(
    any_base: Path, tmp_path: Path
) -> None:
    assert_titles(titles_by("biblatex-csl", any_base, tmp_path), any_base)


def test_citation_js_reads_every_field_back(any_base: Path, tmp_path: Path) -> None:
    exports.write(any_base, "references", "bibtex", tmp_path / "p.bib")
    found = {item["id"]: of_csl(item) for item in by_javascript("citation", tmp_path / "p.bib")}
    for paper in papers(any_base):
        assert found[f"pmid{paper.pmid}"] == as_csl(paper)


def titles_by(name: str, base: Path, folder: Path) -> dict[str, str]:
    exports.write(base, "references", "bibtex", folder / "p.bib")
    found = by_javascript(name, folder / "p.bib")
    return {key: fields.get("title", "") for key, fields in found.items()}


def test_a_keyword_with_a_comma_is_one_keyword(tmp_path: Path) -> None:
    db = empty_base(tmp_path / "kb.db")
    add_paper(db, 1, journal="J")
    for place, keyword in enumerate(["Tomography, X-Ray Computed", "Kainate,", "Humans"], 1):
        add(db, "keywords", pmid=1, position=place, keyword=keyword, is_major=0)
    db.commit()
    exports.write(tmp_path / "kb.db", "references", "bibtex", tmp_path / "p.bib")
    [fields] = by_javascript("better-bibtex", tmp_path / "p.bib").values()
    assert sorted(fields["keywords"]) == ["Humans", "Kainate", "Tomography‚ X-Ray Computed"]


@pytest.mark.parametrize("family", ["Costa e Silva", "Van den Broeck", "de la Cruz", "Li", "dos"])
@pytest.mark.parametrize("suffix", [None, "Jr", "3rd"])
def test_pybtex_and_bibtexparser_read_one_family_name(family: str, suffix: str | None) -> None:
    db = empty_base()
    add_paper(db, 1)
    add(db, "authors", pmid=1, position=1, last_name=family, fore_name="Ana", suffix=suffix)
    text = exported(db, "references", "bibtex").decode()
    layers = reader("bibtexparser").middlewares
    middleware = [layers.SeparateCoAuthors(), layers.SplitNameParts()]
    found = reader("bibtexparser").parse_string(text, append_middleware=middleware)
    [name] = found.entries[0].fields_dict["author"].value
    person = reader("pybtex.database").parse_string(text, "bibtex").entries["pmid1"].persons
    [author] = person["author"]
    read = (author.prelast_names, plain(" ".join(author.last_names)), author.lineage_names)
    suffixes = [suffix] if suffix else []
    assert read == ([], family, suffixes)
    assert (name.von, plain(" ".join(name.last)), name.jr) == ([], family, suffixes)


def test_bibutils_reads_titles_identifiers_and_years_back(any_base: Path, tmp_path: Path) -> None:
    exports.write(any_base, "references", "bibtex", tmp_path / "p.bib")
    found = fromstring(by_bibutils("bib2xml", tmp_path / "p.bib"))
    read = {mods.get("ID"): mods for mods in found.iter(f"{MODS}mods")}
    expected = list(papers(any_base))
    assert list(read) == [f"pmid{paper.pmid}" for paper in expected]
    for paper in expected:
        mods = read[f"pmid{paper.pmid}"]
        dois = [e.text for e in mods.iter(f"{MODS}identifier") if e.get("type") == "doi"]
        assert dois == ([paper.doi] if paper.doi else [])


def entry(db: sqlite3.Connection, pmid: int) -> str:
    text = exported(db, "references", "bibtex").decode()
    return next(block for block in text.split("\n\n") if f"{{pmid{pmid}," in block)


def test_a_bibliography_prints_that_a_paper_is_retracted() -> None:
    assert "\n  note = {RETRACTED: Pediatr Radiol" in entry(small_base(), 1)
    assert "\n  note = {EXPRESSION OF CONCERN;" in entry(small_base(), 2)
    assert "\n  type = {Retracted Publication},\n  pubstate = {retracted},\n" in entry(
        small_base(), 1
    )
    assert "pubstate" not in entry(small_base(), 2)


def test_that_a_paper_was_never_checked_is_kept_and_not_printed() -> None:
    found = entry(small_base(), 3)
    assert "\n  annote = {Retraction status: never checked" in found
    assert "\n  note" not in found


def test_a_chapter_is_in_a_collection_and_a_whole_book_has_a_publisher() -> None:
    db = small_base()
    add_paper(db, 6, is_book=1, is_chapter=0, title="A Whole Book", journal="A Press")
    assert entry(db, 4).startswith("@incollection{pmid4,")
    assert "\n  booktitle = {A {Book} of {Tumours}}," in entry(db, 4)
    assert "\n  editor = {Ed, It}," in entry(db, 4)
    assert entry(db, 6).startswith("@book{pmid6,")
    assert "\n  publisher = {A Press}," in entry(db, 6)


def test_the_date_is_year_and_month_and_a_whole_date_where_the_day_is_known() -> None:
    db = small_base()
    assert "\n  year = {2023},\n  volume" in entry(db, 1)
    assert "\n  month = apr,\n" in entry(db, 1)
    db.execute("UPDATE papers SET pub_date = '2023-04-05' WHERE pmid = 1")
    assert "\n  date = {2023-04-05},\n" in entry(db, 1)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ({"last_name": "Li", "fore_name": "Wei"}, "Li, Wei"),
        ({"last_name": "Li", "fore_name": "Wei", "suffix": "Jr"}, "Li, Jr, Wei"),
        ({"last_name": "Wang Ny"}, "{Wang Ny}"),
        ({"last_name": "Li", "suffix": "3rd"}, "Li, 3rd, {}"),
        ({"last_name": "De and Li", "fore_name": "W"}, "{De and Li}, W"),
        ({"last_name": "Li, Wu", "fore_name": "W"}, "{Li, Wu}, W"),
        ({"last_name": "Costa e Silva", "fore_name": "Maria"}, "{Costa e Silva}, Maria"),
        ({"last_name": "Van den Broeck", "fore_name": "J-P"}, "{Van den Broeck}, J-P"),
        ({"last_name": "de Vos", "fore_name": "A", "suffix": "Jr"}, "{de Vos}, Jr, A"),
        ({"last_name": "García Pérez", "fore_name": "A"}, "García Pérez, A"),
        ({"last_name": "Others"}, "{Others}"),
        ({"last_name": "deVere White", "fore_name": "R W"}, "{deVere White}, R W"),
        ({"last_name": "van der Berg", "fore_name": "J"}, "{van der Berg}, J"),
        ({"last_name": "al-Fawaz", "fore_name": "A"}, "{al-Fawaz}, A"),
        ({"last_name": "Al-Fawaz", "fore_name": "A"}, "Al-Fawaz, A"),
        ({"last_name": "Armato", "initials": "SG", "suffix": "III"}, "Armato, III, S G"),
        ({"collective": "Group A and B, C & D"}, "{Group A and B, C \\& D}"),
    ],
)
def test_a_name_is_family_suffix_given(name: dict[str, str], written: str) -> None:
    db = empty_base()
    add_paper(db, 1)
    add(db, "authors", pmid=1, position=1, **name)
    assert f"\n  author = {{{written}}},\n" in entry(db, 1)


def test_a_chapter_has_the_imprint_of_its_book_and_where_it_can_be_read() -> None:
    text = entry(a_chapter(), 1)
    for line in (
        *("publisher = {BIOS}", "address = {Oxford}", "edition = {2nd}", "series = {Series}"),
        *("isbn = {9780000000002}", "url = {https://www.ncbi.nlm.nih.gov/books/NBK2/}"),
        *("pages = {33--41}", "volume = {3}", "booktitle = {A {Book}}"),
    ):
        assert f"\n  {line},\n" in text


def test_what_has_no_journal_is_no_article_for_that_would_stop_some_styles() -> None:
    db = empty_base()
    add_paper(db, 1)
    add_paper(db, 2, journal_abbrev="J Test")
    assert entry(db, 1).startswith("@misc{")
    assert "\n  journal = {J Test},\n" in entry(db, 2)


@pytest.mark.parametrize(
    ("about", "written"),
    [
        ({"pages": "2400512"}, "pages = {2400512}"),
        ({"pages": "1077.e1-1077.e12"}, "pages = {1077.e1--1077.e12}"),
        ({"pages": "S1-34-S1-40"}, "pages = {S1-34--S1-40}"),
        ({"pub_date": "2003", "pub_date_text": "2003 Fall", "year": 2003}, "month = {Fall}"),
        ({"title": "Imaging in infants."}, "title = {Imaging in infants}"),
    ],
)
def test_a_field_is_whole(about: dict[str, Any], written: str) -> None:
    db = empty_base()
    add_paper(db, 1, **about)
    assert f"\n  {written},\n" in entry(db, 1)


@given(st.text())
def test_any_title_stays_one_field_and_comes_back(title: str) -> None:
    db = empty_base()
    add_paper(db, 1, title=title, doi=f"10.1/{title}")
    found = reader("bibtexparser").parse_string(exported(db, "references", "bibtex").decode())
    assert found.failed_blocks == []
    [read] = found.entries
    fields = {field.key: field.value for field in read.fields}
    [paper] = read_papers(db)
    assert plain(fields.get("title", "")) == one_line(paper.printed_title)
    assert paper.printed_title in (title, title.removesuffix("."))
    assert {"pmid", "url"} <= set(fields)
