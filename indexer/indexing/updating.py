"""One run over one generation: reads the files that changed and brings engine and catalogue up to them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from indexer.catalogue import Begun, Catalogue, Verdict
from indexer.catalogue.words import Counts
from indexer.corpus import CorpusFile, Ledger
from indexer.corpus.corrections import corrected
from indexer.corpus.forgotten import is_forgotten
from indexer.documents import Document, Refusal
from indexer.engines import Engine, Writer, open_engine, open_writer
from indexer.fields import Membership, Record, canonical_membership, document_of, record_of, with_membership
from indexer.generations import Generation
from indexer.indexing.analysing import Analysed, Analysis, forms_of
from indexer.indexing.journal import Batch, keep, kept
from indexer.indexing.progress import Progress
from indexer.indexing.reading import Reading
from indexer.indexing.versions import candidate_version_of
from indexer.indexing.workers import Workers
from indexer.ingestion import enriched
from indexer.settings import Settings
from indexer.swedish import forms_in
from indexer.swedish.synonyms import read_groups

CHARACTERS = 5_000_000
"""Of text between two commits: what waits takes some 50 MB then, however large an archive is."""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one document that was read."""

    id: str
    verdict: Verdict
    path: str
    member: str
    """Where in the file it stands."""


class Update:
    """Open for one run; `close` drops what is not committed."""

    def __init__(self, generation: Generation, ledger: Ledger, settings: Settings) -> None:
        self.changes: list[Change] = []
        self._generation = generation
        self._ledger = ledger
        self._left_out = ledger.left_out
        self._settings = settings
        self._catalogue = Catalogue(generation.catalogue)
        self._open_writer: Writer | None = None
        self._reader: Engine | None = None
        self._waiting: dict[str, Document] = {}
        self._waiting_characters = 0
        self._erased: set[str] = set()
        """Ids that the engine drops with the next commit."""
        self._workers = Workers()
        self._reading = Reading(self._workers, settings.document_bytes)
        self._analysis = Analysis(self._workers)
        self._words = Counts()
        self._not_cut: set[str] = set()
        """Files that hold what is forgotten: read again until it is cut out of them, whatever interrupts that."""

    def changed(self, files: Sequence[CorpusFile]) -> bool:
        """Whether there is anything to do after a run that came to its end."""
        return bool(
            self._gone_paths(files)
            or self._removed()
            or self._catalogue.corrections() != self._corrections()
            or self._catalogue.hidden() != self._hidden()
            or self._files_changed(files)
        )

    def run(self, files: Sequence[CorpusFile], progress: Progress) -> None:
        """Read what changed. The last commit is the caller's to tell of, when all is sealed."""
        self._resume()
        self._catalogue.set_hidden(self._hidden())
        corrections = self._corrections()
        for id, _ in corrections.items() ^ self._catalogue.corrections().items():
            self._catalogue.read_again(id)
        self._catalogue.set_corrections(corrections)
        for path in self._gone_paths(files):
            self._gone(path)
        for id in self._removed():
            self._catalogue.drop(id)
            self._leave(id)
        # What an interrupted run had begun goes on before any line is judged anew.
        pending = self._files_changed(files) or self._pending(files)
        while pending:
            self._read_all(pending, progress)
            pending = self._pending(files)
        self._catalogue.words.know(self._analysis.words(self._synonym_forms()))
        for path in self._not_cut:
            self._catalogue.forget_file(path)
        self.commit()

    def _gone_paths(self, files: Sequence[CorpusFile]) -> set[str]:
        return self._catalogue.paths() - {file.source.origin for file in files}

    def _removed(self) -> set[str]:
        return self._ledger.left_out & self._catalogue.indexed().keys()

    def _corrections(self) -> dict[str, str]:
        return {id: json.dumps(asdict(change)) for id, change in self._ledger.corrected.items()}

    def _hidden(self) -> set[tuple[str, str]]:
        return {(id, name) for id, names in self._ledger.hidden.items() for name in names}

    def _resume(self) -> None:
        """Make an engine where there is none, and give it what a stop kept from it after the catalogue had counted it."""
        if not self._generation.engine_folder.exists():
            self._writer  # noqa: B018  opening creates
        if batch := kept(self._generation.journal, self._catalogue.number("batch"), self._catalogue.words.entry):
            batch.give(self._writer)
            self._catalogue.set_number("deleted", self._catalogue.number("deleted") + len(batch.erased))
        self._generation.journal.unlink(missing_ok=True)

    def _synonym_forms(self) -> set[str]:
        members = (member for group in read_groups(self._settings.synonyms) for member in group)
        return {form for member in members for form in forms_in(member)}

    @property
    def documents(self) -> int:
        """How many documents the index holds."""
        return self._catalogue.documents()

    @property
    def deleted(self) -> int:
        """How many documents the engine may still hold that are deleted: BM25 counts them."""
        return self._catalogue.number("deleted")

    def refusals(self) -> list[Refusal]:
        """Everything in corpus/ that is refused at present."""
        return list(self._catalogue.refusals())

    def ids_of(self, path: str) -> list[str]:
        """The documents that a file gives."""
        return self._catalogue.ids_of(path)

    def commit(self) -> None:
        """First the catalogue, then the engine: what a kill between them kept from the engine stands in the journal."""
        analysed = self._analysis.batch()
        records = self._records(analysed.documents)
        batch = Batch(sorted(self._erased), records)
        self._words.add(analysed.counts)
        self._catalogue.words.count(self._words, analysed.words)
        if batch.erased or batch.records:
            number = self._catalogue.number("batch") + 1
            self._catalogue.set_number("batch", number)
            self._catalogue.set_number("deleted", self.deleted + len(batch.erased))
            keep(self._generation.journal, number, batch)
        self._catalogue.commit()
        if batch.erased or batch.records:
            batch.give(self._writer)
            self._generation.journal.unlink()
        self._words = Counts()
        self._erased.clear()
        self._waiting.clear()
        self._waiting_characters = 0
        if self._reader:
            self._reader.close()
            self._reader = None

    def close(self) -> None:
        """Drop what is not committed and let go of the files."""
        if self._reader:
            self._reader.close()
        if self._open_writer:
            self._open_writer.close()
        self._workers.close()
        self._catalogue.close()

    def _pending(self, files: Iterable[CorpusFile]) -> list[CorpusFile]:
        """What changed, and what must be cleaned again: a line turned out to be its host's, or not to be."""
        for id in self._catalogue.lines.turned():
            self._catalogue.read_again(id)
        return self._files_changed(files)

    def _files_changed(self, files: Iterable[CorpusFile]) -> list[CorpusFile]:
        stamps = self._catalogue.stamps()
        return [file for file in files if stamps.get(file.source.origin) != file.stamp]

    def _read_all(self, pending: Sequence[CorpusFile], progress: Progress) -> None:
        self._catalogue.begin_round()
        begun = {file.source.origin: self._catalogue.begun(file.source.origin, file.stamp) for file in pending}
        parts = self._reading.parts(pending, {path: one.parts for path, one in begun.items()}, progress.read)
        for file, part in parts:
            path = file.source.origin
            if part is None:
                self._end(file, begun[path])
                continue
            begun[path].parts += 1
            for item in enriched([part], path, self._catalogue.lines.of_host):
                if isinstance(item, Refusal):
                    begun[path].refusals.append(item)
                else:
                    begun[path].documents += 1
                    self._enter(corrected(item, self._ledger.corrected.get(item.id)), file)
            if len(self._waiting) >= self._settings.commit_every or self._waiting_characters >= CHARACTERS:
                if path not in self._not_cut:
                    self._catalogue.set_begun(path, file.stamp, begun[path])
                self.commit()
                progress.committed(self.documents)

    def _end(self, file: CorpusFile, read: Begun) -> None:
        path = file.source.origin
        if read.documents or not read.refusals:  # of a file that can no longer be read, what was stored stays
            for id in self._catalogue.withdraw(path):
                self._leave(id)
        self._catalogue.read(path, file.stamp, read.refusals)

    def _enter(self, document: Document, file: CorpusFile) -> None:
        verdict = self._verdict(document, file)
        path = file.source.origin
        self.changes.append(Change(document.id, verdict, path, document.origin[len(path) :]))
        if verdict is Verdict.FORGOTTEN:
            self._not_cut.add(path)
        if verdict is Verdict.UPDATED:
            self._delete(document.id)
        if verdict in (Verdict.ADDED, Verdict.UPDATED):
            self._waiting[document.id] = document
            self._waiting_characters += len(document.text)
            self._analysis.put(document)
            self._catalogue.lines.learn(document)

    def _verdict(self, document: Document, file: CorpusFile) -> Verdict:
        ledger = self._ledger
        if is_forgotten(document, ledger.forgotten, ledger.salt):
            return Verdict.FORGOTTEN
        if document.id in self._left_out:
            return Verdict.REMOVED
        if document.id in self._waiting:  # two versions in one batch: the catalogue must not run ahead of the engine
            self.commit()
        return self._catalogue.enter(candidate_version_of(document, file))

    def _records(self, documents: Sequence[Analysed]) -> list[Record]:
        """What the engine is given: what waits, and what it must be told anew because a release has other members."""
        for one in documents:
            self._catalogue.duplicate_groups.put(one.record.id, one.fingerprint)
            self._catalogue.set_aliases(one.aliases)
        memberships: dict[str, Membership] = {}
        for id, (canonical, members) in self._catalogue.duplicate_groups.settle(
            lambda id: self._document(id).text
        ).items():
            if not self._catalogue.is_indexed(id):
                self._catalogue.duplicate_groups.set_membership(id, "")
                continue
            others = [self._document(other) for other in members if other != id] if canonical == id else []
            memberships[id] = (
                canonical_membership(self._document(id), others)
                if others
                else Membership(None if canonical == id else canonical)
            )
        records = []
        for one in documents:
            membership, waiting = memberships.get(one.record.id), self._waiting[one.record.id]
            records.append(with_membership(one.record, waiting, membership) if membership else one.record)
        for id, membership in memberships.items():
            told = json.dumps(asdict(membership)) if membership != Membership() else ""
            if id not in self._waiting and told != self._catalogue.duplicate_groups.membership(id):
                document = self._document(id)
                self._erased.add(id)
                records.append(with_membership(record_of(document, self._catalogue.words.entry), document, membership))
            self._catalogue.duplicate_groups.set_membership(id, told)
        return records

    def _document(self, id: str) -> Document:
        return self._waiting.get(id) or document_of(self._opened().get(id) or "")

    def _gone(self, path: str) -> None:
        for id in self._catalogue.withdraw(path, all_of_it=True):
            self._leave(id)
        self._catalogue.forget_file(path)

    def _leave(self, id: str) -> None:
        """Delete what no file claims any more."""
        self._delete(id)
        self._catalogue.lines.forget(id)
        self._catalogue.duplicate_groups.put(id, None)

    def _delete(self, id: str) -> None:
        if id in self._waiting:  # Whoosh deletes only what is committed, and its words must be read to be uncounted
            self.commit()
        if stored := self._opened().get(id):
            document = document_of(stored)
            self._words.discount(*forms_of(document, record_of(document, self._catalogue.words.entry)))
        self._catalogue.drop_aliases(id)
        self._erased.add(id)

    @property
    def _writer(self) -> Writer:
        if self._open_writer is None:
            self._open_writer = open_writer(self._generation.engine, self._generation.engine_folder)
        return self._open_writer

    def _opened(self) -> Engine:
        if self._reader is None:
            self._reader = open_engine(self._generation.engine, self._generation.engine_folder)
        return self._reader
