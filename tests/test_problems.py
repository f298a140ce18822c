"""What cannot be read of an address: a problem object for programs (RFC 9457), and for people an error at its field."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from bs4 import BeautifulSoup

from indexer import SEARCH_PARAMETERS
from tests.test_web import sent
from tests.web_answers import DOCUMENT, Answers, client, page, words
from webapp import create_app

PROGRAMS = [
    ("/sok.json?region=hogwarts", "region", "hogwarts", "orebro-lan"),
    ("/sok.json?q=a&ar=abc&sida=2", "ar", "abc", "okant"),
    ("/sok.json?q=a&page=2", "page", "2", "sida"),
    ("/sok.json?q=a&page=", "page", "", "sida"),
    ("/sok.json?fbclid=x", "fbclid", "x", "q"),
    ("/sok.json?q=a&utm_source=brev", "utm_source", "brev", "antal"),
    ("/sok.json?typ=dikt", "typ", "dikt", "nyhet"),
    ("/sok.json?namner=hogwarts", "namner", "hogwarts", "skane-lan"),
    ("/sok.json?fran=nyligen", "fran", "nyligen", "2019-03"),
    ("/sok.json?fran=2020&till=2019", "till", "2019", "2019"),
    ("/sok.json?sida=0", "sida", "0", "1–100000"),
    ("/sok.json?antal=500", "antal", "500", "1–100"),
    ("/sok.json?sortera=slump", "sortera", "slump", "nyast"),
    ("/sok.json?sida=1&sida=2", "sida", "2", None),
    ("/sok.json?forklara=1", "forklara", "1", "ja"),
    ("/forslag?q=a&region=skane-lan", "region", "skane-lan", "q"),
    ("/forslag?q=a&q=b", "q", "b", None),
    (f"/dokument/{DOCUMENT.id}.json?q=a", "q", "a", None),
    ("/trend.csv?q=a&region=hogwarts", "region", "hogwarts", "skane-lan"),
    ("/trend.csv?q=a&enhet=vecka", "enhet", "vecka", "manad"),
    ("/trend.csv?q=a&ar=2019", "ar", "2019", "enhet"),
]


@pytest.mark.parametrize(("path", "parameter", "value", "allowed"), PROGRAMS)
def test_a_program_is_told_which_parameter_and_what_is_allowed(path, parameter, value, allowed):
    answers = Answers()
    response = create_app(searcher=answers).test_client().get(path)
    assert (response.status_code, response.mimetype) == (400, "application/problem+json")
    said = response.json
    assert list(said) == ["type", "title", "status", "parameter", "value", "detail", "allowed", "errors"]
    assert (said["status"], said["title"]) == (400, "Adressen går inte att läsa")
    assert (said["parameter"], said["value"]) == (parameter, value)
    assert said["detail"].endswith(".") and (value in said["detail"] or parameter in said["detail"])
    assert allowed in said["allowed"] if allowed else said["allowed"] == []
    assert said["errors"][0] == {name: said[name] for name in ("parameter", "value", "detail", "allowed")}
    assert answers.asked is None, "nothing else is answered in its place"


def test_a_program_is_told_all_that_is_wrong_at_once_and_where_it_is_explained():
    browser = client()
    said = browser.get("/sok.json?page=2&size=10&region=x").json
    assert [error["parameter"] for error in said["errors"]] == ["page", "size"]
    kind = urlsplit(said["type"])
    manual = BeautifulSoup(browser.get(kind.path).text, "html.parser")
    assert [code.get_text() for code in manual.find(id=kind.fragment).find_next("p").find_all("code")] == [
        "/sok.json",
        *SEARCH_PARAMETERS,
    ]


@pytest.mark.parametrize("path", ["/sok.json?q=a", "/sok.json?region=+SKÅNE+&ar=2019&sortera=Nyast&dubbletter=visa"])
def test_what_can_be_read_is_answered(path):
    assert client().get(path).mimetype == "application/json"


FIELDS = [
    ("region=hogwarts", "hogwarts", "Regionen"),
    ("region=orebro-lan&region=hogwarts", "hogwarts", "Regionen"),
    ("namner=hogwarts", "hogwarts", "Länet"),
    ("typ=dikt", "dikt", "Typen"),
    ("ar=abc", "abc", "Året"),
    ("fran=nyligen", "nyligen", "Datumet"),
    ("till=2019-02-30", "2019-02-30", "Datumet"),
    ("fran=2020&till=2019", "2019", "Perioden"),
]


@pytest.mark.parametrize("start", ["/sok?", "/sok?q=energi&", "/?"])
@pytest.mark.parametrize(("parameters", "typed", "said"), FIELDS)
def test_a_page_says_it_at_the_field_and_shows_no_other_answer(start, parameters, typed, said):
    soup = page(f"{start}{parameters}&sida=3&fbclid=x&utm_source=y")
    (field,) = soup.select("#avgransa [aria-invalid=true]")
    assert (field["name"], field["value"]) == (parameters.split("&")[-1].split("=")[0], typed)
    described = [words(soup.find(id=id)) for id in field["aria-describedby"].split()]
    assert described[0].startswith(said) and soup.find("label", {"for": field["id"]})
    assert words(soup.find(id="antal")) == "Något i avgränsningen går inte att läsa"
    assert described[0] in [words(note) for note in soup.select("ul.notes li")]
    assert soup.select(".tools, link[rel=alternate]") == [] and words(soup.find(id="traffar")) == ""
    assert soup.find("details", id="avgransning").has_attr("open"), "the field is in sight on a telephone too"
    assert words(soup.select_one("#avgransa button .scripted")) == "träffarna", "nobody knows how many"
    assert "fbclid" not in str(soup)


@pytest.mark.parametrize("form", [0, 1], ids=["question", "filters"])
def test_what_was_typed_is_sent_again_until_it_is_mended(form):
    """A form that dropped it would show the unfiltered list after all."""
    for parameters, typed, _ in FIELDS:
        soup = page(f"/sok?q=energi&{parameters}&sortera=nyast&dubbletter=visa")
        again = parse_qsl(sent(soup.find_all("form")[form]))
        name = parameters.split("&")[-1].split("=")[0]
        assert typed[:4] in [value[:4] for key, value in again if key == name]
        assert {"sortera": "nyast", "dubbletter": "visa"}.items() <= dict(again).items()


@pytest.mark.parametrize("parameters", ["sida=abc", "antal=500", "sortera=slump", "sida=1&sida=2", "ordagrant=1"])
def test_what_leaves_the_set_of_hits_as_it_is_is_said_above_them(parameters):
    soup = page(f"/sok?q=energi&{parameters}")
    assert len(soup.select("ol.hits > li")) == 1 and len(soup.select("ul.notes li")) == 2


def test_pages_pass_over_names_that_are_not_ours_and_do_not_repeat_them():
    soup = page("/sok?q=energi&page=2&fbclid=x&utm_source=y")
    assert words(soup.find(id="antal")) == "12 träffar" and len(soup.select("ul.notes li")) == 1
    assert not any(name in str(soup) for name in ("fbclid", "utm_source", "page=2"))


def test_the_way_back_keeps_filters_order_and_page():
    asked = "?q=3D-printing&region=orebro-lan&ar=2019&fran=2018-01-01&sortera=nyast&sida=2&antal=20&dubbletter=visa"
    browser = client()
    hits = BeautifulSoup(browser.get(f"/sok{asked}").text, "html.parser")
    link = hits.select_one("ol.hits h3 a")["href"]
    document = BeautifulSoup(browser.get(link).text, "html.parser")
    assert document.select_one(".hint a")["href"] == f"/sok{asked}"
    assert page(f"/dokument/{DOCUMENT.id}?sida=3").select_one(".hint a")["href"] == "/sok?sida=3"
    assert page(f"/dokument/{DOCUMENT.id}?utm_source=x").select_one(".hint a") is None


def test_every_name_that_is_heard_holds_what_is_read():
    """WCAG 2.5.3: words in sight stand in the accessible name; no hidden or other name takes their place."""
    paths = ("/", "/sok?q=a&region=orebro-lan&fran=2019", f"/dokument/{DOCUMENT.id}?q=a", "/trend?region=x", "/hjalp")
    for path in paths:
        soup = page(path)
        for node in soup.select("a, button, summary, label:not(.quiet)"):
            seen = [text for text in node.find_all(string=re.compile(r"\S")) if not text.find_parent(class_="quiet")]
            assert not node.has_attr("aria-label") and not node.select("[aria-hidden=true]:not(svg)"), str(node)
            assert seen, str(node)
