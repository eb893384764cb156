"""The build reads numbers with the words that its field lists."""

from __future__ import annotations

from pathlib import Path

from building import VOCABULARY, Raw, paper

TEXT = (
    "The scans were read twice. INZZ 12 patients relapsed. A quake index above 3 was of bad omen."
)
WORDS = "words: {scores: [Quake index], stages: [INZZ]}\n"


def findings(folder: Path, vocabulary: str) -> list[tuple[object, ...]]:
    folder.mkdir()
    raw = Raw(folder / "raw.db")
    (raw.data / "topics.yml").write_text(vocabulary)
    raw.run()
    raw.read(1, paper(1, abstract=TEXT))
    return raw.build().rows("SELECT kind, value, sign FROM findings ORDER BY id")


def test_a_number_behind_a_stage_counts_nobody_and_one_behind_a_score_is_a_cutoff(
    tmp_path: Path,
) -> None:
    assert findings(tmp_path / "without", VOCABULARY) == [("sample_size", 12.0, None)]
    assert findings(tmp_path / "with", WORDS + VOCABULARY) == [("cutoff", 3.0, ">")]
