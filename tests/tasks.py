"""Five things that people come for, done in Chromium as they would, and what each costs: `python -m tests.tasks` prints a table.

By mouse or by keyboard alone, wide or at 320 px, with JavaScript or without, over 10,000 real documents.
"""

from __future__ import annotations

import csv
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

import feedparser
import openpyxl
from playwright.sync_api import Browser, Page, expect, sync_playwright

from indexer.indexing import build
from indexer.indexing.curating import add
from indexer.settings import Settings
from tests.browsing import CHROMIUM, SWITCHES, serving
from tests.conftest import SHARED, news_lines

DOCUMENTS = 10_000
MANY = "regering"
"""A question that thousands have."""
COUNTIES = ("stockholms-lan", "skane-lan", "vastra-gotalands-lan")
LOGIN = "X-Remote-User"
WAYS: dict[str, dict[str, object]] = {
    "mouse, 1280 px": {"viewport": {"width": 1280, "height": 900}},
    "mouse, no JavaScript": {"viewport": {"width": 1280, "height": 900}, "java_script_enabled": False},
    "keyboard, 1280 px": {"viewport": {"width": 1280, "height": 900}},
    "keyboard, 320 px": {"viewport": {"width": 320, "height": 640}},
    "keyboard, 320 px, no JavaScript": {"viewport": {"width": 320, "height": 640}, "java_script_enabled": False},
}


@dataclass
class Walk:
    """One person's way through the pages: what is pressed, the tab stops on the way, and since when."""

    page: Page
    keyboard: bool
    folder: Path
    settings: Settings
    presses: int = 0
    stops: int = 0
    began: float = field(default_factory=time.monotonic)

    def press(self, selector: str) -> None:
        """Use the first link, button or choice of a selector."""
        self.presses += 1
        wanted = self.page.locator(selector).first
        if not self.keyboard:
            return wanted.click()
        self.reach(selector)
        is_choice = wanted.evaluate("node => node.matches('input[type=checkbox], summary')")
        self.page.keyboard.press("Space" if is_choice else "Enter")

    def reach(self, selector: str) -> None:
        """Press Tab until the first that a selector names has the focus."""
        wanted = self.page.locator(selector).first
        expect(wanted).to_be_visible()
        for _ in range(300):
            self.page.keyboard.press("Tab")
            self.stops += 1
            if wanted.evaluate("node => node === document.activeElement"):
                return
        raise AssertionError(f"{selector} cannot be reached with Tab")

    def type(self, selector: str, text: str) -> None:
        """Write in a field, in place of what stands there."""
        if self.keyboard:
            self.reach(selector)
        else:
            self.presses += 1
            self.page.locator(selector).first.click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def ask(self, question: str) -> int:
        """Ask from the start page; how many hits there are."""
        self.page.goto("/")
        self.type("#fraga", question)
        self.presses += 1
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/sok?**")
        words = self.page.locator("#antal").inner_text().replace("\u00a0", "").split()
        return int(words[0])

    def download(self, selector: str) -> Path:
        """Follow a link to a file; where that lies."""
        with self.page.expect_download() as begun:
            self.press(selector)
        target = self.folder / begun.value.suggested_filename
        begun.value.save_as(target)
        return target


def follow(walk: Walk) -> None:
    """Follow a question as a feed, come back when something has come, and see what is new, and only that."""
    walk.ask("vätgas")
    address = walk.page.locator("a[type='application/atom+xml']").first.get_attribute("href") or ""
    feed = feedparser.parse(urlopen(walk.page.evaluate("location.origin") + address).read())
    assert not feed.bozo
    seen, latest = {entry.id for entry in feed.entries}, feed.entries[0].updated
    name = f"ny-{walk.folder.name}"
    path = walk.folder / f"{name}.txt"
    path.write_text(f"Vätgas på väg, {name}\n\nEn {name} fabrik för vätgas byggs i Luleå.", encoding="utf-8")
    add(walk.settings, [str(path)], {})
    feed = feedparser.parse(urlopen(walk.page.evaluate("location.origin") + address).read())
    assert [entry.title for entry in feed.entries if entry.id not in seen] == [f"Vätgas på väg, {name}"]
    if walk.page.evaluate("document.querySelector('#spara') && !document.querySelector('#spara').hidden"):
        walk.page.reload()
        walk.press("#nytt")
    else:
        walk.page.goto(f"/sok?q=v%C3%A4tgas&sedan={latest.replace('+', '%2B')}")
    expect(walk.page.locator("#antal")).to_have_text("1 träff")
    expect(walk.page.locator("ol.hits h3")).to_have_text(f"Vätgas på väg, {name}")


