"""Files -> their parts, parsed, on all cores where there is much: taking the text out of pages is most of the work with a crawl.

What a process gives is what stands in a content. What the host repeats is taken out later, by the one who knows all of it.
"""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import accumulate, islice

from indexer.corpus import CorpusFile
from indexer.indexing.workers import Workers
from indexer.ingestion import parts_of
from indexer.ingestion.parts import ParsedPart, Part, RefusedPart, UnparsedPart, parsed

MANY = 1_000_000
"""Bytes of contents from which processes are worth their start."""
AHEAD = 16_000_000
"""Bytes of contents that are taken before their turn, of however many files: what a large archive takes of memory."""

Parsed = ParsedPart | RefusedPart


@dataclass(slots=True)
class _Waiting:
    """A part in its turn; the end of its file has none."""

    file: CorpusFile
    part: Part | Future[Parsed] | None
    size: int = 0
    """Bytes that are held until it is parsed."""

    def is_ready(self) -> bool:
        return self.part.done() if isinstance(self.part, Future) else not self.size

    def parsed(self) -> Parsed | None:
        if isinstance(self.part, Future):
            return self.part.result()
        return parsed(self.part) if self.part else None


class Reading:
    """Of one run."""

    def __init__(self, workers: Workers, document_bytes: int) -> None:
        self._workers = workers
        self._document_bytes = document_bytes

    def parts(
        self, files: Iterable[CorpusFile], begun: Mapping[str, int], at: Callable[[int, int], None]
    ) -> Iterator[tuple[CorpusFile, Parsed | None]]:
        """Every part in order, and None at the end of each file; `begun` says how many parts of a file are known already.

        `at` is told how many bytes of all the files are read.
        """
        queue: deque[_Waiting] = deque()
        held = 0
        for waiting in self._waiting(list(files), begun, at):
            queue.append(waiting)
            held += waiting.size
            if self._workers.started:
                self._send(waiting)
            elif held >= MANY:
                for earlier in queue:
                    self._send(earlier)
            while queue and (held > AHEAD or queue[0].is_ready()):
                first = queue.popleft()
                held -= first.size
                yield first.file, first.parsed()
        yield from ((waiting.file, waiting.parsed()) for waiting in queue)

    def _waiting(
        self, files: list[CorpusFile], begun: Mapping[str, int], at: Callable[[int, int], None]
    ) -> Iterator[_Waiting]:
        *starts, total = accumulate((file.size for file in files), initial=0)
        for file, start in zip(files, starts, strict=True):

            def read_to(byte: int, start: int = start) -> None:
                at(start + byte, total)

            parts = parts_of(file.source, self._document_bytes, read_to)
            for part in islice(parts, begun.get(file.source.origin, 0), None):
                yield _Waiting(file, part, len(part.content) if isinstance(part, UnparsedPart) else 0)
            read_to(file.size)
            yield _Waiting(file, None)

    def _send(self, waiting: _Waiting) -> None:
        if isinstance(waiting.part, UnparsedPart):
            waiting.part = self._workers.submit(_parsed_apart, waiting.part)


def _parsed_apart(part: Part) -> Parsed:
    """In a process that does not look for what refers to itself, as the tree of a page does: only through what is new."""
    result = parsed(part)
    gc.collect(1)
    return result
