"""What a word may be found by besides itself: names and abbreviations of its letters as itself, words of its stem after it."""

from __future__ import annotations

import csv
import json
from collections import Counter
from contextlib import closing
from pathlib import Path
from zlib import crc32

import pytest

from indexer.catalogue.vocabulary import IndexVocabulary
from indexer.generations import read_current
from indexer.indexing import build
from indexer.indexing.checking import check
from indexer.indexing.curating import hide, remove
from indexer.queries import Filters, Search
from indexer.results import Results
from indexer.searching import Searcher
from indexer.searching.statistics import sides, trends
from indexer.settings import Settings
from indexer.swedish.words import derivations_of, term_of
from tests.conftest import ENGINES, write_jsonl
from tests.floors import FLOORS

DERIVED = (
    "utveckla utveckling|utveckling utvecklare|företag företagare|politik politisk|region regional|industri industriell|"
    "digital digitalisering|hållbar hållbarhet|arbete arbeta|handel handla|besök besöka|leverans leverantör|kyrka kyrklig|"
    "ledare ledarskap|ekonom ekonomi|bygga byggnad"
)
STRANGERS = (
    "land landa|bank banka|led ledig|kraft kraftig|stad stadig|bil billig|natur naturlig|verk verklig|person personal|styra styrelse|"
    "kommun kommunist|plan planera|tid tidning|mark marknad|sekt sektion|skola ska|myndig myndighet|fast fastighet|organ organisera|"
    "parti partisk|stat statisk|skick skicklig|verksam verksamhet|märka märklig|klass klassisk|generera generation|förorda förordning|"
    "författare författning|gärna gärning|ställe ställa|stycke stycka"
)


@pytest.mark.parametrize("pair", DERIVED.split("|"))
def test_words_of_one_stem_are_derivations_of_each_other(pair: str) -> None:
    left, right = pair.split()
    assert right in derivations_of(left) and left in derivations_of(right)


@pytest.mark.parametrize("pair", STRANGERS.split("|"))
def test_words_that_only_look_alike_are_not(pair: str) -> None:
    left, right = pair.split()
    assert right not in derivations_of(left) and left not in derivations_of(right)


@pytest.mark.parametrize("term", ["inte", "efter", "LAS", "Mark", "2019", "3d"])
def test_function_words_names_told_by_capitals_and_numbers_have_none(term: str) -> None:
    assert derivations_of(term) == frozenset()


@pytest.mark.real
def test_derivations_of_real_words(shared: Path) -> None:
    """Tuned on the words of one half; the floors stand on the other (an odd CRC-32 of the word)."""
    welcome, other = family_figures(shared / "data" / "language" / "families.tsv", odd=True)
    assert welcome >= FLOORS["derivations.found"]
    assert other <= FLOORS["derivations.other"]


def family_figures(path: Path, odd: bool | None = None) -> tuple[float, float]:
    """Of the labelled families, by documents: the share of D that is found as a derivation or as the word, and of X."""
    found: Counter[str] = Counter()
    every: Counter[str] = Counter()
    with path.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            if odd is None or crc32(row["word"].encode()) % 2 == odd:
                word, form = term_of(row["word"]), term_of(row["form"])
                every[row["label"]] += int(row["documents"])
                found[row["label"]] += int(row["documents"]) * (form == word or form in derivations_of(word))
    return found["D"] / every["D"], found["X"] / every["X"]


DOCUMENTS = {
    "verb": ("Så här gör vi", "Vi utvecklar skolan i länet.", "2019-01-01"),
    "noun": ("Utveckling", "En utveckling av skolan behövs.", "2020-01-01"),
    "who": ("Möte", "En utvecklare talade om bredband.", "2021-01-01"),
    "act": ("Ny praxis", "Uppsägning enligt LAS prövades.", "2020-01-01"),
    "law": ("Omsorg", "Beslut enligt SoL gäller bistånd.", "2020-01-01"),
    "sun": ("Väder", "I dag skiner sol över dalen, och sol värmer.", "2020-01-01"),
    "place": ("Gymnasium", "Skolan i Marks kommun byggs om.", "2020-01-01"),
    "land": ("Bostäder", "De ska köpa mark vid ån.", "2020-01-01"),
    "agency": ("Rapport", "Enligt FOI ökar hotet.", "2020-01-01"),
    "innovation": ("Strategi", "Medel till FoI i länet.", "2020-01-01"),
    "contact": ("Tomt", "Ett torg.\n\nKontakt:\nEva Mark, 010-123 45 67, eva@region.example", "2020-01-01"),
}


