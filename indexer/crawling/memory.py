"""What earlier crawls saw of every address: enough to ask for it again when it is due, and none of its text."""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import msgspec
from msgspec.structs import replace

from indexer.faults import naming
from indexer.metadata.robots import RobotsRules
from indexer.urls import canonical_address

ANEW = "kontrollera disken, eller ta bort filen, som då görs om ur arkiven, och kör kommandot igen"
"""What to do about a memory that cannot be used."""
SHARE = 10
"""So a change is seen before a page is a tenth older."""
LONGEST = timedelta(days=60)


class Link(msgspec.Struct, frozen=True):
    """An address, and what it is where it stands."""

    url: str
    kind: Literal["page", "listed", "feed", "sitemap"]
    """A page that a page leads to, one that a feed or sitemap lists, a feed of a page, a sitemap in another."""
    published: str = ""
    """When the feed or sitemap that lists it says that it was published; empty where it does not, or says what cannot be."""
    updated: str = ""
    """When it says that it was changed last."""


class Seen(msgspec.Struct, frozen=True, omit_defaults=True):
    """An address as it was last seen; days are ISO 8601."""

    url: str
    """Whole, as it was asked for; empty where an earlier version kept no more than its key."""
    digest: str = ""
    etag: str = ""
    modified: str = ""
    """Its Last-Modified."""
    links: tuple[Link, ...] = ()
    stored: bool = False
    """Whether the page lies in corpus/; not where it asks not to be."""
    depth: int = 1
    """Links of pages that lead to it from a start page, which has 0."""
    published: str = ""
    """When a feed said that it was published."""
    rules: RobotsRules = RobotsRules()
    permits: bool = False
    """Whether the page itself permits mining, whatever its site reserves."""
    first: str = ""
    """The first day that it was seen."""
    changed: str = ""
    asked: str = ""
    """The last day that it was asked for."""
    missing: int = 0
    """How many times in a row it was not at its address."""

    @property
    def due(self) -> str:
        """The day from which it is to be asked for again (the rule: `frontier`).

        >>> Seen("", asked="2026-05-01", changed="2026-04-20").due, Seen("", asked="2026-05-01", changed="2026-04-22").due
        ('2026-05-02', '2026-05-01')
        """
        if self.missing or not self.changed:
            return self.asked
        day = date.fromisoformat(self.asked)
        return (day + min((day - date.fromisoformat(self.changed)) // SHARE, LONGEST)).isoformat()


_SEEN, _LINKS = msgspec.json.Decoder(Seen), msgspec.json.Decoder(tuple[Link, ...])


class Memory(sqlite3.Connection):
    """One SQLite file; what is not committed when it is closed is forgotten, so that what it knows lies in a finished archive."""

    def __init__(self, path: Path, day: str) -> None:
        self.path, self._day = path, day
        with naming(path, ANEW):
            path.parent.mkdir(parents=True, exist_ok=True)
            super().__init__(path, timeout=60)
            self.executescript(Path(__file__).with_name("memory.sql").read_text("utf-8"))

    def seen(self, key: str) -> Seen | None:
        """What is known of an address, by its canonical one."""
        row = self.execute("SELECT seen, links FROM addresses WHERE key = ?", (key,)).fetchone()
        return replace(_SEEN.decode(row[0]), links=_LINKS.decode(row[1])) if row else None

    def see(self, seen: Seen) -> None:
        """Remember how an address was seen today; it has changed where its digest is another."""
        before = self.seen(canonical_address(seen.url)) or Seen("")
        changed = before.changed if before.digest == seen.digest else self._day
        published = seen.published or before.published
        self.ask(replace(seen, first=before.first or self._day, changed=changed, published=published, missing=0))

    def ask(self, seen: Seen) -> None:
        """Remember that an address that is known was asked for today."""
        self._put(replace(seen, asked=self._day))

    def _put(self, seen: Seen) -> None:
        encoded = (msgspec.json.encode(value).decode() for value in (replace(seen, links=()), seen.links))
        row = (canonical_address(seen.url), seen.stored, seen.asked, seen.due, *encoded)
        self.execute("INSERT OR REPLACE INTO addresses VALUES (?, ?, ?, ?, ?, ?)", row)

    def due(self) -> Iterator[Seen]:
        """The stored pages to be asked for, without their links: the one that waited longest first, then the one that changed last."""
        return self._all("SELECT seen FROM addresses WHERE stored AND due <= ? ORDER BY asked, due", self._day)

    def all(self) -> Iterator[Seen]:
        """All that is known, without links."""
        return self._all("SELECT seen FROM addresses")

    def _all(self, query: str, *values: str) -> Iterator[Seen]:
        rows = self.execute(query, values).fetchall()  # what follows may change them
        return (seen for (encoded,) in rows if (seen := _SEEN.decode(encoded)).url)

    def forget(self, url: str) -> None:
        """Of an address that is gone."""
        self.execute("DELETE FROM addresses WHERE key = ?", (canonical_address(url),))

    def archives(self) -> set[str]:
        """Names of the archives whose pages are known."""
        return {name for (name,) in self.execute("SELECT name FROM archives")}

    def keep(self, archive: str, urls: Iterable[str] = ()) -> None:
        """Commit, with the name of an archive that is durable; `urls`: those in it of which nothing may be known."""
        with naming(self.path, ANEW):
            for url in urls:
                self._put(replace(self.seen(canonical_address(url)) or Seen(url), url=url, stored=True))
            if archive:
                self.execute("INSERT OR IGNORE INTO archives VALUES (?)", (archive,))
            self.commit()
