"""What a generation holds and where it came from: files, claims and words, in one SQLite file beside the engine.

A claim is "this file gives a document with this id". Several files may claim an id; the best claim is indexed, by rank
and then the first path, so that no order of reading matters.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from indexer.catalogue import duplicate_groups, repeated_lines, words
from indexer.documents import Refusal
from indexer.metadata.aliases import Alias

_SCHEMA = """
CREATE TABLE IF NOT EXISTS numbers (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, stamp TEXT NOT NULL, refusals TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS begun (
  path TEXT PRIMARY KEY, stamp TEXT NOT NULL, round INTEGER NOT NULL, parts INTEGER NOT NULL, documents INTEGER NOT NULL,
  refusals TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS claims (
  id TEXT, path TEXT, rank TEXT NOT NULL, digest TEXT NOT NULL, seen INTEGER NOT NULL, indexed INTEGER NOT NULL,
  day TEXT NOT NULL,
  PRIMARY KEY (id, path)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS claims_by_path ON claims (path);
CREATE TABLE IF NOT EXISTS hidden (id TEXT, name TEXT, PRIMARY KEY (id, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS corrections (id TEXT PRIMARY KEY, correction TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS aliases (document TEXT, name TEXT, other TEXT, evidence TEXT NOT NULL, PRIMARY KEY (document, name, other))
WITHOUT ROWID;
"""


@dataclass(slots=True)
class Begun:
    """How far a file is read."""

    parts: int = 0
    documents: int = 0
    refusals: list[Refusal] = field(default_factory=list)


class Verdict(Enum):
    """What a claim means for the index."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    BEATEN = "beaten"
    """Another file has a better claim to the id."""
    REMOVED = "removed"
    """The id was removed by a person and is not taken in again."""
    FORGOTTEN = "forgotten"
    """It was forgotten, and leaves the file."""


@dataclass(frozen=True, slots=True)
class CandidateVersion:
    """One document that one file gives."""

    id: str
    path: str
    rank: str
    digest: str
    day: str
    """ISO 8601, when this version was fetched or added; empty where that is unknown."""

    def beats(self, path: str, rank: str) -> bool:
        """Whether this claim is indexed rather than another."""
        return self.rank > rank or (self.rank == rank and self.path < path)


class Catalogue:
    """Opened by the one writer; everything between two commits is one transaction."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, timeout=60, isolation_level=None)
        self._connection.executescript(_SCHEMA + words.SCHEMA + repeated_lines.SCHEMA + duplicate_groups.SCHEMA)
        self.words = words.Lexicon(self._connection)
        self.lines = repeated_lines.RepeatedLines(self._connection)
        self.duplicate_groups = duplicate_groups.DuplicateGroups(self._connection)
        self._connection.execute("PRAGMA cache_spill = off")
        self._connection.execute("BEGIN")
        self.round = self.number("round")
        """Of reading files; claims that a file no longer makes are of an earlier one."""

    def commit(self) -> None:
        """Make everything so far durable."""
        self._connection.execute("COMMIT")
        self._connection.execute("BEGIN")

    def close(self) -> None:
        """Drop what is not committed."""
        if self._connection.in_transaction:  # a full disk has ended it
            self._connection.execute("ROLLBACK")
        self._connection.close()

    def number(self, name: str) -> int:
        """A number kept under a name, 0 before it was set."""
        row = self._connection.execute("SELECT value FROM numbers WHERE name = ?", (name,)).fetchone()
        return row[0] if row else 0

    def set_number(self, name: str, value: int) -> None:
        """Keep a number under a name."""
        self._connection.execute("INSERT OR REPLACE INTO numbers VALUES (?, ?)", (name, value))

    def begin_round(self) -> None:
        """Files are read, each once, until the next round."""
        self.round += 1
        self.set_number("round", self.round)

    def stamps(self) -> dict[str, str]:
        """Path -> the stamp that the file had when it was read."""
        return dict(self._connection.execute("SELECT path, stamp FROM files"))

    def paths(self) -> set[str]:
        """Every file that was read or begun."""
        return {path for (path,) in self._connection.execute("SELECT path FROM files UNION SELECT path FROM claims")}

    def read(self, path: str, stamp: str, refusals: Iterable[Refusal]) -> None:
        """Remember that a file was read to its end, and what of it was refused."""
        self.forget_file(path)
        self._connection.execute("INSERT INTO files VALUES (?, ?, ?)", (path, stamp, _packed(refusals)))

    def begun(self, path: str, stamp: str) -> Begun:
        """How far an interrupted run came with a file, as it is; what it read is taken as read in this round."""
        asked = "SELECT round, parts, documents, refusals FROM begun WHERE path = ? AND stamp = ?"
        row = self._connection.execute(asked, (path, stamp)).fetchone()
        if row is None:
            return Begun()
        self._connection.execute("UPDATE claims SET seen = ? WHERE path = ? AND seen = ?", (self.round, path, row[0]))
        self._connection.execute("UPDATE begun SET round = ? WHERE path = ?", (self.round, path))
        return Begun(row[1], row[2], list(_unpacked(row[3])))

    def set_begun(self, path: str, stamp: str, begun: Begun) -> None:
        """Remember how far a file is read."""
        row = (path, stamp, self.round, begun.parts, begun.documents, _packed(begun.refusals))
        self._connection.execute("INSERT OR REPLACE INTO begun VALUES (?, ?, ?, ?, ?, ?)", row)

    def forget_file(self, path: str) -> None:
        """Let a file be read again from its beginning, or be gone."""
        self._connection.execute("DELETE FROM files WHERE path = ?", (path,))
        self._connection.execute("DELETE FROM begun WHERE path = ?", (path,))

    def refusals(self) -> Iterator[Refusal]:
        """Everything that is refused at present, by path."""
        for (text,) in self._connection.execute("SELECT refusals FROM files WHERE refusals != '[]' ORDER BY path"):
            yield from _unpacked(text)

    def enter(self, claim: CandidateVersion) -> Verdict:
        """Enter a claim and tell what to do with its document. Files that must be read again are forgotten."""
        rows = self._connection.execute(
            "SELECT path, rank, digest, seen, indexed FROM claims WHERE id = ?", (claim.id,)
        ).fetchall()
        mine = next((row for row in rows if row[0] == claim.path), None)
        if mine and mine[3] == self.round and not claim.rank > mine[1]:
            return Verdict.BEATEN
        others = [row for row in rows if row[0] != claim.path]
        best = all(claim.beats(path, rank) for path, rank, *_ in others)
        self._connection.execute(
            "INSERT OR REPLACE INTO claims VALUES (?, ?, ?, ?, ?, ?, ?)",
            (claim.id, claim.path, claim.rank, claim.digest, self.round, int(best), claim.day),
        )
        if not best:
            if mine and mine[4]:
                self.read_again(claim.id)
            return Verdict.BEATEN
        if others:
            self._connection.execute("UPDATE claims SET indexed = 0 WHERE id = ? AND path != ?", (claim.id, claim.path))
        indexed = next((row[2] for row in rows if row[4]), None)
        if indexed is None:
            return Verdict.ADDED
        return Verdict.UNCHANGED if indexed == claim.digest else Verdict.UPDATED

    def withdraw(self, path: str, all_of_it: bool = False) -> list[str]:
        """Drop the claims that a file no longer makes; the ids that must leave the index."""
        before = self.round + 1 if all_of_it else self.round
        rows = self._connection.execute(
            "SELECT id, indexed FROM claims WHERE path = ? AND seen < ?", (path, before)
        ).fetchall()
        self._connection.execute("DELETE FROM claims WHERE path = ? AND seen < ?", (path, before))
        gone = [id for id, indexed in rows if indexed]
        for id in gone:
            self.read_again(id)
        return gone

    def drop(self, id: str) -> None:
        """Drop every claim to an id."""
        self._connection.execute("DELETE FROM claims WHERE id = ?", (id,))

    def corrections(self) -> dict[str, str]:
        """Id -> the correction that its files were last read with."""
        return dict(self._connection.execute("SELECT id, correction FROM corrections"))

    def hidden(self) -> set[tuple[str, str]]:
        """Id and name of every document that is kept from answering for a name."""
        return set(self._connection.execute("SELECT id, name FROM hidden"))

    def set_hidden(self, hidden: Iterable[tuple[str, str]]) -> None:
        """Remember them all."""
        self._connection.execute("DELETE FROM hidden")
        self._connection.executemany("INSERT INTO hidden VALUES (?, ?)", hidden)

    def set_corrections(self, corrections: Mapping[str, str]) -> None:
        """Remember them all."""
        self._connection.execute("DELETE FROM corrections")
        self._connection.executemany("INSERT INTO corrections VALUES (?, ?)", corrections.items())

    def read_again(self, id: str) -> None:
        """Let the files that claim an id be read again."""
        for (path,) in self._connection.execute("SELECT path FROM claims WHERE id = ?", (id,)).fetchall():
            self.forget_file(path)

    def indexed(self) -> dict[str, str]:
        """Id -> digest of every document that the index holds."""
        return dict(self._connection.execute("SELECT id, digest FROM claims WHERE indexed"))

    def is_indexed(self, id: str) -> bool:
        """Whether the index holds a document."""
        return bool(self._connection.execute("SELECT 1 FROM claims WHERE id = ? AND indexed", (id,)).fetchone())

    def ids_of(self, path: str) -> list[str]:
        """Ids of the documents of a file, whether or not another file's version is indexed."""
        rows = self._connection.execute("SELECT id FROM claims WHERE path = ? ORDER BY id", (path,))
        return [id for (id,) in rows]

    def documents(self) -> int:
        """How many documents the index holds."""
        row = self._connection.execute("SELECT count(*) FROM claims WHERE indexed").fetchone()
        return int(row[0])

    def set_aliases(self, aliases: Iterable[Alias]) -> None:
        """Keep the other names that a document gives."""
        rows = ((alias.document, alias.name, alias.other, alias.evidence) for alias in aliases)
        self._connection.executemany("INSERT OR IGNORE INTO aliases VALUES (?, ?, ?, ?)", rows)

    def aliases(self) -> set[tuple[str, str, str]]:
        """Of each: the document, the name and the other name."""
        return set(self._connection.execute("SELECT document, name, other FROM aliases"))

    def drop_aliases(self, document: str) -> None:
        """Drop those of a document that leaves the index."""
        self._connection.execute("DELETE FROM aliases WHERE document = ?", (document,))


def _packed(refusals: Iterable[Refusal]) -> str:
    return json.dumps([[refusal.origin, refusal.reason] for refusal in refusals])


def _unpacked(text: str) -> Iterator[Refusal]:
    return (Refusal(origin, reason) for origin, reason in json.loads(text))
