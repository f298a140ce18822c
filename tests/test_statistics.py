"""Trend and coverage: every figure against the documents it was counted from, and the pages that show them."""

from __future__ import annotations

import csv
import io

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from indexer.indexing import build
from indexer.queries import Filters, Period
from indexer.searching import Searcher
from indexer.searching.questions import NAMED
from indexer.searching.statistics import Coverage, Gap, Trend, coverage, sides
from indexer.searching.statistics import trends as trends_of
from indexer.settings import Settings
from tests.conftest import write_jsonl
from webapp import create_app

DOCUMENTS: list[dict[str, object]] = [
    {
        "id": "a",
        "text": "Vätgas i Örebro län. Örebro län bygger.",
        "date": "2019-03-12",
        "source": "A",
        "fetched": "2026-01-02",
    },
    {
        "id": "b",
        "text": "Skolan i Örebro län. Örebro län läser.",
        "date": "2019-07-01",
        "source": "A",
        "fetched": "2026-02-03",
    },
    {"id": "c", "text": "Vätgas och batterier i Skåne. Region Skåne bygger.", "date": "2021-07", "source": "B"},
    {"id": "d", "text": "Batterier överallt.", "date": "2021", "source": "B"},
    {"id": "e", "text": "Vätgas någon gång."},
]


def trends(
    searcher: Searcher, questions: list[str], *regions: str, monthly: bool = False, period: Period | None = None
) -> list[Trend]:
    chosen = Filters(period or Period(), region=regions)
    return list(trends_of(searcher, list(sides(searcher, questions, chosen)), monthly))


@pytest.fixture
def searcher(settings: Settings) -> Searcher:
    write_jsonl(settings.corpus / "a.jsonl", DOCUMENTS)
    build(settings)
    return Searcher(settings)


@pytest.fixture
def browser(searcher: Searcher) -> FlaskClient:
    return create_app(searcher=searcher).test_client()


def test_a_trend_counts_each_year_beside_all_documents_of_it(searcher: Searcher) -> None:
    hydrogen, battery = trends(searcher, ["vätgas", "batteri"])
    assert [(point.period, point.count, point.total) for point in hydrogen.points] == [
        ("2019", 1, 2),
        ("2020", 0, 0),
        ("2021", 1, 2),
    ]
    assert hydrogen.points[0].share == 0.5 and hydrogen.points[1].share == 0
    assert hydrogen.undated == 1
    assert [point.count for point in battery.points] == [0, 0, 2]


COUNTED = [
    ("batteri", ["batterier"]),
    ("vätgas batteri", ["vätgas", "batterier"]),
    ('"vätgas och batterier" INTE skola', ["vätgas", "och", "batterier"]),
    ("=batterier ELLER vätgas", ["batterier", "vätgas"]),
    ("bygga", ["bygger"]),
    ("batt* kvastskaft", []),
]


@pytest.mark.parametrize(("question", "expected"), COUNTED)
def test_a_trend_says_which_forms_of_each_word_it_counted(
    searcher: Searcher, question: str, expected: list[str]
) -> None:
    assert [", ".join(word.forms) for word in trends(searcher, [question])[0].forms] == expected


def test_the_forms_that_most_documents_have_are_said_and_how_many_more_there_are(settings: Settings) -> None:
    forms = "kommun kommunen kommuner kommunerna kommuns kommunens kommuners kommunernas"
    several = [forms, "kommunerna", "kommunerna kommuns", "sol"]
    contact = "Regionen bygger.\n\nKontakt:\nAnna Kvistholm, 010-123 45 67, anna@region.example"
    texts = [*several, contact]
    write_jsonl(
        settings.corpus / "a.jsonl", [{"id": str(at), "text": text, "date": "2020"} for at, text in enumerate(texts)]
    )
    build(settings)
    searcher = Searcher(settings)
    (municipality,) = trends(searcher, ["kommunen"])[0].forms
    assert municipality.forms[:3] == ("kommunerna", "kommuns", "kommun")
    assert len(municipality.forms) == NAMED and municipality.more == 0
    assert trends(searcher, ["Kvistholm"])[0].forms == (), "only in a line that tells how to reach somebody"
    soup = BeautifulSoup(create_app(searcher=searcher).test_client().get("/trend?q=kommun&q=sol").text, "html.parser")
    said = [" ".join(hint.get_text().split()) for hint in soup.select("p.hint b")]
    assert said == ["kommun", "sol"]
    assert "kommun: Räknar formerna kommunerna, kommuns, kommun" in " ".join(soup.get_text().split())
    assert "sol: Räknar formen sol." in " ".join(soup.get_text().split())


