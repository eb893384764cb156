"""The examples of docs/scheduling are run as they stand, against a stand-in on this machine."""

from __future__ import annotations

import math
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from cronsim import CronSim
from loopback import record, record_set
from starting import STARTING

from harvest.standin import Answer, Corpus, Request, Standin, Wire, serve
from kb import raw as raw_db

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "docs" / "scheduling"
KEY = "0123456789abcdef" * 2 + "0123"
COMPLETE = "harvest: 1 complete; 2 asked, 2 stored"
INCOMPLETE = "harvest: 1 incomplete; 2 asked, 2 stored"
LOCKED = 4

JOBS = """\
jobs:
  - name: weekly
    description: Two papers
    seeds: [query: "neuroblastoma[ti]"]
    sentinels: [{sentinel}]
    schedule: "0 0 29 2 *"
"""
# What is installed on the machine of the example, for this checkout.
COMMAND = """\
#!/bin/sh
echo $$ > "{pid}"
export PYTHONPATH="{path}"
exec "{python}" -c 'from {name}.cli import main; main(prog_name="{name}")' "$@"
"""
# Where the build is not what a test is about: it takes a second.
NO_BUILD = '#!/bin/sh\necho a base > "$5"\n'
# In the place of GitHub's command: a release is a folder, named by its tag.
GH = """\
#!/bin/sh
set -eu
test -n "$GH_TOKEN"
mkdir -p releases
case "$1 $2" in
    "release list") ls releases ;;
    "release download") mkdir -p before && cp "releases/$(ls releases | tail -n 1)/$4" before/ ;;
    "release create") mkdir "releases/$3" && cp "$4" "$5" "releases/$3/" ;;
esac
"""


