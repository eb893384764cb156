"""ELink between PubMed records: what a paper cites and what cites it, out of the corpus.

PubMed knows the references of papers in PMC alone; here every reference with a PMID is a link,
whether or not the paper cited is in the corpus. What ELink itself told of a paper before is told
again instead.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from harvest.standin.replay import CITED_IN, REFERENCES
from harvest.standin.state import State
from harvest.standin.wire import Answer, Request, as_json, document, element, leaf
from kb.errors import InputError

LINKS = (CITED_IN, REFERENCES)


class NamedLinks(NamedTuple):
    """Links of one name from one LinkSet, in descending order; ``key`` where they are stored."""

    name: str
    uids: list[int]
    key: int


class ServedLinkSet(NamedTuple):
    sources: tuple[int, ...]
    links: list[NamedLinks]
    webenv: str


def elink(state: State, request: Request) -> Answer:
    cmd = request.value("cmd") or "neighbor"
    if cmd not in ("neighbor", "neighbor_history"):
        raise InputError(f"The stand-in does not know cmd={cmd}")
    sources = _sources(state, request)
    if not sources:
        raise InputError("Empty id list - nothing todo")
    stored = cmd == "neighbor_history"
    sets = [_link_set(state, request, group, stored=stored) for group in sources]
    if request.wants_json:
        return as_json("elink", {"linksets": [_as_json(linkset, stored) for linkset in sets]})
    return document("elink", *(_as_xml(linkset, stored) for linkset in sets))


def _sources(state: State, request: Request) -> list[tuple[int, ...]]:
    """A LinkSet for each id parameter, one for the whole of a list or of a stored set."""
    if request.value("query_key"):
        return [state.asked(request)]
    groups = []
    for value in request.parameters.get("id", []):
        alone = Request(request.utility, {"id": [value]}, request.path)
        groups.append(state.asked(alone))
    return [group for group in groups if group]


def _link_set(
    state: State, request: Request, sources: tuple[int, ...], *, stored: bool
) -> ServedLinkSet:
    webenv, links = request.webenv, []
    for name in LINKS:
        if request.value("linkname") not in ("", name):
            continue
        uids = _linked(state, name, sources)
        key = 0
        if stored and uids:
            webenv, key = state.store(uids, webenv)
        if uids:
            links.append(NamedLinks(name, uids, key))
    return ServedLinkSet(sources, links, webenv)


def _linked(state: State, name: str, sources: tuple[int, ...]) -> list[int]:
    corpus = state.corpus
    linked: set[int] = set()
    for uid in sources:
        if (name, uid) in corpus.kept.elink:
            linked |= set(corpus.kept.elink[name, uid])
        elif name == CITED_IN:
            linked |= set(corpus.cited_by.get(uid, ()))
        elif uid in corpus.entries:
            linked |= set(corpus.entries[uid].cites)
    return sorted(linked, reverse=True)


def _as_xml(linkset: ServedLinkSet, stored: bool) -> str:
    blocks = []
    for links in linkset.links:
        inside = (
            [leaf("QueryKey", links.key)]
            if stored
            else [element("Link", leaf("Id", uid)) for uid in links.uids]
        )
        name = "LinkSetDbHistory" if stored else "LinkSetDb"
        blocks.append(element(name, leaf("DbTo", "pubmed"), leaf("LinkName", links.name), *inside))
    if stored and linkset.links:
        blocks.append(leaf("WebEnv", linkset.webenv))
    sources = element("IdList", *(leaf("Id", uid) for uid in linkset.sources))
    return element("LinkSet", leaf("DbFrom", "pubmed"), sources, *blocks)


def _as_json(linkset: ServedLinkSet, stored: bool) -> dict[str, Any]:
    content: dict[str, Any] = {"dbfrom": "pubmed", "ids": [str(uid) for uid in linkset.sources]}
    blocks = []
    for links in linkset.links:
        inside = {"querykey": str(links.key)} if stored else {"links": [str(u) for u in links.uids]}
        blocks.append({"dbto": "pubmed", "linkname": links.name, **inside})
    if blocks:
        content["linksetdbhistories" if stored else "linksetdbs"] = blocks
    if blocks and stored:
        content["webenv"] = linkset.webenv
    return content
