"""Our addresses: read the request, read the page's rows, render."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from datasette.utils.asgi import Response, asgi_static

from kb import exports
from kb.errors import ConfigError
from kb.feeds import Entry, atom
from kb.ids import clean_pmid
from kb.queries import NamedQuery
from kb.selection import Selection
from kb.site import compat, headers, metadata, pages, queries
from kb.site.links import MENU, Links
from kb.site.picture import HEIGHT, LAYOUTS, WIDTH, picture
from kb.site.streams import Stream
from kb.site.text import shortened, without_tags

STATIC = Path(__file__).with_name("static")
STYLE = hashlib.sha256((STATIC / "site.css").read_bytes()).hexdigest()[:12]
LAST_PAGE = 100_000
# That a search is narrowed by at once; more are refused, never left out in silence.
MOST = {"topic": 6, "pmid": 1000}
MOST_ATTEMPTS = 3  # at an answer from one base; whoever publishes more often is not waited for
SINGLE = tuple(name for name in queries.FILTERS if name not in MOST)

View = Callable[[Any, Any], Awaitable[Response]]


class BadRequest(Exception):
    """An address with a value that cannot be meant; the message is for the reader."""


async def home(datasette: Any, request: Any) -> Response:
    found = await compat.read(datasette, pages.home)
    source = Links(datasette).sql(queries.SCHEME_COUNTS, {})
    return await render(datasette, request, "home", page=found, source=source)


class Asked(NamedTuple):
    """What a search asks for; of several topics each is a filter of its own (topic, topic2 …)."""

    text: str
    topics: list[str]
    pmids: list[int]
    filters: dict[str, object]
    order: str
    natural: str

    @property
    def chosen(self) -> dict[str, object]:
        """As parameters of an address."""
        others = {name: v for name, v in self.filters.items() if name in SINGLE}
        sort = self.order if self.order != self.natural else None
        return {"q": self.text, "topic": self.topics, "pmid": self.pmids, **others, "sort": sort}


async def _asked(datasette: Any, request: Any) -> Asked:
    """Raises BadRequest for a value that no paper can have."""
    text = (request.args.get("q") or "").strip()
    filters: dict[str, object] = {
        name: value for name in SINGLE if (value := request.args.get(name))
    }
    topics = _several(request, "topic")
    filters |= {f"topic{n}" if n > 1 else "topic": topic for n, topic in enumerate(topics, 1)}
    pmids = _pmids(request)
    if pmids:
        filters["pmid"] = json.dumps(pmids)
    if "year" in filters:
        filters["year"] = _number(request, "year", most=9999)
    natural = "relevance" if text else "newest"
    order = request.args.get("sort") or natural
    if order not in queries.ORDERS or (order == "relevance" and not text):
        raise BadRequest(f"sort={order}: papers are sorted by newest or, with words, by relevance.")
    if wrong := await compat.read(datasette, lambda db: pages.unknown_value(db, filters)):
        raise BadRequest(wrong)
    return Asked(text, topics, pmids, filters, order, natural)


def _several(request: Any, name: str) -> list[str]:
    """The values of a parameter that may be repeated, each once."""
    values = list(dict.fromkeys(filter(None, request.args.getlist(name))))
    if len(values) > MOST[name]:
        raise BadRequest(
            f"{name}= may stand {MOST[name]} times; here it stands {len(values)} times."
        )
    return values


def _pmids(request: Any) -> list[int]:
    pmids = []
    for value in _several(request, "pmid"):
        pmid = clean_pmid(value)
        if pmid is None:
            raise BadRequest(f"pmid={value[:80]}: is no PMID, a number of up to ten digits.")
        pmids.append(pmid)
    return pmids


async def search(datasette: Any, request: Any) -> Response:
    asked = await _asked(datasette, request)
    number = _number(request, "page", most=LAST_PAGE)
    found = await compat.read(
        datasette,
        lambda connection: pages.find(connection, asked.text, asked.filters, asked.order, number),
    )
    return await render(
        datasette,
        request,
        "search",
        page=found,
        facets=await _facets(datasette, found),
        filters=SINGLE,
        chosen=asked.chosen,
        order=asked.order,
        source=Links(datasette).sql(found.sql, found.params),
    )


async def search_feed(datasette: Any, request: Any) -> Response:
    """The papers that a search finds, those that entered the base last first."""
    asked = await _asked(datasette, request)
    rows = await compat.read(
        datasette, lambda connection: pages.entered(connection, asked.text, asked.filters)
    )
    entries = [Entered(row["pmid"], row["title"], row["date"], _by(row)) for row in rows]
    links = Links(datasette)
    page = links.search(**asked.chosen | {"sort": None})
    others = (v for name, v in asked.filters.items() if not name.startswith("topic"))
    words = ", ".join(map(str, filter(None, [asked.text, *asked.topics, *others])))
    title = f"Papers: {words}" if words else "Papers"
    return await _feed(datasette, request, page, title, entries)


def _by(row: Any) -> str:
    about = (row["authors"], row["journal_abbrev"], row["year"])
    return ". ".join(str(each) for each in about if each)


async def _facets(datasette: Any, found: pages.Search) -> list[pages.Facet] | None:
    """None where counting took too long: the papers found are shown without it."""
    if not found.lines:
        return []
    try:
        return await compat.read(
            datasette, lambda connection: pages.facets(connection, found.params)
        )
    except compat.TooSlow:
        return None


async def paper(datasette: Any, request: Any) -> Response:
    asked = unquote(request.url_vars["pmid"])
    pmid = clean_pmid(asked)
    if pmid is None:
        return await missing(
            datasette,
            request,
            f"“{asked[:80]}” is no PMID. A PMID is a number of up to ten digits.",
        )
    found = await compat.read(datasette, lambda connection: pages.paper(connection, pmid))
    if found is None:
        known = await compat.read(datasette, lambda connection: pages.known_work(connection, pmid))
        return await missing(
            datasette, request, f"The record of PMID {pmid} is not in this base.", pmid, known
        )
    links = Links(datasette)
    return await render(
        datasette,
        request,
        "paper",
        page=found,
        name=without_tags(found.row["title_html"]),
        source=links.table("reference_list", pmid=pmid),
        record=links.table("papers", pmid=pmid),
        citing=links.table("citations", cited=found.row["work"]),
        evidence=links.table("topic_evidence", pmid=pmid),
    )


async def work(datasette: Any, request: Any) -> Response:
    asked = unquote(request.url_vars["work"])
    found = await compat.read(datasette, lambda connection: pages.work(connection, asked))
    if found is None:
        return await missing(
            datasette,
            request,
            f"No work “{asked[:200]}” is cited or harvested here. A work is named pmid:36063183, "
            "doi:10.1002/pbc.28473 or ref: and 16 digits.",
        )
    links = Links(datasette)
    if found.moved:
        return Response.redirect(links.work(found.row["work"]), status=301)
    source = links.table("citations", cited=found.row["work"])
    return await render(datasette, request, "work", page=found, source=source)


async def topic(datasette: Any, request: Any) -> Response:
    asked = unquote(request.url_vars["topic"])
    number = _number(request, "page", most=LAST_PAGE)
    found = await compat.read(datasette, lambda connection: pages.topic(connection, asked, number))
    if found is None:
        return await missing(datasette, request, f"There is no topic “{asked[:80]}” here.")
    source = Links(datasette).sql(queries.TOPIC_PAPERS, {"topic": asked})
    return await render(datasette, request, "topic", page=found, source=source)


async def export(datasette: Any, request: Any) -> Any:
    """A whole file of what a search finds, or of everything."""
    kind, format_ = request.url_vars["kind"], request.url_vars["format"]
    asked = await _asked(datasette, request)
    pmids = await compat.read(
        datasette, lambda connection: pages.all_found(connection, asked.text, asked.filters)
    )
    selection = _selection(request, pmids)
    end, media = exports.ending(kind, format_)
    headers_ = {
        "content-type": f"{media}; charset=utf-8",
        "content-disposition": f'attachment; filename="{kind}.{end}"',
    }
    path = Path(datasette.get_database(compat.NAME).path)
    stream = Stream(path, headers_, request.receive)
    try:
        return await stream.opened(lambda db: exports.pieces(db, kind, format_, selection))
    except ConfigError as error:
        raise BadRequest(str(error)) from error


def _selection(request: Any, pmids: frozenset[int] | None) -> Selection:
    """What of a map is wanted beside the papers of a search."""

    def year(name: str) -> int | None:
        return _number(request, name, most=9999) if request.args.get(name) else None

    return Selection(
        pmids=pmids,
        first_year=year("from"),
        last_year=year("to"),
        as_of=request.args.get("as_of") or "",
        without_retracted=_flag(request, "without_retracted"),
        papers_only=_flag(request, "papers_only"),
    )


async def gaps(datasette: Any, request: Any) -> Response:
    scheme = request.args.get("scheme") or "A"
    found = await compat.read(datasette, lambda connection: pages.gaps(connection, scheme))
    if found is None:
        raise BadRequest(
            f"scheme={scheme[:20]}: the rows are topics of one scheme, A for example; the columns "
            "are those of D, the clinical tasks."
        )
    source = Links(datasette).table("evidence_map", design="any")
    return await render(datasette, request, "gaps", page=found, scheme=scheme, source=source)


async def citation_map(datasette: Any, request: Any) -> Response:
    layout = request.args.get("layout") or "year"
    found = await compat.read(datasette, lambda connection: picture(connection, layout))
    if found is None:
        raise BadRequest(f"layout={layout[:20]}: the layouts are {' and '.join(LAYOUTS)}.")
    source = Links(datasette).table("layouts", layout=layout)
    size = {"width": WIDTH, "height": HEIGHT}
    return await render(
        datasette, request, "map", page=found, layouts=LAYOUTS, size=size, source=source
    )


async def integrity(datasette: Any, request: Any) -> Response:
    found = await compat.read(datasette, pages.integrity)
    source = Links(datasette).table("notices")
    return await render(datasette, request, "integrity", page=found, source=source)


async def changes(datasette: Any, request: Any) -> Response:
    number = _number(request, "page", most=LAST_PAGE)
    found = await compat.read(datasette, lambda connection: pages.changes(connection, number))
    source = Links(datasette).table("changes")
    return await render(datasette, request, "changes", page=found, source=source)


async def changes_feed(datasette: Any, request: Any) -> Response:
    return await _changes_feed(datasette, request, "changes", "Changes", queries.NEWEST_CHANGES)


async def integrity_feed(datasette: Any, request: Any) -> Response:
    title = "Retractions, concerns, corrections, withdrawals"
    return await _changes_feed(datasette, request, "integrity", title, queries.NEWEST_ALERTS)


async def _changes_feed(
    datasette: Any, request: Any, page: str, title: str, query: str
) -> Response:
    rows = await compat.read(datasette, lambda connection: pages.feed(connection, query))
    entries = [
        Entered(
            row["pmid"],
            f"{row['kind'].capitalize()}: {row['title'] or row['pmid']}",
            row["date"],
            _told(row),
            f"{row['run']}-{row['pmid']}-{row['kind']}",
        )
        for row in rows
    ]
    return await _feed(datasette, request, Links(datasette).page(page), title, entries)


def _told(row: Any) -> str:
    detail = f": {row['detail']}" if row["detail"] else ""
    return f"{row['kind']} in run {row['run']}{detail}"


class Entered(NamedTuple):
    """An entry of a feed about a paper; ``key`` names the event where it is not the paper alone."""

    pmid: int
    title: str
    date: str
    summary: str
    key: str = ""


async def _feed(
    datasette: Any, request: Any, page: str, title: str, entries: Iterable[Entered]
) -> Response:
    """Atom about what ``page`` shows."""

    def absolute(path: str) -> str:
        return str(datasette.absolute_url(request, path))

    links = Links(datasette)
    base_id = await compat.read(datasette, pages.base_id)
    site = metadata.metadata(compat.field_of(datasette))
    body = atom(
        f"{title}: {site['title']}",
        absolute(request.full_path),
        absolute(page),
        base_id or "without an id",
        (
            Entry(
                e.key or str(e.pmid),
                shortened(e.title),
                absolute(links.paper(e.pmid)),
                e.date,
                shortened(e.summary),
            )
            for e in entries
        ),
    )
    return Response(body, content_type="application/atom+xml; charset=utf-8")


async def runs(datasette: Any, request: Any) -> Response:
    found = await compat.read(datasette, pages.runs)
    source = Links(datasette).table("runs")
    return await render(datasette, request, "runs", page=found, source=source)


async def named_queries(datasette: Any, request: Any) -> Response:
    groups: dict[str, list[NamedQuery]] = {}
    for query in metadata.queries(compat.field_of(datasette)):
        groups.setdefault(query.group, []).append(query)
    return await render(datasette, request, "queries", groups=groups)


def _flag(request: Any, name: str) -> bool:
    value = request.args.get(name)
    if value not in (None, "1"):
        raise BadRequest(f"{name}={value[:80]}: write 1, or leave it out.")
    return bool(value)


def _number(request: Any, name: str, *, most: int) -> int:
    value = request.args.get(name) or "1"
    if not (value.isascii() and value.isdigit() and 1 <= int(value[:10]) <= most):
        raise BadRequest(f"{name}={value[:80]}: write a number from 1 to {most}.")
    return int(value)


async def render(
    datasette: Any, request: Any, template: str, status: int = 200, **context: Any
) -> Response:
    """A page of ours under our strict policy."""
    base_id = await compat.read(datasette, pages.base_id)
    site = metadata.metadata(compat.field_of(datasette))
    body = await datasette.render_template(
        f"kb/{template}.html",
        {
            "link": Links(datasette),
            "menu": MENU,
            "site": site,
            "style": STYLE,
            "base_id": base_id,
            **context,
        },
        request=request,
        view_name=f"kb-{template}",
    )
    return Response.html(body, status=status, headers={headers.CSP: headers.STRICT})


async def missing(
    datasette: Any, request: Any, message: str, pmid: int | None = None, known: Any = None
) -> Response:
    """A 404 that says what to do; ``known`` is the work where it is cited here."""
    return await render(
        datasette, request, "missing", status=404, message=message, pmid=pmid, known=known
    )


def of_one_base(view: View) -> View:
    """Ask again where a new base came in between: an answer bears the id of what it was read from.

    A page is read in several goes, each from the file that is there at that moment.
    """

    async def view_of_one_base(datasette: Any, request: Any) -> Response:
        path = Path(datasette.get_database(compat.NAME).path)
        for _ in range(MOST_ATTEMPTS):
            before = compat.file_identity(path)
            response = await view(datasette, request)
            if compat.file_identity(path) == before:
                break
        return response

    return view_of_one_base


def guarded(view: View) -> View:
    """Ask Datasette's permissions first; turn what the reader can put right into a page."""
    view = of_one_base(view)

    async def guarded_view(datasette: Any, request: Any) -> Response:
        await compat.ensure_readable(datasette, request)
        try:
            return await view(datasette, request)
        except BadRequest as error:
            return await render(datasette, request, "failed", status=400, message=str(error))
        except compat.TooSlow as error:
            return await render(datasette, request, "failed", status=503, message=str(error))

    return guarded_view


ROUTES: list[tuple[str, Any]] = [
    (r"/$", guarded(home)),
    (r"/search$", guarded(search)),
    (r"/search\.atom$", guarded(search_feed)),
    (r"/paper/(?P<pmid>[^/]+)$", guarded(paper)),
    (r"/work/(?P<work>.+)$", guarded(work)),
    (r"/topic/(?P<topic>[^/]+)$", guarded(topic)),
    (r"/export/(?P<kind>[a-z-]+)\.(?P<format>[a-z-]+)$", guarded(export)),
    (r"/map$", guarded(citation_map)),
    (r"/gaps$", guarded(gaps)),
    (r"/integrity$", guarded(integrity)),
    (r"/integrity\.atom$", guarded(integrity_feed)),
    (r"/changes$", guarded(changes)),
    (r"/changes\.atom$", guarded(changes_feed)),
    (r"/runs$", guarded(runs)),
    (r"/queries$", guarded(named_queries)),
    (r"/-/kb/(?P<path>site\.css)$", asgi_static(STATIC)),
]
