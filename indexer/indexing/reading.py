"""Files -> their parts with drafts, on all cores where there is much: taking the text out of pages is most of the work with a crawl.

What a process gives is what stands in a content. What the host repeats is taken out later, by the one who knows all of it.
"""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, islice

from indexer.corpus import CorpusFile
from indexer.indexing.workers import Workers
from indexer.ingestion import Part, Unread, parts_of

MANY = 1_000_000
"""Bytes of contents from which processes are worth their start."""
AHEAD = 16_000_000
"""Bytes of contents that are taken before their turn, of however many files: what a large archive takes of memory."""


@dataclass(slots=True)
class _Waiting:
    """A part in its turn; the end of its file has none."""

    file: CorpusFile
    part: Part | Future[Part] | None

    @property
    def size(self) -> int:
        """Bytes that are held until it has a draft."""
        return (
            len(self.part.draft.content) if isinstance(self.part, Part) and isinstance(self.part.draft, Unread) else 0
        )


class Reading:
    """Of one run."""

    def __init__(self, workers: Workers, document_bytes: int) -> None:
        self._workers = workers
        self._document_bytes = document_bytes

    def parts(
        self, files: Iterable[CorpusFile], begun: Mapping[str, int], at: Callable[[int, int], None]
    ) -> Iterator[tuple[CorpusFile, Part | None]]:
        """Every part in order, and None at the end of each file; `begun` says how many parts of a file are known already.

        `at` is told how many bytes of all the files are read.
        """
        queue: deque[tuple[_Waiting, int]] = deque()
        held = 0
        for waiting in self._found(list(files), begun, at):
            queue.append((waiting, waiting.size))
            held += waiting.size
            if self._workers.started:
                self._send(waiting)
            elif held >= MANY:
                for earlier, _ in queue:
                    self._send(earlier)
            while queue and (held > AHEAD or _is_ready(queue[0][0])):
                first, size = queue.popleft()
                held -= size
                yield first.file, _drafted(first.part)
        yield from ((waiting.file, _drafted(waiting.part)) for waiting, _ in queue)

    def _found(
        self, files: list[CorpusFile], begun: Mapping[str, int], at: Callable[[int, int], None]
    ) -> Iterator[_Waiting]:
        before = list(accumulate((file.size for file in files), initial=0))
        for file, done in zip(files, before, strict=False):
            told = partial(_tell, at, done, before[-1])
            parts = parts_of(file.source, self._document_bytes, told)
            yield from (_Waiting(file, part) for part in islice(parts, begun.get(file.source.origin, 0), None))
            told(file.size)
            yield _Waiting(file, None)

    def _send(self, waiting: _Waiting) -> None:
        if waiting.size and isinstance(waiting.part, Part):
            waiting.part = self._workers.submit(_drafted_apart, waiting.part)


def _is_ready(waiting: _Waiting) -> bool:
    return waiting.part.done() if isinstance(waiting.part, Future) else not waiting.size


def _drafted_apart(part: Part) -> Part:
    """In a process that does not look for what refers to itself, as the tree of a page does: only through what is new."""
    drafted = part.drafted()
    gc.collect(1)
    return drafted


def _drafted(part: Part | Future[Part] | None) -> Part | None:
    if isinstance(part, Future):
        return part.result()
    return part.drafted() if part else None


def _tell(at: Callable[[int, int], None], done: int, size: int, byte: int) -> None:
    at(done + byte, size)
