"""What an index knows of releases: the fingerprint of every text, which are one, and who stands for whom."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping

from indexer.deduplication.fingerprints import LEAST, SHARED, TextFingerprint, are_duplicates, canonical_of, group_of

SCHEMA = """
CREATE TABLE IF NOT EXISTS fingerprints (number INTEGER PRIMARY KEY, document TEXT UNIQUE, said TEXT NOT NULL, shingles BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS shingles (shingle INTEGER, fingerprint INTEGER, PRIMARY KEY (shingle, fingerprint)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pairs (one TEXT, other TEXT, PRIMARY KEY (one, other)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS memberships (document TEXT PRIMARY KEY, membership TEXT NOT NULL) WITHOUT ROWID;
"""
COMMON = 200
"""Texts that have a shingle before it says nothing of any of them: a form's, not a release's."""

_DROP_COMMON = """
DELETE FROM fresh WHERE shingle IN (
  SELECT shingle FROM shingles WHERE shingle IN (SELECT shingle FROM fresh) GROUP BY shingle HAVING count(*) >= ?
)
"""
_NEAR = """
SELECT fresh.fingerprint, shingles.fingerprint FROM fresh JOIN shingles USING (shingle)
WHERE fresh.fingerprint != shingles.fingerprint GROUP BY fresh.fingerprint, shingles.fingerprint HAVING sum(fresh.length) >= ?
"""


class DuplicateGroups:
    """Of one catalogue; the same for the same documents, whatever order they came in."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._put: dict[str, TextFingerprint | None] = {}

    def put(self, id: str, fingerprint: TextFingerprint | None) -> None:
        """Take a document's fingerprint in place of the one it had; None where it leaves, or is too short to have one."""
        self._put[id] = fingerprint

    def settle(self, text_of: Callable[[str], str]) -> dict[str, tuple[str, list[str]]]:
        """Every document whose release may be another than before -> its canonical and all members, sorted."""
        touched: set[str] = set()
        for id in self._put:
            if self._drop(id) or self._put[id]:
                touched |= {id, *self._partners(id)}
                self._connection.execute("DELETE FROM pairs WHERE one = ?", (id,))
                self._connection.execute("DELETE FROM pairs WHERE other = ?", (id,))
        for one, other in self._near(self._enter(fingerprint for fingerprint in self._put.values() if fingerprint)):
            if are_duplicates(one, other, text_of):
                both = ((one.id, other.id), (other.id, one.id))
                self._connection.executemany("INSERT OR IGNORE INTO pairs VALUES (?, ?)", both)
                touched.add(other.id)
        self._put.clear()
        return self._groups(touched)

    def documents(self) -> set[str]:
        """Ids of the documents that have fingerprints here."""
        return {id for (id,) in self._connection.execute("SELECT document FROM fingerprints")}

    def membership(self, id: str) -> str:
        """What the engine was last told of a document's release."""
        row = self._connection.execute("SELECT membership FROM memberships WHERE document = ?", (id,)).fetchone()
        return row[0] if row else ""

    def set_membership(self, id: str, membership: str) -> None:
        """Remember what the engine was told."""
        self._connection.execute("DELETE FROM memberships WHERE document = ?", (id,))
        if membership:
            self._connection.execute("INSERT INTO memberships VALUES (?, ?)", (id, membership))

    def _groups(self, ids: Iterable[str]) -> dict[str, tuple[str, list[str]]]:
        found: dict[str, tuple[str, list[str]]] = {}
        for id in sorted(ids):
            if id not in found:
                members = group_of(id, self._partners)
                canonical = canonical_of(filter(None, map(self._trace, members))) if len(members) > 1 else id
                found |= dict.fromkeys(members, (canonical, sorted(members)))
        return found

    def _partners(self, id: str) -> set[str]:
        return {other for (other,) in self._connection.execute("SELECT other FROM pairs WHERE one = ?", (id,))}

    def _drop(self, id: str) -> bool:
        """Forget a document's fingerprint; whether it had one."""
        row = self._connection.execute(
            "SELECT number, said, shingles FROM fingerprints WHERE document = ?", (id,)
        ).fetchone()
        if row:
            shingles = ((shingle, row[0]) for shingle in TextFingerprint.unpacked(id, *row[1:]).shingles)
            self._connection.executemany("DELETE FROM shingles WHERE shingle = ? AND fingerprint = ?", shingles)
            self._connection.execute("DELETE FROM fingerprints WHERE number = ?", row[:1])
        return bool(row)

    def _enter(self, fingerprints: Iterable[TextFingerprint]) -> dict[int, TextFingerprint]:
        """Keep fingerprints; their numbers. What they are made of stays in `fresh`, sorted: that is several times as fast."""
        execute = self._connection.execute
        insert = "INSERT INTO fingerprints (document, said, shingles) VALUES (?, ?, ?)"
        entered = {
            execute(insert, (fingerprint.id, *fingerprint.packed())).lastrowid or 0: fingerprint
            for fingerprint in fingerprints
        }
        execute(
            "CREATE TEMP TABLE IF NOT EXISTS fresh (shingle INTEGER, fingerprint INTEGER, length INTEGER, PRIMARY KEY (shingle, fingerprint)) WITHOUT ROWID"
        )
        execute("DELETE FROM fresh")
        rows = (
            (shingle, number, length)
            for number, fingerprint in entered.items()
            for shingle, length in fingerprint.shingles.items()
        )
        self._connection.executemany("INSERT INTO fresh VALUES (?, ?, ?)", sorted(rows))
        execute("INSERT INTO shingles SELECT shingle, fingerprint FROM fresh ORDER BY shingle")
        return entered

    def _near(self, entered: Mapping[int, TextFingerprint]) -> Iterator[tuple[TextFingerprint, TextFingerprint]]:
        """Each of them with each text that shares enough with it to be its release, if nothing else tells them apart."""
        self._connection.execute(_DROP_COMMON, (COMMON,))
        for number, other in self._connection.execute(_NEAR, (SHARED * LEAST,)).fetchall():
            if other not in entered:
                row = self._row("number", other)
                if row:
                    yield entered[number], TextFingerprint.unpacked(*row)
            elif number < other:
                yield entered[number], entered[other]

    def _trace(self, id: str) -> TextFingerprint | None:
        row = self._row("document", id)
        return TextFingerprint.unpacked(*row) if row else None

    def _row(self, column: str, value: str | int) -> tuple[str, str, bytes] | None:
        asked = f"SELECT document, said, shingles FROM fingerprints WHERE {column} = ?"  # noqa: S608  one of two names of ours
        row: tuple[str, str, bytes] | None = self._connection.execute(asked, (value,)).fetchone()
        return row
