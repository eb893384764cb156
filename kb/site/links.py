"""Addresses: our pages, Datasette's pages of the same rows, and the sources elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from kb.site import compat

# Our pages in the order of the navigation, by what one comes for.
MENU = {
    "Find": {"search": "Papers", "queries": "Questions"},
    "Survey": {"map": "Map", "gaps": "Gaps"},
    "Check": {
        "check": "Check",
        "integrity": "Integrity",
        "changes": "Changes",
        "runs": "Runs",
    },
}
# The entry of the menu that a page without one belongs to.
UNDER = {"paper": "search", "topic": "search", "work": "search"}


@dataclass(frozen=True)
class Source:
    """The rows behind a list, as Datasette shows them."""

    label: str
    page: str
    json: str
    csv: str


class Links:
    """Every address that a template writes; all respect Datasette's base_url."""

    def __init__(self, datasette: Any) -> None:
        self._datasette = datasette
        self._path = datasette.urls.path

    def home(self) -> str:
        return str(self._path("/"))

    def search(self, **params: object) -> str:
        given = {name: value for name, value in params.items() if value not in (None, "", [])}
        query = urlencode(given, doseq=True)
        return str(self._path("/search")) + (f"?{query}" if query else "")

    def export(self, kind: str, format: str, **params: object) -> str:
        """The file of all that a search finds."""
        return self.search(**params | {"sort": None, "page": None}).replace(
            "/search", f"/export/{kind}.{format}", 1
        )

    def search_feed(self, **params: object) -> str:
        """The feed of a search, whose order is its own."""
        return self.search(**params | {"sort": None, "page": None}).replace(
            "/search", "/search.atom", 1
        )

    def map(self, **params: object) -> str:
        """The map of what a search finds."""
        chosen = params | {"sort": None, "page": None}
        return self.search(**chosen, layout="force").replace("/search", "/map", 1)

    def paper(self, pmid: int) -> str:
        return str(self._path(f"/paper/{pmid}"))

    def record(self, pmid: int, sha256: str | None = None) -> str:
        """The XML of a paper; of a version that is not the one shown by its hash."""
        return f"{self.paper(pmid)}.xml" + (f"?sha256={sha256}" if sha256 else "")

    def work(self, work: str) -> str:
        return str(self._path("/work/" + quote(work, safe="/:()")))

    def works_page(self, row: Any) -> str:
        """Where to read about a work: the paper's page where its record was harvested."""
        return self.paper(row["pmid"]) if row["is_paper"] else self.work(row["work"])

    def topic(self, topic: str, **params: object) -> str:
        query = f"?{urlencode(params)}" if params else ""
        return str(self._path("/topic/" + quote(topic, safe=""))) + query

    def page(self, name: str) -> str:
        return str(self._path(f"/{name}"))

    def tables(self) -> str:
        return str(self._datasette.urls.database(compat.NAME))

    def table(self, table: str, **filters: object) -> Source:
        urls = self._datasette.urls
        query = f"?{urlencode(filters)}" if filters else ""
        page, json, csv = (
            str(urls.table(compat.NAME, table, format=format)) for format in (None, "json", "csv")
        )
        # A page, a page of JSON, but as CSV all the rows.
        rows = urlencode({**filters, "_stream": "on"})
        return Source(f"table {table}", page + query, json + query, f"{csv}?{rows}")

    def query(self, name: str, params: dict[str, str]) -> str:
        """The page of a named query."""
        query = f"?{urlencode(params)}" if params else ""
        return str(self._datasette.urls.query(compat.NAME, name)) + query

    def sql(self, sql: str, params: dict[str, object]) -> Source:
        page, json, csv = (
            compat.sql_url(self._datasette, sql, params, format) for format in (None, "json", "csv")
        )
        return Source("SQL of this list", page, json, csv)

    @staticmethod
    def pubmed(pmid: int) -> str:
        return f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/"

    @staticmethod
    def pubmed_xml(pmid: int) -> str:
        """What PubMed says today, from its E-utilities."""
        query = f"db=pubmed&id={pmid}&retmode=xml"
        return f"https://eutils.ncbi.nlm.nih.gov/entrez/eutils/efetch.fcgi?{query}"

    @staticmethod
    def doi(doi: str) -> str:
        return "https://doi.org/" + quote(doi, safe="/:;()")

    @staticmethod
    def pmc(pmcid: str) -> str:
        return f"https://pmc.ncbi.nlm.nih.gov/articles/{quote(pmcid, safe='')}/"

    @staticmethod
    def mesh(ui: str) -> str:
        return f"https://meshb.nlm.nih.gov/record/ui?ui={quote(ui, safe='')}"

    @staticmethod
    def orcid(orcid: str) -> str:
        return f"https://orcid.org/{quote(orcid, safe='')}"

    @staticmethod
    def trial(accession: str) -> str:
        return f"https://clinicaltrials.gov/study/{quote(accession, safe='')}"
