"""corpus/: which files are in it, and the ledger of what cannot be derived from them."""

from __future__ import annotations

import filecmp
import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from indexer.corpus.corrections import Correction
from indexer.durable import UNFINISHED, copy_durably, sync_folder, write_durably
from indexer.faults import Fault, cause_of
from indexer.ingestion import Source, is_sidecar

LEDGER = Path(".regionsok") / "ledger.json"


class CorpusError(Fault):
    """A corpus that cannot be read or written; the message is a Swedish sentence."""


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """One file of the collection as it lies now."""

    source: Source
    stamp: str
    """Changes when the file, its sidecar or what was given with it does."""
    size: int
    """Bytes."""
    added: str
    """When it was added by `add`, ISO 8601 in UTC; empty for a file that was put there."""


@dataclass(slots=True)
class Ledger:
    """The facts about corpus/ that its files do not hold."""

    removed: dict[str, str] = field(default_factory=dict)
    """Id -> the day it was removed; its file stays, the document is not indexed."""
    gone: dict[str, str] = field(default_factory=dict)
    """Id -> the day its address was found to be gone, or no longer wished to be read; its file stays until it is back."""
    forgotten: list[str] = field(default_factory=list)
    """Fingerprints of what must not come back, made with `salt`."""
    salt: str = ""
    hidden: dict[str, list[str]] = field(default_factory=dict)
    """Id -> the names of people that a document does not answer questions for."""
    corrected: dict[str, Correction] = field(default_factory=dict)
    """Id -> what a person has set right."""
    given: dict[str, dict[str, str]] = field(default_factory=dict)
    """Origin -> what `add` was told: url, published, source, title, and `added`, when."""

    @property
    def left_out(self) -> set[str]:
        """Ids of documents that are in corpus/ and must not be in the index."""
        return {*self.removed, *self.gone}


def paths_of(origin: str) -> set[str]:
    """The files that an origin may be a part of.

    >>> sorted(paths_of("a#b.jsonl#3"))
    ['a', 'a#b.jsonl', 'a#b.jsonl#3']
    """
    return {origin, *(origin[:at] for at, character in enumerate(origin) if character in "#!")}


def read_ledger(corpus: Path) -> Ledger:
    """The ledger of a corpus. Raises CorpusError when it is broken: guessing could bring back what was removed."""
    path = corpus / LEDGER
    try:
        return _ledger(json.loads(path.read_bytes()))
    except FileNotFoundError:
        return Ledger()
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        said = cause_of(error) or f"{error}; rätta filen eller återställ en kopia"
        raise CorpusError(f"Liggaren {path} går inte att läsa: {said}.") from error


def _ledger(stored: dict[str, Any]) -> Ledger:
    """Raises ValueError, TypeError, KeyError or AttributeError where something in it is not of its kind."""
    changes = {id: _correction(change) for id, change in stored.pop("corrected", {}).items()}
    ledger = Ledger(corrected=changes, **stored)
    bytes.fromhex(ledger.salt)
    texts = [*ledger.removed.values(), *ledger.gone.values(), *ledger.forgotten]
    texts += [name for names in ledger.hidden.values() for name in _list(names)]
    texts += [value for given in ledger.given.values() for value in given.values()]
    _list(ledger.forgotten)
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("ett värde är inte text")
    return ledger


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("en lista fattas")
    return value


def _correction(stored: dict[str, Any]) -> Correction:
    regions = stored.pop("regions")
    return Correction(regions=None if regions is None else tuple(regions), **stored)


def write_ledger(corpus: Path, ledger: Ledger) -> None:
    """Replace the ledger in one step."""
    path = corpus / LEDGER
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asdict(ledger), ensure_ascii=False, indent=1)
    write_durably(path, text.encode("utf-8"))


def read_corpus(corpus: Path, ledger: Ledger) -> list[CorpusFile]:
    """Every regular, visible file that is not a sidecar, by path. Raises CorpusError without the folder."""
    if not corpus.is_dir():
        raise CorpusError(f"Mappen {corpus} finns inte; skapa den eller ange en annan med --corpus.")
    return [_corpus_file(corpus, path, ledger) for path in _visible_files(corpus)]


def _visible_files(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths = [Path(parent) / name for name in sorted(names) if not name.startswith(".")]
        yield from (path for path in paths if _is_regular(path) and not is_sidecar(path))


def _is_regular(path: Path) -> bool:
    """A pipe or device would be waited for without end."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False


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


def delete(corpus: Path, file: CorpusFile, ledger: Ledger) -> None:
    """Delete a file, its sidecar and what was told of it; a sidecar that is another file's too stays."""
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
    if _same(target, path) or not target.exists():
        return target
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()[:8]
    return target.with_name(f"{target.stem}-{digest}{target.suffix}")


def _same(target: Path, path: Path) -> bool:
    return target.is_file() and (target.samefile(path) or filecmp.cmp(target, path, shallow=False))


def store(path: Path, target: Path) -> None:
    """Keep a file, and the sidecar beside it, as they came, durably. Nothing is overwritten."""
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    sync_folder(target.parent.parent)
    sidecar = next((other for other in _sidecars(path) if other.is_file()), None)
    if sidecar:
        copy_durably(sidecar, target.with_name(target.name + ".toml"))
    copy_durably(path, target)


def give(ledger: Ledger, origin: str, given: Mapping[str, str]) -> None:
    """Note what was told with an added file, and when; facts given earlier stay unless they are given anew."""
    before = ledger.given.get(origin)
    if before is None or not given.items() <= before.items():
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        ledger.given[origin] = (before or {}) | {"added": now} | dict(given)


def sweep(corpus: Path) -> None:
    """Delete what an interrupted `add` left half written."""
    for path in corpus.rglob(f".*{UNFINISHED}"):
        path.unlink(missing_ok=True)
