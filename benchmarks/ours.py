"""python -m benchmarks.ours STEP WORK DOCUMENTS: what only this project is asked, each in a process of its own, as JSON.

STEP is `inside` (a question in the process, and its engine's share), `serving` (a server's memory as questions come) or
`setup` (`make setup` in a fresh clone).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from benchmarks import documents
from benchmarks.measuring import ASKERS, asked
from benchmarks.peers import HTTP, OURS, folder_of, kind_of
from benchmarks.questions import KINDS, questions, read

ROOT = Path(__file__).resolve().parents[1]
QUESTIONS = 10_000
"""That a server is asked before its memory is looked at, and half of them before that."""


class Clock:
    """Seconds spent in calls of an engine, one within another counted once."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._within = False

    def timed(self, method: Callable[..., Any]) -> Callable[..., Any]:
        """A method that is looked at."""

        @wraps(method)
        def timed(*arguments: Any, **named: Any) -> Any:
            if self._within:
                return method(*arguments, **named)
            self._within, started = True, time.perf_counter()
            try:
                return method(*arguments, **named)
            finally:
                self.seconds += time.perf_counter() - started
                self._within = False

        return timed


def inside(work: Path, size: str) -> dict[str, Any]:
    """Milliseconds of each question in the process, and of them those in its engine's calls."""
    from indexer.engines.tantivy import TantivyEngine

    clock = Clock()
    for name, method in list(vars(TantivyEngine).items()):
        if callable(method) and not name.startswith("_"):
            setattr(TantivyEngine, name, clock.timed(method))
    peer = kind_of(OURS)(folder_of(OURS, work, size))
    warm, alone, _ = read(work / f"{size}.questions.json")
    for question in warm:
        peer.ask(question)
    whole, engine = [], []
    for question in alone:
        started, before = time.perf_counter(), clock.seconds
        peer.ask(question)
        whole.append(round((time.perf_counter() - started) * 1000, 3))
        engine.append(round((clock.seconds - before) * 1000, 3))
    return {"whole": whole, "engine": engine}


def serving(work: Path, size: str) -> dict[str, Any]:
    """Megabytes of all processes of a server that is asked by eight: at first, at half of the questions and at their end."""
    from benchmarks.memory import megabytes

    drawn = questions(list(documents.read(work / f"{size}.jsonl")), QUESTIONS // len(KINDS))
    half = len(drawn) // 2
    server = kind_of(HTTP)(folder_of(HTTP, work, size))
    server.start()
    memory, rates = [], []
    for some in (drawn[:ASKERS], drawn[ASKERS:half], drawn[half:]):
        rates.append(asked(server, some, ASKERS)["rate"])
        memory.append(megabytes(server.processes()))
    own = megabytes(server.processes(), "Pss_Anon")
    server.stop()
    return {"questions": len(drawn), "memory": memory, "own": own, "rates": rates}


def setup() -> dict[str, Any]:
    """Seconds of `make setup` in a clone of what is committed, once another has warmed the package cache."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("warming", "measured"):
            clone = Path(folder, name)
            subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
            started = time.perf_counter()
            subprocess.run(["make", "setup"], cwd=clone, check=True, stdout=sys.stderr)
            spent = time.perf_counter() - started
    return {"seconds": spent}


def main() -> None:
    """Print one JSON object."""
    match sys.argv[1:]:
        case ["inside", work, size]:
            figures = inside(Path(work), size)
        case ["serving", work, size]:
            figures = serving(Path(work), size)
        case ["setup", *_]:
            figures = setup()
        case _:
            raise SystemExit(__doc__)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
