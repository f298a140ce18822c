"""Which files lie in corpus/, under which names they are stored, and how they are deleted."""

import filecmp
import hashlib
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from indexer.corpus.ledger import CorpusError, Ledger
from indexer.durable import UNFINISHED, copy_durably, sync_folder
from indexer.ingestion import Source, is_sidecar

_log = logging.getLogger(__package__)


class CorpusFile(Struct, frozen=True):
    """One file of the collection as it lies now."""

    source: Source
    stamp: str
    """Changes when the file, its sidecar or what was stated with it does."""
    size: int
    """Bytes."""
    added: str
    """When it was added by `add`, ISO 8601 in UTC; empty for a file that was put there."""


def paths_of(origin: str) -> set[str]:
    """The files that an origin may be a part of.

    >>> sorted(paths_of("a#b.jsonl#3"))
    ['a', 'a#b.jsonl', 'a#b.jsonl#3']
    """
    return {origin, *(origin[:at] for at, character in enumerate(origin) if character in "#!")}


def read_corpus(corpus: Path, ledger: Ledger) -> list[CorpusFile]:
    """Every regular, visible file that is not a sidecar, by path. Raises CorpusError without the folder."""
    if not corpus.is_dir():
        raise CorpusError(f"Mappen {corpus} finns inte; skapa den eller ange en annan med --corpus.")
    return [_corpus_file(corpus, path, ledger) for path in _visible_files(corpus)]


def _visible_files(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths = [Path(parent) / name for name in sorted(names) if not name.startswith(".")]
        # A pipe or device would be waited for without end.
        yield from (path for path in paths if os.path.isfile(path) and not is_sidecar(path))


def _corpus_file(corpus: Path, path: Path, ledger: Ledger) -> CorpusFile:
    origin = path.relative_to(corpus).as_posix().encode("utf-8", "replace").decode("utf-8")
    given = dict(ledger.given.get(origin, {}))
    added = given.pop("added", "")
    states = [_state(file) for file in (path, *_sidecars(path))]
    stamp = json.dumps([states, sorted(given.items()), added])
    return CorpusFile(Source(path, origin, given), stamp, states[0][0] if states[0] else 0, added)


def _sidecars(path: Path) -> list[Path]:
    return sorted({path.with_name(path.name + ".toml"), path.with_suffix(".toml")} - {path})


def _state(path: Path) -> list[int] | None:
    try:
        state = path.stat()
    except OSError:
        return None
    return [state.st_size, state.st_mtime_ns, state.st_ctime_ns]


def delete(file: CorpusFile, ledger: Ledger) -> None:
    """Delete a file, its sidecar and what was stated of it; a sidecar that is another file's too stays."""
    _log.info("file deleted", extra={"path": file.source.origin})
    ledger.given.pop(file.source.origin, None)
    file.source.path.unlink(missing_ok=True)
    for path in _sidecars(file.source.path):
        if not is_sidecar(path):
            path.unlink(missing_ok=True)
    sync_folder(file.source.path.parent)


def files_below(source: Path) -> list[tuple[Path, str]]:
    """The files that a path given to `add` stands for, each with the name it gets in corpus/."""
    if source.is_dir():
        root = source.resolve()
        return [(path, f"{root.name}/{path.relative_to(source).as_posix()}") for path in _visible_files(source)]
    return [(source, source.name)]


def target_of(corpus: Path, path: Path, name: str) -> Path:
    """Where a file is kept in corpus/: under its name, unless another file has that; then with its digest."""
    target = corpus / name
    if not target.exists() or target.samefile(path) or filecmp.cmp(target, path, shallow=False):
        return target
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()[:8]
    return target.with_name(f"{target.stem}-{digest}{target.suffix}")


def store(path: Path, target: Path) -> None:
    """Keep a file, and the sidecar beside it, as they came, durably. Nothing is overwritten."""
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    sync_folder(target.parent.parent)
    if sidecars := [other for other in _sidecars(path) if other.is_file()]:
        copy_durably(sidecars[0], target.with_name(target.name + ".toml"))
    copy_durably(path, target)


def sweep(corpus: Path) -> None:
    """Delete what an interrupted `add`, cut or crawl left half written; a crawl that runs writes its archives beside any index run."""
    for path in corpus.rglob(f".*{UNFINISHED}"):
        writer = path.name.removesuffix(UNFINISHED).rpartition(".")[2]
        if writer == str(os.getpid()) or not Path("/proc", writer).exists():
            path.unlink(missing_ok=True)
