"""Three nights of crawling a web of ninety hosts: each morning the index holds what the web showed, and nobody was asked against the rules."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from indexer import crawling
from indexer.indexing import build
from indexer.settings import Settings
from tests import command, crawl_hosts
from tests.crawl_hosts.feeds import index, item, rss, sitemap
from tests.crawl_nights import NIGHTS, SLACK, Nights, Place, claims, differences, documents_of, made, run
from tests.processes import children, resident
from tests.web import HTML, Answer, Web, page, settings_for, source

crawl = partial(crawling.crawl, internal=command.NETWORK)
MEMORY = 300_000_000
"""Bytes that the process that crawls may have, whatever is sent to it."""


class Run:
    """All of it, once for all tests of this file."""

    def __init__(self, web: Web, settings: Settings, chosen: set[str]) -> None:
        self.places = {one.key: one for one in made(web, chosen)}
        self.most, self._ended = 0, threading.Event()
        watcher = threading.Thread(target=self._watch)
        watcher.start()
        try:
            self.nights: Nights = run(list(self.places.values()), settings)
        finally:
            self._ended.set()
            watcher.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.1):
            crawlers = children(os.getpid(), "indexer.crawling")
            self.most = max([self.most, *map(resident, crawlers)])


@pytest.fixture(scope="module")
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """The three nights; of some places only where only tests of those were chosen."""
    of_run = [item for item in request.session.items if "whole" in getattr(item, "fixturenames", ())]
    keys = [getattr(item, "callspec", None) and item.callspec.params.get("key") for item in of_run]  # type: ignore[attr-defined]
    chosen = {*crawl_hosts.PLACES} if None in keys else {*map(str, keys)}
    web = Web()
    yield Run(web, settings_for(tmp_path_factory.mktemp("nights"), {}), chosen)
    web.close()


def test_the_web_is_as_large_as_is_claimed() -> None:
    assert len(crawl_hosts.PLACES) >= 40
    assert len(claims()) >= 55
    assert {point.partition(".")[0] for _, point in claims()} >= {"1", "2", "4", "5", "6", "7", "8", "9", "10", "11"}


@pytest.mark.parametrize(("key", "point"), claims(), ids=lambda value: value)
def test_what_is_claimed_by_the_number_of_the_issue_holds(whole: Run, key: str, point: str) -> None:
    behaviours = [behaviour for behaviour in whole.places[key].behaviours if behaviour.point == point]
    wrong = [f"{one.point} {one.says}: {line}" for one in behaviours for line in one.check(whole.nights)]
    assert not wrong, "\n".join(wrong[:20])


@pytest.mark.parametrize("night", range(1, NIGHTS + 1))
@pytest.mark.parametrize("key", crawl_hosts.PLACES)
def test_the_index_holds_each_morning_what_the_web_showed_and_nothing_else(whole: Run, key: str, night: int) -> None:
    one, morning = whole.places[key], whole.nights.mornings[night]
    expected = one.held[night - 1]
    wrong = [line for url, held in expected.items() for line in differences(url, held, morning.get(url), night)]
    for host in one.hosts:
        open_ended = [host.url(path) for path in one.open_ended]
        for url in morning.keys() - expected.keys():
            if url.startswith(host.url("/")) and not url.startswith(tuple(open_ended)):
                wrong.append(f"morning {night}: stale or unwanted: {url}")
    assert not wrong, "\n".join(wrong[:20])


def test_every_document_is_of_a_host_that_is_known(whole: Run) -> None:
    known = tuple(host.url("/") for one in whole.places.values() for host in one.hosts)
    for morning in whole.nights.mornings.values():
        assert [url for url in morning if not url.startswith(known)] == []


def test_a_host_has_one_request_in_flight(whole: Run) -> None:
    assert {host.url(): host.most for one in whole.places.values() for host in one.hosts if host.most > 1} == {}


def gaps_of(one: Place) -> Iterator[str]:
    """Gaps of its first host that are shorter than what was asked."""
    for before, after in zip(one.host.log, one.host.log[1:], strict=False):
        if after.at - before.at < one.gap - SLACK:
            yield f"{one.key}: {after.path} came {after.at - before.at:.3f} s after {before.path}, not {one.gap} s"


def test_no_gap_is_shorter_than_what_was_asked(whole: Run) -> None:
    """Between any two requests of a host: robots.txt, tdmrep.json, pages, redirects, and what is asked for again."""
    asking = [one for one in whole.places.values() if one.gap > SLACK]
    assert len(asking) >= 2
    assert [line for one in asking for line in gaps_of(one)] == []


def test_robots_txt_is_asked_for_before_all_else_and_once_a_night(whole: Run) -> None:
    wrong = []
    for host in (host for one in whole.places.values() for host in one.hosts):
        for night in range(1, NIGHTS + 1):
            asked = whole.nights.asked(host, night)
            if asked and asked[0].path != "/robots.txt" and {one.path for one in asked} != {"/regler3"}:
                wrong.append(f"night {night}: {host.url(asked[0].path)} was asked for before robots.txt")
            if sum(one.path == "/robots.txt" and 200 <= one.status < 500 for one in asked) > 1:
                wrong.append(f"night {night}: {host.url('/robots.txt')} was asked for more than once")
    assert wrong == []


def test_nothing_is_asked_of_a_host_within_its_rest(whole: Run) -> None:
    """Whatever said it, of all hosts: Retry-After in seconds."""
    wrong = []
    for host in (host for one in whole.places.values() for host in one.hosts):
        for number, asked in enumerate(host.log):
            said = dict(asked.answer.headers).get("Retry-After", "") if asked.answer else ""
            if said.isdecimal() and len(said) < 10:
                early = [later for later in host.log[number + 1 :] if later.at < asked.ended + int(said)]
                wrong += [
                    f"{later.path} {later.at - asked.ended:.2f} s after {asked.path}: {said} s" for later in early
                ]
    assert wrong == []


def test_every_request_says_who_asks_and_nothing_of_whoever_reads(whole: Run) -> None:
    wrong = []
    for asked in (asked for one in whole.places.values() for host in one.hosts for asked in host.log):
        lacks = [name for name in ("User-Agent", "Accept-Language") if not asked.headers[name]]
        tells = [name for name in ("Cookie", "Referer", "Authorization", "From") if asked.headers[name]]
        wrong += [f"{asked.path}: {lacks} {tells}"] * (bool(lacks or tells) or asked.method != "GET")
    assert wrong == []


def test_a_crawl_stays_within_its_memory(whole: Run) -> None:
    """While headers, bodies and packed bodies without an end are sent to it."""
    assert 0 < whole.most < MEMORY


def test_no_outcome_lacks_its_reason(whole: Run) -> None:
    """What was not fetched says why."""
    lines = [line for report in whole.nights.reports.values() for line in report.lines]
    assert [
        line for line in lines if line["outcome"] in ("refused", "failed", "left", "stopped") and not line["reason"]
    ] == []


def test_a_large_sitemap_comes_over_several_crawls_newest_first_each_once(web: Web, tmp_path: Path) -> None:
    """Point 7: 300 addresses, 100 pages a crawl."""
    host = web.host()
    order = [(number * 37) % 300 for number in range(300)]
    days = {f"/k/{number}": f"20{24 - number // 12 % 20:02}-{12 - number % 12:02}-15" for number in range(300)}
    host.pages["/karta.xml"] = sitemap((host.url(f"/k/{number}"), days[f"/k/{number}"]) for number in order)
    host.pages |= {path: page(f"karta{path[3:]}x") for path in days} | {"/": page("start")}
    told = source("Karta", host.url(), delay=0, sitemaps=[host.url("/karta.xml")])
    settings = replace(settings_for(tmp_path, {"karta": told}), crawl_pages=100)
    asked: list[str] = []
    for night in range(4):
        before = len(host.log)
        crawl(settings, (), day=f"2026-03-0{night + 1}")
        new = [one.path for one in host.log[before:] if one.path in days]
        first = [path for path in new if path not in asked]
        assert len(first) >= 90 or len({*asked, *first}) == 300, (
            f"night {night}: {len(first)} that were not asked before"
        )
        oldest = min(days[path] for path in first) if first else ""
        left = [path for path in days if path not in asked and path not in first]
        assert not left or max(days[path] for path in left) <= oldest, "newest first"
        asked += new
    assert {*asked} == {*days}


def test_depth_is_counted_in_pages(web: Web, tmp_path: Path) -> None:
    """Point 8: three sitemaps, a feed or two redirects on the way cost nothing; pages do."""
    host = web.host()
    host.pages = {
        "/": page("start", links=["/a1"]),
        "/s1.xml": index([host.url("/s2.xml")]),
        "/s2.xml": index([host.url("/s3.xml")]),
        "/s3.xml": sitemap([host.url("/l1")]),
        "/r1": Answer(302, {"Location": "/r2"}),
        "/r2": Answer(302, {"Location": "/a2"}),
        "/a1": page("a1", links=["/r1"]),
        **{f"/a{number}": page(f"a{number}", links=[f"/a{number + 1}"]) for number in range(2, 9)},
        **{f"/l{number}": page(f"l{number}", links=[f"/l{number + 1}"]) for number in range(1, 9)},
    }
    told = source("Djup", host.url(), sitemaps=[host.url("/s1.xml")])
    crawl(replace(settings_for(tmp_path, {"djup": told}), crawl_depth=3), ())
    asked = {*host.paths()}
    assert asked >= {"/a1", "/a2", "/a3", "/l1", "/l2", "/l3"}
    assert not asked & {"/a4", "/a5", "/l4", "/l5"}, "three links from a start page, or from what a list names"


def test_a_feed_that_is_added_is_asked_no_faster_than_it_is_crawled(web: Web, tmp_path: Path) -> None:
    """Point 4: `add FEED`."""
    host = web.host({f"/{number}": page(f"flödessida{number}x") for number in range(4)})
    host.pages["/rss"] = rss(item(host.url(f"/{number}"), f"F{number}") for number in range(4))
    settings = settings_for(tmp_path, {"flode": source("Flöde", host.url(), delay=0.3)})
    crawling.fetch(settings, host.url("/rss"), internal=command.NETWORK)
    assert {f"/{number}" for number in range(4)} <= {*host.paths()}
    assert min(host.gaps()) >= 0.3 - SLACK


def test_a_page_that_drips_is_bounded_by_the_seconds_of_its_source(web: Web, tmp_path: Path) -> None:
    """Point 6."""
    host = web.host({"/": page("start", links=["/droppe", "/efter"]), "/efter": page("efter")})
    host.pages["/droppe"] = Answer(
        headers={"Content-Type": HTML}, stream=lambda: (b"x" for _ in range(9_000)), pace=0.1
    )
    settings = replace(settings_for(tmp_path, {"droppe": source("Droppe", host.url())}), crawl_seconds=5)
    began = time.monotonic()
    report = crawl(settings, ())
    assert time.monotonic() - began < 15
    assert any(
        line["reason"] for line in report.lines if line["url"] == host.url("/droppe") or line["outcome"] == "stopped"
    )
    build(settings)
    assert [document.url for document in documents_of(settings) if document.url == host.url("/droppe")] == []
