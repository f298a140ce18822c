"""How much memory processes take together: what they share is counted once (PSS of Linux)."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

EVERY = 1.0
"""Seconds between two looks at memory while something is done."""


def megabytes(processes: Iterable[int], kind: str = "Pss") -> float:
    """Of these processes and all that they started, but the one that looks where it only watches.

    Pss_Anon is what is their own; the rest are files that they map, as an index, which the system lets go of where room is scarce.
    """
    watching = {os.getpid()}.difference(processes)
    return sum(_proportional(process, kind) for process in {*descending(processes)} - watching) / 1024


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


def _proportional(process: int, kind: str) -> int:
    """kB; 0 where it has ended."""
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        return int(next(line for line in lines if line.startswith(f"{kind}:")).split()[1])
    return 0


class Peak:
    """The most that was seen, in MB."""

    megabytes = 0.0


@contextmanager
def watched(processes: Iterable[int]) -> Iterator[Peak]:
    """Look at the memory of processes until the block ends, from another one: a look takes 30 ms, which what is measured must not pay."""
    peak, watched = Peak(), list(processes)
    command = [sys.executable, "-m", "benchmarks.memory", *map(str, watched)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as watcher:
        try:
            yield peak
        finally:
            seen, _ = watcher.communicate("")
            peak.megabytes = float(seen)


def main() -> None:
    """Print the most that some processes had until the standard input ended."""
    most, ended, processes = 0.0, False, list(map(int, sys.argv[1:]))
    while not ended:
        ended = bool(select.select([sys.stdin], [], [], EVERY)[0])
        most = max(most, megabytes(processes))
    print(most)


if __name__ == "__main__":
    main()
