"""Files -> their parts, parsed, on all cores where there is much: taking the text out of pages is most of the work with a crawl.

What a process gives is what stands in a content. What the host repeats is taken out later, by the one who knows all of it.

It is kept in index/extracts.sqlite, by the digest of the content's bytes and of the code that read them: a host's lines, a
rebuild, a correction and a run that goes on after a stop all read contents that were read before. Nothing rests on this file: it
is safe to delete, is deleted where it is broken, and a run goes on without it where it cannot be written.
"""

import gc
import os
import pickle
import signal
import sqlite3
import sys
import threading
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress
from hashlib import blake2b
from itertools import accumulate, islice
from multiprocessing import forkserver, get_context, parent_process
from pathlib import Path
from types import ModuleType
from typing import Any

from msgspec import DecodeError, Struct, json

from indexer.catalogue import FileProgress
from indexer.corpus import CorpusFile
from indexer.documents import Medium
from indexer.indexing.deciding import log
from indexer.indexing.index_fingerprint import reading_fingerprint
from indexer.ingestion import parts_of
from indexer.ingestion.parts import ParsedDocument, ParsedPart, Part, RefusedPart, UnparsedPart, parsed

MANY = 1_000_000
"""Bytes of files from which processes are worth their start."""
AHEAD = 16_000_000
"""Bytes of contents that are taken before their turn, of however many files: what a large archive takes of memory."""
HELD = 8_000_000
"""Characters of what an early reading gave that are kept for the next, each part counted as 1,000 more: some 40 MB."""
MOST = 4_000_000_000
"""Bytes of the file from which nothing is added: a page of 40 kB leaves 2 kB, so two million of them."""
COMMIT = 500
"""Extracts between two commits: what a kill costs is parsed again."""
KEY = 16
"""Bytes of a key."""
_OPEN = """PRAGMA synchronous = OFF; PRAGMA secure_delete = ON;
CREATE TABLE IF NOT EXISTS extracts (key BLOB PRIMARY KEY, run INTEGER NOT NULL, extract BLOB NOT NULL);"""
_ROOM = "FROM pragma_page_count, pragma_page_size WHERE page_count * page_size < ?"

Parsed = ParsedPart | RefusedPart
Turns = Iterator[tuple[CorpusFile, Parsed | None]]
"""Parts with their files; None at the end of each file."""
Begun = Mapping[str, FileProgress]
"""Path -> how far a file is read already."""
Tell = Callable[[int, int], None]
"""How many bytes are read, of how many."""


class Workers:
    """The processes of one run, started when there is enough to do, ended with it. As many as there are cores: a second to start, 150 MB that they share and some 60 MB of each."""

    pool: ProcessPoolExecutor | None = None
    """None before there are any."""

    def prepare(self) -> ProcessPoolExecutor:
        """Let what all need be loaded, by the process that they are copies of, beside what is done meanwhile."""
        if self.pool is None:
            forkserver.set_forkserver_preload(["indexer.indexing.preloading"])
            forkserver.ensure_running()
            self.pool = ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("forkserver"), initializer=_begin)
        return self.pool

    def submit(self, do: Callable[..., Any], *args: object) -> Future[Any]:
        """Let one of them do something; the first time starts them.

        None runs the script that started it: without a guard that would build again, inside the first build.
        """
        script, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
        try:
            return self.prepare().submit(do, *args)  # which starts one where all are busy
        finally:
            sys.modules["__main__"] = script

    def close(self) -> None:
        """Let go of them."""
        if self.pool:
            self.pool.shutdown(cancel_futures=True)


def _begin() -> None:
    """An interrupt is the parent's to answer, and a parent that was killed leaves nobody behind."""
    gc.disable()  # nothing of ours refers to itself, and looking through all words that are remembered costs a sixth
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)


def packed(part: ParsedPart | RefusedPart) -> bytes | None:
    """What is kept of a part; nothing of a refusal, which may have been of that moment, nor of what JSON cannot hold."""
    with suppress(UnicodeEncodeError):
        return zlib.compress(json.encode(part.document), 1) if isinstance(part, ParsedPart) else None
    return None


def unpacked(extract: bytes) -> ParsedDocument:
    """From what `packed` gave. Raises zlib.error or DecodeError for anything else."""
    return json.decode(zlib.decompress(extract), type=ParsedDocument)


