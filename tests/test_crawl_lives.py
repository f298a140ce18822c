"""A page's life: what the web shows night by night, and what the index holds each morning; kills, locks and full disks."""

from __future__ import annotations

import base64
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import json
from msgspec.structs import replace
from scrapy.http import HtmlResponse

from indexer import crawling as product
from indexer.corpus import Ledger, read_ledger
from indexer.corpus.ledger import DEPARTURES, LEDGER, Departure, note, settle
from indexer.crawling import Report
from indexer.crawling.frontier import NEW, REVISITS, Frontier
from indexer.crawling.memory import DETOURS, LONGEST, Archive, Link, Memory, Seen
from indexer.crawling.sources import Job, Site
from indexer.documents import Document, identity
from indexer.indexing import build
from indexer.queries import Search
from indexer.searching import Searcher
from indexer.settings import Settings
from tests import command
from tests.web import HTML, Answer, Host, Web, page, settings_for, source

FIRST = date(2026, 3, 1)


def crawl(settings: Settings, night: int = 0) -> Report:
    return product.crawl(settings, (), internal=command.NETWORK, day=(FIRST + timedelta(days=night)).isoformat())


def held(settings: Settings, *words: str) -> list[bool]:
    """Which words the index finds."""
    build(settings)
    searcher = Searcher(settings)
    return [searcher.search(Search(word)).total > 0 for word in words]


def addresses(settings: Settings) -> set[str]:
    """The paths of all documents of the index."""
    build(settings)
    hits = Searcher(settings).search(Search("", size=100)).hits
    return {urlsplit(hit.url or "").path for hit in hits}


def outcomes(report: Report, *names: str) -> list[str]:
    return sorted(line["url"].rpartition("/")[2] for line in report.lines if line["outcome"] in names)


def moved(path: str, status: int = 301) -> Answer:
    return Answer(status, {"Location": path})


def with_headers(answer: Answer, **headers: str) -> Answer:
    """The same body with the same ETag, which a server that looks at nothing else answers 304."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(headers=dict(answer.headers) | named, body=answer.body, etag=False)


NOINDEX = '<meta name="robots" content="noindex">'
SOFT = page("Sidan finns inte", "Sidan du söker finns inte.")
WALL = page(
    "Välkommen", "Vi använder kakor för att webbplatsen ska fungera. Du måste godkänna våra kakor för att fortsätta."
)
GONE, MISSING, BROKEN = Answer(410), Answer(404), Answer(500)


class Life(NamedTuple):
    """Of the page at /NAME, which only the first night's start page leads to, and whose text says NAME."""

    shows: tuple[Answer, ...]
    """Each night; the last one on."""
    holds: str
    """Each morning, + or -."""


def of(name: str, **more: str) -> Answer:
    return page(name, **more)


LIVES: dict[str, Life] = {
    "kvarstaende": Life((of("kvarstaende"),), "+++++"),
    "borttagen": Life((of("borttagen"), GONE), "+----"),
    "olaglig": Life((of("olaglig"), Answer(451)), "+----"),
    "forsvunnen": Life((of("forsvunnen"), MISSING), "++---"),
    "skymd": Life((of("skymd"), MISSING, of("skymd")), "+++++"),
    "ryckig": Life((of("ryckig"), MISSING, of("ryckig"), MISSING, of("ryckig")), "+++++"),
    "trasig": Life((of("trasig"), MISSING, BROKEN, BROKEN, MISSING), "++++-"),
    "utan": Life((of("utan"), BROKEN), "+++++"),
    "aterkommen": Life((of("aterkommen"), GONE, of("aterkommen")), "+-+++"),
    "ovillig": Life((of("ovillig"), of("ovillig", head=NOINDEX)), "+----"),
    "angrande": Life((of("angrande"), of("angrande", head=NOINDEX), of("angrande")), "+-+++"),
    "huvudlos": Life((of("huvudlos"), with_headers(of("huvudlos"), X_Robots_Tag="noindex"), of("huvudlos")), "+-+++"),
    "forbehallen": Life((of("forbehallen"), with_headers(of("forbehallen"), tdm_reservation="1")), "+----"),
    "flyttad": Life((of("flyttad"), moved("/ny-flyttad")), "+----"),
    "bortflyttad": Life((of("bortflyttad"), moved("/ny-bortflyttad", 308)), "+----"),
    "hemvand": Life((of("hemvand"), moved("/")), "+----"),
    "omvag": Life((of("omvag"), moved("/ny-omvag", 302)), "+++++"),
    "hemlockad": Life((of("hemlockad"), moved("/", 302)), "++---"),
    "hopplos": Life((of("hopplos"), moved("/hopplos/1"), moved("/hopplos/1")), "+----"),
    "ursaktande": Life((of("ursaktande"), SOFT), "+----"),
    "inmurad": Life((of("inmurad"), WALL), "+++++"),
    "utanfor": Life((of("utanfor"), moved("http://127.0.1.1/utanfor")), "+----"),
}
LINKED = {"aterkommen", "angrande", "huvudlos"}
"""Which the start page leads to every night: what left is looked for where something leads to it."""
TARGETS = ("flyttad", "bortflyttad", "omvag")


