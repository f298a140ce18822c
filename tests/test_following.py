"""To follow a question: what is first seen when, whatever becomes of index/; what is new since then, on every face."""

from __future__ import annotations

import json
import random
import shutil
from datetime import UTC, datetime, timedelta
from urllib.parse import quote_plus
from xml.etree import ElementTree

import feedparser
import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from flask.testing import FlaskClient
from msgspec.structs import replace

from indexer.cli import cli
from indexer.documents import Document
from indexer.engines import Window, open_engine, open_writer
from indexer.fields import number, record_of
from indexer.indexing import build
from indexer.indexing.checking import check
from indexer.indexing.curating import correct, forget, hide
from indexer.metadata.dates import instant
from indexer.planning import nodes
from indexer.queries import Filters, Period, Search
from indexer.searching import Searcher
from indexer.settings import Settings
from tests.brute_force import Truth
from tests.conftest import write_jsonl
from tests.stops import instants
from tests.test_formats import warc
from webapp import create_app

RELEASE = " ".join(
    f"Regionen satsar {number} miljoner kronor på vätgas i del {number} av länet." for number in range(14)
)


def write(settings: Settings, name: str, *documents: dict[str, object]) -> None:
    write_jsonl(settings.corpus / f"{name}.jsonl", list(documents))


def line(id: str, text: str = "", **more: object) -> dict[str, object]:
    return {"id": id, "title": f"Nyhet {id}", "text": text or f"Vätgas nummer {id} i länet.", **more}


def first_seen(settings: Settings, *ids: str) -> list[str]:
    found = [Searcher(settings).document(id) for id in ids]
    return [document.first_seen if document else "" for document in found]


@pytest.fixture
def corpus(settings: Settings) -> Settings:
    """Three documents of three runs."""
    for id in "abc":
        write(settings, id, line(id))
        build(settings)
    return settings


def test_first_seen_is_the_run_that_first_had_it_and_stays_over_rebuilds_and_a_deleted_index(corpus: Settings) -> None:
    seen = first_seen(corpus, "a", "b", "c")
    assert all(seen) and sorted(set(seen)) == seen, "each run has an instant, later than all before"
    write(corpus, "a", line("a", "En annan text om vätgas."))
    build(corpus)
    (corpus.corpus / "b.jsonl").rename(corpus.corpus / "moved.jsonl")
    build(corpus, rebuild=True)
    assert first_seen(corpus, "a", "b", "c") == seen
    shutil.rmtree(corpus.index)
    build(corpus)
    assert first_seen(corpus, "a", "b", "c") == seen
    other = replace(corpus, index=corpus.index.with_name("other"), engine="whoosh")
    build(other)
    assert first_seen(other, "a", "b", "c") == seen and check(other).sound


def test_a_document_that_left_and_came_back_is_not_new(corpus: Settings) -> None:
    seen = first_seen(corpus, "b")
    content = (corpus.corpus / "b.jsonl").read_bytes()
    (corpus.corpus / "b.jsonl").unlink()
    build(corpus)
    (corpus.corpus / "b.jsonl").write_bytes(content)
    build(corpus)
    assert first_seen(corpus, "b") == seen


def test_only_the_first_run_over_a_corpus_takes_what_is_known_from_before(settings: Settings) -> None:
    def archive(name: str, number: int, day: str) -> None:
        body = f"<main><h1>Nyhet {number}</h1><p>Nyhet nummer {number} om vätgas i länet.</p></main>".encode()
        page = (f"https://region.example/{number}", "text/html", body)
        (settings.corpus / f"{name}.warc.gz").write_bytes(warc(page, day=day))

    archive("a", 1, "2026-03-05")
    archive("b", 1, "2026-03-04")  # read later, fetched earlier, and beaten
    write(settings, "c", line("c"))
    build(settings)
    hits = {hit.origin.partition(".")[0]: hit.id for hit in Searcher(settings).search(Search()).hits}
    known, unknown = first_seen(settings, hits["a"], "c")
    assert known.startswith("2026-03-04T") and known < unknown
    archive("d", 2, "2026-03-06")
    build(settings)
    assert first_seen(settings, *(instants(settings).keys() - {hits["a"], "c"}))[0] > unknown


