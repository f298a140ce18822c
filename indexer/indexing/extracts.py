"""index/extracts.sqlite: what was taken out of contents, by the digest of their bytes and of the code that read them.

A host's lines, a rebuild, a correction and a run that goes on after a stop all read contents that were read before. Nothing
rests on this file: it is safe to delete, is deleted where it is broken, and a run goes on without it where it cannot be written.
"""

import logging
import pickle
import sqlite3
import time
import zlib
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec

from indexer.indexing.index_fingerprint import reading_fingerprint
from indexer.ingestion.parts import ParsedDocument, ParsedPart, RefusedPart, UnparsedPart

MOST = 4_000_000_000
"""Bytes of the file from which nothing is added: a page of 40 kB leaves 2 kB, so two million of them."""
COMMIT = 500
"""Extracts between two commits: what a kill costs is parsed again."""
KEY = 16
"""Bytes of a key."""
_OPEN = """PRAGMA synchronous = OFF; PRAGMA secure_delete = ON;
CREATE TABLE IF NOT EXISTS extracts (key BLOB PRIMARY KEY, run INTEGER NOT NULL, extract BLOB NOT NULL);"""
_ROOM = "SELECT 1 FROM pragma_page_count, pragma_page_size WHERE page_count * page_size < ?"
_log = logging.getLogger(__package__)


def packed(part: ParsedPart | RefusedPart) -> bytes | None:
    """What is kept of a part; nothing of a refusal, which may have been of that moment, nor of what JSON cannot hold."""
    with suppress(UnicodeEncodeError):
        return zlib.compress(msgspec.json.encode(part.document), 1) if isinstance(part, ParsedPart) else None
    return None


def unpacked(extract: bytes) -> ParsedDocument:
    """From what `packed` gave. Raises zlib.error or msgspec.DecodeError for anything else."""
    return msgspec.json.decode(zlib.decompress(extract), type=ParsedDocument)


class Extracts:
    """Open for one run, from the first content that is asked for. Of a whole run, what it does not ask for belongs to no file."""

    def __init__(self, index: Path, whole: bool) -> None:
        self._path = index / "extracts.sqlite"
        self._whole = whole
        self._connection: sqlite3.Connection | None = None
        self._usable = True
        self._room: bool | None = None
        """Looked at once a commit."""
        self._run, self._kept = time.time_ns(), 0

    def key(self, part: UnparsedPart) -> bytes:
        """Of a content and of what reads it."""
        digest = blake2b(pickle.dumps(part.parser), digest_size=KEY, key=reading_fingerprint())
        digest.update(part.content)
        return digest.digest()

    def has_room(self) -> bool:
        """Whether what is taken out of a content can be kept."""
        if self._room is None:
            self._room = bool(self._do(_ROOM, MOST))
        return self._usable and self._room

    def find(self, key: bytes) -> ParsedDocument | None:
        """What was taken out of a content before."""
        for extract, run in self._do("SELECT extract, run FROM extracts WHERE key = ?", key):
            with suppress(zlib.error, msgspec.DecodeError, TypeError):
                document = unpacked(extract[KEY:])
                if extract[:KEY] == key:
                    if self._whole and run != self._run:
                        self._do("UPDATE extracts SET run = ? WHERE key = ?", self._run, key)
                    return document
        return None

    def keep(self, key: bytes, extract: bytes) -> None:
        """Remember what was taken out, where there is room."""
        if self.has_room():
            self._kept += 1
            # Its key stands before it, since a broken file may give another's.
            self._do("INSERT OR REPLACE INTO extracts VALUES (?, ?, ?)", key, self._run, key + extract)
            if self._kept % COMMIT == 0:
                self._do("COMMIT")
                self._room = None

    def drop(self, all: bool) -> None:
        """At the end of a run: what a whole one did not ask for, or everything, since what is forgotten may be in it."""
        if (all or self._whole) and self._path.exists():
            self._do("DELETE FROM extracts WHERE run != ? OR ?", self._run, all)

    def close(self) -> None:
        """Let go of the file."""
        self._usable = False
        if self._connection:
            with suppress(sqlite3.Error):
                self._connection.commit()
            self._connection.close()
            self._connection = None

    def _do(self, statement: str, *values: object) -> list[Any]:
        try:
            if self._usable and self._connection is None:
                self._connection = sqlite3.connect(self._path, timeout=60)
                self._connection.executescript(_OPEN)
            return self._connection.execute(statement, values).fetchall() if self._connection else []
        except sqlite3.Error as error:
            _log.warning("extracts given up", extra={"reason": str(error)})
            self.close()
            for path in self._path.parent.glob(f"{self._path.name}*"):
                path.unlink(missing_ok=True)
            return []
