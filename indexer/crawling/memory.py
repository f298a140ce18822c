"""What earlier crawls saw of every address: enough to ask only for what changed, and none of its text."""

import sqlite3
from pathlib import Path
from typing import Literal

import msgspec

from indexer.corpus import today
from indexer.metadata.robots import RobotsRules

_SCHEMA = Path(__file__).with_name("memory.sql")


class Link(msgspec.Struct, frozen=True):
    """An address, and what it is where it stands."""

    url: str
    kind: Literal["page", "listed", "feed", "sitemap"]
    """A page that a page leads to, one that a feed or sitemap lists, a feed of a page, a sitemap in another."""
    published: str = ""
    """When the feed or sitemap that lists it says that it was published; empty where it does not, or says what cannot be."""
    updated: str = ""
    """When it says that it was changed last."""


_LINKS = msgspec.json.Decoder(tuple[Link, ...])


class Seen(msgspec.Struct, frozen=True):
    """An address as it was last seen."""

    etag: str
    modified: str
    digest: str
    links: tuple[Link, ...]
    stored: bool
    """Whether the page lies in corpus/; not where it asks not to be."""


class Memory(sqlite3.Connection):
    """One SQLite file; what is not committed when it is closed is forgotten, so that what it knows lies in a finished archive."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        super().__init__(path, timeout=60)
        self.executescript(_SCHEMA.read_text(encoding="utf-8"))

    def seen(self, url: str) -> Seen | None:
        """What is known of an address."""
        query = "SELECT etag, modified, digest, links, stored FROM pages WHERE url = ?"
        row = self.execute(query, (url,)).fetchone()
        return Seen(row[0], row[1], row[2], _LINKS.decode(row[3]), bool(row[4])) if row else None

    def see(self, url: str, seen: Seen, rules: RobotsRules) -> None:
        """Remember an address, what it says of its use, and that it says so today."""
        links, robots = (msgspec.json.encode(value).decode() for value in (seen.links, rules))
        row = (url, seen.etag, seen.modified, seen.digest, links, int(seen.stored), robots, today())
        self.execute("INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def forget(self, url: str) -> None:
        """Of an address that is gone."""
        self.execute("DELETE FROM pages WHERE url = ?", (url,))
