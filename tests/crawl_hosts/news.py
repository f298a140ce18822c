"""Point 7: nothing that is news is missed: documents, feeds and sitemaps of all kinds, however long and however dated."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import timedelta

from tests.crawl_hosts.feeds import atom, entry, index, item, rss, sitemap
from tests.crawl_nights import ANY, FIRST_DAY, Held, Nights, Place, as_json, place
from tests.test_formats import pdf
from tests.test_formats import word as word_file
from tests.web import HTML, Answer, Asked, page, text_about

PDF = {"Content-Type": "application/pdf"}
WORD = {"Content-Type": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}
TRAPS = 260
"""Addresses of a trap that may be asked for: 200 of one shape, and what was on its way."""


@place
def handlingar(here: Place) -> None:
    """Documents that pages and feeds lead to."""
    here.source({"feeds": [here.url("/flode.rss")]})
    here.links(
        [
            "/rapport.pdf",
            "/RAPPORT2.PDF",
            "/globalassets/plan",
            "/avtal.docx",
            "/download?id=7",
            "/bild.jpg",
            "/film.mp4",
            "/paket.zip",
            "/stil.css",
        ]
    )
    shown = {
        "/rapport.pdf": Answer(200, PDF, pdf(text_about("rapport"))),
        "/RAPPORT2.PDF": Answer(200, PDF, pdf(text_about("redogörelse"))),
        "/globalassets/plan": Answer(200, PDF, pdf(text_about("planering"))),
        "/download?id=7": Answer(
            200, {**PDF, "Content-Disposition": 'attachment; filename="x.pdf"'}, pdf(text_about("nedladdning"))
        ),
        "/avtal.docx": Answer(200, WORD, word_file(text_about("avtal"))),
        "/iflode.pdf": Answer(200, {"Content-Type": "application/octet-stream"}, pdf(text_about("bilaga"))),
    }
    words = ("rapport", "redogörelse", "planering", "nedladdning", "avtal", "bilaga")
    for (path, answer), word in zip(shown.items(), words, strict=True):
        here.life(
            "7.1",
            "linked PDF and Word files are held",
            path,
            (answer,) * 3,
            (ANY if "octet" in str(answer.headers) else word,) * 3,
        )
    here.shows("/flode.rss", rss([item(here.url("/iflode.pdf"), "Bilaga")]))
    here.times("7.2", "a PDF that a feed lists is asked for", "/iflode.pdf", 1, range(0, 2), range(0, 2))
    here.never(
        "7.3", "pictures, films, archives and style sheets are not", "/bild.jpg", "/film.mp4", "/paket.zip", "/stil.css"
    )


@place
def flodesnummer(here: Place) -> None:
    """A feed of more numbered releases than a trap may have."""
    here.source({"feeds": [here.url("/rss")]}, delay=0)
    here.links([])
    here.shows("/rss", rss(item(here.url(f"/nyhet/{n}"), f"N{n}") for n in range(1, 231)))
    for number in range(1, 231):
        here.life(
            "7.4",
            "230 numbered releases of a feed are 230",
            f"/nyhet/{number}",
            (f"nummer{number}x",) * 3,
            (f"nummer{number}x",) * 3,
        )


@place
def kartnummer(here: Place) -> None:
    """So does a sitemap, with parameters."""
    here.source({"sitemaps": [here.url("/sitemap.xml")]}, delay=0)
    here.links([])
    here.shows("/sitemap.xml", sitemap((here.url(f"/press?id={n}"), "2024-03-01") for n in range(1, 221)))
    for number in range(1, 221):
        here.life(
            "7.5",
            "220 numbered releases of a sitemap are 220",
            f"/press?id={number}",
            (f"press{number}x",) * 3,
            (f"press{number}x",) * 3,
        )


@place
def relativt(here: Place) -> None:
    """Addresses without a host in feeds and sitemaps."""
    url = here.url
    here.source({"feeds": [url("/a/rss"), url("/b/atom"), url("/c/atom")], "sitemaps": [url("/d/karta.xml")]})
    here.links([])
    here.shows("/a/rss", rss([item("/a/1", "A1"), item("2", "A2")]))
    here.shows("/b/atom", atom([entry("1", "B1")]))
    here.shows("/c/atom", atom([entry("djup/1", "C1")], base=url("/bas/")))
    here.shows("/d/karta.xml", sitemap(["/d/1"]))
    for path, word in {
        "/a/1": "areal",
        "/a/2": "alster",
        "/b/1": "barr",
        "/bas/djup/1": "cistern",
        "/d/1": "dunge",
    }.items():
        here.life("7.6", "relative addresses of feeds and sitemaps are followed", path, (word,) * 3, (word,) * 3)


@place
def jsonflode(here: Place) -> None:
    """JSON Feed: found on a page, in pages of its own, relative."""
    here.links([], head='<link rel="alternate" type="application/feed+json" href="/feed.json">')
    version = {"version": "https://jsonfeed.org/version/1.1", "title": "Nytt"}
    first = {"id": "1", "url": here.url("/json/1"), "content_text": "a", "date_published": "2024-05-06T10:00:00+02:00"}
    here.shows(
        "/feed.json",
        as_json(
            {
                **version,
                "items": [first, {"id": "2", "url": "/json/2", "content_text": "b"}],
                "next_url": here.url("/feed.json?sida=2"),
            }
        ),
    )
    here.shows(
        "/feed.json?sida=2",
        as_json(
            {
                **version,
                "items": [{"id": "3", "url": here.url("/json/3"), "content_html": "c"}],
                "next_url": here.url("/feed.json?sida=2"),
            }
        ),
    )
    here.life(
        "7.7",
        "a JSON Feed that a page names is followed, and its day counts",
        "/json/1",
        ("jsonett",) * 3,
        (Held("jsonett", published="2024-05-06"),) * 3,
    )
    here.life("7.8", "also its relative addresses", "/json/2", ("jsontva",) * 3, ("jsontva",) * 3)
    here.life("7.9", "also its next page", "/json/3", ("jsontre",) * 3, ("jsontre",) * 3)
    here.times("7.10", "a page that is its own next is read once", "/feed.json?sida=2", 1, range(2), range(2))


@place
def sidflode(here: Place) -> None:
    """An Atom feed in pages (RFC 5005) that lead in a circle at last."""
    here.source({"feeds": [here.url("/atom")]})
    here.links([])
    for number in range(4):
        this, onward = (
            f"/atom?p={number}" if number else "/atom",
            f"/atom?p={(number + 1) % 4}" if number < 3 else "/atom",
        )
        here.shows(
            this, atom([entry(f"/led/{number}", f"L{number}")], more=f'<link rel="next" href="{here.url(onward)}"/>')
        )
        here.life(
            "7.11",
            "each page of a paged feed is read",
            f"/led/{number}",
            (f"led{number}x",) * 3,
            (f"led{number}x",) * 3,
        )
        here.times("7.12", "and asked for once", this, 1)


@place
def galendag(here: Place) -> None:
    """Days that cannot be: each costs the day only."""
    url = here.url
    here.source({"feeds": [url("/rss"), url("/atom")], "sitemaps": [url("/karta.xml")]})
    here.links([])
    beyond = FIRST_DAY + timedelta(90)
    future = f"{beyond:%d %b} {beyond.year} 10:00:00 GMT"
    days = ["Mon, 01 Jan 0001 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", future, "31 Feb 2024", "igår", "9" * 60]
    here.shows("/rss", rss(item(url(f"/e/{n}"), f"E{n}", day) for n, day in enumerate(days)))
    stamps = ["0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59-23:00", "2024-13-45", ""]
    here.shows("/atom", atom(entry(url(f"/f/{n}"), f"F{n}", stamp) for n, stamp in enumerate(stamps)))
    here.shows("/karta.xml", sitemap([(url(f"/g/{n}"), stamp or "igår") for n, stamp in enumerate(stamps)]))
    for letter, often in (("e", len(days)), ("f", len(stamps)), ("g", len(stamps))):
        for number in range(often):
            word = f"dag{letter}{number}x"
            here.life(
                "7.13",
                "a day that cannot be costs the day, never the document",
                f"/{letter}/{number}",
                (word,) * 3,
                (Held(word, published=""),) * 3,
            )


@place
def godadagar(here: Place) -> None:
    """Days that a publisher states beside its pages."""
    url = here.url
    here.source({"feeds": [url("/rss"), url("/atom")], "sitemaps": [url("/karta.xml")]})
    here.links([])
    here.shows("/rss", rss([item(url("/h/1"), "H1", "Tue, 12 Mar 2019 23:30:00 GMT")]))
    here.shows("/atom", atom([entry(url("/h/2"), "H2", "2021-02-03T09:00:00+01:00")]))
    stated = (
        "<news:news><news:publication_date>2022-04-05</news:publication_date><news:title>H3</news:title></news:news>"
    )
    here.shows("/karta.xml", sitemap([(url("/h/3"), stated)]))
    for number, day in enumerate(("2019-03-13", "2021-02-03", "2022-04-05"), 1):
        word = f"datum{number}x"
        here.life(
            "7.14",
            "the day that a feed or news sitemap states is the page's",
            f"/h/{number}",
            (word,) * 3,
            (Held(word, published=day),) * 3,
        )


@place
def fallor(here: Place) -> None:
    """Calendars, sessions, filters and paths that grow: each ends, and a page beside them is read."""

    def calendar(asked: Asked) -> Answer:
        day = int(asked.path.rpartition("=")[2] if "=" in asked.path else 0)
        return page(f"kalender{day}", links=[f"/kalender?dag={day + 1}", f"/kalender?dag={day + 2}"])

    def session(asked: Asked) -> Answer:
        return page(
            "session", links=[f"/session?PHPSESSID={len(here.host.log)}", f"/session;jsessionid={len(here.host.log)}"]
        )

    def growing(asked: Asked) -> Answer:
        return page("växande", links=[f"{asked.path}mapp/"])

    def other(asked: Asked) -> Answer:
        for start, answer in (("/kalender", calendar), ("/session", session), ("/vaxer/", growing)):
            if asked.path.startswith(start):
                return answer(asked)
        return Answer(404)

    here.source(delay=0)
    here.links(["/kalender", "/session", "/vaxer/", "/nyhet-bredvid"])
    here.dusks.append(lambda night: setattr(here.host, "otherwise", other))
    here.life("7.15", "news beside traps is read", "/nyhet-bredvid", ("bredvid",) * 3, ("bredvid",) * 3)

    def check(run: Nights) -> Iterator[str]:
        for night in run.mornings:
            paths = [asked.path for asked in run.asked(here.host, night)]
            counts = {
                start: sum(path.startswith(start) for path in paths) for start in ("/kalender", "/session", "/vaxer/")
            }
            if counts["/kalender"] > TRAPS or counts["/session"] > 2 or counts["/vaxer/"] > 8:
                yield f"night {night}: traps were asked {counts} times"

    here.claim("7.16", "a calendar, a session and a path that grows end", check)
    here.open_ended = ("/kalender", "/session", "/vaxer/")


@place
def kartor(here: Place) -> None:
    """Sitemaps in sitemaps, packed, cut off, in circles, and with others' addresses."""
    other = here.another()
    url = here.url
    here.shows(
        "/robots.txt", Answer(headers={"Content-Type": "text/plain"}, body=f"Sitemap: {url('/alla.xml')}\n".encode())
    )
    here.links([])
    here.shows(
        "/alla.xml",
        index([url("/alla.xml"), url("/packad.xml.gz"), url("/avbruten.xml"), url("/lista.txt"), url("/saknas.xml")]),
    )
    here.shows(
        "/packad.xml.gz",
        Answer(
            headers={"Content-Type": "application/x-gzip"},
            body=gzip.compress(sitemap([url("/i/1"), other.url("/i/2")]).body),
        ),
    )
    here.shows("/avbruten.xml", sitemap([url("/i/3"), url("/i/4")], tail="<url><loc>htt"))
    here.shows("/i/2", "ilska", host=other)
    here.life("7.17", "a packed sitemap in a sitemap is read", "/i/1", ("isbrytare",) * 3, ("isbrytare",) * 3)
    here.life("7.18", "of one that is cut off what is whole", "/i/3", ("isbana",) * 3, ("isbana",) * 3)
    here.life("7.19", "all of it", "/i/4", ("isrand",) * 3, ("isrand",) * 3)
    here.never("7.18", "and nothing of what is not", "/htt")
    here.never("7.20", "a host that no source names is not asked, whoever lists it", host=other)
    here.times("7.21", "a sitemap that lists itself is asked for once", "/alla.xml", 1)


