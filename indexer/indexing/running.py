"""One run over one generation: feeds the decider with what changed in corpus/ and the committer with what it decides."""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import ExitStack, closing, suppress
from functools import partial

from msgspec import Struct, structs

from indexer.catalogue import Catalogue, FileProgress
from indexer.corpus import FIRST_SEEN, CorpusFile, Ledger
from indexer.documents import Document, Refusal
from indexer.fields import document_of, in_release, stored_of
from indexer.generations import Generation
from indexer.indexing import deciding
from indexer.indexing.analysing import Analyser
from indexer.indexing.committing import Committer
from indexer.indexing.reading import Extracts, Reading, Workers
from indexer.ingestion.enriching import enriched, lines_of
from indexer.ingestion.parts import ParsedPart, Unreadable
from indexer.settings import Settings
from indexer.swedish import forms_in
from indexer.swedish.synonyms import read_groups


class Change(Struct, frozen=True):
    """What became of one document that was read."""

    id: str
    verdict: deciding.Verdict
    path: str
    member: str
    """Where in the file it stands."""


class Progress(Struct, frozen=True):
    """Called while a run goes on."""

    waiting: Callable[[], None] = lambda: None
    """Another writer holds the lock."""
    read: Callable[[int, int], None] = lambda done, all: None
    """So many bytes are read of all that must be."""
    committed: Callable[[int], None] = lambda documents: None
    """So many documents are safe and can be found; called from another thread, while the next ones are read."""
    changed: Callable[[Change], None] = lambda change: None
    """A document was read, perhaps again; a run keeps no list of them, which would grow with corpus/."""


SILENT = Progress()
"""Nobody listens."""


