"""kb.site.paper: what a page makes of the rows of a paper."""

from __future__ import annotations

import io
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from building import paper
from hypothesis import given
from hypothesis import strategies as st
from loopback import record_set
from serving import asking, text_of
from specimen_site import (
    CITED_DOI,
    CITED_ONLY,
    CITING,
    GARBLED,
    IMAGING,
    LONG,
    LONG_TITLE,
    NOTATIONS,
    RETRACTED,
    UNCHECKED,
    UNTITLED,
    Get,
)

from harvest.files import read_files
from harvest.progress import Progress
from kb.build.build import build
from kb.data import data_dir
from kb.record.sentences import around
from kb.site.paper import sentences

TEXT = "We saw 31 children. Sensitivity was 91%, specificity 84%. Kappa was 0.4."
Place = tuple[int, int]


@pytest.fixture(scope="module")
def db() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def findings(
    db: sqlite3.Connection,
    *places: Place,
    text: str = TEXT,
    field: str = "abstract",
    published: bool = True,
) -> list[sqlite3.Row]:
    """Rows as of findings with their passage where it is published, in reading order."""
    sql = (
        'SELECT ? AS field, ? AS start, ? AS "end", ? AS sentence_start, ? AS sentence_end,'
        " ? AS text"
    )
    shown = text if published else None
    return [
        db.execute(sql, (field, *place, *around(text, *place), shown)).fetchone()
        for place in places
    ]


def place(words: str, text: str = TEXT) -> Place:
    return text.index(words), text.index(words) + len(words)


def test_figures_of_one_sentence_share_it(db: sqlite3.Connection) -> None:
    found = sentences(findings(db, *map(place, ("31 children", "91%", "84%", "0.4"))))
    assert [each.pieces for each in found] == [
        ["We saw ", "31 children", "."],
        ["Sensitivity was ", "91%", ", specificity ", "84%", "."],
        ["Kappa was ", "0.4", "."],
    ]
    assert [len(each.figures) for each in found] == [1, 2, 1]


def test_a_stop_that_ended_no_sentence_for_the_reader_ends_none_on_the_page(
    db: sqlite3.Connection,
) -> None:
    text = "Gout fell. Kappa was 0.4 (i.v. route) vs. 0.6 for CT.\nNext"
    (one,) = sentences(findings(db, place("0.4", text), place("0.6", text), text=text))
    assert one.pieces == ["Kappa was ", "0.4", " (i.v. route) vs. ", "0.6", " for CT."]


def test_words_of_two_figures_may_overlap(db: sqlite3.Connection) -> None:
    (one,) = sentences(findings(db, place("Sensitivity was 91%"), place("91%, specificity 84%")))
    assert one.pieces == ["", "Sensitivity was 91%", "", ", specificity 84%", "."]


def test_a_title_and_an_abstract_share_no_sentence(db: sqlite3.Connection) -> None:
    rows = findings(db, (0, 2), text="91% of 31", field="title") + findings(
        db, place("31 children")
    )
    assert [each.pieces[1] for each in sentences(rows)] == ["91", "31 children"]


def test_without_the_abstract_figures_stand_by_sentence_and_alone(db: sqlite3.Connection) -> None:
    places = map(place, ("31 children", "91%", "84%", "0.4"))
    found = sentences(findings(db, *places, published=False))
    assert [(len(each.figures), each.pieces) for each in found] == [(1, []), (2, []), (1, [])]


@given(
    st.text("ab.A \n", min_size=1, max_size=40).flatmap(
        lambda text: st.tuples(
            st.just(text),
            st.lists(
                st.tuples(st.integers(0, len(text) - 1), st.integers(1, 5)).map(
                    lambda at: (at[0], min(at[0] + at[1], len(text)))
                ),
                max_size=5,
            ).map(sorted),
        )
    )
)
def test_every_figure_is_shown_once_and_its_sentence_is_text(
    db: sqlite3.Connection, drawn: tuple[str, list[tuple[int, int]]]
) -> None:
    text, places = drawn
    found = sentences(findings(db, *places, text=text))
    assert [(row["start"], row["end"]) for each in found for row in each.figures] == places
    assert all("".join(each.pieces) in text for each in found)
    starts = [each.figures[0]["start"] for each in found]
    assert all(one <= other for one, other in pairwise(starts))


def test_a_paper_is_cited_in_several_styles_and_as_files(get: Get) -> None:
    page = get(f"/paper/{RETRACTED}")
    seen = text_of(page)
    assert seen.count("[retracted]. ") >= 3
    assert "Other styles: AMA, APA" in seen
    for format_ in ("ris", "bibtex", "nbib", "csl-json"):
        address = f"/export/references.{format_}?pmid={RETRACTED}"
        assert f'href="{address}"' in page.text
        file = get(address).text
        assert str(RETRACTED) in file
        assert str(IMAGING) not in file


def test_a_paper_shows_its_record_and_where_it_stands_elsewhere(get: Get) -> None:
    response = get(f"/paper/{NOTATIONS}")
    seen = text_of(response)
    assert (
        "write <sup>123</sup>I-<i>m</i>IBG, <sup>18</sup>F-FDG and H<sub>2</sub>O" in response.text
    )
    assert "Pine P, Quince Q. [Specimen] How papers write 123I-mIBG, 18F-FDG and H2O" in seen
    assert "Neuroblastoma / diagnostic imaging" in seen
    assert f"https://pubmed.ncbi.nlm.nih.gov/{NOTATIONS}/" in response.text
    assert "https://doi.org/10.5555/specimen.0016" in response.text
    assert "https://pmc.ncbi.nlm.nih.gov/articles/PMC990000016/" in response.text
    assert re.search(r"none known as of \d{4}-\d\d-\d\d", seen)
    assert "specimen:query:specimen[ti]" in seen