@place
def uddaflode(here: Place) -> None:
    """Feeds as they are: another character set, blanks before the declaration, another type, no link but a guid."""
    url = here.url
    paths = ["/latin", "/blank", "/html", "/guid", "/cdata", "/bom"]
    here.source({"feeds": [url(path) for path in paths]})
    here.links([])
    latin = rss([item(url("/j/1"), "Åäö")], head='<?xml version="1.0" encoding="ISO-8859-1"?>')
    here.shows("/latin", Answer(200, latin.headers, latin.body.decode().encode("latin-1")))
    here.shows("/blank", rss([item(url("/j/2"), "J2")], head='\n\n  <?xml version="1.0" encoding="utf-8"?>'))
    here.shows("/html", rss([item(url("/j/3"), "J3")], kind=HTML))
    here.shows("/guid", rss([f"<item><title>J4</title><guid>{url('/j/4')}</guid></item>"]))
    here.shows(
        "/cdata", rss([f"<item><title><![CDATA[J5]]></title><link>\n  <![CDATA[{url('/j/5')}]]>\n</link></item>"])
    )
    marked = rss([item(url("/j/6"), "J6")])
    here.shows("/bom", Answer(200, marked.headers, b"\xef\xbb\xbf" + marked.body))
    for number, path in enumerate(paths, 1):
        word = f"udda{number}x"
        here.life("7.22", f"the entries of {path} are found", f"/j/{number}", (word,) * 3, (word,) * 3)


