"""Files -> their parts, parsed, on all cores where there is much: taking the text out of pages is most of the work with a crawl.

What a process gives is what stands in a content. What the host repeats is taken out later, by the one who knows all of it.
"""

import gc
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from itertools import accumulate, islice

from msgspec import Struct

from indexer.corpus import CorpusFile
from indexer.documents import Medium
from indexer.indexing.extracts import Extracts, packed, unpacked
from indexer.indexing.workers import Workers
from indexer.ingestion import parts_of
from indexer.ingestion.parts import ParsedPart, Part, RefusedPart, UnparsedPart, parsed

MANY = 1_000_000
"""Bytes of contents from which processes are worth their start."""
AHEAD = 16_000_000
"""Bytes of contents that are taken before their turn, of however many files: what a large archive takes of memory."""

Parsed = ParsedPart | RefusedPart


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

    def is_ready(self) -> bool:
        return self.extract.done() if self.extract else not self.key


class Reading:
    """Of one run."""

    def __init__(self, workers: Workers, document_bytes: int, extracts: Extracts) -> None:
        self._workers = workers
        self._document_bytes = document_bytes
        self._extracts = extracts

    def parts(
        self, files: Iterable[CorpusFile], begun: Mapping[str, int], at: Callable[[int, int], None], early: bool = False
    ) -> Iterator[tuple[CorpusFile, Parsed | None]]:
        """Every part in order, and None at the end of each file; `begun` says how many parts of a file are known already.

        `at` is told how many bytes of all the files are read. All is read again after an `early` reading: it leaves a file where
        texts stand as they are, and ends where what it takes out cannot be kept.
        """
        queue: deque[_Waiting] = deque()
        held = 0
        for waiting in self._waiting(list(files), begun, at, early):
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
                yield first.file, self._parsed(first)
        yield from ((waiting.file, self._parsed(waiting)) for waiting in queue)

    def _waiting(
        self, files: list[CorpusFile], begun: Mapping[str, int], at: Callable[[int, int], None], early: bool
    ) -> Iterator[_Waiting]:
        *starts, total = accumulate((file.size for file in files), initial=0)
        for file, start in zip(files, starts, strict=True):

            def read_to(byte: int, start: int = start) -> None:
                at(start + byte, total)

            parts = parts_of(file.source, self._document_bytes, read_to)
            for part in islice(parts, begun.get(file.source.origin, 0), None):
                is_text = isinstance(part, ParsedPart) and part.document.medium is Medium.TEXT
                if early and (is_text or not self._extracts.has_room()):
                    break
                yield self._found(file, part) if isinstance(part, UnparsedPart) else _Waiting(file, part)
            else:
                read_to(file.size)
            yield _Waiting(file, None)

    def _found(self, file: CorpusFile, part: UnparsedPart) -> _Waiting:
        key, size = self._extracts.key(part), len(part.content)
        document = self._extracts.find(key)
        return _Waiting(file, part.of(document), size) if document else _Waiting(file, part, size, key)

    def _send(self, waiting: _Waiting) -> None:
        if isinstance(waiting.part, UnparsedPart):
            waiting.extract = waiting.extract or self._workers.submit(_extract, waiting.part)

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
