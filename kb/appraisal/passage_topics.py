"""The topics of a passage with their places and what they are: tests, markers, what is looked for.
Pure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kb.appraisal.measures import Figure, Span
from kb.tagging.topics import TopicEvidence, Vocabulary
from kb.tagging.vocabulary import Role

# Of what a test looks for; scores and markers, which have cutoffs, are of the staging role.
TARGETS: frozenset[Role] = frozenset(("staging", "population", "disease"))
TEST: frozenset[Role] = frozenset(("test",))
MARKER: frozenset[Role] = frozenset(("test", "staging"))
LOOKED_FOR = re.compile(
    r"\b(?:for|(?:for|in|of) (?:the )?(?:detection of|detecting|diagnosing|diagnosis of|predicting)"
    r"|to (?:detect|find|predict)|in predicting)\s+(?:the\s+)?(?:\w+\s+)?$"
)
Place = tuple[int, int, str]


@dataclass(frozen=True)
class PassageTopics:
    """The topics of one passage that stand at a place, in order; of each topic its role, if any,
    and the one above it; and the names of scores and markers that are always tests."""

    text: str
    places: Sequence[Place]
    roles: Mapping[str, Role | None]
    broader: Mapping[str, str | None]
    scores: Sequence[str]

    def within(self, span: Span, wanted: Collection[Role | None]) -> list[Place]:
        first, stop = (bisect_left(self.places, (end,)) for end in span)
        return [
            place
            for place in self.places[first:stop]
            if place[1] <= span[1] and self.roles[place[2]] in wanted
        ]

    def tests(self, span: Span) -> list[Place]:
        """Examinations, and scores and markers that are always tests."""
        return [
            place
            for place in self.within(span, MARKER)
            if self.roles[place[2]] == "test" or self.is_score(place)
        ]

    def is_score(self, place: Place) -> bool:
        words = self.text[place[0] : place[1]].lower()
        return any(score in words for score in self.scores)


def passage_topics(
    vocabulary: Vocabulary, evidence: Iterable[TopicEvidence], field: str, text: str
) -> PassageTopics:
    """What the tagger found in a passage, the denied left out."""
    places = [
        (one.start, one.end, one.topic)
        for one in evidence
        if one.field == field and one.start is not None and one.end is not None and not one.negated
    ]
    return PassageTopics(text, sorted(places), *_roles(vocabulary), vocabulary.words.scores)


# Asked for every passage.
@lru_cache(maxsize=2)
def _roles(vocabulary: Vocabulary) -> tuple[dict[str, Role | None], dict[str, str | None]]:
    """The role of each topic, and the topic above it."""
    of_scheme = {scheme.scheme: scheme.role for scheme in vocabulary.schemes}
    roles = {topic.topic: of_scheme[topic.scheme] for topic in vocabulary.topics}
    return roles, {topic.topic: topic.broader for topic in vocabulary.topics}


def only(places: Sequence[tuple[int, int, str]]) -> str | None:
    """The one test that the places name."""
    names = groups(places)
    return names[0] if len(set(names)) == 1 else None


def groups(places: Sequence[Place], *, each: bool = False) -> list[str]:
    """The tests that the places name, or ``each`` time they name one. Those that touch are one,
    called by its first word: the FDG of FDG PET/CT."""
    names: list[str] = []
    reached = -2
    for start, end, topic in sorted(places, key=lambda place: (place[0], -place[1])):
        if start > reached + 1 and (each or topic not in names[-1:]):
            names.append(topic)
        reached = max(reached, end)
    return names


def target(figure: Figure, tags: PassageTopics) -> str | None:
    """What a figure of a test was looked for, where its words name one topic."""
    # "For infants" after a figure says in whom it was.
    for span, roles in ((figure.link, TARGETS), (figure.label, TARGETS - {"population"})):
        places = tags.within(span, roles) if span else []
        targets = {
            topic
            for start, _, topic in places
            if LOOKED_FOR.search(tags.text[max(0, start - 40) : start])
        }
        if len(targets) == 1:
            return targets.pop()
    return None
