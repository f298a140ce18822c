"""Files -> their parts, on all cores where there are many: taking the text out of pages is most of the work with a crawl.

What a process gives is what stands in the file. What the host repeats is taken out later, by the one who knows all of it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from itertools import accumulate

from indexer.building.workers import Workers
from indexer.corpus import CorpusFile
from indexer.ingestion import Draft, Part, Source, parts_of

LARGEST = 4_000_000
"""Bytes of a file that a process reads whole; a larger one is read bit by bit, in its turn."""
MOST = 20_000_000
"""Characters that such a file may hold; it may be packed."""
MANY = 1_000_000
"""Bytes of such files from which processes are worth their start."""
AHEAD = 16
"""Files that are read before their turn."""


class Reading:
    """Of one run."""

    def __init__(self, workers: Workers, document_bytes: int) -> None:
        self._workers = workers
        self._document_bytes = document_bytes

    def files(
        self, files: Sequence[CorpusFile], at: Callable[[int, int], None]
    ) -> Iterator[tuple[CorpusFile, Iterable[Part]]]:
        """Each file in order, with its parts; `at` is told how many bytes of all of them are read."""
        before = list(accumulate((file.size for file in files), initial=0))
        for (file, ahead), done in zip(self._ahead(files), before, strict=False):
            yield file, self._parts(file, ahead, partial(_tell, at, done, before[-1]))

    def _ahead(self, files: Sequence[CorpusFile]) -> Iterator[tuple[CorpusFile, Future[list[Part] | None] | None]]:
        small = {file.source.origin for file in files if file.size <= LARGEST}
        many = sum(file.size for file in files if file.source.origin in small) >= MANY
        waiting: deque[tuple[CorpusFile, Future[list[Part] | None] | None]] = deque()
        for file in files:
            whole = many and file.source.origin in small
            waiting.append((file, self._workers.submit(_whole, file.source, self._document_bytes) if whole else None))
            if len(waiting) > AHEAD:
                yield waiting.popleft()
        yield from waiting

    def _parts(
        self, file: CorpusFile, ahead: Future[list[Part] | None] | None, at: Callable[[int], None]
    ) -> Iterator[Part]:
        found = ahead.result() if ahead else None
        yield from parts_of(file.source, self._document_bytes, at) if found is None else found
        at(file.size)


def _tell(at: Callable[[int, int], None], done: int, size: int, byte: int) -> None:
    at(done + byte, size)


def _whole(source: Source, document_bytes: int) -> list[Part] | None:
    """All parts of a file; None where they are too much to be held at once."""
    found, characters = [], 0
    for part in parts_of(source, document_bytes):
        found.append(part)
        characters += len(part.draft.text) if isinstance(part.draft, Draft) else 0
        if characters > MOST:
            return None
    return found
