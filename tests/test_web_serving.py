"""The server: it says where it answers, stops when told to, and refuses in one sentence."""

import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

import webapp
from indexer import Settings, SettingsError
from indexer.indexing import build
from tests.processes import started
from webapp.serving import serve

PROGRAM = """
import sys
from pathlib import Path
from indexer import Settings
from webapp.serving import serve
serve(Settings(corpus=Path(sys.argv[1]), index=Path(sys.argv[2])), "127.0.0.1", 0)
"""


@contextmanager
def server(corpus, index):
    """The process and the address that it says."""
    command = [sys.executable, "-c", PROGRAM, str(corpus), str(index)]
    with started(command, cwd=Path(webapp.__file__).parent.parent) as process:
        said = re.fullmatch(r"Regionsök svarar på (http://127\.0\.0\.1:[1-9]\d+)\n", process.stdout.readline())
        yield process, said[1]


def test_the_server_says_its_real_address_and_stops_on_an_interrupt(tmp_path):
    with server(tmp_path, tmp_path) as (process, address):
        with urlopen(address + "/halsa", timeout=10) as response:
            assert response.read() == b"ok\noffentlig: nej\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 0
        assert process.stdout.read() == ""


@pytest.mark.long
def test_documents_are_added_while_questions_are_answered(tmp_path):
    """Fifty questions a second are asked, none fails, and each document is found when `add` has said that it was added."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "first.txt").write_text("Regionen satsar på vätgas och bredband i hela länet.", encoding="utf-8")
    settings = Settings(corpus=corpus, index=tmp_path / "index")
    build(settings)
    statuses, done = [], threading.Event()
    command, places = [sys.executable, "-m", "indexer"], ["--corpus", str(corpus), "--index", str(settings.index)]

    def ask(address):
        with urlopen(f"{address}/sok?q=v%C3%A4tgas", timeout=10) as response:
            statuses.append(response.status)

    def keep_asking(address):
        while not done.wait(0.08):
            ask(address)

    with server(corpus, settings.index) as (_, address):
        ask(address)
        askers = [threading.Thread(target=keep_asking, args=(address,)) for _ in range(4)]
        began = time.monotonic()
        for asker in askers:
            asker.start()
        try:
            for number in range(10):
                path = tmp_path / f"nytt{number}.txt"
                path.write_text(f"Kommunen bygger en simhall med {number}0000 platser.", encoding="utf-8")
                asked_before = len(statuses)
                subprocess.run([*command, "add", str(path), *places], check=True, capture_output=True)
                with urlopen(f"{address}/sok.json?q={number}0000", timeout=10) as response:
                    assert json.load(response)["total"] == 1
                assert len(statuses) > asked_before, "the questions do not wait for the writer"
        finally:
            done.set()
            for asker in askers:
                asker.join()
    print(f"{len(statuses) / (time.monotonic() - began):.0f} questions a second were answered")
    assert set(statuses) == {200}


def test_a_busy_port_is_one_sentence_that_names_it(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(
            SettingsError, match=f"^Port {port} på 127.0.0.1 används redan .*--port eller REGIONSOK_PORT\\.$"
        ):
            serve(Settings(corpus=tmp_path, index=tmp_path), "127.0.0.1", port)


@pytest.mark.parametrize(("host", "port"), [("finns.invalid", 8000), ("192.0.2.1", 8000)])
def test_an_address_that_cannot_be_had_is_one_sentence(tmp_path, host, port):
    settings = Settings(corpus=tmp_path, index=tmp_path, public_operator="Region X", public_contact="sok@example.se")
    with pytest.raises(SettingsError, match="^Det går inte att svara på .*--port\\.$"):
        serve(settings, host, port)


@pytest.mark.parametrize("given", [{}, {"public_operator": "Region X"}, {"public_contact": "sok@example.se"}])
def test_where_others_reach_it_someone_must_answer_for_it(tmp_path, given):
    with pytest.raises(
        SettingsError, match="^På 0.0.0.0 når andra tjänsten; ange först operator och contact .*regionsok.toml.$"
    ):
        serve(Settings(corpus=tmp_path, index=tmp_path, **given), "0.0.0.0", 0)


def test_a_port_that_cannot_exist_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="^Port 70000 finns inte"):
        serve(Settings(corpus=tmp_path, index=tmp_path), "127.0.0.1", 70000)
