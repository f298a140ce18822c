"""More of points 1, 2, 4 and 6 to 10: what publishers and servers do on ordinary days, and what they should not do."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.crawl_hosts.feeds import SITEMAPS, atom, entry, item, rss, sitemap
from tests.crawl_hosts.moves import SORRY, moved
from tests.crawl_hosts.reading import ld
from tests.crawl_hosts.rests import TEN_DAYS, once
from tests.crawl_nights import ANY, FIRST_DAY, Held, Nights, Place, headed, place
from tests.test_formats import pdf
from tests.web import HTML, Answer, page, text_about


@place
def startlos(here: Place) -> None:
    """Point 1: the start page, the feed and the sitemap are gone; what they led to is not."""
    url = here.url
    here.source({"feeds": [url("/rss")], "sitemaps": [url("/karta.xml")]})
    here.shows("/", page(here.key, links=["/a"]), None, 410)
    here.holds("1.43", "a start page that is not found twice leaves", "/", here.key, ANY, None)
    here.shows(
        "/rss", rss([item(url("/b"), "B")]), 404, Answer(200, {"Content-Type": "application/rss+xml"}, b"<rss><chan")
    )
    here.shows(
        "/karta.xml",
        sitemap([url("/c")]),
        Answer(200, {"Content-Type": "application/xml"}, b"<!DOCTYPE html><p>Hej"),
        410,
    )
    for path, words in {
        "/a": ("alfa", "alfa", "alfons"),
        "/b": ("beta", "betong", "betong"),
        "/c": ("gamma", "gamling", "gamling"),
    }.items():
        here.life("1.44", "what a start page, feed or sitemap that is gone led to is read on", path, words, words)


@place
def bakat(here: Place) -> None:
    """Point 1: days of change that say nothing, changed titles, other types."""
    here.links(["/bak", "/noll", "/rubrik", "/bytt", "/tillpdf"])
    stamps = ("Tue, 03 Mar 2020 10:00:00 GMT", "Mon, 02 Mar 2015 10:00:00 GMT", "Sat, 01 Jan 2050 10:00:00 GMT")
    shown = [
        Answer(200, {"Content-Type": HTML, "Last-Modified": stamp}, page(word).body, etag=False)
        for word, stamp in zip(("bakåt", "baklänges", "framlänges"), stamps, strict=True)
    ]
    here.life(
        "1.45",
        "a page is read anew, though its day goes backwards",
        "/bak",
        shown,
        ("bakåt", "baklänges", "framlänges"),
    )
    odd = [
        Answer(200, {"Content-Type": HTML, "Last-Modified": "0", "ETag": ""}, page(word).body, etag=False)
        for word in ("nolla", "nollan", "nollan")
    ]
    here.life("1.46", "and though it has none", "/noll", odd, ("nolla", "nollan", "nollan"))
    titled = [page(title, text_about("oförändrad")) for title in ("Rubrik", "Rättelse", "Rättelse")]
    here.life("1.47", "a new title is news", "/rubrik", titled, ("Rubrik", "Rättelse", "Rättelse"))
    file = Answer(200, {"Content-Type": "application/pdf"}, pdf(text_about("inlaga")))
    here.life("1.48", "a page that becomes a PDF is that", "/bytt", ("bytt", file, file), ("bytt", "inlaga", "inlaga"))
    here.life(
        "2.53",
        "one that moves to a PDF leaves",
        "/tillpdf",
        ("rapportsida", moved("/fil.pdf"), moved("/fil.pdf")),
        ("rapportsida", None, None),
    )
    late = Answer(200, {"Content-Type": "application/pdf"}, pdf(text_about("rapportfil")))
    here.life("2.54", "and the PDF enters", "/fil.pdf", (None, late, late), (None, "rapportfil", "rapportfil"))


TWIN = page(
    "Avtal om flygplatsen",
    *(
        f"Avtalet om flygplatsen gäller i {n} år och omfattar {n * 7} miljoner kronor till drift, personal och miljöarbete i del {n}."
        for n in range(3, 15)
    ),
)


@place
def tvilling1(here: Place) -> None:
    """Point 1: the publication that stands for a release leaves."""
    here.links(["/flygavtal"])
    here.life("1.49", "one of two publications leaves", "/flygavtal", (TWIN, 410, 410), ("flygplatsen", None, None))


@place
def tvilling2(here: Place) -> None:
    """And the other stays."""
    here.links(["/flygavtal"])
    here.life("1.50", "the other stays, and stands for itself", "/flygavtal", (TWIN,) * 3, ("flygplatsen",) * 3)

    def check(run: Nights) -> Iterator[str]:
        for night in (2, 3):
            document = run.mornings[night].get(here.url("/flygavtal"))
            if document and document.canonical:
                yield f"morning {night}: it is hidden behind {document.canonical}, which is gone"

    here.claim("1.51", "and is shown", check)


@place
def flyttmal(here: Place) -> None:
    """Point 2: moves to where nothing may be fetched or kept, and Locations that are none."""
    here.source({"leave": ["/lamnat/"]})
    here.links(["/a", "/b", "/c", "/d", "/e", "/f", "/g", "/efter"])
    here.shows(
        "/robots.txt", Answer(headers={"Content-Type": "text/plain"}, body=b"User-agent: *\nDisallow: /stangt/\n")
    )
    moves = {"/a": "/lamnat/a", "/b": "/stangt/b", "/c": "/noindex", "/d": "/%C3%A5ter", "/e": "/upp/../ner"}
    for path, to in moves.items():
        word = f"flyttlass{path[1]}x"
        here.life("2.55", f"what moved to {to} has left", path, (word, moved(to), moved(to)), (word, None, None))
        here.shows(to, word)
    here.never("2.56", "and is not asked for where it may not be", "/lamnat/a", "/stangt/b")
    here.shows("/noindex", page("flyttlasscx", head='<meta name="robots" content="noindex">'))
    here.holds("2.57", "a move to a page that is not to be indexed ends there", "/noindex", None)
    here.holds("2.58", "other moves are followed", "/%C3%A5ter", None, "flyttlassdx", "flyttlassdx")
    here.shows("/ner", "flyttlassex")
    here.holds("2.59", "with dots in their way", "/ner", None, "flyttlassex", "flyttlassex")
    for path, said in (("/f", {}), ("/g", {"Location": "http://"})):
        here.shows(path, f"flyttlass{path[1]}x", Answer(301, said), Answer(301, said))
        here.holds("2.60", "a redirect to nowhere may be taken either way", path, f"flyttlass{path[1]}x", ANY, ANY)
    here.life("2.61", "and what is beside it is read", "/efter", ("eftersändning",) * 3, ("eftersändning",) * 3)


@place
def nyhetsstart(here: Place) -> None:
    """Point 2: the source starts at its news, and pages are sent to the root of the site."""
    here.source(starts=["/nyheter"])
    here.shows("/", "rotsida")
    here.holds("2.62", "the root may be held or not", "/", ANY)
    here.life(
        "2.63",
        "the start page is",
        "/nyheter",
        (page(here.key, links=["/nyheter/1", "/nyheter/2", "/nyheter/3"]),) * 3,
        (here.key,) * 3,
    )
    here.life(
        "2.64",
        "what is sent to the root of the site is gone",
        "/nyheter/1",
        ("rotfrukt", moved("/"), moved("/")),
        ("rotfrukt", None, None),
    )
    here.life(
        "2.65",
        "also to where the source starts",
        "/nyheter/2",
        ("rotsak", moved("/nyheter"), moved("/nyheter")),
        ("rotsak", None, None),
    )
    here.life(
        "2.66",
        "what moved to what is held already has left, and that stays",
        "/nyheter/3",
        ("rotmos", moved("/nyheter/4"), moved("/nyheter/4")),
        ("rotmos", None, None),
    )
    here.life("2.67", "with its text", "/nyheter/4", (None, "rotmos", "rotmosen"), (None, "rotmos", "rotmosen"))


@place
def flodesflytt(here: Place) -> None:
    """Point 7: a feed that moves for good, and one that moves for a while."""
    url = here.url
    here.source({"feeds": [url("/gammal.rss"), url("/lanad.rss")]})
    here.links([])
    first, later = rss([item(url("/1"), "1")]), rss([item(url("/2"), "2"), item(url("/1"), "1")])
    here.shows("/gammal.rss", first, moved("/ny.rss"), moved("/ny.rss"))
    here.shows("/ny.rss", None, later, later)
    here.shows("/lanad.rss", moved("/annan.rss", 302))
    here.shows("/annan.rss", rss([item(url("/3"), "3")]))
    for path, words in {"/1": ("etta1x",) * 3, "/2": (None, "tvåa2x", "tvåa2x"), "/3": ("trea3x",) * 3}.items():
        here.life("7.35", "a feed is read where it has moved to", path, words, words)


@place
def tjanst(here: Place) -> None:
    """Point 7: a feed that a service has at a host of its own, as a source names it."""
    service = here.another()
    here.source({"feeds": [service.url("/rss")], "sitemaps": [service.url("/karta.xml")]})
    here.links([])
    here.shows("/rss", rss([item(here.url("/1"), "1"), item(service.url("/2"), "2")]), host=service)
    here.shows("/karta.xml", sitemap([here.url("/3")]), host=service)
    here.life(
        "7.39", "a feed at a host that the source names with it is read", "/1", ("tjänst1x",) * 3, ("tjänst1x",) * 3
    )
    here.life("7.40", "so is a sitemap", "/3", ("tjänst3x",) * 3, ("tjänst3x",) * 3)
    here.life(
        "7.41", "and what the feed lists at its own host", "/2", ("tjänst2x",) * 3, ("tjänst2x",) * 3, host=service
    )


@place
def kartbilder(here: Place) -> None:
    """Point 7: sitemaps with pictures, other languages and other character sets; feeds too."""
    url = here.url
    more = f'<image:image xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><image:loc>{url("/bild")}</image:loc></image:image>'
    here.source({"sitemaps": [url("/k1.xml"), url("/k2.xml"), url("/k3.xml.gz")], "feeds": [url("/f1"), url("/f2")]})
    here.links([])
    here.shows("/k1.xml", sitemap([(url("/p1"), more)]))
    text = f'<?xml version="1.0" encoding="UTF-16"?><urlset {SITEMAPS}><url><loc>{url("/p2")}</loc></url></urlset>'
    here.shows("/k2.xml", Answer(headers={"Content-Type": "text/xml"}, body=text.encode("utf-16")))
    here.shows(
        "/k3.xml.gz",
        Answer(
            headers={"Content-Type": "application/xml", "Content-Encoding": "gzip"},
            body=gzip.compress(sitemap([url("/p3")]).body),
        ),
    )
    feed = rss([item(url("/p4"), "P4")], head='<?xml version="1.0" encoding="UTF-16"?>').body.decode()
    here.shows("/f1", Answer(headers={"Content-Type": "application/rss+xml"}, body=feed.encode("utf-16")))
    rdf = f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel><title>N</title></channel><item rdf:about="{url("/p5")}"><title>P5</title><link>{url("/p5")}</link></item></rdf:RDF>'
    here.shows("/f2", Answer(headers={"Content-Type": "application/rdf+xml"}, body=rdf.encode()))
    here.shows("/bild", "bildsida")
    here.never("7.36", "a picture in a sitemap is no page", "/bild")
    for number in range(1, 6):
        here.life(
            "7.37",
            "sitemaps and feeds are read in whatever character set and packing",
            f"/p{number}",
            (f"kartblad{number}x",) * 3,
            (f"kartblad{number}x",) * 3,
        )


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]>"
)


@place
def bomber(here: Place) -> None:
    """Point 6: XML that unfolds, JSON without a bottom, feeds that list themselves, packed files cut short."""
    url = here.url
    here.source({"feeds": [url("/rss"), url("/json"), url("/sjalv")], "sitemaps": [url("/karta.xml")]})
    here.links(["/kort.gz", "/efter"])
    here.shows("/rss", rss([item(url("/1"), "&a9;")], head=LAUGHS))
    here.shows(
        "/karta.xml",
        Answer(
            headers={"Content-Type": "application/xml"},
            body=f"{LAUGHS}<urlset {SITEMAPS}><url><loc>{url('/2')}&a9;</loc></url></urlset>".encode(),
        ),
    )
    here.shows("/json", Answer(headers={"Content-Type": "application/feed+json"}, body=b"[" * 200_000))
    here.shows("/sjalv", rss([item(url("/sjalv"), "Själv"), item(url("/3"), "3")]))
    for path in ("/1", "/2"):
        here.shows(path, "utvecklad")
        here.holds("6.18", "what XML that unfolds lists may be found or not", path, ANY)
    here.life("6.19", "what a feed lists beside itself is read", "/3", ("självklar",) * 3, ("självklar",) * 3)
    cut = Answer(
        headers={"Content-Type": HTML, "Content-Encoding": "gzip"}, body=gzip.compress(page("kortklippt").body)[:-30]
    )
    here.life(
        "6.20",
        "a packed page that is cut short does not take the place of a whole one",
        "/kort.gz",
        ("kortväxt", cut, "kortväxt"),
        ("kortväxt",) * 3,
    )
    here.life("6.21", "and what is beside all this is read", "/efter", ("efterdyning",) * 3, ("efterdyning",) * 3)


@place
def gammalserver(here: Place) -> None:
    """Point 6: answers of old and odd servers."""
    body = {word: page(word).body for word in ("http10", "hints", "junkad", "xgzip", "bluff", "deflat", "rader")}
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
    shown = {
        "http10": Answer(raw=b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + body["http10"]),
        "hints": Answer(
            raw=b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
            + head
            + b"Connection: close\r\n\r\n"
            + body["hints"]
        ),
        "junkad": Answer(raw=head + b"X-Bin: \xff\xfe\x00\x01\r\nX-Tom:\r\nConnection: close\r\n\r\n" + body["junkad"]),
        "xgzip": Answer(
            headers={"Content-Type": HTML, "Content-Encoding": "x-gzip"}, body=gzip.compress(body["xgzip"])
        ),
        "bluff": Answer(headers={"Content-Type": HTML, "Content-Encoding": "utf-8"}, body=body["bluff"]),
        "deflat": Answer(
            headers={"Content-Type": HTML, "Content-Encoding": "deflate"}, body=zlib.compress(body["deflat"])
        ),
        "rader": Answer(raw=head.replace(b"\r\n", b"\n") + b"Connection: close\n\n" + body["rader"]),
    }
    here.links([f"/{word}" for word in shown])
    for word, answer in shown.items():
        here.life("6.22", f"{word}: a page of an old or odd server is read", f"/{word}", (answer,) * 3, (word,) * 3)


@place
def vilopaus(here: Place) -> None:
    """Point 4: one of a source's two hosts rests for ten days, the other does not; a redirect that asks for a second."""
    other = here.another()
    here.source(starts=["/", other.url("/")])
    here.links(["/1", "/2"])
    here.shows("/2", once(here.host, Answer(302, {"Location": "/3", "Retry-After": "1"}), moved("/3", 302)))
    here.shows("/1", "vilohem")
    here.shows("/3", "vilstol")
    here.holds("4.25", "a page before a rest is read", "/1", "vilohem")
    for path in ("/2", "/3"):
        here.holds("4.26", "and one behind a redirect that asks for a second, once", path, ANY)
    here.life(
        "4.27",
        "a start page may be all that is had of a host",
        "/",
        (page("viloläge", links=["/1", "/2"]),) * 3,
        ("viloläge",) * 3,
        host=other,
    )
    for path in ("/1", "/2"):
        here.shows(path, Answer(503, {"Retry-After": TEN_DAYS}), host=other)

    def check(run: Nights) -> Iterator[str]:
        asked = [asked for asked in other.log if asked.status == 503]
        if len(asked) != 1 or other.log[-1] is not asked[0]:
            yield f"{len(asked)} requests were answered with ten days of rest, the last was {other.log[-1].path}"

    here.claim("4.28", "each host rests for itself", check)


