"""To follow a question: what is new since a day, an instant or the last time, on every face; its feed, and `news`."""

# ruff: noqa: F811 (fixtures are imported, and named as arguments)

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta
from urllib.parse import quote_plus
from xml.etree import ElementTree

import feedparser
import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from flask.testing import FlaskClient

from indexer.cli import cli
from indexer.indexing import build
from indexer.indexing.curating import correct, hide
from indexer.queries import Filters, Period, Search
from indexer.searching import Searcher
from indexer.settings import Settings
from tests.test_first_seen import corpus, first_seen, line, write  # noqa: F401 (a fixture)
from webapp import create_app


def new(settings: Settings, since: str, query: str = "vätgas") -> list[str]:
    search = Search(query, Filters(Period(since=since)), order="inkommet")
    return [hit.id for hit in Searcher(settings).search(search).hits]


def test_since_narrows_by_when_it_was_first_seen_and_an_instant_itself_is_over(corpus: Settings) -> None:
    a, b, c = first_seen(corpus, "a", "b", "c")
    assert new(corpus, "") == new(corpus, "2026-01-01") == ["c", "b", "a"]
    assert (new(corpus, a), new(corpus, b), new(corpus, c)) == (["c", "b"], ["c"], [])
    assert new(corpus, (datetime.fromisoformat(c).date() + timedelta(days=2)).isoformat()) == []
    results = Searcher(corpus).search(Search("vätgas", Filters(Period(since=a))))
    assert results.total == 2 and [value.count for value in results.facets["year"]] == [2]
    assert results.interpretation.startswith("”vätgas”, nytt i Regionsök sedan ") and " kl. " in results.interpretation
    assert all("sedan=" in value.url for value in results.facets["year"])
    correct(corpus, "a", ("2019-03-12", ()))
    assert new(corpus, c) == ["a"]


OLD = {"vindkraft": "Vindkraft i 2020 års plan.", "solkraft": "Solkraft på taket.", "hamn": "En hamn i Gävle."}
READ = [
    ("vindkraft 2020", [], "there are texts with both words, so it is words, also where none of them is new"),
    ("solkraft 2020", ["new solkraft"], "no text has both, so 2020 is a year"),
    ("vätgass", ["new vätgas"], "is a misspelling of what there is"),
    ("hamn", [], "is no misspelling of a word that is new"),
    ("rapporter om solkraft", ["new solkraft"], "the kind is a filter where no text has the word"),
]


def test_what_is_new_is_told_by_the_reading_of_the_question_at_any_time(corpus: Settings) -> None:
    made = {"date": "2020-01-02", "kind": "rapport"}
    write(corpus, "old", *(line(f"old {word}", text, **made) for word, text in OLD.items()))
    build(corpus)
    since = first_seen(corpus, "old hamn")[0]
    texts = {
        "vindkraft": "Vindkraft till havs.",
        "solkraft": "Mer solkraft.",
        "vätgas": "Vätgas.",
        "namn": "Namn och namn.",
    }
    write(corpus, "new", *(line(f"new {word}", text, **made) for word, text in texts.items()))
    build(corpus)
    for query, expected, why in READ:
        assert new(corpus, since, query) == expected, (query, why)
        ever = Searcher(corpus).search(Search(query))
        assert {*expected} <= {hit.id for hit in ever.hits}, query
    offered = Searcher(corpus).search(Search("vindkraft 2020", Filters(Period(since=since)))).offers
    assert [offer.facet for offer in offered] == ["year"] and "sedan=" in offered[0].url and offered[0].count == 1


HOSTILE = '<b>Rubrik</b> & "citat" \x0b\ufffe ]]> <script>alert(1)</script>'


def feed_of(client: FlaskClient, address: str, **headers: str) -> tuple[ElementTree.Element, feedparser.FeedParserDict]:
    """What a feed holds, as XML and as a reader of feeds has it."""
    response = client.get(address, headers=headers)
    assert response.status_code == 200 and response.mimetype == "application/atom+xml"
    read = feedparser.parse(response.data)
    assert not read.bozo and read.version == "atom10"
    return ElementTree.fromstring(response.data), read


