"""Comparison: every number leads to as many hits, words mark what they should, and files say what the pages say."""

from __future__ import annotations

import csv
import io
import re
from xml.etree import ElementTree

import openpyxl
import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from indexer.indexing import build
from indexer.indexing.curating import hide
from indexer.queries import Filters, Period, Search
from indexer.searching import Searcher
from indexer.searching.statistics import sides
from indexer.settings import Settings
from tests.conftest import write_jsonl
from webapp import create_app

PLACES = ("Skåne län. Region Skåne bygger.", "Örebro län. Örebro län läser.")
SUBJECTS = ("Vätgasen och elektrolysörerna byggs ut.", "Biblioteken och skolorna öppnar igen.")
DATES = ("2019-03-12", "2019-07", "2020", "2021-02-03", "2021-02-28", "2022-05-05", None)
KINDS = ("rapport", "pressmeddelande")


def document(number: int) -> dict[str, object]:
    """Every second one about each county, with subjects, dates, sources and kinds that go round at paces of their own."""
    subject = SUBJECTS[number % 2] if number % 5 else SUBJECTS[1 - number % 2]
    named = " Karin Exempelsson leder arbetet." if number % 2 else " År 2020 kom 3 till."
    shown = {"date": DATES[number % len(DATES)], "kind": KINDS[number % 3 == 0], "source": f"Källa {number % 4}"}
    text = f"{subject} I {PLACES[number % 2]}{named} Rapporter om nummer{number} kom 2021.\n\nRing Kvistholm, 010-123 45 67"
    return {"id": f"d{number}", "title": f"Nyhet {number}", "text": text, **shown}


@pytest.fixture
def collection(settings: Settings) -> Settings:
    write_jsonl(settings.corpus / "a.jsonl", [document(number) for number in range(60)])
    build(settings)
    return settings


@pytest.fixture
def browser(collection: Settings) -> FlaskClient:
    return create_app(collection).test_client()


def soup_of(browser: FlaskClient, path: str) -> BeautifulSoup:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def total_at(browser: FlaskClient, url: str) -> int:
    answer = browser.get(url.replace("/sok?", "/sok.json?").replace("/sok", "/sok.json", url == "/sok"))
    assert answer.status_code == 200, answer.text
    return int(answer.json["total"])


COMPARED = [
    "q=vätgas",
    "q=vätgas&q=bibliotek&region=skane-lan&region=orebro-lan",
    "q=vätgas&enhet=manad",
    "q=vätgas&q=skola&fran=2019-06&till=2021-02-10",
    "q=vätgas&fran=2019-06&till=2021-02-10&enhet=manad",
    "q=vätgas+region:skåne&q=vätgas+källa:Källa+1",
    "q=vätgas+typ:rapport&q=vätgas+INTE+typ:rapport",
    "q=vätgas+år:2019..2021",
    "q=vätgas+år:2021-02",
    "q=vätgas+år:2021-02&enhet=manad",
    "q=rapporter",
    "q=rapporter+i+Örebro",
    "q=2021",
    "q=vätgas+senaste+månaden",
    "q=vätgas+ELLER+bibliotek",
    "q=vätgas+Skåne",
    "q=vätgaz",
    "q=-vätgas",
]


@pytest.mark.parametrize("query", COMPARED)
def test_every_number_is_the_total_of_the_address_that_it_leads_to(browser: FlaskClient, query: str) -> None:
    for page in ("/trend", "/jamfor"):
        soup = soup_of(browser, f"{page}?{query}")
        links = [link for link in soup.select("td a") if link["href"].startswith("/sok")]
        assert {link["href"]: total_at(browser, link["href"]) for link in links} == {
            link["href"]: int(link.get_text()) for link in links
        }
        for link in soup.select("svg a"):
            assert int(link.find("text").get_text()) == total_at(browser, link["href"])
        for link in soup.select(".side > p a[href^='/sok']"):
            assert int(re.search(r"\d+", link.get_text())[0]) == total_at(browser, link["href"])  # type: ignore[index]
        for link in soup.select(".words a"):
            assert total_at(browser, link["href"]) > 0


