"""What earlier crawls saw of every address: enough to ask only for what changed, and none of its text."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from indexer.metadata.robots import Rights

_SCHEMA = """
CREATE TABLE IF NOT EXISTS pages (
  url TEXT PRIMARY KEY, etag TEXT NOT NULL, modified TEXT NOT NULL, digest TEXT NOT NULL, links TEXT NOT NULL,
  stored INTEGER NOT NULL, rights TEXT NOT NULL, day TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS unread (
  url TEXT PRIMARY KEY, kind TEXT NOT NULL, size INTEGER NOT NULL, reason TEXT NOT NULL, day TEXT NOT NULL
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

    def see(self, url: str, seen: Seen, rights: Rights) -> None:
        """Remember an address, what it says of its use, and that it says so today."""
        said = json.dumps(asdict(rights))
        row = (url, seen.etag, seen.modified, seen.digest, json.dumps(seen.links), int(seen.stored), said, _today())
        self._connection.execute("INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        self._connection.execute("DELETE FROM unread WHERE url = ?", (url,))

    def note(self, url: str, kind: str, size: int, reason: str) -> None:
        """Remember that what an address answered today is left out of corpus/: its type, its size in bytes and why."""
        row = (url, kind, size, reason, _today())
        self._connection.execute("INSERT OR REPLACE INTO unread VALUES (?, ?, ?, ?, ?)", row)

    def unread(self) -> list[tuple[str, str, int, str, str]]:
        """What was left out, as it was noted and the ISO 8601 date of that, by address."""
        return self._connection.execute("SELECT url, kind, size, reason, day FROM unread ORDER BY url").fetchall()

    def forget(self, url: str) -> None:
        """Of an address that is gone."""
        for table in ("pages", "unread"):
            self._connection.execute(f"DELETE FROM {table} WHERE url = ?", (url,))  # noqa: S608  names of our own

    def commit(self) -> None:
        """Make everything so far durable."""
        self._connection.commit()

    def close(self) -> None:
        """Drop what is not committed."""
        self._connection.close()


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
