"""`add`: what was crawled -> corpus/ as it came -> index/. A file is refused before it is stored, or it is kept."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.catalogue import Verdict
from indexer.catalogue.repeated_lines import known_lines
from indexer.corpus import (
    delete,
    files_below,
    give,
    paths_of,
    read_corpus,
    read_ledger,
    store,
    sweep,
    target_of,
    write_ledger,
)
from indexer.documents import Document, Refusal
from indexer.generations import current_generation, writing
from indexer.indexing import Built, Progress, build_locked
from indexer.ingestion import OfHost, Source, parts_of, read
from indexer.ingestion.parsed import Unreadable
from indexer.settings import Settings

_REMOVED = "Dokumentet {} togs bort tidigare och tas inte in igen."


@dataclass(frozen=True, slots=True)
class Added:
    """What became of what was added; every document's id is in one of the three lists."""

    added: tuple[str, ...]
    updated: tuple[str, ...]
    unchanged: tuple[str, ...]
    refused: tuple[Refusal, ...]


def add(
    settings: Settings, sources: Sequence[str], given: Mapping[str, str], progress: Progress | None = None
) -> Added:
    """Take files and folders into corpus/ and index them; `given` are keys of a document that a person states.

    Raises CorpusError, EngineError or OSError; what was acknowledged stays.
    """
    progress = progress or Progress()
    with writing(settings.index, progress.waiting):
        sweep(settings.corpus)
        refused: list[Refusal] = []
        accepted: list[tuple[Path, str]] = []
        for item in _files(sources):
            refusal = item if isinstance(item, Refusal) else _refused_whole(item[0], given, settings.document_bytes)
            if refusal:
                refused.append(refusal)
            elif not isinstance(item, Refusal):
                accepted.append(item)
        stored = _stored(settings.corpus, accepted, given)
        built = build_locked(settings, False, progress, list(stored))
        added = _summary(built, stored, refused)
        if useless := {refusal.origin for refusal in added.refused if stored.get(refusal.origin)}:
            _take_back(settings, progress, useless)
        return added


def read_sources(settings: Settings, sources: Sequence[str]) -> Iterator[Document | Refusal]:
    """How sources would be read beside what the index holds; nothing is stored."""
    files = list(_files(sources))
    now = current_generation(settings.index)
    with known_lines(now.catalogue if now else None) as indexed, known_lines(None) as given:
        for item in _documents(files, settings, indexed.of_host):
            if isinstance(item, Document):
                given.learn(item)
        yield from _documents(
            files, settings, lambda host, lines: indexed.of_host(host, lines) | given.of_host(host, lines)
        )


def _documents(
    files: Sequence[tuple[Path, str] | Refusal], settings: Settings, of_host: OfHost
) -> Iterator[Document | Refusal]:
    for item in files:
        if isinstance(item, Refusal):
            yield item
        else:
            yield from read(Source(item[0], item[1], {}), settings.document_bytes, of_host)


def _files(sources: Sequence[str]) -> Iterator[tuple[Path, str] | Refusal]:
    """The files of the sources with their names in corpus/, or why there are none."""
    for source in sources:
        if source.startswith(("http://", "https://")):
            yield Refusal(source, "Adresser kan inte hämtas; spara sidan som fil och lägg till den med --url.")
        elif not source or not Path(source).exists():  # an empty name, as of a variable that was not set, is no folder
            yield Refusal(source or "(tomt namn)", "Filen finns inte; kontrollera sökvägen.")
        else:
            yield from files_below(Path(source))


def _refused_whole(path: Path, given: Mapping[str, str], limit: int) -> Refusal | None:
    """The refusal of a file whose content cannot be taken at all; what only a parser finds is told when it is indexed."""
    first = next(parts_of(Source(path, str(path), given), limit))
    return Refusal(str(path), str(first.draft)) if isinstance(first.draft, Unreadable) and not first.member else None


def _take_back(settings: Settings, progress: Progress, useless: Collection[str]) -> None:
    """Delete what was stored and then turned out to be no document."""
    ledger = read_ledger(settings.corpus)
    for file in read_corpus(settings.corpus, ledger):
        if file.source.origin in useless:
            delete(settings.corpus, file, ledger)
    write_ledger(settings.corpus, ledger)
    build_locked(settings, progress=progress)


def _stored(corpus: Path, accepted: Sequence[tuple[Path, str]], given: Mapping[str, str]) -> dict[str, bool]:
    """Keep the files; the origin of each, and whether it is new. What was told is written first, so that none lacks it."""
    corpus.mkdir(parents=True, exist_ok=True)
    ledger = read_ledger(corpus)
    stored: dict[str, bool] = {}
    for path, name in accepted:
        target = _inside(corpus, path) or target_of(corpus, path, name)
        origin = target.relative_to(corpus).as_posix()
        stored.setdefault(origin, not target.exists())
        if given or not target.exists():
            give(ledger, origin, given)
            write_ledger(corpus, ledger)
        store(path, target)
    return stored


def _inside(corpus: Path, path: Path) -> Path | None:
    """The path as a part of corpus/, where it already lies there."""
    whole, folder = path.resolve(), corpus.resolve()
    return corpus / whole.relative_to(folder) if whole.is_relative_to(folder) else None


def _summary(built: Built, origins: Collection[str], refused: Sequence[Refusal]) -> Added:
    ours = set(origins)
    verdicts = {change.id: change.verdict for change in built.changes if change.path in ours}
    untouched = [id for origin in origins for id in built.ids[origin] if id not in verdicts]
    told = [*refused, *(refusal for refusal in built.refusals if not ours.isdisjoint(paths_of(refusal.origin)))]
    told += [Refusal(id, _REMOVED.format(id)) for id, verdict in verdicts.items() if verdict is Verdict.REMOVED]

    def with_verdict(*wanted: Verdict) -> tuple[str, ...]:
        return tuple(id for id, verdict in verdicts.items() if verdict in wanted)

    return Added(
        with_verdict(Verdict.ADDED),
        with_verdict(Verdict.UPDATED),
        (*with_verdict(Verdict.UNCHANGED, Verdict.BEATEN), *dict.fromkeys(untouched)),
        tuple(told),
    )
