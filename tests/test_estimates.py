"""A day that is only near the one that something was published is an estimate, on every face, and never shown as exact."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from indexer.cli.common import lines_of
from indexer.documents import from_json, to_json
from indexer.indexing import build
from indexer.ingestion import Source
from indexer.ingestion.enriching import read
from indexer.metadata.dates import Dated
from indexer.queries import Filters, Search
from indexer.searching import Searcher
from indexer.settings import Settings
from tests.conftest import write_jsonl
from webapp import create_app

STATED = [
    ("2025-06-14", "day", ("2025-06-14", "day", "angivet")),
    ("2025-06-14", None, ("2025-06-14", "day", "angivet")),
    ("2025-06-14", "", ("2025-06-14", "day", "angivet")),
    ("2025-06-14", "month", ("2025-06-01", "month", "angivet")),
    ("2025-06-14", "year", ("2025-01-01", "year", "angivet")),
    ("2025-06-14", "estimated", ("2025-06-14", "estimated", "angivet")),
    ("2025-06-14", "day-from-crawl", ("2025-06-14", "estimated", "angivet (day-from-crawl)")),
    ("2025-06-14", "month-from-crawl", ("2025-06-14", "estimated", "angivet (month-from-crawl)")),
    ("2025-06-14", "circa", ("2025-06-14", "estimated", "angivet (circa)")),
    ("2025-06-14", 7, ("2025-06-14", "estimated", "angivet (7)")),
    ("2025-06", "day-from-crawl", ("2025-06-01", "month", "angivet")),
    ("2025", "circa", ("2025-01-01", "year", "angivet")),
    ("2025", "month", ("2025-01-01", "year", "angivet")),
    ("2025-06-14", "none", None),
]


@pytest.mark.parametrize(("date", "precision", "expected"), STATED)
def test_how_exact_a_date_is_is_what_is_stated_of_it(
    tmp_path: Path, date: str, precision: object, expected: tuple[str, str, str] | None
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": "Vätgas i länet.", "date": date, "date_precision": precision}))
    (document,) = read(Source(path, "a.jsonl"), 1_000_000)
    said = to_json(document)
    assert document.published == (Dated(*expected) if expected else None)
    assert from_json(said) == document
    path.write_text(json.dumps(said))
    (again,) = read(Source(path, "a.jsonl"), 1_000_000)
    assert again.published == document.published, "what is printed is read back as it was"


def test_a_precision_that_another_version_stored_is_no_day(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": "Vätgas i länet.", "date": "2025-06-14"}))
    (document,) = read(Source(path, "a.jsonl"), 1_000_000)
    stored = from_json(to_json(document) | {"published_precision": "okänd sort"})
    assert stored.published and stored.published.precision == "estimated"


LINES: list[dict[str, object]] = [
    {"id": "ungefar", "title": "Ungefär", "text": "vätgas", "date": "2025-06-14", "date_precision": "day-from-crawl"},
    {"id": "fore", "title": "Före", "text": "vätgas", "date": "2025-05-01"},
    {"id": "efter", "title": "Efter", "text": "vätgas", "date": "2025-07-01"},
]


def test_every_face_says_around(settings: Settings) -> None:
    write_jsonl(settings.corpus / "a.jsonl", LINES)
    build(settings)
    results = Searcher(settings).search(Search("vätgas", order="aldst"))
    assert [hit.id for hit in results.hits] == ["fore", "ungefar", "efter"], "in the order of its day"
    hit = results.hits[1]
    assert (hit.published, hit.published_precision, hit.year) == ("2025-06-14", "estimated", 2025)
    assert any("omkring 2025-06-14" in line for line in lines_of(results))
    assert sum("omkring" in line for line in lines_of(results)) == 1
    client = create_app(settings).test_client()
    for address in ("/sok?q=v%C3%A4tgas", "/dokument/ungefar"):
        soup = BeautifulSoup(client.get(address).text, "lxml")
        times = [(time["datetime"], " ".join(time.text.split())) for time in soup.find_all("time")]
        assert ("2025", "omkring 14 juni 2025") in times
        assert not any("2025-06-14" in value or said == "14 juni 2025" for value, said in times)
    assert client.get("/dokument/ungefar.json").json["published_precision"] == "estimated"


def test_an_estimate_counts_in_its_year_and_in_no_month(settings: Settings) -> None:
    """A reader who narrows by year would not look under unknown, and most estimates are right about the year."""
    write_jsonl(settings.corpus / "a.jsonl", LINES)
    build(settings)
    searcher = Searcher(settings)
    assert searcher.counts(Search("vätgas"), ["year"]).facets["year"] == {"2025": 3, "2025-05": 1, "2025-07": 1}
    assert searcher.search(Search("vätgas", Filters(year=("2025",)))).total == 3
    assert searcher.search(Search("vätgas", Filters(year=("2025-06",)))).total == 0


@pytest.mark.real
def test_days_of_crawling_among_the_real_news_are_estimates(shared: Path, tmp_path: Path) -> None:
    with gzip.open(shared / "data" / "news.jsonl.gz", "rt", encoding="utf-8") as lines:
        chosen = [line for number, line in enumerate(lines) if number % 70 == 0]
    (tmp_path / "news.jsonl").write_text("".join(chosen), encoding="utf-8")
    wanted = {"day": "day", "month": "month", "day-from-crawl": "estimated", "none": None}
    stated = [wanted[json.loads(line)["date_precision"]] for line in chosen]
    found = list(read(Source(tmp_path / "news.jsonl", "news.jsonl"), 20_000_000))
    assert [to_json(item)["published_precision"] for item in found] == stated
    assert stated.count("estimated") > 20
