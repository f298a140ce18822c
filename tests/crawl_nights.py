"""Nights of crawling: what each place of the web shows, what the index must hold the morning after, and what must never be asked.

A place is one source with its hosts. It says what it shows by night and claims by the number of issue 21 what becomes of it;
a whole run of nights is then looked at item by item.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as changed
from datetime import date, timedelta

from indexer import crawling
from indexer.corpus import today
from indexer.crawling import Report
from indexer.documents import Document
from indexer.indexing import build
from indexer.queries import Search
from indexer.searching import Searcher
from indexer.settings import Settings
from tests import command
from tests.web import FIRST, Answer, Asked, Host, Page, Web, page, source

NIGHTS = 3
FIRST_DAY = date.fromisoformat(today())
"""Of the first night: what waits for a real clock cannot be long after it."""
SLACK = 0.04
"""Seconds by which two requests may seem nearer than they were sent: the clock is the server's, on a busy machine."""

Show = Page | str | int | None
"""The word that a page is about, a bare status, or 404 for None."""
Keys = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True)
class Held:
    """A document as the index must hold it; what is None is not looked at."""

    word: str
    """That its text has."""
    publisher: str | None = None
    region: str | None = None
    published: str | None = None
    """ISO 8601 day, or empty for a day that must not be known."""


ANY = Held("")
"""Where an operator may decide either way."""
Holds = Held | str | None


@dataclass(frozen=True)
class Behaviour:
    """One of the issue's points at one place."""

    point: str
    """Of the issue, as 2.4: the fourth here of its point 2."""
    says: str
    check: Callable[[Nights], Iterator[str]]
    """What is wrong, a line each."""


@dataclass
class Nights:
    """What came of a run, by night from 1."""

    mornings: dict[int, dict[str, Document]] = field(default_factory=dict)
    """Address -> document."""
    groups: dict[int, dict[str, str]] = field(default_factory=dict)
    """Address -> id of the publication that stands for it."""
    reports: dict[int, Report] = field(default_factory=dict)
    begins: dict[int, float] = field(default_factory=dict)
    """By time.monotonic; one more than there are nights."""
    seconds: dict[int, tuple[float, float]] = field(default_factory=dict)
    """Of fetching and of indexing."""

    def asked(self, host: Host, night: int) -> list[Asked]:
        """The requests of one night."""
        return [asked for asked in host.log if self.begins[night] <= asked.at < self.begins[night + 1]]

    def lines(self, url: str, night: int) -> list[dict[str, str]]:
        """Of the report about an address."""
        return [line for line in self.reports[night].lines if line["url"] == url]


