"""Rest is given where it is asked for: Retry-After, Crawl-delay, hosts that do not answer, robots.txt, and bounds for every answer."""

from __future__ import annotations

import gzip
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from indexer import crawling as product
from indexer.crawling import Report, SourceError
from indexer.crawling.answers import LONGEST_ROBOTS, allows, read_robots
from indexer.crawling.sources import Job
from indexer.crawling.wire import LONGEST_WISH, Hosts, NotAsked, retry_after
from indexer.metadata.robots import AGENT
from indexer.settings import Settings
from tests import command
from tests.web import Answer, Asked, Host, Web, page, settings_for, source

crawl = partial(product.crawl, internal=command.NETWORK)
fetch = partial(product.fetch, internal=command.NETWORK)
DATA = Path(__file__).parent / "data"
FIRST = ["/robots.txt", "/.well-known/tdmrep.json", "/"]


def plain(text: str | bytes, status: int = 200, **headers: object) -> Answer:
    body = text if isinstance(text, bytes) else text.encode()
    return Answer(
        status, {"Content-Type": "text/plain", **{name.replace("_", "-"): str(headers[name]) for name in headers}}, body
    )


def site(host: Host, *links: str, robots: str = "", **pages: Answer) -> None:
    """A start page that leads to links, each of which is a page unless something else is said of it."""
    host.pages["/"] = page("Startsida", links=links)
    for link in links:
        host.pages.setdefault(link, page(f"Sida {link.strip('/')}"))
    if robots:
        host.pages["/robots.txt"] = plain(robots)


def one(folder: Path, host: Host, delay: float = 0.01, **keys: str) -> Settings:
    return settings_for(folder, {"plats": source("Plats", host.url(), delay=delay, **keys)})


def outcomes(report: Report, word: str) -> list[str]:
    return ["/" + line["url"].split("/", 3)[3] for line in report.lines if line["outcome"] == word]


def in_turn(*answers: Answer) -> Iterator[Answer]:
    yield from answers
    while True:
        yield answers[-1]


def busy(status: int = 503, **headers: object) -> Answer:
    return plain("Vänta", status, **headers)


# --- Retry-After ----------------------------------------------------------------------------------------------------


def date_in(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


WISHES = [
    ("3", 3),
    (" 120 ", 120),
    ("9" * 400, LONGEST_WISH),
    ("-5", 0),
    ("snart", 0),
    ("", 0),
    ("1.5.2", 0),
    ("Wed, 99 Foo 2026", 0),
    ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WISH),
    ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
    ("Sunday, 06-Nov-94 08:49:37 GMT", 0),
    ("Sun Nov  6 08:49:37 1994", 0),
]


@pytest.mark.parametrize(("value", "seconds"), WISHES)
def test_what_retry_after_asks_for(value: str, seconds: float) -> None:
    assert retry_after(value) == seconds


@pytest.mark.parametrize("ahead", [30.0, 86_400.0])
def test_a_date_is_as_good_as_seconds(ahead: float) -> None:
    assert ahead - 2 < retry_after(date_in(ahead)) <= ahead
    assert ahead - 2 < retry_after(date_in(ahead).replace(" GMT", "")) <= ahead, "a date without zone is GMT"


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("form", [str, date_in])
def test_a_short_wish_holds_the_whole_host(
    web: Web, tmp_path: Path, status: int, form: Callable[[float], object]
) -> None:
    host = web.host()
    site(host, "/a", "/b", "/c", "/d")
    host.pages["/a"] = lambda asked: (
        page("Sida a") if asked in host.asked("/a")[1:] else busy(status, Retry_After=form(2))
    )
    report = crawl(one(tmp_path, host), ())
    (asked, again) = host.asked("/a")
    after = min(other.at for other in host.log if other.at > asked.at)
    assert after - asked.at >= (2 if form is str else 1), "nothing else is asked of it either"
    assert again.status == 200
    assert len(outcomes(report, "fetched")) == 5


