"""Changes in place: the panel of filters, what is swapped, where the reader stays, the way back, and from mark to mark."""

# ruff: noqa: F811 (fixtures are imported, and named as arguments)

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browsing import OpenPage, chromium, open_page, settings, site, tab_to  # noqa: F401 (fixtures)

TELEPHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
WIDE = {"viewport": {"width": 1280, "height": 900}}
OREBRO = "#avgransa input[name=region][value=orebro-lan]"


def requested(page: Page) -> list[str]:
    """The addresses that the page asks for from now on, as a list that grows."""
    found: list[str] = []
    page.on("request", lambda request: found.append(request.url))
    return found


def top_of(page: Page, selector: str) -> float:
    """Where an element stands in the window, in pixels."""
    return float(page.locator(selector).first.evaluate("node => node.getBoundingClientRect().top"))


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_the_filters_open_in_place_on_a_telephone(open_page: OpenPage, script: bool) -> None:
    page = open_page("/sok?q=region", java_script_enabled=script, **TELEPHONE)
    asked = requested(page)
    box = page.locator(OREBRO)
    expect(box).to_be_hidden()
    summary = page.locator("#avgransning > summary")
    assert summary.bounding_box()["y"] < 844, "within the first window"  # type: ignore[index]
    before = (top_of(page, "#avgransning > summary"), page.url)
    summary.tap()
    expect(box).to_be_visible()
    assert (top_of(page, "#avgransning > summary"), page.url) == before and asked == []
    expect(page.locator("#avgransa button")).to_be_in_viewport()
    page.locator("#namner-alla").scroll_into_view_if_needed()
    expect(page.locator("#avgransa button")).to_be_in_viewport()
    summary.tap()
    expect(box).to_be_hidden()
    expect(page.locator("ol.hits h3").first).to_be_in_viewport()


def test_the_panel_closes_with_the_count_said(open_page: OpenPage) -> None:
    page = open_page("/sok?q=region", **TELEPHONE)
    page.locator("#avgransning > summary").tap()
    page.locator(OREBRO).tap()
    expect(page).to_have_url(re.compile("region=orebro-lan"))
    expect(page.locator("#avgransning > summary")).to_have_text("Avgränsa träffarna (1 vald)")
    expect(page.locator("#avgransa button")).to_be_in_viewport()
    expect(page.get_by_role("button", name=f"Visa {page.locator('#antal').inner_text()}", exact=True)).to_be_visible()
    page.locator("#avgransa button").tap()
    expect(page.locator("#antal")).to_be_focused()
    expect(page.locator("#antal")).to_be_in_viewport()
    expect(page.locator(OREBRO)).to_be_hidden()
    page.evaluate("document.getElementById('status').textContent = ''")
    for _ in range(2):
        page.locator("#avgransning > summary").tap()
    expect(page.get_by_role("status")).to_have_text(page.locator("#antal").inner_text())


def test_without_script_the_count_is_what_one_lands_at(open_page: OpenPage) -> None:
    page = open_page("/sok?q=region", java_script_enabled=False, **TELEPHONE)
    page.locator("#avgransning > summary").tap()
    page.locator(OREBRO).tap()
    page.locator("#avgransa button").tap()
    expect(page).to_have_url(re.compile("region=orebro-lan.*#antal$"))
    expect(page.locator("#antal")).to_be_in_viewport()
    expect(page.locator(OREBRO)).to_be_hidden()


def test_what_cannot_be_read_opens_the_panel_at_once(open_page: OpenPage) -> None:
    page = open_page("/sok?q=region&region=hogwarts", java_script_enabled=False, **TELEPHONE)
    field = page.get_by_role("textbox", name="Region, som du skrev det")
    expect(field).to_be_visible()
    expect(field).to_have_accessible_description(re.compile('^Regionen "hogwarts" finns inte'))


