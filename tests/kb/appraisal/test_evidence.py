"""Which design a record tells of, and the level it gives for which question."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from kb.appraisal.evidence import DESIGNS, SCHEME, TYPES, EvidenceLevel, grade, study
from kb.tagging.vocabulary import Question

RETROSPECTIVE = ("D012189", "Retrospective Studies")
PROSPECTIVE = ("D011446", "Prospective Studies")
INDEXED = ("D009447", "Neuroblastoma")
TYPE = {name: (ui, name) for ui, (name, _) in TYPES.items()}
# Tasks of a field, each with what it asks.
TASKS: dict[str, Question | None] = {
    "accuracy": "diagnosis",
    "outcome": "prognosis",
    "theranostics": "treatment",
}


def graded(
    *types: str,
    title: str = "",
    abstract: str = "",
    mesh: tuple[tuple[str | None, str], ...] = (INDEXED,),
    n: int | None = None,
    tasks: Mapping[str, Question | None] = TASKS,
) -> list[EvidenceLevel]:
    passages = [("title", title), ("abstract", abstract), ("keyword:1", "randomised trial")]
    known = [TYPE.get(name, (None, name)) for name in ("Journal Article", *types)]
    return grade(study(known, mesh, passages, n), tasks)


def design(*types: str, title: str = "", abstract: str = "", n: int | None = None) -> str:
    return graded(*types, title=title, abstract=abstract, n=n)[0].design


def levels(*types: str, title: str = "", abstract: str = "") -> list[int | None]:
    return [row.level for row in graded(*types, title=title, abstract=abstract)]


@pytest.mark.parametrize(
    ("name", "accuracy", "prognosis", "benefit"),
    [
        ("Meta-Analysis", 1, 1, 1),
        ("Systematic Review", 1, 1, 1),
        ("Randomized Controlled Trial", None, 3, 2),
        ("Controlled Clinical Trial", None, 3, 3),
        ("Clinical Trial, Phase III", None, 3, 2),
        ("Clinical Trial, Phase II", None, 3, 4),
        ("Observational Study", 3, 3, 3),
        ("Case Reports", 4, 4, 4),
        ("Review", 5, None, 5),
        ("Editorial", 5, None, 5),
        ("Letter", 5, None, 5),
        ("Published Erratum", None, None, None),
        ("Expression of Concern", None, None, None),
        ("Retraction of Publication", None, None, None),
        ("Practice Guideline", None, None, None),
        ("Clinical Trial Protocol", None, None, None),
    ],
)
def test_the_level_depends_on_the_question(
    name: str, accuracy: int | None, prognosis: int | None, benefit: int | None
) -> None:
    assert levels(name) == [accuracy, prognosis, benefit]


def test_a_row_for_each_task_names_its_scheme_and_what_it_was_read_from() -> None:
    tasks: dict[str, Question | None] = {"accuracy": "diagnosis", "outcome": "prognosis"}
    assert graded("Review", mesh=(), n=12, tasks=tasks) == [
        EvidenceLevel(
            *("accuracy", "ocebm-2011-auto", 5, "narrative review", None),
            "publication type Review; no MeSH yet",
        ),
        EvidenceLevel(
            *("outcome", "ocebm-2011-auto", None, "narrative review", None),
            "publication type Review; no MeSH yet",
        ),
    ]
    assert SCHEME.endswith("-auto")
    assert graded("Review", tasks={}) == []


def test_a_task_that_asks_none_of_the_questions_has_no_level() -> None:
    (row,) = graded("Case Reports", tasks={"cost": None})
    assert (row.design, row.level) == ("case report or series", None)


def test_of_types_in_conflict_the_weakest_counts() -> None:
    (row, *_) = graded("Case Reports", "Clinical Trial", "Multicenter Study", n=5)
    assert (row.design, row.n) == ("case report or series", 5)
    assert row.basis == "publication type Case Reports, weaker than Clinical Trial"
    assert design("Review", "Editorial") == "opinion"
    assert design("Clinical Trial Protocol", "Randomized Controlled Trial") == "trial protocol"


def test_a_type_that_only_says_more_is_no_conflict() -> None:
    assert design("Clinical Trial", "Clinical Trial, Phase II", "Randomized Controlled Trial") == (
        "randomised trial"
    )
    assert design("Review", "Systematic Review") == "systematic review"
    assert design("Case Reports", "Review") == "case report or series"
    assert design("Clinical Trial", title="A randomized phase II trial") == "randomised trial"
    assert design("Clinical Trial", title="A non-randomized phase II trial") == "clinical trial"


def test_a_letter_that_reports_patients_keeps_the_design_of_what_it_reports() -> None:
    assert design("Letter", "Case Reports") == "case report or series"
    assert design("Letter", abstract="We retrospectively saw 30 infants.", n=30) == (
        "retrospective study"
    )
    assert design("Letter", abstract="I disagree.") == "opinion"
    assert design("Letter", "Comment", abstract="Their 30 infants were few.", n=30) == "opinion"


@pytest.mark.parametrize(
    "title",
    [
        "Retraction: Ultrasound of the spleen",
        "Erratum to: Ultrasound of the spleen",
        "Correction: Ultrasound of the spleen",
        "Expression of Concern: Ultrasound of the spleen",
        "Retraction notice to Ultrasound of the spleen",
    ],
)
def test_a_notice_has_no_level_whatever_its_type(title: str) -> None:
    assert levels("Letter", title=title) == [None, None, None]
    assert design("Comment", title=title) == "notice"


def test_words_of_surgery_are_no_notice() -> None:
    assert design(title="Correction of scoliosis in infants") == "not stated"
    assert design(title="Retraction of the eyelid") == "not stated"


def test_a_retracted_paper_is_no_notice() -> None:
    assert levels("Case Reports", title="RETRACTED: Ultrasound of the spleen") == [4, 4, 4]


def test_fewer_than_ten_patients_are_a_series_unless_it_is_a_trial_or_a_review() -> None:
    assert design(abstract="Scans were read prospectively.", n=9) == "case report or series"
    assert design(abstract="Scans were read prospectively.", n=10) == "prospective study"
    assert design(abstract="A phase I trial of a new drug.", n=9) == "clinical trial"
    assert design("Systematic Review", n=9) == "systematic review"


def test_a_review_that_tells_its_search_is_systematic() -> None:
    assert design("Review", abstract="We followed PRISMA.") == "systematic review"
    assert design("Review", abstract="A previous meta-analysis was small.") == "narrative review"


def test_multicenter_and_comparative_are_no_design_and_retraction_changes_none() -> None:
    assert design("Multicenter Study", "Comparative Study", "Validation Study") == "not stated"
    assert design("Retracted Publication") == "not stated"
    assert levels("Retracted Publication", "Case Reports") == [4, 4, 4]


def test_a_multicenter_study_with_a_heading_has_the_design_of_the_heading() -> None:
    (row, *_) = graded("Multicenter Study", mesh=(INDEXED, RETROSPECTIVE))
    assert (row.design, row.basis) == ("retrospective study", "MeSH Retrospective Studies")


def test_a_record_without_identifiers_is_read_by_names_in_any_case() -> None:
    assert grade(study([(None, "REVIEW")], [], [], None), TASKS)[0].design == "narrative review"
    assert grade(study([("", "Review")], [], [], None), TASKS)[0].design == "narrative review"
    named = grade(study([], [(None, "Retrospective Studies")], [], None), TASKS)
    assert named[0].design == "retrospective study"


@pytest.mark.parametrize(
    "words",
    [
        "A retrospective review of prospectively enrolled patients was made.",
        "All children on a prospective protocol were analysed retrospectively.",
        "We reviewed the medical records of children who had been randomised.",
        "Hospital charts of all children were then reviewed.",
    ],
)
def test_retrospective_words_outweigh_prospective_ones_and_trials(words: str) -> None:
    assert design(abstract=words) == "retrospective study"
    assert design("Clinical Trial", abstract=words) == "retrospective study"
    (row, *_) = graded(abstract=words, mesh=(INDEXED, PROSPECTIVE))
    assert row.design == "retrospective study"
    assert row.basis.endswith("weaker than MeSH Prospective Studies")


@pytest.mark.parametrize(
    ("title", "abstract", "expected"),
    [
        ("", "Children were randomly assigned to two arms.", "randomised trial"),
        ("", "Children were not randomly assigned.", "not stated"),
        ("", "The children were not randomized.", "not stated"),
        ("", "This was not a randomised comparison.", "not stated"),
        ("", "Randomized trials are needed.", "not stated"),
        ("", "A phase II study of a new drug.", "clinical trial"),
        ("", "In a previous phase II trial the drug was safe.", "not stated"),
        ("", "A three-phase bone scan and the arterial phase 3 images were read.", "not stated"),
        ("", "In this prospective multicentre study we imaged infants.", "prospective study"),
        ("", "Larger prospective studies are warranted.", "not stated"),
        ("", "A previous retrospective study found the same.", "not stated"),
        ("", "Retrospective studies have shown less.", "not stated"),
        ("", "We did a case-control study.", "case-control study"),
        ("Tumours in children: a cross-sectional survey", "", "cross-sectional study"),
        ("Cross-sectional imaging of the abdomen", "", "not stated"),
        ("", "Biopsy was the reference standard.", "accuracy study"),
        ("", "Case notes of all infants were read.", "retrospective study"),
        ("", "Tumours were graded in retrospect.", "retrospective study"),
        ("", "A post hoc analysis of a trial of statins.", "retrospective study"),
        ("", "MRI was reviewed in 40 infants.", "retrospective study"),
        ("", "We reviewed the literature.", "not stated"),
        ("", "Infants were followed for three years.", "cohort study"),
        ("", "Surgery was followed by radiotherapy.", "not stated"),
        ("", "We used a national registry of 900 infants.", "cohort study"),
        ("", "This was a prospective, multicentre comparison.", "prospective study"),
        ("", "This should be studied prospectively.", "not stated"),
        ("", "Three radiologists independently scored the films.", "cross-sectional study"),
        ("Agreement between readers of chest films", "", "cross-sectional study"),
        ("", "Interviews were held with 20 parents.", "cross-sectional study"),
        ("", "A skeletal survey was normal.", "not stated"),
        ("", "Sera were compared with those of healthy controls.", "case-control study"),
        ("", "Historical controls were not used.", "not stated"),
        ("", "A non-randomised controlled trial of two drugs.", "controlled trial, not randomised"),
        ("", "In a first-in-human study ten adults had PET.", "clinical trial"),
        ("", "A trial with no control group.", "clinical trial"),
        ("", "Experts took part in three Delphi rounds.", "consensus"),
        ("Guideline for the limping child", "", "practice guideline"),
        ("", "In this editorial we discuss doses.", "opinion"),
        ("", "A randomised trial has shown less.", "not stated"),
        ("", "Infants will be enrolled at ten centres.", "trial protocol"),
        ("", "Patient-derived tumours were grown in mice.", "laboratory or animal study"),
        ("Statins in a cell line", "This may help patients.", "laboratory or animal study"),
        ("MRI of the chest: a systematic review", "", "systematic review"),
        ("", "Quality was rated by QUADAS-2.", "systematic review"),
        ("", "MEDLINE and Embase were searched up to May.", "systematic review"),
        ("", "An earlier systematic review was inconclusive.", "not stated"),
        ("A rare tumour: case report and review of the literature", "", "case report or series"),
        ("", "We report a child with opsoclonus; we searched PubMed.", "case report or series"),
        ("", "A 3-year-old girl was referred.", "case report or series"),
        ("Response to treatment in a child with ataxia", "", "case report or series"),
        ("", "We report four children with ataxia.", "case report or series"),
        ("Outcome: a report from the Children's Oncology Group", "", "not stated"),
        ("", "Two readers scored the scans in consensus.", "not stated"),
        ("Recommendations for reporting scans", "", "consensus"),
        ("Adherence to guidelines", "", "not stated"),
        ("Imaging of the adrenal gland: a pictorial review", "", "narrative review"),
        ("Review of risk factors in children: results of a trial", "", "not stated"),
        ("Scans in infants: study protocol for a trial", "Scans are randomised.", "trial protocol"),
        ("An MRI protocol for small children", "", "not stated"),
        ("", "The drug slowed xenografts in mice.", "laboratory or animal study"),
        ("", "Serum of patients slowed xenografts in mice.", "not stated"),
    ],
)
def test_words_tell_a_design_only_of_the_paper_itself(
    title: str, abstract: str, expected: str
) -> None:
    assert design(title=title, abstract=abstract) == expected


def test_words_of_reviews_and_consensus_do_not_count_beside_patients_of_their_own() -> None:
    title = "A new staging system: a consensus report from a task force"
    assert design(title=title) == "consensus"
    assert design(title=title, n=661) == "not stated"
    assert design(abstract="This review covers our years.", n=90) == "not stated"
    assert design(abstract="A 3-year-old boy is shown.", n=90) == "not stated"


def test_a_prospective_study_with_blinded_reading_of_a_reference_standard_is_level_2() -> None:
    words = "Scans were read prospectively by blinded readers; biopsy was the reference standard."
    assert levels(abstract=words) == [2, 3, 4]
    assert levels(abstract=words.replace("blinded", "two")) == [3, 3, 4]
    assert levels(abstract=words.replace("prospectively", "retrospectively")) == [3, 4, 4]


def test_a_phase_iii_trial_that_denies_randomisation_is_no_more_than_a_trial() -> None:
    phase = "Clinical Trial, Phase III"
    assert design(phase, abstract="Treatment was not randomised.") == "clinical trial"
    assert design(phase, abstract="Treatment was given in two arms.") == "phase III trial"


def test_animals_without_humans_are_no_patients() -> None:
    (row, *_) = graded(mesh=(("D000818", "Animals"),))
    assert (row.design, row.level) == ("laboratory or animal study", 5)
    both = (("D000818", "Animals"), ("D006801", "Humans"))
    assert graded(mesh=both)[0].design == "not stated"
    assert graded(mesh=both[:1], n=100)[0].design == "not stated"


def test_where_nothing_tells_the_level_is_unknown_and_the_basis_says_so() -> None:
    (row, *_) = graded(title="Neuroblastoma in adolescents", mesh=(), n=40)
    assert (row.design, row.level, row.n) == ("not stated", None, 40)
    assert row.basis == ("no publication type, MeSH heading or words tell a design; no MeSH yet")


def test_a_preprint_is_flagged() -> None:
    preprint = [("D000076942", "Preprint")]
    (row,) = grade(study(preprint, [INDEXED], [], None), {"outcome": "prognosis"})
    assert row.basis.endswith("preprint, not peer reviewed")


def test_every_design_that_a_type_gives_has_its_levels() -> None:
    assert {given for _, given in TYPES.values()} <= DESIGNS.keys()


def test_prognosis_has_no_level_5_and_no_level_is_out_of_range() -> None:
    assert all(given.prognosis != 5 for given in DESIGNS.values())
    assert {level for given in DESIGNS.values() for level in given} == {1, 2, 3, 4, 5, None}


@pytest.mark.parametrize(
    ("text", "n", "told"),
    [
        ("Rituximab was given to 20 adults in a non-randomised, single-arm trial.", 20, "clinical"),
        ("We opened a feasibility protocol at four hospitals for infants.", None, "clinical"),
        ("The English literature was surveyed for reports of the tracer.", None, "narrative"),
        ("This is a review of the literature on tracers.", None, "narrative"),
        ("Three tumours of two girls were implanted into athymic mice.", 2, "laboratory"),
        ("Cells were transfected with the gene, and SK-X7 cells grew.", None, "laboratory"),
        (
            "Scans of 60 patients and 30 healthy volunteers were read blind by three radiologists.",
            60,
            "cross-sectional",
        ),
        ("Levels of 60 patients were compared with those of 30 healthy controls.", 60, "case-cont"),
        ("The tracer was injected in 14 children after a study in mice.", 14, "not stated"),
        ("A randomised trial is needed; the literature was reviewed in 9 children.", 9, "case"),
    ],
)
def test_the_design_that_clear_words_tell(text: str, n: int | None, told: str) -> None:
    assert design(abstract=text, n=n).startswith(told)


@pytest.mark.parametrize(
    ("text", "n", "told"),
    [
        # Mice are named in passing, or beside patients who are described.
        ("The drug, active in nude mice, was given to six infants in a phase I trial.", 6, "clini"),
        ("Children relapse. This review discusses transgenic mice as models.", None, "narrative"),
        ("A 3-year-old girl had a mass; pieces of it were implanted into mice.", 1, "case report"),
        ("Patients were studied retrospectively, and nude mice as well.", None, "retrospective"),
        ("Pieces of the masses of three boys were grafted into NOD/SCID mice.", 3, "laboratory"),
        ("Children relapse. Tumours were xenografted into NOD/SCID mice.", None, "laboratory"),
        # A line of cells by its name, and cells that are sorted by a marker.
        ("Uptake was inhibited in AB-C-DE blastoma cells.", None, "laboratory"),
        ("AB-C-DE(2) cells took up the tracer.", None, "laboratory"),
        ("Infusion of CD34-positive cells followed.", None, "not stated"),
        # Trials without an arm to compare with.
        ("We treated 22 children in a non-randomized single arm study.", 22, "clinical trial"),
        ("A non-randomized study is reported.", 22, "not stated"),
        # The literature, and files, that were looked through.
        ("We reviewed the available English literature on the tracer.", None, "narrative"),
        ("All published articles were reviewed.", None, "narrative"),
        ("We reviewed the available literature and treated 40 children.", 40, "not stated"),
        ("Forty children were identified from our department's records.", 40, "retrospective"),
        ("Forty children were identified from our department's school.", 40, "not stated"),
        # What a group recommends, and what is done as recommended.
        ("These recommendations were drawn up by an international working group.", None, "consens"),
        ("A working group of radiologists issued recommendations on reports.", None, "consensus"),
        ("Recommendations of the study group are given for scans.", None, "consensus"),
        ("Scans followed the recommendations of the study group.", None, "not stated"),
        ("The committee made no recommendations.", 30, "not stated"),
    ],
)
def test_words_in_passing_tell_no_design(text: str, n: int | None, told: str) -> None:
    assert design(abstract=text, n=n).startswith(told)