def test_the_index_holds_each_morning_what_the_web_showed(web: Web, tmp_path: Path) -> None:
    host = web.host()
    settings = settings_for(tmp_path, {"plats": source("Plats", host.url())})
    for night in range(5):
        links = [f"/{name}" for name in LIVES if night == 0 or name in LINKED]
        host.pages["/"] = page("Start", "Inget nytt i dag.", links=links)
        for name, life in LIVES.items():
            host.pages[f"/{name}"] = life.shows[min(night, len(life.shows) - 1)]
        if night:
            host.pages.update({f"/ny-{name}": of(f"ny-{name}") for name in TARGETS})
            host.pages["/hopplos/1"] = moved("/hopplos/2")
            host.pages["/hopplos/2"] = moved("/hopplos/1")
        since = len(host.log)
        crawl(settings, night)
        paths = [asked.path for asked in host.log[since:] if asked.status != 500]
        assert sorted(paths) == sorted(set(paths)), "each address is asked for once"
        named = {f"/{name}" for name, life in LIVES.items() if life.holds[night] == "+"}
        assert addresses(settings) == named | {"/"} | {f"/ny-{name}" for name in TARGETS if night}


def test_what_an_unlinked_page_says_anew_is_read(web: Web, tmp_path: Path) -> None:
    host = web.host({"/": page("Start", links=["/nyhet"]), "/nyhet": page("Nyhet", "Om torvbrytning.")})
    settings = settings_for(tmp_path, {"plats": source("Plats", host.url())})
    assert outcomes(crawl(settings), "fetched") == ["", "nyhet"]
    host.pages |= {"/": page("Start", "Tomt."), "/nyhet": page("Nyhet", "Om havsvind.", links=["/djupare"])}
    host.pages["/djupare"] = page("Djupare", "Om grundvatten.")
    assert outcomes(crawl(settings, 1), "changed") == ["", "nyhet"]
    assert held(settings, "torvbrytning", "havsvind", "grundvatten") == [False, True, True]


def test_a_page_moves_to_another_host_that_its_source_names_and_no_other(web: Web, tmp_path: Path) -> None:
    old, new, other = web.host(), web.host(), web.host()
    old.pages |= {"/": page("Start", links=["/a", "/b"]), "/a": page("A", "Om alkärr."), "/b": page("B", "Om bokskog.")}
    settings = settings_for(tmp_path, {"plats": source("Plats", old.url(), feeds=[new.url("/flode")])})
    crawl(settings)
    assert held(settings, "alkärr", "bokskog") == [True, True]
    old.pages |= {"/": page("Start", "Tomt."), "/a": moved(new.url("/a")), "/b": moved(other.url("/b"))}
    new.pages["/a"], other.pages["/b"] = page("A", "Om alkärr."), page("B", "Om bokskog.")
    report = crawl(settings, 1)
    assert outcomes(report, "moved") == ["a", "b"]
    assert held(settings, "alkärr", "bokskog") == [True, False]
    assert other.log == []
    (asked,) = new.asked("/a")
    assert asked.headers.get("If-None-Match") is None, "what is known of one address is not said to another"
    new.pages["/a"] = GONE
    crawl(settings, 2)
    assert held(settings, "alkärr") == [False], "it is followed there, too"


