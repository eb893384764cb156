"""What a build keeps for the next one: found where nothing changed, and never believed else."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from building import Printed, Raw, paper
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.build import build as builds
from kb.build import kept_readings, readers
from kb.build.field import Field
from kb.build.identity import made_by
from kb.build.kept_readings import KeptReadings, keeping
from kb.build.readings import StoredPaper, read_packed
from kb.errors import Incomplete

REFERENCES: list[Printed] = [
    ("Two", {"pubmed": 2}),
    ("Li W. Scans of tumours. J Exam 1999; 3: 4-9.", {}),
]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The PMIDs that were read, and not taken from what was kept, as if a base were large."""
    return counting(monkeypatch)


def counting(patch: pytest.MonkeyPatch) -> list[int]:
    pmids: list[int] = []

    def counted(of: Field, papers: Iterable[StoredPaper]) -> list[bytes]:
        pmids.extend(each.pmid for each in papers)
        return read_packed(of, papers)

    patch.setattr(readers, "MANY", 1)
    patch.setattr(readers, "_processors", lambda: 1)
    patch.setattr(readers, "read_packed", counted)
    return pmids


@pytest.fixture
def grown(raw: Raw, read: list[int]) -> Raw:
    """A base of three papers, built once, and nothing noted yet."""
    for pmid in (1, 2, 3):
        raw.read(pmid, paper(pmid, references=REFERENCES))
    raw.build()
    assert read == [1, 2, 3]
    read.clear()
    return raw


def kept(raw: Raw) -> Path:
    return raw.path.with_name("kb.db.readings")


def anew(raw: Raw) -> str:
    """The dump of what is built where nothing was kept."""
    out = raw.path.with_name("anew.db")
    out.with_name("anew.db.readings").unlink(missing_ok=True)
    return raw.build(out).dump()


def test_what_did_not_change_is_not_read_again(grown: Raw, read: list[int]) -> None:
    grown.read(4)
    grown.read(2, paper(2, title="Revised"), now="2024-03-01T00:00:00Z")
    base = grown.build()
    assert read == [2, 4]
    assert base.dump() == anew(grown)


def test_a_record_that_was_only_read_once_more_is_not_read_again(
    grown: Raw, read: list[int]
) -> None:
    grown.read(1, paper(1, references=REFERENCES), now="2024-03-01T00:00:00Z")
    grown.withdraw(3)
    base = grown.build()
    assert read == []
    assert base.one("SELECT read_at FROM papers WHERE pmid = 1") == "2024-03-01T00:00:00Z"
    assert base.one("SELECT record_status FROM papers WHERE pmid = 3") == "withdrawn"
    assert base.dump() == anew(grown)


def test_a_decision_of_people_is_read_for_its_paper_alone(grown: Raw, read: list[int]) -> None:
    decide(grown, "2,add-topic,dose,,AB,2024-01-01", "3,note,,fine,AB,2024-01-01")
    base = grown.build()
    assert read == [2]
    assert base.one("SELECT basis FROM paper_topics WHERE topic = 'dose'") == "curated"
    assert base.dump() == anew(grown)


def decide(raw: Raw, *lines: str) -> None:
    head = "pmid,decision,topic,reason,who,date"
    (raw.data / "curation.csv").write_text("\n".join([head, *lines]) + "\n")


def test_another_vocabulary_reads_all_anew(grown: Raw, read: list[int]) -> None:
    topics = grown.data / "topics.yml"
    topics.write_text(topics.read_text().replace("synonyms: [imaging]", "synonyms: [scans]"))
    base = grown.build()
    assert read == [1, 2, 3]
    assert base.dump() == anew(grown)


def test_a_small_base_keeps_nothing(raw: Raw) -> None:
    raw.read(1)
    raw.build()
    assert not kept(raw).exists()


def spoiled(change: Callable[[bytearray], None]) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        content = bytearray(path.read_bytes())
        change(content)
        path.write_bytes(content)

    return spoil


def flip(place: int) -> Callable[[Path], None]:
    def change(content: bytearray) -> None:
        content[place] ^= 1

    return spoiled(change)


def cut(content: bytearray) -> None:
    del content[-40:]


FIRST = len(kept_readings.BEGINS)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(flip(FIRST + 33), id="the hash of a reading", marks=pytest.mark.soak),
        pytest.param(flip(FIRST + 66), id="the length of a reading"),
        pytest.param(flip(FIRST + 90), id="a reading"),
        pytest.param(flip(-1), id="the last byte", marks=pytest.mark.soak),
        pytest.param(spoiled(cut), id="cut short"),
        pytest.param(
            spoiled(lambda content: content.extend(b"more")),
            id="more behind it",
            marks=pytest.mark.soak,
        ),
    ],
)
def test_damage_is_named_and_never_believed(
    grown: Raw, read: list[int], spoil: Callable[[Path], None]
) -> None:
    spoil(kept(grown))
    told = builds.build(grown.path, grown.path.with_name("kb.db"), grown.data)
    assert told == [f"{kept(grown)}: was damaged. What of it could not be used was read anew."]
    assert grown.build().dump() == anew(grown)
    read.clear()
    assert builds.build(grown.path, grown.path.with_name("kb.db"), grown.data) == []
    assert read == []


def test_a_key_that_is_another_is_not_found(grown: Raw, read: list[int]) -> None:
    flip(FIRST)(kept(grown))
    grown.build()
    assert read == [1]


def test_damage_is_named_beside_a_record_that_cannot_be_read(grown: Raw) -> None:
    spoiled(cut)(kept(grown))
    grown.read(9, b"<PubmedArticle/>")
    with pytest.raises(Incomplete, match=r"(?s)PMID 9: .*kb\.db\.readings: was damaged"):
        grown.build()


