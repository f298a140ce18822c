"""One site's pages: what becomes of each answer, what is asked for after it, and when it is enough."""

import json
import logging
from collections.abc import AsyncIterator, Iterable
from typing import Any, Self
from urllib.parse import urljoin

from scrapy import Spider, signals
from scrapy.exceptions import CloseSpider, DontCloseSpider, IgnoreRequest
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Request, Response, TextResponse
from twisted.internet.error import DNSLookupError
from w3lib.url import safe_url_string

from indexer.crawling import answers, archive, frontier, middlewares
from indexer.crawling.job import Job
from indexer.crawling.memory import Link, Memory, Seen
from indexer.ingestion.parsed import Unreadable
from indexer.ingestion.warc import COUNTY, PUBLISHED, SOURCE, UPDATED
from indexer.metadata.robots import AGENT, RobotsRules, reservations
from indexer.urls import canonical_address

LARGEST = 20_000_000
"""Bytes of a page, packed and unpacked (FINDINGS 10)."""
_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "application/pdf")
_WORD = "wordprocessingml.document"

_log = logging.getLogger(__package__)


class SiteSpider(Spider):
    """One site: feeds and sitemaps first, then pages by pages."""

    name = "site"

    def __init__(self, key: str, job: Job) -> None:
        super().__init__(key)
        self._key, self._site, self._job = key, job.sites[key], job
        self._memory = Memory(job.settings.corpus / ".regionsok" / f"crawl-{key}.sqlite")
        self._archive = archive.Archive(job.settings.corpus / "crawl", key, self._memory.commit)
        self._frontier = frontier.Frontier(key, job, self._tell)
        self._reservations: list[tuple[str, bool]] = []
        self._size = self._pages = 0
        self._feeds: set[str] = set()
        self._sitemaps: set[str] = set()
        self._links = answers.extractor(self._site.follow, self._site.leave)
        self._readers = {"feed": self._list, "sitemap": self._list, "listed": self._page, "page": self._page}

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> Self:
        spider: Self = super().from_crawler(crawler, *args, **kwargs)
        for delay in ("DOWNLOAD_DELAY", "AUTOTHROTTLE_START_DELAY"):
            crawler.settings.set(delay, spider._site.delay, priority="spider")
        crawler.signals.connect(spider._robots, signals.robots_parsed)
        crawler.signals.connect(spider._next, signals.spider_idle)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Before all others what the site reserves against mining."""
        for url in self._site.start:
            rules = urljoin(url, "/.well-known/tdmrep.json")
            yield Request(rules, self._begin, errback=self._begin, dont_filter=True)

    def closed(self, reason: str) -> None:
        """What was fetched is kept, also when the crawl was stopped."""
        if reason.startswith("closespider"):
            self._tell("stopped", self._site.start[0], f"Gränsen är nådd ({reason.removeprefix('closespider_')}).")
        _log.info("site left", extra={"site": self._key, "why": reason, "pages": self._pages, "bytes": self._size})
        self._archive.flush()
        self._memory.close()
        asked = self.crawler.stats.get_value("downloader/request_count", 0)
        found = {"found": self._key, "asked": asked, "feeds": sorted(self._feeds), "sitemaps": sorted(self._sitemaps)}
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

    def _begin(self, answer: Any) -> None:
        if isinstance(answer, Response) and answer.status == 200:
            self._reservations = reservations(answer.body)
        if not self._job.single:
            self._frontier.add(Link(url, "feed") for url in self._site.feeds)
            self._frontier.add(Link(url, "sitemap") for url in (*self._site.sitemaps, *sorted(self._sitemaps)))
        self._frontier.add(Link(url, "page") for url in self._site.start)

    def _next(self) -> None:
        """Ask for one address when the one before has been read. Raises DontCloseSpider, or there is none."""
        if found := self._frontier.next():
            assert self.crawler.engine  # noqa: S101  it is what has nothing to do
            self.crawler.engine.crawl(self._request(found))
            raise DontCloseSpider

    def _request(self, found: frontier.Found) -> Request:
        """For what changed at an address; where it leads on to is asked for as any other address is."""
        seen = self._memory.seen(found.key)
        conditions = {"If-None-Match": seen.etag, "If-Modified-Since": seen.modified} if seen else {}
        stated = {name: value for name, value in conditions.items() if value}
        return Request(
            found.link.url,
            self._answered,
            headers={"Accept-Language": self._site.language, **stated},
            errback=self._failed,
            meta={"is_ours": self._frontier.is_ours, "found": found, "dont_redirect": True},
            dont_filter=True,
        )

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

    def _answered(self, response: Response) -> None:
        """Ask for what an address leads to."""
        found: frontier.Found = response.meta["found"]
        if 300 < response.status < 400 and response.status != 304 and "Location" in response.headers:
            return self._lead_on(response, safe_url_string(response.headers["Location"]))
        links = self._unchanged(response)
        if links is None:
            try:
                links = self._readers[found.link.kind](answers.as_read(response))
            except Unreadable as error:
                self._tell("refused", response.url, str(error))
                links = []
        self._frontier.add(
            (link for link in links if not self._job.single or link.kind in ("listed", "sitemap")), found
        )

    def _lead_on(self, response: Response, address: str) -> None:
        """Ask for where an address leads."""
        if reason := self._frontier.redirect(response.meta["found"], answers.joined(response.url, address)):
            self._tell("refused", response.url, reason)

    def _list(self, response: Response) -> list[Link]:
        """What a feed or sitemap leads to."""
        links = answers.listed_links(response.body, response.url, LARGEST)
        links = [link for link in links if link.kind != "listed" or answers.is_followed(link.url, self._links)]
        self._see(response, links, stored=False)
        return links

    def _page(self, response: Response) -> list[Link]:
        kind = answers.kind_of(response)
        if answers.is_list(response, kind):
            return self._list(response)
        if kind not in _TYPES and not kind.endswith(_WORD):
            self._see(response, (), stored=False)
            raise Unreadable(f"Innehåll av slaget {kind or 'okänt'} läses inte.")
        if target := answers.refreshed(response):
            self._lead_on(response, target)
            return []
        if kind.encode() not in response.headers.get("Content-Type", b"").lower():
            response.headers["Content-Type"] = kind  # whoever reads the archive is told too
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
            listed: Link = response.meta["found"].link
            stated = {PUBLISHED: listed.published, UPDATED: listed.updated}
            stated |= {SOURCE: self._site.name, COUNTY: self._site.county}
            self._archive.add(response.url, headers, response.body, stated)
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
