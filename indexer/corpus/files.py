"""Which files lie in corpus/, under which names they are stored, and how they are deleted.

Documents are cut out of the files that hold them, however they are packed; nothing is kept that does not read back as before.
"""

import filecmp
import hashlib
import json
import os
from collections import Counter
from collections.abc import Collection, Iterator
from importlib import import_module
from pathlib import Path

from msgspec import Struct

from indexer.corpus.ledger import CorpusError, Ledger, log
from indexer.documents import Refusal
from indexer.durable import UNFINISHED, copy_durably, replacing, sync_folder
from indexer.ingestion import Source, is_sidecar, parts_of, sidecars, stream_of
from indexer.ingestion.parts import Part

_UNTOUCHED = "Texten går inte att ta ur filen utan att annat i den ändras; filen är orörd och texten visas inte."
_WITHIN = f"{_UNTOUCHED} Ta bort texten ur filen eller ta bort filen, och kör regionsok index."
_KEPT = "Texten är kvar i filen, som inte går att skriva om ({}), men visas inte; åtgärda det och kör regionsok index."


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
    return [_corpus_file(corpus, path, ledger) for path in visible_files(corpus) if not is_sidecar(path)]


def visible_files(folder: Path) -> Iterator[Path]:
    """Every regular file of a folder and of those in it, by path, but those that begin with a dot."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        # A pipe or device would be waited for without end.
        yield from filter(os.path.isfile, (Path(parent) / name for name in sorted(names) if not name.startswith(".")))


def _corpus_file(corpus: Path, path: Path, ledger: Ledger) -> CorpusFile:
    origin = path.relative_to(corpus).as_posix().encode("utf-8", "replace").decode("utf-8")
    given = dict(ledger.given.get(origin, {}))
    added = given.pop("added", "")
    states = [_state(file) for file in (path, *sidecars(path))]
    stamp = json.dumps([states, sorted(given.items()), added])
    return CorpusFile(Source(path, origin, given), stamp, states[0][0] if states[0] else 0, added)


def _state(path: Path) -> list[int] | None:
    try:
        state = path.stat()
    except OSError:
        return None
    return [state.st_size, state.st_mtime_ns, state.st_ctime_ns]


def delete(file: CorpusFile, ledger: Ledger) -> None:
    """Delete a file, its sidecar and what was stated of it; a sidecar that is another file's too stays."""
    log.info("file deleted", extra={"path": file.source.origin})
    ledger.given.pop(file.source.origin, None)
    file.source.path.unlink(missing_ok=True)
    for path in sidecars(file.source.path):
        if not is_sidecar(path):
            path.unlink(missing_ok=True)
    sync_folder(file.source.path.parent)


class _Changed(Exception):
    """What was written does not read back as what was to be kept."""


def cut(ledger: Ledger, file: CorpusFile, members: Collection[str], limit: int) -> Iterator[Refusal]:
    """Delete members of a file, or all of it where it holds nothing else; a refusal for each if they cannot be cut out.

    `limit` is the most bytes of a document. A file is replaced when the new one is durable and reads back to exactly
    the other parts, as they stood; else it stays as it is.
    """
    names = Counter(part.member for part in parts_of(file.source, limit))
    if names.keys() == set(members) and len(names) == names.total():
        return delete(file, ledger)
    try:
        with replacing(file.source.path) as target:
            if any(names[member] != 1 for member in members):  # of two by one name, one may be to be kept
                raise _Changed
            with stream_of(file.source, limit) as stream:  # only a cut needs the parsers that this brings
                import_module("indexer.corpus.containers").take_out(stream, target, members)
            target.flush()
            others = (part for part in parts_of(file.source, limit) if part.member not in members)
            if _digest(parts_of(file.source, limit, written=Path(target.name))) != _digest(others):
                raise _Changed
    except Exception as error:  # as in `parsed`: what is broken breaks each unpacker in a way of its own
        cause = error.strerror if isinstance(error, OSError) else None
        reason = _KEPT.format(cause) if cause else _WITHIN
        log.info("members left in", extra={"path": file.source.origin, "cause": type(error).__name__})
        yield from (Refusal(file.source.origin + member, reason) for member in members)


def _digest(parts: Iterator[Part]) -> bytes:
    """Of all that documents are made of, in order."""
    digest = hashlib.blake2b()
    for part in parts:
        digest.update(repr(part).encode("utf-8", "surrogatepass") + b"\0")
    return digest.digest()


def files_below(source: Path) -> list[tuple[Path, str]]:
    """The files that a path given to `add` stands for, each with the name it gets in corpus/."""
    if source.is_dir():
        root = source.resolve()
        files = (path for path in visible_files(source) if not is_sidecar(path))
        return [(path, f"{root.name}/{path.relative_to(source).as_posix()}") for path in files]
    return [(source, source.name)]


def target_of(corpus: Path, path: Path, name: str) -> Path:
    """Where a file is kept in corpus/: where it lies there, else under its name, unless another file has that; then with its digest."""
    if path.resolve().is_relative_to(corpus.resolve()):
        return corpus / path.resolve().relative_to(corpus.resolve())
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
    for sidecar in sidecars(path)[:1]:
        copy_durably(sidecar, target.with_name(target.name + ".toml"))
    copy_durably(path, target)


def sweep(corpus: Path) -> None:
    """Delete what an interrupted `add`, cut or crawl left half written; a crawl that runs writes its archives beside any index run."""
    for path in corpus.rglob(f".*{UNFINISHED}"):
        writer = path.name.removesuffix(UNFINISHED).rpartition(".")[2]
        if writer == str(os.getpid()) or not Path("/proc", writer).exists():
            path.unlink(missing_ok=True)
