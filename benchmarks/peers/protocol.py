"""What a peer has to do, and what several of them need for it."""

from __future__ import annotations

import http.client
import json
import re
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar

import snowballstemmer

from benchmarks.questions import Question

HITS = 10
"""Shown for each question, with their titles and a marked piece of their texts."""
COUNTED = ("source", "year")
"""Each answer counts what was found under these."""
PIECE = 200
"""Characters of text around the first word that was found."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The same for each peer: how many, the best, and the counts under each value of COUNTED."""

    total: int
    ids: tuple[str, ...]
    shown: tuple[str, ...] = ()
    counts: tuple[dict[str, int], ...] = ()


class Peer:
    """A way to search, set up as its manual says; it lives in a folder of its own and is used in a process of its own.

    What it does not define, it does not need: what works in the process that asks starts and stops nothing.
    """

    advice: str
    """How it is set up, and on whose word."""
    limit = 100_000
    """Most documents that it is given in a run, so that the run ends."""
    every = 1
    """Each so manieth question is asked, for the same reason."""

    def __init__(self, folder: Path) -> None:
        raise NotImplementedError

    def missing(self) -> str | None:
        """Why it cannot be measured here, None where it can."""
        return None

    def start(self) -> None:
        """Start what has to run before anything can be indexed or asked."""

    def build(self, documents: Path) -> None:
        """Index JSON lines; when it returns, they are durable and can be found."""
        raise NotImplementedError

    def settle(self) -> None:
        """What its manual advises once nothing more is written; not in the time of the build."""

    def ask(self, question: Question, size: int = HITS) -> Answer:
        """Total, hits, marked texts and counts; any number of threads may ask."""
        raise NotImplementedError

    def stop(self) -> None:
        """End what `start` started."""

    def processes(self) -> list[int]:
        """Ids of the processes whose memory is its own, where it does not work in the one that asks."""
        return []


Made = TypeVar("Made")


class PerThread(Generic[Made]):
    """One of something for each thread that asks."""

    def __init__(self, make: Callable[[], Made]) -> None:
        self._make = make
        self._local = threading.local()

    def __call__(self) -> Made:
        if not hasattr(self._local, "made"):
            self._local.made = self._make()
        made: Made = self._local.made
        return made


class Http:
    """JSON over connections that stay open, one a thread."""

    def __init__(self, port: int) -> None:
        self._connection = PerThread(lambda: http.client.HTTPConnection("127.0.0.1", port, timeout=300))

    def __call__(self, path: str, method: str = "GET", body: str | None = None) -> Any:
        connection = self._connection()
        kind = "application/x-ndjson" if path.endswith("_bulk") else "application/json"
        try:
            connection.request(method, path, body and body.encode(), {"Content-Type": kind})
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            raise
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:300]!r}")
        return json.loads(content)


_stemmer = PerThread(lambda: snowballstemmer.stemmer("swedish"))


@cache
def _stem(word: str) -> str:
    stem: str = _stemmer().stemWord(word)
    return stem


def stems(text: str) -> list[str]:
    """Snowball's stems of a text, for peers that bring no Swedish of their own."""
    return [_stem(word) for word in re.findall(r"\w+", text.lower())]


def marked(text: str, beginnings: Collection[str]) -> str:
    """The text around the first word that begins so, with a mark before each such word."""
    found = re.compile(r"\b(?=" + "|".join(map(re.escape, beginnings)) + ")", re.IGNORECASE) if beginnings else None
    first = found.search(text) if found else None
    start = max(0, first.start() - PIECE // 4) if first else 0
    piece = text[start : start + PIECE]
    return found.sub("*", piece) if found else piece
