"""The pages and their JSON: form, hits, marks, facets, pages, headers."""

from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from bs4 import BeautifulSoup

from indexer import address, query_string, search_from
from indexer.kinds import KINDS
from indexer.queries import UNKNOWN, Filters, Period, Search
from indexer.results import Duplicate
from tests.web_answers import DOCUMENT, HIT, KIND, Answers, client, page, words
from webapp import HEADERS, QUERY_STRING_BYTES, create_app


def test_the_front_page_is_the_form_and_the_newest_documents():
    soup = page("/")
    assert words(soup.h1) == "12 dokument"
    assert "De nyaste står först." in words(soup.main)
    assert soup.find("form", role="search")["action"] == "/sok"
    assert soup.find("input", {"name": "q"})["value"] == ""


def test_a_hit_is_shown_with_all_that_is_known():
    hit = page("/sok?q=3D-printing").select_one("ol.hits > li")
    assert hit.h2.a["href"] == "/dokument/https://region.example/nyhet/3d"
    assert [words(mark) for mark in hit.find_all("mark")] == ["3D-printing", "3D-printing"]
    assert hit.time["datetime"] == "2019-02-11"
    for text in ("11 februari 2019", "Region Örebro län", KINDS[KIND], "Mer 3D-printing i länet"):
        assert text in words(hit)
    original = hit.find("a", string="Läs originalet")
    assert original["href"] == HIT.url
    assert set(original["rel"]) == {"noopener", "noreferrer"}


def test_missing_words_and_other_publications_are_named():
    twin = Duplicate("b/2", "Karlskoga kommun", None)
    hit = replace(HIT, missing=("kvantdator", "vätgas"), duplicates=(twin,), published=None, regions=())
    shown = page("/sok?q=x", hits=(hit,)).select_one("ol.hits > li")
    assert "Saknar: kvantdator, vätgas" in words(shown)
    assert "okänt datum" in words(shown)
    assert shown.find("a", string="Karlskoga kommun")["href"] == "/dokument/b/2"


HEADINGS = [
    ({"total": 1}, "1 träff"),
    ({"total": 12345}, "12 345 träffar"),
    ({"total": 0, "total_relaxed": 17}, "Inga träffar med alla ord"),
    ({"total": 0, "hits": (), "pages": 1}, "Inga träffar"),
]


@pytest.mark.parametrize(("changes", "heading"), HEADINGS)
def test_the_heading_counts(changes, heading):
    assert words(page("/sok?q=a", **changes).h1) == heading


def test_no_hits_have_no_list_and_no_pages():
    soup = page("/sok?q=a", total=0, hits=(), pages=1)
    assert soup.ol is None
    assert soup.find("nav", {"aria-label": "Sidor"}) is None
    assert "sista sidan" not in words(soup.main)


def test_the_title_says_question_count_and_page():
    assert words(page("/sok?q=3D-printing&sida=2").title) == "3D-printing, 12 träffar, sida 2 av 2 – Regionsök"


def test_interpretation_notes_and_suggestion_are_said():
    soup = page("/sok?q=vtgas&region=xyz&ar=2019", suggestion="vätgas")
    assert "Så tolkades frågan: orden 3d och printing" in words(soup.main)
    assert [words(note) for note in soup.select("ul.notes li")] == [
        'Regionen "xyz" finns inte.',
        "En anmärkning.",
    ]
    assert search_from(parse_qsl(urlsplit(soup.find("a", string="vätgas")["href"]).query)) == (
        Search("vätgas", Filters(year=("2019",))),
        (),
    )


def sent(form):
    """What a browser would send of a form, unchanged."""
    fields = [
        (field["name"], field["value"])
        for field in form.find_all("input")
        if field.get("type") != "checkbox" or field.has_attr("checked")
    ]
    fields += [(field["name"], field.find("option", selected=True)["value"]) for field in form.find_all("select")]
    return urlencode(fields)


def test_the_form_sends_what_was_asked_once_more():
    period = Period("2018-01-01", "2019-12-31")
    chosen = Filters(("orebro-lan", "dalarnas-lan"), ("2019", UNKNOWN), ('A "B" & C',), (KIND,), period)
    asked = Search('"smart specialisering" <b>', chosen, "nyast", 1, 20)
    answers = Answers()
    browser = create_app(searcher=answers).test_client()
    form = BeautifulSoup(browser.get(address(asked)).text, "html.parser").form
    browser.get(f"{form['action']}?{sent(form)}")
    assert answers.asked == asked


def test_the_form_goes_back_to_the_first_page():
    assert "sida" not in dict(parse_qsl(sent(page("/sok?q=a&sida=2").form)))


def test_chosen_values_have_the_label_of_their_facet():
    form = page("/sok?region=orebro-lan").form
    assert words(form.find("label", {"for": "vald-1"})) == "Etikett orebro-lan"


def test_facets_are_nested_lists_of_links_that_toggle():
    soup = page("/sok?q=a&ar=2019&sida=2")
    inner = soup.find("nav", {"aria-labelledby": "avgransa-region"}).select("ul ul a")
    assert [link["href"] for link in inner] == ["/sok?q=a&region=orebro-lan&ar=2019"]
    chosen = soup.select('aside a[aria-current="true"]')
    assert [(words(link), link["href"]) for link in chosen] == [("Etikett 2019", "/sok?q=a")]
    assert words(chosen[0].parent) == "Etikett 2019 3 (vald)"
    assert soup.find(id="avgransa-kind") is None


