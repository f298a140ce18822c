"""Revisiting: which of the known addresses are asked for, and when in a crawl (the rule stands in `schedule`)."""

from collections.abc import Iterator

from indexer.crawling.frontier import Found, Frontier
from indexer.crawling.job import Job
from indexer.crawling.memory import Link, Memory, Seen
from indexer.crawling.schedule import NEW, REVISITS
from indexer.urls import canonical_address


class Revisits:
    """Of one site in one crawl."""

    def __init__(self, job: Job, memory: Memory, frontier: Frontier) -> None:
        self._job, self._memory, self._frontier = job, memory, frontier
        self._met: set[str] = set()
        self._asked: set[str] = set()
        self._left, self._new, self._is_met = REVISITS, 0, False
        self._due: Iterator[Seen] | None = None

    def next(self) -> Found | None:
        """What is to be asked for now; past a page that is not, what it led to when it was."""
        self._new += 1
        if self._new > NEW and self._new % 2 and (due := self._next_due()):
            return due
        while found := self._frontier.next():
            self._met.add(found.key)
            seen = self._memory.seen(found.key)
            if seen is None or found.link.kind in ("feed", "sitemap") or self._is_asked(found, seen):
                self._asked.add(found.key)
                return found
            self._frontier.add(seen.links, found)
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
        if self._job.single or seen.is_list or not found.depth or (found.came and found.key in self._asked):
            return True
        if self._left <= REVISITS // 2 or not seen.comes_first(found.link.updated, self._job.day):
            return False
        self._left -= 1
        return True

    def _next_due(self) -> Found | None:
        """The stored page that waited longest, whether or not anything leads to it."""
        if self._due is None:
            self._due = iter(()) if self._job.single else self._memory.due()
        while self._left > 0 and (seen := next(self._due, None)):
            key = canonical_address(seen.url)
            if (
                key not in self._asked
                and self._frontier.is_named(seen.url)
                and not self._frontier.is_forgotten(seen.url)
            ):
                self._asked.add(key)
                self._frontier.meet(key)
                self._left -= 1
                return Found(Link(seen.url, "page", seen.published), key, seen.depth)
        return None
