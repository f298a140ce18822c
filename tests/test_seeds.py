"""The five real documents that the project was created from, from file to answer, on both engines."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.documents import Document
from indexer.indexing import build
from indexer.ingestion import Source
from indexer.ingestion.enriching import read
from indexer.queries import Filters, Search
from indexer.results import FacetValue, Results
from indexer.searching import Searcher
from indexer.settings import Settings
from tests.conftest import ENGINES

QUESTIONS = {
    "3D-printing": "003 000",
    "3d printing": "003 000",
    "3d-printingen": "003 000",
    "cirkulär ekonomi": "001",
    "cirkulära ekonomin": "001",
    "ekonomin": "001 002",
    '"smart specialisering"': "004 000",
    "medlemskommuner": "002",
    "rubrik:3D-printing": "003",
    "region:Örebro år:2021": "002",
    "år:2018..2020": "003",
}


@pytest.fixture(scope="module", params=ENGINES)
def seeds(request: pytest.FixtureRequest, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    folder = tmp_path_factory.mktemp(request.param)
    shutil.copytree(shared / "seeds", folder / "corpus", copy_function=shutil.copyfile)
    settings = Settings(corpus=folder / "corpus", index=folder / "index", engine=request.param)
    assert build(settings).documents == 5
    return Searcher(settings)


def full_hits(results: Results) -> list[str]:
    """The numbers of the seeds with nothing missing."""
    return [hit.origin[:3] for hit in results.hits if not hit.missing]


def flat(values: tuple[FacetValue, ...]) -> Iterator[tuple[str, int]]:
    for value in values:
        yield value.value, value.count
        yield from flat(value.children)


@pytest.mark.real
@pytest.mark.parametrize(("question", "expected"), QUESTIONS.items())
def test_questions_find_exactly_these(seeds: Searcher, question: str, expected: str) -> None:
    found = full_hits(seeds.search(Search(question)))
    assert set(found) == set(expected.split())
    if question.lower().startswith("3d-printing"):
        assert found[0] == "003"


@pytest.mark.real
def test_a_noun_is_not_taken_for_a_verb(seeds: Searcher) -> None:
    assert "000" in full_hits(seeds.search(Search("nämnd")))


@pytest.mark.real
def test_facets(seeds: Searcher) -> None:
    facets = seeds.search(Search()).facets
    regions = dict(flat(facets["region"]))
    expected = {
        "orebro-lan": 4,
        "dalarnas-lan": 1,
        "gavleborgs-lan": 1,
        "varmlands-lan": 1,
        "vastmanlands-lan": 1,
        "ostra-mellansverige": 4,
        "norra-mellansverige": 1,
    }
    assert {value: regions.get(value) for value in expected} == expected
    assert dict(flat(facets["year"])) == {"2021": 1, "2019": 1, "okant": 3}


@pytest.mark.real
def test_region_and_year_together(seeds: Searcher) -> None:
    results = seeds.search(Search(filters=Filters(region=("orebro-lan",), year=("2019",))))
    assert full_hits(results) == ["003"]


@pytest.mark.real
@pytest.mark.parametrize("word", ["kakor", "cookies", "translate", "logotyp", "EUlogo"])
def test_boilerplate_is_neither_found_nor_shown(seeds: Searcher, word: str) -> None:
    assert full_hits(seeds.search(Search(word))) == []
    texts = [hit.title + " ".join(snippet.text for snippet in hit.snippets) for hit in seeds.search(Search()).hits]
    assert not any(word.lower() in text.lower() for text in texts)


@pytest.mark.real
def test_unknown_dates_stay_unknown(seeds: Searcher) -> None:
    years = {hit.origin[:3]: hit.year for hit in seeds.search(Search()).hits}
    assert years == {"000": None, "001": None, "002": 2021, "003": 2019, "004": None}


AROUND = {"002": {1}, "003": {1, 5}, "004": {1, 2, 3, 4, 6, 8, 10, 18, 47, 54, 55, 57}}
"""Seed -> numbers of the lines that belong to the page around its text: names, dates, pictures, cookies, translation."""


@pytest.mark.real
def test_no_line_around_a_text_is_left_and_no_line_of_it_is_lost(shared: Path) -> None:
    for path in sorted((shared / "seeds").glob("*.txt")):
        (found,) = read(Source(path, path.name), 1_000_000)
        assert isinstance(found, Document)
        kept = {found.title, *found.text.splitlines()}
        lines = {
            number: " ".join(line.split())
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
            if line.strip()
        }
        left_out = {number for number, line in lines.items() if line not in kept}
        assert left_out == AROUND.get(path.name[:3], set()), path.name
        assert {lines[number] for number in left_out} == set(found.boilerplate)
