"""Nights of chance: pages change, go, move, close and come back in ways that nobody chose, and the index follows as a model of them says."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from indexer import crawling
from indexer.indexing import build
from indexer.settings import Settings
from tests import command
from tests.crawl_hosts.feeds import item, rss
from tests.crawl_hosts.moves import SORRY, moved
from tests.crawl_nights import FIRST_DAY, documents_of
from tests.web import Answer, Host, Web, page, settings_for, source

PAGES, NIGHTS = 40, 6
HOPS = 4
"""Moves in a row that the model follows: fewer than a crawler must."""
KINDS = ("ok",) * 8 + ("404", "404", "410", "403", "noindex", "reserved", "sorry", "moved", "moved", "home")
HEADS = {
    "noindex": '<meta name="robots" content="noindex">',
    "reserved": '<meta name="tdm-reservation" content="1">',
}


@dataclass
class Life:
    """One page: what it shows, and what a model says that the index holds of it."""

    url: str
    kind: str = "ok"
    version: int = 0
    target: int = 0
    """Of a move: the number of another page."""
    held: int | None = None
    """The version that is held; None: nothing is."""
    missing: int = 0
    """Nights in a row that it was not found."""
    sure: bool = True
    """Not where a crawler may know better, or not: what was let go and is led to no more is asked for or not."""


@dataclass
class Chance:
    """A site of two hosts, of one source."""

    first: Host
    second: Host
    chance: random.Random
    lives: list[Life] = field(default_factory=list)
    linked: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        hosts = (self.first, self.second)
        self.lives = [Life(hosts[number % 2].url(f"/p/{number}")) for number in range(PAGES)]
        self.linked = {*range(PAGES // 2)}
        self.second.pages["/"] = page("grannsida")

    def turn(self, night: int) -> None:
        """Let something happen to some pages, and show it."""
        for number, life in enumerate(self.lives):
            if night and self.chance.random() < 0.45:
                life.kind = self.chance.choice(KINDS)
                life.target = (number + self.chance.randrange(1, PAGES)) % PAGES
                life.version += self.chance.random() < 0.6
        if night:
            self.linked = {number for number in range(PAGES) if self.chance.random() < 0.5}
        listed = {number for number in self.linked if number % 3 == 0}
        links = [self.lives[number].url for number in self.linked - listed]
        self.first.pages["/"] = page("startsida", links=links)
        self.first.pages["/rss"] = rss(item(self.lives[number].url, f"P{number}") for number in sorted(listed))
        for number, life in enumerate(self.lives):
            host = (self.first, self.second)[number % 2]
            host.pages[f"/p/{number}"] = self._answer(number, life)

    def word(self, number: int, version: int) -> str:
        """That a version of a page has in its text."""
        return f"sida{number}läge{version}x"

    def _answer(self, number: int, life: Life) -> Answer:
        if life.kind.isdecimal():
            return Answer(int(life.kind))
        if life.kind == "moved":
            return moved(self.lives[life.target].url, self.chance.choice((301, 308)))
        if life.kind == "home":
            return moved(self.first.url("/"))
        return SORRY if life.kind == "sorry" else page(self.word(number, life.version), head=HEADS.get(life.kind, ""))

    def follow(self) -> None:
        """What a night's crawl makes of it, by the rules that are written down."""
        asked = {
            *self.linked,
            *(number for number, life in enumerate(self.lives) if life.held is not None and life.sure),
        }
        for _ in range(HOPS):
            asked |= {self.lives[number].target for number in asked if self.lives[number].kind == "moved"}
        for number, life in enumerate(self.lives):
            if number in asked and not self._goes_round(number):
                self._answered(life)
            elif number in asked or life.kind == "ok":
                life.sure = False

    def _answered(self, life: Life) -> None:
        if life.kind == "ok":
            life.held, life.missing, life.sure = life.version, 0, True
        elif life.kind == "404":
            life.missing += 1
            life.held = life.held if life.missing < 2 else None
        elif life.kind == "403":
            life.sure &= life.held is None or not life.missing
        else:
            life.held, life.missing, life.sure = None, 0, True

    def _goes_round(self, number: int) -> bool:
        """Whether moves lead back to where they were, or on for longer than is looked at."""
        seen: set[int] = set()
        while self.lives[number].kind == "moved":
            if number in seen or len(seen) >= HOPS:
                return True
            seen.add(number)
            number = self.lives[number].target
        return False

    def wrong(self, settings: Settings) -> list[str]:
        """What an index holds otherwise than the model."""
        texts = {document.url or "": document.text.casefold() for document in documents_of(settings)}
        lines = []
        for number, life in enumerate(self.lives):
            text = texts.pop(life.url, None)
            if life.sure and (text is None) != (life.held is None):
                lines.append(f"{life}: {'missed' if text is None else 'kept'}")
            elif life.sure and text is not None and life.held is not None and self.word(number, life.held) not in text:
                lines.append(f"{life}: {text[:60]}")
        for host in (self.first, self.second):
            texts.pop(host.url("/"), None)
        return [*lines, *texts]


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 13))])
def test_whatever_happens_to_pages_the_index_follows(web: Web, tmp_path: Path, seed: int) -> None:
    site = Chance(web.host(), web.host(), random.Random(seed))
    told = source("Slump", site.first.url(), site.second.url(), feeds=[site.first.url("/rss")], delay=0)
    settings = settings_for(tmp_path, {"slump": told})
    for night in range(NIGHTS):
        site.turn(night)
        site.follow()
        before = [len(host.log) for host in (site.first, site.second)]
        crawling.crawl(settings, (), internal=command.NETWORK, day=(FIRST_DAY + timedelta(night)).isoformat())
        build(settings)
        assert site.wrong(settings) == [], f"night {night}"
        for host, begins in zip((site.first, site.second), before, strict=True):
            often = Counter(asked.path for asked in host.log[begins:])
            assert [path for path, times in often.items() if times > 1] == [], "each address is asked for once a night"
            assert host.most == 1
