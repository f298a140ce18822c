"""Documents -> what the index keeps of them, on all cores where there are many: finding the terms of new words is most of it."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future

from msgspec import Struct, field

from indexer.catalogue.words import Counts, Word, word_of
from indexer.deduplication.fingerprints import TextFingerprint, text_fingerprint_of
from indexer.documents import Document
from indexer.fields import BORDER, Record, record_of
from indexer.indexing.workers import Workers
from indexer.metadata.aliases import Alias, aliases_in
from indexer.metadata.contacts import without_contacts
from indexer.swedish import Entry, terms_in
from indexer.swedish.derivations import INSIDE
from indexer.swedish.words import MEMOISED_FORMS

CHUNK = 400_000
"""Characters that a process is given at once, 250 news."""
MANY = 1_600_000
"""Characters from which processes are worth their start."""


class AnalysedDocument(Struct, frozen=True):
    """What the index keeps of a document."""

    record: Record
    fingerprint: TextFingerprint | None
    aliases: tuple[Alias, ...]


class Analysed(Struct, frozen=True):
    """What it keeps of several."""

    documents: list[AnalysedDocument] = []
    counts: Counts = field(default_factory=Counts)
    words: dict[str, Word] = {}
    """Those of the forms that a process of this run met for the first time."""

    def add(self, other: Analysed) -> None:
        """Take others in."""
        self.documents.extend(other.documents)
        self.counts.add(other.counts)
        self.words.update(other.words)


class Analyser:
    """Of one run; what comes back is in the order that documents were put."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._put: list[Document] = []
        self._characters = 0
        self._sent: list[Future[Analysed]] = []
        self._met: set[str] = set()

    def put(self, document: Document) -> None:
        """Take a document."""
        self._put.append(document)
        self._characters += len(document.text)
        if self._characters >= (CHUNK if self._workers.started else MANY):
            self._send()

    def analysed(self) -> Analysed:
        """All documents since it was last asked; a few of a small run are analysed here."""
        if self._workers.started:
            self._send()
        together = Analysed()
        for future in self._sent:
            together.add(future.result())
        together.add(_analysed(self._put, self._met))
        self._sent, self._put, self._characters = [], [], 0
        return together

    def words(self, forms: Iterable[str]) -> list[Word]:
        """What is kept of words that no document need have."""
        return self._workers.submit(_words_of, list(forms)).result() if self._workers.started else _words_of(forms)

    def _send(self) -> None:
        each = max(len(self._put) * CHUNK // max(self._characters, 1), 1)
        chunks = (self._put[start : start + each] for start in range(0, len(self._put), each))
        self._sent += [self._workers.submit(_analysed_by_worker, chunk) for chunk in chunks]
        self._put, self._characters = [], 0


def _analysed(documents: Iterable[Document], met: set[str]) -> Analysed:
    """`met` are the forms whose words were given before; those of these documents join them, as many as have their term remembered."""
    analysed = Analysed()
    for document in documents:
        record = record_of(document)
        aliases = tuple(aliases_in(document.id, document.text))
        analysed.documents.append(AnalysedDocument(record, text_fingerprint_of(document), aliases))
        analysed.counts.count(*forms_of(document, record))
    new = analysed.counts.documents.keys() - met
    if len(met) > MEMOISED_FORMS:
        met.clear()
    met.update(new)
    analysed.words.update((form, word_of(form)) for form in new)
    return analysed


_met_by_worker: set[str] = set()
"""Empty but in a worker, which lives as long as one run."""


def _analysed_by_worker(documents: Iterable[Document]) -> Analysed:
    return _analysed(documents, _met_by_worker)


def _words_of(forms: Iterable[str]) -> list[Word]:
    return list(map(word_of, forms))


def forms_of(document: Document, record: Record) -> tuple[set[str], set[str]]:
    """Its different forms and the terms that are none, and those of them that stand only in lines that say how to reach somebody.

    Names in longer words count as these: nobody types their keys.
    """
    words = record.words  # the body begins with the title
    keys = {key for key in words["decompounded"].split() if key.endswith(INSIDE)}
    forms = {*words["body_exact"].split(), *_in_capitals(words["body"])} - {BORDER}
    text = without_contacts(document.text)
    if text is document.text:
        return forms | keys, keys
    elsewhere = terms_in(f"{document.title}\n{text}", Entry)
    return forms | keys, keys | forms.difference(elsewhere.forms, elsewhere.terms)


def _in_capitals(terms: str) -> set[str]:
    """Those of some terms that capitals tell apart."""
    small = terms.lower()
    return set() if small == terms else set(terms.split()).difference(small.split())
