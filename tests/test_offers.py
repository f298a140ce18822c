"""A place, a time or a kind in a question: what it finds, what is offered for it, and that every face says the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from indexer.addresses import search_from
from indexer.cli import cli
from indexer.indexing import build
from indexer.indexing.curating import hide
from indexer.parsing.expressions import expressions_in
from indexer.parsing.placing import left_of
from indexer.queries import Filters, Period, Search
from indexer.results import Results, to_json
from indexer.searching import Searcher
from indexer.searching.statistics import sides, trends
from indexer.settings import Settings
from tests.conftest import ENGINES, write_jsonl
from tests.test_expressions import FRAGMENTS, judged
from webapp import create_app

TODAY = date(2026, 11, 29)
DOCUMENTS: list[dict[str, object]] = [
    {"id": "höjden", "title": "Vindkraft på höjden", "text": "Kommunerna säger ja till vindkraft.", "date": "2020-03-02", "regions": ["falun-kommun", "borlange-kommun"]},
    {"id": "verk", "title": "Vindkraft i Dalarna", "text": "Många verk byggs i Dalarna.", "date": "2019-04-02"},
    {"id": "norr", "title": "Bredband på landsbygden", "text": "Umeå kommun bygger vindkraft och bredband på landsbygden.", "date": "2026-11-10", "kind": "pressmeddelande"},
    {"id": "kust", "title": "Bredband", "text": "Västerbotten får bredband, även på landsbygden.", "date": "2018-05-02", "regions": ["orebro-lan"]},
    {"id": "varg", "title": "Rapport om vargjakt", "text": "En rapport om vargjakten.", "date": "2026-11-20", "kind": "rapport"},
    {"id": "skola", "title": "Skola i Luleå", "text": "Luleå kommun bygger skola.", "date": "2026-01-15", "kind": "pressmeddelande"},
    {"id": "länet", "title": "Lång väg", "text": "Han har nämnt Dalarna, och vindkraft.", "date": "2021-02-03", "regions": ["orebro-lan"]},
    {"id": "stöd", "title": "Sök stöd", "text": "Stöd till kultur.", "date": "2026-04-03", "kind": "utlysning"},
]  # fmt: skip
Asked = Callable[..., Results]


@pytest.fixture(scope="module", params=ENGINES)
def collection(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp(f"offers-{request.param}")
    (folder / "corpus").mkdir()
    write_jsonl(folder / "corpus" / "a.jsonl", DOCUMENTS)
    settings = Settings(corpus=folder / "corpus", index=folder / "index", engine=request.param)
    build(settings)
    return settings


@pytest.fixture(scope="module")
def ask(collection: Settings) -> Asked:
    searcher = Searcher(collection)
    return lambda query, **shaped: searcher.search(Search(query, today=TODAY, **shaped))


def full(results: Results) -> set[str]:
    """Ids of the full matches."""
    return {hit.id for hit in results.hits[: results.total]}


def said(results: Results) -> list[tuple[str, str, str, bool, int]]:
    return [(offer.facet, offer.value, offer.text, offer.applied, offer.count) for offer in results.offers]


ANSWERS = {
    "vindkraft Dalarna": ({"höjden", "verk", "länet"}, [("region", "dalarnas-lan", "Dalarna", False, 2)]),
    "vindkraft dalarna": ({"höjden", "verk", "länet"}, [("region", "dalarnas-lan", "dalarna", False, 2)]),
    "bredband vasterbotten": ({"norr", "kust"}, [("region", "vasterbottens-lan", "vasterbotten", False, 1)]),
    "Dalarna": ({"höjden", "verk", "länet"}, [("region", "dalarnas-lan", "Dalarna", False, 2)]),
    "bredband på landsbygden i Västerbotten": (
        {"norr", "kust"},
        [("region", "vasterbottens-lan", "Västerbotten", False, 1)],
    ),
    "vindkraft i Falun och Borlänge": (
        {"höjden"},
        [("region", "falun-kommun", "Falun", False, 1), ("region", "borlange-kommun", "Borlänge", False, 1)],
    ),
    "vindkraft i Falun eller i Umeå": (
        {"höjden", "norr"},
        [("region", "falun-kommun", "Falun", False, 0), ("region", "umea-kommun", "Umeå", False, 0)],
    ),
    "vindkraft Norra Mellansverige": (
        {"höjden", "verk"},
        [("region", "norra-mellansverige", "Norra Mellansverige", False, 2)],
    ),
    "bredband i lappland och Ångermanland": (set(), [("region", "vasternorrlands-lan", "Ångermanland", False, 0)]),
    "pressmeddelanden från januari 2026": (
        {"skola"},
        [("kind", "pressmeddelande", "pressmeddelanden", True, 1), ("year", "2026-01", "från januari 2026", True, 1)],
    ),
    "vargjakt senaste månaden": ({"varg"}, [("period", "2026-10-29..2026-11-29", "senaste månaden", True, 1)]),
    "i våras": ({"stöd"}, [("period", "2026-03..2026-05", "i våras", True, 1)]),
    "2019": ({"verk"}, [("year", "2019", "2019", True, 1)]),
    "sedan 2020": (
        {"höjden", "norr", "varg", "skola", "länet", "stöd"},
        [("period", "2020-01..", "sedan 2020", True, 6)],
    ),
    "mars 2019 till maj 2020": ({"höjden", "verk"}, [("period", "2019-03..2020-05", "mars 2019 till maj 2020", True, 2)]),
    "rapporter om vargjakten": ({"varg"}, [("kind", "rapport", "rapporter", False, 1)]),
    "finns det några utlysningar": ({"stöd"}, [("kind", "utlysning", "utlysningar", True, 1)]),
    "pressmeddelanden i Umeå": (
        {"norr"},
        [("kind", "pressmeddelande", "pressmeddelanden", True, 1), ("region", "umea-kommun", "Umeå", False, 1)],
    ),
    "vindkraft 1999": (set(), [("year", "1999", "1999", False, 0)]),
    "bredband skola sedan 2020": (set(), [("period", "2020-01..", "sedan 2020", True, 0)]),
    "vindkraft": ({"höjden", "verk", "norr", "länet"}, []),
    '"vindkraft i Dalarna"': ({"verk"}, []),
    "vindkraft -Dalarna": ({"höjden", "norr"}, []),
    "vindkraft år:2019": ({"verk"}, []),
}  # fmt: skip


@pytest.mark.parametrize("question", ANSWERS)
def test_what_a_question_finds_and_what_is_offered(ask: Asked, question: str) -> None:
    results = ask(question)
    assert (full(results), said(results)) == ANSWERS[question]


@pytest.mark.parametrize("question", ANSWERS)
def test_an_offer_leads_to_as_many_as_it_says(ask: Asked, question: str) -> None:
    results = ask(question)
    for offer in results.offers:
        search, faults = search_from(parse_qsl(urlsplit(offer.url).query))
        assert not faults
        followed = ask(search.query, filters=search.filters, literal=search.literal)
        if offer.applied:
            assert (search.query, search.literal, search.filters) == (question, True, Filters())
            assert followed.offers == () and f"”{offer.text}”" in results.notes[0] + results.notes[-1]
        else:
            assert followed.total == offer.count
            assert offer.text not in search.query.split()


@pytest.mark.parametrize("question", [question for question, (_, offers) in ANSWERS.items() if offers])
def test_literally_the_words_are_words(ask: Asked, question: str) -> None:
    results = ask(question, literal=True)
    assert results.offers == () and results.search.filters == Filters() and "handlar om" not in results.interpretation


LEFT = {
    "tåg mellan Falun och Borlänge": ["tåg mellan Borlänge", "tåg mellan Falun"],
    "skolor i Kalix, Luleå och Boden": [
        "skolor i Luleå och Boden",
        "skolor i Kalix och Boden",
        "skolor i Kalix, Luleå",
    ],
    "tåg i Falun eller i Borlänge": ["tåg i Borlänge", "tåg i Falun"],
    "tåg från Falun eller från Borlänge": ["tåg från Borlänge", "tåg från Falun"],
    "järnväg Umeå-Luleå": ["järnväg Luleå", "järnväg Umeå"],
    "buss Falun/Borlänge, 2019": ["buss Borlänge, 2019", "buss Falun 2019", "buss Falun/Borlänge,"],
    "utlysningar i Värmland": ["Värmland", "utlysningar"],
    "vad finns det i Dalarna?": [""],
    "vindkraft i Dalarna -kust": ["vindkraft -kust"],
}


@pytest.mark.parametrize("question", LEFT)
def test_what_is_left_of_a_question_is_one(question: str) -> None:
    said = expressions_in(question, TODAY)
    assert [left_of(question, said, [one]) for one in said] == LEFT[question]


def test_of_a_place_that_is_named_twice_nothing_is_left_beside_its_filter(ask: Asked) -> None:
    (offer,) = ask("vindkraft Dalarna i Dalarnas län").offers
    assert search_from(parse_qsl(urlsplit(offer.url).query))[0].query == "vindkraft"


def test_the_answer_says_that_one_of_two_places_is_enough(ask: Asked) -> None:
    assert (
        ask("Falun eller Dalarna").interpretation
        == "dokument som nämner ”Falun” eller handlar om Falu kommun eller som nämner ”Dalarna” eller handlar om Dalarnas län"
    )
    assert full(ask("vindkraft i Umeå, Borlänge eller Örebro län")) == {"norr", "höjden", "länet"}
    assert full(ask("vindkraft i Umeå, Borlänge och Örebro län")) == set()


def test_one_of_two_places_lacks_neither(ask: Asked) -> None:
    assert {hit.id: hit.missing for hit in ask("skola i Falun eller Kiruna").hits} == {"höjden": ("skola",)}


def test_the_answer_says_how_a_place_was_read(ask: Asked) -> None:
    assert (
        ask("bredband på landsbygden i Västerbotten").interpretation
        == "båda orden ”bredband” och ”landsbygden”, i dokument som nämner ”Västerbotten” eller handlar om Västerbottens län, gärna med ”på”"
    )
    assert ask("Dalarna").interpretation == "dokument som nämner ”Dalarna” eller handlar om Dalarnas län"
    assert (
        ask("skola Falun och Luleå år:2019").interpretation
        == "”skola”, i dokument som nämner ”Falun” eller handlar om Falu kommun och som nämner ”Luleå” eller handlar om Luleå kommun, från år 2019"
    )


def test_partial_hits_keep_the_place(ask: Asked) -> None:
    results = ask("vindkraft bibliotek Dalarna")
    assert results.total == 0
    assert {hit.id: hit.missing for hit in results.hits} == dict.fromkeys(("höjden", "verk", "länet"), ("bibliotek",))


def test_partial_hits_are_from_the_time(ask: Asked) -> None:
    """As in "cirkulär ekonomi i Norra Mellansverige sedan 2018" where no document has it all: nobody means the word 2018."""
    results = ask("bredband skola sedan 2020")
    assert {hit.id: hit.missing for hit in results.hits} == {"norr": ("skola",), "skola": ("bredband",)}
    placed = ask("vindkraft bibliotek i Dalarna sedan 2020")
    assert {hit.id: hit.missing for hit in placed.hits} == dict.fromkeys(("höjden", "länet"), ("bibliotek",))


def test_of_several_places_partial_hits_have_one_and_name_the_others(ask: Asked) -> None:
    results = ask("vindkraft Falun Umeå")
    assert {hit.id: hit.missing for hit in results.hits} == {"höjden": ("Umeå",), "norr": ("Falun",)}


def test_a_hit_that_only_is_about_the_place_says_why(ask: Asked) -> None:
    (hit,) = [hit for hit in ask("vindkraft Dalarna", explain=True).hits if hit.id == "höjden"]
    assert "Texten handlar om Dalarnas län." in hit.explanation


def test_a_place_that_is_not_held_is_said_to_be_none(ask: Asked) -> None:
    results = ask("vindkraft Ljusnarsberg")
    assert (results.total, results.total_partial, results.suggestion) == (0, 0, None)
    assert "Inget i samlingen handlar om Ljusnarsbergs kommun eller nämner ”Ljusnarsberg”." in results.notes
    assert not any("Inget i samlingen" in note for note in ask("biogas Dalarna").notes), "it is held"
    assert not any("Inget i samlingen" in note for note in ask("biogas Dalarna år:1999").notes), (
        "a filter takes it away"
    )


CHOSEN = [
    ("vargjakt senaste månaden", Filters(year=("2026",)), [("period", "2026-10-29..2026-11-29", False)]),
    ("2019", Filters(year=("2019",)), []),
    ("2019", Filters(period=Period("2018-01-01", None)), [("year", "2019", False)]),
    ("utlysningar", Filters(kind=("rapport",)), [("kind", "utlysning", False)]),
    ("utlysningar 2026", Filters(kind=("utlysning",)), [("year", "2026", True)]),
    ("vindkraft Dalarna", Filters(region=("dalarnas-lan",)), []),
    ("i våras", Filters(period=Period("2026-03-01", "2026-05-31")), []),
]


@pytest.mark.parametrize(("question", "filters", "offered"), CHOSEN)
def test_what_is_chosen_is_not_chosen_over(
    ask: Asked, question: str, filters: Filters, offered: list[tuple[str, str, bool]]
) -> None:
    results = ask(question, filters=filters)
    assert [(offer.facet, offer.value, offer.applied) for offer in results.offers] == offered
    for facet, values in filters.chosen:
        assert results.search.filters.values(facet) == values


def test_what_is_applied_is_a_chosen_filter(ask: Asked) -> None:
    results = ask("pressmeddelanden från januari 2026")
    assert results.query == "pressmeddelanden från januari 2026"
    assert results.search.filters == Filters(year=("2026-01",), kind=("pressmeddelande",))
    assert [value.value for value in results.facets["kind"] if value.selected] == ["pressmeddelande"]


def test_trends_count_a_place_as_the_answer_does_and_apply_no_time(collection: Settings, ask: Asked) -> None:
    searcher = Searcher(collection)
    compared = sides(searcher, ["vindkraft Dalarna", "vargjakt senaste månaden"], Filters())
    counted, timed = trends(searcher, list(compared))
    assert sum(point.count for point in counted.points) == ask("vindkraft Dalarna").total
    assert sum(point.count for point in timed.points) == 0


def test_completions_count_a_place_as_the_answer_does(collection: Settings, ask: Asked) -> None:
    completions = Searcher(collection).complete("Dalarna vindkr").completions
    assert [(one.text, one.count) for one in completions] == [("Dalarna vindkraft", ask("Dalarna vindkraft").total)]


WORDS = [*FRAGMENTS, "vindkraft", "bredband", "landsbygden", "varg", "Falun", "Borlänge,"]


@examples(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join))
def test_any_question_is_answered_and_its_offers_hold(ask: Asked, question: str) -> None:
    results = ask(question)
    assert len(results.offers) <= 6
    for offer in results.offers:
        search, _ = search_from(parse_qsl(urlsplit(offer.url).query))
        followed = ask(search.query, filters=search.filters, literal=search.literal)
        assert offer.applied or offer.count in (followed.total, 0), "a correction may find what the words do not"


@pytest.mark.parametrize("question", ["vindkraft Dalarna", "vargjakt senaste månaden", "rapporter om vargjakten 2026"])
def test_every_face_says_the_same(collection: Settings, ask: Asked, question: str) -> None:
    told: Any = json.loads(json.dumps(to_json(ask(question))))
    del told["facets"]["mentions"]  # in JSON only where it is asked for
    options = ["--index", str(collection.index), "--corpus", str(collection.corpus), "--today", str(TODAY)]
    plain, as_json = (
        CliRunner().invoke(cli, ["search", question, *options, *more]).stdout for more in ((), ("--json",))
    )
    assert json.loads(as_json) == told
    assert told["interpretation"] in plain and all(note in plain for note in told["notes"])
    for offer in told["offers"]:
        assert f"”{offer['text']}”" in plain and offer["label"] in plain


def test_the_page_offers_links_and_keeps_what_was_typed(collection: Settings) -> None:
    browser = create_app(collection).test_client()

    def page(question: str) -> BeautifulSoup:
        return BeautifulSoup(browser.get("/sok", query_string={"q": question}).text, "lxml")

    shown = page("vindkraft Dalarna")
    (item,) = shown.select(".offers li")
    assert item.text == "Menar du Dalarnas län? Visa bara det som handlar om Dalarnas län (2)"
    assert item.a is not None and item.a["href"] == "/sok?q=vindkraft&region=dalarnas-lan"
    assert shown.select_one("#fraga")["value"] == "vindkraft Dalarna"  # type: ignore[index]
    followed = BeautifulSoup(browser.get(str(item.a["href"])).text, "lxml")
    assert followed.select_one("#antal").text == "2 träffar" and not followed.select(".offers")  # type: ignore[union-attr]

    nothing = page("kvantdator Dalarna")
    assert browser.get("/sok.json", query_string={"q": "kvantdator Dalarna"}).json["offers"][0]["count"] == 0
    assert not nothing.select(".offers"), "no link leads to nothing"

    applied = page("pressmeddelanden från januari 2026")
    assert applied.select_one("#fraga")["value"] == "pressmeddelanden från januari 2026"  # type: ignore[index]
    assert not applied.select("#med input"), "what the words mean is not chosen a second time when they are sent again"
    assert len(applied.select(".chosen li:not(.clear)")) == 2
    (undo,) = applied.select(".notes a")
    assert undo["href"].endswith("&ordagrant=ja")
    assert not BeautifulSoup(browser.get(str(undo["href"])).text, "lxml").select(".chosen, .offers")
    assert browser.get("/sok.json", query_string={"q": "vindkraft Dalarna"}).json["offers"][0]["count"] == 2


def test_a_choice_beside_another_of_its_facet_is_said_to_widen(collection: Settings) -> None:
    browser = create_app(collection).test_client()
    text = browser.get("/sok", query_string={"q": "vindkraft Falun", "region": "orebro-lan"}).text
    assert "Visa också det som handlar om Falu kommun" in text


def test_no_offer_leads_around_a_hidden_name(tmp_path: Path, engine: str) -> None:
    (tmp_path / "corpus").mkdir()
    texts = {"a": "Maj Mora bor i Mora kommun och talar.", "b": "Mora kommun bygger skola med Maj.", "c": "Annat."}
    write_jsonl(
        tmp_path / "corpus" / "a.jsonl", [{"id": id, "title": "Nytt", "text": text} for id, text in texts.items()]
    )
    settings = Settings(corpus=tmp_path / "corpus", index=tmp_path / "index", engine=engine)
    build(settings)
    hide(settings, "a", "Maj Mora")
    searcher = Searcher(settings)
    hidden = searcher.search(Search("Maj i Mora"))
    assert {hit.id for hit in hidden.hits} == {"b"} and hidden.offers == ()
    beside = searcher.search(Search("skola i Mora"))
    assert [offer.count for offer in beside.offers] == [1]


def test_what_was_judged_is_what_is_offered(ask: Asked) -> None:
    """The half that the floor stands on; an address, a time or a kind is offered or applied, and nothing else."""
    rows = [(question, meant) for question, meant in judged(1)]
    wrong = [
        question for question, meant in rows if {f"{one.facet}={one.value}" for one in ask(question).offers} != meant
    ]
    assert len(rows) >= 150 and len(wrong) <= 0.05 * len(rows), wrong