def test_the_feed_of_a_question_is_atom_with_what_came_last_first(corpus: Settings) -> None:
    write(
        corpus, "d", line("d/1 å", "Vätgas i Dalarna och annat.", title=HOSTILE, date="2019-03", source="Källa & <co>")
    )
    write(corpus, "e", line("e", date="2019-03-12", url="https://region.example/e?a=1&b=2"))
    build(corpus)
    seen = first_seen(corpus, "d/1 å")[0]
    client = create_app(corpus).test_client()
    tree, feed = feed_of(client, "/sok.atom?q=v%C3%A4tgas")
    assert [entry.title for entry in feed.entries][2:] == ["Nyhet c", "Nyhet b", "Nyhet a"]
    assert feed.feed.updated == feed.entries[0].updated == seen
    by_title = {entry.title: entry for entry in feed.entries}
    hostile = next(entry for title, entry in by_title.items() if "Rubrik" in title)
    assert hostile.title.split() == HOSTILE.replace("\x0b", " ").replace("\ufffe", " ").split(), "text, and no markup"
    assert hostile.author == "Källa & <co>" and "published" not in hostile, "a month is no day"
    assert hostile.id == "tag:regionsok,2026:dokument:d%2F1+%C3%A5" and "Dalarna" in hostile.summary
    dated = by_title["Nyhet e"]
    assert dated.published == "2019-03-12T12:00:00Z"
    assert {link.rel: link.href for link in dated.links} == {
        "alternate": "/dokument/e",
        "via": "https://region.example/e?a=1&b=2",
    }
    atom = "{http://www.w3.org/2005/Atom}"
    assert all(tree.findtext(f"{atom}{name}") for name in ("id", "title", "updated"))
    for entry in tree.iter(f"{atom}entry"):
        assert all(entry.findtext(f"{atom}{name}") for name in ("id", "title", "updated"))
    links = {link["rel"]: link["href"] for link in feed.feed.links}
    assert links["self"].startswith("/sok.atom?q=") and links["alternate"].startswith("/sok?q=")
    before = [(entry.id, entry.updated) for entry in feed.entries]
    shutil.rmtree(corpus.index)
    build(corpus)
    assert [(entry.id, entry.updated) for entry in feed_of(client, "/sok.atom?q=v%C3%A4tgas")[1].entries] == before
    correct(corpus, "a", ("2019-03-12", ()))
    corrected = feed_of(client, "/sok.atom?q=v%C3%A4tgas")[1].entries[0]
    assert corrected.title == "Nyhet a" and (corrected.id, corrected.updated) not in before


def test_a_feed_takes_filters_and_since_is_sent_once_and_refuses_what_it_cannot_read(corpus: Settings) -> None:
    seen = first_seen(corpus, "a")[0]
    client = create_app(corpus).test_client()
    assert [entry.title for entry in feed_of(client, f"/sok.atom?q=v%C3%A4tgas&sedan={seen}")[1].entries] == [
        "Nyhet c",
        "Nyhet b",
    ]
    assert len(feed_of(client, "/sok.atom?antal=2")[1].entries) == 2
    assert feed_of(client, "/sok.atom?region=gotlands-lan")[1].entries == []
    tag = client.get("/sok.atom?q=v%C3%A4tgas").headers["ETag"]
    assert client.get("/sok.atom?q=v%C3%A4tgas", headers={"If-None-Match": tag}).status_code == 304
    write(corpus, "d", line("d"))
    build(corpus)
    assert client.get("/sok.atom?q=v%C3%A4tgas", headers={"If-None-Match": tag}).status_code == 200
    for wrong in ("sedan=nyss", "slump=1", "region=xyz"):
        response = client.get(f"/sok.atom?{wrong}")
        assert (response.status_code, response.mimetype) == (400, "application/problem+json")


def test_a_feed_shows_no_more_than_may_be_shown_and_nothing_that_is_hidden_for_a_name(settings: Settings) -> None:
    text = (
        "Anna Berg i Nora, 070-123 45 67, talar om vätgas. " + "Det är en lång text om vätgas och kaffe i länet. " * 30
    )
    write(settings, "a", line("a", text, source="Tidningen"), line("b", "Vätgas med Anna Berg."))
    build(settings)
    hide(settings, "b", "Anna Berg")
    here, beyond = (create_app(settings, public=public).test_client() for public in (False, True))
    own = {entry.title: entry for entry in feed_of(here, "/sok.atom?q=v%C3%A4tgas")[1].entries}
    public = {entry.title: entry for entry in feed_of(beyond, "/sok.atom?q=v%C3%A4tgas")[1].entries}
    assert "070-123 45 67" in own["Nyhet a"].summary and own.keys() == public.keys() == {"Nyhet a", "Nyhet b"}
    assert "070" not in public["Nyhet a"].summary and len(public["Nyhet a"].summary) <= 200
    assert [entry.title for entry in feed_of(here, "/sok.atom?q=Anna+Berg")[1].entries] == ["Nyhet a"]


def test_a_page_says_where_to_follow_its_question(corpus: Settings) -> None:
    soup = BeautifulSoup(create_app(corpus).test_client().get("/sok?q=v%C3%A4tgas&ar=okant&sortera=nyast").text, "lxml")
    address = "/sok.atom?q=v%C3%A4tgas&ar=okant"
    assert soup.select_one("head link[type='application/atom+xml']")["href"] == address  # type: ignore[index]
    assert soup.find("a", string="Följ frågan (Atom)")["href"] == address  # type: ignore[index]


def news(settings: Settings, *options: str, code: int = 0) -> str:
    """What `regionsok news vätgas` prints."""
    places = ("--corpus", str(settings.corpus), "--index", str(settings.index), "--engine", settings.engine)
    done = CliRunner().invoke(cli, ["news", "vätgas", *options, *places])
    assert done.exit_code == code, done.output
    return done.output


