"""A real Chromium and a real server over the specimens."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from serving import ROOT, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # The server as those see it to whom it has a name.
    "--host-resolver-rules=MAP *.example.org 127.0.0.1",
)
# Where npm put what CONTRIBUTING.md names.
PACKAGES = (ROOT / ".venv" / "npm" / "node_modules", Path(os.environ.get("NODE_PATH") or "."))


@pytest.fixture(scope="session")
def address(specimen: Path) -> Iterator[str]:
    with served(specimen) as found:
        yield found


# Of a module, not of the session: Playwright's event loop runs in this thread as long as it is
# there, and the tests of other modules have loops of their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    if CHROMIUM is None:
        pytest.skip("needs Chromium (Debian: chromium)")
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield chromium
        chromium.close()


@pytest.fixture(params=[1440, 360], ids=["wide", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    """A page that may neither complain nor ask another host for anything."""
    complaints: list[str] = []
    context = browser.new_context(
        base_url=address, viewport={"width": request.param, "height": 800}
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.on("console", lambda message: complaints.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    page.on("dialog", lambda dialog: complaints.append(f"{page.url}: {dialog.message}"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    yield page
    context.close()
    assert not complaints
    assert all(url.startswith(address) for url in asked), asked


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core, which judges whether a page can be used by everyone."""
    for folder in PACKAGES:
        script = folder / "axe-core" / "axe.min.js"
        if script.is_file():
            return script.read_text(encoding="utf-8")
    pytest.skip("needs axe-core: npm install --prefix .venv/npm axe-core")
