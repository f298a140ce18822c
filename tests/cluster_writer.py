"""Indexes as `regionsok index` does, and sends itself a signal at a step. Run as a program.

    python -m tests.cluster_writer CORPUS INDEX HOSTS PREFIX [rebuild | STEP SIGNAL [TIME] [rebuild]]

A step is a moment before something that a cluster is told. Nothing of the product knows of this.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from indexer.engines import opensearch
from indexer.engines.cluster import Cluster
from indexer.faults import Fault
from indexer.indexing import Progress, build
from indexer.indexing.announcing import Announcing
from indexer.settings import Settings

STEPS: dict[str, tuple[type, str]] = {
    "claim": (Cluster, "let_write"),
    "bulk": (opensearch.OpensearchWriter, "commit"),
    "announce": (Announcing, "announce"),
    "copy": (Announcing, "_copy"),
    "alias": (Cluster, "point"),
    "delete": (Cluster, "delete"),
}
"""Step -> what happens after it."""


def settings_of(corpus: Path, index: Path, hosts: str, prefix: str) -> Settings:
    """Of a machine that reaches a cluster."""
    named = {"opensearch_hosts": tuple(hosts.split(",")), "opensearch_prefix": prefix}
    return Settings(corpus=corpus, index=index, engine="opensearch", **named)  # type: ignore[arg-type]


def signalled(original: Callable[..., Any], number: int, time: int) -> Callable[..., Any]:
    """The same, a signal to this process before it the first or another time; whoever takes the lease tidies up too."""
    left = [0] * (time - 1) + [number]

    def method(*arguments: Any, **named: Any) -> Any:
        if left and (now := left.pop(0)):
            signal.pthread_kill(threading.get_ident(), now)  # so that nothing more is done by this very thread
        return original(*arguments, **named)

    return method


def main(corpus: str, index: str, hosts: str, prefix: str, *step: str) -> None:
    """Index; what went wrong is said as the command says it."""
    if step[1:]:
        owner, name = STEPS[step[0]]
        time = next(map(int, filter(str.isdecimal, step)), 1)
        setattr(owner, name, signalled(getattr(owner, name), signal.Signals[step[1]], time))
    try:
        waiting = Progress(waiting=lambda: print("waiting", flush=True))
        settings = settings_of(Path(corpus), Path(index), hosts, prefix)
        print(build(settings, "rebuild" in step, progress=waiting).documents, flush=True)
    except Fault as fault:
        print(fault, repr(fault.__cause__), flush=True)
        sys.exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