def test_what_is_compared_is_counted_within_its_own_filters(browser: FlaskClient) -> None:
    soup = soup_of(browser, "/jamfor?q=vätgas+region:skåne+typ:rapport&q=vätgas&till=2021")
    rows = [[cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in soup.select("tbody tr")]
    held = [
        total_at(browser, url) for url in ("/sok?region=skane-lan&typ=rapport&till=2021-12-31", "/sok?till=2021-12-31")
    ]
    assert [row[0] for row in rows] == ["vätgas region:skåne typ:rapport", "vätgas"]
    assert [int(re.match(r"av (\d+)", row[2])[1]) for row in rows] == held  # type: ignore[index]
    assert rows[1][3:] == ["12 mars 2019", "28 februari 2021"]
    assert held[0] < held[1]


def words(searcher: Searcher, questions: tuple[str, ...], *regions: str) -> list[tuple[str, ...]]:
    return searcher.marking([side.search for side in sides(searcher, questions, Filters(region=regions))])


def test_words_mark_each_side_as_they_are_written_and_say_nothing_that_was_asked(collection: Settings) -> None:
    hydrogen, schools = words(Searcher(collection), ("",), "skane-lan", "orebro-lan")
    assert {"Vätgasen", "elektrolysörerna"} <= set(hydrogen), hydrogen
    assert {"Biblioteken", "skolorna"} <= set(schools), schools
    said = " ".join((*hydrogen, *schools)).lower().split()
    assert not {"skåne", "örebro", "län", "och", "om", "2020", "010", "kvistholm"} & set(said)
    assert not any(character.isdigit() for word in said for character in word)
    asked, _ = words(Searcher(collection), ("vätgas", "bibliotek"))
    assert "vätgasen" not in [word.lower() for word in asked] and "elektrolysörerna" in asked


def test_no_word_of_a_hidden_name_is_ever_one(collection: Settings) -> None:
    assert {"Karin", "Exempelsson"} <= set(words(Searcher(collection), ("",), "skane-lan", "orebro-lan")[1])
    hide(collection, "d1", "Karin Exempelsson")
    hidden = words(Searcher(collection), ("",), "skane-lan", "orebro-lan")
    assert not {"karin", "exempelsson"} & {word.lower() for words in hidden for word in words} and hidden[1]


def test_of_too_few_documents_nothing_is_said(collection: Settings, browser: FlaskClient) -> None:
    searcher = Searcher(collection)
    few = [Search(filters=Filters(Period("2022-01-01"))), Search(filters=Filters(Period(None, "2021-12-31")))]
    assert searcher.counts(few[0]).total < 20 < searcher.counts(few[1]).total and searcher.marking(few) == [(), ()]
    page = soup_of(browser, "/jamfor?q=vätgas&q=bibliotek&fran=2022").get_text(" ", strip=True)
    assert page.count("För få dokument, eller inga ord som skiljer säkert.") == 2
    assert searcher.marking([]) == [] and searcher.marking([Search()]) == [()], "nothing to compare with"


def test_the_words_of_the_month_stand_on_the_first_page_with_their_month(settings: Settings) -> None:
    earlier = [{"text": f"Skolan {number} läser.", "date": f"2025-{number % 12 + 1:02d}-03"} for number in range(120)]
    recent = [{"text": f"Vargjakten {number} läser.", "date": f"2026-01-{number % 20 + 2:02d}"} for number in range(40)]
    undated = [{"text": "Vargjakten en gång.", "date": "2026"}, {"text": "Vargjakten utan dag."}]
    write_jsonl(settings.corpus / "a.jsonl", [*earlier, *recent[:10]])
    build(settings)
    browser = create_app(settings).test_client()
    assert not soup_of(browser, "/").select(".subjects"), "too few of the month"
    write_jsonl(settings.corpus / "a.jsonl", [*earlier, *recent, *undated])
    build(settings)
    (link,) = soup_of(browser, "/").select(".subjects a")
    assert link.get_text() == "Vargjakten" and "fran=2025-12-23&till=2026-01-21" in link["href"]
    assert total_at(browser, link["href"]) == 41


def test_a_document_leads_to_what_its_source_published_before_and_after(settings: Settings) -> None:
    dates = {"a": "2019", "b": "2020-02-03", "c": "2020-02-03", "d": "2020-03", "e": "2020-04-01", "f": None}
    documents = [{"id": id, "text": f"Nyhet {id}.", "date": date, "source": "A"} for id, date in dates.items()]
    other = {"id": "x", "text": "En annan.", "date": "2020-02-10", "source": "B"}
    write_jsonl(settings.corpus / "a.jsonl", [*documents, other])
    build(settings)
    browser = create_app(settings).test_client()
    expected = {"a": ["Senare b"], "b": ["Tidigare a", "Senare d"], "d": ["Tidigare c", "Senare e"], "f": [], "x": []}
    for id, beside in expected.items():
        items = soup_of(browser, f"/dokument/{id}").select("#fore-efter + ul li")
        told = [f"{item.get_text().partition(':')[0]} {item.a['href'][-1]}" for item in items]
        assert told == beside or (id == "d" and told == ["Tidigare b", "Senare e"]), id


def rows_of(browser: FlaskClient, path: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(browser.get(path).text.removeprefix("\ufeff")), delimiter=";"))


