"""Nothing that is news is missed: what feeds, sitemaps, pages and redirects lead to is fetched, each address once, the newest first."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from indexer import crawling as product
from indexer.crawling import Report
from indexer.crawling.answers import ALIKE, listed_links
from indexer.crawling.frontier import HOPS, SAME_SHAPE, Frontier
from indexer.crawling.memory import Link, Memory
from indexer.crawling.sources import Job, Site
from indexer.documents import Document, canonical_address
from indexer.indexing import build
from indexer.ingestion.parts import Unreadable
from indexer.queries import Search
from indexer.searching import Searcher
from indexer.settings import Settings
from tests import command
from tests.test_formats import pdf, word
from tests.web import Answer, Asked, Host, Web, page, settings_for, source

crawl = partial(product.crawl, internal=command.NETWORK)
Crawling = Callable[..., Report]
XML, HTML = {"Content-Type": "application/xml"}, {"Content-Type": "text/html; charset=utf-8"}


@pytest.fixture
def host(web: Web) -> Host:
    """A host that only has what a test gives it."""
    return web.host()


@pytest.fixture
def crawling(host: Host, tmp_path: Path) -> Crawling:
    """Crawls the host from its start page; keys of Settings, of the source in `told`."""

    def crawl_host(told: dict[str, Sequence[str] | str] | None = None, **limits: int) -> Report:
        start = host.url("/")
        settings = settings_for(tmp_path, {"plats": source("Plats", start, **(told or {}))})
        return crawl(replace(settings, **limits), ())

    return crawl_host


def asked(host: Host) -> list[str]:
    """The paths that were asked for, without those of every crawl."""
    return [path for path in host.paths() if path not in ("/robots.txt", "/.well-known/tdmrep.json")]


def sitemap(*addresses: str, kind: str = "urlset") -> Answer:
    """One of addresses, each with what may follow it after a blank: its lastmod."""
    entry = {"urlset": "url", "sitemapindex": "sitemap"}[kind]
    items = (address.partition(" ") for address in addresses)
    said = "".join(
        f"<{entry}><loc>{url}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</{entry}>" for url, _, day in items
    )
    start = f'<?xml version="1.0"?><{kind} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return Answer(headers=XML, body=f"{start}{said}</{kind}>".encode())


def rss(*items: str, head: str = "") -> Answer:
    """A feed of items, each the markup in one."""
    said = "".join(f"<item><title>Nytt</title>{item}</item>" for item in items)
    told = f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>F</title>{head}{said}</channel></rss>'
    return Answer(headers={"Content-Type": "application/rss+xml"}, body=told.encode())


def test_four_hundred_numbered_releases_are_four_hundred(host: Host, crawling: Crawling) -> None:
    releases = [f"/nyhet/{number}" for number in range(400)]
    host.pages |= {path: page(path) for path in releases} | {"/": page("Start")}
    half = len(releases) // 2
    host.pages["/karta.xml"] = sitemap(*map(host.url, releases[:half]))
    host.pages["/nytt.rss"] = rss(*(f"<link>{path}</link>" for path in releases[half:]))
    crawling({"sitemaps": [host.url("/karta.xml")], "feeds": [host.url("/nytt.rss")]})
    assert sorted(asked(host)) == sorted(["/", "/karta.xml", "/nytt.rss", *releases])


def test_a_sitemap_comes_over_several_crawls_the_newest_first_and_each_once(host: Host, crawling: Crawling) -> None:
    pages = {f"/sida/a{number}": f"2024-01-{1 + number:02d}" for number in range(25)}
    host.pages |= {path: page(path) for path in pages} | {"/": page("Start")}
    host.pages["/karta.xml"] = sitemap(*(f"{host.url(path)} {day}" for path, day in pages.items()))
    newest = list(reversed(pages))
    for begins, ends in ((0, 9), (9, 19), (19, 25)):
        host.log.clear()
        crawling({"sitemaps": [host.url("/karta.xml")]}, crawl_pages=10)
        new = [asked.path for asked in host.log if asked.path in pages and asked.status == 200]
        assert new == newest[begins:ends]


def test_an_archive_on_one_page_and_one_in_pages_are_read_to_their_ends(host: Host, crawling: Crawling) -> None:
    """More releases than a trap may have, and more pages of a list than a page may be deep; each list ends in its own way."""
    host.pages["/"] = page("Start", links=["/arkiv", "/lista?sida=1", "/press/sida/1"])
    host.pages["/arkiv"] = page("Arkiv", links=[f"/a/{number}" for number in range(SAME_SHAPE + 30)])

    def answer(asked: Asked) -> Answer:
        """The last page of the first list is all later ones, too; the second says 404."""
        start, _, number = asked.path.replace("/press/sida/", "/press?sida=").rpartition("=")
        if start in ("/lista?sida", "/press?sida") and (start == "/lista?sida" or int(number) <= 4):
            releases = [f"{start.partition('?')[0]}/{min(int(number), 11) * 20 + one}" for one in range(20)]
            return page(asked.path, links=[*releases, asked.path.replace(number, str(int(number) + 1))])
        return page(asked.path) if asked.path.count("/") == 2 and "?" not in asked.path else Answer(404)

    host.otherwise = answer
    crawling(crawl_depth=2)
    for start, most in (("/a/", SAME_SHAPE + 30), ("/lista/", 220), ("/press/", 80)):
        assert len([path for path in asked(host) if path.startswith(start) and "sida" not in path]) == most
    assert len([path for path in asked(host) if path.startswith("/lista?sida=")]) < 20, "a list that stands still ends"


def documents(settings: Settings) -> dict[str, Document]:
    """Path -> what the index holds of it."""
    build(settings)
    searcher = Searcher(settings)
    hits = searcher.search(Search(size=100, with_duplicates=True)).hits
    found = [document for hit in hits if (document := searcher.document(hit.id))]
    return {"/" + (document.url or "").split("/", 3)[3]: document for document in found}


FILES = {
    "/rapport.pdf": ("application/pdf", pdf("Om fjärrvärme")),
    "/PLAN.PDF": ("application/octet-stream", pdf("Om stadsplaner")),
    "/hamta?id=7": ("application/force-download", word("Om cykelvägar")),
    "/avtal.docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", word("Om avtal")),
    "/brev.doc.docx": ("application/msword", word("Om brev")),
    "/utan-slag": ("", page("Om sidor utan slag").body),
}
NO_FILES = ["/bild.jpg", "/film.mp4", "/paket.zip", "/stil.css", "/blad.xlsx", "/BILD.PNG"]


@pytest.mark.parametrize("listed", [False, True])
def test_linked_files_that_can_be_read_are_and_no_others_are_asked_for(
    host: Host, crawling: Crawling, tmp_path: Path, listed: bool
) -> None:
    host.pages |= {path: Answer(headers={"Content-Type": kind}, body=body) for path, (kind, body) in FILES.items()}
    host.pages["/"] = page("Start", links=() if listed else [*FILES, *NO_FILES])
    host.pages["/karta.xml"] = sitemap(*map(host.url, [*FILES, *NO_FILES]))
    crawling({"sitemaps": [host.url("/karta.xml")]} if listed else {})
    assert not {*NO_FILES} & {*host.paths()}
    assert documents(settings_for(tmp_path, {})).keys() == {"/", *FILES}


def calendar(path: str) -> list[str]:
    day = int(path.rpartition("=")[2])
    return [f"/kalender?dag={day + 1}", f"/kalender?dag={day + 2}"]


def months(path: str) -> list[str]:
    month = int(path.split("/")[2])
    return [*(f"/manad/{month}/{day}" for day in range(1, 31)), f"/manad/{month + 1}"]


def weeks(path: str) -> list[str]:
    number = int(path.rpartition("/")[2])
    return [f"/vecka/{number + 1}"] if "/dag/" in path else [f"/dag/{number * 7}"]


TRAPS = {
    "calendar": ("/kalender?dag=1", calendar, SAME_SHAPE + 1),
    "calendar of months and their days": ("/manad/1", months, 2 * SAME_SHAPE + 31),
    "calendar of weeks and days in turn": ("/vecka/1", weeks, 2 * SAME_SHAPE + 2),
    "session": ("/s?phpsessid=1", lambda path: [f"/s?PHPSESSID={len(path)}a{path[-1]}"], 1),
    "filters": ("/f?a=1", lambda path: [f"{path}&b={n}&c={m}" for n in range(7) for m in range(7)], SAME_SHAPE + 1),
    "words": ("/o/en", lambda path: [f"{path}/en"], 3),
}


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_that_pages_lead_into_ends_and_is_told(name: str) -> None:
    start, links_of, most = TRAPS[name]
    told: list[tuple[str, ...]] = []
    front = frontier(told, crawl_depth=10_000)
    front.add([Link(SITE, "page")])
    found, paths = front.next(), []
    assert found
    front.add([Link(f"{SITE}{start[1:]}", "page")], found)
    while found := front.next():
        path = found.link.url.removeprefix(SITE[:-1])
        paths.append(path)
        front.add([Link(f"{SITE[:-1]}{link}", "page") for link in links_of(path)[:1000]], found)
        assert len(paths) <= most
    assert most > SAME_SHAPE or not told
    assert most <= SAME_SHAPE or [line[0] for line in told] == ["left"] * len(told) != []


SITE = "https://region.example/"
FOLDER = TemporaryDirectory()
JOB = Job({"a": Site("A", (SITE,))}, Settings(corpus=Path(FOLDER.name)))
Path(FOLDER.name, ".regionsok").mkdir()
NOTHING_KNOWN = Memory("a", JOB, print)


def frontier(told: list[tuple[str, ...]], **limits: int) -> Frontier:
    """That of SITE."""
    job = Job({"a": Site("A", (SITE,))}, Settings(**limits))
    return Frontier("a", job, lambda *line: told.append(line), NOTHING_KNOWN)


def drained(front: Frontier) -> list[str]:
    """What is still asked for, in order."""
    return [found.link.url.removeprefix(SITE) for found in iter(front.next, None) if found]


def test_lists_come_first_then_the_newest_that_is_listed_and_the_nearest_pages_in_turn() -> None:
    front = frontier([])
    front.add([Link(f"{SITE}rss", "feed"), Link(SITE, "page"), Link(f"{SITE}karta.xml", "sitemap")])
    feed, start, index = (front.next() for _ in range(3))
    assert (
        feed and start and index and [feed.link.kind, start.link.kind, index.link.kind] == ["feed", "page", "sitemap"]
    )
    front.add([Link(f"{SITE}{name}", "page") for name in ("s1", "s2", "n3")], start)
    days = {"n1": "2019-05-01", "n2": "2024-03-01T10:00:00Z", "n3": "2024-03-02", "n0": ""}
    front.add([Link(f"{SITE}{name}", "listed", updated=day) for name, day in days.items()], index)
    front.add([Link(f"{SITE}n1", "listed", published="2024-04-01")], feed)
    front.add([Link(f"{SITE}karta2.xml", "sitemap")], index)
    assert drained(front) == ["karta2.xml", "n1", "s1", "n3", "s2", "n2", "n0"]


LINKS = st.builds(
    lambda path, kind, day: Link(SITE + path, kind, updated=day),  # type: ignore[arg-type]
    st.text("ab/1", max_size=4),
    st.sampled_from(["page", "listed", "feed", "sitemap"]),
    st.sampled_from(["", "2024-01-01", "2023"]),
)


@given(st.lists(st.lists(LINKS, max_size=6), max_size=8))
def test_whatever_leads_where_each_address_is_asked_for_once(rounds: list[list[Link]]) -> None:
    front, found, keys = frontier([], crawl_depth=100), None, []
    for links in rounds:
        front.add(links, found)
        found = front.next()
        keys += [found.key] if found else []
    keys += [found.key for found in iter(front.next, None)]
    assert len(keys) == len({*keys})
    assert {canonical_address(link.url) for link in (rounds or [[]])[0]} <= {*keys}


BASE = "https://region.example/nytt/lista"
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"{}><title>F</title>{}</feed>'
JSON_FEED = {"version": "https://jsonfeed.org/version/1.1", "title": "F"}
URLSET = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'
NEWS = '<n:news xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><n:publication_date>{}</n:publication_date></n:news>'
LISTS: dict[str, tuple[str, list[Link]]] = {
    "RSS": ("<rss version='2.0'><channel><item><link>/a</link></item><item><link>b</link></item></channel></rss>",
            [Link("https://region.example/a", "listed"), Link("https://region.example/nytt/b", "listed")]),
    "RSS by guid": ("<rss version='2.0'><channel><item><guid>/a</guid></item></channel></rss>",
                    [Link("https://region.example/a", "listed")]),
    "Atom": (ATOM.format("", '<entry><title>E</title><link rel="self" href="x"/><link rel="alternate" href="../a"/></entry>'),
             [Link("https://region.example/a", "listed")]),
    "xml:base": (ATOM.format(' xml:base="/bas/"', '<entry><title>E</title><link href="a"/></entry><entry xml:base="in/"><link href="b"/></entry>'),
                 [Link("https://region.example/bas/a", "listed"), Link("https://region.example/bas/in/b", "listed")]),
    "the next page of Atom": (ATOM.format("", '<link rel="next" href="?sida=2"/><entry><link href="/a"/></entry>'),
                              [Link("https://region.example/a", "listed"), Link(f"{BASE}?sida=2", "feed")]),
    "the next page of RSS": ("<rss version='2.0'><channel><a:link xmlns:a='http://www.w3.org/2005/Atom' rel='next' href='/2'/><title>F</title></channel></rss>",
                             [Link("https://region.example/2", "feed")]),
    "days of Atom": (ATOM.format("", '<entry><link href="/a"/><published>2024-03-01T23:30:00Z</published><updated>2024-03-04T00:00:00Z</updated></entry>'),
                     [Link("https://region.example/a", "listed", "2024-03-01T23:30:00+00:00", "2024-03-04T00:00:00+00:00")]),
    "JSON Feed": (json.dumps(JSON_FEED | {"items": [{"id": "1", "url": "a", "date_published": "2024-03-01T10:00:00+01:00", "date_modified": "2024-03-02"}, {"id": "2", "external_url": "https://b.example/"}, {"id": "3"}, "fel"], "next_url": "?p=2"}),
                  [Link("https://region.example/nytt/a", "listed", "2024-03-01T10:00:00+01:00", "2024-03-02"), Link("https://b.example/", "listed"), Link(f"{BASE}?p=2", "feed")]),
    "sitemap": (URLSET.format("<url><loc> /a </loc><lastmod>2024-03-01</lastmod></url><url><loc>b</loc><priority>1</priority></url>"),
                [Link("https://region.example/a", "listed", "", "2024-03-01"), Link("https://region.example/nytt/b", "listed")]),
    "news sitemap": (URLSET.format(f"<url>{NEWS.format('2024-02-01')}<loc>/a</loc><lastmod>2024-03</lastmod></url>"),
                     [Link("https://region.example/a", "listed", "2024-02-01", "2024-03")]),
    "sitemap of a picture": (URLSET.format('<url><i:image xmlns:i="http://www.google.com/schemas/sitemap-image/1.1"><i:loc>/i.png</i:loc></i:image><loc>/a</loc></url>'),
                             [Link("https://region.example/a", "listed")]),
    "sitemap with a bare &": (URLSET.format("<url><loc>/a?b=1&c=2</loc></url><url><loc>/a?b=1&amp;c=3</loc></url>"),
                              [Link("https://region.example/a?b=1&c=2", "listed"), Link("https://region.example/a?b=1&c=3", "listed")]),
    "sitemap that is cut off": ("<urlset><url><loc>/a</loc></url><url><loc>/b", [Link("https://region.example/a", "listed")]),
    "sitemap that is cut off at once": ("<urlset><url><loc>/a", []),
    "sitemap without an entry": ("<urlset/>", []),
    "sitemap with a prefix": ("<s:urlset xmlns:s='http://www.sitemaps.org/schemas/sitemap/0.9'><s:url><s:loc>/a</s:loc></s:url ></s:urlset>", [Link("https://region.example/a", "listed")]),
    "sitemap index": ("<sitemapindex><sitemap><loc>k.xml</loc><lastmod>2024-03-01</lastmod></sitemap></sitemapindex>",
                      [Link("https://region.example/nytt/k.xml", "sitemap", "", "2024-03-01")]),
    "sitemap of lines": ("https://region.example/a\nhttps://region.example/b\n",
                         [Link("https://region.example/a", "listed"), Link("https://region.example/b", "listed")]),
    "an address that is none": (URLSET.format("<url><loc>http://[a/</loc></url><url><loc/></url><url><loc>/b</loc></url>"),
                                [Link("", "listed"), Link("", "listed"), Link("https://region.example/b", "listed")]),
}  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_a_list_leads_to_what_it_says_of_its_own_address(name: str) -> None:
    content, links = LISTS[name]
    assert listed_links(content.encode(), BASE, 1_000_000) == links
    assert listed_links(gzip.compress(content.encode()), BASE, 1_000_000) == links


@pytest.mark.parametrize("name", ["Atom", "RSS", "JSON Feed", "news sitemap", "sitemap of lines"])
@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-8", "utf-8-sig"])
def test_a_list_may_be_in_utf_16_or_only_say_so(name: str, codec: str) -> None:
    content, links = LISTS[name]
    declared = '<?xml version="1.0" encoding="UTF-16"?>' if content.startswith("<") else ""
    assert listed_links(f"{declared}{content}".encode(codec), BASE, 1_000_000) == links


@pytest.mark.parametrize(
    "content", ["", "<p>Hej", "{", "[1]", '{"items": []}', "null", "\0", "http\xff", "{" * 200_000, "<rss"]
)
def test_what_is_no_list_is_refused(content: str) -> None:
    with pytest.raises(Unreadable):
        listed_links(content.encode("latin-1"), BASE, 1_000_000)


DAYS = [
    "0001-01-01T00:00:00Z",
    "1970-01-01",
    "1970-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59-23:00",
    "2099-01-01",
    "igår",
    "2024-02-31",
]


@pytest.mark.parametrize("day", DAYS)
def test_a_day_that_cannot_be_costs_itself_only(day: str) -> None:
    lists = [
        URLSET.format(f"<url><loc>/a</loc>{NEWS.format(day)}<lastmod>{day}</lastmod></url>"),
        ATOM.format("", f'<entry><link href="/a"/><published>{day}</published><updated>{day}</updated></entry>'),
        json.dumps(JSON_FEED | {"items": [{"url": "/a", "date_published": day, "date_modified": [day]}]}),
    ]
    for content in lists:
        assert listed_links(content.encode(), BASE, 1_000_000) == [Link("https://region.example/a", "listed")]


def test_a_day_that_all_addresses_of_a_sitemap_have_is_the_sitemaps_own() -> None:
    def days(number: int, other: str) -> set[str]:
        dated = [
            f"<url><loc>/{one}</loc><lastmod>{other if one == 1 else '2024-03-01'}</lastmod></url>"
            for one in range(number)
        ]
        return {link.updated for link in listed_links(URLSET.format("".join(dated)).encode(), BASE, 1_000_000)}

    assert days(ALIKE, "2024-03-01") == {""}
    assert days(ALIKE, "2024-03-02") == {"2024-03-01", "2024-03-02"}
    assert days(ALIKE - 1, "2024-03-01") == {"2024-03-01"}


def test_days_that_lists_state_are_evidence_and_what_a_page_says_of_its_changes_counts_before(
    host: Host, crawling: Crawling, tmp_path: Path
) -> None:
    changed = '<meta property="article:modified_time" content="2024-02-02">'
    host.pages |= {"/": page("Start"), "/a": page("A"), "/b": page("B", head=changed), "/c": page("C"), "/d": page("D")}
    host.pages["/karta.xml"] = sitemap(*(f"{host.url(path)} 2024-03-01" for path in ("/a", "/b", "/d")))
    told = f"<url><loc>{host.url('/c')}</loc>{NEWS.format('2022-04-05')}</url>"
    host.pages["/nyheter.xml"] = Answer(headers=XML, body=URLSET.format(told).encode())
    host.pages["/rss"] = rss("<link>/d</link><pubDate>Tue, 12 Mar 2019 23:30:00 GMT</pubDate>")
    crawling({"sitemaps": [host.url("/karta.xml"), host.url("/nyheter.xml")], "feeds": [host.url("/rss")]})
    held = documents(settings_for(tmp_path, {}))
    days = {
        path: (dated and dated.value, document.updated)
        for path, document in held.items()
        for dated in [document.published]
    }
    assert days["/a"][1] == days["/d"][1] == "2024-03-01"
    assert days["/b"][1] == "2024-02-02"
    assert days["/c"] == ("2022-04-05", None)
    assert days["/d"][0] == "2019-03-13", "as the feed says, in Swedish time"
    for path in ("/a", "/b"):
        dated = held[path].published
        assert dated is None or dated.precision == "estimated", "when a page changed is not when it was published"
    assert held["/c"].published and "webbplatskarta" in held["/c"].published.evidence


def test_depth_is_counted_in_pages(host: Host, crawling: Crawling) -> None:
    """Neither lists nor redirects count, and the shortest way does."""
    host.pages |= {f"/{number}": page(f"Sida {number}", links=[f"/{number + 1}"]) for number in range(9)}
    host.pages |= {f"/l{number}": page(f"L {number}", links=[f"/l{number + 1}"]) for number in range(9)}
    host.pages["/"] = page("Start", links=["/om", "/0", "/2"])
    host.pages["/om"] = Answer(302, {"Location": "/om2"})
    host.pages["/om2"] = Answer(301, {"Location": "/0"})
    host.pages["/kartor.xml"] = sitemap(host.url("/karta.xml"), kind="sitemapindex")
    host.pages["/karta.xml"] = sitemap(host.url("/l0"))
    crawling({"sitemaps": [host.url("/kartor.xml")]}, crawl_depth=3)
    pages = {path for path in asked(host) if path[1:].isdecimal() or path.startswith("/l")}
    assert pages == {"/0", "/1", "/2", "/3", "/4", "/l0", "/l1", "/l2"}


REDIRECTS = {
    "link to the target before": ({"/a": "/b"}, ["/b", "/a"]),
    "link to the target after": ({"/a": "/b"}, ["/a", "/b"]),
    "two to one target": ({"/a": "/b", "/c": "/b"}, ["/a", "/c"]),
    "a chain that meets another": ({"/a": "/b", "/b": "/c", "/d": "/c"}, ["/a", "/d", "/b"]),
    "another way to write the same address": ({"/a": "/a/", "/b": "/b?utm_source=x"}, ["/a", "/b"]),
    "a circle": ({"/a": "/b", "/b": "/a"}, ["/a"]),
    "itself": ({"/a": "/a"}, ["/a"]),
    "a chain without an end": ({f"/{number}": f"/{number + 1}" for number in range(20)}, ["/0"]),
}


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Host], Report]]:
    """Name and status of each of REDIRECTS -> a host that was crawled, all of them at once."""
    web, hosts = Web(), {}
    for number, (name, (leads, links)) in enumerate(REDIRECTS.items()):
        for status in (301, (302, 303, 307, 308)[number % 4]):
            host = hosts[f"{name} {status}"] = web.host()
            host.pages |= {path: page(path) for path in [*leads.values(), *links]}
            host.pages |= {path: Answer(status, {"Location": target}) for path, target in leads.items()}
            host.pages["/"] = page("Start", links=links)
    sources = {f"k{host.number}": source(name, host.url("/")) for name, host in hosts.items()}
    report = crawl(settings_for(tmp_path_factory.mktemp("moved"), sources), ())
    yield hosts, report
    web.close()


@pytest.mark.parametrize("name", REDIRECTS)
def test_where_addresses_lead_is_fetched_once(moved: tuple[dict[str, Host], Report], name: str) -> None:
    leads, links = REDIRECTS[name]
    for key, host in moved[0].items():
        if key.startswith(name):
            often = {path: asked(host).count(path) for path in {*links, *leads, *leads.values()}}
            if name != "a chain without an end":
                assert often == dict.fromkeys(often, 1), key
                continue
            assert sum(often.values()) == HOPS + 1
            reasons = [line["reason"] for line in moved[1].lines if line["url"].startswith(host.url("/"))]
            assert any(str(HOPS) in reason for reason in reasons), key


def test_what_a_redirect_leads_to_is_asked_for_as_it_was_seen_itself(host: Host, crawling: Crawling) -> None:
    """Its own conditions, never those of the address that leads to it."""
    host.pages |= {"/": page("Start", links=["/a"]), "/a": page("A"), "/b": page("B")}
    crawling()
    host.pages["/a"] = lambda asked: Answer(302, {"Location": "/b"})
    host.log.clear()
    crawling()
    (target,) = host.asked("/b")
    assert target.headers["If-None-Match"] is None and target.status == 200
    host.log.clear()
    crawling()
    (target,) = host.asked("/b")
    assert target.headers["If-None-Match"] and target.status == 304


def refresh(content: str) -> str:
    return f'<meta http-equiv="refresh" content="{content}">'


REFRESHES = {
    "to itself": ("0; url=/a", {"/a"}),
    "to itself, written otherwise": ("5;URL='/a/?utm_source=x#del'", {"/a"}),
    "without an address": ("30", {"/a"}),
    "to another": ("0; url=/b", {"/b"}),
    "to another, soon": ("5; url=/b", {"/b"}),
    "to another, in its own time": ("300; url=/b", {"/a"}),
    "to nowhere": ("0; url=javascript:void(0)", {"/a"}),
}


def test_a_meta_refresh_is_a_redirect_where_it_leads_to_another_page_at_once(web: Web, tmp_path: Path) -> None:
    hosts = {name: web.host() for name in REFRESHES}
    for name, host in hosts.items():
        host.pages |= {
            "/": page("Start", links=["/a"]),
            "/a": page("A", head=refresh(REFRESHES[name][0])),
            "/b": page("B"),
        }
    circle = web.host({"/": page("Start", links=["/a", "/s0"])})
    circle.pages |= {path: page(path, head=refresh(f"0; url={to}")) for path, to in (("/a", "/b"), ("/b", "/a"))}
    circle.pages |= {f"/s{number}": page("S", head=refresh(f"0; url=/s{number + 1}")) for number in range(20)}
    sources = {f"k{host.number}": source("Plats", host.url("/")) for host in (*hosts.values(), circle)}
    settings = settings_for(tmp_path, sources)
    crawl(settings, ())
    build(settings)
    held = [hit.url for hit in Searcher(settings).search(Search(size=100, with_duplicates=True)).hits]
    for name, host in hosts.items():
        assert {url for url in held if url and host.address in url} == {
            host.url(path) for path in {"/", *REFRESHES[name][1]}
        }
        assert len(asked(host)) == len({*asked(host)}), name
    assert sorted(asked(circle)) == ["/", "/a", "/b", *(f"/s{number}" for number in range(HOPS + 1))]


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_language_of_a_source_is_asked_for(host: Host, crawling: Crawling, language: str) -> None:
    host.pages |= {
        "/": page("Start", links=["/a", "/c"]),
        "/a": page("A"),
        "/c": Answer(302, {"Location": "/b"}),
        "/b": page("B"),
    }
    crawling({} if language == "sv" else {"language": language})
    said = {one.path: str(one.headers["Accept-Language"]) for one in host.log}
    assert said.pop("/robots.txt") == said.pop("/.well-known/tdmrep.json") == "sv"
    assert said == dict.fromkeys(("/", "/a", "/b", "/c"), language)


def test_a_feed_in_pages_is_read_to_its_end(host: Host, crawling: Crawling) -> None:
    def answer(asked: Asked) -> Answer:
        start, _, number = asked.path.partition("?p=")
        if start != "/rss":
            return page(asked.path) if start.startswith("/n?") else Answer(404)
        entries = [f"<link>/n?id={min(int(number), 12) * 10 + one}</link>" for one in range(10)]
        return rss(*entries, head=f'<atom:link rel="next" href="/rss?p={int(number) + 1}"/>')

    host.otherwise = answer
    host.pages["/"] = page("Start", head='<link rel="Alternate" type="Application/RSS+XML" href="rss?p=1">')
    crawling(crawl_depth=1)
    assert len({path for path in asked(host) if path.startswith("/n?")}) == 120
    assert len({path for path in asked(host) if path.startswith("/rss")}) < 20, "the last page is all that follow, too"


SAME = [
    ("http://region.example:80/a", "https://region.example:443/a", "https://www.region.example/a"),
    ("https://region.example/a?PHPSESSID=1", "https://region.example/a?PhpSessId=2", "https://region.example/a"),
    ("https://region.example/a;JSESSIONID=1?b=1", "https://region.example/a;jsessionid=2?b=1", "https://region.example/a?b=1"),
    ("https://region.example/a?SID=0123456789abcdef0123&b=1", "https://region.example/a?sid=fedcba98765432100123&b=1", "https://region.example/a?b=1"),
    ("https://region.example/a?ASPSESSIONIDQ=1", "https://region.example/a?%70hpsessid=1", "https://region.example/a"),
    ("https://region.example/%c3%a5", "https://region.example/%C3%A5", "https://region.example/å"),
    ("https://region.example/%7Ea", "https://region.example/%7ea", "https://region.example/~a"),
    ("https://region.example/a?q=%c3%a5", "https://region.example/a?q=å", "https://region.example/a?q=%C3%A5"),
    ("https://REGION.example/a?UTM_source=x", "HTTPS://region.example/a?fbclid=x&FBCLID=y", "https://region.example/a"),
]  # fmt: skip
OTHERS = [
    ("https://region.example/a?sid=7", "https://region.example/a?sid=8"),
    ("http://region.example:8080/a", "http://region.example/a"),
    ("http://region.example:443/a", "https://region.example/a"),
    ("https://region.example/a%2Fb", "https://region.example/a/b"),
    ("https://region.example/A", "https://region.example/a"),
    ("https://region.example/a?assid=1", "https://region.example/a"),
]


@pytest.mark.parametrize("addresses", SAME)
def test_ways_to_write_an_address_are_one(addresses: tuple[str, ...]) -> None:
    assert {canonical_address(address) for address in addresses} == {canonical_address(addresses[-1])}


@pytest.mark.parametrize(("left", "right"), OTHERS)
def test_addresses_that_may_be_two_stay_two(left: str, right: str) -> None:
    assert canonical_address(left) != canonical_address(right)
