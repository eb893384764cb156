"""Links within the site."""

from __future__ import annotations

import re
from html import unescape

from specimen_site import (
    IMAGING,
    OURS,
    Get,
)


def test_every_link_within_the_site_leads_somewhere(get: Get) -> None:
    """Each list's SQL, JSON and CSV among them."""
    links = {
        unescape(link)
        for address in OURS
        for link in re.findall(r'href="(/[^"]*)"', get(address).text)
    }
    assert any(link.startswith("/kb?sql=") for link in links)
    assert any(link.startswith("/kb.csv?sql=") for link in links)
    assert any(link.startswith("/kb/reference_list.json?") for link in links)
    assert not {link for link in links if get(link).status_code != 200}


def test_datasette_links_identifiers_to_our_pages(get: Get) -> None:
    shown = get(f"/kb?sql=select+pmid,+work+from+papers+where+pmid={IMAGING}").text
    assert f'<a href="/paper/{IMAGING}">' in shown
    assert f'<a href="/work/pmid:{IMAGING}">' in shown
