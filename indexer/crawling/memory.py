"""What earlier crawls saw of every address: enough to ask only for what changed, and none of its text."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, dataclass
from pathlib import Path

from indexer.rights import Rights

_SCHEMA = """
CREATE TABLE IF NOT EXISTS pages (
  url TEXT PRIMARY KEY, etag TEXT NOT NULL, modified TEXT NOT NULL, digest TEXT NOT NULL, links TEXT NOT NULL,
  stored INTEGER NOT NULL, rights TEXT NOT NULL, day TEXT NOT NULL
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """An address as it was last seen."""

    etag: str
    modified: str
    digest: str
    links: tuple[str, ...]
    stored: bool
    """Whether the page lies in corpus/; not where it asks not to be."""


class Memory:
    """One SQLite file; what is not committed is forgotten, so that what it knows lies in a finished archive."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, timeout=60)
        self._connection.executescript(_SCHEMA)

    def seen(self, url: str) -> Seen | None:
        """What is known of an address."""
        asked = "SELECT etag, modified, digest, links, stored FROM pages WHERE url = ?"
        row = self._connection.execute(asked, (url,)).fetchone()
        return Seen(row[0], row[1], row[2], tuple(json.loads(row[3])), bool(row[4])) if row else None

    def see(self, url: str, seen: Seen, rights: Rights, day: str) -> None:
        """Remember an address, what it says of its use, and the ISO 8601 date that it said so."""
        said = json.dumps(asdict(rights))
        row = (url, seen.etag, seen.modified, seen.digest, json.dumps(seen.links), int(seen.stored), said, day)
        self._connection.execute("INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def forget(self, url: str) -> None:
        """Of an address that is gone."""
        self._connection.execute("DELETE FROM pages WHERE url = ?", (url,))

    def commit(self) -> None:
        """Make everything so far durable."""
        self._connection.commit()

    def close(self) -> None:
        """Drop what is not committed."""
        self._connection.close()
