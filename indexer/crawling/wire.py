"""What every request of a crawl passes: what may be connected to, what its host says of itself, and the wire.

There each has its host's turn, and no answer is larger or slower than it may be. A host is never asked before the gap that
it asks for, and not at all while it rests.
"""

import asyncio
import sqlite3
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from protego import Protego
from scrapy import exceptions, signals
from scrapy.core.downloader.handlers import http11
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.error import DNSLookupError
from werkzeug.http import parse_date

from indexer.corpus import today
from indexer.crawling import answers, log, sources
from indexer.faults import Fault, naming
from indexer.metadata.robots import AGENT, is_reserved, reservations

HEAD = 64_000
"""Bytes of all headers of an answer, or of one; servers send up to 16,000."""
SECONDS = 60.0
"""To the last byte of an answer, however slowly it comes."""
AT_ONCE = 50_000_000
"""Bytes that are received of all hosts at once; above it the large ones end, and are asked for in the next crawl."""
LONGEST_WAIT = 120.0
"""Seconds of Retry-After or Crawl-delay that are waited for in a crawl; a host that asks for more rests, or is left."""
FAILING = (429, 502, 503, 504)
FAILURES = 5
"""In a row, of these or without an answer, after which a host rests for an hour; for each one more twice as long."""
LONGEST_WISH = 366 * 24 * 3600.0
"""Seconds; who asks for more has made a mistake."""

http11._LenientHTTPClientParser.MAX_LENGTH = HEAD


class NotAsked(exceptions.IgnoreRequest):
    """What is not asked for: a Swedish reason, the outcome, and what its line in the report says beside them."""

    def __init__(self, reason: str, outcome: str = "refused", **more: str) -> None:
        super().__init__(reason)
        self.outcome, self.more = outcome, more


class Stopped(exceptions.IgnoreRequest):
    """The crawl is over: what waited for its turn is not asked."""


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

    spider: Any
    """Whose requests it sees, as that says when it starts."""

    def __init__(self) -> None:
        self._asked = cache(lambda origin: asyncio.ensure_future(self._ask(origin)))
        self._reserved = dict[str, list[tuple[str, bool]]]()

    async def process_request(self, request: Request) -> None:
        """Raises NotAsked and Stopped."""
        if reason := sources.refusal_of(request.url, SafeResolver.internal):
            raise NotAsked(reason)
        self.spider.hosts.of(request.url).wait()
        # What asks for a robots.txt itself may be led anywhere.
        if request.callback is not NO_CALLBACK and not answers.allows(await self.said_by(request.url), request.url):
            raise NotAsked("robots.txt tillåter det inte.")

    async def said_by(self, url: str) -> Protego:
        """The robots.txt of the host of an address. Raises NotAsked where it rests or may not be asked at all, and Stopped."""
        # Who stops waiting does not take the answer from the others.
        return await asyncio.shield(self._asked(origin_of(url)))

    def is_reserved(self, url: str) -> bool:
        """Whether the host of an address, if it has been asked, reserves it against mining."""
        return is_reserved(url, self._reserved.get(origin_of(url), []))

    async def _ask(self, origin: str) -> Protego:
        """RFC 9309: a robots.txt that is not there allows all, one that cannot be had nothing."""
        answer = await self._get(f"{origin}/robots.txt")
        if not answer or answer.status == 429 or not (200 <= answer.status < 300 or 400 <= answer.status < 500):
            raise NotAsked("robots.txt går inte att nå, och då hämtas inget.", source="failed")
        robots = answers.read_robots(answer.body) if answer.status < 300 else Protego()
        host, delay = self.spider.hosts.of(origin), robots.crawl_delay(AGENT) or 0.0
        if delay > LONGEST_WAIT:
            raise NotAsked(f"robots.txt ber om {delay:.0f} sekunder mellan två sidor; så länge väntar ingen.")
        host.delay = max(host.delay, delay)
        log.info("robots read", extra={"host": origin, "delay": host.delay, "sitemaps": len(list(robots.sitemaps))})
        tdmrep = f"{origin}/.well-known/tdmrep.json"
        answer = await self._get(tdmrep) if answers.allows(robots, tdmrep) else None
        self._reserved[origin] = reservations(answer.body) if answer and answer.status == 200 else []
        return robots

    async def _get(self, url: str) -> Response | None:
        """The answer, None where there is none. Raises NotAsked where its host rests, and Stopped."""
        try:
            answer = await self.spider.crawler.engine.download_async(Request(url, callback=NO_CALLBACK, priority=1_000))
            return answers.unpacked(answer, self.spider.settings.getint("DOWNLOAD_MAXSIZE"))
        except (NotAsked, Stopped, Fault):
            raise
        except Exception as error:  # Scrapy and Twisted each fail in ways of their own
            log.info("host silent", extra={"url": url, "error": type(error).__name__})
            return None