def export(walk: Walk) -> None:
    """Take thousands of hits to a spreadsheet: as many rows as the page said, in its order."""
    total = walk.ask(MANY)
    assert total >= 2_600
    first = walk.page.locator("ol.hits h3").first.inner_text()
    with closing(openpyxl.load_workbook(walk.download("a[href*='/sok.xlsx']"), read_only=True)) as book:
        rows = [row for row in book.worksheets[0].iter_rows(values_only=True) if row[0] is not None]
    with walk.download("a[href*='/sok.csv']").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file, delimiter=";"))
    assert len(rows) == len(lines) == total + 1 and first in rows[1] and first in lines[1]


def cite(walk: Walk) -> None:
    """Cite the five best hits, each with its title and as much of its date as is known."""
    walk.ask("cirkulär ekonomi")
    for number in range(5):
        hit = walk.page.locator("ol.hits h3 a").nth(number)
        title = hit.inner_text()
        walk.press(f"ol.hits > li:nth-child({number + 1}) h3 a")
        walk.page.wait_for_url("**/dokument/**")
        walk.press("#citera > summary")
        expect(walk.page.locator("#citera dd").first).to_contain_text(title)
        walk.page.go_back()
        walk.page.wait_for_url("**/sok?**")


def compare(walk: Walk) -> None:
    """Compare three counties from 2015 to 2025; each number leads to as many hits."""
    walk.page.goto("/jamfor")
    walk.type("[name=q]", "energi")
    if not walk.page.locator(f"[name=region][value={COUNTIES[0]}]").is_visible():
        walk.press("form summary")
    for county in COUNTIES:
        walk.press(f"[name=region][value={county}]")
    for name, year in (("fran", "2015"), ("till", "2025")):
        walk.type(f"[name={name}]", year)
    walk.press("form button[type=submit]")
    walk.page.wait_for_url("**/jamfor?**")
    numbers = [link.inner_text() for link in walk.page.locator("table.sides td:nth-child(2) a").all()]
    assert len(numbers) == len(COUNTIES)
    walk.press("table.sides td:nth-child(2) a")
    walk.page.wait_for_url("**/sok?**")
    assert walk.page.locator("#antal").inner_text().split()[0] == numbers[0]


def correct(walk: Walk) -> None:
    """Set a date right behind a login, see it on the page, and take it back."""
    walk.page.set_extra_http_headers({LOGIN: "anna"})
    walk.ask("kommun")
    walk.press("ol.hits h3 a")
    walk.page.wait_for_url("**/dokument/**")
    before = walk.page.locator("#ratta").inner_text()
    walk.press("#ratta summary")
    walk.type("#ratta-datum", "2019-03")
    walk.type("#varfor-ratta", "enligt utgivaren")
    walk.presses += 1
    walk.page.keyboard.press("Enter")
    expect(walk.page.locator("body")).to_contain_text("mars 2019")
    expect(walk.page.locator("#ratta")).to_contain_text("av anna: enligt utgivaren")
    walk.press("#ratta button:has-text('Ångra')")
    expect(walk.page.locator("#ratta")).to_contain_text("Nu: som det lästes")
    assert "mars 2019" not in before


TASKS: dict[str, Callable[[Walk], None]] = {task.__name__: task for task in (follow, export, cite, compare, correct)}


@contextmanager
def walking(browser: Browser, site: str, settings: Settings, way: str) -> Iterator[Walk]:
    """A person at the pages of a service, in a fresh browser."""
    context = browser.new_context(base_url=site, **WAYS[way])  # type: ignore[arg-type]
    with tempfile.TemporaryDirectory() as folder:
        yield Walk(context.new_page(), way.startswith("keyboard"), Path(folder), settings)
    context.close()


@contextmanager
def served(corpus: Path, folder: Path) -> Iterator[tuple[str, Settings]]:
    """A service over a corpus where who comes by this machine's proxy may have logged in."""
    config = folder / "regionsok.toml"
    config.write_text(
        f'[public]\noperator = "Region Exempel"\ncontact = "sok@region.example"\nlogin_header = "{LOGIN}"\n'
        'trusted_proxies = ["127.0.0.1"]\n',
        encoding="utf-8",
    )
    settings = Settings(corpus=corpus, index=folder / "index")
    build(settings)
    with serving(settings, "--config", str(config)) as site:
        yield site, settings


def main() -> None:
    """Presses, tab stops and seconds of each task, on each way."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        lines = (line for line, _ in zip(news_lines(SHARED, DOCUMENTS), range(DOCUMENTS), strict=False))
        (corpus / "news.jsonl").write_text("".join(lines), encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        with served(corpus, Path(folder)) as (site, settings):
            for way in WAYS:
                for name, task in TASKS.items():
                    with walking(browser, site, settings, way) as walk:
                        task(walk)
                        seconds = round(time.monotonic() - walk.began, 1)
                        row = {"task": name, "way": way, "presses": walk.presses, "stops": walk.stops}
                        print(json.dumps(row | {"seconds": seconds}), flush=True)
        browser.close()


if __name__ == "__main__":
    main()
