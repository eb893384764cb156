"""The page of retractions, concerns and corrections."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from serving import asking, text_of
from specimen_site import CITING, RETRACTED, Get, asked
from standing_base import ALL_READER, CONTRADICTORY, READER, REINSTATED, STANDS, standing_base

from kb.notices.verdict import MARKS
from kb.site import integrity
from kb.site.citation import STYLES


def test_the_counts_are_those_of_the_base(base: Path) -> None:
    with closing(sqlite3.connect(base)) as db:
        db.row_factory = sqlite3.Row
        counts = integrity.counts(db)
    for name, where in (("retracted", "is_retracted = 1"), ("unchecked", "is_retracted IS NULL")):
        assert [(counts[name],)] == asked(base, f"SELECT count(*) FROM papers WHERE {where}")
    assert counts["exposed"] > 0


def test_a_retracted_paper_and_who_cites_it_are_named(get: Get) -> None:
    html = get("/integrity").text
    assert f'href="/paper/{RETRACTED}"' in html
    assert f'href="/paper/{CITING}"' in html
    assert "never checked" in text_of(get("/integrity"))


# Where witnesses do not agree


@pytest.fixture(scope="module")
def unsettled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Get]:
    with asking(standing_base(tmp_path_factory.mktemp("standing")).path) as get:
        yield get


def test_a_base_without_doubts_has_no_such_section(get: Get) -> None:
    assert "Contradictory or reinstated" not in text_of(get("/integrity"))


def test_contradictory_and_reinstated_papers_are_listed_with_what_each_witness_says(
    unsettled: Get,
) -> None:
    page = unsettled("/integrity")
    text = text_of(page)
    assert f'<h3><a href="/paper/{CONTRADICTORY}">' in page.text
    assert f'<h3><a href="/paper/{REINSTATED}">' in page.text
    section = text[text.index("Contradictory or reinstated") :]
    assert section.index("Disputed") < section.index("Restored")
    assert "Contradictory : witnesses give one notice different natures" in section
    assert "Crossref retraction unknown doi:10.1000/n1 none 2024-01-01" in section
    assert "Retraction Watch expression of concern 2020-01-02 doi:10.1000/n1 11 2024-01" in section
    assert "Crossref (Retraction Watch) retraction 2020-01-02 doi:10.1000/n2 21" in section
    counts = text[: text.index("Of 3 papers")]
    assert "retracted 0 contradictory 1" in counts
    assert "reinstated 1" in counts
    assert "with an expression of concern 0" in counts  # one witness's word on what is disputed
    assert "Of 3 papers, 3 were checked" in text


def test_a_contradictory_paper_says_so_first_and_is_never_called_retracted_or_not(
    unsettled: Get,
) -> None:
    text = text_of(unsettled(f"/paper/{CONTRADICTORY}"))
    assert "Witnesses contradict each other on whether this paper is retracted." in text
    assert "has been retracted" not in text
    assert "[retracted]" not in text
    assert "Retraction contradictory" in text
    assert "What each witness says Contradictory : witnesses give one notice" in text
    assert "never checked" not in text


def test_a_reinstated_paper_shows_the_retraction_and_its_end(unsettled: Get) -> None:
    text = text_of(unsettled(f"/paper/{REINSTATED}"))
    assert "has been retracted" not in text
    assert "retracted 2020-01-02, reinstated since" in text
    assert "What each witness says Reinstated : a reinstatement is later" in text
    assert "Retraction none known as of" in text


def test_the_citation_to_copy_and_the_map_say_how_a_work_stands(unsettled: Get) -> None:
    assert "Disputed [retracted as some say]." in text_of(unsettled(f"/paper/{CONTRADICTORY}"))
    for layout in ("year", "force"):
        titles = re.findall("<title>([^<]*)", unsettled(f"/map?layout={layout}").text)
        assert {title.split(":")[0] for title in titles if ": Maris" in title} == {
            *("Contradictory", "Reinstated"),
        }


def test_who_cites_a_contradictory_paper_rests_on_it_and_lists_flag_it(unsettled: Get) -> None:
    reader = text_of(unsettled(f"/paper/{READER}"))
    assert "Rests on work that is retracted to some and not to others" in reader
    assert "Contradictory" in reader[reader.index("References") :]
    found = text_of(unsettled("/search"))
    assert "Contradictory" in found
    assert "1 contradictory" in found
    assert "never checked" not in found


def test_counts_are_those_of_verdicts_and_no_work_counts_twice(every_verdict: Path) -> None:
    with closing(sqlite3.connect(every_verdict)) as db:
        db.row_factory = sqlite3.Row
        counts = dict(integrity.counts(db))
    papers = Counter(status for work, status in STANDS.items() if work.startswith("pmid:"))
    every = Counter(STANDS.values())
    assert counts == {
        "retracted": papers["retracted"],
        "unchecked": papers["never checked"],
        "contradictory": every["contradictory"],
        "reinstated": every["reinstated"],
        "concerns": every["expression of concern"],
        "corrected": every["corrected"],
        "withdrawn": 0,
        "exposed": 1,
    }


def test_home_and_integrity_show_these_counts(every_verdict: Path) -> None:
    with asking(every_verdict) as get:
        home, page = text_of(get("/")), text_of(get("/integrity"))
    assert "2 retracted · 3 contradictory · 3 with an expression of concern · 3 corrected" in home
    assert "retracted 2 contradictory 3 with an expression of concern 3 corrected 3" in page
    assert "1 never checked" in home
    assert "never checked 1 Of 14 papers, 13 were checked" in page


@pytest.mark.parametrize("work", [work for work in STANDS if work.startswith("pmid:")])
def test_the_citations_of_a_paper_s_page_say_how_it_stands(every_verdict: Path, work: str) -> None:
    mark = MARKS.get(STANDS[work])
    with asking(every_verdict) as get:
        page = text_of(get(f"/paper/{work[5:]}"))
    expected = [mark.cited] * len(STYLES) if mark else []
    assert re.findall(rf"Work {work[5:]} \[(.*?)\]\.", page) == expected


def test_lists_of_works_say_how_each_stands(every_verdict: Path) -> None:
    with asking(every_verdict) as get:
        references = get(f"/paper/{ALL_READER}").text.partition("References")[2]
        found = get("/search").text
    for work, status in STANDS.items():
        flag = (
            rf'<strong class="flag[ a-z]*">{MARKS[status].flag}</strong> '
            if status in MARKS
            else ""
        )
        address = f"/paper/{work[5:]}" if work.startswith("pmid:") else f"/work/{work}"
        assert re.search(rf'(?<!</strong> ){flag}<a href="{address}"', references), work
        if work.startswith("pmid:"):
            assert re.search(rf'<h3>{flag}<a href="{address}"', found), work


@pytest.mark.parametrize(
    ("verdict", "title"),
    [("contradictory", "Disputed"), ("reinstated", "Restored"), ("none known", "Reader")],
)
def test_a_search_is_narrowed_by_verdict(unsettled: Get, verdict: str, title: str) -> None:
    page = text_of(unsettled(f"/search?verdict={verdict.replace(' ', '+')}"))
    assert title in page
    assert "1 paper" in page


def test_a_verdict_that_is_none_is_refused_with_those_that_are(unsettled: Get) -> None:
    answer = unsettled("/search?verdict=dubious")
    assert answer.status_code == 400
    assert "contradictory, none known, reinstated" in text_of(answer)
