"""The crawler: polite, safe, and asking only for what changed."""

from __future__ import annotations

import csv
import ipaddress
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from indexer.cli import cli
from indexer.crawling import Report, SourceError, check_sources, crawl, fetch
from indexer.crawling.__main__ import run
from indexer.crawling.answers import entries_of
from indexer.crawling.memory import Memory
from indexer.crawling.middlewares import RobotsTxtMiddleware, check_scrapy
from indexer.crawling.safety import is_internal, refusal_of
from indexer.crawling.sources import read_found, read_sites
from indexer.crawling.spider import Job
from indexer.indexing import build
from indexer.indexing.checking import check
from indexer.indexing.forgetting import forget
from indexer.metadata.robots import Rights, is_reserved, reservations, rights_of
from indexer.queries import Search
from indexer.searching import Searcher
from indexer.settings import Settings, load_settings
from tests.crawl_site import LARGE, Sites
from tests.processes import started

SOURCES = Path(__file__).resolve().parents[1] / "sources"


@pytest.fixture(scope="module")
def sites() -> Iterator[Sites]:
    served = Sites()
    yield served
    served.close()


@pytest.fixture
def crawling(sites: Sites, tmp_path: Path) -> Settings:
    folder = tmp_path / "sources"
    folder.mkdir()
    for number in range(1, 8):
        told = f'name = "Plats {number}"\nstart = ["{sites.url(number)}"]\ndelay = 0.01\nleave = ["\\\\.png$"]\n'
        (folder / f"plats{number}.toml").write_text(told, encoding="utf-8")
    (tmp_path / "corpus").mkdir()
    return Settings(
        corpus=tmp_path / "corpus",
        index=tmp_path / "index",
        sources=folder,
        crawl_contact="test@region.example",
        crawl_internal="127.0.1.0/24",
        crawl_depth=50,
    )


def outcomes(report: Report, word: str) -> set[str]:
    return {"/" + line["url"].split("/", 3)[3] for line in report.lines if line["outcome"] == word}


def found(settings: Settings, query: str) -> int:
    build(settings)
    return Searcher(settings).search(Search(query)).total


def test_a_crawl_is_polite_and_the_next_asks_only_for_what_changed(crawling: Settings, sites: Sites) -> None:
    report = crawl(crawling, ())
    forbidden = [path for path in sites.paths(1) if path.startswith("/hemligt")]
    forbidden += [path for path in sites.paths(5) if path.startswith("/stopp")]
    assert forbidden == []
    assert max(sites.most.values()) == 1, "one request a host at a time"
    assert sites.agents == {"Regionsok/0.1.0 (+test@region.example)"}
    assert set(sites.paths(3)) == {"/robots.txt"}, "a robots.txt that fails forbids everything"
    assert sites.paths(4) == []
    assert "/sida" in sites.paths(5), "one that moved is followed"
    times = sites.times[1]
    assert (times[-1] - times[0]) / (len(times) - 1) >= 0.05, "Crawl-delay, on the whole: the clock is the server's"
    assert sites.paths(6).count("/trangt") == 2, "asked for again after Retry-After"
    at = [time for (path, _), time in zip(sites.asked[6], sites.times[6], strict=True) if path == "/trangt"]
    assert at[1] - at[0] >= 1
    assert sites.paths(6).count("/trasig") == 1, "nobody waits for hours"
    assert len([path for path in sites.paths(1) if path.startswith("/kalender")]) <= 201, "an endless calendar ends"
    assert len([path for path in sites.paths(1) if path.startswith("/session")]) == 1, "a session is no new page"
    assert outcomes(report, "refused") >= {
        "/bort",
        "/ut",
        "/noindex",
        "/reserverat/a",
        "/bomb/gzip",
        "/bomb/br",
        "/bomb/zstd",
    }
    assert "/utifran" not in sites.paths(2), "another host is another source's, which asks it one thing at a time"
    for word in ("bredband", "torv", "skärgårdstrafik", "rymdbasen", "mjölkproduktion", "trängseln"):
        assert found(crawling, word) == 1, word
    (told,) = Searcher(crawling).search(Search("rymdbasen")).hits
    assert told.published == "2019-03-13", "as the feed says, in Swedish time"
    assert found(crawling, "kvantdatorer") == found(crawling, "förbehåll") == 0
    found_beside = read_found(crawling.sources / "plats1.toml")
    assert found_beside == {"feeds": [sites.url(1, "/nytt.rss")], "sitemaps": [sites.url(1, "/kartor.xml")]}

    sites.asked.clear()
    sites.changed = True
    again = crawl(crawling, ["plats1"])
    answers = dict(sites.asked[1])
    fetched = {
        path for path, status in answers.items() if status == 200 and not path.startswith(("/session", "/kalender"))
    }
    assert fetched == {"/robots.txt", "/.well-known/tdmrep.json", "/tva"}
    assert answers["/ett"] == answers["/karta-sida"] == answers["/flodessida"] == 304
    assert "/tva" in outcomes(again, "fetched")
    assert outcomes(again, "gone") == {"/gammal"}
    assert found(crawling, "havsvind") == 1
    assert found(crawling, "torv") == found(crawling, "mjölkproduktion") == 0, "the new version and the tombstone count"
    assert found(crawling, "bredband") == 1
    assert check(crawling).sound

    sites.changed = False
    crawl(crawling, ["plats1"])
    assert found(crawling, "mjölkproduktion") == 1, "it is back"


