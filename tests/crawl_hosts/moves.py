"""Point 2: what moves is followed, what is replaced by an apology is gone, and a later rule counts also for what is unchanged."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.crawl_nights import ANY, Nights, Place, place
from tests.web import Answer, Host, page, text_about

SORRY = page(
    "Sidan finns inte", "Sidan du söker finns inte eller har flyttats. Gå till startsidan eller använd sökfunktionen."
)


def moved(url: str, status: int = 301) -> Answer:
    """A redirect."""
    return Answer(status, {"Location": url}, b"<p>Flyttad</p>")


@place
def flyttar(here: Place) -> None:
    """Pages that move on the second night; nobody links to where."""
    here.links(["/g301", "/g308", "/hem", "/kedja", "/slinga", "/tomt", "/relativ", "/stjarna"])
    here.life(
        "2.1", "301: the old address leaves", "/g301", ("gran", moved("/n301"), moved("/n301")), ("gran", None, None)
    )
    here.life("2.2", "and the new one enters", "/n301", (None, "gran", "gran"), (None, "gran", "gran"))
    here.life(
        "2.3",
        "308: the old address leaves",
        "/g308",
        ("lind", moved("/n308", 308), moved("/n308", 308)),
        ("lind", None, None),
    )
    here.life(
        "2.4", "and the new one enters, with its own text", "/n308", (None, "lindö", "lindö"), (None, "lindö", "lindö")
    )
    here.life("2.5", "to the start page it is gone", "/hem", ("ask", moved("/"), moved("/")), ("ask", None, None))
    here.life(
        "2.6",
        "over several steps the old address leaves",
        "/kedja",
        ("alm", moved("/k2"), moved("/k2")),
        ("alm", None, None),
    )
    here.shows("/k2", None, moved("/k3", 308), moved("/k3", 308))
    here.life("2.7", "and the last one enters", "/k3", (None, "alm", "alm"), (None, "alm", "alm"))
    here.holds("2.8", "and none between", "/k2", None)
    here.life(
        "2.9",
        "a circle ends, and what was there is gone at the latest when it goes round again",
        "/slinga",
        ("rönn", moved("/s2"), moved("/s2")),
        ("rönn", ANY, ANY),
    )
    here.shows("/s2", None, moved("/slinga"), moved("/slinga"))
    here.times("2.10", "a circle is left soon", "/s2", range(0, 4))
    here.life(
        "2.11",
        "a move to what does not exist takes the old address away",
        "/tomt",
        ("hassel", moved("/finns-inte"), moved("/finns-inte")),
        ("hassel", ANY, None),
    )
    here.life(
        "2.12",
        "a Location without a host is one of the same",
        "/relativ",
        ("sälg", moved("?sida=ny"), moved("?sida=ny")),
        ("sälg", None, None),
    )
    here.life("2.13", "and enters", "/relativ?sida=ny", (None, "sälg", "sälg"), (None, "sälg", "sälg"))
    here.life("2.14", "a move back is one too", "/stjarna", ("hägg", moved("/mane"), "hägg"), ("hägg", None, "hägg"))
    here.life("2.15", "and takes the other away", "/mane", (None, "hägg", moved("/stjarna")), (None, "hägg", None))
    here.told("11.6", "the report says what moved, once", "/g301", "fetched", "moved", "")
    here.told("11.7", "and that it was found where it moved to", "/n301", "", "fetched", "unchanged")
    unconditional(here, "2.16", "/n301", "/n308", "/k2", "/k3")


def unconditional(here: Place, point: str, *paths: str, host: Host | None = None) -> None:
    """Claim that the first request for an address has no condition: it would be that of the address that led to it."""

    def check(run: Nights) -> Iterator[str]:
        for path in paths:
            asked = (host or here.host).asked(path)
            if not asked:
                yield f"{path} was never asked for"
            elif asked[0].headers["If-None-Match"] or asked[0].headers["If-Modified-Since"]:
                yield f"{path} was asked for with the condition of the page that moved there"

    here.claim(point, "no condition travels along a redirect", check)


@place
def byternamn(here: Place) -> None:
    """A publisher gets another host, which its source names."""
    new = here.another()
    here.source(starts=["/", new.url("/")])
    here.links(["/om", "/nytt"])
    here.shows("/", page(here.key, links=["/om", "/nytt"]), moved(new.url("/")), moved(new.url("/")))
    here.held[1][here.host.url("/")] = here.held[2][here.host.url("/")] = None
    here.life("2.17", "the start page of the new host is read", "/", ("nybygget",) * 3, ("nybygget",) * 3, host=new)
    for path, word in (("/om", "ombygd"), ("/nytt", "nyheten")):
        to = moved(new.url(path), 308)
        here.life(
            "2.18", "over hosts that the source names the old address leaves", path, (word, to, to), (word, None, None)
        )
        here.life("2.19", "and the new one enters", path, (None, word, word), (None, word, word), host=new)
    unconditional(here, "2.20", "/om", host=new)


@place
def utflyttad(here: Place) -> None:
    """A page moves to a host that no source names."""
    other = here.another()
    here.links(["/bort", "/kvar"])
    here.life(
        "2.21",
        "what moved to somebody else has left",
        "/bort",
        ("bortom", moved(other.url("/bort")), moved(other.url("/bort"))),
        ("bortom", None, None),
    )
    here.life("2.22", "what is beside it stays", "/kvar", ("kvarnö",) * 3, ("kvarnö",) * 3)
    here.shows("/bort", "bortom", host=other)
    here.never("2.23", "a host that no source names is not asked for anything", host=other)


@place
def tillfallig(here: Place) -> None:
    """302, 303 and 307 say nothing of where a page will be tomorrow."""
    here.links(["/t302", "/t303", "/t307"])
    for status, word in ((302, "tuva"), (303, "tova"), (307, "tova2")):
        path, to = f"/t{status}", f"/m{status}"
        here.shows(path, moved(to, status))
        here.shows(to, word)

        def check(
            run: Nights, urls: tuple[str, str] = (here.url(path), here.url(to)), word: str = word
        ) -> Iterator[str]:
            for night, morning in run.mornings.items():
                found = [url for url in urls if url in morning and word in morning[url].text.casefold()]
                if len(found) != 1:
                    yield f"morning {night}: of {urls} the index holds {found}, not one"

        here.holds("", "", path, ANY)
        here.holds("", "", to, ANY)
        del here.behaviours[-2:]
        here.claim("2.24", f"a page behind a {status} is held once, at one address", check)


@place
def urtavla(here: Place) -> None:
    """What a content manager says in place of a page that is no more."""
    here.links(["/sorry", "/wp", "/epi", "/kvar", "/rubrik", "/engelsk"])
    here.life(
        "2.25", "a page that became a short apology is gone", "/sorry", ("bäck", SORRY, SORRY), ("bäck", None, None)
    )
    here.life(
        "2.26",
        "so is one that WordPress sends to the start page",
        "/wp",
        ("å", moved("/"), moved("/")),
        ("å", None, None),
    )
    here.life(
        "2.27",
        "one that is sent for a while to an apology with 200 is gone when it is so twice",
        "/epi",
        ("älv", moved("/fel?sida=/epi", 302), moved("/fel?sida=/epi", 302)),
        ("älv", ANY, None),
    )
    here.shows("/fel?sida=/epi", None, SORRY, SORRY)
    here.holds("2.28", "and the apology is no document", "/fel?sida=/epi", None)
    news = page(
        "Sidan finns inte längre på kartan",
        text_about("kartverket"),
        text_about("lantmätare"),
        text_about("riksarkivet"),
    )
    here.life(
        "2.29",
        "a page that becomes news about what is gone stays",
        "/kvar",
        ("karta", news, news),
        ("karta", "kartverket", "kartverket"),
    )
    gone = page(
        "404", "Sidan kunde inte hittas. Den kan ha tagits bort, bytt namn eller så är den tillfälligt otillgänglig."
    )
    here.life(
        "2.30", "an apology with a number as its title is one", "/rubrik", ("strid", gone, gone), ("strid", None, None)
    )
    english = page(
        "Page not found",
        "The page you requested could not be found. Please check the address or return to the start page.",
    )
    here.life("2.31", "so is an English one", "/engelsk", ("ström", english, english), ("ström", None, None))


@place
def forbehall(here: Place) -> None:
    """A reservation for a folder that comes later; its pages answer 304."""
    rules = json.dumps([{"location": "/reserverat/*", "tdm-reservation": 1}]).encode()
    told = Answer(headers={"Content-Type": "application/json"}, body=rules)
    here.links(["/reserverat/a", "/reserverat/b", "/fritt/a"])
    here.shows("/.well-known/tdmrep.json", None, told, None)
    here.life(
        "2.32", "a later reservation takes away what has not changed", "/reserverat/a", ("dal",) * 3, ("dal", None, ANY)
    )
    here.life("2.33", "also the next", "/reserverat/b", ("dalö",) * 3, ("dalö", None, ANY))
    here.life("2.34", "and nothing beside it", "/fritt/a", ("slätt",) * 3, ("slätt",) * 3)


@place
def lamnas(here: Place) -> None:
    """A source gets a `leave`."""
    here.source({}, {"leave": ["/internt/"]}, {"leave": ["/internt/"]})
    here.links(["/internt/pm", "/pressrum/pm"])
    here.life(
        "2.35", "what a source leaves from now on leaves the index", "/internt/pm", ("mapp",) * 3, ("mapp", None, None)
    )
    here.life("2.36", "and the rest stays", "/pressrum/pm", ("press",) * 3, ("press",) * 3)
    here.never("2.37", "and is not asked for", "/internt/pm", nights=(2, 3))


@place
def foljs(here: Place) -> None:
    """A source gets a `follow`."""
    here.source({}, {"follow": ["/nyheter/"]}, {"follow": ["/nyheter/"]})
    here.links(["/nyheter/x", "/jobb/x"])
    here.life("2.38", "what a source follows no more leaves the index", "/jobb/x", ("jobb",) * 3, ("jobb", None, None))
    here.life("2.39", "and what it follows stays", "/nyheter/x", ("notisen",) * 3, ("notisen",) * 3)
    here.never("2.40", "and is not asked for", "/jobb/x", nights=(2, 3))


@place
def stangs(here: Place) -> None:
    """robots.txt forbids a folder from the second night on."""
    closed = Answer(headers={"Content-Type": "text/plain"}, body=b"User-agent: *\nDisallow: /slutet/\n")
    here.links(["/slutet/a", "/oppet/a"])
    here.shows("/robots.txt", None, closed, closed)
    here.life(
        "2.41", "what is forbidden from now on may stay or go", "/slutet/a", ("sluten",) * 3, ("sluten", ANY, ANY)
    )
    here.life("2.42", "what is not forbidden stays", "/oppet/a", ("öppen",) * 3, ("öppen",) * 3)
    here.never("2.43", "what is forbidden from now on is not asked for, stored or not", "/slutet/a", nights=(2, 3))


@place
def snedstreck(here: Place) -> None:
    """Addresses that always were sent on: one page, one document."""
    here.links(["/avdelning", "/Lokal"])
    here.shows("/avdelning", moved("/avdelning/"))
    here.life(
        "2.44",
        "a page whose address gets its slash is held at the address it has",
        "/avdelning/",
        ("avdelning",) * 3,
        ("avdelning",) * 3,
    )
    here.shows("/Lokal", moved("/lokal"))
    here.life("2.45", "so is one whose address is put in lower case", "/lokal", ("lokal",) * 3, ("lokal",) * 3)
    here.holds("2.46", "and it is not held twice", "/Lokal", None)
