"""How answers travel: not again to whoever has them, packed, with the facets that were asked for; and none is made twice."""

import gzip
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

import brotli
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from indexer import FACETS, Search, Searcher, Settings, address, build
from indexer.addresses import toggled, toggling
from indexer.engines import BY_YEAR, open_engine
from indexer.queries import Filters
from indexer.searching import opening, questions
from tests.web_answers import Answers, client
from webapp import create_app
from webapp.answering import PACKED_FROM

ASKED = "/sok.json?q=v%C3%A4tgas"


def written(folder: Path, *texts: str) -> Settings:
    corpus = folder / "corpus"
    corpus.mkdir(exist_ok=True)
    for number, text in enumerate(texts):
        (corpus / f"{number}.txt").write_text(text, encoding="utf-8")
    settings = Settings(corpus, folder / "index")
    build(settings)
    return settings


@pytest.fixture
def settings(tmp_path):
    return written(tmp_path, "Vätgas i Skåne\n\nStålet görs med vätgas.", "Skolan\n\nEn skola i Örebro län byggs om.")


COUNTING = ("count", "count_and_find")


class Counting:
    """Stands before an engine and remembers which of its calls were made, with which facets."""

    def __init__(self, engine):
        self.engine, self.calls = engine, []

    def __getattr__(self, name):
        method = getattr(self.engine, name)

        def called(*arguments):
            self.calls.append((name, arguments[-1] if name in COUNTING else None))
            return method(*arguments)

        return called


@pytest.fixture
def asked(settings, monkeypatch):
    """A searcher and the calls that its engine gets."""
    opened = []

    def counting(*arguments):
        opened.append(Counting(open_engine(*arguments)))
        return opened[-1]

    monkeypatch.setattr("indexer.searching.opening.open_engine", counting)
    searcher = Searcher(settings)
    searcher.ready()
    return searcher, opened[-1].calls


def test_who_has_the_answer_is_not_given_it_again(settings):
    browser = create_app(settings).test_client()
    for path in (ASKED, "/sok?q=v%C3%A4tgas", "/", "/sok?q=a&sida=x"):
        first = browser.get(path)
        again = browser.get(path, headers={"If-None-Match": f'"other", {first.headers["ETag"]}'})
        assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
        assert again.headers["ETag"] == first.headers["ETag"] and first.headers["Cache-Control"] == "no-cache"


def test_an_answer_is_known_by_all_that_it_depends_on(settings, monkeypatch):
    def tag(path=ASKED, app=None, **headers):
        return (app or create_app(settings)).test_client().get(path, headers=headers).headers["ETag"]

    before = tag()
    assert tag() == before  # of another process too
    others = [
        ASKED + "er",
        ASKED + "&sida=2",
        ASKED + "&facetter=ar",
        "/sok?q=v%C3%A4tgas",
        "/sok?q=v%C3%A4tgas&sida=x",
    ]
    tags = [before, *map(tag, others), tag(**{"X-Forwarded-For": "1.2.3.4"})]
    tags.append(tag(app=create_app(Settings(settings.corpus, settings.index, rights={"a": "egen"}))))
    synonyms = settings.corpus.parent / "mina.txt"
    synonyms.write_text("vätgas = h2\n", encoding="utf-8")
    tags.append(tag(app=create_app(Settings(settings.corpus, settings.index, synonyms=synonyms))))
    with monkeypatch.context() as tomorrow:
        tomorrow.setattr(questions, "datetime", type("Clock", (), {"now": lambda zone: Morning()}))
        tags.append(tag())
    written(settings.corpus.parent, "Vätgas i Skåne\n\nNu görs stålet med vätgas.")
    tags.append(tag())
    assert len(set(tags)) == len(tags)


class Morning:
    def date(self):
        return date(2031, 1, 1)


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip", "gzip"),
        ("gzip, deflate, br", "br"),
        ("br;q=0, gzip", "gzip"),
        ("gzip;q=0, br;q=0", None),
        ("identity, gzip;q=0.5", None),
        ("", None),
        ("*", "br"),
        ("identity;q=0, gzip;q=0.1", "gzip"),
        ("identity;q=0", None),
    ],
)
@pytest.mark.parametrize("path", ["/sok?q=a", "/hjalp", "/saknas"])
def test_answers_are_packed_for_who_can_unpack(path, accepted, coding):
    plain = client().get(path)
    packed = client().get(path, headers={"Accept-Encoding": accepted})
    unpack = {"gzip": gzip.decompress, "br": brotli.decompress, None: bytes}[coding]
    assert packed.headers.get("Content-Encoding") == coding and "Accept-Encoding" in packed.headers["Vary"]
    assert unpack(packed.data) == plain.data and packed.content_length == len(packed.data)
    assert len(packed.data) < len(plain.data) or coding is None