@place
def nejnej(here: Place) -> None:
    """Point 4: 429 to everything, without saying for how long; and a Retry-After that is over."""
    here.links(["/forbi", *(f"/n{letter}" for letter in "abcdefghij")])
    past = format_datetime(datetime(2020, 1, 1, tzinfo=UTC), usegmt=True)
    here.shows("/forbi", once(here.host, Answer(503, {"Retry-After": past}), page("förbipasserat")))
    here.holds("4.29", "what is asked again may be had or not", "/forbi", ANY)
    for letter in "abcdefghij":
        here.shows(f"/n{letter}", 429)

    def check(run: Nights) -> Iterator[str]:
        for night in run.mornings:
            often = sum(asked.status == 429 for asked in run.asked(here.host, night))
            if often > 12:
                yield f"night {night}: {often} requests to a host that says that they are too many"

    here.claim("4.30", "a host that says that it is too much is soon left", check)


@place
def egnaregler(here: Place) -> None:
    """Point 5: a packed robots.txt with the classic rule, and a delay with a comment."""
    body = b"User-agent: *\nAllow: /$\nAllow: /ok\nDisallow: /\nCrawl-delay: 0.2 # sekunder\n\nUser-agent: annan\nDisallow:\n"
    here.source(delay=0.01, gap=0.2)
    here.links(["/ok/1", "/ej/1"])
    here.shows(
        "/robots.txt",
        Answer(headers={"Content-Type": "text/plain", "Content-Encoding": "gzip"}, body=gzip.compress(body)),
    )
    here.life(
        "5.23", "what is allowed of a site that is closed is read", "/ok/1", ("tillåtelse",) * 3, ("tillåtelse",) * 3
    )
    here.shows("/ej/1", "avslag")
    here.never("5.24", "and nothing else", "/ej/1")


