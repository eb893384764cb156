"""Notices that Crossref and Retraction Watch state, at the work of the base that they are about."""

from __future__ import annotations

import gzip

import pytest

from kb.errors import InputError
from kb.notices.integrity import IntegrityNotice, Stated
from kb.notices.updates import (
    Bearers,
    Update,
    doubt,
    from_crossref,
    from_retraction_watch,
    nature,
    retraction_watch_rows,
)
from kb.notices.updates import stated as stated_at

ASKED = "2026-03-01"
COLUMNS = (
    "Record ID,Title,RetractionDate,RetractionDOI,RetractionPubMedID,OriginalPaperDOI,"
    "OriginalPaperPubMedID,RetractionNature,Reason"
)


def crossref(doi: str, **message: object) -> list[Update]:
    return list(from_crossref(doi, message, ASKED))


def watched(*lines: str) -> list[Update]:
    return list(from_retraction_watch("\n".join([COLUMNS, *lines]).encode(), ASKED))


def stated(
    kind: str = "retraction",
    pmid: int | None = None,
    doi: str | None = None,
    date: str = "2020-01-02",
) -> Update:
    return Update(pmid, doi, kind, None, None, None, date, "Retraction Watch", ASKED)


def placed(*updates: Update) -> list[IntegrityNotice]:
    """In a base of papers 1 (10.1000/a) and 2 (no DOI), and cited works pmid:3 and 10.1000/d."""
    return [each.notice for each in placed_statements(*updates)]


def placed_statements(*updates: Update) -> list[Stated]:
    works = {"pmid:1", "pmid:2", "pmid:3", "doi:10.1000/d"}
    by_doi = {"10.1000/a": ["pmid:1"], "10.1000/d": ["doi:10.1000/d"]}
    doi_of = {work: doi for doi, several in by_doi.items() for work in several}
    return stated_at(updates, Bearers(works, by_doi, doi_of))


# Crossref


def test_a_notice_says_what_it_updates() -> None:
    update = {
        "DOI": "10.1000/PAPER",
        "type": "retraction",
        "label": "Retraction",
        "updated": {"date-parts": [[2020, 1, 2]]},
    }
    assert crossref("10.1000/notice", **{"update-to": [update]}) == [
        Update(
            *(None, "10.1000/paper", "retraction", None, "10.1000/notice", "Retraction"),
            *("2020-01-02", "Crossref", ASKED),
            witness="crossref-publisher",
            wrote="retraction",
        )
    ]


def test_an_update_keeps_whose_it_is_the_record_and_its_place_among_the_states_of_that_record() -> (
    None
):
    def state(type_: str, record: object, **more: object) -> dict[str, object]:
        return {"DOI": "10.1000/n", "type": type_, "record-id": record, **more}

    watch = {"source": "retraction-watch"}
    found = crossref(
        "10.1000/a",
        **{
            "updated-by": [
                {"DOI": "10.1000/e", "type": "erratum", "source": "publisher"},
                state("retraction", 7, **watch),
                state("retraction", 8, **watch),
                state("expression_of_concern", "7", **watch),
            ]
        },
    )
    assert [(each.witness, each.source, each.record, each.place) for each in found] == [
        ("crossref-publisher", "Crossref", None, 0),
        ("crossref-retraction-watch", "Crossref (Retraction Watch)", "7", 0),
        ("crossref-retraction-watch", "Crossref (Retraction Watch)", "8", 0),
        ("crossref-retraction-watch", "Crossref (Retraction Watch)", "7", 1),
    ]


def test_a_paper_says_what_updates_it() -> None:
    (found,) = crossref(
        "10.1000/paper", **{"updated-by": [{"DOI": "10.1000/N", "type": "correction"}]}
    )
    assert (found.doi, found.kind, found.notice_doi) == ("10.1000/paper", "erratum", "10.1000/n")
    assert found.date is None


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        ("retraction", "retraction"),
        ("Withdrawal", "retraction"),
        ("removal", "retraction"),
        ("partial_retraction", "erratum"),
        ("expression-of-concern", "expression_of_concern"),
        ("Expression of Concern", "expression_of_concern"),
        ("corrigendum", "erratum"),
        ("new_version", "update"),
        ("new-edition", "update"),
        ("something new", "unknown"),
        ("68818", "unknown"),
        (None, "unknown"),
    ],
)
def test_types_of_updates(type_: str | None, kind: str) -> None:
    (found,) = crossref("10.1000/a", **{"update-to": [{"DOI": "10.1000/b", "type": type_}]})
    assert found.kind == kind
    assert found.wrote == (type_ or "")


