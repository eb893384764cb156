"""The page of a topic."""

from __future__ import annotations

import re

from serving import text_of
from specimen_site import (
    Get,
)

from kb.data import data_dir
from kb.tagging.topics import load


def test_a_topic_shows_its_place_its_papers_and_why_they_are_there(get: Get) -> None:
    response = get("/topic/mri")
    seen = text_of(response)
    assert 'href="/topic/modality"' in response.text
    assert 'href="/topic/wbmri"' in response.text
    assert "https://meshb.nlm.nih.gov/record/ui?ui=D008279" in response.text
    assert "MR imaging · MR sequence · MRI scan" in seen
    assert "MR is also minor response" in seen
    assert re.search(r"\b2[0-9] papers", seen)
    assert "Whole-body MRI title, Whole-body MRI" in seen


def test_the_definition_of_a_topic_stands_first_under_its_name(get: Get) -> None:
    defined = {t.topic: t.definition for t in load(data_dir() / "topics.yml").topics}
    for name in ("mri", "inrgss-ms"):
        after_the_name = get(f"/topic/{name}").text.partition("</h1>")[2].lstrip()
        assert after_the_name.startswith(f'<p class="lead">{defined[name]}</p>')
