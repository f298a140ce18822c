"""The pages and their JSON: form, hits, marks, facets, pages, headers."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from bs4 import BeautifulSoup
from msgspec.structs import replace

from indexer import address, gazetteer, query_string, search_from
from indexer.documents import Duplicate
from indexer.facets import UNKNOWN
from indexer.metadata.kinds import KINDS
from indexer.metadata.regions import Region
from indexer.queries import Filters, Period, Search
from indexer.results import FacetValue
from tests.web_answers import DOCUMENT, HIT, KIND, Answers, client, page, words
from webapp import HEADERS, QUERY_STRING_BYTES, create_app


def test_the_front_page_is_the_form_what_there_is_and_the_newest_documents():
    soup = page("/", facets={"region": (COUNTY,), "source": (SOURCE, replace(SOURCE, value=UNKNOWN))})
    assert words(soup.h1.label) == "Sök i nyheter om regional utveckling"
    assert soup.find("form", role="search")["action"] == "/sok"
    assert soup.find("input", {"name": "q"})["value"] == ""
    said = "Här finns 12 dokument från 1 källa om 1 av 21 län. Senast hämtat 3 februari 2026."
    assert words(soup.select_one(".held")).startswith(said)
    assert [link["href"] for link in soup.select(".newest h3 a")] == [f"/dokument/{HIT.id}"]
    assert soup.find("a", string="Visa alla 12 dokument, de nyaste först")["href"] == "/sok"
    assert soup.select("#live, #avgransa") == []


def test_the_front_page_names_every_county_by_name_and_links_those_with_documents():
    found = page("/", facets={"region": (COUNTY,), "source": ()}).select(".counties li")
    names = [words(county) for county in found]
    assert len(names) == 21 and names[0] == "Blekinge län 0" and names[-2:] == ["Örebro län 3", "Östergötlands län 0"]
    assert [link["href"] for county in found for link in county.select("a")] == ["/sok?region=orebro-lan"]


@pytest.mark.parametrize("path", ["/sok", "/?q=a", "/?region=orebro-lan", "/?sida=x"])
def test_what_is_asked_at_the_start_is_answered_and_all_can_be_leafed_through(path):
    assert len(page(path).select("#live ol.hits > li")) == 1


def test_a_hit_is_shown_with_all_that_is_known():
    hit = page("/sok?q=3D-printing").select_one("ol.hits > li")
    assert hit.h3.a["href"] == "/dokument/https://region.example/nyhet/3d?q=3D-printing"
    assert [words(mark) for mark in hit.find_all("mark")] == ["3D-printing", "3D-printing"]
    assert hit.time["datetime"] == "2019-02-11"
    for text in ("11 februari 2019", "Region Örebro län", KINDS[KIND], "Mer 3D-printing i länet"):
        assert text in words(hit)
    original = hit.select_one(".facts a")
    assert words(original) == "Region Örebro län (originalet)" and original["aria-describedby"] == hit.h3["id"]
    assert original["href"] == HIT.url
    assert set(original["rel"]) == {"noopener", "noreferrer"}


def test_missing_words_and_other_publications_are_named():
    twin = Duplicate("b/2", "Karlskoga kommun", None)
    hit = replace(HIT, missing=("kvantdator", "vätgas"), duplicates=(twin,), published=None, regions=())
    shown = page("/sok?q=x", hits=(hit,)).select_one("ol.hits > li")
    assert "Saknar: kvantdator, vätgas" in words(shown)
    assert "utan datum" in words(shown)
    assert shown.find("a", string="Karlskoga kommun")["href"] == "/dokument/b/2?q=x"


COUNTY = FacetValue("orebro-lan", "Örebro län", 3, False, "/sok?region=orebro-lan")
SOURCE = FacetValue("a", "a", 3, False, "/sok?kalla=a")
HEADINGS = [
    ({"total": 1}, "1 träff"),
    ({"total": 12345}, "12 345 träffar"),
    ({"total": 0, "total_partial": 17}, "Inga träffar med alla ord"),
    ({"total": 0, "hits": (), "pages": 1}, "Inga träffar"),
]


@pytest.mark.parametrize(("changes", "heading"), HEADINGS)
def test_the_heading_counts(changes, heading):
    assert words(page("/sok?q=a", **changes).find(id="antal")) == heading


def test_no_hits_have_no_list_and_no_pages():
    soup = page("/sok?q=a", total=0, hits=(), pages=1)
    assert soup.ol is None
    assert soup.find("nav", {"aria-label": "Sidor"}) is None
    assert "sista sidan" not in words(soup.main)


def test_the_title_says_question_count_and_page():
    assert words(page("/sok?q=3D-printing&sida=2").title) == "3D-printing, 12 träffar, sida 2 av 2 – Regionsök"


def test_interpretation_notes_and_suggestion_are_said():
    soup = page("/sok?q=vtgas&sida=xyz&ar=2019", suggestion="vätgas")
    assert words(soup.find(id="tolkning")) == "Så tolkades frågan orden 3d och printing"
    assert [words(note) for note in soup.select("ul.notes li")] == [
        'Sidnumret "xyz" går inte att läsa; skriv ett tal från 1 till 100000. 1 gäller i stället.',
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
        for field in form.find_all("input", {"name": True})
        if field.get("type") != "checkbox" or field.has_attr("checked")
    ]
    fields += [(field["name"], field.find("option", selected=True)["value"]) for field in form.find_all("select")]
    return urlencode(fields)


def test_the_form_sends_what_was_asked_once_more():
    period = Period("2018-01-01", "2019-12-31")
    counties = ("orebro-lan", "dalarnas-lan")
    chosen = Filters(period, region=counties, year=("2019", UNKNOWN), source=('A "B" & C',), kind=(KIND,))
    asked = Search('"smart specialisering" <b>', chosen, "nyast", 1, 20)
    answers = Answers()
    browser = create_app(searcher=answers).test_client()
    form = BeautifulSoup(browser.get(address(asked)).text, "html.parser").form
    browser.get(f"{form['action']}?{sent(form)}")
    assert answers.asked == asked


def test_the_forms_go_back_to_the_first_page():
    for form in page("/sok?q=a&sida=2").find_all("form"):
        assert "sida" not in dict(parse_qsl(sent(form)))


def test_the_facet_form_sends_what_is_chosen_once_more():
    asked = Search(
        "a", Filters(region=("orebro-lan",), year=("2019",), period=Period("2018-01-01", "2019-12-31")), "nyast"
    )
    answers = Answers()
    browser = create_app(searcher=answers).test_client()
    form = BeautifulSoup(browser.get(address(asked)).text, "html.parser").find("form", id="avgransa")
    assert form["action"] == "/sok#antal"
    browser.get(f"/sok?{sent(form)}")
    assert answers.asked == asked


def test_chosen_filters_have_the_label_of_their_facet_and_a_way_back():
    soup = page("/sok?q=a&region=orebro-lan&fran=2019-03&sida=2")
    links = {words(link): link["href"] for link in soup.select(".chosen a")}
    assert links == {
        "Ta bort Örebro län": "/sok?q=a&fran=2019-03-01",
        "Ta bort Från 1 mars 2019": "/sok?q=a&region=orebro-lan",
        "Rensa alla": "/sok?q=a",
    }


def test_facets_are_checkboxes_with_their_counts_and_what_is_chosen_is_first():
    form = page("/sok?q=a&region=orebro-lan&sida=2").find("form", id="avgransa")
    assert [words(legend) for legend in form.find_all("legend")] == ["Region", "Tid", "Källa"]
    first = form.select_one("fieldset > ul input")
    assert (first["name"], first["value"], first.has_attr("checked")) == ("region", "orebro-lan", True)
    assert words(first.find_parent("label")) == "Etikett orebro-lan 3"
    assert [words(lid.summary) for lid in form.select("fieldset > details")] == ["Riksområden"]


def test_long_facets_are_shortened_but_what_is_chosen_is_shown_first():
    values = tuple(FacetValue(f"k{n}", f"k{n}", 1, n == 29, "/sok") for n in range(30))
    group = page("/sok?q=a", facets={"kind": values}).find_all("fieldset")[1]
    behind = group.select("fieldset > details input[type=checkbox]")
    shown = [field["value"] for field in group.select("input[type=checkbox]") if field not in behind]
    assert shown == ["k29", *(f"k{n}" for n in range(8))]
    assert words(group.summary) == "Visa 21 till"
    assert len(behind) == 21 and group.select_one("details input[type=search]")


def test_the_fullest_sources_are_in_sight_and_listed_by_name():
    names = ["Östersund", "Örebro", "Ängelholm", "Åre", "zon", "Borås", "Arjeplog", "Västerås", "Alingsås", "Kalmar"]
    values = tuple(FacetValue(name, name, 20 - at, False, "/sok") for at, name in enumerate(names))
    group = page("/sok?q=a", facets={"source": values}).find_all("fieldset")[1]
    shown = [field["value"] for field in group.select("input[type=checkbox]")]
    assert shown[:8] == ["Arjeplog", "Borås", "Västerås", "zon", "Åre", "Ängelholm", "Örebro", "Östersund"]
    assert shown[8:] == ["Alingsås", "Kalmar"]


def test_counties_are_in_sight_and_the_areas_and_municipalities_of_each_behind_lids():
    found = {
        name: FacetValue(name, gazetteer.label(name), 2, False, "/sok") for name in ("karlskoga-kommun", "hela-landet")
    }
    county = FacetValue("orebro-lan", "Örebro län", 3, False, "/sok", (found["karlskoga-kommun"],))
    area = FacetValue("ostra-mellansverige", "Östra Mellansverige", 4, False, "/sok", (county,))
    group = page("/sok?q=a", facets={"region": (area, found["hela-landet"])}).find("fieldset")
    assert [words(label) for label in group.select("fieldset > ul label")] == ["Örebro län 3", "Hela landet 2"]
    lids = {words(lid.summary): [words(label) for label in lid.find_all("label")] for lid in group.find_all("details")}
    assert lids == {"Riksområden": ["Östra Mellansverige 4"], "Kommuner": ["Karlskoga kommun 2"]}


def test_years_are_a_table_with_a_bar_a_number_and_a_link_that_toggles():
    years = (("2021", 40), ("2019", 3), (UNKNOWN, 10))
    values = tuple(FacetValue(value, value, count, value == "2019", f"/sok?{value}") for value, count in years)
    rows = page("/sok?q=a", facets={"year": values}).select("table.years tbody tr")
    shown = [(words(row.th), row.span["class"][1], words(row.select_one(".count"))) for row in rows]
    assert shown == [("2021", "b20", "40"), ("2020", "b0", "0"), ("2019", "b2", "3 (valt)"), (UNKNOWN, "b5", "10")]
    assert [row.a and row.a.get("aria-current") for row in rows] == [None, None, "true", None]
    assert rows[1].a is None


def test_a_chosen_year_shows_all_of_its_twelve_months():
    months = [f"2019-{month:02d}" for month in range(1, 13)]
    children = tuple(FacetValue(month, month, 2, False, f"/sok?{month}") for month in months)
    year = FacetValue("2019", "2019", 24, True, "/sok?2019", children)
    rows = page("/sok?q=a", facets={"year": (year,)}).select("table.years")[0].select("tbody tr")
    assert [(words(row.th), row.span["class"][1]) for row in rows] == [(month, "b20") for month in months]


DATE_FIELDS = [
    ("fran=2019&till=2019", "2019", "2019", "Läst som 1 januari 2019 till 31 december 2019."),
    ("fran=12/3 2019", "2019-03-12", "", "Läst som från och med 12 mars 2019."),
    ("till=2019-03", "", "2019-03-31", "Läst som till och med 31 mars 2019."),
    ("q=a", "", "", "Skriv till exempel 2019, 2019-03 eller 12/3 2019."),
]


@pytest.mark.parametrize(("typed", "first", "last", "said"), DATE_FIELDS)
def test_dates_say_what_they_were_read_as(typed, first, last, said):
    soup = page(f"/sok?{typed}")
    assert (soup.find(id="fran")["value"], soup.find(id="till")["value"]) == (first, last)
    assert words(soup.find(id="tid-hjalp")) == said


def test_since_when_is_a_field_and_a_chosen_filter_that_can_be_taken_away():
    soup = page("/sok?q=a&fran=2019&sedan=2026-11-18T08:30:00Z")
    assert soup.find(id="sedan")["value"] == "2026-11-18T08:30:00Z"
    links = {words(link): link["href"] for link in soup.select(".chosen a")}
    since = "Ta bort Nytt i Regionsök sedan 18 november 2026 kl. 09.30"
    assert links[since] == "/sok?q=a&fran=2019-01-01"
    assert links["Ta bort Från 1 januari 2019"] == "/sok?q=a&sedan=2026-11-18T08%3A30%3A00Z"
    orders = {words(link): link["href"] for link in soup.select(".tools a")}
    assert orders["Senast inkommet"].endswith("&sortera=inkommet")
    assert "Senast inkommet" not in words(page("/sok?q=a").select_one(".tools"))
    faulty = page("/sok?q=a&sedan=nyss").find(id="sedan")
    assert (faulty["value"], faulty["aria-invalid"]) == ("nyss", "true")


def test_an_unreadable_date_stays_in_its_field_with_the_error_beside_it():
    soup = page("/sok?q=a&fran=nyligen&till=2019")
    field = soup.find(id="fran")
    assert (field["value"], field["aria-invalid"], field["aria-describedby"]) == (
        "nyligen",
        "true",
        "fran-fel tid-hjalp",
    )
    assert words(soup.find(id="fran-fel")).startswith('Datumet "nyligen" går inte att läsa; skriv till exempel 2019,')
    assert soup.find(id="till").get("aria-invalid") is None


def test_orders_are_links_and_the_one_in_force_is_marked():
    found = {
        words(link): (link["href"], link.get("aria-current"))
        for link in page("/sok?q=a&sortera=nyast").select(".tools a")
    }
    assert found == {
        "Relevans": ("/sok?q=a", None),
        "Nyast först": ("/sok?q=a&sortera=nyast", "true"),
        "Äldst först": ("/sok?q=a&sortera=aldst", None),
    }
    assert [words(link) for link in page("/sok").select(".tools a")] == ["Nyast först", "Äldst först"]


ORIGINALS = [
    ({"rights": "egen"}, "Region Örebro län (originalet) · Typ · Sammanfattning"),
    ({"rights": "myndighet"}, "Region Örebro län (originalet) · Typ"),
    ({"source": None, "fetched": "2024-03-12"}, "Läs originalet · hämtat 12 mars 2024 · Typ"),
    ({"rights": "egen", "url": None, "kind": None}, "Region Örebro län"),
    ({"url": "javascript:alert(1)", "kind": None, "source": None}, ""),
]


@pytest.mark.parametrize(("changes", "said"), ORIGINALS)
def test_the_source_leads_to_the_original_and_a_summary_says_that_it_is_one(changes, said):
    shown = page("/sok?q=a", hits=(replace(HIT, regions=(), **changes),)).select_one(".hits .facts")
    parts = [words(part) for part in shown.find_all("span", recursive=False)]
    assert " · ".join(parts).replace(KINDS[KIND], "Typ") == said
    assert words(shown.b) == "11 februari 2019"
    assert [link["href"] for link in shown.find_all("a")] == [HIT.url] * ("original" in said)


def test_what_is_said_of_an_answer_stands_in_a_line_with_the_count_and_in_full_below_it():
    """Synonyms and partial matches in short beside the hits; with no hits, and all else always, in sight as sentences."""
    asides = ("Söker också efter ”additiv tillverkning” för ”3D-printing”.", "5 dokument följer efter träffarna.")
    changes = {"besides": ("additiv tillverkning",), "asides": asides, "notes": ("Frågan är lång.", *asides)}
    soup = page("/sok?q=3D-printing", total_partial=5, widened=True, **changes)
    assert [words(part) for part in soup.select(".gist > p")] == [
        "även additiv tillverkning (ta bort)",
        "följda av 5 som nästan passar",
    ]
    assert soup.find("a", string="ta bort")["href"] == "/sok?q=3D-printing&ordagrant=ja"
    lid = words(soup.find("details", id="tolkning"))
    assert all(aside in lid for aside in asides) and "Sök bara efter orden som de står" in lid
    assert [words(note) for note in soup.select("ul.notes li")] == ["Frågan är lång."]
    corrected = page("/sok?q=3D-printing", suggestion="3D-printing", query="3D-pritning", **changes)
    assert corrected.find("a", string="ta bort")["href"] == "/sok?q=3D-printing&ordagrant=ja", "not the misspelt word"
    instead = corrected.find("a", string="Sök i stället efter 3D-pritning")
    assert instead["href"] == "/sok?q=3D-pritning&ordagrant=ja"
    nothing = page("/sok?q=3D-printing", total=0, total_partial=5, **changes)
    assert [words(note) for note in nothing.select("ul.notes li")] == list(changes["notes"])
    assert nothing.select(".gist > p") == []


PAGES = [
    (1, 1, {}, []),
    (1, 3, {"next": "2"}, ["[1]", "2", "3"]),
    (2, 3, {"prev": None, "next": "3"}, ["1", "[2]", "3"]),
    (3, 3, {"prev": "2"}, ["1", "2", "[3]"]),
    (7, 12000, {"prev": "6", "next": "8"}, ["1", "…", "6", "[7]", "8", "…", "12 000"]),
    (4, 6, {"prev": "3", "next": "5"}, ["1", "2", "3", "[4]", "5", "6"]),
]


@pytest.mark.parametrize(("current", "pages", "expected", "numbers"), PAGES)
def test_pages_link_to_their_neighbours_and_by_number(current, pages, expected, numbers):
    soup = page(f"/sok?q=a&sida={current}", pages=pages)
    links = {link["rel"][0]: link["href"] for link in soup.select('a[rel="prev"], a[rel="next"]')}
    read = {rel: dict(parse_qsl(urlsplit(href).query)) for rel, href in links.items()}
    assert {rel: found.get("sida") for rel, found in read.items()} == expected
    assert all(found["q"] == "a" for found in read.values())
    ways = [way for way in soup.select(".pages ul:not([aria-labelledby]) :is(a, span)") if not way.get("rel")]
    assert [f"[{words(way)}]" if way.get("aria-current") == "page" else words(way) for way in ways] == numbers
    for way in (way for way in ways if way.name == "a"):
        number = re.sub(r"\D", "", way.get_text())
        assert way["href"] == "/sok?q=a" + (f"&sida={number}" if number != "1" else "")


def test_a_size_is_chosen_from_the_first_page_on_and_leaves_the_rest_as_it_is():
    sizes = page("/sok?q=a&region=orebro-lan&antal=20&sida=2").select(".pages [aria-labelledby=storlek] a")
    assert {words(size): (size["href"], size.get("aria-current")) for size in sizes} == {
        "10": ("/sok?q=a&region=orebro-lan", None),
        "20": ("/sok?q=a&region=orebro-lan&antal=20", "true"),
        "50": ("/sok?q=a&region=orebro-lan&antal=50", None),
        "100": ("/sok?q=a&region=orebro-lan&antal=100", None),
    }
    assert page("/sok?q=a", total=10, pages=1).select(".pages") == [], "all are in sight"


def test_a_page_beyond_the_last_says_where_the_last_is():
    soup = page("/sok?q=a&sida=9", pages=3, hits=())
    assert soup.find("a", string="Till den sista sidan")["href"] == "/sok?q=a&sida=3" and soup.select(".pages") == []


def test_page_and_json_show_the_same_hits_and_notes():
    browser = client()
    parameters = "?q=3D-printing"
    found = browser.get("/sok.json" + parameters)
    soup = BeautifulSoup(browser.get("/sok" + parameters).text, "html.parser")
    assert found.mimetype == "application/json"
    assert "Örebro län".encode() in found.data
    links = ["/dokument/" + hit["id"] for hit in found.json["hits"]]
    assert [link["href"] for link in soup.select("ol.hits h3 a")] == [f"{link}?q=3D-printing" for link in links]
    assert found.json["notes"] == [words(note) for note in soup.select("ul.notes li")]
    assert soup.find("link", rel="alternate")["href"] == "/sok.json?q=3D-printing"


def test_the_document_page_shows_text_facts_and_evidence():
    soup = page("/dokument/https://region.example/nyhet/3d")
    assert words(soup.h1) == DOCUMENT.title
    assert [str(part) for part in soup.select(".text p")] == [
        "<p>Första stycket<br/>andra raden</p>",
        "<p>Andra stycket</p>",
    ]
    facts = words(soup.dl)
    for text in ("februari 2019", "Publicerad: februari 2019", "4 mars 2019", "Örebro län satsar", "003.txt"):
        assert text in facts
    assert "Nämner också Dalarnas län" in facts
    assert soup.find("a", string=DOCUMENT.url)["href"] == DOCUMENT.url


def test_facts_are_folded_after_ten_and_none_is_lost():
    places = [Region(value=f"r{at}", label=f"Län {at}", weight=0.1, evidence="nämns", about=False) for at in range(12)]
    full = {"url": "javascript:alert(1)", "language": "sv", "publisher_region": "orebro-lan", "rights": "egen"}
    document = replace(DOCUMENT, regions=tuple(places), fetched="2026-02-03", **full)
    path = "/dokument/" + DOCUMENT.id
    facts = BeautifulSoup(create_app(searcher=Answers(document)).test_client().get(path).text, "html.parser").select(
        ".metadata"
    )[0]
    facts.find(id="citera").decompose()
    seen, folded = facts.find_all("dl")
    assert len(seen.find_all("dt")) == 10 and [words(name) for name in folded.find_all("dt")][-1] == "Fil i samlingen"
    assert words(folded.find_parent("details").summary) == "Visa 3 uppgifter till"
    assert all(f"Län {at} Belägg: nämns" in words(seen) for at in range(12))
    assert words(seen.summary) == "Visa 2 till"
    assert [link["href"] for link in facts.find_all("a")] == [path + ".json"]


def test_the_words_of_the_question_are_marked_with_a_way_between_them():
    path = "/dokument/https://region.example/nyhet/3d"
    answers = Answers()
    answers.marked = ((0, 6), (15, 20))
    browser = create_app(searcher=answers).test_client()
    soup = BeautifulSoup(browser.get(f"{path}?q=stycke").text, "html.parser")
    assert [(mark["id"], words(mark)) for mark in soup.select(".text mark")] == [
        ("stalle-1", "Första"),
        ("stalle-2", "andra"),
    ]
    assert words(soup.select_one(".places p")) == "Markering 1 av 2"
    assert soup.find("a", string="Nästa")["href"] == f"{path}?q=stycke&stalle=2#stalle-2"
    assert [way.has_attr("hidden") for way in soup.select(".places li")] == [True, False, False]
    last = BeautifulSoup(browser.get(f"{path}?q=stycke&stalle=2").text, "html.parser")
    assert last.find("a", string="Föregående")["href"] == f"{path}?q=stycke&stalle=1#stalle-1"
    assert [way.has_attr("hidden") for way in last.select(".places li")] == [False, False, True]
    assert last.select_one(".hint a")["href"] == "/sok?q=stycke"


def test_the_document_page_links_to_its_json():
    browser = client()
    soup = BeautifulSoup(browser.get("/dokument/https://region.example/nyhet/3d").text, "html.parser")
    found = browser.get(soup.find("a", string="Dokumentet som JSON")["href"])
    assert found.status_code == 200
    assert found.json["title"] == DOCUMENT.title


STATES = [
    "/",
    "/sok",
    "/sok?q=a&region=orebro-lan&region=xyz&ar=okant",
    "/sok?sida=2",
    "/dokument/" + DOCUMENT.id,
    "/saknas",
    "/om",
    "/hjalp",
    "/tillganglighet",
    "/utvecklare",
]


@pytest.mark.parametrize("path", STATES)
def test_every_page_is_well_built(path):
    soup = BeautifulSoup(client(suggestion="b").get(path).text, "html.parser")
    assert soup.html["lang"] == "sv" and soup.title.string.strip() and len(soup.find_all("h1")) == 1
    ids = [node["id"] for node in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))
    bound = {label["for"] for label in soup.find_all("label", {"for": True})}
    visible = [
        field for field in soup.select("input") if field.get("type") != "hidden" and not field.find_parent("label")
    ]
    assert {field["id"] for field in visible} == bound
    referred = {
        name
        for attribute in ("aria-labelledby", "aria-describedby")
        for node in soup.find_all(attrs={attribute: True})
        for name in node[attribute].split()
    }
    assert referred <= set(ids)
    assert all(child.name == "li" for part in soup.select("ul, ol") for child in part.find_all(recursive=False))
    assert [node.get("src") for node in soup.select("script:not([type='application/ld+json'])")] == ["/static/sok.js"]
    assert not soup.select("style, [style]")
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
    assert client().get("/halsa").text == "ok\noffentlig: nej\n"


def test_query_strings_have_a_bound():
    assert client().get("/sok?q=" + "%C3%A5" * 5000).status_code == 200
    assert client().get("/sok?q=" + "a" * QUERY_STRING_BYTES).status_code == 414
