"""The write side: corpus/ -> Documents -> records -> engine -> index/. Only what changed is read and written.

Here is chosen which generation a run is over, and when what it makes answers; `running` reads what changed, `deciding` says
what that means and `committing` does it. A document is acknowledged when the commit that holds it has returned: the
catalogue's, then the engine's, then the manifest.

A rebuild writes a new generation beside the old one and changes over in one step; so does a run that finds the old one
damaged, or full of what was deleted: BM25 counts deleted documents until an engine's files are written anew. Nothing is
deleted before its successor answers.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime

from msgspec import Struct, structs

from indexer import engines, generations
from indexer.catalogue import Catalogue, copy_compactly
from indexer.corpus import FIRST_SEEN, changing, cut, read_corpus, read_ledger, settle, sweep, today
from indexer.documents import Document, Refusal
from indexer.fields import document_of, record_of, words_of
from indexer.generations import FORMAT, Current, Generation, IndexDamaged, Manifest
from indexer.indexing.announcing import Announcing, leased
from indexer.indexing.deciding import Verdict, log
from indexer.indexing.index_fingerprint import fingerprint
from indexer.indexing.running import SILENT, Change, Progress, Run
from indexer.settings import Settings

__all__ = ["SILENT", "Built", "Change", "Progress", "Verdict", "build", "build_locked", "current_fingerprint", "log"]

AT_ONCE = 2_000
"""Documents up to which a single deleted one is reason enough: within two seconds with Tantivy."""
_TAKEN = (
    "{} är tom, och i klustret svarar vad en annan maskin har byggt; med regionsok index --rebuild tar den tomma över."
)
_FORGOTTEN = "Texten har glömts på begäran; den är borttagen ur corpus/ och tas inte in igen."


class Built(Struct, frozen=True):
    """What a run did."""

    documents: int
    """How many the index holds now."""
    refusals: tuple[Refusal, ...] = ()
    """Everything in corpus/ that is refused at present, also what was refused before."""
    ids: dict[str, list[str]] = {}
    """Origin -> ids, for the origins that were asked about."""


def build(settings: Settings, rebuild: bool = False, progress: Progress = SILENT, day: str = "") -> Built:
    """Bring index/ up to corpus/, on another `day` than today in tests. Raises CorpusError, EngineError or OSError; what was committed stays."""
    with generations.writing(settings.index, progress.waiting):
        return build_locked(settings, rebuild, progress, day=day)


def build_locked(
    settings: Settings, rebuild: bool = False, progress: Progress = SILENT, ids_of: Sequence[str] = (), day: str = ""
) -> Built:
    """`build` for a caller that holds the lock.

    A copy of what was forgotten, wherever it came from, leaves corpus/ again.
    """
    forgotten: dict[str, set[str]] = defaultdict(set)

    def changed(change: Change) -> None:
        progress.changed(change)
        if change.verdict is Verdict.FORGOTTEN:
            forgotten[change.path].add(change.member)

    telling = structs.replace(progress, changed=changed)
    with leased(settings, engines.chosen_engine(settings.engine), progress.waiting) as elsewhere:
        building = Build(settings, telling, current_fingerprint(settings), ids_of, day or today(), elsewhere)
        built = building.commit(rebuild)
        if forgotten and (cut_out := list(_cut_out(settings, forgotten))):
            again = structs.replace(building, progress=structs.replace(progress, changed=SILENT.changed)).commit()
            built = structs.replace(again, refusals=(*again.refusals, *cut_out))
    return built


def _cut_out(settings: Settings, members: Mapping[str, Collection[str]]) -> Iterator[Refusal]:
    """Cut what is forgotten, by file, out of the files; a refusal for each document."""
    with changing(settings.corpus) as ledger:
        for file in read_corpus(settings.corpus, ledger):
            path = file.source.origin
            if forgotten := sorted(members.get(path, ())):
                left = list(cut(ledger, file, forgotten, settings.document_bytes))
                yield from left or (Refusal(path + member, _FORGOTTEN) for member in forgotten)


def current_fingerprint(settings: Settings) -> str:
    """The fingerprint that an index built now would have.

    What is deleted stays in an engine's files for a while; what is forgotten must not, so forgetting makes a new generation.
    """
    forgotten = len(read_ledger(settings.corpus).forgotten)
    return fingerprint(
        engines.chosen_engine(settings.engine), document_bytes=settings.document_bytes, forgotten=forgotten
    )


def held_documents(settings: Settings, ids: Sequence[str]) -> dict[str, Document]:
    """Those of the ids that the index has, as it has them. Raises IndexDamaged rather than to miss one, engines.EngineError."""
    now = generations.read_current(settings.index)
    if now is None:
        return {}
    if names := now.damaged():
        raise IndexDamaged(settings.index, names)
    with closing(engines.open_engine(now.generation.engine, now.generation.engine_folder, settings)) as engine:
        return {id: document_of(stored) for id in ids if (stored := engine.get(id)) is not None}


class Build(Struct, frozen=True):
    """Brings index/ up to corpus/."""

    settings: Settings
    progress: Progress
    fingerprint: str
    ids_of: Sequence[str]
    day: str
    """That it is."""
    elsewhere: Announcing | None
    """Where others search what an engine keeps on other machines."""

    def commit(self, rebuild: bool = False) -> Built:
        """Run over the generation that answers where it can be built upon, else over a new one.

        The first generation answers from its first commit, a later one when it is whole.
        """
        settings, index, corpus = self.settings, self.settings.index, self.settings.corpus
        sweep(corpus)
        settle(corpus)
        ledger = read_ledger(corpus)
        files = read_corpus(corpus, ledger)
        before, reason = self._usable()
        now, reason = (None, "rebuild") if rebuild else (before, reason)
        generation, answers = self._target(now, bool(files) or rebuild)
        # Any other index of the corpus waits as well: both write beside the ledger.
        beside_ledger = generations.writing((corpus / FIRST_SEEN).parent, self.progress.waiting)
        with beside_ledger, closing(Run(generation, ledger, settings, self.progress, self.day)) as run:
            run.analyser.known = before.generation.catalogue if rebuild and before else None
            changes = run.differences(files)
            changed = now is None or not now.complete or bool(changes)
            counts = {"changed": len(changes.unread), "gone": len(changes.gone), "left_out": len(changes.left_out)}
            told = {"generation": generation.folder.name, "reason": reason, "files": len(files), **counts}
            log.info("run begun" if changed else "nothing changed", extra=told)
            if changed:
                if now:
                    generations.write_manifest(index, structs.replace(now.manifest, complete=False))
                if self.elsewhere:
                    self.elsewhere.claim(generation)
                run.commit_changes(files, changes, self._telling(generation, answers))
            documents, refusals = run.catalogue.documents, tuple(run.catalogue.files.refusals())
            ids = {path: [id for id in documents.ids_of(path) if id not in ledger.removed] for path in self.ids_of}
            built = Built(documents.count(), refusals, ids)
            deleted = run.catalogue.counter("deleted")
        if changed:
            self._change_over(generation, built.documents)
        self.progress.committed(built.documents)
        if is_due(generation.engine, deleted, built.documents):
            self._compact(generation, built.documents, deleted)
        return built

    def _usable(self) -> tuple[Current | None, str]:
        """What answers now, if it can be built upon: of this program with these settings, and whole; and why it is or is not."""
        try:
            now = generations.read_current(self.settings.index)
        except IndexDamaged:
            return None, "damaged"
        if now is None:
            return None, "none before"
        if now.manifest.generation != now.generation.folder.name:
            return None, "manifest of another generation"
        if now.manifest.fingerprint != self.fingerprint:
            return None, "another fingerprint"
        if now.damaged():
            return None, "damaged"
        if self.elsewhere and not self.elsewhere.is_current(now):
            return None, "another writer's answers"
        return now, "onward" if now.complete else "unfinished"

    def _target(self, now: Current | None, may_take_over: bool) -> tuple[Generation, bool]:
        """What a run is over: what answers, and nothing else is left, or a new one; and whether it answers from its next commit.

        Raises EngineError where it would take the place of what another machine has built, and may not.
        """
        index = self.settings.index
        if now:
            generations.delete_others(index, now.generation)
            return now.generation, True
        there = self.elsewhere and self.elsewhere.state.index
        if there and not may_take_over:
            raise engines.EngineError(_TAKEN.format(self.settings.corpus))
        answering = generations.all_generations(index) or there
        return generations.next_generation(index, engines.chosen_engine(self.settings.engine)), not answering

    def _compact(self, source: Generation, documents: int, deleted: int) -> None:
        """Put a new generation in the place of one of which much is deleted.

        Nothing is read or taken apart again: the documents come out of the old engine, their words out of the catalogue.
        """
        target = generations.next_generation(self.settings.index, source.engine)
        log.info("compaction", extra={"generation": target.folder.name, "deleted": deleted})
        if self.elsewhere:
            self.elsewhere.claim(target)
        copy_compactly(source.catalogue, target.catalogue)
        with (
            closing(Catalogue(target.catalogue)) as catalogue,
            closing(engines.open_engine(source.engine, source.engine_folder, self.settings)) as engine,
            closing(engines.open_writer(target.engine, target.engine_folder, self.settings)) as writer,
        ):
            for id in sorted(engine.ids()):
                document = document_of(engine.get(id) or "")
                writer.add(record_of(document, words_of(document, catalogue.known)))
            writer.commit()
            catalogue.set_counter("deleted", 0)
            catalogue.commit()
        self._change_over(target, documents)

    def _telling(self, generation: Generation, answers: bool) -> Progress:
        """What makes each commit of a generation be seen; one that does not answer yet is not spoken of."""

        def committed(documents: int) -> None:
            if answers:
                self._announce(generation, documents, complete=False)
                self.progress.committed(documents)

        return structs.replace(self.progress, committed=committed)

    def _change_over(self, generation: Generation, documents: int) -> None:
        """Let a generation that is whole answer, and nothing else be left."""
        generations.seal(generation)
        self._announce(generation, documents, complete=True)
        generations.delete_others(self.settings.index, generation)
        log.info("generation answers", extra={"generation": generation.folder.name, "documents": documents})

    def _announce(self, generation: Generation, documents: int, complete: bool) -> None:
        """Say what answers: the manifest first, since readers take it for broken where it is missing."""
        now, name = datetime.now(UTC).isoformat(timespec="microseconds"), generation.folder.name
        manifest = Manifest(FORMAT, generation.engine, name, documents, now, self.fingerprint, complete)
        forgotten = len(read_ledger(self.settings.corpus).forgotten)
        tidy = self.elsewhere and self.elsewhere.announce(generation, manifest, forgotten)
        generations.write_manifest(self.settings.index, manifest)
        generations.publish(self.settings.index, generation)
        if tidy:
            tidy()


def is_due(engine: str, deleted: int, documents: int) -> bool:
    """Whether an engine that holds so many is to be written anew.

    >>> is_due("tantivy", 0, 10), is_due("tantivy", 1, AT_ONCE), is_due("whoosh", 1, AT_ONCE), is_due("whoosh", 1_000, 3_000)
    (False, True, False, True)
    """
    shows = engine in engines.COUNT_DELETED and documents <= AT_ONCE
    return deleted > 0 and (shows or deleted * 5 > deleted + documents)  # else one of so many
