"""Point 4: rest is given where it is asked for."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from email.utils import formatdate

from tests.crawl_nights import ANY, Nights, Place, place
from tests.web import Answer, Asked, Host, Web, page

PLAIN = {"Content-Type": "text/plain"}
TEN_DAYS = "864000"


def once(host: Host, first: Answer, then: Answer) -> Callable[[Asked], Answer]:
    """An address that says something else when it is asked for the first time."""

    def answer(asked: Asked) -> Answer:
        return first if len(host.asked(asked.path)) == 1 else then

    return answer


def rested(here: Place, point: str, says: str, path: str, seconds: float) -> None:
    """Claim that nothing is asked of the host for so long after an address was first asked for."""

    def check(run: Nights) -> Iterator[str]:
        if not here.host.asked(path):
            yield f"{path} was never asked for"
            return
        since = here.host.asked(path)[0].ended
        for asked in here.host.log:
            if since <= asked.at < since + seconds:
                yield f"{asked.path} was asked for {asked.at - since:.2f} s after a Retry-After of {seconds} s"

    here.claim(point, says, check)


@place
def trangt(here: Place) -> None:
    """429 with seconds, amid pages that are in no hurry."""
    here.links(["/a1", "/trangt", "/a2", "/a3"])
    for path in ("/a1", "/a2", "/a3"):
        here.life("4.1", "what waits is fetched after the rest", path, (path[1:] + "bok",) * 3, (path[1:] + "bok",) * 3)
    here.shows("/trangt", once(here.host, Answer(429, {"Retry-After": "1"}), page("trängsel")))
    here.holds("4.2", "and what was refused too", "/trangt", "trängsel")
    rested(here, "4.3", "429 with seconds holds the whole host", "/trangt", 1)


@place
def driftstopp(here: Place) -> None:
    """503 with a date."""
    until: list[float] = []

    def answer(asked: Asked) -> Answer:
        if until:
            return page("drift")
        wall = math.floor(time.time()) + 2
        until.append(time.monotonic() + wall - time.time())
        return Answer(503, {"Retry-After": formatdate(wall, usegmt=True)})

    here.links(["/b1", "/stopp", "/b2", "/b3"])
    for path in ("/b1", "/b2", "/b3"):
        here.life(
            "4.4", "what waits is fetched after the rest", path, (path[1:] + "blad",) * 3, (path[1:] + "blad",) * 3
        )
    here.shows("/stopp", answer)
    here.holds("4.5", "and what was refused too", "/stopp", "drift")

    def check(run: Nights) -> Iterator[str]:
        first, late = here.host.asked("/stopp")[0], until[0]
        yield from (
            f"{asked.path} was asked for {late - asked.at:.2f} s too soon"
            for asked in here.host.log
            if first.ended <= asked.at < late
        )

    here.claim("4.6", "503 with a date holds the whole host until then", check)


@place
def langvila(here: Place) -> None:
    """A rest of ten days."""
    here.links(["/c1", "/vila", "/c2", "/c3"])
    here.shows("/vila", Answer(503, {"Retry-After": TEN_DAYS}))
    for path in ("/c1", "/c2", "/c3"):
        here.shows(path, path[1:] + "vila")
        here.holds("4.7", "what was fetched before a long rest stays", path, ANY)

    def check(run: Nights) -> Iterator[str]:
        first = here.host.asked("/vila")[0]
        yield from (f"{asked.path} was asked for in the ten days" for asked in here.host.log if asked.at > first.ended)
        if any(here.host.url("/") not in morning for morning in run.mornings.values()):
            yield "the start page is lost"

    here.claim("4.8", "a long rest is kept that night and the next two", check)

    def says(run: Nights) -> Iterator[str]:
        for night, report in run.reports.items():
            lines = [line for line in report.lines if line["site"] == here.key and line["outcome"] == "resting"]
            if not lines or not all(line["reason"] for line in lines):
                yield f"night {night}: the report does not say that the host rests, and why"

    here.claim("11.8", "the report says that a host rests", says)


@place
def robotvila(here: Place) -> None:
    """robots.txt itself asks for rest."""
    here.links(["/d1"])
    here.held = [{} for _ in here.held]
    here.shows("/robots.txt", Answer(503, {"Retry-After": TEN_DAYS}))
    here.shows("/d1", "dvala")

    def check(run: Nights) -> Iterator[str]:
        yield from (f"{path} was asked for after robots.txt asked for ten days" for path in here.host.paths()[1:])

    here.claim("4.9", "a rest that robots.txt asks for is kept for days", check)


@place
def femfel(here: Place) -> None:
    """Everything but robots.txt and the start page fails."""
    paths = [f"/e{letter}" for letter in "abcdefghijklmnop"]
    here.links(paths)
    for path in paths:
        here.shows(path, 503)

    def check(run: Nights) -> Iterator[str]:
        failed = [asked for asked in run.asked(here.host, 1) if asked.status == 503]
        if len(failed) > 5:
            yield f"{len(failed)} requests failed in one night, not five"
        after = [asked.path for asked in run.asked(here.host, 1) if asked.at > failed[-1].at]
        if after:
            yield f"after five failures {after} were asked for"

    here.claim("4.10", "five 503 in a row, and the host is left for the night", check)


@place
def femtyst(here: Place) -> None:
    """Everything but robots.txt and the start page ends without a word."""
    paths = [f"/f{letter}" for letter in "abcdefghijklmnop"]
    here.links(paths)
    for path in paths:
        here.shows(path, Answer(raw=b""))

    def check(run: Nights) -> Iterator[str]:
        failed = [asked for asked in run.asked(here.host, 1) if asked.path in paths]
        if not 1 <= len(failed) <= 5:
            yield f"{len(failed)} requests were made to a host that does not answer, not five"

    here.claim("4.11", "five broken connections in a row, and the host is left for the night", check)


@place
def blandat(here: Place) -> None:
    """Failures that are not in a row."""
    paths = [f"/{kind}{letter}" for letter in "abcdefg" for kind in ("god", "ond")]
    here.links(paths)
    for path in paths:
        here.shows(path, path[1:] + "het" if "god" in path else 500)
        here.holds("4.12", "failures among answers leave no host", path, path[1:] + "het" if "god" in path else None)


@place
def stangt(here: Place) -> None:
    """Nobody listens on the first night."""

    def act(night: int) -> None:
        assert isinstance(here.web, Web)
        if night == 1:
            here.web.shut(here.host)
        elif night == 2:
            here.web.open(here.host)

    here.dusks.append(act)
    here.links(["/g1"])
    here.held[0] = {}
    here.life(
        "4.13",
        "a host that refused is asked again when its rest is over",
        "/g1",
        ("gryning",) * 3,
        (None, "gryning", "gryning"),
    )


@place
def langsam(here: Place) -> None:
    """Crawl-delay, from the first gap on."""
    here.source(delay=0.01, gap=0.3)
    here.shows("/robots.txt", Answer(headers=PLAIN, body=b"User-agent: *\nCrawl-delay: 0.3\nDisallow: /x\n"))
    here.links(["/h1", "/h2", "/flytt"])
    here.life("4.14", "a slow host is read whole", "/h1", ("hösten",) * 3, ("hösten",) * 3)
    here.life("4.15", "also its second page", "/h2", ("hässja",) * 3, ("hässja",) * 3)
    here.shows("/flytt", Answer(301, {"Location": "/mal"}))
    here.life("4.16", "and what a redirect leads to", "/mal", ("hörna",) * 3, ("hörna",) * 3)


@place
def egentakt(here: Place) -> None:
    """The source's own delay, over redirects, failures and what is asked again."""
    here.source(delay=0.2)
    here.links(["/i1", "/i2", "/i500"])
    here.life("4.17", "a source's own delay is kept", "/i1", ("idel",) * 3, ("idel",) * 3)
    here.shows("/i2", Answer(302, {"Location": "/i3"}))
    here.shows("/i3", "iver")
    here.holds("4.18", "over redirects", "/i3", ANY)
    here.holds("4.19", "wherever the page is held", "/i2", ANY)
    here.shows("/i500", once(here.host, Answer(500), page("igen")))
    here.holds("4.20", "and over failures", "/i500", "igen")


@place
def brus(here: Place) -> None:
    """Retry-After that says nothing, or more than there is time."""
    here.links(["/j1", "/j2", "/j3", "/j4"])
    for path, said in (("/j1", "snart"), ("/j2", "-5"), ("/j3", "")):
        here.shows(path, once(here.host, Answer(503, {"Retry-After": said}), page(path[1:] + "jord")))
        here.holds("4.21", "a Retry-After that cannot be read is none", path, path[1:] + "jord")
    here.life("4.22", "and what follows it is read", "/j4", ("jämnt",) * 3, ("jämnt",) * 3)


@place
def evighet(here: Place) -> None:
    """A Retry-After beyond all numbers."""
    here.links(["/k1", "/k2"])
    here.shows("/k1", Answer(429, {"Retry-After": "9" * 400}))
    here.shows("/k2", "kväll")
    here.holds("4.23", "what is asked for before or never", "/k2", ANY)

    def check(run: Nights) -> Iterator[str]:
        first = here.host.asked("/k1")[0]
        yield from (f"{asked.path} was asked for in eternity" for asked in here.host.log if asked.at > first.ended)

    here.claim("4.24", "a rest of 10^400 seconds is a rest", check)