@pytest.mark.parametrize("path", ["/robots.txt", "/.well-known/tdmrep.json", "/"])
def test_a_short_wish_beside_a_redirect_or_robots_txt_holds_the_host(web: Web, tmp_path: Path, path: str) -> None:
    host = web.host()
    site(host, "/a")
    host.pages[path] = Answer(301, {"Location": "/annan", "Retry-After": "1"})
    host.pages["/annan"] = plain("User-agent: *\nDisallow: /x") if path != "/" else page("Annan", links=["/a"])
    crawl(one(tmp_path, host), ())
    (asked,) = host.asked(path)
    assert min(other.at for other in host.log if other.at > asked.at) - asked.at >= 1


@pytest.mark.parametrize("path", ["/robots.txt", "/.well-known/tdmrep.json", "/", "/b"])
def test_a_long_wish_ends_the_visit_and_is_remembered(web: Web, tmp_path: Path, path: str) -> None:
    host, other = web.host(), web.host()
    site(host, "/a", "/b", "/c")
    host.pages[path] = busy(Retry_After="4000")
    settings = settings_for(
        tmp_path, {"plats": source("Plats", host.url(), other.url()), "annan": source("Annan", web.host().url())}
    )
    other.pages["/"] = page("Startsida hos en annan")
    report = crawl(settings, ["plats"])
    assert host.log[-1].path == path, "nothing more"
    (line,) = [line for line in report.lines if line["outcome"] == "resting"]
    assert (
        f"127.0.1.{host.number}" in line["reason"] and f"{datetime.now().astimezone():%Y-%m-%d}"[:4] in line["reason"]
    )
    assert outcomes(report, "failed") == [], "who asks for rest has not failed"
    assert other.url() in {line["url"] for line in report.lines if line["outcome"] == "fetched"}

    host.log.clear()
    again = crawl(settings, ["plats"])
    assert host.log == [], "not even its robots.txt"
    assert [line["outcome"] for line in again.lines if line["url"].startswith(host.url("")[:-1])] == ["resting"]
    assert [line["outcome"] for line in fetch(settings, host.url("/a")).lines] == ["resting"], "nor for add ADDRESS"
    assert host.log == []


def test_rest_is_over_when_it_is_over(web: Web, tmp_path: Path) -> None:
    host = web.host()
    site(host)
    host.pages["/"] = busy(429, Retry_After="90000")
    settings = one(tmp_path, host)
    crawl(settings, ())
    host.pages["/"] = page("Startsida")
    today = datetime.now(UTC).date()
    for days, asked in ((0, 0), (1, 0), (2, 3)):
        host.log.clear()
        crawl(settings, (), day=(today + timedelta(days=days)).isoformat())
        assert len(host.log) == asked, f"after {days} days"


# --- Hosts that do not answer ---------------------------------------------------------------------------------------


def test_five_failures_in_a_row_leave_a_host_and_each_rest_is_longer(tmp_path: Path) -> None:
    job = Job({}, Settings(corpus=tmp_path), "")
    (tmp_path / ".regionsok").mkdir()
    rests = []
    for _ in range(FAILED := 20):
        hosts = Hosts(job)
        hosts.began = datetime.max.replace(tzinfo=UTC)  # as if the rest before were over
        hosts.of("https://region.example/").asked(True, 0)
        ((until,),) = hosts.kept("SELECT until FROM hosts")
        rests.append((datetime.fromisoformat(until) - datetime.now(UTC)).total_seconds() / 3600 if until else 0)
    assert [round(hours) for hours in rests[:8]] == [0, 0, 0, 0, 1, 2, 4, 8]
    assert max(map(round, rests)) == 168 and len(rests) == FAILED
    with pytest.raises(NotAsked, match=r"region\.example har inte svarat 20 gånger i rad"):
        Hosts(job).of("http://REGION.example:80/annan").wait()
    hosts.of("https://region.example/").asked(False, 0)
    assert hosts.kept("SELECT failures FROM hosts") == [(0,)], "a success is a new beginning"


