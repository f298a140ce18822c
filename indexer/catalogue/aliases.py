"""The other names that the documents of an index give."""

from collections.abc import Iterable

from indexer.catalogue._table import Table
from indexer.metadata.aliases import Alias


class Aliases(Table):
    """Of one catalogue."""

    def enter(self, aliases: Iterable[Alias]) -> None:
        """Keep the other names that a document gives."""
        rows = ((alias.document, alias.name, alias.other, alias.evidence) for alias in aliases)
        self._executemany("INSERT OR IGNORE INTO aliases VALUES (?, ?, ?, ?)", rows)

    def drop(self, document: str) -> None:
        """Drop those of a document that leaves the index."""
        self._execute("DELETE FROM aliases WHERE document = ?", (document,))

    def all(self) -> set[tuple[str, str, str]]:
        """Of each: the document, the name and the other name."""
        return set(self._execute("SELECT document, name, other FROM aliases"))
