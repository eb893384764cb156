"""Picture the pages over the specimen corpus: python -m docs.screenshots

Writes docs/images/. With --review DIR it writes there instead every page whole, in a wide window,
in a dark one and on a phone, to look at after a change of the look. Needs Chromium.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from playwright.sync_api import Browser, sync_playwright

IMAGES = Path(__file__).parent / "images"
SIZE = {"width": 1200, "height": 760}
SHOWN = {
    "home": "/",
    "search": "/search?q=%22whole-body+MRI%22+OR+diffusion",
    "paper": "/paper/990000059#references",
    "retracted": "/paper/990000051",
    "topic": "/topic/mibg-scan",
    "map": "/map?layout=force&works=45",
    "gaps": "/gaps",
    "evidence": "/search?topic=wbmri&topic=staging",
    "judged": "/paper/990000005#evidence",
    "cited": "/paper/990000047#cite",
    "integrity": "/integrity",
    "flow": "/runs",
    "queries": "/queries",
}
# Other pages, and what strains them: much text, hostile text, a very long title, nothing at all.
REVIEWED = SHOWN | {
    "exposed": "/paper/990000003",
    "hostile": "/paper/990000069",
    "long": "/paper/990000070",
    "bare": "/paper/990000071",
    "hub": "/work/pmid:990009001",
    "unresolved": "/work/ref:7b86337655a7b220",
    "papers": "/search",
    "strained": "/search?topic=neuroblastoma&type=Case+Reports",
    "nothing-found": "/search?q=zebrafish",
    "years": "/map",
    "missing": "/paper/990009001",
    "changes": "/changes",
    "best": "/topic/mri?sort=evidence",
    "tables": "/kb",
    "rows": "/kb/papers",
    "query": "/kb/retracted-corrected-exposed",
}
WINDOWS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1440, "height": 900}},
    "dark": {"viewport": {"width": 1200, "height": 800}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}},
}


@contextmanager
def specimen_site() -> Iterator[str]:
    """The address of `harvest demo --specimen`, served while the block runs."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "harvest.cli", "demo", "--specimen"]
        command += ["--dir", folder, "--port", "0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603
            try:
                yield _announced(server)
            finally:
                server.terminate()


def _announced(server: subprocess.Popen[str]) -> str:
    for line in server.stdout or ():
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            return found[0]
    raise click.ClickException("The demonstration ended before it could be asked; see above.")


@click.command()
@click.option(
    "--review",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Every page, whole, wide, dark and on a phone, into this folder.",
)
def main(folder: Path | None) -> None:
    """Picture the pages over the specimen corpus for docs/images/."""
    chromium = shutil.which("chromium")
    if not chromium:
        raise click.ClickException("Chromium is not there. On Debian: apt-get install chromium")
    with specimen_site() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        if folder is None:
            _take(browser, address, SHOWN, IMAGES / "{}.png", {"viewport": SIZE}, whole=False)
        else:
            for name, window in WINDOWS.items():
                picture = folder / f"{{}}-{name}.png"
                _take(browser, address, REVIEWED, picture, window, whole=True)
        browser.close()


def _take(
    browser: Browser,
    address: str,
    pages: dict[str, str],
    picture: Path,
    window: dict[str, Any],
    *,
    whole: bool,
) -> None:
    """One picture a page; ``picture`` has {} for the page's name."""
    page = browser.new_page(base_url=address, **window)
    for name, path in pages.items():
        page.goto(path)
        if name == "cited":
            page.locator("details:has-text('Other styles')").first.locator("summary").click()
        page.screenshot(path=str(picture).format(name), full_page=whole)


if __name__ == "__main__":
    main()
