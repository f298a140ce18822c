"""What an index knows of releases: the trace of every text, which are one, and who stands for whom."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from indexer.duplicates import LEAST, SHARED, Trace, group_of, head_of, same_release

SCHEMA = """
CREATE TABLE IF NOT EXISTS traces (number INTEGER PRIMARY KEY, document TEXT UNIQUE, said TEXT NOT NULL, pieces BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS pieces (piece INTEGER, trace INTEGER, PRIMARY KEY (piece, trace)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pairs (one TEXT, other TEXT, PRIMARY KEY (one, other)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS folds (document TEXT PRIMARY KEY, fold TEXT NOT NULL) WITHOUT ROWID;
"""
COMMON = 200
"""Texts that have a piece before it says nothing of any of them: a form's, not a release's."""


class Releases:
    """Of one catalogue; the same for the same documents, whatever order they came in."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._changed: set[str] = set()

    def put(self, id: str, trace: Trace | None) -> None:
        """Take a document's trace in place of the one it had; None where it leaves, or is too short to have one."""
        row = self._connection.execute("SELECT number, said, pieces FROM traces WHERE document = ?", (id,)).fetchone()
        if row:
            old = Trace.unpacked(id, *row[1:])
            self._connection.executemany(
                "DELETE FROM pieces WHERE piece = ? AND trace = ?", ((piece, row[0]) for piece in old.pieces)
            )
            self._connection.execute("DELETE FROM traces WHERE number = ?", row[:1])
        if trace:
            number = self._connection.execute(
                "INSERT INTO traces (document, said, pieces) VALUES (?, ?, ?)", (id, *trace.packed())
            ).lastrowid
            self._connection.executemany(
                "INSERT INTO pieces VALUES (?, ?)", ((piece, number) for piece in trace.pieces)
            )
        if row or trace:
            self._changed.add(id)

    def settle(self) -> dict[str, tuple[str, list[str]]]:
        """Every document whose release may be another than before -> its head and all members, sorted."""
        touched = set(self._changed)
        for id in self._changed:
            touched |= self._partners(id)
            self._connection.execute("DELETE FROM pairs WHERE one = ?", (id,))
            self._connection.execute("DELETE FROM pairs WHERE other = ?", (id,))
        for id in sorted(self._changed):
            touched |= self._pair(id)
        self._changed.clear()
        return self._groups(touched)

    def distrust(self, ids: Iterable[str]) -> None:
        """Of these the engine may have been told what was then forgotten: tell it again."""
        for id in ids:
            self.set_fold(id, "?")
            self._changed.add(id)

    def fold(self, id: str) -> str:
        """What the engine was last told of a document's release."""
        row = self._connection.execute("SELECT fold FROM folds WHERE document = ?", (id,)).fetchone()
        return row[0] if row else ""

    def set_fold(self, id: str, fold: str) -> None:
        """Remember what the engine was told."""
        self._connection.execute("DELETE FROM folds WHERE document = ?", (id,))
        if fold:
            self._connection.execute("INSERT INTO folds VALUES (?, ?)", (id, fold))

    def _groups(self, ids: Iterable[str]) -> dict[str, tuple[str, list[str]]]:
        found: dict[str, tuple[str, list[str]]] = {}
        for id in sorted(ids):
            if id not in found:
                members = group_of(id, self._partners)
                head = head_of(filter(None, map(self._trace, members))) if len(members) > 1 else id
                found |= dict.fromkeys(members, (head, sorted(members)))
        return found

    def _partners(self, id: str) -> set[str]:
        return {other for (other,) in self._connection.execute("SELECT other FROM pairs WHERE one = ?", (id,))}

    def _pair(self, id: str) -> set[str]:
        trace = self._trace(id)
        others = {other.id for other in self._near(trace) if same_release(trace, other)} if trace else set()
        pairs = [pair for other in others for pair in ((id, other), (other, id))]
        self._connection.executemany("INSERT OR IGNORE INTO pairs VALUES (?, ?)", pairs)
        return others

    def _near(self, trace: Trace) -> Iterator[Trace]:
        """Those that share enough with a text to be its release, if nothing else tells them apart."""
        shared: dict[int, int] = {}
        for piece, length in trace.pieces.items():
            rows = self._connection.execute(
                "SELECT trace FROM pieces WHERE piece = ? LIMIT ?", (piece, COMMON)
            ).fetchall()
            for (number,) in rows if len(rows) < COMMON else ():
                shared[number] = shared.get(number, 0) + length
        for number, length in shared.items():
            if length >= SHARED * LEAST:
                row = self._row("number", number)
                if row and row[0] != trace.id:
                    yield Trace.unpacked(*row)

    def _trace(self, id: str) -> Trace | None:
        row = self._row("document", id)
        return Trace.unpacked(*row) if row else None

    def _row(self, column: str, value: str | int) -> tuple[str, str, bytes] | None:
        asked = f"SELECT document, said, pieces FROM traces WHERE {column} = ?"  # noqa: S608  one of two names of ours
        row: tuple[str, str, bytes] | None = self._connection.execute(asked, (value,)).fetchone()
        return row