def test_what_can_never_be_read_is_noted_and_not_stored(crawling: Settings, sites: Sites) -> None:
    told = f'name = "Plats 7"\nstart = ["{sites.url(7, "/blandat")}"]\ndelay = 0.01\n'
    (crawling.sources / "plats7.toml").write_text(told, encoding="utf-8")
    report = crawl(crawling, ["plats7"])
    assert outcomes(report, "refused") == set(LARGE)
    assert outcomes(report, "fetched") == {"/blandat", "/litet"}
    memory = Memory(crawling.corpus / ".regionsok" / "crawl-plats7.sqlite")
    noted = {url.partition("/")[2]: (kind, size, reason) for url, kind, size, reason, _ in memory.unread()}
    memory.close()
    assert noted.keys() == {path.strip("/") for path in LARGE}
    for path, (_, headers, body) in LARGE.items():
        kind, size, reason = noted[path.strip("/")]
        assert (kind, size) == (headers["Content-Type"], len(body))
        assert reason.endswith(".") and ";" in reason
    assert found(crawling, "fjällrävar") == 1
    assert build(crawling, rebuild=True).refusals == (), "nothing that is refused lies in corpus/"
    assert sum(path.stat().st_size for path in crawling.corpus.rglob("*.warc.gz")) < 10_000
    sites.asked.clear()
    assert outcomes(crawl(crawling, ["plats7"]), "unchanged") == {"/blandat", "/litet", *LARGE}
    assert {status for path, status in sites.asked[7] if path in LARGE} == {304}, "not fetched again until it changes"