STAYING = {
    "a box": OREBRO,
    "a year": "#ar-2023",
    "a date": "#till",
}
"""What is chosen, or for a date the field that one goes on to."""


@pytest.mark.parametrize(
    ("size", "choice"), [("telephone", "a box"), ("telephone", "a year"), *(("wide", choice) for choice in STAYING)]
)
def test_a_choice_keeps_the_reader_where_he_is(open_page: OpenPage, size: str, choice: str) -> None:
    """In the window and with the focus, though the chosen filters push everything below them down."""
    page = open_page("/sok?q=region", **(WIDE if size == "wide" else TELEPHONE))
    if size == "telephone":
        page.locator("#avgransning > summary").tap()
    chosen = page.locator(STAYING[choice])
    chosen.evaluate("node => scrollBy(0, node.getBoundingClientRect().top - 200)")
    before = top_of(page, STAYING[choice])
    if choice == "a date":
        page.locator("#fran").fill("2015")
        page.keyboard.press("Tab")
    else:
        chosen.click()
    expect(page.locator(".chosen li")).to_have_count(2)
    expect(chosen).to_be_focused()
    assert abs(top_of(page, STAYING[choice]) - before) < 2


def test_a_box_that_moves_out_of_a_lid_keeps_the_focus(open_page: OpenPage) -> None:
    page = open_page("/sok?q=region", **WIDE)
    page.locator("#namner-alla > summary").click()
    box = page.locator("#namner-alla input[name=namner]").first
    value = box.get_attribute("value")
    box.click()
    expect(page.locator(".chosen li")).to_have_count(2)
    expect(page.locator("fieldset > ul input[name=namner]")).to_have_value(str(value))
    assert page.evaluate("document.activeElement.value") == value
    page.keyboard.press("Space")
    expect(page.locator(".chosen li")).to_have_count(0)
    assert page.evaluate("document.activeElement.value") == value


def test_a_long_list_shows_what_has_the_typed_letters(open_page: OpenPage) -> None:
    page = open_page("/sok", **TELEPHONE)
    page.locator("#avgransning > summary").tap()
    page.locator("#region-fler > summary").tap()
    boxes = page.locator("#region-fler li")
    before = boxes.count()
    search = page.locator("#region-fler").get_by_label("Sök i listan")
    search.fill("LAND")
    expect(boxes.filter(visible=True)).not_to_have_count(before)
    assert all("land" in name.lower() for name in boxes.filter(visible=True).all_inner_texts())
    address = page.url
    search.press("Enter")
    expect(search).to_be_focused()
    assert page.url == address, "it is no choice"
    search.fill("")
    expect(boxes.filter(visible=True)).to_have_count(before)


def test_what_is_typed_while_an_answer_comes_is_kept(open_page: OpenPage) -> None:
    page = open_page("/sok?q=region", **WIDE)
    page.route("**/sok?*", lambda route: (page.locator("#fraga").fill("vätgas"), route.continue_()))
    page.locator(OREBRO).evaluate("box => { box.click(); document.getElementById('fraga').focus(); }")
    expect(page.locator(".chosen li")).to_have_count(2)
    expect(page.locator("#fraga")).to_have_value("vätgas")
    expect(page.locator("#fraga")).to_be_focused()