def test_a_file_of_rests_that_is_broken_is_named_and_nothing_is_asked(web: Web, tmp_path: Path) -> None:
    host = web.host()
    settings = one(tmp_path, host)
    (settings.corpus / ".regionsok").mkdir()
    (settings.corpus / ".regionsok" / "hosts.sqlite").write_bytes(b"ingen databas" * 1000)
    with pytest.raises(SourceError, match=r"hosts\.sqlite: .*ta bort filen"):
        crawl(settings, ())
    assert host.log == []


def test_a_rest_that_cannot_be_kept_ends_the_crawl_and_says_so(web: Web, tmp_path: Path) -> None:
    host = web.host()
    settings = one(tmp_path, host)

    def breaks(_: Asked) -> Answer:
        (settings.corpus / ".regionsok" / "hosts.sqlite").write_bytes(b"ingen databas" * 1000)
        return busy()

    site(host, "/a", "/b", "/c")
    host.pages["/a"] = breaks
    with pytest.raises(SourceError, match=r"hosts\.sqlite: .*ta bort filen"):
        crawl(settings, ())
    assert host.paths()[-1] == "/a"


DEAD = [
    busy(),
    busy(429),
    busy(502),
    Answer(raw=b""),
    Answer(raw=b"SSH-2.0-OpenSSH_9.6\r\n"),
    Answer(headers={"Content-Length": "5000", "Content-Type": "text/html"}, body=b"<p>halv"),
]


@pytest.mark.parametrize("answer", DEAD)
def test_a_host_that_fails_is_left(web: Web, tmp_path: Path, answer: Answer) -> None:
    host = web.host()
    links = [f"/{letter}" for letter in "abcdefghij"]
    site(host, *links)
    host.pages |= dict.fromkeys(links, answer)
    if answer.body == b"<p>halv":
        host.pages |= dict.fromkeys(links, Answer(headers=answer.headers, stream=lambda: [answer.body]))
    report = crawl(one(tmp_path, host), ())
    assert len(host.log) == len(FIRST) + 5
    assert len(outcomes(report, "resting")) == 1
    host.log.clear()
    crawl(one(tmp_path, host), ())
    assert host.log == []


def test_failures_that_are_not_in_a_row_leave_nobody(web: Web, tmp_path: Path) -> None:
    host = web.host()
    good, bad = [f"/bra{number}" for number in range(12)], [f"/ond{number}" for number in range(6)]
    site(host, *(path for pair in zip(good, good[6:] + bad, strict=False) for path in pair), *bad)
    host.pages |= dict.fromkeys(bad, Answer(404))
    report = crawl(one(tmp_path, host), ())
    assert outcomes(report, "resting") == []
    assert len(outcomes(report, "fetched")) == 13


def test_a_host_that_refuses_connections_rests_the_longer_the_more_crawls_find_it_so(web: Web, tmp_path: Path) -> None:
    host = web.host()
    settings = one(tmp_path, host)
    web.shut(host)
    report = crawl(settings, ())
    assert [(line["outcome"], line["source"]) for line in report.lines] == [("refused", "failed")], "its robots.txt"
    assert outcomes(crawl(settings, ()), "resting") == ["/"], "the fifth time in a row"
    assert outcomes(crawl(settings, ()), "resting") == ["/"]


