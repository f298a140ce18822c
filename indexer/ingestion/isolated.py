"""Parsers that a hostile file could keep busy or fill memory with run in a process of their own, with limits."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from indexer.ingestion.parsed import Unreadable

SECONDS = 8
"""Of processor time, and nearly of time, that one document may take."""
MEGABYTES = 300
"""Of memory above what the process begins with, where the system tells how much that is."""
REFUSED, MISSING = 2, 3
"""Exit codes: stderr holds the sentence, or the name of the package."""


def run_isolated(module: str, content: bytes) -> dict[str, object]:
    """The JSON object that a module prints about a content. Raises Unreadable when it cannot, or may not go on."""
    try:
        done = subprocess.run(  # noqa: S603 - this interpreter and a module of our own
            [sys.executable, "-m", module], input=content, capture_output=True, timeout=SECONDS * 2, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Unreadable(_TOO_MUCH) from error
    said = done.stderr.decode("utf-8", "replace").strip()
    if done.returncode == REFUSED:
        raise Unreadable(said)
    if done.returncode == MISSING:
        raise ImportError(said, name=said)
    if done.returncode:
        raise Unreadable(_TOO_MUCH)
    found: dict[str, object] = json.loads(done.stdout)
    return found


_TOO_MUCH = f"Filen tar mer än {SECONDS} sekunder eller {MEGABYTES} MB att läsa; spara texten som en egen fil."
_BROKEN = "{} är trasig och går inte att läsa; öppna den och spara om den, eller spara texten."


def answer(read: Callable[[bytes], dict[str, object]], name: str) -> None:
    """The other end: read stdin under limits and print what was read, or why what has this name was not."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    content = sys.stdin.buffer.read()
    if mapped := _mapped():
        limit = mapped + MEGABYTES * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    code, said = outcome(read, content, name)
    (sys.stderr if code else sys.stdout).buffer.write(said.encode("utf-8", "replace"))
    raise SystemExit(code)


def outcome(read: Callable[[bytes], dict[str, object]], content: bytes, name: str) -> tuple[int, str]:
    """0 and what was read as JSON, else an exit code and what it says."""
    try:
        return 0, json.dumps(read(content))
    except Unreadable as error:
        return REFUSED, str(error)
    except ImportError as error:
        return MISSING, error.name or str(error)
    except Exception as error:  # as in Part.drafted
        return REFUSED, _TOO_MUCH if isinstance(error, MemoryError) else _BROKEN.format(name)


def day_of(about: object, name: str) -> str | None:
    """The day that a file says of itself, ISO 8601; None where it says none or nothing that is a date."""
    try:
        moment = getattr(about, name, None)
        return moment.date().isoformat() if moment else None
    except (ValueError, OverflowError, TypeError, AttributeError):
        return None


def _mapped() -> int:
    """Bytes of address space that are taken already; 0 where the system does not tell."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()
