"""When a host may be asked again: never before the gap that it asks for, and not at all while it rests."""

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from math import inf
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest

from indexer.corpus import today
from indexer.crawling.sources import Job
from indexer.faults import naming

LONGEST_WAIT = 120.0
"""Seconds of Retry-After or Crawl-delay that are waited for in a crawl; a host that asks for more rests, or is left."""
FAILING = (429, 502, 503, 504)
FAILURES = 5
"""In a row, of these or without an answer, after which a host rests for an hour; for each one more twice as long."""
LONGEST_REST = 7 * 24
"""Hours, where the host does not ask for more itself."""
LONGEST_WISH = 366 * 24 * 3600.0
"""Seconds; who asks for more has made a mistake."""
_HOSTS = "CREATE TABLE IF NOT EXISTS hosts (host TEXT PRIMARY KEY, until TEXT NOT NULL, failures INTEGER NOT NULL)"
_PORTS = {"http": 80, "https": 443}


class NotAsked(IgnoreRequest):
    """What is not asked for: a Swedish reason, the outcome, and what its line in the report says beside them."""

    def __init__(self, reason: str, outcome: str = "refused", **more: str) -> None:
        super().__init__(reason)
        self.outcome, self.more = outcome, more


class Stopped(IgnoreRequest):
    """The crawl is over: what waited for its turn is not asked."""


class Hosts(dict[str, "Host"]):
    """By name, of all crawls in a process. How long each rests lies in a file of the corpus, and is durable at once."""

    def __init__(self, job: Job) -> None:
        self.ends = monotonic() + job.settings.crawl_seconds
        self._ahead = datetime.fromisoformat(job.day or today()) - datetime.fromisoformat(today())
        self.began = self.now()
        self._path = job.settings.corpus / ".regionsok" / "hosts.sqlite"
        with naming(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._kept = sqlite3.connect(self._path, timeout=60, isolation_level=None)
        self.kept(_HOSTS)

    def __missing__(self, name: str) -> "Host":
        self[name] = Host(name, self)
        return self[name]

    def kept(self, query: str, *values: object) -> list[Any]:
        """The rows of a query of the file; what it writes is durable. Raises Fault."""
        with naming(self._path, "ta bort filen och kör kommandot igen"):
            return self._kept.execute(query, values).fetchall()

    def now(self) -> datetime:
        """The moment, on the day of the crawl."""
        return datetime.now(UTC) + self._ahead

    def of(self, url: str) -> "Host":
        """The host of an address: http and https are one."""
        return self[origin_of(url).partition("://")[2]]


class Host:
    """A host, whichever crawl asks it; who does holds its `turn`."""

    def __init__(self, name: str, hosts: Hosts) -> None:
        self.turn, self.delay = asyncio.Lock(), 0.0
        self._name, self._hosts, self._ended, self._wish = name, hosts, -inf, 0.0
        rows: list[tuple[str, int]] = hosts.kept("SELECT until, failures FROM hosts WHERE host = ?", name)
        self._until, self._failures = rows[0] if rows else ("", 0)

    def wait(self) -> float:
        """Seconds before it may be asked. Raises NotAsked where it rests."""
        if self._until > self._hosts.began.isoformat():
            is_silent = self._failures >= FAILURES
            why = f"har inte svarat {self._failures} gånger i rad" if is_silent else "ber om vila"
            moment = datetime.fromisoformat(self._until).astimezone()
            reason = f"{self._name} {why}; inget hämtas därifrån före {moment:%Y-%m-%d kl. %H.%M}."
            raise NotAsked(reason, "resting", until=self._until, source="failed" if is_silent else "excused")
        gap: float = max(self.delay, min(self.delay * 2**self._failures, LONGEST_WAIT), self._wish)
        return self._ended + gap - monotonic()

    def asked(self, failed: bool, wish: float) -> None:
        """Note that a request has ended, and for how many seconds the answer asks us to wait. Raises Fault."""
        before = self._until, self._failures
        self._failures = self._failures + 1 if failed else 0
        hours = min(2 ** (self._failures - FAILURES), LONGEST_REST) if self._failures >= FAILURES else 0
        if hours or wish > LONGEST_WAIT:
            self._until = (self._hosts.now() + timedelta(seconds=max(wish, hours * 3600))).isoformat()
        if before != (self._until, self._failures):
            self._hosts.kept("INSERT OR REPLACE INTO hosts VALUES (?, ?, ?)", self._name, self._until, self._failures)
        self._ended, self._wish = monotonic(), wish


def origin_of(url: str) -> str:
    """Protocol, host and a port that is not the usual one.

    >>> origin_of("HTTP://Region.example:80/a")
    'http://region.example'
    """
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port and parts.port != _PORTS.get(parts.scheme) else ""
    return f"{parts.scheme}://{(parts.hostname or '').rstrip('.')}{port}"


def retry_after(value: str) -> float:
    """Seconds that a Retry-After header asks for: a number or a date; 0 for none that can be read."""
    try:
        if value.strip().isdecimal():
            return min(float(value), LONGEST_WISH)
        moment = parsedate_to_datetime(value)
        seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
        return min(max(0.0, seconds), LONGEST_WISH)
    except (ValueError, TypeError):
        return 0.0