@pytest.mark.parametrize(
    ("parts", "date"),
    [
        ([[2020, 1, 2]], "2020-01-02"),
        ([[2020, 1]], "2020-01"),
        ([[2020]], "2020"),
        ([["2020", "1", "2"]], "2020-01-02"),
        ([[2020, 13, 45]], "2020"),
        ([[2020, 0, 5]], "2020"),
        ([[2020, 2, 30]], "2020-02"),
        ([[2020, 2.5]], "2020"),
        ([[2020, 1, 2, 3]], "2020-01-02"),
        ([[20]], None),
        ([[99999]], None),
        ([[-5]], None),
        ([[True]], None),
        ([[None]], None),
        ([[]], None),
        ([], None),
    ],
)
def test_the_date_of_an_update_is_one_as_far_as_its_parts_make_it(
    parts: list[object], date: str | None
) -> None:
    update = {"DOI": "10.1000/n", "type": "retraction", "updated": {"date-parts": parts}}
    (found,) = crossref("10.1000/a", **{"updated-by": [update]})
    assert found.date == date


@pytest.mark.parametrize("other", ["", "no DOI", "10.1000/A"])
def test_an_update_of_nothing_or_of_itself_is_none(other: str) -> None:
    assert crossref("10.1000/a", **{"update-to": [{"DOI": other, "type": "retraction"}]}) == []


# Retraction Watch


def test_a_row_says_what_was_retracted_when_and_why() -> None:
    row = '7,A,5/31/2019 0:00,10.1000/N,31,10.1000/P,30,Retraction,"+Error in Data;+Plagiarism;"'
    assert watched(row) == [
        Update(
            *(30, "10.1000/p", "retraction", 31, "10.1000/n", "Error in Data; Plagiarism"),
            *("2019-05-31", "Retraction Watch", ASKED),
            record="7",
            wrote="Retraction",
        )
    ]


def test_unknown_numbers_dates_and_dois_are_left_out() -> None:
    (found,) = watched(",A title,31/05/2019,unavailable,0,Unavailable,,Correction,")
    assert found == Update(
        *(None, None, "erratum", None, None, None, None, "Retraction Watch", ASKED),
        wrote="Correction",
    )
    assert found.witness == "retraction-watch"


@pytest.mark.parametrize(
    ("given", "record"),
    [("7", "7"), ("7.0", "7"), (" 7.00 ", "7"), ("7.", "7"), ("7.5", "7.5"), ("RW7.0", "RW7.0")],
)
def test_the_number_of_a_record_is_one_however_a_spreadsheet_writes_it(
    given: str, record: str
) -> None:
    (row,) = watched(f"{given},A,1/1/2020,,0,10.1000/p,0,Retraction,")
    update = {"DOI": "10.1000/n", "type": "retraction", "record-id": given}
    (handed_on,) = crossref("10.1000/p", **{"updated-by": [update]})
    assert (row.record, handed_on.record) == (record, record)


def test_states_of_one_record_are_in_the_order_of_the_file_however_it_is_written() -> None:
    found = watched(*(f"{n},A,1/1/2020,,0,10.1000/p,0,Retraction," for n in ("7", "7.0", "8")))
    assert [(each.record, each.place) for each in found] == [("7", 0), ("7", 1), ("8", 0)]


@pytest.mark.parametrize("doi", ["10.1000/A", "10.1000%2fa", "https://doi.org/10.1000/A"])
def test_a_doi_is_one_in_whatever_case_it_was_asked_for(doi: str) -> None:
    about, notice = {"DOI": "10.1000/N"}, {"DOI": "10.1000/P"}
    (of_paper,) = crossref(doi, **{"updated-by": [about | {"type": "retraction"}]})
    assert (of_paper.doi, of_paper.notice_doi) == ("10.1000/a", "10.1000/n")
    (of_notice,) = crossref(doi, **{"update-to": [notice | {"type": "retraction"}]})
    assert (of_notice.doi, of_notice.notice_doi) == ("10.1000/p", "10.1000/a")
    (row,) = watched(f"7,A,1/1/2020,{doi},0,10.1000%2FP,0,Retraction,")
    assert (row.doi, row.notice_doi) == ("10.1000/p", "10.1000/a")


