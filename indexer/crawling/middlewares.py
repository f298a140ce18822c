"""What every request of a crawl passes: what may be connected to, and what its host says of itself."""

import asyncio
import logging
import re
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

from protego import Protego
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.error import DNSLookupError

from indexer.crawling import answers, sources, wire
from indexer.faults import Fault
from indexer.ingestion.parts import in_utf_8
from indexer.metadata.robots import AGENT, is_reserved, reservations

_log = logging.getLogger(__package__)

LONGEST = 512_000
"""Bytes that are read (RFC 9309, 2.5)."""
_NAMED = re.compile(r"^([ \t]*user[- ]?agent[ \t]*[: \t][ \t]*)(\*(?=\s|$)|[a-z_-]*).*", re.IGNORECASE | re.MULTILINE)
_DELAY = re.compile(r"^([ \t]*crawl[- ]?delay[ \t]*[: \t][ \t]*\d+),(?=\d)", re.IGNORECASE | re.MULTILINE)


class SafeResolver(CachingThreadedResolver):
    """What a name resolves to is what is connected to, so this is where internal addresses end, redirects' too."""

    internal = ""
    """An internal network that may be fetched, as of the one Job of a process."""

    def getHostByName(self, name: str, timeout: Any = ()) -> Any:  # noqa: N802  Twisted's name
        return super().getHostByName(name, timeout).addCallback(self._checked, name)

    def _checked(self, address: str, name: str) -> str:
        if sources.is_internal(address, self.internal):
            raise DNSLookupError(f"{name}: {sources.INTERNAL}")
        return address


class Guard:
    """Refuses what must not be fetched, whoever asks for it; each host, with its port, says first what that is."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler
        self._said, self._reserved = dict[str, asyncio.Task[Protego]](), dict[str, list[tuple[str, bool]]]()

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raises NotAsked and Stopped."""
        if reason := sources.refusal_of(request.url, SafeResolver.internal):
            raise wire.NotAsked(reason)
        self._crawler.spider.hosts.of(request.url).wait()
        # What asks for a robots.txt itself may be led anywhere.
        if request.callback is not NO_CALLBACK and not allows(await self.said_by(request.url), request.url):
            raise wire.NotAsked("robots.txt tillåter det inte.")

    async def said_by(self, url: str) -> Protego:
        """The robots.txt of the host of an address. Raises NotAsked where it rests or may not be asked at all, and Stopped."""
        origin = wire.origin_of(url)
        if origin not in self._said:
            self._said[origin] = asyncio.ensure_future(self._ask(origin))
        return await asyncio.shield(self._said[origin])  # who stops waiting does not take the answer from the others

    def is_reserved(self, url: str) -> bool:
        """Whether the host of an address, if it has been asked, reserves it against mining."""
        return is_reserved(url, self._reserved.get(wire.origin_of(url), []))

    async def _ask(self, origin: str) -> Protego:
        """RFC 9309: a robots.txt that is not there allows all, one that cannot be had nothing."""
        answer = await self._get(f"{origin}/robots.txt")
        if not answer or answer.status == 429 or not (200 <= answer.status < 300 or 400 <= answer.status < 500):
            raise wire.NotAsked("robots.txt går inte att nå, och då hämtas inget.", source="failed")
        robots = read_robots(answer.body) if answer.status < 300 else Protego()
        host, delay = self._crawler.spider.hosts.of(origin), robots.crawl_delay(AGENT) or 0.0
        if delay > wire.LONGEST_WAIT:
            raise wire.NotAsked(f"robots.txt ber om {delay:.0f} sekunder mellan två sidor; så länge väntar ingen.")
        host.delay = max(host.delay, delay)
        _log.info("robots read", extra={"host": origin, "delay": host.delay, "sitemaps": len(list(robots.sitemaps))})
        tdmrep = f"{origin}/.well-known/tdmrep.json"
        answer = await self._get(tdmrep) if allows(robots, tdmrep) else None
        self._reserved[origin] = reservations(answer.body) if answer and answer.status == 200 else []
        return robots

    async def _get(self, url: str) -> Response | None:
        """The answer, None where there is none. Raises NotAsked where its host rests, and Stopped."""
        try:
            answer = await self._crawler.engine.download_async(Request(url, callback=NO_CALLBACK, priority=1_000))
            return answers.unpacked(answer, self._crawler.settings.getint("DOWNLOAD_MAXSIZE"))
        except (wire.NotAsked, wire.Stopped, Fault):
            raise
        except Exception as error:  # Scrapy and Twisted each fail in ways of their own
            _log.info("host silent", extra={"url": url, "error": type(error).__name__})
            return None


def read_robots(content: bytes) -> Protego:
    """What Protego matches, with what it reads otherwise than RFC 9309 written otherwise first; of UTF-8, UTF-16 or Latin-1, with lines that end in any way."""
    if len(content) > LONGEST:  # what is left of the line that is cut would be another rule
        content = content[: max(content.rfind(end, 0, LONGEST) for end in (b"\n", b"\r"))]
    # A mark that is whole or not, as Google's parser does.
    content = re.sub(rb"\A\xef(?:\xbb\xbf?)?", b"", in_utf_8(content))
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    text = _DELAY.sub(r"\1.", text.replace("\r", "\n"))
    return Protego.parse(_NAMED.sub(lambda line: line[1] + (line[2] if line[2].lower() in ("*", AGENT) else "-"), text))


def allows(robots: Protego, url: str) -> bool:
    """Whether an address may be asked for, as it is written and as servers understand dots in its path."""
    path = re.sub("%2e", ".", urlsplit(url).path, flags=re.IGNORECASE)
    return all(robots.can_fetch(one, AGENT) for one in (url, urljoin(url, path) if "/." in path else url))
