"""The server behind `regionsok serve`, which cli finds by its entry point.

Several processes that answer are copies of one that has loaded the program and opened nothing.
"""

import ctypes
import errno
import gc
import logging
import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection, wait
from tempfile import TemporaryDirectory
from urllib.parse import quote

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer, create_server
from waitress.task import ErrorTask
from waitress.wasyncore import file_dispatcher, loop

from indexer import Settings, SettingsError, load_tables
from webapp import FORM_BYTES, HEADERS, create_app, sentences, showing

_log = logging.getLogger(__package__)

THREADS = 4
_ALLOCATION = ((-8, 1), (-3, 131_072), (-1, 131_072))
"""Parameters of glibc's `mallopt`: one arena for all threads; blocks of so many bytes are given back, as is so much that is free at its end.
Else a process keeps some 15 MB more: what one question needed in pieces too small for the next (anonymous memory after 2,000 questions)."""
_PORTS = range(65_536)
_PROCESSES = range(257)
_MOST_COUNTED, _LEAVES_SECONDS = 5, 0.002
"""Of the connections of a process, and for each: 8 that keep theirs were once in four all of one process, now 3 to 5 of each of two (50 trials)."""
RESTART_SECONDS = 1.0
"""Between two starts: what kills a process as soon as it starts must not cost the machine."""
_INTERRUPTS = {signal.SIGINT, signal.SIGTERM}
STOP_SECONDS = 8.0
"""For all processes to finish what they answer; what watches over servers kills them after ten."""
_VISIBLE = "".join(map(chr, range(33, 127)))


class _Parser(HTTPRequestParser):
    """Reads what is not percent-encoded too: old forms, scripts and shells send letters and blanks as they are."""

    def parse_header(self, header_plus: bytes) -> None:
        first, line_end, rest = header_plus.partition(b"\r\n")
        method, _, target_and_version = first.partition(b" ")
        target, _, version = target_and_version.rpartition(b" ")
        if version.startswith(b"HTTP/") and target.startswith(b"/"):
            first = b" ".join((method, quote(target, safe=_VISIBLE).encode(), version))
        super().parse_header(first + line_end + rest)  # type: ignore[no-untyped-call]


class _Refusal(ErrorTask):
    """What the server refuses before any page is asked, in Swedish."""

    def execute(self) -> None:
        error = self.request.error
        status, headers, _ = error.to_response()
        error.to_response = lambda _: (status, [*headers, *HEADERS.items()], ". ".join(sentences(error.code)).encode())
        super().execute()  # type: ignore[no-untyped-call]


class _Channel(HTTPChannel):
    parser_class = _Parser
    error_task_class = _Refusal


class _Ending(file_dispatcher):
    """Has a server take no more when its file can be read, and end when all that it has is answered and sent, or in so many seconds."""

    def __init__(self, file: Connection, server: BaseWSGIServer) -> None:
        super().__init__(file.fileno(), server._map)  # type: ignore[no-untyped-call]
        self._server = server

    def writable(self) -> bool:
        return False

    def handle_read(self) -> None:
        self.del_channel()  # type: ignore[no-untyped-call]
        self._server.accepting, last = False, time.monotonic() + STOP_SECONDS
        channels = self._server.active_channels
        while time.monotonic() < last and any(one.requests or one.total_outbufs_len for one in channels.values()):
            loop(0.1, map=self._server._map, count=1)  # type: ignore[no-untyped-call]
        raise SystemExit


