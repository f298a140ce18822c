"""How much memory processes take together: what they share is counted once (PSS of Linux)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

EVERY = 0.25
"""Seconds between two looks at memory while something is built."""


def megabytes(processes: Iterable[int]) -> float:
    """Of these processes and all that they started."""
    return sum(map(_proportional, set(descending(processes)))) / 1024


def descending(processes: Iterable[int]) -> Iterator[int]:
    """These processes and all that they started."""
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            children.setdefault(int(status.read_text().rpartition(")")[2].split()[1]), []).append(
                int(status.parent.name)
            )
    waiting = list(processes)
    while waiting:
        yield (process := waiting.pop())
        waiting += children.get(process, [])


def _proportional(process: int) -> int:
    """kB; 0 where it has ended."""
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("Pss:")).split()[1])
    return 0


class Peak:
    """The most that was seen, in MB."""

    megabytes = 0.0


@contextmanager
def watched(processes: Callable[[], Iterable[int]]) -> Iterator[Peak]:
    """Look at the memory of processes until the block ends."""
    peak, ended = Peak(), threading.Event()

    def look() -> None:
        while not ended.wait(EVERY):
            peak.megabytes = max(peak.megabytes, megabytes(processes()))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield peak
    finally:
        ended.set()
        watcher.join()
        peak.megabytes = max(peak.megabytes, megabytes(processes()))
