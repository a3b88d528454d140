"""A real browser for the tests of pages: Chromium without a window, and no network."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser; the test is skipped where there is none.

    It ends with its module: while it runs, no other test could run an event loop of its own.
    """
    playwright = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("needs Chromium on the path")
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium: Any) -> Iterator[Any]:
    """A tab in which no script may fail and nothing may be asked of any other host; ``tab.faults`` collects both."""
    page = chromium.new_page(viewport={"width": 1400, "height": 1000}, accept_downloads=True)
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("console", lambda line: page.faults.append(line.text) if line.type == "error" else None)
    page.on("dialog", lambda dialog: (page.faults.append(dialog.message), dialog.dismiss()))

    def outside(request: Any) -> None:
        if not request.url.startswith(("file:", "data:", "blob:", "http://127.0.0.1")):
            page.faults.append(request.url)

    page.on("request", outside)
    yield page
    page.close()
    assert page.faults == []


def open_file(tab: Any, path: Path, selector: str) -> None:
    """Opens a page and waits until it shows something."""
    tab.goto(path.as_uri())
    tab.wait_for_selector(selector)
