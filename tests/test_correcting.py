"""Corrections: they win over what was read, survive rebuilding, can be taken back, and are checked before they are kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from indexer.cli import cli
from indexer.corpus.ledger import CorrectionError
from indexer.documents import identity
from indexer.indexing import build
from indexer.indexing.checking import check, status
from indexer.indexing.curating import correct
from indexer.queries import Filters, Search
from indexer.searching import Searcher
from indexer.settings import Settings
from tests.conftest import write_jsonl
from tests.index_answers import answers, fresh_answers
from tests.test_formats import warc


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


RELEASE = " ".join(
    f"Regionen i Örebro län satsar {number} miljoner på vätgas till stål{number} och kaffe." for number in range(40)
)
TURNS = [
    ("a", ("2021-05", ("Värmland",))),
    ("a", ("okant", ())),
    ("one", ("2018-02", ("hela-landet",))),
    ("page", (None, ("Skåne",))),
    ("twice", ("2017", ())),
    ("a", None),
    ("one", None),
    ("page", ("2016-01-02", ("Gotland",))),
    ("twice", None),
]


def test_a_correction_reads_no_file_and_gives_what_a_fresh_index_gives(
    corpus: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two publications of a release, of a page among others of its host and of an id that a file gives twice."""
    (corpus.corpus / "b.jsonl").write_text(
        "".join(
            json.dumps(line) + "\n"
            for line in (
                {"id": "one", "title": "Stål", "text": RELEASE, "date": "2020-03-01", "source": "Ett"},
                {"id": "other", "title": "Stål", "text": RELEASE, "date": "2020-03-02", "source": "Annat"},
                {"id": "twice", "text": "Den ena texten om Dalarna.", "date": "2019-01-01"},
                {"id": "twice", "text": "Den andra texten om Dalarna.", "date": "2020-01-01"},
                {"id": "twice", "text": "Allra sista texten om Dalarna.", "date": "2018-01-01"},
            )
        )
    )
    pages = [(f"https://region.example/{n}", "text/html", page(n)) for n in range(7)]
    (corpus.corpus / "c.warc.gz").write_bytes(warc(*pages))
    build(corpus)
    of_page = identity("https://region.example/3", "", "")
    for turn, (id, stated) in enumerate(TURNS):
        with monkeypatch.context() as patch:
            patch.setattr("indexer.indexing.reading.parts_of", lambda *_: pytest.fail("a file was read"))
            correct(corpus, of_page if id == "page" else id, stated)
        assert check(corpus).sound
        assert answers(corpus) == fresh_answers(corpus, tmp_path / str(turn)), (id, stated)


def page(number: int) -> bytes:
    text = f"<h1>Nyhet {number}</h1><p>Regionen i Kalmar län satsar på vätgas nummer {number} i höst.</p><p>Dela den här sidan med en vän</p>"
    return f"<!doctype html><html><body><main>{text}</main></body></html>".encode()


def test_a_correction_of_what_two_files_give_holds_for_both(corpus: Settings, tmp_path: Path) -> None:
    other = corpus.corpus / "b.jsonl"
    write_jsonl(other, [{"id": "a", "title": "Vätgas", "text": "Gotlands län bygger.", "date": "2020-03-12"}])
    build(corpus)
    correct(corpus, "a", ("2015", ()))
    assert answers(corpus) == fresh_answers(corpus, tmp_path / "both")
    other.unlink()
    build(corpus)
    assert answers(corpus) == fresh_answers(corpus, tmp_path / "one")
    correct(corpus, "a", None)
    assert answers(corpus) == fresh_answers(corpus, tmp_path / "none")


def test_a_kind_is_corrected_too_and_the_command_says_what_is_no_kind(
    corpus: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    places = ["--corpus", str(corpus.corpus), "--index", str(corpus.index), "--engine", corpus.engine]
    with pytest.raises(SystemExit) as ended:
        cli(["correct", "a", "--kind", "Rapport", *places])
    assert not ended.value.code and found(corpus, kind=("rapport",)) == ["a"]
    document = Searcher(corpus).document("a")
    assert document and document.kind_evidence and "rättat" in document.kind_evidence
    assert found(corpus, year=("2019",)) == ["a"], "all else is as it was read"
    with pytest.raises(CorrectionError, match="”hemlis” finns inte; skriv pressmeddelande, "):
        correct(corpus, "a", (None, (), "hemlis"))
    correct(corpus, "a", (None, (), "okant"))
    assert found(corpus, kind=("rapport",)) == [] and "a" in found(corpus, kind=("okant",))
    build(corpus, rebuild=True)
    assert check(corpus).sound and "a" in found(corpus, kind=("okant",))