def test_a_long_way_round_is_a_move(web: Web, tmp_path: Path) -> None:
    host = web.host({"/": page("Start", links=["/a"]), "/a": page("A", "Om alkärr.")})
    settings = settings_for(tmp_path, {"plats": source("Plats", host.url())})
    crawl(settings)
    host.pages |= {"/": page("Start", "Tomt."), "/a": moved("/b", 307), "/b": page("B", "Om bokskog.")}
    told = [outcomes(crawl(settings, night), "moved", "missing") for night in range(1, DETOURS + 1)]
    assert held(settings, "alkärr", "bokskog") == [False, True]
    assert told == [["a"]] * DETOURS


RULES: dict[str, tuple[Callable[[Host, Settings], None], bool]] = {
    "leave": (lambda host, settings: _source(host, settings, leave=["/hemligt/"]), False),
    "follow": (lambda host, settings: _source(host, settings, follow=["/oppet/"]), False),
    "reservation": (lambda host, settings: _reserve(host, "/hemligt/*"), False),
    "reservation of all but what permits": (lambda host, settings: _reserve(host, "/*"), False),
    "robots.txt": (lambda host, settings: _forbid(host, "/hemligt/"), True),
}


def _source(host: Host, settings: Settings, **rules: list[str]) -> None:
    (settings.sources / "plats.toml").write_text(source("Plats", host.url(), **rules), encoding="utf-8")


def _reserve(host: Host, location: str) -> None:
    body = f'[{{"location": "{location}", "tdm-reservation": 1}}]'.encode()
    host.pages["/.well-known/tdmrep.json"] = Answer(headers={"Content-Type": "application/json"}, body=body)


def _forbid(host: Host, path: str) -> None:
    host.pages["/robots.txt"] = Answer(
        headers={"Content-Type": "text/plain"}, body=f"User-agent: *\nDisallow: {path}".encode()
    )


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_that_comes_later_counts_for_what_is_unchanged_and_not_asked(
    rule: str, web: Web, tmp_path: Path
) -> None:
    host, words = web.host(), ("alkärr", "bokskog", "citronfjärilar")
    permits = '<meta name="tdm-reservation" content="0">'
    linked = page("Start", head=permits, links=["/oppet/a", "/hemligt/b"])
    host.pages["/"] = page("Start", head=permits, links=["/oppet/a", "/hemligt/b", "/hemligt/c"])
    host.pages["/oppet/a"] = page("A", "Om alkärr.", head=permits)
    host.pages["/hemligt/b"], host.pages["/hemligt/c"] = page("B", "Om bokskog."), page("C", "Om citronfjärilar.")
    settings = settings_for(tmp_path, {"plats": source("Plats", host.url())})
    crawl(settings)
    assert held(settings, *words) == [True, True, True]
    before = host.pages | {"/": linked}, (settings.sources / "plats.toml").read_text(encoding="utf-8")
    host.pages["/"] = linked
    change, expected = RULES[rule]
    change(host, settings)
    for night in (1, 40):  # the second time days after it is not due
        host.log.clear()
        crawl(settings, night)
        assert held(settings, *words) == [True, expected, expected]
        assert "reservation" in rule or not host.asked("/hemligt/b") + host.asked("/hemligt/c")
    host.pages = before[0]
    (settings.sources / "plats.toml").write_text(before[1], encoding="utf-8")
    crawl(settings, 41)
    assert held(settings, *words) == [True, True, expected], "a rule that is taken back counts too"


def test_a_page_that_stands_is_asked_for_seldom_and_what_it_leads_to_all_the_same(web: Web, tmp_path: Path) -> None:
    host = web.host({"/": page("Start", links=["/lista"]), "/lista": page("Lista", links=["/under"])})
    host.pages["/under"] = page("Under", links=["/djup"])
    settings = settings_for(tmp_path, {"plats": source("Plats", host.url(), sitemaps=[host.url("/karta.xml")])})
    _sitemap(host, "/listad", "2020-01-01")
    host.pages["/listad"] = page("Listad")
    asked: dict[int, set[str]] = {}
    for night in (0, 0, 9, 100, 100, 109, 110, 300, 500):
        if night == 109:
            host.pages["/djup"] = page("Djup", "Om djuphavet.")
            _sitemap(host, "/listad", (FIRST + timedelta(days=101)).isoformat())
        host.log.clear()
        crawl(settings, night)
        asked[night] = set(host.paths()) - {"/robots.txt", "/.well-known/tdmrep.json"}
    lists, pages = {"/", "/karta.xml"}, {"/lista", "/under", "/listad", "/djup"}
    assert asked[0] == asked[9] == asked[300] == asked[500] == asked[110] | {"/listad"} == lists | pages
    assert asked[100] == lists | {"/djup"}, "the second time that day; what is not there is asked for each time"
    assert asked[109] == lists | {"/djup", "/listad"}, (
        "below pages that are not asked for; and what a sitemap says changed"
    )
    assert held(settings, "djuphavet") == [True]