CHANGES: dict[str, Callable[[Page], None]] = {
    "a box": lambda page: page.locator(OREBRO).click(),
    "a year": lambda page: page.locator(".years a").first.click(),
    "the words as they stand": lambda page: page.locator(".notes a").click(),
    "not that synonym": lambda page: page.get_by_role("link", name="ta bort").click(),
    "an offer": lambda page: page.locator(".offers a").first.click(),
    "an order": lambda page: page.get_by_role("link", name="Äldst först").click(),
    "the next page": lambda page: page.get_by_role("link", name="Nästa sida").click(),
    "a page by its number": lambda page: page.get_by_role("link", name="2", exact=True).click(),
    "a size": lambda page: page.get_by_role("link", name="20", exact=True).click(),
    "a question": lambda page: (page.locator("#fraga").fill("energi"), page.keyboard.press("Enter")),
    "a question that names a filter": lambda page: (
        page.locator("#fraga").fill("år:2021"),
        page.keyboard.press("Enter"),
    ),
    "no hits": lambda page: (page.locator("#fraga").fill("kvantdator Ljusnarsberg"), page.keyboard.press("Enter")),
    "a date": lambda page: (page.locator("#fran").fill("2020"), page.keyboard.press("Enter")),
    "an unreadable date": lambda page: (page.locator("#fran").fill("nyligen"), page.keyboard.press("Enter")),
}
DOCUMENT = """() => {
  const copy = document.documentElement.cloneNode(true);
  copy.querySelectorAll("#status").forEach(node => node.replaceChildren());
  copy.querySelectorAll("#live").forEach(node => node.removeAttribute("aria-busy"));
  copy.querySelectorAll("details").forEach(node => node.removeAttribute("open"));
  copy.querySelectorAll("#fraga").forEach(node => { node.removeAttribute("value"); node.removeAttribute("list"); });
  copy.querySelectorAll("#forslag").forEach(node => node.replaceChildren());
  copy.querySelectorAll("link[rel=alternate]").forEach(node => copy.querySelector("head").append(node));
  return [copy.outerHTML.replace(/>\\s+/g, ">"), document.getElementById("fraga").value, document.title];
}"""
"""The whole document but for what is said, what a reader has opened, and what the box offers."""


STARTS = [
    ("/sok?q=region", change)
    for change in CHANGES
    if change not in ("an offer", "not that synonym", "the words as they stand")
]
STARTS += [("/sok?q=cirkulär+ekonomi", "not that synonym"), ("/sok?q=cirkulr+ekonomi", "the words as they stand")]
STARTS += [
    (f"/sok?q={question}", "the words as they stand") for question in ("utlysningar", "evenemang+sedan+2018+på+Gotland")
]
STARTS += [(f"/sok?q={question}", "an offer") for question in ("region+Skåne", "rapporter+om+industri")]
STARTS += [("/sok", change) for change in ("a box", "a question", "the next page")]
STARTS += [("/sok?q=region&region=dalarnas-lan&sortera=nyast&forklara=ja", change) for change in ("a box", "a year")]


@pytest.mark.parametrize(("start", "change"), STARTS)
def test_after_a_change_in_place_the_document_is_the_one_at_its_address(
    open_page: OpenPage, start: str, change: str
) -> None:
    page = open_page(start, **WIDE)
    page.evaluate("window.kept = true")
    address = page.url
    CHANGES[change](page)
    page.wait_for_function(
        "address => location.href !== address && !document.querySelector('[aria-busy]')", arg=address
    )
    changed = page.evaluate(DOCUMENT)
    assert page.evaluate("window.kept") is True
    page.goto(page.url)
    assert page.evaluate("window.kept") is None
    assert changed == page.evaluate(DOCUMENT)


def test_the_answer_as_json_and_its_reasons_follow_the_question(open_page: OpenPage) -> None:
    page = open_page("/sok?q=region", **WIDE)
    page.locator(OREBRO).click()
    for link in (
        page.get_by_role("link", name="JSON", exact=True),
        page.get_by_role("link", name="Varför just"),
    ):
        expect(link).to_have_attribute("href", re.compile("region=orebro-lan"))
    assert "region=orebro-lan" in str(page.locator("head link[type='application/json']").get_attribute("href"))


ANCHORS = ["Hoppa till innehållet", "Hoppa över avgränsningen"]


