"""What is taken along: every document of the answer in the order of its pages, readable by others' programs, and harmless to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from indexer.indexing import build
from indexer.indexing.curating import hide
from indexer.queries import Filters, Search
from indexer.results import Hit
from indexer.searching import Searcher
from indexer.settings import Settings
from tests.conftest import write_jsonl

WRITTEN = (Path(__file__).parent / "data" / "written_questions.txt").read_text(encoding="utf-8").splitlines()
NARROWED = Search("energi", Filters(source=("Region Dalarna", "Region Skåne")))
SEARCHES = [
    *(
        Search(query)
        for query in ("", "region", '"regional utveckling"', "rapporter om energi", "förra året", "regoin")
    ),
    *(Search("utveckling", order=order) for order in ("nyast", "aldst")),
    NARROWED,
    replace(NARROWED, query="energi kvantdator vindkraft", with_duplicates=True),
    Search("", Filters(region=("dalarnas-lan",), year=("2019", "2020"))),
    Search("kvantdator", literal=True),
]


def paged(searcher: Searcher, search: Search) -> Iterator[Hit]:
    """The hits of all pages."""
    for page in range(1, searcher.search(search).pages + 1):
        yield from searcher.search(replace(search, page=page)).hits


def assert_as_paged(searcher: Searcher, search: Search) -> int:
    """How many documents are taken along; they are those of the pages."""
    found = list(searcher.documents(replace(search, page=3, size=7)))
    hits = list(paged(searcher, search))
    assert [(one.document.id, one.score, one.missing) for one in found] == [
        (hit.id, hit.score, hit.missing) for hit in hits
    ]
    assert [one.document.duplicates for one in found] == [hit.duplicates for hit in hits]
    results = searcher.search(search)
    assert len(found) == results.total + results.total_partial
    return len(found)


@pytest.mark.real
@pytest.mark.parametrize("search", SEARCHES, ids=lambda search: search.query or "allt")
def test_all_documents_are_taken_in_the_order_of_the_pages(
    real_index: Callable[[str, int], Settings], engine: str, search: Search
) -> None:
    assert_as_paged(Searcher(real_index(engine, 600)), replace(search, size=100))


@pytest.mark.real
def test_written_questions_too(real_index: Callable[[str, int], Settings]) -> None:
    searcher = Searcher(real_index("tantivy", 600))
    numbers = [assert_as_paged(searcher, Search(query, size=100)) for query in WRITTEN]
    assert sum(numbers) > len(WRITTEN)


def test_what_is_hidden_for_a_name_is_not_taken_along(settings: Settings) -> None:
    text = "Karin Exempelsson driver ett kafé i Hemlighamn."
    write_jsonl(
        settings.corpus / "a.jsonl", [{"id": "k", "title": "Kafé", "text": text}, {"id": "o", "text": text[:40]}]
    )
    build(settings)
    hide(settings, "k", "Karin Exempelsson")
    searcher = Searcher(settings)
    assert {one.document.id for one in searcher.documents(Search("kafé"))} >= {"k"}
    for query in ("Karin Exempelsson", "karin exempelson", "Karin Exempelsson kafé"):
        assert "k" not in {one.document.id for one in searcher.documents(Search(query))}
        assert_as_paged(searcher, Search(query))