def _sitemap(host: Host, path: str, day: str) -> None:
    url = f"<url><loc>{host.url(path)}</loc><lastmod>{day}</lastmod></url>"
    body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{url}</urlset>'.encode()
    host.pages["/karta.xml"] = Answer(headers={"Content-Type": "application/xml"}, body=body)


@given(st.dates(), st.integers(0, 5_000), st.integers(0, 3))
def test_the_older_the_later_but_never_later_than_two_months(changed: date, days: int, missing: int) -> None:
    if changed.year > 9000:
        return
    asked = changed + timedelta(days=days)
    due = date.fromisoformat(Seen("", asked=asked.isoformat(), changed=changed.isoformat(), missing=missing).due)
    assert asked <= due <= asked + LONGEST
    assert (due == asked) == bool(missing or days < 10)


def test_revisits_of_a_crawl_are_bounded_and_the_oldest_come_first(tmp_path: Path) -> None:
    known, new = range(REVISITS + 100), range(NEW + 600)
    job = Job({"a": Site("A", ("http://a.example/",))}, settings_for(tmp_path, {}), day="2026-03-01")
    (job.settings.corpus / ".regionsok").mkdir()
    memory = Memory("a", job, print)
    memory.keep("", [f"http://a.example/gammal{number}" for number in known])
    for number in known:
        seen = memory.seen(f"a.example/gammal{number}")
        assert seen
        memory._put(replace(seen, digest="x", changed="2026-02-01", asked=f"2026-02-{1 + (number * 7) % 20:02}"))
    revisits = Frontier("a", job, lambda outcome, url, reason: None, memory)
    revisits.add(Link(f"http://a.example/ny{number}", "page") for number in new)
    asked = [found.link.url.rpartition("/")[2] for found in iter(revisits.next, None)]
    memory.close()
    again = [name for name in asked if name.startswith("gammal")]
    days = [(int(name.removeprefix("gammal")) * 7) % 20 for name in again]
    assert len(again) == REVISITS and days == sorted(days)
    assert len(asked) == len(set(asked)) == REVISITS + len(new)
    assert [name.startswith("gammal") for name in asked[: NEW + 100]] == [False] * NEW + [True, False] * 50


def test_a_memory_holds_of_the_ledger_what_a_crawl_needs(tmp_path: Path) -> None:
    """Each site has one, and what was given or forgotten may be much."""
    job = Job({"a": Site("A", ("http://a.example/",))}, settings_for(tmp_path, {}), day="2026-03-01")
    (job.settings.corpus / ".regionsok").mkdir()
    ledger = Ledger(gone={identity("http://a.example/borta", "", ""): "2026-02-01"})
    ledger.forget(Document("http://a.example/glömd", "", "", "http://a.example/glömd"))
    ledger.given = {f"tillagt/{number}": {"title": f"Nyhet {number}", "source": "A"} for number in range(2_000)}
    (job.settings.corpus / LEDGER).write_bytes(json.encode(ledger))
    tracemalloc.start()
    memory = Memory("a", job, print)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 200_000, "not what was given, which takes 700,000"
    assert memory.forgets("http://a.example/glömd") and not memory.forgets("http://a.example/nyhet")
    memory.are_here(["http://a.example/borta", "http://a.example/nyhet"])
    memory.close()
    settle(job.settings.corpus)
    assert not read_ledger(job.settings.corpus).gone