@dataclass(frozen=True)
class Machine:
    """A machine on which an example is installed: its paths lie below ``folder``."""

    folder: Path

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def raw(self) -> Path:
        return self.state / "raw.db"

    def pid(self, program: str) -> Path:
        return self.folder / f"{program}.pid"

    def here(self, example: str) -> str:
        """An example, with the paths of this machine."""
        text = (EXAMPLES / example).read_text(encoding="utf-8")
        for theirs, ours in (
            ("/opt/neuroblastoma-kb", "opt"),
            ("/var/lib/neuroblastoma-kb", "state"),
            ("/etc/neuroblastoma-kb", "etc"),
            ("/usr/sbin/sendmail", "sendmail"),
        ):
            text = text.replace(theirs, str(self.folder / ours))
        return text

    def executable(self, path: str, text: str) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(0o755)

    def install(self, program: str) -> None:
        text = COMMAND.format(
            pid=self.pid(program),
            path=STARTING["PYTHONPATH"],
            python=sys.executable,
            name=program,
        )
        self.executable(f"opt/.venv/bin/{program}", text)

    def without_build(self) -> None:
        self.executable("opt/.venv/bin/kb", NO_BUILD)

    def settings(self, **values: object) -> None:
        (self.folder / "etc").mkdir(exist_ok=True)
        lines = (f"{name}={value}\n" for name, value in values.items())
        (self.folder / "etc" / "env").write_text("".join(lines))

    def jobs(self, *, sentinel: int = 1) -> None:
        (self.folder / "jobs.yml").write_text(JOBS.format(sentinel=sentinel))

    def run(self, command: str, shell: str = "/bin/sh", **environment: str) -> Ran:
        """A command in a bare environment, as cron and systemd have it."""
        done = subprocess.run(
            [*shell.split(), "-c", command],
            cwd=self.state,
            env={"PATH": "/usr/bin:/bin", **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return Ran(done.returncode, done.stdout + done.stderr)


@dataclass(frozen=True)
class Ran:
    code: int
    said: str


@pytest.fixture
def pubmed(tmp_path: Path) -> Iterator[Standin]:
    file = tmp_path / "pubmed.xml"
    file.write_bytes(record_set(record(1, "Neuroblastoma"), record(2, "Neuroblastoma in OMS")))
    with serve(Corpus.from_files([file])) as server:
        yield server


@pytest.fixture
def machine(tmp_path: Path, pubmed: Standin) -> Machine:
    machine = Machine(tmp_path / "machine")
    machine.install("harvest")
    machine.install("kb")
    (machine.folder / "opt" / "docs").symlink_to(ROOT / "docs")
    machine.state.mkdir()
    machine.jobs()
    machine.settings(
        NCBI_EMAIL="someone@example.org",
        NCBI_API_KEY=KEY,
        HARVEST_EUTILS_URL=pubmed.url,
        HARVEST_ICITE_URL="",
        HARVEST_CROSSREF_URL="",
        JOBS_FILE=machine.folder / "jobs.yml",
    )
    return machine


# Cron


def crontab(text: str) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Its environment, and each line's times and command (crontab(5))."""
    environment: dict[str, str] = {}
    jobs = []
    for line in text.splitlines():
        if assigned := re.fullmatch(r"(\w+)=(.*)", line):
            environment[assigned[1]] = assigned[2]
        elif line and not line.startswith("#"):
            *times, command = line.split(None, 5)
            jobs.append((" ".join(times), command))
    return environment, jobs


def by_cron(machine: Machine) -> Ran:
    environment, [(_, command)] = crontab(machine.here("crontab"))
    assert "%" not in command, "cron takes it for the end of a line"
    return machine.run(command, **environment)


def test_the_crontab_runs_every_day_and_mails_what_is_said() -> None:
    environment, [(times, _)] = crontab((EXAMPLES / "crontab").read_text(encoding="utf-8"))
    days = CronSim(times, datetime(2026, 3, 1))
    assert [next(days).day for _ in range(3)] == [1, 2, 3]
    assert environment["MAILTO"]


def test_cron_mails_one_line_when_a_job_was_due_and_nothing_when_none_was(
    machine: Machine, pubmed: Standin
) -> None:
    assert by_cron(machine) == Ran(0, f"{COMPLETE}\n")
    with closing(sqlite3.connect(machine.state / "kb.db")) as db:
        assert db.execute("SELECT count(*) FROM papers").fetchone() == (2,)
    machine.without_build()
    before, asked = machine.raw.read_bytes(), len(pubmed.requests)
    assert by_cron(machine) == Ran(0, "")
    assert (machine.raw.read_bytes(), len(pubmed.requests)) == (before, asked)


def test_cron_mails_what_is_missing_until_it_is_there_and_the_rest_is_built(
    machine: Machine,
) -> None:
    machine.without_build()
    machine.jobs(sentinel=3)
    ran = by_cron(machine)
    assert ran.code == 3
    assert ran.said.startswith(f"{INCOMPLETE}\nharvest: run 1 (weekly) is incomplete:\n")
    assert "PMID 3, a sentinel that job weekly must find, was not found" in ran.said
    assert (machine.state / "kb.db").exists()
    machine.jobs(sentinel=2)
    assert by_cron(machine) == Ran(0, "harvest: 1 complete; nothing to ask\n")


def test_cron_mails_nothing_when_another_run_is_at_work(machine: Machine) -> None:
    with raw_db.locked(machine.raw):
        assert by_cron(machine) == Ran(LOCKED, "")


def test_cron_mails_what_has_to_be_changed_first(machine: Machine) -> None:
    (machine.folder / "jobs.yml").write_text("jobs: []\nsurprise: 1\n")
    ran = by_cron(machine)
    assert ran.code == 2
    assert re.match(r"harvest: .*jobs.yml, line 2: 'surprise' is no key of the file", ran.said)
    assert not (machine.state / "kb.db").exists()


def test_cron_mails_a_base_that_was_built_without_damaged_records_also_when_nothing_is_due(
    machine: Machine,
) -> None:
    machine.without_build()
    by_cron(machine)
    with closing(sqlite3.connect(machine.raw)) as db, db:
        db.execute("UPDATE records SET xml = x'00' WHERE pmid = 1")
    (machine.state / "kb.db").unlink()
    machine.install("kb")
    ran = by_cron(machine)
    assert ran.code == 3
    assert ran.said.startswith("kb: kb.db was built without 1 stored records")


def test_a_command_that_is_not_there_is_mailed(machine: Machine) -> None:
    (machine.folder / "opt" / ".venv" / "bin" / "harvest").unlink()
    ran = by_cron(machine)
    assert ran.code == 127
    assert "harvest" in ran.said


@pytest.mark.soak
def test_a_harvest_that_takes_too_long_is_ended_and_finished_by_the_next(
    machine: Machine, tmp_path: Path
) -> None:
    machine.without_build()

    def too_long(_number: int, _request: Request, answer: Answer) -> Answer:
        """The time limit, which ends a command by SIGTERM, comes before the answer."""
        os.kill(int(machine.pid("harvest").read_text()), signal.SIGTERM)
        return replace(answer, wire=Wire(delay=math.inf))

    limit = "timeout --preserve-status"
    assert limit in (EXAMPLES / "update.sh").read_text(encoding="utf-8")
    settings = machine.folder / "etc" / "env"
    told = settings.read_text()
    with serve(Corpus.from_files([tmp_path / "pubmed.xml"]), fault=too_long) as slow:
        settings.write_text(f"{told}HARVEST_EUTILS_URL={slow.url}\n")
        ran = by_cron(machine)
    assert ran.code == 3
    assert ran.said.startswith("harvest: stopped by SIGTERM. What was stored stays")
    settings.write_text(told)
    assert by_cron(machine) == Ran(0, f"{COMPLETE}\n")


# systemd


UNITS = ("neuroblastoma-kb.service", "neuroblastoma-kb.timer", "neuroblastoma-kb-mail.service")


def unit(text: str) -> list[tuple[str, str]]:
    return re.findall(r"(?m)^(\w+)=(.*)$", text)


def by_systemd(machine: Machine) -> Ran:
    """The service as systemd starts it, but for what it shuts off from it."""
    text = machine.here("neuroblastoma-kb.service")
    environment: dict[str, str] = {}
    for name, value in unit(text):
        if name == "EnvironmentFile":
            environment |= dict(unit(Path(value).read_text(encoding="utf-8")))
        elif name == "Environment":
            environment |= dict([value.split("=", 1)])
    return machine.run(f"exec {dict(unit(text))['ExecStart']}", **environment)


def test_systemd_finds_no_fault_in_the_units(machine: Machine) -> None:
    systemd = shutil.which("systemd-analyze")
    if not systemd:
        pytest.skip("systemd-analyze is not on this machine: the units were not verified")
    files = [machine.folder / name for name in UNITS]
    for file in files:
        file.write_text(machine.here(file.name))
    command = [systemd, "verify", "--man=no", "--generators=no", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_service_builds_the_base_and_says_one_line(machine: Machine) -> None:
    assert by_systemd(machine) == Ran(0, f"{COMPLETE}\n")
    with closing(sqlite3.connect(machine.state / "kb.db")) as db:
        assert db.execute("SELECT count(*) FROM papers").fetchone() == (2,)


def test_the_service_ends_with_the_code_of_the_harvest(machine: Machine) -> None:
    with raw_db.locked(machine.raw):
        assert by_systemd(machine) == Ran(LOCKED, "")


def test_the_service_takes_another_run_for_no_failure_and_ends_one_that_hangs() -> None:
    service = dict(unit((EXAMPLES / UNITS[0]).read_text(encoding="utf-8")))
    assert service["SuccessExitStatus"] == str(LOCKED)
    assert service["TimeoutStartSec"] == "24h"
    assert service["OnFailure"] == service["OnSuccess"] == UNITS[2]


def test_the_service_may_write_to_its_own_folder_alone_and_holds_no_key() -> None:
    text = (EXAMPLES / UNITS[0]).read_text(encoding="utf-8")
    service = dict(unit(text))
    assert service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["WorkingDirectory"] == f"/var/lib/{service['StateDirectory']}"
    assert service["EnvironmentFile"]
    assert "NCBI" not in text


@pytest.mark.parametrize(
    ("journal", "result", "mail"),
    [
        (f"{COMPLETE}\n", "success", f"To: root\nSubject: {COMPLETE}\n\n{COMPLETE}\n"),
        ("", "success", ""),
        (
            "",
            "oom-kill",
            "To: root\nSubject: kb.service ended without a word: oom-kill\n\n"
            "kb.service ended without a word: oom-kill\n",
        ),
    ],
)
def test_what_the_service_said_is_mailed_with_its_line_as_subject(
    machine: Machine, journal: str, result: str, mail: str
) -> None:
    machine.executable("bin/journalctl", f"#!/bin/sh\nprintf '%s' '{journal}'\n")
    machine.executable("sendmail", "#!/bin/sh\ncat\n")
    script = machine.state / "mail.sh"
    script.write_text(machine.here("mail.sh"))
    ran = machine.run(
        f"sh {script} root",
        PATH=f"{machine.folder}/bin:/usr/bin:/bin",
        MONITOR_INVOCATION_ID="0123",
        MONITOR_SERVICE_RESULT=result,
        MONITOR_UNIT="kb.service",
    )
    assert ran == Ran(0, mail)


# GitHub Actions

# These need the network; what they give is here already.
LEFT_OUT = {"Get the program", "Get Python", "Install"}


def workflow() -> dict[str, Any]:
    # All values as text: "on" would be read as true.
    text = (EXAMPLES / "github-actions.yml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, yaml.BaseLoader)
    return loaded


def by_github(machine: Machine, gh: str = GH) -> list[Ran]:
    """One run of the workflow on a new machine, of which releases are all that is left."""
    for file in machine.state.iterdir():
        if file.is_file():
            file.unlink()
    shutil.rmtree(machine.state / "before", ignore_errors=True)
    (machine.state / "docs").unlink(missing_ok=True)
    (machine.state / "docs").symlink_to(ROOT / "docs")
    machine.executable("opt/.venv/bin/gh", gh)
    settings = dict(unit((machine.folder / "etc" / "env").read_text()))
    job = workflow()["jobs"]["update"]
    output = machine.folder / "output"
    output.touch()
    given = {
        "vars.NCBI_EMAIL": settings["NCBI_EMAIL"],
        "secrets.NCBI_API_KEY": settings["NCBI_API_KEY"],
        "github.token": "a token",
    }
    environment = {
        "PATH": f"{machine.folder}/opt/.venv/bin:/usr/bin:/bin",
        "GITHUB_OUTPUT": str(output),
        "GITHUB_STEP_SUMMARY": str(machine.folder / "summary"),
        **settings,
        **{name: expressed(value, given) for name, value in job["env"].items()},
    }
    ran: list[Ran] = []
    for step in job["steps"]:
        if step["name"] not in LEFT_OUT and not any(done.code for done in ran):
            script = expressed(step["run"], given)
            ran.append(machine.run(script, "bash --noprofile -e", **environment))
            if "id" in step:
                told = unit(output.read_text())
                given |= {f"steps.{step['id']}.outputs.{name}": value for name, value in told}
    return ran


def expressed(text: str, given: dict[str, str]) -> str:
    """The text with GitHub's expressions put in."""
    return re.sub(r"\$\{\{ (.*?) \}\}", lambda found: given[found[1]], text)


def releases(machine: Machine) -> list[Path]:
    return sorted((machine.state / "releases").iterdir())


def test_the_workflow_has_what_github_needs() -> None:
    found = workflow()
    [times] = found["on"]["schedule"]
    assert next(CronSim(times["cron"], datetime(2026, 3, 1))) == datetime(2026, 3, 1, 4, 40)
    assert found["permissions"] == {"contents": "write"}
    assert found["concurrency"] == {"group": "base", "cancel-in-progress": "false"}
    [job] = found["jobs"].values()
    assert job["runs-on"]
    assert int(job["timeout-minutes"]) < 360
    assert all(("run" in step) != ("uses" in step) for step in job["steps"])


def test_the_steps_left_out_here_are_those_that_install() -> None:
    steps = {step["name"]: step for step in workflow()["jobs"]["update"]["steps"]}
    for name in LEFT_OUT:
        told = steps[name].get("uses") or steps[name]["run"]
        assert told.startswith(("actions/checkout@", "actions/setup-python@", "pip install "))


def test_the_workflow_goes_on_from_the_raw_db_of_the_run_before(machine: Machine) -> None:
    machine.without_build()
    assert [ran.code for ran in by_github(machine)] == [0, 0, 0, 0]
    assert (machine.folder / "summary").read_text() == f"{COMPLETE}\n"
    [kept] = releases(machine)
    assert sorted(file.name for file in kept.iterdir()) == ["kb.db", "raw.db"]
    assert [ran.code for ran in by_github(machine)] == [0, 0, 0, 0]
    assert releases(machine) == [kept], "nothing was due, and no release was made"


def test_the_workflow_keeps_what_came_of_an_incomplete_harvest_and_then_fails(
    machine: Machine,
) -> None:
    machine.without_build()
    machine.jobs(sentinel=3)
    assert [ran.code for ran in by_github(machine)] == [0, 0, 0, 3]
    assert (machine.folder / "summary").read_text() == f"{INCOMPLETE}\n"
    assert len(releases(machine)) == 1


def test_the_workflow_begins_no_new_raw_db_where_the_releases_cannot_be_read(
    machine: Machine,
) -> None:
    ran = by_github(machine, GH.replace("ls releases ;;", "exit 1 ;;"))
    assert [each.code for each in ran] == [1]
    assert not machine.raw.exists()


# The page


def test_the_page_names_every_example_and_no_example_holds_a_key() -> None:
    page = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    for file in EXAMPLES.iterdir():
        assert f"]({file.name})" in page or file.name == "README.md"
        assert not re.search(r"NCBI_API_KEY=\w", file.read_text(encoding="utf-8"))


def test_the_page_says_what_every_exit_code_does_in_each_example() -> None:
    page = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^\| (\d) \|", page) == ["0", "1", "2", "3", "4"]