def test_what_is_short_is_sent_as_it_is():
    answer = client().get("/halsa", headers={"Accept-Encoding": "gzip, br"})
    assert len(answer.data) < PACKED_FROM and "Content-Encoding" not in answer.headers


def test_the_same_question_is_answered_once_for_page_and_json(asked):
    searcher, calls = asked
    browser = create_app(searcher=searcher).test_client()
    page = BeautifulSoup(browser.get("/sok?q=v%C3%A4tgas").text, "html.parser")
    made = len(calls)
    found = browser.get(ASKED).json
    assert made and len(calls) == made
    assert (
        [hit["title"] for hit in found["hits"]]
        == [link.get_text() for link in page.select("ol.hits h3 a")]
        == ["Vätgas i Skåne"]
    )
    assert [*found["facets"]] == ["region", "year", "source", "kind"]
    assert browser.get(ASKED + "&ordagrant=ja").json["total"] == 1 and len(calls) > made


def test_what_was_answered_is_forgotten_with_the_commit_and_bounded(settings, monkeypatch):
    searcher = Searcher(settings)
    assert searcher.search(Search("skola")).total == 1
    written(settings.corpus.parent, "Skolor\n\nFler skolor.")
    assert searcher.search(Search("skola")).total == 2
    kept = searcher.get().answers
    for number in range(opening.ANSWERS + 5):
        searcher.search(Search(f"skola {number}"), ())
    assert len(kept) == opening.ANSWERS
    monkeypatch.setattr(opening, "HITS", 7)
    for number in range(50):
        searcher.search(Search("skola", size=number + 2))
        assert sum(len(answer.hits) for answer in kept.values()) <= opening.HITS
    assert 0 < len(kept) < opening.ANSWERS


@pytest.mark.parametrize("path", ["/sok?q=a", "/sok.json?q=a", "/hjalp"])
def test_a_head_has_what_the_whole_has_but_its_body(path):
    headers = {"Accept-Encoding": "gzip"}
    whole, head = client().get(path, headers=headers), client().head(path, headers=headers)
    assert {**head.headers} == {**whole.headers} and not head.data


@pytest.mark.parametrize(("path", "status"), [("/sok.json?x=1", 400), ("/saknas", 404), ("/dokument/saknas.json", 404)])
def test_a_refusal_is_not_kept(path, status):
    for headers in ({}, {"If-None-Match": "*"}):
        refused = client().get(path, headers=headers)
        assert refused.status_code == status and "ETag" not in refused.headers


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("", ["region", "year", "source", "kind"]),
        ("&facetter=ar&facetter=TYP", ["year", "kind"]),
        ("&facetter=namner", ["mentions"]),
        ("&facetter=inga", []),
    ],
)
def test_only_the_facets_that_are_asked_for_are_counted(asked, typed, names):
    searcher, calls = asked
    found = create_app(searcher=searcher).test_client().get(ASKED + typed).json
    assert [*found["facets"]] == names
    counted = [BY_YEAR if name == "year" else name for name in names]
    assert [facets for name, facets in calls if name in COUNTING] == [counted]


def test_a_facet_that_there_is_not_is_refused():
    answer = client().get(ASKED + "&facetter=land")
    assert answer.status_code == 400 and answer.json["parameter"] == "facetter"
    assert answer.json["allowed"] == ["region", "ar", "kalla", "typ", "namner", "inga"]


VALUES = st.text(st.sampled_from("aå&=% \0/?"), min_size=1, max_size=4)


@given(VALUES, st.lists(VALUES, max_size=3, unique=True), st.lists(VALUES, max_size=2, unique=True), VALUES)
def test_the_address_of_a_value_is_that_of_the_search_with_it_toggled(query, chosen, kinds, value):
    search = Search(f"kalla={query}", Filters(source=tuple(chosen), kind=tuple(kinds)), page=3)
    for facet in FACETS:
        for one in (value, *chosen):
            assert toggling(search, facet)(one) == address(toggled(search, facet, one))


def test_a_fake_searcher_is_asked_only_where_the_answer_is_not_known():
    answers = Answers()
    browser = create_app(searcher=answers).test_client()
    tag = browser.get("/sok?" + urlencode({"q": "a"})).headers["ETag"]
    answers.asked = None
    assert browser.get("/sok?q=a", headers={"If-None-Match": tag}).status_code == 304 and answers.asked is None
