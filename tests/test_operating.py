"""Watching over the service: what is written down of a request and what never is, what is counted, and who may know."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from msgspec.structs import replace
from prometheus_client.parser import text_string_to_metric_families

from indexer import Settings, SettingsError, build
from indexer.cli import cli
from tests.conftest import write_jsonl
from tests.processes import started
from webapp import create_app

PROJECT = Path(__file__).resolve().parents[1]
PATIENCE = 60
"""Seconds for what should take one, on a machine with other work."""
PUBLIC = {"public_operator": "Region X", "public_contact": "sok@region.example"}
STRANGER = {"REMOTE_ADDR": "203.0.113.7"}
KEPT = {"time", "method", "path", "face", "status", "bytes", "ms"}
DOCUMENTS = 300


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("operating")
    (folder / "corpus").mkdir()
    text = "Regionen satsar på vätgas i Gävle. " * 400
    write_jsonl(folder / "corpus" / "a.jsonl", [{"id": f"d{n}", "title": f"Nyhet {n}", "text": f"{text} {n}"} for n in range(DOCUMENTS)])  # fmt: skip
    made = Settings(corpus=folder / "corpus", index=folder / "index")
    build(made)
    return made


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "regionsok.log"


def browser(collection: Settings, **stated: Any) -> FlaskClient:
    return create_app(replace(collection, **stated)).test_client()


def ask(client: FlaskClient, path: str, **request: Any) -> None:
    """Ask for an answer to its end."""
    with client.open(path, **request) as answer:
        answer.get_data()


def lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text("utf-8").split("\n")[:-1]]


# --- the access log ---------------------------------------------------------------------------------------------------

ASKED = [
    ("/", "/", 200),
    ("/sok?q=hemlighet", "/sok", 200),
    ("/sok.json?q=hemlighet", "/sok.json", 200),
    ("/sok.jsonl?q=vätgas", "/sok.jsonl", 200),
    ("/sok.json?x=1", "/sok.json", 400),
    ("/dokument/d1", "/dokument/{id}", 200),
    ("/dokument/d1.bib", "/dokument/{id}.bib", 200),
    ("/dokument/saknas.json", "/dokument/{id}.json", 404),
    ("/static/stil.css", "/static/<path:filename>", 200),
    ("/saknas", "", 404),
    ("/halsa/lever", "/halsa/lever", 200),
]


def test_a_line_says_what_was_asked_and_how_it_was_answered_and_no_more(collection: Settings, log: Path) -> None:
    client = browser(collection, log_access=True, log_file=log)
    for path, _, _ in ASKED:
        ask(client, path, environ_base=STRANGER, headers={"User-Agent": "Webbläsaren", "Referer": "https://a.example/"})
    told = lines(log)
    assert [(line["face"], line["status"]) for line in told] == [(face, status) for _, face, status in ASKED]
    assert [line["path"] for line in told] == [path.partition("?")[0] for path, _, _ in ASKED]
    assert all(set(line) - {"hits"} == KEPT for line in told)
    assert all(line["method"] == "GET" and line["ms"] >= 0 for line in told)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line["time"]) for line in told)
    for kept in ("hemlighet", "203.0.113.7", "Webbläsaren", "a.example", "Gävle"):
        assert kept not in log.read_text("utf-8")


@pytest.mark.parametrize(
    "path", ["/sok?q=vätgas", "/sok.jsonl?q=vätgas", "/sok.csv", "/static/sok.js", "/dokument/d1.json"]
)
def test_the_bytes_that_were_sent_are_counted(collection: Settings, log: Path, path: str) -> None:
    client = browser(collection, log_access=True, log_file=log)
    with client.get(path, headers={"Accept-Encoding": "gzip"}) as answer:
        sent = len(answer.get_data())
        tag = answer.headers.get("ETag", "")
    ask(client, path, method="HEAD")
    ask(client, path, headers={"If-None-Match": tag, "Accept-Encoding": "gzip"})
    whole, head, again = lines(log)
    assert (whole["bytes"], head["bytes"]) == (sent, 0)
    assert again["bytes"] == (0 if again["status"] == 304 else sent) and (again["status"] == 304) == bool(tag)


HOSTILE = [
    "/a%0A%7B%22status%22%3A200%7D",
    "/a%0D%0Ab",
    "/%22%2C%22status%22%3A1%2C%22x%22%3A%22",
    "/%1B%5B31mrött",
    "/%E2%80%A8%C2%85%00%7F",
    "/%FF%FE",
    "/" + "a" * 3_000,
    "/sok?q=%0A%7B%7D%22",
    "/%25s%25(x)s{0}",
]


@pytest.mark.parametrize("path", HOSTILE)
def test_nothing_that_is_sent_makes_a_line_or_a_field_of_its_own(collection: Settings, log: Path, path: str) -> None:
    ask(browser(collection, log_access=True, log_file=log, log_questions=True), path)
    (told,) = lines(log)
    assert KEPT <= set(told) <= KEPT | {"hits", "question"} and told["status"] in (200, 404)
    raw = log.read_bytes()
    assert raw.count(b"\n") == 1 and raw.isascii() and not re.search(rb"[\x00-\x09\x0b-\x1f]", raw) and len(raw) < 8_000


STATED = [
    ({}, set()),
    ({"log_addresses": True}, {"address"}),
    ({"log_questions": True}, {"question"}),
]


@pytest.mark.parametrize(("stated", "more"), STATED)
def test_addresses_and_questions_are_written_only_where_it_is_said(
    collection: Settings, log: Path, stated: dict[str, bool], more: set[str]
) -> None:
    client = browser(collection, log_access=True, log_file=log, public_trusted_proxies=("10.0.0.1",), **stated)
    ask(client, "/sok?q=Vätgas+i+Gävle&q=b", headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}, environ_base={"REMOTE_ADDR": "10.0.0.1"})  # fmt: skip
    (told,) = lines(log)
    assert set(told) == KEPT | {"hits"} | more
    assert told.get("address", "203.0.113.7") == "203.0.113.7", "as the proxy says, none that the client made up"
    assert told.get("question", "Vätgas i Gävle") == "Vätgas i Gävle" and told["hits"] == DOCUMENTS


def test_who_asked_and_what_are_never_written_together(collection: Settings, log: Path) -> None:
    with pytest.raises(SettingsError, match=r"^\[log\] får inte ha både addresses och questions"):
        browser(collection, log_access=True, log_file=log, log_addresses=True, log_questions=True)
    assert not log.exists()


def test_a_log_that_is_moved_away_is_begun_anew(collection: Settings, log: Path) -> None:
    client = browser(collection, log_access=True, log_file=log)
    ask(client, "/hjalp")
    log.rename(log.with_suffix(".1"))
    ask(client, "/om")
    assert [line["path"] for line in lines(log)] == ["/om"]


def test_who_asks_is_answered_whole_where_the_log_can_no_longer_be_written(collection: Settings, log: Path) -> None:
    client = browser(collection, log_access=True, log_file=log)
    log.unlink()
    log.mkdir()
    with client.get("/sok.jsonl?q=vätgas") as answer:
        assert answer.text.count("\n") == DOCUMENTS + (answer.text[0] != "{")
    assert client.get("/sok").status_code == 200


def test_a_log_that_cannot_be_written_is_told_before_anything_is_answered(collection: Settings, tmp_path: Path) -> None:
    config = tmp_path / "regionsok.toml"
    config.write_text(f'[log]\naccess = true\nfile = "{tmp_path}/saknas/logg"\n', encoding="utf-8")
    command = [sys.executable, "-m", "indexer", "serve", "--port", "0", "--config", str(config), "--index", str(collection.index)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, check=False, timeout=PATIENCE)
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and f"{tmp_path}/saknas/logg" in done.stderr


# --- questions that find nothing --------------------------------------------------------------------------------------


def asked_for(log: Path, *options: str) -> Any:
    config = log.with_name("regionsok.toml")
    config.write_text(f'[log]\naccess = true\nquestions = true\nfile = "{log}"\n', encoding="utf-8")
    return CliRunner().invoke(cli, ["questions", "--config", str(config), *options])


def test_what_was_asked_and_not_found_is_listed_the_most_frequent_first(collection: Settings, log: Path) -> None:
    client = browser(collection, log_access=True, log_file=log, log_questions=True)
    for path in (
        "/sok?q=kvastskaft",
        "/sok.json?q=zeppelinare",
        "/sok?q=Kvastskaft++",
        "/sok?q=vätgas",
        "/sok?typ=rapport",
        "/hjalp",
    ):
        ask(client, path)
    times = [line["time"] for line in lines(log) if line.get("question", "").lower().strip() == "kvastskaft"]
    with log.open("ab") as file:
        file.write(
            b'[1]\n{"question": 5, "hits": 0}\n{"question": "utan tid", "hits": 0}\nskr\xe4p\n{"question": "halv'
        )
    told = json.loads(asked_for(log, "--json").output)
    assert [(one["question"], one["count"]) for one in told] == [("kvastskaft", 2), ("zeppelinare", 1)]
    assert told[0]["last"] == times[-1]
    assert re.fullmatch(r" +2 \d{4}-\d\d-\d\d kvastskaft\n +1 \d{4}-\d\d-\d\d zeppelinare\n", asked_for(log).output)


@pytest.mark.parametrize("stated", ["", "[log]\naccess = true\n", '[log]\nquestions = true\nfile = "x"\n'])
def test_where_questions_are_not_written_that_is_said(tmp_path: Path, stated: str) -> None:
    (tmp_path / "a.toml").write_text(stated, encoding="utf-8")
    done = CliRunner().invoke(cli, ["questions", "--config", str(tmp_path / "a.toml")])
    assert done.exit_code == 1 and done.output.count("\n") == 1 and "Frågor skrivs inte ned" in done.output


def test_where_nothing_is_written_yet_that_is_said(log: Path) -> None:
    done = asked_for(log, "--json")
    assert done.exit_code == 1 and done.output.count("\n") == 1 and "Inga frågor är nedskrivna än" in done.output


# --- whether it lives and answers -------------------------------------------------------------------------------------

JSON = {"Accept": "application/json"}


def test_health_says_what_is_known_to_who_wants_json(collection: Settings) -> None:
    answer = browser(collection).get("/halsa", headers=JSON)
    told = answer.json
    assert (told["status"], told["public"], told["documents"]) == ("ok", False, DOCUMENTS)
    assert told["generation"].startswith("000001-") and 0 <= told["age_seconds"] < 3600 and told["committed"]
    assert told["disk_free_bytes"] > 0 and told["crawl"] == {}
    assert "Accept" in answer.headers.get("Vary", "")
    for accept in ("*/*", "text/html,application/xml;q=0.9,*/*;q=0.8", "text/plain", ""):
        assert browser(collection).get("/halsa", headers={"Accept": accept}).text == "ok\noffentlig: nej\n"


@pytest.mark.parametrize(("peer", "sees"), [("127.0.0.1", True), ("203.0.113.7", False)])
def test_of_a_public_service_others_are_not_told_of_the_machine(collection: Settings, peer: str, sees: bool) -> None:
    told = browser(collection, **PUBLIC).get("/halsa", headers=JSON, environ_base={"REMOTE_ADDR": peer}).json
    assert told["public"] and ("disk_free_bytes" in told) == sees and str(collection.index) not in json.dumps(told)


def test_the_last_crawl_is_told(collection: Settings, tmp_path: Path) -> None:
    visit = dict(name="X", day="2026-11-02", status="reached", asked=3, counts={"new": 1, "failed": 2}, reasons=[],
                 last_success="2026-11-02", last_new=None, months_silent=None, resting_until=None)  # fmt: skip
    from indexer.crawling import REPORT

    (tmp_path / REPORT).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / REPORT).write_text(json.dumps({"x": visit, 'y"\\': visit | {"status": "failed", "day": "2026-11-01"}}))
    client = browser(collection, corpus=tmp_path)
    assert client.get("/halsa", headers=JSON).json["crawl"] == {
        "x": ["2026-11-02", "reached"],
        'y"\\': ["2026-11-01", "failed"],
    }
    assert figures(client)["regionsok_crawl_addresses", ("failed", 'y"\\')] == 2


def test_an_index_that_does_not_answer_is_told_and_the_process_lives(collection: Settings, tmp_path: Path) -> None:
    nothing = browser(collection, index=tmp_path / "index")
    assert nothing.get("/halsa", headers=JSON).json["status"] == "ok", "none at all is where everybody begins"
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "CURRENT").write_text("000001-tantivy")
    broken = browser(collection, index=tmp_path / "index")
    for headers in ({}, JSON):
        answer = broken.get("/halsa", headers=headers)
        assert answer.status_code == 503 and "kör regionsok index" in answer.text
    assert answer.json["status"] == 503
    assert broken.get("/halsa/lever").json == {"status": "ok"}
    assert figures(broken)["regionsok_ready", ()] == 0


def test_an_index_of_another_format_is_no_service(collection: Settings, tmp_path: Path) -> None:
    shutil.copytree(collection.index, tmp_path / "index")
    manifest = tmp_path / "index" / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": 1}))
    answer = browser(collection, index=tmp_path / "index").get("/halsa")
    assert answer.status_code == 503 and "byggt av en annan version" in answer.text


# --- figures ----------------------------------------------------------------------------------------------------------


def parsed(text: str) -> dict[tuple[str, tuple[str, ...]], float]:
    families = text_string_to_metric_families(text)
    samples = (sample for family in families for sample in family.samples)
    return {(one.name, tuple(one.labels[name] for name in sorted(one.labels))): one.value for one in samples}


def figures(client: FlaskClient) -> dict[tuple[str, tuple[str, ...]], float]:
    return parsed(client.get("/metrics").text)


def test_requests_are_counted_by_face_and_status(collection: Settings) -> None:
    client = browser(collection)
    for path, _, _ in ASKED:
        ask(client, path)
    told = figures(client)
    for (face, status), number in Counter((face or "annat", str(status)) for _, face, status in ASKED).items():
        assert told["regionsok_requests_total", (face, status)] == number
    assert told["regionsok_without_hits_total", ("/sok",)] == told["regionsok_without_hits_total", ("/sok.json",)] == 1
    assert (
        told["regionsok_request_seconds_count", ("/sok",)] == 1 and told["regionsok_request_seconds_sum", ("/sok",)] > 0
    )
    assert ("regionsok_request_seconds_bucket", ("/sok", "+Inf")) in told
    assert told["regionsok_documents", ()] == DOCUMENTS and told["regionsok_index_bytes", ()] > 10_000
    assert told["regionsok_ready", ()] == 1 and told["regionsok_age_seconds", ()] < 3600


WATCHERS = [
    ({}, "127.0.0.1", {}, 200),
    ({}, "::1", {}, 200),
    (PUBLIC, "127.0.0.1", {}, 200),
    (PUBLIC, "203.0.113.7", {}, 404),
    (PUBLIC, "127.0.0.1", {"X-Forwarded-For": "203.0.113.7"}, 404),
    (PUBLIC, "127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 404),
    (PUBLIC, "127.0.0.1", {"Via": "1.1 a"}, 404),
    ({**PUBLIC, "public_trusted_proxies": ("10.0.0.0/8",)}, "10.0.0.9", {}, 200),
    ({**PUBLIC, "public_trusted_proxies": ("10.0.0.0/8",)}, "10.0.0.9", {"X-Forwarded-For": "10.0.0.3"}, 404),
    ({**PUBLIC, "public_trusted_proxies": ("10.0.0.0/8",)}, "11.0.0.9", {}, 404),
    ({**PUBLIC, "metrics_public": True}, "203.0.113.7", {"Via": "1.1 a"}, 200),
]


@pytest.mark.parametrize(("stated", "peer", "headers", "status"), WATCHERS)
def test_who_may_see_the_figures(
    collection: Settings, stated: dict[str, Any], peer: str, headers: dict[str, str], status: int
) -> None:
    answer = browser(collection, **stated).get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": peer})
    assert answer.status_code == status


def test_without_its_package_there_are_none(collection: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    client = browser(collection)
    assert client.get("/sok").status_code == 200 and client.get("/metrics").status_code == 404


# --- several processes ------------------------------------------------------------------------------------------------


@contextmanager
def serving(settings: Settings, number: int, *options: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The first process, and the port."""
    places = ["--corpus", str(settings.corpus), "--index", str(settings.index), *options]
    command = [sys.executable, "-m", "indexer", "serve", "--port", "0", "--processes", str(number), *places]
    with started(command, cwd=PROJECT) as process:
        yield process, int(process.stdout.readline().rpartition(":")[2])  # type: ignore[union-attr]


