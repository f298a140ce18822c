"""Did you mean, with manners: a word is put right where it stands and nowhere else, and no word that is meant as it is."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from indexer.catalogue.vocabulary import Near
from indexer.indexing import build
from indexer.metadata.regions.gazetteer import table
from indexer.parsing import parse
from indexer.queries import Search
from indexer.searching import Searcher
from indexer.searching.suggesting import CORRECTED, Suggestion, suggestions
from indexer.settings import Settings
from indexer.swedish import Entry, entry_of
from tests.conftest import write_jsonl
from webapp import create_app

RIGHT = {"konomi": "ekonomi", "vvrd": "vård", "orebro": "örebro", "bredbannd": "bredband"}
KNOWN = {"äng": 9, "konferens": 9, "ängkonferens": 9, "ekonomiskt": 9, "additiv": 9, "tillverkning": 9, "bar": 9}


class Words:
    """An index that knows some words and what some others were meant to be."""

    def __init__(self, near: Near | None = None) -> None:
        self._near = near

    def entry(self, form: str) -> Entry:
        return entry_of(form)

    def held(self, terms: Iterable[str], limit: int) -> list[tuple[str, int]]:
        return [(term, KNOWN[term]) for term in terms if term in KNOWN][:limit]

    def documents_of_form(self, form: str) -> int:
        return KNOWN.get(form, 0)

    def nearest(self, form: str) -> Near | None:
        return self._near or (Near(RIGHT[form], 1_000, 0.3) if form in RIGHT else None)


def given_for(typed: str, words: Words | None = None) -> list[Suggestion]:
    parsed = parse(typed)
    return list(suggestions(parsed.rest, parsed.query, words or Words()))  # type: ignore[arg-type]


CASES = [
    ("ekonomiskt konomi", "ekonomiskt ekonomi"),
    ("konomi ekonomiskt", "ekonomi ekonomiskt"),
    ("konomi, ekonomiskt konomi!", "ekonomi, ekonomiskt ekonomi!"),
    ("Bredbannd konomi", "Bredband ekonomi"),
    ("vårvvrd vvrd", "vårvvrd vård"),
    ("o\u0308konomi konomi", "ökonomi ekonomi"),
    ("åäö-konomi konomi", "åäö-konomi ekonomi"),
    ("(konomi) åäökonomi", "(ekonomi) åäökonomi"),
    ("region:skåne orebrokonomi orebro", "orebrokonomi örebro"),
    ("mäng äng konferens", "mäng ängkonferens"),
    ("äng konferensen äng konferens", "äng konferensen ängkonferens"),
]


@pytest.mark.parametrize(("typed", "expected"), CASES)
def test_a_word_is_put_right_where_it_stands(typed: str, expected: str) -> None:
    assert [suggestion.query for suggestion in given_for(typed)][:1] == [expected]


@pytest.mark.parametrize("typed", ['"konomi"', "=konomi", "konomi*", "rubrik:konomi", "konomi ELLER vvrd", "-konomi"])
def test_what_is_written_with_signs_is_meant(typed: str) -> None:
    assert given_for(typed) == []


@given(
    st.lists(st.sampled_from([*RIGHT, *KNOWN, "ekonomiskt", "orebrokonomi", "x"]), min_size=1, max_size=6, unique=True)
)
def test_each_word_is_right_or_as_it_was(words: list[str]) -> None:
    corrected = [RIGHT.get(word, word) for word in words]
    lacking = [word for word in words if word not in KNOWN and word != "ekonomiskt"]
    if corrected != words and len(lacking) <= CORRECTED:
        assert given_for(" ".join(words))[0].query.split() == corrected
    elif corrected != words:  # who writes so many unknown words writes of something else
        assert all(
            RIGHT[word] not in suggestion.query
            for suggestion in given_for(" ".join(words))
            for word in words
            if word in RIGHT
        )


MEANT = ["Malå", "Skånes", "Kisas", "göteborgs", "VINNOVA", "HYBRIT", "SoL", "FoI", "2031", "5g", "covid19", "e4"]


@pytest.mark.parametrize("typed", MEANT)
def test_no_name_abbreviation_or_number_is_put_right(typed: str) -> None:
    assert given_for(typed, Words(Near("mali", 9_999, 0.3))) == []


def test_no_place_of_the_gazetteer_is_put_right() -> None:
    names = {row["name"] for name in ("municipalities", "localities") for row in table(name) if " " not in row["name"]}
    assert [
        name for name in names for typed in (name, name.lower()) if given_for(typed, Words(Near("mali", 9_999, 0.3)))
    ] == []


NEAR = [
    ("kompetnsen", Near("kompetensen", 1, 1.0), True),
    ("kompetnsen", Near("knutpunkt", 999, 2.4), False),  # unlike
    ("lönt", Near("tunt", 999, 0.4), False),  # a word
    ("lönt", Near("tunt", 999, 0.5), None),
    ("regionfonden", Near("regionvården", 999, 1.0), False),  # can be read as two
    ("regionfonden", Near("regionvården", 999, 1.1), None),
    ("regionfonden", Near("regionvården", 2, 0.7), None),
    ("skelleftee", Near("skellefteå", 50, 0.7), False),  # might be another name
    ("skelleftea", Near("skellefteå", 1, 0.3), True),
    ("spotifyx", Near("spotify", 2, 1.0), None),
    ("hybrit", Near("hybrid", 9, 1.0), False),
    ("vgrt", Near("vägt", 999, 0.3), False),  # perhaps an abbreviation
]


@pytest.mark.parametrize(("typed", "near", "sure"), NEAR)
def test_a_correction_has_a_floor_on_likeness(typed: str, near: Near, sure: bool | None) -> None:
    expected = [] if sure is None else [Suggestion(near.form, sure)]
    assert given_for(typed, Words(near)) == expected


DOCUMENTS = [
    ("a", "Kretslopp", "En cirkulär ekonomi lagar och lånar."),
    ("b", "Vård", "Regionvården i Mali växer snabbt."),
    ("c", "Metod", "Additiv tillverkning sparar material."),
    ("d", "Ord", "Stå för det. Den additiva metoden kräver tillverkning."),
    ("f", "Namn", "Åsa Märta Berg talade, sedan Erik."),
    ("e", "Hyror", "Hur går det rätt, mot all förmodan? De flesta hotar med högre hyra."),
]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    folder = tmp_path_factory.mktemp("small")
    (folder / "corpus").mkdir()
    write_jsonl(
        folder / "corpus" / "a.jsonl", [{"id": id, "title": title, "text": text} for id, title, text in DOCUMENTS]
    )
    settings = Settings(corpus=folder / "corpus", index=folder / "index")
    build(settings)
    return Searcher(settings)


@pytest.mark.parametrize(
    "typed",
    [
        "regionfonden",
        "Malå",
        "felsatt",
        "förstå",
        "hyror hota",
        "xyzzy",
        "VGR",
        "cirkulär",
        "ekonomier",
        "kretsloppkräver",
    ],
)
def test_nothing_is_better_than_nonsense(small: Searcher, typed: str) -> None:
    assert small.search(Search(typed)).suggestion is None


def test_a_correction_finds_something_for_the_whole_question(small: Searcher) -> None:
    assert small.search(Search("cirkulr ekonomi")).suggestion == "cirkulär ekonomi"
    assert small.search(Search("cirkulr regionvård")).suggestion is None


def test_what_was_typed_as_one_word_is_found_as_its_parts(small: Searcher) -> None:
    answer = small.search(Search("additivtillverkning"))
    assert "c" in {hit.id for hit in answer.hits} and answer.suggestion is None


def test_what_was_typed_as_one_word_stands_together(small: Searcher) -> None:
    assert small.search(Search("åsamärta")).suggestion == "åsa märta"
    assert small.search(Search("åsaerik")).suggestion is None, "no document has the two in a row"


def test_the_box_keeps_what_was_typed_and_the_page_says_what_it_shows(small: Searcher) -> None:
    browser = create_app(searcher=small).test_client()
    soup = BeautifulSoup(browser.get("/sok?q=cirkulr+ekonomi").text, "html.parser")
    assert soup.find("input", id="fraga")["value"] == "cirkulr ekonomi"
    assert "Visar träffar för ”cirkulär ekonomi”. Inga dokument har ”cirkulr ekonomi”." in soup.get_text()
    assert soup.select(".hits > li")


def test_a_word_that_no_document_has_is_asked_about_and_not_replaced(small: Searcher) -> None:
    """A steering wheel is not what is right mistyped: who asks for it is told that there is none."""
    answer = small.search(Search("ratt"))
    assert (answer.total, answer.search.query, answer.hits, answer.suggestion) == (0, "ratt", (), "rätt")
