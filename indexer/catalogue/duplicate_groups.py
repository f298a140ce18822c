"""What an index knows of releases: the trace of every text, which are one, and who stands for whom."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping

from indexer.deduplication.fingerprints import LEAST, SHARED, Trace, group_of, head_of, same_release

SCHEMA = """
CREATE TABLE IF NOT EXISTS traces (number INTEGER PRIMARY KEY, document TEXT UNIQUE, said TEXT NOT NULL, pieces BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS pieces (piece INTEGER, trace INTEGER, PRIMARY KEY (piece, trace)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pairs (one TEXT, other TEXT, PRIMARY KEY (one, other)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS folds (document TEXT PRIMARY KEY, fold TEXT NOT NULL) WITHOUT ROWID;
"""
COMMON = 200
"""Texts that have a piece before it says nothing of any of them: a form's, not a release's."""

_DROP_COMMON = """
DELETE FROM fresh WHERE piece IN (
  SELECT piece FROM pieces WHERE piece IN (SELECT piece FROM fresh) GROUP BY piece HAVING count(*) >= ?
)
"""
_NEAR = """
SELECT fresh.trace, pieces.trace FROM fresh JOIN pieces USING (piece)
WHERE fresh.trace != pieces.trace GROUP BY fresh.trace, pieces.trace HAVING sum(fresh.length) >= ?
"""


class Releases:
    """Of one catalogue; the same for the same documents, whatever order they came in."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._put: dict[str, Trace | None] = {}

    def put(self, id: str, trace: Trace | None) -> None:
        """Take a document's trace in place of the one it had; None where it leaves, or is too short to have one."""
        self._put[id] = trace

    def settle(self, text_of: Callable[[str], str]) -> dict[str, tuple[str, list[str]]]:
        """Every document whose release may be another than before -> its head and all members, sorted."""
        touched: set[str] = set()
        for id in self._put:
            if self._drop(id) or self._put[id]:
                touched |= {id, *self._partners(id)}
                self._connection.execute("DELETE FROM pairs WHERE one = ?", (id,))
                self._connection.execute("DELETE FROM pairs WHERE other = ?", (id,))
        for one, other in self._near(self._enter(trace for trace in self._put.values() if trace)):
            if same_release(one, other, text_of):
                both = ((one.id, other.id), (other.id, one.id))
                self._connection.executemany("INSERT OR IGNORE INTO pairs VALUES (?, ?)", both)
                touched.add(other.id)
        self._put.clear()
        return self._groups(touched)

    def documents(self) -> set[str]:
        """Ids of the documents that have traces here."""
        return {id for (id,) in self._connection.execute("SELECT document FROM traces")}

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

    def _drop(self, id: str) -> bool:
        """Forget a document's trace; whether it had one."""
        row = self._connection.execute("SELECT number, said, pieces FROM traces WHERE document = ?", (id,)).fetchone()
        if row:
            pieces = ((piece, row[0]) for piece in Trace.unpacked(id, *row[1:]).pieces)
            self._connection.executemany("DELETE FROM pieces WHERE piece = ? AND trace = ?", pieces)
            self._connection.execute("DELETE FROM traces WHERE number = ?", row[:1])
        return bool(row)

    def _enter(self, traces: Iterable[Trace]) -> dict[int, Trace]:
        """Keep traces; their numbers. What they are made of stays in `fresh`, sorted: that is several times as fast."""
        execute = self._connection.execute
        insert = "INSERT INTO traces (document, said, pieces) VALUES (?, ?, ?)"
        entered = {execute(insert, (trace.id, *trace.packed())).lastrowid or 0: trace for trace in traces}
        execute(
            "CREATE TEMP TABLE IF NOT EXISTS fresh (piece INTEGER, trace INTEGER, length INTEGER, PRIMARY KEY (piece, trace)) WITHOUT ROWID"
        )
        execute("DELETE FROM fresh")
        rows = ((piece, number, length) for number, trace in entered.items() for piece, length in trace.pieces.items())
        self._connection.executemany("INSERT INTO fresh VALUES (?, ?, ?)", sorted(rows))
        execute("INSERT INTO pieces SELECT piece, trace FROM fresh ORDER BY piece")
        return entered

    def _near(self, entered: Mapping[int, Trace]) -> Iterator[tuple[Trace, Trace]]:
        """Each of them with each text that shares enough with it to be its release, if nothing else tells them apart."""
        self._connection.execute(_DROP_COMMON, (COMMON,))
        for number, other in self._connection.execute(_NEAR, (SHARED * LEAST,)).fetchall():
            if other not in entered:
                row = self._row("number", other)
                if row:
                    yield entered[number], Trace.unpacked(*row)
            elif number < other:
                yield entered[number], entered[other]

    def _trace(self, id: str) -> Trace | None:
        row = self._row("document", id)
        return Trace.unpacked(*row) if row else None

    def _row(self, column: str, value: str | int) -> tuple[str, str, bytes] | None:
        asked = f"SELECT document, said, pieces FROM traces WHERE {column} = ?"  # noqa: S608  one of two names of ours
        row: tuple[str, str, bytes] | None = self._connection.execute(asked, (value,)).fetchone()
        return row
