"""One pass of tagging and appraisal over real records: prints its processor time in seconds.

Run by kb's code of any state, to set one beside another: ``python _reading_once.py FOLDER DATA``.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from kb.appraisal.certainty import statements
from kb.appraisal.evidence import study
from kb.appraisal.figures import figures
from kb.appraisal.findings import find, largest_n
from kb.appraisal.index_tests import diagnostic_questions, passage_topics
from kb.appraisal.studies import load as load_studies
from kb.appraisal.studies import study_of
from kb.record.article import Article
from kb.record.pubmed import parse
from kb.record.recordset import read_file
from kb.tagging.topics import Vocabulary, holds, load, tag


def read(article: Article, vocabulary: Vocabulary, protocols: object) -> None:
    """What a build reads of a record's title and abstract."""
    counts = find(article.texts, vocabulary.words)
    study(
        [(one.ui, one.name) for one in article.publication_types],
        [(one.descriptor_ui, one.descriptor) for one in article.mesh],
        article.texts,
        largest_n(counts),
    )
    study_of(article.databanks, article.passages, protocols)  # type: ignore[arg-type]
    places = tag(vocabulary, article.passages, article.headings)
    holds(places)
    statements(article.passages)
    for field, text in article.texts:
        if printed := figures(text, vocabulary.words):
            diagnostic_questions(printed, passage_topics(vocabulary, places, field, text))


def main(folder: Path, data: Path) -> float:
    vocabulary = load(data / "topics.yml")
    protocols = load_studies(data / "studies.yml")
    articles = [
        parse(record.xml)
        for path in sorted(folder.iterdir())
        for record in read_file(path)
        if record.kind == "record"
    ]
    for article in articles[:50]:  # whatever is made ready at first use
        read(article, vocabulary, protocols)
    began = time.process_time()
    for article in articles:
        read(article, vocabulary, protocols)
    return (time.process_time() - began) / len(articles)


if __name__ == "__main__":
    sys.stdout.write(f"{main(Path(sys.argv[1]), Path(sys.argv[2])):.9f}\n")
