"""The specimen corpus: that it is plainly fiction, that its words are real, and that what it was
planted with comes out of a harvest and a build."""

from __future__ import annotations

import asyncio
import csv
import gzip
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import Bio.Entrez
import pytest
from click.testing import CliRunner, Result
from loopback import without_waiting
from lxml import etree

from harvest.cli import main
from kb.checks import check
from kb.data import data_dir
from kb.site.serve import datasette_over

DATA = Path(__file__).resolve().parent.parent / "data"
SPECIMEN = DATA / "specimen"
FILES = [SPECIMEN / "pubmed.xml", SPECIMEN / "update.xml"]
DTD = Path(Bio.Entrez.__file__).parent / "DTDs" / "pubmed_250101.dtd"

FIRST, LAST = 990_000_001, 990_000_071
FIRST_CITED_ONLY = 990_009_001
CLUSTERS = {
    "imaging": {*range(1, 26), 51, 57, 58, 59, 60, 68},
    "opsoclonus": set(range(26, 39)),
    "staging": {*range(39, 48), 53, 54},
}
BRIDGES = {48, 49, 50}
HOSTILE = 69

Record = ElementTree.Element
Rows = list[tuple[object, ...]]


def pmid(number: int) -> int:
    """The PMID of a specimen by the last digits of it."""
    return FIRST - 1 + number


def numbers(rows: Rows) -> list[int]:
    return [int(str(row[0])) % 1000 for row in rows]


@pytest.fixture(scope="module")
def records() -> list[Record]:
    """Every record of both files, deletions left out."""
    roots = [ElementTree.parse(file).getroot() for file in FILES]
    return [record for root in roots for record in root if record.tag != "DeleteCitation"]


@pytest.fixture(scope="module")
def whole() -> str:
    """The text of both files."""
    return "\n".join(file.read_text("utf-8") for file in FILES)


def own_pmid(record: Record) -> int:
    return int(record[0].findtext("PMID", ""))


def texts(records: list[Record], tag: str) -> list[str]:
    return ["".join(found.itertext()) for record in records for found in record.iter(tag)]


# Plainly fiction


def test_every_title_says_that_it_is_a_specimen(records: list[Record]) -> None:
    for tag in ("ArticleTitle", "VernacularTitle", "BookTitle"):
        titles = texts(records, tag)
        assert titles
        assert [title for title in titles if not re.match(r"\[Specimen\](?: \S|$)", title)] == []
    assert len(texts(records, "ArticleTitle")) == len(records)


def test_no_pmid_is_one_that_pubmed_could_have_given(records: list[Record]) -> None:
    assert {own_pmid(record) for record in records} == set(range(FIRST, LAST + 1))
    printed = set(map(int, texts(records, "PMID")))
    printed |= {
        int("".join(found.itertext()))
        for record in records
        for found in record.iter("ArticleId")
        if found.get("IdType") == "pubmed" and re.fullmatch(r"\d+", found.text or "")
    }
    assert {number for number in printed if not FIRST <= number <= LAST} == set(
        range(FIRST_CITED_ONLY, FIRST_CITED_ONLY + 15)
    )


def test_no_paper_is_in_the_corpus_of_real_ones() -> None:
    real = (DATA / "demo" / "pubmed.xml").read_text("utf-8")
    pmids = set(map(int, re.findall(r"<PMID[^>]*>(\d+)", real)))
    assert max(pmids) < FIRST
    assert "[Specimen]" not in real


def test_every_doi_has_the_prefix_kept_for_examples(whole: str) -> None:
    dois = re.findall(r"10\.\d{4,9}/\w+", whole, re.IGNORECASE)
    assert len(dois) > 100
    assert {doi.lower() for doi in dois} == {"10.5555/specimen"}


def test_registry_numbers_pmcids_and_orcids_are_nobodys(records: list[Record], whole: str) -> None:
    assert set(re.findall(r"NCT\d+", whole)) == {f"NCT9900000{n}" for n in (1, 2, 3, 4, 9)}
    assert all(found.startswith("PMC9900000") for found in re.findall(r"PMC\d+", whole))
    # Josiah Carberry, whom ORCID's documentation made up.
    orcids = {re.sub(r"\D", "", found) for found in texts(records, "Identifier")}
    assert orcids == {"0000000218250097"}


