"""Public or not: nothing that a client sends opens what is closed, on whatever face, and the service says which it is."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from indexer.indexing import build
from indexer.settings import Settings, SettingsError, load_settings
from tests.browsing import serving
from webapp import create_app
from webapp.showing import came_through

SECRET = "Det sista ordet är kvastskaft."
NUMBER = "08-123 456 78"
ID = "tredje"


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Two texts of third parties that are alike; one has a telephone number in title, beginning and end."""
    folder = tmp_path_factory.mktemp("publicity")
    (folder / "corpus").mkdir()
    long = "Vätgas lagras i bergrum under staden Gävle. " * 20
    text = f"Ring {NUMBER} om vätgas. {long}\n{SECRET} Växeln är alltid öppen på {JOINED} för alla. Ring {NUMBER}."
    for name, said in ((ID, text), ("fjarde", f"Vätgas i bergrum under Gävle. {long}")):
        (folder / "corpus" / f"{name}.txt").write_text(said, encoding="utf-8")
        facts = f'id = "{name}"\nurl = "https://tidning.example/{name}"\ntitle = "Vätgas {NUMBER} {name}"\n'
        (folder / "corpus" / f"{name}.toml").write_text(facts, encoding="utf-8")
    made = Settings(corpus=folder / "corpus", index=folder / "index")
    build(made)
    return made


JOINED = "0812345678"
GUESSES = [
    f"/forslag?q={JOINED[:4]}",
    f"/sok.json?q={JOINED[:4]}*&forklara=ja",
    f"/sok?q={JOINED[:4]}*&forklara=ja",
    f"/sok.json?q={JOINED[:-1]}9&forklara=ja",
    f"/sok?q={JOINED[:-1]}9&forklara=ja",
    f"/sok.json?q={JOINED[:-1]}9~&forklara=ja",
]
"""Ways to have a number completed, explained or corrected."""

FACES = [
    "/",
    "/sok?q=vätgas",
    "/sok?q=kvastskaft&forklara=ja",
    "/sok?q=vätgas&dubbletter=visa",
    "/sok?q=vätgas&region=hogwarts",
    "/sok.json?q=vätgas",
    "/sok.json?q=kvastskaft&forklara=ja",
    "/sok.json?q=vätgas&page=2",
    f"/dokument/{ID}",
    f"/dokument/{ID}?q=kvastskaft&stalle=1",
    "/dokument/fjarde",
    f"/dokument/{ID}.json",
    f"/dokument/{ID}.json?x=1",
    "/dokument/saknas",
    "/dokument/saknas.json",
    "/forslag?q=vätgas",
    "/trend?q=vätgas",
    "/trend.csv?q=vätgas",
    "/trend.svg?q=vätgas",
    "/jamfor?q=vätgas&q=kvastskaft",
    "/jamfor.csv?q=vätgas&q=kvastskaft",
    "/tackning",
    "/hjalp",
    "/om",
    "/tillganglighet",
    "/utvecklare",
    "/openapi.json",
    "/forslag.json?q=vätgas",
    "/sok.json?falt=text&falt=title&falt=snippets",
    "/saknas",
]
WHOLE = (f"/dokument/{ID}", f"/dokument/{ID}.json")

