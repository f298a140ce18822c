"""Hiding: a question with the whole name does not find the document, every other does; it can be undone."""

from __future__ import annotations

import pytest

from indexer.corpus.ledger import CorrectionError
from indexer.indexing import build
from indexer.indexing.checking import status
from indexer.indexing.curating import hide
from indexer.queries import Search
from indexer.searching import Searcher
from indexer.settings import Settings
from tests.conftest import write_jsonl


@pytest.fixture
def corpus(settings: Settings) -> Settings:
    text = "Karin Exempelsson driver ett kafé i Hemlighamn."
    write_jsonl(
        settings.corpus / "a.jsonl",
        [{"id": "k", "title": "Kafé", "text": text}, {"id": "o", "text": "Karin Exempelsson talade på torget."}],
    )
    build(settings)
    return settings


def found(settings: Settings, query: str) -> set[str]:
    results = Searcher(settings).search(Search(query))
    counted = sum(value.count for value in results.facets["year"])
    assert counted == results.total or not results.total, "facets count what is shown"
    return {hit.id for hit in results.hits if not hit.missing}


NAMED = ["Karin Exempelsson", "exempelsson karin", '"Karin Exempelsson"', "karin exempelssons kafé", "Karin Exempels*",
         "karin NÄRA/3 exempelsson", "Karin ELLER Exempelsson"]  # fmt: skip


@pytest.mark.parametrize("query", NAMED)
def test_a_question_with_the_whole_name_does_not_find_it(corpus: Settings, query: str) -> None:
    before = found(corpus, query)
    hide(corpus, "k", "Karin Exempelsson")
    assert "k" in before and "k" not in found(corpus, query)
    assert found(corpus, query) == before - {"k"}


@pytest.mark.parametrize("query", ["kafé", "Hemlighamn", "Karin", "Exempelsson", "kafé INTE Exempelsson Hemlighamn"])
def test_other_questions_find_it(corpus: Settings, query: str) -> None:
    before = found(corpus, query)
    hide(corpus, "k", "Karin Exempelsson")
    build(corpus, rebuild=True)
    assert found(corpus, query) == before
    assert status(corpus).hidden == 1


def test_it_can_be_shown_again(corpus: Settings) -> None:
    hide(corpus, "k", "Karin Exempelsson")
    hide(corpus, "k", "Karin Exempelsson", undo=True)
    assert found(corpus, "Karin Exempelsson") == {"k", "o"}
    assert status(corpus).hidden == 0


@pytest.mark.parametrize(
    ("id", "name", "undo", "said"),
    [
        ("saknas", "Karin Exempelsson", False, "finns inte"),
        ("k", "Karin", False, "för- och efternamn"),
        ("k", "Karin Ek", True, "inte dolt"),
    ],
)
def test_what_cannot_be_hidden_is_said(corpus: Settings, id: str, name: str, undo: bool, said: str) -> None:
    with pytest.raises(CorrectionError, match=said):
        hide(corpus, id, name, undo)
    assert found(corpus, "Karin Exempelsson") == {"k", "o"}
