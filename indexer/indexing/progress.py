"""What a run tells whoever waits for it."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct


class Progress(Struct, frozen=True):
    """Called while a run goes on."""

    waiting: Callable[[], None] = lambda: None
    """Another writer holds the lock."""
    read: Callable[[int, int], None] = lambda done, all: None
    """So many bytes are read of all that must be."""
    committed: Callable[[int], None] = lambda documents: None
    """So many documents are safe and can be found."""


SILENT = Progress()
"""Nobody listens."""
