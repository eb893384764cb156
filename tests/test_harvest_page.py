"""docs/harvest.md shows what the commands print: its samples are run, one after the other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from harvest.cli import main
from harvest.standin import Corpus, serve
from harvest.standin.server import BASES

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "harvest.md").read_text(encoding="utf-8")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
SAMPLE = re.compile(r"(?ms)^```text\n\$ harvest (.*?)\n(.*?)^```$")


def test_the_samples_of_the_page_are_what_the_commands_print(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NCBI_API_KEY", raising=False)
    [jobs] = re.findall(r"(?ms)^```yaml\n(.*?)^```$", PAGE)
    Path("jobs.yml").write_text(jobs)
    samples = SAMPLE.findall(PAGE)
    assert len(samples) == PAGE.count("\n$ ") == 3
    with serve(Corpus.from_files([ROOT / "data" / "demo" / "pubmed.xml"])) as pubmed:
        runner = CliRunner(env={"HARVEST_EUTILS_URL": pubmed.url})
        for command, shown in samples:
            printed = runner.invoke(main, command.split(), prog_name="harvest").stdout
            assert TIME.sub("…", printed).strip() == TIME.sub("…", shown).strip()


def test_a_replay_sets_the_address_of_every_source_to_the_stand_in() -> None:
    operators = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
    for service, base in BASES.items():
        assert f"\nexport HARVEST_{service.upper()}_URL=http://127.0.0.1:8002{base}\n" in operators
