"""Files that are whole or absent, whatever happens while they are written."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

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
    with unfinished.open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a folder's entries durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
