"""Several processes that answer: copies of one that has loaded the program and opened nothing."""

import gc
import logging
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

_log = logging.getLogger(__package__)

RESTART_SECONDS = 1.0
"""Between two starts: what kills a process as soon as it starts must not cost the machine."""
_INTERRUPTS = {signal.SIGINT, signal.SIGTERM}
STOP_SECONDS = 8.0
"""For all processes to finish what they answer; what watches over servers kills them after ten."""


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def keep_answering(number: int, answer: Callable[[Connection], None]) -> None:
    """Have a number of processes `answer`, each replaced when it dies, until interrupted or terminated.

    What `answer` is given can be read from when it should stop: then this process has closed the other end, or is gone.
    """
    fork = multiprocessing.get_context("fork")
    told, telling = fork.Pipe(duplex=False)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    gc.collect()
    gc.freeze()  # what the copies share stays shared where no collection writes to it
    running: list[BaseProcess] = []
    try:
        while True:
            signal.pthread_sigmask(signal.SIG_BLOCK, _INTERRUPTS)
            while len(running) < number:
                running.append(fork.Process(target=_answer, args=(answer, told, telling), daemon=True))
                running[-1].start()
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _INTERRUPTS)
            started = time.monotonic()
            wait([process.sentinel for process in running])
            for process in [process for process in running if not process.is_alive()]:
                running.remove(process)
                _log.warning("process died and is replaced", extra={"pid": process.pid, "exitcode": process.exitcode})
            time.sleep(max(0.0, started + RESTART_SECONDS - time.monotonic()))
    except KeyboardInterrupt:
        _log.info("server stops")
    finally:
        telling.close()
        last = time.monotonic() + STOP_SECONDS
        for process in running:
            process.join(max(0.0, last - time.monotonic()))
            process.kill()


def _answer(answer: Callable[[Connection], None], told: Connection, telling: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the first process says when to stop
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _INTERRUPTS)
    telling.close()
    answer(told)
