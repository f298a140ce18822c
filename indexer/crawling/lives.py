"""Lives: what becomes of the pages that are stored. That one left is durable before anything else is asked of its site."""

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from indexer.corpus.ledger import Departure, note
from indexer.crawling.answers import RESERVED
from indexer.crawling.frontier import Found
from indexer.crawling.memory import Memory, Seen
from indexer.crawling.sources import Job
from indexer.urls import canonical_address, identity

ABSENCES = 2
"""Crawls in a row that do not find a page, after which it is gone: servers are mended and pages published anew in between."""
DETOURS = 7
"""Crawls in a row that are led elsewhere for the time being, after which a page has moved."""
_WITHDRAWN = (410, 451)


class Lives:
    """Of the pages of one site; `tell` takes outcome, address and reason."""

    def __init__(self, key: str, job: Job, memory: Memory, tell: Callable[[str, str, str], None]) -> None:
        self._job, self._memory, self._tell, self._corpus = job, memory, tell, job.settings.corpus
        self._starts = {canonical_address(url) for url in job.sites[key].start}

    def leave(self, outcome: str, url: str, reason: str) -> None:
        """Write down that a stored page left, and forget it. Raises Fault."""
        note(self._corpus, [Departure(identity(url, "", ""), self._job.day)])
        self._memory.forget(url)
        self._tell(outcome, url, reason)

    def are_here(self, urls: Iterable[str]) -> None:
        """Write down which pages are back at their addresses, and lie in corpus/ as they are there. Raises Fault."""
        note(self._corpus, [Departure(id) for url in urls if (id := identity(url, "", "")) in self._job.gone])

    def review(self, may_be_kept: Callable[[str], bool], is_reserved: Callable[[str], bool]) -> None:
        """Let pages leave that may no longer be kept, though nobody asks for them; what is no longer reserved may be asked for anew.

        What robots.txt forbids stays, and is not asked for: it says what may be fetched, and not what may be kept.
        """
        for seen in self._memory.all():
            reserved = not seen.permits and is_reserved(seen.url)
            if seen.stored and reserved:
                self.leave("gone", seen.url, RESERVED)
            elif seen.stored and "" < seen.rules.until < self._job.day:
                self.leave("gone", seen.url, f"Sidan skulle visas till och med {seen.rules.until}.")
            elif seen.stored and seen.depth and not may_be_kept(seen.url):
                self.leave("gone", seen.url, "Källans follow och leave tar inte längre med sidan.")
            elif seen.rules.reserved and not reserved:
                self._memory.forget(seen.url)

    def fail(self, found: Found, status: int) -> None:
        """Take it that an address answers with a status other than 200: what was withdrawn leaves, what is not found does in time."""
        url, seen = found.link.url, self._memory.seen(found.key)
        is_absent = status == 404 or status in _WITHDRAWN
        reason = f"Sidan finns inte ({status})." if is_absent else f"Servern svarade {status}."
        if is_absent and seen and seen.stored:
            self._miss("gone", replace(seen, url=url), reason, 1 if status in _WITHDRAWN else ABSENCES)
            return
        self._tell("failed", url, reason)
        if is_absent and found.came:
            self._memory.see(Seen(url))
        elif is_absent:
            self._memory.forget(url)
        elif seen:
            self._memory.ask(replace(seen, url=url))

    def move(self, found: Found, target: str, permanently: bool) -> None:
        """Take it that an address leads to another: a page that was there is now there, or gone if that is where the site begins."""
        key, url = canonical_address(target), found.link.url
        if not found.depth:
            self._starts.add(key)
        if key == found.key:
            return
        seen, there = self._memory.seen(found.key), self._memory.seen(key)
        if seen and seen.stored:
            to_start = found.depth > 0 and (key in self._starts or "/" not in key)
            outcome = "gone" if to_start else "moved"
            reason = "Adressen leder till webbplatsens startsida." if to_start else f"Sidan finns på {target}."
            is_end = to_start or (there and not there.stored and not there.links)  # an apology, or nothing
            most = 1 if permanently else ABSENCES if is_end else DETOURS
            if not self._miss(outcome, replace(seen, url=url), reason, most):
                return
        leads = replace(found.link, url=target, kind="page")
        self._memory.see(Seen(url, digest=target, links=(leads,), depth=found.depth))

    def _miss(self, outcome: str, seen: Seen, reason: str, most: int) -> bool:
        """Let a page leave that was not at its address so many times in a row; whether it did."""
        if seen.missing + 1 >= most:
            self.leave(outcome, seen.url, reason)
            return True
        self._memory.ask(replace(seen, missing=seen.missing + 1))
        self._tell("missing", seen.url, reason)
        return False
