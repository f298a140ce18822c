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
from functools import partial
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from indexer import crawling as product
from indexer.cli import cli
from indexer.crawling import Report, SourceError, check_sources
from indexer.crawling.answers import feed_links
from indexer.crawling.memory import Link
from indexer.crawling.sources import (
    Found,
    Job,
    is_internal,
    read_found,
    read_sites,
    refusal_of,
)
from indexer.indexing import build
from indexer.indexing.checking import check
from indexer.indexing.curating import forget
from indexer.metadata.robots import RobotsRules, is_reserved, reservations, robots_rules
from indexer.queries import Search
from indexer.searching import Searcher
from indexer.settings import Settings, SettingsError, load_settings
from tests import command
from tests.crawl_site import LARGE, Sites
from tests.processes import started

crawl = partial(product.crawl, internal=command.NETWORK)
fetch = partial(product.fetch, internal=command.NETWORK)
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
    assert sites.paths(2)[-1] == "/trasig", "nobody waits for hours, and nothing more is asked of who asks to rest"
    assert [line["url"] for line in report.lines if line["outcome"] == "resting"] == [sites.url(2, "/trasig")]
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
    assert found_beside == Found((sites.url(1, "/nytt.rss"),), (sites.url(1, "/kartor.xml"),))

    sites.asked.clear()
    sites.changed = True
    again = crawl(crawling, ["plats1"])
    answers = dict(sites.asked[1])
    fetched = {
        path for path, status in answers.items() if status == 200 and not path.startswith(("/session", "/kalender"))
    }
    assert fetched == {"/robots.txt", "/.well-known/tdmrep.json", "/tva"}
    assert answers["/ett"] == answers["/karta-sida"] == answers["/flodessida"] == 304
    assert "/tva" in outcomes(again, "changed")
    assert outcomes(again, "gone") == {"/gammal"}
    assert found(crawling, "havsvind") == 1
    assert found(crawling, "torv") == found(crawling, "mjölkproduktion") == 0, "the new version and the tombstone count"
    assert found(crawling, "bredband") == 1
    assert check(crawling).sound

    sites.changed = False
    crawl(crawling, ["plats1"])
    assert found(crawling, "mjölkproduktion") == 1, "it is back"


def test_what_can_never_be_read_is_reported_and_not_stored(crawling: Settings, sites: Sites) -> None:
    told = f'name = "Plats 7"\nstart = ["{sites.url(7, "/blandat")}"]\ndelay = 0.01\n'
    (crawling.sources / "plats7.toml").write_text(told, encoding="utf-8")
    report = crawl(crawling, ["plats7"])
    assert outcomes(report, "refused") == set(LARGE)
    assert outcomes(report, "fetched") == {"/blandat", "/litet"}
    reason_of = {"/" + refusal.origin.split("/", 3)[3]: refusal.reason for refusal in report.refusals()}
    for path, (_, _, body) in LARGE.items():
        assert "; " in reason_of[path] and f" {len(body)} byte." in reason_of[path]
    assert found(crawling, "fjällrävar") == 1
    assert build(crawling, rebuild=True).refusals == (), "nothing that is refused lies in corpus/"
    assert sum(path.stat().st_size for path in crawling.corpus.rglob("*.warc.gz")) < 10_000
    sites.asked.clear()
    again = crawl(crawling, ["plats7"])
    assert outcomes(again, "unchanged") == {"/blandat", "/litet"}
    assert outcomes(again, "refused") == set(LARGE), "what is not stored is never called unchanged"


