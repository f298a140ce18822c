"""Parsers that a hostile file could keep busy or fill memory with run in a process of their own, with limits."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable

from indexer.ingestion.drafts import Unreadable

SECONDS = 8
"""Of processor time, and nearly of time, that one document may take."""
MEGABYTES = 300
"""Of memory above what the process begins with."""


def run_isolated(module: str, content: bytes) -> dict[str, object]:
    """The JSON object that a module prints about a content. Raises Unreadable when it cannot, or may not go on."""
    try:
        done = subprocess.run(  # noqa: S603 - this interpreter and a module of our own
            [sys.executable, "-m", module], input=content, capture_output=True, timeout=SECONDS * 2, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Unreadable(_TOO_MUCH) from error
    if done.returncode == 2:
        raise Unreadable(done.stderr.decode("utf-8", "replace").strip())
    if b"ModuleNotFoundError" in done.stderr:
        missing = done.stderr.decode().rpartition("named '")[2].partition("'")[0]
        raise ModuleNotFoundError(missing, name=missing)
    if done.returncode:
        raise Unreadable(_TOO_MUCH if b"MemoryError" in done.stderr or done.returncode < 0 else _BROKEN)
    found: dict[str, object] = json.loads(done.stdout)
    return found


_TOO_MUCH = f"Filen tar mer än {SECONDS} sekunder eller {MEGABYTES} MB att läsa; spara texten som en egen fil."
_BROKEN = "Filen är trasig och går inte att läsa; öppna den och spara om den, eller spara texten."


def answer(read: Callable[[bytes], dict[str, object]]) -> None:
    """The other end: read stdin under limits and print what was read; an Unreadable is exit 2 and its sentence."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    content = sys.stdin.buffer.read()
    # Address space, since nothing else is held to: the interpreter's own mappings come on top.
    limit = begun + len(content) + MEGABYTES * 1024 * 1024 + _mapped()
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    try:
        print(json.dumps(read(content)))
    except Unreadable as error:
        sys.stderr.buffer.write(str(error).encode())
        raise SystemExit(2) from error


def _mapped() -> int:
    """Bytes of address space that are taken already."""
    with open("/proc/self/statm", encoding="ascii") as numbers:
        return int(numbers.read().split()[0]) * resource.getpagesize()
