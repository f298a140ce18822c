"""Point 8: one page, one address, one request; and what is said with each."""

from __future__ import annotations

from collections.abc import Iterator

from tests.crawl_nights import ANY, Nights, Place, place
from tests.web import Answer, Asked, page


def together(here: Place, point: str, says: str, *paths: str, most: int = 1) -> None:
    """Claim that of ways to write one address at most so many are asked for in a night, and one."""

    def check(run: Nights) -> Iterator[str]:
        for night in run.mornings:
            asked = [asked.path for asked in run.asked(here.host, night) if asked.path in paths]
            if not 1 <= len(asked) <= most:
                yield f"night {night}: {asked} were asked for, not one of {paths}"

    here.claim(point, says, check)


def one_of(here: Place, point: str, says: str, word: str, *paths: str) -> None:
    """Claim that one document is held for several ways to write its address."""
    urls = [here.url(path) for path in paths]
    for held in here.held:
        held.update(dict.fromkeys(urls, ANY))

    def check(run: Nights) -> Iterator[str]:
        for night, morning in run.mornings.items():
            found = [
                url
                for url, document in morning.items()
                if here.host.address in url and word in document.text.casefold()
            ]
            if len(found) != 1:
                yield f"morning {night}: {found} are held for one page"

    here.claim(point, says, check)


@place
def skrivsatt(here: Place) -> None:
    """Ways to write an address."""
    twins = {
        "ålgräs": ["/%C3%A5n", "/%c3%a5n"],
        "tildeskrift": ["/~tilde", "/%7Etilde", "/%7etilde"],
        "sessionsnamn": ["/s?PHPSESSID=A1&a=1", "/s?a=1&PhpSessId=B2", "/s?a=1&JSESSIONID=C3", "/s?a=1"],
        "järnbana": ["/b;JSESSIONID=9F", "/b;jsessionid=8E", "/b"],
        "spårning": ["/u?utm_source=x&UTM_MEDIUM=y", "/u?utm_campaign=z", "/u", "/u?fbclid=1"],
        "fragmentdel": ["/d#ett", "/d#tva", "/d"],
        "punktväg": ["/p/./q", "/p/q", "/p/r/../q"],
        "ordningsföljd": ["/o?b=2&a=1", "/o?a=1&b=2"],
        "snedstreck": ["/e/", "/e"],
    }
    here.links([path for paths in twins.values() for path in paths])

    def answer(asked: Asked) -> Answer:
        stem = asked.path.partition("?")[0].partition(";")[0].rstrip("/").lower()
        found = [
            word
            for word, paths in twins.items()
            if stem
            in [path.partition("?")[0].partition(";")[0].partition("#")[0].rstrip("/").lower() for path in paths]
        ]
        return page(found[0]) if found else Answer(404)

    here.dusks.append(lambda night: setattr(here.host, "otherwise", answer))
    for word, paths in twins.items():
        asked = [path.partition("#")[0] for path in paths]
        together(here, "8.1", f"{word}: ways to write one address are one", *asked, "/p/r/../q")
        one_of(here, "8.2", f"{word}: and one document", word, *asked)


@place
def malet(here: Place) -> None:
    """One page that much leads to."""
    here.links(["/r1", "/r2", "/mal", "/r3"])
    for path, status in (("/r1", 301), ("/r2", 302), ("/r3", 308)):
        here.shows(path, Answer(status, {"Location": "/mal"}))
    here.shows("/mal", "målet")
    one_of(here, "8.3", "a page that three redirects lead to is one document", "målet", "/r1", "/r2", "/r3", "/mal")
    here.times("8.4", "and is fetched once", "/mal", 1)


@place
def uppdatering(here: Place) -> None:
    """Meta refresh: to itself, to another page, to another host, in a circle."""
    other = here.another()
    here.links(["/sjalv", "/annan", "/ut", "/rund1", "/tom"])

    def refresh(word: str, content: str) -> Answer:
        return page(word, head=f'<meta http-equiv="refresh" content="{content}">')

    here.life(
        "8.5",
        "a page that fetches itself anew is a page",
        "/sjalv",
        (refresh("klocka", "300; url=/sjalv"),) * 3,
        ("klocka",) * 3,
    )
    here.times("8.6", "and is asked for once", "/sjalv", 1)
    here.life("8.7", "also where it names no address", "/tom", (refresh("timglas", "60"),) * 3, ("timglas",) * 3)
    here.shows("/annan", refresh("omväg", "0; URL='/framme'"))
    here.holds("8.8", "a page that only leads on may be held or not", "/annan", ANY)
    here.life("8.9", "what it leads to is", "/framme", ("framme",) * 3, ("framme",) * 3)
    here.shows("/ut", refresh("utväg", f"0;url={other.url('/x')}"))
    here.holds("8.10", "nor does it matter where it leads away", "/ut", ANY)
    here.shows("/x", "xylofon", host=other)
    here.never("8.11", "another host is not asked", host=other)
    here.shows("/rund1", refresh("rundgång", "0;url=/rund2"))
    here.shows("/rund2", refresh("rundtur", "0;url=/rund1"))
    for path in ("/rund1", "/rund2"):
        here.holds("8.12", "nor in a circle", path, ANY)
        here.times("8.13", "which ends", path, range(0, 4))


@place
def ankare(here: Place) -> None:
    """Links as they stand in pages: relative, with a base, blanks, line ends and no quotes; and what is no link."""
    links = "<a href='  /k/1\n'>1</a> <a href=/k/2>2</a> <a HREF='k/3'>3</a> <a href='./k/../k/4?a=1&amp;b=2'>4</a> <area href='/k/5'> <a href='/k/6' rel='nofollow'>6</a> <!-- <a href='/k/7'>7</a> --> <script>var a = \"<a href='/k/8'>\";</script>"
    here.links([])
    here.shows("/", page(here.key, f"{here.key} ankare, kätting och lina. {links}"))
    for number, path in enumerate(("/k/1", "/k/2", "/k/3", "/k/4?a=1&b=2", "/k/5"), 1):
        here.life(
            "8.14",
            "a link is followed however it is written",
            path,
            (f"kätting{number}x",) * 3,
            (f"kätting{number}x",) * 3,
        )
    here.never("8.15", "nofollow, comments and scripts are not", "/k/6", "/k/7", "/k/8")
    here.shows("/k/1", page("kätting1x", head='<base href="/bas/">', links=["under"]))
    here.life("8.16", "a base is where relative links begin", "/bas/under", ("underlag",) * 3, ("underlag",) * 3)


@place
def artighet(here: Place) -> None:
    """What is said with each request, at this host and, by the test of all of them, at every other."""
    here.links(["/n/1"])
    here.life(
        "8.17",
        "a page is read",
        "/n/1",
        (Answer(200, [("Set-Cookie", "a=1"), ("Content-Type", "text/html")], page("kaka").body),) * 3,
        ("kaka",) * 3,
    )

    def check(run: Nights) -> Iterator[str]:
        for asked in here.host.log:
            headers = asked.headers
            if not str(headers["Accept-Language"] or "").startswith("sv"):
                yield f"{asked.path}: Accept-Language {headers['Accept-Language']}"
            if headers["Cookie"] or headers["Referer"] or headers["Authorization"] or asked.method != "GET":
                yield f"{asked.path}: {asked.method} {headers.items()}"
            if "Regionsok/" not in headers["User-Agent"] or "test@region.example" not in headers["User-Agent"]:
                yield f"{asked.path}: {headers['User-Agent']}"

    here.claim("8.18", "Swedish is asked for, and who asks says so, without a cookie", check)