class Place:
    """One source: its hosts, what they show, and what is claimed of it."""

    def __init__(self, key: str, web: Web | Unserved) -> None:
        self.key, self.name, self.host = key, key.capitalize(), web.host()
        self.hosts, self.gap = [self.host], 0.0
        self.behaviours: list[Behaviour] = []
        self.held: list[dict[str, Holds]] = [{} for _ in range(NIGHTS)]
        self.web = web
        self._shown: list[dict[tuple[int, str], Page]] = [{} for _ in range(NIGHTS)]
        self._keys: list[Keys] = [{}] * NIGHTS
        self._delay = 0.01
        self._starts = ["/"]
        self.open_ended: tuple[str, ...] = ()
        """Beginnings of the paths of traps: how many of their pages are held is not looked at."""
        self.dusks: list[Callable[[int], None]] = []
        """Called as a night begins, with its number."""

    def source(self, *nights: Keys, delay: float = 0.01, starts: Sequence[str] = ("/",), gap: float = 0.0) -> None:
        """Further keys of the source's file: one for all nights, or one each; `gap` is the least that must be kept."""
        self._keys = list(nights) * (NIGHTS if len(nights) == 1 else 1) if nights else self._keys
        self._delay, self._starts, self.gap = delay, list(starts), max(gap, delay)

    def another(self) -> Host:
        """One more host, which the source does not name unless it is told to."""
        self.hosts.append(self.web.host())
        return self.hosts[-1]

    def url(self, path: str) -> str:
        """Of a path of the first host; a whole address stays."""
        return path if path.startswith("http") else self.host.url(path)

    def links(self, *nights: Sequence[str], head: str = "") -> None:
        """What the start page leads to: the same every night, or by night. It is held, as a page about the place."""
        for night, links in enumerate(nights * (NIGHTS if len(nights) == 1 else 1)):
            self._show(night, "/", page(self.key, links=links, head=head))
            self.held[night][self.host.url("/")] = self.key

    def shows(self, path: str, *nights: Show, host: Host | None = None) -> None:
        """What an address answers: the same every night, or by night; nothing is claimed of it."""
        for night, shown in enumerate(nights * (NIGHTS if len(nights) == 1 else 1)):
            self._show(night, path, shown, host)

    def life(
        self, point: str, says: str, path: str, shows: Sequence[Show], holds: Sequence[Holds], host: Host | None = None
    ) -> None:
        """Claim what the index holds of an address each morning."""
        url = (host or self.host).url(path)
        self.shows(path, *shows, host=host)
        self.holds(point, says, url, *holds)

    def holds(self, point: str, says: str, path: str, *holds: Holds) -> None:
        """As `life`, of an address whose answer is told elsewhere."""
        url, nights = self.url(path), list(holds * (NIGHTS if len(holds) == 1 else 1))
        for night, held in enumerate(nights):
            assert url not in self.held[night], f"{url} is claimed twice"
            self.held[night][url] = held

        def check(run: Nights) -> Iterator[str]:
            for night, held in enumerate(nights, 1):
                yield from differences(url, held, run.mornings[night].get(url), night)

        self.behaviours.append(Behaviour(point, says, check))

    def never(
        self, point: str, says: str, *paths: str, host: Host | None = None, nights: Sequence[int] = (1, 2, 3)
    ) -> None:
        """Claim that addresses are not asked for; without paths, that a host is not asked anything at all."""
        at = host or self.host

        def check(run: Nights) -> Iterator[str]:
            for night in nights:
                for asked in run.asked(at, night):
                    if asked.path in paths or not paths:
                        yield f"night {night}: {at.url(asked.path)} was asked for"

        self.behaviours.append(Behaviour(point, says, check))

    def times(self, point: str, says: str, path: str, *nights: int | range, host: Host | None = None) -> None:
        """Claim how often an address is asked for: the same every night, or by night."""
        at = host or self.host

        def check(run: Nights) -> Iterator[str]:
            for night, expected in enumerate(nights * (NIGHTS if len(nights) == 1 else 1), 1):
                often = sum(asked.path == path for asked in run.asked(at, night))
                if often not in (range(expected, expected + 1) if isinstance(expected, int) else expected):
                    yield f"night {night}: {at.url(path)} was asked for {often} times, not {expected}"

        self.behaviours.append(Behaviour(point, says, check))

    def claim(self, point: str, says: str, check: Callable[[Nights], Iterator[str]]) -> None:
        """Claim anything else."""
        self.behaviours.append(Behaviour(point, says, check))

    def reported(self, point: str, says: str, path: str, night: int, *outcomes: str) -> None:
        """Claim what a night's report says of an address, with a reason."""
        url = self.url(path)

        def check(run: Nights) -> Iterator[str]:
            lines = run.lines(url, night)
            if not any(line["outcome"] in outcomes and line["reason"] for line in lines):
                yield f"night {night}: of {url} the report says {lines}, not {outcomes} with a reason"

        self.behaviours.append(Behaviour(point, says, check))

    def told(self, point: str, says: str, path: str, *nights: str) -> None:
        """Claim what each night's report says of an address: one outcome, and nothing else; empty: nothing at all."""
        url = self.url(path)

        def check(run: Nights) -> Iterator[str]:
            for night, outcome in enumerate(nights, 1):
                outcomes = [line["outcome"] for line in run.lines(url, night)]
                if outcomes != [outcome] * bool(outcome):
                    yield f"night {night}: of {url} the report says {outcomes}, not {outcome or 'nothing'}"

        self.behaviours.append(Behaviour(point, says, check))

    def dusk(self, night: int, settings: Settings) -> None:
        """Show what a night shows."""
        for host in self.hosts:
            host.pages = {path: shown for (at, path), shown in self._shown[night - 1].items() if at == host.number}
        text = source(self.name, *map(self.url, self._starts), delay=self._delay, **self._keys[night - 1])
        (settings.sources / f"{self.key}.toml").write_text(text, encoding="utf-8")
        for act in self.dusks:
            act(night)

    def _show(self, night: int, path: str, shown: Show, host: Host | None = None) -> None:
        if shown is not None:
            self._shown[night][(host or self.host).number, path] = _answer(shown)


