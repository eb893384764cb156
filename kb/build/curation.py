"""What people decided about papers, from ``data/curation.csv``: an input of the build.

A line is a decision: ``include`` or ``exclude`` a paper, ``add-topic`` or ``remove-topic``, how it
stands (``retraction``, ``expression-of-concern``, ``reinstatement``), or a ``note``. Nothing that
rules found is deleted: the words stay in topic_evidence, and the table curation has the decision
beside them.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from kb.errors import ConfigError
from kb.tagging.topics import TopicSummary

HEAD = ("pmid", "decision", "topic", "reason", "who", "date")
# How a paper stands, as a person judges it: one of the witnesses of docs/standing.md.
STANDING = ("retraction", "expression-of-concern", "reinstatement")
DECISIONS = ("include", "exclude", "add-topic", "remove-topic", "note", *STANDING)
WITH_TOPIC = ("add-topic", "remove-topic")
WITH_REASON = ("exclude", "note", *STANDING)  # of a note the reason is its text
PMID = re.compile(r"[1-9][0-9]{0,8}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Decision(NamedTuple):
    """A line of the file; ``topic`` only of the two that take one."""

    line: int
    pmid: int
    decision: str
    topic: str | None
    reason: str | None
    who: str
    date: str

    @property
    def subject(self) -> str | None:
        """What can be decided only once for a paper; None of a note."""
        if self.decision in STANDING:
            return "how it stands"
        return None if self.decision == "note" else self.topic or "include or exclude"


class HeldTopic(NamedTuple):
    """A row of paper_topics without its paper."""

    topic: str
    basis: str
    n_mesh: int
    n_keyword: int
    n_title: int
    n_abstract: int


def read(path: Path, topics: Collection[str]) -> list[Decision]:
    """The decisions of a file in its order. Raises ConfigError naming file, line and what is
    allowed there."""
    decisions: list[Decision] = []
    made: dict[tuple[int, str], int] = {}
    for line, cells in _lines(path):
        try:
            decision = _decision(line, cells, topics)
            if decision.subject:
                before = made.setdefault((decision.pmid, decision.subject), line)
                if before != line:
                    raise ValueError(
                        f"PMID {decision.pmid} has a decision on {decision.subject} in line"
                        f" {before}; keep the one that counts"
                    )
        except ValueError as error:
            raise ConfigError(f"{path}, line {line}: {error}.") from error
        decisions.append(decision)
    return decisions


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each line below the header; a cell may hold line breaks."""
    # Spreadsheets put a byte order mark before UTF-8.
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file, strict=True)
        line = 1
        try:
            for cells in rows:
                if line == 1 and tuple(cells) != HEAD:
                    raise ConfigError(
                        f"{path}, line 1: the header must be {','.join(HEAD)}, separated by commas."
                    )
                if line > 1 and any(cells):
                    yield line, [cell.strip() for cell in cells]
                line = rows.line_num + 1
        except UnicodeDecodeError as error:
            raise ConfigError(f"{path}: is not UTF-8 ({error}). Save it as CSV UTF-8.") from error
        except csv.Error as error:
            raise ConfigError(f"{path}, line {line}: is not CSV ({error}).") from error
    if line == 1:
        raise ConfigError(f"{path}: is empty; its first line must be {','.join(HEAD)}")


def _decision(line: int, cells: list[str], topics: Collection[str]) -> Decision:
    """Raises ValueError saying what is wrong with the line, and what is allowed."""
    if len(cells) != len(HEAD):
        raise ValueError(
            f"has {len(cells)} cells, not {len(HEAD)} ({', '.join(HEAD)}); put quotes around what"
            " holds a comma"
        )
    pmid, decision, topic, reason, who, day = cells
    if not PMID.fullmatch(pmid):
        raise ValueError(f"{pmid or 'nothing'} is no PMID: 1 to 9 digits")
    if decision not in DECISIONS:
        raise ValueError(
            f"{decision or 'nothing'} is no decision; allowed are {', '.join(DECISIONS)}"
        )
    if decision in WITH_TOPIC and topic not in topics:
        raise ValueError(f"{topic or 'nothing'} is no topic of topics.yml, which {decision} takes")
    if decision not in WITH_TOPIC and topic:
        raise ValueError(f"{decision} takes no topic: {' and '.join(WITH_TOPIC)} do")
    if decision in WITH_REASON and not reason:
        raise ValueError(f"{decision} needs a reason")
    if not who:
        raise ValueError("who is empty: a name or initials")
    if not _is_day(day):
        raise ValueError(f"{day or 'nothing'} is no date: YYYY-MM-DD")
    return Decision(line, int(pmid), decision, topic or None, reason or None, who, day)


def _is_day(text: str) -> bool:
    try:
        return bool(DAY.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False


def corrections(decisions: Iterable[Decision]) -> dict[int, dict[str, bool]]:
    """Topics by PMID: True where a person added it, False where removed."""
    topics: defaultdict[int, dict[str, bool]] = defaultdict(dict)
    for each in decisions:
        if each.topic:
            topics[each.pmid][each.topic] = each.decision == "add-topic"
    return dict(topics)


def corrected(held: Iterable[TopicSummary], by_hand: Mapping[str, bool]) -> list[HeldTopic]:
    """The topics of a paper once people had their say: basis ``curated`` where one says so, whether
    or not rules found it too; the counts are of what rules found."""
    topics = {t.topic: HeldTopic(*_shown(t)) for t in held}
    for topic, added in by_hand.items():
        automatic = topics.pop(topic, HeldTopic(topic, "", 0, 0, 0, 0))
        if added:
            topics[topic] = automatic._replace(basis="curated")
    return list(topics.values())


def _shown(topic: TopicSummary) -> tuple[str, str, int, int, int, int]:
    counts = topic.n_mesh, topic.n_keyword, topic.n_title, topic.n_abstract
    return topic.topic, topic.basis, *counts
