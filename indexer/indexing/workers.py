"""The processes of one run: started when there is enough to do, ended with it."""

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from types import ModuleType
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Workers:
    """As many as there are cores: a second to start, 150 MB that they share and some 60 MB of each."""

    def __init__(self) -> None:
        self.pool: ProcessPoolExecutor | None = None
        """None before there are any."""

    def submit(self, do: Callable[P, T], *args: P.args, **named: P.kwargs) -> Future[T]:
        """Let one of them do something; the first time starts them.

        None runs the script that started it: without a guard that would build again, inside the first build.
        """
        script, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
        try:
            if self.pool is None:
                context = multiprocessing.get_context("forkserver")
                context.set_forkserver_preload(["indexer.indexing.preloading"])
                self.pool = ProcessPoolExecutor(os.cpu_count(), mp_context=context, initializer=_begin)
            return self.pool.submit(do, *args, **named)  # which starts one where all are busy
        finally:
            sys.modules["__main__"] = script

    def close(self) -> None:
        """Let go of them."""
        if self.pool:
            self.pool.shutdown(cancel_futures=True)


def _begin() -> None:
    """An interrupt is the parent's to answer, and a parent that was killed leaves nobody behind."""
    gc.disable()  # nothing of ours refers to itself, and looking through all words that are remembered costs a sixth
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)
