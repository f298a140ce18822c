"""Frontier: which addresses of a site are asked for, each once, in which order, and which again though nothing leads to them.

Each time that a page is asked for, a tenth of the days that it has been unchanged is how long it is left alone, sixty days at most: one
that is young, or changed in the last ten days, is asked for by every crawl; one that stands since spring, every third week. What begins
a source or lists pages (start pages, feeds, sitemaps) is asked for by every crawl, and so is a page that was missing the last time.
In a crawl come

- first what begins and lists, and what never was asked for, of which more than NEW is asked for in turn with what comes last;
- beside it, where they are met, pages that are due and have changed before, and those that a sitemap says changed since they were asked for;
- then all others that are due, the one that was asked for longest ago first.

Of the last two a crawl asks for REVISITS, and half of these are kept for the last.
"""

import heapq
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit

from msgspec.structs import replace
from scrapy.linkextractors import IGNORED_EXTENSIONS, LinkExtractor
from scrapy.utils.url import url_has_any_extension

from indexer.crawling import sources
from indexer.crawling.memory import Found, Link, Memory, Seen
from indexer.documents import canonical_address, host_of
from indexer.metadata.dates import plausible_date

UNREAD = {f".{ending}" for ending in IGNORED_EXTENSIONS if ending not in ("pdf", "docx", "rss")}
"""Endings of addresses of pictures, films and archives; Scrapy leaves out some that ingestion reads."""
SAME_SHAPE = 200
"""Addresses of a crawl that differ only in numbers and values and lead to each other: more are a calendar's or a search's."""
HOPS = 5
"""Redirects of an address that are followed: as many as of a robots.txt (RFC 9309, 2.3.1.2)."""
LISTED = 100_000
"""Addresses of feeds and sitemaps that a crawl takes note of, some 80 MB; of more the newest sitemaps'."""
REVISITS = 1_000
"""Known pages asked for again in one crawl of a source: half an hour at the usual two seconds a page."""
NEW = 500
"""Addresses: the many of a new sitemap need nights, and what is withdrawn meanwhile must not wait for them."""
# The next page of a list, as archives number them; a day or an id has more digits or another name.
_NUMBERED = "page|paged|pageindex|pagenr|pagenumber|pg|sida|sidnr|sidnummer|offset|skip|start"
_PAGED = re.compile(rf"(?i)(?:[?&](?:{_NUMBERED})=|/(?:page|sida)[/-]?)\d{{1,5}}/?(?:&|$)")


Queue = list[tuple[int, int, int, str]]
"""A heap of canonical addresses: rank, how new, in the order that they were found."""


