"""Point 1: a page's life is followed to its end, whether or not anything still links to it."""

from __future__ import annotations

from dataclasses import replace as changed

from tests.crawl_hosts.feeds import item, rss
from tests.crawl_nights import Place, headed, place
from tests.web import Answer, Asked, page

NOINDEX = '<meta name="robots" content="noindex">'


@place
def avlankat(here: Place) -> None:
    """All that the first night's start page leads to is led to no more."""
    paths = [
        "/torv",
        "/kvarn",
        "/brygga",
        "/holme",
        "/rast",
        "/fjard",
        "/tallmo",
        "/granmo",
        "/bjork",
        "/strejk",
        "/skymd",
        "/vantan",
        "/tyst304",
    ]
    here.links(paths, [], [])
    here.life(
        "1.1", "an unlinked page that answers 410 leaves at once", "/torv", ("torv", 410, 410), ("torv", None, None)
    )
    here.life(
        "1.2",
        "an unlinked page that answers 404 twice leaves",
        "/kvarn",
        ("kvarn", None, None),
        ("kvarn", "kvarn", None),
    )
    here.life("1.3", "one 404 is a fault, not an end", "/brygga", ("brygga", None, "brygga"), ("brygga",) * 3)
    here.life(
        "1.4",
        "an unlinked page with a new noindex leaves",
        "/holme",
        ("holme", page("holme", head=NOINDEX), page("holme", head=NOINDEX)),
        ("holme", None, None),
    )
    tagged = changed(headed(page("rast"), X_Robots_Tag="noindex"), etag=False)
    here.life("1.5", "so does one with a new X-Robots-Tag", "/rast", ("rast", tagged, tagged), ("rast", None, None))
    here.life(
        "1.6",
        "the changed text of an unlinked page is read",
        "/fjard",
        ("fjärd", "kobbe", "kobbe"),
        ("fjärd", "kobbe", "kobbe"),
    )
    reserved = page("tallmo", head='<meta name="tdm-reservation" content="1">')
    here.life(
        "1.7",
        "an unlinked page with a new reservation leaves",
        "/tallmo",
        ("tallmo", reserved, reserved),
        ("tallmo", None, None),
    )
    told = changed(headed(page("granmo"), TDM_Reservation="1"), etag=False)
    here.life("1.8", "so does one whose header reserves it", "/granmo", ("granmo", told, told), ("granmo", None, None))
    quiet = Answer(304, {"X-Robots-Tag": "noindex"})
    here.life(
        "1.52", "a 304 that says noindex is heard", "/tyst304", ("tystnad", quiet, quiet), ("tystnad", None, None)
    )
    here.life("1.9", "an unlinked page that stays is kept", "/bjork", ("björk",) * 3, ("björk",) * 3)
    here.life("1.10", "a 404 and then a 500 are not two 404", "/strejk", ("strejk", None, 500), ("strejk",) * 3)
    here.life("1.11", "a page that is forbidden for a while is kept", "/skymd", ("skymd", 403, "skymd"), ("skymd",) * 3)
    here.life(
        "1.12",
        "the text that changes on the third night is read then",
        "/vantan",
        ("väntan", "väntan", "ankomst"),
        ("väntan", "väntan", "ankomst"),
    )
    here.times("1.13", "each is asked for once a night", "/bjork", 1)
    here.told(
        "11.1", "the report says what is new and what is unchanged", "/bjork", "fetched", "unchanged", "unchanged"
    )
    here.told("11.2", "and what changed, once", "/fjard", "fetched", "changed", "unchanged")
    here.told("11.3", "and what is gone, once", "/torv", "fetched", "gone", "")
    here.told("11.4", "and what is missing, and then gone", "/kvarn", "fetched", "missing", "gone")
    here.told("11.5", "and what does not want to be held any more", "/holme", "fetched", "gone", "")


@place
def nedanfor(here: Place) -> None:
    """What hangs below a page that has not changed, or that is gone."""
    here.links(["/lista"], ["/lista"], ["/lista"])
    lista = page("lista", links=["/djup"])
    here.life("1.14", "a page between leaves", "/lista", (lista, lista, 410), ("lista", "lista", None))
    here.life(
        "1.15",
        "what it led to is kept, and its text read anew",
        "/djup",
        (page("djup", links=["/botten"]),) * 2 + (page("dyning", links=["/botten"]),),
        ("djup", "djup", "dyning"),
    )
    here.life(
        "1.16",
        "what lies below two unchanged pages is read when it changes",
        "/botten",
        ("botten", "bottna", "bottna"),
        ("botten", "bottna", "bottna"),
    )


@place
def avkomma(here: Place) -> None:
    """An unlinked page gets a link of its own."""
    here.links(["/moder"], [], [])
    here.life(
        "1.17",
        "an unlinked page is read on",
        "/moder",
        ("moder", page("modern", links=["/dotter"]), page("modern", links=["/dotter"])),
        ("moder", "modern", "modern"),
    )
    here.life(
        "1.18", "and what it leads to is found", "/dotter", (None, "dotter", "dotter"), (None, "dotter", "dotter")
    )


