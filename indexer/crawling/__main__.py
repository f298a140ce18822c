"""The crawl, in a process of its own since its reactor starts once: python -m indexer.crawling, a job as a line of JSON on standard input.

On standard output comes one JSON line for every address: outcome, address and reason, and one for every line of the log.
Of each site a spider decides what becomes of each answer, what is asked for after it, and when it is enough.
"""

import asyncio
import json
import logging
import os
import signal
import sys
import tomllib
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec
from scrapy import Spider, exceptions, signals
from scrapy.crawler import CrawlerProcess
from scrapy.http import Request, Response, TextResponse
from w3lib.url import safe_url_string

from indexer.crawling import answers, frontier, log, sources, wire
from indexer.crawling.memory import ANEW, Archive, Found, Link, Memory, Seen, wish_in
from indexer.faults import Fault, naming
from indexer.ingestion import archives, parts


class SiteSpider(Spider):
    """One site: feeds and sitemaps first, then pages by pages, then known pages that are due (`frontier`)."""

    def __init__(self, key: str, job: sources.Job, hosts: wire.Hosts, end: Callable[[str, object], None]) -> None:
        super().__init__(key)
        self._key, self._site, self._job, self._end = key, job.sites[key], job, end
        self._memory = Memory(key, job, self._tell)
        self.archive = Archive(job, key, self._memory)
        self._frontier = frontier.Frontier(key, job, self._tell, self._memory)
        self.hosts, self.delay = hosts, self._site.delay
        self._resting, self._feeds, self._sitemaps = set[str](), set[str](), set[str]()
        self._size = self._pages = 0

    async def start(self) -> AsyncIterator[Request]:
        """What the hosts of the start pages say of themselves is known before anything is asked of them."""
        self.crawler.signals.connect(self._next, signals.spider_idle)
        self.crawler.signals.connect(self._broken, signals.spider_error)
        self._guard = self.crawler.get_downloader_middleware(wire.Guard)
        self._guard.spider = self
        await asyncio.gather(*map(self._begin, self._site.start))
        if not self._job.single:
            self._memory.review(self._frontier.is_kept, self._guard.is_reserved)
            self._frontier.add(Link(url, "feed") for url in self._site.feeds)
            self._frontier.add(Link(url, "sitemap") for url in (*self._site.sitemaps, *sorted(self._sitemaps)))
        self._frontier.add(Link(url, "page") for url in self._site.start)
        return
        yield  # Scrapy wants a generator; the frontier gives what is to be asked for

    def closed(self, reason: str) -> None:
        """What was fetched is kept, also when the crawl was stopped."""
        if reason.startswith("closespider"):
            self._tell("stopped", self._site.start[0], f"Gränsen är nådd ({reason.removeprefix('closespider_')}).")
        log.info("site left", extra={"site": self._key, "why": reason, "pages": self._pages, "bytes": self._size})
        with self._ending():
            self.archive.flush()
        self._memory.close()
        asked = self.crawler.stats.get_value("downloader/request_count", 0)
        found = {"found": self._key, "asked": asked, "feeds": sorted(self._feeds), "sitemaps": sorted(self._sitemaps)}
        print(json.dumps(found), flush=True)

    @contextmanager
    def _ending(self) -> Iterator[None]:
        """Ends the process where something cannot be kept: what is told of it would not be true."""
        try:
            with naming(self._memory.path, ANEW):
                yield
        except Fault as fault:
            self._end(str(fault), self)

    def _broken(self, failure: Any, response: Any) -> None:
        """Called with what was raised while an answer was read; what nobody expected costs the page."""
        with self._ending():
            if failure.check(Fault, self._memory.Error):
                failure.raiseException()
        url = response.request.url if response else self._site.start[0]
        self._tell("failed", url, f"Svaret gick inte att läsa ({type(failure.value).__name__}).")

    def _tell(self, outcome: str, url: str, reason: str = "", **more: object) -> None:
        print(json.dumps({"site": self._key, "outcome": outcome, "url": url, "reason": reason, **more}), flush=True)

    async def _begin(self, start: str) -> None:
        with suppress(exceptions.IgnoreRequest):  # the start page is told the same when it is asked for
            self._sitemaps.update(filter(self._frontier.is_ours, (await self._guard.said_by(start)).sitemaps))

    def _next(self) -> None:
        """Ask for one address when the one before has been read. Raises DontCloseSpider, or there is none."""
        with self._ending():
            found = self._frontier.next()
        if found:
            self.crawler.engine.crawl(self._request(found))
            raise exceptions.DontCloseSpider

    def _request(self, found: Found) -> Request:
        """For what changed at an address; where it leads on to is asked for as any other address is."""
        seen = (None if self._job.trial else self._frontier.trusted(found)) or Seen("")
        known = {"If-None-Match": seen.etag, "If-Modified-Since": seen.modified, "Accept-Language": self._site.language}
        headers = {name: value for name, value in known.items() if value}
        answered, meta = self._try if self._job.trial else self._answered, {"found": found, "dont_redirect": True}
        return Request(found.link.url, answered, headers=headers, errback=self._failed, meta=meta, dont_filter=True)

    def _failed(self, failure: Any) -> None:
        """Raises CloseSpider when the time of the crawl is over; ends the process where it is not known who rests."""
        error, url = failure.value, failure.request.url
        if isinstance(error, Fault):
            self._end(str(error), None)  # Scrapy passes over what it gave itself, when that is raised
        if isinstance(error, wire.Stopped):
            raise exceptions.CloseSpider("closespider_timeout")
        if not isinstance(error, wire.NotAsked):
            error = wire.NotAsked(f"Gick inte att hämta ({type(error).__name__}).", "failed")
        if str(error) not in self._resting:  # a host that rests is told once, however much was to be asked of it
            self._tell(error.outcome, url, str(error), **error.more)
        if error.outcome == "resting":
            self._resting.add(str(error))
        elif not self._job.trial and (seen := self._memory.seen(failure.request.meta["found"].key)):
            self._memory.ask(msgspec.structs.replace(seen, url=url))

    def _answered(self, response: Response) -> None:
        """Ask for what an address leads to, once it is durable what its answer says of its life."""
        found: Found = response.meta["found"]
        if 300 < response.status < 400 and response.status != 304 and "Location" in response.headers:
            return self._lead_on(response, safe_url_string(response.headers["Location"]))
        seen = self._memory.seen(found.key)
        links: Iterable[Link] = ()
        try:
            response = answers.unpacked(response, self._job.settings.document_bytes)
            if seen and answers.is_as_seen(response, seen):
                links = self._unchanged(response, msgspec.structs.replace(seen, url=response.url, depth=found.depth))
            elif response.status == 200:
                links = self._read(response, found, seen or Seen(""))
            else:
                self._memory.fail(found, response.status)
        except parts.Unreadable as error:  # the next crawl that asks for it asks for all of it, and says so again
            self._memory.see(Seen(response.url, stored=bool(seen and seen.stored), depth=found.depth))
            self._tell("refused", response.url, str(error))
            self._count(response)
        is_single = self._job.single
        self._frontier.add((link for link in links if not is_single or link.kind in ("listed", "sitemap")), found)

    def _try(self, response: Response) -> None:
        """Say what a page gives; nothing is kept, and it leads nowhere but where its address does."""
        if 300 < response.status < 400:
            return self._answered(response)
        crawl = frontier.Frontier(self._key, msgspec.structs.replace(self._job, single=False), self._tell, self._memory)
        text = response if isinstance(response, TextResponse) else TextResponse(response.url)
        links = [link for link in answers.page_links(text) if crawl.is_ours(link.url)]
        pages = sum(link.kind == "page" and crawl.is_kept(link.url) for link in links)
        given = {"status": response.status, "title": " ".join(text.css("title::text").get("").split()), "links": pages}
        found = {"feeds": [link.url for link in links if link.kind == "feed"], "sitemaps": sorted(self._sitemaps)}
        outcome, reason = ("tried", "") if response.status == 200 else ("failed", f"Servern svarade {response.status}.")
        self._tell(outcome, response.url, reason, **given, **found)

    def _lead_on(self, response: Response, address: str) -> None:
        """Ask for where an address leads."""
        found, target = response.meta["found"], answers.joined(response.url, address)
        if not self._job.trial:
            self._memory.move(found, target, response.status not in (302, 303, 307))
        if reason := self._frontier.redirect(found, target):
            self._tell("refused", response.url, reason)

    def _read(self, response: Response, found: Found, before: Seen) -> list[Link]:
        """What a feed, sitemap or page leads to."""
        kind = answers.kind_of(response)
        if found.link.kind in ("feed", "sitemap") or answers.is_list(response, kind):
            listed = answers.listed_links(response.body, response.url, self._job.settings.document_bytes)
            links = self._bounded(listed, answers.LISTED, response)
            self._memory.see(answers.as_seen(response, self._job.day, links, Seen("").rules, stored=False))
            return links
        if not kind or not archives.DOCUMENT.fullmatch(kind):
            raise parts.Unreadable(f"Innehåll av slaget {kind or 'okänt'} läses inte.")
        if target := answers.refreshed(response):
            self._lead_on(response, target)
            return []
        if kind.encode() not in response.headers.get("Content-Type", b"").lower():
            response.headers["Content-Type"] = kind  # whoever reads the archive is told too
        return self._take(response, found, before)

    def _unchanged(self, response: Response, seen: Seen) -> tuple[Link, ...]:
        """The links of a page that is as it was; what is said beside it of its use may be new."""
        reserved = not seen.permits and self._guard.is_reserved(response.url)
        rules = answers.rules_in(response, reserved, self._job.day) if seen.stored else seen.rules
        if seen.stored and (wish := wish_in(rules)):
            self._memory.leave("gone", response.url, wish)
            seen = msgspec.structs.replace(seen, stored=False, etag="", modified="", rules=rules)
        else:
            self._tell("unchanged", response.url)
            self._memory.are_here([response.url] if seen.stored else ())
        self._memory.see(seen)
        return () if rules.nofollow else seen.links

    def _take(self, response: Response, found: Found, before: Seen) -> list[Link]:
        """The links of a page, which is stored unless it asks not to be or no reader can ever take it."""
        answers.refuse_unreadable(response, self._job.settings.document_bytes)
        rules = answers.rules_in(response, self._guard.is_reserved(response.url), self._job.day)
        outcome, reason, leaves = answers.objection_to(response, rules)
        is_page = isinstance(response, TextResponse) and outcome != "aside"
        leads = answers.page_links(response) if is_page and not rules.nofollow else ()
        # 5_000: the pages of data/pages have up to 2,099 tags.
        links = self._bounded([link for link in leads if self._frontier.is_ours(link.url)], 5_000, response)
        self._feeds |= {link.url for link in links if link.kind == "feed"}
        if leaves and before.stored:
            self._memory.leave("gone", response.url, reason)
        elif outcome:
            self._tell(outcome, response.url, reason)
        stored = not outcome or (before.stored and not leaves)
        self._memory.see(answers.as_seen(response, self._job.day, links, rules, stored))
        if not outcome:
            self.archive.add(response, found.link.published or before.published, found.link.updated)
            self._tell("changed" if before.stored else "fetched", response.url)
        self._count(response)
        return links

    def _bounded(self, links: list[Link], most: int, response: Response) -> list[Link]:
        if len(links) > most:
            self._tell("left", response.url, f"Fler än {most} länkar; resten lämnas.")
        return links[:most]

    def _count(self, response: Response) -> None:
        """Raises CloseSpider at the limits of a site."""
        settings = self._job.settings
        self._pages += 1
        self._size += len(response.body)
        if self._pages >= settings.crawl_pages:
            raise exceptions.CloseSpider("closespider_pages")
        if self._size >= settings.crawl_bytes:
            raise exceptions.CloseSpider("closespider_bytes")


