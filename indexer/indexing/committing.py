"""Brings engine and catalogue of one generation forward together: intents in, commits out, and none half done after a stop.

The catalogue commits first, with everything that it counts of the documents and with what the engine is to be given; then the
engine. A kill between them is made good by giving the engine the same once more, which changes nothing where it had it.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property

from msgspec import structs

from indexer.catalogue import CandidateVersion, Catalogue, Counts
from indexer.documents import Document
from indexer.engines import Engine, Writer, open_engine, open_writer
from indexer.fields import Record, document_of, in_release, record_of, restated, stored_of, words_of
from indexer.generations import Generation
from indexer.indexing.analysing import AnalysedDocument, Analyser, forms_of
from indexer.indexing.deciding import Delete, Intent, ReadAgain, Rewrite, Withdraw, Write, log
from indexer.settings import Settings

CHARACTERS = 5_000_000
"""Of text between two commits."""


class Committer:
    """Open for one run. What is applied waits, in the catalogue's transaction and here, for `commit`; `close` drops it."""

    def __init__(self, generation: Generation, catalogue: Catalogue, analyser: Analyser, settings: Settings) -> None:
        self._catalogue, self._analyser = catalogue, analyser
        self._where = generation.engine, generation.engine_folder, settings
        self.waiting: dict[str, Document] = {}
        """By id, what must be committed before anything else is decided of it."""
        self._characters = 0
        self._erased: set[str] = set()
        """Ids that the engine drops with the next commit."""
        self._discounted = Counts()
        """Of the words of these."""
        self._giver = ThreadPoolExecutor(1)
        self._given: Future[None] = self._giver.submit(lambda: None)
        """What the engine is given while the next documents are read."""

    def is_due(self, documents: int) -> bool:
        """Whether so many documents wait, or so much text that it takes some 50 MB, however large an archive is."""
        return len(self.waiting) >= documents or self._characters >= CHARACTERS

    def apply(self, intents: Iterable[Intent]) -> None:
        """Do what was decided, up to the next commit."""
        for intent in intents:
            match intent:
                case CandidateVersion():
                    self._catalogue.documents.enter(*structs.astuple(intent))
                case Withdraw(id, path):
                    self._catalogue.documents.withdraw(id, path)
                case ReadAgain(id):
                    self._catalogue.files.forget_all_of(id)
                case Write(document, replaces):
                    self._write(document, replaces)
                    self._catalogue.lines.learn(document)
                case Rewrite(document):
                    self._write(document, replaces=True)
                case Delete(id):
                    self._erase(id)
                    self._catalogue.documents.leave(id)
                    self._catalogue.lines.forget(id)
                    self._catalogue.duplicate_groups.put(id, None)

    def _write(self, document: Document, replaces: bool) -> None:
        if replaces:
            self._erase(document.id)
        document = structs.replace(document, first_seen=self._catalogue.documents.first_seen(document.id))
        self.waiting[document.id] = document
        self._characters += len(document.text)
        self._analyser.put(document)

    def _erase(self, id: str) -> None:
        if stored := self._engine.get(id):
            document = document_of(stored)
            self._discounted.count(*forms_of(document, words_of(document, self._catalogue.known)))
        self._erased.add(id)

    def resume(self) -> None:
        """Make an engine where there is none, and give it what a stop kept from it after the catalogue had counted it."""
        if pending := self._catalogue.documents.pending():
            documents = [document_of(stored) for stored in pending.values() if stored]
            records = [record_of(document, words_of(document, self._catalogue.known)) for document in documents]
            log.info("commit begun before a stop", extra={"written": len(records), "erased": len(pending)})
            self._give([*pending], records)
            self._count("deleted", len(pending))
        elif not self._where[1].exists():
            _ = self._writer

    def commit(self, tell: Callable[[], None] = lambda: None) -> None:
        """First the catalogue, then the engine: what a kill between them kept from the engine stands in the catalogue.

        The engine works while the caller goes on; `tell` is called by its thread when it is done.
        """
        analysed = self._analyser.analysed()
        self.finish()
        records = self._records(analysed.documents)
        erased = sorted(self._erased)
        self._catalogue.words.add(analysed.words)
        self._catalogue.words.count(analysed.counts)
        self._catalogue.words.count(self._discounted, -1)
        pending = dict.fromkeys(erased) | {record.id: record.stored for record in records}
        self._catalogue.documents.expect(pending)
        self._count("batch", bool(pending))
        self._count("deleted", len(erased))
        self._catalogue.commit()
        self._given = self._giver.submit(self._give, erased, records, tell)
        self._discounted = Counts()
        self._erased.clear()
        self.waiting.clear()
        self._characters = 0
        self._close("_engine")

    def _give(self, erased: Sequence[str], records: Sequence[Record], tell: Callable[[], None] = lambda: None) -> None:
        """Let ids leave the engine, also those that are written again, write records and commit."""
        if erased or records:
            for id in erased:
                self._writer.delete(id)
            for record in records:
                self._writer.add(record)
            self._writer.commit()
            log.info("committed", extra={"written": len(records), "erased": len(erased)})
        tell()

    def finish(self) -> None:
        """Wait until the engine has what was committed. Raises EngineError, and whatever the `tell` of that commit raises.

        That the engine lacks nothing any more stands in the catalogue's open transaction: a commit must follow.
        """
        self._given.result()
        self._catalogue.documents.expect({})

    def _count(self, name: str, number: int) -> None:
        """Count commits that change the engine, or deleted documents that it may still hold: BM25 counts them."""
        self._catalogue.set_counter(name, self._catalogue.counter(name) + number)

    def _records(self, documents: Sequence[AnalysedDocument]) -> list[Record]:
        """What the engine is given: what waits, and what it has otherwise because a duplicate group has other members."""
        groups, known = self._catalogue.duplicate_groups, self._catalogue.documents
        for record, text_fingerprint in documents:
            groups.put(record.id, text_fingerprint)
        records = {record.id: record for record, _ in documents}
        settled = groups.settle(lambda id: self.document(id).text, known.newly_seen())
        for id, (canonical, members) in settled.items():
            # What is alone is as it was analysed.
            if known.is_indexed(id) and (len(members) > 1 or id not in records):
                others = [self.document(other) for other in members if id == canonical != other]
                document = in_release(self.document(id), None if id == canonical else canonical, others)
                document = structs.replace(document, first_seen=min(map(known.first_seen, members)))
                if id in records:
                    records[id] = restated(records[id], document)
                elif stored_of(document) != self._engine.get(id):
                    self._erased.add(id)
                    records[id] = record_of(document, words_of(document, self._catalogue.known))
        return list(records.values())

    def document(self, id: str) -> Document:
        """An indexed one, as it waits or as the engine has it."""
        return self.waiting.get(id) or document_of(self._engine.get(id) or "")

    @cached_property
    def _engine(self) -> Engine:
        """With what was committed last."""
        self._given.result()
        return open_engine(*self._where)

    @cached_property
    def _writer(self) -> Writer:
        return open_writer(*self._where)

    def _close(self, opened: str) -> None:
        if there_is := vars(self).pop(opened, None):
            there_is.close()

    def close(self) -> None:
        """Drop what is not committed and let go of the engine."""
        self._giver.shutdown()
        self._close("_engine")
        self._close("_writer")
