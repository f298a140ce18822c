"""Documents -> records, on all cores where there are many: finding the terms of words not seen before is most of a first build."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor

from indexer.documents import Document
from indexer.fields import BORDER, Record, record_of
from indexer.swedish import Entry, entry_of

CHUNK = 250
"""Documents that a process is given at once."""
MANY = 1_000
"""Documents from which processes are worth their start, a second and some 250 MB each."""


class Analysis:
    """Of one run; records come back in the order that documents were put."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._put: list[Document] = []
        self._sent: list[Future[tuple[list[Record], dict[str, Entry]]]] = []
        self._entries: dict[str, Entry] = {}

    def put(self, document: Document) -> None:
        """Take a document."""
        self._put.append(document)
        if len(self._put) >= (CHUNK if self._pool else MANY):
            self._send()

    def records(self) -> Iterator[Record]:
        """Those of all documents since it was last asked; the last ones are made here."""
        self._entries = {}
        for future in self._sent:
            records, entries = future.result()
            self._entries |= entries
            yield from records
        yield from map(record_of, self._put)
        self._sent, self._put = [], []

    def entry(self, form: str) -> Entry:
        """As `entry_of`, of the forms of the records that were given last."""
        return self._entries.get(form) or entry_of(form)

    def close(self) -> None:
        """Let go of the processes."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def _send(self) -> None:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(os.cpu_count(), mp_context=context, initializer=_end_with_parent)
        chunks = [self._put[start : start + CHUNK] for start in range(0, len(self._put), CHUNK)]
        self._sent += [self._pool.submit(_analysed, chunk) for chunk in chunks]
        self._put = []


_TOLD: set[str] = set()
"""Forms whose entries this process has given."""


def _analysed(documents: list[Document]) -> tuple[list[Record], dict[str, Entry]]:
    records = list(map(record_of, documents))
    new = {form for record in records for form in forms_of(record)} - _TOLD
    _TOLD.update(new)
    return records, {form: entry_of(form) for form in new}


def forms_of(record: Record) -> set[str]:
    """Its different forms."""
    return {*record.words["title_exact"].split(), *record.words["body_exact"].split()} - {BORDER}


def _end_with_parent() -> None:
    """An interrupt is the parent's to answer, and a parent that was killed leaves nobody behind."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)
