"""The write side: corpus/ -> Documents -> records -> engine -> index/. Only what changed is read and written.

A document is acknowledged when the commit that holds it has returned: the catalogue's, then the engine's, then the
manifest. A rebuild writes a new generation beside the old one and changes over in one step; so does a run that finds the
old one damaged. Nothing is deleted before its successor answers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from indexer.catalogue import Verdict
from indexer.corpus import CorpusFile, Ledger, read_corpus, read_ledger, sweep, write_ledger
from indexer.corpus.cutting import cut
from indexer.documents import Document, Refusal
from indexer.engines import chosen_engine, open_engine
from indexer.fields import document_of
from indexer.generations import (
    FORMAT,
    Current,
    Generation,
    IndexDamaged,
    Manifest,
    delete_others,
    generations,
    next_generation,
    publish,
    read_current,
    seal,
    write_manifest,
    writing,
)
from indexer.indexing.compacting import compact, is_due
from indexer.indexing.index_fingerprint import fingerprint
from indexer.indexing.progress import Progress
from indexer.indexing.updating import Change, Update
from indexer.settings import Settings

_FORGOTTEN = "Texten har glömts på begäran; den är borttagen ur corpus/ och tas inte in igen."

__all__ = ["Built", "Change", "Progress", "build", "build_locked", "current_fingerprint", "remove"]


@dataclass(frozen=True, slots=True)
class Built:
    """What a run did."""

    documents: int
    """How many the index holds now."""
    generation: str
    changes: tuple[Change, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    """Everything in corpus/ that is refused at present, also what was refused before."""
    ids: dict[str, list[str]] = field(default_factory=dict)
    """Origin -> ids, for the origins that were asked about."""


def build(settings: Settings, rebuild: bool = False, progress: Progress | None = None) -> Built:
    """Bring index/ up to corpus/. Raises CorpusError, EngineError or OSError; what was committed stays."""
    progress = progress or Progress()
    with writing(settings.index, progress.waiting):
        return build_locked(settings, rebuild, progress)


def build_locked(
    settings: Settings, rebuild: bool = False, progress: Progress | None = None, ids_of: Sequence[str] = ()
) -> Built:
    """`build` for a caller that holds the lock.

    A copy of what was forgotten, wherever it came from, leaves corpus/ again.
    """
    progress = progress or Progress()
    built = _built(settings, rebuild, progress, ids_of)
    told = list(_cut_forgotten(settings, built))
    if told:
        again = _built(settings, False, progress, ids_of)
        built = replace(again, changes=(*again.changes, *built.changes), refusals=(*again.refusals, *told))
    return built


def _cut_forgotten(settings: Settings, built: Built) -> Iterator[Refusal]:
    """Cut what is forgotten out of the files; a refusal for each document."""
    members: dict[str, set[str]] = defaultdict(set)
    for change in built.changes:
        if change.verdict is Verdict.FORGOTTEN:
            members[change.path].add(change.member)
    if not members:
        return
    corpus = settings.corpus
    ledger = read_ledger(corpus)
    for file in read_corpus(corpus, ledger):
        path = file.source.origin
        if found := sorted(members.get(path, ())):
            left = list(cut(corpus, ledger, file, found, settings.document_bytes))
            yield from left or (Refusal(path + member, _FORGOTTEN) for member in found)
    write_ledger(corpus, ledger)


def _built(settings: Settings, rebuild: bool, progress: Progress, ids_of: Sequence[str]) -> Built:
    sweep(settings.corpus)
    ledger = read_ledger(settings.corpus)
    files = read_corpus(settings.corpus, ledger)
    run = _Run(settings, files, ledger, progress, current_fingerprint(settings))
    now = None if rebuild else run.usable()
    if now is None:
        return run.anew(ids_of)
    delete_others(settings.index, now.generation)
    return run.onward(now, ids_of)


def current_fingerprint(settings: Settings) -> str:
    """The fingerprint that an index built now would have.

    What is deleted stays in an engine's files for a while; what is forgotten must not, so forgetting makes a new generation.
    """
    forgotten = len(read_ledger(settings.corpus).forgotten)
    return fingerprint(chosen_engine(settings.engine), document_bytes=settings.document_bytes, forgotten=forgotten)


@dataclass(frozen=True, slots=True)
class _Run:
    settings: Settings
    files: Sequence[CorpusFile]
    ledger: Ledger
    progress: Progress
    fingerprint: str

    def usable(self) -> Current | None:
        """What answers now, if it can be built upon: of this program with these settings, and whole."""
        try:
            now = read_current(self.settings.index)
        except IndexDamaged:
            return None
        if now is None or now.manifest.generation != now.generation.folder.name:
            return None
        return now if now.manifest.fingerprint == self.fingerprint and not now.damaged() else None

    def anew(self, ids_of: Sequence[str]) -> Built:
        """A new generation; the first one answers from its first commit, a later one when it is whole."""
        first = not generations(self.settings.index)
        generation = next_generation(self.settings.index, chosen_engine(self.settings.engine))
        with closing(Update(generation, self.ledger, self.settings)) as update:
            update.run(self.files, replace(self.progress, committed=self._answering(generation) if first else _nobody))
            built, deleted = _built_by(update, generation, ids_of), update.deleted
        self._change_over(generation, built.documents)
        return self._compacted(built, generation, deleted)

    def onward(self, now: Current, ids_of: Sequence[str]) -> Built:
        """The generation that answers, brought up to corpus/."""
        generation = now.generation
        with closing(Update(generation, self.ledger, self.settings)) as update:
            changed = not now.complete or update.changed(self.files)
            if changed:
                write_manifest(self.settings.index, replace(now.manifest, complete=False))
                update.run(self.files, replace(self.progress, committed=self._answering(generation)))
            built, deleted = _built_by(update, generation, ids_of), update.deleted
        if changed:
            self._change_over(generation, built.documents)
        else:
            self.progress.committed(built.documents)
        return self._compacted(built, generation, deleted)

    def _compacted(self, built: Built, generation: Generation, deleted: int) -> Built:
        """A compact generation in the place of one of which much is deleted."""
        if not is_due(generation.engine, deleted, built.documents):
            return built
        target = next_generation(self.settings.index, generation.engine)
        compact(generation, target)
        self._change_over(target, built.documents)
        return replace(built, generation=target.folder.name)

    def _answering(self, generation: Generation) -> Callable[[int], None]:
        """What makes each commit of a generation be seen."""

        def committed(documents: int) -> None:
            self._announce(generation, documents, complete=False)
            self.progress.committed(documents)

        return committed

    def _change_over(self, generation: Generation, documents: int) -> None:
        """Let a generation that is whole answer, and nothing else be left."""
        seal(generation)
        self._announce(generation, documents, complete=True)
        delete_others(self.settings.index, generation)
        self.progress.committed(documents)

    def _announce(self, generation: Generation, documents: int, complete: bool) -> None:
        """Say what answers: the manifest first, since readers take it for broken where it is missing."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        name = generation.folder.name
        manifest = Manifest(FORMAT, generation.engine, name, documents, now, self.fingerprint, complete)
        write_manifest(self.settings.index, manifest)
        publish(self.settings.index, generation)


