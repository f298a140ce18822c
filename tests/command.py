"""regionsok in a process that may also fetch what `crawl_site.Sites` serves; no setting, file or variable of the product can say so."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from indexer import crawling
from indexer.cli import cli

NETWORK = "127.0.1.0/24"


def allow(put: Callable[[object, str, object], None] = setattr) -> None:
    """Let the commands of this process fetch from that network; `put` is `setattr`, or what undoes it after a test."""
    for name in ("crawl", "fetch", "check_sources"):
        put(crawling, name, partial(getattr(crawling, name), internal=NETWORK))


if __name__ == "__main__":
    allow()
    cli(prog_name="regionsok")
