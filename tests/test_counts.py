"""One set a page: every number that a page shows is the number that is listed when it is chosen, and its sentences are true."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from msgspec.structs import replace

from indexer.addresses import search_from
from indexer.facets import FACETS
from indexer.indexing import build
from indexer.queries import Filters, Period, Search
from indexer.results import FacetValue, Results
from indexer.searching import PARTIAL_BELOW, PARTIAL_HITS, Searcher
from indexer.settings import Settings
from tests.conftest import write_jsonl
from webapp.pages import next_step

WORDS = ["kommun", "region", "regeringen", "utveckling", "klimat", "skola", "vård", "företag", "jobb", "energi",
         "forskning", "järnväg", "vatten", "skog", "kvantdator", "pendeltåg", "rymden", "vargar", "orkester", "glasbruk",
         "fjärrvärme", "kärnkraft", "bibliotek", "vätgas", "torv", "slalom", "mjölk", "cykel", "hamn", "flyg"]  # fmt: skip
SHAPES: list[Callable[[random.Random], str]] = [
    lambda chance: " ".join(chance.sample(WORDS, 2)),
    lambda chance: " ".join(chance.sample(WORDS, 3)),
    lambda chance: " ".join(chance.sample(WORDS, 5)),
    lambda chance: '"{} {}" {}'.format(*chance.sample(WORDS, 3)),
    lambda chance: "+{} {} {}".format(*chance.sample(WORDS, 3)),
    lambda chance: "{} {} INTE {}".format(*chance.sample(WORDS, 3)),
    lambda chance: "{} {} år:2010..2019".format(*chance.sample(WORDS, 2)),
    lambda chance: chance.choice(WORDS),
]
ASKED = 32


@pytest.fixture(scope="module", params=["tantivy", pytest.param("whoosh", marks=pytest.mark.long)])
def searcher(request: pytest.FixtureRequest, real_index: Callable[[str, int], Settings]) -> Searcher:
    return Searcher(real_index(request.param, 2_000))


def flat(values: tuple[FacetValue, ...]) -> Iterator[FacetValue]:
    for value in values:
        yield value
        yield from flat(value.children)


@pytest.fixture(scope="module")
def searches(searcher: Searcher) -> list[Search]:
    """Questions of every shape, with and without filters that have something to choose."""
    chance = random.Random(17)
    offered = {
        facet: [value.value for value in flat(values)] for facet, values in searcher.search(Search()).facets.items()
    }
    made = []
    for number in range(ASKED):
        wanted = {facet: 0.15 if facet == "region" else 0.1 for facet in FACETS}
        chosen = {facet: tuple(chance.sample(offered[facet], 1)) for facet in FACETS if chance.random() < wanted[facet]}
        period = Period("2012-01-01", "2018-12-31") if chance.random() < 0.1 else Period()
        made.append(Search(SHAPES[number % len(SHAPES)](chance), Filters(**chosen, period=period)))
    return made


def listed(results: Results) -> int:
    """What the page says that it lists for a choice: the full matches, else those that are shown in their place."""
    return results.total or results.total_partial


@pytest.mark.real
def test_every_count_is_what_is_listed_when_it_is_chosen(searcher: Searcher, searches: list[Search]) -> None:
    chance, instead, compared = random.Random(5), 0, 0
    for search in searches:
        results = searcher.search(search)
        instead += not results.total and results.total_partial > 0
        for facet in FACETS:
            values = list(flat(results.facets[facet]))
            for value in chance.sample(values, min(2, len(values))):
                filters = results.search.filters.with_values(facet, (value.value,))
                alone = searcher.search(replace(results.search, filters=filters))
                assert listed(alone) == value.count, (search, facet, value.value)
                compared += 1
    assert instead >= 8 and compared > 150, "of both kinds of answer"


@pytest.mark.real
def test_a_link_of_a_facet_without_a_choice_lists_as_many_as_it_says(
    searcher: Searcher, searches: list[Search]
) -> None:
    chance = random.Random(6)
    for search in searches:
        results = searcher.search(search)
        for facet in FACETS:
            values = [value for value in flat(results.facets[facet]) if not results.search.filters.values(facet)]
            for value in chance.sample(values, min(1, len(values))):
                chosen, notes = search_from(parse_qsl(urlsplit(value.url).query))
                assert listed(searcher.search(chosen)) == value.count and not notes, (search, value)


@pytest.mark.real
def test_a_page_lists_and_counts_the_same_documents(searcher: Searcher, searches: list[Search]) -> None:
    for search in searches:
        results = searcher.search(search := replace(search, size=100))
        pages = [results, *(searcher.search(replace(search, page=number)) for number in range(2, results.pages + 1))]
        hits = [hit for page in pages for hit in page.hits]
        assert len({hit.id for hit in hits}) == len(hits) == results.total + results.total_partial
        shown = hits[: results.total] if results.total else hits
        for facet, values in (
            ("year", [str(hit.year or "okant") for hit in shown]),
            ("kind", [hit.kind or "okant" for hit in shown]),
        ):
            if not results.search.filters.values(facet):
                counted = {value.value: value.count for value in results.facets[facet]}
                assert counted == {value: values.count(value) for value in counted}, (search, facet)
                assert sum(counted.values()) == len(shown), (search, facet)


SENTENCES = re.compile(
    r"(?P<all>\d+) dokument som har en del av orden (?P<where>.*)\."
    r"|De 100 bästa av (?P<of>[\d\u00a0]+) dokument som har en del av orden (?P<where_best>.*)\."
    r"|(?P<inside>\d+) av de 100 dokument som har mest av orden (?P<where_inside>.*)\."
)


@pytest.mark.real
def test_the_sentence_on_what_follows_is_true(searcher: Searcher, searches: list[Search]) -> None:
    kinds = set()
    for search in searches:
        results = searcher.search(search)
        said = [found for note in results.notes if (found := SENTENCES.fullmatch(note))]
        assert len(said) == (1 if results.total_partial else 0), (search, results.notes)
        for found in said:
            kinds.add(found.lastgroup)
            assert results.total < PARTIAL_BELOW
            where = found["where"] or found["where_best"] or found["where_inside"]
            assert where == ("följer efter träffarna" if results.total else "visas i stället")
            assert int(found["all"] or found["inside"] or PARTIAL_HITS) == results.total_partial
            if found["of"]:
                assert int(found["of"].replace("\u00a0", "")) > PARTIAL_HITS
            if found["inside"]:
                assert results.search.filters and not results.total
    assert len(kinds) == 3, kinds


@pytest.mark.real
def test_a_next_step_is_true_and_leads_to_as_many_as_it_says(searcher: Searcher) -> None:
    chance = random.Random(9)
    sentences = set()

    def count(search: Search) -> int:
        return searcher.search(replace(search, page=1, size=1)).total

    shapes = [
        '"{} {}"',
        "rubrik:({} {})",
        "{} NÄRA/0 {}",
        "{} OCH {} OCH qqqzzz",
        "={} ={}",
        "{} OCH {} region:gotland",
    ]
    for number in range(36):
        results = searcher.search(Search(shapes[number % len(shapes)].format(*chance.sample(WORDS, 2))))
        if results.total or results.total_partial:
            continue
        step = next_step(results.search, count, results.hides)
        sentences.add(step.sentence)
        chosen, _ = search_from(parse_qsl(urlsplit(step.url).query))
        if number_said := re.search(r"\(([\d\u00a0]+) träff", step.link):
            assert searcher.search(chosen).total == int(number_said[1].replace("\u00a0", "")), (results.search, step)
        if "alla ord" in step.sentence.lower():
            words = re.findall(r"\w+", re.sub(r"NÄRA/0|OCH|rubrik:", "", results.search.query))
            assert count(Search(" ".join(words))) == 0, results.search
        if step.sentence == "Filtren tar bort alla träffar.":
            assert results.search.filters and count(replace(results.search, filters=Filters()))
    assert len(sentences) >= 3, sentences


@pytest.mark.real
def test_a_completion_finds_as_many_as_it_says(searcher: Searcher) -> None:
    for typed in ("vat", "kommunal ut", "klimat skog", "EU-st", "orebr", "cirkulär eko", "reg"):
        for completion in searcher.complete(typed).completions:
            assert searcher.search(Search(completion.text)).total == completion.count, completion


def test_a_release_is_completed_as_the_one_hit_that_it_is(settings: Settings) -> None:
    text = " ".join(f"Vindkraften i punkt {number} byggs ut i etapp {number * 3}." for number in range(40))
    write_jsonl(
        settings.corpus / "a.jsonl",
        [
            {
                "id": id,
                "title": "Vindkraft byggs ut",
                "text": text,
                "date": "2020-01-01",
                "source": id,
                "url": f"https://{id}.example/",
            }
            for id in ("ett", "två", "tre")
        ],
    )
    build(settings)
    found = Searcher(settings).complete("vindkr")
    assert [completion.count for completion in found.completions] == [1] and len(found.titles) == 1


def test_a_completion_that_is_applied_as_a_kind_counts_as_its_answer(settings: Settings) -> None:
    texts = ("Tre utlysningar.", "nyhet"), ("Utlysningar om vatten.", "nyhet"), ("Ansök senast i mars.", "utlysning")
    write_jsonl(settings.corpus / "a.jsonl", [{"title": text, "text": text, "kind": kind} for text, kind in texts])
    build(settings)
    searcher = Searcher(settings)
    (completion,) = searcher.complete("utlysn").completions
    assert completion.count == searcher.search(Search(completion.text)).total == 1


def test_beside_a_filter_without_full_matches_stands_where_they_are(settings: Settings) -> None:
    texts = [
        ("Vätgas till hamnen", "2020"),
        ("Vätgas och hamnarna", "2020"),
        ("Vätgas till sjöss", "2021"),
        ("Hamnarna vid kusten", "2021"),
        ("Hamnarna i norr", "2022"),
    ]
    write_jsonl(
        settings.corpus / "a.jsonl",
        [
            {"id": f"d{number}", "title": "Nyhet", "text": text, "date": f"{year}-01-01"}
            for number, (text, year) in enumerate(texts)
        ],
    )
    build(settings)
    results = Searcher(settings).search(Search("vätgas hamn", Filters(year=("2021",))))
    assert (results.total, results.total_partial) == (0, 2)
    assert {value.value: value.count for value in results.facets["year"]} == {"2020": 2, "2021": 2, "2022": 1}
    assert results.notes == ("2 dokument som har en del av orden visas i stället.",)


def test_a_correction_within_filters_says_so(settings: Settings) -> None:
    texts = [{"id": f"d{number}", "text": "ekonomi", "date": "2020-01-01"} for number in range(3)]
    write_jsonl(settings.corpus / "a.jsonl", texts)
    build(settings)
    results = Searcher(settings).search(Search("ekonommi", Filters(year=("2020",))))
    assert results.notes[0] == "Visar träffar för ”ekonomi”. Inga dokument inom filtren har ”ekonommi”."


def test_years_are_counted_within_the_chosen_period(settings: Settings) -> None:
    write_jsonl(
        settings.corpus / "a.jsonl",
        [{"id": f"d{year}", "text": "vätgas", "date": f"{year}-05-01"} for year in range(2018, 2023)],
    )
    build(settings)
    searcher = Searcher(settings)
    for search in (
        Search("vätgas år:2019..2021"),
        Search("vätgas", Filters(year=("2020",), period=Period("2019-01-01", "2021-12-31"))),
    ):
        years = searcher.search(search).facets["year"]
        assert {year.value: year.count for year in years} == dict.fromkeys(("2019", "2020", "2021"), 1)
