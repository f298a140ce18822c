"""Point 5: robots.txt and tdmrep.json as RFC 9309, Google's parser and the protocol of reservations have them, per host and port."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.crawl_hosts.feeds import item, rss, sitemap
from tests.crawl_nights import Nights, Place, place
from tests.web import Answer, page

PLAIN = {"Content-Type": "text/plain"}


def robots(*lines: str, end: str = "\n", encoding: str = "utf-8", kind: str = "text/plain") -> Answer:
    """A robots.txt."""
    return Answer(headers={"Content-Type": kind}, body=(end.join(lines) + end).encode(encoding))


def guarded(
    here: Place, point: str, says: str, rules: Answer, forbidden: dict[str, str], allowed: dict[str, str]
) -> None:
    """Claim what rules forbid and let be fetched; path as the host is asked for it -> word."""
    here.links([*forbidden, *allowed])
    here.shows("/robots.txt", rules)
    for path, word in {**forbidden, **allowed}.items():
        here.life(point, says, path, (word,) * 3, (word if path in allowed else None,) * 3)
    if forbidden:
        here.never(point, says, *forbidden)


@place
def teckenkod(here: Place) -> None:
    """UTF-16 with its mark."""
    rules = robots("User-agent: *", "Disallow: /hemligt", encoding="utf-16")
    guarded(here, "5.1", "robots.txt in UTF-16 is read", rules, {"/hemligt/a": "akt"}, {"/oppet/a": "öppet"})


@place
def ordningsmarke(here: Place) -> None:
    """A byte order mark before the first line."""
    rules = robots("\ufeffUser-agent: *", "Disallow: /hemligt", "", "User-agent: annan", "Disallow: /")
    guarded(
        here,
        "5.2",
        "a byte order mark is no part of the first line",
        rules,
        {"/hemligt/b": "brev"},
        {"/oppet/b": "bröd"},
    )


@place
def procent(here: Place) -> None:
    """Characters written as %XX in a rule, and in an address."""
    rules = robots(
        "User-agent: *",
        "Disallow: /a%2Ehtml",
        "Disallow: /h%65m",
        "Disallow: /%C3%A5r/",
        "Disallow: /öar/",
        "Disallow: /x%2fy",
    )
    forbidden = {"/a.html": "ahus", "/hem/c": "cell", "/%C3%A5r/c": "cirkus", "/%C3%B6ar/c": "cykel"}
    guarded(here, "5.3", "%XX of a rule is the character", rules, forbidden, {"/a-html": "bahus", "/x/y": "dörr"})


@place
def grupper(here: Place) -> None:
    """Groups for one program, twice, and for others."""
    rules = robots(
        "User-agent: *", "Disallow: /", "", "User-agent: annan", "User-agent: REGIONSOK", "Disallow: /ett", "",
        "user-agent: regionsök", "disallow: /tre", "", "User-Agent: Regionsok/2.0", "Disallow : /tva", "Allow: /tva/utom",
    )  # fmt: skip
    forbidden = {"/ett/d": "elva", "/tva/d": "tolv"}
    guarded(
        here,
        "5.4",
        "our own groups count, all of them together",
        rules,
        forbidden,
        {"/tva/utom/d": "tretton", "/tre/d": "fjorton", "/fyra": "femton"},
    )


@place
def utlamnad(here: Place) -> None:
    """Another program's group forbids, ours and everybody's do not."""
    rules = robots("User-agent: regionsokning", "User-agent: sok", "Disallow: /", "", "User-agent: *", "Disallow: /e1")
    guarded(here, "5.5", "a name that begins as ours is another's", rules, {"/e1": "ekot"}, {"/e2": "elden"})


@place
def skickad(here: Place) -> None:
    """robots.txt moved over three hops, the last to another host."""
    other = here.another()
    here.shows("/regler1", Answer(301, {"Location": "/regler2"}))
    here.shows("/regler2", Answer(302, {"Location": other.url("/regler3")}))
    here.shows("/regler3", robots("User-agent: *", "Disallow: /hemligt"), host=other)
    moved = Answer(301, {"Location": "/regler1"})
    guarded(here, "5.6", "a robots.txt that moved is followed", moved, {"/hemligt/f": "fack"}, {"/oppet/f": "falk"})
    here.shows("/hemligt/f", "fack", host=other)


@place
def miljard(here: Place) -> None:
    """A Crawl-delay that nobody can wait for."""
    here.links(["/g"])
    here.held = [{} for _ in here.held]
    here.shows("/robots.txt", robots("User-agent: *", "Crawl-delay: 1000000000"))

    def check(run: Nights) -> Iterator[str]:
        for night in run.mornings:
            asked = [asked.path for asked in run.asked(here.host, night)]
            if len(asked) > 1:
                yield f"night {night}: {asked} in the same thousand million seconds"
            if not any(here.host.address in line["url"] for line in run.reports[night].lines):
                yield f"night {night}: the report does not say why nothing was fetched"

    here.claim("5.7", "a delay of 10^9 is kept, and said", check)


@place
def obegripligt(here: Place) -> None:
    """Delays that are no numbers."""
    rules = robots(
        "User-agent: *",
        "Crawl-delay: -3",
        "Crawl-delay: nan",
        "Crawl-delay: inf inf",
        "Crawl-delay: snart",
        "Disallow: /h1",
    )
    guarded(here, "5.8", "a Crawl-delay that is no number is none", rules, {"/h1": "hund"}, {"/h2": "häst"})


@place
def trasigrobot(here: Place) -> None:
    """robots.txt fails with 500 on the first night: nothing is fetched; on the second it is there; on the third it fails again."""
    here.links(["/i"])
    here.shows("/robots.txt", 500, robots("User-agent: *", "Disallow: /x"), 500)
    here.held[0] = {}
    here.life(
        "5.9",
        "a robots.txt that fails forbids all, and takes nothing away",
        "/i",
        ("insikt",) * 3,
        (None, "insikt", "insikt"),
    )
    here.never("5.10", "and nothing is asked for meanwhile", "/", "/i", nights=(1, 3))


@place
def nekad(here: Place) -> None:
    """A robots.txt that may not be read is none (RFC 9309, 2.3.1.3)."""
    guarded(here, "5.11", "401 and 403 for robots.txt allow all", Answer(403), {}, {"/j": "järn"})
    here.shows("/robots.txt", 403, 401, 404)


@place
def monster(here: Place) -> None:
    """Stars, ends and the longest rule."""
    rules = robots(
        "User-agent: *", "Disallow: /*.aspx$", "Disallow: /sok", "Allow: /sok/resultat", "Disallow: /*?skriv=", "Allow: /p", "Disallow: /p",
        "Disallow: /fisk*.php", "Allow: /a/b/c", "Disallow: /a/b/",
    )  # fmt: skip
    forbidden = {
        "/sida.aspx": "mink",
        "/sok/k": "mård",
        "/k?skriv=1": "mus",
        "/fiskar.php?id=1": "myra",
        "/a/b/k": "mask",
    }
    allowed = {"/sida.aspx?x=1": "norr", "/sok/resultat/k": "nos", "/p/k": "nät", "/Sok/k": "natt", "/a/b/c/k": "nypon"}
    guarded(here, "5.12", "the longest rule wins, and of two the one that allows", rules, forbidden, allowed)


@place
def radslut(here: Place) -> None:
    """Lines that end as on an old Macintosh, comments and junk."""
    rules = robots(
        "# Regler", "Hej!", "User-agent: * # alla", "Disallow: /hemligt # inte", "<p>", "Disallow", ": /", end="\r"
    )
    guarded(
        here, "5.13", "lines may end with CR, and junk is passed over", rules, {"/hemligt/l": "lax"}, {"/oppet/l": "lo"}
    )


@place
def webbsida(here: Place) -> None:
    """robots.txt is a page, as where every address answers 200."""
    shown = page("Välkommen", "User-agent och Disallow är ord som kan stå på en sida.")
    guarded(here, "5.14", "a page in place of robots.txt forbids nothing", shown, {}, {"/m": "mosse"})


@place
def lang(here: Place) -> None:
    """More than 500 kB: rules before that count (RFC 9309, 2.5)."""
    junk = ["# " + "x" * 98] * 7_000
    rules = robots("User-agent: *", "Disallow: /fore", *junk, "Disallow: /")
    guarded(here, "5.15", "of a long robots.txt the beginning counts", rules, {"/fore/n": "nål"}, {"/efter/n": "nöt"})


@place
def avvisad(here: Place) -> None:
    """Nothing is allowed for us."""
    here.links(["/o"])
    here.held = [{} for _ in here.held]
    here.shows("/robots.txt", robots("User-agent: *", "Allow: /", "", "User-agent: regionsok", "Disallow: /"))

    def check(run: Nights) -> Iterator[str]:
        yield from (
            f"{path} was asked for"
            for path in here.host.paths()
            if path not in ("/robots.txt", "/.well-known/tdmrep.json")
        )
        for night in run.mornings:
            if not any(
                line["outcome"] == "refused" and line["reason"] for line in run.lines(here.host.url("/"), night)
            ):
                yield f"night {night}: the report does not say that robots.txt forbids the start page"

    here.claim("5.16", "who forbids us all is asked for nothing, and the report says so", check)


@place
def stum(here: Place) -> None:
    """robots.txt ends without a word."""
    here.links(["/p"])
    here.held = [{} for _ in here.held]
    here.shows("/robots.txt", Answer(raw=b""))
    here.never("5.17", "a robots.txt that cannot be had forbids all", "/", "/p")


@place
def listor(here: Place) -> None:
    """Feeds, sitemaps and targets of redirects that are forbidden."""
    here.source({"feeds": [here.url("/privat/flode")], "sitemaps": [here.url("/privat/karta.xml")]})
    rules = robots(
        "User-agent: *",
        "Disallow: /privat",
        f"Sitemap: {here.url('/privat/karta2.xml')}",
        "Sitemap: /karta3.xml",
        f"SITEMAP:{here.url('/karta4.xml')}",
    )
    here.shows("/privat/flode", rss([item(here.url("/q1"), "q")]))
    here.shows("/privat/karta.xml", sitemap([here.url("/q2")]))
    here.shows("/privat/karta2.xml", sitemap([here.url("/q3")]))
    here.shows("/karta4.xml", sitemap([here.url("/q5")]))
    here.shows("/till", Answer(302, {"Location": "/privat/mal"}))
    guarded(
        here,
        "5.18",
        "what is forbidden is not fetched as a feed, sitemap or target either",
        rules,
        {"/privat/mal": "kvist"},
        {},
    )
    here.links(["/till"])
    here.never("5.18", "nor are lists", "/privat/flode", "/privat/karta.xml", "/privat/karta2.xml")
    here.life("5.19", "the sitemaps that robots.txt names are read", "/q5", ("kvast",) * 3, ("kvast",) * 3)


@place
def tvahus(here: Place) -> None:
    """Two start hosts, each with rules and reservations of its own."""
    other = here.another()

    def reserving(folder: str) -> Answer:
        return Answer(
            headers={"Content-Type": "application/json"},
            body=json.dumps([{"location": f"/{folder}/*", "tdm-reservation": 1}]).encode(),
        )

    here.source(starts=["/", other.url("/")])
    here.links(["/r/1", "/s/1", "/t/1", "/u/1"])
    here.shows("/robots.txt", robots("User-agent: *", "Disallow: /t/"))
    here.shows("/robots.txt", robots("User-agent: *", "Disallow: /u/"), host=other)
    here.shows("/.well-known/tdmrep.json", reserving("r"))
    here.shows("/.well-known/tdmrep.json", reserving("s"), host=other)
    here.life(
        "5.20",
        "the second start page is read",
        "/",
        (page("grannen", links=["/r/1", "/s/1", "/t/1", "/u/1"]),) * 3,
        ("grannen",) * 3,
        host=other,
    )
    held = {"/r/1": (False, True), "/s/1": (True, False), "/t/1": (False, True), "/u/1": (True, False)}
    for path, (first, second) in held.items():
        for host, is_held, word in ((None, first, f"ring{path[1]}"), (other, second, f"rang{path[1]}")):
            here.life(
                "5.21",
                "rules and reservations are each host's own",
                path,
                (word,) * 3,
                (word if is_held else None,) * 3,
                host=host,
            )
    here.never("5.22", "and nothing forbidden is asked for", "/t/1")
    here.never("5.22", "nor at the other", "/u/1", host=other)
