"""Documents -> what the index keeps of them, on all cores where there are many: finding the terms of new words is most of it."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass

from indexer.aliases import Alias, aliases_in
from indexer.catalogue import Counts, Word, word_of
from indexer.contacts import without_contacts
from indexer.documents import Document
from indexer.duplicates import Trace, trace_of
from indexer.fields import BORDER, Record, record_of
from indexer.swedish.tokens import Normalised, forms

CHUNK = 250
"""Documents that a process is given at once."""
MANY = 1_000
"""Documents from which processes are worth their start, a second and some 250 MB each."""


@dataclass(frozen=True, slots=True)
class Analysed:
    """What the index keeps of a document."""

    record: Record
    trace: Trace | None
    aliases: tuple[Alias, ...]


@dataclass(slots=True)
class Batch:
    """What it keeps of several."""

    documents: list[Analysed]
    counts: Counts
    words: dict[str, Word]
    """Those of the forms that were met for the first time."""

    @classmethod
    def empty(cls) -> Batch:
        """To add others to."""
        return cls([], Counts(), {})

    def add(self, other: Batch) -> None:
        """Take another one in."""
        self.documents += other.documents
        self.counts.add(other.counts)
        self.words |= other.words


class Analysis:
    """Of one run; what comes back is in the order that documents were put."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._put: list[Document] = []
        self._sent: list[Future[Batch]] = []

    def put(self, document: Document) -> None:
        """Take a document."""
        self._put.append(document)
        if len(self._put) >= (CHUNK if self._pool else MANY):
            self._send()

    def batch(self) -> Batch:
        """All documents since it was last asked; the last ones are analysed here."""
        found = Batch.empty()
        for future in self._sent:
            found.add(future.result())
        found.add(_analysed(self._put))
        self._sent, self._put = [], []
        return found

    def close(self) -> None:
        """Let go of the processes."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def _send(self) -> None:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(os.cpu_count(), mp_context=context, initializer=_begin)
        chunks = [self._put[start : start + CHUNK] for start in range(0, len(self._put), CHUNK)]
        self._sent += [self._pool.submit(_analysed, chunk) for chunk in chunks]
        self._put = []


_TOLD: set[str] = set()
"""Forms that this process has told of."""


def _analysed(documents: Iterable[Document]) -> Batch:
    found = Batch.empty()
    for document in documents:
        record = record_of(document)
        found.documents.append(Analysed(record, trace_of(document), tuple(aliases_in(document))))
        found.counts.count(*forms_of(document, record))
    new = found.counts.documents.keys() - _TOLD
    _TOLD.update(new)
    found.words = {form: word_of(form) for form in new}
    return found


def forms_of(document: Document, record: Record) -> tuple[set[str], set[str]]:
    """Its different forms, and those of them that stand only in lines that say how to reach somebody."""
    found = {*record.words["title_exact"].split(), *record.words["body_exact"].split()} - {BORDER}
    said = without_contacts(document.text)
    unsaid = set() if said is document.text else found.difference(forms(Normalised(f"{document.title}\n{said}").text))
    return found, unsaid


def _begin() -> None:
    """An interrupt is the parent's to answer, and a parent that was killed leaves nobody behind."""
    gc.disable()  # nothing here refers to itself, and looking through all words that are remembered costs a sixth
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)
