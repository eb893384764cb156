"""Which trial or cohort a paper reports on: one study is published again and again. Pure.

Only names that stand in the record count: registry numbers, and the protocols of
``data/studies.yml``. A number that is not well formed is left out, never mended.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from kb.errors import ConfigError
from kb.reading.literals import Finder
from kb.reading.search import PatternSearch
from kb.record.sentences import plain
from kb.yaml_lines import constructed

KEYS = {"study", "label", "words"}


class StudyMention(NamedTuple):
    """A study that a record names; ``basis`` is the databank or the passage with the name."""

    study: str
    label: str
    basis: str


@dataclass(frozen=True)
class Protocol:
    """How a study is named; in ``study`` and ``label`` {0} stands for the group of ``words``, of
    ``needs`` one must stand in the record too."""

    study: str
    label: str
    words: Finder
    needs: re.Pattern[str]

    def named_in(self, text: str) -> Iterator[tuple[str, str]]:
        """(study, label) for each place in which the text names one."""
        for match in self.words.pattern.finditer(text):
            # Looked at here, since an expression that begins with its letters is found faster.
            if not text[: match.start()][-1:].isalnum():
                yield self.study.format(*match.groups()), self.label.format(*match.groups())


def _protocol(study: str, label: str, words: str, needs: Iterable[str] = ("",)) -> Protocol:
    needed = "|".join(map(re.escape, needs))
    whole = Finder(rf"(?:{words})(?![A-Za-z0-9])")
    return Protocol(study, label, whole, re.compile(needed, re.IGNORECASE))


# Trial registers with the form of their numbers, as they print them themselves.
REGISTERS = (
    _protocol("NCT{0}", "ClinicalTrials.gov NCT{0}", "NCT[ -]?([0-9]{8})"),
    _protocol("ISRCTN{0}", "ISRCTN{0}", "ISRCTN[ -]?([0-9]{8})"),
    _protocol(
        "EudraCT {0}",
        "EudraCT {0}",
        r"(?:EudraCT|EUCTR)(?: (?:[Nn]umber|[Nn]o\.?))?[ :#-]*([0-9]{4}-[0-9]{6}-[0-9]{2})",
    ),
    _protocol("DRKS{0}", "DRKS{0}", "DRKS([0-9]{8})"),
    _protocol("UMIN{0}", "UMIN{0}", "UMIN([0-9]{9})"),
    _protocol("ACTRN{0}", "ACTRN{0}", "ACTRN([0-9]{14})"),
)


def load(path: Path) -> list[Protocol]:
    """Read the protocols of a field. Raises ConfigError that names the file and the entry."""
    entries = constructed(path, "the list of studies")
    if not isinstance(entries, list):
        raise ConfigError(f"{path}: expected a list of studies")
    return [_read(entry, f"{path}: entry {n}") for n, entry in enumerate(entries, start=1)]


def _read(entry: Any, place: str) -> Protocol:
    keys = set(entry) if isinstance(entry, Mapping) else set()
    if not KEYS <= keys <= KEYS | {"needs"}:
        raise ConfigError(f"{place}: expected study, label, words and perhaps needs; got {entry}")
    try:
        protocol = _protocol(**entry)
        groups = ("",) * protocol.words.pattern.groups
        protocol.study.format(*groups), protocol.label.format(*groups)
    except (re.error, IndexError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(f"{place}, {entry['study']}: {error}") from error
    return protocol


@lru_cache(maxsize=2)
def _search(protocols: tuple[Protocol, ...]) -> PatternSearch:
    return PatternSearch(protocol.words for protocol in protocols)


def study_of(
    databanks: Iterable[tuple[str, str | None]],
    passages: Sequence[tuple[str, str]],
    protocols: Sequence[Protocol],
) -> list[StudyMention]:
    """The studies that a record names, each once, databanks before title, abstract and keywords.

    ``databanks`` are (databank, accession), ``passages`` (field, text), ``protocols`` those of
    ``load``.
    """
    everything = "\n".join(text for _, text in passages)
    named = [
        StudyMention(*study, f"databank {databank}")
        for databank, accession in databanks
        for register in REGISTERS
        for study in register.named_in(f"{databank} {accession}")
    ]
    known = (*REGISTERS, *protocols)
    (possible,) = _search(known).possible(plain(everything).lower(), [(0, len(everything))])
    likely = [protocol for protocol in known if protocol.words in possible]
    named += [
        StudyMention(*study, field)
        for field, text in ((field, plain(text)) for field, text in passages if likely)
        for protocol in likely
        for study in protocol.named_in(text)
        if protocol.needs.search(everything)
    ]
    first: dict[str, StudyMention] = {}
    for mention in named:
        first.setdefault(mention.study, mention)
    return list(first.values())