def _answer(shown: Page | str | int) -> Page:
    if isinstance(shown, str):
        return page(shown)
    return Answer(shown) if isinstance(shown, int) else shown


class Unserved:
    """In place of a web, where only what is claimed is looked at."""

    def __init__(self) -> None:
        self._hosts = 0

    def host(self) -> Host:
        """One that nobody can ask."""
        self._hosts += 1
        return Host(FIRST + self._hosts - 1, 1)


Maker = Callable[[Place], None]
PLACES: dict[str, Maker] = {}
"""Key of a source -> what makes it."""


def place(make: Maker) -> Maker:
    """Take a place among those that are crawled; its key is the function's name."""
    assert make.__name__ not in PLACES, make.__name__
    PLACES[make.__name__] = make
    return make


def claims() -> list[tuple[str, str]]:
    """Key of a place and point, of all that is claimed."""
    found: dict[tuple[str, str], None] = {}
    for one in made(Unserved()):
        found |= {(one.key, behaviour.point): None for behaviour in one.behaviours}
    return list(found)


def made(web: Web | Unserved, chosen: Collection[str] = PLACES) -> list[Place]:
    """Those places, on a web; those whose keys differ in a number only go together."""
    stems = {key.rstrip("0123456789") for key in chosen}
    places = [Place(key, web) for key in PLACES if key.rstrip("0123456789") in stems]
    for one in places:
        PLACES[one.key](one)
    return places


def headed(answer: Answer, **headers: str) -> Answer:
    """An answer with further headers; _ is written as -."""
    return changed(
        answer, headers={**dict(answer.headers), **{name.replace("_", "-"): value for name, value in headers.items()}}
    )


def differences(url: str, held: Holds, document: Document | None, night: int) -> Iterator[str]:
    """Between what the index must hold of an address and what it holds."""
    if held == ANY:
        return
    if document is None or held is None:
        if document is not None:
            yield f"morning {night}: stale or unwanted: {url} ({document.title!r})"
        elif held is not None:
            yield f"morning {night}: missed: {url}"
        return
    expected = Held(held) if isinstance(held, str) else held
    if expected.word.casefold() not in f"{document.title} {document.text}".casefold():
        yield f"morning {night}: {url} lacks {expected.word!r}: {document.title!r}, {document.text[:80]!r}"
    known = document.published if document.published and document.published.precision != "estimated" else None
    has = {"publisher": document.source, "region": document.publisher_region, "published": known.value if known else ""}
    for name, value in has.items():
        if getattr(expected, name) not in (None, value):
            yield f"morning {night}: {url}: {name} is {value!r}, not {getattr(expected, name)!r}"


def documents_of(settings: Settings) -> Iterator[Document]:
    """All that an index holds."""
    searcher, number = Searcher(settings), 1
    while hits := searcher.search(Search(size=100, page=number, with_duplicates=True)).hits:
        for hit in hits:
            document = searcher.document(hit.id)
            assert document, hit.id
            yield document
        number += 1


def run(places: Sequence[Place], settings: Settings) -> Nights:
    """Crawl and index night after night."""
    nights = Nights()
    for night in range(1, NIGHTS + 1):
        for one in places:
            one.dusk(night, settings)
        began = nights.begins[night] = time.monotonic()
        day = (FIRST_DAY + timedelta(night - 1)).isoformat()
        nights.reports[night] = crawling.crawl(settings, (), internal=command.NETWORK, day=day)
        fetched = time.monotonic()
        build(settings)
        held = list(documents_of(settings))
        nights.mornings[night] = {document.url or document.origin: document for document in held}
        assert len(nights.mornings[night]) == len(held), "one address, two documents"
        nights.groups[night] = {document.url or document.origin: document.canonical or document.id for document in held}
        nights.seconds[night] = fetched - began, time.monotonic() - fetched
        nights.begins[night + 1] = time.monotonic()
    return nights


def as_json(value: object) -> Answer:
    """A JSON Feed."""
    return Answer(headers={"Content-Type": "application/feed+json"}, body=json.dumps(value).encode())
