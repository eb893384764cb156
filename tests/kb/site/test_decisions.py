"""What people decided stands beside what rules found: on papers, in lists, in the flow of records;
and topics say what they meet and which evidence is best."""

from __future__ import annotations

import asyncio
import csv
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from serving import asking

from kb.build.build import build
from kb.data import data_dir
from kb.site import runs, topic
from kb.site.serve import datasette_over

INCLUDED, EXCLUDED, ADDED, RETRACTED = 990000005, 990000003, 990000016, 990000051
SCRIPT = "<script>alert('decided')</script>"
DECISIONS = (
    (INCLUDED, "include", "", "", "AB"),
    (INCLUDED, "note", "", "Table 2 is per lesion.", "AB"),
    (INCLUDED, "remove-topic", "dwi", "an outlook only", "AB"),
    (INCLUDED, "add-topic", "bone-scan", "compared in table 3", "CD"),
    (EXCLUDED, "exclude", "", f"{SCRIPT} no imaging", SCRIPT),
    (RETRACTED, "exclude", "", "retracted", "AB"),
    (ADDED, "add-topic", "wbmri", "", "CD"),
    (123, "exclude", "", "not here", "AB"),
)


@pytest.fixture(scope="module")
def base(specimen: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("decisions")
    data = folder / "data"
    data.mkdir()
    for name in ("topics.yml", "studies.yml"):
        shutil.copy(data_dir() / name, data)
    with (data / "curation.csv").open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(("pmid", "decision", "topic", "reason", "who", "date"))
        lines.writerows((*decision, "2026-10-01") for decision in DECISIONS)
    build(specimen.with_name("raw.db"), folder / "kb.db", data)
    return folder / "kb.db"


@pytest.fixture(scope="module")
def get(base: Path) -> Iterator[Any]:
    with asking(base) as get:
        yield get


@pytest.fixture
def db(base: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(base)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def seen(response: Any) -> str:
    assert response.status_code == 200
    assert "<script" not in response.text
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", response.text)).split())


def total(response: Any) -> int:
    found = re.search(r"([\d,]+) papers?\b", seen(response).partition("role=")[2] or seen(response))
    assert found
    return int(found[1].replace(",", ""))


# Papers


def test_a_paper_says_who_included_it_and_what_they_noted(get: Any) -> None:
    page = get(f"/paper/{INCLUDED}")
    assert "Decided by hand Included by AB , 2026-10-01" in seen(page)
    assert "Note by AB , 2026-10-01: Table 2 is per lesion." in seen(page)
    assert f'href="/kb/curation?pmid={INCLUDED}"' in page.text


def test_why_a_paper_was_excluded_is_text_whatever_it_holds(get: Any) -> None:
    assert f"Excluded by {SCRIPT} , 2026-10-01: {SCRIPT} no imaging" in seen(
        get(f"/paper/{EXCLUDED}")
    )


def test_a_topic_added_by_hand_stands_beside_what_rules_found(get: Any) -> None:
    page = seen(get(f"/paper/{INCLUDED}"))
    assert (
        "Bone scintigraphy added by hand: CD , 2026-10-01: compared in table 3 rules found nothing"
    ) in page


def test_a_topic_removed_by_hand_keeps_the_words_that_rules_found(get: Any) -> None:
    page = get(f"/paper/{INCLUDED}")
    assert (
        "Removed by hand: Diffusion-weighted MRI , AB , 2026-10-01: an outlook only rules had"
        " found “ diffusion-weighted imaging ” (abstract)"
    ) in seen(page)
    assert 'id="topic-dwi"' in page.text  # where the marked words of the abstract lead


def test_every_mark_of_an_abstract_leads_to_its_reason(get: Any, db: sqlite3.Connection) -> None:
    for (pmid,) in db.execute("SELECT pmid FROM papers"):
        html = get(f"/paper/{pmid}").text
        for target in set(re.findall(r'class="mark[^"]*" href="#([^"]+)"', html)):
            assert html.count(f'id="{target}"') == 1, (pmid, target)


def test_a_paper_without_decisions_has_no_empty_box(get: Any) -> None:
    assert "Decided by hand" not in get("/paper/990000006").text


# Lists


def test_lists_flag_what_was_excluded_and_search_narrows_by_decision(get: Any) -> None:
    excluded = get("/search?decision=exclude")
    assert total(excluded) == 2
    assert seen(excluded).count("Excluded by hand") == 2
    assert total(get("/search?decision=include")) == 1
    assert total(get("/search?decision=none")) == 68
    assert 'href="/search?decision=exclude"' in get("/search").text
    assert str(INCLUDED) in get("/export/references.ris?decision=include").text
    assert get("/search?decision=maybe").status_code == 400


# The flow


def test_the_flow_is_whole_and_its_links_lead_to_exactly_their_records(
    get: Any, db: sqlite3.Connection
) -> None:
    boxes = {box.name: box for box in runs.flow(db)}
    identified, removed = boxes["identified"], boxes["removed for other reasons"]
    screened = boxes["screened"].records
    assert identified.records == boxes["duplicates removed"].records + removed.records + screened
    parts = [part for box in boxes.values() for part in box.parts if part.sql]
    assert len(parts) == 6  # screened, two excluded, undecided, included, one withdrawn since
    for part in parts:
        assert len(db.execute(str(part.sql), part.params).fetchall()) == part.records
    page = get("/runs").text
    answers = re.findall(r'href="(/kb\?sql=[^"]*)"', page.partition('id="flow"')[2])
    assert len(answers) == len(parts)
    assert all(get(unescape(answer)).status_code == 200 for answer in answers)


def test_the_flow_is_read_box_by_box(get: Any) -> None:
    page = seen(get("/runs"))
    assert "screened 70" in page
    assert f"excluded 2 1 {SCRIPT} no imaging 1 retracted" in page
    assert "What people decided stands in 8 lines of the decisions" in page


def test_without_decisions_all_wait(specimen: Path) -> None:
    datasette = datasette_over(specimen, data_dir())
    page = seen(asyncio.run(datasette.client.get("/runs")))
    assert "Nobody has decided about any paper yet, so all wait." in page


# Topics


def test_a_topic_meets_others_in_as_many_papers_as_the_search_of_both_finds(
    get: Any, db: sqlite3.Connection
) -> None:
    for name in ("mri", "task-staging", "oms", "neuroblastoma"):
        wider = {row[0] for row in db.execute(
            "SELECT ancestor FROM topic_closure WHERE topic = ?1"
            " UNION SELECT topic FROM topic_closure WHERE ancestor = ?1", (name,)
        )}  # fmt: skip
        met = db.execute(topic.TOPIC_MEETS, {"topic": name}).fetchall()
        assert met
        assert not wider & {row["topic"] for row in met}
        for row in met[:6]:
            address = f"/search?topic={name}&topic={row['topic']}"
            assert total(get(address)) == row["papers"]
        html = get(f"/topic/{name}").text
        assert f'href="/search?topic={name}&amp;topic={met[0]["topic"]}"' in html


def test_a_topic_that_is_the_whole_of_its_scheme_is_not_met(db: sqlite3.Connection) -> None:
    met = {row["topic"] for row in db.execute(topic.TOPIC_MEETS, {"topic": "mri"})}
    assert not met & {"modality", "task", "pop", "staging", "oms"}
    assert "neuroblastoma" in met


def test_all_below_a_topic_stand_as_a_tree(get: Any) -> None:
    html = get("/topic/modality").text
    tree = html.partition('<ul class="tree">')[2].partition("</details>")[0]
    assert re.search(r"Radionuclide imaging</a>.*?<ul class=\"tree\">.*?MIBG scintigraphy", tree)
    assert "as a tree" not in get("/topic/mibg-scan").text  # nothing stands below those below it


@pytest.mark.parametrize("address", ["/topic/mri?sort=evidence", "/search?topic=mri&sort=evidence"])
def test_the_best_evidence_stands_first_and_what_is_retracted_last(get: Any, address: str) -> None:
    page = seen(get(address))
    assert "best evidence" in page
    levels = [int(level) for level in re.findall(r"(?:PMID \d+)[^P]*?Level (\d) for", page)]
    assert levels
    assert levels == sorted(levels)
    assert "nobody has judged the quality" in page


def test_a_retracted_paper_of_the_best_level_stands_behind_all_others(
    db: sqlite3.Connection,
) -> None:
    with closing(sqlite3.connect(":memory:")) as copy:
        db.backup(copy)
        copy.execute("DELETE FROM evidence WHERE pmid = ?", (RETRACTED,))
        copy.execute(
            "INSERT INTO evidence SELECT ?, 'accuracy', scheme, 1, design, 9999, basis"
            " FROM evidence LIMIT 1",
            (RETRACTED,),
        )
        copy.row_factory = sqlite3.Row
        rows = copy.execute(topic.papers_of("evidence"), {"topic": "fdg-pet"}).fetchall()
    assert (rows[-1]["pmid"], rows[-1]["level"]) == (RETRACTED, 1)
    assert any(row["level"] is None for row in rows[:-1])


def test_of_a_task_counts_the_level_for_it(db: sqlite3.Connection) -> None:
    rows = db.execute(topic.papers_of("evidence"), {"topic": "task-staging"}).fetchall()
    levels = dict(
        db.execute("SELECT pmid, level FROM evidence WHERE task = 'task-staging'").fetchall()
    )
    assert {row["pmid"]: row["level"] for row in rows} == levels


def test_pages_of_the_best_evidence_keep_their_order(get: Any) -> None:
    html = get("/topic/modality?sort=evidence").text
    assert 'href="/topic/modality?page=2&amp;sort=evidence"' in html
    assert get("/topic/modality?page=2&sort=evidence").status_code == 200


def test_a_wrong_order_is_refused(get: Any) -> None:
    answer = get(f"/topic/mri?sort={quote(SCRIPT)}")
    assert answer.status_code == 400
    assert "sorted by newest, evidence, cited or icite" in answer.text
    assert "<script" not in answer.text


def test_each_paper_of_each_topic_says_why_it_is_there(get: Any, db: sqlite3.Connection) -> None:
    for name, papers in db.execute("SELECT topic, papers FROM topics WHERE papers > 0").fetchall():
        for page in range(1, -(-papers // 20) + 1):
            html = get(f"/topic/{name}?page={page}").text
            lines = re.findall(r"Because of</span>\s*(.*?)</p>", html, re.DOTALL)
            assert len(lines) == len(re.findall(r"<li><?\s*<h3>|<li>\s*<h3>", html))
            assert all("<mark>" in line or "added by hand" in line for line in lines), name
    assert "added by hand: CD , 2026-10-01" in seen(get("/topic/wbmri"))