# --- Gaps -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("delay", "asked"), [("0.4", 0.4), ("0,4", 0.4), ("0.01", 0.2)])
def test_no_gap_is_shorter_than_what_is_asked(web: Web, tmp_path: Path, delay: str, asked: float) -> None:
    host = web.host()
    answers = in_turn(busy(), page("Sida d"))
    site(host, "/a", "/b", "/c", "/d", robots=f"User-agent: *\nCrawl-delay: {delay}\nDisallow: /x")
    host.pages["/b"] = Answer(302, {"Location": "/e"})
    host.pages["/c"] = Answer(404)
    host.pages["/d"] = lambda asked: next(answers)
    host.pages["/e"] = page("Sida e")
    crawl(one(tmp_path, host, delay=0.2), ())
    assert host.paths()[:3] == FIRST
    assert len(host.log) == 9
    assert min(host.gaps()) >= asked
    assert host.most == 1


def test_adding_an_address_is_as_polite_as_a_crawl(web: Web, tmp_path: Path) -> None:
    known, unknown = web.host(), web.host()
    settings = one(tmp_path, known, delay=0.3)
    for host, gap in ((known, 0.3), (unknown, 2.0)):
        site(host, "/a")
        fetch(settings, host.url("/a"))
        assert host.paths() == ["/robots.txt", "/.well-known/tdmrep.json", "/a"]
        assert min(host.gaps()) >= gap


@pytest.mark.parametrize("delay", ["1e9", "121", "9" * 300])
def test_nobody_waits_for_hours_between_two_pages(web: Web, tmp_path: Path, delay: str) -> None:
    host = web.host()
    site(host, "/a", robots=f"User-agent: *\nCrawl-delay: {delay}")
    report = crawl(one(tmp_path, host), ())
    assert host.paths() == ["/robots.txt"]
    (line,) = report.lines
    assert line["outcome"] == "refused" and "sekunder" in line["reason"]


@pytest.mark.parametrize("delay", ["-1", "nan", "inf", "soon", ""])
def test_a_delay_that_is_none_is_none(web: Web, tmp_path: Path, delay: str) -> None:
    host = web.host()
    site(host, "/a", robots=f"User-agent: *\nCrawl-delay: {delay}")
    assert len(outcomes(crawl(one(tmp_path, host), ()), "fetched")) == 2


# --- robots.txt and tdmrep.json -------------------------------------------------------------------------------------

ROBOTS = [line.split("\t") for line in (DATA / "robots.tsv").read_text(encoding="utf-8").splitlines()[1:]]


@pytest.mark.parametrize(("of", "text", "path", "expected"), ROBOTS)
def test_robots_txt_is_read_as_its_standard_and_googles_parser_do(of: str, text: str, path: str, expected: str) -> None:
    content = text.replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t").encode()
    assert allows(read_robots(content), f"https://region.example{path}") == (expected == "may"), of


TEXT = f"User-agent: {AGENT}\nDisallow: /försök\nCrawl-delay: 3\nSitemap: https://region.example/a.xml\n"
FORMS = [
    TEXT.encode(),
    TEXT.encode("utf-8-sig"),
    b"\xef\xbb" + TEXT.encode(),
    b"\xef" + TEXT.encode(),
    TEXT.encode("utf-16"),
    TEXT.encode("utf-16-le"),
    TEXT.encode("utf-16-be"),
    b"\xfe\xff" + TEXT.encode("utf-16-be"),
    TEXT.encode("latin-1"),
    TEXT.encode("utf-16").replace(b"\n", b"\r"),
    b"\xff skrap\n" + TEXT.encode("latin-1"),
]


@pytest.mark.parametrize("content", FORMS)
def test_robots_txt_in_any_encoding(content: bytes) -> None:
    robots = read_robots(content)
    assert not allows(robots, "https://region.example/f%C3%B6rs%C3%B6k/1")
    assert allows(robots, "https://region.example/annat")
    assert robots.crawl_delay(AGENT) == 3
    assert list(robots.sitemaps) == ["https://region.example/a.xml"]


def test_a_byte_order_mark_in_the_middle_makes_its_line_junk() -> None:
    assert allows(read_robots(b"User-agent: *\n\xef\xbb\xbfDisallow: /a\n"), "https://region.example/a")