class Hosts:
    """Of all crawls in a process. How long each rests lies in a file of the corpus, and is durable at once."""

    def __init__(self, job: sources.Job) -> None:
        self._named = cache(partial(Host, self))
        self.ends = monotonic() + job.settings.crawl_seconds
        self.ahead = datetime.fromisoformat(job.day or today()) - datetime.fromisoformat(today())
        self.began = datetime.now(UTC) + self.ahead
        self._path = job.settings.corpus / ".regionsok" / "hosts.sqlite"
        with naming(self._path):
            self._kept = sqlite3.connect(self._path, timeout=60, isolation_level=None)
        self.kept("CREATE TABLE IF NOT EXISTS hosts (host TEXT PRIMARY KEY, until TEXT, failures INTEGER)")

    def kept(self, query: str, *values: object) -> list[Any]:
        """The rows of a query of the file; what it writes is durable. Raises Fault."""
        with naming(self._path, "ta bort filen och kör kommandot igen"):
            return self._kept.execute(query, values).fetchall()

    def of(self, url: str) -> "Host":
        """The host of an address: http and https are one."""
        return self._named(origin_of(url).partition("://")[2])


class Host:
    """A host, whichever crawl asks it; who does holds its `turn`."""

    def __init__(self, hosts: Hosts, name: str) -> None:
        self.turn, self.delay = asyncio.Lock(), 0.0
        self._name, self._hosts, self._ended, self._wish = name, hosts, -LONGEST_WISH, 0.0
        known = hosts.kept("SELECT until, failures FROM hosts WHERE host = ?", name)
        ((self._until, self._failures),) = known or [("", 0)]

    def wait(self) -> float:
        """Seconds before it may be asked. Raises NotAsked where it rests."""
        if self._until > self._hosts.began.isoformat():
            is_silent = self._failures >= FAILURES
            why = f"har inte svarat {self._failures} gånger i rad" if is_silent else "ber om vila"
            moment = datetime.fromisoformat(self._until).astimezone()
            reason = f"{self._name} {why}; inget hämtas därifrån före {moment:%Y-%m-%d kl. %H.%M}."
            raise NotAsked(reason, "resting", until=self._until, source="failed" if is_silent else "excused")
        gap: float = max(self.delay, min(self.delay * 2**self._failures, LONGEST_WAIT), self._wish)
        return self._ended + gap - monotonic()

    def asked(self, failed: bool, wish: float) -> None:
        """Note that a request has ended, and for how many seconds the answer asks us to wait. Raises Fault."""
        before = self._until, self._failures
        self._failures = self._failures + 1 if failed else 0
        # 7 * 24: hours, where the host does not ask for more itself.
        hours = min(2 ** (self._failures - FAILURES), 7 * 24) if self._failures >= FAILURES else 0
        if hours or wish > LONGEST_WAIT:
            rest = timedelta(seconds=max(wish, hours * 3600))
            self._until = (datetime.now(UTC) + self._hosts.ahead + rest).isoformat()
        if before != (self._until, self._failures):
            self._hosts.kept("INSERT OR REPLACE INTO hosts VALUES (?, ?, ?)", self._name, self._until, self._failures)
        self._ended, self._wish = monotonic(), wish


