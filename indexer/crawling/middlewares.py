"""What every request of a crawl passes: what may be connected to, and what its host says of itself."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, Self

from msgspec import Struct
from protego import Protego
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.error import DNSLookupError

from indexer.crawling.answers import unpacked
from indexer.crawling.resting import LONGEST_WAIT, NotAsked, Stopped, origin_of
from indexer.crawling.robotstxt import allows, read_robots
from indexer.crawling.safety import INTERNAL, is_internal, refusal_of
from indexer.metadata.robots import AGENT, reservations

_log = logging.getLogger(__package__)


class SafeResolver(CachingThreadedResolver):
    """What a name resolves to is what is connected to, so this is where internal addresses end, redirects' too."""

    _internal = ""

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> Self:
        resolver: Self = super().from_crawler(crawler, reactor)
        resolver._internal = crawler.settings.get("CRAWL_INTERNAL")
        return resolver

    def getHostByName(self, name: str, timeout: Any = ()) -> Any:  # noqa: N802  Twisted's name
        return super().getHostByName(name, timeout).addCallback(self._checked, name)

    def _checked(self, address: str, name: str) -> str:
        if is_internal(address, self._internal):
            raise DNSLookupError(f"{name}: {INTERNAL}")
        return address


class Said(Struct, frozen=True):
    """What a host says of how it may be used."""

    refusal: str = ""
    """Why nothing of it is asked for, as a Swedish sentence."""
    more: dict[str, str] = {}
    """As of NotAsked."""
    robots: Protego = Protego()
    reservations: tuple[tuple[str, bool], ...] = ()


class Guard:
    """Refuses what must not be fetched, whoever asks for it; each host, with its port, says first what that is."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler
        self._said: dict[str, asyncio.Task[Said]] = {}

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raises NotAsked and Stopped."""
        if reason := refusal_of(request.url, self._crawler.settings.get("CRAWL_INTERNAL")):
            raise NotAsked(reason)
        self._crawler.spider.hosts.of(request.url).wait()
        is_ours = request.meta.get("is_ours")
        if not is_ours:  # it asks for a robots.txt, which may have moved anywhere
            return
        if not is_ours(request.url):
            raise NotAsked("Adressen leder vidare till en annan webbplats.")
        said = await self.said_by(request.url)
        if said.refusal or not allows(said.robots, request.url):
            raise NotAsked(said.refusal or "robots.txt tillåter det inte.", **said.more)

    async def said_by(self, url: str) -> Said:
        """What the host of an address says. Raises NotAsked where it rests, and Stopped."""
        origin = origin_of(url)
        if origin not in self._said:
            self._said[origin] = asyncio.ensure_future(self._ask(origin))
        return await asyncio.shield(self._said[origin])  # who stops waiting does not take the answer from the others

    def reservations_of(self, url: str) -> Sequence[tuple[str, bool]]:
        """Those against mining of a host that has been asked."""
        asked = self._said.get(origin_of(url))
        return asked.result().reservations if asked and asked.done() and not asked.exception() else ()

    async def _ask(self, origin: str) -> Said:
        """RFC 9309: a robots.txt that is not there allows all, one that cannot be had nothing."""
        answer = await self._get(f"{origin}/robots.txt")
        if not answer or answer.status == 429 or not (200 <= answer.status < 300 or 400 <= answer.status < 500):
            return Said("robots.txt går inte att nå, och då hämtas inget.", {"source": "failed"})
        robots = read_robots(answer.body) if answer.status < 300 else Protego()
        host, delay = self._crawler.spider.hosts.of(origin), robots.crawl_delay(AGENT) or 0.0
        if delay > LONGEST_WAIT:
            return Said(f"robots.txt ber om {delay:.0f} sekunder mellan två sidor; så länge väntar ingen.")
        host.delay = max(host.delay, delay)
        _log.info("robots read", extra={"host": origin, "delay": host.delay, "sitemaps": len(list(robots.sitemaps))})
        tdmrep = f"{origin}/.well-known/tdmrep.json"
        answer = await self._get(tdmrep) if allows(robots, tdmrep) else None
        reserved = reservations(answer.body) if answer and answer.status == 200 else ()
        return Said(robots=robots, reservations=tuple(reserved))

    async def _get(self, url: str) -> Response | None:
        """The answer, None where there is none. Raises NotAsked where its host rests, and Stopped."""
        try:
            answer = await self._crawler.engine.download_async(Request(url, callback=NO_CALLBACK, priority=1_000))
            return unpacked(answer, self._crawler.settings.getint("DOWNLOAD_MAXSIZE"))
        except (NotAsked, Stopped):
            raise
        except Exception as error:  # Scrapy and Twisted each fail in ways of their own
            _log.info("host silent", extra={"url": url, "error": type(error).__name__})
            return None