class Frontier:
    """Of one site in one crawl, with what is known of it; `tell` takes the outcome, address and reason of what is not asked for."""

    def __init__(self, key: str, job: sources.Job, tell: Callable[[str, str, str], None], memory: Memory) -> None:
        self._job, self._tell, self._memory = job, tell, memory
        self._hosts = job.sites[key].hosts
        self._others = {host for other, site in job.sites.items() if other != key for host in site.hosts}
        self._named = {host_of(url) for url in (*job.sites[key].feeds, *job.sites[key].sitemaps)} - self._others
        self._rules = LinkExtractor(job.sites[key].follow, job.sites[key].leave)
        self._key_of = lru_cache(20_000)(self._key)
        self._heard, self._waiting, self._shapes = set[str](), dict[str, Found](), Counter[str]()
        self._first, self._listed, self._pages = Queue(), Queue(), Queue()
        self._turns = [self._listed, self._pages]
        self._met, self._asked = set[str](), set[str]()
        self._left, self._new, self._is_met = REVISITS, 0, False
        self._due = self._unasked()

    def is_ours(self, url: str) -> bool:
        """Whether an address is this site's; another source's is visited by that one, at the same time."""
        host = host_of(url) or ""
        is_ours = self._job.single or any(host == ours or host.endswith(f".{ours}") for ours in self._hosts)
        return is_ours and host not in self._others

    def is_named(self, url: str) -> bool:
        """Whether a page that moved is followed there: to this site, or to another host that its source names."""
        return self.is_ours(url) or host_of(url) in self._named

    def is_kept(self, url: str) -> bool:
        """Whether the source's `follow` and `leave` take a page, and its address is none of what cannot be read."""
        return self._rules.matches(url) and not url_has_any_extension(url, UNREAD)

    def add(self, links: Iterable[Link], found: Found | None = None) -> None:
        """Take what an address leads to; without one, what the source itself names."""
        further, heard = [], len(self._heard)
        for link in links:
            if found and (found.link.kind == link.kind == "feed" or (link.kind == "page" and _PAGED.search(link.url))):
                further.append(link)
            else:
                self._take(link, found)
        barren = (found.barren or 0) + 1 if found and len(self._heard) == heard else 0
        # 3: pages of a paged list in a row that list nothing that is not known: its end, or the same list for ever.
        for link in further if barren <= 3 else ():
            self._take(link, found, barren)

    def next(self) -> Found | None:
        """What is to be asked for now; past a page that is not, what it led to when it was."""
        self._new += 1
        if self._new > NEW and self._new % 2 and (due := next(self._due, None)):
            return due
        while found := self._nearest():
            self._met.add(found.key)
            seen = self._memory.seen(found.key)
            if seen is None or found.link.kind in ("feed", "sitemap") or self._is_asked(found, seen):
                self._asked.add(found.key)
                return found
            self.add(seen.links, found)
        self._is_met = True
        return next(self._due, None)

    def trusted(self, found: Found) -> Seen | None:
        """What is known of an address that is asked for only if it changed; where that is seldom or nothing leads to it, its whole answer is.

        A 304 need not have the headers that say that it is no longer to be kept.
        """
        seen = self._memory.seen(found.key)
        return seen if seen and (found.key in self._met or not self._is_met) and seen.due == seen.asked else None

    def redirect(self, found: Found, url: str) -> str | None:
        """Ask next for what an address leads on to, where it is not asked for anyway; why not, as a Swedish sentence, where it must not be."""
        came = (*found.came, found.link.url)
        if reason := sources.refusal_of(url, self._job.internal):
            return reason
        if not self.is_named(url):
            return "Adressen leder vidare till en annan webbplats."
        if found.depth and not self.is_kept(url):
            return "Adressen leder till en sida som källans follow och leave inte tar med."
        if url in came or len(came) > HOPS:
            return f"Adressen leder runt, eller vidare mer än {HOPS} gånger."
        target = replace(found, link=replace(found.link, url=url), key=self._key_of(url), came=came)
        # http and https, or /a and /a/, have one key.
        if (target.key == found.key or target.key not in self._heard) and self._may(target):
            self._put(target)
        return None

    def _nearest(self) -> Found | None:
        """Start pages and lists; then in turn the newest that is listed and the nearest page."""
        while queue := self._first or self._turns[0] or self._turns[1]:
            self._turns.reverse()
            if found := self._waiting.pop(heapq.heappop(queue)[-1], None):
                return found
        return None

    def _is_asked(self, found: Found, seen: Seen) -> bool:
        """Whether an address that is known is asked for where something leads to it."""
        # One that leads to another way to write itself is asked for twice.
        is_list = any(link.kind in ("listed", "sitemap") for link in seen.links)
        if self._job.single or is_list or not found.depth or (found.came and found.key in self._asked):
            return True
        stated = plausible_date(found.link.updated)  # what a sitemap says
        is_newer = stated is not None and seen.asked <= stated.value
        is_due = seen.due <= self._job.day and (not seen.stored or seen.changed > seen.first)
        if self._left <= REVISITS // 2 or not (is_newer or is_due):
            return False
        self._left -= 1
        return True

    def _unasked(self) -> Iterator[Found]:
        """The stored pages that are due, whether or not anything leads to them: the one that waited longest first."""
        for seen in () if self._job.single else self._memory.due():
            if self._left <= 0:
                return
            key = canonical_address(seen.url)
            if key not in self._asked and self.is_named(seen.url) and not self._memory.forgets(seen.url):
                self._asked.add(key)
                self._heard.add(key)
                self._left -= 1
                yield Found(Link(seen.url, "page", seen.published), key, seen.depth)

    def _key(self, url: str) -> str:
        """The canonical address of one that may be asked for; empty for any other."""
        return canonical_address(url) if self.is_named(url) and not sources.refusal_of(url, self._job.internal) else ""

    def _take(self, link: Link, found: Found | None, barren: int | None = None) -> None:
        key = self._key_of(link.url)
        waits = self._waiting.get(key)
        if waits and link.kind == "listed" and waits.link.kind in ("listed", "page"):
            # It comes as early as the list has it, with the days that it says.
            days = {name: getattr(waits.link, name) or getattr(link, name) for name in ("published", "updated")}
            self._put(replace(waits, link=replace(link, **days), depth=min(waits.depth, 1)))
        elif key and key not in self._heard and (link.kind != "listed" or len(self._heard) < LISTED):
            leads = _led(link, key, found, barren)
            is_taken = not found or link.kind in ("feed", "sitemap") or self.is_kept(link.url)
            is_near = leads.depth <= self._job.settings.crawl_depth and (link.kind != "page" or self.is_ours(link.url))
            if is_taken and is_near and self._may(leads):
                self._put(leads)

    def _may(self, found: Found) -> bool:
        """Whether an address of this site may be asked for: it is not forgotten, and no trap's."""
        url, kind = found.link.url, found.link.kind
        if self._memory.forgets(url):
            self._heard.add(found.key)
            self._tell("refused", url, "Sidan har glömts på begäran och hämtas inte igen.")
            return False
        # A path that repeats itself: /a/b/a/b/a/b.
        if kind == "page" and max(Counter(filter(None, urlsplit(url).path.split("/"))).values(), default=0) > 2:
            return False
        shape = shape_of(url)
        if found.came or not (found.loops or found.barren is not None or (kind == "page" and "&" in shape)):
            return True
        self._shapes[shape] += 1
        if self._shapes[shape] == SAME_SHAPE + 1:
            self._tell("left", url, f"Fler än {SAME_SHAPE} adresser av samma form; resten lämnas.")
        return self._shapes[shape] <= SAME_SHAPE

    def _put(self, found: Found) -> None:
        self._heard.add(found.key)
        self._waiting[found.key] = found
        link, rank = found.link, found.depth + (found.barren is not None)
        queue = self._listed if link.kind == "listed" else self._pages
        if found.came or not rank or link.kind in ("feed", "sitemap"):
            queue, rank = self._first, -1 if found.came else int(link.kind == "sitemap")
        newest = int(re.sub(r"\D", "", max(link.published, link.updated))[:14].ljust(14, "0"))
        heapq.heappush(queue, (rank, -newest, len(self._heard), found.key))


def _led(link: Link, key: str, found: Found | None, barren: int | None) -> Found:
    """What an address leads to; without one, what the source names."""
    if found is None or link.kind == "listed":
        return Found(link, key, depth=int(link.kind == "listed"))
    if barren is not None and link.kind == "page":  # as near as the page before, and no sign of a trap
        return replace(found, link=link, key=key, barren=barren, came=())
    trail = (*found.trail, shape_of(found.link.url))
    depth = found.depth + 1 if link.kind == "page" else 0
    return Found(link, key, depth, trail, found.loops or shape_of(link.url) in trail, barren)


def shape_of(url: str) -> str:
    """An address without its numbers and the values of its parameters, each of which counts once."""
    parts = urlsplit(url)
    return f"{parts.hostname}{re.sub(r'[0-9]+', '0', parts.path)}?{'&'.join(sorted({name for name, _ in parse_qsl(parts.query)}))}"