# warcio leaves its temporary files to the collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_last_of_answers_within_one_second_is_what_the_page_says(tmp_path: Path) -> None:
    """Of two that came at the same time what stands in them would decide: a crawl that takes less than a second begins anew in it."""
    job = Job({"a": Site("A", ("http://a.example/",))}, settings_for(tmp_path, {}), day="2026-03-01")
    for name in (".regionsok", "crawl"):
        (job.settings.corpus / name).mkdir()
    memory = Memory("a", job, print)
    words = [f"ordning{letter}" for letter in "ljusbokhetarn"]
    for word in words:
        markup = f"<!doctype html><title>{word}</title><h1>{word}</h1><p>Regionen skriver i dag om {word}.".encode()
        archive = Archive(job, "a", memory)
        archive.add(HtmlResponse("http://a.example/sida", headers={"Content-Type": HTML}, body=markup), "", "")
        archive.flush()
    memory.close()
    assert held(job.settings, *words) == [False] * (len(words) - 1) + [True]


def test_what_an_earlier_version_remembered_and_archived_is_asked_for_again(web: Web, tmp_path: Path) -> None:
    host = web.host({"/": page("Start", links=["/a"]), "/a": page("A", "Om alkärr.")})
    settings = settings_for(tmp_path, {"plats": source("Plats", host.url())})
    crawl(settings)
    _as_it_was_remembered(settings.corpus / ".regionsok" / "crawl-plats.sqlite")
    host.pages |= {"/": page("Start", "Tomt."), "/a": GONE}
    assert outcomes(crawl(settings, 1), "gone") == ["a"]
    assert held(settings, "alkärr") == [False]
    (settings.corpus / ".regionsok" / "crawl-plats.sqlite").unlink()
    host.pages["/a"] = page("A", "Om alkärr.")
    crawl(settings, 2)
    assert held(settings, "alkärr") == [True], "a lost memory is made of the archives"


