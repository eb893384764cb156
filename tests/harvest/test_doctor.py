"""harvest doctor: each check says what it saw, and what is wrong is named with what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from loopback import FakeClock, settings_of, without_waiting

from harvest.cli import main
from harvest.doctor import live
from harvest.services import eutils, small_answers
from harvest.standin import Answer, Corpus, Request, Standin, serve
from harvest.transport import Transport
from kb import raw as raw_db
from kb.data import data_dir

KEY = "0123456789abcdef0123456789abcdef0123"
BUNDLED = data_dir() / "demo" / "pubmed.xml"


def doctor(server: Standin, *arguments: object, **environment: str) -> Result:
    bases = {
        "HARVEST_EUTILS_URL": server.url,
        "HARVEST_ICITE_URL": server.base("icite"),
        "HARVEST_CROSSREF_URL": server.base("crossref"),
        "HARVEST_IDCONV_URL": server.base("idconv"),
        "NCBI_API_KEY": KEY,
        "NCBI_EMAIL": "reader@example.org",
    }
    command = ["doctor", *map(str, arguments)]
    with pytest.MonkeyPatch.context() as patch:
        without_waiting(patch)
        return CliRunner(env=bases | environment).invoke(main, command)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    """The bundled papers, and so many more on neuroblastoma that one answer cannot name them."""
    corpus = Corpus.from_files([BUNDLED])
    one = corpus.entries[17586306]
    more = (replace(one, pmid=pmid, doi="", numbers=()) for pmid in range(30_000_000, 30_010_000))
    return Corpus([*corpus.entries.values(), *more])


@pytest.fixture
def server(corpus: Corpus) -> Iterator[Standin]:
    with serve(corpus) as server:
        yield server


def test_a_sound_installation_is_told_in_full(server: Standin, tmp_path: Path) -> None:
    result = doctor(server, "--raw", tmp_path / "raw.db")
    assert result.exit_code == 0, result.output
    names = {line[7:].partition(":")[0] for line in result.stdout.splitlines()}
    assert names == {
        *("Python", "libraries", "settings", "small answers", "jobs", "disk", "lock"),
        *("E-utilities", "the ID converter", "iCite", "Crossref", "Europe PMC"),
    }
    assert "key set, 10 requests a second" in result.stdout


def test_the_key_is_never_shown(server: Standin) -> None:
    for arguments in ((), ("--live",)):
        assert KEY not in doctor(server, *arguments).output


def test_a_service_that_works_as_ncbi_did_passes_every_live_question(server: Standin) -> None:
    result = doctor(server, "--live")
    assert result.exit_code == 0, result.output
    assert len(server.requests) <= 40


def test_a_stand_in_with_few_papers_is_no_fault() -> None:
    with serve(Corpus.from_files([BUNDLED])) as server:
        result = doctor(server, "--live")
    assert result.exit_code == 0, result.output
    assert result.stdout.count("a stand-in with few papers, which is fine") == 2


def test_a_pubmed_with_few_papers_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eutils, "is_loopback", lambda _url: False)
    with serve(Corpus.from_files([BUNDLED])) as server:
        result = doctor(server, "--live")
    assert result.exit_code == 1
    assert "Too few to tell: this is not all of PubMed." in result.stdout


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"NCBI_API_KEY": "secret"}, "NCBI_API_KEY is not 36 hexadecimal digits"),
        ({"NCBI_EMAIL": "nobody"}, "which is no e-mail address"),
        ({"HARVEST_EUTILS_URL": ""}, "Nothing can be harvested without"),
        ({"HARVEST_ICITE_URL": "icite"}, "which is no address of a service"),
        ({"HARVEST_ICITE_URL": "http://127.0.0.1:1/"}, "no connection"),
    ],
)
def test_a_wrong_setting_is_named(server: Standin, environment: dict[str, str], said: str) -> None:
    result = doctor(server, **environment)
    assert result.exit_code == 1
    assert said in result.stdout
    assert "secret" not in result.output


def test_a_source_that_is_switched_off_is_no_fault(server: Standin) -> None:
    for arguments in ((), ("--live",)):
        result = doctor(server, *arguments, HARVEST_ICITE_URL="", HARVEST_CROSSREF_URL="")
        assert result.exit_code == 0, result.output
        assert result.stdout.count("switched off") == 2 + ("--live" not in arguments)  # Europe PMC


def test_a_dtd_that_biopython_does_not_have_is_told_and_no_fault(corpus: Corpus) -> None:
    def new_dtds(_number: int, _request: Request, answer: Answer) -> Answer:
        return replace(answer, body=answer.body.replace(b"/dtd/20", b"/dtd/30"))

    with serve(corpus) as server:
        assert "read by Bio.Entrez" in doctor(server).stdout
        assert "20101123/elink.dtd; Biopython has 20190110/einfo" in doctor(server, "--live").stdout
    with serve(corpus, fault=new_dtds) as server:
        short, live = doctor(server), doctor(server, "--live")
    assert "read without Biopython, which has no 30190110/einfo.dtd" in short.stdout
    assert live.stdout.count("(Biopython has not: read without it)") == 3
    assert (short.exit_code, live.exit_code) == (0, 0)


def test_a_biopython_without_dtds_is_told(monkeypatch: pytest.MonkeyPatch, server: Standin) -> None:
    monkeypatch.setattr(small_answers, "_files", frozenset)
    result = doctor(server)
    assert "small answers: read without Biopython, which has no 20190110/einfo.dtd" in result.stdout
    assert result.exit_code == 0


def test_a_place_that_cannot_be_used_is_named(server: Standin, tmp_path: Path) -> None:
    assert "There is no such folder" in doctor(server, "--raw", tmp_path / "no" / "raw.db").stdout
    text = tmp_path / "text.db"
    text.write_text("no database\n" * 100)
    assert "is no SQLite database" in doctor(server, "--raw", text).stdout
    with raw_db.locked(tmp_path / "raw.db"):
        result = doctor(server, "--raw", tmp_path / "raw.db")
        assert "lock: held by a run that is at work" in result.stdout
        assert result.exit_code == 0


def test_a_jobs_file_that_is_wrong_is_named_with_its_line(server: Standin, tmp_path: Path) -> None:
    (tmp_path / "jobs.yml").write_text("jobs:\n  - {name: a, nonsense: 1}\n")
    result = doctor(server, "--jobs", tmp_path / "jobs.yml")
    assert result.exit_code == 1
    assert "jobs.yml, line 2" in result.stdout


def test_a_program_reads_the_findings_as_json(server: Standin) -> None:
    result = doctor(server, "--live", "--json")
    assert result.exit_code == 0, result.output
    findings = json.loads(result.stdout)
    assert {tuple(finding) for finding in findings} == {("name", "seen", "fault", "touches")}
    assert {"EInfo", "Crossref: a work"} < {finding["name"] for finding in findings}


def test_what_is_not_as_expected_is_told_with_what_rests_on_it(corpus: Corpus) -> None:
    def nobody_cites(_number: int, request: Request, answer: Answer) -> Answer:
        empty = re.sub(rb'"cited_by": \[[0-9, ]+\]', b'"cited_by": []', answer.body)
        return replace(answer, body=empty) if request.utility == "icite" else answer

    with serve(corpus, fault=nobody_cites) as server:
        text, told = doctor(server, "--live"), doctor(server, "--live", "--json")
    assert (text.exit_code, told.exit_code) == (1, 1)
    assert "WRONG  iCite: papers that cite a cited one (iCite): Linked(" in text.stdout
    assert "It touches: citations from iCite." in text.stdout
    [wrong] = [finding for finding in json.loads(told.stdout) if finding["fault"]]
    assert wrong["touches"] == ["citations from iCite"]


# What of NCBI could change: the utility, how its answer is changed, the check that shows it and
# what it says
CHANGED = {
    "fields that are gone": (
        ("einfo", b"<Name>UID</Name>", b""),
        ("EInfo: fields of PubMed", "these are gone: UID"),
    ),
    "another ceiling": (
        ("esearch", b"<Id>30009998</Id>", b""),
        ("ESearch: the 9,999 ceiling", "9,999 were expected."),
    ),
    "no refusal beyond it": (
        ("esearch", b"ERROR", b"NOTE"),
        ("ESearch: beyond the ceiling", "An ERROR on retstart was expected."),
    ),
    "counts that do not add up": (
        ("esearch", b"<Count>42<", b"<Count>41<"),
        ("ESearch: ranges of UIDs add up", "Not so."),
    ),
    "silence on a phrase": (
        ("esearch", b"PhraseNotFound", b"Ignored"),
        ("ESearch: a phrase it does not know", "A phrase that PubMed does not know"),
    ),
    "another DOI": (
        ("esummary", b"10.1056/NEJMra0804577", b"10.1/x"),
        ("ESearch and ESummary: a DOI", "20558371 was expected."),
    ),
    "records renamed": (
        ("efetch", b"PubmedArticleSet", b"ArticleSet"),
        ("EFetch: a record, and one that is none", "stored and 99999999 missing were expected."),
    ),
    "a kinder refusal": (
        ("efetch", b"ID list is empty", b"Nothing to do"),
        ("EFetch: nothing valid", "HTTP 400 with 'ID list is empty' was expected."),
    ),
    "summaries of nobody": (
        ("esummary", b"error>", b"note>"),
        ("ESummary: one that is none", "only 20558371 was expected"),
    ),
    "links merged": (
        ("elink", b"<LinkSet>", b"<Links>"),
        ("ELink: a set for each paper", "no usable answer"),
    ),
    "iCite without data": (
        ("icite", b'"data"', b'"records"'),
        ("iCite: links of two papers", "no usable answer"),
    ),
    "Crossref without a work": (
        ("crossref", b'"message"', b'"work"'),
        ("Crossref: a reference list", "no usable answer"),
    ),
}


@pytest.mark.parametrize("name", CHANGED)
def test_a_service_that_has_changed_is_told_by_the_question_that_shows_it(
    corpus: Corpus, name: str
) -> None:
    (utility, before, after), (check, said) = CHANGED[name]

    def changed(_number: int, request: Request, answer: Answer) -> Answer:
        if request.utility != utility:
            return answer
        return replace(answer, body=answer.body.replace(before, after))

    with serve(corpus, fault=changed) as server:
        settings = settings_of(server, api_key=KEY)
        findings = live(Transport(settings, lambda _sent: None, FakeClock()))
        faults = {finding.name: finding.fault for finding in findings if finding.fault}
    assert said in faults[check]