def test_figures_that_do_not_add_up_are_told_in_a_sentence(get: Get) -> None:
    said = "a number does not follow from those beside it: No 2 × 2 table has sensitivity 86.8 %"
    assert said in text_of(get(f"/paper/{CITING}"))
    assert "does not follow" not in text_of(get(f"/paper/{IMAGING}"))


def test_a_group_is_cited_by_its_name(get: Get) -> None:
    assert "Specimen Staging Task Force. [Specimen]" in text_of(get("/paper/990000039"))


def test_each_reference_shows_what_it_resolved_to_and_how(get: Get) -> None:
    response = get(f"/paper/{CITING}")
    seen = text_of(response)
    assert "9 listed · 8 resolved · 1 unresolved" in seen
    assert "by doi Fir F, Grove G. [Specimen] Transcripts of the neural crest." in seen
    assert "DOI 10.5555/specimen.o2, given with the reference; no paper here has it" in seen
    assert "by text 1.00" in seen
    assert f'href="/work/{CITED_DOI}"' in response.text
    assert f'href="/work/{GARBLED}"' in response.text
    assert "unresolved kept as itself no paper here has its volume and first page" in seen


def test_a_reference_to_a_retracted_paper_is_flagged(get: Get) -> None:
    seen = text_of(get(f"/paper/{CITING}"))
    assert "by pmid Retracted Ever E et al. [Specimen] Near-perfect detection" in seen
    assert "Rests on retracted work" in seen


def test_a_topic_of_a_paper_shows_the_words_that_gave_it(get: Get) -> None:
    seen = text_of(get(f"/paper/{IMAGING}"))
    assert "Whole-body MRI MeSH, major" in seen
    assert "keyword 1 whole-body MRI synonym:whole-body MRI 1" in seen
    assert "Mentioned and denied: Image-guided biopsy (“ not biopsied ”, abstract)" in seen


def test_a_figure_shows_its_sign_its_error_and_what_it_judges(get: Get) -> None:
    seen = text_of(get("/paper/990000002"))
    assert "sensitivity 92.6 (82.1 to 97.9) % 123I-MIBG scintigraphy" in seen
    assert "against “biopsy or the course over one year” per patient" in seen
    assert "efs 39.8 ± 5.1 % at 3 years" in text_of(get("/paper/990000012"))
    assert "cutoff ≤ 4 SIOPEN score" in text_of(get("/paper/990000013"))


def test_what_a_paper_says_of_its_own_evidence_is_shown_as_its_statement(get: Get) -> None:
    says = "The paper itself says: “ LEVEL OF EVIDENCE: Level III ” (scheme not named)"
    assert says in text_of(get(f"/paper/{LONG}"))


def test_a_retracted_paper_says_so_first_and_in_its_citation(get: Get) -> None:
    response = get(f"/paper/{RETRACTED}")
    seen = text_of(response)
    assert response.text.index("This paper has been retracted") < response.text.index("<h1>")
    assert "[retracted]" in seen
    assert "PMID 990000052" in seen
    assert "the paper's record" in seen


def test_nothing_is_silent_about_what_is_unknown(get: Get) -> None:
    seen = text_of(get(f"/paper/{UNTITLED}"))
    assert "[No title in the record]" in seen
    assert "No authors in the record" in seen
    assert "No journal in the record" in seen
    assert "no DOI in the record" in seen
    assert "The record has no abstract" in seen
    assert "it does not say whether it was indexed" in seen
    assert "That does not mean that it cites nothing" in seen
    assert "That does not mean that it is not cited" in seen
    assert "Not yet indexed (Publisher)" in text_of(get(f"/paper/{UNCHECKED}"))
    assert "never checked" in text_of(get(f"/paper/{UNCHECKED}"))


def test_a_long_title_is_whole_on_its_page_and_short_in_lists(get: Get) -> None:
    assert LONG_TITLE in get(f"/paper/{LONG}").text
    assert len(get("/search").text) < 40_000


def test_a_pmid_that_is_cited_and_not_harvested_leads_to_its_work(get: Get) -> None:
    response = get(f"/paper/{CITED_ONLY}")
    assert response.status_code == 404
    assert f'href="/work/pmid:{CITED_ONLY}"' in response.text
    assert f"harvest pmid {CITED_ONLY} --raw raw.db" in text_of(response)


def test_nothing_in_a_title_turns_the_pmid_of_its_citation(tmp_path: Path) -> None:
    """With an override in it, the page would show the digits of the PMID in reverse."""
    title = "Turned \u202eround \u2067here"
    source, base = tmp_path / "records.xml", tmp_path / "kb.db"
    source.write_bytes(record_set(paper(1234567, title=title)))
    read_files(tmp_path / "raw.db", [source], (), 1, Progress(io.StringIO()))
    build(tmp_path / "raw.db", base, data_dir())
    with asking(base) as get:
        page = get("/paper/1234567").text
        exported = get("/export/references.ris?pmid=1234567").text
    for text in (page, exported):
        assert "Turned round here" in text
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", text)


def test_a_list_of_references_says_that_it_may_be_a_part(get: Get) -> None:
    assert "for some papers its list has only a part" in text_of(get(f"/paper/{CITING}"))
