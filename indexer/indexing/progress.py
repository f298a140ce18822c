"""What a run tells whoever waits for it."""

from collections.abc import Callable

from msgspec import Struct

from indexer.indexing.deciding import Verdict


class Change(Struct, frozen=True):
    """What became of one document that was read."""

    id: str
    verdict: Verdict
    path: str
    member: str
    """Where in the file it stands."""


class Progress(Struct, frozen=True):
    """Called while a run goes on."""

    waiting: Callable[[], None] = lambda: None
    """Another writer holds the lock."""
    read: Callable[[int, int], None] = lambda done, all: None
    """So many bytes are read of all that must be."""
    committed: Callable[[int], None] = lambda documents: None
    """So many documents are safe and can be found."""
    changed: Callable[[Change], None] = lambda change: None
    """A document was read, perhaps again; a run keeps no list of them, which would grow with corpus/."""


SILENT = Progress()
"""Nobody listens."""