class Run:
    """Open until `close`, which drops what is not committed."""

    def __init__(self, target: Generation, ledger: Ledger, settings: Settings, progress: Progress, day: str) -> None:
        self._changed, self._day, self._ledger, self._settings = progress.changed, day, ledger, settings
        opened = ExitStack()
        self.close = opened.close
        """Drop what is not committed and let go of the files."""
        first_seen = settings.corpus / FIRST_SEEN
        self.catalogue = opened.enter_context(closing(Catalogue(target.catalogue, first_seen=first_seen)))
        is_first = not self.catalogue.counter("round")
        self._extracts = opened.enter_context(closing(Extracts(settings.index, whole=is_first)))
        workers = opened.enter_context(closing(Workers()))
        self._reading = Reading(workers, settings.document_bytes, self._extracts)
        self.analyser = opened.enter_context(closing(Analyser(workers, self.catalogue.words)))
        self._committer = opened.enter_context(closing(Committer(target, self.catalogue, self.analyser, settings)))
        self._not_cut: set[str] = set()
        """Files that hold what is forgotten: read again until it is cut out of them, whatever interrupts that."""

    def differences(self, files: Sequence[CorpusFile]) -> deciding.Differences:
        """What changed in corpus/ since the last run over this generation."""
        catalogue, stamps = self.catalogue, self.catalogue.files.stamps()
        paths = catalogue.documents.paths() | stamps.keys()
        corrections, hidden = catalogue.ledger.corrections(), catalogue.ledger.hidden()
        indexed, over = catalogue.documents.indexed(), catalogue.documents.over(self._day)
        stored = deciding.Stored(stamps, paths, indexed, corrections, hidden, over, catalogue.duplicate_groups.stated())
        return deciding.differences(files, self._ledger, stored)

    def commit_changes(self, files: Sequence[CorpusFile], changes: deciding.Differences, progress: Progress) -> None:
        """Read what changed. The last commit is the caller's to tell of, when all is sealed."""
        self._committer.resume()
        self._take_ledger(changes)
        for path in changes.gone:
            self._withdraw(path, self.catalogue.counter("round") + 1)
            self.catalogue.files.forget(path)
        progress = self._expect(deciding.unread(files, self.catalogue.files.stamps()), progress)
        # What an interrupted run had begun goes on before any line is judged anew.
        if pending := self._pending(files, self.catalogue.lines.expected()):
            self._read_and_commit(pending, progress)
        while pending := self._pending(files, self.catalogue.lines.turned()):
            self._read_and_commit(pending, progress)
        synonyms = {form for group in read_groups(self._settings.synonyms) for one in group for form in forms_in(one)}
        self.catalogue.words.add(self.analyser.words(synonyms))
        for path in self._not_cut:
            self.catalogue.files.forget(path)
        self._extracts.drop(all=bool(self._not_cut))
        self.catalogue.documents.forget_first_seen(self._ledger.forgets, len(self._ledger.forgotten))
        self._committer.commit()
        self._committer.finish()
        self.catalogue.commit()

    def _take_ledger(self, changes: deciding.Differences) -> None:
        self.catalogue.ledger.set_hidden(deciding.hidden_names(self._ledger))
        self.catalogue.duplicate_groups.state(deciding.stated_pairs(self._ledger))
        self._committer.apply(deciding.decide_ledger(changes))
        for id in changes.corrected:
            if id not in self._ledger.removed:
                self._correct(id, changes.gone)
        self.catalogue.ledger.set_corrections(deciding.packed_corrections(self._ledger))

    def _correct(self, id: str, gone: Collection[str]) -> None:
        """Without reading its file, however large that is, where one file alone gives the document."""
        entered = self.catalogue.documents.versions(id)
        if [one.indexed for one in entered] != [True] or entered[0].path in gone:
            return self._committer.apply([deciding.ReadAgain(id)])
        stored = self.catalogue.ledger.original(id)
        original = document_of(stored) if stored else in_release(self._committer.document(id), None, ())
        self.catalogue.ledger.set_original(id, stored_of(original))
        self._committer.apply(deciding.decide_correction(original, self._ledger, entered[0]))

    def _withdraw(self, path: str, round: int) -> None:
        """Drop the versions that a file has not given since a round began."""
        self._committer.apply(deciding.decide_withdrawals(path, self.catalogue.documents.not_given_since(path, round)))

    def _expect(self, pending: Sequence[CorpusFile], progress: Progress) -> Progress:
        """Take out all texts and see what their hosts repeat before any is cleaned: else most would be cleaned twice.

        What is given back tells of the rest of the run: half, where contents were read.
        """
        told = 0

        def tell(done: int, all: int) -> None:
            nonlocal told
            progress.read(told := done // 2, all)

        for part in self._reading.early(pending, self._begun(pending, 0), tell):
            with suppress(Unreadable, ValueError):
                if isinstance(part, ParsedPart) and (page := lines_of(part)):
                    self.catalogue.lines.expect(*page)
        return structs.replace(progress, read=lambda at, of: progress.read(told + at * (of - told) // max(of, 1), of))

    def _pending(self, files: Iterable[CorpusFile], turned: Sequence[str]) -> list[CorpusFile]:
        """What is not read, and what must be cleaned again: a line turned out to be its host's, or not to be."""
        if turned:
            deciding.log.info("repeated lines changed", extra={"documents": len(turned)})
        self._committer.apply(map(deciding.ReadAgain, turned))
        return deciding.unread(files, self.catalogue.files.stamps())

    def _read_and_commit(self, pending: Sequence[CorpusFile], tell: Progress) -> None:
        """One round: each file is read once."""
        round = self.catalogue.counter("round") + 1
        self.catalogue.set_counter("round", round)
        deciding.log.info("round begun", extra={"round": round, "files": len(pending)})
        begun = self._begun(pending, round)
        for path, progress in begun.items():
            if progress.parts:
                deciding.log.info("file resumed", extra={"path": path, "parts": progress.parts})
        for file, part in self._reading.parts(pending, begun, tell.read):
            path, progress = file.source.origin, begun[file.source.origin]
            if part is None:
                self._end(file, progress)
                continue
            progress.parts += 1
            item = next(enriched([part], path, self.catalogue.lines.of_host))
            if isinstance(item, Refusal):
                progress.refusals.append(item)
            else:
                self._take(item, file, progress.round)
            if self._committer.is_due(self._settings.commit_every):
                if path not in self._not_cut:
                    self.catalogue.files.set_progress(path, file.stamp, progress)
                self._committer.commit(partial(tell.committed, self.catalogue.documents.count()))

    def _begun(self, files: Iterable[CorpusFile], round: int) -> dict[str, FileProgress]:
        """How far an interrupted run came with each file, in its own round; nowhere with most, which are read in this one."""
        paths = ((file.source.origin, file.stamp) for file in files)
        return {path: self.catalogue.files.progress(path, stamp, round) for path, stamp in paths}

    def _end(self, file: CorpusFile, progress: FileProgress) -> None:
        path, documents = file.source.origin, progress.parts - len(progress.refusals)
        if documents or not progress.refusals:  # all of a file being refused, what it gave before stays
            self._withdraw(path, progress.round)
        self.catalogue.files.set_progress(path, file.stamp, progress, whole=True)
        deciding.log.info("file read", extra={"path": path, "documents": documents, "refusals": len(progress.refusals)})

    def _take(self, document: Document, file: CorpusFile, round: int) -> None:
        if document.id in self._committer.waiting:
            self._committer.commit()
        entered = self.catalogue.documents.versions(document.id)
        verdict, intents = deciding.decide_document(document, file, self._ledger, entered, round)
        if document.until and document.until < self._day:
            verdict, intents = deciding.decide_over(document.id, verdict, intents)
        self._committer.apply(intents)
        path = file.source.origin
        self._changed(Change(document.id, verdict, path, document.origin[len(path) :]))
        if document.id in self._ledger.corrected and verdict in deciding.INDEXED:
            self.catalogue.ledger.set_original(document.id, stored_of(document))
        if verdict is deciding.Verdict.FORGOTTEN:
            self._not_cut.add(path)
