"""A crawl and the indexing after it, killed at one of its steps, really: kill -9 of the command, of the process that crawls, or both.

    python -m tests.crawl_stops FOLDER

The folder holds a corpus, sources and `stop.json`. A step is a moment before a request, a line of the report, a sync, a change of
name, a deletion, or a commit. Nothing of the product knows of this: the operations are replaced in the two processes, and
so is the number of pages of an archive, so that there are several.
"""

from __future__ import annotations

import builtins
import json
import os
import re
import runpy
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from indexer.catalogue import Catalogue
from indexer.crawling import memory
from indexer.indexing import build
from indexer.settings import Settings
from tests import command

PAGES = 3
"""Of an archive."""
PARENT, CHILD, BOTH = "parent", "child", "both"


class Stop(msgspec.Struct, frozen=True):
    """Where whom is killed."""

    process: str = ""
    """Whose step it is: PARENT or CHILD; empty for a run to its end."""
    name: str = ""
    number: int = 0
    """Of those of that name in that process, from 0."""
    victim: str = ""


class Steps:
    """Of one process; they are written to `steps` as they come."""

    def __init__(self, folder: Path, process: str) -> None:
        self._stop = msgspec.json.decode((folder / "stop.json").read_bytes(), type=Stop)
        self._process, self._seen = process, Counter[str]()
        self._file = os.open(folder / "steps", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self.other = os.getppid()
        """The process of the other end: what started this, or the child that it started."""

    def step(self, name: str) -> None:
        """Write a step down, and kill whom it is to kill."""
        name = re.sub(r"\d{8}T\d+|\d{5,}|(?<=crawl/)\.|\.\d+\.unfinished", "", name)
        os.write(self._file, f"{self._process} {name}\n".encode())
        here = (self._process, name, self._seen[name]) == (self._stop.process, self._stop.name, self._stop.number)
        self._seen[name] += 1
        if here and self._stop.victim != self._process:
            os.kill(self.other, signal.SIGKILL)
        if here and self._stop.victim in (self._process, BOTH):
            os.kill(os.getpid(), signal.SIGKILL)

    def before(self, original: Any, named: Callable[..., str]) -> Any:
        """An operation with a step before it."""

        def stepped(*arguments: Any, **options: Any) -> Any:
            self.step(named(*arguments, **options))
            return original(*arguments, **options)

        return stepped

    def watch(self) -> None:
        """Put a step before all that changes something for good."""
        for name in ("replace", "rename", "unlink", "rmdir"):
            setattr(
                os, name, self.before(getattr(os, name), lambda path, *_, name=name, **__: f"{name} {_named(path)}")
            )
        os.fsync = self.before(os.fsync, lambda file: f"sync {_named(_path_of(file))}")
        Catalogue.commit = self.before(Catalogue.commit, lambda _: "commit catalogue")  # type: ignore[method-assign]
        commit = memory.Memory.commit
        memory.Memory.commit = self.before(commit, lambda _: "commit memory")  # type: ignore[method-assign]


def _path_of(file: Any) -> str:
    return os.readlink(f"/proc/self/fd/{file if isinstance(file, int) else file.fileno()}")


def _named(path: Any) -> str:
    """The last two parts of a path, as far as they are the same at each run."""
    return "/".join(Path(os.fsdecode(path)).parts[-2:])


def parent(folder: Path) -> None:
    """What the command does: crawl, then index."""
    from indexer import crawling

    steps = Steps(folder, PARENT)
    steps.watch()
    started = subprocess.Popen

    def start(program: Any, *arguments: Any, **options: Any) -> Any:
        if "indexer.crawling" in program:
            program = [sys.executable, "-m", "tests.crawl_stops", str(folder), CHILD]
        process = started(program, *arguments, **options)
        steps.other = process.pid
        steps.step("child started")
        return process

    subprocess.Popen = start  # type: ignore[assignment,misc]
    settings = settings_in(folder)
    report = crawling.crawl(settings, (), internal=command.NETWORK, day=(folder / "day").read_text())
    steps.step("crawl ended")
    build(settings)
    steps.step("index built")
    print(json.dumps(report.lines))


def child(folder: Path) -> None:
    """The process that crawls."""
    from scrapy.core.downloader.handlers import DownloadHandlers

    steps = Steps(folder, CHILD)
    steps.watch()
    memory.PAGES = PAGES
    asking = DownloadHandlers.download_request_async
    DownloadHandlers.download_request_async = steps.before(asking, lambda _, request: f"ask {_shown(request.url)}")
    builtins.print = steps.before(print, _said)
    runpy.run_module("indexer.crawling", run_name="__main__")


def _shown(url: str) -> str:
    return urlsplit(url).path


def _said(text: str = "", **_: Any) -> str:
    line = json.loads(text)
    if "outcome" in line:
        return f"say {line['outcome']} {_shown(line['url'])}"
    return f"say {'found' if 'found' in line else 'log'}"


def settings_in(folder: Path) -> Settings:
    """Of a folder that `web.settings_for` filled."""
    return Settings(
        corpus=folder / "corpus",
        index=folder / "index",
        sources=folder / "sources",
        crawl_contact="test@region.example",
    )


if __name__ == "__main__":
    (child if CHILD in sys.argv[2:] else parent)(Path(sys.argv[1]))