@pytest.fixture(scope="module", params=ENGINES)
def settings(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("derivations")
    (folder / "corpus").mkdir()
    write_jsonl(
        folder / "corpus" / "a.jsonl",
        [{"id": id, "title": title, "text": text, "date": day} for id, (title, text, day) in DOCUMENTS.items()],
    )
    settings = Settings(corpus=folder / "corpus", index=folder / "index", engine=request.param)
    build(settings)
    return settings


@pytest.fixture(scope="module")
def searcher(settings: Settings) -> Searcher:
    return Searcher(settings)


def full(results: Results) -> set[str]:
    """The ids of the full matches."""
    return {hit.id for hit in results.hits if not hit.missing}


FOUND = [
    ("las", {"act"}),
    ("LAS", {"act"}),
    ('"enligt las"', {"act"}),
    ("enligt NÄRA/2 sol", {"law"}),
    ("sol", {"law", "sun"}),
    ("SoL", {"law"}),
    ("SOL", set()),
    ("=sol", {"law", "sun"}),
    ("mark", {"place", "land", "contact"}),
    ("Mark", {"place", "contact"}),
    ("köpa mark", {"land"}),
    ("Mark vid ån", {"land"}),
    ("Mark i kommunen", {"place"}),
    ("köpa Mark", set()),
    ("rubrik:mark", set()),
    ("foi", {"agency", "innovation"}),
    ("FOI", {"agency"}),
    ("la*", {"act"}),
]


@pytest.mark.parametrize(("query", "expected"), FOUND)
def test_small_letters_mean_names_and_abbreviations_too(searcher: Searcher, query: str, expected: set[str]) -> None:
    assert full(searcher.search(Search(query, literal=True))) == expected


def test_a_rare_meaning_does_not_outrank_the_word(searcher: Searcher) -> None:
    assert searcher.search(Search("sol")).hits[0].id == "sun"


def test_only_what_was_meant_is_marked(searcher: Searcher) -> None:
    text = "Enligt LAS, inte las; skriv las."
    assert [text[start:end] for start, end in searcher.marks("sök LAS", text)] == ["LAS"]
    assert [text[start:end] for start, end in searcher.marks("sök las", text)] == ["LAS", "las", "las"]


def test_what_capitals_tell_apart_is_said(searcher: Searcher) -> None:
    (hit,) = [hit for hit in searcher.search(Search("sol", explain=True)).hits if hit.id == "law"]
    assert hit.explanation == ("”sol” (även SoL) står i texten en gång (SoL), vikt 0,82.",)


def test_terms_in_capitals_are_words_of_the_index(settings: Settings, searcher: Searcher) -> None:
    generation = read_current(settings.index).generation
    assert generation is not None
    with closing(IndexVocabulary(generation.catalogue)) as vocabulary:
        assert dict(vocabulary.held(["LAS", "SoL", "Mark", "FOI"], 5)) == {"LAS": 1, "SoL": 1, "Mark": 2, "FOI": 1}
        assert [vocabulary.documents_of_form(form) for form in ("las", "sol", "mark", "marks")] == [1, 2, 2, 1]
        assert vocabulary.held(["SoL", "sol", "SOL"], 5) == [("sol", 2), ("SoL", 1)]
        assert "LAS" in vocabulary.beginning("la", 50)
    assert ("FOI", 1) in [(way.text, way.count) for way in searcher.complete("fo").completions]


def test_counts_go_with_their_documents(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    settings = Settings(corpus=tmp_path / "corpus", index=tmp_path / "index")
    write_jsonl(
        settings.corpus / "a.jsonl", [{"id": id, "text": f"{id}: enligt LAS i Marks kommun"} for id in ("a", "b")]
    )
    build(settings)
    remove(settings, ["a"])
    generation = read_current(settings.index).generation
    assert generation is not None
    with closing(IndexVocabulary(generation.catalogue)) as vocabulary:
        assert vocabulary.held(["LAS", "Mark"], 5) == [("LAS", 1), ("Mark", 1)]
    assert check(settings).miscounted == ()


def test_derivations_follow_the_hits_and_count_nowhere_else(searcher: Searcher) -> None:
    results = searcher.search(Search("utveckling"))
    assert [(hit.id, hit.missing) for hit in results.hits[:1]] == [("noun", ())]
    assert {(hit.id, hit.missing) for hit in results.hits[1:]} == {
        ("verb", ("utveckling",)),
        ("who", ("utveckling",)),
    }
    assert (results.total, results.total_partial) == (1, 2)
    assert [(value.value, value.count) for value in results.facets["year"] if value.count] == [("2020", 1)]
    assert results.notes == ("2 dokument som har närstående ord (utveckla och utvecklare) följer efter träffarna.",)
    (trend,) = trends(searcher, list(sides(searcher, ["utveckling"], Filters())))
    assert sum(point.count for point in trend.points) == 1


def test_a_derivation_is_marked_and_explained(searcher: Searcher) -> None:
    hits = {hit.id: hit for hit in searcher.search(Search("utvecklare", explain=True)).hits}
    assert hits["noun"].explanation == (
        "”utvecklare” saknas, men närstående ord står i rubriken en gång (utveckling); i texten en gång (utveckling), vikt 0,6.",
    )
    title, text, _ = DOCUMENTS["noun"]
    assert [title[start:end] for start, end in hits["noun"].title_highlights] == ["Utveckling"]
    assert [text[start:end] for start, end in searcher.marks("utvecklare", text)] == ["utveckling"]
    assert [text[start:end] for start, end in searcher.marks("utveckling", text)] == ["utveckling"]


def test_beside_other_words_a_derivation_lets_a_document_follow(searcher: Searcher) -> None:
    results = searcher.search(Search("utvecklare bredband", literal=True))
    assert (full(results), results.total_partial) == ({"who"}, 0)
    results = searcher.search(Search("utvecklare bredband"))
    assert full(results) == {"who"}
    assert {hit.id: hit.missing for hit in results.hits[1:]} == {
        "verb": ("utvecklare", "bredband"),
        "noun": ("utvecklare", "bredband"),
    }


@pytest.mark.parametrize(
    "query", ['"utveckling"', "=utveckling", "+utveckling", "utveckling~", "rubrik:utveckling", "utveckling OCH talade"]
)
def test_who_writes_operators_means_what_he_writes(searcher: Searcher, query: str) -> None:
    assert searcher.search(Search(query)).total_partial == 0


def test_literally_means_without_derivations(searcher: Searcher) -> None:
    results = searcher.search(Search("utveckling", literal=True))
    assert (results.total, results.total_partial, results.notes) == (1, 0, ())


def test_filters_hold_for_derivations(searcher: Searcher) -> None:
    results = searcher.search(Search("utveckling", Filters(year=("2019",))))
    assert [(hit.id, hit.missing) for hit in results.hits] == [("verb", ("utveckling",))]


@pytest.mark.parametrize(
    "query", ["Karin Mark", "karin mark", "KARIN MARK", "karin Marks", "Mark* karin", "karin markare"]
)
def test_a_hidden_name_is_not_found_by_case_or_derivation(tmp_path: Path, query: str) -> None:
    (tmp_path / "corpus").mkdir()
    settings = Settings(corpus=tmp_path / "corpus", index=tmp_path / "index")
    texts = {"a": "Igår talade Karin Mark på torget, och Mark var glad.", "b": "Annat."}
    (tmp_path / "corpus" / "a.jsonl").write_text(
        "\n".join(json.dumps({"id": id, "title": "Möte", "text": text}) for id, text in texts.items())
    )
    build(settings)
    searcher = Searcher(settings)
    assert searcher.search(Search(query)).hits[0].id == "a"
    hide(settings, "a", "Karin Mark")
    results = searcher.search(Search(query))
    assert (results.total, results.total_partial) == (0, 0)


INSIDE = {
    "name": "Färjan går till Finland.",
    "first": "En finlandsfärja lade till.",
    "last": "Almedalen fylls av folk.",
    "region": "Finlandsregionen finns inte.",
    "dale": "I dalen växer gran.",
}


@pytest.fixture(scope="module", params=ENGINES)
def named(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    folder = tmp_path_factory.mktemp("names")
    (folder / "corpus").mkdir()
    write_jsonl(
        folder / "corpus" / "a.jsonl", [{"id": id, "title": "Nyhet", "text": text} for id, text in INSIDE.items()]
    )
    settings = Settings(corpus=folder / "corpus", index=folder / "index", engine=request.param)
    build(settings)
    assert check(settings).sound
    return Searcher(settings)


def test_longer_words_that_begin_with_a_name_follow_its_hits(named: Searcher) -> None:
    results = named.search(Search("Finland", explain=True))
    assert full(results) == {"name"}
    assert {hit.id: hit.missing for hit in results.hits[1:]} == {"first": ("Finland",), "region": ("Finland",)}
    assert results.notes == ("2 dokument som har närstående ord (Finland-) följer efter träffarna.",)
    (hit,) = [hit for hit in results.hits if hit.id == "first"]
    assert hit.explanation == ("”Finland” saknas, men närstående ord står i texten en gång (finlandsfärja), vikt 0,6.",)
    assert [snippet.text[start:end] for snippet in hit.snippets for start, end in snippet.highlights] == ["finland"]
    assert named.search(Search("Finland", literal=True)).total_partial == 0


def test_a_name_within_is_no_word_of_its_own(named: Searcher) -> None:
    assert full(named.search(Search("dalen"))) == {"dale"}
    assert full(named.search(Search("finlandsregionen"))) == {"region"}
    assert {way.text for way in named.complete("finl").completions} == {"finland", "finlandsfärja", "finlandsregionen"}
    assert full(named.search(Search("finl*"))) == {"name", "first", "region"}
