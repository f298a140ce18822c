"""index/: its generations, which one is current, the manifest, and the one lock of all writers.

index/CURRENT              the name of the generation that answers, replaced in one step
index/manifest.json        what it is, for people and for readers that look for a new commit
index/000001-tantivy/      engine/ and catalogue.sqlite of one generation, and checksums.json of both

The manifest says whether a run over the generation came to its end: then every file must be as it was sealed. During a run,
and after a stop in it, only the files that are written once must.
"""

import errno
import json
import os
import re
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from hashlib import blake2b, file_digest
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

from indexer.durable import UNFINISHED, locked, write_durably
from indexer.faults import Fault
from indexer.settings import ENGINES

FORMAT = 7
"""Of the folder index/; another number cannot be read."""
_NAME = re.compile(rf"\d+-({'|'.join(ENGINES[1:])})")
_SEAL = "checksums.json"
_WRITTEN_AGAIN = ("catalogue.sqlite", "engine/meta.json", "engine/.managed.json")
"""Files of a generation that a later commit changes in place; all others are new or gone."""
_BROKEN = (ValueError, TypeError, KeyError, AttributeError)
"""What reading a file of ours raises where it is not as it was written."""


class IndexDamaged(Fault):
    """Files of index/ that are not as they were written; the message is a Swedish sentence with the command that mends them."""

    def __init__(self, index: Path, names: list[str]) -> None:
        shown = ", ".join(names[:3]) + (f" och {len(names) - 3} filer till" if len(names) > 3 else "")
        super().__init__(f"Indexet i {index} är skadat ({shown}); kör regionsok index --rebuild.")
        self.names = tuple(names)


class IndexOutdated(IndexDamaged):
    """An index of another format, which another version of the program built: no file of it is damaged."""

    def __init__(self, index: Path) -> None:
        Fault.__init__(self, f"Indexet i {index} är byggt av en annan version av Regionsök; kör regionsok index.")
        self.names = ()


class Generation(Struct, frozen=True):
    """One index, whole in one folder."""

    folder: Path

    @property
    def engine(self) -> str:
        """The name of the engine that built it."""
        return self.folder.name.partition("-")[2]

    @property
    def engine_folder(self) -> Path:
        """What belongs to the engine alone."""
        return self.folder / "engine"

    @property
    def catalogue(self) -> Path:
        """The SQLite file of files, claims and words."""
        return self.folder / "catalogue.sqlite"


class Manifest(Struct, frozen=True):
    """What index/ holds, readable as it lies."""

    format: int
    engine: str
    generation: str
    documents: int
    committed: str
    """When, ISO 8601 in UTC, in microseconds: readers of a cluster tell commits apart by it."""
    fingerprint: str
    complete: bool
    """Whether the run that wrote it came to its end."""


class Current(Struct, frozen=True):
    """The generation that answers, with what the manifest says."""

    generation: Generation
    manifest: Manifest

    @property
    def complete(self) -> bool:
        """Whether the last run over it came to its end."""
        return self.manifest.complete and self.manifest.generation == self.generation.folder.name

    def damaged(self, thorough: bool = True) -> list[str]:
        """Names of files that are missing or hold something else than when they were sealed; by size alone if not thorough.

        Of a generation whose run did not come to its end, files that it may have changed or deleted are passed over.
        Raises OSError where files cannot be read for other reasons.
        """
        complete, folder = self.complete, self.generation.folder
        sums = _sealed(self.generation)
        if sums is None:
            return [_SEAL] if complete or (folder / _SEAL).exists() else []
        names = sorted(sums if complete else sums.keys() - {*_WRITTEN_AGAIN})
        return [name for name in names if not _is_as_sealed(folder / name, sums[name], complete, thorough)]


def read_current(index: Path) -> Current | None:
    """What answers now, None where nothing has been built. Raises IndexDamaged, OSError."""
    try:
        name = (index / "CURRENT").read_bytes().decode("utf-8", "replace").strip()
    except FileNotFoundError:
        return None
    if not _NAME.fullmatch(name) or not (index / name).is_dir():
        raise IndexDamaged(index, ["CURRENT"])
    manifest = read_manifest(index)
    if manifest is None:  # it is written before CURRENT
        raise IndexDamaged(index, ["manifest.json"])
    return Current(Generation(index / name), manifest)


def all_generations(index: Path) -> list[Generation]:
    """All that lie in index/, by name."""
    return [Generation(folder) for folder in sorted(index.glob("*")) if _NAME.fullmatch(folder.name)]


