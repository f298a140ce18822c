"""Several processes answer on one address: all of them, each replaced when it dies, none left when the first one ends."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import pytest

from indexer import Settings, SettingsError
from indexer.indexing import build
from tests.processes import started
from webapp import serving as module
from webapp.serving import serve

PROJECT = Path(__file__).resolve().parents[1]
PATIENCE = 60
"""Seconds for what should take one, on a machine with other work."""


@pytest.fixture
def settings(tmp_path):
    made = Settings(corpus=tmp_path / "corpus", index=tmp_path / "index")
    made.corpus.mkdir()
    (made.corpus / "ett.txt").write_text("Regionen satsar på vätgas.", encoding="utf-8")
    build(made)
    return made


@contextmanager
def serving(settings, number):
    """The first process, and the port."""
    places = ["--corpus", str(settings.corpus), "--index", str(settings.index)]
    command = [sys.executable, "-m", "indexer", "serve", "--port", "0", "--processes", str(number), "-v", *places]
    with started(command, cwd=PROJECT, stderr=subprocess.PIPE) as process:
        yield process, int(process.stdout.readline().rpartition(":")[2])


def children(process):
    """Those that are alive."""
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return {int(child) for child in listed if alive(int(child))}


def alive(pid):
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def until(true):
    """Wait for what should come; what it was."""
    last = time.monotonic() + PATIENCE
    while not (value := true()):
        assert time.monotonic() < last, "it never came"
        time.sleep(0.02)
    return value


def asked(port, word):
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        return total(connection, word)


def total(connection, word):
    connection.request("GET", f"/sok.json?q={word}")
    return json.load(connection.getresponse())["total"]


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_ends_them_all(settings, stop):
    with serving(settings, 2) as (process, port):
        both = until(lambda: len(found := children(process)) == 2 and found)
        assert asked(port, "regionen") == 1
        process.send_signal(stop)
        assert process.wait(PATIENCE) == 0
        assert not any(map(alive, both)), "it waits for them"
        assert process.stdout.read() == "", "the address is said once"
        assert "Traceback" not in process.stderr.read()
        socket.create_server(("127.0.0.1", port)).close()


def test_an_interrupt_at_the_terminal_reaches_all_and_is_no_fault(settings):
    with serving(settings, 2) as (process, _):
        both = until(lambda: len(found := children(process)) == 2 and found)
        for pid in (*both, process.pid):
            os.kill(pid, signal.SIGINT)
        assert process.wait(PATIENCE) == 0
        said = process.stderr.read()
        assert "Traceback" not in said and "died" not in said


def test_the_others_end_when_the_first_is_killed(settings):
    with serving(settings, 3) as (process, _):
        all_three = until(lambda: len(found := children(process)) == 3 and found)
        process.kill()
        until(lambda: not any(map(alive, all_three)))


def test_one_that_is_killed_is_replaced_and_said(settings):
    with serving(settings, 2) as (process, port):
        both = until(lambda: len(found := children(process)) == 2 and found)
        killed = min(both)
        os.kill(killed, signal.SIGKILL)
        until(lambda: len(children(process) - {killed}) == 2)
        assert asked(port, "regionen") == 1
        process.send_signal(signal.SIGINT)
        assert f"process died and is replaced pid={killed} exitcode=-9" in process.stderr.read()


def test_connections_that_are_kept_are_shared_and_each_process_sees_every_commit(settings):
    with serving(settings, 2) as (process, port), ExitStack() as kept:
        both = until(lambda: len(found := children(process)) == 2 and found)
        connections = [http.client.HTTPConnection("127.0.0.1", port) for _ in range(8)]
        for connection in connections:
            kept.callback(connection.close)
            assert total(connection, "simhall") == 0
        assert all(open_sockets(pid) >= 2 for pid in both), "the one that all listen on, and a connection"
        (settings.corpus / "två.txt").write_text("Kommunen bygger en simhall.", encoding="utf-8")
        build(settings)
        assert [total(connection, "simhall") for connection in connections] == [1] * 8


def open_sockets(pid):
    """Sockets of the address that a process has open."""
    handles = Path(f"/proc/{pid}/fd").iterdir()
    inodes = {os.readlink(handle)[8:-1] for handle in handles if os.readlink(handle).startswith("socket:[")}
    return sum(line.split()[9] in inodes for line in Path("/proc/net/tcp").read_text().splitlines()[1:])


def test_one_process_has_no_others(settings):
    with serving(settings, 1) as (process, port):
        assert asked(port, "regionen") == 1
        assert children(process) == set()


def test_those_that_die_at_once_are_started_at_a_bounded_rate(monkeypatch):
    pauses = []

    def pause(seconds):
        pauses.append(seconds)
        if len(pauses) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(module, "RESTART_SECONDS", 1000.0)
    monkeypatch.setattr(module.time, "sleep", pause)
    before = signal.getsignal(signal.SIGTERM)
    try:
        module.keep_answering(2, lambda until: os._exit(3))
    finally:
        signal.signal(signal.SIGTERM, before)
    assert min(pauses) > 900


@pytest.mark.parametrize("number", [-1, 257])
def test_a_number_that_cannot_be_meant_is_refused(tmp_path, number):
    with pytest.raises(SettingsError, match=f"^Antalet processer kan inte vara {number}; .*--processes.$"):
        serve(Settings(corpus=tmp_path, index=tmp_path, processes=number), "127.0.0.1", 0)
