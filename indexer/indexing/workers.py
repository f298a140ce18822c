"""The processes of one run: started when there is enough to do, ended with it."""

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class _Process(ForkServerProcess):
    """One that does not run the script that started it: without a guard that would build again, inside the first build."""

    @staticmethod
    def _Popen(process_obj: BaseProcess) -> Any:
        script, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
        try:
            return ForkServerProcess._Popen(process_obj)  # where __main__ is looked for
        finally:
            sys.modules["__main__"] = script


class _Context(ForkServerContext):
    Process = _Process


class Workers:
    """As many as there are cores: a second to start, 150 MB that they share and some 60 MB of each."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    @property
    def started(self) -> bool:
        """Whether there are any."""
        return self._pool is not None

    def submit(self, do: Callable[P, T], *args: P.args, **named: P.kwargs) -> Future[T]:
        """Let one of them do something; the first time starts them."""
        if self._pool is None:
            context = _Context()
            context.set_forkserver_preload(["indexer.indexing.preloading"])
            self._pool = ProcessPoolExecutor(os.cpu_count(), mp_context=context, initializer=_begin)
        return self._pool.submit(do, *args, **named)

    def close(self) -> None:
        """Let go of them."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)


def _begin() -> None:
    """An interrupt is the parent's to answer, and a parent that was killed leaves nobody behind."""
    gc.disable()  # nothing of ours refers to itself, and looking through all words that are remembered costs a sixth
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)
