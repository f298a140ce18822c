"""The other names that the documents of an index give."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from indexer.metadata.aliases import Alias


class Aliases:
    """Of one catalogue."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def enter(self, aliases: Iterable[Alias]) -> None:
        """Keep the other names that a document gives."""
        rows = ((alias.document, alias.name, alias.other, alias.evidence) for alias in aliases)
        self._connection.executemany("INSERT OR IGNORE INTO aliases VALUES (?, ?, ?, ?)", rows)

    def drop(self, document: str) -> None:
        """Drop those of a document that leaves the index."""
        self._connection.execute("DELETE FROM aliases WHERE document = ?", (document,))

    def all(self) -> set[tuple[str, str, str]]:
        """Of each: the document, the name and the other name."""
        return set(self._connection.execute("SELECT document, name, other FROM aliases"))