def test_what_is_no_file_of_readings_is_named_and_left_alone(grown: Raw, read: list[int]) -> None:
    kept(grown).write_bytes(b"my thesis")
    told = builds.build(grown.path, grown.path.with_name("kb.db"), grown.data)
    assert len(told) == 1
    assert "kb.db.readings: no kb build has written it" in told[0]
    assert kept(grown).read_bytes() == b"my thesis"
    assert read == [1, 2, 3]


def test_no_link_is_read_or_written_through(grown: Raw, read: list[int], tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    kept(grown).rename(elsewhere)
    before = elsewhere.read_bytes()
    kept(grown).symlink_to(elsewhere)
    told = builds.build(grown.path, grown.path.with_name("kb.db"), grown.data)
    assert "is in the way" in told[0]
    assert (read, elsewhere.read_bytes()) == ([1, 2, 3], before)


def test_a_link_where_it_is_written_is_left_alone(
    grown: Raw, read: list[int], tmp_path: Path
) -> None:
    aside, before = kept(grown).with_name("kb.db.readings.new"), kept(grown).read_bytes()
    aside.symlink_to(tmp_path / "elsewhere")
    told = builds.build(grown.path, grown.path.with_name("kb.db"), grown.data)
    assert "is in the way" in told[0]
    assert aside.is_symlink()
    assert not (tmp_path / "elsewhere").exists()
    assert (read, kept(grown).read_bytes()) == ([1, 2, 3], before)


def test_what_changes_while_a_build_reads_is_not_kept(
    grown: Raw, read: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = kept(grown).read_bytes()
    states = iter(["before", "after"])
    monkeypatch.setattr(builds, "made_by", lambda _: next(states))
    grown.build()
    assert (read, kept(grown).read_bytes()) == ([1, 2, 3], before)


def test_a_build_that_fails_leaves_what_was_kept(
    grown: Raw, read: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    before, names = kept(grown).read_bytes(), sorted(grown.path.parent.iterdir())
    grown.read(4)

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(readers, "unpack", fail)
    with pytest.raises(KeyboardInterrupt):
        grown.build()
    assert kept(grown).read_bytes() == before
    assert sorted(grown.path.parent.iterdir()) == names


def test_what_no_paper_wants_any_more_is_dropped(grown: Raw, read: list[int]) -> None:
    before = kept(grown).stat().st_size
    grown.do("DELETE FROM reach WHERE pmid = 2")
    grown.build()
    assert 0 < kept(grown).stat().st_size < before
    grown.build()
    assert read == []


def test_a_full_disk_costs_what_would_be_kept_and_nothing_else(tmp_path: Path) -> None:
    told = b"x" * 2 * io.DEFAULT_BUFFER_SIZE
    of = StoredPaper(1, (), "", {})
    with keeping(tmp_path / "kb.db.readings", "this") as kept:
        assert kept.new
        kept.new.close()
        kept.new = open("/dev/full", "w+b")  # noqa: PTH123, SIM115
        kept.put(of, told)
        kept.put(of, told)
    assert kept.told == [
        "what was read could not be kept for the next build (No space left on device)."
    ]
    assert list(tmp_path.iterdir()) == []


def test_code_data_and_libraries_read(grown: Raw, monkeypatch: pytest.MonkeyPatch) -> None:
    before = made_by(grown.data)
    assert made_by(grown.data) == before
    topics = grown.data / "topics.yml"
    topics.write_text(f"{topics.read_text()}\n")
    assert (after := made_by(grown.data)) != before
    monkeypatch.setattr("sys.version", "4.0")
    assert made_by(grown.data) != after


# What happens between two builds: a paper comes or is revised, is read once more, is withdrawn,
# is no longer reached, or people decide about it.
STEPS = st.tuples(
    st.sampled_from(["read", "again", "withdraw", "drop", "decide"]), st.integers(1, 5)
)


def step(raw: Raw, number: int, what: str, pmid: int) -> None:
    now = f"2024-02-01T00:{number:02}:00Z"
    if what == "read":
        references = [*REFERENCES, (f"Author A. J Exam {number}; 1: 2.", {"pubmed": pmid + 1})]
        xml = paper(
            pmid,
            title=f"MIBG scans {number}",
            abstract=f"Of {number} children",
            references=references,
            version=number % 3 + 1,
        )
        raw.read(pmid, xml, run=number, now=now)
    elif what == "again":
        raw.do("UPDATE records SET last_read = ? WHERE pmid = ?", [now, pmid])
    elif what == "withdraw":
        raw.withdraw(pmid, run=number, now=now)
    elif what == "drop":
        raw.do("DELETE FROM reach WHERE pmid = ?", [pmid])
    else:
        decide(raw, f"{pmid},{'add' if number % 2 else 'remove'}-topic,dose,,AB,2024-01-01")


# Each example is several builds.
@settings(max_examples=settings().max_examples // 8)
@given(st.lists(st.lists(STEPS, max_size=4), min_size=1, max_size=3))
def test_increments_give_the_base_that_a_whole_build_gives(
    several: list[list[tuple[str, int]]],
) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        counting(patch)
        raw, number = Raw(Path(folder) / "raw.db"), 0
        for steps in several:
            for what, pmid in steps:
                number += 1
                raw.run(number)
                step(raw, number, what, pmid)
            assert raw.build().dump() == anew(raw)


def test_without_a_file_nothing_is_found_or_kept() -> None:
    nothing, of = KeptReadings(), StoredPaper(1, (), "", {})
    nothing.put(of, b"x")
    assert (nothing.has(of), nothing.get(of)) == (False, None)