@place
def bladdring(here: Place) -> None:
    """A list in pages, each with releases of its own."""
    here.links(["/lista?sida=1"])
    for number in range(1, 9):
        links = [f"/lista?sida={number + 1}"] if number < 8 else []
        here.life(
            "7.23",
            "each page of a list is read",
            f"/lista?sida={number}",
            (page(f"listsida{number}x", links=[*links, f"/rel/{number}"]),) * 3,
            (f"listsida{number}x",) * 3,
        )
        here.life(
            "7.24", "and what each leads to", f"/rel/{number}", (f"relation{number}x",) * 3, (f"relation{number}x",) * 3
        )


@place
def hitsidan(here: Place) -> None:
    """A feed that is found on a page deep down, and one named with an upper-case type."""
    here.links(["/sektion"])
    here.life(
        "7.25",
        "a page deep down is read",
        "/sektion",
        (page("sektion", head='<link rel="ALTERNATE" type="Application/RSS+XML" href="/sektion/rss">'),) * 3,
        ("sektion",) * 3,
    )
    here.shows(
        "/sektion/rss",
        *(rss([item(here.url("/l/1"), "L1")] + [item(here.url("/l/2"), "L2")] * (night > 1)) for night in (1, 2, 3)),
    )
    here.life("7.26", "and the feed that it names", "/l/1", ("lagom",) * 3, ("lagom",) * 3)
    here.life(
        "7.27",
        "also when the page that names it is unchanged",
        "/l/2",
        (None, "ladan", "ladan"),
        (None, "ladan", "ladan"),
    )


@place
def kartandras(here: Place) -> None:
    """A sitemap that grows, and whose days change."""
    url = here.url
    here.source({"sitemaps": [url("/karta.xml")]})
    here.links([])
    here.shows(
        "/karta.xml",
        *(
            sitemap(
                [(url("/m/1"), f"2024-01-0{night}"), (url("/m/2"), "2024-01-01"), *([url("/m/3")] if night > 1 else [])]
            )
            for night in (1, 2, 3)
        ),
    )
    here.life(
        "7.28",
        "what a sitemap says is new is read",
        "/m/1",
        ("majsol", "majbrasa", "majstång"),
        ("majsol", "majbrasa", "majstång"),
    )
    here.life("7.29", "what it says is old is kept", "/m/2", ("makrill",) * 3, ("makrill",) * 3)
    here.life("7.30", "and what it adds is read", "/m/3", (None, "malm", "malm"), (None, "malm", "malm"))