def test_a_trend_by_month_and_region(searcher: Searcher) -> None:
    (monthly,) = trends(searcher, ["batteri"], monthly=True)
    assert [(point.period, point.count) for point in monthly.points] == [("2021-07", 1)], "from the first hit"
    (hydrogen,) = trends(searcher, ["vätgas"], monthly=True)
    assert (hydrogen.points[0].period, hydrogen.points[-1].period, len(hydrogen.points)) == ("2019-03", "2021-07", 29)
    assert (monthly.points[-1].count, monthly.undated) == (1, 1), "a year is no month"
    (local,) = trends(searcher, ["vätgas"], "orebro-lan")
    assert [(point.period, point.count, point.total) for point in local.points] == [("2019", 1, 2)]
    assert trends(searcher, ["vätgas"], "hallands-lan")[0].points == ()


def test_coverage_says_from_when_to_when_and_what_lacks(searcher: Searcher) -> None:
    sources, counties = coverage(searcher)
    assert sources == [
        Coverage(
            *("A", "A", 2, "2019-03", "2019-07", 0, "2026-02-03", 3),
            (Gap("2019-07", None, 23), Gap("2019-03", "2019-07", 3)),
            {"2019": 2, "2019-03": 1, "2019-07": 1},
        ),
        Coverage("B", "B", 2, "2021-07", "2021-07", 0, None, 0, (), {"2021": 2, "2021-07": 1}),
        Coverage("okant", "Okänd källa", 1, None, None, 1, None, 0, (), {"okant": 1}),
    ]
    assert [(county.value, county.documents) for county in counties] == [
        ("skane-lan", 1),
        ("orebro-lan", 2),
        ("hela-landet", 2),
    ]


def test_the_page_says_in_a_table_what_the_chart_draws(browser: FlaskClient) -> None:
    soup = BeautifulSoup(browser.get("/trend?q=vätgas&q=batteri").text, "html.parser")
    cells = [[cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in soup.select("tbody tr")]
    assert cells == [
        ["2019", "1 av 2: 50\xa0% (9,5–91\xa0%) få", "0 av 2: 0\xa0% (0–66\xa0%) få"],
        ["2020", "0 av inga", "0 av inga"],
        ["2021", "1 av 2: 50\xa0% (9,5–91\xa0%) få", "2 av 2: 100\xa0% (34–100\xa0%) få"],
    ]
    drawn = [[title.get_text() for title in part.select("g.own title")] for part in soup.select("figure")]
    assert drawn[0] == ["2019: 1 av 2, 50\xa0%, få dokument", "2021: 1 av 2, 50\xa0%, få dokument"]
    assert [caption.get_text() for caption in soup.select("figcaption")] == ["vätgas", "batteri"]
    assert [len(part.select("g.others path")) for part in soup.select("figure")] == [1, 1], "the other line behind"
    assert "1 dokument om vätgas har ingen så exakt tid" in soup.get_text()


def test_the_table_as_csv_with_nothing_that_a_spreadsheet_would_run(browser: FlaskClient) -> None:
    table = browser.get("/trend.csv?q=vätgas&q=%3Dbatterier&fran=2019")
    assert table.data.startswith("\ufeff".encode()), "as Excel reads it in Swedish"
    rows = list(csv.reader(io.StringIO(table.text.removeprefix("\ufeff")), delimiter=";"))
    assert rows[1] == ["2019", "vätgas", "", "1", "2", "0,5", "0,094529", "0,905471"]
    assert {row[1] for row in rows[1:]} == {"vätgas", "'=batterier"}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 200),
        ("q=", 200),
        ("q=%22&q=(((&enhet=Manad", 200),
        ("region=hallands-lan&q=a", 200),
        ("q=a&region=karlskoga-kommun", 200),
        ("q=a&region=hogwarts", 400),
        ("q=a&enhet=vecka", 400),
        ("q=a&page=2", 400),
        ("q=a&q=b&q=c&q=d&q=e&q=f&q=g", 400),
        ("q=a&q=b&q=c&q=d&region=skane&region=halland", 400),
        ("q=a&fran=nyligen", 400),
        ("q=a&fran=2020&till=2019", 400),
        ("q=a&fran=1900&till=2026-12", 200),
        ("q=" + "a" * 300, 400),
    ],
)
def test_any_comparison_gets_a_page_and_a_program_is_told_what_cannot_be_read(
    browser: FlaskClient, query: str, status: int
) -> None:
    answer = browser.get(f"/trend?{query}")
    assert answer.status_code == 200
    assert len(BeautifulSoup(answer.text, "html.parser").select('input[name="q"]')) <= 5
    figures = browser.get(f"/trend.csv?{query}")
    assert (figures.status_code, figures.mimetype) == (
        status,
        "text/csv" if status == 200 else "application/problem+json",
    )