@place
def skiljaktigt(here: Place) -> None:
    """Point 8: addresses that look alike, and are two."""
    pairs = {
        "/Sak": "sakregister",
        "/sak": "saklöst",
        "/x%2Fy": "delstreck",
        "/x/y": "delvis",
        "/f?id=1": "frågeett",
        "/f?id=2": "frågetvå",
        "/f?ID=1": "frågestor",
        "/m?a=1&a=2": "mångfald",
    }
    here.links(
        [
            *pairs,
            here.host.url("/versal").replace("http", "HTTP"),
            here.host.url("/proto").removeprefix("http:"),
            "/tom?",
            "/tom",
        ]
    )
    for path, word in pairs.items():
        here.life("8.31", "addresses that differ in case, %2F or values are two", path, (word,) * 3, (word,) * 3)
    here.life("8.32", "the protocol may be in upper case", "/versal", ("versalgemen",) * 3, ("versalgemen",) * 3)
    here.life("8.33", "or be left out", "/proto", ("protokoll",) * 3, ("protokoll",) * 3)

    def check(run: Nights) -> Iterator[str]:
        for night in run.mornings:
            asked = [asked.path for asked in run.asked(here.host, night) if asked.path.startswith("/tom")]
            if len(asked) != 1:
                yield f"night {night}: {asked} were asked for, one page"

    here.shows("/tom", "tomrum")
    here.shows("/tom?", "tomrum")
    for path in ("/tom", "/tom?"):
        here.holds("8.34", "an empty query is none", path, ANY)
    here.claim("8.34", "an empty query is none", check)


