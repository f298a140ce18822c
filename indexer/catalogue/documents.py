"""Which candidate versions of documents the files give, and which one of each document is indexed."""

from __future__ import annotations

from msgspec import Struct, structs

from indexer.catalogue._table import Table


class Precedence(Struct, frozen=True, order=True):
    """The version with the greatest is indexed; the fields count in the order they stand in, so that no order of reading matters."""

    is_page: bool
    """An entry of a feed is often cut short, so it never beats the page."""
    fetched_at: str
    published: str
    added: str
    content: str
    """Digest of what stands in the source."""


class CandidateVersion(Struct, frozen=True):
    """A document as one file gives it."""

    id: str
    path: str
    precedence: Precedence
    digest: str
    """Of the document as the engine keeps it."""
    until: str = ""
    """ISO 8601, the last day that it may be in the index; empty: always."""

    def beats(self, other: CandidateVersion) -> bool:
        """Whether this version is indexed rather than another file's; of equal ones the first path's is."""
        return (self.precedence, other.path) > (other.precedence, self.path)


class EnteredVersion(Struct, frozen=True):
    """A candidate version as the catalogue has it."""

    version: CandidateVersion
    round: int
    """In which its file was last seen to give it."""
    indexed: bool


class Documents(Table):
    """Of one catalogue."""

    def paths(self) -> set[str]:
        """Every file that gives a version."""
        return set(self._column("SELECT DISTINCT path FROM versions"))

    def paths_of(self, id: str) -> list[str]:
        """The files that give a version of a document."""
        return self._column("SELECT path FROM versions WHERE id = ?", id)

    def ids_of(self, path: str) -> list[str]:
        """Ids of the documents of a file, whether or not another file's version is indexed."""
        return self._column("SELECT id FROM versions WHERE path = ? ORDER BY id", path)

    def versions(self, id: str) -> list[EnteredVersion]:
        """Every version of a document."""
        rows = self._execute("SELECT * FROM versions WHERE id = ?", (id,))
        return [
            EnteredVersion(CandidateVersion(id, path, Precedence(*precedence), digest, until), round, bool(indexed))
            for id, path, *precedence, digest, until, round, indexed in rows
        ]

    def enter(self, entered: EnteredVersion) -> None:
        """Take a version in place of the one that its file gave; where it is indexed, no other of the document is."""
        version = entered.version
        if entered.indexed:
            self._execute("UPDATE versions SET indexed = 0 WHERE id = ? AND indexed", (version.id,))
        first, last = (version.id, version.path), (version.digest, version.until, entered.round, entered.indexed)
        row = (*first, *structs.astuple(version.precedence), *last)
        self._execute("INSERT OR REPLACE INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    def carry_over(self, path: str, earlier: int, round: int) -> None:
        """Count what a file gave in an earlier round, which was interrupted, as given in this one."""
        self._execute("UPDATE versions SET round = ? WHERE path = ? AND round = ?", (round, path, earlier))

    def not_given_since(self, path: str, round: int) -> list[tuple[str, bool]]:
        """Ids of the versions that a file last gave before a round, and whether they are indexed, or keep others out of the index."""
        query = "SELECT id, indexed OR until > '' FROM versions WHERE path = ? AND round < ?"
        return [(id, bool(indexed)) for id, indexed in self._execute(query, (path, round))]

    def withdraw(self, id: str, path: str | None = None) -> None:
        """Drop the version of a document that a file gave, or every version."""
        self._execute("DELETE FROM versions WHERE id = ?1 AND path = ifnull(?2, path)", (id, path))

    def leave(self, id: str) -> None:
        """The index no longer holds a document; its versions are known."""
        self._execute("UPDATE versions SET indexed = 0 WHERE id = ?", (id,))

    def over(self, day: str) -> set[str]:
        """Ids of the documents that the index holds and must not any more on a day."""
        return set(self._column("SELECT id FROM versions WHERE until > '' AND until < ? AND indexed", day))

    def indexed(self) -> set[str]:
        """Ids of the documents that the index holds."""
        return set(self._column("SELECT id FROM versions WHERE indexed"))

    def is_indexed(self, id: str) -> bool:
        """Whether the index holds a document."""
        return bool(self._column("SELECT 1 FROM versions WHERE id = ? AND indexed", id))

    def count(self) -> int:
        """How many documents the index holds."""
        return int(*self._column("SELECT count(*) FROM versions WHERE indexed"))
