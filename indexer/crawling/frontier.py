"""Frontier: which addresses of a site are asked for, each once, and what is asked with."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from scrapy.http import Request

from indexer.corpus.forgotten import fingerprint_of
from indexer.crawling.answers import goes_round, shape_of
from indexer.crawling.job import Job
from indexer.crawling.memory import Memory
from indexer.crawling.safety import refusal_of
from indexer.urls import canonical_address, host_of

SAME_SHAPE = 200
"""Addresses of a crawl that differ only in numbers and values: more are a calendar's or a search's."""
FORGOTTEN = "Sidan har glömts på begäran och hämtas inte igen."


class Frontier:
    """Of one site in one crawl; `tell` takes the outcome, address and reason of what is not asked for."""

    def __init__(self, key: str, job: Job, memory: Memory, tell: Callable[[str, str, str], None]) -> None:
        self._job, self._memory, self._tell = job, memory, tell
        self._hosts = job.sites[key].hosts
        self._others = {host for other, site in job.sites.items() if other != key for host in site.hosts}
        self._asked: set[str] = set()
        self._shapes: Counter[str] = Counter()

    def is_ours(self, url: str) -> bool:
        """Whether an address is this site's; another source's is visited by that one, at the same time."""
        host = host_of(url) or ""
        if host in self._others:
            return False
        return self._job.single or any(host == ours or host.endswith(f".{ours}") for ours in self._hosts)

    def is_forgotten(self, url: str) -> bool:
        """Whether a person had its text forgotten."""
        return bool(self._job.salt) and fingerprint_of(url, self._job.salt) in self._job.forgotten

    def request(self, url: str, callback: Any, errback: Any, priority: int) -> Iterator[Request]:
        """For what changed at an address; none where it was asked for in this crawl, or is one of a trap's."""
        key, shape = canonical_address(url), shape_of(url)
        if key in self._asked or not self.is_ours(url) or refusal_of(url, self._job.internal):
            return
        self._asked.add(key)
        if self.is_forgotten(url):
            return self._tell("refused", url, FORGOTTEN)
        self._shapes[shape] += 1
        if self._shapes[shape] == SAME_SHAPE + 1:
            self._tell("left", url, f"Fler än {SAME_SHAPE} adresser av samma form; resten lämnas.")
        if self._shapes[shape] > SAME_SHAPE or goes_round(url):
            return
        seen = self._memory.seen(key)
        conditions = {"If-None-Match": seen.etag, "If-Modified-Since": seen.modified} if seen else {}
        yield Request(
            url,
            callback,
            headers={name: value for name, value in conditions.items() if value},
            errback=errback,
            meta={"is_ours": self.is_ours},
            priority=priority,
            dont_filter=True,
        )
