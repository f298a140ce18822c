"""Brings engine and catalogue of one generation forward together: intents in, commits out, and none half done after a stop.

The catalogue commits first, with everything that it counts of the documents; then the engine, and what it is given is kept in
a journal until it has it. A kill between them is made good by giving the engine the same once more, which changes nothing
where it had it.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from msgspec import Struct, structs

from indexer.catalogue import CandidateVersion, Catalogue, Counts
from indexer.documents import Document
from indexer.durable import replacing
from indexer.engines import Engine, Writer, open_engine, open_writer
from indexer.fields import Record, document_of, record_of, restated, stored_of, words_of
from indexer.generations import Generation, IndexDamaged
from indexer.indexing.analysing import AnalysedDocument, Analyser, forms_of
from indexer.indexing.deciding import Delete, Intent, ReadAgain, Rewrite, Withdraw, Write, decide_releases, log
from indexer.settings import Settings
from indexer.swedish import Known

CHARACTERS = 5_000_000
"""Of text between two commits."""


def _nobody() -> None:
    """Is told of a commit that is not yet to be seen, and given nothing before the first."""


class Batch(Struct, frozen=True):
    """What one commit changes in the engine."""

    erased: Sequence[str]
    """Ids that leave, and those that are written again."""
    records: Sequence[Record]

    def __bool__(self) -> bool:
        return bool(self.erased or self.records)

    def give(self, writer: Writer) -> None:
        """Write and commit."""
        for id in self.erased:
            writer.delete(id)
        for record in self.records:
            writer.add(record)
        writer.commit()


def keep(journal: Path, number: int, batch: Batch) -> None:
    """Make a batch durable under the number of the commit that it belongs to. Raises OSError."""
    lines = (json.dumps([number, batch.erased]), *(record.stored for record in batch.records))
    with replacing(journal) as file:
        file.writelines(f"{line}\n".encode() for line in lines)


def kept(journal: Path, number: int, known: Known) -> Batch | None:
    """The batch of a commit, to be given again; None where the engine has it, or the catalogue never did. Raises IndexDamaged."""
    try:
        with journal.open("rb") as lines:
            of_commit, erased = json.loads(next(lines))
            if of_commit != number:
                return None
            records = [record_of(one, words_of(one, known)) for one in map(document_of, map(bytes.decode, lines))]
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError, StopIteration) as error:
        raise IndexDamaged(journal.parent.parent, [journal.name]) from error
    return Batch([*erased, *(record.id for record in records)], records)


class Committer:
    """Open for one run. What is applied waits, in the catalogue's transaction and here, for `commit`; `close` drops it."""

    def __init__(self, generation: Generation, catalogue: Catalogue, analyser: Analyser, settings: Settings) -> None:
        self._generation, self._catalogue, self._analyser = generation, catalogue, analyser
        self._where = generation.engine, generation.engine_folder, settings
        self.waiting: dict[str, Document] = {}
        """By id, what must be committed before anything else is decided of it."""
        self._characters = 0
        self._erased: set[str] = set()
        """Ids that the engine drops with the next commit."""
        self._discounted = Counts()
        """Of the words of these."""
        self._writer: Writer | None = None
        self._engine: Engine | None = None
        self._giver = ThreadPoolExecutor(1)
        self._given: Future[None] = self._giver.submit(_nobody)
        """What the engine is given while the next documents are read."""
        self._tell: Callable[[], None] = _nobody

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
        if stored := self._opened().get(id):
            document = document_of(stored)
            self._discounted.discount(*forms_of(document, words_of(document, self._catalogue.known)))
        self._erased.add(id)

    def resume(self) -> None:
        """Make an engine where there is none, and give it what a stop kept from it after the catalogue had counted it."""
        if not self._generation.engine_folder.exists():
            self._opened_writer()
        number = self._catalogue.counter("batch")
        if batch := kept(self._generation.journal, number, self._catalogue.known):
            batch.give(self._opened_writer())
            self._count_deleted(len(batch.erased))
            log.info("journal replayed", extra={"commit": number, "written": len(batch.records)})
        self._generation.journal.unlink(missing_ok=True)

    def commit(self, tell: Callable[[], None] = _nobody) -> None:
        """First the catalogue, then the engine: what a kill between them kept from the engine stands in the journal.

        The engine works while the caller goes on; `tell` is called when it is done, by the next commit or by `finish`.
        """
        analysed = self._analyser.analysed()
        self.finish()
        records = self._records(analysed.documents)
        batch = Batch(sorted(self._erased), records)
        analysed.counts.count(*structs.astuple(self._discounted))
        self._catalogue.words.add(analysed.words)
        self._catalogue.words.count(analysed.counts)
        number = self._catalogue.counter("batch") + 1
        if batch:
            self._catalogue.set_counter("batch", number)
            self._count_deleted(len(batch.erased))
            keep(self._generation.journal, number, batch)
        self._catalogue.commit()
        self._tell = tell
        if batch:
            self._given = self._giver.submit(self._give, batch, self._opened_writer())
            log.info("committed", extra={"commit": number, "written": len(batch.records), "erased": len(batch.erased)})
        self._discounted = Counts()
        self._erased.clear()
        self.waiting.clear()
        self._characters = 0
        self._close_engine()

    def _give(self, batch: Batch, writer: Writer) -> None:
        batch.give(writer)
        self._generation.journal.unlink()

    def finish(self) -> None:
        """Wait until the engine has what was committed. Raises EngineError."""
        self._given.result()
        tell, self._tell = self._tell, _nobody
        tell()

    def _count_deleted(self, number: int) -> None:
        """Count documents that the engine may still hold: BM25 counts them."""
        self._catalogue.set_counter("deleted", self._catalogue.counter("deleted") + number)

    def _records(self, documents: Sequence[AnalysedDocument]) -> list[Record]:
        """What the engine is given: what waits, and what it has otherwise because a duplicate group has other members."""
        groups, known = self._catalogue.duplicate_groups, self._catalogue.documents
        for record, text_fingerprint in documents:
            groups.put(record.id, text_fingerprint)
        records = {record.id: record for record, _ in documents}
        settled = groups.settle(lambda id: self.document(id).text, known.newly_seen())
        # What is alone is as it was analysed.
        settled = {id: group for id, group in settled.items() if len(group[1]) > 1 or id not in records}
        indexed = {id for id in settled if known.is_indexed(id)}
        for document in decide_releases(settled, indexed, self.document):
            id = document.id
            document = structs.replace(document, first_seen=min(map(known.first_seen, settled[id][1])))
            if id in records:
                records[id] = restated(records[id], document)
            elif stored_of(document) != self._opened().get(id):
                self._erased.add(id)
                records[id] = record_of(document, words_of(document, self._catalogue.known))
        return list(records.values())

    def document(self, id: str) -> Document:
        """An indexed one, as it waits or as the engine has it."""
        return self.waiting.get(id) or document_of(self._opened().get(id) or "")

    def _opened(self) -> Engine:
        self._given.result()  # what it was not given would be missed here
        self._engine = self._engine or open_engine(*self._where)
        return self._engine

    def _opened_writer(self) -> Writer:
        self._writer = self._writer or open_writer(*self._where)
        return self._writer

    def _close_engine(self) -> None:
        if self._engine:
            self._engine.close()
            self._engine = None

    def close(self) -> None:
        """Drop what is not committed and let go of the engine."""
        self._giver.shutdown()
        self._close_engine()
        if self._writer:
            self._writer.close()