def test_what_stands_beyond_the_limit_of_a_robots_txt_is_not_read() -> None:
    head = b"User-agent: *\nDisallow: /a\n"
    filling = b"# " + b"x" * 97 + b"\n"
    lines = head + filling * ((LONGEST_ROBOTS - len(head)) // len(filling))
    robots = read_robots(
        lines + b"#" * (LONGEST_ROBOTS - len(lines) - len(b"\nAllow: /a")) + b"\nAllow: /abc\nDisallow: /b\n"
    )
    assert not allows(robots, "https://region.example/a"), "half a line would allow it"
    assert allows(robots, "https://region.example/b")


@pytest.mark.parametrize("packed", [False, True])
def test_a_large_robots_txt_is_read_to_its_limit_and_may_be_packed(web: Web, tmp_path: Path, packed: bool) -> None:
    host = web.host()
    site(host, "/a", "/b")
    rules = b"User-agent: *\nDisallow: /a\n" + b"# fyllning\n" * 100_000 + b"Disallow: /b\n"
    headers = {"Content-Encoding": "gzip"} if packed else {}
    host.pages["/robots.txt"] = Answer(headers=headers, body=gzip.compress(rules) if packed else rules)
    assert sorted(outcomes(crawl(one(tmp_path, host), ()), "fetched")) == ["/", "/b"]


@pytest.mark.parametrize("hops", [5, 6])
def test_a_robots_txt_that_moved_is_followed_five_times(web: Web, tmp_path: Path, hops: int) -> None:
    host, other = web.host(), web.host()
    site(host, "/a", "/b")
    rules = plain("User-agent: *\nDisallow: /b")
    host.pages["/robots.txt"] = Answer(301, {"Location": other.url("/1")})
    for hop in range(1, hops):
        other.pages[f"/{hop}"] = Answer(301, {"Location": f"/{hop + 1}"})
    other.pages[f"/{hops}"] = rules
    report = crawl(one(tmp_path, host), ())
    assert outcomes(report, "fetched") == (["/", "/a"] if hops == 5 else [])
    assert host.asked("/b") == []


STATUSES = [(404, True), (410, True), (401, True), (403, True), (500, False), (503, False), (429, False), (302, False)]


@pytest.mark.parametrize(("status", "may"), STATUSES)
def test_what_is_not_there_allows_all_and_what_cannot_be_reached_nothing(
    web: Web, tmp_path: Path, status: int, may: bool
) -> None:
    host = web.host()
    site(host)
    host.pages["/robots.txt"] = plain("User-agent: *\nDisallow: /", status)
    report = crawl(one(tmp_path, host), ())
    assert [line["outcome"] for line in report.lines if line["outcome"] != "resting"] == [
        "fetched" if may else "refused"
    ]
    assert set(host.paths()) == set(FIRST if may else FIRST[:1])


def test_each_host_is_held_to_its_own_robots_txt_and_reservations(web: Web, tmp_path: Path) -> None:
    first, second, third = web.host(), web.host(), web.host()
    reserved = [{"location": "/fritt/*", "tdm-reservation": 0}, {"location": "/*", "tdm-reservation": 1}]
    for host in (first, second, third):
        site(host, "/a", "/b", "/fritt/c")
    first.pages["/.well-known/tdmrep.json"] = plain(json.dumps(reserved))
    second.pages["/robots.txt"] = plain("User-agent: *\nDisallow: /b")
    third.pages["/robots.txt"] = plain("User-agent: *\nDisallow: /a")
    settings = settings_for(tmp_path, {"plats": source("Plats", first.url(), second.url(), third.url())})
    report = crawl(settings, ())
    fetched = {
        (line["url"].split(":")[1][2:], "/" + line["url"].split("/", 3)[3])
        for line in report.lines
        if line["outcome"] == "fetched"
    }
    assert fetched == {
        (first.address, "/fritt/c"),
        *((second.address, path) for path in ("/", "/a", "/fritt/c")),
        *((third.address, path) for path in ("/", "/b", "/fritt/c")),
    }
    for host in (first, second, third):
        assert host.paths()[:2] == FIRST[:2] and len(host.asked("/robots.txt")) == len(host.asked(FIRST[1])) == 1


# --- Bounds ---------------------------------------------------------------------------------------------------------


def endless_headers(asked: Asked) -> Answer:
    lines = (b"X-%d: %s\r\n" % (number, b"a" * 8000) for number in range(50_000))
    return Answer(raw=b"HTTP/1.1 200 OK\r\n", stream=lambda: lines)


def one_header(asked: Asked) -> Answer:
    return Answer(raw=b"HTTP/1.1 200 OK\r\nX: ", stream=lambda: (b"a" * 100_000 for _ in range(4000)))


def one_folded(asked: Asked) -> Answer:
    return Answer(
        raw=b"HTTP/1.1 200 OK\r\nX: a\r\n", stream=lambda: (b" " + b"a" * 8000 + b"\r\n" for _ in range(50_000))
    )


def continuing(asked: Asked) -> Answer:
    return Answer(
        raw=b"HTTP/1.1 100 Continue\r\n\r\n",
        stream=lambda: (b"HTTP/1.1 100 Continue\r\n\r\n" * 100 for _ in range(50_000)),
    )


def endless_body(asked: Asked) -> Answer:
    return Answer(
        headers={"Content-Type": "text/html"}, stream=lambda: (b"<p>" + b"a" * 100_000 for _ in range(10_000))
    )


def huge_chunk(asked: Asked) -> Answer:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\n"
    return Answer(raw=head, stream=lambda: (b"a" * 100_000 for _ in range(10_000)))


BOMB = gzip.compress(b"<html><body>" + b"a" * 400_000_000, 1)
TAGS = gzip.compress(b"<html><body>" + b"<a href=b>" * 1_900_000, 1)
LINKED = page(
    "Länkar",
    links=[
        f"/lank/{word}"
        for word in (f"{number:x}".translate(str.maketrans("0123456789", "ghijklmnop")) for number in range(20_000))
    ],
)
HTML = {"Content-Type": "text/html"}
HOSTILE = {
    "/huvuden": (endless_headers, "huvuden"),
    "/huvud": (one_header, "huvuden"),
    "/vikt": (one_folded, "huvuden"),
    "/vidare": (continuing, "huvuden"),
    "/utan-slut": (endless_body, "20 MB"),
    "/bit": (huge_chunk, "20 MB"),
    "/langd": (Answer(headers=HTML | {"Content-Length": "99999999999"}), "20 MB"),
    "/bomb": (Answer(headers=HTML | {"Content-Encoding": "gzip"}, body=BOMB), "20 MB"),
    "/dubbel": (Answer(headers=HTML | {"Content-Encoding": "gzip, gzip"}, body=gzip.compress(BOMB)), "20 MB"),
    "/taggar": (Answer(headers=HTML | {"Content-Encoding": "gzip"}, body=TAGS), "MB"),
    "/karta.xml": (
        Answer(
            headers={"Content-Type": "application/xml", "Content-Encoding": "gzip"},
            body=gzip.compress(b"<urlset>" + b"<url><loc>/a</loc></url>" * 800_000),
        ),
        "",
    ),
}


@contextmanager
def most_memory() -> Iterator[list[int]]:
    """The most that the process that crawls has had, in kB, whenever it was looked at."""
    sizes, is_over = [0], threading.Event()

    def look() -> None:
        while not is_over.wait(0.05):
            for child in Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split():
                with suppress(OSError):
                    if b"indexer.crawling" in Path(f"/proc/{child}/cmdline").read_bytes():
                        status = Path(f"/proc/{child}/status").read_text()
                        sizes.extend(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))

    watching = threading.Thread(target=look)
    watching.start()
    yield sizes
    is_over.set()
    watching.join()


