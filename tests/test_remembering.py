"""What the browser itself remembers, in a real Chromium: what is new since a question was last looked at, and saved questions."""

# ruff: noqa: F811 (fixtures are imported, and named as arguments)

from __future__ import annotations

import json
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

import webapp
from indexer.indexing.curating import add
from indexer.settings import Settings
from tests.browsing import OpenPage, chromium, open_page, settings, site  # noqa: F401 (fixtures)

KEPT = "() => Object.fromEntries(['besok', 'fragor'].map(name => [name, JSON.parse(localStorage.getItem(name)) || []]))"


def add_news(settings: Settings, folder: Path, number: int) -> None:
    source = folder / f"ny{number}.txt"
    source.write_text(
        f"Tunnelbygget nummer {number}\n\nTunnelbygget nummer {number} börjar i Örebro.", encoding="utf-8"
    )
    add(settings, [str(source)], {})


def look_at(page: Page, address: str) -> None:
    """And wait until the browser has remembered it."""
    with page.expect_response(lambda response: "/sok.atom" in response.url):
        page.goto(address)
    expect(page.locator("#spara")).to_be_visible()
    page.wait_for_function("() => JSON.parse(localStorage.getItem('besok') || '[]').length")


def test_what_is_new_since_last_time_is_a_link_and_a_saved_question_counts_it(
    open_page: OpenPage, settings: Settings, tmp_path: Path
) -> None:
    add_news(settings, tmp_path, 1)
    page = open_page("/om")
    look_at(page, "/sok?q=tunnelbygget&antal=20")
    expect(page.locator("#nytt")).to_be_hidden()
    page.get_by_label("Spara frågan i den här webbläsaren").fill("<b>Tunnlar</b>")
    page.get_by_role("button", name="Spara frågan").click()
    expect(page.locator("#spara .said")).to_contain_text("Sparad")
    add_news(settings, tmp_path, 2)
    page.goto("/")
    saved = page.locator("#sparade li")
    expect(saved).to_have_count(1)
    expect(saved.locator("a").first).to_have_text("<b>Tunnlar</b>")
    expect(saved.locator("a").nth(1)).to_have_text("1 ny sedan sist")
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    assert Axe().run(page).violations_count == 0
    saved.locator("a").first.click()
    expect(page.locator("#nytt")).to_have_text("1 ny sedan sist")
    page.locator("#nytt").click()
    expect(page.locator("#antal")).to_have_text("1 träff")
    expect(page.locator("ol.hits")).to_contain_text("Tunnelbygget nummer 2")
    expect(page.locator(".chosen")).to_contain_text("Nytt i Regionsök sedan")
    page.goto("/")
    expect(saved.locator("a").nth(1)).to_be_hidden()
    saved.get_by_role("button", name="Ta bort <b>Tunnlar</b>").click()
    expect(saved).to_have_count(0)
    expect(page.locator("#sparade [role=status]")).to_have_text("Frågan är borttagen.")


def test_a_filter_in_place_is_another_question_and_none_is_sent_to_the_service(open_page: OpenPage) -> None:
    page = open_page("/om")
    look_at(page, "/sok?q=region")
    with page.expect_response(lambda response: "/sok.atom" in response.url):
        page.locator(".tools a", has_text="Nyast först").click()
    with page.expect_response(lambda response: "/sok.atom" in response.url and "region=" in response.url):
        page.locator("#avgransa input[name=region]").first.check()
    page.wait_for_function("() => JSON.parse(localStorage.getItem('besok')).length === 2")
    (first, _), (second, _) = page.evaluate(KEPT)["besok"]
    assert first == "q=region" and second.startswith("q=region&region=")
    assert page.context.cookies() == []


def saved_file(page: Page, tmp_path: Path) -> Path:
    with page.expect_download() as download:
        page.get_by_role("button", name="Spara som fil").click()
    path = tmp_path / "fragor.json"
    download.value.save_as(path)
    return path


