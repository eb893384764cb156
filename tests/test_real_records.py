"""kb.recordset and kb.pubmed on real PubMed records, beside other readers.

The reference material has a table of what each of its files holds, counted by other means, and
lxml reads every record a second time.
"""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from kb.article import Article, Reference
from kb.errors import InputError
from kb.ids import clean_doi, clean_orcid, clean_pmcid, clean_pmid
from kb.pubmed import parse
from kb.recordset import read_file

RECORDS: dict[str, Callable[[Article], Any]] = {
    "records": lambda a: True,
    "books": lambda a: a.is_book,
    "abstract": lambda a: a.abstract,
    "structured_abstract": lambda a: any(section.label for section in a.sections),
    "OtherAbstract": lambda a: a.other_abstracts,
    "MedlineDate": lambda a: re.search(r"\D-|-.*\D|^\D", a.pub_date_text or ""),
    "CollectiveName": lambda a: any(author.collective for author in a.authors),
    "VernacularTitle": lambda a: a.vernacular_title,
    "bracketed_title": lambda a: a.title.startswith("["),
    "empty_title": lambda a: not a.title,
    "no_authors": lambda a: not a.authors,
    "ORCID": lambda a: any(author.orcid for author in a.authors),
    "GrantList": lambda a: a.grants,
    "KeywordList": lambda a: a.keywords,
    "MeSH": lambda a: a.mesh,
    "SupplMesh": lambda a: a.supplementary_mesh,
    "DataBank": lambda a: a.databanks,
    "Investigator": lambda a: any(person.role == "investigator" for person in a.contributors),
    "PersonalNameSubject": lambda a: any(person.role == "subject" for person in a.contributors),
    "GeneralNote": lambda a: a.notes,
    "CoiStatement": lambda a: a.coi_statement,
    "pmid_version>1": lambda a: a.version > 1,
    "no_doi": lambda a: not a.doi,
    "pmc": lambda a: a.pmcid,
    "ReferenceList": lambda a: a.references,
}
REFERENCES: dict[str, Callable[[Reference], Any]] = {
    "refs": lambda r: True,
    "refs_pmid": lambda r: r.pmid,
    "refs_doi": lambda r: r.doi,
    "refs_pmc": lambda r: r.pmcid,
    "refs_noid": lambda r: not (r.pmid or r.doi or r.pmcid),
}