@pytest.mark.parametrize("name", ["_parse_robots", "_robots_error"])
@pytest.mark.parametrize("renamed", [True, False])
def test_a_scrapy_that_reads_robots_txt_otherwise_fetches_nothing(
    name: str, renamed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_scrapy()
    if renamed:
        monkeypatch.delattr(RobotsTxtMiddleware, name)
    else:
        monkeypatch.setattr(RobotsTxtMiddleware, name, lambda self, response: None)
    with pytest.raises(SystemExit, match=f"{name}.*Inget hämtas"):
        check_scrapy()
    with pytest.raises(SystemExit):
        run(Job({}, Path(), "", "", 1, 1, 1, 1))


def test_a_feed_whose_dates_are_none_still_leads_to_its_pages() -> None:
    feed = "<rss><channel><item><link>https://a.example/1</link><pubDate>{}</pubDate></item></channel></rss>"
    for day in ("0000-00-00T00:00:00Z", "9999-12-31T23:59:59-23:00", "igår", "2019-02-30"):
        assert list(entries_of(feed.format(day).encode())) == [("https://a.example/1", "")]


def test_an_address_of_a_feed_or_sitemap_gives_the_pages_in_it(crawling: Settings, sites: Sites) -> None:
    for path, word in (
        ("/nytt.rss", "rymdbasen"),
        ("/kartor.xml", "skärgårdstrafik"),
        ("/karta.xml.gz", "skärgårdstrafik"),
    ):
        here = replace(crawling, corpus=crawling.corpus / path.strip("/"), index=crawling.index / path.strip("/"))
        report = fetch(here, sites.url(1, path))
        assert len(outcomes(report, "fetched")) == 1, report
        assert found(here, word) == 1
        assert outcomes(fetch(here, sites.url(1, path)), "unchanged") > outcomes(report, "fetched")


def test_what_was_forgotten_is_not_asked_for_again(crawling: Settings, sites: Sites) -> None:
    fetch(crawling, sites.url(1, "/ett"))
    build(crawling)
    (hit,) = Searcher(crawling).search(Search("bredband")).hits
    assert forget(crawling, [hit.id]) == ([], [])
    sites.asked.clear()
    report = fetch(crawling, sites.url(1, "/ett"))
    assert [line["outcome"] for line in report.lines] == ["refused"]
    assert "/ett" not in sites.paths(1)
    assert found(crawling, "bredband") == 0


def test_an_interrupted_crawl_keeps_and_indexes_what_it_has(crawling: Settings, sites: Sites) -> None:
    folder = crawling.sources.parent
    told = f'name = "Plats 1"\nstart = ["{sites.url(1, "/kalender")}"]\ndelay = 0.01\n'
    (crawling.sources / "plats1.toml").write_text(told, encoding="utf-8")
    (folder / "regionsok.toml").write_text(
        'sources = "sources"\ncrawl_contact = "test@region.example"\ncrawl_internal = "127.0.1.0/24"\n'
    )
    sites.asked.clear()
    command = [str(Path(sys.executable).with_name("regionsok")), "crawl", "plats1"]
    with started(command, cwd=folder, start_new_session=True) as process:
        while len(sites.paths(1)) < 15:
            assert process.poll() is None
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        said, _ = process.communicate(timeout=60)
    asked = sum(path.startswith("/kalender") for path in sites.paths(1))
    assert process.returncode in (0, 3), said
    assert 10 <= asked < 150, "it stops long before its limit"
    assert found(crawling, "kalender") >= 10


@pytest.fixture
def listener() -> Iterator[list[str]]:
    """Connections made to 127.0.0.1 at a port, as long as the test runs; its first item is the port."""
    server = socket.create_server(("127.0.0.1", 0))
    made = [str(server.getsockname()[1])]

    def listen() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            made.append("connected")
            connection.close()

    threading.Thread(target=listen, daemon=True).start()
    yield made
    server.close()


INNER = [
    "2130706433",
    "0x7f.1",
    "017700000001",
    "127.1",
    "[::ffff:127.0.0.1]",
    "[::1]",
    "localhost",
    "127.0.0.1.",
    "[::]",
]


@pytest.mark.parametrize("host", INNER)
@pytest.mark.parametrize("allowed", ["", "127.0.1.0/24"])
def test_no_internal_address_is_connected_to(tmp_path: Path, listener: list[str], host: str, allowed: str) -> None:
    run = CliRunner().invoke(
        cli,
        ["add", f"http://{host}:{listener[0]}/", "--corpus", str(tmp_path / "c"), "--index", str(tmp_path / "i")],
        env={"REGIONSOK_CRAWL_CONTACT": "a@region.example", "REGIONSOK_CRAWL_INTERNAL": allowed},
    )
    assert run.exit_code == 3, run.output
    assert listener[1:] == []


def test_a_redirect_inwards_is_not_followed(crawling: Settings, sites: Sites, listener: list[str]) -> None:
    report = fetch(crawling, sites.url(1, "/bort"))
    assert [line["outcome"] for line in report.lines] == ["refused"]
    assert listener[1:] == []


def test_a_name_is_judged_by_what_it_resolves_to() -> None:
    from twisted.internet.error import DNSLookupError

    from indexer.crawling.middlewares import SafeResolver

    resolver = SafeResolver(None, 0, 1.0)
    assert resolver._checked("93.184.215.14", "region.example") == "93.184.215.14"
    with pytest.raises(DNSLookupError):
        resolver._checked("10.0.0.8", "region.example")


@given(st.ip_addresses())
def test_only_global_addresses_are_not_internal(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if not address.is_global:
        assert is_internal(str(address))
    if isinstance(address, ipaddress.IPv4Address):
        mapped = ipaddress.IPv6Address(f"::ffff:{address}")
        assert is_internal(str(mapped)) == is_internal(str(address))
        assert bool(refusal_of(f"http://{int(address)}/")) == is_internal(str(address))


@given(st.text())
def test_any_text_is_refused_or_not(text: str) -> None:
    assert refusal_of(text) is None or refusal_of(text).endswith(".")  # type: ignore[union-attr]
    refusal_of(f"http://{text}/")


DIRECTIVES = [
    (["noindex"], Rights(noindex=True)),
    (["none"], Rights(noindex=True, nofollow=True)),
    (["nofollow"], Rights(nofollow=True)),
    (["noindex, max-snippet:50"], Rights(noindex=True, snippet=50)),
    (["max-snippet: -1"], Rights()),
    (["nosnippet"], Rights(snippet=0)),
    (["otherbot: noindex"], Rights()),
    (["regionsok: noindex"], Rights(noindex=True)),
    (["index, follow"], Rights()),
]


@pytest.mark.parametrize(("said", "expected"), DIRECTIVES)
def test_what_robots_directives_say(said: list[str], expected: Rights) -> None:
    assert rights_of(said, [], False) == expected


def test_reservations_against_mining() -> None:
    rules = reservations(b'[{"location": "/*", "tdm-reservation": 1}, {"location": "/fritt/*", "tdm-reservation": 0}]')
    assert is_reserved("https://region.example/a", rules)
    assert not is_reserved("https://region.example/fritt/a", rules)
    assert reservations(b"{") == reservations(b'{"a": 1}') == []
    assert rights_of([], ["0"], True) == Rights()
    assert rights_of([], ["1"], False) == Rights(reserved=True)


def test_nothing_is_fetched_before_a_contact_is_stated() -> None:
    (refusal,) = fetch(Settings(), "https://region.example/").refusals()
    assert "crawl_contact" in refusal.reason
    with pytest.raises(SourceError, match="crawl_contact"):
        crawl(Settings(sources=SOURCES), ["vinnova"])


def test_the_sources_are_publishers_that_are_known() -> None:
    known, faults = check_sources(load_settings(Path("/dev/null"), sources=SOURCES))
    assert faults == []
    assert len(known) >= 25
    lines = (
        (SOURCES.parent / "indexer" / "metadata" / "regions" / "data" / "publishers.csv")
        .read_text(encoding="utf-8")
        .splitlines()
    )
    publishers = {row["address"]: row for row in csv.DictReader(line for line in lines if not line.startswith("#"))}
    for site in known.values():
        (host,) = site.hosts
        assert publishers[host]["name"] == site.name
        assert bool(publishers[host]["county"]) == bool(site.county)


FAULTS = [
    ('start = ["https://region.example/"]', "name"),
    ('name = "A"\nstart = ["https://region.example/"]\nfarg = 1', "farg"),
    ('name = "A"\nstart = "https://region.example/"', "lista"),
    ('name = "A"\nstart = ["http://10.0.0.1/"]', "internt"),
    ('name = "A"\nstart = ["https://region.example/"]\ncounty = "Danmark"', "Danmark"),
    ('name = "A"\nstart = ["https://region.example/"]\nfollow = ["("]', "mönstret"),
    ("name = ", "Invalid"),
]


@pytest.mark.parametrize(("told", "said"), FAULTS)
def test_a_source_that_cannot_be_used_is_named(tmp_path: Path, told: str, said: str) -> None:
    (tmp_path / "a.toml").write_text(told, encoding="utf-8")
    (tmp_path / "b.toml").write_text('name = "B"\nstart = ["https://b.example/"]', encoding="utf-8")
    found, faults = read_sites(tmp_path)
    assert list(found) == ["b"]
    assert len(faults) == 1
    assert "a.toml" in faults[0]
    assert said in faults[0]
