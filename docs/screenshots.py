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
from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).parent / "images"
SIZE = {"width": 1200, "height": 800}
SHOTS = {
    "home.png": "/",
    "search.png": "/search?q=%22whole-body+MRI%22+OR+diffusion",
    "paper.png": "/paper/36063183#references",
    "topic.png": "/topic/mibg-scan",
}


@contextmanager
def demo_site() -> Iterator[str]:
    """The address of the demonstration, served while the block runs."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "harvest.cli", "demo", "--dir", folder, "--port", "0"]
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
    with demo_site() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(base_url=address, viewport=SIZE)  # type: ignore[arg-type]
        for name, path in SHOTS.items():
            if not (response := page.goto(path)) or not response.ok:
                raise click.ClickException(f"{path}: the demonstration has no such page.")
            page.screenshot(path=IMAGES / name)
        browser.close()


if __name__ == "__main__":
    main()
