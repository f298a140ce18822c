"""`backup` and `restore`: all that cannot be derived, in a folder of its own for each time; index/ is built of it.

DIR/2026-11-30T021500.123456/corpus/        documents and what lies beside them; databases as SQLite copies them
                             sources/       the files of the sources
                             synonyms.txt, regionsok.toml
                             manifest.json  the digest of each file

A backup is made beside the others and renamed when it is whole. A file that is as it was is a further name of the one in the
backup before, so that a day takes the room of what came that day, and any of them may be deleted.
"""

import filecmp
import json
import re
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from typing import Annotated

from msgspec import Meta, MsgspecError, convert

from indexer.corpus.files import visible_files
from indexer.corpus.ledger import LEDGER, CorpusError
from indexer.durable import connect_to_read, copy_durably, locked, sync_folder, write_durably
from indexer.faults import naming
from indexer.generations import writing
from indexer.indexing.running import SILENT, Progress
from indexer.settings import Settings

_BESIDE, _CRAWLING = LEDGER.parent, LEDGER.with_name("crawl.lock")
_MANIFEST, _SETTINGS, _SYNONYMS = "manifest.json", "regionsok.toml", "synonyms.txt"
_STAGING, _REPLACED = ".unfinished", ".replaced"
_LOGIN = re.compile(r"(?<=://)[^/@\s\"']+@")
"""In an address, the one place where a secret may stand in the settings."""
_Name = Annotated[str, Meta(pattern=r"(?s)^[^/.](?!.*/\.\./)")]
"""Of a file in a backup: none leads elsewhere."""
_NO_CORPUS = "Mappen {} finns inte, så det finns inget att säkerhetskopiera; ange en annan med --corpus."
_DAMAGED = "Säkerhetskopian {} är skadad ({}); återställ en annan. Inget är ändrat."