def fetched(port: int, path: str) -> str:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
        connection.request("GET", quote(path, safe="/?=&"))
        return connection.getresponse().read().decode()


def children(process: subprocess.Popen[str]) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def test_several_processes_count_and_write_together(collection: Settings, log: Path, tmp_path: Path) -> None:
    config = tmp_path / "regionsok.toml"
    config.write_text(f'[log]\naccess = true\nfile = "{log}"\n', encoding="utf-8")
    folder = tmp_path / "tmp"
    folder.mkdir()
    os.environ["TMPDIR"] = str(folder)
    try:
        with serving(collection, 2, "--config", str(config)) as (process, port):
            for _ in range(40):
                fetched(port, "/sok.json?q=vätgas")
            counted = "regionsok_requests_total", ("/sok.json", "200")
            assert parsed(fetched(port, "/metrics"))[counted] == 40
            os.kill(children(process)[0], signal.SIGKILL)
            until = time.monotonic() + PATIENCE
            while parsed(fetched(port, "/metrics"))[counted] < 45:
                assert time.monotonic() < until
                fetched(port, "/sok.json?q=vätgas")
            assert [path.name for path in folder.iterdir()], "where they count"
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0
        assert list(folder.iterdir()) == []
    finally:
        del os.environ["TMPDIR"]
    assert Counter(line["face"] for line in lines(log))["/sok.json"] == 45


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("to_all", [False, True])
def test_what_is_being_answered_when_the_server_is_told_to_stop_comes_whole(
    collection: Settings, number: int, to_all: bool
) -> None:
    """The answer is larger than what sockets hold, so that it is not sent yet; a supervisor may tell every process."""
    with serving(collection, number) as (process, port), socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(b"GET /sok.jsonl?q=regionen HTTP/1.0\r\n\r\n")
        read = connection.recv(1000)
        for pid in [process.pid, *(children(process) if to_all else [])]:
            os.kill(pid, signal.SIGTERM)
        time.sleep(0.5)
        while piece := connection.recv(1 << 20):
            read += piece
        assert process.wait(PATIENCE) == 0
        assert read.count(b"\n{") == DOCUMENTS and read.endswith(b"}\n")
        with pytest.raises(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
