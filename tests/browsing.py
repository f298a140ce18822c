"""A real server and a real Chromium for the tests that look at the pages as people do."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from indexer.settings import Settings

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
]


@contextmanager
def serving(settings: Settings, *options: str) -> Iterator[str]:
    """The address of `regionsok serve` on a free port, in a process of its own."""
    command = [sys.executable, "-m", "indexer", "serve", "--port", "0", *options]
    places = ["--corpus", str(settings.corpus), "--index", str(settings.index)]
    server = subprocess.Popen([*command, *places], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield server.stdout.readline().split()[-1]
    finally:
        server.terminate()
        server.wait(timeout=10)
        if server.stdout:
            server.stdout.close()