def test_a_file_without_the_column_of_records_has_none() -> None:
    text = f"{COLUMNS}\n7,A,1/1/2020,,0,10.1000/p,0,Retraction,\n".replace("Record ID", "Number")
    (found,) = from_retraction_watch(text.encode(), ASKED)
    assert (found.record, found.place) == (None, 0)


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ("Retraction", "retraction"),
        (" expression of concern", "expression_of_concern"),
        ("Correction", "erratum"),
        ("Reinstatement", "reinstatement"),
        ("Something new", None),
    ],
)
def test_natures(given: str, kind: str | None) -> None:
    assert nature(given) == kind
    (found,) = watched(f"7,A,1/1/2020,,0,10.1000/p,0,{given},")
    assert found.kind == (kind or "unknown")


def test_the_file_may_be_gzipped_and_begin_with_a_mark() -> None:
    text = f"\ufeff{COLUMNS}\n7,A,1/1/2020,,0,10.1000/p,0,Retraction,\n".encode()
    assert list(from_retraction_watch(gzip.compress(text), ASKED)) == list(
        from_retraction_watch(text, ASKED)
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"a,b,c\n1,2,3\n", "has no column Title, RetractionDate"),
        (b"", "has no column"),
        (b"\xff\xfe\x00", "no text in UTF-8"),
        (gzip.compress(b"Title", mtime=0)[:-4], "no text in UTF-8, gzipped or not"),
        (b"<html>Sign in</html>", "has no column"),
    ],
)
def test_what_is_no_such_file_is_refused(body: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        list(from_retraction_watch(body, ASKED))


# Which work an update is about


@pytest.mark.parametrize(
    ("pmid", "doi", "work"),
    [
        (1, "10.1000/a", "pmid:1"),
        (None, "10.1000/a", "pmid:1"),
        (1, None, "pmid:1"),
        (2, "10.1000/x", "pmid:2"),
        (3, None, "pmid:3"),
        (None, "10.1000/d", "doi:10.1000/d"),
        (9, "10.1000/d", "doi:10.1000/d"),
        (9, "10.1000/a", "pmid:1"),
    ],
)
def test_an_update_stands_at_its_work(pmid: int | None, doi: str | None, work: str) -> None:
    (notice,) = placed(stated(pmid=pmid, doi=doi))
    assert notice.work == work
    assert notice.pmid == (int(work[5:]) if work.startswith("pmid:") else None)


@pytest.mark.parametrize(("pmid", "doi"), [(9, None), (None, "10.1000/x"), (None, None)])
def test_an_update_of_something_else_is_not_of_this_base(pmid: int | None, doi: str | None) -> None:
    assert placed(stated(pmid=pmid, doi=doi)) == []


@pytest.mark.parametrize(
    ("pmid", "doi", "told"),
    [
        (1, "10.1000/d", {"pmid:1": "DOI 10.1000/d", "doi:10.1000/d": "PMID 1"}),
        (2, "10.1000/a", {"pmid:2": "DOI 10.1000/a", "pmid:1": "PMID 2"}),
        (1, "10.1000/typo", {"pmid:1": "DOI 10.1000/typo"}),
        (9, "10.1000/a", {"pmid:1": "PMID 9"}),
    ],
)
def test_a_pmid_and_a_doi_of_two_works_are_about_both_and_neither_is_sure(
    pmid: int, doi: str, told: dict[str, str]
) -> None:
    found = placed_statements(stated(pmid=pmid, doi=doi))
    assert all(each.unsure for each in found)
    assert {each.notice.work: each.notice.text for each in found} == {
        work: f"(its {what} is not that of the paper)" for work, what in told.items()
    }


@pytest.mark.parametrize(
    ("pmid", "doi", "works"),
    [
        (1, "10.1000/a", ["pmid:1"]),
        (2, "10.1000/x", ["pmid:2"]),
        (9, "10.1000/d", ["doi:10.1000/d"]),
        (2, "10.1000/d", ["pmid:2", "doi:10.1000/d"]),
    ],
)
def test_identifiers_that_nothing_contradicts_are_sure(
    pmid: int, doi: str, works: list[str]
) -> None:
    found = placed_statements(stated(pmid=pmid, doi=doi))
    assert [(each.notice.work, each.notice.text, each.unsure) for each in found] == [
        (work, None, False) for work in works
    ]


def test_a_doi_of_several_papers_is_about_each_save_where_a_pmid_tells_which() -> None:
    bearers = Bearers(
        {"pmid:1", "pmid:2"},
        {"10.1000/a": ["pmid:1", "pmid:2"]},
        {"pmid:1": "10.1000/a", "pmid:2": "10.1000/a"},
    )

    def works(update: Update) -> list[str]:
        return [each.notice.work for each in stated_at([update], bearers)]

    assert works(stated(doi="10.1000/a")) == ["pmid:1", "pmid:2"]
    assert works(stated(pmid=2, doi="10.1000/a")) == ["pmid:2"]
    notice = stated(doi="10.1000/a")._replace(notice_pmid=2)
    assert works(notice) == ["pmid:1"]


def test_a_retraction_that_is_its_own_notice_is_not_lost() -> None:
    own = stated(pmid=1, doi="10.1000/a")._replace(notice_pmid=1, notice_doi="10.1000/a")
    assert [notice.work for notice in placed(own)] == ["pmid:1"]
    assert [notice.work for notice in placed(own._replace(pmid=None))] == ["pmid:1"]


def test_where_no_work_has_the_doi_the_pmid_counts_and_the_notice_says_that_they_differ() -> None:
    (notice,) = placed(stated(pmid=1, doi="10.1000/typo"))
    assert notice.work == "pmid:1"
    assert notice.text == "(its DOI 10.1000/typo is not that of the paper)"


def test_what_witness_record_and_word_it_is_from_stays_with_the_notice() -> None:
    (update,) = watched("7,A,1/1/2020,,0,10.1000/a,1,Retraction,")
    (found,) = placed_statements(update)
    assert (found.witness, found.record, found.wrote, found.place) == (
        *("retraction-watch", "7", "Retraction", 0),
    )


# What may not say what it was meant to


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("7,A,1/1/2020,,0,10.1000/p,31,Retraction,x", None),
        ("7,A,1/1/2020,,0,Unavailable,3199170.0,Retraction,x", None),
        ("7,A,,,0,10.1000/p,31,Retraction,x", None),
        ("7,A,15/1/2021,,0,10.1000/p,31,Retraction,x", "its RetractionDate '15/1/2021' is no date"),
        ("7,A,1/1/2020,,0,,31; 32,Retraction,x", "its OriginalPaperPubMedID '31; 32' is no PMID"),
        ("7,A,1/1/2020,,0,,99999999999,Retraction,x", "is no PMID"),
        ("7,A,1/1/2020,,0,not a doi,0,Retraction,x", "its OriginalPaperDOI 'not a doi' is no DOI"),
        ("7,A,1/1/2020,,0,10.1000/p,31", "has not as many columns"),
        ("7,A,1/1/2020,,0,10.1000/p,31,Something,x", "its nature 'Something'"),
    ],
)
def test_a_row_that_may_not_say_what_it_was_meant_to_is_told(line: str, why: str | None) -> None:
    ((_, row),) = retraction_watch_rows(f"{COLUMNS}\n{line}\n".encode())
    found = doubt(row)
    assert (found is None) if why is None else (found is not None and why in found)


def test_a_number_that_a_spreadsheet_made_of_a_pmid_is_one() -> None:
    (found,) = watched("7,A,2020-01-02,,0,,3199170.0,Retraction,")
    assert (found.pmid, found.date) == (3199170, "2020-01-02")


@pytest.mark.parametrize(
    "body",
    [
        f'{COLUMNS}\n7,A,,,0,,31,Retraction,"never closed\n8,B,,,0,,32,Retraction,x\n'.encode(),
        f"{COLUMNS}\n7,{'x' * 140_000},1/1/2020,,0,,31,Retraction,x\n".encode(),
        gzip.compress(b"x" * 1000)[:15] + b"\x00" * 20,
    ],
    ids=["an open quote", "a cell that is too long", "damaged gzip"],
)
def test_what_cannot_be_read_to_its_end_is_refused(body: bytes) -> None:
    with pytest.raises(InputError):
        list(from_retraction_watch(body, ASKED))