def test_a_region_that_cannot_be_read_is_said_at_its_field_and_no_other_trend_is_shown(browser: FlaskClient) -> None:
    soup = BeautifulSoup(browser.get("/trend?q=vätgas&region=hogwarts").text, "html.parser")
    field = soup.select_one("input[name=region][aria-invalid]")
    assert (field["aria-invalid"], field["value"]) == ("true", "hogwarts")
    assert "hogwarts" in soup.find(id=field["aria-describedby"]).get_text()
    assert soup.select("figure, table, .faces") == []


def test_a_municipality_stays_chosen_and_the_figures_are_the_same_without_what_others_added(
    browser: FlaskClient,
) -> None:
    soup = BeautifulSoup(browser.get("/trend?q=v%E4tgas&region=karlskoga-kommun&utm_source=x").text, "html.parser")
    assert [chosen.parent.get_text(strip=True) for chosen in soup.select("input[checked]")] == ["Karlskoga kommun"]
    assert soup.find("input", id="q1")["value"] == "vätgas", "Latin-1, as old links have it"
    link = soup.find("a", string="CSV")
    assert link is None or browser.get(link["href"]).status_code == 200
    whole = BeautifulSoup(browser.get("/trend?q=v%C3%A4tgas&enhet=manad&fbclid=x").text, "html.parser")
    faces = {link.get_text(): browser.get(link["href"]) for link in whole.select(".faces a")}
    assert {name: (face.status_code, face.mimetype.rpartition(".")[2]) for name, face in faces.items()} == {
        "CSV": (200, "text/csv"),
        "Excel": (200, "sheet"),
        "bilden som SVG": (200, "image/svg+xml"),
    }


def test_coverage_names_the_counties_that_nothing_is_about(browser: FlaskClient) -> None:
    text = BeautifulSoup(browser.get("/tackning").text, "html.parser").get_text(" ", strip=True)
    assert "Om Stockholms län, Uppsala län" in text and "finns inget dokument alls" in text
    assert "3: inget sedan juli 2019, inget mellan mars och juli 2019" in text


def test_months_of_the_chosen_year(browser: FlaskClient) -> None:
    soup = BeautifulSoup(browser.get("/sok?ar=2019").text, "html.parser")
    rows = {row.a["href"]: row.get_text(" ", strip=True) for row in soup.select("table.years")[0].select("tbody tr")}
    assert rows == {"/sok?ar=2019-03": "mars 2019 1", "/sok?ar=2019-07": "juli 2019 1"}
    month = BeautifulSoup(browser.get("/sok?ar=2019-03").text, "html.parser")
    assert month.select_one("#antal").get_text() == "1 träff"
    assert month.select_one("table.years tr.selected a")["href"] == "/sok?ar=2019", "back to the whole year"
    assert browser.get("/sok.json?q=år:2019-07").json["total"] == 1
    years = browser.get("/sok.json?ar=2019").json["facets"]["year"]
    assert [year["value"] for year in years] == ["2021", "2019", "okant"]


def test_a_county_that_is_only_named_can_be_asked_for(browser: FlaskClient) -> None:
    assert browser.get("/sok.json?namner=skane-lan").json["total"] == 1
    assert (
        browser.get("/sok.json?q=nämner:Skåne").json["interpretation"]
        == "alla dokument, nyast först, som nämner Skåne län"
    )