def test_nothing_that_a_host_answers_takes_more_memory_than_there_is(web: Web, tmp_path: Path) -> None:
    hosts = [web.host() for _ in range(3)]
    for host in hosts:
        site(host, *HOSTILE)
        host.pages |= {path: answer for path, (answer, _) in HOSTILE.items()}
    settings = settings_for(tmp_path, {f"plats{host.number}": source("Plats", host.url()) for host in hosts})
    with most_memory() as sizes:
        report = crawl(settings, ())
    assert 30_000 < max(sizes) < 300_000, "kB"
    for path, (_, reason) in HOSTILE.items():
        reasons = [line["reason"] for line in report.lines if line["url"].endswith(path)]
        assert len(reasons) == 3 and all(reason in one or "plats" in one for one in reasons), (path, reasons)
    for host in hosts:
        assert max(len(host.asked(path)) for path in HOSTILE) == 1, "what is too large is not asked for again at once"


def test_a_page_has_so_many_links_and_says_which_are_left(web: Web, tmp_path: Path) -> None:
    host = web.host({"/": LINKED})
    report = crawl(replace(one(tmp_path, host), crawl_pages=1), ())
    (line,) = [line for line in report.lines if line["outcome"] == "left"]
    assert line["reason"] == "Fler än 5000 länkar; resten lämnas."


