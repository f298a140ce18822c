"""The collection that the project comes with: own words, true facts, and a spread that shows what the search can do."""

from __future__ import annotations

import gzip
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from indexer.indexing import build
from indexer.queries import Filters, Period, Search
from indexer.results import FacetValue, Hit
from indexer.searching import Searcher
from indexer.settings import Settings

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
RUN = 8
"""Words in a row that no text of ours shares with a text of others."""


@dataclass(frozen=True)
class Notice:
    """One notice and what its sidecar says."""

    path: Path
    text: str
    facts: dict[str, Any]

    @property
    def words(self) -> list[str]:
        return words_of(self.text)


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def numbers_of(text: str) -> set[str]:
    """Runs of digits; a thousands' blank is not one of the number."""
    return set(re.findall(r"\d+", re.sub(r"(?<=\d)[ \N{NO-BREAK SPACE}](?=\d{3}\b)", "", text)))


@cache
def notices() -> tuple[Notice, ...]:
    return tuple(
        Notice(path, path.read_text("utf-8"), tomllib.loads(path.with_suffix(".toml").read_text("utf-8")))
        for path in sorted(CORPUS.glob("*.txt"))
    )


def real_texts(shared: Path) -> Iterator[str]:
    """Every text of ../shared that a notice could have been copied from."""
    for path in sorted(shared.rglob("*.jsonl*")):
        read = gzip.decompress if path.suffix == ".gz" else bytes
        for line in read(path.read_bytes()).decode("utf-8").strip().split("\n"):
            stored = json.loads(line)
            yield f"{stored.get('title', '')}\n{stored.get('text', '')}"
    yield from (path.read_text("utf-8") for path in (shared / "seeds").glob("*.txt"))


@pytest.fixture(scope="module")
def sources(shared: Path) -> dict[str, dict[str, Any]]:
    """The documents that the notices retell, by address."""
    wanted = {notice.facts.get("url") for notice in notices()}
    with gzip.open(shared / "data" / "news.jsonl.gz", "rt", encoding="utf-8") as lines:
        return {stored["url"]: stored for line in lines if (stored := json.loads(line)).get("url") in wanted - {None}}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    settings = Settings(corpus=CORPUS, index=tmp_path_factory.mktemp("collection"))
    build(settings)
    return Searcher(settings)


def flat(values: tuple[FacetValue, ...]) -> Iterator[FacetValue]:
    for value in values:
        yield value
        yield from flat(value.children)


def counts(searcher: Searcher, facet: str, query: str = "") -> dict[str, int]:
    return {value.value: value.count for value in flat(searcher.search(Search(query)).facets[facet])}


def test_every_notice_is_short_and_says_whose_words_it_is_in() -> None:
    assert len(notices()) >= 60
    for notice in notices():
        assert 80 <= len(notice.text.split()) <= 250, f"{notice.path.name}: {len(notice.text.split())} words"
        assert notice.facts["rights"] == "egen", notice.path.name
        assert notice.facts.keys() <= {"url", "date", "source", "kind", "rights", "regions"}, notice.path.name
        assert not re.search(r"@|\b0\d{1,3}[- ]\d{5,}|\b\d{6}-\d{4}\b|\+46", notice.text), notice.path.name


@pytest.mark.real
def test_every_address_date_and_number_is_that_of_the_source(shared: Path, sources: dict[str, dict[str, Any]]) -> None:
    seeds = " ".join(path.read_text("utf-8") for path in (shared / "seeds").glob("*.txt"))
    for notice in notices():
        url = notice.facts.get("url")
        if url is None:
            assert numbers_of(notice.text) <= numbers_of(seeds), notice.path.name
            continue
        source = sources[url]
        length = 10 if source["date_precision"] == "day" else 7
        assert notice.facts["date"] == source["date"][:length], notice.path.name
        told = numbers_of(f"{source['title']} {source['text']} {source['date']}")
        assert numbers_of(notice.text) <= told, f"{notice.path.name}: {numbers_of(notice.text) - told}"


