"""Help, about, statement, robots and the next step: what they promise is true."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from indexer import Filters, Search, Settings, address, gazetteer
from tests.web_answers import Answers, page, words
from webapp import create_app
from webapp.pages import next_step

OPERATORS = [
    '"',
    '="',
    "=",
    " ELLER ",
    " INTE ",
    "(",
    "+",
    "*",
    "~",
    '"~',
    "NÄRA/",
    "rubrik:",
    "region:",
    "år:",
    "källa:",
    "typ:",
]


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_operator_has_an_example(operator: str) -> None:
    assert any(operator in link.text for link in page("/hjalp").select(".examples dt a"))


def test_examples_are_links_with_how_they_are_read() -> None:
    soup = page("/hjalp")
    links = soup.select(".examples dt a")
    assert links and all(link["href"] == address(Search(link.text)) for link in links)
    assert all("12 träffar" in words(said) for said in soup.select(".examples .evidence"))


def test_about_and_statement_name_who_answers_for_the_service() -> None:
    settings = Settings(public_operator="Region X", public_contact="sok@x.example")
    browser = create_app(settings, searcher=Answers()).test_client()
    for path in ("/om", "/tillganglighet"):
        said = words(BeautifulSoup(browser.get(path).text, "html.parser").main)
        assert "Region X" in said and "sok@x.example" in said
    assert "ej granskad" in words(page("/tillganglighet").main)
    assert "12 dokument" in words(page("/om").main)


def test_robots_may_read_documents_but_not_answers() -> None:
    browser = create_app(searcher=Answers()).test_client()
    assert "Disallow: /sok\n" in browser.get("/robots.txt").text
    assert browser.get("/sok?q=a").headers["X-Robots-Tag"] == "noindex"
    assert "X-Robots-Tag" not in browser.get("/").headers


OREBRO = Filters(region=("orebro-lan",))
STEPS = [
    (Search("vätgas", Filters(year=("1950",))), {Search("vätgas"): 3}, "Sök utan filter (3 träffar)", Search("vätgas")),
    (Search("kvantdator energi"), {Search("energi"): 9}, "Sök bara efter ”energi” (9 träffar)", Search("energi")),
    (
        Search("energi bredband"),
        {Search("energi"): 9, Search("bredband"): 1},
        "Sök bara efter ”bredband” (1 träff)",
        Search("bredband"),
    ),
    (
        Search("kvantdator Ljusnarsberg"),
        {Search(filters=OREBRO): 4},
        "Visa det som handlar om Örebro län (4 träffar)",
        Search(filters=OREBRO),
    ),
    (Search("kvantdator"), {}, "Visa alla dokument", Search()),
    (Search('"'), {}, "Visa alla dokument", Search()),
]


@pytest.mark.parametrize(("asked", "counts", "link", "leads_to"), STEPS)
def test_where_nothing_is_found_one_step_leads_to_something(
    asked: Search, counts: dict[Search, int], link: str, leads_to: Search
) -> None:
    step = next_step(asked, lambda search: counts.get(search, 0))
    assert (step.link, step.url) == (link, address(leads_to))


def test_a_municipality_without_documents_is_said_to_lie_in_its_county() -> None:
    step = next_step(Search("kvantdator Ljusnarsberg"), lambda search: search == Search(filters=OREBRO))
    assert gazetteer.resolve("Ljusnarsberg") is not None
    assert step.sentence == "Ljusnarsbergs kommun ligger i Örebro län."


def test_a_next_step_says_thousands_as_all_numbers_are_said() -> None:
    step = next_step(Search("xyz", filters=OREBRO), lambda search: 26_405)
    assert step.link == "Sök utan filter (26\u00a0405 träffar)"