def test_every_journal_is_a_specimen_too(records: list[Record]) -> None:
    for tag in ("ISOAbbreviation", "MedlineTA", "PublisherName"):
        assert all(name.startswith("Specimen ") for name in texts(records, tag))
    assert not texts(records, "ISSN") + texts(records, "NlmUniqueID")


def test_the_readme_says_of_every_paper_what_it_shows() -> None:
    lines = (SPECIMEN / "README.md").read_text("utf-8").splitlines()
    rows = [found for line in lines if (found := re.fullmatch(r"\| (\d{9}) \| (.+) \|", line))]
    assert [int(row[1]) for row in rows] == list(range(FIRST, LAST + 1))


# Real in its form and its words


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_files_are_valid_by_nlms_dtd(file: Path) -> None:
    dtd = etree.DTD(str(DTD))
    assert dtd.validate(etree.parse(file)), dtd.error_log


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_files_begin_as_efetch_does_and_can_be_read_line_by_line(file: Path) -> None:
    text = file.read_text("utf-8")
    assert text.startswith(
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE PubmedArticleSet PUBLIC '
        '"-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
        '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n<!-- Fiction'
    )
    assert not re.search(r"><(?!/|sup|sub|i>|b>|mml:)", text), "two elements on one line"


def test_every_term_and_identifier_is_one_of_mesh(records: list[Record], shared: Path) -> None:
    known = mesh_terms(shared)
    named = [
        (found.get("UI", ""), "".join(found.itertext()))
        for record in records
        for tag in ("DescriptorName", "QualifierName", "PublicationType", "NameOfSubstance")
        for found in record.iter(tag)
    ]
    assert len(named) > 600
    assert [term for term in named if term not in known] == []


def mesh_terms(shared: Path) -> set[tuple[str, str]]:
    """(UI, name) of an older MeSH, of what the topics and the evidence levels rest on, and of the
    qualifiers in real records."""
    with gzip.open(shared / "pubmed" / "mesh" / "mesh_terms.tsv.gz", "rt", encoding="utf-8") as old:
        known = {(row["mesh_id"], row["mesh_name"]) for row in csv.DictReader(old, delimiter="\t")}
    topics = (shared / "domain" / "topics.tsv").read_text("utf-8").splitlines()
    for row in csv.DictReader(topics, delimiter="\t", quoting=csv.QUOTE_NONE):
        known |= set(zip(row["mesh_ui"].split("|"), row["mesh_name"].split("|"), strict=True))
    types = (shared / "domain" / "evidence.md").read_text("utf-8")
    for names, uis in re.findall(r"^\| ([A-Z][^|]+) \| ([D0-9 /]+) \|", types, re.MULTILINE):
        known |= set(zip(uis.split(" / "), names.split(" / "), strict=False))
    with gzip.open(
        shared / "pubmed" / "xml" / "bulk_shared_mixed.xml.gz", "rt", encoding="utf-8"
    ) as real:
        qualifiers = re.findall(r'<QualifierName UI="(Q\d+)"[^>]*>([^<]+)<', real.read())
    known |= {(ui, name.replace("&amp;", "&")) for ui, name in qualifiers}
    return known


