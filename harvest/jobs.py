"""The jobs file: what to harvest, from which seeds and how far.

    jobs:
      - name: littooij
        description: The review, what it cites and what cites it
        seeds:
          - pmid: 36063183            # or pmids: [1, 2], or query: '"Neuroblastoma"[mh]'
        hops: 1                       # 0 where absent
        direction: both               # references, cited-by or both
        refresh_days: 30              # a stored record younger than this is not asked for again
        max_records: 5000             # a step that would lead to more papers is not taken
        only_when_named: true         # left out where all jobs run

Every mistake is refused with file, job and line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import yaml

from kb.errors import ConfigError
from kb.ids import LARGEST_PMID

REFRESH_DAYS = 30
MAX_RECORDS = 100_000
DIRECTIONS = {"references": (1, 0), "cited-by": (0, 1), "both": (1, 1)}


@dataclass(frozen=True)
class Seed:
    """``kind`` is pmid, query or file; ``seed`` is its name in raw.db: job, kind and value."""

    job: str
    kind: str
    value: str

    @property
    def seed(self) -> str:
        return f"{self.job}:{self.kind}:{self.value}"


@dataclass(frozen=True)
class Job:
    """``references`` and ``cited_by`` are hops along references and along citing papers."""

    name: str
    description: str
    seeds: tuple[Seed, ...]
    references: int = 0
    cited_by: int = 0
    refresh_days: int = REFRESH_DAYS
    max_records: int = MAX_RECORDS
    only_when_named: bool = False

    @property
    def hops(self) -> int:
        return max(self.references, self.cited_by)


def unbalanced(query: str) -> str:
    """What is wrong with the parentheses and quotes of a PubMed query; empty where nothing is.

    PubMed guesses where they do not match, and runs another query than was meant.
    """
    quoted = query.split('"')
    if len(quoted) % 2 == 0:
        return f"the query has a quotation mark without its partner: {query}"
    depth = 0
    for char in " ".join(quoted[::2]):
        depth += {"(": 1, ")": -1}.get(char, 0)
        if depth < 0:
            return f"the query closes a parenthesis that it does not open: {query}"
    return f"the query opens {depth} parentheses that it does not close: {query}" if depth else ""


def chosen(jobs: Sequence[Job], names: Sequence[str], path: Path) -> list[Job]:
    """The jobs named, or all that run unnamed. Raises ConfigError for a name that is none."""
    by_name = {job.name: job for job in jobs}
    for name in names:
        if name not in by_name:
            raise ConfigError(
                f"{path}: there is no job {name!r}. It has: {', '.join(sorted(by_name))}."
            )
    return [by_name[name] for name in dict.fromkeys(names)] or [
        job for job in jobs if not job.only_when_named
    ]


def read_jobs(path: Path) -> list[Job]:
    """All jobs of a file, in order. Raises ConfigError naming file, job and line."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error}).") from error
    try:
        loader = yaml.SafeLoader(text)
        return _Reader(path, loader).jobs(loader.get_single_node())
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ConfigError(f"{path}{line}: is not YAML ({error.problem}).") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: is not YAML ({error}).") from error


