"""Take the pictures of docs/images/ from the demonstration's pages: python -m docs.screenshots

Needs Chromium.
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

import click
from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).parent / "images"
SIZE = {"width": 1200, "height": 800}
# By the options of `harvest demo`: what shows real papers, and what no real paper here can show.
SHOTS: dict[tuple[str, ...], dict[str, str]] = {
    (): {
        "home.png": "/",
        "search.png": "/search?q=%22whole-body+MRI%22+OR+diffusion",
        "paper.png": "/paper/36063183#references",
        "topic.png": "/topic/mibg-scan",
    },
    ("--specimen",): {"retracted.png": "/paper/990000051"},
}


@contextmanager
def demo_site(*options: str) -> Iterator[str]:
    """The address of a demonstration, served while the block runs."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "harvest.cli", "demo", "--dir", folder, "--port", "0"]
        command += options
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
def main() -> None:
    """Take the pictures of docs/images/ from the demonstration's pages."""
    chromium = shutil.which("chromium")
    if not chromium:
        raise click.ClickException("Chromium is not there. On Debian: apt-get install chromium")
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        for options, shots in SHOTS.items():
            with demo_site(*options) as address:
                page = browser.new_page(base_url=address, viewport=SIZE)  # type: ignore[arg-type]
                for name, path in shots.items():
                    _take(page, path, IMAGES / name)
        browser.close()


def _take(page: Page, path: str, picture: Path) -> None:
    if not (response := page.goto(path)) or not response.ok:
        raise click.ClickException(f"{path}: the demonstration has no such page.")
    page.screenshot(path=picture)


if __name__ == "__main__":
    main()