PAGES = [
    (1, 1, {}),
    (1, 3, {"next": "2"}),
    (2, 3, {"prev": None, "next": "3"}),
    (3, 3, {"prev": "2"}),
    (9, 3, {}),
]


@pytest.mark.parametrize(("current", "pages", "expected"), PAGES)
def test_pages_link_to_their_neighbours_only(current, pages, expected):
    soup = page(f"/sok?q=a&sida={current}", pages=pages)
    links = {link["rel"][0]: link["href"] for link in soup.select('a[rel="prev"], a[rel="next"]')}
    read = {rel: dict(parse_qsl(urlsplit(href).query)) for rel, href in links.items()}
    assert {rel: found.get("sida") for rel, found in read.items()} == expected
    assert all(found["q"] == "a" for found in read.values())
    assert (f"Sida {current} av {pages}" in words(soup.main)) == (current <= pages and pages > 1)


def test_a_page_beyond_the_last_says_where_the_last_is():
    soup = page("/sok?q=a&sida=9", pages=3, hits=())
    assert soup.find("a", string="Till den sista sidan")["href"] == "/sok?q=a&sida=3"


def test_page_and_json_show_the_same_hits_and_notes():
    browser = client()
    parameters = "?q=3D-printing&region=xyz"
    found = browser.get("/sok.json" + parameters)
    soup = BeautifulSoup(browser.get("/sok" + parameters).text, "html.parser")
    assert found.mimetype == "application/json"
    assert "Örebro län".encode() in found.data
    links = ["/dokument/" + hit["id"] for hit in found.json["hits"]]
    assert [link["href"] for link in soup.select("ol.hits h2 a")] == links
    assert found.json["notes"] == [words(note) for note in soup.select("ul.notes li")]
    assert soup.find("link", rel="alternate")["href"] == "/sok.json?q=3D-printing"


def test_the_document_page_shows_text_facts_and_evidence():
    soup = page("/dokument/https://region.example/nyhet/3d")
    assert words(soup.h1) == DOCUMENT.title
    assert [str(part) for part in soup.article.find_all("p")] == [
        "<p>Första stycket<br/>andra raden</p>",
        "<p>Andra stycket</p>",
    ]
    facts = words(soup.dl)
    for text in ("februari 2019", "Publicerad: februari 2019", "4 mars 2019", "Örebro län satsar", "003.txt"):
        assert text in facts
    assert "Dalarnas" not in facts
    assert soup.find("a", string=DOCUMENT.url)["href"] == DOCUMENT.url


def test_the_document_page_links_to_its_json():
    browser = client()
    soup = BeautifulSoup(browser.get("/dokument/https://region.example/nyhet/3d").text, "html.parser")
    found = browser.get(soup.find("a", string="Dokumentet som JSON")["href"])
    assert found.status_code == 200
    assert found.json["title"] == DOCUMENT.title


STATES = [
    "/",
    "/sok?q=a&region=orebro-lan&region=xyz&ar=okant",
    "/sok?sida=2",
    "/dokument/" + DOCUMENT.id,
    "/saknas",
]


@pytest.mark.parametrize("path", STATES)
def test_every_page_is_well_built(path):
    soup = BeautifulSoup(client(suggestion="b").get(path).text, "html.parser")
    assert soup.html["lang"] == "sv" and soup.title.string.strip() and len(soup.find_all("h1")) == 1
    ids = [node["id"] for node in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))
    bound = {label["for"] for label in soup.find_all("label")}
    visible = [field for field in soup.select("input, select") if field.get("type") != "hidden"]
    assert {field["id"] for field in visible} == bound
    referred = {
        name
        for attribute in ("aria-labelledby", "aria-describedby")
        for node in soup.find_all(attrs={attribute: True})
        for name in node[attribute].split()
    }
    assert referred <= set(ids)
    assert all(child.name == "li" for part in soup.select("ul, ol") for child in part.find_all(recursive=False))
    assert not soup.select("script, style, [style]")
    assert all(node.name == "link" for node in soup.select("[rel=stylesheet]"))


@pytest.mark.parametrize("path", [*STATES, "/sok.json", "/static/stil.css", "/halsa", "/saknas.json"])
def test_every_answer_is_protected_and_sets_no_cookie(path):
    with client().get(path) as response:
        response.get_data()
    assert {name: response.headers[name] for name in HEADERS} == HEADERS
    assert len(response.headers.getlist("Content-Security-Policy")) == 1
    assert "Set-Cookie" not in response.headers


def test_query_string_of_the_page_equals_the_search():
    answers = Answers()
    asked = Search("vätgas", Filters(region=("orebro-lan",)), "aldst", 2, 5)
    create_app(searcher=answers).test_client().get("/sok?" + query_string(asked))
    assert answers.asked == asked


def test_health_is_plain_text():
    assert client().get("/halsa").text == "ok\n"


def test_query_strings_have_a_bound():
    assert client().get("/sok?q=" + "%C3%A5" * 5000).status_code == 200
    assert client().get("/sok?q=" + "a" * QUERY_STRING_BYTES).status_code == 414