def run(job: sources.Job) -> None:
    """Crawl every site of a job, each with one request at a time."""
    wire.SafeResolver.internal = job.internal
    # 300: seconds after its limit in which a crawl ends by itself, unless a page keeps its parser busy.
    signal.alarm(job.settings.crawl_seconds + 300)
    settings = tomllib.loads(Path(__file__).with_name("scrapy.toml").read_text("utf-8"))
    settings |= {"CLOSESPIDER_TIMEOUT": job.settings.crawl_seconds, "DOWNLOAD_MAXSIZE": job.settings.document_bytes}
    settings["USER_AGENT"] = f"Regionsok/{version('regionsok')} (+{job.settings.crawl_contact})"
    process = CrawlerProcess(settings)

    def end(fault: str = "", ending: object = None) -> None:
        """End at once, with what there is: where what one site fetched cannot be kept, or nobody waits any more."""
        for crawler in process.crawlers:
            if crawler.spider and crawler.spider is not ending:
                with suppress(Fault):
                    crawler.spider.archive.flush()
        if fault:
            print(json.dumps({"fault": fault}), flush=True)
        os._exit(1)

    try:
        hosts = wire.Hosts(job)
    except Fault as fault:
        end(str(fault))
    for key in job.sites:
        process.crawl(SiteSpider, key, job, hosts, end).addErrback(lambda failure: end(f"{failure.value}"))
    asyncio.get_event_loop().add_reader(sys.stdin.fileno(), end)  # it ends where nobody waits any more
    process.start()


class Relay(logging.Handler):
    """Gives the log to the command, which writes it where the user wants it."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print a record as a line."""
        print(json.dumps({"log": vars(record)}, default=str), flush=True)


if __name__ == "__main__":
    logging.getLogger("indexer").addHandler(Relay())
    logging.getLogger("indexer").setLevel(logging.INFO)
    run(msgspec.json.decode(sys.stdin.buffer.readline(), type=sources.Job, dec_hook=lambda _, path: Path(path)))
