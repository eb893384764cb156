"""Citations that services state, beside those that the papers print. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kb import answers
from kb.raw import KeptAnswer


def citations(
    kept: Iterable[KeptAnswer], papers: Mapping[str, int]
) -> Iterator[tuple[str, str, str]]:
    """(citing work, cited work, source) of the answers of ELink, iCite and Crossref.

    ``papers`` are PMIDs by DOI: a DOI that is none of theirs is a work of its own.
    """
    for answer in kept:
        if answer.service in PAIRS:
            for citing, cited in PAIRS[answer.service](answer.body):
                yield f"pmid:{citing}", f"pmid:{cited}", answer.service
        elif answer.service == "crossref" and answer.status == 200:
            for citing_doi, work in answers.crossref_works(answer.question, answer.body).items():
                for doi in answers.crossref_references(work):
                    yield _work(citing_doi, papers), _work(doi, papers), "crossref"


PAIRS = {"elink": answers.elink_citations, "icite": answers.icite_citations}


def _work(doi: str, papers: Mapping[str, int]) -> str:
    return f"pmid:{papers[doi]}" if doi in papers else f"doi:{doi}"