@place
def tidsgrans(here: Place) -> None:
    """Point 9: days until when, among other directives and for other programs."""
    here.links(["/1", "/2", "/3", "/4"])
    here.life(
        "9.14",
        "a day among other directives counts",
        "/1",
        (
            headed(
                page("tidsfrist"), X_Robots_Tag="noarchive, unavailable_after: 25 Jun 2020 15:00:00 PST, max-snippet:20"
            ),
        )
        * 3,
        (None,) * 3,
    )
    here.life(
        "9.15",
        "another program's does not",
        "/2",
        (headed(page("tidlös"), X_Robots_Tag="otherbot: unavailable_after: 25 Jun 2020 15:00:00 PST"),) * 3,
        ("tidlös",) * 3,
    )
    here.life(
        "9.16",
        "nor one that cannot be read",
        "/3",
        (headed(page("tidig"), X_Robots_Tag="unavailable_after: snart"),) * 3,
        ("tidig",) * 3,
    )
    here.life(
        "9.17",
        "ours does",
        "/4",
        (page("tidvatten", head='<meta name="regionsok" content="unavailable_after: 2020-06-25">'),) * 3,
        (None,) * 3,
    )


@place
def idag(here: Place) -> None:
    """Point 10: what really is from today, and more ways to say a day."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    today, past = FIRST_DAY.isoformat(), "2024-03-03"
    cases = {
        "ensam": (ld(datePublished=now), "", today),
        "tid": ("", f'<time datetime="{now}">Publicerad 3 mars 2024</time>', past),
        "skott": ("", "Publicerad 29 februari 2023", ""),
        "bindestreck": ("", "Publicerad: 2024-03-03 kl. 10.15", past),
        "bade": ("", "Publicerad 3 mars 2024. Senast uppdaterad 9 april 2024", past),
        "framtid": ("", f"Publicerad {(FIRST_DAY + timedelta(400)).isoformat()}", ""),
    }
    here.links([f"/{name}" for name in cases])
    for name, (head, text, day) in cases.items():
        word = f"{name}form"
        shown = page(word, *([text] if text else []), text_about(word), head=head)
        here.life(
            "10.8",
            f"{name}: the day that a page states is its day",
            f"/{name}",
            (shown,) * 3,
            (Held(word, published=day),) * 3,
        )


@place
def underhall(here: Place) -> None:
    """Point 10: a night of maintenance, with 200 and the same page everywhere; and more apologies."""
    closed = page("Underhåll pågår", "Webbplatsen är tillfälligt stängd för underhåll. Försök igen om en stund.")
    here.links(["/u1", "/u2", "/borta1", "/borta2", "/borta3"])
    for path in ("/u1", "/u2"):
        word = f"underlag{path[2]}x"
        here.life(
            "10.9",
            "a night of maintenance ends, and what was there is there",
            path,
            (word, closed, word),
            (word, ANY, word),
        )
    sorries = {
        "/borta1": page(
            "Oj! Sidan är borttagen", "Sidan är borttagen eller har bytt adress. Sök gärna på webbplatsen."
        ),
        "/borta2": page("Sidan saknas (404)", "Ojdå, här fanns det ingen sida. Gå tillbaka till startsidan."),
        "/borta3": page("Nyheten finns inte längre kvar", "Nyheten du söker finns inte längre kvar på webbplatsen."),
    }
    for path, sorry in sorries.items():
        here.life(
            "10.10",
            f"{path}: an apology is one in other words too",
            path,
            (f"bort{path[-1]}x", sorry, SORRY),
            (f"bort{path[-1]}x", ANY, None),
        )

    def check(run: Nights) -> Iterator[str]:
        for path in sorries:
            document = run.mornings[2].get(here.url(path))
            if document and any(word in document.text for word in ("borttagen eller", "Ojdå", "längre kvar")):
                yield f"morning 2: {path} is held as an apology: {document.title!r}"

    here.claim("10.11", "and none is held as a document", check)


@place
def sistbit(here: Place) -> None:
    """Point 7: an Atom feed whose entries say when they were updated, and lists that only grow at their end."""
    url = here.url
    here.source({"feeds": [url("/atom")]})
    here.links([])
    here.shows("/atom", *(atom(entry(url(f"/{n}"), f"S{n}") for n in range(1, 2 + night)) for night in (1, 2, 3)))
    for number, words in {
        1: ("slutett", "slutett", "slutettan"),
        2: ("sluttvå",) * 3,
        3: (None, "sluttre", "sluttre"),
        4: (None, None, "slutfyra"),
    }.items():
        here.life("7.38", "a feed that grows is read to its end", f"/{number}", words, words)
