"""Study design of a paper and the level of evidence it gives for each clinical task. Pure.

The level depends on the question and not on the paper: the columns are those of the Oxford Centre
for Evidence-Based Medicine's levels of 2011 (OCEBM), assigned from the design alone, hence "-auto".
Nobody has judged quality, consistency or effect, and GRADE, which is for a body of evidence, is
never assigned. The design is read from publication types, else from MeSH headings, else from the
words of title and abstract; of several the weaker counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kb.appraisal.cues import (
    FEW,
    NOTICE,
    RANDOMISED_TITLE,
    RETROSPECTIVE,
    SYSTEMATIC,
    Texts,
    design_in_words,
    own_words,
)
from kb.appraisal.lexicon import passage
from kb.reading.literals import Finder
from kb.tagging.vocabulary import Question

SCHEME = "ocebm-2011-auto"


class Levels(NamedTuple):
    """OCEBM level of a design for each kind of question; None where the column has no such design
    (a trial says nothing of a test's accuracy, and prognosis has no level 5). OCEBM's columns for
    screening and for harm, that of radiation for one, have the designs of the treatment column."""

    diagnosis: int | None
    prognosis: int | None
    treatment: int | None


# From the strongest to the weakest. Where OCEBM leaves a choice the weaker level stands: whether a
# cohort was an inception cohort or had controls is not read here.
DESIGNS = {
    "systematic review": Levels(1, 1, 1),
    "randomised trial": Levels(None, 3, 2),
    "pragmatic trial": Levels(None, 3, 2),
    "equivalence trial": Levels(None, 3, 2),
    "phase III trial": Levels(None, 3, 2),
    "prospective accuracy study": Levels(2, 3, 4),
    "controlled trial, not randomised": Levels(None, 3, 3),
    "phase IV trial": Levels(None, 3, 3),
    "observational study": Levels(3, 3, 3),
    "cohort study": Levels(3, 3, 3),
    "prospective study": Levels(3, 3, 4),
    "clinical trial": Levels(None, 3, 4),
    "accuracy study": Levels(3, None, None),
    "cross-sectional study": Levels(3, None, None),
    "retrospective study": Levels(3, 4, 4),
    "case-control study": Levels(4, 4, 4),
    "case report or series": Levels(4, 4, 4),
    "laboratory or animal study": Levels(5, None, 5),
    "consensus": Levels(5, None, 5),
    "narrative review": Levels(5, None, 5),
    "opinion": Levels(5, None, 5),
    "practice guideline": Levels(None, None, None),
    "trial protocol": Levels(None, None, None),
    "notice": Levels(None, None, None),
    "not stated": Levels(None, None, None),
}
STRENGTH = {design: rank for rank, design in enumerate(DESIGNS)}
# Patients named by these are those of other papers, or not yet any.
WITHOUT_PATIENTS = {
    *("narrative review", "laboratory or animal study", "opinion", "practice guideline"),
    *("trial protocol", "notice"),
}

# Publication types that carry a design (MeSH tree V03). Multicenter, Comparative, Evaluation and
# Validation Study are attributes of any design.
TYPES = {
    "D017418": ("Meta-Analysis", "systematic review"),
    "D000078182": ("Systematic Review", "systematic review"),
    "D016449": ("Randomized Controlled Trial", "randomised trial"),
    "D065007": ("Pragmatic Clinical Trial", "pragmatic trial"),
    "D000073843": ("Equivalence Trial", "equivalence trial"),
    "D018848": ("Controlled Clinical Trial", "controlled trial, not randomised"),
    "D016430": ("Clinical Trial", "clinical trial"),
    "D017426": ("Clinical Trial, Phase I", "clinical trial"),
    "D017427": ("Clinical Trial, Phase II", "clinical trial"),
    "D017428": ("Clinical Trial, Phase III", "phase III trial"),
    "D017429": ("Clinical Trial, Phase IV", "phase IV trial"),
    "D000078325": ("Clinical Trial Protocol", "trial protocol"),
    "D064888": ("Observational Study", "observational study"),
    "D002363": ("Case Reports", "case report or series"),
    "D017065": ("Practice Guideline", "practice guideline"),
    "D016431": ("Guideline", "practice guideline"),
    "D016446": ("Consensus Development Conference", "consensus"),
    "D016447": ("Consensus Development Conference, NIH", "consensus"),
    "D016454": ("Review", "narrative review"),
    "D016421": ("Editorial", "opinion"),
    "D016422": ("Letter", "opinion"),
    "D016420": ("Comment", "opinion"),
    "D016440": ("Retraction of Publication", "notice"),
    "D000075742": ("Expression of Concern", "notice"),
    "D016425": ("Published Erratum", "notice"),
}
# A type that says more than another one is no conflict with it: a randomised trial is also typed
# Clinical Trial, and the review in "case report and review of the literature" is no study.
TRIALS = {"pragmatic trial", "equivalence trial", "phase III trial", "phase IV trial"}
SAYS_MORE = {
    "systematic review": {"narrative review"},
    "randomised trial": TRIALS | {"clinical trial"},
    "controlled trial, not randomised": TRIALS | {"clinical trial"},
    **{trial: {"clinical trial"} for trial in sorted(TRIALS)},
    "case report or series": {"narrative review", "opinion"},
}
# Few patients make a series of these; trials and syntheses keep their name.
OBSERVED = {
    *("prospective accuracy study", "observational study", "cohort study", "prospective study"),
    *("accuracy study", "cross-sectional study", "retrospective study", "case-control study"),
    "not stated",
}
OPINIONS = {"editorial", "comment"}
HEADINGS = {
    "D012189": ("Retrospective Studies", "retrospective study"),
    "D016022": ("Case-Control Studies", "case-control study"),
    "D003430": ("Cross-Sectional Studies", "cross-sectional study"),
    "D011446": ("Prospective Studies", "prospective study"),
    "D015331": ("Cohort Studies", "cohort study"),
}
ANIMALS = {"D000818": ("Animals", "animals")}
HUMANS = {"D006801": ("Humans", "humans")}
CELL_LINES = {"D045744": ("Cell Line, Tumor", "cell lines")}
PREPRINT = {"D000076942": ("Preprint", "preprint")}

LABORATORY = Finder(
    r"\b(?:mice|mouse|rats?|rabbits?|pigs?|zebrafish|marmosets|monkeys|macaques|dogs|sheep|hamsters"
    r"|xenografts?|murine|cell lines?|in vitro"
    r"|organoids?|phantoms?|wells|cultured|cultures of|tumou?r cells (?:were|was)|cells were"
    r"|transfect(?:ed|ion|ions)|[a-z]+(?:-[a-z0-9]+)*-[a-z]*[0-9][a-z0-9]* (?:[a-z]+ )?cells"
    r"|[a-z]{2,3}-[a-z]-[a-z]{2}(?:\([0-9]\)(?:-[a-z])?)? (?:[a-z]+ )?cells)\b",
)
# An infant of these is no patient.
ANIMALS_LAST = re.compile(
    r"\b(?:in|of) (?:[\w-]+ ){0,2}(?:mice|rats|rabbits|pigs|marmosets|monkeys|macaques|dogs|sheep)$"
)
# What was done with tissue of a few patients is no study of them; a mere word of mice is no such
# work, as trials, reviews and case reports have it too.
IN_ANIMALS = Finder(
    r"\b(?:transplanted|injected|inoculated|implanted|grafted|xenografted) (?:[\w-]+ ){0,3}?"
    r"(?:in|into|to) (?:[\w/-]+ ){0,2}(?:mice|rats|animals)\b"
)
PATIENTS = Finder(
    r"\b(?:patients?(?!-derived)|child|children|infants?|cases|participants|volunteers|subjects"
    r"|individuals|adults|women|men)\b",
)
NOT_RANDOMISED = re.compile(r"\bnot (?:been )?randomi[sz]ed|\bnon-?randomi[sz]ed", re.I)
# Together they make a prospective study one of accuracy at level 2.
ACCURACY = (
    re.compile(r"\b(?:reference|gold) standard\b", re.I),
    re.compile(r"\b(?:blinded|masked)\b", re.I),
)


@dataclass(frozen=True, slots=True)
class EvidenceLevel:
    """Level of a paper for a clinical task, columns as in the table ``evidence``.

    ``basis`` says in words what the design was read from; ``level`` is None where OCEBM gives the
    design none.
    """

    task: str
    scheme: str
    level: int | None
    design: str
    n: int | None
    basis: str


class Study(NamedTuple):
    """Design of a paper's study and the words for what it was read from; ``n`` are its patients,
    None for a design whose patients are those of others; ``notes`` weaken what is read from it."""

    design: str
    basis: str
    n: int | None
    notes: tuple[str, ...]


def study(
    publication_types: Sequence[tuple[str | None, str]],
    mesh: Sequence[tuple[str | None, str]],
    passages: Sequence[tuple[str, str]],
    n: int | None,
) -> Study:
    """What a record tells of its study; ``n`` is the sample size that it states.

    ``publication_types`` and ``mesh`` are (UI, name) and the name decides where the UI is missing;
    ``passages`` are (field, text).
    """
    design, basis = study_design(publication_types, mesh, passages, n)
    notes = [] if mesh else ["no MeSH yet"]
    notes += ["preprint, not peer reviewed"] if _named(publication_types, PREPRINT) else []
    return Study(design, basis, None if design in WITHOUT_PATIENTS else n, tuple(notes))


def grade(study: Study, tasks: Mapping[str, Question | None]) -> list[EvidenceLevel]:
    """One row for each clinical task, in the order of ``tasks``, which name what each asks."""
    basis = "; ".join([study.basis, *study.notes])
    return [
        EvidenceLevel(task, SCHEME, _level(study.design, question), study.design, study.n, basis)
        for task, question in tasks.items()
    ]


def _level(design: str, question: Question | None) -> int | None:
    level: int | None = getattr(DESIGNS[design], question) if question else None
    return level


def study_design(
    publication_types: Sequence[tuple[str | None, str]],
    mesh: Sequence[tuple[str | None, str]],
    passages: Sequence[tuple[str, str]],
    n: int | None,
) -> tuple[str, str]:
    """Design of a study and what it was read from; parameters as for ``study``."""
    texts = [(field, passage(text)) for field, text in passages if field in ("title", "abstract")]
    types, headings = _named(publication_types, TYPES), _named(mesh, HEADINGS)
    if words := own_words(NOTICE, texts):
        return "notice", words
    if types and not (n and _is_letter(publication_types, types)):
        own = _weakest(types, "publication type")
    elif not n and (laboratory := _laboratory(mesh, texts)):
        own = "laboratory or animal study", laboratory
    elif headings:
        own = _weakest(headings, "MeSH")
    else:
        nothing = "not stated", "no publication type, MeSH heading or words tell a design"
        own = design_in_words(texts, n) or _in_animals(texts, n) or nothing
    return _series(*_corrected(*own, headings, texts), n)


def _is_letter(
    publication_types: Iterable[tuple[str | None, str]], types: Mapping[str, str]
) -> bool:
    """Whether the record is no more than a letter, which has the design of what it reports; one
    that comments speaks of another paper's patients."""
    kinds = {name.lower() for _, name in publication_types}
    return types.keys() == {"opinion"} and "letter" in kinds and kinds.isdisjoint(OPINIONS)


def _series(design: str, basis: str, n: int | None) -> tuple[str, str]:
    if n and n <= FEW and design in OBSERVED:
        return "case report or series", f"no more than {FEW} patients; {basis}"
    return design, basis


def _named(
    indexed: Iterable[tuple[str | None, str]], table: Mapping[str, tuple[str, str]]
) -> dict[str, str]:
    """Name by design of what the table knows, by UI or, where the record has none, by name."""
    names = {name.lower(): ui for ui, (name, _) in table.items()}
    known = [table.get(ui or names.get(name.lower(), "")) for ui, name in indexed]
    return {design: name for name, design in filter(None, known)}


def _weakest(named: Mapping[str, str], kind: str) -> tuple[str, str]:
    implied = {design for more in named for design in SAYS_MORE.get(more, ())}
    designs = sorted(named.keys() - implied, key=STRENGTH.__getitem__)
    stronger = ", ".join(named[design] for design in designs[:-1])
    basis = f"{kind} {named[designs[-1]]}"
    return designs[-1], f"{basis}, weaker than {stronger}" if stronger else basis


def _laboratory(mesh: Sequence[tuple[str | None, str]], texts: Texts) -> str | None:
    """What tells that no patients were studied: the headings, or the words where none are named."""
    if _named(mesh, ANIMALS) and not _named(mesh, HUMANS):
        return "MeSH Animals without Humans"
    title = next((read.text for field, read in texts if field == "title"), "")
    low = title.lower()
    named = next(LABORATORY.finditer(low), None)
    if named and (ANIMALS_LAST.search(low.rstrip(".")) or not any(PATIENTS.finditer(low))):
        return f'title "{title[slice(*named.span())]}"'
    if any(any(PATIENTS.finditer(read.low)) for _, read in texts):
        return None
    if _named(mesh, CELL_LINES):
        return "MeSH Cell Line, Tumor and no word of patients"
    words = [
        (field, read.text[slice(*match.span())])
        for field, read in texts
        for match in list(LABORATORY.finditer(read.low))[:1]
    ]
    return f'{words[0][0]} "{words[0][1]}" and no word of patients' if words else None


def _in_animals(texts: Texts, n: int | None) -> tuple[str, str] | None:
    """Work with the tissue of a few patients that was done in animals."""
    for field, read in texts if (n or 0) <= FEW else ():
        for match in IN_ANIMALS.finditer(read.low):
            return "laboratory or animal study", f'{field} "{read.text[slice(*match.span())]}"'
    return None


def _corrected(
    design: str, basis: str, headings: Mapping[str, str], texts: Texts
) -> tuple[str, str]:
    """The design after what only text and headings tell of a study with patients of its own."""
    if design == "narrative review" and (words := own_words(SYSTEMATIC, texts)):
        return SYSTEMATIC.design, f"{words}, more than {basis}"
    retrospective = RETROSPECTIVE.design
    if STRENGTH["systematic review"] < STRENGTH[design] < STRENGTH[retrospective]:
        heading = f"MeSH {headings[retrospective]}" if retrospective in headings else None
        if words := heading or own_words(RETROSPECTIVE, texts):
            return retrospective, f"{words}, weaker than {basis}"
    if design in SAYS_MORE["randomised trial"] and (words := own_words(RANDOMISED_TITLE, texts)):
        return "randomised trial", f"{words} and {basis}"
    if design == "phase III trial" and any(NOT_RANDOMISED.search(read.text) for _, read in texts):
        return "clinical trial", f"{basis}, not randomised by its own words"
    if design == "prospective study" and all(
        any(words.search(read.text) for _, read in texts) for words in ACCURACY
    ):
        return "prospective accuracy study", f"{basis}, reference standard and blinded reading"
    return design, basis
