"""What was meant: parts of compounds, synonyms, misspellings, sentences, and why a document was found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from indexer.indexing import build
from indexer.queries import Search
from indexer.searching import Searcher
from indexer.settings import Settings
from indexer.swedish.synonyms import SynonymsError, read_groups
from tests.conftest import ENGINES

DOCUMENTS = {
    "compound": ("Ny satsning", "Industriutvecklingen i länet går fort."),
    "apart": ("Ny plan", "Planen rör utveckling av den svenska industrin."),
    "printing": ("Teknik", "Bolaget arbetar med 3D-printing av delar."),
    "additive": ("Metod", "Additiv tillverkning sparar material."),
    "fund": ("Pengar", "Europeiska regionala utvecklingsfonden betalar."),
    "skills": ("Folk", "Kompetensförsörjningen är svår i Örebro."),
    "visa": ("Visum", "Ett visum för besök gäller i nittio dagar."),
    "circular": ("Kretslopp", "En cirkulär ekonomi lagar och lånar."),
}


@pytest.fixture(scope="module", params=ENGINES)
def searcher(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    folder = tmp_path_factory.mktemp("meaning")
    (folder / "corpus").mkdir()
    (folder / "own.txt").write_text("abrakadabra = hokuspokus  # only here\n")
    lines = [json.dumps({"id": id, "title": title, "text": text}) for id, (title, text) in DOCUMENTS.items()]
    (folder / "corpus" / "a.jsonl").write_text("\n".join(lines))
    settings = Settings(
        corpus=folder / "corpus", index=folder / "index", engine=request.param, synonyms=folder / "own.txt"
    )
    build(settings)
    return Searcher(settings)


FOUND = [
    ("industri", {"compound", "apart"}),
    ("utveckling", {"compound", "apart", "fund"}),
    ("industriutveckling", {"compound", "apart"}),
    ("additiv tillverkning", {"additive", "printing"}),
    ("3d printing", {"additive", "printing"}),
    ('"additiv tillverkning"', {"additive", "printing"}),
    ("ERUF", {"fund"}),
    ("eruf", set()),
    ("=industri", set()),
    ("vara och en", set()),
]


@pytest.mark.parametrize(("query", "expected"), FOUND)
def test_questions_find_what_was_meant(searcher: Searcher, query: str, expected: set[str]) -> None:
    assert {hit.id for hit in searcher.search(Search(query)).hits if not hit.missing} == expected


def test_the_word_itself_beats_what_means_the_same_and_the_whole_beats_a_part(searcher: Searcher) -> None:
    assert searcher.search(Search("additiv tillverkning")).hits[0].id == "additive"
    assert searcher.search(Search("3D-printing")).hits[0].id == "printing"
    assert searcher.search(Search("industriutveckling")).hits[0].id == "compound"


def test_synonyms_are_said_and_can_be_left_out(searcher: Searcher) -> None:
    results = searcher.search(Search("ERUF"))
    assert results.widened and results.notes[-1].startswith(
        "Söker också efter ”Europeiska regionala utvecklingsfonden”"
    )
    assert searcher.search(Search("ERUF", literal=True)).total == 0
    assert "Söker också efter ”hokuspokus” för ”abrakadabra”." in searcher.search(Search("abrakadabra")).notes


MEANT = [
    ("komptensförsörjning", "skills"),
    ("orebro", "skills"),
    ("cirkular ekonomi", "circular"),
    ("additivtillverkning", "additive"),
    ("industri utvecklingen", "compound"),
]


@pytest.mark.parametrize(("typed", "expected"), MEANT)
def test_where_nothing_is_found_the_best_reading_is_shown_and_said(
    searcher: Searcher, typed: str, expected: str
) -> None:
    results = searcher.search(Search(typed))
    assert expected in {hit.id for hit in results.hits}, results
    if results.suggestion == results.search.query:
        assert (
            results.query == typed
            and results.notes[0] == f"Visar träffar för ”{results.suggestion}”. Inga dokument har ”{typed}”."
        )
        assert searcher.search(Search(typed, literal=True)).total == 0


@pytest.mark.parametrize("typed", ["kvantdator", "visum", '"cirkular ekonomi"', "cirkular OCH ekonomi", "=orebro"])
def test_nothing_is_suggested_without_need_or_against_what_was_written(searcher: Searcher, typed: str) -> None:
    assert searcher.search(Search(typed)).suggestion is None


def test_small_words_of_a_sentence_may_be_missing(searcher: Searcher) -> None:
    results = searcher.search(Search("Hur länge gäller ett visum för besök?"))
    assert results.hits[0].id == "visa"
    assert "gärna med" in results.interpretation
    assert not set(results.hits[0].missing) & {"Hur", "ett", "för"}


def test_an_explanation_names_word_form_place_and_weight(searcher: Searcher) -> None:
    (hit,) = [hit for hit in searcher.search(Search("industri", explain=True)).hits if hit.id == "compound"]
    assert hit.explanation == ("”industri” står som del av ord i texten en gång (industriutvecklingen), vikt 0,42.",)
    assert searcher.search(Search("industri")).hits[0].explanation == ()


def test_completions_count_hits_of_the_whole_question(searcher: Searcher) -> None:
    found = searcher.complete("cirkulär eko")
    assert [(way.text, way.count) for way in found.completions] == [("cirkulär ekonomi", 1)]
    assert searcher.complete("oreb").completions[0].text == "örebro"
    assert searcher.complete("vis").titles == (("Visum", "visa"),)
    assert searcher.complete("x").completions == ()


def test_names_in_contact_lines_are_found_but_never_suggested(tmp_path: Path) -> None:
    text = "Regionen bygger en fabrik för vätgas vid hamnen.\n\nKontakt:\nAnna Kvistholm, 010-123 45 67, anna@region.example"
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.txt").write_text(text)
    settings = Settings(corpus=tmp_path / "corpus", index=tmp_path / "index")
    build(settings)
    searcher = Searcher(settings)
    assert searcher.search(Search("Kvistholm")).total == 1
    assert searcher.complete("kvist").completions == () and searcher.complete("vätg").completions != ()
    assert searcher.search(Search("Kvistholn")).suggestion is None
    assert searcher.search(Search("fabriik")).suggestion == "fabrik"


def test_similar_documents_leave_out_the_document_and_its_copies(tmp_path: Path) -> None:
    text = "Regionen bygger en fabrik för vätgas vid hamnen och räknar med två hundra nya arbeten inom fem år."
    lines = [
        {"id": "a", "title": "Vätgas vid hamnen", "text": text},
        {"id": "copy", "title": "Vätgas vid hamnen", "text": f"{text} Läs mer."},
        {"id": "b", "title": "Vätgas", "text": "En fabrik för vätgas ska byggas i staden, säger kommunen."},
        {"id": "c", "title": "Skola", "text": "Eleverna läser mer matematik."},
    ]
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.jsonl").write_text("\n".join(map(json.dumps, lines)))
    settings = Settings(corpus=tmp_path / "corpus", index=tmp_path / "index")
    build(settings)
    searcher = Searcher(settings)
    document = searcher.document("a")
    assert document is not None
    assert [other.id for other in searcher.similar(document)][:1] == ["b"]


def test_the_synonyms_are_groups_of_different_members() -> None:
    groups = read_groups()
    assert len(groups) >= 60
    assert all(len({member.lower() for member in group}) == len(group) > 1 for group in groups)


def test_a_synonym_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SynonymsError, match="saknas.txt går inte att läsa"):
        read_groups(tmp_path / "saknas.txt")