class _Reader:
    """Walks the YAML tree, whose nodes know their lines."""

    def __init__(self, path: Path, loader: yaml.SafeLoader) -> None:
        self.path = path
        self.loader = loader
        self.job = ""

    def wrong(self, node: yaml.Node | None, text: str) -> NoReturn:
        line = f", line {node.start_mark.line + 1}" if node else ""
        job = f", job {self.job!r}" if self.job else ""
        raise ConfigError(f"{self.path}{line}{job}: {text}")

    def jobs(self, root: yaml.Node | None) -> list[Job]:
        top = self.mapping(root, ("jobs",), "the file")
        if "jobs" not in top:
            self.wrong(root, "there is no list 'jobs'.")
        jobs: dict[str, Job] = {}
        for node in self.items(top["jobs"], "jobs"):
            job = self.one_job(node)
            if job.name in jobs:
                self.wrong(node, "there is another job of that name.")
            jobs[job.name] = job
            self.job = ""
        return list(jobs.values())

    def one_job(self, node: yaml.Node) -> Job:
        keys = {
            "name": self.word,
            "description": self.text,
            "seeds": lambda node, key: node,
            "hops": self.count,
            "direction": self.direction,
            "refresh_days": self.count,
            "max_records": self.count,
            "only_when_named": self.truth,
        }
        self.job = _name_in(node)
        fields = self.mapping(node, tuple(keys), "a job")
        for needed in ("name", "description", "seeds"):
            if needed not in fields:
                self.wrong(node, f"{needed!r} is missing.")
        values: dict[str, Any] = {key: keys[key](child, key) for key, child in fields.items()}
        seeds = tuple(self.seeds(values.pop("seeds")))
        along_references, along_citing = values.pop("direction", DIRECTIONS["both"])
        hops = values.pop("hops", 0)
        return Job(
            seeds=seeds, references=hops * along_references, cited_by=hops * along_citing, **values
        )

    def seeds(self, node: yaml.Node) -> Iterator[Seed]:
        seen = set()
        for item in self.items(node, "seeds"):
            for kind, child in self.mapping(item, ("pmid", "pmids", "query"), "a seed").items():
                for value in self.seed_values(kind, child):
                    seed = Seed(self.job, kind.rstrip("s"), value)
                    if seed in seen:
                        self.wrong(child, f"the seed {value!r} is there twice.")
                    seen.add(seed)
                    yield seed
        if not seen:
            self.wrong(node, "there are no seeds.")

    def seed_values(self, kind: str, node: yaml.Node) -> list[str]:
        if kind == "query":
            query = " ".join(self.text(node, kind).split())
            if why := unbalanced(query):
                self.wrong(node, why)
            return [query]
        nodes = [node] if kind == "pmid" else self.items(node, kind)
        return [str(self.number(child, kind, 1, LARGEST_PMID)) for child in nodes]

    def mapping(
        self, node: yaml.Node | None, known: Sequence[str], what: str
    ) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            self.wrong(node, f"{what} must be keys and values: {', '.join(known)}.")
        found: dict[str, yaml.Node] = {}
        for key_node, child in node.value:
            key = str(key_node.value)
            if key not in known:
                self.wrong(key_node, f"{key!r} is no key of {what}. Known: {', '.join(known)}.")
            if key in found:
                self.wrong(key_node, f"{key!r} is there twice.")
            found[key] = child
        return found

    def items(self, node: yaml.Node, key: str) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            self.wrong(node, f"{key!r} must be a list.")
        return list(node.value)

    def value(self, node: yaml.Node) -> object:
        constructed: object = self.loader.construct_object(node, deep=True)
        return constructed

    def text(self, node: yaml.Node, key: str) -> str:
        value = self.value(node)
        if not isinstance(value, str) or not value.strip():
            self.wrong(node, f"{key!r} must be text, not {value!r}.")
        return value.strip()

    def word(self, node: yaml.Node, key: str) -> str:
        value = self.text(node, key)
        if not value.replace("-", "").replace("_", "").isalnum() or value in {"adhoc", "files"}:
            self.wrong(
                node,
                f"{key!r} is {value!r}; it must be letters, digits, - and _, "
                "and not adhoc or files.",
            )
        return value

    def number(self, node: yaml.Node, key: str, least: int, most: int) -> int:
        value = self.value(node)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.wrong(node, f"{key!r} must be a whole number from {least}, not {value!r}.")
        return value

    def count(self, node: yaml.Node, key: str) -> int:
        return self.number(node, key, 0, LARGEST_PMID)

    def truth(self, node: yaml.Node, key: str) -> bool:
        value = self.value(node)
        if not isinstance(value, bool):
            self.wrong(node, f"{key!r} must be true or false, not {value!r}.")
        return value

    def direction(self, node: yaml.Node, key: str) -> tuple[int, int]:
        value = self.text(node, key)
        if value not in DIRECTIONS:
            self.wrong(node, f"{key!r} must be {', '.join(DIRECTIONS)}, not {value!r}.")
        return DIRECTIONS[value]


def _name_in(node: yaml.Node) -> str:
    """The name of a job that may be wrong elsewhere, to name it in the message."""
    if not isinstance(node, yaml.MappingNode):
        return ""
    return next((str(value.value) for key, value in node.value if key.value == "name"), "")