def test_news_prints_what_is_new_once_and_says_from_when_the_first_time(corpus: Settings) -> None:
    assert news(corpus, "--since-last", "vätgas").startswith("Nästa gång skrivs det som är nytt sedan ")
    assert news(corpus, "--since-last", "vätgas") == "", "a mail is sent only where there is something"
    write(corpus, "d", line("d", date="2019-03-12"), line("e", "Ingenting om gas."))
    build(corpus)
    shown = news(corpus, "--since-last", "vätgas")
    assert "Nyhet d" in shown and "2019-03-12" in shown and "Nyhet e" not in shown and "Nyhet a" not in shown
    assert news(corpus, "--since-last", "vätgas") == ""
    assert "Nästa gång" in news(corpus, "--since-last", "annan"), "each name has a memory of its own"
    correct(corpus, "a", ("2019-03-12", ()))
    (hit,) = json.loads(news(corpus, "--since-last", "vätgas", "--json"))["hits"]
    assert hit["id"] == "a"
    nothing = json.loads(news(corpus, "--since-last", "vätgas", "--json"))
    assert nothing["hits"] == [] and nothing["since"] == nothing["until"]


def test_news_of_a_question_that_nothing_answers_yet_and_more_news_than_a_page(corpus: Settings) -> None:
    nothing_yet = "Nästa gång skrivs allt; ännu har inget kommit.\n"
    assert news(corpus, "--since-last", "n", "--region", "gotland") == nothing_yet
    assert news(corpus, "--since-last", "n", "--region", "gotland") == "", "and still nothing"
    texts = [
        f"Vätgas till båt{number} i Visby på Gotland. Region Gotland är med. {number * 7}" for number in range(230)
    ]
    write(corpus, "d", *(line(f"d{number}", text) for number, text in enumerate(texts)))
    build(corpus)
    hits = json.loads(news(corpus, "--since-last", "n", "--region", "gotland", "--json"))["hits"]
    assert {hit["id"] for hit in hits} == {f"d{number}" for number in range(230)} and len(hits) == 230


@pytest.mark.parametrize("name", ["../ut", "a/b", "/tmp/ut", "", ".", "a/.."])
def test_the_name_of_a_watch_leads_nowhere_else(corpus: Settings, name: str) -> None:
    before = sorted(corpus.corpus.parent.rglob("*"))
    assert "går inte" in news(corpus, "--since-last", name, code=2)
    assert sorted(corpus.corpus.parent.rglob("*")) == before
    for odd in ("..", ".gömd", "a b", "Ö"):
        news(corpus, "--since-last", odd)
        assert (corpus.corpus / ".regionsok" / f"news-{odd}").is_file()


def test_news_that_could_not_be_printed_is_news_again(corpus: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    news(corpus, "--since-last", "n")
    write(corpus, "d", line("d"))
    build(corpus)

    def full(*_: object) -> None:
        raise OSError("no room")

    with monkeypatch.context() as broken:
        broken.setattr("indexer.cli.asking.say", full)
        news(corpus, "--since-last", "n", code=1)
    assert "Nyhet d" in news(corpus, "--since-last", "n")


def test_a_memory_that_cannot_be_read_is_told_and_a_wrong_filter_remembers_nothing(corpus: Settings) -> None:
    assert "Atlantis" in news(corpus, "--since-last", "n", "--region", "Atlantis", code=2)
    assert "Nästa gång" in news(corpus, "--since-last", "n")
    (corpus.corpus / ".regionsok" / "news-n").write_text("nyss")
    assert "nyss" in news(corpus, "--since-last", "n", code=2)


def test_the_terminal_narrows_by_since(corpus: Settings) -> None:
    since = first_seen(corpus, "b")[0]
    places = ("--corpus", str(corpus.corpus), "--index", str(corpus.index), "--engine", corpus.engine)
    done = CliRunner().invoke(cli, ["search", "vätgas", "--since", since, "--json", *places])
    assert [hit["id"] for hit in json.loads(done.output)["hits"]] == ["c"]
    wrong = CliRunner().invoke(cli, ["search", "vätgas", "--since", "nyss", *places])
    assert wrong.exit_code == 2 and "nyss" in wrong.output


def test_every_face_answers_since(corpus: Settings) -> None:
    """And links and forms of a page keep it."""
    since = first_seen(corpus, "a")[0]
    client = create_app(corpus).test_client()
    asked = f"q=v%C3%A4tgas&sedan={quote_plus(since)}"
    assert client.get(f"/sok.json?{asked}").get_json()["total"] == 2
    assert len(client.get(f"/sok.jsonl?{asked}").text.splitlines()) == 2
    assert len(client.get(f"/sok.csv?{asked}").text.splitlines()) == 3
    soup = BeautifulSoup(client.get(f"/sok?{asked}").text, "lxml")
    ours = [link["href"] for link in soup.select("#live a[href^='/sok'], .years a") if "Ta bort" not in link.text]
    assert all("sedan=" in str(href) for href in ours if not soup.find("li", class_="clear").find(href=href))  # type: ignore[union-attr]
    assert soup.select_one("#med input[name=sedan]")["value"] == since  # type: ignore[index]
