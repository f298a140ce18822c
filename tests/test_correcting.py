"""Corrections: they win over what was read, survive rebuilding, can be taken back, and are checked before they are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.corpus.corrections import CorrectionError
from indexer.indexing import build
from indexer.indexing.checking import check, status
from indexer.indexing.curating import correct
from indexer.queries import Filters, Search
from indexer.searching import Searcher
from indexer.settings import Settings
from tests.conftest import write_jsonl


@pytest.fixture
def corpus(settings: Settings) -> Settings:
    write_jsonl(
        settings.corpus / "a.jsonl",
        [
            {"id": "a", "title": "Vätgas", "text": "Örebro län bygger. Örebro län växer.", "date": "2019-03-12"},
            {"id": "b", "title": "Skola", "text": "Dalarnas län läser.", "date": "2020-01-01"},
        ],
    )
    build(settings)
    return settings


def found(settings: Settings, **chosen: tuple[str, ...]) -> list[str]:
    return [hit.id for hit in Searcher(settings).search(Search(filters=Filters(**chosen))).hits]


def test_a_correction_is_found_said_and_survives_rebuilding(corpus: Settings) -> None:
    correct(corpus, "a", ("2021-05", ("Värmland",)))
    for rebuild in (False, True):
        build(corpus, rebuild)
        assert found(corpus, year=("2021",)) == found(corpus, region=("varmlands-lan",)) == ["a"]
        assert found(corpus, year=("2019",)) == found(corpus, region=("orebro-lan",)) == []
        assert found(corpus, mentions=("orebro-lan",)) == ["a"], "it is still named"
        document = Searcher(corpus).document("a")
        assert document and document.published and "rättat" in document.published.evidence
        assert "rättat" in document.regions[0].evidence
    assert check(corpus).sound
    assert status(corpus).corrected == 1
    assert found(corpus, year=("2020",)) == ["b"]


def test_a_correction_can_be_taken_back(corpus: Settings) -> None:
    correct(corpus, "a", ("okant", ("hela-landet",)))
    assert found(corpus, year=("okant",)) == found(corpus, region=("hela-landet",)) == ["a"]
    correct(corpus, "a", None)
    assert found(corpus, year=("2019",)) == found(corpus, region=("orebro-lan",)) == ["a"]
    assert check(corpus).sound


@pytest.mark.parametrize(
    ("id", "date", "regions", "said"),
    [
        ("saknas", "2019", (), "saknas finns inte"),
        ("a", "i fjol", (), "”i fjol” går inte att läsa"),
        ("a", "2199-01-01", (), "2199"),
        ("a", None, ("Atlantis",), "Atlantis"),
    ],
)
def test_what_cannot_be_right_changes_nothing(
    corpus: Settings, id: str, date: str | None, regions: tuple[str, ...], said: str
) -> None:
    ledger = corpus.corpus / Path(".regionsok") / "ledger.json"
    with pytest.raises(CorrectionError, match=said):
        correct(corpus, id, (date, regions))
    assert not ledger.exists()
    assert found(corpus, year=("2019",)) == ["a"]