def _as_it_was_remembered(path: Path) -> None:
    """The table of pages that earlier versions had."""
    with sqlite3.connect(path) as old:
        rows = old.execute(
            "SELECT key, coalesce(seen ->> 'etag', ''), coalesce(seen ->> 'modified', ''), seen ->> 'digest', links, stored, '{}', asked"
            " FROM addresses"
        ).fetchall()
        old.executescript(
            "DROP TABLE addresses; DROP TABLE archives; CREATE TABLE pages (url TEXT PRIMARY KEY, etag TEXT NOT NULL,"
            " modified TEXT NOT NULL, digest TEXT NOT NULL, links TEXT NOT NULL, stored INTEGER NOT NULL,"
            " rights TEXT NOT NULL, day TEXT NOT NULL) WITHOUT ROWID"
        )
        old.executemany("INSERT INTO pages VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    old.close()


def test_departures_are_taken_whole_in_order_and_again_after_a_kill(tmp_path: Path) -> None:
    assert settle(tmp_path) is None
    note(tmp_path, [Departure("a", "2026-03-01"), Departure("b", "2026-03-01")])
    with (tmp_path / DEPARTURES).open("ab") as journal:
        journal.write(b'\n{"id": "cut sho')
    note(tmp_path, [Departure("a"), Departure("c", "2026-03-02")])
    content = (tmp_path / DEPARTURES).read_bytes()
    for _ in range(2):
        settle(tmp_path)
        assert read_ledger(tmp_path).gone == {"b": "2026-03-01", "c": "2026-03-02"}
        assert (tmp_path / DEPARTURES).read_bytes() == b""
        (tmp_path / DEPARTURES).write_bytes(content)


_COMMAND = "from indexer.cli import main; from tests import command; command.allow(); main()"


@contextmanager
def crawling(folder: Path, *, limit: int = 0) -> Iterator[subprocess.Popen[str]]:
    """The command, over the sources in a folder; files grow to `limit` bytes at most."""

    def prepare() -> None:
        if limit:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    told = 'sources = "sources"\ncrawl_contact = "test@region.example"\ncrawl_depth = 9\n'
    (folder / "regionsok.toml").write_text(told.replace("9", "0") if limit else told, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-c", _COMMAND, "crawl"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=prepare,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def child_of(process: subprocess.Popen[str]) -> int:
    (child,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return int(child)


def ends(pid: int, within: float) -> bool:
    """Whether a process does."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def halting(web: Web, tmp_path: Path) -> Iterator[tuple[Host, Settings, threading.Event]]:
    """A site where /a is gone and /b is new since it was crawled, and /sist, to which /b leads, waits for an event."""
    go = threading.Event()
    host = web.host({"/": page("Start", links=["/a"]), "/a": page("A", "Om alkärr.")})
    settings = settings_for(tmp_path, {"plats": source("Plats", host.url(), sitemaps=[host.url("/karta.xml")])})
    crawl(settings)
    _sitemap(host, "/a", "2026-03-02")
    host.pages |= {"/": page("Start", "Nytt.", links=["/b"]), "/a": GONE}
    host.pages["/b"] = page("B", "Om bokskog.", links=["/sist"])
    host.pages["/sist"] = Answer(headers={"Content-Type": HTML}, body=page("Sist").body, wait=go)
    yield host, settings, go
    go.set()


def until_asked(host: Host, path: str, process: subprocess.Popen[str]) -> None:
    while not host.asked(path):
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)


@pytest.mark.parametrize("killed", ["parent", "child", "both"])
def test_a_kill_loses_nothing_that_was_seen(
    killed: str, halting: tuple[Host, Settings, threading.Event], tmp_path: Path
) -> None:
    host, settings, go = halting
    with crawling(tmp_path) as process:
        until_asked(host, "/sist", process)
        child = child_of(process)
        if killed != "child":
            process.kill()
        if killed != "parent":
            os.kill(child, signal.SIGKILL)
        assert ends(child, 3), "a child that nobody waits for ends by itself"
        _, said = process.communicate(timeout=20)
        assert process.returncode == (1 if killed == "child" else -signal.SIGKILL), said
        assert killed != "child" or said.count("\n") == 1
    assert held(settings, "alkärr", "bokskog") == [False, killed == "parent"], (
        "it was seen to be gone; what was fetched is kept"
    )
    go.set()
    crawl(settings, 1)
    assert held(settings, "alkärr", "bokskog") == [False, True]


def test_a_second_crawl_says_who_runs(halting: tuple[Host, Settings, threading.Event], tmp_path: Path) -> None:
    host, settings, go = halting
    with crawling(tmp_path) as first:
        until_asked(host, "/sist", first)
        with crawling(tmp_path) as second:
            _, said = second.communicate(timeout=30)
            assert second.returncode == 1
            assert f"process {first.pid}" in said and said.count("\n") == 1
        go.set()
        first.communicate(timeout=30)
        assert first.returncode in (0, 3)
    crawl(settings, 1)


def _random_page(size: int) -> Answer:
    text = base64.b64encode(random.Random(size).randbytes(size)).decode()
    return page("Stor", " ".join(text[at : at + 60] for at in range(0, len(text), 60)))


FULL = {
    ".warc.gz": lambda: page("Stor", *base64.encodebytes(random.Random(1).randbytes(300_000)).decode().splitlines()),
    "crawl-plats.sqlite": lambda: page("Länkar", links=[f"/en/plats/langt/bort/{number}" for number in range(5_000)]),
}
"""What is not durable in 150,000 bytes -> a page that makes it so large."""


@pytest.mark.parametrize("name", FULL)
def test_a_full_disk_is_an_error_and_never_fetched(name: str, web: Web, tmp_path: Path) -> None:
    host = web.host({"/": FULL[name]()})
    settings = replace(settings_for(tmp_path, {"plats": source("Plats", host.url())}), crawl_depth=0)
    with crawling(tmp_path, limit=150_000) as process:
        out, said = process.communicate(timeout=60)
    assert process.returncode == 1, (out, said)
    assert out == "" and said.count("\n") == 1
    assert f"{name}: " in said and " och kör kommandot igen." in said
    assert len([*settings.corpus.rglob("*.warc.gz")]) == (name != ".warc.gz")
    assert outcomes(crawl(settings), "fetched", "changed") == [""]
    assert held(settings, "stor", "länkar") == [name == ".warc.gz", name != ".warc.gz"]


def test_a_folder_that_cannot_be_is_named(web: Web, tmp_path: Path) -> None:
    host = web.host({"/": page("Start")})
    settings = settings_for(tmp_path, {"plats": source("Plats", host.url())})
    (settings.corpus / "crawl").write_text("", encoding="utf-8")
    with crawling(tmp_path) as process:
        _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "corpus/crawl: " in said and said.count("\n") == 1
