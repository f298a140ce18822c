"""Similar documents: one a release, told by the whole text whatever of it may be shown."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from msgspec.structs import replace

from indexer.indexing import build
from indexer.searching import Searcher
from indexer.settings import Settings
from tests.conftest import write_jsonl
from webapp import create_app

LEAD = "Regionen bygger vid hamnen, säger styrelsen i ett pressmeddelande som alla tidningar har fått i dag. " * 2
HYDROGEN = " ".join(
    f"Fabrik {number} för vätgas ger {number * 7} arbeten i hamnen inom {number} år." for number in range(40)
)
FERRIES = " ".join(f"Färja {number} med vätgas går {number * 3} turer från hamnen om dagen." for number in range(40))
SHORT = "Elektrolysörer för vätgas byggs i hamnen, och kommunen räknar med nya arbeten redan nästa år."


@pytest.fixture
def searcher(settings: Settings) -> Searcher:
    def published(id: str, title: str, text: str, day: int = 1) -> dict[str, object]:
        return {
            "id": id,
            "title": title,
            "text": text,
            "date": f"2020-01-{day:02}",
            "source": id,
            "url": f"https://{id}.example/",
        }

    write_jsonl(
        settings.corpus / "a.jsonl",
        [
            published("asked", "Nytt från styrelsen", LEAD + HYDROGEN),
            published("copy", "Nytt från styrelsen", LEAD + HYDROGEN, 2),
            *(published(f"ferry{number}", "Färjor med vätgas", FERRIES, number) for number in range(1, 6)),
            *(published(f"short{number}", f"Elektrolysörer {number}", SHORT, number) for number in range(1, 5)),
            published("school", "Skola", "Eleverna läser mer matematik i år än förra året."),
        ],
    )  # fmt: skip
    build(settings)
    return Searcher(settings)


def test_each_release_is_listed_once(searcher: Searcher) -> None:
    document = searcher.document("asked")
    assert document is not None
    assert sorted(other.id[:5] for other in searcher.similar(document)) == ["ferry", "short"]


def test_the_copy_of_a_release_has_the_same_neighbours(searcher: Searcher) -> None:
    """It is folded away itself; its head is the same release."""
    documents = [searcher.document(id) for id in ("asked", "copy")]
    one, other = ([found.id for found in searcher.similar(document)] for document in documents if document)
    assert set(one) == set(other) != set()


def test_what_may_be_shown_of_a_document_does_not_change_them(searcher: Searcher) -> None:
    document = searcher.document("asked")
    assert document is not None
    shown = replace(document, text=document.text[:200])
    assert [other.id for other in searcher.similar(shown)] == [other.id for other in searcher.similar(document)]


def test_a_public_page_lists_the_same(settings: Settings, searcher: Searcher) -> None:
    lists = []
    for public in (False, True):
        client = create_app(settings, searcher, public=public).test_client()
        soup = BeautifulSoup(client.get("/dokument/asked").text, "html.parser")
        lists.append([link["href"] for link in soup.select("ul.similar a")])
    assert lists[0] == lists[1] != []
