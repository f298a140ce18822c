"""python -m tests.pictures: every state of the pages at two widths, photographed into docs/pictures for the README and the eye."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from indexer.indexing import build
from indexer.settings import Settings
from tests.browsing import CHROMIUM, SWITCHES, serving

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "pictures"
WIDTHS = {"bred": 1280, "smal": 320}
DOCUMENT = "a document's page, found by its first hit"
STATES = {
    "start": "/",
    "traffar": "/sok?q=cirkulär+ekonomi",
    "avgransat": "/sok?q=region:dalarna+år:2018..2021",
    "inga-traffar": "/sok?q=kvantdator+Ljusnarsberg",
    "fel-datum": "/sok?q=energi&fran=nyligen",
    "hjalp": "/hjalp",
    "om": "/om",
    "tillganglighet": "/tillganglighet",
    "trend": "/trend?q=energi&q=vätgas&q=bredband",
    "jamfor": "/jamfor?q=energi&region=orebro-lan&region=dalarnas-lan",
    "tackning": "/tackning",
    "fel": "/saknas",
    "dokument": DOCUMENT,
}


def main() -> None:
    """Photograph the collection's pages, light and wide, light and narrow, and the hits in the dark."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as index, sync_playwright() as playwright:
        settings = Settings(corpus=ROOT / "corpus", index=Path(index))
        build(settings)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        with serving(settings) as address:
            for width, pixels in WIDTHS.items():
                for name, path in STATES.items():
                    photograph(browser, address, path, FOLDER / f"{name}-{width}.png", pixels)
            photograph(browser, address, STATES["traffar"], FOLDER / "traffar-mork.png", WIDTHS["bred"], dark=True)
        browser.close()


def photograph(browser: Browser, address: str, path: str, target: Path, width: int, dark: bool = False) -> None:
    """One page as it is seen without scrolling; the narrow ones from top to bottom."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light")
    if path == DOCUMENT:
        page.goto(address + STATES["traffar"])
        page.locator("ol.hits h3 a").first.click()
    else:
        page.goto(address + path)
    page.screenshot(path=target, full_page=width == WIDTHS["smal"])
    page.close()


if __name__ == "__main__":
    main()
