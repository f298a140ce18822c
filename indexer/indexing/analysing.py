"""Documents -> what the index keeps of them, on all cores where there are many: finding the terms of new words is most of it."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass

from indexer.catalogue.words import Counts, Word, word_of
from indexer.deduplication.fingerprints import TextFingerprint, text_fingerprint_of
from indexer.documents import Document
from indexer.fields import BORDER, Record, record_of
from indexer.indexing.workers import Workers
from indexer.metadata.aliases import Alias, aliases_in
from indexer.metadata.contacts import without_contacts
from indexer.swedish import forms_in

CHUNK = 400_000
"""Characters that a process is given at once, 250 news."""
MANY = 1_600_000
"""Characters from which processes are worth their start."""


@dataclass(frozen=True, slots=True)
class Analysed:
    """What the index keeps of a document."""

    record: Record
    fingerprint: TextFingerprint | None
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

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._put: list[Document] = []
        self._characters = 0
        self._sent: list[Future[Batch]] = []

    def put(self, document: Document) -> None:
        """Take a document."""
        self._put.append(document)
        self._characters += len(document.text)
        if self._characters >= (CHUNK if self._workers.started else MANY):
            self._send()

    def batch(self) -> Batch:
        """All documents since it was last asked; a few of a small run are analysed here."""
        if self._workers.started:
            self._send()
        found = Batch.empty()
        for future in self._sent:
            found.add(future.result())
        found.add(_analysed(self._put))
        self._sent, self._put, self._characters = [], [], 0
        return found

    def words(self, forms: Iterable[str]) -> list[Word]:
        """What is kept of words that no document need have."""
        return self._workers.submit(_words_of, list(forms)).result() if self._workers.started else _words_of(forms)

    def _send(self) -> None:
        each = max(len(self._put) * CHUNK // max(self._characters, 1), 1)
        chunks = (self._put[start : start + each] for start in range(0, len(self._put), each))
        self._sent += [self._workers.submit(_analysed, chunk) for chunk in chunks]
        self._put, self._characters = [], 0


_TOLD: set[str] = set()
"""Forms that this process has told of."""


def _analysed(documents: Iterable[Document]) -> Batch:
    found = Batch.empty()
    for document in documents:
        record = record_of(document)
        found.documents.append(
            Analysed(record, text_fingerprint_of(document), tuple(aliases_in(document.id, document.text)))
        )
        found.counts.count(*forms_of(document, record))
    new = found.counts.documents.keys() - _TOLD
    _TOLD.update(new)
    found.words = {form: word_of(form) for form in new}
    return found


def _words_of(forms: Iterable[str]) -> list[Word]:
    return list(map(word_of, forms))


def forms_of(document: Document, record: Record) -> tuple[set[str], set[str]]:
    """Its different forms, and those of them that stand only in lines that say how to reach somebody."""
    found = {*record.words["title_exact"].split(), *record.words["body_exact"].split()} - {BORDER}
    said = without_contacts(document.text)
    unsaid = set() if said is document.text else found.difference(forms_in(f"{document.title}\n{said}"))
    return found, unsaid