class _Protocol(http11._LenientHTTP11ClientProtocol):
    _head = 0

    def dataReceived(self, data: bytes) -> None:  # noqa: N802  Twisted's name
        super().dataReceived(data)
        self._head = self._head + len(data) if self._parser and self._parser.line_mode else 0
        if self._head > HEAD:
            self.abort()


http11._LenientHTTP11ClientProtocol = _Protocol  # what its factory builds for each connection


class Handler(http11.HTTP11DownloadHandler):
    """Scrapy's own, in turn and within bounds; pages, robots.txt, redirects and what is asked again all pass it."""

    _received = Counter[Request]()

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        self._pool.retryAutomatically = False  # it would not wait
        crawler.signals.connect(self._count, signals.bytes_received)  # once: http and https have a handler each

    async def download_request(self, request: Request) -> Response:
        """Raises NotAsked, Stopped, and what Scrapy raises of a host that does not answer."""
        host = self._crawler.spider.hosts.of(request.url)
        host.delay = max(host.delay, self._crawler.spider.delay)
        async with host.turn:
            while (wait := host.wait()) > 0:
                await asyncio.sleep(min(wait, 0.2, self._left()))
            request.meta["download_timeout"] = min(SECONDS, self._left())
            response = await self._ask(request, host)
            if response.status in FAILING:
                host.wait()
            return response

    def _left(self) -> float:
        """Seconds of the crawl. Raises Stopped when it is over."""
        left: float = self._crawler.spider.hosts.ends - monotonic()
        if left <= 0 or not self._crawler.engine.running:
            raise Stopped
        return left

    async def _ask(self, request: Request, host: Host) -> Response:
        failed, wish = False, 0.0
        try:
            response = await super().download_request(request)
            failed = response.status in FAILING
            if response.status >= 300:
                wish = retry_after(response.headers.get("Retry-After", b"").decode("latin-1"))
            return response
        except exceptions.StopDownload as error:
            raise NotAsked("Mer än det finns plats för hämtades på en gång.", "failed") from error
        except exceptions.DownloadCancelledError as error:
            raise NotAsked(f"Sidan är större än {self._default_maxsize // 1_000_000} MB.") from error
        except exceptions.CannotResolveHostError as error:
            inside = sources.INTERNAL in str(error)
            raise NotAsked(str(error) if inside else "Värden finns inte.", "refused" if inside else "failed") from error
        except Exception as error:
            self._left()  # cut short by the end of the crawl, it is nobody's fault
            if "ConnectionAborted" in str(error):
                raise NotAsked(f"Svarets huvuden är större än {HEAD // 1000} kB.") from error
            failed = True
            raise
        finally:
            host.asked(failed, wish)
            self._received.pop(request, None)

    @classmethod
    def _count(cls, data: bytes, request: Request) -> None:
        """Raises StopDownload for one of the larger, where all are too much."""
        received = cls._received
        received[request] += len(data)
        if received.total() > AT_ONCE and received[request] * len(received) >= received.total():
            del received[request]
            raise exceptions.StopDownload


def origin_of(url: str) -> str:
    """Protocol, host and a port that is not the usual one.

    >>> origin_of("HTTP://Region.example:80/a")
    'http://region.example'
    """
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port and (parts.scheme, parts.port) not in (("http", 80), ("https", 443)) else ""
    return f"{parts.scheme}://{(parts.hostname or '').rstrip('.')}{port}"


def retry_after(value: str) -> float:
    """Seconds that a Retry-After header asks for: a number or a date; 0 for none that can be read."""
    if value.strip().isdecimal():
        return min(float(value), LONGEST_WISH)
    moment = parse_date(value)
    return min(max(0.0, (moment - datetime.now(UTC)).total_seconds()), LONGEST_WISH) if moment else 0.0