def test_a_feed_whose_dates_are_none_still_leads_to_its_pages() -> None:
    feed = "<rss><channel><item><link>https://a.example/1</link><pubDate>{}</pubDate></item></channel></rss>"
    for day in ("0000-00-00T00:00:00Z", "9999-12-31T23:59:59-23:00", "igår", "2019-02-30"):
        assert list(feed_links(feed.format(day).encode(), "https://a.example/rss")) == [
            Link("https://a.example/1", "listed")
        ]


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
    (folder / "regionsok.toml").write_text('sources = "sources"\ncrawl_contact = "test@region.example"\n')
    sites.asked.clear()
    with started([sys.executable, command.__file__, "crawl", "plats1"], cwd=folder, start_new_session=True) as process:
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
@pytest.mark.parametrize("allowed", [False, True])
def test_no_internal_address_is_connected_to(
    tmp_path: Path, listener: list[str], host: str, allowed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if allowed:
        command.allow(monkeypatch.setattr)
    run = CliRunner().invoke(
        cli,
        ["add", f"http://{host}:{listener[0]}/", "--corpus", str(tmp_path / "c"), "--index", str(tmp_path / "i")],
        env={"REGIONSOK_CRAWL_CONTACT": "a@region.example", "REGIONSOK_CRAWL_INTERNAL": "127.0.0.0/8"},
    )
    assert run.exit_code == 3, run.output
    assert listener[1:] == []


def test_no_user_can_let_an_internal_address_be_fetched(crawling: Settings, sites: Sites) -> None:
    """Neither a file nor a variable: the tests' own network is refused like any other where the code does not say otherwise."""
    config = crawling.sources.parent / "inre.toml"
    config.write_text('crawl_internal = "127.0.1.0/24"\n', encoding="utf-8")
    with pytest.raises(SettingsError, match="crawl_internal"):
        load_settings(config, {})
    given = load_settings(
        None, {"REGIONSOK_CRAWL_INTERNAL": "127.0.1.0/24"}, sources=crawling.sources, crawl_contact="a@b.example"
    )
    assert all("internt" in fault or "portarna" in fault for fault in check_sources(given)[1])
    sites.asked.clear()
    (refusal,) = product.fetch(given, sites.url(1, "/ett")).refusals()
    assert refusal.reason.endswith(".") and not sites.asked


def test_a_job_reaches_the_process_that_crawls_as_it_was(crawling: Settings) -> None:
    known, _ = check_sources(crawling, command.NETWORK)
    job = Job(
        known,
        replace(crawling, synonyms=Path("ö.txt"), rights={"a": "egen"}),
        command.NETWORK,
        True,
        day="2026-03-01",
    )
    sent = msgspec.json.encode(job, enc_hook=str)
    assert msgspec.json.decode(sent, type=Job, dec_hook=lambda _, path: Path(path)) == job


def test_the_log_says_what_a_crawl_decided(crawling: Settings, sites: Sites, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "indexer"):
        crawl(replace(crawling, crawl_pages=1), ["plats1"])
    records = {record.getMessage(): vars(record) for record in caplog.records if record.name == "indexer.crawling"}
    assert records.keys() >= {"crawl begun", "robots read", "site left", "crawl ended"}
    assert records["robots read"]["delay"] == 0.05
    assert records["site left"]["why"] == "closespider_pages"


def test_a_redirect_inwards_is_not_followed(crawling: Settings, sites: Sites, listener: list[str]) -> None:
    report = fetch(crawling, sites.url(1, "/bort"))
    assert [line["outcome"] for line in report.lines] == ["refused"]
    assert listener[1:] == []


def test_a_name_is_judged_by_what_it_resolves_to() -> None:
    from twisted.internet.error import DNSLookupError

    from indexer.crawling.wire import SafeResolver

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
    (["noindex"], RobotsRules(noindex=True)),
    (["none"], RobotsRules(noindex=True, nofollow=True)),
    (["nofollow"], RobotsRules(nofollow=True)),
    (["noindex, max-snippet:50"], RobotsRules(noindex=True, snippet=50)),
    (["max-snippet: -1"], RobotsRules()),
    (["nosnippet"], RobotsRules(snippet=0)),
    (["otherbot: noindex"], RobotsRules()),
    (["regionsok: noindex"], RobotsRules(noindex=True)),
    (["index, follow"], RobotsRules()),
]


@pytest.mark.parametrize(("said", "expected"), DIRECTIVES)
def test_what_robots_directives_say(said: list[str], expected: RobotsRules) -> None:
    assert robots_rules(said, [], False) == expected


def test_reservations_against_mining() -> None:
    rules = reservations(b'[{"location": "/*", "tdm-reservation": 1}, {"location": "/fritt/*", "tdm-reservation": 0}]')
    assert is_reserved("https://region.example/a", rules)
    assert not is_reserved("https://region.example/fritt/a", rules)
    assert reservations(b"{") == reservations(b'{"a": 1}') == []
    assert robots_rules([], ["0"], True) == RobotsRules()
    assert robots_rules([], ["1"], False) == RobotsRules(reserved=True)


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
    ('name = "A"\nstart = ["https://region.example/", 1]', "start ska vara en lista med texter"),
    ('name = 1\nstart = ["https://region.example/"]', "name ska vara en text"),
    ('name = "A"\nstart = ["https://region.example/"]\ndelay = "två"', "delay ska vara ett tal"),
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
