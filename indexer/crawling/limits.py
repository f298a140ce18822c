"""What goes over the wire: each request in its host's turn, and no answer larger or slower than it may be."""

import asyncio
from collections import Counter
from time import monotonic
from typing import Any

from scrapy import signals
from scrapy.core.downloader.handlers import http11
from scrapy.exceptions import CannotResolveHostError, DownloadCancelledError, StopDownload
from scrapy.http import Request, Response

from indexer.crawling.resting import FAILING, Host, NotAsked, Stopped, retry_after
from indexer.crawling.safety import INTERNAL

HEAD = 64_000
"""Bytes of all headers of an answer, or of one; servers send up to 16,000."""
SECONDS = 60.0
"""To the last byte of an answer, however slowly it comes."""
AT_ONCE = 50_000_000
"""Bytes that are received of all hosts at once; above it the large ones end, and are asked for in the next crawl."""

http11._LenientHTTPClientParser.MAX_LENGTH = HEAD


class _Protocol(http11._LenientHTTP11ClientProtocol):
    _head = 0

    def dataReceived(self, data: bytes) -> None:  # noqa: N802  Twisted's name
        super().dataReceived(data)
        is_head = self._parser is not None and self._parser.line_mode
        self._head = self._head + len(data) if is_head else 0
        if self._head > HEAD:
            self.abort()


class _Factory(http11._LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> _Protocol:  # noqa: N802
        return _Protocol(self._quiescentCallback)


class Handler(http11.HTTP11DownloadHandler):
    """Scrapy's own, in turn and within bounds; pages, robots.txt, redirects and what is asked again all pass it."""

    _received = Counter[Request]()

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        self._pool._factory = _Factory
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
        except StopDownload as error:
            raise NotAsked("Mer än det finns plats för hämtades på en gång.", "failed") from error
        except DownloadCancelledError as error:
            raise NotAsked(f"Sidan är större än {self._default_maxsize // 1_000_000} MB.") from error
        except CannotResolveHostError as error:
            inside = INTERNAL in str(error)
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
            raise StopDownload
