"""The operator corrects documents in the browser: each act is done, kept with who and why, and taken back; nobody else's is."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from msgspec.structs import replace
from playwright.sync_api import Browser

from indexer.corpus import read_ledger
from indexer.corpus.ledger import LEDGER, Ledger
from indexer.generations import writing
from indexer.indexing import build
from indexer.indexing.checking import check
from indexer.indexing.curating import correct, forget
from indexer.queries import Filters, Search
from indexer.searching import Searcher
from indexer.settings import Settings, SettingsError, load_settings
from tests.browsing import chromium, serving, tab_to  # noqa: F401 (fixture)
from tests.conftest import write_jsonl
from tests.index_answers import answers, fresh_answers
from tests.test_duplicates import RELEASE
from webapp import FORM_BYTES, create_app, operating

ADDRESS = "https://region.example/nyhet?id=1&b=2"
TEXT = "Örebro län bygger. Örebro län växer. Anna Bergström ler."
DOCUMENTS: list[dict[str, object]] = [
    {"id": "a", "title": "Vätgas", "text": TEXT, "date": "2019-03-12"},
    {"id": ADDRESS, "title": "Skola", "text": "Dalarnas län läser.", "date": "2020-01-01"},
]
OWN = {"Sec-Fetch-Site": "same-origin"}
Form = dict[str, str]
RIGHT = {"gor": "ratta", "datum": "2021-05", "regioner": "Värmland, Karlskoga", "typ": "rapport"}
BY = {"vem": "Eva", "varfor": "Fel i källan"}


@pytest.fixture(scope="module")
def engine() -> str:
    """One is enough: what an engine does with corrections is held elsewhere."""
    return "auto"


@pytest.fixture
def corpus(settings: Settings) -> Settings:
    write_jsonl(settings.corpus / "a.jsonl", DOCUMENTS)
    build(settings)
    return settings


@pytest.fixture
def browser(corpus: Settings) -> FlaskClient:
    return create_app(corpus).test_client()


def send(browser: FlaskClient, form: Form, id: str = "a", headers: Mapping[str, str] = OWN) -> int:
    """The status of what a form gives; what it redirects to is the document."""
    response = browser.post(f"/dokument/{quote(id, safe=':/=&')}/ratta", data=BY | form, headers=headers)
    if response.status_code == 303:
        assert response.headers["Location"] == f"/dokument/{quote(id, safe=':/=&')}#ratta"
    assert response.headers.get("Cache-Control") == ("no-store" if response.status_code in (400, 503) else None)
    return response.status_code


def shown(browser: FlaskClient, id: str = "a") -> BeautifulSoup:
    """What the page of a document has for its operator."""
    response = browser.get(f"/dokument/{quote(id, safe=':/=&')}")
    section = BeautifulSoup(response.text, "html.parser").find(id="ratta")
    assert section and response.headers["Cache-Control"] == "no-store"
    return section


def undo(browser: FlaskClient, id: str = "a") -> int:
    """One click on the button of the page."""
    form = next(form for form in shown(browser, id).find_all("form") if form.button.text == "Ångra")
    return send(browser, {field["name"]: field["value"] for field in form.find_all("input")}, id)


def said(settings: Settings) -> Ledger:
    """The ledger without how it came about."""
    ledger = read_ledger(settings.corpus)
    ledger.decisions = {}
    return ledger


def found(settings: Settings, query: str = "", **chosen: tuple[str, ...]) -> list[str]:
    return [hit.id for hit in Searcher(settings).search(Search(query, filters=Filters(**chosen))).hits]


ACTS = {
    "date": ({"gor": "ratta", "datum": "2021-05"}, {"year": ("2021",)}, True, "datum 2021-05"),
    "unknown date": ({"gor": "ratta", "datum": "okant"}, {"year": ("okant",)}, True, "datum okant"),
    "regions": (
        {"gor": "ratta", "regioner": " Värmland ,Karlskoga,"},
        {"region": ("karlskoga-kommun",)},
        True,
        "handlar om Värmland",
    ),
    "kind": ({"gor": "ratta", "typ": "Rapport"}, {"kind": ("rapport",)}, True, "typ rapport"),
    "unknown kind": ({"gor": "ratta", "typ": "okant"}, {"kind": ("rapport",)}, False, "typ okant"),
    "hidden": (
        {"gor": "dolj", "namn": "Anna Bergström"},
        {"query": "Anna Bergström"},
        False,
        "dolt för Anna Bergström",
    ),
    "removed": ({"gor": "bort"}, {"query": "vätgas"}, False, "borttaget"),
}


@pytest.mark.parametrize(("act", "id"), [*((act, "a") for act in ACTS), ("date", ADDRESS), ("removed", ADDRESS)])
def test_an_act_is_done_kept_with_who_and_why_and_undone_with_one_click(
    act: str, id: str, corpus: Settings, browser: FlaskClient, tmp_path: Path
) -> None:
    form, question, finds, words = ACTS[act]
    before, answered = said(corpus), answers(corpus)
    if id != "a" and act == "removed":
        question = {"query": "skola"}
    had = id in found(corpus, **question)  # type: ignore[arg-type]
    assert send(browser, form, id) == 303
    assert (id in found(corpus, **question)) is finds  # type: ignore[arg-type]
    decided = read_ledger(corpus.corpus).decisions[id]
    assert [(one.who, one.why) for one in decided] == [("Eva", "Fel i källan")]
    assert words in shown(browser, id).text and "Eva: Fel i källan" in shown(browser, id).text
    assert (browser.get(f"/dokument/{quote(id, safe=':/=&')}").status_code == 404) is (act == "removed")
    assert check(corpus).sound
    assert answers(corpus) == fresh_answers(corpus, tmp_path / "done")
    browser = create_app(corpus).test_client()  # started anew
    assert undo(browser, id) == 303
    assert said(corpus) == before
    assert (id in found(corpus, **question)) is had  # type: ignore[arg-type]
    assert check(corpus).sound
    assert answers(corpus) == answered
    assert browser.get(f"/dokument/{quote(id, safe=':/=&')}").status_code == 200


def test_undoing_restores_what_was_said_before_and_can_be_undone(corpus: Settings, browser: FlaskClient) -> None:
    correct(corpus, "a", ("2015", ("Skåne",)))
    first = said(corpus)
    assert send(browser, RIGHT) == send(browser, {"gor": "dolj", "namn": "Anna Bergström"}) == 303
    last = said(corpus)
    assert send(browser, {"gor": "bort"}) == 303
    assert undo(browser) == 303 and said(corpus) == last
    assert undo(browser) == 303 and "a" in said(corpus).removed
    assert undo(browser) == 303 and said(corpus) == last
    assert send(browser, {"gor": "visa", "namn": "Anna Bergström"}) == send(browser, {"gor": "ratta"}) == 303
    assert said(corpus) == replace_all(first, corrected={})
    assert undo(browser) == 303 and said(corpus).corrected["a"].kind == "rapport"


def replace_all(ledger: Ledger, **other: dict[str, object]) -> Ledger:
    return replace(ledger, **other)  # type: ignore[arg-type]


def test_removing_is_undone_after_a_rebuild_and_of_what_two_files_give(
    corpus: Settings, browser: FlaskClient, tmp_path: Path
) -> None:
    later = [{"id": "a", "title": "Vätgas", "text": "Gotlands län bygger.", "date": "2020-03-12"}]
    write_jsonl(corpus.corpus / "b.jsonl", later)  # type: ignore[arg-type]
    build(corpus)
    before = answers(corpus)
    assert send(browser, {"gor": "bort"}) == 303
    build(corpus, rebuild=True)
    assert undo(browser) == 303
    assert answers(corpus) == before == fresh_answers(corpus, tmp_path / "fresh")


def test_an_undo_of_what_has_changed_since_is_refused(corpus: Settings, browser: FlaskClient) -> None:
    assert send(browser, RIGHT) == 303
    seen = read_ledger(corpus.corpus).decisions["a"][0].at
    correct(corpus, "a", ("2015", ()))
    now = read_ledger(corpus.corpus)
    for old in (seen, "", "x"):
        assert send(browser, {"gor": "angra", "sett": old}) == 400
    assert send(browser, {"gor": "angra", "sett": ""}, ADDRESS) == 400
    assert read_ledger(corpus.corpus) == now


def test_forgetting_forgets_what_was_decided_too(corpus: Settings, browser: FlaskClient) -> None:
    assert send(browser, {"gor": "dolj", "namn": "Anna Bergström"}) == send(browser, RIGHT) == 303
    forget(corpus, ["a"])
    assert "Bergström" not in (corpus.corpus / ".regionsok" / "ledger.json").read_text(encoding="utf-8")


def test_a_ledger_of_before_still_reads(corpus: Settings) -> None:
    old = {"removed": {}, "corrected": {"a": {"day": "2026-01-01", "date": "2019", "regions": None}}, "hidden": {}}
    (corpus.corpus / ".regionsok").mkdir(exist_ok=True)
    (corpus.corpus / ".regionsok" / "ledger.json").write_text(json.dumps(old), encoding="utf-8")
    build(corpus)
    assert found(corpus, year=("2019",)) == ["a"]
    assert "datum 2019" not in shown(create_app(corpus).test_client()).text, "nobody says who it was"


def release(settings: Settings) -> FlaskClient:
    """Beside the others d2, which stands for d1 and d3, and d5, too short to be known by."""
    write_jsonl(settings.corpus / "b.jsonl", [*RELEASE[:3], RELEASE[4]])
    build(settings)
    return create_app(settings).test_client()


def test_what_is_one_text_is_parted_joined_and_each_undone_with_one_click(corpus: Settings, tmp_path: Path) -> None:
    browser = release(corpus)
    before = answers(corpus)
    page = BeautifulSoup(browser.get("/dokument/d2").text, "html.parser")
    assert page.find("a", href="#ratta-annat", string="Inte samma text?")
    assert [one["value"] for one in page.select("#ratta-lika option")] == ["d1", "d3"]
    assert page.find("option", selected=True, value="nej") and page.find(id="ratta-annat")["value"] == ""
    assert shown(browser, "d1").find(id="ratta-annat")["value"] == "d2", "there is only one"
    assert not shown(browser, "d5").find("option", selected=True, value="nej")
    assert send(browser, {"gor": "jamfor", "samma": "nej", "annat": "d2"}, "d1") == 303
    assert set(found(corpus, "satsar")) == {"d1", "d2", "d5"}
    assert "inte samma text som d2" in shown(browser, "d1").text and "Eva: Fel i källan" in shown(browser, "d2").text
    page_of_it = "http://localhost/dokument/d5?q=satsar"
    assert send(browser, {"gor": "jamfor", "samma": "ja", "annat": page_of_it}, "d2") == 303
    assert set(found(corpus, "satsar")) == {"d1", "d2"} and check(corpus).sound
    assert answers(corpus) == fresh_answers(corpus, tmp_path / "done")
    back = shown(browser, "d5").find("button", string="Ta tillbaka att det är samma text som d2").find_parent("form")
    assert send(browser, {one["name"]: one["value"] for one in back.find_all("input")}, "d5") == 303
    assert undo(browser, "d5") == undo(browser, "d2") == 303
    assert undo(browser, "d1") == 303
    assert said(corpus) == Ledger() and answers(corpus) == before


WRONG = [
    ({"gor": "jamfor", "samma": "ja", "annat": "saknas"}, "annat", "saknas går inte att jämföra"),
    ({"gor": "jamfor", "samma": "nej", "annat": "a"}, "annat", "a och a går inte att jämföra"),
    ({"gor": "jamfor", "annat": ADDRESS}, "annat", "går inte att jämföra"),
    ({"gor": "jamfor"}, "annat", "går inte att jämföra"),
    ({"gor": "ratta", "datum": "i fjol"}, "datum", "”i fjol” går inte att läsa"),
    ({"gor": "ratta", "datum": "2199-01-01"}, "datum", "2199"),
    ({"gor": "ratta", "regioner": "Örebro län, Atlantis"}, "regioner", "Atlantis"),
    ({"gor": "ratta", "typ": "hemlis"}, "typ", "”hemlis” finns inte"),
    ({"gor": "dolj", "namn": "Anna"}, "namn", "för- och efternamn"),
    ({"gor": "dolj", "namn": ""}, "namn", "för- och efternamn"),
    ({"gor": "visa", "namn": "Okänd Person"}, "", "inte dolt"),
    ({"gor": "ratta"}, "", "inte rättat"),
]


@pytest.mark.parametrize(("form", "field", "words"), WRONG)
def test_what_is_wrong_is_said_at_its_field_with_what_was_typed_and_nothing_changes(
    form: Form, field: str, words: str, corpus: Settings, browser: FlaskClient
) -> None:
    response = browser.post("/dokument/a/ratta", data=BY | form, headers=OWN)
    section = BeautifulSoup(response.text, "html.parser").find(id="ratta")
    assert response.status_code == 400 and section
    faults = section.find_all(class_="error")
    assert len(faults) == 1 and words in faults[0].text
    wrong = section.find_all(attrs={"aria-invalid": "true"})
    assert [one["name"] for one in wrong] == ([field] if field else [])
    if field:
        assert wrong[0]["aria-describedby"] == faults[0]["id"] and section.find("details").has_attr("open")
        if wrong[0].name == "input":
            assert wrong[0]["value"] == form.get(field, "")
        filled = [one["value"] for one in section.find_all("input", attrs={"name": ["vem", "varfor"]}) if one["value"]]
        assert filled == ["Eva", "Fel i källan"]
    assert not (corpus.corpus / LEDGER).exists()


HOSTILE = [
    '<script>alert(1)</script>"><img src=x onerror=alert(1)>',
    "rad\r\nSet-Cookie: a=b\r\n\r\n<b>",
    "{{ 7 * 7 }}{% raw %}",
    "\x00\x1b[2J\u202eomvänt\u200b",
    "å" * 520,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_kept_short_on_one_line_and_shown_as_text(
    text: str, corpus: Settings, browser: FlaskClient
) -> None:
    plain = skeleton(browser)
    assert send(browser, RIGHT | {"vem": text, "varfor": text, "datum": text, "regioner": text, "typ": text}) == 400
    assert send(browser, RIGHT | {"vem": text, "varfor": text}) == 303
    (decision,) = read_ledger(corpus.corpus).decisions["a"]
    assert decision.who == decision.why and len(decision.who) <= 500 and decision.who.isprintable()
    assert decision.who in shown(browser).text and "49" not in decision.who
    assert skeleton(browser) == plain | {"p", "time"}


def skeleton(browser: FlaskClient) -> set[str]:
    return {node.name for node in shown(browser).find_all(True)}


BODIES = [
    (b"gor=bort&x=" + b"a" * FORM_BYTES, "application/x-www-form-urlencoded", 413),
    (b"gor=bort&x=" + b"a" * 1_000_000, "application/x-www-form-urlencoded", 413),
    (b"a=1&" * 4_000, "application/x-www-form-urlencoded", 400),
    (b"gor=%ff%fe&vem=%ED%A0%80&%&&=%zz", "application/x-www-form-urlencoded", 400),
    (b"", "application/x-www-form-urlencoded", 400),
    (b"gor=ratta&datum=%ff%fe%00", "application/x-www-form-urlencoded", 400),
    (b'{"gor": "bort"}', "application/json", 403),
    (b"gor=bort", "text/plain", 403),
    (
        b'--x\r\nContent-Disposition: form-data; name="gor"\r\n\r\nbort\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
        403,
    ),
    (b"gor=bort", "", 403),
]


@pytest.mark.parametrize(("body", "kind", "status"), BODIES)
def test_any_other_body_is_refused(body: bytes, kind: str, status: int, corpus: Settings, browser: FlaskClient) -> None:
    response = browser.post("/dokument/a/ratta", data=body, content_type=kind, headers=OWN)
    assert response.status_code == status
    assert not (corpus.corpus / LEDGER).exists()


HOST = "localhost"
CROSS_SITE: list[tuple[dict[str, str], int]] = [
    ({}, 403),
    ({"Sec-Fetch-Site": "cross-site"}, 403),
    ({"Sec-Fetch-Site": "same-site"}, 403),
    ({"Sec-Fetch-Site": "none"}, 403),
    ({"Sec-Fetch-Site": ""}, 403),
    ({"Sec-Fetch-Site": "same-origin, cross-site"}, 403),
    ({"Sec-Fetch-Site": "cross-site", "Origin": f"http://{HOST}"}, 403),
    ({"Origin": "null"}, 403),
    ({"Origin": ""}, 403),
    ({"Origin": "https://ond.example"}, 403),
    ({"Origin": f"http://{HOST}.ond.example"}, 403),
    ({"Origin": f"http://{HOST}:8080"}, 403),
    ({"Origin": f"http://{HOST}, http://ond.example"}, 403),
    ({"Origin": f"ftp://{HOST}"}, 403),
    ({"Origin": f"http://ond@{HOST}"}, 403),
    ({"Referer": f"http://{HOST}/dokument/a"}, 403),
    ({"Origin": f"http://{HOST}"}, 303),
    ({"Sec-Fetch-Site": "same-origin", "Origin": f"http://{HOST}"}, 303),
    (OWN, 303),
]


@pytest.mark.parametrize(("headers", "status"), CROSS_SITE)
def test_a_form_of_another_site_does_nothing(
    headers: dict[str, str], status: int, corpus: Settings, browser: FlaskClient
) -> None:
    response = browser.post("/dokument/a/ratta", data=BY | RIGHT, headers=headers)
    assert response.status_code == status
    assert (corpus.corpus / LEDGER).exists() is (status == 303)
    if status == 403:
        assert "rätta" in response.text


PROXY = {"public_login_header": "X-Remote-User", "public_trusted_proxies": ("10.0.0.1", "10.1.0.0/16", "fd00::/8")}
LOGIN = {"X-Remote-User": "anna@region.example"}
ASKERS: list[tuple[dict[str, object], str, dict[str, str], str | None]] = [
    ({}, "127.0.0.1", {}, ""),
    ({}, "::1", {"Host": "[::1]:8000"}, ""),
    ({}, "127.0.0.1", LOGIN, ""),
    ({}, "10.0.0.1", {}, None),
    ({}, "127.0.0.1", {"Host": "ond.example"}, None),
    ({}, "127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, None),
    ({}, "127.0.0.1", {"Forwarded": "for=127.0.0.1"}, None),
    ({}, "127.0.0.1", {"Via": "1.1 x"}, None),
    ({}, "127.0.0.1", {"X-Forwarded-Host": "localhost"}, None),
    ({"public_operator": "Region X"}, "127.0.0.1", {}, None),
    ({"public_operator": "Region X"}, "127.0.0.1", LOGIN, None),
    (PROXY, "127.0.0.1", {}, None),
    (PROXY, "127.0.0.1", LOGIN, None),
    (PROXY, "10.0.0.2", LOGIN, None),
    (PROXY, "fe80::1", LOGIN, None),
    (PROXY, "", LOGIN, None),
    (PROXY, "10.0.0.1", {}, None),
    (PROXY, "10.0.0.1", {"X-Remote-User": ""}, None),
    (PROXY, "10.0.0.1", {"X-Remote-User": "  "}, None),
    (PROXY, "10.0.0.1", {"X-Remote-User": "anna, eva"}, None),
    (PROXY, "10.0.0.1", {"X-Remote-User": "anna,"}, None),
    (PROXY, "10.0.0.1", {"X-Remote-User": "anna\x1b[1m"}, None),
    (PROXY, "10.0.0.1", {"Remote-User": "anna", "X-User": "anna"}, None),
    (PROXY, "10.0.0.2", LOGIN | {"X-Forwarded-For": "10.0.0.1"}, None),
    (PROXY, "10.0.0.1", LOGIN, "anna@region.example"),
    (PROXY, "10.0.0.1", LOGIN | {"X-Forwarded-For": "1.2.3.4", "Host": "sok.example"}, "anna@region.example"),
    (PROXY, "10.1.2.3", LOGIN, "anna@region.example"),
    (PROXY, "fd00::7", LOGIN, "anna@region.example"),
    (PROXY, "10.0.0.1", {"X-Remote-User": "Åsa Öberg".encode().decode("latin-1")}, "Åsa Öberg"),
    ({"public_trusted_proxies": ("10.0.0.1",)}, "10.0.0.1", LOGIN, None),
    ({"public_login_header": "X-Remote-User"}, "127.0.0.1", LOGIN, None),
]


@pytest.mark.parametrize(("stated", "peer", "headers", "login"), ASKERS)
def test_who_may_correct(
    stated: dict[str, object], peer: str, headers: dict[str, str], login: str | None, corpus: Settings
) -> None:
    browser = create_app(replace(corpus, **stated)).test_client()  # type: ignore[arg-type]
    environ = {"REMOTE_ADDR": peer, "SERVER_NAME": "127.0.0.1"}
    page = browser.get("/dokument/a", headers=headers, environ_base=environ)
    assert ('id="ratta"' in page.text) is (login is not None)
    assert (page.headers.get("Cache-Control") == "no-store") is (login is not None)
    response = browser.post("/dokument/a/ratta", data=BY | RIGHT, headers=OWN | headers, environ_base=environ)
    assert response.status_code == (405 if login is None else 303)
    if login is None:
        assert response.headers["Allow"] == "GET, HEAD" and not (corpus.corpus / LEDGER).exists()
    else:
        assert read_ledger(corpus.corpus).decisions["a"][0].who == (login or "Eva"), "a form does not say who it is"
        assert ('name="vem"' in page.text) is (login == "")


@pytest.mark.parametrize("forwarded", ["sok.example", "sok.example, ond.example", "ond.example"])
def test_the_name_that_a_proxy_was_asked_by_is_believed_of_a_trusted_one_only(forwarded: str, corpus: Settings) -> None:
    browser = create_app(replace(corpus, **PROXY)).test_client()  # type: ignore[arg-type]
    headers = LOGIN | {"Host": "inne:8000", "X-Forwarded-Host": forwarded, "Origin": "https://sok.example"}
    response = browser.post(
        "/dokument/a/ratta", data=BY | RIGHT, headers=headers, environ_base={"REMOTE_ADDR": "10.0.0.1"}
    )
    assert response.status_code == (303 if forwarded == "sok.example" else 403)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "GET", "HEAD"])
def test_no_other_method_does_anything(method: str, corpus: Settings, browser: FlaskClient) -> None:
    response = browser.open("/dokument/a/ratta", method=method, data=RIGHT, headers=OWN)
    assert response.status_code == (404 if method in ("GET", "HEAD") else 405)
    for path in ("/", "/sok", "/dokument/a", "/dokument/a.json", "/ratta", "/dokument//ratta", "/saknas"):
        assert browser.post(path, data=RIGHT, headers=OWN).status_code in (404, 405)
    assert not (corpus.corpus / LEDGER).exists()


def test_a_document_that_does_not_exist_is_no_document(corpus: Settings, browser: FlaskClient) -> None:
    for act in ACTS.values():
        response = browser.post("/dokument/saknas/ratta", data=BY | act[0], headers=OWN)
        assert response.status_code in (303, 404), act
    assert 'id="ratta"' not in browser.get("/dokument/saknas").text
    assert not (corpus.corpus / LEDGER).exists()


def test_others_see_nothing_of_what_was_decided(corpus: Settings) -> None:
    app = create_app(replace(corpus, **PROXY))  # type: ignore[arg-type]
    operator, visitor = app.test_client(), app.test_client()
    here = {"environ_base": {"REMOTE_ADDR": "10.0.0.1"}}
    for form in ({"gor": "dolj", "namn": "Anna Bergström"}, {"gor": "bort"}):
        assert operator.post("/dokument/a/ratta", data=BY | form, headers=OWN | LOGIN, **here).status_code == 303  # type: ignore[arg-type]
    assert "Anna Bergström" in operator.get("/dokument/a", headers=LOGIN, **here).text  # type: ignore[arg-type]
    for path in ("/dokument/a", "/dokument/a.json", f"/dokument/{ADDRESS}", "/sok?q=skola", "/"):
        response = visitor.get(path)
        assert not re.search("Bergström|Fel i källan|anna@region|ratta", response.text)
        assert "no-store" not in response.headers.get("Cache-Control", "")


WRONG_SETTINGS = [
    'login_header = "X Remote"',
    'login_header = "X-Remote-User: a"',
    'trusted_proxies = ["10.0.0.300"]',
    'trusted_proxies = ["10.0.0.1/8"]',
    'trusted_proxies = ["proxy.example"]',
    'trusted_proxies = "10.0.0.1"',
    "trusted_proxies = [10]",
]


@pytest.mark.parametrize("line", WRONG_SETTINGS)
def test_settings_that_would_trust_nobody_or_anybody_are_refused(line: str, tmp_path: Path) -> None:
    config = tmp_path / "regionsok.toml"
    config.write_text(f'[public]\noperator = "Region X"\n{line}\n', encoding="utf-8")
    with pytest.raises(SettingsError, match=line.split()[0]):
        load_settings(config, {})


def test_a_service_with_a_login_is_public(tmp_path: Path) -> None:
    config = tmp_path / "regionsok.toml"
    config.write_text('[public]\nlogin_header = "X-Remote-User"\ntrusted_proxies = ["::1"]\n', encoding="utf-8")
    assert load_settings(config, {}).public and not Settings().public


def test_while_somebody_else_writes_it_says_so_and_keeps_what_was_typed(
    corpus: Settings, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operating, "PATIENCE", 0.1)
    with writing(corpus.index):
        response = browser.post("/dokument/a/ratta", data=BY | RIGHT, headers=OWN)
    section = BeautifulSoup(response.text, "html.parser").find(id="ratta")
    assert response.status_code == 503 and section
    assert "skriver i indexet just nu" in section.find(role="alert").text
    assert section.find(id="ratta-datum")["value"] == "2021-05"
    assert section.find("option", selected=True)["value"] == "rapport"
    assert not (corpus.corpus / LEDGER).exists()


def test_a_short_act_of_somebody_else_is_waited_for(corpus: Settings, browser: FlaskClient) -> None:
    with ExitStack() as held:
        held.enter_context(writing(corpus.index))
        ending = threading.Timer(0.5, held.pop_all().close)
        ending.start()
        assert send(browser, RIGHT) == 303
        ending.join()
    assert found(corpus, year=("2021",)) == ["a"]


def test_a_corpus_that_cannot_be_written_is_said(corpus: Settings, browser: FlaskClient) -> None:
    shutil.rmtree(corpus.corpus / ".regionsok")
    (corpus.corpus / ".regionsok").write_text("no folder", encoding="utf-8")
    response = browser.post("/dokument/a/ratta", data=BY | RIGHT, headers=OWN)
    assert response.status_code == 503 and "Liggaren" in BeautifulSoup(response.text, "html.parser").main.text  # type: ignore[union-attr]


def asked(address: str, *lines: str, source: str = "127.0.0.1", length: int = 0) -> int:
    """The status of a form with header lines as they are, from an address of this machine; with another length it is only announced."""
    url = urlsplit(address)
    body = "" if length else urlencode(BY | RIGHT)
    with closing(http.client.HTTPConnection(url.hostname or "", url.port, source_address=(source, 0))) as connection:
        connection.putrequest("POST", "/dokument/a/ratta")
        for line in (
            f"Content-Length: {length or len(body)}",
            "Content-Type: application/x-www-form-urlencoded",
            *lines,
        ):
            connection.putheader(*line.split(": ", 1))
        connection.endheaders(body.encode())
        return connection.getresponse().status


@contextmanager
def behind_login(settings: Settings, folder: Path) -> Iterator[str]:
    """A public service whose proxy is 127.0.0.1."""
    config = folder / "regionsok.toml"
    said = 'operator = "Region X"\ncontact = "sok@x.example"\nlogin_header = "X-Remote-User"\ntrusted_proxies = ["127.0.0.1"]\n'
    config.write_text(f"[public]\n{said}", encoding="utf-8")
    with serving(settings, "--config", str(config), "--processes", "2") as address:
        yield address


OURS = ("Sec-Fetch-Site: same-origin",)
SPOOFED = [
    ((*OURS, "X-Remote-User: anna"), "127.0.0.2", 405),
    ((*OURS, "X-Remote-User: anna", "X-Forwarded-For: 127.0.0.1"), "127.0.0.2", 405),
    ((*OURS, "X_Remote_User: anna"), "127.0.0.1", 405),
    ((*OURS, "X-Remote-User: anna", "X-Remote-User: eva"), "127.0.0.1", 405),
    ((*OURS, "X-Remote-User: anna", "x-remote-user: anna"), "127.0.0.1", 405),
    ((*OURS, "X-Remote-User: ", "X-Remote-User: eva"), "127.0.0.1", 405),
    (OURS, "127.0.0.1", 405),
    (("X-Remote-User: anna",), "127.0.0.1", 403),
    (("X-Remote-User: anna", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: cross-site"), "127.0.0.1", 403),
    (("X-Remote-User: anna", "Origin: https://ond.example"), "127.0.0.1", 403),
    ((*OURS, "X-Remote-User: anna", "X_Remote_User: eva"), "127.0.0.1", 303),
]


def test_served_behind_a_login_none_gets_through_that_is_not_the_proxys(corpus: Settings, tmp_path: Path) -> None:
    with behind_login(corpus, tmp_path) as address:
        for lines, source, status in SPOOFED:
            assert asked(address, *lines, source=source) == status, (lines, source)
            assert (corpus.corpus / LEDGER).exists() is (status == 303)
        assert [one.who for one in read_ledger(corpus.corpus).decisions["a"]] == ["anna"]
        before = read_ledger(corpus.corpus)
        assert asked(address, *OURS, "X-Remote-User: anna", length=1_000_000) == 413, "without waiting for it"
    assert read_ledger(corpus.corpus) == before


def test_a_process_that_serves_also_takes_in_much_that_is_new(corpus: Settings, tmp_path: Path) -> None:
    """Then it has processes of its own to read with."""
    news = [{"id": f"n{n}", "title": f"Nyhet {n}", "text": f"Vindkraft nummer {n}. " * 2_000} for n in range(60)]
    write_jsonl(corpus.corpus / "nytt.jsonl", news)  # type: ignore[arg-type]
    with behind_login(corpus, tmp_path) as address:
        assert asked(address, *OURS, "X-Remote-User: anna") == 303
    assert found(corpus, year=("2021",)) == ["a"]
    assert check(corpus).documents == 62


@pytest.mark.parametrize("script", [True, False])
def test_it_is_done_with_the_keyboard_alone(script: bool, corpus: Settings, chromium: Browser) -> None:  # noqa: F811
    with serving(corpus) as address:
        context = chromium.new_context(base_url=address, java_script_enabled=True)
        context.route("**/*.js", lambda route: route.continue_() if script else route.abort())
        page = context.new_page()
        page.goto("/dokument/a")
        tab_to(page, "#ratta summary")
        page.keyboard.press("Enter")
        for field, typed in (("datum", "i fjol"), ("regioner", "Värmland")):
            tab_to(page, f"#ratta-{field}")
            page.keyboard.type(typed)
        tab_to(page, "#vem-ratta")
        page.keyboard.type("Eva")
        tab_to(page, "#varfor-ratta")
        page.keyboard.type("Fel i källan")
        page.keyboard.press("Enter")
        page.wait_for_selector("#ratta-datum[aria-invalid=true]")
        assert page.input_value("#ratta-datum") == "i fjol" and page.is_visible("#ratta-datum-fel")
        page.focus("#ratta-datum")
        page.keyboard.press("Control+A")
        page.keyboard.type("2021-05")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=Eva: Fel i källan")
        assert page.url.endswith("/dokument/a#ratta") and found(corpus, year=("2021",)) == ["a"]
        tab_to(page, "#ratta button")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=Nu: som det lästes")
        assert found(corpus, year=("2019",)) == ["a"]
        context.close()


def test_a_text_is_parted_from_where_it_is_listed_without_javascript(corpus: Settings, chromium: Browser) -> None:  # noqa: F811
    release(corpus)
    with serving(corpus) as address:
        context = chromium.new_context(base_url=address, java_script_enabled=False)
        page = context.new_page()
        page.goto("/dokument/d1")
        page.click("text=Inte samma text?")
        assert page.is_visible("#ratta-annat") and page.input_value("#ratta-annat") == "d2"
        page.fill("#vem-jamfor", "Eva")
        page.fill("#varfor-jamfor", "En annan satsning")
        page.click("text=Spara vad som är samma text")
        page.wait_for_selector("text=inte samma text som d2")
        assert page.url.endswith("/dokument/d1#ratta") and set(found(corpus, "satsar")) == {"d1", "d2", "d5"}
        page.click("text=Ångra")
        page.wait_for_selector("text=Nu: som det lästes")
        assert set(found(corpus, "satsar")) == {"d2", "d5"}
        context.close()
