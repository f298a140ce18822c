"""Documents -> what the index keeps of them, on all cores where there are many: finding the terms of new words is most of it."""

from collections.abc import Iterable
from concurrent.futures import Future
from contextlib import ExitStack, closing
from functools import cache, cached_property
from operator import call
from pathlib import Path

from msgspec import Struct, field, msgpack, structs

from indexer.catalogue.contents import Counts, Lexicon, Word, word_of
from indexer.deduplication.fingerprints import TextFingerprint, text_fingerprint_of
from indexer.documents import Document
from indexer.durable import connect_to_read
from indexer.fields import Record, record_of, words_of
from indexer.indexing.reading import Workers
from indexer.metadata.contacts import without_contacts
from indexer.swedish import Entry, EntryOf, Known, Words, entry_of, terms_in
from indexer.swedish.words import INSIDE, MEMOISED_FORMS

CHUNK = 400_000
"""Characters that a process is given at once, 250 news."""
MANY = 1_600_000
"""Characters from which processes are worth their start."""


AnalysedDocument = tuple[Record, TextFingerprint | None]
"""What the index keeps of a document."""


class Analysed(Struct, frozen=True):
    """What it keeps of several; it comes from another process as MessagePack, in a third of the time of pickle."""

    documents: list[AnalysedDocument] = []
    counts: Counts = field(default_factory=Counts)
    words: set[Word] = set()
    """Those of the forms that a process of this run met for the first time."""


_analysed_from = msgpack.Decoder(Analysed, dec_hook=call).decode  # a Counter comes as a dict


class Analyser:
    """Of one run; what comes back is in the order that documents were put."""

    known: Path | None = None
    """A catalogue that this very program has written: a form is looked for there before it is taken apart anew."""

    def __init__(self, workers: Workers, words: Lexicon) -> None:
        self._workers, self._words = workers, words
        self._opened = ExitStack()
        self.close = self._opened.close
        self._put: list[Document] = []
        self._characters = 0
        self._sent: list[Future[bytes]] = []

    @cached_property
    def _own(self) -> "_Analysis":
        before = self.known and Lexicon(self._opened.enter_context(closing(connect_to_read(self.known))))
        return _Analysis((before or self._words).entry)

    def put(self, document: Document) -> None:
        """Take a document."""
        self._put.append(document)
        self._characters += len(document.text)
        if self._characters >= (CHUNK if self._workers.pool else MANY):
            self._send()

    def analysed(self) -> Analysed:
        """All documents since it was last asked; a few of a small run are analysed here."""
        if self._workers.pool:
            self._send()
        together = self._own.of(self._put)  # of a small run all, of another none
        for other in (_analysed_from(future.result()) for future in self._sent):
            together.documents.extend(other.documents)
            together.counts.count(*structs.astuple(other.counts))
            together.words.update(other.words)
        self._sent, self._put, self._characters = [], [], 0
        return together

    def words(self, forms: Iterable[str]) -> list[Word]:
        """What is kept of words that no document need have."""
        away = self._workers.pool and self._workers.submit(_words_of, list(forms), self.known)
        return list(away.result() if away else self._own.words_of(forms))

    def _send(self) -> None:
        each = max(len(self._put) * CHUNK // max(self._characters, 1), 1)
        chunks = (self._put[start : start + each] for start in range(0, len(self._put), each))
        self._sent += [self._workers.submit(_analysed_by_worker, chunk, self.known) for chunk in chunks]
        self._put, self._characters = [], 0


class _Analysis:
    """Of one process."""

    def __init__(self, entry: EntryOf) -> None:
        self._entry = entry
        self._known = Known(self._met, MEMOISED_FORMS)
        self._new: dict[str, Entry] = {}
        """What was met, and not yet counted."""

    def _met(self, form: str) -> Entry:
        self._new[form] = entry = self._entry(form)
        return entry

    def of(self, documents: Iterable[Document]) -> Analysed:
        """What is kept of documents, how many have each form, and the words of those that were met for the first time."""
        counts = Counts()
        analysed = [self._analysed(document, counts) for document in documents]
        forms = counts.documents.keys()
        words = {word_of(form, self._new.pop(form)) for form in forms & self._new.keys()}
        return Analysed(analysed, counts, words.union(map(word_of, forms - self._known.keys())))

    def words_of(self, forms: Iterable[str]) -> list[Word]:
        """What is kept of forms."""
        return [word_of(form, self._entry(form)) for form in forms]

    def _analysed(self, document: Document, counts: Counts) -> AnalysedDocument:
        words = words_of(document, self._known)
        counts.count(*forms_of(document, words))
        return record_of(document, words), text_fingerprint_of(document)


@cache
def _analysis(known: Path | None) -> _Analysis:
    """Of a worker, which lives as long as one run."""
    return _Analysis(Lexicon(connect_to_read(known)).entry if known else entry_of.__wrapped__)


def _analysed_by_worker(documents: Iterable[Document], known: Path | None) -> bytes:
    return msgpack.encode(_analysis(known).of(documents))


def _words_of(forms: Iterable[str], known: Path | None) -> list[Word]:
    return _analysis(known).words_of(forms)


def forms_of(document: Document, words: tuple[Words, Words]) -> tuple[set[str], set[str]]:
    """Its different forms and the terms that are none, and those of them that stand only in lines that say how to reach somebody.

    Names in longer words count as these: nobody types their keys.
    """
    parts = (part for one in words for joined in one.parts if INSIDE in joined for part in joined.split())
    keys = {part for part in parts if part.endswith(INSIDE)}
    forms = set[str]().union(*(one.forms for one in words), *(one.special for one in words))
    text = without_contacts(document.text)
    if text is document.text:
        return forms | keys, keys
    elsewhere = terms_in(f"{document.title}\n{text}", Entry)
    return forms | keys, keys | forms.difference(elsewhere.forms, elsewhere.terms)
