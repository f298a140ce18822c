"""When a page is asked for again, whether or not anything still leads to it.

Each time that a page is asked for, a tenth of the days that it has been unchanged is how long it is left alone, sixty days at most: one
that is young, or changed in the last ten days, is asked for by every crawl; one that stands since spring, every third week. What begins
a source or lists pages (start pages, feeds, sitemaps) is asked for by every crawl, and so is a page that was missing the last time.
In a crawl come

- first what begins and lists, and what never was asked for, of which more than NEW is asked for in turn with what comes last;
- beside it, where they are met, pages that are due and have changed before, and those that a sitemap says changed since they were asked for;
- then all others that are due, the one that was asked for longest ago first.

Of the last two a crawl asks for REVISITS, and half of these are kept for the last.
"""

from collections.abc import Callable, Iterator

from indexer.crawling.frontier import Found, Frontier
from indexer.crawling.memory import Link, Memory, Seen
from indexer.crawling.sources import Job
from indexer.metadata.dates import plausible_date
from indexer.urls import canonical_address

REVISITS = 1_000
"""Known pages asked for again in one crawl of a source: half an hour at the usual two seconds a page."""
NEW = 500
"""Addresses: the many of a new sitemap need nights, and what is withdrawn meanwhile must not wait for them."""


class Revisits(Frontier):
    """Of one site in one crawl, with what is known of it."""

    def __init__(self, key: str, job: Job, tell: Callable[[str, str, str], None], memory: Memory) -> None:
        super().__init__(key, job, tell)
        self._memory, self._met, self._asked = memory, set[str](), set[str]()
        self._left, self._new, self._is_met = REVISITS, 0, False
        self._due: Iterator[Seen] | None = None

    def next(self) -> Found | None:
        """What is to be asked for now; past a page that is not, what it led to when it was."""
        self._new += 1
        if self._new > NEW and self._new % 2 and (due := self._next_due()):
            return due
        while found := super().next():
            self._met.add(found.key)
            seen = self._memory.seen(found.key)
            if seen is None or found.link.kind in ("feed", "sitemap") or self._is_asked(found, seen):
                self._asked.add(found.key)
                return found
            self.add(seen.links, found)
        self._is_met = True
        return self._next_due()

    def trusted(self, found: Found) -> Seen | None:
        """What is known of an address that is asked for only if it changed; where that is seldom or nothing leads to it, its whole answer is.

        A 304 need not have the headers that say that it is no longer to be kept.
        """
        seen = self._memory.seen(found.key)
        is_linked = found.key in self._met or not self._is_met
        return seen if seen and is_linked and seen.due == seen.asked else None

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

    def _next_due(self) -> Found | None:
        """The stored page that waited longest, whether or not anything leads to it."""
        if self._due is None:
            self._due = iter(()) if self._job.single else self._memory.due()
        while self._left > 0 and (seen := next(self._due, None)):
            key = canonical_address(seen.url)
            if key not in self._asked and self.is_named(seen.url) and not self.is_forgotten(seen.url):
                self._asked.add(key)
                self._heard.add(key)
                self._left -= 1
                return Found(Link(seen.url, "page", seen.published), key, seen.depth)
        return None
