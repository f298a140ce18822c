"""One site's pages: what is asked for and in which order, what becomes of each answer, and when it is enough."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import feedparser
import scrapy
from scrapy import signals
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Request, Response, TextResponse
from scrapy.linkextractors import LinkExtractor
from scrapy.utils.sitemap import Sitemap
from twisted.internet.error import DNSLookupError

from indexer.crawling.archive import Archive, unpacked
from indexer.crawling.memory import Memory, Seen
from indexer.crawling.middlewares import LONGEST_WAIT
from indexer.crawling.safety import refusal_of
from indexer.crawling.sources import Site
from indexer.ingestion.finishing import canonical_address
from indexer.rights import AGENT, Rights, is_reserved, reservations, rights_of

LARGEST = 20_000_000
"""Bytes of a page, packed and unpacked (FINDINGS 10)."""
SAME_SHAPE = 200
"""Addresses of a crawl that differ only in numbers and values: more are a calendar's or a search's."""
_FEEDS = ("application/rss+xml", "application/atom+xml")
_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "application/pdf")
_WORD = "wordprocessingml.document"
_FIRST = 1_000


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
    single: bool = False
    """Only the start addresses; nothing on them is followed."""


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
        self._feeds: set[str] = set()
        self._sitemaps: set[str] = set()
        self._links = LinkExtractor(allow=self._site.follow, deny=self._site.leave)

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
        print(
            json.dumps({"found": self._key, "feeds": sorted(self._feeds), "sitemaps": sorted(self._sitemaps)}),
            flush=True,
        )

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
        if self._job.single:
            yield from (self._request(url, self._page) for url in self._site.start)
            return
        for url in (*self._site.sitemaps, *sorted(self._sitemaps)):
            yield from self._once(url, self._sitemap, _FIRST)
        for url in self._site.feeds:
            yield from self._once(url, self._feed, _FIRST)
        for url in self._site.start:
            yield from self._once(url, self._page)

    def _is_ours(self, url: str) -> bool:
        host = str(urlsplit(url).hostname or "").removeprefix("www.")
        return any(host == ours or host.endswith(f".{ours}") for ours in self._site.hosts)

    def _once(self, url: str, callback: Any, priority: int = 0) -> Iterator[Request]:
        """A request of an address that was not asked for in this crawl, and is not one of a trap's."""
        key = canonical_address(url)
        if key in self._asked or not self._is_ours(url) or refusal_of(url, self._job.internal):
            return
        self._asked.add(key)
        shape = _shape(url)
        self._shapes[shape] += 1
        if self._shapes[shape] > SAME_SHAPE or _repeats(url):
            if self._shapes[shape] == SAME_SHAPE + 1:
                self._tell("left", url, f"Fler än {SAME_SHAPE} adresser av samma form; resten lämnas.")
            return
        yield self._request(url, callback, priority)

    def _request(self, url: str, callback: Any, priority: int = 0) -> Request:
        seen, headers = self._memory.seen(canonical_address(url)), {}
        if seen and seen.etag:
            headers["If-None-Match"] = seen.etag
        if seen and seen.modified:
            headers["If-Modified-Since"] = seen.modified
        return Request(url, callback, errback=self._failed, headers=headers, priority=priority, dont_filter=True)

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

    def _sitemap(self, response: Response) -> Iterator[Request]:
        known = self._known(response)
        if known is None:
            try:
                found = Sitemap(unpacked(response.body, LARGEST))
                maps = found.type == "sitemapindex"
                links = [entry["loc"] for entry in found if "loc" in entry]
            except Exception as error:  # lxml, gzip and Scrapy each fail in ways of their own over broken XML
                return self._tell(
                    "failed", response.url, f"Webbplatskartan går inte att läsa ({type(error).__name__})."
                )
            self._see(response, [("map " if maps else "") + link for link in links], stored=False)
        else:
            links, maps = [link.removeprefix("map ") for link in known], any(link.startswith("map ") for link in known)
        for link in links:
            if maps:
                yield from self._once(link, self._sitemap, _FIRST)
            elif self._follows(link):
                yield from self._once(link, self._page)

    def _feed(self, response: Response) -> Iterator[Request]:
        links = self._known(response)
        if links is None:
            links = [str(entry["link"]) for entry in feedparser.parse(response.body).entries if entry.get("link")]
            self._see(response, links, stored=False)
        for link in links:
            yield from self._once(link, self._page, _FIRST // 2)

    def _follows(self, url: str) -> bool:
        return bool(self._links.matches(url))

    def _known(self, response: Response) -> list[str] | None:
        """The links of an address that has not changed; None where it has, and none where it cannot be had."""
        key = canonical_address(response.url)
        seen = self._memory.seen(key)
        if response.status == 304 or (response.status == 200 and seen and seen.digest == _digest(response.body)):
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
        seen = Seen(etag, modified, _digest(response.body), tuple(links), stored)
        self._memory.see(
            canonical_address(response.url), seen, rights or Rights(), datetime.now(UTC).date().isoformat()
        )

    def _page(self, response: Response) -> Iterator[Request]:
        links = self._known(response)
        if links is None:
            kind = response.headers.get("Content-Type", b"").decode("latin-1").partition(";")[0].strip().lower()
            if kind in _FEEDS or kind.endswith("/xml"):
                yield from self._feed(response)
                return
            if kind not in _TYPES and not kind.endswith(_WORD):
                return self._tell("refused", response.url, f"Innehåll av slaget {kind or 'okänt'} läses inte.")
            links = list(self._found_on(response)) if isinstance(response, TextResponse) else []
            self._take(response, links)
        for link in () if self._job.single else links:
            if link.startswith("feed "):
                yield from self._once(link.removeprefix("feed "), self._feed, _FIRST)
            else:
                yield from self._once(link, self._page)

    def _found_on(self, response: TextResponse) -> Iterator[str]:
        for link in response.css("link[rel~=alternate]"):
            url = response.urljoin(link.attrib.get("href", ""))
            if link.attrib.get("type", "").lower() in _FEEDS and self._is_ours(url):
                self._feeds.add(url)
                yield f"feed {url}"
        links = (link.url for link in self._links.extract_links(response) if not link.nofollow)
        yield from filter(self._is_ours, links)

    def _take(self, response: Response, links: list[str]) -> None:
        """Store a page, unless it asks not to be."""
        metas = (
            [
                (meta.attrib.get("name", "").lower(), meta.attrib.get("content", ""))
                for meta in response.css("meta[name]")
            ]
            if isinstance(response, TextResponse)
            else []
        )
        said = [value.decode("latin-1") for value in response.headers.getlist("X-Robots-Tag")]
        said += [content for name, content in metas if name in ("robots", AGENT)]
        mining = [value.decode("latin-1") for value in response.headers.getlist("tdm-reservation")]
        mining += [content for name, content in metas if name == "tdm-reservation"]
        rights = rights_of(said, mining, is_reserved(response.url, self._rules))
        stored = not rights.noindex and not rights.reserved
        before = self._memory.seen(canonical_address(response.url))
        self._see(response, links, stored, rights)
        if stored:
            headers = [(name, value) for name in response.headers for value in response.headers.getlist(name)]
            self._archive.add(response.url, headers, response.body)
            self._tell("fetched", response.url)
        else:
            reason = "noindex" if rights.noindex else "förbehåll mot text- och datautvinning"
            self._tell(
                "gone" if before and before.stored else "refused", response.url, f"Sidan vill inte vara med: {reason}."
            )
        self._pages += 1
        self._size += len(response.body)
        if self._pages >= self._job.pages or self._size >= self._job.size:
            raise CloseSpider("closespider_pages" if self._pages >= self._job.pages else "closespider_bytes")


def _digest(body: bytes) -> str:
    return blake2b(body, digest_size=16).hexdigest()


def _shape(url: str) -> str:
    """An address without its numbers and the values of its parameters."""
    parts = urlsplit(url)
    return f"{parts.hostname}{re.sub(r'[0-9]+', '0', parts.path)}?{'&'.join(sorted(name for name, _ in parse_qsl(parts.query)))}"


def _repeats(url: str) -> bool:
    """Whether a path goes round: /a/b/a/b/a/b."""
    return any(count > 2 for count in Counter(part for part in urlsplit(url).path.split("/") if part).values())