@pytest.mark.real
@pytest.mark.long
def test_no_notice_shares_a_run_of_words_with_a_real_text(shared: Path) -> None:
    ours = {tuple(run): notice.path.name for notice in notices() for run in runs_of(notice.words)}
    for text in real_texts(shared):
        copied = ours.keys() & set(runs_of(words_of(text)))
        assert not copied, [(ours[run], " ".join(run)) for run in copied]


def runs_of(words: list[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(words[start:] for start in range(RUN)), strict=False)


def test_the_collection_covers_every_county_many_years_and_kinds(searcher: Searcher) -> None:
    regions = counts(searcher, "region")
    counties = {value: count for value, count in regions.items() if value.endswith("-lan")}
    assert len(counties) == 21 and min(counties.values()) >= 2, counties
    assert regions["hela-landet"] >= 5
    years = counts(searcher, "year")
    assert {"2014", "2026"} <= years.keys() and len(years) >= 11, years
    assert {"pressmeddelande", "uppdrag", "rapport", "evenemang"} <= counts(searcher, "kind").keys()
    hits = searcher.search(Search(size=100)).hits
    several = Counter(len([place for place in hit.regions if place.value.endswith("-lan")]) for hit in hits)
    assert sum(number for counties, number in several.items() if counties > 1) >= 5, several


def hits_of(searcher: Searcher, query: str) -> list[Hit]:
    """The full matches of a question."""
    return [hit for hit in searcher.search(Search(query, size=100)).hits if not hit.missing]


def leading(searcher: Searcher, query: str) -> str:
    """The county that the facet would name first."""
    return max((count, value) for value, count in counts(searcher, "region", query).items() if value.endswith("-lan"))[
        1
    ]


def test_five_minutes_printing_is_found_under_both_its_names(searcher: Searcher) -> None:
    found = {query: {hit.id for hit in hits_of(searcher, query)} for query in ("3D-printing", "additiv tillverkning")}
    assert len(found["3D-printing"]) >= 3 and found["3D-printing"] == found["additiv tillverkning"]


def test_five_minutes_the_circular_economy_is_everywhere(searcher: Searcher) -> None:
    hits = hits_of(searcher, "cirkulär ekonomi")
    counties = {place.value for hit in hits for place in hit.regions if place.value.endswith("-lan")}
    assert len(hits) >= 6 and len(counties) >= 4 and len({hit.year for hit in hits if hit.year}) >= 4


LEADING = [
    ("bredband på landsbygden", "kalmar-lan"),
    ("batterifabrik Skellefteå", "vasterbottens-lan"),
    ("smart specialisering", "orebro-lan"),
]


@pytest.mark.parametrize(("query", "county"), LEADING)
def test_five_minutes_the_right_county_leads_the_facet(searcher: Searcher, query: str, county: str) -> None:
    assert hits_of(searcher, query) and leading(searcher, query) == county


def test_five_minutes_hydrogen_is_in_three_counties(searcher: Searcher) -> None:
    found = counts(searcher, "region", "vätgas")
    assert {"vastra-gotalands-lan", "norrbottens-lan", "vasterbottens-lan", "hela-landet"} <= found.keys()


def test_five_minutes_smart_specialisation_is_found_in_its_region(searcher: Searcher) -> None:
    assert searcher.search(Search("smart specialisering region:ostra-mellansverige")).total >= 2


def test_five_minutes_filters_in_the_question_are_read_back(searcher: Searcher) -> None:
    results = searcher.search(Search("region:dalarna år:2018..2021"))
    assert results.search.filters == Filters(region=("dalarnas-lan",), period=Period("2018-01-01", "2021-12-31"))
    assert results.search.query == "" and results.total >= 1
    assert {hit.year for hit in results.hits} <= {2018, 2019, 2020, 2021}


def test_five_minutes_the_empty_question_shows_the_newest(searcher: Searcher) -> None:
    results = searcher.search(Search())
    assert results.total == len(notices())
    dates = [hit.published for hit in results.hits]
    assert dates == sorted(dates, key=str, reverse=True) and dates[0].startswith("2026")


def test_five_minutes_where_there_is_nothing_it_says_so(searcher: Searcher) -> None:
    results = searcher.search(Search("kvantdator Ljusnarsberg"))
    assert (results.total, results.total_partial, results.hits, results.suggestion) == (0, 0, (), None)