def test_what_is_too_large_is_never_called_unchanged(web: Web, tmp_path: Path) -> None:
    host = web.host()
    site(host, "/stor", "/storst", "/brus")
    host.pages["/stor"] = Answer(headers=HTML, body=b"<html><body><p>" + b"ord och sak " * 1_000_000)
    host.pages["/storst"] = Answer(headers=HTML, body=b"<html><body><p>" + b"ord och sak " * 2_000_000)
    host.pages["/brus"] = Answer(headers=HTML, body=b"<html><body>" + b"<b>a</b>" * 60_000)
    settings = one(tmp_path, host)
    for _ in range(2):
        report = crawl(settings, ())
        refused = {line["url"]: line["reason"] for line in report.lines if line["outcome"] == "refused"}
        assert {url.rpartition("/")[2] for url in refused} == {"stor", "storst", "brus"}, report.lines
        assert all(refused.values())
    host.pages["/stor"] = page("Nu är den liten")
    assert "/stor" in outcomes(crawl(settings, ()), "fetched")


@pytest.mark.parametrize("slow", ["/robots.txt", "/.well-known/tdmrep.json", "/", "/a"])
def test_the_time_of_a_source_is_bounded_whatever_is_slow(web: Web, tmp_path: Path, slow: str) -> None:
    host = web.host()
    site(host, "/a", "/b")
    host.pages[slow] = Answer(
        headers={"Content-Type": "text/html"}, stream=lambda: (b"<p>" for _ in range(1000)), pace=0.5
    )
    began = time.monotonic()
    report = crawl(replace(one(tmp_path, host), crawl_seconds=3), ())
    assert time.monotonic() - began < 20
    assert outcomes(report, "stopped") == ["/"]
    assert outcomes(report, "resting") == []


@pytest.mark.parametrize("wait", ["Crawl-delay", "Retry-After"])
def test_the_time_of_a_source_is_bounded_though_a_host_asks_to_wait(web: Web, tmp_path: Path, wait: str) -> None:
    host = web.host()
    site(host, "/a", robots="User-agent: *\nCrawl-delay: 100\n" if wait == "Crawl-delay" else "")
    if wait == "Retry-After":
        host.pages["/"] = busy(Retry_After="100")
    began = time.monotonic()
    report = crawl(replace(one(tmp_path, host), crawl_seconds=2), ())
    assert time.monotonic() - began < 30
    assert outcomes(report, "stopped") == ["/"]