OPERATOR = {"public_operator": "Region X", "public_contact": "sok@x.example"}
STATED = [{}, OPERATOR, {"public_operator": "Region X"}, {"public_contact": "sok@x.example"}]
HERE = ["localhost", "localhost:8000", "127.0.0.1", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST"]
ELSEWHERE = ["sok.example", "localhost.example", "127.0.0.1.example", "10.0.0.1:8000", "a@127.0.0.1", "localhost, b"]
PASSED_ON = [
    "Forwarded",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-Port",
    "X-Forwarded-Prefix",
    "X-Forwarded-Server",
    "X-Forwarded-Scheme",
    "X-Forwarded-Ssl",
    "X-Real-IP",
    "Via",
    "True-Client-IP",
    "CF-Connecting-IP",
    "CF-Ray",
    "X-Client-IP",
    "X-Cluster-Client-IP",
    "X-Original-Forwarded-For",
    "X-Original-URL",
    "X-Original-Host",
    "X-Rewrite-URL",
    "Fastly-Client-IP",
    "CDN-Loop",
    "X-Envoy-External-Address",
    "X-Amzn-TextFingerprint-Id",
    "X-Amz-Cf-Id",
    "X-ARR-SSL",
    "X-ProxyUser-Ip",
    "X-Host",
    "Proxy-Connection",
]
BROWSER = [
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Cache-Control",
    "Connection",
    "Cookie",
    "DNT",
    "Host",
    "If-None-Match",
    "Priority",
    "Purpose",
    "Referer",
    "Sec-CH-UA",
    "Sec-Fetch-Dest",
    "Sec-Fetch-Mode",
    "Sec-Fetch-Site",
    "Sec-GPC",
    "TE",
    "Upgrade-Insecure-Requests",
    "User-Agent",
]


def told(browser: FlaskClient, host: str = "localhost", **request: object) -> dict[str, str]:
    """Face -> everything that is said there."""
    request["headers"] = {"Host": host, **request.pop("headers", {})}  # type: ignore[dict-item]
    return {face: browser.get(face, **request).text for face in [*FACES, *GUESSES]}  # type: ignore[arg-type]


def leaks(said: dict[str, str]) -> list[str]:
    return [face for face, text in said.items() if SECRET in text or NUMBER in text or JOINED in text]


REASONS = [
    ({**OPERATOR}, False, {}),
    ({}, True, {}),
    ({}, False, {"host": "sok.example"}),
    ({}, False, {"headers": {"X-Forwarded-For": "192.0.2.1"}}),
    ({}, False, {"environ_overrides": {"REMOTE_ADDR": "192.0.2.1"}}),
    ({}, False, {"environ_overrides": {"SERVER_NAME": "0.0.0.0"}}),
    ({}, False, {"environ_overrides": {"SERVER_PROTOCOL": "HTTP/1.0"}}),
]


@pytest.mark.parametrize(("stated", "listens", "request_"), REASONS)
def test_each_reason_closes_every_face(
    collection: Settings, stated: dict[str, str], listens: bool, request_: dict[str, object]
) -> None:
    browser = opened(collection, stated, listens)
    said = told(browser, **request_)  # type: ignore[arg-type]
    assert leaks(said) == []
    assert "Den här tjänsten är offentlig" in said["/om"]


def opened(collection: Settings, stated: dict[str, str], listens: bool = False) -> FlaskClient:
    settings = Settings(corpus=collection.corpus, index=collection.index, **stated)  # type: ignore[arg-type]
    return create_app(settings, public=listens).test_client()


def test_on_this_machine_everything_is_said(collection: Settings) -> None:
    said = told(opened(collection, {}))
    assert set(WHOLE) <= set(leaks(said))
    assert "Den här tjänsten är inte offentlig" in said["/om"]


def test_public_is_whatever_any_one_reason_says(collection: Settings) -> None:
    """Settings x listening address x Host x headers; what comes with a request never opens what is closed."""
    for stated, listens in product(STATED, (False, True)):
        browser = opened(collection, stated, listens)
        for host, header in product([*HERE[:3], *ELSEWHERE[:3]], [None, "Via", "X-Forwarded-Host"]):
            headers = {"Host": host} | ({header: "localhost"} if header else {})
            public = bool(stated) or listens or host in ELSEWHERE or header is not None
            text = browser.get(WHOLE[1], headers=headers).text
            assert (SECRET not in text) is public, (stated, listens, host, header)
            assert browser.get("/halsa", headers=headers).text == f"ok\noffentlig: {'ja' if public else 'nej'}\n"


@pytest.mark.parametrize(("hosts", "public"), [(HERE, "nej"), (ELSEWHERE, "ja")])
def test_only_names_of_this_machine_are_this_machine(collection: Settings, hosts: list[str], public: str) -> None:
    browser = opened(collection, {})
    said = {host: browser.get("/halsa", headers={"Host": host}).text.split()[-1] for host in hosts}
    assert said == dict.fromkeys(hosts, public)


def test_headers_that_say_that_a_request_was_passed_on_are_known_in_any_case() -> None:
    unknown = [name for name in PASSED_ON for way in (name, name.lower()) if not came_through([way], "HTTP/1.1")]
    assert unknown == []
    assert [name for name in BROWSER if came_through([name], "HTTP/1.1")] == []


def test_a_settings_file_that_says_public_is_enough(collection: Settings, tmp_path: Path) -> None:
    config = tmp_path / "regionsok.toml"
    config.write_text('[public]\noperator = "Region X"\ncontact = "sok@x.example"\n')
    settings = load_settings(config, {}, corpus=collection.corpus, index=collection.index)
    assert leaks(told(create_app(settings).test_client())) == []
    for empty in ("[public]\n", '[public]\noperator = ""\n'):
        config.write_text(empty)
        with pytest.raises(SettingsError, match=r"^\[public\] i .*regionsok.toml är tom; ange operator och contact"):
            load_settings(config, {})


@pytest.fixture(scope="module")
def address(collection: Settings) -> Iterator[tuple[str, int]]:
    with serving(collection) as url:
        host, _, port = url.removeprefix("http://").partition(":")
        yield host, int(port)


@contextmanager
def asked(address: tuple[str, int], request: bytes) -> Iterator[http.client.HTTPResponse]:
    """The answer to bytes as they are."""
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(request)
        response = http.client.HTTPResponse(connection)
        response.begin()
        yield response


@pytest.mark.parametrize("header", ["", "X-Forwarded-For: 192.0.2.1", "Forwarded: for=192.0.2.1", "Via: 1.1 proxy"])
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_the_real_server_sees_what_a_proxy_adds(address: tuple[str, int], header: str, version: str) -> None:
    """Waitress takes away forwarded headers, and its own name is none of this machine's, unless it is told otherwise."""
    lines = [f"GET {WHOLE[1]} HTTP/{version}", f"Host: 127.0.0.1:{address[1]}", "Connection: close", header]
    with asked(address, "\r\n".join([*filter(None, lines), "", ""]).encode()) as response:
        assert (SECRET in response.read().decode()) is (not header and version == "1.1")


TARGETS = [
    (b"/sok.json?q=v\xc3\xa4tgas", "vätgas"),
    (b"/sok.json?q=v\xe4tgas", "vätgas"),
    (b"/sok.json?q=v%E4tgas", "vätgas"),
    (b"/sok.json?q=v%C3%A4tgas", "vätgas"),
    (b"/sok.json?q=v\xe4tgas i bergrum", "vätgas i bergrum"),
    (b"/sok.json?q=v\xe4tgas%20%zz%", "vätgas %zz%"),
    (b"/sok.json?q=\x93v%E4tgas%94", "“vätgas”"),
]


@pytest.mark.parametrize(("target", "question"), TARGETS)
def test_letters_and_blanks_that_are_not_escaped_are_read(
    address: tuple[str, int], target: bytes, question: str
) -> None:
    with asked(address, b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n") as response:
        assert response.status == 200
        assert f'"query":"{question}"' in response.read().decode()


REFUSED = [
    (b"GET /dokument/v\xe4tgas HTTP/1.1\r\nHost: localhost\r\n\r\n", 404, "Sidan finns inte"),
    (b"GET\r\n\r\n", 400, "Adressen går inte att läsa"),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n", 400, "Adressen går inte att läsa"),
    (b"GET / HTTP/1.1\r\nX: " + b"x" * 300_000 + b"\r\n\r\n", 431, "Adressen går inte att läsa"),
]


@pytest.mark.parametrize(("request_", "status", "sentence"), REFUSED)
def test_what_the_server_cannot_read_is_refused_in_swedish(
    address: tuple[str, int], request_: bytes, status: int, sentence: str
) -> None:
    with asked(address, request_) as response:
        assert response.status == status
        assert sentence in response.read().decode()
        assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_any_encoding_of_a_question_is_the_same_question(collection: Settings) -> None:
    browser = opened(collection, {})
    encodings = {
        browser.get(f"/sok.json?q={quote('vätgas', encoding=name)}").json["total"] for name in ("utf-8", "cp1252")
    }
    assert encodings == {2}
