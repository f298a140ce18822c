"""Programs that a test starts and interrupts."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from benchmarks.memory import descending


@contextmanager
def started(command: Sequence[str], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A program that hears an interrupt, even where the tests were started so that they do not; it never outlives the test."""

    def hear() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=hear, **options) as process:
        try:
            yield process
        finally:
            process.kill()


def children(of: int, module: str) -> Iterator[int]:
    """The processes below one that run a module of Python."""
    for process in descending([of]):
        with suppress(OSError):
            if module.encode() in Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0"):
                yield process


def resident(process: int) -> int:
    """Bytes that a process has in memory; 0 where it has ended."""
    with suppress(OSError, IndexError, ValueError):
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * 4096
    return 0
