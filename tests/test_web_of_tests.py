"""The web that tests crawl: it says what it was told to, once asked, and keeps a log that can be trusted."""

from __future__ import annotations

import http.client
import threading
import time

import pytest

from tests.web import Answer, Host, Web, page, source, text_about


def ask(host: Host, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(host.address, host.port, timeout=5)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    said = answer.status, dict(answer.getheaders()), answer.read()
    connection.close()
    return said


def test_what_a_host_was_given_is_what_it_says(web: Web) -> None:
    first, second = web.host({"/": page("Bro över ån")}), web.host()
    assert first.url() != second.url() and first.port == second.port
    status, headers, body = ask(first, "/")
    assert (status, "Bro över ån" in body.decode()) == (200, True)
    assert ask(first, "/", **{"If-None-Match": headers["ETag"]})[0] == 304
    first.pages["/"] = page("Bro över forsen")
    assert ask(first, "/", **{"If-None-Match": headers["ETag"]})[0] == 200
    first.pages["/a?b=1"] = lambda asked: Answer(503, [("Retry-After", "1"), ("X", asked.headers["accept"])])
    assert (
        ask(first, "/a?b=1", Accept="ja")[1] | {"Retry-After": "1", "X": "ja"} == ask(first, "/a?b=1", accept="ja")[1]
    )
    assert ask(second, "/")[0] == ask(second, "/robots.txt")[0] == ask(first, "/a")[0] == 404
    assert second.paths() == ["/", "/robots.txt"]
    assert [asked.status for asked in first.log] == [200, 304, 200, 503, 503, 404]


def test_answers_wait_drip_break_off_and_are_counted(web: Web) -> None:
    go = threading.Event()
    host = web.host({"/paus": Answer(wait=go), "/sen": Answer(delay=0.1), "/tyst": Answer(raw=b"")})
    host.pages["/dropp"] = Answer(stream=lambda: [b"a"] * 3, pace=0.02)
    threads = [threading.Thread(target=ask, args=(host, path)) for path in ("/paus", "/sen", "/dropp")]
    for thread in threads:
        thread.start()
    while host.most < 3:
        time.sleep(0.01)
    go.set()
    for thread in threads:
        thread.join()
    while not all(asked.ended for asked in host.log):
        time.sleep(0.01)
    (late,), (drip,) = host.asked("/sen"), host.asked("/dropp")
    assert late.ended - late.at >= 0.1 and drip.ended - drip.at >= 0.04
    with pytest.raises(http.client.RemoteDisconnected):
        ask(host, "/tyst")
    assert host.asked("/tyst")[0].status == 0
    assert len(host.gaps()) == 3


def test_a_host_may_refuse_and_come_back(web: Web) -> None:
    web.host()
    host = web.host({"/": page("Hamn")})
    web.shut(host)
    with pytest.raises(ConnectionRefusedError):
        ask(host, "/")
    web.open(host)
    assert ask(host, "/")[0] == 200


def test_texts_differ_and_sources_are_toml() -> None:
    assert text_about("fjord") == text_about("fjord") != text_about("fjäll")
    told = source("Region A", "https://a.example/", county="Skåne", leave=[r"\.png$"])
    assert told.splitlines()[1:] == [
        "start = ['https://a.example/']",
        "delay = 0.01",
        "county = 'Skåne'",
        r"leave = ['\.png$']",
    ]