def test_a_later_copy_of_a_known_release_is_not_new_also_where_it_comes_to_stand_for_it(corpus: Settings) -> None:
    write(corpus, "late", line("late", RELEASE, date="2020-05-12"))
    build(corpus)
    seen = first_seen(corpus, "late")
    write(corpus, "copy", line("copy", RELEASE, date="2020-05-10"))
    build(corpus)
    copy = Searcher(corpus).document("copy")
    assert copy and [other.id for other in copy.duplicates] == ["late"], "the earlier publication stands for both"
    assert first_seen(corpus, "late", "copy") == seen * 2
    build(corpus, rebuild=True)
    assert first_seen(corpus, "late", "copy") == seen * 2
    (corpus.corpus / "late.jsonl").unlink()
    build(corpus)
    assert first_seen(corpus, "copy") == [instants(corpus)["copy"]] > seen


def test_a_corrected_document_is_new_from_then_and_an_old_ledger_that_knows_the_day_is_read(corpus: Settings) -> None:
    latest = first_seen(corpus, "c")[0]
    correct(corpus, "a", ("2019-03-12", ()))
    document = Searcher(corpus).document("a")
    assert document and document.first_seen < latest < document.corrected == document.new_at
    assert document.published and document.published.evidence == f"rättat {document.corrected[:10]}"
    ledger = corpus.corpus / ".regionsok" / "ledger.json"
    stored = json.loads(ledger.read_text())
    stored["corrected"]["a"]["day"] = "2026-11-24"
    ledger.write_text(json.dumps(stored))
    build(corpus)
    document = Searcher(corpus).document("a")
    assert document and document.corrected == "2026-11-23T23:00:00.000Z" and check(corpus).sound
    correct(corpus, "a", None)
    document = Searcher(corpus).document("a")
    assert document and document.corrected == "" and document.new_at == document.first_seen


def test_forgetting_a_document_forgets_when_it_was_seen(corpus: Settings) -> None:
    forget(corpus, ["b"])
    assert instants(corpus).keys() == {"a", "c"}
    assert b"b2026" not in (corpus.corpus / ".regionsok" / "seen.sqlite").read_bytes()


def test_engines_agree_on_what_is_new_since_an_instant_and_what_came_last(settings: Settings) -> None:
    chance = random.Random(22)
    start = datetime(2026, 11, 30, 8, tzinfo=UTC)
    moments = [start + timedelta(milliseconds=chance.choice((1, 2, 1000, 86_400_000)) * number) for number in range(40)]
    documents = [
        Document(f"d{number}", "Nyhet", "Vätgas.", first_seen=instant(moment.isoformat()) or "")
        for number, moment in enumerate(moments * 2)
    ]
    records = [record_of(document) for document in documents]
    writer = open_writer(settings.engine, settings.index)
    for record in records:
        writer.add(record)
    writer.commit()
    writer.close()
    engine = open_engine(settings.engine, settings.index)
    for document in documents[:20]:
        plan = nodes.Since(number(document.new_at))
        expected = {record.id for record in records if Truth(record).matches(plan)}
        assert {match.id for match in engine.find(plan, Window(0, 100))} == expected and engine.count(
            plan
        ).total == len(expected)
    ranked = sorted(sorted(documents, key=lambda one: one.id), key=lambda one: one.new_at, reverse=True)
    found = engine.find(nodes.Everything(), Window(5, 50, "latest"))
    assert [match.id for match in found] == [document.id for document in ranked[5:55]]


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


def test_where_nothing_is_new_nothing_else_is_shown_instead(corpus: Settings) -> None:
    """Of a question without hits other spellings, and the times and kinds in it, are tried: not of one that only has nothing new."""
    write(
        corpus,
        "d",
        line("d", "Vätgaz i länet.", date="2020-01-02"),
        line("e", "En rapport om vindkraft.", date="2020-01-02"),
    )
    build(corpus)
    since = first_seen(corpus, "d")[0]
    write(
        corpus, "f", *(line(f"f{number}", f"Vätgas och vindkraft {number}.", date="2020-01-02") for number in range(12))
    )
    build(corpus)
    for query in ("vätgaz", "rapport om vindkraft", "vindkraft solceller 2020"):
        assert new(corpus, since, query) == [], query


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
    assert "1970" in news(corpus, "--since-last", "n", "--region", "gotland")
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
