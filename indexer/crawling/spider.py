"""One site's pages: what becomes of each answer, what is asked for after it, and when it is enough."""

import json
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from functools import partial
from typing import Any, Self
from urllib.parse import urljoin

from scrapy import Spider, signals
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Request, Response, TextResponse
from scrapy.linkextractors import LinkExtractor
from twisted.internet.error import DNSLookupError

from indexer.crawling import answers, archive, frontier, middlewares
from indexer.crawling.job import Job
from indexer.crawling.memory import Link, Memory, Seen
from indexer.ingestion.formats import is_sitemap
from indexer.ingestion.parsed import Unreadable
from indexer.metadata.robots import AGENT, RobotsRules, reservations
from indexer.urls import canonical_address

LARGEST = 20_000_000
"""Bytes of a page, packed and unpacked (FINDINGS 10)."""
_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "application/pdf")
_PACKED = ("application/gzip", "application/x-gzip")
_WORD = "wordprocessingml.document"
_FIRST = 1_000
_PRIORITY = {"feed": _FIRST, "sitemap": _FIRST, "listed": _FIRST // 2, "page": 0}

_log = logging.getLogger(__package__)


class SiteSpider(Spider):
    """One site: feeds and sitemaps first, then pages by pages."""

    name = "site"

    def __init__(self, key: str, job: Job) -> None:
        super().__init__(key)
        self._key, self._site, self._job = key, job.sites[key], job
        self._memory = Memory(job.settings.corpus / ".regionsok" / f"crawl-{key}.sqlite")
        self._archive = archive.Archive(job.settings.corpus / "crawl", key, self._memory.commit)
        self._frontier = frontier.Frontier(key, job, self._memory, self._tell)
        self._reservations: list[tuple[str, bool]] = []
        self._size = self._pages = 0
        self._published: dict[str, str] = {}
        self._feeds: set[str] = set()
        self._sitemaps: set[str] = set()
        self._links = LinkExtractor(allow=self._site.follow, deny=self._site.leave)
        self._readers = {"feed": self._feed, "sitemap": self._sitemap, "listed": self._page, "page": self._page}

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> Self:
        spider: Self = super().from_crawler(crawler, *args, **kwargs)
        for delay in ("DOWNLOAD_DELAY", "AUTOTHROTTLE_START_DELAY"):
            crawler.settings.set(delay, spider._site.delay, priority="spider")
        crawler.signals.connect(spider._robots, signals.robots_parsed)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Before all others what the site reserves against mining."""
        for url in self._site.start:
            rules = urljoin(url, "/.well-known/tdmrep.json")
            yield Request(rules, self._begin, errback=self._begin, priority=_FIRST, dont_filter=True)

    def closed(self, reason: str) -> None:
        """What was fetched is kept, also when the crawl was stopped."""
        if reason.startswith("closespider"):
            self._tell("stopped", self._site.start[0], f"Gränsen är nådd ({reason.removeprefix('closespider_')}).")
        _log.info("site left", extra={"site": self._key, "why": reason, "pages": self._pages, "bytes": self._size})
        self._archive.flush()
        self._memory.close()
        found = {"found": self._key, "feeds": sorted(self._feeds), "sitemaps": sorted(self._sitemaps)}
        print(json.dumps(found), flush=True)

    def _tell(self, outcome: str, url: str, reason: str = "") -> None:
        print(json.dumps({"site": self._key, "outcome": outcome, "url": url, "reason": reason}), flush=True)

    def _robots(self, robotparser: Any, request: Request) -> None:
        parser = robotparser.rp
        delay = min(float(parser.crawl_delay(AGENT) or 0), middlewares.LONGEST_WAIT)
        throttle = self.crawler.get_extension(AutoThrottle)
        throttle.mindelay = max(throttle.mindelay, delay)
        for slot in self.crawler.engine.downloader.slots.values():
            slot.delay = max(slot.delay, delay)
        self._sitemaps |= {url for url in parser.sitemaps if self._frontier.is_ours(url)}
        sitemaps = len(self._sitemaps)
        _log.info("robots read", extra={"site": self._key, "delay": throttle.mindelay, "sitemaps": sitemaps})

    def _begin(self, answer: Any) -> Iterator[Request]:
        if isinstance(answer, Response) and answer.status == 200:
            self._reservations = reservations(answer.body)
        if not self._job.single:
            yield from self._follow(Link(url, "sitemap") for url in (*self._site.sitemaps, *sorted(self._sitemaps)))
            yield from self._follow(Link(url, "feed") for url in self._site.feeds)
        for url in self._site.start:
            yield from self._ask(Link(url, "page"))

    def _follow(self, links: Iterable[Link]) -> Iterator[Request]:
        """Ask for what links lead to."""
        for link in links:
            if self._job.single and link.kind in ("page", "feed"):
                continue
            if link.published:
                self._published[canonical_address(link.url)] = link.published
            yield from self._ask(link)

    def _ask(self, link: Link) -> Iterator[Request]:
        callback = partial(self._answered, self._readers[link.kind])
        return self._frontier.request(link.url, callback, self._failed, _PRIORITY[link.kind])

    def _failed(self, failure: Any) -> None:
        message, url = str(failure.value), failure.request.meta.get("redirect_urls", [failure.request.url])[0]
        if "robots.txt" in message:
            self._tell("refused", url, "robots.txt tillåter det inte, eller går inte att nå.")
        elif "MAXSIZE" in message or "Cancelled" in type(failure.value).__name__:
            self._tell("refused", url, f"Sidan är större än {LARGEST // 1_000_000} MB, packad eller uppackad.")
        elif failure.check(IgnoreRequest, DNSLookupError):
            self._tell("refused", url, message)
        else:
            self._tell("failed", url, f"Gick inte att hämta ({type(failure.value).__name__}).")

    def _answered(self, read: Callable[[Response], list[Link]], response: Response) -> Iterator[Request]:
        """Ask for what an address leads to; `read` takes an answer that has changed."""
        links = self._unchanged(response)
        if links is None:
            try:
                links = read(response)
            except Unreadable as error:
                self._tell("refused", response.url, str(error))
                links = []
        yield from self._follow(links)

    def _sitemap(self, response: Response) -> list[Link]:
        try:
            listed = answers.sitemap_links(response.body, LARGEST)
        except Exception as error:  # lxml, gzip and Scrapy each fail in ways of their own over broken XML
            self._tell("failed", response.url, f"Webbplatskartan går inte att läsa ({type(error).__name__}).")
            return []
        links = [link for link in listed if link.kind == "sitemap" or self._links.matches(link.url)]
        self._see(response, links, stored=False)
        return links

    def _feed(self, response: Response) -> list[Link]:
        links = list(answers.feed_links(response.body))
        self._see(response, links, stored=False)
        return links

    def _page(self, response: Response) -> list[Link]:
        kind = answers.kind_of(response)
        is_map = kind in _PACKED and ".xml" in response.url
        if is_map or kind in answers.FEEDS or kind.endswith("/xml"):
            return self._sitemap(response) if is_map or is_sitemap(response.body) else self._feed(response)
        if kind not in _TYPES and not kind.endswith(_WORD):
            raise Unreadable(f"Innehåll av slaget {kind or 'okänt'} läses inte.")
        return self._take(response)

    def _unchanged(self, response: Response) -> list[Link] | None:
        """The links of an address that has not changed; None where it has, and none where it cannot be had."""
        key = canonical_address(response.url)
        seen = self._memory.seen(key)
        if response.status == 304 or (
            response.status == 200 and seen and seen.digest == answers.digest_of(response.body)
        ):
            self._tell("unchanged", response.url)
            return list(seen.links) if seen else []
        if response.status == 200:
            return None
        if response.status in (404, 410):
            if seen and seen.stored:
                self._tell("gone", response.url, f"Sidan är borttagen ({response.status}).")
            else:
                self._tell("failed", response.url, f"Sidan finns inte ({response.status}).")
            self._memory.forget(key)
        else:
            self._tell("failed", response.url, f"Servern svarade {response.status}.")
        return []

    def _see(self, response: Response, links: Iterable[Link], stored: bool, rules: RobotsRules | None = None) -> None:
        etag, modified = (response.headers.get(name, b"").decode("latin-1") for name in ("ETag", "Last-Modified"))
        seen = Seen(etag, modified, answers.digest_of(response.body), tuple(links), stored)
        self._memory.see(canonical_address(response.url), seen, rules or RobotsRules())

    def _take(self, response: Response) -> list[Link]:
        """The links of a page, which is stored unless it asks not to be or no reader can ever take it."""
        before = self._memory.seen(canonical_address(response.url))
        if reason := answers.unreadable(response, self._job.settings.document_bytes):
            self._see(response, (), stored=bool(before and before.stored))
            self._tell("refused", response.url, reason)
            self._count(response)
            return []
        rules = answers.rules_in(response, self._reservations)
        links = self._links_on(response) if isinstance(response, TextResponse) and not rules.nofollow else []
        stored = not rules.noindex and not rules.reserved and not self._frontier.is_forgotten(response.url)
        self._see(response, links, stored, rules)
        if stored:
            headers = [(name, value) for name in response.headers for value in response.headers.getlist(name)]
            first = response.meta.get("redirect_urls", [response.url])[0]
            self._archive.add(response.url, headers, response.body, self._published.get(canonical_address(first), ""))
            self._tell("changed" if before and before.stored else "fetched", response.url)
        else:
            wish = "noindex" if rules.noindex else "förbehåll mot text- och datautvinning"
            reason = f"Sidan vill inte vara med: {wish}." if rules.noindex or rules.reserved else frontier.FORGOTTEN
            self._tell("gone" if before and before.stored else "refused", response.url, reason)
        self._count(response)
        return links

    def _links_on(self, response: TextResponse) -> list[Link]:
        links = [link for link in answers.page_links(response, self._links) if self._frontier.is_ours(link.url)]
        self._feeds |= {link.url for link in links if link.kind == "feed"}
        return links

    def _count(self, response: Response) -> None:
        """Raises CloseSpider at the limits of a site."""
        settings = self._job.settings
        self._pages += 1
        self._size += len(response.body)
        if self._pages >= settings.crawl_pages or self._size >= settings.crawl_bytes:
            raise CloseSpider("closespider_pages" if self._pages >= settings.crawl_pages else "closespider_bytes")
