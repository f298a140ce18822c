"""Files that are whole or absent, whatever happens while they are written."""

import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ModuleNotFoundError:  # said at once: without it no command can write
    raise SystemExit("regionsok: Regionsök går på Linux och macOS, och på Windows i WSL; starta det där.") from None

UNFINISHED = ".unfinished"
"""Suffix of a file that is being written; one that is left over was never acknowledged."""


def write_durably(path: Path, content: bytes) -> None:
    """Replace a file in one step and return when disk has it. Raises OSError."""
    with replacing(path) as file:
        file.write(content)


def copy_durably(source: Path, target: Path) -> None:
    """As `write_durably`, with the bytes of another file. Raises OSError."""
    with source.open("rb") as content, replacing(target) as file:
        shutil.copyfileobj(content, file)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write that takes the place of another when it is whole, and not at all when writing fails. Raises OSError."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}{UNFINISHED}")
    try:
        with unfinished.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
    except Exception:  # on a full disk it would take room
        unfinished.unlink(missing_ok=True)
        raise
    unfinished.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a folder's entries durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def locked(path: Path, on_wait: Callable[[], None] = lambda: None, patience: int = 0) -> Iterator[BinaryIO]:
    """A file to read and to append to, which one holds at a time; `on_wait` is called when another does after so many seconds. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        for left in range(patience * 10, -1, -1):
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(0.1 if left else 0)
        else:
            on_wait()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def connect_to_read(database: Path) -> sqlite3.Connection:
    """A connection that any thread may read with, also where a kill came in the middle of a commit. Raises sqlite3.Error.

    SQLite undoes such a commit before anybody reads, which takes writing: a copy is mended where that is not allowed.
    """
    journal = database.with_name(f"{database.name}-journal")
    for mode in ("ro", "rw"):
        try:
            return _connected(database, mode)
        except sqlite3.OperationalError:
            if not journal.exists():
                raise
    with tempfile.TemporaryDirectory() as folder:
        for path in (database, journal):
            shutil.copyfile(path, Path(folder, path.name))
        return _connected(Path(folder, database.name), "rw")


def _connected(database: Path, mode: str) -> sqlite3.Connection:
    where = f"{database.resolve().as_uri()}?mode={mode}"
    # A statement that is kept keeps the values it was last asked with.
    connection = sqlite3.connect(where, uri=True, check_same_thread=False, timeout=60, cached_statements=16)
    try:
        connection.execute("SELECT 1 FROM sqlite_schema").fetchone()  # opening a connection reads nothing
    except sqlite3.Error:
        connection.close()
        raise
    return connection