@pytest.mark.parametrize("name", ANCHORS)
def test_a_link_within_the_page_fetches_nothing_and_moves_no_focus_elsewhere(open_page: OpenPage, name: str) -> None:
    page = open_page("/sok?q=region", **WIDE)
    link = page.get_by_role("link", name=name)
    place = str(link.get_attribute("href"))
    asked = requested(page)
    tab_to(page, f"a[href='{place}']")
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator(place)).to_be_focused()
    page.go_back()
    page.go_forward()
    page.wait_for_timeout(200)
    assert asked == []
    expect(page.locator(place)).to_be_in_viewport()


def test_the_way_back_leads_to_where_the_page_was_scrolled(open_page: OpenPage) -> None:
    page = open_page("/sok?q=region", **WIDE)
    page.get_by_role("link", name="Nästa sida").scroll_into_view_if_needed()
    scrolled = page.evaluate("scrollY")
    page.get_by_role("link", name="Nästa sida").click()
    expect(page).to_have_url(re.compile("sida=2"))
    expect(page.locator("#antal")).to_be_in_viewport()
    page.go_back()
    expect(page.get_by_role("link", name="Föregående sida")).to_have_count(0)
    page.wait_for_function("scrolled => Math.abs(scrollY - scrolled) < 3", arg=scrolled)


def test_the_way_back_from_a_document_leads_to_the_changed_answer(open_page: OpenPage) -> None:
    page = open_page("/sok?q=region", **WIDE)
    page.locator(OREBRO).click()
    expect(page).to_have_url(re.compile("region=orebro-lan"))
    page.get_by_role("link", name="Nyast först").click()
    expect(page).to_have_url(re.compile("sortera=nyast"))
    address = page.url
    page.locator("ol.hits h3 a").first.click()
    page.get_by_role("link", name="Tillbaka till träffarna för region").click()
    assert page.url == address
    expect(page.locator(OREBRO)).to_be_checked()


@pytest.fixture
def marked(open_page: OpenPage) -> Callable[..., Page]:
    """Opens the document with the most marks of a common word."""

    def opened(**options: object) -> Page:
        page = open_page("/sok?q=region", **options)
        page.locator("ol.hits h3 a").first.click()
        return page

    return opened


def test_marks_are_walked_through_one_by_one_without_loading_anything(marked: Callable[..., Page]) -> None:
    page = marked(**TELEPHONE)
    count = page.locator(".text mark[id]").count()
    assert count >= 2
    page.wait_for_load_state("networkidle")  # until the script listens, a link is followed
    asked = requested(page)
    following, before = page.get_by_role("link", name="Nästa"), page.get_by_role("link", name="Föregående")
    expect(before).to_be_hidden()
    for number in range(2, count + 1):
        following.press("Enter")
        expect(page.locator("mark:target")).to_have_id(f"stalle-{number}")
        expect(page.locator("mark:target")).to_be_in_viewport()
        expect(page.get_by_role("status")).to_have_text(f"Markering {number} av {count}")
        assert f"stalle={number}#stalle-{number}" in page.url
    expect(following).to_be_hidden()
    expect(before).to_be_focused()
    before.press("Enter")
    expect(page.locator("mark:target")).to_have_id(f"stalle-{count - 1}")
    assert asked == []
    shown = page.locator(".places").inner_html()
    page.reload()
    assert page.locator(".places").inner_html() == shown, "what stands there is what the server says"
    page.go_back()
    expect(page.locator("#antal")).to_be_visible()


LINES = """all => Object.fromEntries(all.filter(node => node.offsetParent).map((node, index) => {
  const text = document.createRange();
  text.selectNodeContents(node.firstChild);
  return [index + " " + node.textContent, new Set([...text.getClientRects()].map(part => part.top)).size];
}))"""
"""What is counted -> on how many lines the count stands."""


def test_counts_stand_on_one_line(open_page: OpenPage) -> None:
    for size in (WIDE, TELEPHONE):
        page = open_page("/sok?q=", **size)
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        lines = page.locator(".count").evaluate_all(LINES)
        assert set(lines.values()) == {1} and len(lines) > 20
