"""The rules of docs/standing.md, case by case; 20,000 histories held against a second reading."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from verdict_oracle import oracle

from kb.notices.verdict import (
    ALARMS,
    CONCERN,
    CONTRADICTORY,
    CORRECTED,
    CORRECTION,
    CROSSREF_PUBLISHER,
    CROSSREF_WATCH,
    DOUBTED,
    MARKS,
    NATURES,
    NEVER_CHECKED,
    NONE_KNOWN,
    OTHER,
    PERSON,
    PUBMED,
    REINSTATED,
    REINSTATEMENT,
    RETRACTED,
    RETRACTION,
    UNKNOWN,
    VERDICTS,
    WATCH,
    WITNESSES,
    Assertion,
    verdict,
)

NOTICE, SECOND, THIRD = "pmid:301", "pmid:302", "doi:10.1000/notice"
NOTICES = (NOTICE, SECOND, THIRD)
OLDER, ASKED = "2026-02-01", "2026-03-01"


def says(
    witness: str,
    nature: str,
    date: str | None = None,
    notice: str | None = None,
    *,
    record: str | None = None,
    asked: str | None = ASKED,
    place: int = 0,
) -> Assertion:
    return Assertion(witness, record, nature, date, notice, asked, place)


PUBLICATION_TYPE = says(PUBMED, RETRACTION)

CASES = [
    # Rule 7, row by row.
    pytest.param(
        [says(CROSSREF_PUBLISHER, RETRACTION, "2020-05-02", NOTICE)],
        RETRACTED,
        id="a retraction that nobody undoes or disputes",
    ),
    pytest.param(
        [says(WATCH, RETRACTION, "2020"), says(WATCH, REINSTATEMENT, "2020")],
        CONTRADICTORY,
        id="a retraction and a reinstatement of one year",
    ),
    pytest.param(
        [says(PUBMED, CONCERN, "2020", NOTICE), says(PUBMED, CORRECTION, "2021", SECOND)],
        DOUBTED,
        id="a concern, whatever was corrected",
    ),
    pytest.param(
        [says(WATCH, CONCERN, "2020"), says(WATCH, REINSTATEMENT, "2021")],
        REINSTATED,
        id="a concern that a reinstatement has followed",
    ),
    pytest.param(
        [says(WATCH, REINSTATEMENT, "2021"), says(PUBMED, CORRECTION, "2022", NOTICE)],
        REINSTATED,
        id="a reinstatement of which nobody states the retraction",
    ),
    pytest.param(
        [says(PUBMED, CORRECTION, "2022", NOTICE), says(PUBMED, OTHER, "2023", SECOND)],
        CORRECTED,
        id="a correction, and a comment",
    ),
    pytest.param(
        [says(PUBMED, OTHER, "2023", NOTICE)], NONE_KNOWN, id="a comment says nothing of worth"
    ),
    # Rule 1.
    pytest.param([says(CROSSREF_WATCH, UNKNOWN, "2020")], NONE_KNOWN, id="unknown decides nothing"),
    pytest.param(
        [
            says(WATCH, RETRACTION, "2020", NOTICE, record="68818", asked=OLDER),
            says(CROSSREF_WATCH, UNKNOWN, "2021", NOTICE, record="68818"),
        ],
        RETRACTED,
        id="an unknown state does not take the place of a known one",
    ),
    pytest.param(
        [
            says(WATCH, RETRACTION, None, NOTICE),
            says(WATCH, REINSTATEMENT, "2021"),
            says(PUBMED, UNKNOWN, "2020", NOTICE),
        ],
        CONTRADICTORY,
        id="what is unknown does not date a notice",
    ),
    # Rule 2.
    pytest.param(
        [
            says(CROSSREF_WATCH, RETRACTION, "2020-05-02", NOTICE, record="4711", place=0),
            says(CROSSREF_WATCH, CONCERN, "2020-05-02", NOTICE, record="4711", place=1),
        ],
        DOUBTED,
        id="a concern that was once recorded as a retraction is a doubt",
    ),
    pytest.param(
        [
            says(CROSSREF_WATCH, CONCERN, "2020-05-02", NOTICE, record="4711", place=0),
            says(CROSSREF_WATCH, RETRACTION, "2020-05-02", NOTICE, record="4711", place=1),
        ],
        RETRACTED,
        id="a concern that has become a retraction is a retraction",
    ),
    pytest.param(
        [
            says(CROSSREF_WATCH, RETRACTION, "2020", NOTICE, record="4711", asked=OLDER, place=1),
            says(WATCH, CORRECTION, "2020", NOTICE, record="4711"),
        ],
        CORRECTED,
        id="the file's newer row counts, not what Crossref handed on earlier",
    ),
    pytest.param(
        [
            says(WATCH, CORRECTION, "2020", NOTICE, record="4711", asked=None),
            says(CROSSREF_WATCH, CONCERN, "2019", NOTICE, record="4711", asked=OLDER),
        ],
        DOUBTED,
        id="what only a file holds is older than any answer",
    ),
    pytest.param(
        [
            says(WATCH, CONCERN, "2020", NOTICE, record="4711", place=1),
            says(WATCH, CORRECTION, "2020-05", NOTICE, record="4711", place=0),
        ],
        CORRECTED,
        id="a year is before its months",
    ),
    pytest.param(
        [
            says(WATCH, CONCERN, None, NOTICE, record="4711", place=1),
            says(WATCH, CORRECTION, "2020", NOTICE, record="4711", place=0),
        ],
        CORRECTED,
        id="no date is before a year",
    ),
    pytest.param(
        [
            says(WATCH, CONCERN, "2020", NOTICE, record="4711"),
            says(CROSSREF_WATCH, RETRACTION, "2020", NOTICE, record="4711"),
        ],
        RETRACTED,
        id="of two states that nothing orders the graver counts",
    ),
    pytest.param(
        [
            says(WATCH, REINSTATEMENT, "2020", NOTICE, record="4711", asked="2026-01-01"),
            says(CROSSREF_WATCH, RETRACTION, "2019", NOTICE, record="4711", asked="2026-09-09"),
        ],
        REINSTATED,
        id="a record that the file calls a reinstatement and Crossref goes on calling a retraction",
    ),
    pytest.param(
        [
            says(WATCH, RETRACTION, "2020", NOTICE, record="4711"),
            says(CROSSREF_WATCH, RETRACTION, "2020", None, record="4711"),
            says(CROSSREF_PUBLISHER, CORRECTION, "2020-05", NOTICE),
        ],
        CONTRADICTORY,
        id="of two like states the one that names its notice counts",
    ),
    pytest.param(
        [
            says(WATCH, RETRACTION, "2020", NOTICE, record="4711"),
            says(CROSSREF_WATCH, RETRACTION, "2020", SECOND, record="4711"),
            says(CROSSREF_PUBLISHER, CORRECTION, "2020", NOTICE),
        ],
        RETRACTED,
        id="like states with two notices both count, and one is not disputed",
    ),
    pytest.param(
        [
            says(CROSSREF_PUBLISHER, RETRACTION, "2020", NOTICE, record="4711"),
            says(WATCH, CORRECTION, "2021", SECOND, record="4711"),
        ],
        RETRACTED,
        id="a record id means nothing beside another witness's",
    ),
    # Rule 3.
    pytest.param(
        [
            says(CROSSREF_PUBLISHER, RETRACTION, None, NOTICE),
            says(PUBMED, OTHER, "2020", NOTICE),
            says(WATCH, REINSTATEMENT, "2021"),
        ],
        REINSTATED,
        id="an undated retraction has the date that another gives its notice",
    ),
    pytest.param(
        [
            PUBLICATION_TYPE,
            says(WATCH, RETRACTION, "2020", NOTICE),
            says(WATCH, REINSTATEMENT, "2021", SECOND),
        ],
        REINSTATED,
        id="the publication type means the one retraction that others name",
    ),
    pytest.param(
        [
            PUBLICATION_TYPE,
            says(WATCH, RETRACTION, "2019", NOTICE),
            says(WATCH, RETRACTION, "2020", SECOND),
            says(WATCH, REINSTATEMENT, "2021", THIRD),
        ],
        CONTRADICTORY,
        id="the publication type means neither of two retractions",
    ),
    pytest.param(
        [PUBLICATION_TYPE, says(WATCH, REINSTATEMENT, "2021")],
        CONTRADICTORY,
        id="an undated retraction, and a reinstatement of a day",
    ),
    pytest.param(
        [
            says(WATCH, CONCERN, None, NOTICE),
            says(PUBMED, OTHER, "2020", NOTICE),
            says(WATCH, REINSTATEMENT, "2021"),
        ],
        DOUBTED,
        id="an undated concern stays undated, and stands",
    ),
    # Rule 4.
    pytest.param(
        [
            says(CROSSREF_PUBLISHER, RETRACTION, "2020-05-02", NOTICE),
            says(WATCH, REINSTATEMENT, "2021-01-15", SECOND),
        ],
        REINSTATED,
        id="a reinstated paper whose retraction Crossref still serves",
    ),
    pytest.param(
        [
            says(PUBMED, RETRACTION, "2018", NOTICE),
            says(WATCH, REINSTATEMENT, "2019", SECOND),
            says(CROSSREF_PUBLISHER, RETRACTION, "2020-03", THIRD),
        ],
        RETRACTED,
        id="retracted again after a reinstatement",
    ),
    pytest.param(
        [says(PUBMED, RETRACTION, "2020", NOTICE), says(WATCH, REINSTATEMENT, None)],
        CONTRADICTORY,
        id="a reinstatement without date or notice",
    ),
    pytest.param(
        [says(PUBMED, RETRACTION, "2020", NOTICE), says(WATCH, REINSTATEMENT, None, NOTICE)],
        CONTRADICTORY,
        id="an undated reinstatement by the notice of the retraction",
    ),
    pytest.param(
        [says(PUBMED, RETRACTION, "2020-05", NOTICE), says(WATCH, REINSTATEMENT, "2020", NOTICE)],
        CONTRADICTORY,
        id="a reinstatement of the same notice and year",
    ),
    pytest.param(
        [says(PUBMED, RETRACTION, None, NOTICE), says(WATCH, REINSTATEMENT, "2020", NOTICE)],
        REINSTATED,
        id="a reinstatement that names the notice of an undated retraction",
    ),
    pytest.param(
        [says(PUBMED, RETRACTION, "2021", NOTICE), says(WATCH, REINSTATEMENT, "2020", NOTICE)],
        RETRACTED,
        id="a retraction of the same notice and a later year",
    ),
    pytest.param(
        [says(PUBMED, RETRACTION, "2020-05", NOTICE), says(WATCH, REINSTATEMENT, "2020-06")],
        REINSTATED,
        id="a reinstatement in the month after",
    ),
    pytest.param(
        [says(PUBMED, RETRACTION, "2020-05", NOTICE), says(WATCH, REINSTATEMENT, "2020")],
        CONTRADICTORY,
        id="a reinstatement in a month of the same year that nobody states",
    ),
    # Rules 5 and 6.
    pytest.param(
        [
            says(CROSSREF_PUBLISHER, RETRACTION, "2020", NOTICE),
            says(CROSSREF_WATCH, CONCERN, "2020", NOTICE, record="4711"),
        ],
        CONTRADICTORY,
        id="a notice that is a retraction to one and a concern to another",
    ),
    pytest.param(
        [says(WATCH, RETRACTION, "2020", NOTICE), says(PUBMED, CORRECTION, "2020", NOTICE)],
        CONTRADICTORY,
        id="a notice that PubMed calls a correction and others a retraction",
    ),
    pytest.param(
        [
            says(PUBMED, RETRACTION, "2020", NOTICE),
            says(CROSSREF_PUBLISHER, CORRECTION, "2020", NOTICE),
            says(WATCH, CONCERN, "2020", NOTICE, record="4711"),
        ],
        RETRACTED,
        id="PubMed alone suffices",
    ),
    pytest.param(
        [says(PERSON, RETRACTION, None, NOTICE), says(WATCH, CONCERN, "2020", NOTICE)],
        RETRACTED,
        id="a person alone suffices",
    ),
    pytest.param(
        [
            PUBLICATION_TYPE,
            says(WATCH, RETRACTION, "2020", NOTICE),
            says(CROSSREF_PUBLISHER, CORRECTION, "2020", NOTICE),
        ],
        RETRACTED,
        id="PubMed's publication type settles what the one notice is",
    ),
    pytest.param(
        [says(WATCH, RETRACTION, "2020", NOTICE), says(WATCH, CONCERN, "2019", SECOND)],
        RETRACTED,
        id="two notices may have two natures",
    ),
    pytest.param(
        [
            says(WATCH, RETRACTION, "2020", NOTICE),
            says(PUBMED, CORRECTION, "2020", NOTICE),
            says(WATCH, RETRACTION, "2021", SECOND),
        ],
        RETRACTED,
        id="one undisputed retraction is enough",
    ),
]


@pytest.mark.parametrize(("assertions", "expected"), CASES)
def test_a_paper_stands_as_the_rules_say(assertions: list[Assertion], expected: str) -> None:
    assert verdict(assertions, checked=True).verdict == expected
    assert oracle(assertions, checked=True) == expected


def test_every_verdict_has_a_case() -> None:
    assert {case.values[1] for case in CASES} == set(VERDICTS) - {NEVER_CHECKED}


def test_where_nobody_was_asked_nothing_is_claimed() -> None:
    assert verdict([], checked=False).verdict == NEVER_CHECKED
    assert verdict([], checked=True).verdict == NONE_KNOWN
    assert verdict([says(PUBMED, OTHER, asked=None)], checked=False).verdict == NONE_KNOWN
    assert verdict([says(PUBMED, CORRECTION, asked=None)], checked=False).verdict == CORRECTED


def test_what_is_unknown_is_named_and_nothing_rests_on_it() -> None:
    unknown = says(CROSSREF_WATCH, UNKNOWN, "2021", NOTICE, record="68818")
    retraction = says(PUBMED, RETRACTION, "2020", NOTICE)
    drawn = verdict([unknown, retraction], checked=True)
    assert (drawn.basis, drawn.unknown) == ((retraction,), (unknown,))


def test_a_contradiction_rests_on_what_each_witness_says() -> None:
    by_date = [says(PUBMED, RETRACTION, "2020", NOTICE), says(WATCH, REINSTATEMENT, "2020")]
    by_nature = [says(WATCH, RETRACTION, "2020", NOTICE), says(PUBMED, CONCERN, "2020", NOTICE)]
    for sides in (by_date, by_nature):
        aside = says(PUBMED, CORRECTION, "2019", SECOND)
        assert set(verdict([*sides, aside], checked=True).basis) == set(sides)


# Histories: things happen to a paper, and witnesses tell of them, each in its way.


def event(random: Random) -> tuple[str, str, str]:
    """A nature, a day and a notice."""
    natures = (RETRACTION, CONCERN, REINSTATEMENT, CORRECTION, OTHER)
    (nature,) = random.choices(natures, weights=(8, 4, 5, 3, 1))
    day = (
        f"{random.randint(2019, 2021)}-{random.choice(('03', '11'))}-{random.choice(('02', '20'))}"
    )
    return nature, day, random.choice(NOTICES)


def as_known(date: str, random: Random) -> str | None:
    """The day, its month, its year or nothing."""
    return random.choice((date, date, date[:7], date[:4], None))


def told_by_pubmed(happened: tuple[str, str, str], random: Random) -> list[Assertion]:
    nature, date, notice = happened
    asked = random.choice((None, ASKED))
    either_side = [
        says(PUBMED, nature, as_known(date, random), random.choice((notice, None)), asked=asked)
        for _ in range(random.choice((0, 1, 1, 2)))
    ]
    typed = nature == RETRACTION and random.random() < 0.5
    return [*either_side, *([says(PUBMED, RETRACTION, asked=asked)] if typed else [])]


def told_by_crossref(happened: tuple[str, str, str], random: Random) -> list[Assertion]:
    """The publisher's deposit; Retraction Watch's record in one or two states, the stale first."""
    nature, date, notice = happened
    deposited = random.choice((nature, nature, CORRECTION, UNKNOWN, RETRACTION))
    told = []
    if random.random() < 0.5:
        known = as_known(date, random)
        told.append(says(CROSSREF_PUBLISHER, deposited, known, notice, place=random.randrange(2)))
    if random.random() < 0.6:
        stale = random.choice((RETRACTION, CONCERN, CORRECTION, UNKNOWN))
        states = [stale, nature] if random.random() < 0.4 else [nature]
        record, asked = record_of(date), random.choice((OLDER, ASKED))
        told += [
            says(CROSSREF_WATCH, state, date, notice, record=record, asked=asked, place=place)
            for place, state in enumerate(states)
        ]
    return told


def told_by_retraction_watch(happened: tuple[str, str, str], random: Random) -> list[Assertion]:
    nature, date, notice = happened
    if random.random() < 0.6:
        return []
    row = random.choice((nature, nature, CONCERN, RETRACTION, REINSTATEMENT, UNKNOWN))
    named = random.choice((notice, notice, random.choice(NOTICES), None))
    asked = random.choice((None, OLDER, ASKED))
    return [says(WATCH, row, as_known(date, random), named, record=record_of(date), asked=asked)]


def record_of(date: str) -> str:
    return f"4{date[3]}{date[6]}"


def told_by_a_person(happened: tuple[str, str, str], random: Random) -> list[Assertion]:
    nature, date, notice = happened
    if random.random() < 0.9:
        return []
    named = random.choice((notice, None))
    return [says(PERSON, nature, as_known(date, random), named, asked=None)]


def realistic(random: Random) -> list[Assertion]:
    tellers = (told_by_pubmed, told_by_crossref, told_by_retraction_watch, told_by_a_person)
    happened = [event(random) for _ in range(random.choice((0, 1, 1, 2, 2, 3)))]
    told = [said for each in happened for teller in tellers for said in teller(each, random)]
    told += random.choices(told, k=random.randrange(2)) if told else []
    random.shuffle(told)
    return told


def disordered(random: Random) -> list[Assertion]:
    """Anything that has the shape of an assertion, from few values, so that many collide."""
    dates = (None, "2020", "2020-05", "2020-05-02", "2020-06", "2021", "2021-01-15")
    return [
        Assertion(
            random.choice(WITNESSES),
            random.choice((None, "4711", "4712")),
            random.choice(NATURES),
            random.choice(dates),
            random.choice((None, *NOTICES)),
            random.choice((None, OLDER, ASKED)),
            random.randrange(2),
        )
        for _ in range(random.randrange(8))
    ]


def differ(history: list[Assertion], checked: bool) -> bool:
    return verdict(history, checked).verdict != oracle(history, checked)


def least(history: list[Assertion], checked: bool) -> list[Assertion]:
    """What remains of a differing history when nothing more can be left out."""
    for leave in range(len(history)):
        rest = history[:leave] + history[leave + 1 :]
        if differ(rest, checked):
            return least(rest, checked)
    return history


CHUNK = 500


@pytest.mark.parametrize(
    ("natures", "says"),
    [
        ((), "a reinstatement is stated, and no retraction"),
        (("correction",), "a reinstatement is stated, and no retraction"),
        (("retraction",), "a reinstatement is later than every retraction"),
        (
            ("expression_of_concern",),
            "a reinstatement is later than every expression of concern",
        ),
        (
            ("retraction", "expression_of_concern"),
            "a reinstatement is later than every retraction and every expression of concern",
        ),
    ],
)
def test_the_rule_of_a_reinstatement_says_what_it_ended(
    natures: tuple[str, ...], says: str
) -> None:
    ended = [Assertion("pubmed", None, nature, "2020", None, None, 0) for nature in natures]
    back = Assertion("retraction-watch", None, "reinstatement", "2021", None, None, 0)
    drawn = verdict([*ended, back], checked=True)
    assert (drawn.verdict, drawn.rule) == ("reinstated", says)


def test_every_verdict_has_its_mark_or_none_and_at_one_place() -> None:
    assert list(MARKS) == [each for each in VERDICTS if each not in ("none known", "never checked")]
    assert set(ALARMS) < set(MARKS)


@pytest.mark.parametrize("by", ["retraction-watch", "crossref-publisher"])
def test_the_rule_of_a_dispute_names_who_could_have_ended_it(by: str) -> None:
    called = Assertion("crossref-publisher", None, "retraction", None, "doi:n", None, 0)
    less = Assertion(by, None, "correction", None, "doi:n", None, 0)
    assert "neither PubMed nor a person" in verdict([called, less], checked=True).rule


@pytest.mark.parametrize("chunk", range(20))
@pytest.mark.parametrize("kind", [realistic, disordered])
def test_two_readings_of_the_rules_agree_and_the_order_of_assertions_changes_nothing(
    kind: Callable[[Random], list[Assertion]], chunk: int
) -> None:
    for seed in range(chunk * CHUNK, (chunk + 1) * CHUNK):
        random = Random(seed)
        history, checked = kind(random), random.random() < 0.8
        if differ(history, checked):
            smallest = least(history, checked)
            drawn, read = verdict(smallest, checked), oracle(smallest, checked)
            lines = "\n".join(map(str, smallest))
            pytest.fail(f"seed {seed}: {drawn.verdict} ({drawn.rule}), the oracle {read}:\n{lines}")
        shuffled = random.sample(history, len(history))
        assert verdict(shuffled, checked) == verdict(history, checked), f"seed {seed}"


def test_the_realistic_histories_reach_every_verdict() -> None:
    histories = [(random, realistic(random)) for random in map(Random, range(2000))]
    reached = Counter(oracle(told, random.random() < 0.8) for random, told in histories)
    assert set(reached) == set(VERDICTS)
    assert min(reached.values()) >= 20, reached


# What holds of any history.

EARLIEST, LATEST = datetime.date(1900, 1, 1), datetime.date(2400, 1, 1)
DAYS = st.dates(EARLIEST, LATEST).map(datetime.date.isoformat)
PARTIAL = st.builds(lambda day, length: day[:length], DAYS, st.sampled_from((4, 7, 10)))
ASSERTIONS = st.builds(
    Assertion,
    st.sampled_from(WITNESSES),
    st.sampled_from((None, "4711", "4712")),
    st.sampled_from(NATURES),
    st.none() | PARTIAL,
    st.sampled_from((None, *NOTICES)),
    st.sampled_from((None, OLDER, ASKED)),
    st.integers(0, 2),
)
HISTORIES = st.lists(ASSERTIONS, max_size=7)
LATER = "2500-01-01"


def is_undated_reinstatement(told: Assertion) -> bool:
    return told.nature == REINSTATEMENT and told.date is None


@given(HISTORIES, st.sampled_from((None, "another", *NOTICES)), st.booleans())
def test_a_retraction_that_pubmed_states_after_all_else_always_counts(
    history: list[Assertion], notice: str | None, checked: bool
) -> None:
    dated = [told for told in history if not is_undated_reinstatement(told)]
    assert verdict([*dated, says(PUBMED, RETRACTION, LATER, notice)], checked).verdict == RETRACTED


@given(HISTORIES, st.sampled_from((None, "another")), st.booleans())
@example([says(WATCH, REINSTATEMENT)], "another", True)
def test_an_undated_reinstatement_makes_it_a_contradiction_at_most(
    history: list[Assertion], notice: str | None, checked: bool
) -> None:
    undated = any(map(is_undated_reinstatement, history))
    possible = {RETRACTED, CONTRADICTORY} if undated else {RETRACTED}
    later = says(PUBMED, RETRACTION, LATER, notice)
    assert verdict([*history, later], checked).verdict in possible


@given(HISTORIES, st.booleans())
def test_what_a_verdict_rests_on_was_stated_and_is_known(
    history: list[Assertion], checked: bool
) -> None:
    drawn = verdict(history, checked)
    assert set(drawn.basis) <= {told for told in history if told.nature != UNKNOWN}
    assert set(drawn.unknown) == {told for told in history if told.nature == UNKNOWN}
    assert bool(drawn.basis) == (drawn.verdict not in (NONE_KNOWN, NEVER_CHECKED))


@given(HISTORIES, ASSERTIONS)
def test_an_unknown_assertion_changes_no_verdict(history: list[Assertion], one: Assertion) -> None:
    unknown = one._replace(nature=UNKNOWN)
    before, after = verdict(history, True), verdict([*history, unknown], True)
    assert (after.verdict, after.basis) == (before.verdict, before.basis)


@given(HISTORIES)
def test_the_same_said_twice_is_said_once(history: list[Assertion]) -> None:
    assert verdict(history * 2, True) == verdict(history, True)