# The planted facts, after a harvest and a build


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ``harvest demo --specimen`` leaves where no folder is named."""
    with pytest.MonkeyPatch.context() as here:
        here.chdir(tmp_path_factory.mktemp("specimen"))
        result = demo("--specimen")
        assert result.exit_code == 0, result.output
        return Path("demo-data", "specimen").resolve()


def demo(*arguments: object) -> Result:
    command = ["demo", "--no-serve", *map(str, arguments)]
    with pytest.MonkeyPatch.context() as patch:
        without_waiting(patch)
        return CliRunner().invoke(main, command)


@pytest.fixture(scope="module")
def base(folder: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(folder / "kb.db")) as connection:
        yield connection


def ask(base: sqlite3.Connection, sql: str, *values: object) -> Rows:
    return base.execute(sql, values).fetchall()


def paper(base: sqlite3.Connection, number: int, columns: str) -> tuple[object, ...]:
    (row,) = ask(base, f"SELECT {columns} FROM papers WHERE pmid = ?", pmid(number))
    return row


def test_the_base_passes_every_check(folder: Path) -> None:
    assert check(folder / "kb.db") == []


def test_all_came_and_what_is_only_cited_is_told_as_missing(base: sqlite3.Connection) -> None:
    assert ask(base, "SELECT job, state, stored, missing, withdrawn, failed FROM runs") == [
        ("specimen", "complete", 71, 15, 0, 0),
        ("files", "complete", 2, 0, 1, 0),
    ]
    assert ask(base, "SELECT count(*) FROM papers") == [(71,)]


def test_a_second_run_brings_nothing_new(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "again")
    assert demo("--specimen", "--dir", copy).exit_code == 0
    with closing(sqlite3.connect(copy / "kb.db")) as again:
        assert ask(again, "SELECT stored, withdrawn FROM runs WHERE run > 2") == [(0, 0), (0, 1)]


def test_specimens_and_real_papers_are_kept_apart(folder: Path, tmp_path: Path) -> None:
    result = demo("--dir", folder)
    assert result.exit_code == 2
    assert "raw.db: holds the fictional ones of --specimen; the two are kept apart" in result.stderr
    raw, real = tmp_path / "raw.db", DATA / "demo" / "pubmed.xml"
    assert CliRunner().invoke(main, ["files", str(real), "--raw", str(raw)]).exit_code == 0
    result = demo("--specimen", "--dir", tmp_path)
    assert result.exit_code == 2
    assert "raw.db: holds real papers; the two are kept apart" in result.stderr
    assert not (tmp_path / "kb.db").exists()


def test_retracted_are_one_by_its_own_record_and_one_by_its_notice_alone(
    base: sqlite3.Connection,
) -> None:
    retracted = ask(base, "SELECT pmid FROM papers WHERE is_retracted ORDER BY pmid")
    assert numbers(retracted) == [51, 53]
    found = ask(
        base,
        "SELECT DISTINCT pmid, notice_pmid, source FROM notices WHERE kind = 'retraction'"
        " ORDER BY pmid, source",
    )
    assert found == [
        (pmid(51), pmid(52), "the notice's record"),
        (pmid(51), pmid(52), "the paper's record"),
        (pmid(53), pmid(54), "the notice's record"),
    ]


def test_what_was_never_checked_is_not_called_sound(base: sqlite3.Connection) -> None:
    unknown = ask(base, "SELECT pmid FROM papers WHERE is_retracted IS NULL")
    assert numbers(unknown) == [41]
    assert paper(base, 41, "medline_status, mesh, integrity_checked") == ("Publisher", "", None)


def test_notices_of_the_other_kinds(base: sqlite3.Connection) -> None:
    found = ask(
        base,
        "SELECT DISTINCT kind, pmid, notice_pmid FROM notices WHERE kind <> 'retraction'"
        " ORDER BY kind, pmid, notice_pmid",
    )
    assert found == [
        ("comment", pmid(12), pmid(57)),
        ("comment", pmid(57), pmid(58)),
        ("erratum", pmid(5), None),
        ("erratum", pmid(5), pmid(56)),
        ("expression_of_concern", pmid(20), pmid(55)),
        ("update", pmid(18), pmid(17)),
        ("update", pmid(43), pmid(44)),
    ]


def test_works_that_lead_to_a_retracted_one_are_known_with_their_hops(
    base: sqlite3.Connection,
) -> None:
    found = ask(
        base,
        "SELECT w.pmid % 1000, r.pmid % 1000, hops FROM exposure e"
        " JOIN works w USING (work) JOIN works r ON r.work = e.retracted ORDER BY r.pmid, hops",
    )
    assert [row for row in found if row[1] == 51] == [(3, 51, 1), (23, 51, 2), (1, 51, 3)]
    hops = {row[0]: row[2] for row in found if row[1] == 53}
    # 54 is the notice, and lists what it retracts.
    assert hops == {42: 1, 41: 2, 47: 2, 50: 2, 1: 3}


def test_the_deleted_record_is_kept_as_withdrawn(base: sqlite3.Connection) -> None:
    gone = ask(base, "SELECT pmid FROM papers WHERE record_status = 'withdrawn'")
    assert numbers(gone) == [60]


def test_version_2_counts_although_version_1_was_revised_and_read_later(
    base: sqlite3.Connection,
) -> None:
    version, title, abstract = paper(base, 59, "version, title, abstract")
    assert version == 2
    assert "[version 2; peer review: 2 approved]" in str(title)
    assert "tried in 12 infants" in str(abstract)


def test_the_update_changed_what_it_changed(base: sqlite3.Connection) -> None:
    changes = ask(base, "SELECT kind, pmid FROM changes WHERE kind <> 'new' ORDER BY pmid")
    assert changes == [("revised", pmid(33)), ("revised", pmid(59)), ("withdrawn", pmid(60))]
    status, mesh = paper(base, 33, "medline_status, mesh")
    assert status == "MEDLINE"
    assert "Opsoclonus-Myoclonus Syndrome/complications*" in str(mesh)


# References and citations


def test_the_graph_is_dense_and_references_are_of_every_kind(base: sqlite3.Connection) -> None:
    kinds = dict(base.execute("SELECT method, count(*) FROM reference_list GROUP BY method"))
    assert sum(kinds.values()) >= 250
    assert kinds.keys() == {"pmid", "doi", "pmcid", "text", "none"}
    assert min(kinds["doi"], kinds["text"], kinds["none"]) >= 20


def reference(base: sqlite3.Connection, number: int, like: str) -> tuple[object, ...]:
    (row,) = ask(
        base,
        "SELECT work, method, reason FROM reference_list WHERE pmid = ?"
        " AND coalesce(text, ref_doi) LIKE ?",
        pmid(number),
        like,
    )
    return row


@pytest.mark.parametrize(
    ("citing", "printed", "cited", "method"),
    [
        (1, "Willow W, Yew Y.%", 24, "text"),  # the twins: one title, one first author
        (1, "Willow W, Zelkova Z.%", 25, "text"),
        (4, "%Spec Jrnal Imagng%", 9, "text"),  # title and year agree all the same
        (1, "Katsura K, et al.%", 11, "text"),  # of an incomplete author list
        (7, "%doi: 10.5555/specimen.0024.", 24, "doi"),  # in the text alone
        (1, "Pine P, Quince Q.%", 16, "doi"),
        (23, "%Suppl 1%", 16, "pmcid"),
        (15, "Birch B, Hazel H%", 2, "pmid"),
    ],
)
def test_references_that_are_resolved(
    base: sqlite3.Connection, citing: int, printed: str, cited: int, method: str
) -> None:
    assert reference(base, citing, printed)[:2] == (f"pmid:{pmid(cited)}", method)


@pytest.mark.parametrize(
    ("citing", "printed"),
    [
        (59, "Willow W, Zelkova Z.%"),  # a title that two papers have, and no place
        (49, "%Spec. Oncol. Ann.%"),  # no title, a journal that cannot be read
        (16, "Moss M.%"),  # its PMID is NOT_FOUND;INVALID_JOURNAL
        (HOSTILE, "%DOI is none%"),
        (HOSTILE, "%PMID is none%"),
        (51, "%Unpublished observations%"),
    ],
)
def test_references_that_are_not_resolved_stay_as_themselves(
    base: sqlite3.Connection, citing: int, printed: str
) -> None:
    work, method, reason = reference(base, citing, printed)
    assert str(work).startswith("ref:")
    assert method == "none"
    assert reason


def test_identifiers_that_disagree_are_said_to(base: sqlite3.Connection) -> None:
    (found,) = ask(
        base,
        "SELECT work, reason FROM reference_list WHERE pmid = ? AND ref_doi LIKE '%0008'",
        pmid(59),
    )
    assert found[0] == f"pmid:{pmid(7)}"
    assert "not 10.5555/specimen.0008" in str(found[1])


def test_works_that_are_only_cited_are_works_and_hubs(base: sqlite3.Connection) -> None:
    hubs = ask(
        base,
        "SELECT work FROM metrics JOIN works USING (work) WHERE NOT is_paper AND in_degree >= 7"
        " ORDER BY work",
    )
    assert hubs == [(f"pmid:99000900{n}",) for n in (1, 4)] + [
        (f"pmid:99000901{n}",) for n in (1, 2, 3)
    ]
    assert reference(base, 59, "10.5555/specimen.o13")[:2] == ("doi:10.5555/specimen.o13", "doi")


def cited_papers(base: sqlite3.Connection) -> set[tuple[int, int]]:
    return {
        (citing, cited)
        for citing, cited in base.execute(
            "SELECT a.pmid % 1000, b.pmid % 1000 FROM cites JOIN works a ON a.work = citing"
            " JOIN works b ON b.work = cited WHERE a.is_paper AND b.is_paper"
        )
    }


def test_two_papers_cite_each_other(base: sqlite3.Connection) -> None:
    pairs = cited_papers(base)
    assert {pair for pair in pairs if pair[::-1] in pairs} == {(4, 10), (10, 4)}


def test_only_the_bridges_join_the_clusters(base: sqlite3.Connection) -> None:
    cluster = {number: name for name, those in CLUSTERS.items() for number in those}
    pairs = cited_papers(base)
    inside = [(a, b) for a, b in pairs if not {a, b} & BRIDGES]
    assert all(cluster[a] == cluster[b] for a, b in inside)
    joined = {bridge: {cluster[b] for a, b in pairs if a == bridge} for bridge in BRIDGES}
    assert joined == {
        48: {"imaging", "opsoclonus"},
        49: {"imaging", "opsoclonus", "staging"},
        50: {"imaging", "staging"},
    }
    for name, those in CLUSTERS.items():
        assert sum(cluster[a] == name for a, _ in inside) >= 25, f"{name}: {len(those)} papers"


# Topics


def topics(base: sqlite3.Connection, number: int) -> set[object]:
    """Topics of a paper and what they are narrower topics of."""
    rows = ask(
        base,
        "SELECT DISTINCT ancestor FROM paper_topics JOIN topic_closure USING (topic)"
        " WHERE pmid = ?",
        pmid(number),
    )
    return {topic for (topic,) in rows}


@pytest.mark.parametrize(
    ("number", "has", "has_not"),
    [
        (61, set(), {"oms", "ataxia", "surgery"}),
        (62, {"mri"}, {"inrgss-ms", "stage-ms", "inss-4s", "staging"}),
        (63, {"neuroblastoma"}, {"adc", "dwi", "mri", "gd2-pet", "accuracy"}),
        (64, set(), {"pet", "ct", "modality"}),
        (65, set(), {"us", "neuroblastoma", "modality"}),
        (66, {"esthesio", "mri"}, {"neuroblastoma"}),
        (67, {"neuroblastoma"}, {"modality", "prognosis"}),
        (43, {"response", "inss-4s"}, {"mri"}),  # MR is a mixed response
        (42, {"inss-4s", "inrgss-ms", "stage-ms"}, set()),
        (39, {"stage-l1", "stage-l2", "inrgss-ms", "idrf"}, set()),
        (6, {"adc", "gn", "accuracy"}, set()),
        (31, {"oms", "ivig", "steroid"}, {"modality"}),
        (26, {"oms", "oms-occult", "acth", "rituximab", "paraneo"}, set()),
        (
            16,
            {"mibg-123", "mibg-124-pet", "theranostics", "fdg-pet", "ssr-pet", "bone-scan"},
            {"mibg-131-scan", "dopa-pet"},
        ),
    ],
)
def test_ambiguous_words_are_read_by_what_stands_beside_them(
    base: sqlite3.Connection, number: int, has: set[object], has_not: set[object]
) -> None:
    found = topics(base, number)
    assert has <= found
    assert not has_not & found


@pytest.mark.parametrize(
    "notation",
    ["123I-MIBG", "¹²³I-MIBG", "(123)I-MIBG", "[123I]MIBG", "I-123 MIBG", "123 I-MIBG"],
)
def test_a_nuclide_is_read_in_every_notation(base: sqlite3.Connection, notation: str) -> None:
    surfaces = ask(
        base,
        "SELECT surface FROM topic_evidence WHERE pmid = ? AND topic = 'mibg-123'"
        " AND field = 'abstract'",
        pmid(16),
    )
    assert (notation.lstrip("(["),) in surfaces


def test_the_occult_tumour_has_two_papers_for_each_side(base: sqlite3.Connection) -> None:
    for number, words in {
        27: "MRI showed 14 of 15",
        28: "24 of 25, MIBG scintigraphy of 11 of 19",
        29: "in all four, CT in two",
        30: "nine of the ten, MRI of chest and abdomen to six",
    }.items():
        assert "oms-occult" in topics(base, number)
        assert words in str(paper(base, number, "abstract")[0])


# What records hold


@pytest.mark.parametrize(
    ("number", "form"),
    [
        (2, "92.6% (95% confidence interval [CI] 82.1-97.9%) for (123)I-MIBG and 77.8% (95% CI"),
        (3, "94.1%, and 83.6% for PET/CT and 95.2%, 79.6%, 86.8%, and 92.9% for PHOX2B"),
        (3, "(Cohen's Kappa = 0.431; p = 0.001)"),
        (4, "Thirty-one of 352 patients (8.8%)"),
        (5, "0.852, 0.887, and 0.841, respectively"),
        (6, "≤ 1.08 × 10\N{MINUS SIGN}3 mm2/s"),
        (7, "1.14 x 10-3 mm2/s, with an AUC of 0.873 (95% CI: 0.76-0.97)"),
        (8, "negative and positive predictive values of ADC were 76, 69, 79.2, 64 % respectively"),
        (9, "None of the six benign tumours had an ADC below 1.2"),
        (
            12,
            "Curie score > 2 after induction had a 3-year event-free survival (EFS) of 16.1% ± 4.0",
        ),
        (12, "39.8% +/- 5.1% with a score <= 2 (P <.0001)"),
        (19, "(sub-hazard ratio, 0.92; 95% CI, 0.61-1.38)"),
        (23, "likelihood ratios were 9.12, and 0.22"),
        (31, "odds ratio=4.5; 95% CI: (1.4, 15.1); p=0.0114"),
        (34, "21 of 30 (70%)"),
        (45, "HR was 6.1 (95% CI 5.4-6.9)"),
        (46, "62% ± 4% with two transplants v 49% ± 4% with one (P = .0064)"),
    ],
)
def test_figures_stand_as_papers_print_them(
    base: sqlite3.Connection, number: int, form: str
) -> None:
    assert form in str(paper(base, number, "abstract")[0])


def test_figures_that_are_recomputed_say_so_at_their_place(base: sqlite3.Connection) -> None:
    shares = base.execute(
        'SELECT substr(p.text, s.start + 1, s."end" - s.start),'
        " substr(p.text, s.from_start + 1, s.from_end - s.from_start), words FROM sums s"
        " JOIN passages p USING (pmid, field) WHERE kind = 'share'"
    ).fetchall()
    assert shares
    for percent, counts, words in shares:
        assert percent.endswith("%")
        assert set(re.findall("[0-9]+", counts)) <= set(re.findall("[0-9]+", words)[:2])
    told = dict(
        base.execute(
            "SELECT kind, arithmetic FROM findings WHERE pmid = 990000003 AND value IN"
            " (95.2, 79.6, 86.8, 92.9)"
        )
    )
    assert told == dict.fromkeys(("sensitivity", "specificity", "ppv", "npv"), "differs")


def test_one_trial_is_reported_in_three_papers(base: sqlite3.Connection) -> None:
    found = ask(base, "SELECT pmid FROM databanks WHERE accession = 'NCT99000001' ORDER BY pmid")
    assert numbers(found) == [31, 32, 33]


@pytest.mark.parametrize(
    ("type_", "those"),
    [
        ("Randomized Controlled Trial", [31, 46]),
        ("Meta-Analysis", [23]),
        ("Systematic Review", [23, 48]),
        ("Case Reports", [29, 35, 37, 70]),
        ("Observational Study", [4, 19, 68]),
        ("Consensus Development Conference", [39, 43, 44]),
        ("Preprint", [18]),
        ("Clinical Trial Protocol", [32]),
    ],
)
def test_designs_from_case_report_to_meta_analysis(
    base: sqlite3.Connection, type_: str, those: list[int]
) -> None:
    sql = "SELECT pmid FROM publication_types WHERE name = ? ORDER BY pmid"
    assert numbers(ask(base, sql, type_)) == those


def test_the_unusual_records(base: sqlite3.Connection) -> None:
    assert paper(base, 47, "is_book, journal, pages") == (
        *(1, "[Specimen] Handbook of tumours that do not exist", "211-230"),
    )
    assert str(paper(base, 38, "vernacular_title")[0]).startswith("[Specimen] Syndrome opso-")
    assert paper(base, 38, "language") == ("fre",)
    assert ask(base, "SELECT pmid, language FROM other_abstracts") == [(pmid(38), "fre")]
    assert paper(base, 39, "authors") == ("Specimen Staging Task Force",)
    incomplete = ask(base, "SELECT pmid FROM papers WHERE NOT authors_complete")
    assert numbers(incomplete) == [11]
    without = ask(base, "SELECT pmid FROM papers WHERE abstract IS NULL ORDER BY pmid")
    assert numbers(without) == [52, 56, 57, 58, 71]
    assert paper(base, 71, "title") == ("[Specimen]",)
    assert len(str(paper(base, 70, "title")[0])) >= 3000
    orcids = ask(base, "SELECT DISTINCT orcid FROM authors WHERE orcid IS NOT NULL")
    assert orcids == [("0000-0002-1825-0097",)]


def test_inline_markup_is_kept_as_text_and_as_html(base: sqlite3.Connection) -> None:
    title, safe = map(str, paper(base, 16, "title, title_html"))
    assert title.startswith("[Specimen] How papers write 123I-mIBG, 18F-FDG and H2O, and why λ=")
    assert "<sup>123</sup>I-<i>m</i>IBG, <sup>18</sup>F-FDG and H<sub>2</sub>O" in safe
    assert "mml" not in safe


def test_hostile_text_is_text(base: sqlite3.Connection) -> None:
    title, safe, abstract, abstract_html = map(
        str, paper(base, HOSTILE, "title, title_html, abstract, abstract_html")
    )
    for character in ("\N{ZERO WIDTH SPACE}", "\N{EVERGREEN TREE}"):
        assert character in title
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in title
    assert "<script>alert('title')</script> & \"quotes\"" in title
    assert "javascript:alert(1)" in abstract
    assert "&lt;b&gt; stays text, &amp; too" in abstract
    assert "<script" not in safe + abstract_html
    keywords = ask(base, "SELECT keyword FROM keywords WHERE pmid = ?", pmid(HOSTILE))
    assert ('=HYPERLINK("http://example.invalid/","click")',) in keywords


def page(folder: Path, number: int) -> str:
    site = datasette_over(folder / "kb.db", data_dir())
    text: str = asyncio.run(site.client.get(f"/paper/{pmid(number)}")).text
    return text


def test_a_notice_that_both_records_state_is_shown_once(folder: Path) -> None:
    assert page(folder, 51).count("<strong>Retraction</strong>") == 1


def test_the_page_of_a_notice_names_the_paper_it_is_about(folder: Path) -> None:
    text = page(folder, 52)
    assert "This is a notice about another paper" in text
    assert f"/paper/{pmid(51)}" in text
    assert "has been retracted" not in text
