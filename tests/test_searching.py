"""The read side over real documents: facets tell the truth, operators are set operations, highlights and pages are right."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterator

import pytest
from msgspec.structs import replace

from indexer.facets import FACETS
from indexer.indexing import build
from indexer.queries import Filters, Search
from indexer.results import FacetValue, Results
from indexer.searching import IndexMissing, Searcher
from indexer.settings import Settings
from indexer.swedish import analyse
from tests.conftest import EFFORTS, write_jsonl

SIZES = [
    ("tantivy", 2_000),
    ("whoosh", 600),
    *(pytest.param(size, marks=pytest.mark.long) for size in (("tantivy", 5_000), ("whoosh", 2_000))),
]
"""Engine and number of documents: Whoosh takes thirty times as long as Tantivy for what is the same code above it."""
WORDS = [
    "kommun",
    "region",
    "regeringen",
    "utveckling",
    "klimat",
    "skola",
    "vård",
    "företag",
    "jobb",
    "landsbygd",
    "energi",
    "forskning",
    "transport",
    "bostäder",
    "EU",
    "digitalisering",
    "kultur",
    "miljö",
    "barn",
    "stöd",
    "innovation",
    "ekonomi",
    "uppdrag",
    "myndighet",
    "län",
    "järnväg",
    "vatten",
    "skog",
    "industri",
    "säkerhet",
]


@pytest.fixture(scope="module", params=SIZES, ids=lambda size: f"{size[0]}-{size[1]}")
def searcher(request: pytest.FixtureRequest, real_index: Callable[[str, int], Settings]) -> Searcher:
    return Searcher(real_index(*request.param))


def flat(values: tuple[FacetValue, ...]) -> Iterator[FacetValue]:
    for value in values:
        yield value
        yield from flat(value.children)


def matching(searcher: Searcher, search: Search) -> set[str]:
    """Ids of all full matches, over all pages."""
    first = searcher.search(replace(search, size=100, order="nyast"))
    pages = [
        first,
        *(searcher.search(replace(search, size=100, order="nyast", page=page)) for page in range(2, first.pages + 1)),
    ]
    ids = [hit.id for results in pages for hit in results.hits]
    assert len(ids) == len(set(ids)) == first.total, "all pages together give `total` different documents"
    return set(ids)


def random_searches(searcher: Searcher, count: int) -> Iterator[Search]:
    """Questions with filters that are among what they could be narrowed to, and some that are not."""
    chance = random.Random(42)
    values = {
        facet: [value.value for value in flat(found)] for facet, found in searcher.search(Search()).facets.items()
    }
    for _ in range(count):
        chosen = {
            facet: tuple(sorted(set(chance.choices(values[facet], k=chance.randint(1, 2)))))
            for facet in FACETS
            if chance.random() < 0.3
        }
        yield Search(" ".join(chance.choices(WORDS, k=chance.randint(0, 2))), Filters(**chosen))


@pytest.mark.real
@pytest.mark.parametrize("effort", EFFORTS)
def test_each_facet_value_chosen_alone_gives_exactly_its_count(searcher: Searcher, effort: int) -> None:
    chance = random.Random(1)
    compared = 0
    for search in random_searches(searcher, 40 * effort):
        results = searcher.search(search)
        for facet in FACETS:
            values = list(flat(results.facets[facet]))
            assert {value.value for value in values if value.selected} == set(search.filters.values(facet))
            for value in chance.sample(values, min(3, len(values))):
                alone = replace(search, filters=search.filters.with_values(facet, (value.value,)))
                narrowed = searcher.search(alone)
                listed = narrowed.total if results.total else narrowed.total or narrowed.total_partial
                assert listed == value.count, (search, facet, value.value)
                compared += 1
    assert compared > 100 * effort


@pytest.mark.real
def test_a_region_is_the_union_of_what_lies_in_it(searcher: Searcher) -> None:
    for search in (Search(), Search("kommun"), Search("klimat ELLER vatten")):
        for area in searcher.search(search).facets["region"]:
            children = [child.value for child in area.children]
            if children:
                whole = matching(searcher, replace(search, filters=Filters(region=(area.value,))))
                assert matching(searcher, replace(search, filters=Filters(region=tuple(children)))) == whole
                assert len(whole) == area.count
            for county in area.children:
                inside = matching(searcher, replace(search, filters=Filters(region=(county.value,))))
                assert inside <= matching(searcher, replace(search, filters=Filters(region=(area.value,))))
                for place in county.children:
                    assert matching(searcher, replace(search, filters=Filters(region=(place.value,)))) <= inside


def total(searcher: Searcher, question: str) -> int:
    return searcher.search(Search(question)).total


@pytest.mark.real
@pytest.mark.parametrize("effort", EFFORTS)
def test_operators_are_set_operations(searcher: Searcher, effort: int) -> None:
    chance = random.Random(3)
    for _ in range(12 * effort):
        a, b = chance.sample(WORDS, 2)
        both, left, right = total(searcher, f"{a} OCH {b}"), total(searcher, a), total(searcher, b)
        assert total(searcher, f"{a} INTE {b}") == left - both
        assert total(searcher, f"{a} -{b}") == left - both
        assert total(searcher, f"{a} ELLER {b}") == left + right - both
        assert total(searcher, f"{a} {b}") == both
        assert total(searcher, f'"{a} {b}"') <= total(searcher, f"{a} NÄRA/3 {b}") <= both
        assert (
            matching(searcher, Search(f"={a}")) <= matching(searcher, Search(a)) <= matching(searcher, Search(f"{a}*"))
        )
        assert total(searcher, f"INTE {a}") == 0, "NOT alone finds nothing"


@pytest.mark.real
def test_highlights_share_a_term_with_the_question(searcher: Searcher) -> None:
    for question in (
        *WORDS,
        "regional utveckling",
        '"statliga myndigheter"',
        "e-hälsa",
        "EU-kommissionen",
        "kommun NÄRA/5 län",
    ):
        wanted = {token.term for token in analyse(question)}
        wanted |= {part.term for token in analyse(question) for part in token.parts}
        for hit in searcher.search(Search(question, literal=True)).hits:
            if not hit.missing:
                assert hit.title_highlights or any(snippet.highlights for snippet in hit.snippets), (question, hit.id)
            for text, spans in [(hit.title, hit.title_highlights), *((s.text, s.highlights) for s in hit.snippets)]:
                for start, end in spans:
                    shown = analyse(text[start:end])
                    found = {token.term for token in shown} | {part.term for token in shown for part in token.parts}
                    assert found & wanted, (question, text[start:end])


def test_highlights_after_emoji_and_decomposed_letters(settings: Settings) -> None:
    text = "😀😀 O\u0308rebro a\u030ar 👩‍👩‍👧 kom\u00admuner satsar på va\u0308tgas. " * 3
    write_jsonl(settings.corpus / "a.jsonl", [{"id": "a", "title": "😀 Va\u0308tgas", "text": text}])
    build(settings)
    (hit,) = Searcher(settings).search(Search("vätgas kommun")).hits
    assert [hit.title[start:end] for start, end in hit.title_highlights] == ["Va\u0308tgas"]
    marked = {snippet.text[start:end] for snippet in hit.snippets for start, end in snippet.highlights}
    assert marked == {"kom\u00admuner", "va\u0308tgas"}


def small(settings: Settings, *documents: dict[str, object]) -> Searcher:
    write_jsonl(
        settings.corpus / "a.jsonl",
        [{"id": f"d{number}", "title": f"Rubrik {number}", **document} for number, document in enumerate(documents)],
    )
    build(settings)
    return Searcher(settings)


def ids(results: Results) -> list[str]:
    return [hit.id for hit in results.hits]


def test_date_orders_put_the_undated_last_and_ties_by_id(settings: Settings) -> None:
    dates = ["2020-01-01", None, "2021-01-01", "2020-01-01", None]
    searcher = small(settings, *({"text": "vätgas", "date": date} for date in dates))
    assert ids(searcher.search(Search("vätgas", order="nyast"))) == ["d2", "d0", "d3", "d1", "d4"]
    assert ids(searcher.search(Search("vätgas", order="aldst"))) == ["d0", "d3", "d2", "d1", "d4"]
    assert ids(searcher.search(Search())) == ["d2", "d0", "d3", "d1", "d4"], "the empty question is newest first"
    assert ids(searcher.search(Search("vätgas"))) == ["d0", "d1", "d2", "d3", "d4"], "equal scores: by id"
    assert [ids(searcher.search(Search("vätgas", size=2, page=page))) for page in (1, 2, 3, 4)] == [
        ["d0", "d1"],
        ["d2", "d3"],
        ["d4"],
        [],
    ]


def test_title_exact_form_and_closeness_rank(settings: Settings) -> None:
    searcher = small(
        settings,
        {"text": "Här finns regional samverkan för stöd till företag och lokal tillväxt."},
        {"text": "Här finns regional tillväxt samverkan för stöd till företag och lokal."},
        {"title": "Regional tillväxt", "text": "Här finns samverkan för stöd till företag."},
    )
    assert ids(searcher.search(Search("regional tillväxt"))) == ["d2", "d1", "d0"]
    searcher = small(settings, {"text": "Stöd till satsningar på landet."}, {"text": "Stöd till satsningen på landet."})
    assert ids(searcher.search(Search("satsningen"))) == ["d1", "d0"]


def test_pieces_of_a_sentence_rank(settings: Settings) -> None:
    words = "visum du när ett söker"
    searcher = small(
        settings,
        {"text": f"{words} behöver ditt då för mig"},
        {"text": f"{words} behöver då ditt för mig"},
        {"text": "för mig behöver då när du söker ett visum ditt"},
    )
    assert ids(searcher.search(Search("när du söker ett visum")))[0] == "d2"
    assert ids(searcher.search(Search("behöver då ditt för mig")))[0] == "d1"


def test_of_partial_matches_those_with_a_derivation_of_the_missing_word_come_first(settings: Settings) -> None:
    searcher = small(
        settings,
        {"text": "regionen utvecklade vätgas"},
        *({"text": f"vätgas vätgas vätgas {number}"} for number in range(3)),
        {"text": "något helt annat"},
    )
    results = searcher.search(Search("vätgas utveckling"))
    assert (results.total, ids(results)[0], results.hits[0].missing) == (0, "d0", ("utveckling",))
    assert ids(searcher.search(Search("vätgas utveckling", literal=True)))[0] != "d0"


def test_documents_that_lack_a_word_follow_and_name_it(settings: Settings) -> None:
    searcher = small(
        settings,
        {"text": "vätgas i Norrbotten och hamnar"},
        {"text": "vätgas till sjöss"},
        {"text": "vätgas och hamnar"},
        {"text": "skolor"},
    )
    results = searcher.search(Search("vätgas hamnar"))
    assert (results.total, results.total_partial) == (2, 1)
    assert [(hit.id, hit.missing) for hit in results.hits] == [("d0", ()), ("d2", ()), ("d1", ("hamnar",))] or [
        (hit.id, hit.missing) for hit in results.hits
    ] == [("d2", ()), ("d0", ()), ("d1", ("hamnar",))]
    assert searcher.search(Search("vätgas OCH hamnar")).total_partial == 0
    assert searcher.search(Search("vätgas +hamnar")).total_partial == 0
    assert searcher.search(Search("vätgas hamnar", order="nyast")).total_partial == 0
    pages = [searcher.search(Search("vätgas hamnar", size=1, page=page)) for page in (1, 2, 3, 4)]
    assert [len(page.hits) for page in pages] == [1, 1, 1, 0]
    assert {page.pages for page in pages} == {3}


def test_selected_values_are_shown_at_zero_and_link_back(settings: Settings) -> None:
    searcher = small(settings, {"text": "vätgas", "date": "2020-01-01", "source": "Region Skåne"})
    results = searcher.search(Search("vätgas", Filters(year=("2019",), region=("karlskoga-kommun",))))
    years = {value.value: value for value in results.facets["year"]}
    assert (years["2019"].count, years["2019"].selected) == (0, True)
    assert years["2019"].url == "/sok?q=v%C3%A4tgas&region=karlskoga-kommun"
    chosen = [value for value in flat(results.facets["region"]) if value.selected]
    assert [(value.value, value.count) for value in chosen] == [("karlskoga-kommun", 0)]


def test_a_period_touches_documents_of_uncertain_day(settings: Settings) -> None:
    searcher = small(
        settings,
        {"text": "vätgas", "date": "2020-03-15"},
        {"text": "vätgas", "date": "2020-03-01", "date_precision": "month"},
        {"text": "vätgas", "date": "2021-01-01", "date_precision": "year"},
        {"text": "vätgas"},
    )
    found = {
        question: set(ids(searcher.search(Search(f"vätgas {question}"))))
        for question in ("år:2020", "år:2021..", "år:..2020", "år:okänt")
    }
    assert found == {"år:2020": {"d0", "d1"}, "år:2021..": {"d2"}, "år:..2020": {"d0", "d1"}, "år:okänt": {"d3"}}


def test_only_what_to_leave_out(settings: Settings) -> None:
    searcher = small(
        settings, {"text": "vätgas", "date": "2020-01-01"}, {"text": "sol", "date": "2020-01-02"}, {"text": "sol"}
    )
    assert ids(searcher.search(Search("år:2020 INTE vätgas"))) == ["d1"]
    assert ids(searcher.search(Search("-vätgas", Filters(year=("okant", "2020"))))) == ["d1", "d2"]
    nothing = searcher.search(Search("-vätgas"))
    assert (nothing.total, len(nothing.notes)) == (0, 1)


def test_without_an_index_the_answer_is_what_to_do(settings: Settings) -> None:
    searcher = Searcher(settings)
    with pytest.raises(IndexMissing, match="regionsok index"):
        searcher.search(Search("vätgas"))


def test_a_page_far_behind_the_last_is_empty(settings: Settings) -> None:
    searcher = small(settings, {"text": "vätgas"})
    assert searcher.search(Search("vätgas", page=10**12)).hits == ()


def test_a_server_logs_which_index_it_opened_and_why_and_nothing_that_was_asked(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "indexer.searching")
    searcher = Searcher(settings)
    for number in (1, 2):
        write_jsonl(settings.corpus / f"{number}.jsonl", [{"id": f"d{number}", "title": "Vätgas", "text": "Hamn."}])
        build(settings)
        searcher.search(Search("vätgas"))
        searcher.search(Search("hamn"))
    opened = [record.__dict__ for record in caplog.records if record.name == "indexer.searching"]
    assert [record["msg"] for record in opened] == ["index opened"] * 2
    assert [(record["reason"], record["documents"]) for record in opened] == [("first question", 1), ("new commit", 2)]
    assert {record["engine"] for record in opened} == {settings.engine}
    assert not any("vätgas" in str(value) or "hamn" in str(value) for record in opened for value in record.values())
