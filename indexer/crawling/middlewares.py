"""What every request of a crawl passes: what may be connected to, what robots.txt says, how long a host asks to wait."""

import logging
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from inspect import signature
from typing import Any, Self

from scrapy import __version__ as scrapy_version
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.error import DNSLookupError

from indexer.crawling.safety import is_internal, refusal_of

ROBOTS_BYTES = 512_000
"""Of a robots.txt that are read (RFC 9309, 2.5)."""
LONGEST_WAIT = 120.0
"""Seconds of Retry-After or Crawl-delay that are waited for."""

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
            raise DNSLookupError(f"{name} leder till ett internt nät")
        return address


class Guard:
    """Refuses what must not be fetched, whoever asks for it: a link, a redirect, a sitemap."""

    def __init__(self, internal: str) -> None:
        self._internal = internal

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        return cls(crawler.settings.get("CRAWL_INTERNAL"))

    def process_request(self, request: Request) -> None:
        """Raises IgnoreRequest with the reason."""
        if reason := refusal_of(request.url, self._internal):
            raise IgnoreRequest(reason)
        is_ours = request.meta.get("is_ours")  # what asks for a robots.txt has none: that may have moved anywhere
        if is_ours and not is_ours(request.url):
            raise IgnoreRequest("Adressen leder vidare till en annan webbplats.")


_REPLACED = {"_parse_robots": ["self", "response", "netloc", "request"], "_robots_error": ["self", "exc", "netloc"]}
"""Methods of Scrapy's own that Robots replaces, with their parameters; pyproject.toml names the versions that have them."""


def check_scrapy() -> None:
    """Raises SystemExit where Scrapy has no longer what Robots replaces: the rules of a site would be read laxer, and nothing would say so."""
    for name, parameters in _REPLACED.items():
        method = getattr(RobotsTxtMiddleware, name, None)
        if method is None or list(signature(method).parameters) != parameters:
            raise SystemExit(
                f"regionsok: Scrapy {scrapy_version} läser robots.txt på ett annat sätt än det som prövats ({name});"
                " installera en version som pyproject.toml anger. Inget hämtas."
            )


class Robots(RobotsTxtMiddleware):
    """RFC 9309 where Scrapy is laxer: a robots.txt that cannot be reached disallows all, and it is read to a limit."""

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 or response.status == 429:
            return self._robots_error(IgnoreRequest(), netloc)
        body = b"" if response.status >= 400 else response.body[:ROBOTS_BYTES]
        await super()._parse_robots(response.replace(body=body), netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        _log.info("robots unreachable", extra={"host": netloc, "error": type(exc).__name__})
        waiting = self._parsers[netloc]
        self._parsers[netloc] = self._parserimpl.from_crawler(self.crawler, b"User-agent: *\nDisallow: /")
        waiting.callback(self._parsers[netloc])


class Retry(RetryMiddleware):
    """Waits as long as a host asks for before anything more is asked of it."""

    def process_response(self, request: Request, response: Response) -> Any:
        if response.status in (429, 503):
            wait = retry_after(response.headers.get("Retry-After", b"").decode("latin-1"))
            slot_name = request.meta.get("download_slot")
            slot = self.crawler.engine.downloader.slots.get(slot_name)
            _log.info("host resting", extra={"host": slot_name, "status": response.status, "seconds": round(wait)})
            if wait > LONGEST_WAIT:
                return response
            if slot:
                slot.delay = max(slot.delay, wait)
        return super().process_response(request, response)


def retry_after(value: str) -> float:
    """Seconds that a Retry-After header asks for: a number or a date; 0 for none that can be read."""
    try:
        if value.strip().isdigit():
            return float(value)
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.0