def _nobody(documents: int) -> None:
    """A generation that does not answer yet is not spoken of."""


def _built_by(update: Update, generation: Generation, ids_of: Sequence[str]) -> Built:
    return Built(
        update.documents,
        generation.folder.name,
        tuple(update.changes),
        tuple(update.refusals()),
        {origin: update.ids_of(origin) for origin in ids_of},
    )


def remove(settings: Settings, ids: Sequence[str], progress: Progress | None = None) -> list[str]:
    """Take documents out of the index and remember it; their files stay. The ids that were not in the index."""
    progress = progress or Progress()
    with writing(settings.index, progress.waiting):
        held = held_documents(settings, ids)
        known = [id for id in ids if id in held]
        if known:
            ledger = read_ledger(settings.corpus)
            ledger.removed |= dict.fromkeys(known, datetime.now(UTC).date().isoformat())
            write_ledger(settings.corpus, ledger)
            build_locked(settings, progress=progress)
        return [id for id in ids if id not in held]


def held_documents(settings: Settings, ids: Sequence[str]) -> dict[str, Document]:
    """Those of the ids that the index has, as it has them. Raises IndexDamaged rather than to miss one, EngineError."""
    now = read_current(settings.index)
    if now is None or now.manifest.format != FORMAT:
        return {}
    if names := now.damaged():
        raise IndexDamaged(settings.index, names)
    with closing(open_engine(now.generation.engine, now.generation.engine_folder)) as engine:
        return {id: document_of(stored) for id in ids if (stored := engine.get(id)) is not None}
