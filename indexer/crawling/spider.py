"""One site's pages: what is asked for and in which order, what becomes of each answer, and when it is enough."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import scrapy
from scrapy import signals
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Request, Response, TextResponse
from scrapy.linkextractors import LinkExtractor
from scrapy.utils.sitemap import Sitemap
from twisted.internet.error import DNSLookupError

from indexer.corpus.forgotten import fingerprint_of
from indexer.crawling.answers import digest_of, entries_of, goes_round, kind_of, rights_in, shape_of, unreadable
from indexer.crawling.archive import Archive, unpacked
from indexer.crawling.memory import Memory, Seen
from indexer.crawling.middlewares import LONGEST_WAIT
from indexer.crawling.safety import refusal_of
from indexer.crawling.sources import Site
from indexer.ingestion.formats import is_sitemap
from indexer.ingestion.parsed import Unreadable
from indexer.metadata.robots import AGENT, Rights, reservations
from indexer.urls import canonical_address, host_of

LARGEST = 20_000_000
"""Bytes of a page, packed and unpacked (FINDINGS 10)."""
SAME_SHAPE = 200
"""Addresses of a crawl that differ only in numbers and values: more are a calendar's or a search's."""
_FEEDS = ("application/rss+xml", "application/atom+xml")
_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "application/pdf")
_PACKED = ("application/gzip", "application/x-gzip")
_WORD = "wordprocessingml.document"
_FIRST = 1_000
LINK, LISTED, FEED, MAP = "link", "listed", "feed", "map"
"""What an address is where it was found: a link or a feed of a page, listed in a feed or sitemap, a sitemap in another."""
_FORGOTTEN = "Sidan har glömts på begäran och hämtas inte igen."


@dataclass(frozen=True, slots=True)
class Job:
    """What one process crawls."""

    sites: dict[str, Site]
    corpus: Path
    agent: str
    internal: str
    pages: int
    size: int
    """Bytes."""
    depth: int
    seconds: int
    document_bytes: int = LARGEST
    single: bool = False
    """Only the start addresses, and what stands in a feed or sitemap at them; nothing on a page is followed."""
    forgotten: frozenset[str] = frozenset()
    """Fingerprints of addresses and texts that must not come back, made with `salt`."""
    salt: str = ""


class SiteSpider(scrapy.Spider):
    """One site: feeds and sitemaps first, then pages by pages."""

    name = "site"

    def __init__(self, key: str, job: Job) -> None:
        super().__init__(key)
        self._key, self._site, self._job = key, job.sites[key], job
        self._memory = Memory(job.corpus / ".regionsok" / f"crawl-{key}.sqlite")
        self._archive = Archive(job.corpus / "crawl", key, self._memory.commit)
        self._rules: list[tuple[str, bool]] = []
        self._asked: set[str] = set()
        self._shapes: Counter[str] = Counter()
        self._size = self._pages = 0
        self._published: dict[str, str] = {}
        self._feeds: set[str] = set()
        self._sitemaps: set[str] = set()
        self._links = LinkExtractor(allow=self._site.follow, deny=self._site.leave)
        self._others = {host for site in job.sites.values() if site != self._site for host in site.hosts}

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> SiteSpider:
        spider: SiteSpider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider._robots, signals.robots_parsed)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Before all others the site's word on mining."""
        for url in self._site.start:
            rules = urljoin(url, "/.well-known/tdmrep.json")
            yield Request(rules, self._mining, errback=self._mining, priority=_FIRST, dont_filter=True)

    def closed(self, reason: str) -> None:
        """What was fetched is kept, also when the crawl was stopped."""
        if reason.startswith("closespider"):
            self._tell("stopped", self._site.start[0], f"Gränsen är nådd ({reason.removeprefix('closespider_')}).")
        self._archive.flush()
        self._memory.close()
        found = {"found": self._key, "feeds": sorted(self._feeds), "sitemaps": sorted(self._sitemaps)}
        print(json.dumps(found), flush=True)

    def _tell(self, outcome: str, url: str, reason: str = "") -> None:
        print(json.dumps({"site": self._key, "outcome": outcome, "url": url, "reason": reason}), flush=True)

    def _robots(self, robotparser: Any, request: Request) -> None:
        parsed = robotparser.rp
        delay = min(float(parsed.crawl_delay(AGENT) or 0), LONGEST_WAIT)
        throttle = self.crawler.get_extension(AutoThrottle)
        throttle.mindelay = max(throttle.mindelay, delay)
        for slot in self.crawler.engine.downloader.slots.values():
            slot.delay = max(slot.delay, delay)
        self._sitemaps |= {url for url in parsed.sitemaps if self._is_ours(url)}

    def _mining(self, answer: Any) -> Iterator[Request]:
        if isinstance(answer, Response) and answer.status == 200:
            self._rules = reservations(answer.body)
        for url in () if self._job.single else (*self._site.sitemaps, *sorted(self._sitemaps)):
            yield from self._once(url, self._sitemap, _FIRST)
        for url in self._site.feeds:
            yield from self._once(url, self._feed, _FIRST)
        for url in self._site.start:
            yield from self._once(url, self._page)

    def _is_ours(self, url: str) -> bool:
        host = host_of(url) or ""
        if host in self._others:  # visited by another source, at the same time
            return False
        return self._job.single or any(host == ours or host.endswith(f".{ours}") for ours in self._site.hosts)

    def _is_forgotten(self, url: str) -> bool:
        return bool(self._job.salt) and fingerprint_of(url, self._job.salt) in self._job.forgotten

    def _once(self, url: str, callback: Any, priority: int = 0) -> Iterator[Request]:
        """A request of an address that was not asked for in this crawl, and is not one of a trap's."""
        key = canonical_address(url)
        if key in self._asked or not self._is_ours(url) or refusal_of(url, self._job.internal):
            return
        self._asked.add(key)
        if self._is_forgotten(url):
            return self._tell("refused", url, _FORGOTTEN)
        shape = shape_of(url)
        self._shapes[shape] += 1
        if self._shapes[shape] > SAME_SHAPE or goes_round(url):
            if self._shapes[shape] == SAME_SHAPE + 1:
                self._tell("left", url, f"Fler än {SAME_SHAPE} adresser av samma form; resten lämnas.")
            return
        yield self._request(url, callback, priority)

    def _request(self, url: str, callback: Any, priority: int) -> Request:
        seen, headers = self._memory.seen(canonical_address(url)), {}
        if seen and seen.etag:
            headers["If-None-Match"] = seen.etag
        if seen and seen.modified:
            headers["If-Modified-Since"] = seen.modified
        told = {"callback": callback, "errback": self._failed, "meta": {"is_ours": self._is_ours}}
        return Request(url, headers=headers, priority=priority, dont_filter=True, **told)

    def _failed(self, failure: Any) -> None:
        said, url = str(failure.value), failure.request.meta.get("redirect_urls", [failure.request.url])[0]
        if "robots.txt" in said:
            self._tell("refused", url, "robots.txt tillåter det inte, eller går inte att nå.")
        elif "MAXSIZE" in said or "Cancelled" in type(failure.value).__name__:
            self._tell("refused", url, f"Sidan är större än {LARGEST // 1_000_000} MB, packad eller uppackad.")
        elif failure.check(IgnoreRequest, DNSLookupError):
            self._tell("refused", url, said)
        else:
            self._tell("failed", url, f"Gick inte att hämta ({type(failure.value).__name__}).")

    def _ask_for(self, links: Iterable[str]) -> Iterator[Request]:
        """What stands on a page, in a feed or in a sitemap: what it is there, or when it was published, and its address."""
        for link in links:
            said, _, url = link.partition(" ")
            if self._job.single and said in (LINK, FEED):
                continue
            if said == FEED:
                yield from self._once(url, self._feed, _FIRST)
            elif said == MAP:
                yield from self._once(url, self._sitemap, _FIRST)
            else:
                if said[:1].isdigit():
                    self._published[canonical_address(url)] = said
                yield from self._once(url, self._page, 0 if said == LINK else _FIRST // 2)

    def _sitemap(self, response: Response) -> Iterator[Request]:
        links = self._known(response)
        if links is None:
            try:
                found = Sitemap(unpacked(response.body, LARGEST))
                said = MAP if found.type == "sitemapindex" else LISTED
                addresses = [entry["loc"] for entry in found if "loc" in entry]
            except Exception as error:  # lxml, gzip and Scrapy each fail in ways of their own over broken XML
                return self._tell(
                    "failed", response.url, f"Webbplatskartan går inte att läsa ({type(error).__name__})."
                )
            links = [f"{said} {url}" for url in addresses if said == MAP or self._links.matches(url)]
            self._see(response, links, stored=False)
        yield from self._ask_for(links)

    def _feed(self, response: Response) -> Iterator[Request]:
        links = self._known(response)
        if links is None:
            try:
                links = [f"{published or LISTED} {url}" for url, published in entries_of(response.body)]
            except Unreadable as error:
                return self._tell("refused", response.url, str(error))
            self._see(response, links, stored=False)
        yield from self._ask_for(links)

    def _is_readable(self, response: Response) -> bool:
        """Whether a reader can ever take it; where none can a note of it is kept in its place."""
        reason = unreadable(response, self._job.document_bytes)
        if reason:
            before = self._memory.seen(key := canonical_address(response.url))
            self._see(response, (), stored=bool(before and before.stored))
            self._memory.note(key, kind_of(response), len(response.body), reason)
            self._tell("refused", response.url, reason)
            self._count(response)
        return not reason

    def _known(self, response: Response) -> list[str] | None:
        """The links of an address that has not changed; None where it has, and none where it cannot be had."""
        key = canonical_address(response.url)
        seen = self._memory.seen(key)
        if response.status == 304 or (response.status == 200 and seen and seen.digest == digest_of(response.body)):
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

    def _see(self, response: Response, links: Iterable[str], stored: bool, rights: Rights | None = None) -> None:
        etag, modified = (response.headers.get(name, b"").decode("latin-1") for name in ("ETag", "Last-Modified"))
        seen = Seen(etag, modified, digest_of(response.body), tuple(links), stored)
        self._memory.see(canonical_address(response.url), seen, rights or Rights())

    def _page(self, response: Response) -> Iterator[Request]:
        links = self._known(response)
        if links is None:
            kind = kind_of(response)
            is_map = kind in _PACKED and ".xml" in response.url
            if is_map or kind in _FEEDS or kind.endswith("/xml"):
                yield from self._sitemap(response) if is_map or is_sitemap(response.body) else self._feed(response)
                return
            if kind not in _TYPES and not kind.endswith(_WORD):
                return self._tell("refused", response.url, f"Innehåll av slaget {kind or 'okänt'} läses inte.")
            if not self._is_readable(response):
                return
            rights = rights_in(response, self._rules)
            links = list(self._found_on(response)) if isinstance(response, TextResponse) and not rights.nofollow else []
            self._take(response, links, rights)
        yield from self._ask_for(links)

    def _found_on(self, response: TextResponse) -> Iterator[str]:
        for link in response.css("link[rel~=alternate]"):
            url = response.urljoin(link.attrib.get("href", ""))
            if link.attrib.get("type", "").lower() in _FEEDS and self._is_ours(url):
                self._feeds.add(url)
                yield f"{FEED} {url}"
        links = (link.url for link in self._links.extract_links(response) if not link.nofollow)
        yield from (f"{LINK} {url}" for url in links if self._is_ours(url))

    def _take(self, response: Response, links: list[str], rights: Rights) -> None:
        """Store a page, unless it asks not to be."""
        stored = not rights.noindex and not rights.reserved and not self._is_forgotten(response.url)
        before = self._memory.seen(canonical_address(response.url))
        self._see(response, links, stored, rights)
        if stored:
            headers = [(name, value) for name in response.headers for value in response.headers.getlist(name)]
            asked = response.meta.get("redirect_urls", [response.url])[0]
            self._archive.add(response.url, headers, response.body, self._published.get(canonical_address(asked), ""))
            self._tell("fetched", response.url)
        else:
            reason = "noindex" if rights.noindex else "förbehåll mot text- och datautvinning"
            said = f"Sidan vill inte vara med: {reason}." if rights.noindex or rights.reserved else _FORGOTTEN
            self._tell("gone" if before and before.stored else "refused", response.url, said)
        self._count(response)

    def _count(self, response: Response) -> None:
        """Raises CloseSpider at the limits of a site."""
        self._pages += 1
        self._size += len(response.body)
        if self._pages >= self._job.pages or self._size >= self._job.size:
            raise CloseSpider("closespider_pages" if self._pages >= self._job.pages else "closespider_bytes")
