"""Records heavier than any that is known are read in time, or named, and hold no other up."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from building import Raw, paper

from kb.errors import Incomplete
from kb.record.pubmed import LONGEST_TEXT

pytestmark = pytest.mark.soak
SECONDS = 45  # a third of them on a busy machine, many times as many where a step were quadratic
MANY = 20_000
FINDING = "MIBG of 34 children with stage 4 neuroblastoma had a sensitivity of 93% (80-98). "


def listed(name: str, item: Callable[[int], str]) -> str:
    return f"<{name}>{''.join(map(item, range(1, MANY + 1)))}</{name}>"


def correction(number: int) -> str:
    return (
        f'<CommentsCorrections RefType="ErratumIn"><RefSource>J {number}</RefSource>'
        f"<PMID>{number + 100}</PMID></CommentsCorrections>"
    )


def heading(number: int) -> str:
    return (
        f'<MeshHeading><DescriptorName UI="D{number:06}">H {number}</DescriptorName></MeshHeading>'
    )


def databank(number: int) -> str:
    return (
        "<DataBank><DataBankName>ClinicalTrials.gov</DataBankName><AccessionNumberList>"
        f"<AccessionNumber>NCT{number:08}</AccessionNumber></AccessionNumberList></DataBank>"
    )


HEAVY = {
    1: paper(1, more=listed("CommentsCorrectionsList", correction)),
    2: paper(2, more=listed("MeshHeadingList", heading)),
    3: paper(3, more=listed("KeywordList", lambda n: f"<Keyword>MIBG {n}</Keyword>")),
    4: paper(4, authors=[f"Author{n} A" for n in range(MANY)]),
    5: paper(
        5,
        references=[
            (f"Smith J{n}. On {n}. J Clin Oncol. 2010;{n % 40}:{n}-{n + 4}.", {})
            for n in range(MANY)
        ],
    ),
    6: paper(6).replace(b"</Article>", f"{listed('DataBankList', databank)}</Article>".encode()),
    7: paper(7, abstract=FINDING * 3_000),
    8: paper(8, abstract="metaiodobenzylguanidine (MIBG) and " * 10_000),
    9: paper(9, title=FINDING.replace(". ", " ") * 2_000),
    10: paper(10).replace(
        b"<ArticleTitle>", b"<ArticleTitle>" + b"<i>" * MANY + b"x" + b"</i>" * MANY
    ),
    11: paper(11, more="<!--" + "x" * 100 * MANY + "-->"),
    12: paper(12, abstract="x " * LONGEST_TEXT),
    13: paper(13, title="Imaging of children"),
}


def test_heavy_records_are_built_in_time_and_one_that_is_too_long_is_named(tmp_path: Path) -> None:
    store = Raw(tmp_path / "raw.db")
    store.run()
    for pmid, xml in HEAVY.items():
        store.read(pmid, xml)
    begun = time.monotonic()
    with pytest.raises(Incomplete, match="PMID 12: its abstract of 399,999 letters is longer"):
        store.build()
    assert time.monotonic() - begun < SECONDS
