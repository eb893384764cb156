"""What of the numbers in a text is a number of patients, and what only looks like one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.appraisal.findings import find, largest_n
from kb.record.pubmed import parse
from kb.record.recordset import read_file


def told(text: str, field: str = "abstract") -> list[tuple[str, int, str, str]]:
    """(kind, n, unit, words) of what the text states."""
    return [(f.kind, f.n, f.unit, text[f.start : f.end]) for f in find([(field, text)])]


def totals(text: str) -> list[int]:
    return [n for kind, n, _, _ in told(text) if kind == "sample_size"]


def groups(text: str) -> list[int]:
    return [n for kind, n, _, _ in told(text) if kind == "subgroup_size"]


@pytest.mark.parametrize(
    ("text", "n", "unit", "words"),
    [
        ("The final sample was n = 43.", 43, "patients", "n = 43"),
        ("A registry cohort (N=4,832) was used.", 4832, "patients", "N=4,832"),
        ("Copied from a PDF file, n \u00bc 13.", 13, "patients", "n \u00bc 13"),
        ("Scans of n = 12 infants were read.", 12, "infants", "n = 12 infants"),
        ("Sera of 101 OMS patients were tested.", 101, "patients", "101 OMS patients"),
        ("Ninety-eight NB patients had a scan.", 98, "patients", "Ninety-eight NB patients"),
        ("Relapse came in thirty of 343 patients (8.7%).", 343, "patients", "343 patients"),
        ("Uptake was seen in 30/343 patients.", 343, "patients", "343 patients"),
        ("Nine studies with 851 patients were pooled.", 851, "patients", "851 patients"),
        ("We saw 12 stage 4 children.", 12, "children", "12 stage 4 children"),
        (
            "Two hundred and six (206) consecutive cases were collected.",
            206,
            "cases",
            "Two hundred and six (206) consecutive cases",
        ),
        ("We studied 40 men; all had scans.", 40, "men", "40 men"),
        ("Files of 12\u2009345 children.", 12345, "children", "12\u2009345 children"),
        (
            "Three thousand and twelve newborns",
            3012,
            "newborns",
            "Three thousand and twelve newborns",
        ),
    ],
)
def test_every_way_to_state_a_sample_size_is_read(text: str, n: int, unit: str, words: str) -> None:
    assert told(text) == [("sample_size", n, unit, words)]


@pytest.mark.parametrize(
    "text",
    [
        "Stage 4 patients fared worse, stages 3 and 4 patients too.",
        "INSS 4 patients and group 3 patients",
        "4S patients may regress.",
        "18-month-old patients and 5 year old children",
        "Patients aged 2-18 were eligible, as were those aged 12 patients excepted.",
        "n = 3 studies; n = 650 lumbar discs",
        "Mice (n = 6) and tumours (n = 11) were imaged.",
        "See Table 2 patients.",
        "In 2003 patients were first imaged so.",
        "It strikes 1 in 7000 children, or 0.1 per 100000 children.",
        "Some 700 children are diagnosed each year; 15 cases per million occur.",
        "Doses of 10 mg patients tolerated; 3.7 MBq/kg infants",
        "123 I-MIBG patients and iodine 131 patients",
        "36% patients, 36 % patients, 36 percent patients",
        "Fewer than ten patients, more than 100 patients, at least 20 patients, 5 to 10 patients",
        "Stage 4 345 patients",
        "Twenty (21) patients",
        "3 readers scored patients.",
        "Two children's hospitals counted 900 patient-years.",
        "20 healthy children and 12 control subjects",
        "Two groups of 20 patients each",
        "We plan to enrol: 60 patients will be randomised.",
        "p = 0.04 and N = 0.5",
        "Here n = 12 were infants.",
        "0 patients were included, n = 0.",
        "n = 99999999999999999999, 99999999999999999999 patients",
        "The training cohort (n = 50) was scanned twice; the liver (n = 20) once.",
        "Uptake in the liver (n = 13)",
        "Imaging was by CT (n = 21), MRI (n = 34) and 123I-MIBG (n = 50).",
        "Subjects with type 1 carriers, and 1 patients",
    ],
)
def test_what_only_looks_like_a_sample_size_is_left_out(text: str) -> None:
    assert told(text) == []


def test_a_share_is_a_subgroup_and_no_total() -> None:
    assert told("Of the others 113 patients (73%) survived.") == [
        ("subgroup_size", 113, "patients", "113 patients")
    ]
    assert groups("In all 155 children were enrolled; 40 (26%) children relapsed.") == [40]
    assert totals("In all 40 patients (100%) were included.") == [40]


def test_a_group_in_brackets_is_a_subgroup_only_beside_a_larger_total() -> None:
    assert told("Surgery was done in infants (n = 13).") == []
    assert groups("We reviewed 40 infants. Surgery was done in infants (n = 13).") == [13]
    assert groups("Girls aside, children (n = 50) and adults (n = 20) differed.") == [50, 20]
    assert totals("The whole study population (n = 43) was followed.") == [43]
    assert totals("Consecutive children (n = 43) with ataxia were evaluated.") == [43]
    assert totals("Scans of children (n = 43) differed. Half of the 43 children died.") == [43, 43]


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("Of 640 eligible patients 344 were randomized. EFS was 62%.", [344]),
        ("Among the 98 children screened, forty-two were finally included in the analysis.", [42]),
        ("Of 120 eligible patients, 80 patients were enrolled.", [80]),
        ("Of 640 eligible patients 344 were randomized to surgery.", [640]),  # an arm
        ("Of 640 eligible patients, the scans of 12 were lost. 344 were randomized.", [640]),
    ],
)
def test_those_from_whom_the_studied_were_chosen_are_no_sample(text: str, sizes: list[int]) -> None:
    assert totals(text) == sizes


def test_a_count_in_brackets_is_a_total_after_people_who_were_enrolled() -> None:
    assert totals("Children were enrolled prospectively at three centres (n = 54).") == [54]
    assert totals("Consecutive children (n = 43) had whole-body MRI.") == [43]
    assert totals("Patients were recruited from four hospitals (n=7).") == [7]
    assert totals("Patients were not enrolled (n = 7).") == []
    assert totals("Children were examined at three centres with nine scanners (n = 54).") == []


def test_a_count_with_words_of_enrolment_is_a_total_and_one_without_is_left_out() -> None:
    text = "We enrolled 60 children. Later 12 children relapsed."
    assert told(text) == [("sample_size", 60, "children", "60 children")]


def test_where_no_words_tell_the_largest_count_is_taken() -> None:
    text = "MIBG scans were done in 40 children. Relapse was found in 6 children."
    assert totals(text) == [40]


def test_a_larger_share_shows_that_the_largest_count_is_no_total() -> None:
    assert told("Relapse struck 113 patients (73%). Later 12 patients died.") == [
        ("subgroup_size", 113, "patients", "113 patients")
    ]


def test_two_totals_are_kept_each_with_its_place() -> None:
    text = "We enrolled 60 children. Of these, 52 evaluable children had a scan."
    assert told(text) == [
        ("sample_size", 60, "children", "60 children"),
        ("sample_size", 52, "children", "52 evaluable children"),
    ]
    assert largest_n(find([("abstract", text)])) == 60


def test_a_count_in_the_title_is_a_total() -> None:
    passages = [("title", "Outcome of 23 patients"), ("abstract", "Relapse in 9 patients.")]
    assert [(f.field, f.n) for f in find(passages)] == [("title", 23)]


def test_groups_in_one_sentence_are_no_total() -> None:
    assert told("There were 10 cases of the neck, 14 cases of the chest.") == []
    assert totals("Here 26 patients (9 patients by day, 17 patients by night) came.") == [26]
    text = "Deaths in 58 exposed adults and in 52 adults without. Three adults died early."
    assert told(text) == []
    text = "We treated 32 children. Dose A went to 6 children and dose B to 16 children."
    assert (totals(text), groups(text)) == ([32], [6, 16])


def test_n_is_unknown_where_a_subgroup_is_larger_than_every_total() -> None:
    found = find([("abstract", "We evaluated 16 survivors. Loss in 18 survivors (17%).")])
    assert {f.kind for f in found} == {"sample_size", "subgroup_size"}
    assert largest_n(found) is None
    assert largest_n([]) is None


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("46 of 640 children had a scan and form this study.", 46),
        ("46 of 640 children relapsed.", 640),
        ("Of 300 infants screened, 21 fulfilled the criteria.", 21),
        ("Of 300 infants, 21 relapsed.", 300),
        ("Some 71 of 90 had ataxia and were analysed as patients.", 71),
        ("MRI was done in 20 children with rickets, 15 with scurvy and 9 with gout.", 44),
        ("Films of 20 children with rickets, 15 of whom had scurvy, were lost.", 20),
        ("We treated infants (n = 12), toddlers (n = 30) and adolescents (n = 8).", 50),
        ("We treated 60 children, infants (n = 12) and toddlers (n = 48).", 60),
        (
            "The model was tested in a training set (n = 50) and a test set (n = 20) of patients.",
            70,
        ),
        ("Forty patients, 12 infants and 28 toddlers, came.", 40),
        ("Twelve boys and eight girls came.", 20),
        ("Seventy children came, 40 boys and 30 girls.", 70),
        ("Fourteen adolescents were compared with 28 age-matched peers.", 14),
        ("Serum of 25 patients and 60 healthy children was tested.", 25),
        ("Reference values come from 60 healthy children.", 60),
        ("In 50 patients, two children needed sedation.", 50),
        ("The cohort of 161 with gout was traced.", 161),
        ("Typing was done on a hundred tumours of children.", 100),
        ("Gout was seen in four of 96. Children were seen yearly.", 96),
        ("We sequenced 88 renal tumours of children.", 88),
        ("Fetal MRI was performed in 51 fetuses.", 51),
        ("Interviews were held with 24 parents of infants.", 24),
        ("We screened 640 infants; 46 met the criteria.", 46),
        ("In all 640 infants were screened, and 46 of them relapsed.", 640),
        ("Forty-one of 56 families took part.", 41),
        ("Forty-one of 56 families moved.", 56),
        ("Nine of 56 children needed sedation.", 56),
        ("Infants seen in 12 hospitals (N = 212) were followed.", 212),
        ("Films were available in 41 of 56 children.", 41),
        ("Films were abnormal in 41 of 56 children.", 56),
        ("A hundred and four infants were seen.", 104),
        ("Nineteen infants and 23 toddlers were examined.", 42),
        ("Drug A and drug B were given to 41 and 38 children, respectively.", 79),
        ("Only 40 cases have been reported. A girl of three years had ataxia.", 1),
        ("We saw 140 infants. Lost films were left out, leaving 122.", 122),
        ("Of 90 infants six were lost; the remaining 84 form the study.", 84),
        ("Sixty infants were seen. Of these, 54 were analysed.", 54),
        ("Sixty infants were seen. Of these, 54 relapsed.", 60),
        ("Of 233 children, of whom 201 were enrolled, many relapsed.", 201),
        ("From a registry of 640 children we identified 46 with gout.", 46),
        ("The network was trained in 150 children and tested in 60.", 210),
        ("Fourteen studies (n = 567) were pooled in patients.", 567),
        ("Sensitivity was 90% per patient (n = 31).", 31),
        ("Patients (n = 31) were older than controls (n = 12).", 31),
        ("The drug had helped 39 gout and 12 asthma patients.", 51),
        ("Gout was found in 90% of the children (45/50).", 50),
        ("Both patients had gout.", 2),
        ("Case 1 was a girl. Case 2 had gout. Case 3 was well.", 3),
    ],
)
def test_the_patients_of_the_study_are_told_from_those_screened_compared_or_named(
    text: str, n: int
) -> None:
    assert largest_n(find([("abstract", text)])) == n


@pytest.mark.parametrize(
    "text",
    [
        "A 61-year-old woman had a cyst.",
        "A newborn girl had nodules.",
        "The tumour was found in a boy with cough.",
        "We report a patient with gout.",
        "An 8-year-old presented with a limp.",
        "A child aged three years had gout.",
        "Gout was proven. Our patient died of it.",
        "A previously healthy toddler presented with a limp.",
        "An infant boy was operated on. Of 30 children with gout, nine died.",
    ],
)
def test_a_patient_who_is_described_is_one(text: str) -> None:
    assert totals(text)[0] == 1


@pytest.mark.parametrize(
    "text",
    [
        "A child may present with a limp.",
        "A mass in a toddler is often benign.",
        "Two children refused the scan.",
        "Only 40 cases have been reported.",
        "Twenty readers took part.",
    ],
)
def test_general_words_and_side_remarks_are_no_patients(text: str) -> None:
    assert totals(text) == []


def test_a_patient_named_in_the_title_is_one_where_the_abstract_tells_of_one() -> None:
    title = ("title", "A cyst of the neck in an infant")
    assert largest_n(find([title, ("abstract", "The cyst was resected. She recovered.")])) == 1
    assert largest_n(find([title, ("abstract", "Such cysts are often benign.")])) is None


PIECES = st.sampled_from(
    [
        *(
            "n = ",
            "N=",
            "(",
            ")",
            "43",
            "4,832",
            "1\u2009000",
            "ninety-eight",
            "One hundred and two",
        ),
        *(
            " ",
            "\u00a0",
            "\n",
            ". ",
            "patients",
            "children",
            "cases",
            "stage 4",
            "OMS",
            "73%",
            "of",
        ),
        *(
            "/",
            "-",
            "\u2013",
            "were enrolled",
            "each year",
            "and",
            "thousand",
            "\u017fix",
            "\u0664",
        ),
    ]
)


@given(st.lists(PIECES | st.text(max_size=3), max_size=30).map("".join))
def test_offsets_are_exact_in_any_text(text: str) -> None:
    for finding in find([("title", text), ("abstract", text)]):
        words = text[finding.start : finding.end]
        first, last = finding.sentence
        assert 0 <= first <= finding.start < finding.end <= last <= len(text)
        assert words.strip() == words != ""
        assert finding.n in [alone.n for alone in find([("title", words)])]


@pytest.mark.soak
@pytest.mark.timeout(60)  # ten times as long as it takes; what grew with the square took minutes
@pytest.mark.parametrize("piece", ["n = 3 (", "in 12 children, ", "5 boys and 6 girls, "])
def test_a_long_hostile_sentence_is_read_in_time(piece: str) -> None:
    find([("abstract", piece * (50_000 // len(piece)))])


def test_sample_sizes_of_the_real_abstracts_on_neuroblastoma(shared: Path) -> None:
    file = shared / "pubmed" / "neuroblastoma" / "mentions_in_shared_xml.xml.gz"
    articles = [parse(cut.xml) for cut in read_file(file) if cut.kind == "record"]
    sizes = {a.pmid: largest_n(find(a.passages)) for a in articles}
    assert len(sizes) == 16
    assert {pmid: n for pmid, n in sizes.items() if n} == {
        15923571: 44129,
        17660492: 370,
        10795467: 253,
        16794506: 5859,
    }


def test_a_number_without_a_noun_is_one_of_patients_only_where_the_text_names_people() -> None:
    assert totals("Gout was seen in four of 96. Its information was kept by the families.") == [96]
    assert totals("The compounds were formed from four of 96. Information follows.") == []


# Those analysed, sexes apart, thousands with a space, what stands for a patient


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("Of 1800 children with a mass, 140 had a blastoma, 96 of whom were evaluable.", 96),
        ("Among 420 patients referred, 31 infants were mildly ill, 22 of whom were studied.", 22),
        ("Of 700 adults seen, 48 had a tremor and were finally included.", 48),
        ("Seven male and five female children were scanned.", 12),
        ("We operated on 31 female and 28 male patients.", 59),
        ("A total of 12 345 patients were registered.", 12345),
        ("Files of 2 310 newborn infants were read.", 2310),
        ("Uptake was scored on early images (n = 64) and again later (n = 60).", 64),
        ("In this survey of nine clinics, 87 blastomas were completely resected.", 87),
    ],
)
def test_the_patients_that_a_paper_rests_on(text: str, n: int) -> None:
    assert max(totals(text)) == n


@pytest.mark.parametrize(
    "text",
    [
        "Slides of 190 tumours were reviewed by two pathologists.",
        "Images of mice (n = 12) and of rats (n = 9) were taken.",
        "Grade 3 120 patients",
    ],
)
def test_what_is_no_patient_there_either(text: str) -> None:
    assert not [n for n in totals(text) if n > 120]


@pytest.mark.parametrize(
    ("text", "n"),
    [
        # An earlier study has patients of its own, unless they are looked at again.
        ("An earlier study of 300 patients found a benefit. We scanned 24 children.", 24),
        ("In a previous trial of 410 children many died. Here 52 infants were treated.", 52),
        ("Unlike the series of Smith with 600 patients, ours had 33 infants.", 33),
        ("An earlier trial (n = 900) failed. We scanned 24 children.", 24),
        ("In a previous trial of 120 children, scans were reanalysed; 30 infants relapsed.", 120),
        # Those of a group who can be judged are not the patients of the study.
        ("Of 90 children in the trial, 30 relapsed, 20 of whom were evaluable for response.", 90),
        ("Of 900 children seen, 30 had a mass, 20 of whom were eligible for this analysis.", 20),
        # A space after a code or a date is none of thousands.
        ("On day 5 120 patients were scanned. Later 80 patients were.", 80),
        ("More than 1 204 children live there. We scanned 90 children.", 90),
        # One patient in words.
        ("One patient with a blastoma and opsoclonus is reported.", 1),
        ("We treated one child who had a relapse.", 1),
        ("We imaged a newborn boy with a mass of the neck.", 1),
        # Tumours that were treated, where nobody is counted.
        ("A total of 61 blastomas were treated at two hospitals.", 61),
    ],
)
def test_patients_of_others_and_of_a_group_are_not_those_of_the_paper(text: str, n: int) -> None:
    assert max(totals(text)) == n


@pytest.mark.parametrize(
    "text",
    [
        "We treated a patient population.",
        "We treated one child with a drug and nine with another.",
        "Slides of 61 blastomas were treated with a stain.",
    ],
)
def test_nobody_is_counted_there(text: str) -> None:
    assert totals(text) == []
