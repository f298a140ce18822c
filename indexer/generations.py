"""index/: its generations, which one is current, the manifest, and the one lock of all writers.

index/CURRENT              the name of the generation that answers, replaced in one step
index/manifest.json        what it is, for people and for readers that look for a new commit
index/000001-tantivy/      engine/ and catalogue.sqlite of one generation, and checksums.json of both
"""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from indexer.durable import write_durably

FORMAT = 2
"""Of the folder index/; another number cannot be read."""

# What shapes the terms and facets that an index holds: a change in any of it means a new generation.
_CODE = ("documents.py", "fields.py", "dates.py", "kinds.py", "swedish", "regions", "ingestion", "engines")
_PACKAGES = (
    "beautifulsoup4",
    "lxml",
    "simplemma",
    "snowballstemmer",
    "tantivy",
    "trafilatura",
    "whoosh-reloaded",
)


@dataclass(frozen=True, slots=True)
class Generation:
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


@dataclass(frozen=True, slots=True)
class Manifest:
    """What index/ holds, readable as it lies."""

    format: int
    engine: str
    generation: str
    documents: int
    committed: str
    """When, ISO 8601 in UTC."""
    fingerprint: str


def current_generation(index: Path) -> Generation | None:
    """The generation that answers, None where nothing has been built."""
    try:
        name = (index / "CURRENT").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    return Generation(index / name)


def next_generation(index: Path, engine: str) -> Generation:
    """A new, empty generation; what an interrupted rebuild left behind is deleted first."""
    now = current_generation(index)
    delete_others(index, now)
    number = int(now.folder.name.partition("-")[0]) + 1 if now else 1
    generation = Generation(index / f"{number:06d}-{engine}")
    generation.folder.mkdir(parents=True)
    return generation


def publish(index: Path, generation: Generation) -> None:
    """Make a generation the one that answers."""
    write_durably(index / "CURRENT", f"{generation.folder.name}\n".encode())


def delete_others(index: Path, kept: Generation | None) -> None:
    """Delete every generation but one. Readers that have files of another open keep them until they look again."""
    for folder in index.glob("[0-9]*-*"):
        if kept is None or folder != kept.folder:
            shutil.rmtree(folder)


def read_manifest(index: Path) -> Manifest | None:
    """The manifest, None where there is none or it is not ours."""
    try:
        return Manifest(**json.loads((index / "manifest.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_manifest(index: Path, manifest: Manifest) -> None:
    """Say what index/ holds, after the commit that made it so."""
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=2) + "\n"
    write_durably(index / "manifest.json", text.encode("utf-8"))


def commit_stamp(index: Path) -> tuple[str, int] | None:
    """Changes with every commit and every new generation; cheap enough to look at on every question."""
    try:
        return (index / "CURRENT").read_text(encoding="utf-8"), (index / "manifest.json").stat().st_mtime_ns
    except FileNotFoundError:
        return None


def fingerprint(engine: str, **settings: object) -> str:
    """Of the code, tables, packages and settings that shape an index."""
    digest = blake2b(digest_size=16)
    package = Path(__file__).parent
    for name in _CODE:
        path = package / name
        files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
        for file in files:
            if file.suffix != ".pyc":
                digest.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes())
    digest.update(repr((FORMAT, engine, sorted(settings.items()), [_version(name) for name in _PACKAGES])).encode())
    return digest.hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "-"


@contextmanager
def writing(index: Path, on_wait: Callable[[], None] | None = None) -> Iterator[None]:
    """The one lock of all that change corpus/ or index/; `on_wait` is called when another holds it."""
    index.mkdir(parents=True, exist_ok=True)
    with (index / ".lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if on_wait:
                on_wait()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def seal(generation: Generation) -> None:
    """Write down the checksum of every file, so that `damaged` can tell; known ones are not read again."""
    before = _checksums(generation)
    sums = {}
    for name, file in _files(generation).items():
        state = file.stat()
        known = before.get(name)
        if known and known[:2] == [state.st_size, state.st_mtime_ns]:
            sums[name] = known
        else:
            sums[name] = [state.st_size, state.st_mtime_ns, _digest(file)]
    write_durably(generation.folder / "checksums.json", json.dumps(sums).encode())


def damaged(generation: Generation) -> list[str]:
    """Names of files that are missing or hold something else than when they were sealed."""
    files = _files(generation)
    return [
        name
        for name, (_, _, digest) in sorted(_checksums(generation).items())
        if name not in files or _digest(files[name]) != digest
    ]


def _files(generation: Generation) -> dict[str, Path]:
    folder = generation.folder
    files = [generation.catalogue, *generation.engine_folder.rglob("*")]
    return {
        file.relative_to(folder).as_posix(): file
        for file in files
        if file.is_file() and not file.name.startswith(".") and "LOCK" not in file.name
    }


def _checksums(generation: Generation) -> dict[str, list[int | str]]:
    try:
        sums: dict[str, list[int | str]] = json.loads((generation.folder / "checksums.json").read_text())
    except (OSError, ValueError):
        return {}
    return sums


def _digest(file: Path) -> str:
    digest = blake2b(digest_size=16)
    with file.open("rb") as content:
        while piece := content.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()
