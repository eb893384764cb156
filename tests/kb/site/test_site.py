"""The pages over the specimen corpus, asked through Datasette's own client."""

from __future__ import annotations

import asyncio
import copy
import io
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from building import paper
from loopback import record_set
from serving import asking, text_of

from harvest.files import read_files
from harvest.progress import Progress
from kb.build.build import build
from kb.data import data_dir
from kb.site import compat, headers, lists, metadata, picture, results, runs, serve
from kb.tagging.topics import load

Get = Callable[[str], Any]

# What data/specimen/README.md says of them: a paper that cites a retracted one, whole-body MRI,
# marked-up text, a retracted paper, one that was never checked, one with hostile text.
CITING, IMAGING, NOTATIONS, RETRACTED, UNCHECKED, HOSTILE = (
    *(990000003, 990000005, 990000016),
    *(990000051, 990000041, 990000069),
)
CITED_ONLY = 990009001
CITED_DOI = "doi:10.5555/specimen.o2"
HOSTILE_DOI = 'doi:10.5555/specimen.o14"><script>alert(8)</script'
GARBLED = "ref:7b86337655a7b220"
FORMER = "ref:ffffffffffffffff"
# No specimen has a title of 100 kB, or none, or is no XML.
LONG, UNTITLED, BROKEN = 990000101, 990000102, 990000103
LONG_TITLE = "neuroblastoma " * 7_200 + "again"  # 100 kB

SCRIPT = "<script>alert('published')</script>"
# What no build writes, or none yet: the pages must hold on their own.
CARELESS = (
    "UPDATE papers SET title_html = title_html || :script || '<b onclick=alert(1)>bold</b>',"
    " abstract_html = abstract_html || '<p><img src=x onerror=alert(1)>' || :script"
    f" WHERE pmid = {HOSTILE}",
    f"UPDATE publication_types SET name = :script WHERE pmid = {HOSTILE}",
    f"UPDATE keywords SET owner = :script WHERE pmid = {HOSTILE}",
    f"UPDATE notices SET text = :script WHERE pmid = {RETRACTED}",
    "UPDATE runs SET note = note || :script WHERE state <> 'complete'",
    "UPDATE searches SET question = :script, translation = :script",
    f"INSERT INTO work_ids (id, work) VALUES ('{FORMER}', '{CITED_DOI}')",
    'INSERT INTO topic_evidence (pmid, topic, field, start, "end", surface, rule, negated)'
    f" VALUES ({IMAGING}, 'biopsy-ig', 'abstract', 0, 10, 'not biopsied', 'label', 1)",
)

OURS = [
    "/",
    "/search",
    "/search?q=neuroblastoma",
    "/search?q=script",
    f"/search?q={quote(SCRIPT)}&type={quote(SCRIPT)}&topic={quote(SCRIPT)}",
    "/search?q=🧠",
    *(
        f"/paper/{pmid}"
        for pmid in (CITING, IMAGING, NOTATIONS, RETRACTED, UNCHECKED, HOSTILE, LONG, UNTITLED)
    ),
    f"/paper/{CITED_ONLY}",
    f"/paper/{quote(SCRIPT, safe='')}",
    f"/work/{CITED_DOI}",
    f"/work/{quote(HOSTILE_DOI)}",
    f"/work/{GARBLED}",
    f"/work/{quote(SCRIPT)}",
    "/topic/modality",
    "/topic/mri",
    f"/topic/{quote(SCRIPT, safe='')}",
    "/map",
    "/map?layout=force",
    "/gaps",
    "/integrity",
    "/changes",
    "/runs",
    "/nothing-here",
    "/search?page=0",
]