def serve(settings: Settings, host: str, port: int) -> None:
    """Answer on an address until interrupted; port 0 takes a free one.

    Raises SettingsError where the address cannot be had, or others can reach it and no one answers for it.
    """
    _answered_for(settings, host, host)
    number = _processes(settings)
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):  # before any thread has an arena of its own
        for parameter, value in _ALLOCATION:
            mallopt(parameter, value)
    with _listener(host, port) as listener, TemporaryDirectory(prefix="regionsok-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder  # where all processes count, known before any does
        # A name may be somebody else's idea of this machine; the socket knows.
        address, port = listener.getsockname()[:2]
        _answered_for(settings, host, address)
        public = not (showing.is_loopback(host) and showing.is_loopback(address))
        app = create_app(settings, public=public)
        if number > 1:
            load_tables()
        shown = f"[{host}]" if ":" in host else host
        told = {"address": address, "port": port, "processes": number, "public": public or settings.public}
        _log.info("server started", extra=told)
        print(f"Regionsök svarar på http://{shown}:{port}", flush=True)
        if number > 1:
            return keep_answering(number, partial(_answer, app, listener, number))
        until, telling = multiprocessing.Pipe(duplex=False)
        for interrupt in _INTERRUPTS:
            signal.signal(interrupt, lambda *_: telling.close())
        _answer(app, listener, number, until)


def _answer(app: Flask, listener: socket.socket, number: int, until: Connection) -> None:
    """Answer what comes to a socket, as one of so many processes, until something can be read."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # that somebody waits is no news
    gc.set_threshold(10_000)  # with 700, every 180th question waited 30 ms for a look at all objects
    options = {"threads": THREADS, "ident": None, "clear_untrusted_proxy_headers": False}
    options |= {"max_request_body_size": FORM_BYTES, "server_name": listener.getsockname()[0]}
    server = create_server(app, sockets=[listener], **options)  # type: ignore[no-untyped-call]
    server.channel_class = _Channel
    _Ending(until, server)
    if number > 1:
        server.handle_accept = partial(_accept_in_turn, server)
    server.run()


def _accept_in_turn(server: BaseWSGIServer) -> None:
    """Take a connection; who has many leaves it to the other processes for a while, or one may get all that keep theirs."""
    time.sleep(min(len(server.active_channels), _MOST_COUNTED) * _LEAVES_SECONDS)
    type(server).handle_accept(server)  # type: ignore[no-untyped-call]


def _processes(settings: Settings) -> int:
    if settings.processes not in _PROCESSES:
        advice = f"välj ett från 1 till {_PROCESSES[-1]} med --processes"
        raise SettingsError(f"Antalet processer kan inte vara {settings.processes}; {advice}.")
    own = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()  # that this one may use
    return settings.processes or own or 1


def _answered_for(settings: Settings, host: str, address: str) -> None:
    if not showing.is_loopback(address) and not (settings.public_operator and settings.public_contact):
        advice = "ange först operator och contact under [public] i regionsok.toml"
        raise SettingsError(f"På {host} når andra tjänsten; {advice}.")


def _listener(host: str, port: int) -> socket.socket:
    """Taken before anything else is started, so a refusal leaves nothing behind."""
    if port not in _PORTS:
        raise SettingsError(f"Port {port} finns inte; välj en från 0 till {_PORTS[-1]} med --port.")
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except (OSError, UnicodeError) as error:
        reason = f"Det går inte att svara på {host}, port {port} ({error}); välj annat med --host och --port."
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            reason = f"Port {port} på {host} används redan av ett annat program; välj en annan med --port eller REGIONSOK_PORT."
        raise SettingsError(reason) from error


def keep_answering(number: int, answer: Callable[[Connection], None]) -> None:
    """Have a number of processes `answer`, each replaced when it dies, until interrupted or terminated.

    What `answer` is given can be read from when it should stop: then this process has closed the other end, or is gone.
    """
    fork = multiprocessing.get_context("fork")
    told, telling = fork.Pipe(duplex=False)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    gc.collect()
    gc.freeze()  # what the copies share stays shared where no collection writes to it
    running: list[multiprocessing.process.BaseProcess] = []
    try:
        while True:
            signal.pthread_sigmask(signal.SIG_BLOCK, _INTERRUPTS)
            while len(running) < number:
                running.append(fork.Process(target=_begin, args=(answer, told, telling)))
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


def _begin(answer: Callable[[Connection], None], told: Connection, telling: Connection) -> None:
    for interrupt in _INTERRUPTS:  # a terminal or a supervisor sends it to all; the first process says when to stop
        signal.signal(interrupt, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _INTERRUPTS)
    telling.close()
    answer(told)
