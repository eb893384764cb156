"""The passage that all patterns of the appraisal have been looked for in."""

from __future__ import annotations

from kb.appraisal import cues, own, people, thresholds
from kb.appraisal.lexicon import passage


def test_a_passage_knows_what_may_be_found_in_which_sentence() -> None:
    read = passage("We reviewed 40 children. The cutoff was p < 0.05.")
    first, second, _ = read.sentences
    assert people.COUNTED in first.possible
    assert people.COUNTED not in second.possible
    assert thresholds.P_VALUE in second.possible
    assert read.possible == first.possible | second.possible


def test_the_finders_of_cues_and_rules_are_among_those_looked_for() -> None:
    read = passage("In a previous retrospective study by others, significance was set.")
    assert not read.possible.isdisjoint(cues.FINDERS)
    assert not read.possible.isdisjoint(own.FINDERS)