def next_generation(index: Path, engine: str) -> Generation:
    """A new, empty generation beside those that there are."""
    numbers = (int(generation.folder.name.partition("-")[0]) for generation in all_generations(index))
    generation = Generation(index / f"{max(numbers, default=0) + 1:06d}-{engine}")
    generation.folder.mkdir(parents=True)
    return generation


def publish(index: Path, generation: Generation) -> None:
    """Make a generation the one that answers."""
    name = f"{generation.folder.name}\n".encode()
    if not (index / "CURRENT").exists() or (index / "CURRENT").read_bytes() != name:
        write_durably(index / "CURRENT", name)


def delete_others(index: Path, kept: Generation) -> None:
    """Delete every generation but one, and what stops left half written.

    Readers that have files of another open keep them until they look again.
    """
    for generation in all_generations(index):
        if generation != kept:
            shutil.rmtree(generation.folder)
    for path in (*index.glob(f".*{UNFINISHED}"), *kept.folder.glob(f".*{UNFINISHED}")):
        path.unlink(missing_ok=True)


def read_manifest(index: Path) -> Manifest | None:
    """The manifest, None where there is none. Raises IndexDamaged, of another format IndexOutdated, OSError."""
    try:
        stored = json.loads((index / "manifest.json").read_bytes())
        if stored["format"] != FORMAT:
            raise IndexOutdated(index)
        return Manifest(**_unsigned(stored))
    except FileNotFoundError:
        return None
    except _BROKEN as error:
        raise IndexDamaged(index, ["manifest.json"]) from error


def write_manifest(index: Path, manifest: Manifest) -> None:
    """Say what index/ holds, after the commit that made it so."""
    write_durably(index / "manifest.json", _signed(structs.asdict(manifest)))


def _signed(content: dict[str, Any]) -> bytes:
    """JSON that tells whether it is whole."""
    return (json.dumps(content | {"checksum": _checksum(content)}, ensure_ascii=False, indent=1) + "\n").encode()


def _unsigned(stored: dict[str, Any]) -> dict[str, Any]:
    """What `_signed` was given. Raises ValueError or KeyError where that was something else."""
    if stored.pop("checksum") != _checksum(stored):
        raise ValueError("another checksum")
    return stored


def _checksum(content: dict[str, Any]) -> str:
    return blake2b(json.dumps(content, sort_keys=True).encode(), digest_size=16).hexdigest()


def commit_stamp(index: Path) -> tuple[bytes, int] | None:
    """Changes with every commit and every new generation; cheap enough to look at on every question. Raises OSError."""
    try:
        with open(f"{index}/CURRENT", "rb", buffering=0) as current:  # a third of the time of a Path's ways
            return current.read(), os.stat(f"{index}/manifest.json").st_mtime_ns
    except FileNotFoundError:
        return None


def writing(index: Path, on_wait: Callable[[], None] = lambda: None) -> AbstractContextManager[object]:
    """The one lock of all that change corpus/ or index/; `on_wait` is called when another holds it."""
    return locked(index / ".lock", on_wait)


def seal(generation: Generation) -> None:
    """Write down size and checksum of every file, so that `Current.damaged` can tell; known ones are not read again."""
    before, sums = _sealed(generation) or {}, dict[str, list[Any]]()
    for file in (generation.catalogue, *generation.engine_folder.rglob("*")):
        if file.is_file() and "lock" not in file.name.lower():
            name = file.relative_to(generation.folder).as_posix()
            state = [file.stat().st_size, file.stat().st_mtime_ns]
            known = before.get(name, [])
            sums[name] = known if known[:2] == state else [*state, _digest(file)]
    write_durably(generation.folder / _SEAL, _signed({"files": sums}))


def sealed_bytes(generation: Generation) -> int:
    """What a thorough look at a generation reads; 0 where its seal is broken. Raises OSError."""
    return sum(size for size, _, _ in (_sealed(generation) or {}).values())


def _is_as_sealed(file: Path, known: list[Any], complete: bool, thorough: bool) -> bool:
    try:
        return file.stat().st_size == known[0] and (not thorough or _digest(file) == known[2])
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.EIO):  # the latter: the disk itself has lost it
            raise
        return error.errno == errno.ENOENT and not complete


def _sealed(generation: Generation) -> dict[str, list[Any]] | None:
    """Name -> size, time of change and digest; None where that was never written, or is broken. Raises OSError."""
    try:
        return dict(_unsigned(json.loads((generation.folder / _SEAL).read_bytes()))["files"])
    except (FileNotFoundError, *_BROKEN):
        return None


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return file_digest(content, lambda: blake2b(digest_size=16)).hexdigest()
