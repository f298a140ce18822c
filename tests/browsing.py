"""A real server and a real Chromium for the tests that look at the pages as people do."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from indexer.indexing import build
from indexer.settings import Settings
from tests.conftest import lacking

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
OpenPage = Callable[..., Page]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
]


@contextmanager
def serving(settings: Settings, *options: str) -> Iterator[str]:
    """The address of `regionsok serve` on a free port, in a process of its own."""
    command = [sys.executable, "-m", "indexer", "serve", "--port", "0", *options]
    places = ["--corpus", str(settings.corpus), "--index", str(settings.index)]
    server = subprocess.Popen([*command, *places], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield server.stdout.readline().split()[-1]
    finally:
        server.terminate()
        server.wait(timeout=10)
        if server.stdout:
            server.stdout.close()


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A copy of the collection, so that a test may add to it."""
    folder = tmp_path_factory.mktemp("browser")
    shutil.copytree(CORPUS, folder / "corpus", ignore=shutil.ignore_patterns(".regionsok"))
    made = Settings(corpus=folder / "corpus", index=folder / "index")
    build(made)
    return made


@pytest.fixture(scope="module")
def site(settings: Settings) -> Iterator[str]:
    with serving(settings) as address:
        yield address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM:
        lacking("there is no Chromium (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, site: str) -> Iterator[OpenPage]:
    """Opens an address of the site in a fresh browser profile; a script error or a refused resource fails the test."""
    contexts, faults = [], []

    def opened(path: str, **options: object) -> Page:
        context = chromium.new_context(base_url=site, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        if path == "/dokument/":
            page.goto("/sok?q=region")
            page.locator("ol.hits h3 a").first.click()
        else:
            page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [fault for fault in faults if "404" not in fault] == []


def tab_to(page: Page, selector: str) -> int:
    """Press Tab until what is wanted has the focus; how often that was."""
    for times in range(1, 200):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return times
    raise AssertionError(f"{selector} cannot be reached with Tab")
