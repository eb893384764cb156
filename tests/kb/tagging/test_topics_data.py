"""The vocabulary of data/topics.yml: its examples, its senses, and the facts it rests on."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from functools import cache
from itertools import islice
from pathlib import Path

import pytest

from kb.record.pubmed import parse
from kb.record.recordset import read_file
from kb.tagging.matcher import matcher, single_spaced
from kb.tagging.topics import Topic, closure, load, tag
from kb.tagging.vocabulary import exploded
from kb.tagging.wording import spaced

VOCABULARY = load(Path(__file__).resolve().parents[3] / "data" / "topics.yml")
TOPICS = {topic.topic: topic for topic in VOCABULARY.topics}
PARENTS = {"task", "pop", "diff"}
OF_OMS = {
    *("steroid", "ivig", "acth", "rituximab", "cyc", "plasmapheresis", "oms-tx"),
    *("oms-neurocog", "oms-antibody"),
}
SYNDROME = ("D053578", "Opsoclonus-Myoclonus Syndrome", False)

by_topic = pytest.mark.parametrize("topic", VOCABULARY.topics, ids=lambda topic: topic.topic)


def topics_of(text: str, mesh: list[tuple[str | None, str, bool]] | None = None) -> set[str]:
    return {e.topic for e in tag(VOCABULARY, [("title", text)], mesh or []) if not e.negated}


def headings(*uis: str) -> list[tuple[str | None, str, bool]]:
    return [(ui, VOCABULARY.descriptors[ui], False) for ui in uis]


@by_topic
def test_the_examples_of_a_topic_come_out_as_the_file_says(topic: Topic) -> None:
    for text in topic.match:
        assert topic.topic in topics_of(text), text
    for text in topic.no_match:
        assert topic.topic not in topics_of(text), text


@by_topic
def test_a_topic_with_words_has_an_example_of_each_kind(topic: Topic) -> None:
    has_words = bool(topic.synonyms or topic.abbreviations)
    assert bool(topic.match) == bool(topic.no_match) == has_words
    assert has_words == (topic.topic not in PARENTS)


@by_topic
def test_a_topic_is_defined_in_one_sentence(topic: Topic) -> None:
    assert re.fullmatch(r"[A-Z][^.?!]*\.", topic.definition)
    assert len(topic.definition) <= 200
    assert topic.definition.rstrip(".").casefold() != topic.label.casefold()


def test_no_two_topics_are_defined_alike() -> None:
    assert len({topic.definition for topic in VOCABULARY.topics}) == len(VOCABULARY.topics)


@pytest.mark.soak
@pytest.mark.timeout(60)  # ten times as long as it takes; what grew with the square took minutes
@pytest.mark.parametrize("piece", ["MIBG scan ", "no MIBG scan ", "without MRI, "])
def test_a_long_hostile_text_is_read_in_time(piece: str) -> None:
    text = piece * (30_000 // len(piece))
    assert tag(VOCABULARY, [("abstract", text)], [])


@by_topic
def test_a_wider_descriptor_alone_tags_nothing(topic: Topic) -> None:
    mesh = headings(*topic.mesh_broader)
    assert topic.topic not in {e.topic for e in tag(VOCABULARY, [], mesh)}


@by_topic
def test_each_heading_tags_its_topic_where_the_rules_allow(topic: Topic) -> None:
    for heading in topic.mesh:
        rules = (topic.rule.needs, heading.rule.needs)
        cues = " ".join(rule[0].replace("*", "").replace(" + ", " ") for rule in rules if rule)
        assert topic.topic in topics_of(cues, headings(*heading.descriptors)), heading


def test_every_descriptor_that_is_named_is_used_or_stands_below_one_that_is() -> None:
    used = {ui for topic in VOCABULARY.topics for h in topic.mesh for ui in h.descriptors}
    used |= {ui for topic in VOCABULARY.topics for ui in topic.mesh_broader}
    narrower = exploded(VOCABULARY)
    assert all(narrower.values())
    assert used | set(narrower) == set(VOCABULARY.descriptors)


def test_neuroblastoma_is_told_from_its_namesake_of_the_nose() -> None:
    assert topics_of("", headings("D009447")) == {"neuroblastoma"}
    assert topics_of("", headings("D018304")) == {"esthesio"}
    assert topics_of("Olfactory neuroblastoma (esthesioneuroblastoma)") == {"esthesio"}


@pytest.mark.parametrize("slug", sorted(OF_OMS))
def test_treatment_and_outcome_of_oms_need_the_syndrome_even_in_mesh(slug: str) -> None:
    mesh = headings(*TOPICS[slug].mesh[0].descriptors)
    assert slug not in topics_of("Treatment of neuroblastoma", mesh)
    assert slug in topics_of("Outcome", [*mesh, SYNDROME])


def test_scan_and_treatment_with_mibg_are_told_apart() -> None:
    indexed = headings("D019797", "D007457")
    assert "theranostics" not in topics_of("123I-MIBG scans at diagnosis", indexed)
    assert "mibg-123" in topics_of("123I-MIBG scans at diagnosis", indexed)
    treated = topics_of("131I-MIBG therapy of refractory neuroblastoma", indexed)
    assert "theranostics" in treated
    assert treated.isdisjoint({"mibg-123", "mibg-131-scan", "mibg-scan"})
    assert "mibg-scan" not in topics_of("MIBG therapy, 444 MBq per kg")


def test_4s_and_ms_are_two_stages_under_one() -> None:
    assert topics_of("Stage 4S neuroblastoma") & {"inss-4s", "inrgss-ms", "inss"} == {"inss-4s"}
    ms = topics_of("INRGSS stage MS neuroblastoma")
    assert ms & {"inss-4s", "inrgss-ms", "stage-m"} == {"inrgss-ms"}
    assert {("stage-ms", "inss-4s"), ("stage-ms", "inrgss-ms")} <= set(closure(VOCABULARY))


def test_a_hybrid_examination_is_itself_and_not_a_separate_ct() -> None:
    found = topics_of("18F-FDG PET/CT in neuroblastoma")
    assert found == {"fdg-pet", "pet", "pet-ct", "neuroblastoma"}
    assert "ct" in topics_of("PET and CT in neuroblastoma")


@pytest.mark.parametrize(
    ("text", "slug", "is_meant"),
    [
        ("Abdominal US in infants", "us", True),
        ("Children in the US and MRI scanners", "us", False),
        ("CT showed calcification; MRI did not", "ct", True),
        ("CT values of the PCR and an image", "ct", False),
        ("CT of the abdomen, Ct values left out", "ct", True),
        ("MR imaging, then MR angiography", "mri", True),
        ("CR 10, PR 12, MR 2, PD 4", "mri", False),
        ("ADC and b-value", "adc", True),
        ("Diffusion of an ADC with its conjugated payload", "adc", False),
        ("PET tracer uptake", "pet", True),
        ("PET bottles in the scanner room of polyethylene", "pet", False),
        ("OMS after opsoclonus", "oms", True),
        ("OMS residents of maxillofacial surgery", "oms", False),
        ("DES, that is dancing eye syndrome", "oms", True),
        ("DES and stents", "oms", False),
        ("MS in the INRG system", "inrgss-ms", True),
        ("MS, multiple sclerosis, and the INRG", "inrgss-ms", False),
        ("NB, neuroblastoma of the neck", "neuroblastoma", True),
        ("NB classifier", "neuroblastoma", False),
        ("SCA with 11q loss", "sca", True),
        ("SCA and opsoclonus: spinocerebellar ataxia", "sca", False),
        ("BMI, bone marrow involvement, on FDG PET", "bm-assess", True),
        ("BMI, body mass index; no bone marrow involvement", "marrow", True),
        ("Median BMI 21", "bm-assess", False),
        ("HR 2.3 (95% CI 1.2-4.4)", "prognosis", True),
        ("HR patients and SR patients", "prognosis", False),
        ("ALK inhibitors", "alk", True),
        ("ALK and bilirubin in serum", "alk", False),
        ("Curie scores at diagnosis", "curie", True),
        ("Hôpital Curie, 12 mCi", "curie", False),
        ("A neuroblastoma risk group of the COG", "cog-risk", True),
        ("Neuroblastoma: A Report From the Children's Oncology Group", "cog-risk", False),
        ("Evans stage IV-S neuroblastoma", "evans", True),
        ("Evans and colleagues on neuroblastoma", "evans", False),
        ("Shimada histology", "inpc", True),
        ("Shimada and colleagues", "inpc", False),
        ("4N neuroblastoma of the nodes", "stage-4n", True),
        ("4N DNA content of neuroblastoma cells", "stage-4n", False),
        ("18F-DOPA PET of neuroblastoma, as known from Parkinson disease", "dopa-pet", True),
        ("18F-DOPA PET in Parkinson disease", "dopa-pet", False),
        ("Cardiac MIBG uptake: heart-to-mediastinum ratio", "mibg-scan", False),
        ("Spontaneous regression on surveillance", "surveillance", True),
        ("Active surveillance of small masses", "surveillance", False),
        ("WT: Wilms’ tumours", "wilms", True),
        ("WT mice", "wilms", False),
    ],
)
def test_a_word_with_several_meanings_is_read_by_its_context(
    text: str, slug: str, is_meant: bool
) -> None:
    assert (slug in topics_of(text)) == is_meant


def test_the_year_of_mesh_is_that_of_the_facts(shared: Path) -> None:
    facts = (shared / "domain" / "README.md").read_text(encoding="utf-8")
    assert f"MeSH {VOCABULARY.mesh_year} table" in facts


def test_tree_numbers_of_topics_are_those_of_the_facts(shared: Path) -> None:
    known = {
        ui: set(numbers.split(","))
        for row in table(shared / "domain" / "topics.tsv")
        for ui, numbers in zip(row["mesh_ui"].split("|"), row["mesh_tree"].split("|"), strict=True)
    }
    narrower = exploded(VOCABULARY)
    for ui, numbers in VOCABULARY.trees.items():
        assert ui in narrower or set(numbers) <= known[ui], ui


@pytest.mark.parametrize(
    ("name", "slug", "not_slug"),
    [
        ("Tomography, Spiral Computed", "ct", "modality"),
        ("Ultrasonography, Doppler, Color", "us", "modality"),
        ("Positron Emission Tomography Computed Tomography", "pet-ct", "ct"),
        ("Esthesioneuroblastoma, Olfactory", "esthesio", "neuroblastoma"),
        ("Angiography, Digital Subtraction", "angiography", "radiography"),
    ],
)
def test_a_narrower_heading_has_the_next_topic_and_one_with_a_topic_none_but_that(
    name: str, slug: str, not_slug: str
) -> None:
    found = topics_of("", [(None, name, True)])
    assert slug in found
    assert not_slug not in found


def test_the_automaton_finds_what_a_search_at_every_word_finds_in_real_texts(
    shared: Path,
) -> None:
    ready = matcher(VOCABULARY)
    closed = {key for key in ready.automaton if key.endswith(" ")}
    longest = max(len(key.split()) for key in closed)
    texts = [text for record in real_records(shared) for _, text in record]
    assert len(texts) > 200
    for text in texts:
        line = single_spaced(f" {spaced(text)} ")
        searched = Counter[str]()
        for sentence in line.split("  "):
            words = sentence.split()
            for start in range(len(words)):
                for end in range(start + 1, min(start + longest, len(words)) + 1):
                    if (phrase := f" {' '.join(words[start:end])} ") in closed:
                        searched[phrase] += 1
        found = Counter(
            line[last - length + 1 : last + 1]
            for last, (length, *_) in ready.automaton.iter(line)
            if line[last] == " " and line[last - length + 1 : last + 1] in closed
        )
        assert found == searched


def test_offsets_are_exact_in_real_texts(shared: Path) -> None:
    for record in real_records(shared):
        by_field = dict(record)
        for item in tag(VOCABULARY, record, []):
            assert by_field[item.field][item.start : item.end] == item.surface


# Against the facts kept beside the checkout


@cache
def real_records(shared: Path) -> list[list[tuple[str, str]]]:
    """The passages of the first real records of each file."""
    found = []
    for path in sorted((shared / "pubmed" / "xml").iterdir()):
        xml = (cut.xml for cut in read_file(path) if cut.kind == "record")
        found += [list(parse(each).passages) for each in islice(xml, 40)]
    return found


@cache
def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def test_the_topics_are_those_of_the_facts(shared: Path) -> None:
    facts = {
        (row["topic_id"], row["scheme"], row["label"], row["broader"] or None)
        for row in table(shared / "domain" / "topics.tsv")
    }
    assert len(facts) == 116
    assert {(t.topic, t.scheme, t.label, t.broader) for t in VOCABULARY.topics} >= facts


def test_every_descriptor_of_the_facts_is_used_as_they_say(shared: Path) -> None:
    for row in table(shared / "domain" / "topics.tsv"):
        topic = TOPICS[row["topic_id"]]
        tagging = {ui for heading in topic.mesh for ui in heading.descriptors}
        uis = set(row["mesh_ui"].split("|")) - {""}
        if row["mesh_match"] == "broader":
            assert (set(topic.mesh_broader), tagging) == (uis, set()), topic.topic
        else:
            assert uis <= tagging, topic.topic
        names = zip(row["mesh_ui"].split("|"), row["mesh_name"].split("|"), strict=True)
        assert all(VOCABULARY.descriptors[ui] == name for ui, name in names if ui)


def test_every_synonym_of_the_facts_is_read_in_the_right_company(shared: Path) -> None:
    company = (
        "or older, biopsy, adults, PET scan; MRI, INRG, POG, MIBG, opsoclonus, "
        "ganglioneuroblastoma, paraganglioma"
    )
    missed = {
        (row["topic_id"], word)
        for row in table(shared / "domain" / "topics.tsv")
        for word in row["synonyms"].split("|")
        if word
        and (row["topic_id"], True)
        not in {
            (e.topic, (e.start or 0) < len(word))
            for e in tag(VOCABULARY, [("title", f"{word} {company} of neuroblastoma")], [])
        }
    }
    assert missed == set()


def test_labels_given_by_hand_are_found_from_title_keywords_and_mesh(shared: Path) -> None:
    wider = defaultdict(set)
    for ancestor, topic in closure(VOCABULARY):
        wider[topic].add(ancestor)
    found = missed = 0
    for row in table(shared / "domain" / "corpus.tsv"):
        labels = {label.partition(":")[2] for label in row["topics"].split("|")}
        passages = [("title", row["title"])]
        passages += [(f"keyword:{i}", k) for i, k in enumerate(row["keywords"].split("|"), 1)]
        names = [h.split("/")[0].strip("*") for h in row["mesh_headings"].split("|") if h]
        evidence = tag(VOCABULARY, passages, [(None, name, False) for name in names])
        tags = {ancestor for e in evidence for ancestor in wider[e.topic]}
        found += len(labels & tags)
        missed += len(labels - tags)
    # Most of what is missed stands in the abstract only, which that table does not hold.
    assert found / (found + missed) >= 0.8
