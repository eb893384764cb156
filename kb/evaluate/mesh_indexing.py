"""Imaging modalities that the words of real records tell, against the records' own MeSH.

Of each record that is indexed, the topics of title, abstract and keywords alone stand against
those of its headings. Neither is the truth: NLM's indexers read the whole paper and index what it
is about, the text names what it speaks of. So each disagreement has a cause, where a rule can tell
one. A topic counts with those below it, as on the pages of topics.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kb.evaluate.intervals import Proportion
from kb.evaluate.table import folded, table
from kb.record.article import Article
from kb.tagging.matcher import matcher
from kb.tagging.topics import TopicEvidence, Vocabulary, closure, tag

NO_ABSTRACT = "there is no abstract: only title and keywords were read"
DENIED = "the text says it was not so"
REFUSED = "its words are there, and the rule of their sense refuses them"
WIDER_TEXT = "the text names only something wider"
SILENT = "none of its words are there"
WIDER_MESH = "MeSH has only something wider"
IN_TITLE = "the title names it"
IN_KEYWORD = "a keyword names it"
OFTEN = "the abstract names it more than once"
ONCE = "the abstract names it once"


@dataclass(frozen=True)
class Difference:
    """A record where one of the two has the modality alone."""

    topic: str
    pmid: int
    in_text: bool
    cause: str


@dataclass
class Compared:
    """``both``: records by modality in which text and MeSH have it."""

    topics: dict[str, str]
    records: int = 0
    both: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)


def compare(articles: Iterable[Article], vocabulary: Vocabulary) -> Compared:
    """Text and MeSH of the records that have headings, for each modality that MeSH can say."""
    tree = _Tree(vocabulary)
    topics = {topic.topic: topic.label for topic in vocabulary.of_role("test") if topic.mesh}
    compared = Compared(topics)
    for article in articles:
        if article.mesh:
            compared.records += 1
            _compare(compared, article, tree)
    compared.differences.sort(key=lambda each: (each.in_text, each.pmid))
    return compared


class _Tree:
    """The vocabulary with what stands above and below each topic, itself included."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.above: defaultdict[str, set[str]] = defaultdict(set)
        self.below: defaultdict[str, set[str]] = defaultdict(set)
        for ancestor, topic in closure(vocabulary):
            self.above[topic].add(ancestor)
            self.below[ancestor].add(topic)

    def held(self, evidence: Iterable[TopicEvidence]) -> set[str]:
        return set().union(*(self.above[item.topic] for item in evidence if not item.negated))


def _compare(compared: Compared, article: Article, tree: _Tree) -> None:
    passages, indexed = article.passages, article.headings
    text = tag(tree.vocabulary, passages, [])
    # With the text, whose words a rule may ask for before it takes a heading.
    mesh = [e for e in tag(tree.vocabulary, passages, indexed) if e.field == "mesh"]
    told, filed = tree.held(text), tree.held(mesh)
    compared.both.update(topic for topic in compared.topics if topic in told & filed)
    for topic in compared.topics:
        if (topic in told) != (topic in filed):
            if topic in told:
                cause = _named(tree, topic, text, filed)
            else:
                cause = _unnamed(tree, topic, article, text, told)
            difference = Difference(topic, article.pmid, topic in told, cause)
            compared.differences.append(difference)


def _named(tree: _Tree, topic: str, text: Sequence[TopicEvidence], filed: set[str]) -> str:
    """Why text has what MeSH has not, the first that holds."""
    places = [e.field for e in text if e.topic in tree.below[topic] and not e.negated]
    if filed & (tree.above[topic] - {topic}):
        return WIDER_MESH
    if "title" in places:
        return IN_TITLE
    if any(place.startswith("keyword") for place in places):
        return IN_KEYWORD
    return OFTEN if len(places) > 1 else ONCE


def _unnamed(
    tree: _Tree, topic: str, article: Article, text: Sequence[TopicEvidence], told: set[str]
) -> str:
    """Why MeSH has what the text has not, the first that holds."""
    if any(item.topic in tree.below[topic] for item in text):
        return DENIED
    if _refused(tree, topic, article):
        return REFUSED
    if told & (tree.above[topic] - {topic}):
        return WIDER_TEXT
    return SILENT if article.abstract else NO_ABSTRACT


def _refused(tree: _Tree, topic: str, article: Article) -> bool:
    ready = matcher(tree.vocabulary)
    return any(
        entry.rule and entry.topic in tree.below[topic]
        for name, text in article.passages
        for entry, _, _ in ready.read(name, text).entries
    )


# The page


def report(compared: Compared) -> str:
    """The table of modalities, the causes, and every disagreement by PMID."""
    apart = Counter((each.topic, each.in_text) for each in compared.differences)
    met = [topic for topic in compared.topics if compared.both[topic] or _either(apart, topic)]
    lines = [_row(compared.topics[topic], *_counts(compared, apart, [topic])) for topic in met]
    lines.append(_row("all of them", *_counts(compared, apart, met)))
    unmet = [compared.topics[topic] for topic in compared.topics if topic not in met]
    causes = Counter((each.in_text, each.cause) for each in compared.differences)
    parts = [
        table(("modality", "both", "text alone", "MeSH alone", "precision", "recall"), lines),
        "Neither text nor MeSH of any record has: " + "; ".join(unmet) + "." if unmet else "",
        "Why, the first cause that holds:",
        table(("alone in", "records", "cause"), _causes(causes)),
        folded(
            f"Every disagreement: {len(compared.differences):,}",
            _listed(compared.differences, met),
        ),
    ]
    return "\n\n".join(part for part in parts if part)


def _either(apart: Mapping[tuple[str, bool], int], topic: str) -> bool:
    return bool(apart.get((topic, True)) or apart.get((topic, False)))


def _counts(
    compared: Compared, apart: Mapping[tuple[str, bool], int], topics: Sequence[str]
) -> tuple[int, int, int]:
    return (
        sum(compared.both[topic] for topic in topics),
        sum(apart.get((topic, True), 0) for topic in topics),
        sum(apart.get((topic, False), 0) for topic in topics),
    )


def _row(label: str, both: int, text: int, mesh: int) -> tuple[object, ...]:
    precision, recall = Proportion(both, both + text), Proportion(both, both + mesh)
    shown = (str(rate) if rate.total else "none" for rate in (precision, recall))
    return (label, both, text, mesh, *shown)


def _causes(causes: Mapping[tuple[bool, str], int]) -> Iterator[tuple[object, ...]]:
    for (in_text, cause), n in sorted(causes.items(), key=lambda each: (each[0][0], -each[1])):
        yield "text" if in_text else "MeSH", n, cause


def _listed(differences: Sequence[Difference], topics: Iterable[str]) -> Iterator[str]:
    """A line for each modality and cause with its PMIDs."""
    pmids: defaultdict[tuple[str, bool, str], list[str]] = defaultdict(list)
    for each in differences:
        pmids[each.topic, each.in_text, each.cause].append(str(each.pmid))
    order = {topic: place for place, topic in enumerate(topics)}
    for topic, in_text, cause in sorted(pmids, key=lambda key: (order[key[0]], *key[1:])):
        side = "text" if in_text else "MeSH"
        yield f"{topic}, {side} alone, {cause}:"
        yield f"    {' '.join(pmids[topic, in_text, cause])}"
