"""`add`: what was crawled -> corpus/ as it came -> index/. A file is refused before it is stored, or it is kept."""

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from msgspec import Struct, structs

from indexer.catalogue import IN_MEMORY, Catalogue
from indexer.corpus import changing, read_corpus, sweep
from indexer.corpus.files import delete, files_below, paths_of, store, target_of
from indexer.corpus.ledger import state
from indexer.documents import Document, Refusal
from indexer.generations import read_current, writing
from indexer.indexing import SILENT, Built, Change, Progress, Verdict, build_locked
from indexer.ingestion import OfHost, Source, parts_of, read
from indexer.ingestion.parts import RefusedPart
from indexer.settings import Settings

_log = logging.getLogger(__package__)
_REMOVED = "Dokumentet {} togs bort tidigare, eller får enligt sin utgivare inte visas längre, och tas inte in igen."
_KEPT_OUT = (Verdict.REMOVED, Verdict.OVER)


class Added(Struct, frozen=True):
    """What became of what was added; every document's id is in one of the three lists."""

    added: tuple[str, ...]
    updated: tuple[str, ...]
    unchanged: tuple[str, ...]
    refused: tuple[Refusal, ...]


def add(settings: Settings, sources: Sequence[str], given: Mapping[str, str], progress: Progress = SILENT) -> Added:
    """Take files and folders into corpus/ and index them; `given` are keys of a document that a person states.

    Raises CorpusError, EngineError or OSError; what was acknowledged stays.
    """
    with writing(settings.index, progress.waiting):
        sweep(settings.corpus)
        files = [_accepted(file, settings.document_bytes) for file in _files(sources, given)]
        refused = [file for file in files if isinstance(file, Refusal)]
        stored = _stored(settings.corpus, [file for file in files if isinstance(file, Source)], given)
        _log.info("files stored", extra={"files": len(stored), "refused": len(refused)})
        verdicts: dict[str, Verdict] = {}

        def changed(change: Change) -> None:
            if change.path in stored:
                verdicts[change.id] = change.verdict

        built = build_locked(settings, False, structs.replace(progress, changed=changed), list(stored))
        added = _summary(built, verdicts, stored, refused)
        if useless := {refusal.origin for refusal in added.refused if stored.get(refusal.origin)}:
            _take_back(settings, progress, useless)
        return added


def read_sources(settings: Settings, sources: Sequence[str]) -> Iterator[Document | Refusal]:
    """How sources would be read beside what the index holds; nothing is stored."""
    files = list(_files(sources, {}))
    now = read_current(settings.index)
    indexed = Catalogue(now.generation.catalogue, to_read=True) if now else Catalogue(IN_MEMORY)
    with closing(indexed), closing(Catalogue(IN_MEMORY)) as given:

        def documents(of_host: OfHost) -> Iterator[Document | Refusal]:
            for file in files:
                yield from (file,) if isinstance(file, Refusal) else read(file, settings.document_bytes, of_host)

        for document in documents(indexed.lines.of_host):
            if isinstance(document, Document):
                given.lines.learn(document)
        given.lines.turned()
        yield from documents(lambda host, lines: indexed.lines.of_host(host, lines) | given.lines.of_host(host, lines))


def _files(sources: Sequence[str], given: Mapping[str, str]) -> Iterator[Source | Refusal]:
    """The files of the sources under their names in corpus/, or why there are none."""
    for source in sources:
        if source.startswith(("http://", "https://")):
            yield Refusal(source, "Adresser kan inte hämtas; spara sidan som fil och lägg till den med --url.")
        elif not source or not Path(source).exists():  # an empty name, as of a variable that was not set, is no folder
            yield Refusal(source or "(tomt namn)", "Filen finns inte; kontrollera sökvägen.")
        else:
            yield from (Source(path, name, given) for path, name in files_below(Path(source)))


def _accepted(file: Source | Refusal, limit: int) -> Source | Refusal:
    """A file, refused where its content cannot be taken at all; what only a parser finds is said when it is indexed."""
    if isinstance(file, Source):
        first = next(parts_of(file, limit))
        if isinstance(first, RefusedPart) and not first.member:
            return Refusal(str(file.path), first.reason)
    return file


def _take_back(settings: Settings, progress: Progress, useless: Collection[str]) -> None:
    """Delete what was stored and then turned out to be no document."""
    with changing(settings.corpus) as ledger:
        for file in read_corpus(settings.corpus, ledger):
            if file.source.origin in useless:
                delete(file, ledger)
    build_locked(settings, progress=progress)


def _stored(corpus: Path, files: Sequence[Source], given: Mapping[str, str]) -> dict[str, bool]:
    """Keep the files; the origin of each, and whether it is new. What is stated is written first, so that none lacks it."""
    corpus.mkdir(parents=True, exist_ok=True)
    stored: dict[str, bool] = {}
    for file in files:
        target = _inside(corpus, file.path) or target_of(corpus, file.path, file.origin)
        origin = target.relative_to(corpus).as_posix()
        is_new = not target.exists()
        stored.setdefault(origin, is_new)
        if given or is_new:
            with changing(corpus) as ledger:
                state(ledger, origin, given)
        store(file.path, target)
    return stored


def _inside(corpus: Path, path: Path) -> Path | None:
    """The path as a part of corpus/, where it already lies there."""
    whole, folder = path.resolve(), corpus.resolve()
    return corpus / whole.relative_to(folder) if whole.is_relative_to(folder) else None


def _summary(built: Built, verdicts: Mapping[str, Verdict], origins: Collection[str], refused: list[Refusal]) -> Added:
    ours = set(origins)
    untouched = [id for origin in origins for id in built.ids[origin] if id not in verdicts]
    refusals = [*refused, *(refusal for refusal in built.refusals if not ours.isdisjoint(paths_of(refusal.origin)))]
    refusals += [Refusal(id, _REMOVED.format(id)) for id, verdict in verdicts.items() if verdict in _KEPT_OUT]

    def with_verdict(*wanted: Verdict) -> tuple[str, ...]:
        return tuple(id for id, verdict in verdicts.items() if verdict in wanted)

    unchanged = (*with_verdict(Verdict.UNCHANGED, Verdict.BEATEN), *dict.fromkeys(untouched))
    return Added(with_verdict(Verdict.ADDED), with_verdict(Verdict.UPDATED), unchanged, tuple(refusals))
