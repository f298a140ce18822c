"""The duplicate groups of an index: the fingerprint of every text and which pairs are duplicates."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import msgpack

from indexer.catalogue._table import QUERIES, Table
from indexer.deduplication.fingerprints import LEAST, SHARED, TextFingerprint, are_duplicates, canonical_of

COMMON = 200
"""Texts that have a shingle before it says nothing of any of them: it is a form's, not one text's."""

packed, unpacked = msgpack.Encoder().encode, msgpack.Decoder(TextFingerprint).decode
"""What is kept of a fingerprint, some 11 bytes of each shingle, and the fingerprint that it was."""


class DuplicateGroups(Table):
    """Of one catalogue; the same for the same documents, whatever order they came in."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self._put: dict[str, TextFingerprint | None] = {}

    def put(self, id: str, fingerprint: TextFingerprint | None) -> None:
        """Take a document's fingerprint in place of the one it had; None where it leaves, or is too short to have one."""
        self._put[id] = fingerprint

    def settle(self, text_of: Callable[[str], str], others: Iterable[str] = ()) -> dict[str, tuple[str, list[str]]]:
        """Every document whose group may have changed, and others -> its canonical document and all members, sorted."""
        had = set(self._column(QUERIES["known_fingerprints"], json.dumps([*self._put])))
        touched = {*had, *others, *(id for id, fingerprint in self._put.items() if fingerprint)}
        for id in had:
            touched |= self._drop(id)
        for one, other in self._near(self._enter(fingerprint for fingerprint in self._put.values() if fingerprint)):
            if are_duplicates(one, other, text_of):
                self._execute("INSERT OR IGNORE INTO pairs VALUES (?, ?)", (one.id, other.id))
                touched.add(other.id)
        self._put.clear()
        return self._groups(touched)

    def documents(self) -> set[str]:
        """Ids of the documents that have fingerprints here."""
        return set(self._column("SELECT document FROM fingerprints"))

    def _groups(self, ids: Iterable[str]) -> dict[str, tuple[str, list[str]]]:
        groups: dict[str, tuple[str, list[str]]] = {}
        for id in sorted(ids):
            if id not in groups:
                members = self.members(id)
                known = (one for member in members for one in self._known("document", member).values())
                groups |= dict.fromkeys(members, (canonical_of(known) if len(members) > 1 else id, members))
        return groups

    def members(self, id: str) -> list[str]:
        """All that a document is one release with, itself too, directly or over others, sorted."""
        return self._column(QUERIES["members_of"], id)

    def _drop(self, id: str) -> set[str]:
        """Forget a document's fingerprint and pairs; those that it was paired with."""
        for number, fingerprint in self._known("document", id).items():
            shingles = ((shingle, number) for shingle in fingerprint.shingles)
            self._executemany("DELETE FROM shingles WHERE shingle = ? AND fingerprint = ?", shingles)
        self._execute("DELETE FROM fingerprints WHERE document = ?", (id,))
        partners = self._column("SELECT other FROM pairs WHERE one = ?", id)
        self._execute("DELETE FROM pairs WHERE one = ?", (id,))
        return set(partners)

    def _enter(self, fingerprints: Iterable[TextFingerprint]) -> dict[int, TextFingerprint]:
        """Keep fingerprints; their numbers. Their shingles stay in `fresh`, sorted by SQLite: that is several times as fast."""
        (last,) = self._column("SELECT ifnull(max(number), 0) FROM fingerprints")
        entered = dict(enumerate(fingerprints, last + 1))
        rows = ((number, one.id, packed(one)) for number, one in entered.items())
        self._executemany("INSERT INTO fingerprints VALUES (?, ?, ?)", rows)
        self._execute("DELETE FROM fresh")
        self._execute(QUERIES["enter_fresh"], (last + 1, json.dumps([[*one.shingles] for one in entered.values()])))
        self._execute("INSERT INTO shingles SELECT shingle, fingerprint FROM fresh ORDER BY shingle, fingerprint")
        return entered

    def _near(self, entered: Mapping[int, TextFingerprint]) -> Iterator[tuple[TextFingerprint, TextFingerprint]]:
        """Each of them with each text that shares enough with it to be its duplicate, if nothing else tells them apart."""
        self._execute(QUERIES["drop_common"], (COMMON,))
        shared: dict[tuple[int, int], int] = defaultdict(int)
        for number, other, shingle in self._execute("SELECT * FROM near"):
            shared[number, other] += entered[number].shingles[shingle]
        for number, other in (pair for pair, length in shared.items() if length >= SHARED * LEAST):
            yield entered[number], entered.get(other) or self._known("number", other)[other]

    def _known(self, column: str, value: str | int) -> dict[int, TextFingerprint]:
        """By number, the one fingerprint that has a value, or none."""
        question = f"SELECT number, packed FROM fingerprints WHERE {column} = ?"  # noqa: S608  one of two names of ours
        return {number: unpacked(kept) for number, kept in self._execute(question, (value,))}