def test_saved_questions_go_to_another_browser_as_a_file_and_all_can_be_forgotten(
    open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page("/om")
    look_at(page, "/sok?q=energi&region=orebro-lan")
    page.get_by_role("button", name="Spara frågan").click()
    page.goto("/")
    path = saved_file(page, tmp_path)
    (question,) = json.loads(path.read_text(encoding="utf-8"))["fragor"]
    assert question["fraga"] == "/sok?q=energi&region=orebro-lan" and question["namn"] == "energi" and question["sedan"]
    other = open_page("/")
    other.locator("#sparade summary").click()
    other.set_input_files("#importera", path)
    expect(other.locator("#sparade li a").first).to_have_attribute("href", "/sok?q=energi&region=orebro-lan")
    assert other.evaluate(KEPT) == page.evaluate(KEPT)
    other.get_by_role("button", name="Glöm allt").click()
    expect(other.locator("#sparade li")).to_have_count(0)
    assert other.evaluate(KEPT) == {"besok": [], "fragor": []}


MARKUP = "<img src=x onerror=alert(1)>"
HOSTILE = {
    "no JSON": ("<html>", None),
    "no questions": ("{}", None),
    "null": ("null", None),
    "a string": ('{"fragor": "abc"}', 0),
    "a number among them": ('{"fragor": [5, null]}', None),
    "markup": (json.dumps({"fragor": [{"namn": MARKUP, "fraga": f"/sok?q={MARKUP}"}]}), 1),
    "a script's address": (json.dumps({"fragor": [{"namn": "x", "fraga": "javascript:alert(1)"}]}), 0),
    "a script's question": (json.dumps({"fragor": [{"namn": "x", "fraga": "javascript:alert(1)?q=a"}]}), 1),
    "another site": (json.dumps({"fragor": [{"namn": "x", "fraga": "https://elak.example/?q=a"}]}), 1),
    "no name": (json.dumps({"fragor": [{"namn": " ", "fraga": "/sok?q=a"}, {"namn": 5, "fraga": "/sok?q=b"}]}), 0),
    "no instant": (json.dumps({"fragor": [{"namn": "a", "fraga": "/sok?q=a", "sedan": "x&q=b"}]}), 1),
    "very many": (json.dumps({"fragor": [{"namn": f"n{n}", "fraga": f"/sok?q={n}"} for n in range(5000)]}), 200),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_text_or_nothing(open_page: OpenPage, tmp_path: Path, kind: str) -> None:
    content, count = HOSTILE[kind]
    path = tmp_path / "fragor.json"
    path.write_text(content, encoding="utf-8")
    page = open_page("/")
    page.on("dialog", lambda dialog: pytest.fail("a script of the file ran"))
    page.locator("#sparade summary").click()
    page.set_input_files("#importera", path)
    said = "Filen går inte att läsa" if count is None else "Frågorna i filen är sparade här."
    expect(page.locator("#sparade [role=status]")).to_contain_text(said)
    expect(page.locator("#sparade li")).to_have_count(count or 0)
    for link in page.locator("#sparade li a:visible").all()[:3]:
        assert (link.get_attribute("href") or "").startswith("/sok?")
    assert page.locator("#sparade li img").count() == 0
    assert page.evaluate(KEPT)["besok"] == []


def test_storage_that_holds_anything_or_is_refused_breaks_nothing(open_page: OpenPage) -> None:
    page = open_page("/om")
    page.evaluate("localStorage.setItem('besok', '{\"a\": 1}'); localStorage.setItem('fragor', 'x')")
    look_at(page, "/sok?q=region")
    page.goto("/")
    expect(page.locator("#sparade")).to_be_visible()
    expect(page.locator("#sparade li")).to_have_count(0)
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('refused') } })")
    page.goto("/sok?q=region")
    page.get_by_role("button", name="Spara frågan").click()
    expect(page.locator("#antal")).to_contain_text("träffar")


def test_without_javascript_nothing_of_it_is_seen_and_the_feed_is_a_link(open_page: OpenPage) -> None:
    page = open_page("/", java_script_enabled=False)
    expect(page.locator("#sparade")).to_be_hidden()
    page.goto("/sok?q=region&sedan=2026-01-01")
    expect(page.locator("#spara")).to_be_hidden()
    expect(page.locator("#nytt")).to_be_hidden()
    expect(page.get_by_role("link", name="Följ frågan (Atom)")).to_be_visible()
    page.get_by_label("Nytt i Regionsök sedan").fill("i förrgår")
    page.get_by_label("Nytt i Regionsök sedan").press("Enter")
    expect(page.locator("#sedan-fel")).to_be_visible()


def test_all_scripts_together_are_small() -> None:
    static = Path(webapp.__file__).parent / "static"
    assert sum(script.stat().st_size for script in static.glob("*.js")) < 15_000