@pytest.fixture(scope="module")
def base(specimen: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The specimens and what they lack. Named as a file may be: any name is mounted as kb, and none
    breaks the connection."""
    folder = tmp_path_factory.mktemp("site")
    raw = Path(shutil.copy(specimen.with_name("raw.db"), folder))
    odd, path = folder / "odd.xml", folder / "any?name #1.sqlite"
    odd.write_bytes(
        record_set(
            paper(LONG, title=LONG_TITLE, abstract="LEVEL OF EVIDENCE: Level III."),
            paper(
                UNTITLED, title="", authors=(), journal="", journal_title="", year=None, status=""
            ),
            paper(BROKEN).replace(b"</ArticleTitle>", b"</title>"),
        )
    )
    read_files(raw, [odd], (), 1, Progress(io.StringIO()))
    build(raw, path, data_dir())
    with closing(sqlite3.connect(path)) as db, db:
        for sql in CARELESS:
            db.execute(sql, {"script": SCRIPT})
    return path


@pytest.fixture(scope="module")
def get(base: Path) -> Iterator[Get]:
    with asking(base) as get:
        yield get


def asked(base: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(base)) as db:
        return db.execute(sql).fetchall()


def all_pmids(base: Path) -> list[int]:
    return [pmid for (pmid,) in asked(base, "SELECT pmid FROM papers ORDER BY pmid")]


# What each page says --------------------------------------------------------------------------


def test_home_says_what_it_is_how_fresh_and_what_is_wrong(get: Get, base: Path) -> None:
    seen = text_of(get("/"))
    (base_id,) = asked(base, "SELECT value FROM meta WHERE key = 'base_id'")[0]
    assert f"Base {base_id} ·" in seen
    assert "It is not a systematic review" in seen
    assert "Of 3 PMIDs asked for or read, 2 were new or revised" in seen
    assert "1 failed" in seen
    assert "Incomplete" in seen
    assert "2 retracted" in seen
    assert "1 with an expression of concern" in seen
    assert "3 never checked" in seen
    assert "Imaging modality The examination or tracer that makes the picture" in seen


def test_a_retraction_of_the_last_run_stands_first_on_home(specimen: Path, tmp_path: Path) -> None:
    later = Path(shutil.copy(specimen, tmp_path / "kb.db"))
    with closing(sqlite3.connect(later)) as db, db:
        db.execute(
            "INSERT INTO changes"
            " SELECT max(run), ?, 'retracted', '2026-11-25T00:00:00Z', 'a notice' FROM runs",
            (RETRACTED,),
        )
    with asking(later) as get:
        html = get("/").text
    assert re.search(r'New in run 2</h2>\s*<ul[^>]*>\s*<li><strong class="kind">retracted', html)
    assert html.index("New in run 2") < html.index("What it is, and what it is not")
    assert f'href="/paper/{RETRACTED}"' in html


def test_a_paper_that_the_last_run_found_withdrawn_stands_once_on_home(specimen: Path) -> None:
    ((withdrawn,),) = asked(specimen, "SELECT pmid FROM changes WHERE kind = 'withdrawn'")
    with asking(specimen) as get:
        home = get("/").text
    assert home.count(f'href="/paper/{withdrawn}"') == 1
    assert home.index(f'href="/paper/{withdrawn}"') < home.index("What it is, and what it is not")


def test_the_files_of_a_search_stand_before_its_papers(get: Get) -> None:
    html = get("/search?q=neuroblastoma").text
    first = html.index('<ol class="papers"')
    assert html.index('href="/export/references.ris?q=neuroblastoma"') < first
    assert html.index('href="/export/citation.graphml?q=neuroblastoma"') < first


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


def test_papers_can_be_named_by_pmid_for_a_search_a_feed_and_a_file(get: Get) -> None:
    both = f"pmid={IMAGING}&pmid={NOTATIONS}"
    assert "2 papers" in text_of(get(f"/search?{both}"))
    assert get(f"/search.atom?{both}").text.count("<entry>") == 2
    assert get(f"/export/references.ris?{both}").text.count("TY  - ") == 2
    assert "1 paper" in text_of(get(f"/search?{both}&q=123I-mIBG"))


def test_a_pmid_that_is_not_here_is_not_left_out_in_silence(get: Get) -> None:
    for address in ("/search", "/search.atom", "/export/references.ris"):
        answer = get(f"{address}?pmid={IMAGING}&pmid=12345")
        assert answer.status_code == 400
        assert "no record of 12345 is in this base" in text_of(answer)
    assert "pmid=x: is no PMID" in text_of(get("/search?pmid=x"))


def test_more_topics_than_a_search_takes_are_refused_and_not_dropped(get: Get) -> None:
    seven = "&".join(f"topic=t{n}" for n in range(7))
    answer = get(f"/search?{seven}")
    assert answer.status_code == 400
    assert "topic= may stand 6 times; here it stands 7 times" in text_of(answer)


@pytest.mark.parametrize("layout", ["year", "force"])
def test_the_map_links_each_work_marks_retractions_and_states_its_limit(
    get: Get, base: Path, layout: str
) -> None:
    html = get(f"/map?layout={layout}").text
    ((placed,),) = asked(base, f"SELECT count(*) FROM layouts WHERE layout = '{layout}'")
    assert html.count("cited ") >= placed
    assert f"The {placed} works" in html
    assert len(re.findall(r'<a href="/(?:paper|work)/[^"]*" tabindex="-1"><circle', html)) == placed
    assert "<title>Retracted: Ever E" in html
    assert 'href="/export/citation.gexf"' in html


def test_a_large_map_shows_the_most_cited_works(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "MOST_WORKS", 10)
    seen = text_of(get("/map"))
    assert "The 10 most cited of" in seen
    assert "layout=round: the layouts are year and force" in text_of(get("/map?layout=round"))


def test_the_topic_counts_of_home_count_narrower_topics_in(get: Get, base: Path) -> None:
    counted = asked(
        base,
        "SELECT t.label, count(DISTINCT p.pmid) FROM topics t"
        " JOIN topic_closure c ON c.ancestor = t.topic"
        " LEFT JOIN paper_topics p ON p.topic = c.topic GROUP BY t.topic",
    )
    seen = text_of(get("/"))
    assert {count for _, count in counted} >= {0, 1, 2}
    assert [line for line in counted if f"{line[0]} {line[1]}" not in seen] == []


def test_search_finds_ranks_and_marks(get: Get) -> None:
    response = get("/search?q=radiomics")
    assert "[Specimen] CT <mark>radiomics</mark> foretells" in response.text
    assert "2 papers" in text_of(response)
    assert "Sorted by relevance" in text_of(response)


def test_search_marks_a_word_of_the_abstract_where_it_stands(get: Get) -> None:
    assert "no <mark>trephine</mark> biopsy was taken" in get("/search?q=trephine").text


def test_search_narrows_by_topic_with_its_narrower_ones_by_year_and_type(get: Get) -> None:
    assert "4 papers" in text_of(get("/search?topic=wbmri"))
    # Of these three, one has topics narrower than MRI and not MRI itself.
    assert "3 papers" in text_of(get("/search?topic=mri&year=2014"))
    assert "1 paper" in text_of(get("/search?type=Meta-Analysis"))
    assert "No paper here matches" in text_of(get("/search?topic=contrast"))


def test_search_offers_what_narrows_it_with_counts(get: Get) -> None:
    response = get("/search?q=imaging")
    assert 'href="/search?q=imaging&amp;topic=mri"' in response.text
    assert 'href="/search?q=imaging&amp;year=2023"' in response.text
    assert 'href="/search?q=imaging&amp;type=Review"' in response.text


def test_a_pmid_a_doi_and_a_pmcid_are_found_as_identifiers(get: Get) -> None:
    for named in (NOTATIONS, "https://doi.org/10.5555/SPECIMEN.0016", "PMC990000016"):
        seen = get(f"/search?q={named}")
        assert "Named by this identifier" in seen.text
        assert f'href="/paper/{NOTATIONS}"' in seen.text
    assert f'href="/work/{CITED_DOI}"' in get(f"/search?q={CITED_DOI.removeprefix('doi:')}").text


def test_a_search_without_a_word_says_so(get: Get) -> None:
    assert "write at least one word" in text_of(get("/search?q=🧠%00%22"))


@pytest.mark.parametrize(
    "bad", ["page=0", "page=x", "page=-1", "year=19²0", "sort=best", "page=1e9"]
)
def test_a_value_that_cannot_be_meant_is_refused_with_a_reason(get: Get, bad: str) -> None:
    response = get(f"/search?q=mri&{bad}")
    assert response.status_code == 400
    assert f"{bad.split('=')[0]}=" in text_of(response)


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


@pytest.mark.parametrize(
    "address", ["/paper/abc", "/paper/1", "/work/x", "/topic/x", "/x", "/kb/x"]
)
def test_what_is_not_there_says_what_to_do(get: Get, address: str) -> None:
    response = get(address)
    assert response.status_code == 404
    assert "Search the papers" in text_of(response)


def test_a_work_known_only_as_cited_says_who_cites_it(get: Get) -> None:
    response = get(f"/work/{CITED_DOI}")
    assert response.status_code == 200
    assert "its record was not harvested" in text_of(response)
    assert f'href="/paper/{CITING}"' in response.text


def test_a_work_is_found_in_any_case_and_under_its_former_identifier(get: Get) -> None:
    for name in (CITED_DOI.replace("specimen", "SPECIMEN"), FORMER):
        response = get(f"/work/{name}")
        assert response.status_code == 301
        assert response.headers["location"] == f"/work/{CITED_DOI}"


def test_a_harvested_work_leads_to_its_paper(get: Get) -> None:
    assert f'href="/paper/{IMAGING}"' in get(f"/work/pmid:{IMAGING}").text


def test_a_topic_shows_its_place_its_papers_and_why_they_are_there(get: Get) -> None:
    response = get("/topic/mri")
    seen = text_of(response)
    assert 'href="/topic/modality"' in response.text
    assert 'href="/topic/wbmri"' in response.text
    assert "https://meshb.nlm.nih.gov/record/ui?ui=D008279" in response.text
    assert "MR imaging · MR sequence · MRI scan" in seen
    assert "MR is also minor response" in seen
    assert re.search(r"\b2[0-9] papers", seen)
    assert "Whole-body MRI title, Whole-body MRI" in seen


def test_the_definition_of_a_topic_stands_first_under_its_name(get: Get) -> None:
    defined = {t.topic: t.definition for t in load(data_dir() / "topics.yml").topics}
    for name in ("mri", "inrgss-ms"):
        after_the_name = get(f"/topic/{name}").text.partition("</h1>")[2].lstrip()
        assert after_the_name.startswith(f'<p class="lead">{defined[name]}</p>')


def test_lists_are_paged_without_losing_or_repeating_a_paper(get: Get, base: Path) -> None:
    last = -(-len(all_pmids(base)) // lists.PAGE_SIZE)
    listed = [
        int(pmid)
        for page in range(1, last + 1)
        for pmid in re.findall(r'<h3>.*?href="/paper/(\d+)"', get(f"/search?page={page}").text)
    ]
    assert sorted(listed) == all_pmids(base)
    assert f"There is no page {last + 1}" in text_of(get(f"/search?page={last + 1}"))


# Datasette underneath --------------------------------------------------------------------------


def test_every_link_within_the_site_leads_somewhere(get: Get) -> None:
    """Each list's SQL, JSON and CSV among them."""
    links = {
        unescape(link)
        for address in OURS
        for link in re.findall(r'href="(/[^"]*)"', get(address).text)
    }
    assert any(link.startswith("/kb?sql=") for link in links)
    assert any(link.startswith("/kb.csv?sql=") for link in links)
    assert any(link.startswith("/kb/reference_list.json?") for link in links)
    assert not {link for link in links if get(link).status_code != 200}


def test_the_sql_behind_a_search_gives_the_same_papers(get: Get) -> None:
    page = get("/search?q=staging&topic=wbmri&year=2014")
    link = re.search(r'href="(/kb\.json\?sql=[^"]*)"', page.text)
    assert link
    assert [row[0] for row in get(unescape(link[1])).json()["rows"]] == [990000056, IMAGING]


def test_tables_are_described_in_the_words_of_the_schema(get: Get) -> None:
    seen = text_of(get("/kb/papers"))
    assert "Harvested PubMed records, one row a PMID" in seen
    assert "year of the issue" in seen


def test_a_row_of_papers_begins_with_what_tells_it_from_others(get: Get) -> None:
    columns = get("/kb/papers.json").json()["columns"]
    assert columns[:8] == [
        "pmid", "year", "title", "authors",
        "journal_abbrev", "design", "n_patients", "is_retracted",
    ]  # fmt: skip
    assert columns[-2:] == ["title_html", "abstract_html"]
    page = get("/kb/papers")
    assert len(page.content) < 170_000
    assert 'href="/-/kb/tables.css"' in page.text
    assert get("/-/kb/tables.css").status_code == 200
    assert "tables.css" not in get("/search").text


def test_facets_are_the_named_ones_and_none_is_guessed(get: Get) -> None:
    answer = get("/kb/papers.json").json()
    assert set(answer["facet_results"]) == {
        "year", "design", "journal_abbrev", "is_retracted", "record_status",
    }  # fmt: skip
    assert not answer["suggested_facets"]


def test_datasette_links_identifiers_to_our_pages(get: Get) -> None:
    shown = get(f"/kb?sql=select+pmid,+work+from+papers+where+pmid={IMAGING}").text
    assert f'<a href="/paper/{IMAGING}">' in shown
    assert f'<a href="/work/pmid:{IMAGING}">' in shown


def test_no_table_page_is_large(get: Get) -> None:
    page = get("/kb/papers").text
    assert LONG_TITLE not in page
    assert len(page) < 200_000  # 20 rows of some fifty columns


def test_a_base_kept_from_readers_is_kept_on_our_pages_too(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = {"databases": {"kb": {"allow": False, "tables": {}}}}
    monkeypatch.setattr(serve, "metadata", lambda _data: closed)
    with asking(base) as get:
        answers = {get(address).status_code for address in ("/", "/search", f"/paper/{IMAGING}")}
    assert answers == {403}


def test_a_table_that_is_kept_is_still_read_by_questions_and_pages(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As SECURITY.md warns: only the whole base can be kept from readers."""
    told = metadata.metadata(data_dir())
    kept = copy.deepcopy(told)
    kept["databases"]["kb"]["tables"]["notices"]["allow"] = False
    kept["databases"]["kb"]["tables"]["works"]["allow"] = False
    monkeypatch.setattr(serve, "metadata", lambda _data: kept)
    with asking(base) as get:
        assert get("/kb/notices").status_code == 403
        assert get("/kb/next-seeds").status_code == 200
        assert get("/integrity").status_code == 200


def test_a_base_that_is_kept_is_kept_by_every_address(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = copy.deepcopy(metadata.metadata(data_dir()))
    kept["databases"]["kb"]["allow"] = {"id": "someone"}
    monkeypatch.setattr(serve, "metadata", lambda _data: kept)
    others = ("/kb", "/kb/papers.json", "/kb/next-seeds", "/kb.json?sql=select+1", "/map", "/gaps",
              "/search.atom", "/changes.atom", "/export/references.ris", "/queries")  # fmt: skip
    ((base_id,),) = asked(base, "SELECT value FROM meta WHERE key = 'base_id'")
    with asking(base) as get:
        assert {get(address).status_code for address in others} == {403}
        nowhere = get("/nothing-here")
    assert nowhere.status_code == 404
    assert base_id not in nowhere.text
    assert metadata.metadata(data_dir())["title"] not in nowhere.text


def test_datasettes_own_pages_lead_back_to_ours(get: Get) -> None:
    for address in ("/kb", "/kb/papers", "/kb/next-seeds"):
        html = get(address).text
        for page in ("/", "/search", "/map", "/integrity"):
            assert f'href="{page}"' in html


# Trust -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", OURS)
def test_published_text_stays_text(get: Get, address: str) -> None:
    html = get(address).text
    assert not re.search(
        r"<script|<img|\son\w+\s*=\s*[\"']|=[\"'\s]*javascript:|style=", html, re.IGNORECASE
    )
    assert not re.search(r"<b [^>]*onclick", html)


@pytest.mark.parametrize("address", OURS)
def test_our_pages_allow_no_script_at_all(get: Get, address: str) -> None:
    response = get(address)
    assert response.headers["content-security-policy"] == headers.STRICT
    assert "unsafe" not in headers.STRICT
    assert "script-src" not in headers.STRICT


@pytest.mark.parametrize("address", ["/", "/kb", "/kb/papers", "/kb/papers.json", "/-/kb/site.css"])
def test_every_answer_has_each_security_header_once(get: Get, address: str) -> None:
    response = get(address)
    assert response.status_code == 200
    assert response.headers.get_list("referrer-policy") == ["no-referrer"]
    assert response.headers.get_list("x-content-type-options") == ["nosniff"]
    assert len(response.headers.get_list("content-security-policy")) == 1


def test_only_datasettes_own_pages_allow_inline_scripts(get: Get) -> None:
    assert "'unsafe-inline'" in get("/kb").headers["content-security-policy"]
    assert "http:" not in headers.DATASETTE
    assert "https:" not in headers.DATASETTE


@pytest.mark.parametrize(
    "sql", ["delete from papers", "attach 'x.db' as x", "pragma writable_schema = 1", "vacuum"]
)
def test_sql_that_writes_is_refused(get: Get, base: Path, sql: str) -> None:
    before = base.read_bytes()
    assert get(f"/kb.json?sql={quote(sql)}").status_code == 400
    assert base.read_bytes() == before


def test_the_base_cannot_be_opened_for_writing(base: Path) -> None:
    published = compat.Published(None, base, data_dir())
    with pytest.raises(sqlite3.OperationalError, match="never written"):
        published.connect(write=True)
    connection = published.connect()
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM papers")
    published.close()


def test_the_file_is_not_for_download(get: Get) -> None:
    assert get("/kb.db").status_code in (403, 404)


def test_one_value_cannot_take_all_memory(get: Get) -> None:
    answer = get("/kb.json?sql=select+length(randomblob(900000000))")
    assert answer.status_code == 400
    assert "too big" in answer.json()["error"]


@pytest.mark.parametrize("wrong", ["1=1;drop", "pmid=:missing", "nothing=1", "1=1)"])
def test_a_condition_that_is_no_sql_is_the_readers_to_put_right(get: Get, wrong: str) -> None:
    answer = get(f"/kb/papers.json?_where={quote(wrong)}")
    assert answer.status_code == 400
    assert not answer.json()["ok"]


def test_a_page_that_takes_too_long_says_so(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = (
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    )
    monkeypatch.setattr(compat, "TIME_LIMIT", 50)
    monkeypatch.setattr(runs, "read", lambda connection: connection.execute(endless).fetchall())
    response = get("/runs")
    assert response.status_code == 503
    assert "did not answer within 0.05 s" in text_of(response)


def test_counts_that_take_too_long_do_not_cost_the_papers_found(
    get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_slow(*_: object) -> None:
        raise sqlite3.OperationalError("interrupted")

    monkeypatch.setattr(results, "facets", too_slow)
    seen = text_of(get("/search?q=radiomics"))
    assert "2 papers" in seen
    assert "Counting took too long" in seen


# What a review may copy -------------------------------------------------------------------------


def test_the_methods_name_each_search_once_and_all_that_was_asked() -> None:
    with closing(sqlite3.connect(":memory:")) as db:
        db.row_factory = sqlite3.Row
        searches = db.execute(
            "SELECT 'opsoclonus[ti]' AS query, '\"opsoclonus\"[Title]' AS translation,"
            " '2026-11-25T10:00:00Z' AS asked_at, 1200 AS count"
        ).fetchall()
    told = runs.methods(
        searches,
        ["crossref", "elink", "references"],
        {"identified": 1500, "duplicates removed": 40},
    )
    assert told == [
        "PubMed was searched through NCBI's E-utilities (ESearch); no other database was.",
        "Searched on 2026-11-25: opsoclonus[ti]. 1,200 records."
        ' PubMed read it as: "opsoclonus"[Title].',
        "There were no limits but those that stand with the queries.",
        "Records that these cite or are cited by were taken from Crossref, NCBI ELink, the"
        " reference lists of PubMed's records.",
        "Of 1,500 records identified, 40 were duplicates, recognised by their PMID.",
    ]
    assert runs.methods([], ["elink"], {"identified": 3}) == []


def test_the_page_runs_has_the_methods(get: Get) -> None:
    told = get("/runs").text.split('id="methods"')[1].split("</div>")[0]
    assert "specimen[ti]" in told
    assert "NCBI ELink" in told


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


# A new base under a running server -------------------------------------------------------------


def test_a_file_renamed_over_the_served_one_is_served_at_once(
    base: Path, specimen: Path, tmp_path: Path
) -> None:
    first, second = (
        asked(path, "SELECT value FROM meta WHERE key = 'base_id'")[0][0]
        for path in (base, specimen)
    )
    served = Path(shutil.copy(base, tmp_path / "kb.db"))
    with asking(served) as get:
        assert all(first in get("/").text for _ in range(8))
        Path(shutil.copy(specimen, tmp_path / "aside.db")).replace(served)
        assert all(second in get("/").text for _ in range(8))
        rows = get("/kb.json?sql=select+value+from+meta+where+key='base_id'").json()["rows"]
    assert rows == [[second]]


def test_another_datasette_in_the_same_installation_keeps_its_home() -> None:
    from datasette.app import Datasette

    with asyncio.Runner() as runner:
        other = Datasette(memory=True)
        response = runner.run(other.client.get("/"))
        other.executor.shutdown()
    assert "_memory" in response.text
    assert "content-security-policy" not in response.headers