def back_up(settings: Settings, config: Path, target: Path, keep: int = 0, progress: Progress = SILENT) -> Path:
    """Add a backup, whose folder is given back, to those in a folder, of which only the newest `keep` stay; 0: all.

    A crawl goes on, other writers wait. `config` is the file of settings, which may be missing. Raises Fault and OSError.
    """
    if not settings.corpus.is_dir():
        raise CorpusError(_NO_CORPUS.format(settings.corpus))
    if target.resolve().is_relative_to(settings.corpus.resolve()):
        raise CorpusError(f"Säkerhetskopian kan inte ligga i corpus ({target}); ange en annan mapp.")
    with _staged(settings, target / ".lock", target / _STAGING, progress) as staging:
        before = _all_backups(target)
        digests = _copied(_to_keep(settings, config, staging), staging, before[-1] if before else None)
        write_durably(staging / _MANIFEST, json.dumps(digests, indent=1).encode())
        folder = staging.rename(target / datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S.%f"))
        sync_folder(target)
        for old in before[::-1][keep - 1 :] if keep else ():
            shutil.rmtree(old.rename(staging))
    return folder


def restore(settings: Settings, source: Path, replace: bool = False, progress: Progress = SILENT) -> Path:
    """Put a backup, or the newest in a folder, where the settings say, and give back which; index/ is the caller's to build.

    All is copied and found to be as it was before anything of corpus/ is touched; settings stay. Raises Fault and OSError.
    """
    backups = [source] if (source / _MANIFEST).exists() else _all_backups(source)
    if not backups:
        raise CorpusError(f"I {source} finns ingen säkerhetskopia; ange mappen som regionsok backup skrev till.")
    folder, corpus = backups[-1], settings.corpus
    digests = _read(folder)
    with _staged(settings, corpus / _CRAWLING, corpus / _STAGING, progress) as staging:
        if not replace and (any(visible_files(corpus)) or (corpus / LEDGER).exists()):
            raise CorpusError(f"I {corpus} finns redan dokument; ange --replace för att ersätta allt som ligger där.")
        copied = _copied(((name, folder / name) for name in digests), staging)
        if damaged := [name for name in digests if copied.get(name) != digests[name]]:
            raise CorpusError(_DAMAGED.format(folder, ", ".join(damaged[:3])))
        _change_over(staging / "corpus", corpus)
        for path in map(Path, digests):
            places = {"sources": settings.sources / path.name, _SYNONYMS: settings.synonyms}
            if target := places.get(path.parts[0]):
                target.parent.mkdir(parents=True, exist_ok=True)
                copy_durably(staging / path, target)
    return folder


def _change_over(staged: Path, corpus: Path) -> None:
    """Let what is staged in a folder take the place of all else in it, by renaming alone.

    The ledger goes last and comes first: after a kill no file lies there without what is said of it.
    """
    shutil.rmtree(corpus / _REPLACED, ignore_errors=True)
    (corpus / _REPLACED).mkdir()
    staged.mkdir(exist_ok=True)  # of a corpus without files there is none
    for path in sorted(corpus.iterdir(), key=lambda path: path.name == _BESIDE.name):
        if path.name not in (_STAGING, _REPLACED):
            path.rename(corpus / _REPLACED / path.name)
    for path in sorted(staged.iterdir(), key=lambda path: path.name != _BESIDE.name):
        path.rename(corpus / path.name)
    sync_folder(corpus)
    shutil.rmtree(corpus / _REPLACED)


@contextmanager
def _staged(settings: Settings, lock: Path, folder: Path, progress: Progress) -> Iterator[Path]:
    """An empty folder that is gone in the end, while no other command writes or holds the lock."""
    with writing(settings.index, progress.waiting), locked(lock, progress.waiting), ExitStack() as ending:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        ending.callback(shutil.rmtree, folder, ignore_errors=True)
        yield folder


def _to_keep(settings: Settings, config: Path, staging: Path) -> Iterator[tuple[str, Path]]:
    """Name and path of each file, also of those that are written into `staging` for it.

    The order keeps them right beside a crawl: its memory knows of no archive that is missing, and what was noted of any
    page, or is forgotten of it, stands in the journal and the ledger.
    """
    corpus, beside = settings.corpus, settings.corpus / _BESIDE
    for path in beside.glob("*.sqlite"):
        copy = staging / "corpus" / _BESIDE / path.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        with naming(path), closing(connect_to_read(path)) as database, closing(sqlite3.connect(copy)) as written:
            database.backup(written)
        yield f"corpus/{_BESIDE}/{path.name}", copy
    rest = [path for path in visible_files(beside) if ".sqlite" not in path.name and path.name != _CRAWLING.name]
    for path in (*visible_files(corpus), *rest):
        yield f"corpus/{path.relative_to(corpus).as_posix()}", path
    yield from ((f"sources/{path.name}", path) for path in sorted(settings.sources.glob("*.toml")))
    if settings.synonyms:
        yield _SYNONYMS, settings.synonyms
    if config.exists():
        (staging / _SETTINGS).write_text(_LOGIN.sub("", config.read_text(encoding="utf-8")), encoding="utf-8")
        yield _SETTINGS, staging / _SETTINGS


def _copied(files: Iterable[tuple[str, Path]], target: Path, before: Path | None = None) -> dict[str, str]:
    """Copy files to their names in a folder, or link them to those of the backup `before`: the digest of each.

    One that went meanwhile is left out.
    """
    digests, known = dict[str, str](), dict[str, str]()
    with suppress(CorpusError):  # then all is copied
        known = _read(before) if before else known
    for name, path in files:
        copy = target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        with suppress(OSError):  # it is not there, or there are no links on that disk
            if before and name in known and path != copy and filecmp.cmp(path, before / name):
                copy.hardlink_to(before / name)
                digests[name] = known[name]
                continue
        with suppress(FileNotFoundError):
            if path != copy:
                copy_durably(path, copy)
                shutil.copystat(path, copy)
            with copy.open("rb") as content:
                digests[name] = file_digest(content, "sha256").hexdigest()
    return digests


def _all_backups(target: Path) -> list[Path]:
    """Those that are whole, the newest last."""
    return sorted(path.parent for path in target.glob(f"[0-9]*/{_MANIFEST}"))


def _read(folder: Path) -> dict[str, str]:
    """Name -> digest, of the files of a backup. Raises CorpusError, OSError."""
    try:
        return convert(json.loads((folder / _MANIFEST).read_bytes()), dict[_Name, str])
    except (ValueError, MsgspecError) as error:
        raise CorpusError(_DAMAGED.format(folder, _MANIFEST)) from error