@pytest.mark.parametrize(
    "path", ["/trend.csv?q=vätgas&q=%3Dskola", "/jamfor.csv?region=skane&region=örebro", "/tackning.csv"]
)
def test_tables_are_the_same_as_csv_and_as_a_workbook(browser: FlaskClient, path: str) -> None:
    heading, *rows = rows_of(browser, path)
    assert rows and all(len(row) == len(heading) for row in rows)
    answer = browser.get(path.replace(".csv", ".xlsx"))
    assert answer.headers["Content-Disposition"].endswith(".xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data), read_only=True).active
    plain = [
        ["" if cell is None else str(cell).replace(".", ",") for cell in row]
        for row in sheet.iter_rows(values_only=True)
    ]
    assert plain == [heading, *([cell.lstrip("'") for cell in row] for row in rows)]


def test_the_comparison_as_csv(browser: FlaskClient) -> None:
    heading, first, _ = rows_of(browser, "/jamfor.csv?q=vätgas&q=bibliotek&till=2022")
    assert heading[:5] == ["fråga", "region", "dokument", "alla dokument", "andel"]
    assert first[0] == "vätgas" and first[7:9] == ["2019-03-12", "2022-05-05"] and "elektrolysörerna" in first[9]
    assert rows_of(browser, "/jamfor.csv?q=kvastskaft")[1][2:] == ["0", "60", "0,0", "0,0", "0,060174", "", "", ""]


def test_the_drawing_stands_alone_and_is_escaped(browser: FlaskClient) -> None:
    answer = browser.get("/trend.svg?q=vätgas+ELLER+<script>alert(1)</script>%26&q=biblio%00%EF%BF%BFtek")
    assert (answer.mimetype, answer.headers["Content-Disposition"]) == (
        "image/svg+xml",
        "attachment; filename=trend.svg",
    )
    tree = ElementTree.fromstring(answer.text)
    names = {element.tag.rpartition("}")[2] for element in tree.iter()}
    assert names == {"svg", "title", "desc", "rect", "g", "text", "path", "circle"}, (
        "no style from elsewhere, no script"
    )
    texts = ["".join(element.itertext()) for element in tree.iter() if element.tag.endswith("}text")]
    assert "vätgas ELLER <script>alert(1)</script>&" in texts and "bibliotek" in texts
    assert not [name for element in tree.iter() for name in element.attrib if name.startswith("on") or "href" in name]
    empty = ElementTree.fromstring(browser.get("/trend.svg?q=kvastskaft").text)
    assert not [element for element in empty.iter() if element.tag.endswith("circle")]


FAULTS = [
    ("q=a&region=hogwarts", "region", "hogwarts"),
    ("q=a&fran=nyligen", "fran", "nyligen"),
    ("q=a&fran=2020&till=2019", "till", "2019"),
]


@pytest.mark.parametrize(("query", "parameter", "value"), FAULTS)
def test_what_cannot_be_read_is_said_at_its_field_and_to_programs(
    browser: FlaskClient, query: str, parameter: str, value: str
) -> None:
    for page in ("/trend", "/jamfor"):
        soup = soup_of(browser, f"{page}?{query}")
        field = soup.select_one("[aria-invalid]")
        assert (field["name"], field["value"]) == (parameter, value)
        assert soup.find(id=field["aria-describedby"].split()[0]).get_text()
        assert soup.select("figure, table, .faces") == []
        told = browser.get(f"{page}.csv?{query}")
        assert (told.status_code, told.mimetype, told.json["parameter"]) == (400, "application/problem+json", parameter)


def test_a_heat_strip_says_in_words_what_it_shows(browser: FlaskClient) -> None:
    soup = soup_of(browser, "/tackning")
    strip = soup.select_one("svg.strip")
    assert re.fullmatch(r"Källa \d: dokument från 4 av 20 år, flest \d{4} \(\d\)", strip["aria-label"])
    cells = [cell.title.get_text() for cell in strip.select("rect")]
    assert (len(cells), cells[0], cells[-1][:4]) == (20, "2003: 0", "2022")
    assert [cell["class"] for cell in strip.select("rect")][0] == ["h0"]
