"""Job: what the command asks of the process that crawls, one JSON object between them."""

from pathlib import Path

import msgspec

from indexer.crawling.sources import Site
from indexer.settings import Settings


class Job(msgspec.Struct, frozen=True):
    """What one process crawls."""

    sites: dict[str, Site]
    settings: Settings
    agent: str = ""
    """User-Agent."""
    internal: str = ""
    """An internal network that may be fetched, as 127.0.1.0/24: what tests serve stands in one, and no setting can say so."""
    single: bool = False
    """Only the start addresses, and what stands in a feed or sitemap at them; nothing on a page is followed."""
    forgotten: frozenset[str] = frozenset()
    """Fingerprints of addresses and texts that must not come back, made with `salt`."""
    salt: str = ""
    gone: frozenset[str] = frozenset()
    """Ids of documents that left; a page that is as it was when it did is back."""
    day: str = ""
    """ISO 8601: today, for all that the crawl decides and remembers."""
    command: int = 0
    """The process that waits for this one, which ends where that one has; 0: none does."""
    trial: bool = False
    """Of a single address only what it gives is said; nothing is kept of it, and where it leads is not asked."""


def job_to_json(job: Job) -> bytes:
    """As one line."""
    return msgspec.json.encode(job, enc_hook=str)


def job_from_json(content: bytes) -> Job:
    """Raises msgspec.ValidationError for what is no job."""
    return msgspec.json.decode(content, type=Job, dec_hook=lambda _, path: Path(path))