@place
def flodet(here: Place) -> None:
    """A feed of three entries, each night other ones."""
    url = here.url
    here.source({"feeds": [url("/nytt.rss")]})
    here.links([])
    here.shows(
        "/nytt.rss", *(rss(item(url(f"/p{n}"), f"P{n}") for n in numbers) for numbers in ((1, 2, 3), (3, 4, 5), (6,)))
    )
    here.life("1.19", "an entry that left the feed is kept", "/p1", ("ettan",) * 3, ("ettan",) * 3)
    here.life("1.20", "and read when it changes", "/p2", ("tvåan", "tvåan", "paret"), ("tvåan", "tvåan", "paret"))
    here.life("1.21", "and leaves when it is gone", "/p3", ("trean", "trean", 410), ("trean", "trean", None))
    here.life("1.22", "new entries enter", "/p4", (None, "fyran", "fyran"), (None, "fyran", "fyran"))
    here.life("1.23", "also two at once", "/p5", (None, "femman", "femman"), (None, "femman", "femman"))
    here.life("1.24", "and on the last night", "/p6", (None, None, "sexan"), (None, None, "sexan"))


@place
def aterkomst(here: Place) -> None:
    """What is linked all the time, and comes and goes."""
    here.links(["/hamn", "/varv", "/docka", "/slip"])
    here.life("1.25", "a page that was gone comes back", "/hamn", ("hamn", 410, "hamn"), ("hamn", None, "hamn"))
    here.life(
        "1.26",
        "a page whose noindex is lifted enters",
        "/varv",
        (page("varv", head=NOINDEX), "varv", "varv"),
        (None, "varv", "varv"),
    )
    here.life(
        "1.27",
        "one that gets it and loses it goes and comes",
        "/docka",
        ("docka", page("docka", head=NOINDEX), "docka"),
        ("docka", None, "docka"),
    )
    here.life(
        "1.28", "what was never there is missing until it is", "/slip", (None, None, "slip"), (None, None, "slip")
    )
    here.reported("1.29", "the report says that a page is gone", "/hamn", 2, "gone")


@place
def oindexerad(here: Place) -> None:
    """A listing that is not to be indexed, whose links may be followed; one whose links may not."""
    here.links(["/arkiv", "/sluten"])
    here.life(
        "1.30",
        "a noindex page is left out",
        "/arkiv",
        (page("arkiv", head=NOINDEX, links=["/notis"]),) * 3,
        (None,) * 3,
    )
    here.life("1.31", "and its links are followed", "/notis", ("notis",) * 3, ("notis",) * 3)
    here.life(
        "1.32",
        "a nofollow page is held",
        "/sluten",
        (page("sluten", head='<meta name="robots" content="nofollow">', links=["/gömd"]),) * 3,
        ("sluten",) * 3,
    )
    here.never("1.33", "and its links are not followed", "/g%C3%B6md")


@place
def villkor(here: Place) -> None:
    """Servers and their conditional answers."""
    here.links(["/datum", "/svag", "/stum", "/nonce", "/bara304", "/tom", "/stum2"])
    dated = headed(page("datum"), Last_Modified="Tue, 03 Mar 2020 10:00:00 GMT")

    def by_date(asked: Asked) -> Answer:
        same = asked.headers["If-Modified-Since"] == "Tue, 03 Mar 2020 10:00:00 GMT"
        return Answer(304) if same else Answer(200, dated.headers, dated.body, etag=False)

    later = headed(page("datumet"), Last_Modified="Wed, 04 Mar 2020 10:00:00 GMT")
    here.life(
        "1.34",
        "a page that knows only its day is asked for by it, and read when it changes",
        "/datum",
        (by_date, by_date, later),
        ("datum", "datum", "datumet"),
    )
    weak = [headed(page(word), ETag=f'W/"{word}"') for word in ("svag", "svag", "stark")]
    here.life("1.35", "weak ETags do", "/svag", weak, ("svag", "svag", "stark"))
    mute = [Answer(200, page(word).headers, page(word).body, etag=False) for word in ("stum", "stum", "tal")]
    here.life("1.36", "a server without either is read anew", "/stum", mute, ("stum", "stum", "tal"))

    def once(asked: Asked) -> Answer:
        nonce = page("nonce").body.replace(b"</main>", f'</main><input type="hidden" value="{id(asked)}">'.encode())
        return Answer(200, page("nonce").headers, nonce, etag=False)

    here.life(
        "1.37",
        "a page that differs at each visit only in a hidden field is one document",
        "/nonce",
        (once,) * 3,
        ("nonce",) * 3,
    )
    here.life(
        "1.38",
        "a 304 to what was never seen is no page, and no reason to ask with conditions later",
        "/bara304",
        (304, "oväntad", "oväntad"),
        (None, "oväntad", "oväntad"),
    )
    empty = Answer(200, page("x").headers, b"")
    here.life(
        "1.39",
        "an empty page is none, and read when it is filled",
        "/tom",
        (empty, "fylld", "fylld"),
        (None, "fylld", "fylld"),
    )
    cut = Answer(
        raw=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\nConnection: close\r\n\r\n"
        + page("halv").body[:300]
    )
    here.life(
        "1.40",
        "half a page does not take the place of a whole one",
        "/stum2",
        ("heltal", cut, "heltal"),
        ("heltal",) * 3,
    )


@place
def strombrott(here: Place) -> None:
    """A host that fails for a whole night: all that was there is there."""
    here.links(["/ljus", "/lampa"], ["/ljus", "/lampa"], ["/ljus", "/lampa"])
    here.shows("/", page(here.key, links=["/ljus", "/lampa"]), 500, page(here.key, links=["/ljus", "/lampa"]))
    here.life("1.41", "a night of 500 takes nothing away", "/ljus", ("ljus", 500, "ljus"), ("ljus",) * 3)
    here.life(
        "1.42",
        "and when it is over, what changed is read",
        "/lampa",
        ("lampa", 500, "lykta"),
        ("lampa", "lampa", "lykta"),
    )