class Extracts:
    """Open for one run, from the first content that is asked for. Of a whole run, what it does not ask for belongs to no file."""

    def __init__(self, index: Path, whole: bool) -> None:
        self._path, self._whole, self._usable = index / "extracts.sqlite", whole, True
        self._connection: sqlite3.Connection | None = None
        self._run, self._kept = time.time_ns(), 0

    def key(self, part: UnparsedPart) -> bytes:
        """Of a content and of what reads it."""
        return blake2b(pickle.dumps(part.parser) + part.content, digest_size=KEY, key=reading_fingerprint()).digest()

    def has_room(self) -> bool:
        """Whether what is taken out of a content can be kept."""
        return bool(self._do(f"SELECT 1 {_ROOM}", MOST))

    def find(self, key: bytes) -> ParsedDocument | None:
        """What was taken out of a content before."""
        for extract, run in self._do("SELECT extract, run FROM extracts WHERE key = ?", key):
            with suppress(zlib.error, DecodeError, TypeError):
                if extract[:KEY] == key:
                    if self._whole and run != self._run:
                        self._do("UPDATE extracts SET run = ? WHERE key = ?", self._run, key)
                    return unpacked(extract[KEY:])
        return None

    def keep(self, key: bytes, extract: bytes) -> None:
        """Remember what was taken out, where there is room."""
        self._kept += 1
        # Its key stands before it, since a broken file may give another's.
        self._do(f"INSERT OR REPLACE INTO extracts SELECT ?, ?, ? {_ROOM}", key, self._run, key + extract, MOST)
        if self._kept % COMMIT == 0:
            self._do("COMMIT")

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
            log.warning("extracts given up", extra={"reason": str(error)})
            self.close()
            for path in self._path.parent.glob(f"{self._path.name}*"):
                path.unlink(missing_ok=True)
            return []


class _Waiting(Struct):
    """A part in its turn; the end of its file has none."""

    file: CorpusFile
    part: Part | None
    size: int = 0
    """Bytes of its content."""
    key: bytes = b""
    """Of a content that was not found among the extracts."""
    extract: Future[Parsed | bytes] | None = None
    """What another process takes out of it; bytes where it can be kept."""


class Reading:
    """Of one run."""

    def __init__(self, workers: Workers, document_bytes: int, extracts: Extracts) -> None:
        self._workers, self._document_bytes, self._extracts = workers, document_bytes, extracts
        self._held: dict[str, list[Parsed | None]] = {}
        """Path -> what an early reading gave; None ends a file of which that is all."""
        self._room = HELD

    def early(self, files: Iterable[CorpusFile], begun: Begun, at: Tell) -> Iterator[Parsed]:
        """The parts that `parts` will give; what stands as a text in its file is left out, and what follows it there.

        It ends where what it takes out of contents cannot be kept.
        """
        for file, part in self.parts(files, begun, at, early=True):
            if self._room > 0 and not begun[file.source.origin].parts:
                self._held.setdefault(file.source.origin, []).append(part)
                self._room -= len(part.document.text) + 1_000 if isinstance(part, ParsedPart) else 1_000
            if self._room < HELD - 2 * MANY:  # so much text is to be analysed, though all of it was taken out before
                self._workers.prepare()
            if part:
                yield part

    def parts(self, files: Iterable[CorpusFile], begun: Begun, at: Tell, early: bool = False) -> Turns:
        """Every part in order, and None at the end of each file.

        `at` is told how many bytes of all the files are read.
        """
        queue, held, files = deque[_Waiting](), 0, list(files)
        are_many = sum(file.size for file in files) >= MANY
        for waiting in self._waiting(files, begun, at, early):
            if are_many and isinstance(waiting.part, UnparsedPart):
                waiting.extract = self._workers.submit(_extract, waiting.part)
            queue.append(waiting)
            held += waiting.size
            while queue and (held > AHEAD or not queue[0].extract or queue[0].extract.done()):
                first = queue.popleft()
                held -= first.size
                yield first.file, self._parsed(first)
        yield from ((waiting.file, self._parsed(waiting)) for waiting in queue)

    def _waiting(self, files: list[CorpusFile], begun: Begun, at: Tell, early: bool) -> Iterator[_Waiting]:
        *starts, total = accumulate((file.size for file in files), initial=0)
        for file, start in zip(files, starts, strict=True):
            held = self._held.pop(file.source.origin, [])
            parts = parts_of(file.source, self._document_bytes, lambda byte: at(start + byte, total))  # noqa: B023  read before the next
            for part in held[:-1] if None in held else islice(parts, begun[file.source.origin].parts, None):
                is_text = isinstance(part, ParsedPart) and part.document.medium is Medium.TEXT
                if early and (is_text or not self._extracts.has_room()):
                    break
                yield self._found(file, part) if isinstance(part, UnparsedPart) else _Waiting(file, part)
            else:
                at(start + file.size, total)
                yield _Waiting(file, None)

    def _found(self, file: CorpusFile, part: UnparsedPart) -> _Waiting:
        key, size = self._extracts.key(part), len(part.content)
        document = self._extracts.find(key)
        return _Waiting(file, part.of(document), size) if document else _Waiting(file, part, size, key)

    def _parsed(self, waiting: _Waiting) -> Parsed | None:
        part = waiting.part
        if not isinstance(part, UnparsedPart):
            return part
        extract = waiting.extract.result() if waiting.extract else _extract(part)
        if not isinstance(extract, bytes):
            return extract
        self._extracts.keep(waiting.key, extract)
        return part.of(unpacked(extract))


def _extract(part: UnparsedPart) -> Parsed | bytes:
    """What can be kept of a part, else the part. A process that does not look for what refers to itself, as the tree of a page
    does, looks only through what is new.
    """
    result = parsed(part)
    if not gc.isenabled():
        gc.collect(1)
    return packed(result) or result
